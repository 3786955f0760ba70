package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"promptlib/evals"
)

func ptr[T any](v T) *T { return &v }

// request is what the cases of these tests send.
func request(text string) evals.Request {
	return evals.Request{Messages: []evals.Message{{Role: "system", Content: "be brief"}, {Role: "user", Content: text}}}
}

func attempt(model, prompt string, example int, text string) evals.Attempt {
	r := request(text)
	return evals.Attempt{
		Identity: r.Identity("chat-completions", model, 1), Prompt: prompt, Name: fmt.Sprint("example ", example), Example: example, Repeat: 1, Model: model, Class: "chat-completions",
		Request: r, Reply: &evals.Reply{Text: model + " says " + text, FinishReason: "length", Usage: evals.Usage{PromptTokens: 1, CompletionTokens: 2}},
	}
}

// recorded writes the JSON lines of a run with some calls.
func recorded(t *testing.T, attempts ...evals.Attempt) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "run.jsonl")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	e := json.NewEncoder(file)
	lines := []evals.Line{{Event: "run", Header: &evals.Header{Version: evals.JournalVersion}}}
	for _, a := range attempts {
		lines = append(lines, evals.Line{Event: "attempt", Attempt: &a})
	}
	for _, line := range lines {
		if err := e.Encode(line); err != nil {
			t.Fatal(err)
		}
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func replayed(t *testing.T, model, file string, c *evals.Case) (evals.Reply, *evals.Error) {
	t.Helper()
	m, err := Open(model, Options{Replay: file})
	if err != nil {
		t.Fatal(err)
	}
	c.Name = fmt.Sprint("example ", c.Example)
	reply, err := m.Call(context.Background(), c)
	var failure *evals.Error
	if err != nil && !errors.As(err, &failure) {
		t.Fatalf("got %v, want an error with its class", err)
	}
	return reply, failure
}

func TestReplayAnswersWithTheRecordedReply(t *testing.T) {
	failed := attempt("openai/m", "x.md", 3, "c")
	failed.Reply, failed.Err = nil, &evals.Error{Class: evals.RateLimit, Message: "HTTP 429"}
	again := failed
	again.Err, again.Reply = nil, &evals.Reply{Text: "at last"}
	file := recorded(t, attempt("openai/m", "x.md", 1, "a"), attempt("openai/m", "x.md", 2, "b"), failed)
	tests := []struct {
		name string
		file string
		c    evals.Case
		want evals.Reply
		err  *evals.Error
	}{
		{"hit", file, evals.Case{Prompt: "x.md", Example: 2, Repeat: 1, Request: request("b")},
			evals.Reply{Text: "openai/m says b", FinishReason: "length", Usage: evals.Usage{PromptTokens: 1, CompletionTokens: 2}}, nil},
		{"hit of what is sent, whatever the file is called", file, evals.Case{Prompt: "lib/y.md", Example: 7, Repeat: 1, Request: request("a")},
			evals.Reply{Text: "openai/m says a", FinishReason: "length", Usage: evals.Usage{PromptTokens: 1, CompletionTokens: 2}}, nil},
		{"recorded error", file, evals.Case{Prompt: "x.md", Example: 3, Repeat: 1, Request: request("c")},
			evals.Reply{}, &evals.Error{Class: evals.RateLimit, Message: "HTTP 429"}},
		{"the last of several attempts counts", recorded(t, failed, again), evals.Case{Prompt: "x.md", Example: 3, Repeat: 1, Request: request("c")},
			evals.Reply{Text: "at last"}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			reply, err := replayed(t, "replay", test.file, &test.c)
			if reply != test.want {
				t.Errorf("got %+v, want %+v", reply, test.want)
			}
			if (err == nil) != (test.err == nil) || err != nil && *err != *test.err {
				t.Errorf("got error %v, want %v", err, test.err)
			}
		})
	}
}

