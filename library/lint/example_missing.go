package lint

import (
	"slices"
	"strings"

	"promptlib/library"
)

var exampleMissing = &Rule{
	Code: library.Code{
		ID: "EX003", Name: "example-missing", Severity: library.Info,
		Doc: library.Doc{
			Summary: "prompt has no example",
			Why:     "Readers do not see what the prompt makes of an input, and promptlib eval has nothing to run.",
			Fix:     "Add an input with the output that is expected of it, under the markers Input and Output. Texts about prompts are exempt by their type: reference, conceptual or index.",
			Bad: `---
title: Greeting
---
## Description
Greets a user.
## Prompt
Greet [user_name].
## Variables
- [user_name]: who is greeted
`,
			Good: `---
title: Greeting
---
## Description
Greets a user.
## Prompt
Greet [user_name].
## Variables
- [user_name]: who is greeted
## Example Usage
**Input**

[user_name]: Ada

**Output**

Hello, Ada.
`,
		},
	},
	Prompt: func(p *Pass) {
		if p.Prompt.Template.IsZero() || len(p.Prompt.Examples) > 0 || p.isAbout() || p.guessed() {
			return
		}
		if s, ok := p.Prompt.Section(library.ExampleHeadings...); ok && !s.Empty() {
			p.Reportf(s.Heading, "no input and output can be read here; mark them with %q and %q", "**Input**", "**Output**")
			return
		}
		if strings.Contains(p.Prompt.Source, "\n## Example") {
			return // there is one, in a code block by accident of its fences
		}
		p.Reportf(p.start(), "the prompt has no example")
	},
}

// isAbout reports whether a file is a text about prompts, or is tagged in another
// way than dialect A.
func (p *Pass) isAbout() bool {
	if p.Prompt.Dialect == "A" {
		return customary(p.Prompt.Sections) < 3
	}
	kind := p.Prompt.Front.Root.Get("type").Scalar().Value
	return slices.Contains(exemptTypes, strings.ToLower(kind))
}
