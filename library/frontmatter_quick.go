package library

import (
	"strings"
	"unicode/utf8"
)

// What follows is a shortcut that a reader can skip: it reads the front matter
// that nearly all files have, top-level keys with a scalar or a list of scalars,
// in one pass over its lines. It gives up on whatever it does not know for
// certain, be it right or wrong, and the front-matter and YAML packages read the
// file again. Tests and a fuzzer hold the two against each other.

// A quickReader reads the lines of a front matter from line on.
type quickReader struct {
	*source
	line  int
	wide  bool   // some byte is not ASCII
	nodes []Node // room for all of them, so that they are allocated at once
	items []*Node
}

// quickHeader reads the front matter of s, as [readHeader] does where it meets no
// problem. It reports with ok whether it could.
func quickHeader(s *source) (fm FrontMatter, body int, ok bool) {
	if !strings.HasPrefix(s.text, delimiter+"\n") {
		return FrontMatter{}, 0, false
	}
	last := 1
	for last < s.count() && (s.lines[last]+3 > len(s.text) || s.text[s.lines[last]:s.lines[last]+3] != delimiter) {
		last++
	}
	if last == 1 || last >= s.count()-1 || s.lines[last+1]-s.lines[last] != len(delimiter)+1 {
		return FrontMatter{}, 0, false // empty, never closed, or closed by what may be something else
	}
	start, end := s.lines[1], s.lines[last]
	if end-start > MaxHeaderSize {
		return FrontMatter{}, 0, false
	}
	keys := 0
	for _, from := range s.lines[1:last] {
		if c := s.text[from]; c != ' ' && c != '-' {
			keys++
		}
	}
	q := quickReader{source: s, line: 1, nodes: s.own.nodes.take(last), items: s.own.items.take(last - 1)}
	q.nodes = append(q.nodes, Node{Type: Map, Pairs: s.own.pairs.take(keys)})
	root := &q.nodes[0]
	for q.line < last {
		p, ok := q.pair(last)
		if !ok || root.Get(p.Key.Value) != nil || len(root.Pairs) == MaxKeys {
			return FrontMatter{}, 0, false
		}
		root.Pairs = append(root.Pairs, p)
	}
	if q.wide && hasUnsafe(s.text[start:end]) {
		return FrontMatter{}, 0, false
	}
	root.Text.Pos, root.Text.End = root.Pairs[0].Key.Pos, root.Pairs[len(root.Pairs)-1].Value.Text.End
	fm = FrontMatter{Root: root, Found: true, Closed: true, Place: s.slice(start, end)}
	return fm, s.lines[last+1], true
}

// pair reads a key and its value, and goes to the line after them.
func (q *quickReader) pair(last int) (Pair, bool) {
	from, to := q.lines[q.line], q.lines[q.line+1]-1
	colon := from
	for colon < to && (isNameByte(q.text[colon]) || q.text[colon] == '-' && colon > from) {
		colon++
	}
	if colon == from || colon-from > 128 || colon == to || q.text[colon] != ':' || typeOf(q.text[from:colon]) != String {
		return Pair{}, false
	}
	p := Pair{Key: q.sliceOn(q.line, from, colon)}
	q.line++
	ok := false
	switch {
	case colon+1 == to:
		p.Value, ok = q.list(last)
	case q.text[colon+1] != ' ':
		return Pair{}, false
	default:
		if p.Value, ok = q.scalar(q.line-1, colon+2, to); ok {
			ok = q.continued(p.Value, last)
		}
	}
	return p, ok
}

// scalar reads a scalar that stands between two offsets of a line.
func (q *quickReader) scalar(line, from, to int) (*Node, bool) {
	if from >= to {
		return nil, false
	}
	inner, quote := q.text[from:to], q.text[from]
	quoted := quote == '"' || quote == '\''
	if quoted {
		if len(inner) < 2 || inner[len(inner)-1] != quote {
			return nil, false
		}
		inner = inner[1 : len(inner)-1]
		if !q.isQuoted(inner, quote) {
			return nil, false
		}
	} else if !q.isPlain(inner) {
		return nil, false
	}
	q.nodes = append(q.nodes, Node{Type: String, Text: q.sliceOn(line, from, to)})
	n := &q.nodes[len(q.nodes)-1]
	if n.Text.Value = inner; !quoted {
		n.Type = typeOf(inner)
	}
	return n, true
}

// continued adds the indented lines that go on with a scalar without quotes.
func (q *quickReader) continued(n *Node, last int) bool {
	for ; q.line < last && q.text[q.lines[q.line]] == ' '; q.line++ {
		from, to := q.lines[q.line], q.lines[q.line+1]-1
		for from < to && q.text[from] == ' ' {
			from++
		}
		if c := q.text[n.Text.Pos.Offset]; c == '"' || c == '\'' || !q.isPlain(q.text[from:to]) {
			return false
		}
		n.Text.Value += " " + q.text[from:to]
		n.Text.End = q.sliceOn(q.line, to, to).End
		n.Type = typeOf(n.Text.Value)
	}
	return true
}

// list reads a list of scalars, all indented alike.
func (q *quickReader) list(last int) (*Node, bool) {
	first, indent := len(q.items), -1
	for ; q.line < last; q.line++ {
		from, to := q.lines[q.line], q.lines[q.line+1]-1
		at := from
		for at < to && q.text[at] == ' ' {
			at++
		}
		if at == to || q.text[at] != '-' {
			if at > from {
				return nil, false // goes on with the item above, or is a mapping
			}
			break
		}
		if indent < 0 {
			indent = at - from
		}
		if at-from != indent || at+1 >= to || q.text[at+1] != ' ' {
			return nil, false
		}
		item, ok := q.scalar(q.line, at+2, to)
		if !ok {
			return nil, false
		}
		q.items = append(q.items, item)
	}
	items := q.items[first:len(q.items):len(q.items)]
	if len(items) == 0 {
		return nil, false
	}
	start := items[0].Text.Pos
	start.Offset -= len("- ")
	start.Column -= len("- ")
	q.nodes = append(q.nodes, Node{Type: List, Text: Text{Pos: start, End: items[len(items)-1].Text.End}, Items: items})
	return &q.nodes[len(q.nodes)-1], true
}

// isPlain reports whether a text is a scalar that may stand without quotes: it
// begins with a letter, a digit or one of few signs, and holds nothing that YAML
// might read as something else.
func (q *quickReader) isPlain(s string) bool {
	if s == "" || !isNameByte(s[0]) && s[0] < utf8.RuneSelf && s[0] != '(' && s[0] != '/' && s[0] != '$' && s[0] != '.' {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			q.wide = true
		case c < ' ' || c == 0x7f,
			c == ':' && (i+1 == len(s) || s[i+1] == ' '),
			c == '#' && s[i-1] == ' ':
			return false
		}
	}
	return s[len(s)-1] != ' '
}

// isQuoted reports whether a text between quotes has neither escapes nor quotes.
func (q *quickReader) isQuoted(s string, quote byte) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			q.wide = true
		case c < ' ' || c == 0x7f || c == quote || c == '\\':
			return false
		}
	}
	return true
}
