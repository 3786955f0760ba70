package library

import (
	"bytes"
	"io"
	"os"
	"strings"
	"sync"
)

// glanceSize is how much of a file is read to find the end of its front matter.
const glanceSize = 4 << 10

var glanceBuffers = sync.Pool{New: func() any { return new([glanceSize]byte) }}

// Glance reads the values of the keys title, name and id from the start of a
// file, at a small part of the cost of [Read]: for a run that needs nothing else
// of most files. Where the front matter holds a title or name in one of the
// plain forms, ok is true and the values that Read would find are among those
// returned. Of anything else Glance knows nothing.
//
// Note: a front matter that Read refuses, for one of its other lines, has no
// title; Glance still returns it.
func Glance(f File) (values []string, ok bool) {
	if f.Problem != nil {
		return nil, false
	}
	file, err := os.Open(f.Path)
	if err != nil {
		return nil, false
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, false
	}
	buffer := glanceBuffers.Get().(*[glanceSize]byte)
	defer glanceBuffers.Put(buffer)
	n, err := io.ReadFull(file, buffer[:])
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, false
	}
	return glance(buffer[:n])
}

// glance is Glance of the start of a text.
func glance(head []byte) (values []string, ok bool) {
	line, rest, more := nextLine(head)
	if string(line) != delimiter {
		return nil, false
	}
	for more {
		line, rest, more = nextLine(rest)
		if len(line) == 0 || line[0] == ' ' || line[0] == '\t' || line[0] == '-' || line[0] == '#' {
			if isDelimiter(string(line)) {
				return values, ok
			}
			continue
		}
		if c := line[0]; (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '_' {
			return nil, false // a key in quotes, a flow mapping, a byte order mark and so on
		}
		colon := bytes.IndexByte(line, ':')
		if colon < 0 {
			return nil, false
		}
		key := string(bytes.TrimRight(line[:colon], " "))
		if key != "title" && key != "name" && key != "id" {
			continue
		}
		value, plain := plainValue(line[colon+1:], rest)
		if !plain {
			return nil, false
		}
		values = append(values, value)
		ok = ok || key != "id"
	}
	return nil, false // the front matter does not end here
}

// nextLine cuts the first line off a text, without its line end and the white
// space before it. More is false for a text without line end.
func nextLine(text []byte) (line, rest []byte, more bool) {
	line, rest, more = bytes.Cut(text, []byte{'\n'})
	return bytes.TrimRight(line, " \t\r"), rest, more
}

// plainValue returns the scalar that stands after the colon of a key, if it
// stands there as a whole and means what is written.
func plainValue(after, rest []byte) (value string, ok bool) {
	if len(after) == 0 || after[0] != ' ' {
		return "", false
	}
	after = bytes.TrimSpace(after)
	if len(after) == 0 {
		return "", false
	}
	value = string(after)
	if q := value[0]; q == '"' || q == '\'' {
		inner := strings.TrimSuffix(value[1:], string(q))
		return inner, len(inner) == len(value)-2 && inner != "" && !strings.ContainsAny(inner, "\\"+string(q))
	}
	next, _, _ := nextLine(rest)
	if len(next) > 0 && (next[0] == ' ' || next[0] == '\t') {
		return "", false // goes on in the next line
	}
	switch {
	case strings.IndexByte("|>&*!{}[]%@`#,?-:~", value[0]) >= 0, strings.EqualFold(value, "null"):
		return "", false
	case strings.Contains(value, " #"), strings.Contains(value, ": "), strings.HasSuffix(value, ":"):
		return "", false
	}
	return value, true
}
