package provider

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"promptlib/evals"
)

const key = "sk-test-0123456789abcdef"

// serve starts a server and returns its base URL. Every request is read to its
// end, so that the server sees when the client leaves.
func serve(t *testing.T, handle func(w http.ResponseWriter, r *http.Request, body []byte)) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		handle(w, r, body)
	}))
	t.Cleanup(s.Close)
	return s.URL + "/v1"
}

// answer is a server that always says the same.
func answer(t *testing.T, status int, body string) string {
	t.Helper()
	return serve(t, func(w http.ResponseWriter, _ *http.Request, _ []byte) {
		w.WriteHeader(status)
		io.WriteString(w, body)
	})
}

// ask calls openai/m at a server with the message "hello".
func ask(t *testing.T, ctx context.Context, o Options) (evals.Reply, *evals.Error) {
	t.Helper()
	m, err := Open("openai/m", o)
	if err != nil {
		t.Fatal(err)
	}
	reply, err := m.Call(ctx, &evals.Case{Request: request("hello")})
	if err == nil {
		return reply, nil
	}
	var failure *evals.Error
	if !errors.As(err, &failure) {
		t.Fatalf("got %v, want an error with its class", err)
	}
	if reply != (evals.Reply{}) {
		t.Errorf("got reply %+v with an error, want none", reply)
	}
	return reply, failure
}

func completion(message, finish string) string {
	return fmt.Sprintf(`{"id":"1","choices":[{"index":0,"message":%s,"finish_reason":%s}],"usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15}}`, message, finish)
}

func TestOpenAISendsWhatIsMeantAndNothingElse(t *testing.T) {
	messages := func(texts ...string) []any {
		list := []any{map[string]any{"role": "system", "content": "be brief"}}
		for _, text := range texts {
			list = append(list, map[string]any{"role": "user", "content": text})
		}
		return list
	}
	tests := []struct {
		name          string
		model         string
		key           string
		request       evals.Request
		want          map[string]any
		authorization []string
	}{
		{"messages alone", "openai/m", "", request("hello <b>"),
			map[string]any{"model": "m", "messages": messages("hello <b>"), "stream": false}, nil},
		{"key", "openai/m", " " + key + "\n", request("hello"),
			map[string]any{"model": "m", "messages": messages("hello"), "stream": false}, []string{"Bearer " + key}},
		{"model with slashes and colons", "openai/meta/llama-3:8b", "", request("hello"),
			map[string]any{"model": "meta/llama-3:8b", "messages": messages("hello"), "stream": false}, nil},
		{"parameters that are zero", "openai/m", "", evals.Request{Messages: request("x").Messages, Parameters: evals.Parameters{Temperature: ptr(0.0), TopP: ptr(0.0), Seed: ptr(0)}},
			map[string]any{"model": "m", "messages": messages("x"), "stream": false, "temperature": 0.0, "top_p": 0.0, "seed": 0.0}, nil},
		{"parameters", "openai/m", "", evals.Request{Messages: request("x").Messages, Parameters: evals.Parameters{Temperature: ptr(0.7), TopP: ptr(0.9), MaxTokens: ptr(256), Seed: ptr(-7)}},
			map[string]any{"model": "m", "messages": messages("x"), "stream": false, "temperature": 0.7, "top_p": 0.9, "max_tokens": 256.0, "seed": -7.0}, nil},
		{"empty message", "openai/m", "", request(""),
			map[string]any{"model": "m", "messages": messages(""), "stream": false}, nil},
	}
	for _, name := range []string{"o1", "o1-mini", "o3-mini", "o4-mini", "gpt-5", "gpt-5-nano", "gpt-6", "davinci", "text-davinci-003"} {
		test := tests[4]
		test.name, test.model = "model "+name, "openai/"+name
		want := map[string]any{}
		for k, v := range test.want {
			want[k] = v
		}
		want["model"], test.want = name, want
		tests = append(tests, test)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			calls := 0
			base := serve(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
				calls++
				if got := r.Method + " " + r.URL.String(); got != "POST /v1/chat/completions" {
					t.Errorf("got %s, want POST /v1/chat/completions", got)
				}
				if got := r.Header.Get("Content-Type"); got != "application/json" {
					t.Errorf("got content type %q, want application/json", got)
				}
				if diff := cmp.Diff(r.Header["Authorization"], test.authorization); diff != "" {
					t.Errorf("authorization, got - want +:\n%s", diff)
				}
				if r.ContentLength != int64(len(body)) {
					t.Errorf("got content length %d of %d bytes", r.ContentLength, len(body))
				}
				var got map[string]any
				if err := json.Unmarshal(body, &got); err != nil {
					t.Error(err)
				}
				if diff := cmp.Diff(got, test.want); diff != "" {
					t.Errorf("body, got - want +:\n%s", diff)
				}
				io.WriteString(w, completion(`{"role":"assistant","content":"hi"}`, `"stop"`))
			})
			for _, base := range []string{base, base + "/", " " + base} {
				m, err := Open(test.model, Options{BaseURL: base, Key: test.key})
				if err != nil {
					t.Fatal(err)
				}
				reply, err := m.Call(context.Background(), &evals.Case{Request: test.request})
				if want := (evals.Reply{Text: "hi", FinishReason: "stop", Usage: evals.Usage{PromptTokens: 12, CompletionTokens: 3}}); err != nil || reply != want {
					t.Errorf("got %+v and %v, want %+v", reply, err, want)
				}
			}
			if calls != 3 {
				t.Errorf("got %d calls, want 3", calls)
			}
		})
	}
}

