package evals

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
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
	Messages   []Message       `json:"messages"`
	Parameters Parameters      `json:"parameters"`
	Schema     json.RawMessage `json:"schema,omitempty"` // asked for as structured output; nil for text
}

// askFor adds what a contract says of the request.
func (r *Request) askFor(c *Contract) {
	r.Parameters = c.Parameters
	if c.Schema != nil {
		r.Schema = c.Schema.Document()
	}
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
		panic(err) // strings, finite numbers and sound JSON only
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Tokens estimates how many tokens the request has, as [library.Tokens] does.
func (r Request) Tokens() int {
	n := len(r.Schema)
	for _, m := range r.Messages {
		n += len(m.Content)
	}
	return (n + bytesPerToken - 1) / bytesPerToken
}

// cutBy says that the server may have cut a request short, by what it counts;
// empty where it has not. Ollama does so, and says nothing else of it.
//
// Note: a schema is not estimated: most servers do not count it.
func (r Request) cutBy(u Usage) string {
	r.Schema = nil
	about := r.Tokens()
	if u.PromptTokens <= 0 || u.PromptTokens >= about-about/2 {
		return ""
	}
	return fmt.Sprintf("the server counts %d tokens in a prompt of about %d: it may have cut it short; give the model a larger context, as Ollama's num_ctx is", u.PromptTokens, about)
}

// bytesPerToken is the rule of thumb for English text.
const bytesPerToken = 4

// A Reply is what a model answered.
type Reply struct {
	Text         string     `json:"text"`
	FinishReason string     `json:"finish_reason"` // as the server gives it: stop, length, …
	Usage        Usage      `json:"usage"`
	Structured   Structured `json:"structured,omitempty"`
	Millis       int64      `json:"latency_ms"` // of the call that gave it
	Unpriced     bool       `json:"-"`          // what it cost is not known; as [Model.Priced] says
}

// Structured says what became of the schema of a request. It is empty for a
// request without one.
type Structured string

// What became of a schema.
const (
	StructuredSent    Structured = "json_schema" // it was sent as response_format
	StructuredRefused Structured = "refused"     // the model does not take it, and was asked again without
	StructuredOff     Structured = "off"         // it was not sent: the model is known not to take it
)

// Truncated reports whether the reply ended because of its length.
func (r Reply) Truncated() bool { return r.FinishReason == "length" }

// Usage counts tokens as the server does; zero where it does not say.
type Usage struct {
	PromptTokens     int     `json:"prompt_tokens"`
	CompletionTokens int     `json:"completion_tokens"`
	Cost             float64 `json:"cost,omitempty"` // in US dollars, where the server says it
}

// replyTokens is how many tokens the reply may have: the limit that is sent, else
// a guess.
func (r Request) replyTokens() int {
	if r.Parameters.MaxTokens != nil {
		return *r.Parameters.MaxTokens
	}
	return guessedReply
}

// guessedReply is what a reply has, in tokens, where no limit is sent: more than
// nearly all of those to prompts with examples.
const guessedReply = 2048
