package library

import "strings"

// longestLine is the length in bytes of the longest line in which links are read.
// Telling links from code takes a look at the rest of the line again and again.
const longestLine = 64 << 10

// links lists the targets of the inline links and images of the lines from first
// on, outside of code. A link whose text goes over several lines is not read.
func links(s *source, m *markdown, first int) []Text {
	if first >= s.count() {
		return nil
	}
	list := s.room.texts
	var code codeSpans
	for at := s.lines[first]; ; {
		n := strings.IndexByte(s.text[at:], '(') // there are fewer than of "]", which JSON has
		if n < 0 {
			return copied(&s.own.texts, &s.room.texts, list)
		}
		at += n + 1
		if n == 0 || s.text[at-2] != ']' {
			continue
		}
		i := s.lineOf(at)
		start, end := s.line(i)
		if m.code[i] || at > end || end-start > longestLine {
			continue
		}
		if code.line == "" || code.start != start {
			code = codeSpans{line: s.text[start:end], start: start}
		}
		if strings.Contains(code.line[:at-2-start], "[") && !code.covers(at-start) {
			if from, to, ok := linkTarget(s.text[at:end]); ok {
				list = append(list, s.slice(at+from, at+to))
				at += to
			}
		}
	}
}

// longestTarget is the length in bytes of the longest target of a link.
const longestTarget = 1000

// linkTarget reads the target of a link from just after its opening parenthesis
// on, as offsets: up to a space, where a title begins, or to the parenthesis that
// closes it.
func linkTarget(rest string) (from, to int, ok bool) {
	rest = rest[:min(len(rest), longestTarget)]
	if strings.HasPrefix(rest, "<") {
		n := strings.IndexByte(rest, '>')
		return 1, n, n > 1
	}
	depth := 0
	for i := range len(rest) {
		switch rest[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				if to == 0 {
					to = i
				}
				return 0, to, to > 0
			}
		case ' ', '\t':
			if to == 0 {
				to = i
			}
		}
	}
	return 0, 0, false
}

// A codeSpans finds the code spans of a line from left to right: from a run of
// backticks to the next that is as long.
type codeSpans struct {
	line  string
	start int // offset of the line in the file
	next  int // where to look on
	end   int // of the last span
}

// covers reports whether the byte at an offset stands in a span. Offsets must not
// fall from call to call.
func (c *codeSpans) covers(at int) bool {
	for c.next < at {
		n := strings.IndexByte(c.line[c.next:at], '`')
		if n < 0 {
			c.next = at
			break
		}
		from := c.next + n
		run := backticks(c.line[from:])
		c.next = from + run
		if closing := closingRun(c.line[c.next:], run); closing >= 0 {
			c.end = c.next + closing
			c.next = c.end + run
		}
	}
	return at < c.end
}

// backticks counts the backticks at the start of a text.
func backticks(text string) int { return len(text) - len(strings.TrimLeft(text, "`")) }

// closingRun returns the offset of a run of just n backticks, or -1.
func closingRun(text string, n int) int {
	for i := 0; i < len(text); {
		k := strings.IndexByte(text[i:], '`')
		if k < 0 {
			return -1
		}
		i += k
		run := backticks(text[i:])
		if run == n {
			return i
		}
		i += run
	}
	return -1
}
