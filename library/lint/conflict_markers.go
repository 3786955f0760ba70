package lint

import "promptlib/library"

var conflictMarkers = &Rule{
	Code: library.Code{
		ID: "STR009", Name: "conflict-markers", Severity: library.Error,
		Doc: library.Doc{
			Summary: "unresolved merge conflict",
			Why:     "Both sides of the conflict and the markers go to the model, and front matter with markers cannot be read.",
			Fix:     "Choose a side and remove the three marker lines.",

			Bad: `---
title: Release notes
version: "1.0"
---
<<<<<<< HEAD
Sum up the commits.
=======
List the commits.
>>>>>>> main
`,
			Good: `---
title: Release notes
version: "1.0"
---
Sum up the commits.
`,
		},
	},
	Kind: library.ConflictMarkers,
}
