package lint

import "promptlib/library"

var indentedDelimiter = &Rule{
	Code: library.Code{
		ID: "FM013", Name: "indented-delimiter", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "indented --- inside the front matter",
			Why:     "Several front-matter readers trim lines and end the header there, so the keys below are lost.",
			Fix:     "Use another rule, such as ***, inside the block.",

			Bad: `---
title: Release notes
description: |
  Sums up commits.
  ---
  By part.
version: "1.0"
---
Sum up the commits.
`,
			Good: `---
title: Release notes
description: |
  Sums up commits.
  ***
  By part.
version: "1.0"
---
Sum up the commits.
`,
		},
	},
	Kind: library.HeaderIndented,
}
