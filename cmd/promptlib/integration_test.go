package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/evals"
)

// A testLibrary is a copy of a library, in which runs are kept.
type testLibrary struct {
	t    *testing.T
	dir  string
	path string   // of the prompts that are run
	env  []string // of the commands that are run in it
}

// newLibrary copies a folder of the repository into a library of its own, with
// no policy.
func newLibrary(t *testing.T, folder ...string) *testLibrary {
	t.Helper()
	l := &testLibrary{t: t, dir: t.TempDir(), path: "prompts"}
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
	cmd, out, errs := l.command(l.t.Context(), append([]string{"eval", "--format", "json", l.path}, args...)...)
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
	for _, o := range e.outcomes {
		if o.Status != evals.Passed {
			t.Logf("%s %s: %s %v %+v", o.Prompt, o.Name, o.Status, o.Err, o.Scores)
		}
	}
	t.Fatalf("got %s, want %s\n%s", got, want, e.errs)
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

// messagesIn returns the messages of a request as the server has got them.
func messagesIn(r received) []evals.Message {
	text, _ := json.Marshal(r.Body["messages"])
	var list []evals.Message
	_ = json.Unmarshal(text, &list)
	return list
}

// TestIntegrationRequests runs every example of the shipped prompts against a
// server that answers with the expected output, and looks at what it has got.
func TestIntegrationRequests(t *testing.T) {
	server := startAimock(t, "")
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
		sent[fmt.Sprint(messagesIn(r))] = r
	}
	if len(sent) != cases || len(server.sent()) != cases {
		t.Errorf("%d requests, %d of them different, want %d", len(server.sent()), len(sent), cases)
	}
	schemas := 0
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
		format, _ := body["response_format"].(map[string]any)
		if a.Request.Schema == nil && format != nil || a.Request.Schema != nil && (format["type"] != "json_schema" || a.Reply.Structured != evals.StructuredSent) {
			t.Errorf("%s %s: response_format %v, structured %q", a.Prompt, a.Name, format, a.Reply.Structured)
		}
		if a.Request.Schema != nil {
			schemas++
			var want any
			if err := json.Unmarshal(a.Request.Schema, &want); err != nil {
				t.Fatal(err)
			}
			inner, _ := format["json_schema"].(map[string]any)
			if diff := cmp.Diff(want, inner["schema"]); diff != "" || inner["name"] == "" {
				t.Errorf("%s %s: schema %v, -want +got\n%s", a.Prompt, a.Name, inner["name"], diff)
			}
		}
		if a.Reply.Usage.PromptTokens == 0 || a.Reply.Usage.CompletionTokens == 0 || a.Reply.FinishReason != "stop" {
			t.Errorf("%s %s: reply %+v", a.Prompt, a.Name, a.Reply)
		}
	}
	if schemas == 0 || schemas == cases {
		t.Errorf("%d of %d requests have a schema", schemas, cases)
	}
}

// TestIntegrationNames: requests to any server, for a model of any name, have the
// parameters that the prompt states.
func TestIntegrationNames(t *testing.T) {
	server := startAimock(t, "")
	l := newLibrary(t, "testdata", "integration")
	server.answerAsExpected(l)
	for i, test := range []struct{ base, model string }{
		{"/v1", "o3-mini"}, // the client library refuses parameters to models of such names
		{"/v1", "gpt-5-nano"},
		{"/api/v1", "vendor/model:free"},   // as OpenRouter
		{"/openai/v1", "llama-3.1-8b"},     // as Groq
		{"/v1beta/openai", "gemini-flash"}, // as Google
	} {
		l.eval("--model", "openai/"+test.model, "--base-url", server.url+test.base+"/").expect(t, exitClean, 6, 0, 0)
		sent := server.sent()
		if len(sent) != 6*(i+1) {
			t.Fatalf("%d calls, want %d", len(sent), 6*(i+1))
		}
		for _, r := range sent[6*i:] {
			if r.Path != test.base+"/chat/completions" || r.Body["model"] != test.model || r.Body["temperature"] != 0.0 || r.Body["max_tokens"] != 40.0 {
				t.Errorf("%s %s: got %s %v", test.base, test.model, r.Path, r.Body)
			}
		}
	}
}

