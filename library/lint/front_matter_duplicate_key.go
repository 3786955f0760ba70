package lint

import "promptlib/library"

var frontMatterDuplicateKey = &Rule{
	Code: library.Code{
		ID: "FM004", Name: "front-matter-duplicate-key", Severity: library.Error,
		Doc: library.Doc{
			Summary: "key stands twice in one mapping",
			Why:     "A reviewer reads one value and a program another, which makes every approval of the file worthless.",
			Fix:     "Keep the value that is meant and remove the other line.",

			Bad: `---
title: Release notes
version: "1.0"
risk_level: low
risk_level: high
---
Sum up the commits.
`,
			Good: `---
title: Release notes
version: "1.0"
risk_level: high
---
Sum up the commits.
`,
		},
	},
	Kind: library.DuplicateKey,
}
