package lint

import (
	"strings"

	"promptlib/library"
)

var headingSkipped = &Rule{
	Code: library.Code{
		ID: "STR011", Name: "heading-skipped", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "heading is more than one level below the heading before",
			Why:     "A section without a parent belongs to none for programs, and readers look for the heading in between.",
			Fix:     "Raise the heading, or add the one in between.",

			Bad: `---
title: Release notes
version: "1.0"
---
## Description

#### Use

For a release.

## Prompt

Sum up the commits.
`,
			Good: `---
title: Release notes
version: "1.0"
---
## Description

### Use

For a release.

## Prompt

Sum up the commits.
`,
		},
	},
	Prompt: func(p *Pass) {
		if p.fencesBroken() {
			return // a comment of code may count as a heading
		}
		above := 0
		for i := range p.Prompt.Sections {
			s := &p.Prompt.Sections[i]
			if s.Tagged {
				return // what stands inside a tag has an outline of its own
			}
			if above > 0 && s.Level > above+1 {
				p.Reportf(s.Heading, "heading %q is of level %d below one of level %d; write %q", s.Heading.Value, s.Level, above, strings.Repeat("#", above+1))
			}
			above = s.Level
		}
	},
}
