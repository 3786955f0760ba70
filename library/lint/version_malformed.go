package lint

import (
	"strings"

	"promptlib/library"
)

var versionMalformed = &Rule{
	Code: library.Code{
		ID: "FM018", Name: "version-malformed", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "version is not numbers joined by dots",
			Why:     "Versions that cannot be compared cannot tell whether a prompt was changed after it was approved. Where the schema of the dialect speaks of the version, FM005 reports it.",
			Fix:     "Write one to three numbers joined by dots, as in 1.4, with a label after a hyphen if need be.",

			Bad: `---
title: Release notes
version: newest
---
Sum up the commits.
`,
			Good: `---
title: Release notes
version: "1.4"
---
Sum up the commits.
`,
		},
	},
	Prompt: func(p *Pass) {
		if own := p.Config.FrontMatter[p.Prompt.Dialect]; own != nil || !p.Prompt.Front.Sound {
			return // a library with a schema of its own says what a version is
		}
		at := p.Prompt.Front.Root.Get("version").Scalar()
		if at.Value == "" || isVersion(at.Value) || isPlaceholder(at.Value) || p.inSchema(at) {
			return
		}
		if bare := strings.TrimLeft(at.Value, "vV"); bare != at.Value && isVersion(bare) {
			p.Reportf(at, "version %q begins with a letter; write %q", at.Value, bare)
			return
		}
		p.Reportf(at, "version %q is malformed; write numbers joined by dots, as in %q", at.Value, "1.4")
	},
}

// isVersion reports whether a text is one to three numbers joined by dots, with
// a label after a hyphen or a plus sign or without.
func isVersion(s string) bool {
	if i := strings.IndexAny(s, "-+"); i > 0 && i < len(s)-1 {
		s = s[:i]
	}
	parts := 0
	for part := range strings.SplitSeq(s, ".") {
		if parts++; part == "" || strings.Trim(part, "0123456789") != "" || parts > 3 {
			return false
		}
	}
	return true
}
