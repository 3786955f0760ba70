package evals

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"

	"promptlib/library"
	"promptlib/schema"
)

// An Extra is a case that is no example of the prompt: one that its contract
// lists, or a row of a dataset.
type Extra struct {
	Name     string       // of the case in the prompt, as in "case refund-late" or "orders.csv:3"
	At       library.Text // its name, or the row
	Input    library.Text // the user message of a prompt that takes one; zero for none
	Values   []Value      // of variables, in the order in which they are given
	Expected library.Text // zero for none
	IsJSON   bool         // the expected output was written as a value, and its text is JSON
	Checks   []Check      // its own, beside those of the prompt
}

// A Value is what a variable has in an extra case.
type Value struct {
	Name library.Text
	Text string          // as it is put into the prompt
	JSON json.RawMessage // as a member of the input of a prompt that takes one
}

// All yields every case of a prompt: those of its examples, as [Cases] returns
// them, then the cases that its contract lists, then the rows of its datasets,
// which are read as they are asked for. A prompt that cannot be run has one case,
// which says why.
func All(p *library.Prompt, contract *Contract, shots FewShot) iter.Seq[*Case] {
	return func(yield func(*Case) bool) {
		more := contract != nil && len(contract.Extra)+len(contract.Datasets) > 0 && !p.Template.IsZero()
		if len(p.Examples) > 0 || !more {
			for _, c := range Cases(p, contract, shots) {
				if !yield(c) {
					return
				}
			}
		}
		if !more {
			return
		}
		words := newColumns(p)
		for i := range contract.Extra {
			if !yield(extraCase(p, contract, &contract.Extra[i], shots, words)) {
				return
			}
		}
		for i := range contract.Datasets {
			for e, m := range contract.Datasets[i].rows(words) {
				c := (*Case)(nil)
				if m != nil {
					c = Broken(p.Path, m) // the file was changed since it was checked
				} else {
					c = extraCase(p, contract, e, shots, words)
				}
				if !yield(c) {
					return
				}
			}
		}
	}
}

// extraCase makes a case of one that is no example.
func extraCase(p *library.Prompt, contract *Contract, e *Extra, shots FewShot, words columns) *Case {
	c := &Case{Prompt: p.Path, Name: e.Name, Repeat: 1, At: e.At, Expected: e.Expected, Contract: contract}
	if len(e.Checks) > 0 {
		own := *contract
		own.Checks = slices.Concat(contract.Checks, e.Checks)
		c.Contract = &own
	}
	c.wanted = sync.OnceValue(func() *Contract {
		kind := library.JSON
		if !e.IsJSON {
			kind = library.KindOf(e.Expected.Value)
		}
		return Derive(library.Example{Output: e.Expected, Kind: kind})
	})
	input, values := e.Input.Value, map[string]string{}
	if p.Template.Input {
		if strings.HasPrefix(strings.TrimSpace(input), "{") {
			members, _, _ := schema.ScanObject(input)
			for _, m := range members {
				values[m.Name] = m.Value
			}
		}
		if e.Input.IsZero() && len(e.Values) > 0 {
			input = Object(e.Values)
		}
	}
	for _, v := range e.Values {
		values[v.Name.Value] = v.Text
	}
	var unbound []library.Text
	c.Request, unbound = Render(p, input, values)
	c.Request.askFor(contract)
	c.Problems = extraProblems(p, e, unbound, words)
	if shots == OtherExamples {
		c.Request.Messages = withShots(p, e.Input.Value, e.Expected.Value, c.Request.Messages)
	}
	return c
}

// Object returns the values of variables as a JSON object, with its members in
// the order of their names: the input of a prompt that takes one.
func Object(values []Value) string {
	members := make(map[string]json.RawMessage, len(values))
	for _, v := range values {
		members[v.Name.Value] = v.JSON
	}
	return string(marshal(members))
}

// NewValue returns the value of a variable that is given as text: as JSON a
// number, boolean, object or array as it stands, any other a string.
func NewValue(name library.Text, text string) Value {
	v := Value{Name: name, Text: text, JSON: json.RawMessage(text)}
	if !json.Valid(v.JSON) {
		v.JSON = marshal(text)
	}
	return v
}

// marshal writes a value that can be written as JSON on one line.
func marshal(value any) []byte {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		panic(err) // strings and sound JSON only
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n"))
}

