package evals

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/library"
)

// extras writes a library with a prompt and lists its cases.
func extras(t *testing.T, source string, shots FewShot) []*Case {
	t.Helper()
	contract, err := readContract(t, map[string]string{"lib/p/x.md": source})
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(All(library.Parse("lib/p/x.md", source), contract, shots))
}

func TestCasesOfTheContract(t *testing.T) {
	for _, test := range []struct {
		name, source string
		want         []string
	}{
		{"values of variables, as they are written", promptB("eval:\n  cases:\n    - name: one\n      variables: {topic: 1.50, facts: '[topic]'}\n      expected: {a: 1}\n"), []string{
			`case one at 5:13 sends "Write on 1.50 from [topic]." expects "{\"a\":1}"`,
		}},
		{"a variable left out, and one too many", promptB("eval:\n  cases: [{name: one, variables: {topics: a, facts: null}}]\n"), []string{
			`case one at 4:18 sends "Write on [topic] from ."; variable "topic" has no value in case one; the prompt has no variable "topics" to take this value; did you mean "topic"?`,
		}},
		{"an input where none is taken", promptB("eval:\n  cases: [{name: one, input: x, variables: {topic: a, facts: b}}]\n"), []string{
			`case one at 4:18 sends "Write on a from b."; the prompt takes no input, only values of its variables`,
		}},
		{"input as text and as a value", promptA("eval:\n  cases:\n    - {name: one, input: 'hi', variables: {tone: calm}}\n    - {name: two, input: {tone: calm, text: <b>}}\n    - {name: three, input: ''  , variables: {tone: a}}\n"), []string{
			`case one at 5:14 sends "hi"`, `case two at 6:14 sends "{\"text\":\"<b>\",\"tone\":\"calm\"}"`, `case three at 7:14 sends ""`,
		}},
		{"variables as the input", promptA("eval:\n  cases: [{name: one, variables: {tone: calm, text: '1', }}]\n"), []string{
			`case one at 4:18 sends "{\"text\":\"1\",\"tone\":\"calm\"}"`,
		}},
		{"no input at all", promptA("eval:\n  cases: [{name: one}]\n"), []string{`case one at 4:18 sends ""; case one has no input`}},
		{"beside examples", contractFile("eval:\n  cases: [{name: one, input: y}]\n"), []string{
			`example 1 at 11:9 sends "x" expects "{\"a\": 1}"`, `case one at 4:18 sends "y"`,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, c := range extras(t, test.source, NoExamples) {
				got = append(got, line(c))
			}
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Errorf("cases, got - want +:\n%s", diff)
			}
		})
	}
}

func TestCaseHasItsOwnChecks(t *testing.T) {
	cases := extras(t, contractFile("eval:\n  checks: [{contains: a}]\n  parameters: {temperature: 0}\n  cases:\n    - {name: one, input: x}\n    - {name: two, input: x, checks: [{max-words: 3}]}\n"), NoExamples)
	want := []string{"contains a"}
	for i, c := range cases {
		if i == 2 {
			want = append(want, "max-words 3")
		}
		var got []string
		for _, check := range c.Wanted().Checks {
			got = append(got, check.Name+" "+check.Want)
		}
		if diff := cmp.Diff(got, want); diff != "" || c.Request.Parameters.Temperature == nil {
			t.Errorf("%s: checks, got - want +:\n%s", c.Name, diff)
		}
	}
}

// TestExpectedOfCaseIsDerivedFrom: as that of an example is.
func TestExpectedOfCaseIsDerivedFrom(t *testing.T) {
	cases := extras(t, contractFile("eval:\n  cases:\n    - {name: value, input: x, expected: 7}\n    - {name: json, input: x, expected: '{\"a\": 1}'}\n"+
		"    - {name: sections, input: x, expected: \"# A\\n\\nb\"}\n    - {name: prose, input: x, expected: yes}\n    - {name: none, input: x}\n"), NoExamples)[1:]
	var got []string
	for _, c := range cases {
		w := c.Wanted()
		kind := "nothing"
		switch {
		case w.Schema != nil:
			kind = "schema"
		case len(w.Sections) > 0:
			kind = "sections"
		}
		got = append(got, strings.TrimPrefix(c.Name, "case ")+": "+kind)
	}
	if diff := cmp.Diff(got, []string{"value: schema", "json: schema", "sections: sections", "prose: nothing", "none: nothing"}); diff != "" {
		t.Errorf("derived, got - want +:\n%s", diff)
	}
}

