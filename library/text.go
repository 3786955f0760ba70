package library

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Pos is a place in a file. Line and Column start at 1 and Column counts
// Unicode code points; Offset counts bytes from the start of the file. The zero
// Pos means "no place".
type Pos struct {
	Path   string
	Line   int
	Column int
	Offset int
}

// String returns path:line:col, or the path alone where there is no line.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.Path
	}
	return p.Path + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}

// A Text is a string that a person wrote in a file, with the place it came
// from. Value is what it means, which for a quoted YAML scalar or a file with
// CRLF line ends is not byte for byte what stands between Pos and End. End is
// just past the last byte. A Text with an empty Value may still have a place:
// it is where something ought to be.
type Text struct {
	Value string
	Pos   Pos
	End   Pos
}

// IsZero reports whether t has neither a value nor a place.
func (t Text) IsZero() bool { return t.Value == "" && t.Pos.Line == 0 }

// Detach returns t with a copy of its value. A Text read from a file shares the
// memory of the whole file; one that is to outlive the Prompt must be detached.
func (t Text) Detach() Text {
	t.Value = strings.Clone(t.Value)
	return t
}

// At returns the place of byte i of the value of a Text that stands in its file
// as it is, as the body of a section and the value of an example do. In a file
// that mixes CR LF and LF line ends Offset is only near; Line and Column hold.
func (t Text) At(i int) Pos {
	p := t.Pos
	before := t.Value[:min(i, len(t.Value))]
	lines := strings.Count(before, "\n")
	p.Line += lines
	p.Offset += len(before)
	if t.End.Offset-t.Pos.Offset > len(t.Value) {
		p.Offset = min(p.Offset+lines, t.End.Offset) // each line end is CR LF in the file
	}
	if lines > 0 {
		p.Column = 1
		before = before[strings.LastIndexByte(before, '\n')+1:]
	}
	p.Column += utf8.RuneCountInString(before)
	return p
}

// Sub returns the part of t from byte i to byte j of its value, under the same
// condition as [Text.At].
func (t Text) Sub(i, j int) Text {
	return Text{Value: t.Value[i:j], Pos: t.At(i), End: t.At(j)}
}

// The byte order mark as UTF-8.
const bom = "\ufeff"

// A source is the text of one file with an index of its lines.
type source struct {
	path  string
	text  string
	first int   // offset of the first byte after a byte order mark
	lines []int // offset of the first byte of each line
	crlf  bool  // some line ends in CR LF
	last  Pos   // the place that pos returned last
}

func newSource(path, text string) *source {
	s := &source{path: path, text: text}
	if strings.HasPrefix(text, bom) {
		s.first = len(bom)
	}
	s.lines = make([]int, 0, 1+strings.Count(text[s.first:], "\n"))
	s.lines = append(s.lines, s.first)
	for i := s.first; ; {
		n := strings.IndexByte(text[i:], '\n')
		if n < 0 {
			break
		}
		i += n + 1
		if n > 0 && text[i-2] == '\r' {
			s.crlf = true
		}
		s.lines = append(s.lines, i)
	}
	return s
}

// count is the number of lines; text after the last line end is a line, even
// when it is empty.
func (s *source) count() int { return len(s.lines) }

// line returns the offsets of line i (from 0) without its line end.
func (s *source) line(i int) (start, end int) {
	start, end = s.lines[i], len(s.text)
	if i+1 < len(s.lines) {
		end = s.lines[i+1] - 1
	}
	if end > start && s.text[end-1] == '\r' {
		end--
	}
	return start, end
}

// lineText returns line i (from 0) without its line end.
func (s *source) lineText(i int) string {
	start, end := s.line(i)
	return s.text[start:end]
}

// lineOf returns the index (from 0) of the line that holds offset.
func (s *source) lineOf(offset int) int {
	i, found := slices.BinarySearch(s.lines, offset)
	if !found {
		i--
	}
	return max(i, 0)
}

// pos turns an offset into a place. It counts on from the last place where it
// can: places are asked for in file order, and a line may be as long as a file.
func (s *source) pos(offset int) Pos {
	offset = min(max(offset, s.first), len(s.text))
	i := s.last.Line - 1
	if i < 0 || offset < s.lines[i] || i+1 < len(s.lines) && offset >= s.lines[i+1] {
		i = s.lineOf(offset)
	}
	from, column := s.lines[i], 1
	if s.last.Line == i+1 && s.last.Offset <= offset {
		from, column = s.last.Offset, s.last.Column
	}
	column += utf8.RuneCountInString(s.text[from:offset])
	p := Pos{Path: s.path, Line: i + 1, Column: column, Offset: offset}
	if offset < len(s.text) && utf8.RuneStart(s.text[offset]) {
		s.last = p
	}
	return p
}

// slice returns the text between two offsets.
func (s *source) slice(start, end int) Text {
	t := Text{Value: s.normalised(start, end), Pos: s.pos(start)}
	if i := t.Pos.Line; i < len(s.lines) && start == t.Pos.Offset && start <= end && end < s.lines[i] {
		t.End = t.Pos // on the same line, which is not the last
		t.End.Offset = end
		t.End.Column += utf8.RuneCountInString(s.text[start:end])
	} else {
		t.End = s.pos(end)
	}
	return t
}

// trimmed is slice without the white space at both ends.
func (s *source) trimmed(start, end int) Text {
	for start < end && isSpace(s.text[start]) {
		start++
	}
	for end > start && isSpace(s.text[end-1]) {
		end--
	}
	return s.slice(start, end)
}

// wholeLine returns line i (from 0) without its indentation.
func (s *source) wholeLine(i int) Text {
	start, end := s.line(i)
	return s.trimmed(start, end)
}

func (s *source) normalised(start, end int) string {
	text := s.text[start:end]
	if s.crlf {
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	return text
}

// encodingProblems reports a byte order mark and the first byte that is not
// UTF-8.
func encodingProblems(s *source) (problems []Problem) {
	if s.first > 0 {
		problems = append(problems, problem(ByteOrderMark, fileStart(s.path),
			"byte order mark before the text; many readers then miss the front matter, so save the file as UTF-8 without it"))
	}
	if bad := invalidUTF8(s.text); bad >= 0 {
		problems = append(problems, problem(NotUTF8, s.slice(bad, bad+1), "byte 0x%02X is not UTF-8; save the file as UTF-8", s.text[bad]))
	}
	return problems
}

// invalidUTF8 returns the offset of the first byte that is not UTF-8, or -1.
func invalidUTF8(text string) int {
	if utf8.ValidString(text) {
		return -1
	}
	for i, c := range text {
		if c == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD") {
			return i
		}
	}
	return -1
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

func isBlank(s string) bool {
	for i := range len(s) {
		if !isSpace(s[i]) {
			return false
		}
	}
	return true
}
