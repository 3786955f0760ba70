package library

import (
	"iter"
	"strings"
)

// A Variable is a name that an author fills in. Documented and Used are the
// places of the name where it is described and where it is first used; the one
// that does not exist is zero.
type Variable struct {
	Name       string
	Documented Text
	Used       Text
}

// A Style is a way to write a placeholder.
type Style string

// The placeholder styles that are read.
const (
	Brackets Style = "[name]"
	Braces   Style = "{name}"
	Mustache Style = "{{name}}"
)

// A placeholder is a candidate for a variable in a text.
type placeholder struct {
	style      Style
	name       string
	start, end int // of the whole placeholder
}

// text returns the name of a placeholder with its place in the source whose
// byte base the scanned text begins at.
func (p placeholder) text(s *source, base int) Text {
	from := base + p.start + 1
	if p.style == Mustache {
		from += 1 + strings.Index(s.text[from+1:base+p.end], p.name)
	}
	return s.slice(from, from+len(p.name))
}

// nextPlaceholder returns the first placeholder at or after offset i: {{name}}
// with a plain name, {name} likewise, or [any phrase] that is no link, checkbox,
// index or reference.
func nextPlaceholder(text string, i int) (placeholder, bool) {
	for ; i < len(text); i++ {
		if c := text[i]; c != '[' && c != '{' {
			continue
		}
		if p, ok := placeholderAt(text, i); ok {
			return p, true
		}
	}
	return placeholder{}, false
}

// A placeholderScanner finds the placeholders of a longer text, in order. It
// looks for one bracket at a time, which the processor does many bytes at once.
type placeholderScanner struct {
	text          string
	at            int
	square, curly int // the next of each kind; len(text) for none
}

func newPlaceholderScanner(text string) placeholderScanner {
	return placeholderScanner{text: text, square: indexFrom(text, 0, '['), curly: indexFrom(text, 0, '{')}
}

// next returns the next placeholder.
func (ps *placeholderScanner) next() (placeholder, bool) {
	for {
		if ps.square < ps.at {
			ps.square = indexFrom(ps.text, ps.at, '[')
		}
		if ps.curly < ps.at {
			ps.curly = indexFrom(ps.text, ps.at, '{')
		}
		i := min(ps.square, ps.curly)
		if i == len(ps.text) {
			return placeholder{}, false
		}
		ps.at = i + 1
		if p, ok := placeholderAt(ps.text, i); ok {
			ps.at = p.end
			return p, true
		}
	}
}

// indexFrom returns where a byte stands next, from an offset on, or the length of
// the text.
func indexFrom(text string, from int, c byte) int {
	if n := strings.IndexByte(text[from:], c); n >= 0 {
		return from + n
	}
	return len(text)
}

// longestName is the length in bytes of the longest name of a placeholder.
// Looking no further keeps a text of nothing but brackets cheap.
const longestName = 80

func placeholderAt(text string, i int) (placeholder, bool) {
	if rest, ok := strings.CutPrefix(text[i:min(len(text), i+2+longestName+2)], "{{"); ok {
		end := 0
		for end < len(rest) && nameBytes[rest[end]] {
			end++
		}
		if end > 0 && strings.HasPrefix(rest[end:], "}}") && (rest[0] < '0' || rest[0] > '9') {
			return placeholder{Mustache, rest[:end], i, i + end + 4}, true // as most are
		}
		end = strings.Index(rest, "}}")
		if end < 0 {
			return placeholder{}, false
		}
		name := strings.TrimSpace(rest[:end])
		return placeholder{Mustache, name, i, i + end + 4}, isName(name)
	}
	end, limit := i+1, min(len(text), i+1+longestName+1)
	if text[i] == '{' {
		for end < limit && (isNameByte(text[end]) || text[end] == '-' || text[end] == '.') {
			end++
		}
		if end == limit || text[end] != '}' || !isName(text[i+1:end]) {
			return placeholder{}, false
		}
		return placeholder{Braces, text[i+1 : end], i, end + 1}, true
	}
	for end < limit && !endsPhrase[text[end]] {
		end++
	}
	if end == limit || text[end] != ']' || end == i+1 {
		return placeholder{}, false
	}
	name := text[i+1 : end]
	p := placeholder{Brackets, name, i, end + 1}
	if name != strings.TrimSpace(name) {
		return placeholder{}, false
	}
	if i > 0 && (isNameByte(text[i-1]) || text[i-1] == ')' || text[i-1] == ']' || text[i-1] == '!') {
		return placeholder{}, false // an index, a reference or an image
	}
	if p.end < len(text) && (text[p.end] == '(' || text[p.end] == '[') {
		return placeholder{}, false // a link
	}
	return p, name != "x" && name != "X"
}

// endsPhrase are the characters that do not stand inside of [any phrase].
var endsPhrase = characters("[]{}\n\"'")

func isNameByte(c byte) bool { return nameBytes[c] }

var nameBytes = characters("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")

// isName reports whether s is an identifier, with hyphens and dots allowed
// inside.
func isName(s string) bool {
	for i := range len(s) {
		if !isNameByte(s[i]) && (i == 0 || s[i] != '-' && s[i] != '.') || i == 0 && s[i] >= '0' && s[i] <= '9' {
			return false
		}
	}
	return s != ""
}

// isSnakeCase reports whether s is lower snake_case of at least two words: one
// that nobody writes by chance.
func isSnakeCase(s string) bool {
	return isName(s) && strings.IndexByte(s, '_') > 0 && strings.ToLower(s) == s && !strings.HasSuffix(s, "_") && !strings.ContainsAny(s, "-.")
}

