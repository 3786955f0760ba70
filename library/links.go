package library

import "strings"

// links lists the targets of the inline links and images of the lines from first
// on, outside of code. A link whose text goes over several lines is not read.
func links(s *source, m *markdown, first int) []Text {
	if first >= s.count() {
		return nil
	}
	var list []Text
	for at := s.lines[first]; ; {
		n := strings.Index(s.text[at:], "](")
		if n < 0 {
			return list
		}
		at += n + 2
		i := s.lineOf(at)
		start, end := s.line(i)
		if m.code[i] || at > end || !strings.Contains(s.text[start:at-2], "[") || inCode(s.text[start:end], at-start) {
			continue
		}
		if from, to, ok := linkTarget(s.text[at:end]); ok {
			list = append(list, s.slice(at+from, at+to))
			at += to
		}
	}
}

// linkTarget reads the target of a link from just after its opening parenthesis
// on, as offsets: up to a space, where a title begins, or to the parenthesis that
// closes it.
func linkTarget(rest string) (from, to int, ok bool) {
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

// inCode reports whether a byte of a line stands in a code span: a run of
// backticks before it is closed by one as long after it.
func inCode(line string, at int) bool {
	for i := 0; i < at; {
		n := strings.IndexByte(line[i:at], '`')
		if n < 0 {
			return false
		}
		i += n
		run := len(line[i:]) - len(strings.TrimLeft(line[i:], "`"))
		closing := closingRun(line[i+run:], run)
		if closing < 0 {
			i += run
			continue
		}
		if i += run + closing; i > at {
			return true
		}
		i += run
	}
	return false
}

// closingRun returns the offset of a run of just n backticks, or -1.
func closingRun(text string, n int) int {
	for i := 0; i < len(text); {
		k := strings.IndexByte(text[i:], '`')
		if k < 0 {
			return -1
		}
		i += k
		run := len(text[i:]) - len(strings.TrimLeft(text[i:], "`"))
		if run == n {
			return i
		}
		i += run
	}
	return -1
}
