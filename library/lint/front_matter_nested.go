package lint

import (
	"slices"
	"strings"

	"promptlib/library"
)

var frontMatterNested = &Rule{
	Code: library.Code{
		ID: "STR013", Name: "front-matter-nested", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "front matter stands in the body",
			Why:     "A script has put the file into itself. The keys in the body go to the model, and nobody can tell which of the two a reader will believe.",
			Fix:     "Remove the block from the body. In a code block only the title of the file itself is taken for front matter; that of another is an example.",
			Bad:     "---\ntitle: Release notes\nversion: \"1.0\"\n---\n---\ntitle: Release notes\nversion: \"0.9\"\n---\nSum up the commits.\n",
			Good:    "---\ntitle: Release notes\nversion: \"1.0\"\n---\nSum up the commits.\n",
		},
	},
	Prompt: func(p *Pass) {
		if !p.Prompt.Front.Found || !p.Prompt.Front.Closed {
			return
		}
		body := p.Prompt.Body
		for i := 0; i >= 0; i = nextDelimiter(body.Value, i) {
			if rest := body.Value[i:]; strings.HasPrefix(rest, "---\n") && len(rest) > 4 && isLetter(rest[4]) {
				p.checkNested(i)
			}
		}
	},
}

// checkNested looks at the block that the delimiter at byte i of the body opens.
func (p *Pass) checkNested(i int) {
	body := p.Prompt.Body
	keys, known, same := 0, false, false
	for line := range strings.Lines(body.Value[i+len("---\n"):]) {
		line = strings.TrimRight(line, " \t\n")
		if line == "---" {
			break
		}
		key, value, ok := strings.Cut(line, ":")
		if line == "" || strings.HasPrefix(line, "#") {
			return // prose or a heading: the --- was a rule
		}
		if !ok || !isLetter(key[0]) || strings.ContainsAny(key, " `*[<") {
			continue // a value that goes on
		}
		keys++
		known = known || ordinaryKeys[key] || p.Policy.CanonicalKey(key) != ""
		same = same || (key == "title" || key == "name") && strings.Trim(value, ` "'`) == p.Prompt.Title.Value
	}
	at := body.Sub(i, i+len("---"))
	if keys < 2 || !known || !same && (p.Prompt.InCode(at.Pos.Line) || p.fencesBroken()) {
		return
	}
	p.Reportf(at, "front matter again, inside the body; remove it, or put the block into the front matter of its own file")
}

// fencesBroken reports whether it is a guess what of the body is code.
func (p *Pass) fencesBroken() bool {
	return slices.ContainsFunc(p.Prompt.Problems, func(q library.Problem) bool {
		return q.Kind == library.FenceInfo || q.Kind == library.FenceStray || q.Kind == library.FenceUnclosed
	})
}

// nextDelimiter returns where the next line that begins with --- after byte i of
// a text does, or -1.
func nextDelimiter(text string, i int) int {
	n := strings.Index(text[i:], "\n---")
	if n < 0 {
		return -1
	}
	return i + n + 1
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
