package library

import (
	"sync"

	"promptlib/schema"
)

// A room is memory that is used for one file after the other, for lists whose
// length shows only at their end.
type room struct {
	headings []heading
	fences   []fence
	tags     []tag
	texts    []Text
	parts    []Part
	bindings []Binding
	members  []schema.Member
	markdown *markdown
}

// sources are those of files that are read. Note: nothing of a Prompt may lie in
// the memory of one.
var sources = sync.Pool{New: func() any { return new(source) }}

// release gives s back. What is kept refers to no text, and stays small.
func (s *source) release() {
	r := &s.room
	if cap(s.lines) > 16<<10 || cap(r.headings)+cap(r.fences)+cap(r.tags)+cap(r.texts)+cap(r.parts)+cap(r.bindings)+cap(r.members) > 4<<10 {
		return
	}
	s.path, s.text, s.own = "", "", nil
	sources.Put(s)
}

// copied returns a copy of a list that was made in a room, of just its length,
// and leaves the room empty.
func copied[T any](own *stock[T], room *[]T, list []T) []T {
	var copy []T
	if len(list) > 0 {
		copy = append(own.take(len(list)), list...)
	}
	empty(room, list)
	return copy
}

// empty gives a room back after its list was used.
func empty[T any](room *[]T, list []T) {
	clear(list)
	*room = list[:0]
}

// A stocks is the memory of the lists of one prompt. Those of a prompt that is
// released serve another: making them anew for every file of a library takes as
// long as to read its examples, and wakes the garbage collector three times as
// often.
type stocks struct {
	nodes     stock[Node]
	items     stock[*Node]
	pairs     stock[Pair]
	texts     stock[Text]
	sections  stock[Section]
	variables stock[Variable]
	examples  stock[Example]
	bindings  stock[Binding]
	parts     stock[Part]
	code      stock[bool]

	// Of a prompt that was discarded; nil before.
	text   []byte // to read a file into
	prompt *Prompt
}

// released are the stocks of prompts that were released.
var released = sync.Pool{New: func() any { return new(stocks) }}

// Release gives back the memory of the lists of a prompt that nobody uses any
// more, and empties it. Its texts stay good. A prompt need not be released; what
// goes through thousands of them is faster where it does.
func (p *Prompt) Release() {
	if p.own != nil {
		p.own.text = nil
	}
	p.release()
}

// textSize is the size in bytes of the memory for a text. Files that are longer
// are few.
const textSize = 16 << 10

// Discard is [Prompt.Release] for a prompt of which no text is used any more
// either, unless it is a copy: another file is read into the memory of them, and
// p may become the prompt that it holds.
func (p *Prompt) Discard() {
	if p.own == nil {
		return
	}
	if p.own.text == nil {
		p.own.text = make([]byte, textSize)
	}
	p.own.prompt = p
	p.release()
}

func (p *Prompt) release() {
	if p.own == nil {
		return
	}
	own := p.own
	*p = Prompt{}
	own.nodes.recycle()
	own.items.recycle()
	own.pairs.recycle()
	own.texts.recycle()
	own.sections.recycle()
	own.variables.recycle()
	own.examples.recycle()
	own.bindings.recycle()
	own.parts.recycle()
	own.code.recycle()
	released.Put(own)
}

// A stock is memory for lists of one type. A new one has none: lists are then
// made one by one.
type stock[T any] struct {
	memory []T // up to its length it is in use
	asked  int // how many values there were to be room for in all
}

// mostStocked is how many values of a type a stock keeps the memory of.
const mostStocked = 2000

// take returns an empty list with room for n zero values.
func (s *stock[T]) take(n int) []T {
	s.asked += n
	from := len(s.memory)
	if n == 0 || cap(s.memory)-from < n {
		return make([]T, 0, n)
	}
	s.memory = s.memory[:from+n]
	return s.memory[from : from : from+n]
}

// recycle makes all memory free, and enough of it for what was asked for.
func (s *stock[T]) recycle() {
	clear(s.memory)
	s.memory = s.memory[:0]
	if s.asked > cap(s.memory) && s.asked <= mostStocked {
		s.memory = make([]T, 0, s.asked)
	}
	s.asked = 0
}
