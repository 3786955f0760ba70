package lint

import "promptlib/library"

var governanceMissing = &Rule{
	Code: library.Code{
		ID: "GOV006", Name: "governance-missing", Severity: library.Error,
		Doc: library.Doc{
			Summary: "governance key that the policy requires is missing",
			Why:     "A missing value counts as the most restrictive one, so the prompt needs more approvals and may be sent to fewer models than it should.",
			Fix:     "Declare the key. Which keys are required is stated in required_keys of the policy.",
			Config:  "required_keys of .promptlib/policy.yaml; prompts there lists the files it is about.",
			Bad: `-- .promptlib/policy.yaml --
version: 1
required_keys: [owner]
-- prompts/note.md --
---
title: Note
---
Write a note.
`,
			Good: `-- .promptlib/policy.yaml --
version: 1
required_keys: [owner]
-- prompts/note.md --
---
title: Note
owner: Alice
---
Write a note.
`,
		},
	},
	Prompt: func(p *Pass) {
		if !p.Governance.Governed || !p.Prompt.Front.Sound || p.Prompt.Dialect == "plain" && !p.Prompt.Front.Found {
			return
		}
		for _, key := range p.Policy.Required {
			if len(p.Governance.Get(key).Declarations) == 0 {
				p.Reportf(p.start(), "governance key %q is missing%s", key, expected("", p.Policy.Vocabulary[key].Words))
			}
		}
	},
}
