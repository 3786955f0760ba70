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

func compile(t *testing.T, text string) *schema.Schema {
	t.Helper()
	s, err := schema.Compile("s.json", []byte(text), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestJSONScorer(t *testing.T) {
	full := evals.Score{Scorer: "json", Value: 1, Pass: true}
	bad := func(value float64, message string) evals.Score {
		return evals.Score{Scorer: "json", Value: value, Reasons: []evals.Reason{{Message: message, Pos: place}}}
	}
	const around, truncated = "the reply has text around its JSON", "the reply was truncated: it ended at the limit of tokens"
	tests := []struct {
		name   string
		reply  string
		finish string
		want   evals.Score
	}{
		{"strict", `{"a": 1}`, "stop", full},
		{"strict scalar", `7`, "stop", full},
		{"fenced", "Here:\n```json\n{}\n```\n", "stop", full},
		{"embedded", `Here: {"a": 1}`, "stop", bad(0.5, around)},
		{"after thinking", "<think>\nwell\n</think>\n{}", "stop", full},
		{"none", "", "stop", bad(0, "the reply holds no JSON: the text ends before the value does")},
		{"truncated", `{"a": {"b": 1}, "c": `, "length", bad(0, truncated)},
		{"truncated to nothing", ``, "length", bad(0, truncated)},
		{"truncated in the prose after it", `Here: {"a": 1}. That is beca`, "length", bad(0, truncated)},
		{"truncated in thinking", "<think>\n```json\n{\"a\": 1}\n```\nso", "length", bad(0, truncated)},
		{"whole in spite of the limit", `{"a": 1}`, "length", full},
		{"fenced in spite of the limit", "```json\n{\"a\": 1}\n```\nThat is beca", "length", full},
		{"other ends", `{"a": 1}`, "content_filter", full},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := scoreOf(t, &evals.Contract{Schema: compile(t, `{}`)}, evals.Reply{Text: test.reply, FinishReason: test.finish}, "json")
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Errorf("got - want +:\n%s", diff)
			}
		})
	}
}