// TestIntegrationRateLimit: a call that is refused is made again, and not before
// the server allows it.
func TestIntegrationRateLimit(t *testing.T) {
	server := startAimock(t, "")
	l := newLibrary(t, "testdata", "integration")
	cases := l.reference()
	refused := matching(cases[0].Request)
	refused["sequenceIndex"] = 0
	server.add(aimockFixture{Match: refused, Response: map[string]any{"error": map[string]string{"message": "slow down"}, "status": 429, "retryAfter": 2}})
	server.answerAsExpected(l)
	e := l.eval("--model", "openai/gpt-test", "--base-url", server.url+"/v1")
	e.expect(t, exitClean, len(cases), 0, 0)
	var statuses []int
	var times []int64
	for _, r := range server.sent() {
		if fmt.Sprint(messagesIn(r)) == fmt.Sprint(cases[0].Request.Messages) {
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

// TestIntegrationNeverWell: a server that fails each call gets a bounded number of
// them, and a clear error.
func TestIntegrationNeverWell(t *testing.T) {
	for _, test := range []struct {
		flag    string
		tries   int
		failure string // how the error of a case begins
	}{
		{"--chaos-ratelimit", 2, "rate-limit: HTTP 429: "},
		{"--chaos-drop", 2, "server: HTTP 500: "},
		{"--chaos-disconnect", 2, "connection: "},
		{"--chaos-malformed", 1, "bad-reply: the answer is no chat completion: "},
	} {
		t.Run(test.flag, func(t *testing.T) {
			server := startAimock(t, "", test.flag, "1")
			l := newLibrary(t, "testdata", "integration")
			e := l.eval("--model", "openai/gpt-test", "--base-url", server.url+"/v1", "--tries", "2")
			e.expect(t, exitFault, 0, 0, 6)
			if sent := len(server.sent()); sent < test.tries || sent > 6*test.tries || sent != len(e.attempts) {
				t.Errorf("%d calls for 6 cases at %d tries each, of which the run has %d", sent, test.tries, len(e.attempts))
			}
			for _, a := range e.attempts {
				if a.Err == nil || !strings.HasPrefix(a.Err.Error(), test.failure) {
					t.Errorf("%s %s: %v, want %s", a.Prompt, a.Name, a.Err, test.failure)
				}
			}
			for _, o := range e.outcomes {
				if !strings.HasPrefix(o.Err.Error(), test.failure) && o.Err.Class != evals.GivenUp {
					t.Errorf("%s %s ended with %v", o.Prompt, o.Name, o.Err)
				}
			}
		})
	}
}

// TestIntegrationChaos: a server that fails often changes nothing about the
// scores.
func TestIntegrationChaos(t *testing.T) {
	server := startAimock(t, "")
	l := newLibrary(t, "testdata", "integration")
	wrong := matching(l.reference()[1].Request)
	server.add(aimockFixture{Match: wrong, Response: map[string]any{"content": "{}"}})
	server.answerAsExpected(l)
	args := []string{"--model", "openai/gpt-test", "--base-url", server.url + "/v1", "--repeat", "20", "--no-cache", "--tries", "20"}
	calm := l.eval(args...)
	calm.expect(t, exitFindings, 100, 20, 0)
	before := len(server.sent())
	server.fail(map[string]float64{"dropRate": 0.1, "disconnectRate": 0.1, "rateLimitRate": 0.05})
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

// TestIntegrationCache: a second run makes no call, and one without the cache
// makes all of them.
func TestIntegrationCache(t *testing.T) {
	server := startAimock(t, "")
	l := newLibrary(t, "testdata", "integration")
	server.answerAsExpected(l)
	args := []string{"--model", "openai/gpt-test", "--base-url", server.url + "/v1"}
	first := l.eval(args...)
	for _, test := range []struct {
		name string
		args []string
		want int // calls
	}{
		{"first", nil, 6},
		{"again", nil, 6},
		{"few shots are another call", []string{"--few-shot", "others"}, 11},
		{"no cache", []string{"--no-cache"}, 17},
	} {
		e := first
		if test.name != "first" {
			e = l.eval(append(args, test.args...)...)
		}
		e.expect(t, exitClean, 6, 0, 0)
		if got := len(server.sent()); got != test.want {
			t.Errorf("%s: %d calls in all, want %d", test.name, got, test.want)
		}
	}
	server.stop()
	e := l.eval(args...)
	e.expect(t, exitClean, 6, 0, 0)
	if diff := cmp.Diff(first.verdicts(), e.verdicts()); diff != "" {
		t.Errorf("without the server, -want +got\n%s", diff)
	}
}

// TestIntegrationStopped stops a run in its middle and goes on with it.
func TestIntegrationStopped(t *testing.T) {
	const repeats, concurrency, stopAt = 20, 4, 40
	for _, test := range []struct {
		name   string
		signal os.Signal
		twice  int // calls that may be made again
	}{
		{"killed", os.Kill, concurrency},
		{"interrupted", os.Interrupt, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			if runtime.GOOS == "windows" && test.signal == os.Interrupt {
				t.Skip("skipped: a process cannot be interrupted on Windows")
			}
			server := startAimock(t, "", "--chaos-latency", "50")
			l := newLibrary(t, "testdata", "integration")
			server.answerAsExpected(l)
			calls := 6 * repeats
			proxy, reached := signalAt(t, server.url, stopAt)
			args := []string{"eval", "--no-cache", "--format", "json", "--model", "openai/gpt-test", "--base-url", proxy + "/v1",
				"--concurrency", fmt.Sprint(concurrency), "--repeat", fmt.Sprint(repeats), "prompts"}
			cmd, _, errs := l.command(t.Context(), args...)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			<-reached
			if err := cmd.Process.Signal(test.signal); err != nil {
				t.Fatal(err)
			}
			cmd.Wait()
			stopped := l.read(cmd.ProcessState.ExitCode(), errs.String(), l.newestRun())
			if test.signal == os.Interrupt && (stopped.status != exitFault || !strings.Contains(stopped.errs, "the run was stopped before its end")) {
				t.Errorf("status %d: %s", stopped.status, stopped.errs)
			}
			kept := len(stopped.attempts)
			if sent := len(server.sent()); kept > sent || kept < sent-test.twice || kept < stopAt-concurrency || kept >= calls {
				t.Errorf("%d replies were kept of %d calls", kept, sent)
			}
			before := len(server.sent())
			resumed := l.eval("--no-cache", "--resume", "--model", "openai/gpt-test", "--base-url", proxy+"/v1", "--repeat", fmt.Sprint(repeats))
			resumed.expect(t, exitClean, calls, 0, 0)
			if resumed.run.Path != stopped.run.Path {
				t.Errorf("went on with %s, want %s", resumed.run.Path, stopped.run.Path)
			}
			if made := len(server.sent()) - before; made != calls-kept {
				t.Errorf("%d calls were made after %d of %d", made, kept, calls)
			}
		})
	}
}

// newestRun is the path of the last run of the library.
func (l *testLibrary) newestRun() string {
	l.t.Helper()
	names, err := evals.Runs(l.dir)
	if err != nil || len(names) == 0 {
		l.t.Fatalf("there is no run: %v", err)
	}
	rel, err := filepath.Rel(l.dir, names[0])
	if err != nil {
		l.t.Fatal(err)
	}
	return rel
}

// signalAt passes requests on to a server, and closes reached when it has
// answered n of them.
func signalAt(t *testing.T, address string, n int64) (proxy string, reached <-chan struct{}) {
	t.Helper()
	target, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var answered atomic.Int64
	pass := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) },
		ModifyResponse: func(*http.Response) error {
			if answered.Add(1) == n {
				close(done)
			}
			return nil
		},
		ErrorLog: log.New(io.Discard, "", 0), // of requests whose sender was killed
	}
	server := httptest.NewServer(pass)
	t.Cleanup(server.Close)
	return server.URL, done
}

