package lint

import (
	"slices"
	"strings"

	"promptlib/library"
)

var approvalFloor = &Rule{
	Code: library.Code{
		ID: "GOV009", Name: "approval-floor", Severity: library.Error,
		Doc: library.Doc{
			Summary: "declared roles are fewer than the policy asks for, or repeat each other",
			Why:     "A prompt may ask for more approvals than the policy, never for fewer. Authors read their file, not the policy, and wait for the wrong people.",
			Fix:     "Add the roles that the message names.",
			Config:  "rules of .promptlib/policy.yaml, and implies.roles of its tags.",
			Bad: `-- .promptlib/policy.yaml --
version: 1
vocabulary: {approval_roles: [Editor, Security-Lead]}
rules:
  - {name: high risk, when: {risk_level: ">=high"}, approve: [{role: Security-Lead}]}
-- prompts/note.md --
---
title: Note
risk_level: high
approval_roles: [Editor]
---
Write a note.
`,
			Good: `-- .promptlib/policy.yaml --
version: 1
vocabulary: {approval_roles: [Editor, Security-Lead]}
rules:
  - {name: high risk, when: {risk_level: ">=high"}, approve: [{role: Security-Lead}]}
-- prompts/note.md --
---
title: Note
risk_level: high
approval_roles: [Editor, Security-Lead]
---
Write a note.
`,
		},
	},
	about: governed,
	Prompt: func(p *Pass) {
		roles := p.Governance.Get("approval_roles")
		if len(roles.Words) == 0 {
			return
		}
		at := roles.Declarations[0]
		var missing []string
		for _, demand := range p.Policy.Demands(p.Governance) {
			if demand.Role != "*" && !roles.Has(demand.Role) && !slices.Contains(missing, demand.Role) {
				missing = append(missing, demand.Role)
				p.Reportf(at.Key, "%s lacks %q, which %s asks for", at.Key.Value, demand.Role, demand.Reason)
			}
		}
		for _, d := range roles.Declarations {
			var few [8]string
			seen := few[:0]
			for t := range scalars(d.Value) {
				if !slices.ContainsFunc(seen, func(role string) bool { return strings.EqualFold(role, t.Value) }) {
					seen = append(seen, t.Value)
					continue
				}
				p.Warnf(t, "role %q is listed already; one role is one approval", t.Value)
			}
		}
	},
}
