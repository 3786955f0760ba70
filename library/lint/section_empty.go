package lint

import "promptlib/library"

var sectionEmpty = &Rule{
	Code: library.Code{
		ID: "STR002", Name: "section-empty", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "section has no text",
			Why:     "An empty section is a promise of the template that nobody kept.",
			Fix:     "Write the section or remove its heading.",
		},
	},
	Prompt: func(p *Pass) {
		for _, s := range p.sections() {
			if s.Empty() {
				p.Reportf(s.Heading, "section %q is empty", s.Heading.Value)
			}
		}
	},
}

// sections returns the sections that make up a prompt: the tags of dialect A,
// the headings of level 2 of dialect B, none of a plain text.
func (p *Pass) sections() []library.Section {
	var list []library.Section
	for _, s := range p.Prompt.Sections {
		if s.Tagged || p.Prompt.Dialect == "B" && s.Level == 2 {
			list = append(list, s)
		}
	}
	return list
}
