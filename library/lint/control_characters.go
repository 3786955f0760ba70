package lint

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"promptlib/library"
)

var controlCharacters = &Rule{
	Code: library.Code{
		ID: "SEC202", Name: "control-characters", Severity: library.Error,
		Doc: library.Doc{
			Summary: "escape or other control character in the body",
			Why:     "An escape sequence moves the cursor of a terminal and hides or repaints text there, so that whoever prints the file sees something else than a model reads.",
			Fix:     "Remove the character. Where the prompt is about escape sequences, write them out, as in ESC[31m.",
			Bad:     "# Summary\n\nSummarise the report.\x1b[2K\x1b[1G\n",
			Good:    "# Summary\n\nSummarise the report.\n",
		},
	},
	Prompt: func(p *Pass) {
		if !p.seen.controls {
			return
		}
		source := p.Prompt.Source
		var at *cursor
		for i := unusual(source, p.Prompt.Body.Pos.Offset); i < len(source); i = unusual(source, i) {
			c, size := controlAt(source, i)
			if c < 0 {
				i += size
				continue
			}
			end := len(source)
			if n := strings.IndexByte(source[i:], '\n'); n >= 0 {
				end = i + n
			}
			if at == nil {
				at = p.cursor()
			}
			p.controls(at, i, end)
			i = end
		}
	},
}

// controls reports the control characters between two offsets of one line, of
// which the first is that of such a character.
func (p *Pass) controls(at *cursor, from, end int) {
	source := p.Prompt.Source
	first, size := controlAt(source, from)
	count := 0
	for i := from; i < end; i = unusual(source, i) {
		c, size := controlAt(source, i)
		if c >= 0 {
			count++
		}
		i += size
	}
	rest := ""
	if count > 1 {
		rest = fmt.Sprintf(", and %d more on this line", count-1)
	}
	report := p.Warnf
	if paints(first) {
		report = p.Reportf
	}
	report(at.text(from, from+size), "control character %s%s; remove it", runeName(first), rest)
}

// paints reports whether a terminal acts on a control character by writing
// elsewhere. The others are mostly left over from a conversion.
func paints(c rune) bool {
	return c == '\b' || c == '\r' || c == '\x1b' || c == '\u009b'
}

// controlAt returns the control character at an offset, or -1 for another
// character, and its length.
//
// Note: a carriage return is one where text follows, which a terminal then
// writes over the beginning of the line.
func controlAt(s string, i int) (rune, int) {
	c, size := utf8.DecodeRuneInString(s[i:])
	switch {
	case c == '\t' || c == '\n' || c == '\r' && (i+1 == len(s) || s[i+1] == '\n' || s[i+1] == '\r'):
		return -1, size
	case c < ' ' || c >= 0x7f && c < 0xa0:
		return c, size
	}
	return -1, size
}
