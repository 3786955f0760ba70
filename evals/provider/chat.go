package provider

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/sashabaranov/go-openai"

	"promptlib/evals"
)

const completionsPath = "/chat/completions"

// OwnFields are the members of a request that no parameter may be sent as.
var OwnFields = []string{"model", "messages", "stream", "response_format", "tools", "tool_choice", "n", "user"}

// Parameters are the members of a request that are sampling parameters.
var Parameters = []string{"temperature", "top_p", "max_tokens", "seed"}

// A chat makes chat completion calls.
type chat struct {
	client  *openai.Client
	options Options
	hidden  secrets
	refused sync.Map // schemas, as text, that the model does not take; "" for all
	strict  sync.Map // by schema, as text, whether it can be followed strictly
}

// newChat returns the model of a chat completion API. Endpoint is where its
// requests go, for the cache of replies.
func newChat(o Options, base *url.URL, config openai.ClientConfig, endpoint string) (evals.Model, error) {
	d, err := newDoer(o, base, http.ProxyFromEnvironment)
	if err != nil {
		return evals.Model{}, err
	}
	config.HTTPClient = d
	password, _ := base.User.Password()
	c := &chat{client: openai.NewClientWithConfig(config), options: o, hidden: newSecrets(o.Key, password)}
	if password != "" {
		endpoint = strings.Replace(endpoint, base.User.String()+"@", "", 1)
	}
	return evals.Model{
		Name: o.Name + "/" + o.Model, Class: "chat-completions", Endpoint: endpoint, Price: o.Price, Limits: o.Limits, Call: c.call,
	}, nil
}

// call makes a call with the schema of a request, if it has one. Where the server
// does not take that, it is asked again without, and the schema is not sent again.
func (c *chat) call(ctx context.Context, k *evals.Case) (evals.Reply, error) {
	how, format := c.format(k.Request.Schema)
	reply, ex, failure := c.ask(ctx, k, format)
	if failure != nil && format != nil && refusesFormat(ex) && ctx.Err() == nil {
		how = evals.StructuredRefused
		reason := ex
		if reply, _, failure = c.ask(ctx, k, nil); failure == nil || failure.Class != evals.Refused {
			c.remember(k.Request.Schema, reason) // it was the format that was refused
		}
	}
	if failure != nil {
		return evals.Reply{}, failure
	}
	reply.Structured = how
	return reply, nil
}

// ask makes one request. Format is the response_format; nil for none.
func (c *chat) ask(ctx context.Context, k *evals.Case, format any) (evals.Reply, *exchange, *evals.Error) {
	ex := &exchange{fields: c.parameters(k.Request.Parameters)}
	ex.fields["model"] = c.options.Model
	if format != nil {
		ex.fields["response_format"] = format
	}
	if c.options.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.options.Timeout)
		defer cancel()
	}
	// Note: the name of the model is set in the body alone: go-openai refuses
	// parameters by the name of a model, whatever the server.
	request := openai.ChatCompletionRequest{Messages: make([]openai.ChatCompletionMessage, len(k.Request.Messages))}
	for i, m := range k.Request.Messages {
		request.Messages[i] = openai.ChatCompletionMessage{Role: m.Role, Content: m.Content}
		if m.Content == "" {
			ex.fields["messages"] = k.Request.Messages // go-openai would leave the content out
		}
	}
	response, err := c.client.CreateChatCompletion(context.WithValue(ctx, exchangeKey{}, ex), request)
	if failure := c.failure(ctx, ex, response, err); failure != nil {
		return evals.Reply{}, ex, failure
	}
	choice := response.Choices[0]
	return evals.Reply{
		Text:         c.hidden.hide(replyText(choice.Message)),
		FinishReason: c.hidden.hide(string(choice.FinishReason)),
		Usage: evals.Usage{
			PromptTokens: max(0, response.Usage.PromptTokens), CompletionTokens: max(0, response.Usage.CompletionTokens), Cost: ex.cost(),
		},
	}, ex, nil
}

// parameters returns the parameters that are to be sent, by the names that the
// server has for them. A zero is sent, other than by go-openai.
func (c *chat) parameters(p evals.Parameters) map[string]any {
	fields := map[string]any{}
	for name, value := range map[string]any{"temperature": p.Temperature, "top_p": p.TopP, "max_tokens": p.MaxTokens, "seed": p.Seed} {
		if text, _ := json.Marshal(value); string(text) == "null" {
			continue
		}
		if other := c.options.Fields[name]; other != "" {
			name = other
		}
		fields[name] = value
	}
	return fields
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
