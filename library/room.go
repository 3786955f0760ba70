package library

import (
	"slices"
	"sync"
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
}

// sources are those of files that are read. Note: nothing of a Prompt may lie in
// the memory of one.
var sources = sync.Pool{New: func() any { return new(source) }}

// release gives s back. What is kept refers to no text, and stays small.
func (s *source) release() {
	r := &s.room
	if cap(s.lines) > 16<<10 || cap(r.headings)+cap(r.fences)+cap(r.tags)+cap(r.texts)+cap(r.parts)+cap(r.bindings) > 4<<10 {
		return
	}
	s.path, s.text = "", ""
	sources.Put(s)
}

// copied returns a copy of a list that was made in a room, of just its length,
// and leaves the room empty.
func copied[T any](room *[]T, list []T) []T {
	var own []T
	if len(list) > 0 {
		own = slices.Clone(list)
	}
	empty(room, list)
	return own
}

// empty gives a room back after its list was used.
func empty[T any](room *[]T, list []T) {
	clear(list)
	*room = list[:0]
}
