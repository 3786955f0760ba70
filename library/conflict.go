package library

import (
	"fmt"
	"strings"
)

// conflictMarkers finds the first unresolved merge conflict in the lines from
// first up to the offset limit: the three markers of git, each at the start of
// a line and in order. Search-and-replace blocks that quote the same markers
// with SEARCH and REPLACE are none.
func conflictMarkers(s *source, first, limit int) (Problem, bool) {
	p, _, _, ok := findConflict(s, first, limit)
	return p, ok
}

func findConflict(s *source, first, limit int) (p Problem, from, to int, ok bool) {
	begin, middle := -1, -1
	for _, line := range s.signs[s.sign(first):] {
		i := int(line)
		start := s.lines[i]
		if start >= limit || start+7 > len(s.text) {
			break
		}
		switch s.text[start : start+7] {
		case "<<<<<<<":
			if line := s.lineText(i); isMarker(line) && !strings.HasSuffix(line, " SEARCH") {
				begin, middle = i, -1
			}
		case "=======":
			if begin >= 0 && isMarker(s.lineText(i)) {
				middle = i
			}
		case ">>>>>>>":
			if middle >= 0 && isMarker(s.lineText(i)) {
				at := s.wholeLine(begin)
				return Problem{
					Kind:    ConflictMarkers,
					At:      at,
					Message: fmt.Sprintf("unresolved merge conflict up to line %d; choose a side and remove the markers", i+1),
					Related: []Related{{Pos: s.pos(s.lines[i]), End: s.pos(s.lines[i] + 7), Message: "it ends here"}},
				}, begin, i, true
			}
		}
	}
	return Problem{}, 0, 0, false
}

// isMarker reports whether a line that begins with seven marker characters is one
// of git's: nothing else, or a space and a label.
func isMarker(line string) bool { return len(line) == 7 || line[7] == ' ' }

// bodyConflict is conflictMarkers for a body. Markers inside a code block of a
// text that speaks of merge conflicts are an example of one.
func bodyConflict(s *source, first int, m *markdown) (Problem, bool) {
	mentioned := 0 // yes: 1, no: -1
	for first < s.count() {
		p, from, to, ok := findConflict(s, first, len(s.text))
		if !ok {
			return Problem{}, false
		}
		quoted := true
		for i := from; i <= to; i++ {
			quoted = quoted && m.code[i]
		}
		if quoted && mentioned == 0 {
			mentioned = -1
			if mentionsConflicts(s) {
				mentioned = 1
			}
		}
		if !quoted || mentioned < 0 {
			return p, true
		}
		first = to + 1
	}
	return Problem{}, false
}

func mentionsConflicts(s *source) bool {
	text := strings.ToLower(s.path + "\n" + s.text)
	return strings.Contains(text, "merge conflict") || strings.Contains(text, "merge-conflict") || strings.Contains(text, "conflict marker")
}
