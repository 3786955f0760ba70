package library

import (
	"strconv"
	"strings"
)

// A tag is a section of an XML-tagged body: an element whose opening tag stands
// alone at the start of a line and that lies in no other element.
type tag struct {
	name  Text // the name inside the opening tag
	start int  // offset after the opening tag
	end   int  // offset of the closing tag, or of what ends the section in its stead
	after int  // offset after the closing tag
}

// readTags reads the outermost elements from line first on. Tags inside code
// blocks are text. A known section that is never closed ends where the next
// known section begins, so that one lost tag does not swallow the others.
func readTags(s *source, first int, m *markdown, known func(name string) bool) (tags []tag, problems []Problem) {
	tags, problems, ok := scanTags(s, first, m.code, known)
	if !ok {
		// A broken code block may have hidden a closing tag.
		if again, p, ok := scanTags(s, first, make([]bool, len(m.code)), known); ok {
			return again, p
		}
	}
	return tags, problems
}

// scanTags reports with ok whether every known section is closed.
func scanTags(s *source, first int, code []bool, known func(name string) bool) (tags []tag, problems []Problem, ok bool) {
	ok = true
	closers := closingTags(s, first, code)
	for i := first; i < s.count(); i++ {
		if code[i] {
			continue
		}
		line := s.lineText(i)
		start, _ := s.line(i)
		if name := closeTag(line); name != "" {
			problems = append(problems, problem(SectionTagUnpaired, s.trimmed(start, start+strings.IndexByte(line, '>')+1),
				"closing tag %q closes nothing; remove it, or open the section it belongs to", "</"+name+">"))
			continue
		}
		name := openTag(line)
		if name == "" {
			continue
		}
		inner := start + strings.IndexByte(line, '>') + 1
		t := tag{name: s.slice(start+1, start+1+len(name)), start: inner}
		if last, at := closers.match(name, i, inner); at >= 0 {
			t.end, t.after = at, at+len("</>")+len(name)
			i = last
		} else if !known(name) || !strings.HasPrefix(line[1+len(name):], ">") {
			continue // a placeholder such as <insert>, no section
		} else {
			ok = false
			i = unclosedEnd(s, i, code, known)
			t.end = len(s.text)
			if i+1 < s.count() {
				t.end = s.lines[i+1]
			}
			t.after = t.end
			p := problem(SectionTagOpen, s.slice(start, inner), "section %q is never closed; end it with %q", "<"+name+">", "</"+name+">")
			if stray := firstCloser(s, s.lineOf(start)+1, i, code); stray >= 0 {
				at := s.wholeLine(stray)
				p.Message += "; line " + strconv.Itoa(stray+1) + " closes another name"
				p.Related = []Related{{Pos: at.Pos, End: at.End, Message: "this closes another name"}}
				problems = append(problems, problem(SectionTagUnpaired, at, "closing tag %q does not match %q of line %d", at.Value, "<"+name+">", s.lineOf(start)+1))
			}
			problems = append(problems, p)
		}
		tags = append(tags, t)
	}
	return tags, problems, ok
}

// A closer is where a closing tag stands.
type closer struct {
	line   int
	offset int
	open   bool // it is an opening tag of that name, which a closing tag pairs with
}

type closerIndex map[string][]closer

// closingTags lists the tags of each name that has a closing tag: opening tags
// at the start of a line, closing tags at the start or the end of one.
func closingTags(s *source, first int, code []bool) closerIndex {
	index := closerIndex{}
	for i := first; i < s.count(); i++ {
		if code[i] {
			continue
		}
		line := s.lineText(i)
		if strings.IndexByte(line, '<') < 0 {
			continue
		}
		start, _ := s.line(i)
		if name := openTag(strings.TrimLeft(line, " \t")); name != "" {
			index[name] = append(index[name], closer{line: i, offset: start, open: true})
		}
		at := strings.Index(line, "</")
		if at < 0 {
			continue
		}
		if !isBlank(line[:at]) {
			at = strings.LastIndex(line, "</")
			if !isBlank(line[at+1+strings.IndexByte(line[at:], '>'):]) && strings.IndexByte(line[at:], '>') >= 0 {
				continue
			}
		}
		if name := closeTag(line[at:]); name != "" {
			index[name] = append(index[name], closer{line: i, offset: start + at})
		}
	}
	return index
}

// match finds the closing tag that pairs with the opening tag of a name on a
// line, counting elements of the same name inside it.
func (c closerIndex) match(name string, line, inner int) (last, at int) {
	depth := 0
	for _, t := range c[name] {
		switch {
		case t.line < line || t.line == line && t.open:
		case t.open:
			depth++
		case t.offset < inner:
		case depth > 0:
			depth--
		default:
			return t.line, t.offset
		}
	}
	return 0, -1
}

// unclosedEnd returns the last line of a section whose closing tag is missing.
func unclosedEnd(s *source, open int, code []bool, known func(name string) bool) int {
	for i := open + 1; i < s.count(); i++ {
		if !code[i] && known(openTag(s.lineText(i))) {
			return i - 1
		}
	}
	return s.count() - 1
}

// firstCloser returns the first line from a to b that is a closing tag, or -1.
func firstCloser(s *source, a, b int, code []bool) int {
	for i := a; i <= b; i++ {
		if line := s.lineText(i); !code[i] && closeTag(line) != "" && isBlank(line[strings.IndexByte(line, '>')+1:]) {
			return i
		}
	}
	return -1
}

// openTag returns the name of the opening tag that a line begins with, or "".
func openTag(line string) string {
	if len(line) < 3 || line[0] != '<' {
		return ""
	}
	n := nameLength(line[1:])
	if n == 0 {
		return ""
	}
	rest := line[1+n:]
	if rest == "" || rest[0] != '>' && rest[0] != ' ' {
		return ""
	}
	if end := strings.IndexByte(rest, '>'); end < 0 || end > 0 && rest[end-1] == '/' {
		return ""
	}
	return line[1 : 1+n]
}

// closeTag returns the name of the closing tag that a line begins with, or "".
func closeTag(line string) string {
	if len(line) < 4 || line[0] != '<' || line[1] != '/' {
		return ""
	}
	n := nameLength(line[2:])
	if n == 0 || 2+n >= len(line) || line[2+n] != '>' {
		return ""
	}
	return line[2 : 2+n]
}

func nameLength(s string) int {
	n := 0
	for n < len(s) && (s[n] >= 'a' && s[n] <= 'z' || s[n] >= 'A' && s[n] <= 'Z' || s[n] == '_' || n > 0 && (s[n] >= '0' && s[n] <= '9' || s[n] == '-' || s[n] == ':')) {
		n++
	}
	return n
}
