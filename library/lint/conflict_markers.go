package lint

import "promptlib/library"

var conflictMarkers = &Rule{
	Code: library.Code{
		ID: "STR009", Name: "conflict-markers", Severity: library.Error,
		Doc: library.Doc{
			Summary: "unresolved merge conflict",
			Why:     "Both sides of the conflict and the markers go to the model, and front matter with markers cannot be read.",
			Fix:     "Choose a side and remove the three marker lines.",
		},
	},
	Kind: library.ConflictMarkers,
}
