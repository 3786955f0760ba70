package lint

import (
	"math/bits"
	"strings"

	"promptlib/library"
)

// A cursor turns offsets of the source of a prompt into places, for rules that
// look through all of a file. Offsets must be asked for in rising order, so that
// many findings in a long file cost one walk over it.
type cursor struct{ rest library.Text }

func (p *Pass) cursor() *cursor {
	text := strings.TrimPrefix(p.Prompt.Source, "\ufeff")
	first := len(p.Prompt.Source) - len(text)
	return &cursor{library.Text{
		Value: text,
		Pos:   library.Pos{Path: p.Prompt.Path, Line: 1, Column: 1, Offset: first},
		End:   library.Pos{Offset: len(p.Prompt.Source)},
	}}
}

// text returns what stands between two offsets of the source.
func (c *cursor) text(from, to int) library.Text {
	base := c.rest.Pos.Offset
	t := c.rest.Sub(from-base, to-base)
	c.rest = library.Text{Value: c.rest.Value[from-base:], Pos: t.Pos, End: c.rest.End}
	return t
}

// unusual returns the index at or after i of the first byte of s that is neither
// printable ASCII nor a line feed, or len(s). Eight bytes are looked at at a
// time: most files are nothing but such text.
func unusual(s string, i int) int {
	const (
		low  = 0x7f7f7f7f7f7f7f7f
		high = 0x8080808080808080
	)
	for ; i+8 <= len(s); i += 8 {
		w := uint64(s[i]) | uint64(s[i+1])<<8 | uint64(s[i+2])<<16 | uint64(s[i+3])<<24 |
			uint64(s[i+4])<<32 | uint64(s[i+5])<<40 | uint64(s[i+6])<<48 | uint64(s[i+7])<<56
		// The high bit of a byte of each of these says something about that byte
		// of w; no sum carries over into the next one.
		printable := w&low + 0x6060606060606060 // not below a space
		deleted := w&low + 0x0101010101010101   // 0x7F
		newline := w ^ 0x0a0a0a0a0a0a0a0a       // zero for a line feed
		other := (newline & low) + low | newline
		if found := (^printable&other | deleted | w) & high; found != 0 {
			return i + bits.TrailingZeros64(found)/8
		}
	}
	for ; i < len(s); i++ {
		if c := s[i]; c >= 0x7f || c < ' ' && c != '\n' {
			return i
		}
	}
	return len(s)
}

// A phrase is a text that is looked for by the rarest of its characters.
type phrase struct {
	text string
	rare int // index of the character
}

// index returns where the phrase first stands in a text, or -1.
func (p phrase) index(s string) int {
	for from := p.rare; from < len(s); {
		n := strings.IndexByte(s[from:], p.text[p.rare])
		if n < 0 {
			break
		}
		if at := from + n - p.rare; strings.HasPrefix(s[at:], p.text) {
			return at
		}
		from += n + 1
	}
	return -1
}
