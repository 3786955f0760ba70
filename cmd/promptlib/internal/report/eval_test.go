package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"promptlib/evals"
	"promptlib/library"
	"promptlib/schema"
)

// A journalled case of a test: what was sent and what became of it.
type journalled struct {
	outcome evals.Outcome
	sent    []evals.Message
	reply   *evals.Reply
	cached  bool
}

const (
	hostileReply = "</script><script>document.title='owned'</script><!-- <img src=x onerror=\"document.title='owned'\">\n" +
		"[a](javascript:document.title='owned') {{x}} ${x} `x` \u2028\u2029\u202egnp.exe\u2066 \x1b[31m\x00 é日🙂\n=1+1"
	runPath = "lib/.promptlib/local/runs/20260102T150405Z-01.jsonl"
)

// recordRun writes a journal and opens it. The lines come in another order than
// the cases, as calls end.
func recordRun(t testing.TB, header evals.Header, cases []journalled, complete bool) *Eval {
	t.Helper()
	header.Started = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	header.Plan = strings.Repeat("0123456789abcdef", 4)
	header.Cases = max(header.Cases, len(cases))
	header.Options.FewShot = evals.NoExamples
	header.Options.Repeat = max(1, header.Options.Repeat)
	j, err := evals.NewJournal(t.TempDir(), header, false)
	if err != nil {
		t.Fatal(err)
	}
	for i := range cases {
		if i%2 == 0 && i+1 < len(cases) {
			i++
		} else if i%2 == 1 {
			i--
		}
		c := cases[i]
		c.outcome.Case = i + 1
		var lines []evals.Line
		if c.sent != nil {
			request := evals.Request{Messages: c.sent}
			c.outcome.Identity = request.Identity("chat-completions", c.outcome.Model, c.outcome.Repeat)
			a := &evals.Attempt{
				Identity: c.outcome.Identity, Prompt: c.outcome.Prompt, Name: c.outcome.Name, Example: c.outcome.Example, Repeat: c.outcome.Repeat,
				Model: c.outcome.Model, Class: "chat-completions", Try: c.outcome.Tries, Request: request, Reply: c.reply, Cached: c.cached,
			}
			if c.reply == nil {
				a.Err = c.outcome.Err
			}
			lines = append(lines, evals.Line{Event: "attempt", Attempt: a})
		}
		if c.outcome.Scores == nil {
			c.outcome.Scores = []evals.Score{}
		}
		lines = append(lines, evals.Line{Event: "outcome", Outcome: &c.outcome})
		if err := j.Append(lines...); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(header.Started.Add(time.Minute), complete); err != nil {
		t.Fatal(err)
	}
	run, err := evals.OpenRun(filepath.FromSlash(j.Path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { run.Close() })
	e, err := NewEval(run, func(path string) []byte { return []byte(sources[path]) })
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// recordedCases is a run of two models that has everything a format can meet.
func recordedCases() []journalled {
	place := func(path string, line int) library.Pos { return library.Pos{Path: path, Line: line, Column: 1} }
	sent := func(user string) []evals.Message {
		return []evals.Message{{Role: "system", Content: "You route support tickets."}, {Role: "user", Content: user}}
	}
	reply := func(text string) *evals.Reply {
		return &evals.Reply{Text: text, FinishReason: "stop", Usage: evals.Usage{PromptTokens: 812, CompletionTokens: 41}, Millis: 1234, Structured: evals.StructuredSent}
	}
	expected := "{\"queue\": \"billing\", \"priority\": 2, \"tags\": [\"invoice\"]}"
	pass := func(scorer string, parts ...evals.Part) evals.Score {
		return evals.Score{Scorer: scorer, Value: 1, Pass: true, Reasons: []evals.Reason{}, Parts: parts}
	}
	outcome := func(model, prompt string, example, repeat, line int, status evals.Status) evals.Outcome {
		return evals.Outcome{
			Prompt: prompt, Name: fmt.Sprintf("example %d", example), Example: example, Repeat: repeat, Model: model, Status: status, Contract: "declared",
			Threshold: 1, At: place(prompt, line), End: place(prompt, line), Tries: 1, Cost: 0.00125, Millis: 1234,
		}
	}
	const small, triage, summary = "openai/small", "/repo/prompts/triage.md", "prompts/summary.md"
	flaky := outcome(small, triage, 1, 1, 22, evals.Passed)
	flaky.Expected, flaky.Scores = expected, []evals.Score{pass("json", evals.Part{Name: "fenced", Value: 1}), pass("schema")}
	failed := outcome(small, triage, 1, 2, 22, evals.Failed)
	failed.Expected, failed.Tries = expected, 3
	failed.Scores = []evals.Score{
		pass("json", evals.Part{Name: "strict", Value: 1}),
		{Scorer: "schema", Value: 2.0 / 3, Reasons: []evals.Reason{
			{Message: "is missing", Pointer: "/queue", Pos: place(triage, 22)}, {Message: "is text, expected an integer", Pointer: "/priority", Pos: place(triage, 22)},
		}, Parts: []evals.Part{{Name: "/priority", Value: 0}, {Name: "/tags", Value: 0.5}}},
		{Scorer: "checks", Value: 0.25, Reasons: []evals.Reason{
			{Message: `the reply does not contain "a"`, Pos: place(triage, 22)}, {Message: `the reply does not contain "b"`, Pos: place(triage, 22)},
			{Message: `the reply does not contain "c"`, Pos: place(triage, 22)}, {Message: `the reply does not contain "d"`, Pos: place(triage, 22)},
		}},
	}
	half := outcome(small, summary, 1, 1, 9, evals.Failed)
	half.Threshold, half.Contract, half.Expected = 0.5, "derived", "### Summary\n\nShipped.\n"
	half.Scores = []evals.Score{
		{Scorer: "sections", Value: 0, Reasons: []evals.Reason{{Message: `section "Summary" is missing`, Pos: place(summary, 9)}}},
		{Scorer: "order", Follows: true, Reasons: []evals.Reason{{Message: "nothing to hold", Pos: place(summary, 9)}}},
	}
	better := half
	better.Name, better.Example, better.Status, better.Scores = "example 2", 2, evals.Passed, []evals.Score{pass("sections", evals.Part{Name: "order", Value: 1})}
	odd := outcome(small, hostilePath, 1, 1, 2, evals.Failed)
	odd.Expected = "=2+2\n" + hostileMessage
	odd.Scores = []evals.Score{{Scorer: "checks", Value: 0.9999, Reasons: []evals.Reason{{Message: hostileMessage, Pointer: "/</script>", Pos: place(hostilePath, 2)}}}}
	slow := outcome(small, "prompts/slow.md", 1, 1, 5, evals.Errored)
	slow.Err, slow.Tries, slow.Cost, slow.Millis = &evals.Error{Class: evals.Timeout, Message: "no reply within 2m0s"}, 2, 0, 0
	unfilled := outcome(small, "a:b.md", 1, 1, 1, evals.Errored)
	unfilled.Err = &evals.Error{Class: evals.Input, Message: `variable "x" has no value in example 1`}
	unfilled.Problems = []evals.Problem{{At: place("a:b.md", 1), End: library.Pos{Path: "a:b.md", Line: 1, Column: 8}, Message: unfilled.Err.Message}}
	unfilled.Tries, unfilled.Cost, unfilled.Millis = 0, 0, 0
	bare := outcome(small, "a:b.md", 2, 1, 1, evals.Unscored)
	bare.Err, bare.Contract = &evals.Error{Class: evals.Input, Message: "nothing can be derived from the expected output, and the prompt declares no contract"}, "none"
	plain := outcome(small, "plain.md", 0, 1, 1, evals.Skipped)
	plain.Name, plain.Contract, plain.Tries, plain.Cost, plain.Millis = "none", "none", 0, 0, 0
	plain.Err = &evals.Error{Class: evals.Input, Message: "the prompt has no examples"}
	cases := []journalled{
		{flaky, sent("My invoice is wrong."), reply("```json\n" + expected + "\n```"), false},
		{failed, sent("My invoice is wrong."), reply("{\"priority\": \"2\", \"tags\": [\"invoice\", \"late\"]}"), false},
		{half, sent("We shipped."), reply("Nothing, 世界."), false},
		{better, sent("We slept."), &evals.Reply{Text: "### Summary\n\nSlept.", FinishReason: "length"}, true},
		{odd, sent(hostileMessage), reply(hostileReply), false},
		{slow, sent("Slowly, please."), nil, false},
		{outcome: unfilled},
		{bare, sent("Anything."), reply("Something."), false},
		{outcome: plain},
	}
	for _, n := range []int{1, 2} {
		o := outcome("=large", triage, n, 1, 20+n, evals.Errored)
		o.Err, o.Tries, o.Cost, o.Millis = &evals.Error{Class: evals.GivenUp, Message: "=large was given up, since no call of it succeeded: connection refused"}, 0, 0, 0
		cases = append(cases, journalled{outcome: o})
	}
	return cases
}

func recordedRun(t testing.TB) *Eval {
	header := evals.Header{
		Models:  []evals.HeaderModel{{Name: "openai/small", Class: "chat-completions", Host: "models.example"}, {Name: "=large", Class: "chat-completions"}},
		Options: evals.RunOptions{Repeat: 2, Prose: 1},
	}
	e := recordRun(t, header, recordedCases(), true)
	e.Run, e.Dir = runPath, "/repo"
	return e
}

func writeEval(t testing.TB, f EvalFormat, e *Eval) string {
	t.Helper()
	var out bytes.Buffer
	if err := f.Write(&out, e, false); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestEvalFormats holds each format against its golden file.
func TestEvalFormats(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range EvalFormats {
		t.Run(f.Name, func(t *testing.T) {
			if seen[f.Name] || f.Doc == "" {
				t.Errorf("the format is there twice, or has no doc %q", f.Doc)
			}
			seen[f.Name] = true
			got := writeEval(t, f, recordedRun(t))
			if again := writeEval(t, f, recordedRun(t)); again != got {
				t.Errorf("the second report differs:\n%s", cmp.Diff(got, again))
			}
			checkGolden(t, "eval."+f.Name, got)
		})
	}
}

// TestEvalFormatsLetNothingThrough looks for characters that are obeyed or hide.
func TestEvalFormatsLetNothingThrough(t *testing.T) {
	for _, f := range EvalFormats {
		for line := range strings.Lines(writeEval(t, f, recordedRun(t))) {
			line = strings.ReplaceAll(strings.TrimSuffix(line, "\n"), "\t", "")
			if got := Escape(line); got != line {
				t.Errorf("%s: a line is not escaped: %.300s", f.Name, got)
			}
		}
	}
}

// TestEvalFormatsOfAStoppedRun: every format for people says that the run was
// stopped, and JUnit has an error.
func TestEvalFormatsOfAStoppedRun(t *testing.T) {
	e := recordRun(t, evals.Header{Cases: 40}, recordedCases()[:1], false)
	for _, f := range EvalFormats {
		want := map[string]string{"json": `"complete": false`, "jsonl": "", "csv": "", "junit": `<error message="stopped before the end: 1 of 40 cases have ended" type="stopped">`}
		say, ok := want[f.Name]
		if !ok {
			say = "stopped before the end: 1 of 40 cases have ended"
		}
		if got := writeEval(t, f, e); !strings.Contains(got, say) {
			t.Errorf("%s does not say %q:\n%.3000s", f.Name, say, got)
		}
	}
}

// TestEvalFormatsOfNothing writes a run that has no outcome, as one killed at once.
func TestEvalFormatsOfNothing(t *testing.T) {
	for _, tt := range []struct{ format, want string }{
		{"text", "stopped before the end: 0 of 3 cases have ended\n0 passed, 0 failed, 0 errored, 0 unscored, 0 skipped; run: r.jsonl\n"},
		{"jsonl", ""},
		{"csv", "prompt,line,column,case,repeat,model,status,contract,why,tries,cost_usd,latency_ms\n"},
		{"github", "promptlib: stopped before the end: 0 of 3 cases have ended\npromptlib: 0 passed, 0 failed, 0 errored, 0 unscored, 0 skipped\n"},
		{"markdown", "## promptlib eval\n\n0 passed, 0 failed, 0 errored, 0 unscored, 0 skipped\n\nstopped before the end: 0 of 3 cases have ended\n"},
	} {
		e := recordRun(t, evals.Header{Cases: 3}, nil, false)
		e.Run = "r.jsonl"
		for _, f := range EvalFormats {
			if f.Name == tt.format {
				if got := writeEval(t, f, e); got != tt.want {
					t.Errorf("%s writes %q, want %q", f.Name, got, tt.want)
				}
			}
		}
	}
}

func valid(t *testing.T, name, document string) {
	t.Helper()
	value, syntax := schema.DecodeJSON(document)
	if syntax != nil {
		t.Fatal(syntax)
	}
	for _, v := range schema.Get(name).Validate(value) {
		t.Errorf("%s: %s %s", name, v.Pointer, v.Message)
	}
}

// TestEvalJSONFulfilsItsSchemas holds every line that is written against a schema:
// of the journal, of json and of jsonl, which must come back unchanged.
func TestEvalJSONFulfilsItsSchemas(t *testing.T) {
	e := recordedRun(t)
	var want []evalCaseJSON
	for o, err := range e.Outcomes() {
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, newEvalCaseJSON(o))
	}
	document := writeEval(t, evalJSON, e)
	valid(t, "eval", document)
	valid(t, "eval", writeEval(t, evalJSON, recordRun(t, evals.Header{Cases: 3}, nil, false)))
	var whole struct{ Cases []evalCaseJSON }
	if err := json.Unmarshal([]byte(document), &whole); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, whole.Cases); diff != "" {
		t.Errorf("json (-want +got)\n%s", diff)
	}
	var lines []evalCaseJSON
	for line := range strings.Lines(writeEval(t, evalJSONL, e)) {
		valid(t, "case", line)
		var c evalCaseJSON
		if err := json.Unmarshal([]byte(line), &c); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, c)
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("jsonl (-want +got)\n%s", diff)
	}
}

func TestJournalFulfilsItsSchema(t *testing.T) {
	one := 0.0
	header := evals.Header{Models: []evals.HeaderModel{{Name: "m", Class: "c", Host: "h:1"}}, Options: evals.RunOptions{Paths: []string{"p"}, FewShot: evals.NoExamples, Repeat: 1, Filter: []string{"a"}, Sample: 3, Prose: 1}}
	cases := recordedCases()
	cases[0].sent = append(cases[0].sent, evals.Message{Role: "assistant", Content: "x"})
	cases[0].reply.Usage.Cost, cases[0].reply.Structured = 0.5, evals.StructuredRefused
	dir := t.TempDir()
	j, err := evals.NewJournal(dir, header, false)
	if err != nil {
		t.Fatal(err)
	}
	request := evals.Request{Messages: cases[0].sent, Parameters: evals.Parameters{Temperature: &one}, Schema: []byte(`{"type":"object"}`)}
	attempt := &evals.Attempt{Identity: request.Identity("c", "m", 1), Repeat: 1, Try: 1, Request: request, Reply: cases[0].reply, Millis: 7}
	lines := []evals.Line{{Event: "attempt", Attempt: attempt}}
	for i, c := range cases {
		if c.outcome.Case = i + 1; c.outcome.Scores == nil {
			c.outcome.Scores = []evals.Score{}
		}
		lines = append(lines, evals.Line{Event: "outcome", Outcome: &c.outcome})
	}
	if err := j.Append(lines...); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(time.Now(), false); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.FromSlash(j.Path))
	if err != nil {
		t.Fatal(err)
	}
	header.Plan = strings.Repeat("0", 64)
	n := 0
	for line := range strings.Lines(string(text)) {
		if n++; n == 1 {
			line = strings.Replace(line, `"plan":""`, `"plan":"`+header.Plan+`"`, 1)
		}
		valid(t, "run", line)
	}
	if n != len(cases)+3 {
		t.Errorf("%d lines were held against the schema, want %d", n, len(cases)+3)
	}
}

