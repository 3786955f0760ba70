package provider

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"promptlib/evals"
)

// TestServers: what servers send that others do not.
func TestServers(t *testing.T) {
	ok := func(extra, usage string) string {
		return `{"id":"1","object":"chat.completion","model":"m",` + extra + `"choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"stop"}],"usage":` + usage + `}`
	}
	tests := []struct {
		name   string
		status int
		header [2]string
		body   string
		want   evals.Reply
		err    *evals.Error
	}{
		{"OpenRouter: the cost of a reply", 200, [2]string{}, ok(`"provider":"x",`, `{"prompt_tokens":3,"completion_tokens":4,"cost":0.00123,"cost_details":{"upstream_inference_cost":null}}`),
			evals.Reply{Text: "a", FinishReason: "stop", Usage: evals.Usage{PromptTokens: 3, CompletionTokens: 4, Cost: 0.00123}}, nil},
		{"OpenRouter: a cost that is none", 200, [2]string{}, ok("", `{"prompt_tokens":3,"completion_tokens":4,"cost":"free"}`),
			evals.Reply{Text: "a", FinishReason: "stop", Usage: evals.Usage{PromptTokens: 3, CompletionTokens: 4}}, nil},
		{"OpenRouter: comments while it waits", 200, [2]string{}, "\n  \n\n   " + ok("", `{"prompt_tokens":3,"completion_tokens":4,"cost":-1}`),
			evals.Reply{Text: "a", FinishReason: "stop", Usage: evals.Usage{PromptTokens: 3, CompletionTokens: 4}}, nil},
		{"OpenRouter: an error of the provider behind it", 200, [2]string{}, `{"error":{"message":"Provider returned error","code":502,"metadata":{"raw":"x"}},"user_id":"u"}`,
			evals.Reply{}, &evals.Error{Class: evals.Server, Message: "the server answered 200 with an error: Provider returned error"}},
		{"OpenRouter: no credits", 402, [2]string{}, `{"error":{"message":"This request requires more credits","code":402}}`,
			evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 402: This request requires more credits", Denied: true}},
		{"OpenRouter: a message that it does not like", 403, [2]string{}, `{"error":{"message":"no","code":403,"metadata":{"reasons":["x"],"flagged_input":"y"}}}`,
			evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 403: no"}},
		{"LiteLLM: the cost in a header", 200, [2]string{"x-litellm-response-cost", "2.5e-05"}, ok("", `{"prompt_tokens":3,"completion_tokens":4}`),
			evals.Reply{Text: "a", FinishReason: "stop", Usage: evals.Usage{PromptTokens: 3, CompletionTokens: 4, Cost: 0.000025}}, nil},
		{"LiteLLM: a cost that is none", 200, [2]string{"x-litellm-response-cost", "Inf"}, ok("", `{"prompt_tokens":3,"completion_tokens":4}`),
			evals.Reply{Text: "a", FinishReason: "stop", Usage: evals.Usage{PromptTokens: 3, CompletionTokens: 4}}, nil},
		{"LiteLLM: a limit, with a code that is text", 429, [2]string{"Retry-After", "4"}, `{"error":{"message":"litellm.RateLimitError: x","type":"throttling_error","param":null,"code":"429"}}`,
			evals.Reply{}, &evals.Error{Class: evals.RateLimit, Message: "HTTP 429: litellm.RateLimitError: x", RetryAfter: 4 * time.Second}},
		{"Anthropic: overloaded", 529, [2]string{}, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"r"}`,
			evals.Reply{}, &evals.Error{Class: evals.Server, Message: "HTTP 529: Overloaded"}},
		{"Anthropic: a wrong key", 401, [2]string{}, `{"error":{"code":"authentication_error","message":"invalid x-api-key","type":"invalid_request_error","param":null}}`,
			evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 401: invalid x-api-key", Denied: true}},
		{"Gemini: a limit", 429, [2]string{}, `[{"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"1.5s"}]}}]`,
			evals.Reply{}, &evals.Error{Class: evals.RateLimit, Message: "HTTP 429: quota", RetryAfter: 1500 * time.Millisecond}},
		{"Gemini: a wrong key", 400, [2]string{}, `[{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID","domain":"googleapis.com"}]}}]`,
			evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 400: API key not valid.", Denied: true}},
		{"Azure: no such deployment", 404, [2]string{}, `{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}`,
			evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 404: The API deployment for this resource does not exist.", Denied: true}},
		{"Azure: a prompt that is filtered", 400, [2]string{}, `{"error":{"message":"filtered","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}`,
			evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 400: filtered"}},
		{"vLLM: reasoning and no content", 200, [2]string{}, `{"choices":[{"index":0,"message":{"role":"assistant","content":null,"reasoning_content":"hm","tool_calls":[]},"logprobs":null,"finish_reason":"length","stop_reason":null}],"usage":{"prompt_tokens":3,"total_tokens":7,"completion_tokens":4,"prompt_tokens_details":null}}`,
			evals.Reply{FinishReason: "length", Usage: evals.Usage{PromptTokens: 3, CompletionTokens: 4}}, nil},
		{"vLLM: no such model", 404, [2]string{}, `{"object":"error","message":"The model m does not exist.","type":"NotFoundError","param":null,"code":404}`,
			evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 404: The model m does not exist.", Denied: true}},
		{"vLLM: a prompt that is too long", 400, [2]string{}, `{"object":"error","message":"maximum context length is 2048 tokens","type":"BadRequestError","param":null,"code":400}`,
			evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 400: maximum context length is 2048 tokens"}},
		{"llama.cpp: the model is loaded", 503, [2]string{}, `{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}`,
			evals.Reply{}, &evals.Error{Class: evals.Server, Message: "HTTP 503: Loading model"}},
		{"llama.cpp: timings", 200, [2]string{}, ok(`"timings":{"prompt_n":3,"predicted_per_second":41.5},`, `{"completion_tokens":4,"prompt_tokens":3,"total_tokens":7}`),
			evals.Reply{Text: "a", FinishReason: "stop", Usage: evals.Usage{PromptTokens: 3, CompletionTokens: 4}}, nil},
		{"Ollama: no such model", 404, [2]string{}, `{"error":{"message":"model \"m\" not found, try pulling it first","type":"api_error","param":null,"code":null}}`,
			evals.Reply{}, &evals.Error{Class: evals.Refused, Message: `HTTP 404: model "m" not found, try pulling it first`, Denied: true}},
		{"Ollama: an error as text", 500, [2]string{}, `{"error":"llama runner process has terminated"}`,
			evals.Reply{}, &evals.Error{Class: evals.Server, Message: "HTTP 500: llama runner process has terminated"}},
		{"a stream's last part: choices that are empty", 200, [2]string{}, `{"id":"1","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}`,
			evals.Reply{}, &evals.Error{Class: evals.BadReply, Message: "the answer has no choices"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			base := serve(t, func(w http.ResponseWriter, _ *http.Request, _ []byte) {
				if test.header[0] != "" {
					w.Header().Set(test.header[0], test.header[1])
				}
				w.WriteHeader(test.status)
				io.WriteString(w, test.body)
			})
			reply, err := ask(t, context.Background(), Options{BaseURL: base})
			if reply != test.want {
				t.Errorf("got %+v, want %+v", reply, test.want)
			}
			if (err == nil) != (test.err == nil) || err != nil && *err != *test.err {
				t.Errorf("got error  %+v\nwant error %+v", err, test.err)
			}
		})
	}
}

// TestOpenAINamesFields: OpenAI's own API has another name for max_tokens.
func TestOpenAINamesFields(t *testing.T) {
	for _, test := range []struct {
		name   string
		base   string
		fields map[string]string
		want   string
	}{
		{"another server", "http://h/v1", nil, `{"max_tokens":5,"seed":1,"temperature":0}`},
		{"another server with another name", "http://h/v1", map[string]string{"max_tokens": "max_completion_tokens", "seed": "random_seed"}, `{"max_completion_tokens":5,"random_seed":1,"temperature":0}`},
		{"OpenAI", "", nil, `{"max_completion_tokens":5,"seed":1,"temperature":0}`},
		{"OpenAI with the old name", "", map[string]string{"max_tokens": "max_tokens"}, `{"max_tokens":5,"seed":1,"temperature":0}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			fields := fieldNames(test.base == "", test.fields)
			c := &chat{options: Options{Fields: fields}}
			got, err := json.Marshal(c.parameters(evals.Parameters{Temperature: ptr(0.0), MaxTokens: ptr(5), Seed: ptr(1)}))
			if err != nil || string(got) != test.want {
				t.Errorf("got %s and %v, want %s", got, err, test.want)
			}
		})
	}
}
