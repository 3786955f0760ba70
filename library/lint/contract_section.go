package lint

import (
	"strings"

	"promptlib/library"
)

var contractSection = &Rule{
	Code: library.Code{
		ID: "EVC003", Name: "contract-section", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "contract expects a section that the prompt never asks for",
			Why:     "A model that does what the prompt says fails the eval, and the one that passes does so by chance.",
			Fix:     "Ask for the section in the instructions, by the heading or one of its aliases, or take it out of the contract.",
			Bad: `---
title: Note
eval:
  sections: [Summary, Risks]
---
<purpose>
You write notes.
</purpose>
<instructions>
Write a summary.
</instructions>
`,
			Good: `---
title: Note
eval:
  sections: [Summary, Risks]
---
<purpose>
You write notes.
</purpose>
<instructions>
Write a summary, then the risks.
</instructions>
`,
		},
	},
	Prompt: func(p *Pass) {
		contract, _ := p.contract()
		if contract == nil || len(contract.Sections) == 0 {
			return
		}
		asked := asks(p.Prompt)
		for i, item := range contract.Node.Get("sections").Elements() {
			section := contract.Sections[i]
			if !asked(section.Heading) && !anyOf(section.Aliases, asked) {
				at := item.Scalar()
				if item.Type == library.Map {
					at = item.Get("heading").Text
				}
				p.Reportf(at, "eval: section %q is expected, and the prompt never asks for it", section.Heading)
			}
		}
	},
}

func anyOf(words []string, f func(string) bool) bool {
	for _, w := range words {
		if f(w) {
			return true
		}
	}
	return false
}

// asks returns whether the text that a prompt sends, without its examples, has
// the words of a heading, in whatever order and number.
func asks(p *library.Prompt) func(heading string) bool {
	var b strings.Builder
	for _, parts := range [][]library.Part{p.Template.System, p.Template.User} {
		for _, part := range parts {
			b.WriteString(part.Literal)
		}
		b.WriteByte('\n')
	}
	if p.Template.IsZero() {
		b.WriteString(p.Body.Value)
	}
	text := strings.ToLower(b.String())
	return func(heading string) bool {
		for _, w := range strings.Fields(library.NormalHeading(heading)) {
			if len(w) > 3 { // plural or not
				w = strings.TrimSuffix(w, "s")
			}
			if !strings.Contains(text, w) {
				return false
			}
		}
		return true
	}
}