// TestEvalJSONIsLaidOutAsOneValue: it is written piece by piece.
func TestEvalJSONIsLaidOutAsOneValue(t *testing.T) {
	for n := range 3 {
		e := recordRun(t, evals.Header{}, recordedCases()[:n], true)
		e.Run = "r&\u202e.jsonl"
		got := writeEval(t, evalJSON, e)
		var value struct {
			Version  json.RawMessage `json:"version"`
			Run      string          `json:"run"`
			Complete json.RawMessage `json:"complete"`
			Models   json.RawMessage `json:"models"`
			Repeat   json.RawMessage `json:"repeat"`
			Cases    json.RawMessage `json:"cases"`
			Groups   json.RawMessage `json:"groups"`
			Errors   json.RawMessage `json:"errors"`
			Summary  json.RawMessage `json:"summary"`
		}
		if err := json.Unmarshal([]byte(got), &value); err != nil {
			t.Fatal(err)
		}
		var want strings.Builder
		if err := WriteJSON(&want, value, "  "); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want.String(), got); diff != "" {
			t.Errorf("%d cases (-want +got)\n%s", n, diff)
		}
	}
}

func TestEvalTextShowsDifferencesOfSomeCases(t *testing.T) {
	failed := recordedCases()[1]
	var cases []journalled
	for range maxDiffs + 5 {
		cases = append(cases, failed)
	}
	got := writeEval(t, evalText, recordRun(t, evals.Header{}, cases, true))
	if n := strings.Count(got, "--- expected"); n != maxDiffs {
		t.Errorf("%d differences are shown, want %d", n, maxDiffs)
	}
	if !strings.Contains(got, "… the replies of 5 more failed cases are in the run\n") {
		t.Errorf("the report is\n%.300s", got)
	}
}

