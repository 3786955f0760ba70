package lint

import "promptlib/library"

var tabIndent = &Rule{
	Code: library.Code{
		ID: "FM009", Name: "tab-indent", Severity: library.Error,
		Doc: library.Doc{
			Summary: "tab in the indentation of the front matter",
			Why:     "YAML forbids tabs there; some readers refuse the file and others guess.",
			Fix:     "Indent with spaces.",

			Bad: "---\ntitle: Release notes\ntags:\n\t- git\n---\nSum up the commits.\n",
			Good: `---
title: Release notes
tags:
  - git
---
Sum up the commits.
`,
		},
	},
	Kind: library.TabIndent,
}
