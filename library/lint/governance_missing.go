package lint

import (
	"slices"

	"promptlib/library"
	"promptlib/library/policy"
)

var governanceMissing = &Rule{
	Code: library.Code{
		ID: "GOV006", Name: "governance-missing", Severity: library.Error,
		Doc: library.Doc{
			Summary: "governance key that the policy requires is missing, or the owner is nobody",
			Why:     "A missing value counts as the most restrictive one, so the prompt needs more approvals and may be sent to fewer models than it should. An owner whom nobody knows answers for nothing.",
			Fix:     "Declare the key. Which keys are required is stated in required_keys of the policy. Where the library has a people.yaml, name a person or a role of it as the owner.",
			Config:  "required_keys of .promptlib/policy.yaml; prompts there lists the files it is about. .promptlib/people.yaml says who there is.",
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
		if p.knowsPeople() {
			for _, d := range p.Governance.Get("owner").Declarations {
				p.owner(d)
			}
		}
	},
}

// knowsPeople reports whether the library says who its people are, and the policy
// is about the prompt.
func (p *Pass) knowsPeople() bool {
	return p.People != nil && p.People.Path != "" && p.Governance.Governed
}

// owner checks that an owner is somebody.
func (p *Pass) owner(d policy.Declaration) {
	name := d.Value.Scalar()
	if name.Value == "" || slices.Contains(p.People.Roles, name.Value) {
		return // or is the business of the rule about values
	}
	if who := p.People.Person(name.Value); who != nil {
		if who.Bot {
			p.Reportf(name, "%s %q is a bot; name a person or a role of %s", d.Key.Value, name.Value, policy.PeopleName)
		}
		return
	}
	known := slices.Clone(p.People.Roles)
	for _, who := range p.People.Holders("*") {
		known = append(known, who.Name)
	}
	p.Reportf(name, "%s %q is neither a person nor a role of %s%s", d.Key.Value, name.Value, policy.PeopleName, expected(name.Value, known)).Fix = p.nearest(name, known)
}
