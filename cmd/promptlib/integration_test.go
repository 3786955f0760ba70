package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/evals"
)

// A testLibrary is a copy of a library, in which runs are kept.
type testLibrary struct {
	t   *testing.T
	dir string
	env []string // of the commands that are run in it
}

// newLibrary copies a folder of the repository into a library of its own, with
// no policy.
func newLibrary(t *testing.T, folder ...string) *testLibrary {
	t.Helper()
	l := &testLibrary{t: t, dir: t.TempDir()}
	err := os.CopyFS(filepath.Join(l.dir, "prompts"), os.DirFS(filepath.Join(append([]string{root}, folder...)...)))
	if err == nil {
		err = os.Mkdir(filepath.Join(l.dir, ".promptlib"), 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// command is promptlib with arguments, in the library.
func (l *testLibrary) command(ctx context.Context, args ...string) (cmd *exec.Cmd, out, errs *strings.Builder) {
	cmd = exec.CommandContext(ctx, "promptlib", args...)
	cmd.Dir = l.dir
	cmd.Env = append(append(os.Environ(), "OPENAI_API_KEY=", "OPENAI_BASE_URL="), l.env...)
	out, errs = &strings.Builder{}, &strings.Builder{}
	cmd.Stdout, cmd.Stderr = out, errs
	return cmd, out, errs
}

// An evaluation is what a run of eval has come to.
type evaluation struct {
	status   int
	errs     string
	run      *evals.Recorded
	outcomes []*evals.Outcome
	attempts []*evals.Attempt // in the order in which they ended
}

// eval runs promptlib eval on the prompts of the library.
func (l *testLibrary) eval(args ...string) *evaluation {
	l.t.Helper()
	cmd, out, errs := l.command(l.t.Context(), append([]string{"eval", "--format", "json", "prompts"}, args...)...)
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		l.t.Fatal(err)
	}
	var report struct{ Run string }
	if err := json.Unmarshal([]byte(out.String()), &report); err != nil {
		l.t.Fatalf("the report is no JSON: %v: %s%s", err, out, errs)
	}
	return l.read(cmd.ProcessState.ExitCode(), errs.String(), report.Run)
}

// read reads the run of an evaluation.
func (l *testLibrary) read(status int, errs, path string) *evaluation {
	l.t.Helper()
	e := &evaluation{status: status, errs: errs}
	var err error
	if e.run, err = evals.OpenRun(filepath.Join(l.dir, path)); err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { e.run.Close() })
	for o, err := range e.run.Outcomes() {
		if err != nil {
			l.t.Fatal(err)
		}
		e.outcomes = append(e.outcomes, o)
	}
	for a, err := range e.run.Attempts() {
		if err != nil {
			l.t.Fatal(err)
		}
		e.attempts = append(e.attempts, a)
	}
	return e
}

// expect checks the exit status and the counts of a run.
func (e *evaluation) expect(t *testing.T, status, passed, failed, errored int) {
	t.Helper()
	var s evals.Summary
	for _, o := range e.outcomes {
		s.Add(o.Status)
	}
	got, want := fmt.Sprintf("status %d, %+v", e.status, s), fmt.Sprintf("status %d, %+v", status, evals.Summary{Passed: passed, Failed: failed, Errored: errored})
	if got == want {
		return
	}
	t.Errorf("got %s, want %s\n%s", got, want, e.errs)
	for _, o := range e.outcomes {
		if o.Status != evals.Passed {
			t.Logf("%s %s: %s %v %+v", o.Prompt, o.Name, o.Status, o.Err, o.Scores)
		}
	}
}

// verdicts are the statuses and scores of a run by case.
func (e *evaluation) verdicts() map[string]string {
	verdicts := map[string]string{}
	for _, o := range e.outcomes {
		verdicts[fmt.Sprintf("%s %s %d", o.Prompt, o.Name, o.Repeat)] = fmt.Sprint(o.Status, o.Scores)
	}
	return verdicts
}

// reference returns the cases of the library with their expected outputs as
// replies.
func (l *testLibrary) reference() []*evals.Attempt {
	l.t.Helper()
	return l.eval("--model", "reference").attempts
}

// messages returns the messages of a request as the server has got them.
func messages(r received) []evals.Message {
	text, _ := json.Marshal(r.Body["messages"])
	var list []evals.Message
	_ = json.Unmarshal(text, &list)
	return list
}

// TestIntegrationRequests runs every example of the shipped prompts against a
// server that answers with the expected output, and looks at what it has got.
func TestIntegrationRequests(t *testing.T) {
	server := startAimock(t, nil, "--strict")
	l := newLibrary(t, "prompts")
	l.env = []string{"OPENAI_API_KEY=not-a-real-key"}
	server.answerAsExpected(l)
	e := l.eval("--model", "openai/gpt-test", "--base-url", server.url+"/v1")
	cases := len(l.reference())
	if cases < 20 {
		t.Fatalf("the library has %d cases", cases)
	}
	e.expect(t, exitClean, cases, 0, 0)
	sent := map[string]received{}
	for _, r := range server.sent() {
		if r.Method != "POST" || r.Path != "/v1/chat/completions" || r.Headers["authorization"] != "[REDACTED]" {
			t.Errorf("got %s %s with %v", r.Method, r.Path, r.Headers)
		}
		sent[fmt.Sprint(messages(r))] = r
	}
	if len(sent) != cases || len(server.sent()) != cases {
		t.Errorf("%d requests, %d of them different, want %d", len(server.sent()), len(sent), cases)
	}
	for _, a := range e.attempts {
		body := sent[fmt.Sprint(a.Request.Messages)].Body
		if body["model"] != "gpt-test" {
			t.Errorf("%s %s: model %v", a.Prompt, a.Name, body["model"])
		}
		want := any(nil)
		if a.Request.Parameters.Temperature != nil {
			want = *a.Request.Parameters.Temperature
		}
		if got := body["temperature"]; got != want {
			t.Errorf("%s %s: temperature %v, want %v", a.Prompt, a.Name, got, want)
		}
		if a.Reply.Usage.PromptTokens == 0 || a.Reply.Usage.CompletionTokens == 0 || a.Reply.FinishReason != "stop" {
			t.Errorf("%s %s: reply %+v", a.Prompt, a.Name, a.Reply)
		}
	}
}

// TestIntegrationRateLimit: a call that is refused is made again, and not before
// the server allows it.
func TestIntegrationRateLimit(t *testing.T) {
	server := startAimock(t, nil, "--strict")
	l := newLibrary(t, "testdata", "integration")
	cases := l.reference()
	refused := matching(cases[0].Request)
	refused["sequenceIndex"] = 0
	server.add(fixture{Match: refused, Response: map[string]any{"error": map[string]string{"message": "slow down"}, "status": 429, "retryAfter": 2}})
	server.answerAsExpected(l)
	e := l.eval("--model", "openai/gpt-test", "--base-url", server.url+"/v1")
	e.expect(t, exitClean, len(cases), 0, 0)
	var statuses []int
	var times []int64
	for _, r := range server.sent() {
		if fmt.Sprint(messages(r)) == fmt.Sprint(cases[0].Request.Messages) {
			statuses, times = append(statuses, r.Response.Status), append(times, r.Timestamp)
		}
	}
	if !slices.Equal(statuses, []int{429, 200}) {
		t.Fatalf("the server answered %v", statuses)
	}
	if waited := times[1] - times[0]; waited < 2000 || waited > 4000 {
		t.Errorf("the second try came after %d ms, and the server asked for 2 s", waited)
	}
	if len(server.sent()) != len(cases)+1 {
		t.Errorf("%d calls for %d cases, of which one is made twice", len(server.sent()), len(cases))
	}
	for _, a := range e.attempts {
		if a.Err != nil && a.Err.Error() != "rate-limit: HTTP 429: slow down" {
			t.Errorf("got %v", a.Err)
		}
	}
}

// TestIntegrationPermanentRateLimit: a server that refuses every call gets a
// bounded number of them.
func TestIntegrationPermanentRateLimit(t *testing.T) {
	server := startAimock(t, nil, "--strict", "--chaos-ratelimit", "1")
	l := newLibrary(t, "testdata", "integration")
	cases := len(l.reference())
	e := l.eval("--model", "openai/gpt-test", "--base-url", server.url+"/v1", "--tries", "2")
	e.expect(t, exitFault, 0, 0, cases)
	if sent := len(server.sent()); sent == 0 || sent > 2*cases {
		t.Errorf("%d calls for %d cases at two tries each", sent, cases)
	}
	for _, o := range e.outcomes {
		if o.Err == nil || o.Err.Class != evals.RateLimit && o.Err.Class != evals.GivenUp {
			t.Errorf("%s %s ended with %v", o.Prompt, o.Name, o.Err)
		}
	}
}

// TestIntegrationChaos: a server that fails often changes nothing about the
// scores.
func TestIntegrationChaos(t *testing.T) {
	server := startAimock(t, nil, "--strict")
	l := newLibrary(t, "testdata", "integration")
	server.answerAsExpected(l)
	args := []string{"--model", "openai/gpt-test", "--base-url", server.url + "/v1", "--repeat", "20", "--no-cache", "--tries", "20"}
	calm := l.eval(args...)
	before := len(server.sent())
	server.tell("chaos", map[string]any{"dropRate": 0.1, "disconnectRate": 0.1, "rateLimitRate": 0.05})
	rough := l.eval(args...)
	if diff := cmp.Diff(calm.verdicts(), rough.verdicts()); diff != "" || rough.status != calm.status {
		t.Errorf("status %d, then %d; -calm +rough\n%s", calm.status, rough.status, diff)
	}
	failures := map[evals.Class]int{}
	for _, a := range rough.attempts {
		if a.Err != nil {
			failures[a.Err.Class]++
		}
	}
	for _, class := range []evals.Class{evals.Server, evals.RateLimit, evals.Connection} {
		if failures[class] == 0 {
			t.Errorf("no failure of class %s in %v", class, failures)
		}
	}
	if sent, want := len(server.sent())-before, len(rough.attempts); sent != want {
		t.Errorf("the server got %d calls, and the run has %d", sent, want)
	}
}
