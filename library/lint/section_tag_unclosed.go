package lint

import "promptlib/library"

var sectionTagUnclosed = &Rule{
	Code: library.Code{
		ID: "STR007", Name: "section-tag-unclosed", Severity: library.Error,
		Doc: library.Doc{
			Summary: "section tag is never closed",
			Why:     "The section runs on into the next one, and a model gets instructions as examples or the other way round.",
			Fix:     "Add the closing tag.",

			Bad: `---
title: Release notes
version: "1.0"
---
<purpose>
Sum up the commits.

<notes>
Be short.
</notes>
`,
			Good: `---
title: Release notes
version: "1.0"
---
<purpose>
Sum up the commits.
</purpose>

<notes>
Be short.
</notes>
`,
		},
	},
	Kind: library.SectionTagOpen,
}