// TestEvalSaysAnErrorOnce: a server that is down is one line, not one a case.
func TestEvalSaysAnErrorOnce(t *testing.T) {
	down := recordedCases()[5]
	var cases []journalled
	for i := range 50 {
		c := down
		if i >= 30 {
			c.outcome.Err = &evals.Error{Class: evals.Server, Message: fmt.Sprintf("HTTP 500: request %d", i)}
		}
		cases = append(cases, c)
	}
	e := recordRun(t, evals.Header{}, cases, true)
	text := writeEval(t, evalText, e)
	for say, want := range map[string]int{"no reply within 2m0s": 1, "HTTP 500: request": maxErrors - 1, "… and 40 more errors; ": 1, "\nerrors: 30 timeout, 20 server\n": 1} {
		if got := strings.Count(text, say); got != want {
			t.Errorf("%q stands %d times in the text, want %d:\n%s", say, got, want, text)
		}
	}
	if got := strings.Count(writeEval(t, evalGitHub, e), "::error"); got != maxErrors {
		t.Errorf("%d annotations, want %d", got, maxErrors)
	}
	if got := strings.Count(writeEval(t, evalMarkdown, e), "| `example 1` |"); got != maxErrors {
		t.Errorf("%d rows in the comment, want %d", got, maxErrors)
	}
}

