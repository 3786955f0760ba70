package lint

import "promptlib/library"

var exampleJSONInvalid = &Rule{
	Code: library.Code{
		ID: "EX002", Name: "example-json-invalid", Severity: library.Error,
		Doc: library.Doc{
			Summary: "JSON output of an example does not parse",
			Why:     "The example teaches the model, and the reader, JSON that no program will accept.",
			Fix:     "Correct the JSON at the place of the message.",
			Bad: `---
title: Upper case
---
<examples>
Input: {"name": "Ada"}
Output: {"name": "ADA",}
</examples>
`,
			Good: `---
title: Upper case
---
<examples>
Input: {"name": "Ada"}
Output: {"name": "ADA"}
</examples>
`,
		},
	},
	Prompt: func(p *Pass) {
		for _, e := range p.Prompt.Examples {
			if e.Kind != library.InvalidJSON {
				continue
			}
			i := min(e.JSONErr.Offset, len(e.Output.Value))
			at := e.Output.Sub(i, i)
			at.End = at.Pos
			p.Reportf(at, "output of example %d is not valid JSON: %s", e.Number, e.JSONErr.Message)
		}
	},
}
