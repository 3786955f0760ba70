package lint

import "promptlib/library"

var ignoreInvalid = &Rule{
	Code: library.Code{
		ID: "LNT001", Name: "ignore-invalid", Severity: library.Error,
		Doc: library.Doc{
			Summary: "entry under lint.ignore cannot be used",
			Why:     "Whoever wrote the entry believes that a finding is accepted, and it is not.",
			Fix:     "Name the rule, and give the reason; until is the last day on which the entry holds. Findings about governance and security are accepted in .promptlib/config.yaml only.",
			Bad:     "---\ntitle: Note\nversion: \"1\"\nlint: {ignore: [{rule: STR002}]}\n---\n## Description\n\n## Prompt\n\nSum up.\n",
			Good:    "---\ntitle: Note\nversion: \"1\"\nlint: {ignore: [{rule: STR002, reason: to be written}]}\n---\n## Description\n\n## Prompt\n\nSum up.\n",
		},
	},
	Prompt: func(p *Pass) {
		for _, m := range p.mistakes {
			p.Reportf(m.at, "%s", m.message)
		}
	},
}
