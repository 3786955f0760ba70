package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/evals"
)

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