func TestFailedScoresSayWhyOnce(t *testing.T) {
	o := &evals.Outcome{Name: "example 2", Model: "m", Status: evals.Failed, Scores: []evals.Score{
		{Scorer: "json", Reasons: []evals.Reason{{Message: "no JSON"}}},
		{Scorer: "schema", Follows: true, Reasons: []evals.Reason{{Message: "nothing to hold"}}},
		{Scorer: "checks", Value: 1, Pass: true},
	}}
	list := evalFindings(o)
	if len(list) != 1 || list[0].Message != "example 2 with m does not pass json (0): no JSON" {
		t.Errorf("got %v, want that of json alone", list)
	}
	if got := why(o); got != "json (0): no JSON" {
		t.Errorf("got %q", got)
	}
}

func TestFractionOfAFailedScoreIsNeverFull(t *testing.T) {
	for v, want := range map[float64][2]string{
		0: {"0", "0%"}, 0.5: {"0.5", "50%"}, 2.0 / 3: {"0.667", "67%"}, 0.9949: {"0.995", "99%"}, 0.9994: {"0.999", "99%"}, 0.9996: {"0.999", "99%"},
		1 - 1e-12: {"0.999", "99%"}, 1: {"1", "100%"},
	} {
		if got := [2]string{fraction(v), percent(v)}; got != want {
			t.Errorf("%v: got %s, want %s", v, got, want)
		}
	}
}

