package evals

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"promptlib/library"
)

func ptr[T any](v T) *T { return &v }

func TestIdentityIsTheHashOfWhatIsSent(t *testing.T) {
	r := Request{Messages: []Message{{"system", "a"}, {"user", "b"}}, Parameters: Parameters{Temperature: ptr(0.0), Seed: ptr(7)}}
	text := `{"class":"chat-completions","model":"openai/m","repeat":2,"request":{"messages":[{"role":"system","content":"a"},{"role":"user","content":"b"}],"parameters":{"temperature":0,"seed":7}}}`
	// Runs that were recorded stay replayable only as long as this holds.
	if got, want := r.Identity("chat-completions", "openai/m", 2), fmt.Sprintf("%x", sha256.Sum256([]byte(text))); got != want {
		t.Errorf("got identity %s, want %s", got, want)
	}
}

func TestIdentityChangesWithEveryPart(t *testing.T) {
	request := func() Request {
		return Request{
			Messages:   []Message{{"system", "be brief"}, {"user", "one"}, {"assistant", "two"}, {"user", "three"}},
			Parameters: Parameters{Temperature: ptr(0.5), TopP: ptr(0.9), MaxTokens: ptr(10), Seed: ptr(1)},
		}
	}
	changes := map[string]func(r *Request, class, model *string, repeat *int){
		"message":           func(r *Request, _, _ *string, _ *int) { r.Messages[3].Content = "three " },
		"role":              func(r *Request, _, _ *string, _ *int) { r.Messages[0].Role = "user" },
		"order of messages": func(r *Request, _, _ *string, _ *int) { r.Messages[1], r.Messages[3] = r.Messages[3], r.Messages[1] },
		"message less":      func(r *Request, _, _ *string, _ *int) { r.Messages = r.Messages[:3] },
		"message more":      func(r *Request, _, _ *string, _ *int) { r.Messages = append(r.Messages, Message{"user", ""}) },
		"text moved to the next": func(r *Request, _, _ *string, _ *int) {
			r.Messages[0].Content, r.Messages[1].Content = "be ", "briefone"
		},
		"temperature":          func(r *Request, _, _ *string, _ *int) { r.Parameters.Temperature = ptr(0.6) },
		"temperature zero":     func(r *Request, _, _ *string, _ *int) { r.Parameters.Temperature = ptr(0.0) },
		"temperature not sent": func(r *Request, _, _ *string, _ *int) { r.Parameters.Temperature = nil },
		"top_p":                func(r *Request, _, _ *string, _ *int) { r.Parameters.TopP = ptr(0.0) },
		"top_p not sent":       func(r *Request, _, _ *string, _ *int) { r.Parameters.TopP = nil },
		"max_tokens":           func(r *Request, _, _ *string, _ *int) { r.Parameters.MaxTokens = ptr(11) },
		"max_tokens not sent":  func(r *Request, _, _ *string, _ *int) { r.Parameters.MaxTokens = nil },
		"seed":                 func(r *Request, _, _ *string, _ *int) { r.Parameters.Seed = ptr(0) },
		"seed not sent":        func(r *Request, _, _ *string, _ *int) { r.Parameters.Seed = nil },
		"schema":               func(r *Request, _, _ *string, _ *int) { r.Schema = json.RawMessage(`{}`) },
		"another schema":       func(r *Request, _, _ *string, _ *int) { r.Schema = json.RawMessage(`true`) },
		"class":                func(_ *Request, class, _ *string, _ *int) { *class = "responses" },
		"model":                func(_ *Request, _, model *string, _ *int) { *model = "openai/n" },
		"repeat":               func(_ *Request, _, _ *string, repeat *int) { *repeat = 2 },
	}
	seen := map[string]string{request().Identity("chat-completions", "openai/m", 1): "nothing"}
	for name, change := range changes {
		r, class, model, repeat := request(), "chat-completions", "openai/m", 1
		change(&r, &class, &model, &repeat)
		id := r.Identity(class, model, repeat)
		if other, ok := seen[id]; ok {
			t.Errorf("a change of %s gives the identity of a change of %s, want another", name, other)
		}
		seen[id] = name
	}
}

func TestIdentityChangesWithNothingElse(t *testing.T) {
	p := library.Parse("x.md", "<purpose>\nYou help.\n</purpose>\n<examples>\nInput: x\nOutput: y\n</examples>\n")
	q := library.Parse("lib/other.md", "---\ntitle: T\n---\n\n<purpose>\nYou help.\n</purpose>\n<examples>\nInput: w\nOutput: z\nInput: x\nOutput: {\"a\": 1}\n</examples>\n")
	a, b := Cases(p, nil, NoExamples)[0], Cases(q, &Contract{Checks: []Check{{Name: "contains", Want: "y"}}}, NoExamples)[1]
	b.Request.Messages[0].Content = a.Request.Messages[0].Content // the front matter moves the blank lines of the body
	m := Model{Name: "m", Class: "k"}
	if m.Identity(a) != m.Identity(b) {
		t.Errorf("%+v and %+v have different identities, want the same: path, example, output and contract are not sent", a.Request, b.Request)
	}
	if m.Identity(a) != a.Request.Identity("k", "m", 1) {
		t.Error("the identity of a model is not that of its name and class")
	}
}

func TestIdentityIsThatOfTheValues(t *testing.T) {
	messages := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Message {
		return Message{rapid.SampledFrom([]string{"system", "user", "assistant"}).Draw(t, "role"), rapid.String().Draw(t, "content")}
	}), 0, 4)
	rapid.Check(t, func(t *rapid.T) {
		a, b := messages.Draw(t, "a"), messages.Draw(t, "b")
		f := rapid.Float64Range(0, 2).Draw(t, "temperature")
		first := Request{Messages: a, Parameters: Parameters{Temperature: &f}}.Identity("k", "m", 1)
		if again := (Request{Messages: append([]Message{}, a...), Parameters: Parameters{Temperature: ptr(f)}}).Identity("k", "m", 1); again != first {
			t.Fatalf("got %s and %s for equal requests", first, again)
		}
		other := Request{Messages: b, Parameters: Parameters{Temperature: &f}}.Identity("k", "m", 1)
		if equal := fmt.Sprintf("%q", a) == fmt.Sprintf("%q", b); equal != (first == other) {
			t.Fatalf("%q and %q: got equal identities %v, want %v", a, b, first == other, equal)
		}
	})
}

func TestReplyTruncated(t *testing.T) {
	for reason, want := range map[string]bool{"length": true, "stop": false, "": false, "content_filter": false} {
		if got := (Reply{FinishReason: reason}).Truncated(); got != want {
			t.Errorf("finish reason %q: got truncated %v, want %v", reason, got, want)
		}
	}
}

func TestCutBy(t *testing.T) {
	text := strings.Repeat("x", 4000) // about a thousand tokens
	for _, test := range []struct {
		name   string
		counts int
		schema string
		want   string
	}{
		{"all of it", 1000, "", ""},
		{"more than estimated", 3000, "", ""},
		{"more than there can be", math.MaxInt, "", ""},
		{"half", 500, "", ""},
		{"less than half", 499, "", "the server counts 499 tokens in a prompt of about 1000: it may have cut it short; give the model a larger context, as Ollama's num_ctx is"},
		{"not said", 0, "", ""},
		{"without its schema", 501, `"` + text + `"`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := Request{Messages: []Message{{"user", text}}, Schema: []byte(test.schema)}
			if got := r.cutBy(Usage{PromptTokens: test.counts}); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
