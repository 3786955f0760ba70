package lint

import "promptlib/library"

var fenceUnclosed = &Rule{
	Code: library.Code{
		ID: "STR006", Name: "fence-unclosed", Severity: library.Error,
		Doc: library.Doc{
			Summary: "code fence is never closed",
			Why:     "Everything to the end of the file becomes code, sections included.",
			Fix:     "Close the block with a fence of its own.",

			Bad: `---
title: Release notes
version: "1.0"
---
## Scope

~~~text
Sum up the commits.
`,
			Good: `---
title: Release notes
version: "1.0"
---
## Scope

~~~text
Sum up the commits.
~~~
`,
		},
	},
	Kind: library.FenceUnclosed,
}
