package lint

import "promptlib/library"

var notUTF8 = &Rule{
	Code: library.Code{
		ID: "FM007", Name: "not-utf8", Severity: library.Error,
		Doc: library.Doc{
			Summary: "file is not UTF-8",
			Why:     "Characters are lost or changed on the way to the model, and tools disagree about what the file says.",
			Fix:     "Save the file as UTF-8.",

			Bad:  "---\ntitle: Caf\xe9 menu\n---\nList the dishes.\n",
			Good: "---\ntitle: Café menu\n---\nList the dishes.\n",
		},
	},
	Kind: library.NotUTF8,
}
