package lint

import "promptlib/library"

var relatedMissing = &Rule{
	Code: library.Code{
		ID: "LNK001", Name: "related-missing", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "related prompt does not exist",
			Why:     "Readers follow the list to find the prompt they need, and a dead entry is usually a file that was moved or renamed.",
			Fix:     "Correct the name, or remove the entry. When only some files of a library are linted, name its root too.",
		},
	},
	Prompt: func(p *Pass) {
		for _, t := range p.Prompt.Related {
			if p.Index == nil || p.Index.Has(p.Prompt.Path, t.Value) {
				continue
			}
			if near := p.Index.Near(t.Value); near != "" {
				p.Reportf(t, "related prompt %q does not exist; did you mean %q?", t.Value, near)
			} else {
				p.Reportf(t, "related prompt %q does not exist", t.Value)
			}
		}
	},
}
