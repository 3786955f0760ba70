package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"
)

// WriteJSON writes a value as JSON and a line end: indented by indent, or on one
// line if that is empty. Characters that a terminal obeys or that hide from a
// reader are escaped, so that JSON can be looked at safely.
func WriteJSON(w io.Writer, value any, indent string) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(value); err != nil {
		return err
	}
	_, err := w.Write(escapeJSON(b.Bytes()))
	return err
}

// escapeJSON escapes the characters that encoding/json leaves as they are. They
// can stand only inside of strings.
func escapeJSON(text []byte) []byte {
	i := bytes.IndexFunc(text, unsafeInJSON)
	if i < 0 {
		return text
	}
	out := bytes.NewBuffer(make([]byte, 0, len(text)+64))
	for len(text) > 0 {
		c, size := utf8.DecodeRune(text)
		switch {
		case !unsafeInJSON(c):
			out.Write(text[:size])
		case c > 0xffff:
			c -= 0x10000
			fmt.Fprintf(out, `\u%04x\u%04x`, 0xd800+(c>>10), 0xdc00+(c&0x3ff))
		default:
			fmt.Fprintf(out, `\u%04x`, c)
		}
		text = text[size:]
	}
	return out.Bytes()
}

func unsafeInJSON(c rune) bool { return c == 0x7f || hidden(c) }
