package library

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Section is a heading with what stands below it, or an XML-tagged element.
type Section struct {
	Heading Text // without markup; for a tagged section the name of the tag
	Level   int  // 1 to 6; 1 for a tagged section
	Body    Text // up to the next heading of the same or a higher level, deeper sections included
	Tagged  bool

	normal string // of Heading
}

// ReadSections reads a Markdown text, such as the reply of a model, as the
// sections of a prompt file are read.
func ReadSections(text string) []Section {
	s := newSource("", text)
	return markdownSections(s, readMarkdown(s, 0))
}

func markdownSections(s *source, m *markdown) []Section {
	if len(m.headings) == 0 {
		return nil
	}
	sections := s.own.sections.take(len(m.headings))[:len(m.headings)]
	for i := range m.headings {
		h := &m.headings[i]
		end := len(s.text)
		for j := i + 1; j < len(m.headings); j++ {
			if next := &m.headings[j]; next.level <= h.level {
				end = s.lines[next.line]
				break
			}
		}
		s.near = h.last // lineOf begins to look there: the body begins just below
		start := len(s.text)
		if h.last+1 < s.count() {
			start = s.lines[h.last+1]
		}
		sections[i] = Section{Heading: h.text, Level: h.level, Body: s.trimmed(start, max(start, end)), normal: h.normal}
	}
	return sections
}

// Normal returns the heading as [NormalHeading] does.
func (sec *Section) Normal() string {
	if sec.normal == "" {
		return NormalHeading(sec.Heading.Value)
	}
	return sec.normal
}

// Empty reports whether nothing but rules stands in a section.
func (sec *Section) Empty() bool {
	if text := sec.Body.Value; text != "" && text[0] > ' ' && strings.IndexByte("-*_", text[0]) < 0 && text[0] < utf8.RuneSelf {
		return false // as most begin
	}
	for line := range strings.Lines(sec.Body.Value) {
		if line = strings.TrimSpace(line); line != "" && !isRule(line) {
			return false
		}
	}
	return true
}

// NormalHeading returns a heading as it is compared: lower case, without
// emphasis, emoji, numbering, punctuation at the ends and double spaces.
func NormalHeading(heading string) string {
	for i, customary := range SectionsB {
		if heading == customary {
			return customaryHeadings[i]
		}
	}
	if isWords(heading) {
		return strings.ToLower(heading)
	}
	var b strings.Builder
	b.Grow(len(heading))
	space := false
	for _, c := range heading {
		switch {
		case unicode.IsLetter(c) || unicode.IsDigit(c):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			b.WriteRune(unicode.ToLower(c))
		case b.Len() > 0 && (c == '/' || c == '&' || c == '(' || c == ')' || c == '\'' || c == '+' || c == '#'):
			if space {
				b.WriteByte(' ')
			}
			space = false
			b.WriteRune(c)
		default:
			space = true
		}
	}
	return withoutNumber(b.String())
}

// withoutNumber takes the number off the start of a heading that has other text,
// as in "2) plan" and "1 2 scope".
func withoutNumber(heading string) string {
	rest := strings.TrimLeft(heading, "0123456789")
	for rest != "" && len(rest) < len(heading) && (rest[0] == ' ' || rest[0] == ')') {
		text := strings.TrimLeft(rest, " /&()'+#")
		if text == "" {
			break
		}
		heading = text
		rest = strings.TrimLeft(heading, "0123456789")
	}
	return heading
}

// isWords reports whether a heading is nothing but words of ASCII letters with
// single spaces.
func isWords(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; (c < 'a' || c > 'z') && (s[i] != ' ' || i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			return false
		}
	}
	return true
}

// labelLevel is the level of a bold label in an outline: below every heading.
const labelLevel = 7

// Outline reads a Markdown text, such as the reply of a model, as its headings
// and the bold labels at the start of its lines, as in "**Risk:** high", in
// order. The body of a label reaches to the next label or heading.
func Outline(text string) []Section {
	s := newSource("", text)
	m := readMarkdown(s, 0)
	outline := markdownSections(s, m)
	var labels []span // of the label; its body begins where it ends
	for i := range s.count() {
		if m.code[i] {
			continue
		}
		start, end := s.line(i)
		if n := boldLabel(s.text[start:end]); n > 0 {
			labels = append(labels, span{start, start + n})
		}
	}
	headings := m.headings
	for i, l := range labels {
		end := len(s.text)
		if i+1 < len(labels) {
			end = labels[i+1].start
		}
		for len(headings) > 0 && s.lines[headings[0].line] <= l.start {
			headings = headings[1:]
		}
		if len(headings) > 0 {
			end = min(end, s.lines[headings[0].line])
		}
		heading := s.slice(l.start+2, l.start+2+strings.Index(s.text[l.start+2:], "**"))
		outline = append(outline, Section{Heading: heading, Level: labelLevel, Body: s.trimmed(l.end, end)})
	}
	slices.SortStableFunc(outline, func(a, b Section) int { return a.Heading.Pos.Offset - b.Heading.Pos.Offset })
	return outline
}

// boldLabel returns the length of the label that a line begins with, its colon
// included, or 0.
func boldLabel(line string) int {
	inner, ok := strings.CutPrefix(line, "**")
	if !ok {
		return 0
	}
	n := strings.Index(inner, "**")
	if n <= 0 || n > 80 {
		return 0
	}
	rest := inner[n+2:]
	switch {
	case strings.HasPrefix(rest, ":"):
		return n + 5
	case isBlank(rest) || strings.HasSuffix(strings.TrimSpace(inner[:n]), ":"):
		return n + 4
	}
	return 0
}

// Elision returns the offset of the line at which an expected output was cut
// short, as "[... continues ...]" says, or -1 where it is whole.
func Elision(text string) int {
	at := 0
	for line := range strings.Lines(text) {
		if c := line[0]; c|0x20 >= 'a' && c|0x20 <= 'z' || c == '|' || c == '\n' || c == '#' {
			at += len(line)
			continue // as most lines begin
		}
		if isElision(strings.TrimSpace(line)) {
			return at
		}
		at += len(line)
	}
	return -1
}

func isElision(line string) bool {
	inner := strings.TrimLeft(line, "[(*_<!- ")
	if line == "..." || line == "…" {
		return true
	}
	if inner == line {
		return false
	}
	if strings.HasPrefix(inner, "...") || strings.HasPrefix(inner, "…") {
		return true
	}
	if line[0] != '[' && line[0] != '(' || len(line) > 80 {
		return false
	}
	lower := strings.ToLower(inner)
	return strings.HasPrefix(lower, "continue") || strings.HasPrefix(lower, "truncated") || strings.HasPrefix(lower, "abbreviated") || strings.HasPrefix(lower, "omitted") ||
		strings.HasSuffix(strings.TrimRight(lower, "])*_ "), "continues ...") || strings.HasSuffix(strings.TrimRight(lower, "])*_ "), "...")
}

// A CodeBlock is a fenced code block of a Markdown text.
type CodeBlock struct {
	Info string // first word of the info string, as in "json"
	Text string
}

// CodeBlocks returns the closed code blocks of a Markdown text, in order.
func CodeBlocks(text string) []CodeBlock {
	s := newSource("", text)
	var blocks []CodeBlock
	for _, f := range readMarkdown(s, 0).fences {
		if !f.fenced {
			continue
		}
		info, _, _ := strings.Cut(f.info, " ")
		blocks = append(blocks, CodeBlock{Info: info, Text: s.normalised(s.lines[f.open+1], s.lines[f.close])})
	}
	return blocks
}
