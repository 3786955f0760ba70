package lint

import (
	"math/bits"
	"unicode/utf8"

	"promptlib/library"
)

// A look is what one walk over a file tells of it. Each of these is false for
// nearly every file, and a rule for whose findings one of them must be true needs
// no walk of its own where it is not.
type look struct {
	conceals bool // a character shows nothing
	controls bool // a control character that is no white space
	numbers  bool // a payment card or bank account number
	secrets  bool // what may be a secret, or part of one, of at least longSecret characters
	nested   bool // below the start a line ends in a hyphen and the next begins with a letter, or there are carriage returns
	spaced   bool // a line ends in white space, two blank lines follow each other, or not all white space is spaces and line feeds
}

// lookAt looks through the file of a prompt.
func lookAt(p *library.Prompt) look {
	l := look{spaced: p.LineEnds.Spaced, nested: p.LineEnds.Ruled}
	l.bytes(p.Source)
	return l
}

// The high bit of each byte of these words says something of the byte of a text
// in its place.
const (
	ones     = 0x0101010101010101
	highBits = 0x80 * ones
	oneOf4   = 0x8000000080000000 // of any four bytes in a row
)

// bytes looks at sixteen bytes at a time: most files are nothing but printable
// ASCII and line feeds, with short numbers and words.
func (l *look) bytes(s string) {
	secret := 0                // where the long word ends that was looked at last
	before := uint64(highBits) // whether there is a gap in the word before
	i := 0
	for ; i+24 <= len(s); i += 16 {
		block := s[i : i+16]
		w, v := word64(block), word64(block[8:])
		first, second := gap(w), gap(v)
		if first|second == 0 || before|first == 0 {
			secret = l.long(s, i, secret)
		}
		before = second
		if (strange(w)|strange(v))&highBits != 0 {
			l.some(s, i)
		} else if marks := digit(w) | digit(v)>>1; marks != 0 {
			l.runs(s, i, marks)
		}
	}
	if i < len(s) {
		l.long(s, i, secret)
	}
	for ; i < len(s); i++ {
		l.odd(s, i)
		l.digits(s, i)
	}
}

// word64 returns the first eight bytes of a text as one number, the first as its
// lowest bits.
func word64(s string) uint64 {
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// strange marks the bytes of a word that are neither printable ASCII nor a line
// feed, with their high bits; the others mean nothing. Behind a byte above 0x7F,
// from which sums carry over, others may be marked or not.
func strange(w uint64) uint64 {
	x := w ^ '\n'*ones // zero for a line feed, below 32 for other control characters
	return (x+0x7f*ones)&^(x+0x60*ones) | w + ones | w
}

// digit marks digits, one of any four in a row, in a word that has no byte above
// 0x7F.
func digit(w uint64) uint64 {
	return oneOf4 &^ ((w ^ '0'*ones) + 0x76*ones)
}

// gap is zero for a word all of whose bytes may be part of a secret, as far as
// they are not below all of those.
func gap(w uint64) uint64 { return (w - '+'*ones) &^ w & highBits }

// long looks at the long word around the byte at offset i, if it is behind the one
// that was looked at last, and returns where it ends.
func (l *look) long(s string, i, last int) int {
	if i < last {
		return last
	}
	from, to := i, i
	for from > last && inSecret[s[from-1]] {
		from--
	}
	for to < len(s) && inSecret[s[to]] {
		to++
	}
	if to-from >= longSecret {
		l.secrets = l.secrets || holdsSecret(s, from, to)
	}
	return to
}

// some looks at sixteen bytes that are not all as usual, behind which there are
// others.
func (l *look) some(s string, from int) {
	for i := from + 3; i < from+16; i += 4 {
		l.run(s, i)
	}
	for i := unusual(s[:from+16], from); i < from+16; i = unusual(s[:from+16], i+1) {
		l.odd(s, i)
	}
}

// runs looks at the digits at an offset: marks has the high bits of [digit] for
// the word there, and the bits below for the next word.
func (l *look) runs(s string, at int, marks uint64) {
	for ; marks != 0; marks &= marks - 1 {
		bit := bits.TrailingZeros64(marks)
		i := at + bit/8
		if bit%8 == 6 {
			i += 8
		}
		l.run(s, i)
	}
}

// run looks at the digits around an offset, of which four must stand in a row.
func (l *look) run(s string, i int) {
	if isDigit(s[i]) && fourDigits(word64(s[i-3:])) {
		l.digits(s, i)
	}
}

// fourDigits reports whether four bytes in a row of a word are digits.
func fourDigits(w uint64) bool {
	x := w ^ '0'*ones
	d := highBits &^ (x&^highBits + 0x76*ones | x) // no sum carries over
	d &= d >> 8
	return d&(d>>16) != 0
}

// odd looks at a byte, which may be neither printable ASCII nor a line feed.
func (l *look) odd(s string, i int) {
	b := s[i]
	if b >= ' ' && b < 0x7f || b == '\n' || !utf8.RuneStart(b) {
		return
	}
	if b == '\t' || b == '\r' {
		l.spaced = true
		l.nested = l.nested || b == '\r' // which may stand behind the hyphen
	}
	c, _ := utf8.DecodeRuneInString(s[i:])
	l.conceals = l.conceals || conceals(c)
	c, _ = controlAt(s, i)
	l.controls = l.controls || c >= 0
}

// digits looks at the digits that stand around an offset.
func (l *look) digits(s string, i int) {
	if !isDigit(s[i]) || i >= 4 && isDigit(s[i-1]) && isDigit(s[i-2]) && isDigit(s[i-3]) && isDigit(s[i-4]) {
		return // of four in a row one was looked at, and with it all of them
	}
	if from, to := digitsAround(s, i); to-from >= 4 {
		_, _, end := number(s, from)
		l.numbers = l.numbers || end > 0
	}
}
