package lint

import (
	"iter"

	"promptlib/library"
)

var sectionEmpty = &Rule{
	Code: library.Code{
		ID: "STR002", Name: "section-empty", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "section has no text",
			Why:     "An empty section is a promise of the template that nobody kept.",
			Fix:     "Write the section or remove its heading.",

			Bad: `---
title: Release notes
version: "1.0"
---
## Description

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
		for s := range p.sections() {
			if s.Empty() {
				p.Reportf(s.Heading, "section %q is empty", sectionName(s))
			}
		}
	},
}

// sectionName is the heading of a section as messages show it: a tag in its
// brackets.
func sectionName(s *library.Section) string {
	if s.Tagged {
		return "<" + s.Heading.Value + ">"
	}
	return s.Heading.Value
}

// sections yields the sections that make up a prompt: the tags of dialect A, the
// headings of level 2 of dialect B, none of a plain text.
func (p *Pass) sections() iter.Seq[*library.Section] {
	return func(yield func(*library.Section) bool) {
		for i := range p.Prompt.Sections {
			s := &p.Prompt.Sections[i]
			if (s.Tagged || p.Prompt.Dialect == "B" && s.Level == 2) && !yield(s) {
				return
			}
		}
	}
}
