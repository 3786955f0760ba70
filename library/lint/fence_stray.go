package lint

import "promptlib/library"

var fenceStray = &Rule{
	Code: library.Code{
		ID: "STR005", Name: "fence-stray", Severity: library.Error,
		Doc: library.Doc{
			Summary: "code fence opens nothing",
			Why:     "Renderers show everything below it as code.",
			Fix:     "Remove the line.",
		},
	},
	Kind: library.FenceStray,
}
