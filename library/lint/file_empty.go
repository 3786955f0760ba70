package lint

import "promptlib/library"

var fileEmpty = &Rule{
	Code: library.Code{
		ID: "FS002", Name: "file-empty", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "file is empty",
			Why:     "An empty file is usually a prompt that was lost or never written.",
			Fix:     "Write the prompt or delete the file.",

			Bad: "\n",
			Good: `---
title: Release notes
version: "1.0"
---
Sum up the commits.
`,
		},
	},
	Kind: library.EmptyFile,
}
