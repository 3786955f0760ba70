package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"promptlib/library"
)

// CasesName is the name of the tests of a policy in the settings folder of a
// library.
const CasesName = "policy_test.yaml"

// A Case is a test of a policy: what a file declares, and which approvals the
// policy is to ask for.
type Case struct {
	Name library.Text
	Path string // of the file in the library
	Want Need   // without reasons

	facts  []library.Pair
	need   library.Text   // where Want stands
	roles  []library.Text // of Want, as written
	people library.Text   // the number of people of Want; zero where it is left out
}

// A Difference is what a policy asks for and a [Case] does not, or the reverse.
type Difference struct {
	At      library.Text
	Message string
}

// ReadCases reads the tests of a policy from memory. Name is what messages call
// the file. The error joins one line for each mistake in it.
func (p *Policy) ReadCases(name string, text []byte) ([]Case, error) {
	root, err := library.ReadSettings(name, text, "policy-test")
	if err != nil {
		return nil, err
	}
	r := caseReader{reader: reader{policy: p}}
	common := root.Get("facts").Members()
	r.facts(common)
	var list []Case
	for _, n := range root.Get("cases").Elements() {
		c := r.read(n, common)
		if slices.ContainsFunc(list, func(before Case) bool { return before.Name.Value == c.Name.Value }) {
			r.fail(c.Name, "case %q stands here twice; give each its own name", c.Name.Value)
		}
		list = append(list, c)
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return list, nil
}

// A caseReader checks of cases what the schema cannot: that facts are such as a
// file may declare. A test with a misspelt value would pass for the wrong reason.
type caseReader struct{ reader }

func (r *caseReader) read(n *library.Node, common []library.Pair) Case {
	own := n.Get("facts").Members()
	r.facts(own)
	c := Case{Name: n.Get("name").Text, Path: n.Get("path").Text.Value, need: n.Get("need").Text, facts: slices.Clone(own)}
	for _, pair := range common {
		key := r.policy.CanonicalKey(pair.Key.Value)
		if !slices.ContainsFunc(own, func(q library.Pair) bool { return r.policy.CanonicalKey(q.Key.Value) == key }) {
			c.facts = append(c.facts, pair)
		}
	}
	for _, pair := range n.Get("need").Get("roles").Members() {
		r.role(pair.Key)
		c.roles = append(c.roles, pair.Key)
		c.Want.Roles = append(c.Want.Roles, Demand{Role: pair.Key.Value, Count: count(pair.Value)})
	}
	c.Want.tidy()
	if people := n.Get("need").Get("people"); people != nil {
		if count(people) < c.Want.People {
			r.fail(people.Text, "the roles alone need %d people, so in all there cannot be %s", c.Want.People, people.Text.Value)
		}
		c.people, c.Want.People = people.Text, count(people)
	}
	return c
}

func (r *caseReader) facts(pairs []library.Pair) {
	for _, pair := range pairs {
		field, ok := FieldOf(r.policy.CanonicalKey(pair.Key.Value))
		if !ok {
			hint := "; facts are governance keys"
			var known []string
			for _, f := range Fields {
				known = append(known, f.Key)
			}
			if near := library.Nearest(pair.Key.Value, slices.Values(known)); near != "" {
				hint = "; did you mean " + strconv.Quote(near) + "?"
			}
			r.fail(pair.Key, "%q is no governance key%s", pair.Key.Value, hint)
			continue
		}
		r.fact(field, pair)
	}
}

// fact checks a value. Words are those of the vocabulary, in any spelling.
func (r *caseReader) fact(field Field, pair library.Pair) {
	switch field.Type {
	case Level, Status:
		if pair.Value.Scalar().Value == "" {
			r.fail(pair.Key, "%s takes one word; expected %s", pair.Key.Value, strings.Join(r.policy.Vocabulary[field.Key].Words, ", "))
			return
		}
	case Set:
		if pair.Value.Type == library.Map {
			r.fail(pair.Key, "%s takes a list", pair.Key.Value)
		}
	default:
		if _, ok := r.policy.read(field, pair.Value); !ok {
			r.fail(pair.Key, "%s has a value that says nothing", pair.Key.Value)
		}
		return
	}
	for _, word := range pair.Value.Scalars() {
		_, match := r.policy.Canonical(field.Key, word.Value)
		if match == Unknown && (field.Key != "approval_roles" || r.policy.Vocabulary[field.Key].Declared) {
			r.word(field.Key, word)
		}
	}
}

// Governance returns what a policy makes of the file of a case, which need not
// exist.
func (p *Policy) Governance(c Case) *Governance {
	prompt := &library.Prompt{Path: c.Path}
	prompt.Front.Sound = true
	prompt.Front.Root = &library.Node{Type: library.Map, Pairs: c.facts}
	g := p.Effective(prompt, ".")
	g.Governed = p.GovernsFile(c.Path)
	return g
}

// Try holds a case against the policy. Where it asks for what the case says there
// is no difference.
func (p *Policy) Try(c Case) []Difference {
	g := p.Governance(c)
	got := p.Need(g)
	var list []Difference
	differ := func(at library.Text, format string, args ...any) {
		list = append(list, Difference{at, fmt.Sprintf("case %q: ", c.Name.Value) + fmt.Sprintf(format, args...)})
	}
	if !g.Governed && c.Want.People > 0 {
		differ(c.need, "the policy is not about %s, so that nothing is needed; see prompts in %s", c.Path, FileName)
		return list
	}
	for _, d := range got.Roles {
		if want := c.Want.count(d.Role); want != d.Count {
			differ(c.atRole(d.Role), "%s must approve as %q, by %s; expected %s", persons(d.Count), d.Role, strings.Join(d.Reasons, " and "), persons(want))
		}
	}
	for _, d := range c.Want.Roles {
		if got.count(d.Role) == 0 {
			differ(c.atRole(d.Role), "nobody must approve as %q; expected %s", d.Role, persons(d.Count))
		}
	}
	if got.People != c.Want.People && (list == nil || got.Reasons != nil || !c.people.IsZero()) {
		at, by := c.need, ""
		if !c.people.IsZero() {
			at = c.people
		}
		if got.Reasons != nil {
			by = ", by " + strings.Join(got.Reasons, " and ")
		}
		differ(at, "in all %s must approve%s; expected %s", persons(got.People), by, persons(c.Want.People))
	}
	return list
}

// atRole is the place of a role in what is wanted.
func (c Case) atRole(role string) library.Text {
	for _, t := range c.roles {
		if t.Value == role {
			return t
		}
	}
	return c.need
}

func persons(n int) string {
	switch n {
	case 0:
		return "nobody"
	case 1:
		return "1 person"
	}
	return strconv.Itoa(n) + " people"
}
