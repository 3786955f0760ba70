package lint

import "promptlib/library"

var exampleNoOutput = &Rule{
	Code: library.Code{
		ID: "EX001", Name: "example-no-output", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "example has an input and no output",
			Why:     "An example is the test of its prompt. Without an expected output there is nothing to hold a reply against, and promptlib eval cannot score it.",
			Fix:     "Write down what a good reply looks like, at least its headings or its JSON. In Markdown, put an output that has headings into a code block: a heading ends the section.",
			Bad: `---
title: Upper case
---
<purpose>Write the name in capitals.</purpose>
<instructions>Answer with JSON.</instructions>
<examples>
Input: {"name": "Ada"}
</examples>
`,
			Good: `---
title: Upper case
---
<purpose>Write the name in capitals.</purpose>
<instructions>Answer with JSON.</instructions>
<examples>
Input: {"name": "Ada"}
Output: {"name": "ADA"}
</examples>
`,
		},
	},
	about: exemplified,
	Prompt: func(p *Pass) {
		for _, e := range p.Prompt.Examples {
			if e.Kind == library.NoOutput {
				p.Reportf(e.Marker, "example %d has no expected output", e.Number)
			}
		}
	},
}
