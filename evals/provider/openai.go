package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/sashabaranov/go-openai"

	"promptlib/evals"
)

const openAIBase = "https://api.openai.com/v1"

var openAI = &Provider{
	Name: "openai",
	Doc:  "any OpenAI-compatible chat completion API: openai/NAME, with --base-url or OPENAI_BASE_URL, and OPENAI_API_KEY",
	Open: func(o Options) (evals.Model, error) {
		if o.Model == "" {
			return evals.Model{}, errors.New("the openai provider needs the name of a model: write --model openai/NAME")
		}
		if o.BaseURL == "" {
			o.BaseURL = openAIBase
		}
		base, err := url.Parse(o.BaseURL)
		if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
			return evals.Model{}, fmt.Errorf("base URL %q is no http or https address", o.BaseURL)
		}
		if o.Key == "" && strings.TrimSuffix(o.BaseURL, "/") == openAIBase {
			return evals.Model{}, errors.New("OPENAI_API_KEY is not set; set it, or name another server with --base-url")
		}
		config := openai.DefaultConfig(o.Key)
		config.BaseURL = strings.TrimSuffix(o.BaseURL, "/")
		config.HTTPClient = newDoer(o.Concurrency)
		c := &chat{client: openai.NewClientWithConfig(config), options: o}
		return evals.Model{Name: "openai/" + o.Model, Class: "chat-completions", Call: c.call}, nil
	},
}

// A chat makes chat completion calls.
type chat struct {
	client  *openai.Client
	options Options
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
	}
	response, err := c.client.CreateChatCompletion(context.WithValue(ctx, exchangeKey{}, ex), request)
	if failure := c.failure(ctx, ex, response, err); failure != nil {
		if c.options.Key != "" {
			failure.Message = strings.ReplaceAll(failure.Message, c.options.Key, "[key]")
		}
		return evals.Reply{}, failure
	}
	choice := response.Choices[0]
	return evals.Reply{
		Text:         choice.Message.Content,
		FinishReason: string(choice.FinishReason),
		Usage:        evals.Usage{PromptTokens: response.Usage.PromptTokens, CompletionTokens: response.Usage.CompletionTokens},
	}, nil
}

// failure says why an exchange gave no reply; nil if it gave one.
func (c *chat) failure(ctx context.Context, ex *exchange, response openai.ChatCompletionResponse, err error) *evals.Error {
	message := errorMessage(ex.body)
	switch {
	case err != nil && ex.status == 0:
		return c.transportFailure(ctx, err)
	case ex.cut != nil:
		return &evals.Error{Class: evals.BadReply, Message: "the reply was cut short: " + ex.cut.Error()}
	case ex.status >= 300:
		return &evals.Error{Class: classOf(ex.status), Message: statusMessage(ex, message)}
	case message != "":
		return &evals.Error{Class: evals.Server, Message: "the server answered 200 with an error: " + message}
	case err != nil:
		return &evals.Error{Class: evals.BadReply, Message: "the answer is no chat completion: " + firstLine(err.Error())}
	case len(response.Choices) == 0:
		return &evals.Error{Class: evals.BadReply, Message: "the answer has no choices"}
	case response.Choices[0].FinishReason == "":
		return &evals.Error{Class: evals.BadReply, Message: "the answer has no finish_reason: it may be incomplete"}
	}
	return nil
}

// transportFailure classifies an error that came before any answer.
func (c *chat) transportFailure(ctx context.Context, err error) *evals.Error {
	var network net.Error
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &evals.Error{Class: evals.Timeout, Message: fmt.Sprintf("no answer within %s", c.options.Timeout)}
	case errors.Is(err, context.Canceled):
		return &evals.Error{Class: evals.Interrupted, Message: "the run was stopped"}
	case errors.As(err, &network) && network.Timeout():
		return &evals.Error{Class: evals.Timeout, Message: firstLine(err.Error())}
	}
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err
	}
	return &evals.Error{Class: evals.Connection, Message: firstLine(err.Error())}
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

func statusMessage(ex *exchange, message string) string {
	text := fmt.Sprintf("HTTP %d", ex.status)
	if message != "" {
		return text + ": " + message
	}
	if ex.status < 400 {
		return text + ": redirects are not followed; give the final address as base URL"
	}
	if name := http.StatusText(ex.status); name != "" {
		return text + " " + name
	}
	return text
}

// errorMessage finds the message in the error bodies that servers send:
// {"error":{"message":"…"}}, {"error":"…"}, {"status":"failure","message":"…"}
// and plain text. Of a chat completion it returns "".
func errorMessage(body []byte) string {
	var shape struct {
		Error   json.RawMessage `json:"error"`
		Status  string          `json:"status"`
		Message string          `json:"message"`
		Choices json.RawMessage `json:"choices"`
	}
	if json.Unmarshal(body, &shape) != nil {
		text := strings.TrimSpace(string(body))
		if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "<") {
			return ""
		}
		return firstLine(text)
	}
	var text string
	var object struct {
		Message string `json:"message"`
	}
	switch {
	case json.Unmarshal(shape.Error, &object) == nil && object.Message != "":
		return firstLine(object.Message)
	case json.Unmarshal(shape.Error, &text) == nil && text != "":
		return firstLine(text)
	case len(shape.Error) > 0 && string(shape.Error) != "null":
		return firstLine(string(shape.Error))
	case shape.Choices == nil && shape.Message != "":
		return firstLine(shape.Message)
	case shape.Choices == nil && shape.Status != "" && shape.Status != "success":
		return firstLine(shape.Status)
	}
	return ""
}

// firstLine returns the beginning of a text that a message can hold.
func firstLine(text string) string {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "\n")
	if len(text) > 300 {
		text = strings.ToValidUTF8(text[:300], "") + "…"
	}
	return text
}
