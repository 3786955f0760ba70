package library

import (
	"bytes"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/adrg/frontmatter"
)

// Limits of a front matter. They are fixed: a policy may ask for less, never
// for more.
const (
	MaxHeaderSize = 64 << 10 // bytes
	MaxKeys       = 100      // keys, nested ones included
	MaxDepth      = 8        // levels of lists and mappings
)

// contractKey is the key of an eval contract. What stands below it is no
// metadata, may hold a JSON Schema, and counts neither as keys nor as depth.
const contractKey = "eval"

// A FrontMatter is the YAML header of a file.
type FrontMatter struct {
	Root   *Node // the mapping; nil when there is no header, an empty one, or one that cannot be read
	Found  bool  // an opening --- is there
	Closed bool  // a closing --- is there, and is the right one
	Sound  bool  // it can be read in one way only; if not, its governance values count as missing
	Place  Text  // the YAML between the delimiters
}

const delimiter = "---"

// readHeader reads the front matter of s and returns it with the offset at
// which the body begins.
func readHeader(s *source) (fm FrontMatter, body int, problems []Problem) {
	if fm, body, ok := quickHeader(s); ok {
		return fm, body, nil
	}
	return readAnyHeader(s)
}

func readAnyHeader(s *source) (fm FrontMatter, body int, problems []Problem) {
	opener := 0
	for opener < s.count() && (isBlank(s.lineText(opener)) || isPromptComment(s, opener)) {
		opener++
	}
	if opener == s.count() || !isDelimiter(s.lineText(opener)) {
		return FrontMatter{}, s.first, nil
	}
	fm.Found = true
	start := len(s.text)
	if opener+1 < s.count() {
		start = s.lines[opener+1]
	}
	end, body := splitHeader(s, start)
	if body < 0 {
		end = firstBodyLine(s, opener+1, len(s.text), false)
		body = end
		problems = append(problems, unclosedHeader(s, opener, end))
	} else if early := firstBodyLine(s, opener+1, end, true); early < end {
		problems = append(problems, unclosedHeader(s, opener, early))
		end, body = early, early
	} else {
		fm.Closed = true
	}
	fm.Place = s.slice(start, end)
	if end-start > MaxHeaderSize {
		return fm, body, append(problems, problem(HeaderLimit, s.wholeLine(opener), "front matter is larger than %d KiB; it is not read", MaxHeaderSize>>10))
	}
	for i := opener + 1; i < s.count() && s.lines[i] < end; i++ {
		if line := s.lineText(i); !isDelimiter(line) && strings.TrimSpace(line) == delimiter {
			problems = append(problems, problem(HeaderIndented, s.wholeLine(i),
				"indented %q inside the front matter; many readers end it here, so write another rule, such as %q", delimiter, "***"))
		}
	}
	if p, ok := conflictMarkers(s, opener+1, len(s.text)); ok && p.At.Pos.Offset < end {
		return fm, body, append(problems, p)
	}
	r := yamlReader{source: s, start: start, end: end}
	fm.Root = r.read()
	problems = append(problems, r.problems...)
	if fm.Root != nil && fm.Root.Type != Map {
		problems = append(problems, problem(InvalidYAML, fm.Root.Text, "front matter is %s, not a mapping of keys to values", fm.Root.Type.Phrase()))
		fm.Root = nil
	}
	if p, ok := overLimit(fm.Root); ok {
		problems = append(problems, p)
	}
	return fm, body, problems
}

// isPromptComment reports whether a line before the front matter of a .prompt
// file is a comment. Licences stand there: https://google.github.io/dotprompt.
// In Markdown such a line is a heading.
func isPromptComment(s *source, line int) bool {
	return path.Ext(s.path) == ".prompt" && s.text[s.lines[line]] == '#'
}

func isDelimiter(line string) bool {
	return strings.HasPrefix(line, delimiter) && isBlank(line[len(delimiter):])
}

// unclosedHeader reports a header that ends where the body visibly begins, at
// the offset end.
func unclosedHeader(s *source, opener, end int) Problem {
	p := problem(HeaderUnclosed, s.wholeLine(opener), "front matter is never closed; end it with a line of exactly %q", delimiter)
	if end < len(s.text) {
		line := s.lineOf(end)
		p.Message += " before line " + strconv.Itoa(line+1)
		at := s.wholeLine(line)
		p.Related = []Related{{Pos: at.Pos, End: at.End, Message: "the body seems to begin here"}}
	}
	return p
}