// TestIntegrationKey: a key that the server refuses ends the run after a few
// calls, and stands nowhere.
func TestIntegrationKey(t *testing.T) {
	server := startAimock(t, "right-key-0123456789")
	l := newLibrary(t, "testdata", "integration")
	server.answerAsExpected(l)
	args := []string{"--model", "openai/gpt-test", "--base-url", server.url + "/v1", "--concurrency", "2"}
	const key = "wrong-key-0123456789"
	l.env = []string{"OPENAI_API_KEY=" + key}
	e := l.eval(args...)
	e.expect(t, exitFault, 0, 0, 6)
	if sent := len(server.sent()); sent > 2 {
		t.Errorf("%d calls with a wrong key, two at a time", sent)
	}
	err := filepath.WalkDir(l.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), key) {
			t.Errorf("%s holds the key", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	l.env = []string{"OPENAI_API_KEY=right-key-0123456789"}
	l.eval(args...).expect(t, exitClean, 6, 0, 0)
}

// TestIntegrationRecorder calls a server through a proxy that records it, and then
// without the server: the proxy knows every request again.
func TestIntegrationRecorder(t *testing.T) {
	upstream, stop := startMockLLM(t, "rules:\n- path: /v1/chat/completions\n  response: {status: 200, content: '"+fmt.Sprintf(chatAnswer, faultReport, `"stop"`)+"'}\n")
	server := startAimock(t, "", "--record", "--provider-openai", upstream)
	l := newLibrary(t, "testdata", "integration")
	args := []string{"--no-cache", "--model", "openai/gpt-test", "--base-url", server.url + "/v1"}
	recorded := l.eval(args...)
	recorded.scored(t)
	stop()
	replayed := l.eval(args...)
	if diff := cmp.Diff(recorded.verdicts(), replayed.verdicts()); diff != "" || replayed.status != recorded.status {
		t.Errorf("status %d, -recorded +replayed\n%s", replayed.status, diff)
	}
	if sent := len(server.sent()); sent != 12 {
		t.Errorf("the proxy got %d calls, want 12", sent)
	}
}

// settings writes files into the folder of settings of the library.
func (l *testLibrary) settings(files map[string]string) {
	l.t.Helper()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(l.dir, ".promptlib", name), []byte(text), 0o644); err != nil {
			l.t.Fatal(err)
		}
	}
}

