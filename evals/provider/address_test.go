package provider

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sashabaranov/go-openai"

	"promptlib/evals"
)

func TestReach(t *testing.T) {
	const (
		never   = "never"
		private = "private"
		public  = "public"
	)
	for address, want := range map[string]string{
		"169.254.169.254:80": never, "[fe80::1%eth0]:443": never, "[fd00:ec2::254]:80": never, "100.100.100.200:80": never, "192.0.0.192:80": never,
		"168.63.129.16:80": never, "224.0.0.1:80": never, "[ff02::1]:80": never, "255.255.255.255:80": never, "[::ffff:169.254.169.254]:80": never,
		"[64:ff9b::a9fe:a9fe]:80": never, "[2002:a9fe:a9fe::1]:80": never, "localhost:80": never, "": never,

		"127.0.0.1:11434": private, "127.9.9.9:1": private, "[::1]:80": private, "0.0.0.0:80": private, "[::]:80": private, "10.1.2.3:80": private,
		"172.16.0.1:80": private, "192.168.1.1:443": private, "100.64.0.1:80": private, "[fd12::1]:80": private, "[::ffff:127.0.0.1]:80": private,
		"[64:ff9b::7f00:1]:80": private, "[2002:0a01:0203::1]:80": private,

		"1.1.1.1:443": public, "[2606:4700::1]:443": public, "172.32.0.1:443": public, "100.128.0.1:443": public, "[64:ff9b::101:101]:443": public,
	} {
		for _, r := range []reach{{}, {private: true}, {public: true}, {private: true, public: true}} {
			err := r.check(address)
			allowed := want == private && r.private || want == public && r.public
			if (err == nil) != allowed {
				t.Errorf("%s by %+v: got %v, want it allowed: %v", address, r, err, allowed)
			}
			var forbidden *addressError
			if err != nil && !errors.As(err, &forbidden) {
				t.Errorf("%s: got %v, want an error of the address", address, err)
			}
		}
	}
}

// TestOpenAIConnectsOnlyWhereItMay: nothing is sent, and no later call would be.
func TestOpenAIConnectsOnlyWhereItMay(t *testing.T) {
	here := answer(t, 200, completion(`{"content":"a"}`, `"stop"`))
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // it says that we hang up
	secure.StartTLS()
	defer secure.Close()
	tests := []struct {
		name string
		o    Options
		want string
	}{
		{"metadata", Options{BaseURL: "http://169.254.169.254/v1"}, "169.254.169.254 is a link-local or multicast address; no request is sent there"},
		{"metadata by another name", Options{BaseURL: "http://[::ffff:a9fe:a9fe]/v1"}, "169.254.169.254 is a link-local or multicast address; no request is sent there"},
		{"this machine for a public provider", Options{BaseURL: here, Public: true}, `127.0.0.1 is this machine or of a private network; the policy must say "local: true" of the provider`},
		{"its name for a public provider", Options{BaseURL: strings.Replace(here, "127.0.0.1", "localhost", 1), Public: true}, `is this machine or of a private network; the policy must say "local: true" of the provider`},
		{"the internet without TLS", Options{BaseURL: "http://192.0.2.1/v1"}, "192.0.2.1 is of the public internet; write https in the base URL: http is for this machine and private networks"},
		{"a certificate that nobody vouches for", Options{BaseURL: secure.URL}, "the certificate of the server is not trusted: x509: "},
		{"https to a server without TLS", Options{BaseURL: strings.Replace(here, "http:", "https:", 1)}, "the server does not speak TLS; write http in the base URL if it is on this machine or a private network"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.o.Key = key
			_, err := ask(t, context.Background(), test.o)
			if err == nil || err.Class != evals.Refused || !err.Denied || !strings.Contains(err.Message, test.want) {
				t.Errorf("got error  %+v\nwant error %s", err, test.want)
			}
		})
	}
}

func TestOpenAIUnreachable(t *testing.T) {
	t.Run("no such host", func(t *testing.T) {
		_, err := askThrough(t, func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "gone.example", Server: "192.0.2.53:53", IsNotFound: true}}
		})
		if want := (evals.Error{Class: evals.Connection, Message: "lookup gone.example: there is no such host", Unreachable: true}); err == nil || *err != want {
			t.Errorf("got %+v, want %+v", err, want)
		}
	})
	t.Run("nobody answers", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			_, err := askThrough(t, func(ctx context.Context, _, _ string) (net.Conn, error) {
				<-ctx.Done()
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: ctx.Err()}
			})
			if want := (evals.Error{Class: evals.Connection, Message: "no connection within 4s", Unreachable: true}); err == nil || *err != want {
				t.Errorf("got %+v, want %+v", err, want)
			}
			if took := time.Since(began); took != dialTimeout {
				t.Errorf("it took %s, want %s", took, dialTimeout)
			}
		})
	})
}

// askThrough asks a server that is dialled by a function.
func askThrough(t *testing.T, dial func(context.Context, string, string) (net.Conn, error)) (evals.Reply, *evals.Error) {
	t.Helper()
	base := &url.URL{Scheme: "http", Host: "gone.example", Path: "/v1"}
	d, err := newDoer(Options{}, base, http.ProxyFromEnvironment)
	if err != nil {
		t.Fatal(err)
	}
	d.dialer = dial
	c := newClient(Options{Name: "openai", Model: "m", Timeout: time.Minute}, d, base.String())
	reply, err := c.call(context.Background(), &evals.Case{Request: request("hello")})
	var failure *evals.Error
	errors.As(err, &failure)
	return reply, failure
}

func newClient(o Options, d *doer, base string) *chat {
	config := openai.DefaultConfig(o.Key)
	config.BaseURL, config.HTTPClient = base, d
	return &chat{client: openai.NewClientWithConfig(config), options: o, hidden: newSecrets(o.Key)}
}

// TestProxy: a proxy of the environment is for https alone, and what it is asked
// for is a connection that it cannot read.
func TestProxy(t *testing.T) {
	asked := make(chan string, 1)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Method + " " + r.Host
		w.WriteHeader(http.StatusBadGateway)
	}))
	defer proxy.Close()
	through := func(*http.Request) (*url.URL, error) { return url.Parse(proxy.URL) }
	https := &url.URL{Scheme: "https", Host: "llm.example", Path: "/v1"}
	d, err := newDoer(Options{Public: true}, https, through)
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(Options{Model: "m", Key: key}, d, https.String())
	if _, err := c.call(context.Background(), &evals.Case{Request: request("hello")}); err == nil || strings.Contains(err.Error(), key) {
		t.Errorf("got error %v, want that of the proxy", err)
	}
	if got := <-asked; got != "CONNECT llm.example:443" {
		t.Errorf("the proxy was asked for %s, want a tunnel", got)
	}
	plain, err := url.Parse(answer(t, 200, completion(`{"content":"a"}`, `"stop"`)))
	if err != nil {
		t.Fatal(err)
	}
	if d, err = newDoer(Options{}, plain, through); err != nil {
		t.Fatal(err)
	}
	if reply, err := newClient(Options{Model: "m", Key: key}, d, plain.String()).call(context.Background(), &evals.Case{Request: request("hello")}); err != nil || reply.Text != "a" {
		t.Errorf("got %q and %v, want the answer of the server itself", reply.Text, err)
	}
	broken := func(*http.Request) (*url.URL, error) { return nil, errors.New("u:password@") }
	if _, err := newDoer(Options{}, https, broken); err == nil || strings.Contains(err.Error(), "password") {
		t.Errorf("got error %v, want one that does not repeat the proxy", err)
	}
}
