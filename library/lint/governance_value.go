package lint

import (
	"iter"
	"slices"
	"strings"

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
			Config:  "vocabulary and aliases.values of .promptlib/policy.yaml.",
			Bad: `---
title: Note
risk_level: extreme
---
Write a note.
`,
			Good: `---
title: Note
risk_level: critical
---
Write a note.
`,
		},
	},
	about: governed,
	Prompt: func(p *Pass) {
		for _, v := range p.Governance.Values {
			for _, d := range v.Declarations {
				switch v.Field.Type {
				case policy.Level, policy.Status:
					p.word(v.Field.Key, d)
				case policy.Flag:
					p.flag(d)
				case policy.Name:
					p.name(d)
				case policy.Set:
					p.set(v.Field.Key, d)
				}
			}
		}
	},
}

// word checks a single word of a vocabulary.
func (p *Pass) word(key string, d policy.Declaration) {
	words := p.Policy.Vocabulary[key].Words
	switch d.Value.Type {
	case library.Null:
		p.Reportf(d.Key, "%s has no value%s", d.Key.Value, expected("", words))
	case library.List, library.Map:
		p.Reportf(d.Key, "%s is %s%s", d.Key.Value, d.Value.Type.Phrase(), expected("", words))
	default:
		p.inVocabulary(key, d.Key.Value, d.Value.Text)
	}
}

// set checks a list of words. Which tags and roles there are is for rules of
// their own.
func (p *Pass) set(key string, d policy.Declaration) {
	switch key {
	case "governance_tags":
		p.list(d, "tags")
	case "regulatory_scope":
		p.list(d, "words")
		for t := range scalars(d.Value) {
			p.inVocabulary(key, d.Key.Value, t)
		}
	}
}

// scalars yields what [library.Node.Scalars] lists, without a list of copies.
func scalars(n *library.Node) iter.Seq[library.Text] {
	return func(yield func(library.Text) bool) {
		if n != nil && n.Type != library.List {
			if t := n.Scalar(); !t.IsZero() {
				yield(t)
			}
			return
		}
		for _, item := range n.Elements() {
			if t := item.Scalar(); !t.IsZero() && !yield(t) {
				return
			}
		}
	}
}

// list checks that a value is a list of texts.
func (p *Pass) list(d policy.Declaration, what string) {
	switch d.Value.Type {
	case library.List:
	case library.Null:
		p.Reportf(d.Key, "%s has no value; expected a list of %s", d.Key.Value, what)
	case library.Map:
		p.Reportf(d.Key, "%s is %s; expected a list of %s", d.Key.Value, d.Value.Type.Phrase(), what)
	default:
		found := p.Warnf(d.Value.Text, "%s is %s; expected a list, so write [%s]", d.Key.Value, d.Value.Type.Phrase(), d.Value.Text.Value)
		found.Fix = listed(p.Prompt.Source, d.Value.Text)
	}
	for i, item := range d.Value.Elements() {
		switch item.Type {
		case library.Null:
			p.Reportf(item.Text, "item %d of %s is empty", i+1, d.Key.Value)
		case library.List, library.Map:
			p.Reportf(item.Text, "item %d of %s is %s; expected text", i+1, d.Key.Value, item.Type.Phrase())
		}
	}
}

// inVocabulary checks one word; name is the key as the file spells it.
func (p *Pass) inVocabulary(key, name string, t library.Text) {
	vocabulary := p.Policy.Vocabulary[key]
	word, match := p.Policy.Canonical(key, t.Value)
	switch {
	case match == policy.Folded:
		p.Warnf(t, "%s %q is spelt %q", name, t.Value, word).Fix = p.respell(t, word, true)
	case match == policy.Aliased:
		p.Infof(t, "%s %q means %q; write that", name, t.Value, word).Fix = p.respell(t, word, true)
	case match != policy.Unknown:
	case vocabulary.Declared:
		p.Reportf(t, "%s %q is not in the vocabulary%s", name, t.Value, expected(t.Value, vocabulary.Words)).Fix = p.nearest(t, vocabulary.Words)
	default:
		p.Warnf(t, "%s %q is not in the built-in vocabulary%s", name, t.Value, expected(t.Value, vocabulary.Words)).Fix = p.nearest(t, vocabulary.Words)
	}
}

// nearest is the fix that writes the word that was probably meant. It is not
// safe: a value that cannot be used counts as the most restrictive.
func (p *Pass) nearest(t library.Text, words []string) *library.Fix {
	near := library.Nearest(t.Value, slices.Values(words))
	if near == "" {
		return nil
	}
	return p.respell(t, near, false)
}

// flag checks a value that is true or false.
func (p *Pass) flag(d policy.Declaration) {
	value, ok := policy.ReadFlag(d.Value)
	name, t := d.Key.Value, d.Value.Text
	switch {
	case !ok && d.Value.Type == library.Null:
		p.Reportf(d.Key, "%s has no value; expected true or false", name)
	case !ok && d.Value.Type >= library.List:
		p.Reportf(d.Key, "%s is %s; expected true or false", name, d.Value.Type.Phrase())
	case !ok:
		p.Reportf(t, "%s is %q; expected true or false, and a role goes in approval_roles", name, t.Value).Fix = p.flagMeant(t)
	case value && t.Value != "true":
		p.Infof(t, "%s %q is read as true; write true", name, t.Value).Fix = writeFlag(t, "true", true)
	case !value && t.Value != "false":
		p.Infof(t, "%s %q is read as false; write false", name, t.Value).Fix = writeFlag(t, "false", true)
	}
}

// flagMeant writes true or false for a word that YAML once read so. False is not
// safe: what cannot be used counts as true.
func (p *Pass) flagMeant(t library.Text) *library.Fix {
	if written(p.Prompt.Source, t) == "" {
		return nil
	}
	switch strings.ToLower(t.Value) {
	case "true", "yes", "on":
		return writeFlag(t, "true", true)
	case "false", "no", "off":
		return writeFlag(t, "false", false)
	}
	return nil
}

func writeFlag(t library.Text, flag string, safe bool) *library.Fix {
	return &library.Fix{Title: "write " + flag, Safe: safe, Edits: []library.Edit{library.Replace(t, flag)}}
}

// name checks that somebody is named.
func (p *Pass) name(d policy.Declaration) {
	switch {
	case d.Value.Type >= library.List:
		p.Reportf(d.Key, "%s is %s; expected one name", d.Key.Value, d.Value.Type.Phrase())
	case d.Value.Scalar().Value == "":
		p.Reportf(d.Key, "%s has no value; expected a name", d.Key.Value)
	}
}
