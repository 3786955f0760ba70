package lint

import "promptlib/library"

var frontMatterUnclosed = &Rule{
	Code: library.Code{
		ID: "FM003", Name: "front-matter-unclosed", Severity: library.Error,
		Doc: library.Doc{
			Summary: "front matter is never closed",
			Why:     "Other readers take the body for YAML up to the next rule, or see no front matter at all.",
			Fix:     "Add a line of exactly --- after the last key.",

			Bad: `---
title: Release notes
version: "1.0"

# Release notes

Sum up the commits.
`,
			Good: `---
title: Release notes
version: "1.0"
---

# Release notes

Sum up the commits.
`,
		},
	},
	Kind: library.HeaderUnclosed,
}
