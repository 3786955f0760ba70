package provider

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/sashabaranov/go-openai"
)

// maxBody is the most that is read of an answer, in bytes.
const maxBody = 32 << 20

// An exchange is one HTTP request and answer, beyond what go-openai passes on.
// It travels in the context of the request.
type exchange struct {
	fields map[string]any // set in the body of the request
	status int            // 0 where no answer came
	header http.Header
	body   []byte
	cut    error // why the body ended early
}

type exchangeKey struct{}

// A doer stands between go-openai and the network. It sets the fields of the
// body that go-openai drops when they are zero, or refuses by the name of the
// model; it keeps status, header and body of every answer; it follows no
// redirect, which would carry the key elsewhere.
type doer struct {
	client *http.Client
}

func newDoer(concurrency int) *doer {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConns = 0
	t.MaxIdleConnsPerHost = max(2, concurrency)
	t.ResponseHeaderTimeout = 0
	t.IdleConnTimeout = time.Minute
	return &doer{client: &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Do implements the HTTPDoer of go-openai.
func (d *doer) Do(req *http.Request) (*http.Response, error) {
	ex, ok := req.Context().Value(exchangeKey{}).(*exchange)
	if !ok {
		return d.client.Do(req)
	}
	if err := setFields(req, ex.fields); err != nil {
		return nil, err
	}
	res, err := d.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	ex.status, ex.header = res.StatusCode, res.Header
	ex.body, ex.cut = io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	if len(ex.body) > maxBody {
		ex.cut = fmt.Errorf("it has more than %d MiB", maxBody>>20)
	}
	res.Body = io.NopCloser(bytes.NewReader(withUsage(ex.body)))
	return res, nil
}

// withUsage returns the body of a completion without its usage if that does not
// count tokens in whole numbers, for which go-openai would refuse the reply.
func withUsage(body []byte) []byte {
	var usage struct{ Usage openai.Usage }
	var wrong *json.UnmarshalTypeError
	if !errors.As(json.Unmarshal(body, &usage), &wrong) {
		return body
	}
	fields := map[string]json.RawMessage{}
	if json.Unmarshal(body, &fields) != nil {
		return body
	}
	for name := range fields {
		if strings.EqualFold(name, "usage") {
			delete(fields, name)
		}
	}
	text, err := json.Marshal(fields)
	if err != nil {
		return body
	}
	return text
}

// setFields sets members of the JSON body of a request.
func setFields(req *http.Request, fields map[string]any) error {
	text, err := io.ReadAll(req.Body)
	if err != nil {
		return err
	}
	body := map[string]any{}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&body); err != nil {
		return err
	}
	for name, value := range fields {
		body[name] = value
	}
	if text, err = json.Marshal(body); err != nil {
		return err
	}
	req.Body = io.NopCloser(bytes.NewReader(text))
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
	req.ContentLength = int64(len(text))
	return nil
}
