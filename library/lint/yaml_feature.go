package lint

import "promptlib/library"

var yamlFeature = &Rule{
	Code: library.Code{
		ID: "FM010", Name: "yaml-feature", Severity: library.Error,
		Doc: library.Doc{
			Summary: "anchor, alias, merge key, tag, second document or key that is no text",
			Why:     "These features let one value stand for another out of sight, so what a reviewer reads is not what a program gets.",
			Fix:     "Write the value out where it is used.",

			Bad: `---
title: Release notes
version: "1.0"
author: &team Release Team
owner: *team
---
Sum up the commits.
`,
			Good: `---
title: Release notes
version: "1.0"
author: Release Team
owner: Release Team
---
Sum up the commits.
`,
		},
	},
	Kind: library.UnsupportedYAML,
}
