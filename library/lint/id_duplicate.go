package lint

import "promptlib/library"

var idDuplicate = &Rule{
	Code: library.Code{
		ID: "LNK004", Name: "id-duplicate", Severity: library.Error,
		Doc: library.Doc{
			Summary: "several prompts have the same id",
			Why:     "A program that asks for the id gets one of them, and which one is chance.",
			Fix:     "Give each prompt an id of its own, or delete the copy. Upper and lower case are the same here.",
			Bad: `-- prompts/summary.md --
---
id: p-17
title: Summary
---
Sum up the text.
-- prompts/outline.md --
---
id: p-17
title: Outline
---
Make an outline of the text.
`,
			Good: `-- prompts/summary.md --
---
id: p-17
title: Summary
---
Sum up the text.
-- prompts/outline.md --
---
id: p-18
title: Outline
---
Make an outline of the text.
`,
		},
	},
	Library: func(p *LibraryPass) {
		p.reportSame("id", func(f *Facts) library.Text { return f.ID }, always)
	},
}
