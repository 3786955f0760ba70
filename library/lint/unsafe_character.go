package lint

import "promptlib/library"

var unsafeCharacter = &Rule{
	Code: library.Code{
		ID: "FM008", Name: "unsafe-character", Severity: library.Error,
		Doc: library.Doc{
			Summary: "control character or invisible line end in the front matter",
			Why:     "YAML counts some characters as line ends that no editor shows, so a key can hide in what looks like one line.",
			Fix:     "Remove the character.",

			Bad: "---\ntitle: Release\x1b notes\nversion: \"1.0\"\n---\nSum up the commits.\n",
			Good: `---
title: Release notes
version: "1.0"
---
Sum up the commits.
`,
		},
	},
	Kind: library.UnsafeCharacter,
}