// TestIntegrationAzure: a deployment has a path and a header of its own, and the
// key that the policy binds.
func TestIntegrationAzure(t *testing.T) {
	server := startAimock(t, "right-key-0123456789")
	l := newLibrary(t, "testdata", "integration")
	l.env = []string{"OPENAI_API_KEY=wrong-key-0123456789", "HOUSE_KEY=right-key-0123456789"}
	server.answerAsExpected(l)
	l.settings(map[string]string{
		"config.yaml": "version: 1\nproviders:\n  house: {kind: azure, base_url: \"" + server.url + "\", api_version: 2024-10-21, deployment: triage-small}\n",
		"policy.yaml": "version: 1\nproviders:\n  house: {hosts: [" + strings.TrimPrefix(server.url, "http://") + "], key_env: HOUSE_KEY, ceiling: restricted, local: true}\n",
	})
	e := l.eval("--model", "house/gpt-test")
	e.expect(t, exitClean, 6, 0, 0)
	sent := server.sent()
	if len(sent) != 6 {
		t.Errorf("%d calls, want 6", len(sent))
	}
	for _, r := range sent {
		if r.Method != "POST" || r.Path != "/openai/deployments/triage-small/chat/completions?api-version=2024-10-21" || r.Headers["api-key"] == "" || r.Headers["authorization"] != "" {
			t.Errorf("got %s %s with %v", r.Method, r.Path, r.Headers)
		}
		if r.Body["temperature"] != 0.0 || len(messagesIn(r)) == 0 {
			t.Errorf("got %v", r.Body)
		}
	}
}