// TestEvalJUnitCountsWhatItHas reads the report back: each suite says how many
// tests it has of each kind, and a reason names its file and line.
func TestEvalJUnitCountsWhatItHas(t *testing.T) {
	type result struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
	type counts struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Skipped  int `xml:"skipped,attr"`
	}
	var got struct {
		counts
		Suites []struct {
			counts
			Name  string `xml:"name,attr"`
			Cases []struct {
				Name    string  `xml:"name,attr"`
				Failure *result `xml:"failure"`
				Error   *result `xml:"error"`
				Skipped *result `xml:"skipped"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	document := writeEval(t, evalJUnit, recordedRun(t))
	if err := xml.Unmarshal([]byte(document), &got); err != nil {
		t.Fatal(err)
	}
	var all counts
	for _, s := range got.Suites {
		n := counts{Tests: len(s.Cases)}
		for _, c := range s.Cases {
			switch {
			case c.Failure != nil:
				n.Failures++
			case c.Error != nil:
				n.Errors++
			case c.Skipped != nil:
				n.Skipped++
			}
		}
		if n != s.counts {
			t.Errorf("%s says %+v and has %+v", s.Name, s.counts, n)
		}
		all = counts{all.Tests + n.Tests, all.Failures + n.Failures, all.Errors + n.Errors, all.Skipped + n.Skipped}
	}
	if want := (counts{11, 3, 4, 2}); all != want || got.counts != want {
		t.Errorf("the report says %+v and has %+v, want %+v", got.counts, all, want)
	}
	if len(got.Suites) != 7 {
		t.Fatalf("%d suites, want 7", len(got.Suites))
	}
	failure := got.Suites[0].Cases[1].Failure
	if want := "prompts/triage.md:22:1: schema (0.667): /queue is missing\n"; failure == nil || !strings.HasPrefix(failure.Text, want) || !strings.Contains(failure.Text, "\n+++ reply\n") {
		t.Errorf("got %+v, want %q and the difference", failure, want)
	}
	if odd := got.Suites[2].Cases[0].Failure; odd == nil || !strings.Contains(odd.Text, `<b>]]> ::error::x`) {
		t.Errorf("the message came back as %+v", odd)
	}
}

func TestEvalMarkdownIsNoMoreThanACommentTakes(t *testing.T) {
	var cases []journalled
	for i := range 3000 {
		c := recordedCases()[4]
		c.outcome.Prompt = fmt.Sprintf("prompts/%04d.md", i/3)
		if i < 2997 && i%3 > 0 {
			c = recordedCases()[0]
			c.outcome.Prompt = fmt.Sprintf("prompts/%04d.md", i/3)
		}
		cases = append(cases, c)
	}
	out := writeEval(t, evalMarkdown, recordRun(t, evals.Header{}, cases, true))
	if len(out) >= 65_536 || len(out) < 60_000 {
		t.Errorf("the comment has %d bytes, want a little below 65,000", len(out))
	}
	table, _, _ := strings.Cut(out, "<details>")
	rows := strings.Count(table, "\n| `")
	folded := strings.Count(out, "<details>")
	for _, want := range []string{
		fmt.Sprintf("\n%d more rows not shown here.\n", 1000-rows), fmt.Sprintf("\nThe reasons of %d more rows are not shown here.\n", 1000-folded),
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the comment does not say %q; it ends in %q", want, out[len(out)-100:])
		}
	}
	if first := strings.Index(out, "| `prompts/0999.md`"); first < 0 || first > strings.Index(out, "| `prompts/0000.md`") {
		t.Error("the worst prompt does not come first")
	}
	if strings.Count(out, "<details>") != strings.Count(out, "</details>") {
		t.Error("what is folded is not closed")
	}
}

