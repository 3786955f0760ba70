package lint

import (
	"strings"
	"unicode/utf8"

	"promptlib/library"
)

var valueElided = &Rule{
	Code: library.Code{
		ID: "FM016", Name: "value-elided", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "value is cut short",
			Why:     "A script has cut the text where it ran out of room, in the middle of a sentence or word, and that is what every list shows.",
			Fix:     "Write a text that fits.",

			Bad: `---
title: Release notes
intro: Sums up the commits since the last rel...
version: "1.0"
---
Sum up the commits.
`,
			Good: `---
title: Release notes
intro: Sums up the commits since the last release.
version: "1.0"
---
Sum up the commits.
`,
		},
	},
	Prompt: func(p *Pass) {
		for _, key := range elidedKeys {
			node := p.Prompt.Front.Root.Get(key)
			if node == nil {
				continue
			}
			t := node.Scalar()
			whole, cut := strings.CutSuffix(t.Value, "...")
			if !cut {
				whole, cut = strings.CutSuffix(t.Value, "…")
			}
			if cut && whole != "" && !strings.HasSuffix(strings.ToLower(whole), "etc") {
				p.Reportf(t, "%s is cut short: it ends in %q; write it out, or shorten it to a whole text", key, ending(t.Value))
			}
		}
	},
}

// elidedKeys are the keys of running text, which scripts shorten.
var elidedKeys = []string{"title", "name", "shortTitle", "intro", "description"}

// ending returns the last words of a text.
func ending(s string) string {
	const length = 30
	if len(s) <= length {
		return s
	}
	from := len(s) - length
	for !utf8.RuneStart(s[from]) {
		from++
	}
	if i := strings.IndexByte(s[from:], ' '); i >= 0 {
		from += i + 1
	}
	return s[from:]
}
