package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/evals"
)

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