// TestIntegrationBudget: what the server says that a call has cost counts, and the
// run ends before it costs more than it may.
func TestIntegrationBudget(t *testing.T) {
	server := startAimock(t, "")
	l := newLibrary(t, "testdata", "integration")
	for _, want := range l.reference() {
		usage := map[string]any{"prompt_tokens": 50, "completion_tokens": 20, "cost": 0.25}
		server.add(aimockFixture{matching(want.Request), map[string]any{"content": want.Reply.Text, "usage": usage}})
	}
	l.settings(map[string]string{"config.yaml": "version: 1\nproviders:\n  openai: {kind: openai, prices: {vendor/gpt-test: {input: 1, output: 1}}}\n"})
	e := l.eval("--model", "openai/vendor/gpt-test", "--base-url", server.url+"/api/v1", "--max-cost", "0.6", "--concurrency", "1")
	e.expect(t, exitFault, 2, 0, 4)
	spent := 0.0
	for _, o := range e.outcomes {
		spent += o.Cost
		if o.Status == evals.Errored && (o.Err.Class != evals.OverBudget || o.Tries != 0) {
			t.Errorf("%s %s: %v after %d tries", o.Prompt, o.Name, o.Err, o.Tries)
		}
	}
	if sent := len(server.sent()); spent != 0.5 || sent != 2 {
		t.Errorf("$%g were spent in %d calls, want $0.50 in 2: by its price a third could cost less than what is left, but the server charges more", spent, sent)
	}
}

// TestIntegrationStructuredRefused: a server that does not take schemas is asked
// once more without, and not again with one.
func TestIntegrationStructuredRefused(t *testing.T) {
	reply := fmt.Sprintf(chatAnswer, `"{\"device\": \"printer\", \"urgent\": false}"`, `"stop"`)
	server, _ := startMockLLM(t, `rules:
- path: /v1/chat/completions
  response: {status: 200, content: '`+reply+`'}
- path: /v1/chat/completions
  match: body.response_format
  response: {status: 400, content: '{"error": {"message": "response_format of type json_schema is not supported"}}'}
`)
	l := newLibrary(t, "testdata", "integration")
	l.path = "prompts/printer-ticket.md"
	e := l.eval("--model", "openai/m", "--base-url", server+"/v1", "--concurrency", "1")
	e.scored(t)
	var got []evals.Structured
	for _, a := range e.attempts {
		got = append(got, a.Reply.Structured)
	}
	if want := []evals.Structured{evals.StructuredRefused, evals.StructuredOff, evals.StructuredOff}; !slices.Equal(got, want) {
		t.Errorf("structured %q, want %q", got, want)
	}
}

// An oddAnswer is what a server says to a call, and what eval makes of it.
type oddAnswer struct {
	name    string
	status  int
	body    string
	want    evals.Status
	failure string // how the error of the case begins; "" for none
	tries   int
}

const (
	chatAnswer  = `{"choices": [{"message": {"role": "assistant", "content": %s}, "finish_reason": %s}]}`
	faultReport = `"### Cause\n\nThe dimmer.\n\n### Remedy\n\nAnother one."`
)