// documentedNames reads the names that the lines of a section describe: items
// of a list ("- `[name]`: text", "- name: text") and first cells of a table. The
// list is made in the room of s.
func documentedNames(s *source, start, end int) []Text {
	names := s.room.texts
	for i := s.lineOf(start); i < s.count() && s.lines[i] < end; i++ {
		from, to := s.line(i)
		from, to = max(from, start), min(to, end)
		if from >= to {
			continue
		}
		line := s.text[from:to]
		at := skipSpace(line)
		if at == len(line) {
			continue
		}
		head := line[at:]
		switch width := listMarker(head, false); {
		case head[0] == '|':
			at++
			head, _, _ = strings.Cut(head[1:], "|")
		case width > 0:
			at += width
			head = head[width:]
		default:
			continue
		}
		names = namesIn(names, s, from+at, head, line[at+len(head):] != "")
	}
	return names
}

// inputNames reads the names that the list items of a section Inputs describe as
// placeholders: "- `[name]`: text" and "- Optional: `[name]`: text". Other items
// say in words what goes in, and name nothing.
func inputNames(s *source, start, end int) []Text {
	var names []Text
	for i := s.lineOf(start); i < s.count() && s.lines[i] < end; i++ {
		text := s.lineText(i)
		at := len(text) - len(strings.TrimLeft(text, " \t"))
		if at == len(text) || listMarker(text[at:], false) == 0 {
			continue
		}
		if p, ok := nextPlaceholder(text, at); ok && strings.HasPrefix(strings.TrimLeft(text[p.end:], "`* "), ":") {
			names = append(names, p.text(s, s.lines[i]))
		}
	}
	return names
}

// namesIn reads the names before the colon or dash of a list item, or in a
// table cell, and adds them to names.
func namesIn(names []Text, s *source, base int, head string, cell bool) []Text {
	if !cell {
		if i := labelEnd(head); i >= 0 {
			head = head[:i]
		} else if _, ok := nextPlaceholder(head, 0); !ok {
			return names
		}
	}
	known := len(names)
	for i := 0; ; {
		p, ok := nextPlaceholder(head, i)
		if !ok {
			break
		}
		i = p.end
		if p.style != Brackets || !strings.Contains(p.name, "|") {
			names = append(names, p.text(s, base))
		}
	}
	if len(names) > known {
		return names
	}
	trimmed := strings.Trim(head, " \t*`")
	if !isName(trimmed) || cell && !strings.Contains(head, "`") {
		return names
	}
	from := base + strings.Index(head, trimmed)
	return append(names, s.slice(from, from+len(trimmed)))
}

// labelEnd returns where the label of a list item ends: before a colon, or a
// dash between spaces, that stands outside of brackets and code.
func labelEnd(item string) int {
	depth, code := 0, false
	for i := range len(item) {
		switch c := item[i]; {
		case c == '`':
			code = !code
		case code:
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			depth--
		case depth > 0:
		case c == ':':
			return i
		case c == ' ' && (strings.HasPrefix(item[i:], " - ") || strings.HasPrefix(item[i:], " – ") || strings.HasPrefix(item[i:], " — ")):
			return i
		}
	}
	return -1
}

// names numbers names in the order in which they are added.
type names struct {
	few   [fewNames]string
	n     int
	index map[string]int // of all; nil while they are few
}

// fewNames is how many names are compared one by one: most texts have no more,
// and a map takes longer to make.
const fewNames = 16

// find returns the number of a name, or -1.
func (x *names) find(name string) int {
	if x.index != nil {
		if i, ok := x.index[name]; ok {
			return i
		}
		return -1
	}
	for i := range x.few[:x.n] {
		if x.few[i] == name {
			return i
		}
	}
	return -1
}

// add returns the number of a name, which is that of the last if it is new.
func (x *names) add(name string) int {
	i := x.find(name)
	if i >= 0 {
		return i
	}
	i = x.n
	x.n++
	if i < fewNames {
		x.few[i] = name
		return i
	}
	if x.index == nil {
		x.index = make(map[string]int, 2*fewNames)
		for j, earlier := range x.few {
			x.index[earlier] = j
		}
	}
	x.index[name] = i
	return i
}

// A variableSet collects the variables of a prompt by name, in order of first
// mention.
type variableSet struct {
	own   *stock[Variable]
	list  []Variable
	names names // of list
}

func (v *variableSet) get(name string) *Variable {
	i := v.names.add(name)
	if i == len(v.list) {
		v.list = append(v.list, Variable{Name: name})
	}
	return &v.list[i]
}

func (v *variableSet) has(name string) bool { return v.names.find(name) >= 0 }

// document enters the names that the lines of s between two offsets describe.
func (v *variableSet) document(s *source, start, end int) {
	names := documentedNames(s, start, end)
	v.enter(names)
	empty(&s.room.texts, names)
}

// enter enters names that are described.
func (v *variableSet) enter(names []Text) {
	if v.list == nil && len(names) > 0 {
		v.list = v.own.take(len(names))
	}
	for i := range names {
		if d := v.get(names[i].Value); d.Documented.IsZero() {
			d.Documented = names[i]
		}
	}
}

func (v *variableSet) use(t *Text) {
	if d := v.get(t.Value); d.Used.IsZero() {
		d.Used = *t
	}
}

// A Placeholder is what looks like a variable in a text, by offsets into it.
type Placeholder struct {
	Name       string
	Start, End int
}

// Placeholders yields what looks like a variable in a text, in any [Style] and in
// order. Whether it is one depends on the prompt.
func Placeholders(text string) iter.Seq[Placeholder] {
	return func(yield func(Placeholder) bool) {
		for scan := newPlaceholderScanner(text); ; {
			p, ok := scan.next()
			if !ok || !yield(Placeholder{p.name, p.start, p.end}) {
				return
			}
		}
	}
}
