package lint

import "promptlib/library"

var sectionTagUnpaired = &Rule{
	Code: library.Code{
		ID: "STR008", Name: "section-tag-unpaired", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "closing tag closes nothing",
			Why:     "It is left over from an edit or leaked from a tool, and goes to the model as it is.",
			Fix:     "Remove the tag, or correct its name.",

			Bad: `---
title: Release notes
version: "1.0"
---
<purpose>
Sum up the commits.
</purpose>
</notes>
`,
			Good: `---
title: Release notes
version: "1.0"
---
<purpose>
Sum up the commits.
</purpose>
`,
		},
	},
	Kind: library.SectionTagUnpaired,
}
