package lint

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"promptlib/library"
	"promptlib/library/policy"
)

var approvalRole = &Rule{
	Code: library.Code{
		ID: "GOV008", Name: "approval-role", Severity: library.Error,
		Doc: library.Doc{
			Summary: "approval role is unknown or empty, or the approvals cannot be given",
			Why:     "Nobody holds a role that does not exist, so the approval can never be given or, worse, is taken for not needed. Nobody approves a change of their own: where the owner is the only one who holds a role, the next change waits for ever.",
			Fix:     "Use a role of the library, or remove the key if nobody has to approve. Give the role to one more person in people.yaml. promptlib policy explain FILE shows who could give which approval.",
			Config:  "vocabulary.approval_roles of .promptlib/policy.yaml; .promptlib/people.yaml says who holds a role.",
			Bad: `---
title: Note
approval_roles: None
---
Write a note.
`,
			Good: `---
title: Note
---
Write a note.
`,
		},
	},
	about: governed,
	Prompt: func(p *Pass) {
		const key = "approval_roles"
		for _, d := range p.Governance.Get(key).Declarations {
			if d.Value.Type != library.String || !policy.IsNone(d.Value.Text.Value) {
				p.list(d, "roles")
			}
			for t := range scalars(d.Value) {
				p.role(key, t)
			}
		}
		if p.knowsPeople() {
			p.quorum()
		}
	},
}

func (p *Pass) role(key string, t library.Text) {
	vocabulary := p.Policy.Vocabulary[key]
	word, match := p.Policy.Canonical(key, t.Value)
	switch {
	case t.Value == "":
		p.Reportf(t, "empty role")
	case policy.IsNone(t.Value):
		p.Reportf(t, "%q is no role; remove the key if nobody has to approve", t.Value)
	case match == policy.Folded:
		p.Warnf(t, "role %q is spelt %q", t.Value, word).Fix = p.respell(t, word, true)
	case match == policy.Unknown && library.Skeleton(t.Value) != t.Value && isASCII(library.Skeleton(t.Value)):
		p.Reportf(t, "role %+q is not written in ASCII; did you mean %q?", t.Value, library.Skeleton(t.Value))
	case match == policy.Unknown && vocabulary.Declared:
		p.Reportf(t, "role %q is not in the vocabulary%s", t.Value, expected(t.Value, vocabulary.Words)).Fix = p.nearest(t, vocabulary.Words)
	case p.knowsPeople():
		p.held(t, word)
	case match == policy.Unknown:
		p.Warnf(t, "role %q is not in the built-in vocabulary%s", t.Value, expected(t.Value, vocabulary.Words)).Fix = p.nearest(t, vocabulary.Words)
	}
}

// held checks that somebody can approve in a role.
func (p *Pass) held(t library.Text, role string) {
	if lack := p.People.Lacks(role); lack != "" {
		found := p.Reportf(t, "nobody can approve as %q, which %s %s", t.Value, policy.PeopleName, lack)
		if !slices.Contains(p.People.Roles, role) {
			found.Fix = p.nearest(t, p.People.Roles)
		}
	}
}

// quorum checks that the approvals which the prompt needs can be given by different
// people, without its owner: whoever changes a prompt does not approve the change.
// Roles that nobody holds are left out, for they are reported where they are asked
// for.
func (p *Pass) quorum() {
	slots := slices.DeleteFunc(p.Policy.Need(p.Governance).Slots(), func(s policy.Slot) bool { return p.People.Lacks(s.Role) != "" })
	if len(slots) == 0 {
		return
	}
	owner := p.Governance.Get("owner")
	who := p.People.Person(owner.Word())
	filled := p.People.Fill(slots, who)
	open := slices.Index(filled, nil)
	if open < 0 {
		return
	}
	slot := slots[open]
	whom, cure := "for one more approval", policy.PeopleName+" has too few people"
	if slot.Role != "*" {
		whom, cure = "to approve as "+strconv.Quote(slot.Role), "give the role to somebody else in "+policy.PeopleName
	}
	reason := strings.Join(slot.Reasons, ", ")
	if who != nil && policy.Open(p.People.Fill(slots)) < policy.Open(filled) {
		at := owner.Declarations[0].Value.Text
		p.Reportf(at, "when the owner %q changes this prompt, nobody is left %s, which %s asks for; %s", who.Name, whom, reason, cure)
		return
	}
	at := p.start()
	if roles := p.Governance.Get("approval_roles"); len(roles.Declarations) > 0 {
		at = roles.Declarations[0].Key
	}
	p.Reportf(at, "the prompt needs %d approvals by different people, and nobody is left %s, which %s asks for; %s", len(slots), whom, reason, cure)
}

// isASCII keeps words of another alphabet, of which only some letters look like
// Latin ones, from being taken for misspelt.
func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c >= utf8.RuneSelf })
}
