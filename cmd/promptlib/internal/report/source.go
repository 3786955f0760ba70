package report

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"promptlib/library"
)

// lines gives lines of files; it keeps the file it read last.
type lines struct {
	read  func(path string) []byte
	path  string
	lines [][]byte
	start []int // offset in the file of the first byte of each line

	// Where byteColumn got to, from which it counts on: findings are sorted, and
	// a file of one long line would be counted through for each.
	atLine, atColumn, atByte int
}

// open makes path the file that is looked at.
func (l *lines) open(path string) bool {
	if l.read == nil {
		return false
	}
	if l.path != path {
		file := l.read(path)
		text := bytes.TrimPrefix(file, []byte("\ufeff"))
		*l = lines{read: l.read, path: path, lines: bytes.Split(text, []byte("\n"))}
		l.start = make([]int, len(l.lines))
		at := len(file) - len(text)
		for i, line := range l.lines {
			l.start[i] = at
			at += len(line) + 1
		}
	}
	return true
}

// at returns the line of a place without its line end, and the byte of it that
// the place is at.
func (l *lines) at(pos library.Pos) (line []byte, at int, ok bool) {
	if !l.open(pos.Path) || pos.Line < 1 || pos.Line > len(l.lines) {
		return nil, 0, false
	}
	line = bytes.TrimRight(l.lines[pos.Line-1], "\r")
	return line, min(l.byteColumn(pos.Path, pos.Line, pos.Column)-1, len(line)), true
}

// before returns the number of the line that holds the byte at an offset, and
// what stands before it on that line.
func (l *lines) before(path string, offset int) (n int, text []byte, ok bool) {
	if !l.open(path) || offset < 0 {
		return 0, nil, false
	}
	i, found := slices.BinarySearch(l.start, offset)
	if !found {
		i = max(0, i-1)
	}
	return i + 1, l.lines[i][:min(max(0, offset-l.start[i]), len(l.lines[i]))], true
}

// byteColumn returns the column of a place as the number of its byte on the
// line (from 1), and the column as it is where the line is not at hand.
func (l *lines) byteColumn(path string, n, column int) int {
	if !l.open(path) || n < 1 || n > len(l.lines) {
		return column
	}
	if n != l.atLine || column < l.atColumn {
		l.atLine, l.atColumn, l.atByte = n, 1, 1
	}
	line := l.lines[n-1]
	for l.atColumn < column && l.atByte <= len(line) {
		_, size := utf8.DecodeRune(line[l.atByte-1:])
		l.atColumn++
		l.atByte += size
	}
	return l.atByte
}

// A replacement is an edit as formats write it: the bytes of the file from a
// place to another give way to a text.
type replacement struct {
	line, endLine     int
	before, endBefore []byte // what stands before each place on its line
	text              string
}

// maxEdits is how many edits a fix may have that reports hold: one finding of
// invisible characters may have a million.
const maxEdits = 1000

// replacements returns the edits that mend a finding; none where the file is
// not at hand.
func (l *lines) replacements(d *library.Diagnostic) []replacement {
	if d.Fix == nil || len(d.Fix.Edits) > maxEdits {
		return nil
	}
	var list []replacement
	for _, e := range d.Fix.Edits {
		r := replacement{text: e.New}
		var ok bool
		if r.line, r.before, ok = l.before(d.Pos.Path, e.Start); !ok {
			return nil
		}
		r.endLine, r.endBefore, _ = l.before(d.Pos.Path, e.End)
		if r.text == "" && r.line == r.endLine && len(r.before) == len(r.endBefore) {
			return nil // a byte order mark has no line and column
		}
		list = append(list, r)
	}
	return list
}
