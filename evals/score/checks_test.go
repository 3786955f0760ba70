package score

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/evals"
	"promptlib/library"
	"promptlib/schema"
)

func TestChecksScorer(t *testing.T) {
	tests := []struct {
		name    string
		check   evals.Check
		passes  []string
		fails   []string
		because string // for each of fails
	}{
		{"contains", evals.Check{Name: "contains", Want: "p99 <"}, []string{"p99 < 1s", "a p99 <"}, []string{"", "P99 <", "p99  <"}, `the reply does not contain "p99 <"`},
		{"contains several lines", evals.Check{Name: "contains", Want: "a\nb"}, []string{"x a\nb y"}, []string{"a b"}, `the reply does not contain "a\nb"`},
		{"not-contains", evals.Check{Name: "not-contains", Want: "TODO"}, []string{"", "todo"}, []string{"xTODOx"}, `the reply contains "TODO"`},
		{"equals", evals.Check{Name: "equals", Want: " yes\n"}, []string{"yes", "\n yes \n"}, []string{"", "Yes", "yes."}, `the reply is not equal to " yes\n"`},
		{"starts-with", evals.Check{Name: "starts-with", Want: "# "}, []string{"# A", "\n\n # A"}, []string{"", "A # ", "## A"}, `the reply does not start with "# "`},
		{"ends-with", evals.Check{Name: "ends-with", Want: "."}, []string{"Yes.", "Yes.\n\n"}, []string{"", "Yes.)"}, `the reply does not end with "."`},
		{"regex", evals.Check{Name: "regex", Want: `(?m)^\d{4}-\d{2}$`, Pattern: regexp.MustCompile(`(?m)^\d{4}-\d{2}$`)}, []string{"2026-01", "on\n2026-01\n"}, []string{"", "on 2026-01"}, "the reply does not match \"(?m)^\\\\d{4}-\\\\d{2}$\""},
		{"code-block", evals.Check{Name: "code-block", Want: "sql"}, []string{"```sql\nx\n```", "a\n\n~~~SQL title\nx\n~~~\n"},
			[]string{"", "sql", "```\nselect\n```", "```mysql\nx\n```", "```sql\nx"}, `the reply has no code block in "sql"`},
		{"min-words", evals.Check{Name: "min-words", Want: "2"}, []string{"a b", " a\n\tb c "}, []string{"a", " a "}, `the reply has 1 words, fewer than 2`},
		{"max-words", evals.Check{Name: "max-words", Want: "2"}, []string{"", "a b"}, []string{"a b c", "a - c"}, `the reply has 3 words, more than 2`},
		{"max-words of nothing", evals.Check{Name: "max-words", Want: "0"}, []string{"", " \n"}, []string{"a"}, `the reply has 1 words, more than 0`},
		{"a check that is unknown", evals.Check{Name: "rhymes", Want: "x"}, nil, []string{"x"}, `there is no check "rhymes"`},
		{"thinking is no part of the reply", evals.Check{Name: "contains", Want: "yes"}, []string{"<think>no</think>yes"}, []string{"<think>\nyes\n</think>\nno"}, `the reply does not contain "yes"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			contract := &evals.Contract{Checks: []evals.Check{test.check}}
			for _, reply := range test.passes {
				got := scoreOf(t, contract, evals.Reply{Text: reply}, "checks")
				if diff := cmp.Diff(got, evals.Score{Scorer: "checks", Value: 1, Pass: true}); diff != "" {
					t.Errorf("%q, got - want +:\n%s", reply, diff)
				}
			}
			for _, reply := range test.fails {
				got := scoreOf(t, contract, evals.Reply{Text: reply}, "checks")
				if diff := cmp.Diff(got, evals.Score{Scorer: "checks", Reasons: []evals.Reason{{Message: test.because, Pos: place}}}); diff != "" {
					t.Errorf("%q, got - want +:\n%s", reply, diff)
				}
			}
		})
	}
}

func TestChecksOfTimeAndCost(t *testing.T) {
	latency, cost := evals.Check{Name: "max-latency", Want: "1.5s"}, evals.Check{Name: "max-cost", Want: "0.01"}
	tests := []struct {
		name    string
		check   evals.Check
		reply   evals.Reply
		because string
	}{
		{"fast", latency, evals.Reply{Millis: 200}, ""},
		{"as slow as may be", latency, evals.Reply{Millis: 1500}, ""},
		{"slow", latency, evals.Reply{Millis: 1501}, "the reply took 1.501s, more than 1.5s"},
		{"no call was made", latency, evals.Reply{}, ""},
		{"cheap", cost, evals.Reply{Usage: evals.Usage{Cost: 0.002}}, ""},
		{"as dear as may be", cost, evals.Reply{Usage: evals.Usage{Cost: 0.01}}, ""},
		{"dear", cost, evals.Reply{Usage: evals.Usage{Cost: 0.0101}}, "the reply cost $0.0101, more than $0.01"},
		{"cost that is not known", cost, evals.Reply{Unpriced: true}, "what the reply cost is not known; give the price of the model in .promptlib/config.yaml"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := scoreOf(t, &evals.Contract{Checks: []evals.Check{test.check}}, test.reply, "checks")
			because := ""
			if len(got.Reasons) > 0 {
				because = got.Reasons[0].Message
			}
			if because != test.because || got.Pass != (because == "") {
				t.Errorf("got %+v, want reason %q", got, test.because)
			}
		})
	}
}

func TestChecksScorerCountsTheShareThatPasses(t *testing.T) {
	contract := &evals.Contract{Checks: []evals.Check{{Name: "contains", Want: "a"}, {Name: "contains", Want: "b"}, {Name: "contains", Want: "c"}, {Name: "max-words", Want: "3"}}}
	for reply, want := range map[string]float64{"a b c": 1, "a b": 0.75, "a": 0.5, "x": 0.25, "x x x x": 0} {
		got := scoreOf(t, contract, evals.Reply{Text: reply}, "checks")
		if got.Value != want || got.Pass != (want == 1) || len(got.Reasons) != int(4-4*want) {
			t.Errorf("%q: got %+v, want value %v", reply, got, want)
		}
	}
}

// TestChecksAreThoseOfTheContractSchema keeps the scorer and the schema of
// contracts from drifting apart.
func TestChecksAreThoseOfTheContractSchema(t *testing.T) {
	text, err := schema.Source("contract")
	if err != nil {
		t.Fatal(err)
	}
	value, syntax := schema.DecodeJSON(string(text))
	if syntax != nil {
		t.Fatal(syntax)
	}
	for _, name := range []string{"properties", "checks", "items", "properties"} {
		value = value.(map[string]any)[name]
	}
	for name := range value.(map[string]any) {
		if got := check(evals.Check{Name: name, Want: "1"}, &Input{Answer: "x"}); strings.HasPrefix(got, "there is no check") {
			t.Errorf("the check %s of the contract schema is unknown to the scorer", name)
		}
	}
}

// TestAnExampleThatThinksAloudIsScoredWithItsThoughts leaves to a prompt what
// it asks for.
func TestAnExampleThatThinksAloudIsScoredWithItsThoughts(t *testing.T) {
	c := &evals.Case{
		Contract: &evals.Contract{Checks: []evals.Check{{Name: "starts-with", Want: "<think>"}}},
		Expected: library.Text{Value: "<think>\nstep\n</think>\nyes"},
	}
	if s := All(c, c.Contract, evals.Reply{Text: "<think>\nanother\n</think>\nno"})[0]; !s.Pass {
		t.Errorf("got %+v, want a pass", s)
	}
}
