package lint

import (
	"fmt"
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
		},
	},
	Prompt: func(p *Pass) {
		for _, v := range p.Governance.Values {
			if len(v.Declarations) < 2 || !p.Prompt.Front.Sound {
				continue
			}
			at, others := odd(v)
			d := &library.Diagnostic{}
			if agree(p.Policy, v) {
				d = p.Warnf(at.Key, "%s is also declared as %s on line %d, with the same value; keep %s",
					at.Key.Value, others[0].Key.Value, others[0].Key.Pos.Line, v.Field.Key)
			} else {
				d = p.Reportf(at.Key, "%s is %s, but %s on line %d is %s; effective: %s",
					at.Key.Value, shown(at), others[0].Key.Value, others[0].Key.Pos.Line, shown(others[0]), strings.Join(v.Words, ", "))
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

// agree reports whether all declarations of a value say the same.
func agree(pol *policy.Policy, v policy.Value) bool {
	first := canonicalWords(pol, v.Field.Key, v.Declarations[0].Value)
	for _, d := range v.Declarations[1:] {
		if canonicalWords(pol, v.Field.Key, d.Value) != first {
			return false
		}
	}
	return true
}

func canonicalWords(pol *policy.Policy, key string, n *library.Node) string {
	var words []string
	for _, t := range n.Scalars() {
		word, _ := pol.Canonical(key, t.Value)
		words = append(words, strings.ToLower(word))
	}
	return strings.Join(words, "\n")
}

// shown is the value of a declaration as a message shows it.
func shown(d policy.Declaration) string {
	texts := d.Value.Scalars()
	if d.Value == nil || d.Value.Type != library.List && len(texts) == 1 {
		return fmt.Sprintf("%q", texts[0].Value)
	}
	quoted := make([]string, len(texts))
	for i, t := range texts {
		quoted[i] = fmt.Sprintf("%q", t.Value)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