// extraProblems says where an extra case does not fill in its prompt.
func extraProblems(p *library.Prompt, e *Extra, unbound []library.Text, words columns) []*library.Diagnostic {
	var list []*library.Diagnostic
	report := func(at library.Text, format string, args ...any) {
		list = append(list, inputProblem(at, format, args...))
	}
	switch {
	case p.Template.Input && e.Input.IsZero() && len(e.Values) == 0:
		report(e.At, "%s has no input", e.Name)
		return list
	case !p.Template.Input && !e.Input.IsZero():
		report(e.Input, "the prompt takes no input, only values of its variables")
	}
	for _, t := range unbound {
		report(t, "variable %q has no value in %s", t.Value, e.Name)
		d := list[len(list)-1]
		d.Related = append(d.Related, library.Related{Pos: e.At.Pos, End: e.At.End, Message: "the case"})
	}
	for _, v := range e.Values {
		if !words.variables[v.Name.Value] {
			report(v.Name, "the prompt has no variable %q to take this value%s", v.Name.Value, words.hint(v.Name.Value))
		}
	}
	return list
}

// readCases reads what a contract that fulfils its schema says of cases beside
// the examples.
func (c *Contract) readCases(n *library.Node, p *library.Prompt, root string) error {
	var errs []error
	fail := func(m *Mistake) {
		if m != nil {
			errs = append(errs, m)
		}
	}
	if repeat, err := whole(n.Get("repeat")); err != nil {
		errs = append(errs, err)
	} else if repeat != nil {
		c.Repeat = *repeat
	}
	taken := map[string]library.Text{}
	for _, item := range n.Get("cases").Elements() {
		e := Extra{At: item.Get("name").Scalar()}
		e.Name = "case " + e.At.Value
		if first, twice := taken[e.At.Value]; twice {
			fail(mistake(e.At, "case name %q is taken by the case on line %d; names are unique", e.At.Value, first.Pos.Line))
		}
		taken[e.At.Value] = e.At
		e.Input, _ = valueOf(item.Get("input"))
		e.Expected, e.IsJSON = valueOf(item.Get("expected"))
		for _, pair := range item.Get("variables").Members() {
			e.Values = append(e.Values, nodeValue(pair))
		}
		if checks := item.Get("checks"); checks != nil {
			own, err := newContract(&library.Node{Type: library.Map, Pairs: []library.Pair{{Key: library.Text{Value: "checks"}, Value: checks}}}, p.Path, root)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			e.Checks = own.Checks
		}
		c.Extra = append(c.Extra, e)
	}
	for _, path := range datasetPaths(n.Get("dataset")) {
		d, m := newDataset(path, p.Path, root)
		fail(m)
		c.Datasets = append(c.Datasets, d)
	}
	return errors.Join(errs...)
}

// datasetPaths lists the paths under the key dataset: one or a list.
func datasetPaths(n *library.Node) []library.Text {
	if n == nil {
		return nil
	}
	return n.Scalars()
}

// valueOf returns a value that is text or JSON, as text: of what is no string the
// JSON, on one line.
func valueOf(n *library.Node) (t library.Text, isJSON bool) {
	switch {
	case n == nil || n.Type == library.Null:
		return library.Text{}, false
	case n.Type == library.String:
		return n.Text, false
	}
	t = n.Text
	t.Value = string(marshal(n.JSON()))
	return t, true
}

// nodeValue is the value of a variable in YAML. One that is no collection is put
// into the prompt as it is written.
func nodeValue(pair library.Pair) Value {
	t, isJSON := valueOf(pair.Value)
	v := Value{Name: pair.Key, Text: t.Value, JSON: marshal(pair.Value.JSON())}
	if isJSON && pair.Value.Type != library.Map && pair.Value.Type != library.List {
		v.Text = pair.Value.Text.Value
	}
	return v
}

// columns are what a dataset of a prompt may name.
type columns struct {
	variables map[string]bool
	input     bool // the prompt takes one
}

// newColumns returns the columns for a prompt. The variables of one that takes an
// input are the members that it may have: those that are used, documented or in
// the input of an example.
func newColumns(p *library.Prompt) columns {
	c := columns{variables: map[string]bool{}, input: p.Template.Input}
	for part := range p.Template.Variables() {
		c.variables[part.Variable.Value] = true
	}
	if !c.input {
		return c
	}
	for _, v := range p.Variables {
		c.variables[v.Name] = true
	}
	for _, e := range p.Examples {
		for _, b := range e.Bindings {
			c.variables[b.Name.Value] = true
		}
	}
	return c
}

// names lists what a column may be called.
func (c columns) names() []string {
	names := []string{"name", "expected"}
	if c.input {
		names = append(names, "input")
	}
	var variables []string
	for v := range c.variables {
		variables = append(variables, v)
	}
	slices.Sort(variables)
	return append(names, variables...)
}

// hint ends a message about a name that is not known.
func (c columns) hint(name string) string {
	if near := library.Nearest(name, slices.Values(c.names())); near != "" {
		return "; did you mean " + strconv.Quote(near) + "?"
	}
	return ""
}
