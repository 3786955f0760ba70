package lint

import "promptlib/library"

var fenceStray = &Rule{
	Code: library.Code{
		ID: "STR005", Name: "fence-stray", Severity: library.Error,
		Doc: library.Doc{
			Summary: "code fence opens nothing",
			Why:     "Renderers show everything below it as code.",
			Fix:     "Remove the line.",

			Bad: `---
title: Release notes
version: "1.0"
---
## Scope

Sum up the commits.

~~~

## Tips

Be short.
`,
			Good: `---
title: Release notes
version: "1.0"
---
## Scope

Sum up the commits.

## Tips

Be short.
`,
		},
	},
	Kind: library.FenceStray,
}
