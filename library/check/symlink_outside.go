package check

import "promptlib/library"

// symlinkOutside has the code of lint for files of a work tree; in a tree of git neither
// lint nor a reader would see them.
var symlinkOutside = check{
	Code: library.Code{ID: "SEC206", Name: "symlink-outside", Severity: library.Error},
	file: func(f *file) {
		if f.link {
			f.report(f.start(), "it is a symbolic link or a submodule (mode %s), and what it leads to is not checked; put the file itself here", f.Head.Mode)
		}
		if f.twin != "" {
			f.report(f.start(), "on Windows or macOS it is the same file or folder as %q, and one takes the place of the other; give it another name", f.twin)
		}
	},
}
