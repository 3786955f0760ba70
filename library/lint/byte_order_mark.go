package lint

import (
	"strings"

	"promptlib/library"
)

var byteOrderMark = &Rule{
	Code: library.Code{
		ID: "FM006", Name: "byte-order-mark", Severity: library.Error,
		Doc: library.Doc{
			Summary: "file begins with a byte order mark",
			Why:     "Many readers do not see front matter behind the three invisible bytes, so the file loses its title, its class and its approvals.",
			Fix:     "Save the file as UTF-8 without a byte order mark.",

			Bad: "\ufeff---\ntitle: Release notes\nversion: \"1.0\"\n---\nSum up the commits.\n",
			Good: `---
title: Release notes
version: "1.0"
---
Sum up the commits.
`,
		},
	},
	Kind: library.ByteOrderMark,
	Fix: func(p *library.Prompt, _ *library.Problem) *library.Fix {
		marks := len(p.Source) - len(strings.TrimLeft(p.Source, "\ufeff"))
		return &library.Fix{Title: "remove the byte order mark", Safe: true, Edits: []library.Edit{{Start: 0, End: marks}}}
	},
}
