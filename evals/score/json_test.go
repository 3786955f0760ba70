package score

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/evals"
	"promptlib/library"
	"promptlib/schema"
)

// place is where the example of the cases in these tests stands.
var place = library.Pos{Path: "x.md", Line: 7, Column: 3, Offset: 99}

// scoreOf scores a reply by one scorer, for an example at place.
func scoreOf(t *testing.T, contract *evals.Contract, reply evals.Reply, name string) evals.Score {
	t.Helper()
	return byName(t, &evals.Case{Contract: contract, At: library.Text{Pos: place}}, reply, name)
}

func compile(t testing.TB, text string) *schema.Schema {
	t.Helper()
	s, err := schema.Compile("s.json", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestJSONScorer(t *testing.T) {
	const around, truncated = "the reply has text around its JSON", "the reply was truncated: it ended at the limit of tokens"
	const repaired = "the reply holds JSON only once it is repaired: "
	tests := []struct {
		name   string
		reply  string
		finish string
		how    string
		value  float64
		why    string
	}{
		{"strict", `{"a": 1}`, "stop", "strict", 1, ""},
		{"strict scalar", `7`, "stop", "strict", 1, ""},
		{"fenced", "Here:\n```json\n{}\n```\n", "stop", "fenced", 1, ""},
		{"embedded", `Here: {"a": 1}`, "stop", "embedded", 0.5, around},
		{"after thinking", "<think>\nwell\n</think>\n{}", "stop", "strict", 1, ""},
		{"none", "", "stop", "none", 0, "the reply holds no JSON: the text ends before the value does"},
		{"trailing comma", `{"a": 1,}`, "stop", "repaired", 0.25, repaired + "trailing comma before \"}\""},
		{"trailing comma in a code block", "```json\n[{\"a\": 1},]\n```", "stop", "repaired", 0.25, repaired + "in the code block: trailing comma before \"]\""},
		{"broken off without a reason", `{"a": {"b": 1}, "c": [1, 2`, "stop", "repaired", 0.25, repaired + "the text ends before the value does"},
		{"truncated", `{"a": {"b": 1}, "c": `, "length", "truncated", 0, truncated},
		{"truncated to nothing", ``, "length", "truncated", 0, truncated},
		{"truncated in the prose after it", `Here: {"a": 1}. That is beca`, "length", "truncated", 0, truncated},
		{"truncated in thinking", "<think>\n```json\n{\"a\": 1}\n```\nso", "length", "truncated", 0, truncated},
		{"whole in spite of the limit", `{"a": 1}`, "length", "strict", 1, ""},
		{"fenced in spite of the limit", "```json\n{\"a\": 1}\n```\nThat is beca", "length", "fenced", 1, ""},
		{"other ends", `{"a": 1}`, "content_filter", "strict", 1, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := scoreOf(t, &evals.Contract{Schema: compile(t, `{}`)}, evals.Reply{Text: test.reply, FinishReason: test.finish}, "json")
			want := evals.Score{Scorer: "json", Value: test.value, Pass: test.value == 1, Parts: []evals.Part{{Name: test.how, Value: test.value}}}
			if test.why != "" {
				want.Reasons = []evals.Reason{{Message: test.why, Pos: place}}
			}
			if diff := cmp.Diff(got, want); diff != "" {
				t.Errorf("got - want +:\n%s", diff)
			}
		})
	}
}

// TestJSONScorerTakesWhatTheContractAllows: what is less strict than that gets
// the value that it has by itself.
func TestJSONScorerTakesWhatTheContractAllows(t *testing.T) {
	replies := []string{`{"a": 1}`, "```json\n{\"a\": 1}\n```", `Here: {"a": 1}`, `{"a": 1,}`, "no"}
	for least, want := range map[evals.Found][]float64{
		"":             {1, 1, 0.5, 0.25, 0},
		evals.Strict:   {1, 0.75, 0.5, 0.25, 0},
		evals.Fenced:   {1, 1, 0.5, 0.25, 0},
		evals.Embedded: {1, 1, 1, 0.25, 0},
		evals.Repaired: {1, 1, 1, 1, 0},
	} {
		for i, reply := range replies {
			got := scoreOf(t, &evals.Contract{JSON: least, Schema: compile(t, `{}`)}, evals.Reply{Text: reply}, "json")
			if got.Value != want[i] || got.Pass != (want[i] == 1) || got.Pass != (len(got.Reasons) == 0) {
				t.Errorf("%q with json: %q: got %+v, want value %v", reply, least, got, want[i])
			}
		}
	}
}

func TestJSONScorerAppliesWithoutASchema(t *testing.T) {
	if got := scoreOf(t, &evals.Contract{JSON: evals.Fenced}, evals.Reply{Text: "no"}, "json"); got.Pass {
		t.Errorf("got %+v, want a failure", got)
	}
}