var oddAnswers = []oddAnswer{
	{"plain", 200, fmt.Sprintf(chatAnswer, faultReport, `"stop"`), evals.Passed, "", 1},
	{"content-in-parts", 200, fmt.Sprintf(chatAnswer, `[{"type": "text", "text": `+faultReport+`}]`, `"stop"`), evals.Passed, "", 1},
	{"null-content", 200, fmt.Sprintf(chatAnswer, "null", `"stop"`), evals.Failed, "", 1},
	{"tool-call", 200, `{"choices": [{"message": {"role": "assistant", "content": null, "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}, "finish_reason": "tool_calls"}]}`, evals.Failed, "", 1},
	{"usage-in-fractions", 200, `{"usage": {"prompt_tokens": 1.5}, ` + fmt.Sprintf(chatAnswer, faultReport, `"stop"`)[1:], evals.Passed, "", 1},
	{"length", 200, fmt.Sprintf(chatAnswer, `"### Cause"`, `"length"`), evals.Failed, "", 1},
	{"no-finish-reason", 200, fmt.Sprintf(chatAnswer, faultReport, "null"), evals.Errored, "cut-short: the answer has no finish_reason: it may be incomplete", 2},
	{"no-choices", 200, `{"choices": []}`, evals.Errored, "bad-reply: the answer has no choices", 1},
	{"empty-object", 200, `{}`, evals.Errored, "bad-reply: the answer has no choices", 1},
	{"null", 200, `null`, evals.Errored, "bad-reply: the answer has no choices", 1},
	{"error-with-200", 200, `{"error": {"message": "overloaded", "code": 529}}`, evals.Errored, "server: the server answered 200 with an error: overloaded", 2},
	{"error-text", 503, `{"error": "model is loading"}`, evals.Errored, "server: HTTP 503: model is loading", 2},
	{"status-failure", 500, `{"status": "failure"}`, evals.Errored, "server: HTTP 500: failure", 2},
	{"detail", 422, `{"detail": "max_tokens is too large"}`, evals.Errored, "refused: HTTP 422: max_tokens is too large", 1},
	{"list", 400, `[{"error": {"code": 400, "message": "API key not valid", "status": "INVALID_ARGUMENT"}}]`, evals.Errored, "refused: HTTP 400: API key not valid", 1},
	{"empty-error", 502, `{}`, evals.Errored, "server: HTTP 502: Bad Gateway", 2},
	{"slow-down", 429, `{"message": "slow down"}`, evals.Errored, "rate-limit: HTTP 429: slow down", 2},
	{"denied", 401, `{"error": {"message": "no such key", "type": "invalid_request_error", "param": null}}`, evals.Errored, "refused: HTTP 401: no such key", 1},
	{"no-model", 404, `{"error": {"message": "there is no model \"no-model\"", "code": "model_not_found"}}`, evals.Errored, `refused: HTTP 404: there is no model "no-model"`, 1},
}

// TestIntegrationAnswers has a server answer in the shapes that servers have. The
// name of the model chooses the answer.
func TestIntegrationAnswers(t *testing.T) {
	var rules strings.Builder
	rules.WriteString("rules:\n")
	rule := func(match, extra string, status int, body string) {
		text, _ := json.Marshal(body)
		fmt.Fprintf(&rules, "- {path: /v1/chat/completions, match: %q, %sresponse: {status: %d, content: %s}}\n", match, extra, status, text)
	}
	for _, a := range oddAnswers {
		rule("body.model == '"+a.name+"'", "", a.status, a.body)
	}
	echo := fmt.Sprintf(chatAnswer, `"{{jmes request body.messages[-1].content}}"`, `"stop"`)
	rule("body.model == 'echo'", "", 200, echo)
	rule("body.model == 'recovers'", "sequence: 0, ", 500, `{"error": "not yet"}`)
	rule("body.model == 'recovers'", "sequence: 1, ", 200, oddAnswers[0].body)
	server, _ := startMockLLM(t, rules.String())
	l := newLibrary(t, "testdata", "integration")
	l.path, l.env = "prompts/fault-report.md", []string{"OPENAI_API_KEY=not-a-real-key"}
	check := func(name, base string, want oddAnswer) {
		t.Helper()
		e := l.eval("--model", "openai/"+name, "--base-url", server+base, "--tries", "2")
		if len(e.outcomes) != 1 {
			t.Fatalf("%s: %d outcomes", name, len(e.outcomes))
		}
		o := e.outcomes[0]
		failure := ""
		if o.Err != nil {
			failure = o.Err.Error()
		}
		if o.Status != want.want || (failure == "") != (want.failure == "") || !strings.HasPrefix(failure, want.failure) || o.Tries != want.tries {
			t.Errorf("%s: %s after %d tries, %q\nwant %s after %d, %q", name, o.Status, o.Tries, failure, want.want, want.tries, want.failure)
		}
		status := map[evals.Status]int{evals.Passed: exitClean, evals.Failed: exitFindings, evals.Errored: exitFault}[want.want]
		if e.status != status {
			t.Errorf("%s: exit status %d, want %d", name, e.status, status)
		}
	}
	for _, a := range oddAnswers {
		check(a.name, "/v1", a)
	}
	check("recovers", "/v1", oddAnswer{want: evals.Passed, tries: 2})
	check("echo", "/v1", oddAnswer{want: evals.Failed, tries: 1})
	check("plain", "/v2", oddAnswer{want: evals.Errored, failure: "refused: HTTP 404: Not Found: Cannot POST /v2/chat/completions", tries: 1})

	// What it cannot put into its answer is an error of its own shape.
	l.rewrite("flickers since", "flickers\nsince")
	check("echo", "/v1", oddAnswer{want: evals.Errored, failure: "server: HTTP 500: SyntaxError: ", tries: 2})
	l.rewrite("flickers\nsince", strings.Repeat("flickers ", 15000))
	check("plain", "/v1", oddAnswer{want: evals.Errored, failure: "refused: HTTP 413: PayloadTooLargeError: request entity too large", tries: 1})
}

