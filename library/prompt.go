package library

import (
	"iter"
	"slices"
)

// A Prompt is what a prompt file holds. Whatever the file lacks is zero.
type Prompt struct {
	Path        string
	Dialect     string // name of one of Dialects
	Front       FrontMatter
	Title       Text // title, else name of the front matter, else the first heading of level 1
	Description Text // description, else intro
	Version     Text
	Category    Text
	Tags        []Text // tags, else topics
	Sections    []Section
	Variables   []Variable
	Examples    []Example
	Related     []Text // what the file says is related: names of files, or relative links
	Links       []Text // targets of the Markdown links and images in the body, code apart; Related ones among them
	Body        Text   // what follows the front matter
	Source      string // the file, byte for byte
	LineEnds    LineEnds
	Template    Template
	Problems    []Problem

	code []bool // by line

	own *stocks // where the lists lie; nil for none that can be released
}

// Parse reads a prompt file from memory. Path is what places are named after.
func Parse(path, text string) *Prompt { return parse(path, text, released.Get().(*stocks)) }

// parse is Parse with the memory for the lists of the prompt.
func parse(path, text string, own *stocks) *Prompt {
	s := sources.Get().(*source)
	defer s.release()
	s.read(path, text)
	s.own = own
	p := own.prompt
	if own.prompt = nil; p == nil {
		p = new(Prompt)
	}
	p.Path, p.Dialect, p.Source, p.LineEnds, p.own = path, dialectPlain.Name, text, lineEnds(s), own
	if isBlank(text[s.first:]) {
		p.Problems = append(p.Problems, problem(EmptyFile, s.at(s.first), "the file is empty"))
		return p
	}
	p.Problems = append(p.Problems, encodingProblems(s)...)
	front, body, problems := readHeader(s)
	p.Front = front
	p.Problems = append(p.Problems, problems...)
	p.Front.Sound = true
	for _, q := range p.Problems {
		if unsound[q.Kind] || q.Kind == ConflictMarkers {
			p.Front.Sound = false
		}
	}
	p.readMetadata()

	d := &document{source: s, front: &p.Front, body: body, first: s.lineOf(body)}
	if d.lines[d.first] < body {
		d.first++ // the header closes without a line end
	}
	d.md = readMarkdown(s, d.first)
	p.code = d.md.code
	p.Problems = append(p.Problems, d.md.problems...)
	if q, ok := bodyConflict(s, d.first, d.md); ok {
		p.Problems = append(p.Problems, q)
	}
	p.Body = s.slice(body, len(text))
	p.Links = links(s, d.md, d.first)
	for _, dialect := range Dialects {
		if dialect.detect(d) {
			p.Dialect = dialect.Name
			dialect.read(d, p)
			break
		}
	}
	if p.Title.IsZero() {
		for i := range d.md.headings {
			if h := &d.md.headings[i]; h.level == 1 {
				p.Title = h.text
				break
			}
		}
	}
	empty(&s.room.headings, d.md.headings)
	empty(&s.room.fences, d.md.fences)
	*d.md = markdown{}
	s.room.markdown = d.md
	return p
}

func (p *Prompt) readMetadata() {
	first := func(keys ...string) Text {
		for _, key := range keys {
			if t := p.Front.Root.Get(key).Scalar(); t.Value != "" {
				return t
			}
		}
		return Text{}
	}
	p.Title = first("title", "name")
	p.Description = first("description", "intro")
	p.Version = first("version")
	p.Category = first("category")
	p.Tags = p.Front.Root.Get("tags").scalars(&p.own.texts)
	if p.Tags == nil {
		p.Tags = p.Front.Root.Get("topics").scalars(&p.own.texts)
	}
}

// An Entry is a key of the front matter with its value. Nested keys are joined
// by dots, as in "governance.risk_level".
type Entry struct {
	Key   Text
	Value *Node
}

// Entries yields the top-level keys of the front matter and the keys of the
// mappings directly below them, in file order, duplicates included.
func (p *Prompt) Entries() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		for _, pair := range p.Front.Root.Members() {
			if !yield(Entry(pair)) {
				return
			}
			if pair.Value.Type != Map {
				continue
			}
			for _, inner := range pair.Value.Pairs {
				key := inner.Key
				key.Value = pair.Key.Value + "." + key.Value
				if !yield(Entry{Key: key, Value: inner.Value}) {
					return
				}
			}
		}
	}
}

// InCode reports whether a line of the body, from 1, is part of a fenced code
// block, its fences included.
func (p *Prompt) InCode(line int) bool { return line > 0 && line <= len(p.code) && p.code[line-1] }

// Section returns the first section with one of some headings, given in the form
// of [NormalHeading], and whether there is one.
func (p *Prompt) Section(headings ...string) (Section, bool) {
	for i := range p.Sections {
		if slices.Contains(headings, p.Sections[i].Normal()) {
			return p.Sections[i], true
		}
	}
	return Section{}, false
}
