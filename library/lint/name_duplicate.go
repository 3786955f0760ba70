package lint

import "promptlib/library"

var nameDuplicate = &Rule{
	Code: library.Code{
		ID: "LNK006", Name: "name-duplicate", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "several prompts have the same name",
			Why:     "Tools call a prompt by the name in its front matter; of two that share it they find one.",
			Fix:     "Give each prompt a name of its own, or delete the copy. Upper and lower case are the same here.",
			Bad: `-- prompts/summary.md --
---
name: summary
---
Sum up the text.
-- prompts/outline.md --
---
name: summary
---
Make an outline of the text.
`,
			Good: `-- prompts/summary.md --
---
name: summary
---
Sum up the text.
-- prompts/outline.md --
---
name: outline
---
Make an outline of the text.
`,
		},
	},
	Library: func(p *LibraryPass) {
		p.reportSame("name", func(f *Facts) library.Text { return f.Name }, always)
	},
}
