package evals

import (
	"errors"
	"regexp"
	"strconv"

	"promptlib/library"
)

// A Found says how JSON was got out of a reply.
type Found string

// The ways to find JSON, from the strictest on.
const (
	Strict   Found = "strict"   // the whole answer is JSON
	Fenced   Found = "fenced"   // a JSON code block is, the first that parses
	Embedded Found = "embedded" // an object or array with prose around it
	Repaired Found = "repaired" // an object or array once mistakes are mended
	NoJSON   Found = "none"
)

// founds is in the order of strictness.
var founds = []Found{Strict, Fenced, Embedded, Repaired}

// Allows reports whether the contract takes JSON that was found in a way.
func (c *Contract) Allows(how Found) bool {
	least := c.JSON
	if least == "" {
		least = Fenced
	}
	for _, f := range founds {
		if f == how {
			return true
		}
		if f == least {
			break
		}
	}
	return false
}

// Fields says how the JSON of a reply is compared with that of the expected
// output. The zero Fields asks for equal numbers and takes any free text.
type Fields struct {
	Tolerance  float64  // by which a number may differ, as a share of the expected one
	Similarity float64  // how like the expected one a free text must be, from 0 to 1
	Keys       []string // members that tell the items of arrays apart, before id, name and key
}

// DefaultSimilarity is how like the expected one a free text must be where the
// contract does not say: a few words may differ, but not most of them.
const DefaultSimilarity = 0.7

// A Similarity says how like the expected output a reply must be.
type Similarity struct {
	Min float64 // chrF, from 0 to 1
}

// Limitations are what the text of a section must be. The zero Limitations are
// none.
type Limitations struct {
	MinWords, MaxWords     *int // nil for no limit
	MinBullets, MaxBullets *int
	Table                  []string // columns of a table that it must have
	CodeBlock              string   // language of a code block that it must have
}

// Count returns how many limitations there are.
func (l Limitations) Count() int {
	n := 0
	for _, limit := range []*int{l.MinWords, l.MaxWords, l.MinBullets, l.MaxBullets} {
		if limit != nil {
			n++
		}
	}
	if l.Table != nil {
		n++
	}
	if l.CodeBlock != "" {
		n++
	}
	return n
}

func readLimitations(n *library.Node) (l Limitations, err error) {
	count := func(name string) *int {
		v, wrong := whole(n.Get(name))
		err = errors.Join(err, wrong)
		return v
	}
	l.MinWords, l.MaxWords = count("min-words"), count("max-words")
	l.MinBullets, l.MaxBullets = count("min-bullets"), count("max-bullets")
	possible := func(what string, low, high *int) {
		if low != nil && high != nil && *low > *high {
			err = errors.Join(err, mistake(n.Get("min-"+what).Text, "min-%s is %d, more than max-%s, which is %d; no section has both", what, *low, what, *high))
		}
	}
	possible("words", l.MinWords, l.MaxWords)
	possible("bullets", l.MinBullets, l.MaxBullets)
	for _, column := range n.Get("table").Scalars() {
		l.Table = append(l.Table, column.Value)
	}
	if language := n.Get("code-block"); language != nil {
		l.CodeBlock = language.Text.Value
	}
	return l, err
}

// readScoring reads what of a contract says how replies are scored, beside the
// schema and the sections.
func (c *Contract) readScoring(n *library.Node) error {
	if node := n.Get("json"); node != nil {
		c.JSON = Found(node.Text.Value)
	}
	if node := n.Get("fields"); node != nil {
		c.Fields = &Fields{Tolerance: number(node.Get("tolerance")), Similarity: DefaultSimilarity}
		if node := node.Get("similarity"); node != nil {
			c.Fields.Similarity = number(node)
		}
		for _, key := range node.Get("keys").Scalars() {
			c.Fields.Keys = append(c.Fields.Keys, key.Value)
		}
	}
	if node := n.Get("similarity"); node != nil {
		c.Similarity = &Similarity{Min: number(node.Get("min"))}
	}
	err := c.readChecks(n.Get("checks"))
	return errors.Join(err, c.readThresholds(n.Get("thresholds")))
}

// number returns a number; 0 for none.
func number(n *library.Node) float64 {
	if v := float(n); v != nil {
		return *v
	}
	return 0
}

func (c *Contract) readChecks(n *library.Node) error {
	var errs []error
	for _, item := range n.Elements() {
		for _, pair := range item.Pairs {
			check := Check{Name: pair.Key.Value, Want: pair.Value.Text.Value}
			var err error
			switch check.Name {
			case "regex":
				if check.Pattern, err = regexp.Compile(check.Want); err != nil {
					err = mistake(pair.Value.Text, "%q is no regular expression: %v", check.Want, err)
				}
			case "min-words", "max-words":
				var count *int
				if count, err = whole(pair.Value); err == nil {
					check.Want = strconv.Itoa(*count)
				}
			case "max-cost":
				check.Want = strconv.FormatFloat(number(pair.Value), 'f', -1, 64)
			}
			errs = append(errs, err)
			c.Checks = append(c.Checks, check)
		}
	}
	return errors.Join(errs...)
}

// readThresholds reads what is enough. A threshold for a score that the contract
// does not ask for holds nothing, and is a mistake.
func (c *Contract) readThresholds(n *library.Node) error {
	var errs []error
	for _, pair := range n.Members() {
		name, value := pair.Key.Value, number(pair.Value)
		if name == "pass_rate" {
			c.Threshold = value
			continue
		}
		asked := map[string]bool{"schema": c.Schema != nil, "fields": c.Fields != nil, "sections": len(c.Sections) > 0, "checks": len(c.Checks) > 0}
		if !asked[name] {
			errs = append(errs, mistake(pair.Key, "a threshold for %s holds nothing, since the contract declares no %s; declare it, or remove the threshold", name, name))
			continue
		}
		if c.Thresholds == nil {
			c.Thresholds = map[string]float64{}
		}
		c.Thresholds[name] = value
	}
	return errors.Join(errs...)
}
