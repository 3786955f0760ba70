package lint

import (
	"strings"

	"promptlib/library"
)

// A Kin is what prompts that were linted might share with files that were not:
// all that the rules that compare prompts must know of a large library to judge
// a few of its files. Bodies are not among it.
type Kin map[string]bool

// NewKin returns the kin of the prompts with some facts.
func NewKin(facts []Facts) Kin {
	k := Kin{}
	for i := range facts {
		for _, value := range facts[i].values() {
			if v := kinValue(value); v != "" {
				k[v] = true
			}
		}
	}
	return k
}

// values lists what is compared of a prompt.
func (f *Facts) values() []string { return []string{f.Title.Value, f.ID.Value, f.Name.Value} }

// kinValue makes alike at least what the rules hold for alike.
func kinValue(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// May reports whether a file might share something. Only where this is true is
// the file to be read for its facts.
func (k Kin) May(f library.File) bool {
	values, ok := library.Glance(f)
	if !ok {
		return len(k) > 0
	}
	for _, v := range values {
		if k[kinValue(v)] {
			return true
		}
	}
	return false
}
