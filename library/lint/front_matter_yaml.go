package lint

import "promptlib/library"

var frontMatterYAML = &Rule{
	Code: library.Code{
		ID: "FM001", Name: "front-matter-yaml", Severity: library.Error,
		Doc: library.Doc{
			Summary: "front matter is not valid YAML",
			Why:     "No key of the front matter can be read, so governance counts as missing and the prompt as most restricted.",
			Fix:     "Mend the line the message points at; a value that begins with a special character or holds \": \" needs quotes.",

			Bad: `---
title: Release notes: short
version: "1.0"
---
Sum up the commits.
`,
			Good: `---
title: "Release notes: short"
version: "1.0"
---
Sum up the commits.
`,
		},
	},
	Kind: library.InvalidYAML,
}
