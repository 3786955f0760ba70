package lint

import "promptlib/library"

var sectionDuplicate = &Rule{
	Code: library.Code{
		ID: "STR003", Name: "section-duplicate", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "section stands twice",
			Why:     "Programs read the first and people the one they find; the two drift apart.",
			Fix:     "Join the two sections.",
		},
	},
	Prompt: func(p *Pass) {
		first := map[string]library.Text{}
		for s := range p.sections() {
			name := s.Normal()
			before, ok := first[name]
			if !ok {
				first[name] = s.Heading
				continue
			}
			d := p.Reportf(s.Heading, "section %q stands already on line %d", s.Heading.Value, before.Pos.Line)
			d.Related = append(d.Related, related(before, "the first %q", before.Value))
		}
	},
}
