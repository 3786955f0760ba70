package provider

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/sashabaranov/go-openai"

	"promptlib/evals"
)

// failure says why an exchange gave no reply; nil if it gave one.
func (c *chat) failure(ctx context.Context, ex *exchange, response openai.ChatCompletionResponse, err error) *evals.Error {
	fail := func(class evals.Class, format string, args ...any) *evals.Error {
		e := &evals.Error{Class: class, Message: c.short(fmt.Sprintf(format, args...)), RetryAfter: retryAfter(ex, time.Now())}
		e.Denied = class != evals.CutShort && denies(ex)
		return e
	}
	message := ""
	if err != nil || ex.status >= 300 || len(response.Choices) == 0 || bytes.Contains(ex.body, []byte(`"error"`)) {
		message = errorMessage(ex.body) // most answers need not be read again
	}
	switch {
	case ex.status == 0 && err != nil:
		return c.transportFailure(ctx, ex, err)
	case ex.cut != nil && ctx.Err() != nil:
		return c.transportFailure(ctx, ex, ex.cut)
	case ex.cut != nil:
		return fail(evals.CutShort, "the reply was cut short: %v", withoutSource(ex.cut))
	case ex.status == http.StatusUnauthorized || ex.status == http.StatusForbidden:
		failure := fail(evals.Refused, "HTTP %d: %s", ex.status, cmp.Or(message, http.StatusText(ex.status)))
		if c.options.Key == "" && c.options.NoKey != "" {
			failure.Message += "; no key was sent: " + c.options.NoKey
		}
		return failure
	case ex.status >= 400:
		return fail(classOf(ex.status), "HTTP %d: %s", ex.status, cmp.Or(message, http.StatusText(ex.status), "no reason given"))
	case ex.status >= 300:
		return fail(evals.Refused, "HTTP %d: redirects are not followed; give the final address as base URL", ex.status)
	case message != "" && len(response.Choices) == 0 && !json.Valid(ex.body):
		return fail(evals.BadReply, "the answer is no chat completion: %s", message)
	case message != "":
		return fail(classOf(cmp.Or(errorIn(ex.body).status(), http.StatusInternalServerError)), "the server answered %d with an error: %s", ex.status, message)
	case len(bytes.TrimSpace(ex.body)) == 0:
		return fail(evals.CutShort, "the answer is empty")
	case err != nil && endsEarly(ex.body):
		return fail(evals.CutShort, "the answer ends in the middle")
	case err != nil:
		return fail(evals.BadReply, "the answer is no chat completion: %v", err)
	case len(response.Choices) == 0:
		return fail(evals.BadReply, "the answer has no choices")
	}
	switch response.Choices[0].FinishReason {
	case "":
		return fail(evals.CutShort, "the answer has no finish_reason: it may be incomplete")
	case "error":
		var choices struct{ Choices []json.RawMessage }
		if json.Unmarshal(ex.body, &choices) == nil && len(choices.Choices) > 0 {
			message = messageIn(members(choices.Choices[0])["error"]) // OpenRouter
		}
		return fail(evals.Server, "the answer ends with finish_reason error%s", strings.TrimSuffix(": "+message, ": "))
	}
	return nil
}

// endsEarly reports whether a text is the beginning of a JSON object.
func endsEarly(text []byte) bool {
	err := json.Unmarshal(text, new(any))
	return bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) && err != nil && err.Error() == "unexpected end of JSON input"
}

// transportFailure classifies an error that came before the end of an answer.
func (c *chat) transportFailure(ctx context.Context, ex *exchange, err error) *evals.Error {
	unreachable := !ex.connected.Load()
	fail := func(class evals.Class, format string, args ...any) *evals.Error {
		return &evals.Error{Class: class, Message: c.short(fmt.Sprintf(format, args...)), Unreachable: unreachable}
	}
	refused := func(format string, args ...any) *evals.Error {
		failure := fail(evals.Refused, format, args...)
		failure.Denied = true // by what does not change from call to call
		return failure
	}
	var network net.Error
	var lookup *net.DNSError
	var forbidden *addressError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &forbidden):
		return refused("%s", forbidden.message)
	case errors.As(err, &certificate):
		return refused("the certificate of the server is not trusted: %v", certificate.Err)
	case errors.Is(err, http.ErrSchemeMismatch):
		return refused("the server does not speak TLS; write http in the base URL if it is on this machine or a private network")
	case errors.Is(ctx.Err(), context.DeadlineExceeded) && unreachable:
		return fail(evals.Connection, "no connection within %s", c.options.Timeout)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return fail(evals.Timeout, "no answer within %s", c.options.Timeout)
	case errors.Is(err, context.Canceled):
		return fail(evals.Interrupted, "the run was stopped")
	case errors.As(err, &lookup):
		what := "the name of the host cannot be looked up"
		if lookup.IsNotFound {
			what = "there is no such host"
		}
		return fail(evals.Connection, "lookup %s: %s", lookup.Name, what)
	case errors.As(err, &network) && network.Timeout() && unreachable:
		return fail(evals.Connection, "no connection within %s", dialTimeout)
	case errors.Is(err, io.EOF) && !unreachable:
		return fail(evals.Connection, "the server closed the connection without an answer")
	case errors.As(err, &network) && network.Timeout():
		return fail(evals.Timeout, "%v", err)
	}
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err
	}
	return fail(evals.Connection, "%v", withoutSource(err))
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
	text = c.hidden.hide(text)
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

