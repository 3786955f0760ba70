package library

// LineEnds say what stands before the line feeds of a file. Both are false for
// most files.
type LineEnds struct {
	Spaced bool // a space, or two more line feeds
	Ruled  bool // a hyphen, and a letter behind, below the first line of three hyphens
}

func lineEnds(s *source) (ends LineEnds) {
	for _, start := range s.lines[1:] {
		if start < 2 {
			continue
		}
		switch s.text[start-2] {
		case ' ':
			ends.Spaced = true
		case '\n':
			ends.Spaced = ends.Spaced || start > 2 && s.text[start-3] == '\n'
		case '-':
			ends.Ruled = ends.Ruled || start > len("---\n") && start < len(s.text) && (s.text[start]|0x20)-'a' < 26
		}
	}
	return ends
}
