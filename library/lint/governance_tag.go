package lint

import (
	"slices"

	"promptlib/library"
	"promptlib/library/policy"
)

var governanceTag = &Rule{
	Code: library.Code{
		ID: "GOV004", Name: "governance-tag", Severity: library.Error,
		Doc: library.Doc{
			Summary: "governance tag is unknown or deprecated",
			Why:     "What a tag implies is looked up by its name, so a misspelt tag implies nothing.",
			Fix:     "Use a tag of vocabulary.tags of the policy, or add the tag there.",
			Config:  "vocabulary.tags of .promptlib/policy.yaml.",
			Bad: `---
title: Note
governance_tags: [PII-save]
---
Write a note.
`,
			Good: `---
title: Note
governance_tags: [PII-safe]
---
Write a note.
`,
		},
	},
	about: governed,
	Prompt: func(p *Pass) {
		const key = "governance_tags"
		vocabulary := p.Policy.Vocabulary[key]
		for _, d := range p.Governance.Get(key).Declarations {
			for t := range scalars(d.Value) {
				word, match := p.Policy.Canonical(key, t.Value)
				switch match {
				case policy.Unknown:
					p.unknownTag(t, vocabulary)
				case policy.Folded:
					p.Warnf(t, "tag %q is spelt %q", t.Value, word).Fix = p.respell(t, word, true)
				}
				if tag, ok := p.Policy.Tag(t.Value); ok && tag.Deprecated != "" {
					p.Warnf(t, "tag %q is deprecated; use %s", t.Value, tag.Deprecated)
				}
			}
		}
	},
}

// unknownTag reports a tag that is not in the vocabulary. The built-in
// vocabulary is short, so a tag it lacks is remarkable only if it looks like one
// that it has.
func (p *Pass) unknownTag(t library.Text, vocabulary policy.Vocabulary) {
	hint := expected(t.Value, vocabulary.Words)
	if near := library.Skeleton(t.Value); near != t.Value && slices.Contains(vocabulary.Words, near) {
		p.Reportf(t, "tag %+q is not written in ASCII; did you mean %q?", t.Value, near).Fix = p.nearest(t, vocabulary.Words)
		return
	}
	switch {
	case vocabulary.Declared:
		p.Reportf(t, "tag %q is not in the vocabulary%s", t.Value, hint).Fix = p.nearest(t, vocabulary.Words)
	case library.Nearest(t.Value, slices.Values(vocabulary.Words)) != "":
		p.Warnf(t, "tag %q is not in the vocabulary%s", t.Value, hint).Fix = p.nearest(t, vocabulary.Words)
	default:
		p.Infof(t, "tag %q is not in the built-in vocabulary; declare the tags of the library in its policy", t.Value)
	}
}
