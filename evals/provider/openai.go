package provider

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/sashabaranov/go-openai"

	"promptlib/evals"
)

const (
	openAIHost = "api.openai.com"
	openAIBase = "https://" + openAIHost + "/v1"

	completionsPath = "/chat/completions"
)

var openAI = &Provider{
	Name: "openai",
	Doc:  "any OpenAI-compatible chat completion API: openai/NAME, with --base-url or OPENAI_BASE_URL, and OPENAI_API_KEY",
	Open: func(o Options) (evals.Model, error) {
		if o.Model == "" {
			return evals.Model{}, errors.New("the openai provider needs the name of a model: write --model openai/NAME")
		}
		o.Key = strings.TrimSpace(o.Key)
		if o.BaseURL == "" {
			o.BaseURL = openAIBase
		}
		base, err := parseBase(o.BaseURL)
		if err != nil {
			return evals.Model{}, err
		}
		if o.Key == "" && strings.EqualFold(base.Hostname(), openAIHost) {
			return evals.Model{}, errors.New("OPENAI_API_KEY is not set; set it, or name another server with --base-url")
		}
		config := openai.DefaultConfig(o.Key)
		config.BaseURL = strings.TrimRight(base.String(), "/")
		config.HTTPClient = newDoer(o.Concurrency)
		c := &chat{client: openai.NewClientWithConfig(config), options: o, key: newSecret(o.Key)}
		return evals.Model{Name: "openai/" + o.Model, Class: "chat-completions", Endpoint: config.BaseURL, Call: c.call}, nil
	},
}

// parseBase reads a base URL, to which the path of the chat completions is added.
func parseBase(text string) (*url.URL, error) {
	base, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https":
		return nil, fmt.Errorf("base URL %q is no http or https address", withoutSecrets(text))
	case base.RawQuery != "" || base.ForceQuery || base.Fragment != "":
		return nil, fmt.Errorf("base URL %q ends in a query or fragment; leave it out", withoutSecrets(text))
	case strings.HasSuffix(strings.TrimRight(base.Path, "/"), completionsPath):
		return nil, fmt.Errorf("base URL %q ends in %s, which is added to it; leave it out", withoutSecrets(text), completionsPath)
	}
	return base, nil
}

// withoutSecrets returns a URL, which need not be one, without the parts in
// which people put passwords and keys: user, query and fragment.
func withoutSecrets(text string) string {
	if at := strings.LastIndexByte(text, '@'); at >= 0 {
		scheme, _, ok := strings.Cut(text[:at], "//")
		if ok {
			scheme += "//"
		} else {
			scheme = ""
		}
		text = scheme + "…" + text[at:]
	}
	if i := strings.IndexAny(text, "?#"); i >= 0 && i+1 < len(text) {
		text = text[:i+1] + "…"
	}
	return text
}

// A chat makes chat completion calls.
type chat struct {
	client  *openai.Client
	options Options
	key     secret
}

func (c *chat) call(ctx context.Context, k *evals.Case) (evals.Reply, error) {
	ex := &exchange{fields: map[string]any{"model": c.options.Model}}
	p := k.Request.Parameters
	for name, value := range map[string]any{"temperature": p.Temperature, "top_p": p.TopP, "max_tokens": p.MaxTokens, "seed": p.Seed} {
		if text, _ := json.Marshal(value); string(text) != "null" {
			ex.fields[name] = value
		}
	}
	if c.options.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.options.Timeout)
		defer cancel()
	}
	request := openai.ChatCompletionRequest{Messages: make([]openai.ChatCompletionMessage, len(k.Request.Messages))}
	for i, m := range k.Request.Messages {
		request.Messages[i] = openai.ChatCompletionMessage{Role: m.Role, Content: m.Content}
		if m.Content == "" {
			ex.fields["messages"] = k.Request.Messages // go-openai would leave the content out
		}
	}
	response, err := c.client.CreateChatCompletion(context.WithValue(ctx, exchangeKey{}, ex), request)
	if failure := c.failure(ctx, ex, response, err); failure != nil {
		return evals.Reply{}, failure
	}
	choice := response.Choices[0]
	return evals.Reply{
		Text:         c.key.hide(replyText(choice.Message)),
		FinishReason: c.key.hide(string(choice.FinishReason)),
		Usage:        evals.Usage{PromptTokens: max(0, response.Usage.PromptTokens), CompletionTokens: max(0, response.Usage.CompletionTokens)},
	}, nil
}

// replyText returns what a model says, which some servers send in parts. A
// refusal is an answer like any other, for the scorers to judge.
func replyText(m openai.ChatCompletionMessage) string {
	if m.Content != "" {
		return m.Content
	}
	var text strings.Builder
	for _, part := range m.MultiContent {
		text.WriteString(part.Text)
	}
	if text.Len() == 0 {
		return m.Refusal
	}
	return text.String()
}

