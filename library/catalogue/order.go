package catalogue

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"promptlib/library/policy"
)

// A Rank is the place of one value in the order of its key: numbers and levels
// before texts, and what is missing last.
type Rank struct {
	class   int // of the values below
	numbers []float64
	text    string
}

const (
	classNumber = iota
	classText
	classMissing
)

func (r Rank) compare(s Rank) int {
	return cmp.Or(cmp.Compare(r.class, s.class), slices.Compare(r.numbers, s.numbers), strings.Compare(r.text, s.text))
}

// A by is one key to sort by.
type by struct {
	key        string
	descending bool
}

// Compare orders the ranks that [Query.Match] returned for two prompts. Where it
// returns 0 they are alike, and their paths should decide.
func (q *Query) Compare(a, b []Rank) int {
	for i, by := range q.order {
		c := a[i].compare(b[i])
		if by.descending && a[i].class != classMissing && b[i].class != classMissing {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

func (by by) rank(it Item) Rank {
	words, _ := it.words(by.key)
	if len(words) == 0 {
		return Rank{class: classMissing}
	}
	if len(words) == 1 {
		if r, ok := rank(it.Policy, by.key, words[0]); ok {
			return r
		}
	}
	return Rank{class: classText, text: strings.Join(words, ", ")}
}

// rank returns the place of a word in the order that its key has; not ok where
// the key has none, or the word is none of those that are ordered.
func rank(pol *policy.Policy, key, word string) (Rank, bool) {
	if field, ok := policy.FieldOf(pol.CanonicalKey(key)); ok {
		return fieldRank(pol, field, word)
	}
	fact, ok := factOf(key)
	switch {
	case ok && fact.kind == version:
		return versionRank(word)
	case ok && fact.kind != number:
		return Rank{}, false
	}
	if f, err := strconv.ParseFloat(word, 64); err == nil && f-f == 0 { // not Inf, not NaN
		return Rank{numbers: []float64{f}}, true
	}
	_, isDate := policy.ParseDate(word)
	return Rank{class: classText, text: word}, isDate && !ok
}

func fieldRank(pol *policy.Policy, field policy.Field, word string) (Rank, bool) {
	switch field.Type {
	case policy.Level, policy.Status:
		i := pol.Rank(field.Key, word)
		return Rank{numbers: []float64{float64(i)}}, i >= 0
	case policy.Duration:
		span, ok := policy.ReadSpan(word)
		days := float64(span.Years*12+span.Months)*30.44 + float64(span.Days)
		if span.Forever {
			days = math.Inf(1)
		}
		return Rank{numbers: []float64{days}}, ok
	case policy.Date:
		_, ok := policy.ParseDate(word)
		return Rank{class: classText, text: word}, ok
	}
	return Rank{}, false
}

// versionRank reads up to four numbers joined by dots. What follows a hyphen
// comes before the version without it, as 2.0-beta before 2.0.
func versionRank(word string) (Rank, bool) {
	head, suffix, early := strings.Cut(strings.TrimPrefix(word, "v"), "-")
	r := Rank{numbers: make([]float64, 5), text: suffix}
	parts := strings.Split(head, ".")
	if len(parts) > 4 {
		return Rank{}, false
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 32)
		if err != nil {
			return Rank{}, false
		}
		r.numbers[i] = float64(n)
	}
	if !early {
		r.numbers[4] = 1
	}
	return r, true
}
