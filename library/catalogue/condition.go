package catalogue

import (
	"fmt"
	"slices"
	"strings"

	"promptlib/library"
	"promptlib/library/policy"
)

// A condition is met by a prompt whose key has some value.
type condition struct {
	key   string
	op    string
	value string
}

// The operators of a condition.
const (
	equal   = "="
	unequal = "!="
	atLeast = ">="
	has     = "has"
)

// Operators says which operators there are, for messages and help.
const Operators = "KEY=VALUE, KEY!=VALUE, KEY>=VALUE or KEY has WORD"

// parseCondition reads a condition. The key ends at the first blank or character
// of an operator.
func parseCondition(s string) (condition, error) {
	s = strings.TrimSpace(s)
	end := strings.IndexAny(s, "=!<>~: \t")
	if end <= 0 {
		return condition{}, fmt.Errorf("%q is no condition; write %s", s, Operators)
	}
	c := condition{key: s[:end]}
	rest := strings.TrimLeft(s[end:], " \t")
	for _, op := range []string{unequal, atLeast, equal} {
		if value, ok := strings.CutPrefix(rest, op); ok && !strings.HasPrefix(value, "=") && !strings.HasPrefix(value, "~") {
			c.op, c.value = op, strings.TrimSpace(value)
			return c, c.complete()
		}
	}
	word, value, _ := strings.Cut(rest, " ")
	if word != has {
		return condition{}, fmt.Errorf("%q has no operator that is known; write %s", s, Operators)
	}
	c.op, c.value = has, strings.TrimSpace(value)
	return c, c.complete()
}

// complete refuses what compares with nothing. Only = and != may: "owner=" is
// met where nobody is named.
func (c condition) complete() error {
	if c.value == "" && (c.op == has || c.op == atLeast) {
		return fmt.Errorf("%q says nothing after %q", c.key, c.op)
	}
	return nil
}

// check refuses an operator that a key has not, and a value that has no place in
// the order of the key.
func (c condition) check(pol *policy.Policy) error {
	k := kindOf(pol, c.key)
	if c.op == has && k != list && k != free {
		return fmt.Errorf("%s is no list; write %s=%s", c.key, c.key, c.value)
	}
	if c.op != atLeast {
		return nil
	}
	if k == text || k == list {
		return fmt.Errorf("%s has no order, so %q cannot be asked of it", c.key, atLeast)
	}
	if _, ok := rank(pol, c.key, c.value); ok {
		return nil
	}
	canonical := pol.CanonicalKey(c.key)
	words := pol.Vocabulary[canonical].Words
	switch {
	case len(words) > 0:
		message := fmt.Sprintf("%q is not in the vocabulary of %s", c.value, canonical)
		if near := library.Nearest(c.value, slices.Values(words)); near != "" {
			return fmt.Errorf("%s; did you mean %q?", message, near)
		}
		return fmt.Errorf("%s; expected %s", message, strings.Join(words, ", "))
	case canonical != "":
		return fmt.Errorf("%q cannot be compared with %s", c.value, canonical)
	case k == free:
		return fmt.Errorf("%q is neither a number nor a date, so %s cannot be compared with it", c.value, c.key)
	}
	return fmt.Errorf("%q is no number, so %s cannot be compared with it", c.value, c.key)
}

func kindOf(pol *policy.Policy, key string) kind {
	if field, ok := policy.FieldOf(pol.CanonicalKey(key)); ok {
		switch field.Type {
		case policy.Set:
			return list
		case policy.Flag, policy.Name:
			return text
		}
		return number
	}
	if fact, ok := factOf(key); ok {
		return fact.kind
	}
	return free
}

// holds reports whether the words of a key meet the condition.
func (c condition) holds(pol *policy.Policy, words []string) bool {
	switch c.op {
	case unequal:
		return !c.equals(pol, words)
	case has:
		return slices.Contains(words, c.canonical(pol))
	case atLeast:
		if len(words) != 1 {
			return false
		}
		want, _ := rank(pol, c.key, c.value)
		got, ok := rank(pol, c.key, words[0])
		return ok && got.class == want.class && got.compare(want) >= 0
	}
	return c.equals(pol, words)
}

// equals reports whether a key has the value and no other, or no value at all
// where the condition names none.
func (c condition) equals(pol *policy.Policy, words []string) bool {
	if c.value == "" {
		return len(words) == 0
	}
	if len(words) != 1 {
		return false
	}
	if pol.CanonicalKey(c.key) == "retention_period" {
		want, ok := rank(pol, c.key, c.value)
		got, also := rank(pol, c.key, words[0])
		return ok && also && got.compare(want) == 0
	}
	return words[0] == c.canonical(pol)
}

// canonical is the value as the vocabulary of a governance key spells it.
func (c condition) canonical(pol *policy.Policy) string {
	field, ok := policy.FieldOf(pol.CanonicalKey(c.key))
	if !ok {
		return c.value
	}
	if field.Type == policy.Flag {
		return strings.ToLower(c.value)
	}
	word, _ := pol.Canonical(field.Key, c.value)
	return word
}
