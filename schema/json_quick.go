package schema

import (
	"hash/maphash"
	"math/bits"
	"unicode/utf8"
)

// What follows is a shortcut: it reads the JSON that people write in examples
// without a token and an allocation for each value. It gives up, with -1, on
// whatever it does not know for certain, and the JSON package reads that again
// and finds the words for what is wrong. A test holds the two against each
// other.

// A quickScanner reads plain JSON: strings without escapes, few members.
type quickScanner struct {
	text  string
	wide  bool       // some byte is not ASCII
	names [64]string // of the members of the objects that are open
	n     int
	outer int // of names: those of the outermost object
}

// quickDepth is how deep values may lie in each other.
const quickDepth = 64

// quickEnd returns the offset just past the JSON value at the start of a text,
// or -1 where it is not certain that there is one.
func quickEnd(text string) int {
	end, _ := quickShape(text)
	return end
}

// quickShape is quickEnd that returns the shape of the value, too.
func quickShape(text string) (end int, shape uint64) {
	q := quickScanner{text: text}
	end = q.value(q.space(0), 0)
	if end < 0 || q.wide && !utf8.ValidString(text[:end]) {
		return -1, 0
	}
	for _, name := range q.names[:q.outer] {
		shape = bits.RotateLeft64(shape, 1) ^ maphash.String(shapeSeed, name)
	}
	return end, shape
}

var shapeSeed = maphash.MakeSeed()

// quickMembers reads the members of the JSON object at the start of a text, as
// [ScanObjectInto] returns them. The end is -1 where that is not certain.
func quickMembers(room []Member, text string) (members []Member, end int) {
	q := quickScanner{text: text}
	i := q.space(0)
	if i >= len(text) || text[i] != '{' {
		return nil, -1
	}
	if members = room[:0]; members == nil {
		members = make([]Member, 0, 8)
	}
	end = q.members(i+1, 0, func(nameStart, nameEnd, start, end int) {
		m := Member{Name: text[nameStart+1 : nameEnd-1], NameStart: nameStart, NameEnd: nameEnd, Value: text[start:end]}
		if text[start] == '"' {
			m.Value = text[start+1 : end-1]
		}
		members = append(members, m)
	})
	if end < 0 || q.wide && !utf8.ValidString(text[:end]) {
		clear(members)
		return nil, -1
	}
	if len(members) == 0 {
		members = nil
	}
	return members, end
}

// space returns the offset of the first character from i on that is no white
// space.
func (q *quickScanner) space(i int) int {
	if i < len(q.text) && q.text[i] > ' ' {
		return i
	}
	return q.spaces(i)
}

// spaces is space where there is some. Most of it is a space, or a line feed and
// the indentation of the next line.
func (q *quickScanner) spaces(i int) int {
	if i+1 < len(q.text) && q.text[i] == ' ' && q.text[i+1] > ' ' {
		return i + 1
	}
	for ; i+8 <= len(q.text); i += 8 {
		w := eight(q.text[i:])
		if other := filled(w^' '*eachByte) & filled(w^'\n'*eachByte); other != 0 {
			i += bits.TrailingZeros64(other) / 8
			break
		}
	}
	for i < len(q.text) && q.text[i] <= ' ' && (q.text[i] == ' ' || q.text[i] == '\n' || q.text[i] == '\r' || q.text[i] == '\t') {
		i++
	}
	return i
}

// filled has the high bit of each byte set that is not 0 in a word.
func filled(w uint64) uint64 {
	const low = 0x7f * eachByte
	return (w&low + low | w) &^ low
}

// eachByte times a byte is eight of that byte in a word.
const eachByte = 0x0101010101010101