// rewrite replaces a text in the prompt of the library.
func (l *testLibrary) rewrite(old, text string) {
	l.t.Helper()
	name := filepath.Join(l.dir, l.path)
	was, err := os.ReadFile(name)
	if err == nil && !strings.Contains(string(was), old) {
		err = fmt.Errorf("%s has no %q", name, old)
	}
	if err == nil {
		err = os.WriteFile(name, []byte(strings.ReplaceAll(string(was), old, text)), 0o644)
	}
	if err != nil {
		l.t.Fatal(err)
	}
}

// TestIntegrationModel runs the whole loop with a real model. What it answers is
// its own affair: every case is to be scored, and every reply kept.
func TestIntegrationModel(t *testing.T) {
	server, stop := startOllama(t)
	l := newLibrary(t, "testdata", "integration")
	args := []string{"--model", "openai/smollm2", "--base-url", server + "/v1", "--concurrency", "2", "--record", "replies.jsonl"}
	e := l.eval(args...)
	e.scored(t)
	for _, a := range e.attempts {
		if a.Reply == nil || a.Reply.Text == "" || a.Reply.Usage.PromptTokens == 0 || a.Reply.Usage.CompletionTokens == 0 {
			t.Errorf("%s %s: reply %+v", a.Prompt, a.Name, a.Reply)
			continue
		}
		// The limit of tokens is sent under the name that Ollama knows.
		if limit := *a.Request.Parameters.MaxTokens; a.Reply.Usage.CompletionTokens > limit {
			t.Errorf("%s %s: %d tokens, and %d were the most", a.Prompt, a.Name, a.Reply.Usage.CompletionTokens, limit)
		}
		if a.Request.Schema != nil && (a.Reply.Structured != evals.StructuredSent || a.Reply.FinishReason == "stop" && !json.Valid([]byte(a.Reply.Text))) {
			t.Errorf("%s %s: with a schema (%s) the model replies %q", a.Prompt, a.Name, a.Reply.Structured, a.Reply.Text)
		}
		t.Logf("%s %s: %s %q", a.Prompt, a.Name, a.Reply.FinishReason, a.Reply.Text)
	}
	if len(e.attempts) != 6 {
		t.Errorf("%d calls, want 6", len(e.attempts))
	}

	unknown := l.eval("--model", "openai/nobody", "--base-url", server+"/v1", "--concurrency", "1")
	unknown.expect(t, exitFault, 0, 0, 6)
	if o := unknown.outcomes[0]; o.Err.Class != evals.Refused || !strings.Contains(o.Err.Message, "nobody") || len(unknown.attempts) > 1 {
		t.Errorf("an unknown model: %v after %d calls", o.Err, len(unknown.attempts))
	}

	// Without the server the replies are still there: in the cache, and in the
	// record.
	stop()
	again := l.eval(args...)
	if diff := cmp.Diff(e.verdicts(), again.verdicts()); diff != "" || again.status != e.status {
		t.Errorf("from the cache: status %d, -first +again\n%s", again.status, diff)
	}
	for _, a := range again.attempts {
		if !a.Cached {
			t.Errorf("%s %s was sent again", a.Prompt, a.Name)
		}
	}
	replayed := l.eval("--model", "replay", "--replay", "replies.jsonl")
	if diff := cmp.Diff(e.verdicts(), replayed.verdicts()); diff != "" || replayed.status != e.status {
		t.Errorf("from the record: status %d, -first +replayed\n%s", replayed.status, diff)
	}
	down := l.eval(append(args, "--no-cache")...)
	down.expect(t, exitFault, 0, 0, 6)
}

