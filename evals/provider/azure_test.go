package provider

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"promptlib/evals"
)

func TestAzure(t *testing.T) {
	for _, test := range []struct {
		name, model, deployment, path string
	}{
		{"deployment by the name of the model", "az/gpt-4o", "", "/openai/deployments/gpt-4o/chat/completions"},
		{"deployment of another name", "az/gpt-4o", "my_gpt.4o", "/openai/deployments/my_gpt.4o/chat/completions"},
		{"model that go-openai takes for one that reasons", "az/o3-mini", "", "/openai/deployments/o3-mini/chat/completions"},
		{"model that go-openai would rename", "az/gpt-3.5-turbo", "", "/openai/deployments/gpt-3.5-turbo/chat/completions"},
	} {
		t.Run(test.name, func(t *testing.T) {
			base := serve(t, func(w http.ResponseWriter, r *http.Request, body []byte) {
				if r.URL.Path != "/v1"+test.path || r.URL.RawQuery != "api-version=2024-10-21" {
					t.Errorf("got %s, want %s", r.URL, test.path)
				}
				if got := strings.Join(r.Header["Api-Key"], " "); got != key || r.Header["Authorization"] != nil {
					t.Errorf("got api-key %q and authorization %q, want the key in the first alone", got, r.Header["Authorization"])
				}
				var sent map[string]any
				if err := json.Unmarshal(body, &sent); err != nil || sent["max_completion_tokens"] != 100.0 || sent["temperature"] != 0.0 {
					t.Errorf("got %s and %v, want 100 max_completion_tokens", body, err)
				}
				io.WriteString(w, `{"choices":[{"content_filter_results":{},"message":{"content":"hi"},"finish_reason":"stop"}],"prompt_filter_results":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}`)
			})
			m, err := Open(test.model, Options{
				Kind: "azure", BaseURL: base + "/", APIVersion: "2024-10-21", Deployment: test.deployment, Key: key,
				Fields: map[string]string{"max_tokens": "max_completion_tokens"},
			})
			if err != nil {
				t.Fatal(err)
			}
			if want := base + strings.TrimSuffix(test.path, "/chat/completions") + "?api-version=2024-10-21"; m.Endpoint != want || m.Name != test.model {
				t.Errorf("got %s at %s, want it at %s", m.Name, m.Endpoint, want)
			}
			c := &evals.Case{Request: request("hello")}
			c.Request.Parameters = evals.Parameters{MaxTokens: ptr(100), Temperature: ptr(0.0)}
			reply, err := m.Call(context.Background(), c)
			if want := (evals.Reply{Text: "hi", FinishReason: "stop", Usage: evals.Usage{PromptTokens: 1, CompletionTokens: 2}}); err != nil || reply != want {
				t.Errorf("got %+v and %v, want %+v", reply, err, want)
			}
		})
	}
}