func TestEvalAnnotationsAreNoMoreThanGitHubTakes(t *testing.T) {
	var cases []journalled
	for range 12 {
		cases = append(cases, recordedCases()[1], recordedCases()[7])
	}
	e := recordRun(t, evals.Header{}, cases, true)
	e.JobSummary = filepath.Join(t.TempDir(), "summary.md")
	out := writeEval(t, evalGitHub, e)
	if errors, warnings := strings.Count(out, "::error "), strings.Count(out, "::warning "); errors != 10 || warnings != 10 {
		t.Errorf("%d errors and %d warnings, want 10 of each", errors, warnings)
	}
	if want := "\npromptlib: 14 more of severity error, 2 more of severity warning: see the summary of the job\n"; !strings.Contains(out, want) {
		t.Errorf("the report does not say %q:\n%s", want, out)
	}
	summary, err := os.ReadFile(e.JobSummary)
	if err != nil || string(summary) != writeEval(t, evalMarkdown, e) {
		t.Errorf("the summary of the job is %v\n%s", err, summary)
	}
}

// TestAPromptThatPassesItsThresholdIsNoError: some of its cases may fail.
func TestAPromptThatPassesItsThresholdIsNoError(t *testing.T) {
	out := writeEval(t, evalGitHub, recordRun(t, evals.Header{}, recordedCases()[2:4], true))
	if !strings.HasPrefix(out, "::warning file=prompts/summary.md,line=9,") || strings.Contains(out, "::error") {
		t.Errorf("got %s", out)
	}
}