// TestCaseIsNotAnsweredByAnExample: few-shot sends no example with the input or
// output of the case.
func TestCaseIsNotAnsweredByAnExample(t *testing.T) {
	source := contractFile("eval:\n  cases:\n    - {name: same, input: x}\n    - {name: answer, input: z, expected: '{\"a\": 1}'}\n    - {name: other, input: z}\n")
	want := map[string]int{"example 1": 2, "case same": 2, "case answer": 2, "case other": 4}
	for _, c := range extras(t, source, OtherExamples) {
		if got := len(c.Request.Messages); got != want[c.Name] {
			t.Errorf("%s sends %d messages, want %d", c.Name, got, want[c.Name])
		}
	}
}

func TestMistakesInCases(t *testing.T) {
	for _, test := range []struct{ name, eval, want string }{
		{"name missing", "cases: [{input: x}]", `x.md:3:16: eval: key "cases.name" is missing`},
		{"unknown key", "cases: [{name: a, var: b}]", `x.md:3:26: eval: key "cases.var" is not known here`},
		{"unknown check", "cases: [{name: a, checks: [{contain: b}]}]", `x.md:3:36: eval: key "cases.checks.contain" is not known here; did you mean "contains"?`},
		{"count too large", "cases: [{name: a, checks: [{max-words: 1e300}]}]", `x.md:3:47: eval: 1e300 is too large a number`},
		{"no repeat", "repeat: 0", `x.md:3:16: eval: key "repeat": expected at least 1, not "0"`},
		{"too often", "repeat: 1001", `x.md:3:16: eval: key "repeat": expected at most 1000, not "1001"`},
		{"name twice", "cases: [{name: a}, {name: b}, {name: a}]", `x.md:3:45: eval: case name "a" is taken by the case on line 3; names are unique`},
		{"key twice in a value", "cases: [{name: a, expected: {b: 1, b: 2}}]", `x.md:3:43: eval: key "b" stands here twice; keep one`},
		{"no dataset", "dataset: []", `x.md:3:`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := readContract(t, map[string]string{"lib/p/x.md": contractFile("eval: {" + test.eval + "}\n")})
			if err == nil || !strings.HasPrefix(err.Error(), "lib/p/"+test.want) {
				t.Errorf("got error %v\nwant lib/p/%s", err, test.want)
			}
		})
	}
}

func TestRepeatedAsTheContractSays(t *testing.T) {
	for _, test := range []struct{ contract, asked, want int }{{0, 0, 1}, {3, 0, 3}, {3, 1, 1}, {0, 2, 2}} {
		c := &Case{Name: "a", Contract: &Contract{Repeat: test.contract}}
		n := 0
		for again := range Repeated(slices.Values([]*Case{c}), test.asked) {
			if n++; again.Repeat != n {
				t.Errorf("repeat %d is numbered %d", n, again.Repeat)
			}
		}
		if n != test.want {
			t.Errorf("contract %d, asked %d: got %d repeats, want %d", test.contract, test.asked, n, test.want)
		}
	}
}

// TestProposalsHoldForTheirExamples: what is inferred from the prompts that are
// shipped, and from the fixtures, accepts every one of their examples.
func TestProposalsHoldForTheirExamples(t *testing.T) {
	shipped, err := filepath.Glob(filepath.Join("..", "prompts", "*", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join("..", "testdata", "evals", "*", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	schemas, sections := 0, 0
	for _, name := range append(shipped, files...) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		p := library.Parse(name, string(text))
		proposal, err := Propose(p)
		if err != nil {
			continue
		}
		if proposal.Schema != nil {
			schemas++
		} else {
			sections++
		}
		for _, e := range p.Examples {
			if e.Kind != library.NoOutput && !fulfils(t, proposal, e) {
				t.Errorf("%s: example %d breaks what was inferred from it: %v", name, e.Number, proposal)
			}
		}
	}
	if schemas < 3 || sections < 3 {
		t.Errorf("only %d schemas and %d lists of sections were inferred", schemas, sections)
	}
}
