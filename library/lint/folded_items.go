package lint

import "promptlib/library"

var foldedItems = &Rule{
	Code: library.Code{
		ID: "FM011", Name: "folded-items", Severity: library.Error,
		Doc: library.Doc{
			Summary: "list item is read as part of the value above it",
			Why:     "With mixed indentation YAML joins the items into one long text, and the list is lost without an error.",
			Fix:     "Indent all items of the list alike.",

			Bad: `---
title: Release notes
version: "1.0"
tags:
  - git
    - writing
---
Sum up the commits.
`,
			Good: `---
title: Release notes
version: "1.0"
tags:
  - git
  - writing
---
Sum up the commits.
`,
		},
	},
	Kind: library.FoldedItems,
}
