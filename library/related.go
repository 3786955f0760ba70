package library

import "strings"

// relatedPrompts adds what the items of a list refer to: the target of a link,
// else a name in code, else the text up to a colon or dash if it is one word.
func relatedPrompts(related []Text, s *source, m *markdown, sec *Section) []Text {
	for i := sec.Body.Pos.Line - 1; i < sec.Body.End.Line && i < s.count(); i++ {
		if m.code[i] {
			continue
		}
		start, end := s.line(i)
		line := s.text[start:end]
		at := skipSpace(line)
		if at == len(line) {
			continue
		}
		width := listMarker(line[at:], false)
		if width == 0 {
			continue
		}
		at += width
		if from, to, ok := reference(line[at:]); ok {
			related = append(related, s.slice(start+at+from, start+at+to))
		}
	}
	return related
}

// reference finds what a list item refers to, as offsets into it.
func reference(item string) (from, to int, ok bool) {
	if i := strings.Index(item, "]("); i >= 0 {
		if target, ok := strings.CutPrefix(item[i+2:], "<"); ok {
			n := strings.IndexByte(target, '>')
			return i + 3, i + 3 + n, n > 0
		}
		n := strings.IndexByte(item[i+2:], ')')
		if n < 0 {
			return 0, 0, false
		}
		target := item[i+2 : i+2+n]
		if title := strings.IndexByte(target, ' '); title >= 0 {
			target = target[:title]
		}
		return i + 2, i + 2 + len(target), target != ""
	}
	if i := strings.IndexByte(item, '`'); i >= 0 {
		n := strings.IndexByte(item[i+1:], '`')
		if n <= 0 {
			return 0, 0, false
		}
		return i + 1, i + 1 + n, true
	}
	if i := labelEnd(item); i >= 0 {
		item = item[:i]
	}
	word := strings.TrimSpace(item)
	from = strings.Index(item, word)
	return from, from + len(word), isName(word) && strings.IndexByte(word, '-') > 0
}
