package lint

import "promptlib/library"

var fileUnreadable = &Rule{
	Code: library.Code{
		ID: "FS001", Name: "file-unreadable", Severity: library.Error,
		Doc: library.Doc{
			Summary: "file cannot be read",
			Why:     "What is not read is not checked.",
			Fix:     "Give the program permission to read it, or remove what is no regular file.",
		},
	},
	Kind: library.Unreadable,
}
