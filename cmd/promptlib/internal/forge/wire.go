package forge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const (
	// maxBody is the most that is read of one answer, and maxAll of all, in bytes. A
	// page has a hundred reviews of at most 64 KiB of text.
	maxBody = 32 << 20
	maxAll  = 128 << 20
)

// waits are the pauses before a request that met a fault of the server is sent
// again.
var waits = []time.Duration{500 * time.Millisecond, time.Second}

// A wire carries requests to one API. Its answers are whole, are JSON, and say 200:
// all others are errors, so that what is above never takes a fault for an empty page.
type wire struct {
	forge  Forge
	api    *url.URL
	token  string
	limits limits
	base   *http.Transport
	left   int64 // bytes that may still be read
}

func newWire(f Forge, api *url.URL, token string, l limits) *wire {
	base := http.DefaultTransport.(*http.Transport).Clone()
	base.Proxy = http.ProxyFromEnvironment
	return &wire{forge: f, api: api, token: token, limits: l, base: base, left: maxAll}
}

// RoundTrip implements http.RoundTripper.
func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme != w.api.Scheme || hostOf(req.URL) != w.api.Host {
		return nil, &Error{Message: fmt.Sprintf("%s leads to %q, where the token does not belong", w.api.Host, req.URL.Host), Hint: "read it from where it is"}
	}
	for try := 0; ; try++ {
		res, body, err := w.once(req)
		if err != nil {
			return nil, w.unreached(req, err)
		}
		if res.StatusCode >= 500 && try < len(waits) {
			if err := w.limits.pause(req.Context(), waits[try]); err != nil {
				return nil, w.unreached(req, err)
			}
			continue
		}
		if res.StatusCode != http.StatusOK {
			return nil, w.refused(req, res, body)
		}
		if err := w.whole(req, body); err != nil {
			return nil, err
		}
		res.Body = io.NopCloser(bytes.NewReader(body))
		return res, nil
	}
}

// once sends a request and reads the whole answer.
func (w *wire) once(req *http.Request) (*http.Response, []byte, error) {
	ctx, cancel := context.WithTimeout(req.Context(), w.limits.each)
	defer cancel()
	signed := req.Clone(ctx)
	if req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			return nil, nil, err
		}
		signed.Body = body
	}
	w.forge.sign(signed.Header, w.token)
	res, err := w.base.RoundTrip(signed)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, min(maxBody, w.left)+1))
	w.left -= int64(len(body))
	if err == nil && (len(body) > maxBody || w.left < 0) {
		err = errTooLong
	}
	return res, body, err
}

var errTooLong = errors.New("its answers are too long")

// whole refuses what is no JSON object or array: an answer that ends early, and
// null or nothing, which would read as an empty page.
func (w *wire) whole(req *http.Request, body []byte) error {
	text := bytes.TrimSpace(body)
	switch {
	case len(text) == 0:
		return &Error{Message: place(req) + ": the answer is empty", Hint: "run the check again"}
	case !json.Valid(text) && (text[0] == '{' || text[0] == '['):
		return &Error{Message: place(req) + ": the answer ends early or is damaged", Hint: "run the check again"}
	case text[0] != '{' && text[0] != '[':
		return &Error{Message: place(req) + ": the answer is no JSON of an API", Hint: "is " + w.api.String() + " the API of a " + w.forge.Name + "?"}
	}
	return nil
}

// place names what was asked for, without its query.
func place(req *http.Request) string { return req.URL.Host + req.URL.EscapedPath() }

// unreached says why there is no whole answer.
func (w *wire) unreached(req *http.Request, err error) error {
	again := "run the check again"
	var dial *url.Error
	if errors.As(err, &dial) {
		err = dial.Err
	}
	switch {
	case req.Context().Err() == nil && errors.Is(err, context.DeadlineExceeded):
		return &Error{Message: fmt.Sprintf("%s: no whole answer within %s", place(req), w.limits.each), Hint: again}
	case errors.Is(err, errTooLong):
		return &Error{Message: fmt.Sprintf("%s: %v: at most %d MiB are read of one, and %d of all", place(req), err, maxBody>>20, maxAll>>20), Hint: "close the pull request and open another for the change"}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return &Error{Message: place(req) + ": the answer ends early", Hint: again}
	}
	return &Error{Message: fmt.Sprintf("%s cannot be reached: %s", w.api.Host, w.plain(err.Error())), Hint: "check the network and the proxy of the environment, then " + again}
}

// refused says what a status means, and what to do.
func (w *wire) refused(req *http.Request, res *http.Response, body []byte) error {
	e := &Error{status: res.StatusCode, Message: fmt.Sprintf("%s: HTTP %d", place(req), res.StatusCode)}
	said := w.saying(body)
	if said != "" {
		e.Message += ": " + said
	}
	switch status := res.StatusCode; {
	case status == http.StatusTooManyRequests || status == http.StatusForbidden && limited(res, said):
		e.status = http.StatusTooManyRequests
		e.Message = fmt.Sprintf("%s takes no more requests for now (HTTP %d)", w.api.Host, status)
		e.Hint = "run the check again later"
		if seconds, err := strconv.ParseUint(res.Header.Get("Retry-After"), 10, 31); err == nil {
			e.Hint = fmt.Sprintf("run the check again in %d seconds", seconds)
		}
	case status == http.StatusUnauthorized:
		e.Message += ": the token is not valid"
		e.Hint = w.forge.tokenHint()
	case status == http.StatusForbidden:
		e.Message += ": the token may not read this"
		e.Hint = w.forge.token
	case status == http.StatusNotFound:
		e.Message += ": there is no such thing, or the token may not see it"
		e.Hint = "check the name of the repository and the number; " + w.forge.token
	case status >= 500:
		e.Message += fmt.Sprintf(", %d times", len(waits)+1)
		e.Hint = "run the check again when " + w.api.Host + " is well"
	case status >= 300 && status < 400:
		e.Message += ": the token is not taken along to another address"
		e.Hint = "give the present name of the repository and the final address of the API"
	default:
		e.Hint = "is " + w.api.String() + " the API of a " + w.forge.Name + "?"
	}
	return e
}

// limited reports whether an answer 403 is about too many requests.
func limited(res *http.Response, said string) bool {
	return res.Header.Get("Retry-After") != "" || res.Header.Get("X-Ratelimit-Remaining") == "0" || strings.Contains(strings.ToLower(said), "rate limit")
}

// saying returns the message in an answer; "" for none.
func (w *wire) saying(body []byte) string {
	var said struct{ Message, Error json.RawMessage }
	if json.Unmarshal(body, &said) != nil {
		return ""
	}
	for _, raw := range []json.RawMessage{said.Message, said.Error} {
		text := ""
		if json.Unmarshal(raw, &text) == nil && text != "" {
			return w.plain(text)
		}
	}
	return ""
}

// tokenPart is how much of a token a message must not hold, in bytes.
const tokenPart = 6

// plain returns a text for a message: on one line, of some length, and without the
// token or a part of it.
func (w *wire) plain(text string) string {
	secret := strings.TrimPrefix(w.token, "github_pat_") // with which many tokens begin
	for i := range max(1, len(secret)-tokenPart+1) {
		if strings.Contains(text, secret[i:min(len(secret), i+tokenPart)]) {
			return "(a message that holds the token)"
		}
	}
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	if runes := []rune(text); len(runes) > 400 {
		text = string(runes[:400]) + "…"
	}
	return text
}
