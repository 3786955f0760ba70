package lint

import "promptlib/library"

var fenceInfo = &Rule{
	Code: library.Code{
		ID: "STR004", Name: "fence-info", Severity: library.Error,
		Doc: library.Doc{
			Summary: "closing code fence has an info string",
			Why:     "By the rules of Markdown it closes nothing: renderers show the rest of the file as code, and its sections are lost.",
			Fix:     "Remove the word after the closing fence.",

			Bad: `---
title: Release notes
version: "1.0"
---
## Scope

~~~text
Sum up the commits.
~~~text

## Tips

Be short.
`,
			Good: `---
title: Release notes
version: "1.0"
---
## Scope

~~~text
Sum up the commits.
~~~

## Tips

Be short.
`,
		},
	},
	Kind: library.FenceInfo,
}
