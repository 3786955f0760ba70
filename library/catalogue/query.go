package catalogue

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"promptlib/library"
	"promptlib/library/policy"
)

// A Query chooses prompts and says in which order they come. The zero Query
// takes all, in no order.
type Query struct {
	where []condition
	order []by

	fixed map[string]bool // keys that are no keys of the front matter alone
	seen  map[string]bool // keys of front matters
	words []map[string]bool
}

// NewQuery reads conditions, all of which must hold, and a list of keys to sort
// by, separated by commas and each with a hyphen before it for descending order.
func NewQuery(where []string, order string) (*Query, error) {
	q := &Query{fixed: map[string]bool{}, seen: map[string]bool{}}
	for _, s := range where {
		c, err := parseCondition(s)
		if err != nil {
			return nil, err
		}
		q.where = append(q.where, c)
		q.words = append(q.words, map[string]bool{})
	}
	if order == "" {
		return q, nil
	}
	for key := range strings.SplitSeq(order, ",") {
		name, descending := strings.CutPrefix(strings.TrimSpace(key), "-")
		if name == "" {
			return nil, fmt.Errorf("%q names no key to sort by between its commas", order)
		}
		q.order = append(q.order, by{name, descending})
	}
	return q, nil
}

// Check holds the query against the policy of a library in which prompts are
// looked for. It must have been called for the policy of every item.
func (q *Query) Check(pol *policy.Policy) error {
	for _, key := range q.keys() {
		if _, ok := factOf(key); ok || pol.CanonicalKey(key) != "" {
			q.fixed[key] = true
		}
	}
	for _, c := range q.where {
		if err := c.check(pol); err != nil {
			return err
		}
	}
	return nil
}

func (q *Query) keys() []string {
	var keys []string
	for _, c := range q.where {
		keys = append(keys, c.key)
	}
	for _, by := range q.order {
		keys = append(keys, by.key)
	}
	return keys
}

// Sorted reports whether the query says anything of the order.
func (q *Query) Sorted() bool { return len(q.order) > 0 }

// Certain reports whether every key of the query is known before any prompt has
// been read, so that Unknown cannot fail.
func (q *Query) Certain() bool {
	return !slices.ContainsFunc(q.keys(), func(key string) bool { return !q.fixed[key] })
}

// Match reports whether all conditions hold for a prompt, and its ranks for
// [Query.Compare].
func (q *Query) Match(it Item) (ranks []Rank, ok bool) {
	if !q.Certain() {
		q.note(it)
	}
	ok = true
	for i, c := range q.where {
		words, _ := it.words(c.key)
		for _, word := range words {
			if len(q.words[i]) < maxWords {
				q.words[i][strings.Clone(word)] = true
			}
		}
		ok = ok && c.holds(it.Policy, words)
	}
	if !ok {
		return nil, false
	}
	for _, by := range q.order {
		r := by.rank(it)
		r.text = strings.Clone(r.text)
		ranks = append(ranks, r)
	}
	return ranks, true
}

// maxWords is how many words of a key are kept to suggest one.
const maxWords = 10_000

// note keeps the keys of a front matter.
func (q *Query) note(it Item) {
	for e := range it.Prompt.Entries() {
		if !q.seen[e.Key.Value] && len(q.seen) < maxWords {
			q.seen[strings.Clone(e.Key.Value)] = true
		}
	}
	for _, key := range q.keys() {
		if !q.fixed[key] && nested(it.Prompt.Front.Root, key) != nil {
			q.seen[key] = true
		}
	}
}

// Unknown returns an error for the first key of the query that no prompt had.
func (q *Query) Unknown() error {
	for _, key := range q.keys() {
		if q.fixed[key] || q.seen[key] {
			continue
		}
		known := q.known()
		if near := library.Nearest(key, slices.Values(known)); near != "" {
			return fmt.Errorf("no prompt has a key %q; did you mean %q?", key, near)
		}
		return fmt.Errorf("no prompt has a key %q", key)
	}
	return nil
}

func (q *Query) known() []string {
	var known []string
	for _, f := range policy.Fields {
		known = append(known, f.Key)
	}
	for _, f := range Facts {
		known = append(known, f.Key)
	}
	for key := range q.seen {
		known = append(known, key)
	}
	return known
}

// Hints says of each condition that no prompt could meet for its word which word
// was meant, as far as one is near.
func (q *Query) Hints() []string {
	var hints []string
	for i, c := range q.where {
		if c.op != equal && c.op != has || c.value == "" || q.words[i][c.value] {
			continue
		}
		near := library.Nearest(c.value, func(yield func(string) bool) {
			for word := range q.words[i] {
				if !yield(word) {
					return
				}
			}
		})
		if near != "" && near != c.value {
			hints = append(hints, fmt.Sprintf("no prompt has %s %s; did you mean %s?", c.key, strconv.Quote(c.value), strconv.Quote(near)))
		}
	}
	return hints
}
