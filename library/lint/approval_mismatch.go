package lint

import (
	"strings"

	"promptlib/library"
	"promptlib/library/policy"
)

var approvalMismatch = &Rule{
	Code: library.Code{
		ID: "GOV007", Name: "approval-mismatch", Severity: library.Error,
		Doc: library.Doc{
			Summary: "approval_required and approval_roles disagree, or say less than the policy",
			Why:     "A file that lists approvers and requires none, or the reverse, will be merged by whoever reads the line that suits.",
			Fix:     "Set approval_required to true and name the roles, or remove both if nobody has to approve.",
			Config:  "rules of .promptlib/policy.yaml, which may ask for approval.",
			Bad: `---
title: Note
risk_level: high
approval_required: false
---
Write a note.
`,
			Good: `---
title: Note
risk_level: high
approval_required: true
approval_roles: [Security-Lead]
---
Write a note.
`,
		},
	},
	about: governed,
	Prompt: func(p *Pass) {
		required := p.Governance.Get("approval_required")
		roles := p.Governance.Get("approval_roles")
		for _, d := range required.Declarations {
			value, ok := policy.ReadFlag(d.Value)
			switch {
			case !ok:
			case value && len(roles.Words) == 0 && !named(roles) && len(p.Policy.Demands(p.Governance)) == 0:
				p.Reportf(d.Value.Text, "%s is true, but approval_roles names nobody; name the roles that must approve", d.Key.Value)
			case !value && len(roles.Words) > 0:
				found := p.Reportf(d.Value.Text, "%s is false, but approval_roles lists %s", d.Key.Value, strings.Join(roles.Words, ", "))
				found.Related = append(found.Related, related(roles.Declarations[0].Key, "the roles are listed here"))
			case !value:
				p.lessThanPolicy(d)
			}
		}
	},
}

// named reports whether approval_roles says something, be it only "None": that
// is the business of the rule about roles.
func named(roles policy.Value) bool {
	for _, d := range roles.Declarations {
		if len(d.Value.Scalars()) > 0 {
			return true
		}
	}
	return false
}

// lessThanPolicy reports approval_required: false where the policy, or a risk of
// high or more, asks for approval.
func (p *Pass) lessThanPolicy(d policy.Declaration) {
	if demands := p.Policy.Demands(p.Governance); len(demands) > 0 {
		p.Reportf(d.Value.Text, "%s is false, but %s asks for approval by %s", d.Key.Value, demands[0].Reason, roleName(demands[0].Role))
		return
	}
	high := p.Policy.Rank("risk_level", "high")
	for _, risk := range p.Governance.Get("risk_level").Declarations {
		value := risk.Value.Scalar()
		if high >= 0 && p.Policy.Rank("risk_level", value.Value) >= high {
			found := p.Reportf(d.Value.Text, "%s is false, but %s is %q; a risk this high needs approval", d.Key.Value, risk.Key.Value, value.Value)
			found.Related = append(found.Related, related(value, "%s is %q here", risk.Key.Value, value.Value))
			return
		}
	}
}

func roleName(role string) string {
	if role == "*" {
		return "anybody with a role"
	}
	return role
}
