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
	Path   string `json:"path"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Offset int    `json:"-"`
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
	first int     // offset of the first byte after a byte order mark
	lines []int   // offset of the first byte of each line
	signs []int32 // the lines that begin with a character of beginsSign, in order
	crlf  bool    // some line ends in CR LF
	near  int     // the line that lineOf returned last

	// All bytes that are not ASCII lie between these offsets, which are the same
	// where there are none. Most texts have none, or a few in one place, and a
	// column of any other line is a count of bytes.
	wide span

	// The place that pos returned last of a line that is not ASCII: index of the
	// line plus one, and so on.
	last struct{ line, column, offset int }

	room room
	own  *stocks // of the prompt that is read
}

// beginsSign are the characters, in the first column, that tags, markers of
// examples, ends of JSON values and merge conflicts begin with. Few lines of a
// prompt do, and who looks for one of those looks at no other line.
var beginsSign = characters("<>=#*EIOS}]")

func characters(list string) (set [256]bool) {
	for _, c := range []byte(list) {
		set[c] = true
	}
	return set
}

func newSource(path, text string) *source {
	s := &source{own: new(stocks)}
	s.read(path, text)
	return s
}

// read makes s the source of a text. It uses the room that s has.
func (s *source) read(path, text string) {
	s.path, s.text, s.first = path, text, 0
	if strings.HasPrefix(text, bom) {
		s.first = len(bom)
	}
	s.near = 0
	s.last.line = 0
	s.crlf = strings.IndexByte(text, '\r') >= 0 && strings.Contains(text, "\r\n")
	s.wide = wideSpan(text)
	lines, signs := s.lines[:0], s.signs[:0]
	for at := s.first; ; {
		if at < len(text) && beginsSign[text[at]] {
			signs = append(signs, int32(len(lines)))
		}
		lines = append(lines, at)
		n := strings.IndexByte(text[at:], '\n')
		if n < 0 {
			break
		}
		at += n + 1
	}
	s.lines, s.signs = lines, signs
}

// wideSpan returns where the bytes that are not ASCII begin and end. It looks at
// many bytes at a time, and may take some others for such.
func wideSpan(text string) span {
	from, to := 0, len(text)
	for from+32 <= to {
		b := text[from : from+32]
		if (eight(b)|eight(b[8:])|eight(b[16:])|eight(b[24:]))&notASCII != 0 {
			break
		}
		from += 32
	}
	for from+8 <= to && eight(text[from:])&notASCII == 0 {
		from += 8
	}
	for from < to && text[from] < utf8.RuneSelf && from+8 > to {
		from++
	}
	if from == to {
		return span{}
	}
	for to-32 > from {
		b := text[to-32 : to]
		if (eight(b)|eight(b[8:])|eight(b[16:])|eight(b[24:]))&notASCII != 0 {
			break
		}
		to -= 32
	}
	return span{from, to}
}

// notASCII are the bits that no ASCII byte of eight has.
const notASCII = 0x8080808080808080

// eight returns the first eight bytes of a text as one number, the first of them
// lowest.
func eight(b string) uint64 {
	_ = b[7]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
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

// lineOf returns the index (from 0) of the line that holds offset. Most often
// that is the line asked for last, or one of the next.
func (s *source) lineOf(offset int) int {
	i := s.near
	if s.lines[i] <= offset {
		for last := min(i+8, len(s.lines)-1); i < last && s.lines[i+1] <= offset; {
			i++
		}
		if i+1 == len(s.lines) || s.lines[i+1] > offset {
			s.near = i
			return i
		}
	}
	from, to := 0, len(s.lines) // the line lies in between
	for to-from > 1 {
		if middle := int(uint(from+to) / 2); s.lines[middle] <= offset {
			from = middle
		} else {
			to = middle
		}
	}
	s.near = from
	return from
}

// sign returns the index in signs of the first line from i on.
func (s *source) sign(i int) int {
	k, _ := slices.BinarySearch(s.signs, int32(i))
	return k
}

// pos turns an offset into a place.
func (s *source) pos(offset int) Pos {
	offset = min(max(offset, s.first), len(s.text))
	return s.posOn(s.lineOf(offset), offset)
}

// posOn is pos for an offset of a line that is known. It counts on from the last
// place where it can: places are asked for in file order, and a line may be as
// long as a file.
func (s *source) posOn(i, offset int) Pos {
	from, column := s.lines[i], 1
	if offset <= s.wide.start || from >= s.wide.end {
		return Pos{Path: s.path, Line: i + 1, Column: offset - from + 1, Offset: offset}
	}
	if s.last.line == i+1 && s.last.offset <= offset {
		from, column = s.last.offset, s.last.column
	}
	column += utf8.RuneCountInString(s.text[from:offset])
	if offset < len(s.text) && utf8.RuneStart(s.text[offset]) {
		s.last.line, s.last.column, s.last.offset = i+1, column, offset
	}
	return Pos{Path: s.path, Line: i + 1, Column: column, Offset: offset}
}

// slice returns the text between two offsets.
func (s *source) slice(start, end int) Text {
	if i := s.near; start >= s.lines[i] && start <= end && i+1 < len(s.lines) && end < s.lines[i+1] {
		return s.sliceOn(i, start, end) // as most often
	}
	from := min(max(start, s.first), len(s.text))
	i := s.lineOf(from)
	if i+1 < len(s.lines) && start == from && start <= end && end < s.lines[i+1] {
		return s.sliceOn(i, start, end)
	}
	return Text{Value: s.normalised(start, end), Pos: s.posOn(i, from), End: s.pos(end)}
}

// sliceOn is slice for a line that is known and is not the last.
func (s *source) sliceOn(i, start, end int) Text {
	if from := s.lines[i]; end <= s.wide.start || from >= s.wide.end {
		column := start - from + 1
		return Text{
			Value: s.text[start:end],
			Pos:   Pos{Path: s.path, Line: i + 1, Column: column, Offset: start},
			End:   Pos{Path: s.path, Line: i + 1, Column: column + end - start, Offset: end},
		}
	}
	t := Text{Value: s.text[start:end], Pos: s.posOn(i, start)}
	t.End = t.Pos
	t.End.Offset = end
	t.End.Column += utf8.RuneCountInString(t.Value)
	return t
}

// trimmed is slice without the white space at both ends.
func (s *source) trimmed(start, end int) Text { return s.slice(s.trim(start, end)) }

// trim moves two offsets towards each other, past white space.
func (s *source) trim(start, end int) (int, int) {
	for start < end && isSpace(s.text[start]) {
		start++
	}
	for end > start && isSpace(s.text[end-1]) {
		end--
	}
	return start, end
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
	if utf8.ValidString(s.text[s.wide.start:s.wide.end]) {
		return problems
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

// skipSpace counts the spaces and tabs at the start of a line.
func skipSpace(line string) int {
	n := 0
	for n < len(line) && (line[n] == ' ' || line[n] == '\t') {
		n++
	}
	return n
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
