package report

import (
	"runtime"
	"strings"
	"testing"

	"promptlib/evals"
	"promptlib/library"
)

func TestDiff(t *testing.T) {
	for _, tt := range []struct{ name, expected, reply, want string }{
		{"nothing expected", "", "a", ""},
		{"equal", "a", "a\n", ""},
		{"text", "a\nb", "a\nc", "--- expected\n+++ reply\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"},
		{"JSON by content", `{"a": 1, "b": 2}`, "{\"b\":2,\n\"a\":1}", ""},
		{"JSON in a code block", `{"a": 1}`, "```json\n{\"a\": 2}\n```", "--- expected\n+++ reply\n@@ -1,3 +1,3 @@\n {\n-  \"a\": 1\n+  \"a\": 2\n }\n"},
		{"JSON expected, text answered", `{"a": 1}`, "no", "--- expected\n+++ reply\n@@ -1 +1 @@\n-{\"a\": 1}\n+no\n"},
		{"too large", "a", strings.Repeat("b", maxDiff), ""},
		{"long line", "a", strings.Repeat("ü", 500), "--- expected\n+++ reply\n@@ -1 +1 @@\n-a\n+" + strings.Repeat("ü", 99) + "…\n"},
		{"many lines", "a", strings.Repeat("b\n", 20), "--- expected\n+++ reply\n@@ -1 +1,20 @@\n-a\n" + strings.Repeat("+b\n", 12) + "… and 8 more lines\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := diff(tt.expected, tt.reply); got != tt.want {
				t.Errorf("got %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestDiffOfDeepRepliesIsBounded: laid out with indentation, a reply of 20 kB
// that is nested as deep as it can be would take gigabytes.
func TestDiffOfDeepRepliesIsBounded(t *testing.T) {
	deep := strings.Repeat("[", 9999) + strings.Repeat("]", 9999)
	wide := "[" + strings.Repeat(strings.Repeat("[", 300)+strings.Repeat("]", 300)+",", 100) + "1]"
	for _, reply := range []string{deep, wide} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got := diff(`{"a": 1}`, reply)
		runtime.ReadMemStats(&after)
		if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 50 {
			t.Errorf("%d MiB were allocated for a reply of %d bytes", used, len(reply))
		}
		if len(got) > 16*300 || !strings.HasPrefix(got, "--- expected") {
			t.Errorf("got %.200s", got)
		}
	}
}

func TestEvalMakesDifferencesOnlyWhereTheyAreShown(t *testing.T) {
	failed := evals.Result{
		Case:   &evals.Case{Prompt: "a.md", Example: 1, Contract: &evals.Contract{}, Expected: library.Text{Value: "a"}},
		Status: evals.Failed, Reply: evals.Reply{Text: "b"},
	}
	for _, format := range EvalFormats {
		e := Eval{Diffs: format.Diffs}
		for range maxDiffs + 5 {
			e.Add(failed)
		}
		made := 0
		for _, c := range e.Cases {
			if c.Diff != "" {
				made++
			}
		}
		if made != format.Diffs {
			t.Errorf("%s: %d differences were made, want %d", format.Name, made, format.Diffs)
		}
		var out strings.Builder
		if err := format.Write(&out, e, false); err != nil {
			t.Fatal(err)
		}
		if said := strings.Contains(out.String(), "… the replies of 5 more failed cases are in the run\n"); said != (format.Name == "text") {
			t.Errorf("%s: the report is\n%.300s", format.Name, out.String())
		}
	}
}

func TestFailedScoresSayWhyOnce(t *testing.T) {
	c := EvalCase{Example: 2, Model: "m", Scores: []evals.Score{
		{Scorer: "json", Reasons: []evals.Reason{{Message: "no JSON"}}},
		{Scorer: "schema", Follows: true, Reasons: []evals.Reason{{Message: "nothing to hold"}}},
		{Scorer: "checks", Value: 1, Pass: true},
	}}
	list := c.Diagnostics()
	if len(list) != 1 || list[0].Message != "example 2 with m does not pass json (0): no JSON" {
		t.Errorf("got %v, want that of json alone", list)
	}
}

func TestFractionOfAFailedScoreIsNeverFull(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 0.5: "0.5", 2.0 / 3: "0.667", 0.9949: "0.995", 0.9994: "0.999", 0.9996: "0.999", 1 - 1e-12: "0.999", 1: "1"} {
		if got := fraction(v); got != want {
			t.Errorf("%v: got %s, want %s", v, got, want)
		}
	}
}

// TestEvalJSONIsLaidOutAsOneValue: it is written piece by piece.
func TestEvalJSONIsLaidOutAsOneValue(t *testing.T) {
	cases := []EvalCase{
		{Prompt: "a <b>.md", Example: 1, Model: "m\u202e", Status: evals.Passed, Scores: []evals.Score{{Scorer: "json", Value: 1, Pass: true}}},
		{Prompt: "b.md", Example: 2, Status: evals.Errored, Err: &evals.Error{Class: evals.Timeout, Message: "slow"}},
	}
	for n := range len(cases) + 1 {
		var got, want strings.Builder
		e := Eval{Run: "r&.jsonl", Cases: cases[:n], Summary: evals.Summary{Passed: 1}}
		if err := writeEvalJSON(&got, e, false); err != nil {
			t.Fatal(err)
		}
		list := make([]evalCaseJSON, n)
		for i, c := range e.Cases {
			list[i] = newEvalCaseJSON(c)
		}
		err := WriteJSON(&want, struct {
			Version int             `json:"version"`
			Run     string          `json:"run"`
			Cases   []evalCaseJSON  `json:"cases"`
			Summary evalSummaryJSON `json:"summary"`
		}{1, e.Run, list, evalSummaryJSON{Passed: 1}}, "  ")
		if err != nil {
			t.Fatal(err)
		}
		if got.String() != want.String() {
			t.Errorf("%d cases: got %s\nwant %s", n, got.String(), want.String())
		}
	}
}
