package lint

import "promptlib/library"

var fileTooLarge = &Rule{
	Code: library.Code{
		ID: "SEC207", Name: "file-too-large", Severity: library.Error,
		Doc: library.Doc{
			Summary: "file is over the size limit",
			Why:     "A prompt of this size fits no model, and reading it costs every run.",
			Fix:     "Split the file; the limit is 4 MiB.",
		},
	},
	Kind: library.TooLarge,
}
