package lint

import "promptlib/library"

var frontMatterMissing = &Rule{
	Code: library.Code{
		ID: "FM002", Name: "front-matter-missing", Severity: library.Error,
		Doc: library.Doc{
			Summary: "prompt has no front matter",
			Why:     "Without title, version and governance nobody can find the prompt, approve it or tell what data it may see.",
			Fix:     "Begin the file with a line of ---, the keys, and a line of ---.",

			Bad: `## Description

For a release.

## Prompt

Sum up the commits.
`,
			Good: `---
title: Release notes
version: "1.0"
---
## Description

For a release.

## Prompt

Sum up the commits.
`,
		},
	},
	Prompt: func(p *Pass) {
		switch {
		case p.Prompt.Dialect == "plain":
		case !p.Prompt.Front.Found:
			p.Reportf(p.start(), "prompt has no front matter; begin the file with keys between two lines of %q", "---")
		case p.Prompt.Front.Closed && p.Prompt.Front.Sound && p.Prompt.Front.Root == nil:
			p.Reportf(p.start(), "front matter is empty; give the prompt at least a title and a version")
		}
	},
}
