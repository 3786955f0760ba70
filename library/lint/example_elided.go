package lint

import (
	"strings"

	"promptlib/library"
)

var exampleElided = &Rule{
	Code: library.Code{
		ID: "EX005", Name: "example-elided", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "output of an example is cut short",
			Why:     "A model that is shown the example learns to leave things out, and what is left out is not checked by promptlib eval.",
			Fix:     "Write the whole output, or a smaller example.",
			Bad: `---
title: Counting
---
<purpose>Count to a number.</purpose>
<instructions>One number a line.</instructions>
<examples>
Input: 5
Output:
1
2
[... continues ...]
</examples>
`,
			Good: `---
title: Counting
---
<purpose>Count to a number.</purpose>
<instructions>One number a line.</instructions>
<examples>
Input: 3
Output:
1
2
3
</examples>
`,
		},
	},
	about: exemplified,
	Prompt: func(p *Pass) {
		for i := range p.Prompt.Examples {
			e := &p.Prompt.Examples[i]
			if e.Kind == library.JSON || e.Kind == library.InvalidJSON {
				continue // whole, or left to example-json-invalid
			}
			from := library.Elision(e.Output.Value)
			if from < 0 {
				continue
			}
			line := e.Output.Value[from : from+lineEnd(e.Output.Value[from:])]
			from += strings.Index(line, strings.TrimSpace(line))
			at := e.Output.Sub(from, from+len(strings.TrimSpace(line)))
			p.Reportf(at, "output of example %d is cut short at %q", e.Number, at.Value)
		}
	},
}