func TestReplaySaysWhatChanged(t *testing.T) {
	first := attempt("openai/m", "x.md", 1, "the quick brown fox")
	first.Request.Parameters.Temperature = ptr(0.0)
	first.Identity = first.Request.Identity("chat-completions", "openai/m", 1)
	empty := attempt("openai/m", "x.md", 2, "b")
	empty.Reply = nil
	file := recorded(t, first, empty, attempt("openai/n", "y.md", 1, "the quick brown fox"))
	same := func(change func(c *evals.Case)) *evals.Case {
		c := &evals.Case{Prompt: "x.md", Example: 1, Repeat: 1, Request: request("the quick brown fox")}
		c.Request.Parameters.Temperature = ptr(0.0)
		change(c)
		return c
	}
	tests := []struct {
		name string
		c    *evals.Case
		want string
	}{
		{"message", same(func(c *evals.Case) { c.Request.Messages[1].Content = "the quick red fox" }),
			`since the run was recorded the user message changed from "the quick brown fox" to "the quick red fox"`},
		{"other message", same(func(c *evals.Case) { c.Request.Messages[0].Content = "be brief." }),
			`since the run was recorded the system message changed from "be brief" to "be brief."`},
		{"long message", same(func(c *evals.Case) {
			c.Request.Messages[1].Content = "the quick brown fox" + strings.Repeat(" and ä dog", 20)
		}), `since the run was recorded the user message changed from " brown fox" to " brown fox and ä dog and ä dog and ä "`},
		{"message more", same(func(c *evals.Case) { c.Request.Messages = append(c.Request.Messages, evals.Message{Role: "user"}) }),
			`since the run was recorded the number of messages changed from 2 to 3`},
		{"parameter", same(func(c *evals.Case) { c.Request.Parameters.Temperature = ptr(0.5) }),
			`since the run was recorded the parameters changed from {"temperature":0} to {"temperature":0.5}`},
		{"parameter not sent", same(func(c *evals.Case) { c.Request.Parameters = evals.Parameters{} }),
			`since the run was recorded the parameters changed from {"temperature":0} to {}`},
		{"example", same(func(c *evals.Case) { c.Example, c.Request.Messages[1].Content = 3, "new" }),
			`the recorded run has no call of openai/m for this example`},
		{"prompt", same(func(c *evals.Case) { c.Prompt, c.Request.Messages[1].Content = "z.md", "new" }),
			`the recorded run has no call of openai/m for this example`},
		{"example of another model alone", same(func(c *evals.Case) { c.Prompt, c.Request.Parameters = "y.md", evals.Parameters{} }),
			`the recorded run has no call of openai/m for this example`},
		{"repeat", same(func(c *evals.Case) { c.Repeat = 2 }), `the recorded run has no call of this example with repeat 2`},
		{"call without reply", &evals.Case{Prompt: "x.md", Example: 2, Repeat: 1, Request: request("b")}, `the recorded call has no reply`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := replayed(t, "replay/openai/m", file, test.c)
			if err == nil || err.Class != evals.NoReplay || err.Message != test.want {
				t.Errorf("got error  %v\nwant error no-replay: %s", err, test.want)
			}
		})
	}
}

func TestReplayOfSeveralModels(t *testing.T) {
	file := recorded(t, attempt("openai/m", "x.md", 1, "a"), attempt("openai/n", "x.md", 1, "a"))
	for _, name := range []string{"openai/m", "openai/n"} {
		reply, err := replayed(t, "replay/"+name, file, &evals.Case{Prompt: "x.md", Example: 1, Repeat: 1, Request: request("a")})
		if err != nil || reply.Text != name+" says a" {
			t.Errorf("got %q and %v, want %s says a", reply.Text, err, name)
		}
	}
	for model, want := range map[string]string{
		"replay":          ": the run has several models; choose one with --model replay/NAME: openai/m, openai/n",
		"replay/openai/o": `: the run has no model "openai/o", only openai/m, openai/n`,
		"replay/m":        `: the run has no model "m", only openai/m, openai/n`,
	} {
		if _, err := Open(model, Options{Replay: file}); err == nil || err.Error() != file+want {
			t.Errorf("%s: got error %v, want %s", model, err, file+want)
		}
	}
}

func TestReplayRefusesWhatIsNoFile(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, t.TempDir(), os.DevNull} {
		if _, err := Open("replay", Options{Replay: path}); err == nil || err.Error() != path+": is no regular file" {
			t.Errorf("got error %v, want that %s is no regular file", err, path)
		}
	}
}

func TestReplayRefusesWhatIsNoRun(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"empty":            {"", "the run has no recorded call"},
		"header alone":     {`{"event":"run","run":{"version":2}}` + "\n", "the run has no recorded call"},
		"prompt file":      {"# Prompt\n\ntext\n", "line 1 is not the header of a run in format version 2"},
		"garbage inside":   {`{"event":"run","run":{"version":2}}` + "\nx\n", "line 2 is no line of a run: "},
		"another version":  {`{"event":"run","run":{"version":1}}` + "\n", "line 1 is not the header of a run in format version 2"},
		"report of a run":  {`{"version":1,"cases":[]}` + "\n", "line 1 is not the header of a run in format version 2"},
		"a run of no call": {`{"event":"run","run":{"version":2}}` + "\n" + `{"event":"outcome","outcome":{"status":"skipped"}}` + "\n", "the run has no recorded call"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "run.jsonl")
			if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := Open("replay", Options{Replay: path}); err == nil || !strings.HasPrefix(err.Error(), path+": "+test.want) {
				t.Errorf("got error %v, want %s: %s", err, path, test.want)
			}
		})
	}
}
