package lint

import (
	"unicode/utf8"

	"promptlib/library"
)

var valueTooLong = &Rule{
	Code: library.Code{
		ID: "FM020", Name: "value-too-long", Severity: library.Info,
		Doc: library.Doc{
			Summary: "value is longer than a list can show",
			Why:     "Titles and descriptions are shown in lists and searched; what is too long is cut there, often in the middle of a word.",
			Fix:     "Shorten it: a title has at most 100 characters, a shortTitle 40, an intro 400, a description 1024, a value of one word or two 80.",

			Bad: `---
title: Release notes
shortTitle: Release notes from all commits since the last tag
version: "1.0"
---
Sum up the commits.
`,
			Good: `---
title: Release notes
shortTitle: Release notes
version: "1.0"
---
Sum up the commits.
`,
		},
	},
	Prompt: func(p *Pass) {
		for _, l := range valueLimits {
			node := p.Prompt.Front.Root.Get(l.key)
			if node == nil || len(node.Text.Value) <= l.length {
				continue
			}
			at := node.Scalar()
			if n := utf8.RuneCountInString(at.Value); n > l.length && !p.inSchema(at) {
				p.Reportf(at, "%s has %d characters; at most %d are shown in lists", l.key, n, l.length)
			}
		}
	},
}

// valueLimits are lengths in code points. That of a description is the limit of
// the formats for skills and agents, the others leave real values room.
var valueLimits = []struct {
	key    string
	length int
}{
	{"title", 100}, {"name", 100}, {"shortTitle", 40}, {"intro", 400}, {"description", 1024},
	{"author", 80}, {"category", 80}, {"subcategory", 80}, {"type", 80}, {"prompt_type", 80}, {"difficulty", 80},
}
