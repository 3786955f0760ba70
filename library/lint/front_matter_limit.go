package lint

import "promptlib/library"

var frontMatterLimit = &Rule{
	Code: library.Code{
		ID: "FM012", Name: "front-matter-limit", Severity: library.Error,
		Doc: library.Doc{
			Summary: "front matter is too large, too deep or has too many keys",
			Why:     "A header nobody can read is a header nobody reviews; the limits also keep hostile files from stalling a run.",
			Fix:     "Move what is not metadata into the body.",

			Bad: `---
title: Release notes
version: "1.0"
house: {a: {b: {c: {d: {e: {f: {g: {h: 1}}}}}}}}
---
Sum up the commits.
`,
			Good: `---
title: Release notes
version: "1.0"
house: {a: {b: {c: 1}}}
---
Sum up the commits.
`,
		},
	},
	Kind: library.HeaderLimit,
}
