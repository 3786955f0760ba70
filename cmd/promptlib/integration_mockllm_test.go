package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"promptlib/evals"
)

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
