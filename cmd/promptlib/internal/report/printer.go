package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"promptlib/library"
)

// A Printer writes text for people. What its methods are given comes from files
// and models and is made safe; only the format strings are trusted.
type Printer struct {
	w     *bufio.Writer
	color bool
}

// NewPrinter returns a Printer that writes to w, with ANSI colours if color is
// set. Flush must be called at the end.
func NewPrinter(w io.Writer, color bool) *Printer {
	return &Printer{w: bufio.NewWriter(w), color: color}
}

// Flush writes what is still held back and returns the first error of all.
func (p *Printer) Flush() error { return p.w.Flush() }

// Printf writes formatted text. Every argument that is text comes out on one
// line, with control characters escaped.
func (p *Printer) Printf(format string, args ...any) {
	for i, arg := range args {
		switch v := arg.(type) {
		case string:
			args[i] = Escape(v)
		case fmt.Stringer:
			args[i] = Escape(v.String())
		case error:
			args[i] = Escape(v.Error())
		}
	}
	fmt.Fprintf(p.w, format, args...)
}

// Block writes text of several lines, each after a prefix.
func (p *Printer) Block(prefix, text string) {
	for line := range strings.Lines(text) {
		p.w.WriteString(prefix)
		p.w.WriteString(escape(strings.TrimRight(line, "\r\n"), true))
		p.w.WriteByte('\n')
	}
}

// The colours of a Printer.
const (
	red    = "\x1b[31m"
	green  = "\x1b[32m"
	yellow = "\x1b[33m"
	blue   = "\x1b[34m"
	bold   = "\x1b[1m"
	faint  = "\x1b[2m"
	reset  = "\x1b[0m"
)

// Paint returns text, made safe, in a colour. It is no argument for Printf,
// which would escape the colour.
func (p *Printer) paint(color, text string) painted {
	if !p.color {
		return painted(Escape(text))
	}
	return painted(color + Escape(text) + reset)
}

// A painted text is safe already.
type painted string

var severityColors = map[library.Severity]string{library.Error: red, library.Warning: yellow, library.Info: blue}

// Escape returns s on one line without anything that a terminal obeys or that
// hides from a reader: control characters, line separators, bidirectional
// controls, zero-width and tag characters, and bytes that are not UTF-8 come
// out as \xNN or \uNNNN.
func Escape(s string) string { return escape(s, false) }

func escape(s string, tabs bool) string {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c >= 0x7f {
			return escapeFrom(s, tabs)
		}
	}
	return s
}

func escapeFrom(s string, tabs bool) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		c, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case c == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case c == '\t' && tabs:
			b.WriteByte('\t')
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '\r':
			b.WriteString(`\r`)
		case c < ' ' || c == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, c)
		case hidden(c) && c > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, c)
		case hidden(c):
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteString(s[i : i+size])
		}
		i += size
	}
	return b.String()
}

// hidden reports whether a character beyond ASCII is obeyed by terminals or
// cannot be seen: C1 controls, soft hyphen, zero-width and bidirectional
// controls, line separators, variation selectors of the supplement, tags.
// U+200C, U+200D and U+FE0F are left to emoji and to scripts that need them.
func hidden(c rune) bool {
	switch {
	case c < 0x80:
		return false
	case c < 0xa0, c == 0xad, c == 0x61c, c == 0x180e:
		return true
	case c >= 0x200b && c <= 0x200f:
		return c != 0x200c && c != 0x200d
	case c >= 0x2028 && c <= 0x202e, c >= 0x2060 && c <= 0x206f:
		return true
	case c == 0xfeff, c >= 0xfff9 && c <= 0xfffb:
		return true
	}
	return c >= 0xe0000 && c <= 0xe0fff
}