// scored checks that every case of a run was scored.
func (e *evaluation) scored(t *testing.T) {
	t.Helper()
	failed := 0
	for _, o := range e.outcomes {
		switch {
		case o.Status == evals.Failed:
			failed++
		case o.Status != evals.Passed || len(o.Scores) == 0:
			t.Errorf("%s %s: %s %v", o.Prompt, o.Name, o.Status, o.Err)
		}
	}
	want := exitClean
	if failed > 0 {
		want = exitFindings
	}
	if e.status != want {
		t.Errorf("status %d with %d failed of %d: %s", e.status, failed, len(e.outcomes), e.errs)
	}
}

// TestIntegrationModelKilled kills a run with a real model and goes on with it.
func TestIntegrationModelKilled(t *testing.T) {
	server, _ := startOllama(t)
	l := newLibrary(t, "testdata", "integration")
	proxy, reached := signalAt(t, server, 3)
	args := []string{"--no-cache", "--model", "openai/smollm2", "--base-url", proxy + "/v1", "--concurrency", "1"}
	cmd, _, errs := l.command(t.Context(), append([]string{"eval", "prompts"}, args...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-reached
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	killed := l.read(cmd.ProcessState.ExitCode(), errs.String(), l.newestRun())
	if n := len(killed.attempts); n < 2 || n > 3 {
		t.Errorf("%d replies were kept of three calls", n)
	}
	resumed := l.eval(append(args, "--resume")...)
	resumed.scored(t)
	if len(resumed.outcomes) != 6 || len(resumed.attempts) != 6 {
		t.Errorf("%d cases and %d calls, want 6 and 6", len(resumed.outcomes), len(resumed.attempts))
	}
	for i, a := range killed.attempts {
		if diff := cmp.Diff(a, resumed.attempts[i]); diff != "" {
			t.Errorf("a kept reply has changed, -want +got\n%s", diff)
		}
	}
}

// TestIntegrationModelBusy: a real server turns calls away while it is busy, and
// cuts a prompt that does not fit without a word.
func TestIntegrationModelBusy(t *testing.T) {
	server, _ := startOllama(t, "OLLAMA_NUM_PARALLEL=1", "OLLAMA_MAX_QUEUE=1", "OLLAMA_CONTEXT_LENGTH=512")
	l := newLibrary(t, "testdata", "integration")
	args := []string{"--model", "openai/smollm2", "--base-url", server + "/v1", "--concurrency", "6"}
	e := l.eval(args...)
	e.scored(t)
	turnedAway := 0
	for _, a := range e.attempts {
		if a.Err != nil && a.Err.Class == evals.Server && strings.Contains(a.Err.Message, "HTTP 503: server busy") {
			turnedAway++
		} else if a.Err != nil {
			t.Errorf("%s %s: %v", a.Prompt, a.Name, a.Err)
		}
	}
	if turnedAway == 0 {
		t.Error("the server was never busy")
	}
	l.path = "prompts/fault-report.md"
	l.rewrite("in room 12", "that stands "+strings.Repeat("beside the old desk ", 400))
	long := l.eval(args...)
	long.scored(t)
	if o := long.outcomes[0]; !strings.HasPrefix(o.Warning, "the server counts 512 tokens in a prompt of about 2") {
		t.Errorf("a prompt that does not fit has the warning %q", o.Warning)
	}
}
