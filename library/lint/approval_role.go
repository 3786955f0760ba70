package lint

import (
	"strings"
	"unicode/utf8"

	"promptlib/library"
	"promptlib/library/policy"
)

var approvalRole = &Rule{
	Code: library.Code{
		ID: "GOV008", Name: "approval-role", Severity: library.Error,
		Doc: library.Doc{
			Summary: "approval role is unknown or empty",
			Why:     "Nobody holds a role that does not exist, so the approval can never be given or, worse, is taken for not needed.",
			Fix:     "Use a role of the library, or remove the key if nobody has to approve.",
			Config:  "vocabulary.approval_roles of .promptlib/policy.yaml.",
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
	case match != policy.Unknown:
	case library.Skeleton(t.Value) != t.Value && isASCII(library.Skeleton(t.Value)):
		p.Reportf(t, "role %+q is not written in ASCII; did you mean %q?", t.Value, library.Skeleton(t.Value))
	case vocabulary.Declared:
		p.Reportf(t, "role %q is not in the vocabulary%s", t.Value, expected(t.Value, vocabulary.Words)).Fix = p.nearest(t, vocabulary.Words)
	default:
		p.Warnf(t, "role %q is not in the built-in vocabulary%s", t.Value, expected(t.Value, vocabulary.Words)).Fix = p.nearest(t, vocabulary.Words)
	}
}

// isASCII keeps words of another alphabet, of which only some letters look like
// Latin ones, from being taken for misspelt.
func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(c rune) bool { return c >= utf8.RuneSelf })
}
