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

			Bad: `---
title: Release notes
version: "1.0"
---
---
title: Release notes
version: "0.9"
---
Sum up the commits.
`,
			Good: `---
title: Release notes
version: "1.0"
---
Sum up the commits.
`,
		},
	},
	Prompt: func(p *Pass) {
		if !p.seen.nested || !p.Prompt.Front.Found || !p.Prompt.Front.Closed {
			return
		}
		rest := p.Prompt.Body
		for i := 0; ; i += len("---\n") {
			n := strings.Index(rest.Value[i:], "---\n")
			if n < 0 {
				return
			}
			i += n
			if next := i + len("---\n"); (i == 0 || rest.Value[i-1] == '\n') && next < len(rest.Value) && isLetter(rest.Value[next]) {
				rest, i = from(rest, i), 0
				p.checkNested(rest)
			}
		}
	},
}

// from returns a text from byte i of its value on.
func from(t library.Text, i int) library.Text {
	return library.Text{Value: t.Value[i:], Pos: t.At(i), End: t.End}
}

// checkNested looks at the block that the delimiter at the start of a text opens.
func (p *Pass) checkNested(text library.Text) {
	keys, known, same := 0, false, false
	for line := range strings.Lines(text.Value[len("---\n"):]) {
		line = strings.TrimRight(line, " \t\n")
		if line == "---" {
			break
		}
		key, value, ok := strings.Cut(line, ":")
		if line == "" || strings.HasPrefix(line, "#") {
			return // prose or a heading: the --- was a rule
		}
		if !ok || key == "" || !isLetter(key[0]) || strings.ContainsAny(key, " `*[<") {
			continue // a value that goes on
		}
		keys++
		known = known || isOrdinary(key) || p.Policy.CanonicalKey(key) != ""
		same = same || (key == "title" || key == "name") && strings.Trim(value, ` "'`) == p.Prompt.Title.Value
	}
	if keys < 2 || !known || !same && (p.Prompt.InCode(text.Pos.Line) || p.fencesBroken()) {
		return
	}
	p.Reportf(text.Sub(0, len("---")), "front matter again, inside the body; remove it, or put the block into the front matter of its own file")
}

// fencesBroken reports whether it is a guess what of the body is code.
func (p *Pass) fencesBroken() bool {
	return slices.ContainsFunc(p.Prompt.Problems, func(q library.Problem) bool {
		return q.Kind == library.FenceInfo || q.Kind == library.FenceStray || q.Kind == library.FenceUnclosed
	})
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
