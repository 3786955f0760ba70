package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/sashabaranov/go-openai"
)

const (
	// maxBody is the most that is read of an answer, in bytes.
	maxBody = 32 << 20

	// maxValues is the most values that an answer may have in its JSON: each takes up
	// to hundreds of bytes of memory, however short it is written. A completion that
	// was asked for no more than its text has some dozens.
	maxValues = 1 << 18

	// dialTimeout is how long a connection may take: a machine that is not there
	// does not answer at all.
	dialTimeout = 4 * time.Second
)

// An exchange is one HTTP request and answer, beyond what go-openai passes on.
// It travels in the context of the request.
type exchange struct {
	fields    map[string]any // set in the body of the request
	connected atomic.Bool    // the request may have been sent
	status    int            // 0 where no answer came
	header    http.Header
	body      []byte
	cut       error // why the body ended early
}

type exchangeKey struct{}

// cost returns what the server says a reply has cost, in US dollars: OpenRouter in
// the usage, LiteLLM in a header. It is 0 where it does not say.
func (ex *exchange) cost() float64 {
	var body struct {
		Usage struct {
			Cost float64 `json:"cost"`
		} `json:"usage"`
	}
	if bytes.Contains(ex.body, []byte(`"cost"`)) && json.Unmarshal(ex.body, &body) == nil && body.Usage.Cost > 0 {
		return body.Usage.Cost
	}
	cost, err := strconv.ParseFloat(ex.header.Get("x-litellm-response-cost"), 64)
	if err != nil || math.IsInf(cost, 0) || !(cost > 0) {
		return 0
	}
	return cost
}

// A doer stands between go-openai and the network. It sets the fields of the
// body that go-openai drops when they are zero, or refuses by the name of the
// model; it keeps status, header and body of every answer; it follows no
// redirect, which would carry the key elsewhere; it connects only to addresses
// that it may connect to.
type doer struct {
	client *http.Client
	dialer func(ctx context.Context, network, address string) (net.Conn, error)
}

// newDoer returns the doer of a base URL. The proxy of the environment is used
// for https alone, where it passes on what it cannot read.
func newDoer(o Options, base *url.URL, proxyOf func(*http.Request) (*url.URL, error)) (*doer, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConns = 0
	t.MaxIdleConnsPerHost = max(2, o.Concurrency)
	t.ResponseHeaderTimeout = 0
	t.IdleConnTimeout = time.Minute
	t.TLSHandshakeTimeout = 2 * dialTimeout
	t.Proxy = nil
	plain := &net.Dialer{KeepAlive: 30 * time.Second}
	if base.Scheme == "https" {
		proxy, err := proxyOf(&http.Request{URL: base})
		if err != nil {
			return nil, errors.New("the proxy that HTTPS_PROXY names is no address") // err may hold its password
		}
		if proxy != nil {
			t.Proxy = http.ProxyURL(proxy)
		}
	}
	if t.Proxy == nil { // else it is the proxy that looks up the host
		reach := reach{private: !o.Public, public: base.Scheme == "https"}
		plain.ControlContext = func(_ context.Context, _, address string, _ syscall.RawConn) error { return reach.check(address) }
	}
	d := &doer{dialer: plain.DialContext}
	t.DialContext = d.dial
	d.client = &http.Client{Transport: stay{t}}
	return d, nil
}

// A stay is a transport whose answers lead nowhere: they have no Location.
type stay struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (s stay) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := s.RoundTripper.RoundTrip(req)
	if res != nil {
		res.Header.Del("Location")
	}
	return res, err
}

func (d *doer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	return d.dialer(ctx, network, address)
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
	req = req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { ex.connected.Store(true) },
	}))
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
	if manyValues(ex.body) {
		ex.cut, ex.body = fmt.Errorf("it has more than %d values", maxValues), nil
	}
	res.Body = io.NopCloser(bytes.NewReader(withUsage(ex.body)))
	return res, nil
}

// manyValues reports whether a text has more values than the JSON of an answer may
// have. What begins each of them, outside of strings, is counted.
func manyValues(text []byte) bool {
	n, inString := 0, false
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			inString = !inString
		case '\\':
			i++
		case '{', '[', ',':
			if !inString {
				n++
			}
		}
	}
	return n > maxValues
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
