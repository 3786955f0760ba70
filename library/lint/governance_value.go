package lint

import (
	"promptlib/library"
	"promptlib/library/policy"
)

var governanceValue = &Rule{
	Code: library.Code{
		ID: "GOV003", Name: "governance-value", Severity: library.Error,
		Doc: library.Doc{
			Summary: "governance value is outside its vocabulary or of the wrong type",
			Why:     "A value that no rule knows matches no rule. Where the library states the vocabulary itself this is an error; against the built-in one it is a warning.",
			Fix:     "Use a value of the vocabulary, or add the value to vocabulary or aliases.values of the policy.",
		},
	},
	Prompt: func(p *Pass) {
		for _, v := range p.Governance.Values {
			for _, d := range v.Declarations {
				switch v.Field.Type {
				case policy.Level, policy.Status:
					p.word(v.Field.Key, d)
				case policy.Flag:
					p.flag(v.Field.Key, d)
				case policy.Set:
					if v.Field.Key == "regulatory_scope" {
						p.words(v.Field.Key, d)
					}
				}
			}
		}
	},
}

// word checks a single word of a vocabulary.
func (p *Pass) word(key string, d policy.Declaration) {
	switch d.Value.Type {
	case library.Null:
		p.Reportf(d.Key, "%s has no value%s", d.Key.Value, expected("", p.Policy.Vocabulary[key].Words))
	case library.List, library.Map:
		p.Reportf(d.Key, "%s is a %s%s", d.Key.Value, d.Value.Type, expected("", p.Policy.Vocabulary[key].Words))
	default:
		p.inVocabulary(key, d.Value.Text)
	}
}

// words checks a list of words of a vocabulary.
func (p *Pass) words(key string, d policy.Declaration) {
	if d.Value.Type != library.List {
		p.Warnf(d.Key, "%s is %s, expected a list", d.Key.Value, d.Value.Type)
	}
	for _, t := range d.Value.Scalars() {
		p.inVocabulary(key, t)
	}
}

func (p *Pass) inVocabulary(key string, t library.Text) {
	vocabulary := p.Policy.Vocabulary[key]
	switch word, match := p.Policy.Canonical(key, t.Value); match {
	case policy.Folded:
		p.Warnf(t, "%s %q is spelt %q", key, t.Value, word)
	case policy.Aliased:
		p.Infof(t, "%s %q means %q; write that", key, t.Value, word)
	case policy.Unknown:
		report := p.Reportf
		if !vocabulary.Declared {
			report = p.Warnf
		}
		report(t, "%q is no %s%s", t.Value, key, expected(t.Value, vocabulary.Words))
	}
}

func (p *Pass) flag(key string, d policy.Declaration) {
	value, ok := policy.ReadFlag(d.Value)
	switch {
	case !ok && d.Value.Type == library.Null:
		p.Reportf(d.Key, "%s has no value; expected true or false", d.Key.Value)
	case !ok && d.Value.Type >= library.List:
		p.Reportf(d.Key, "%s is a %s; expected true or false", d.Key.Value, d.Value.Type)
	case !ok:
		p.Reportf(d.Value.Text, "%s is %q; expected true or false, and a role goes in approval_roles", d.Key.Value, d.Value.Text.Value)
	case value && d.Value.Text.Value != "true":
		p.Infof(d.Value.Text, "%s %q is read as true; write true", key, d.Value.Text.Value)
	case !value && d.Value.Text.Value != "false":
		p.Infof(d.Value.Text, "%s %q is read as false; write false", key, d.Value.Text.Value)
	}
}
