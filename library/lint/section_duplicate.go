package lint

import (
	"slices"

	"promptlib/library"
)

var sectionDuplicate = &Rule{
	Code: library.Code{
		ID: "STR003", Name: "section-duplicate", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "section stands twice",
			Why:     "Programs read the first and people the one they find; the two drift apart.",
			Fix:     "Join the two sections.",

			Bad: `---
title: Release notes
version: "1.0"
---
## Description

For a release.

## Prompt

Sum up the commits.

## Description

For each release.
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
	about: irregular,
	Prompt: func(p *Pass) {
		if p.sectionsGuessed() {
			return
		}
		first := map[string]*library.Section{}
		for s := range p.sections() {
			if s.Tagged && !slices.Contains(library.TagsA, s.Heading.Value) {
				continue // other elements may well repeat
			}
			name := s.Normal()
			before, ok := first[name]
			if !ok {
				first[name] = s
				continue
			}
			d := p.Reportf(s.Heading, "section %q stands already on line %d", sectionName(s), before.Heading.Pos.Line)
			d.Related = append(d.Related, related(before.Heading, "the first %q", sectionName(before)))
		}
	},
}
