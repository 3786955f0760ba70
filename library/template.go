package library

import (
	"iter"
	"strings"
)

// A Template is what a prompt sends, before its variables are filled in. The
// zero Template sends nothing: the prompt cannot be run.
type Template struct {
	System []Part // the system message; empty for none
	User   []Part // the user message
	Input  bool   // the user message is the input of the example, as it stands
}

// A Part of a message is literal text or a variable to fill in.
type Part struct {
	Literal  string // of a variable the whole placeholder, as it is written
	Variable Text   // its Value is the name; zero for literal text
}

// IsZero reports whether there is nothing to send.
func (t Template) IsZero() bool { return len(t.System) == 0 && len(t.User) == 0 && !t.Input }

// Variables yields the parts of the messages that are to be filled in, in order.
func (t Template) Variables() iter.Seq[Part] {
	return func(yield func(Part) bool) {
		for _, message := range [2][]Part{t.System, t.User} {
			for _, p := range message {
				if p.Variable.Value != "" && !yield(p) {
					return
				}
			}
		}
	}
}

// Fill puts the values of variables into the parts of a message. A value is
// put in as it is: what looks like a placeholder inside it stays as it is. The
// variables that values does not name are returned, each once, in order.
func Fill(parts []Part, values map[string]string) (message string, unbound []Text) {
	var b strings.Builder
	seen := map[string]bool{}
	for _, p := range parts {
		name := p.Variable.Value
		if name == "" {
			b.WriteString(p.Literal)
			continue
		}
		value, ok := values[name]
		if !ok {
			if !seen[name] {
				seen[name] = true
				unbound = append(unbound, p.Variable)
			}
			value = p.Literal
		}
		b.WriteString(value)
	}
	return b.String(), unbound
}

// A span is a part of a file by offsets.
type span struct{ start, end int }

// parts cuts the text of some spans, which are joined by a blank line, at the
// placeholders that are variables. Each variable is entered into vars as used.
func parts(s *source, spans []span, vars *variableSet, isVariable func(placeholder) bool) []Part {
	list := s.room.parts
	literal := func(text string) {
		if text != "" {
			list = append(list, Part{Literal: text})
		}
	}
	for _, sp := range spans {
		for sp.start < sp.end && isSpace(s.text[sp.start]) {
			sp.start++
		}
		for sp.end > sp.start && isSpace(s.text[sp.end-1]) {
			sp.end--
		}
		if sp.start == sp.end {
			continue
		}
		if len(list) > 0 {
			literal("\n\n")
		}
		from := 0
		text := s.text[sp.start:sp.end]
		for scan := newPlaceholderScanner(text); ; {
			p, ok := scan.next()
			if !ok {
				break
			}
			if !isVariable(p) {
				continue
			}
			literal(s.normalised(sp.start+from, sp.start+p.start))
			list = append(list, Part{Literal: text[p.start:p.end], Variable: p.text(s, sp.start)})
			vars.use(&list[len(list)-1].Variable)
			from = p.end
		}
		literal(s.normalised(sp.start+from, sp.end))
	}
	return copied(&s.own.parts, &s.room.parts, list)
}
