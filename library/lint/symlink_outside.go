package lint

import "promptlib/library"

var symlinkOutside = &Rule{
	Code: library.Code{
		ID: "SEC206", Name: "symlink-outside", Severity: library.Error,
		Doc: library.Doc{
			Summary: "symbolic link out of the library",
			Why:     "A link can lead a reviewer to one file and a program to another, or to a file that should not leave the machine.",
			Fix:     "Put a copy of the file into the library.",
		},
	},
	Kind: library.SymlinkOutside,
}