func TestEvalCSVComesBack(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(writeEval(t, evalCSV, recordedRun(t)))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 12 {
		t.Fatalf("%d rows, want 12", len(rows))
	}
	column := func(row []string, name string) string { return row[slices.Index(rows[0], name)] }
	if got := column(rows[2], "schema"); got != "0.667" {
		t.Errorf("the value of schema is %q", got)
	}
	if got := column(rows[10], "model"); got != "'=large" {
		t.Errorf("the model is %q, which a spreadsheet takes for a formula", got)
	}
}

// TestNoCellIsAFormula: a spreadsheet runs what begins with one of four signs.
func TestNoCellIsAFormula(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SampledFrom([]string{"", " ", "\t", "\n", "\r", "\u00a0", "\ufeff", "\u200b"}).Draw(t, "blank") +
			rapid.SampledFrom([]string{"=", "+", "-", "@", "＝", "＠", "a", "'", "\""}).Draw(t, "sign") + rapid.String().Draw(t, "rest")
		out := safeCells([]string{in})[0]
		if c := []rune(strings.TrimLeft(out, " "))[0]; strings.ContainsRune("=+-@＝＋－＠\t\r\n", c) {
			t.Fatalf("safeCells(%q) = %q", in, out)
		}
	})
}

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
			if got := diff(tt.expected, tt.reply, diffLines); got != tt.want {
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
		got := diff(`{"a": 1}`, reply, diffLines)
		runtime.ReadMemStats(&after)
		if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 50 {
			t.Errorf("%d MiB were allocated for a reply of %d bytes", used, len(reply))
		}
		if len(got) > 16*300 || !strings.HasPrefix(got, "--- expected") {
			t.Errorf("got %.200s", got)
		}
	}
}