// denies reports whether an answer refuses the key, the model or the address, so
// that every other request will be refused too.
func denies(ex *exchange) bool {
	said := errorIn(ex.body)
	status := ex.status
	if status < 300 {
		status = said.status()
	}
	switch status {
	case http.StatusForbidden:
		// OpenRouter says so of a message that it does not like.
		return !strings.Contains(string(ex.body), "moderation") && !strings.Contains(string(ex.body), "flagged")
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone:
		return true
	case http.StatusBadRequest:
		if strings.Contains(said.message, "credit balance is too low") || strings.HasPrefix(said.message, "Invalid model name") {
			return true // Anthropic; LiteLLM
		}
	}
	if status >= 300 && status < 400 {
		return true
	}
	return slices.ContainsFunc(said.codes, func(code string) bool { return slices.Contains(denials, strings.ToLower(code)) })
}

// denials are the codes of errors, in lower case, that no later request escapes.
var denials = []string{
	"invalid_api_key", "api_key_invalid", "insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "insufficient_balance",
	"account_deactivated", "access_terminated", "model_not_found", "deploymentnotfound",
}

// An errorBody is what an answer says of an error beside its message.
type errorBody struct {
	message string
	code    int      // HTTP status in the body; 0 for none
	codes   []string // code, type, status and reasons
	wait    string   // until the next request, as Google's APIs say it
}

// status returns the HTTP status that a body holds; 0 for none.
func (e errorBody) status() int {
	if e.code >= 400 && e.code < 600 {
		return e.code
	}
	return 0
}

// errorIn reads what an error body says for programs. What it says in other
// shapes is left out.
func errorIn(body []byte) (e errorBody) {
	var list []json.RawMessage
	if json.Unmarshal(body, &list) == nil && len(list) > 0 {
		body = list[0]
	}
	shape := members(body)
	if inner := members(shape["error"]); inner != nil {
		shape = inner
	}
	var text string
	if json.Unmarshal(shape["message"], &text) == nil {
		e.message = text
	}
	if json.Unmarshal(shape["code"], &e.code) != nil {
		e.code = 0
	}
	for _, name := range []string{"code", "type", "status"} {
		if json.Unmarshal(shape[name], &text) == nil {
			e.codes = append(e.codes, text)
		}
	}
	var details []struct {
		Reason     string `json:"reason"`
		RetryDelay string `json:"retryDelay"`
	}
	if json.Unmarshal(shape["details"], &details) == nil {
		for _, d := range details {
			e.codes = append(e.codes, d.Reason)
			e.wait = cmp.Or(e.wait, d.RetryDelay)
		}
	}
	return e
}

// members returns the members of a JSON object; nil for anything else.
func members(text []byte) map[string]json.RawMessage {
	var object map[string]json.RawMessage
	if json.Unmarshal(text, &object) != nil {
		return nil
	}
	return object
}

// errorMessage finds the message in the error bodies that servers send:
// {"error":{"message":"…"}}, {"error":"…"}, {"error":"…","message":"…"},
// {"message":"…"}, {"detail":"…"}, {"status":"failure"}, any of these as the only item of a list, and plain text.
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
		text := strings.TrimSpace(messageIn(shape[name]))
		if text == "" || name == "status" && text == "success" {
			continue
		}
		// Where error is a text it may be a mere name, and message says more.
		var kind string
		if more := messageIn(shape["message"]); name == "error" && more != "" && more != text && json.Unmarshal(shape[name], &kind) == nil {
			text += ": " + more
		}
		return text
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