// splitHeader returns where the YAML ends and where the body begins, or -1 for
// the body where no line closes the header.
//
// Note: adrg/frontmatter finds the delimiters, but it trims lines before it
// compares them, so an indented --- in a block scalar would end the header.
// Such lines are masked in the copy it is given; offsets stay the same.
func splitHeader(s *source, start int) (end, body int) {
	opener := s.lines[s.lineOf(start-1)]
	limit := len(s.text)
	var masked []span
	for i := s.lineOf(start); i < s.count() && limit == len(s.text); i++ {
		from, to := s.line(i)
		switch line := s.text[from:to]; {
		case isDelimiter(line):
			limit = min(to+1, len(s.text))
		case strings.TrimSpace(line) == delimiter:
			masked = append(masked, span{from - opener, to - opener})
		}
	}
	head := []byte(s.text[opener:limit])
	for _, m := range masked {
		copy(head[m.start:m.end], strings.Repeat(".", m.end-m.start))
	}
	size := -1
	capture := func(data []byte, _ any) error {
		size = len(data)
		return nil
	}
	rest, err := frontmatter.Parse(bytes.NewReader(head), nil, frontmatter.NewFormat(delimiter, delimiter, capture))
	if err != nil || size < 0 {
		return len(s.text), -1
	}
	body = opener + len(head) - len(rest)
	if strings.HasPrefix(s.text[body:], "\n") && s.text[body-1] == '\r' {
		body++
	}
	return start + size, body
}

// firstBodyLine looks in the lines from first up to the offset limit for one
// that belongs to a body and not to YAML: a section tag, a code fence, or a
// heading set off by blank lines. It returns the offset of that line, or limit.
// Where a --- closes what was read so far, a heading counts only if no key
// follows it, since it may be a comment; where none does, prose after a blank
// line counts too.
func firstBodyLine(s *source, first, limit int, closed bool) int {
	afterBlank := false
	lastKey := sync.OnceValue(func() int { return lastKeyLine(s, first, limit) })
	for i := first; i < s.count() && s.lines[i] < limit; i++ {
		start, end := s.line(i)
		if closed && (start == end || s.text[start] != '<' && s.text[start] != '#') {
			continue
		}
		line := s.text[start:end]
		if isBlank(line) {
			afterBlank = true
			continue
		}
		_, _, heading := atxHeading(line)
		beforeBlank := i+1 >= s.count() || isBlank(s.lineText(i+1))
		switch {
		case openTag(line) != "":
			return start
		case closed:
			if heading && beforeBlank && lastKey() < i {
				return start
			}
		case heading && (afterBlank || beforeBlank), strings.HasPrefix(line, "```"), afterBlank && !looksLikeYAML(line):
			return start
		}
		afterBlank = false
	}
	return limit
}

// lastKeyLine returns the last of the lines from first up to an offset that
// begins with a key, or -1.
func lastKeyLine(s *source, first, limit int) int {
	last := -1
	for i := first; i < s.count() && s.lines[i] < limit; i++ {
		if isKeyLine(s.lineText(i)) {
			last = i
		}
	}
	return last
}

func isKeyLine(line string) bool {
	n := strings.IndexByte(line, ':')
	for i := range max(n, 0) {
		if c := line[i]; !isNameByte(c) && c != '-' && c != '.' && c != '"' && c != '\'' {
			return false
		}
	}
	return n > 0
}

func looksLikeYAML(line string) bool {
	return isKeyLine(line) || strings.HasPrefix(line, " ") || strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "#")
}

// holdsSchema reports whether a key holds a JSON Schema, as input and output of
// dotprompt do. Like a contract it is no metadata.
func holdsSchema(p Pair) bool {
	return (p.Key.Value == "input" || p.Key.Value == "output") && p.Value.Get("schema") != nil
}

func overLimit(root *Node) (Problem, bool) {
	keys, deepest := 0, 0
	var place Text
	var walk func(n *Node, depth int)
	walk = func(n *Node, depth int) {
		if depth > deepest {
			deepest = depth
			if deepest == MaxDepth+1 {
				place = n.Text
			}
		}
		for _, item := range n.Items {
			if item.Type >= List {
				walk(item, depth+1)
			}
		}
		for _, p := range n.Pairs {
			if depth == 1 && p.Key.Value == contractKey {
				continue
			}
			if keys++; keys == MaxKeys+1 && place.IsZero() {
				place = p.Key
			}
			if p.Value.Type >= List && !(depth == 1 && holdsSchema(p)) {
				walk(p.Value, depth+1)
			}
		}
	}
	if root != nil {
		walk(root, 1)
	}
	switch {
	case deepest > MaxDepth:
		return problem(HeaderLimit, place, "front matter is nested %d levels deep; at most %d are allowed", deepest, MaxDepth), true
	case keys > MaxKeys:
		return problem(HeaderLimit, place, "front matter has %d keys; at most %d are allowed", keys, MaxKeys), true
	}
	return Problem{}, false
}
