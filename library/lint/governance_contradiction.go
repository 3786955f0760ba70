package lint

import (
	"slices"

	"promptlib/library"
	"promptlib/library/policy"
)

var governanceContradiction = &Rule{
	Code: library.Code{
		ID: "GOV005", Name: "governance-contradiction", Severity: library.Error,
		Doc: library.Doc{
			Summary: "governance tags contradict each other or a key",
			Why:     "A prompt cannot be safe for personal data and sensitive at once, or for internal use only and public; whoever trusts the weaker statement is wrong.",
			Fix:     "Remove the tag that is not true, or raise the key to what the tag implies.",
			Config:  "group and implies of the tags in .promptlib/policy.yaml.",
			Bad: `---
title: Note
governance_tags: [PII-safe, sensitive]
---
Write a note.
`,
			Good: `---
title: Note
governance_tags: [sensitive]
---
Write a note.
`,
		},
	},
	about: governed,
	Prompt: func(p *Pass) {
		type member struct {
			group, tag string
			at         library.Text
		}
		var firsts []member // of their groups, which are few
		for _, d := range p.Governance.Get("governance_tags").Declarations {
			for t := range scalars(d.Value) {
				tag, ok := p.Policy.Tag(t.Value)
				if !ok {
					continue
				}
				i := slices.IndexFunc(firsts, func(m member) bool { return m.group == tag.Group })
				switch {
				case tag.Group == "":
				case i < 0:
					firsts = append(firsts, member{tag.Group, tag.Name, t})
				case firsts[i].tag != tag.Name:
					first := firsts[i].at
					d := p.Reportf(t, "tag %q contradicts tag %q on line %d; keep one", t.Value, first.Value, first.Pos.Line)
					d.Related = append(d.Related, related(first, "%q stands here", first.Value))
				}
				p.implied("data_classification", t, tag)
				p.implied("risk_level", t, tag)
			}
		}
	},
}

// implied reports a key that is declared lower than a tag implies.
func (p *Pass) implied(key string, t library.Text, tag policy.Tag) {
	floor := tag.Implies.Level(key)
	if floor == "" {
		return
	}
	for _, d := range p.Governance.Get(key).Declarations {
		value := d.Value.Scalar()
		if rank := p.Policy.Rank(key, value.Value); rank >= 0 && rank < p.Policy.Rank(key, floor) {
			d := p.Reportf(t, "tag %q contradicts %s %q on line %d; it goes with %s or higher", t.Value, key, value.Value, value.Pos.Line, floor)
			d.Related = append(d.Related, related(value, "%s is %q here", key, value.Value))
		}
	}
}
