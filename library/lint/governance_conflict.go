package lint

import (
	"slices"
	"strconv"
	"strings"

	"promptlib/library"
	"promptlib/library/policy"
)

var governanceConflict = &Rule{
	Code: library.Code{
		ID: "GOV002", Name: "governance-conflict", Severity: library.Error,
		Doc: library.Doc{
			Summary: "two spellings of one governance key disagree",
			Why:     "Each reader believes the key it knows. Until the file says one thing, the most restrictive value counts.",
			Fix:     "Keep the canonical key with the value that is right, and remove the other.",
			Config:  "aliases.keys of .promptlib/policy.yaml says which spellings are one key.",
			Bad: `---
title: Note
dataClassification: public
data_classification: confidential
---
Write a note.
`,
			Good: `---
title: Note
data_classification: confidential
---
Write a note.
`,
		},
	},
	about: governed,
	Prompt: func(p *Pass) {
		for _, v := range p.Governance.Values {
			if len(v.Declarations) < 2 || !p.Prompt.Front.Sound {
				continue
			}
			at, others := odd(v)
			other := others[0]
			var d *library.Diagnostic
			if i := slices.IndexFunc(others, func(o policy.Declaration) bool { return !p.Policy.Agree(v.Field, at, o) }); i >= 0 {
				other = others[i]
				d = p.Reportf(at.Key, "%s is %s, but %s on line %d is %s; effective: %s",
					at.Key.Value, shown(at), other.Key.Value, other.Key.Pos.Line, shown(other), effective(v))
			} else {
				d = p.Warnf(at.Key, "%s is also declared as %s on line %d, with the same value; keep one, spelt %s",
					at.Key.Value, other.Key.Value, other.Key.Pos.Line, v.Field.Key)
				d.Fix = p.withoutSynonym(v, at)
			}
			for _, o := range others {
				d.Related = append(d.Related, related(o.Key, "%s is %s here", o.Key.Value, shown(o)))
			}
		}
	},
}

// odd picks the declaration to complain of: the first that is not spelt as it
// should be.
func odd(v policy.Value) (policy.Declaration, []policy.Declaration) {
	at := 0
	for i, d := range v.Declarations {
		if d.Key.Value != v.Field.Key {
			at = i
			break
		}
	}
	others := make([]policy.Declaration, 0, len(v.Declarations)-1)
	others = append(others, v.Declarations[:at]...)
	return v.Declarations[at], append(others, v.Declarations[at+1:]...)
}

// withoutSynonym removes a declaration beside which there is another of the same
// value. That is safe if the canonical key is among those that stay: of two other
// spellings, programs beside this one may know only the one removed. The first key
// of a nested mapping stays, so that no mapping is emptied.
func (p *Pass) withoutSynonym(v policy.Value, d policy.Declaration) *library.Fix {
	if _, nested, ok := strings.Cut(d.Key.Value, "."); ok {
		parent := p.Prompt.Front.Root.Get(strings.TrimSuffix(d.Key.Value, "."+nested))
		if parent == nil || len(parent.Pairs) == 0 || parent.Pairs[0].Key.Pos == d.Key.Pos {
			return nil
		}
	}
	edit, ok := withoutPair(p.Prompt, library.Pair(d))
	if !ok {
		return nil
	}
	safe := slices.ContainsFunc(v.Declarations, func(o policy.Declaration) bool { return o.Key.Value == v.Field.Key })
	return &library.Fix{Title: "remove " + d.Key.Value, Safe: safe, Edits: []library.Edit{edit}}
}

// shown is the value of a declaration as a message shows it.
func shown(d policy.Declaration) string {
	switch d.Value.Type {
	case library.Null:
		return "empty"
	case library.Map:
		return "a mapping"
	case library.List:
		var quoted []string
		for _, t := range d.Value.Scalars() {
			quoted = append(quoted, strconv.Quote(t.Value))
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	}
	return strconv.Quote(d.Value.Text.Value)
}

// effective is what counts of a value, as a message shows it.
func effective(v policy.Value) string {
	if len(v.Words) == 0 {
		return "nothing"
	}
	return strings.Join(v.Words, ", ")
}