// eight returns the first eight bytes of a text as one number, the first as its
// lowest bits.
func eight(s string) uint64 {
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// unusual has the high bit of the first byte in a word set that does not stand
// for itself in a string; the bits of the bytes behind it mean nothing.
func unusual(w uint64) uint64 {
	quote, escape := w^'"'*eachByte, w^'\\'*eachByte
	return ((w-' '*eachByte)&^w | (quote-eachByte)&^quote | (escape-eachByte)&^escape | w) & (0x80 * eachByte)
}

func (q *quickScanner) value(i, depth int) int {
	if i >= len(q.text) || depth > quickDepth {
		return -1
	}
	switch c := q.text[i]; {
	case c == '"':
		return q.string(i)
	case c == '{':
		return q.members(i+1, depth, nil)
	case c == '[':
		return q.elements(i+1, depth)
	case c == '-' || c >= '0' && c <= '9':
		return q.number(i)
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if len(q.text)-i >= len(word) && q.text[i:i+len(word)] == word {
			return q.ended(i + len(word))
		}
	}
	return -1
}

// ended returns i if a number or word may end there.
func (q *quickScanner) ended(i int) int {
	if i < len(q.text) {
		switch q.text[i] {
		case ' ', '\n', '\r', '\t', ',', ']', '}':
		default:
			return -1
		}
	}
	return i
}

func (q *quickScanner) string(i int) int {
	for i++; i < len(q.text); i++ {
		for i+8 <= len(q.text) {
			if found := unusual(eight(q.text[i:])); found != 0 {
				i += bits.TrailingZeros64(found) / 8
				break
			}
			i += 8
		}
		if i == len(q.text) {
			break
		}
		switch c := q.text[i]; {
		case c == '"':
			return i + 1
		case quickText[c]:
		case c < utf8.RuneSelf:
			return -1
		default:
			q.wide = true
		}
	}
	return -1
}

// quickText are the ASCII characters that stand for themselves in a string.
var quickText = func() (set [256]bool) {
	for c := ' '; c < utf8.RuneSelf; c++ {
		set[c] = c != '"' && c != '\\'
	}
	return set
}()

// number reads a number without an exponent.
func (q *quickScanner) number(i int) int {
	if q.text[i] == '-' {
		i++
	}
	start := i
	i = q.digits(i)
	if i == start || i > start+1 && q.text[start] == '0' {
		return -1
	}
	if i < len(q.text) && q.text[i] == '.' {
		start = i + 1
		if i = q.digits(start); i == start {
			return -1
		}
	}
	return q.ended(i)
}

func (q *quickScanner) digits(i int) int {
	for i < len(q.text) && q.text[i] >= '0' && q.text[i] <= '9' {
		i++
	}
	return i
}

func (q *quickScanner) elements(i, depth int) int {
	if i = q.space(i); i < len(q.text) && q.text[i] == ']' {
		return i + 1
	}
	for {
		if i = q.value(i, depth+1); i < 0 {
			return -1
		}
		if i = q.space(i); i >= len(q.text) || q.text[i] != ',' {
			break
		}
		i = q.space(i + 1)
	}
	if i >= len(q.text) || q.text[i] != ']' {
		return -1
	}
	return i + 1
}

// members reads what follows a brace. Each is told the offsets of every name and
// value.
func (q *quickScanner) members(i, depth int, each func(nameStart, nameEnd, start, end int)) int {
	first := q.n
	if i = q.space(i); i < len(q.text) && q.text[i] == '}' {
		return i + 1
	}
	for {
		nameStart := i
		if i >= len(q.text) || q.text[i] != '"' {
			return -1
		}
		if i = q.string(i); i < 0 || !q.add(first, q.text[nameStart+1:i-1]) {
			return -1
		}
		nameEnd := i
		if i = q.space(i); i >= len(q.text) || q.text[i] != ':' {
			return -1
		}
		start := q.space(i + 1)
		if i = q.value(start, depth+1); i < 0 {
			return -1
		}
		if each != nil {
			each(nameStart, nameEnd, start, i)
		}
		if i = q.space(i); i >= len(q.text) || q.text[i] != ',' {
			break
		}
		i = q.space(i + 1)
	}
	if i >= len(q.text) || q.text[i] != '}' {
		return -1
	}
	if depth == 0 {
		q.outer = q.n
	}
	q.n = first
	return i + 1
}

// add notes the name of a member, and reports whether it is new in its object,
// whose names begin at first.
func (q *quickScanner) add(first int, name string) bool {
	if q.n == len(q.names) {
		return false
	}
	for _, other := range q.names[first:q.n] {
		if other == name {
			return false
		}
	}
	q.names[q.n] = name
	q.n++
	return true
}