// failure says why an exchange gave no reply; nil if it gave one.
func (c *chat) failure(ctx context.Context, ex *exchange, response openai.ChatCompletionResponse, err error) *evals.Error {
	fail := func(class evals.Class, format string, args ...any) *evals.Error {
		return &evals.Error{Class: class, Message: c.short(fmt.Sprintf(format, args...))}
	}
	message := errorMessage(ex.body)
	switch {
	case ex.status == 0 && err != nil:
		return c.transportFailure(ctx, err)
	case ex.cut != nil && ctx.Err() != nil:
		return c.transportFailure(ctx, ex.cut)
	case ex.cut != nil:
		return fail(evals.CutShort, "the reply was cut short: %v", withoutSource(ex.cut))
	case ex.status >= 400:
		return fail(classOf(ex.status), "HTTP %d: %s", ex.status, cmp.Or(message, http.StatusText(ex.status), "no reason given"))
	case ex.status >= 300:
		return fail(evals.Refused, "HTTP %d: redirects are not followed; give the final address as base URL", ex.status)
	case message != "" && len(response.Choices) == 0 && !json.Valid(ex.body):
		return fail(evals.BadReply, "the answer is no chat completion: %s", message)
	case message != "":
		return fail(evals.Server, "the server answered 200 with an error: %s", message)
	case len(bytes.TrimSpace(ex.body)) == 0:
		return fail(evals.CutShort, "the answer is empty")
	case err != nil:
		return fail(evals.BadReply, "the answer is no chat completion: %v", err)
	case len(response.Choices) == 0:
		return fail(evals.BadReply, "the answer has no choices")
	}
	switch response.Choices[0].FinishReason {
	case "":
		return fail(evals.CutShort, "the answer has no finish_reason: it may be incomplete")
	case "error":
		return fail(evals.Server, "the answer ends with finish_reason error")
	}
	return nil
}

// transportFailure classifies an error that came before the end of an answer.
func (c *chat) transportFailure(ctx context.Context, err error) *evals.Error {
	var network net.Error
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &evals.Error{Class: evals.Timeout, Message: fmt.Sprintf("no answer within %s", c.options.Timeout)}
	case errors.Is(err, context.Canceled):
		return &evals.Error{Class: evals.Interrupted, Message: "the run was stopped"}
	case errors.Is(err, io.EOF):
		return &evals.Error{Class: evals.Connection, Message: "the server closed the connection without an answer"}
	case errors.As(err, &network) && network.Timeout():
		return &evals.Error{Class: evals.Timeout, Message: c.short(err.Error())}
	}
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err
	}
	return &evals.Error{Class: evals.Connection, Message: c.short(withoutSource(err).Error())}
}

// withoutSource leaves our own address out of a network error: its port is
// another in every run.
func withoutSource(err error) error {
	var op *net.OpError
	if !errors.As(err, &op) || op.Source == nil {
		return err
	}
	plain := *op
	plain.Source = nil
	return &plain
}

// short returns the beginning of a text that a message can hold, without the
// key: some servers repeat it.
func (c *chat) short(text string) string {
	text = c.key.hide(text)
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	text = strings.TrimSpace(text)
	if len(text) > 300 {
		text = strings.ToValidUTF8(text[:300], "") + "…"
	}
	return text
}

// classOf gives the class of an HTTP status.
func classOf(status int) evals.Class {
	switch {
	case status == http.StatusTooManyRequests:
		return evals.RateLimit
	case status == http.StatusRequestTimeout:
		return evals.Timeout
	case status == http.StatusConflict || status >= 500:
		return evals.Server
	}
	return evals.Refused
}

// errorMessage finds the message in the error bodies that servers send:
// {"error":{"message":"…"}}, {"error":"…"}, {"message":"…"}, {"detail":"…"},
// {"status":"failure"}, any of these as the only item of a list, and plain text.
// Of a chat completion it returns "".
func errorMessage(body []byte) string {
	var list []json.RawMessage
	if json.Unmarshal(body, &list) == nil && len(list) > 0 {
		body = list[0]
	}
	var shape map[string]json.RawMessage
	if json.Unmarshal(body, &shape) != nil {
		text := strings.TrimSpace(string(body))
		if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") || strings.HasPrefix(text, "<") {
			return ""
		}
		return text
	}
	names := []string{"error"}
	if shape["choices"] == nil {
		names = []string{"error", "message", "detail", "status"}
	}
	for _, name := range names {
		if text := strings.TrimSpace(messageIn(shape[name])); text != "" && (name != "status" || text != "success") {
			return text
		}
	}
	return ""
}

// messageIn returns the message that a member of an error body holds: itself, or
// its message; else, if there is anything in it, how it is written.
func messageIn(member json.RawMessage) string {
	var text string
	if json.Unmarshal(member, &text) == nil {
		return text
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(member, &object) == nil && json.Unmarshal(object["message"], &text) == nil && text != "" {
		return text
	}
	switch string(member) {
	case "", "{}", "[]", "false", "0":
		return ""
	}
	return string(member)
}
