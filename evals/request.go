package evals

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// A Message is one message of a chat completion request.
type Message struct {
	Role    string `json:"role"` // system, user or assistant
	Content string `json:"content"`
}

// Parameters are sampling parameters. One that is nil is not sent.
type Parameters struct {
	Temperature *float64 `json:"temperature,omitempty"`
	TopP        *float64 `json:"top_p,omitempty"`
	MaxTokens   *int     `json:"max_tokens,omitempty"`
	Seed        *int     `json:"seed,omitempty"`
}

// A Request is what is sent to a model.
type Request struct {
	Messages   []Message  `json:"messages"`
	Parameters Parameters `json:"parameters"`
}

// Identity returns the SHA-256, in hex, of a call: of what is sent, the class of
// the endpoint, the model and the number of the repeat. Calls with the same
// identity may share a reply.
func (r Request) Identity(class, model string, repeat int) string {
	text, err := json.Marshal(struct {
		Class   string  `json:"class"`
		Model   string  `json:"model"`
		Repeat  int     `json:"repeat"`
		Request Request `json:"request"`
	}{class, model, repeat, r})
	if err != nil {
		panic(err) // strings and finite numbers only
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// A Reply is what a model answered.
type Reply struct {
	Text         string `json:"text"`
	FinishReason string `json:"finish_reason"` // as the server gives it: stop, length, …
	Usage        Usage  `json:"usage"`
}

// Truncated reports whether the reply ended because of its length.
func (r Reply) Truncated() bool { return r.FinishReason == "length" }

// Usage counts tokens as the server does; zero where it does not say.
type Usage struct {
	PromptTokens     int `json:"prompt_tokens"`
	CompletionTokens int `json:"completion_tokens"`
}
