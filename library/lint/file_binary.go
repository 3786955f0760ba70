package lint

import "promptlib/library"

var fileBinary = &Rule{
	Code: library.Code{
		ID: "FS003", Name: "file-binary", Severity: library.Error,
		Doc: library.Doc{
			Summary: "file is no UTF-8 text",
			Why:     "Nothing of it can be read as a prompt.",
			Fix:     "Save it as UTF-8, or give it another extension.",

			Bad:  "Sum up the commits.\x00\n",
			Good: "Sum up the commits.\n",
		},
	},
	Kind: library.Binary,
}