func TestOpenAIReplies(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		want   evals.Reply // its usage is that of completion
		err    *evals.Error
	}{
		{"text", 200, completion(`{"content":"a\nb ü"}`, `"stop"`), evals.Reply{Text: "a\nb ü", FinishReason: "stop"}, nil},
		{"cut at the limit", 200, completion(`{"content":"{\"a\":"}`, `"length"`), evals.Reply{Text: `{"a":`, FinishReason: "length"}, nil},
		{"filtered", 200, completion(`{"content":"x"}`, `"content_filter"`), evals.Reply{Text: "x", FinishReason: "content_filter"}, nil},
		{"content null", 200, completion(`{"content":null}`, `"stop"`), evals.Reply{FinishReason: "stop"}, nil},
		{"content empty", 200, completion(`{"content":""}`, `"length"`), evals.Reply{FinishReason: "length"}, nil},
		{"content not there", 200, completion(`{"tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]}`, `"tool_calls"`), evals.Reply{FinishReason: "tool_calls"}, nil},
		{"content in parts", 200, completion(`{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}`, `"stop"`), evals.Reply{Text: "ab", FinishReason: "stop"}, nil},
		{"refusal", 200, completion(`{"content":null,"refusal":"I will not."}`, `"stop"`), evals.Reply{Text: "I will not.", FinishReason: "stop"}, nil},
		{"reasoning beside", 200, completion(`{"content":"a","reasoning_content":"well"}`, `"stop"`), evals.Reply{Text: "a", FinishReason: "stop"}, nil},
		{"error null beside", 200, strings.Replace(completion(`{"content":"a"}`, `"stop"`), "{", `{"error":null,"message":"fine","status":"done",`, 1), evals.Reply{Text: "a", FinishReason: "stop"}, nil},
		{"error empty beside", 200, strings.Replace(completion(`{"content":"a"}`, `"stop"`), "{", `{"error":{},`, 1), evals.Reply{Text: "a", FinishReason: "stop"}, nil},
		{"white space to keep the connection alive", 200, "\n\n   \n" + completion(`{"content":"a"}`, `"stop"`), evals.Reply{Text: "a", FinishReason: "stop"}, nil},
		{"several choices", 200, `{"choices":[{"message":{"content":"a"},"finish_reason":"stop"},{"message":{"content":"b"},"finish_reason":"length"}],"usage":{"prompt_tokens":12,"completion_tokens":3}}`,
			evals.Reply{Text: "a", FinishReason: "stop"}, nil},
		{"created", 201, completion(`{"content":"a"}`, `"stop"`), evals.Reply{Text: "a", FinishReason: "stop"}, nil},

		{"200 with an error object", 200, `{"error":{"message":"overloaded","code":529}}`, evals.Reply{}, &evals.Error{Class: evals.Server, Message: "the server answered 200 with an error: overloaded"}},
		{"200 with an error text", 200, `{"error":"overloaded"}`, evals.Reply{}, &evals.Error{Class: evals.Server, Message: "the server answered 200 with an error: overloaded"}},
		{"200 with an error beside choices", 200, strings.Replace(completion(`{"content":"a"}`, `"stop"`), "{", `{"error":{"message":"cut off"},`, 1), evals.Reply{}, &evals.Error{Class: evals.Server, Message: "the server answered 200 with an error: cut off"}},
		{"200 with an error without message", 200, `{"error":{"code":7}}`, evals.Reply{}, &evals.Error{Class: evals.Server, Message: `the server answered 200 with an error: {"code":7}`}},
		{"200 with a status", 200, `{"status":"failure"}`, evals.Reply{}, &evals.Error{Class: evals.Server, Message: "the server answered 200 with an error: failure"}},
		{"200 with an error of the choice", 200, strings.Replace(completion(`{"content":"a"}`, `"error"`), `"index":0`, `"error":{"code":502,"message":"provider is down"}`, 1), evals.Reply{}, &evals.Error{Class: evals.Server, Message: "the answer ends with finish_reason error: provider is down"}},
		{"200 with a limit of the rate", 200, `{"error":{"message":"slow down","code":429}}`, evals.Reply{}, &evals.Error{Class: evals.RateLimit, Message: "the server answered 200 with an error: slow down"}},
		{"200 with a refusal of the key", 200, `{"error":{"message":"no such key","code":401}}`, evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "the server answered 200 with an error: no such key", Denied: true}},
		{"200 with finish_reason error", 200, completion(`{"content":"a"}`, `"error"`), evals.Reply{}, &evals.Error{Class: evals.Server, Message: "the answer ends with finish_reason error"}},
		{"200 with plain text", 200, "Service is starting\nplease wait", evals.Reply{}, &evals.Error{Class: evals.BadReply, Message: "the answer is no chat completion: Service is starting"}},
		{"200 with HTML", 200, "<html><body>Log in</body></html>", evals.Reply{}, &evals.Error{Class: evals.BadReply, Message: "the answer is no chat completion: invalid character '<' looking for beginning of value"}},
		{"200 with nothing", 200, "", evals.Reply{}, &evals.Error{Class: evals.CutShort, Message: "the answer is empty"}},
		{"200 with blanks", 200, " \n ", evals.Reply{}, &evals.Error{Class: evals.CutShort, Message: "the answer is empty"}},
		{"204", 204, "", evals.Reply{}, &evals.Error{Class: evals.CutShort, Message: "the answer is empty"}},
		{"200 cut in the middle", 200, completion(`{"content":"a"}`, `"stop"`)[:40], evals.Reply{}, &evals.Error{Class: evals.CutShort, Message: "the answer ends in the middle"}},
		{"200 with wrong JSON", 200, `{"id":"1","choices":}`, evals.Reply{}, &evals.Error{Class: evals.BadReply, Message: "the answer is no chat completion: invalid character '}' looking for beginning of value"}},
		{"200 cut in a word", 200, `{"id":"1","choices":[{"fin`, evals.Reply{}, &evals.Error{Class: evals.CutShort, Message: "the answer ends in the middle"}},
		{"wrong JSON", 200, `{"choices":"none"}`, evals.Reply{}, &evals.Error{Class: evals.BadReply, Message: "the answer is no chat completion: json: cannot unmarshal string into Go struct field ChatCompletionResponse.choices of type []openai.ChatCompletionChoice"}},
		{"no choices", 200, `{"id":"1","choices":[]}`, evals.Reply{}, &evals.Error{Class: evals.BadReply, Message: "the answer has no choices"}},
		{"null", 200, `null`, evals.Reply{}, &evals.Error{Class: evals.BadReply, Message: "the answer has no choices"}},
		{"choices not there", 200, `{"id":"1"}`, evals.Reply{}, &evals.Error{Class: evals.BadReply, Message: "the answer has no choices"}},
		{"finish_reason null", 200, completion(`{"content":"a"}`, `null`), evals.Reply{}, &evals.Error{Class: evals.CutShort, Message: "the answer has no finish_reason: it may be incomplete"}},
		{"finish_reason not there", 200, `{"choices":[{"message":{"content":"a"}}]}`, evals.Reply{}, &evals.Error{Class: evals.CutShort, Message: "the answer has no finish_reason: it may be incomplete"}},
		{"stream nobody asked for", 200, "data: {\"choices\":[]}\n\ndata: [DONE]\n", evals.Reply{}, &evals.Error{Class: evals.BadReply, Message: `the answer is no chat completion: data: {"choices":[]}`}},

		{"400", 400, `{"error":{"message":"bad model","type":"invalid_request_error"}}`, evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 400: bad model"}},
		{"401", 401, `{"error":{"message":"no such key"}}`, evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 401: no such key", Denied: true}},
		{"403", 403, ``, evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 403: Forbidden", Denied: true}},
		{"404", 404, "404 page not found\n", evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 404: 404 page not found", Denied: true}},
		{"408", 408, ``, evals.Reply{}, &evals.Error{Class: evals.Timeout, Message: "HTTP 408: Request Timeout"}},
		{"409", 409, ``, evals.Reply{}, &evals.Error{Class: evals.Server, Message: "HTTP 409: Conflict"}},
		{"413", 413, ``, evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 413: Request Entity Too Large"}},
		{"422", 422, `{"detail":[{"loc":["body"],"msg":"too long"}]}`, evals.Reply{}, &evals.Error{Class: evals.Refused, Message: `HTTP 422: [{"loc":["body"],"msg":"too long"}]`}},
		{"402", 402, `{"error":{"message":"Insufficient credits","code":402}}`, evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 402: Insufficient credits", Denied: true}},
		{"403 of one message", 403, `{"error":{"message":"the input was flagged","code":403}}`, evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 403: the input was flagged"}},
		{"400 of the key", 400, `[{"error":{"code":400,"message":"API key not valid","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}]`, evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 400: API key not valid", Denied: true}},
		{"400 of the model", 400, `{"error":{"message":"Invalid model name passed in model=m","type":"None","param":"None","code":"400"}}`, evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 400: Invalid model name passed in model=m", Denied: true}},
		{"400 of the account", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"Your credit balance is too low"}}`, evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 400: Your credit balance is too low", Denied: true}},
		{"429 of the account", 429, `{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}`, evals.Reply{}, &evals.Error{Class: evals.RateLimit, Message: "HTTP 429: You exceeded your current quota", Denied: true}},
		{"429 of the minute, which Google calls a quota", 429, `[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details","status":"RESOURCE_EXHAUSTED"}}]`, evals.Reply{}, &evals.Error{Class: evals.RateLimit, Message: "HTTP 429: You exceeded your current quota, please check your plan and billing details"}},
		{"429", 429, `{"error":{"message":"slow down"}}`, evals.Reply{}, &evals.Error{Class: evals.RateLimit, Message: "HTTP 429: slow down"}},
		{"500", 500, `{"error":{"message":""}}`, evals.Reply{}, &evals.Error{Class: evals.Server, Message: `HTTP 500: {"message":""}`}},
		{"502", 502, "<html>\n<h1>502</h1>", evals.Reply{}, &evals.Error{Class: evals.Server, Message: "HTTP 502: Bad Gateway"}},
		{"503", 503, "upstream connect error\nreset", evals.Reply{}, &evals.Error{Class: evals.Server, Message: "HTTP 503: upstream connect error"}},
		{"529", 529, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`, evals.Reply{}, &evals.Error{Class: evals.Server, Message: "HTTP 529: Overloaded"}},
		{"599", 599, ``, evals.Reply{}, &evals.Error{Class: evals.Server, Message: "HTTP 599: no reason given"}},
		{"error status with a completion", 500, completion(`{"content":"a"}`, `"stop"`), evals.Reply{}, &evals.Error{Class: evals.Server, Message: "HTTP 500: Internal Server Error"}},
		{"error as text", 400, `{"error":"model not loaded"}`, evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 400: model not loaded"}},
		{"error as status", 500, `{"status":"failure"}`, evals.Reply{}, &evals.Error{Class: evals.Server, Message: "HTTP 500: failure"}},
		{"error as status with message", 500, `{"status":"failure","message":"no memory"}`, evals.Reply{}, &evals.Error{Class: evals.Server, Message: "HTTP 500: no memory"}},
		{"error as message and number", 404, `{"status":404,"message":"no such deployment"}`, evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 404: no such deployment", Denied: true}},
		{"error with its name and a message", 413, `{"error":"PayloadTooLargeError","message":"request entity too large","status":413}`, evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 413: PayloadTooLargeError: request entity too large"}},
		{"error as detail", 404, `{"detail":"Not Found"}`, evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 404: Not Found", Denied: true}},
		{"error in a list", 400, `[{"error":{"code":400,"message":"no such field","status":"INVALID_ARGUMENT"}}]`, evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 400: no such field"}},
		{"error as JSON text", 400, `"nope"`, evals.Reply{}, &evals.Error{Class: evals.Refused, Message: `HTTP 400: "nope"`}},
		{"error as empty object", 400, `{}`, evals.Reply{}, &evals.Error{Class: evals.Refused, Message: `HTTP 400: Bad Request`}},
		{"error of several lines", 400, `{"error":{"message":"\n first \nsecond"}}`, evals.Reply{}, &evals.Error{Class: evals.Refused, Message: `HTTP 400: first`}},
		{"long error", 400, strings.Repeat("ü", 500), evals.Reply{}, &evals.Error{Class: evals.Refused, Message: "HTTP 400: " + strings.Repeat("ü", 145) + "…"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			reply, err := ask(t, context.Background(), Options{BaseURL: answer(t, test.status, test.body)})
			if test.err == nil {
				test.want.Usage = evals.Usage{PromptTokens: 12, CompletionTokens: 3}
			}
			if reply != test.want {
				t.Errorf("got %+v, want %+v", reply, test.want)
			}
			if (err == nil) != (test.err == nil) || err != nil && *err != *test.err {
				t.Errorf("got error  %v\nwant error %v", err, test.err)
			}
		})
	}
}

// TestOpenAIUsageIsNoReasonToFail: a reply is good whatever is said of its size.
func TestOpenAIUsageIsNoReasonToFail(t *testing.T) {
	for usage, want := range map[string]evals.Usage{
		`{"prompt_tokens":5,"completion_tokens":7}`:     {PromptTokens: 5, CompletionTokens: 7},
		`{"prompt_tokens":-5,"completion_tokens":7}`:    {CompletionTokens: 7},
		`{"prompt_tokens":1e30,"completion_tokens":7}`:  {},
		`{"prompt_tokens":1.5,"completion_tokens":"7"}`: {},
		`"many"`: {}, `[]`: {}, `null`: {},
	} {
		t.Run(usage, func(t *testing.T) {
			body := `{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"usage":` + usage + `}`
			reply, err := ask(t, context.Background(), Options{BaseURL: answer(t, 200, body)})
			if err != nil || reply != (evals.Reply{Text: "a", FinishReason: "stop", Usage: want}) {
				t.Errorf("got %+v and error %v, want a reply with %+v", reply, err, want)
			}
		})
	}
}

func TestOpenAIRepliesThatNeverEnd(t *testing.T) {
	reset := func(w http.ResponseWriter) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		if tcp, ok := c.(*net.TCPConn); ok {
			tcp.SetLinger(0)
		}
		c.Close()
	}
	begin := func(w http.ResponseWriter) {
		w.Header().Set("Content-Length", "1000")
		io.WriteString(w, `{"choices":[{"mess`)
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
	}
	tests := []struct {
		name    string
		timeout time.Duration
		handle  func(w http.ResponseWriter, r *http.Request)
		want    evals.Error // with the address of the server as HOST
	}{
		{"reset before an answer", time.Minute, func(w http.ResponseWriter, _ *http.Request) { reset(w) },
			evals.Error{Class: evals.Connection, Message: "read tcp HOST: read: connection reset by peer"}},
		{"closed before an answer", time.Minute, func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			c.Close()
		}, evals.Error{Class: evals.Connection, Message: "the server closed the connection without an answer"}},
		{"no HTTP", time.Minute, func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			io.WriteString(c, "SSH-2.0\r\n\r\n")
			c.Close()
		}, evals.Error{Class: evals.Connection, Message: `net/http: HTTP/1.x transport connection broken: malformed HTTP response "SSH-2.0"`}},
		{"closed in the middle", time.Minute, func(w http.ResponseWriter, _ *http.Request) { begin(w); panic(http.ErrAbortHandler) },
			evals.Error{Class: evals.CutShort, Message: "the reply was cut short: unexpected EOF"}},
		{"hang before an answer", 50 * time.Millisecond, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
			evals.Error{Class: evals.Timeout, Message: "no answer within 50ms"}},
		{"hang in the middle", 50 * time.Millisecond, func(w http.ResponseWriter, r *http.Request) { begin(w); <-r.Context().Done() },
			evals.Error{Class: evals.Timeout, Message: "no answer within 50ms"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			base := serve(t, func(w http.ResponseWriter, r *http.Request, _ []byte) { test.handle(w, r) })
			host := strings.TrimSuffix(strings.TrimPrefix(base, "http://"), "/v1")
			_, err := ask(t, context.Background(), Options{BaseURL: base, Timeout: test.timeout})
			test.want.Message = strings.ReplaceAll(test.want.Message, "HOST", host)
			if err == nil || *err != test.want {
				t.Errorf("got error  %v\nwant error %v", err, &test.want)
			}
		})
	}
	t.Run("refused", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address := l.Addr().String()
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		_, failure := ask(t, context.Background(), Options{BaseURL: "http://" + address + "/v1"})
		if want := (evals.Error{Class: evals.Connection, Message: "dial tcp " + address + ": connect: connection refused", Unreachable: true}); failure == nil || *failure != want {
			t.Errorf("got error %v, want %v", failure, &want)
		}
	})
	for _, test := range []struct{ name, body, want string }{
		{"choices", `{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}` + strings.Repeat(",{}", maxValues) + `]}`, "the reply was cut short: it has more than 262144 values"},
		{"members of an error", `{"error":{"message":"a"` + strings.Repeat(`,"b":0`, maxValues) + `}}`, "the reply was cut short: it has more than 262144 values"},
		{"in the text of the reply", `{"choices":[{"message":{"content":"` + strings.Repeat(`,{\"a`, maxValues) + `"},"finish_reason":"stop"}]}`, ""},
	} {
		t.Run("too many "+test.name, func(t *testing.T) {
			base := serve(t, func(w http.ResponseWriter, _ *http.Request, _ []byte) { io.WriteString(w, test.body) })
			got := ""
			if _, err := ask(t, context.Background(), Options{BaseURL: base}); err != nil {
				got = err.Message
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	t.Run("too long", func(t *testing.T) {
		base := serve(t, func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			blank := []byte(strings.Repeat(" ", 1<<20))
			for range maxBody>>20 + 2 {
				if _, err := w.Write(blank); err != nil {
					return // the client has left
				}
			}
		})
		_, err := ask(t, context.Background(), Options{BaseURL: base})
		if want := (evals.Error{Class: evals.CutShort, Message: "the reply was cut short: it has more than 32 MiB"}); err == nil || *err != want {
			t.Errorf("got error %v, want %v", err, &want)
		}
	})
}

func TestOpenAICallThatIsStopped(t *testing.T) {
	want := evals.Error{Class: evals.Interrupted, Message: "the run was stopped"}
	for name, begin := range map[string]bool{"before an answer": false, "in the middle": true} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			base := serve(t, func(w http.ResponseWriter, r *http.Request, _ []byte) {
				if begin {
					io.WriteString(w, " ")
					if err := http.NewResponseController(w).Flush(); err != nil {
						t.Error(err)
					}
				}
				cancel()
				<-r.Context().Done()
			})
			if _, err := ask(t, ctx, Options{BaseURL: base, Timeout: time.Minute}); err == nil || *err != want {
				t.Errorf("got error %v, want %v", err, &want)
			}
		})
	}
}

func TestOpenAIFollowsNoRedirect(t *testing.T) {
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			other := serve(t, func(_ http.ResponseWriter, r *http.Request, _ []byte) {
				t.Errorf("got %s with authorization %q, want no such request", r.URL, r.Header.Get("Authorization"))
			})
			base := serve(t, func(w http.ResponseWriter, r *http.Request, _ []byte) {
				w.Header().Set("Location", other+r.URL.Path)
				w.WriteHeader(status)
				io.WriteString(w, "moved")
			})
			_, err := ask(t, context.Background(), Options{BaseURL: base, Key: key})
			want := evals.Error{Class: evals.Refused, Message: fmt.Sprintf("HTTP %d: redirects are not followed; give the final address as base URL", status), Denied: true}
			if err == nil || *err != want {
				t.Errorf("got error %v, want %v", err, &want)
			}
		})
	}
}

func TestOpenAINeverShowsTheKey(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		want   string
	}{
		{"in a message", 401, `{"error":{"message":"Incorrect key ` + key + `, see ` + key + `"}}`, "HTTP 401: Incorrect key [key], see [key]"},
		{"in plain text", 500, "Authorization: Bearer " + key + "\n", "HTTP 500: Authorization: Bearer [key]"},
		{"in an error of 200", 200, `{"error":"` + key + `"}`, "the server answered 200 with an error: [key]"},
		{"in plain text of 200", 200, key, "the answer is no chat completion: [key]"},
		{"in a header of Basic authorisation", 401, `{"error":"got Basic ` + base64.StdEncoding.EncodeToString([]byte("u:"+key)) + `"}`, "HTTP 401: got Basic dTp[key]Y="},
		{"in an address", 404, "no /v1/?key=" + strings.ReplaceAll(key, "-", "%2d"), "HTTP 404: no /v1/?key=[key]"},
		{"in an object", 400, `{"error":{"key":"` + key + `"}}`, `HTTP 400: {"key":"[key]"}`},
		{"where the message is cut", 400, strings.Repeat("x", 280) + key, "HTTP 400: " + strings.Repeat("x", 280) + "[key]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := ask(t, context.Background(), Options{BaseURL: answer(t, test.status, test.body), Key: key})
			if err == nil || err.Message != test.want {
				t.Errorf("got error  %v\nwant error %s", err, test.want)
			}
		})
	}
	t.Run("in a reply", func(t *testing.T) {
		reply, err := ask(t, context.Background(), Options{BaseURL: answer(t, 200, completion(`{"content":"your key is `+key+`"}`, `"`+key+`"`)), Key: key})
		if err != nil || reply.Text != "your key is [key]" || reply.FinishReason != "[key]" {
			t.Errorf("got %+v and error %v, want the key hidden", reply, err)
		}
	})
	t.Run("wherever the message is cut", func(t *testing.T) {
		for n := 260; n < 310; n++ {
			_, err := ask(t, context.Background(), Options{BaseURL: answer(t, 400, strings.Repeat("x", n)+key), Key: key})
			if err == nil || strings.Contains(err.Message, key[:8]) {
				t.Fatalf("after %d characters: got error %v, want one without the key", n, err)
			}
		}
	})
}

func TestOpenAIUsesFewConnections(t *testing.T) {
	const concurrency = 8
	const calls = 6 * concurrency
	var opened atomic.Int32
	var mu sync.Mutex
	waiting, full := 0, make(chan bool)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		mu.Lock()
		gate := full
		if waiting++; waiting == concurrency { // as many calls are under way as may be
			waiting, full = 0, make(chan bool)
			close(gate)
		}
		mu.Unlock()
		<-gate
		io.WriteString(w, completion(`{"content":"a"}`, `"stop"`))
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	s.Start()
	defer s.Close()
	m, err := Open("openai/m", Options{BaseURL: s.URL + "/v1", Concurrency: concurrency})
	if err != nil {
		t.Fatal(err)
	}
	cases := make([]*evals.Case, calls)
	for i := range cases {
		cases[i] = &evals.Case{Example: i, Contract: &evals.Contract{Checks: []evals.Check{{}}}, Request: request("hello")}
	}
	results := 0
	r := &evals.Runner{
		Model: m, Concurrency: concurrency,
		Score: func(*evals.Case, *evals.Contract, evals.Reply) []evals.Score { return []evals.Score{{Pass: true}} },
		Ended: func(o *evals.Outcome) {
			if results++; o.Status != evals.Passed {
				t.Errorf("got %s: %v", o.Status, o.Err)
			}
		},
	}
	for wave := range slices.Chunk(cases, concurrency) { // between two of them all connections are idle
		if err := r.Run(context.Background(), slices.Values(wave), 1); err != nil {
			t.Fatal(err)
		}
	}
	if results != calls {
		t.Errorf("got %d results, want %d", results, calls)
	}
	if got := opened.Load(); got > concurrency+2 {
		t.Errorf("got %d connections for %d calls, %d at a time", got, calls, concurrency)
	}
}
