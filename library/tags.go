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
// known section begins, so that one lost tag does not swallow the others. The
// list is made in the room of s.
func readTags(s *source, first int, m *markdown, known func(name string) bool) (tags []tag, problems []Problem) {
	tags, problems, ok := scanTags(s, first, m.code, known)
	if !ok {
		// A broken code block may have hidden a closing tag.
		s.room.tags = nil // tags is in use
		if again, p, ok := scanTags(s, first, make([]bool, len(m.code)), known); ok {
			return again, p
		}
	}
	return tags, problems
}

// ToolTags are the names of the tags in which tools wrap what they write, and
// which leak into files when they fail.
var ToolTags = map[string]bool{
	"invoke": true, "function_calls": true, "function_results": true, "function_result": true, "parameter": true,
	"rewritten_file": true, "content": true, "file_content": true, "file_contents": true, "new_content": true, "write_to_file": true, "replace_in_file": true,
	"tool_call": true, "tool_calls": true, "tool_use": true, "tool_result": true, "tool_response": true,
}

// scanTags reports with ok whether every known section is closed.
func scanTags(s *source, first int, code []bool, known func(name string) bool) (tags []tag, problems []Problem, ok bool) {
	ok = true
	var few [16]element
	elements := pairTags(few[:0], s, first, code)
	tags = s.room.tags
	next := first // lines before it are done with
	for _, sign := range s.signs[s.sign(first):] {
		i := int(sign)
		if i < next || code[i] || s.text[s.lines[i]] != '<' {
			continue
		}
		start, end := s.line(i)
		line := s.text[start:end]
		if name := closeTag(line); name != "" {
			if ToolTags[name] {
				continue // what leaked from a tool has a rule of its own
			}
			problems = append(problems, problem(SectionTagUnpaired, s.trimmed(start, start+strings.IndexByte(line, '>')+1),
				"closing tag %q closes nothing; remove it, or open the section it belongs to", "</"+name+">"))
			continue
		}
		name := openTag(line)
		if name == "" {
			continue
		}
		inner := start + strings.IndexByte(line, '>') + 1
		for len(elements) > 0 && elements[0].line < i {
			elements = elements[1:]
		}
		t := tag{start: inner}
		if len(elements) > 0 && elements[0].line == i && elements[0].closer >= 0 {
			t.end, t.after = elements[0].end, elements[0].end+len("</>")+len(name)
			next = elements[0].closer + 1
		} else if known(name) && strings.HasPrefix(line[1+len(name):], ">") {
			ok = false
			last := unclosedEnd(s, i, code, known)
			problems = append(problems, unclosedTag(s, i, last, code)...)
			next = last + 1
			t.end = len(s.text)
			if next < s.count() {
				t.end = s.lines[next]
			}
			t.after = t.end
		} else {
			continue // a placeholder such as <insert>, no section
		}
		t.name = s.slice(start+1, start+1+len(name))
		tags = append(tags, t)
	}
	return tags, problems, ok
}

// unclosedTag reports a section without a closing tag, and a closing tag of
// another name in it, which is likely meant for it.
func unclosedTag(s *source, open, last int, code []bool) (problems []Problem) {
	at := s.wholeLine(open)
	name := openTag(at.Value)
	start := at.Pos.Offset
	p := problem(SectionTagOpen, s.slice(start, start+len(name)+len("<>")), "section %q is never closed; end it with %q", "<"+name+">", "</"+name+">")
	if stray := firstCloser(s, open+1, last, code); stray >= 0 {
		at := s.wholeLine(stray)
		p.Message += "; line " + strconv.Itoa(stray+1) + " closes another name"
		p.Related = []Related{{Pos: at.Pos, End: at.End, Message: "this closes another name"}}
		problems = append(problems, problem(SectionTagUnpaired, at, "closing tag %q does not match %q of line %d", at.Value, "<"+name+">", open+1))
	}
	return append(problems, p)
}

// An element is an opening tag at the start of a line, and where it is closed.
type element struct {
	line   int // of the opening tag
	closer int // line of the closing tag; -1 for none
	end    int // offset of the closing tag
	outer  int // index of the element of its name that was open before; -1 for none
}

// pairTags pairs the tags of each name: opening tags at the start of a line,
// closing tags at the start or the end of one. Elements of the same name may lie
// in each other. They are added to elements in the order of the opening tags.
func pairTags(elements []element, s *source, first int, code []bool) []element {
	var known names
	var few [fewNames]int
	open := few[:0] // by index of a name: the innermost element that is open, or -1
	i := first - 1
	for i < s.count()-1 {
		n := strings.IndexByte(s.text[s.lines[i+1]:], '<')
		if n < 0 {
			break
		}
		if i = s.lineOf(s.lines[i+1] + n); code[i] {
			continue
		}
		start, end := s.line(i)
		line := s.text[start:end]
		inner := 0
		if name := openTag(line[skipSpace(line):]); name != "" {
			k := known.add(name)
			if k == len(open) {
				open = append(open, -1)
			}
			elements = append(elements, element{line: i, closer: -1, outer: open[k]})
			open[k] = len(elements) - 1
			inner = strings.IndexByte(line, '>') + 1
		}
		at := closeTagIn(line)
		if at < inner {
			continue
		}
		if k := known.find(closeTag(line[at:])); k >= 0 && open[k] >= 0 {
			e := &elements[open[k]]
			e.closer, e.end = i, start+at
			open[k] = e.outer
		}
	}
	return elements
}

// closeTagIn returns where the closing tag at the start or the end of a line
// stands, or -1.
func closeTagIn(line string) int {
	at := strings.Index(line, "</")
	if at >= 0 && !isBlank(line[:at]) {
		at = strings.LastIndex(line, "</")
		if end := strings.IndexByte(line[at:], '>'); end >= 0 && !isBlank(line[at+end+1:]) {
			return -1
		}
	}
	if at < 0 || closeTag(line[at:]) == "" {
		return -1
	}
	return at
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
