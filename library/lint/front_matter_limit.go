package lint

import "promptlib/library"

var frontMatterLimit = &Rule{
	Code: library.Code{
		ID: "FM012", Name: "front-matter-limit", Severity: library.Error,
		Doc: library.Doc{
			Summary: "front matter is too large, too deep or has too many keys",
			Why:     "A header nobody can read is a header nobody reviews; the limits also keep hostile files from stalling a run.",
			Fix:     "Move what is not metadata into the body.",
		},
	},
	Kind: library.HeaderLimit,
}
