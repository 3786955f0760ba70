package lint

import "promptlib/library"

var relatedMissing = &Rule{
	Code: library.Code{
		ID: "LNK001", Name: "related-missing", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "related prompt does not exist",
			Why:     "Readers follow the list to find the prompt they need, and a dead entry is usually a file that was moved or renamed.",
			Fix:     "Correct the name, or remove the entry. When only some files of a library are linted, name its root too.",
			Bad: `---
title: Summary
---
## Description
Sums up a text.
## Prompt
Sum up the text.
## Related Prompts
- [Outline](outline.md)
`,
			Good: `-- prompts/example.md --
---
title: Summary
---
## Description
Sums up a text.
## Prompt
Sum up the text.
## Related Prompts
- [Outline](writing/outline.md)
-- prompts/writing/outline.md --
---
title: Outline
---
Make an outline of the text.
`,
		},
	},
	Prompt: func(p *Pass) {
		if p.Index == nil {
			return
		}
		for i := range p.Prompt.Related {
			t := &p.Prompt.Related[i]
			if isBlankPath(t.Value) || p.Index.Has(p.Prompt.Path, t.Value) {
				continue
			}
			p.reportDead(*t, "related prompt %q does not exist", t.Value)
		}
	},
}
