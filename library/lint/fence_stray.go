package lint

import (
	"strings"

	"promptlib/library"
)

var fenceStray = &Rule{
	Code: library.Code{
		ID: "STR005", Name: "fence-stray", Severity: library.Error,
		Doc: library.Doc{
			Summary: "code fence opens nothing",
			Why:     "Renderers show everything below it as code.",
			Fix:     "Remove the line.",

			Bad: `---
title: Release notes
version: "1.0"
---
## Scope

Sum up the commits.

~~~

## Tips

Be short.
`,
			Good: `---
title: Release notes
version: "1.0"
---
## Scope

Sum up the commits.

## Tips

Be short.
`,
		},
	},
	Kind: library.FenceStray,
	Fix:  withoutFence,
}

// withoutFence removes the line of a stray fence. That is safe below another
// fence; elsewhere the fence may be the end of a block that was never opened.
func withoutFence(p *library.Prompt, problem *library.Problem) *library.Fix {
	start := strings.LastIndexByte(p.Source[:problem.At.Pos.Offset], '\n') + 1
	end := len(p.Source)
	if n := strings.IndexByte(p.Source[start:], '\n'); n >= 0 {
		end = start + n + 1
	}
	above := strings.TrimRight(p.Source[:start], "\r\n")
	above = strings.TrimSpace(above[strings.LastIndexByte(above, '\n')+1:])
	safe := strings.HasPrefix(above, "```") || strings.HasPrefix(above, "~~~")
	return &library.Fix{Title: "remove the line", Safe: safe, Edits: []library.Edit{{Start: start, End: end}}}
}
