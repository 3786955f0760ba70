package policy

import (
	"slices"
	"strings"

	"promptlib/library"
)

// A Type says what the values of a governance key are and which of several
// counts.
type Type int

// The types of governance keys, with what counts where declarations disagree.
const (
	Level    Type = iota // a word of an ordered vocabulary; the highest
	Status               // a word of an ordered vocabulary; the least advanced
	Flag                 // true or false; true
	Set                  // a list of words; all of them
	Duration             // an ISO 8601 duration or permanent; the longest
	Date                 // YYYY-MM-DD; the earliest
	Name                 // text; the first
)

// A Field is a governance key by its canonical spelling.
type Field struct {
	Key  string
	Type Type
}

// Fields lists the governance keys in the order in which they are shown.
var Fields = []Field{
	{"owner", Name},
	{"data_classification", Level},
	{"risk_level", Level},
	{"review_status", Status},
	{"reviewed", Date},
	{"regulatory_scope", Set},
	{"governance_tags", Set},
	{"approval_required", Flag},
	{"approval_roles", Set},
	{"retention_period", Duration},
}

// fieldIndex returns the index in Fields of a canonical key, or -1.
func fieldIndex(key string) int {
	if len(key) < len("owner") {
		return -1
	}
	for i := range Fields {
		if Fields[i].Key == key {
			return i
		}
	}
	return -1
}

// FieldOf returns the field of a canonical key.
func FieldOf(key string) (Field, bool) {
	i := fieldIndex(key)
	if i < 0 {
		return Field{}, false
	}
	return Fields[i], true
}

// A Match says how a value was found in a vocabulary.
type Match int

// The ways in which a value is found.
const (
	Unknown Match = iota
	Exact
	Folded  // but for case
	Aliased // by a value alias of the policy, in any case
)

// Canonical returns the canonical spelling of one value of a field, and how it
// was found. A value of a field without vocabulary is its own spelling.
func (p *Policy) Canonical(key, value string) (string, Match) {
	words := p.Vocabulary[key].Words
	if words == nil {
		return value, Exact
	}
	if slices.Contains(words, value) {
		return value, Exact
	}
	if word := p.valueAliases[strings.ToLower(value)]; slices.Contains(words, word) {
		return word, Aliased
	}
	for _, w := range words {
		if strings.EqualFold(w, value) {
			return w, Folded
		}
	}
	return value, Unknown
}

// Rank returns the place of a word in the ordered vocabulary of a field, from
// 0; -1 for a word that is not in it.
func (p *Policy) Rank(key, word string) int {
	canonical, match := p.Canonical(key, word)
	if match == Unknown {
		return -1
	}
	return slices.Index(p.Vocabulary[key].Words, canonical)
}

// ReadFlag reads true or false in any case; anything else is not ok.
func ReadFlag(n *library.Node) (value, ok bool) {
	if n == nil || n.Type != library.Bool {
		return false, false
	}
	return strings.EqualFold(n.Text.Value, "true"), true
}
