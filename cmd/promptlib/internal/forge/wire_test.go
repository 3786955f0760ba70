package forge

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func wireTo(t *testing.T, address string) *wire {
	t.Helper()
	api, err := apiOf(address)
	if err != nil {
		t.Fatal(err)
	}
	return newWire(github, api, token, quick)
}

func ask(t *testing.T, w *wire, address string) (string, error) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := w.RoundTrip(req)
	if err != nil {
		return "", err
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body), nil
}

func TestWireLeadsToOneHost(t *testing.T) {
	own, other := serve(t, map[string][]answer{"GET /here": {{body: `[]`}}}), serve(t, map[string][]answer{"GET /here": {{body: `[]`}}})
	w := wireTo(t, own.url)
	if got, err := ask(t, w, own.url+"/here"); got != "[]" || err != nil {
		t.Errorf("got %q, error %v, want []", got, err)
	}
	_, err := ask(t, w, other.url+"/here")
	refused(t, err, "where the token does not belong", "read it")
	_, err = ask(t, w, strings.Replace(own.url, "http:", "https:", 1)+"/here")
	refused(t, err, "where the token does not belong", "read it")
	if len(other.asked) > 0 {
		t.Errorf("the other host was asked for %q", other.asked)
	}
}

func TestWireReadsNoMoreThanItMay(t *testing.T) {
	page := "[" + strings.Repeat(" ", 1000) + "]"
	f := serve(t, map[string][]answer{"GET /page": {{body: page}}, "GET /long": {{body: "[" + strings.Repeat(" ", maxBody) + "]"}}})
	w := wireTo(t, f.url)
	_, err := ask(t, w, f.url+"/long")
	refused(t, err, "too long: at most 32 MiB are read of one", "open another")

	w.left = int64(2*len(page) + 1)
	for range 2 {
		if got, err := ask(t, w, f.url+"/page"); got != page || err != nil {
			t.Fatalf("got %d bytes, error %v, want the page", len(got), err)
		}
	}
	_, err = ask(t, w, f.url+"/page")
	refused(t, err, "and 128 of all", "open another")
}

func TestWireKeepsToThePauses(t *testing.T) {
	f := serve(t, map[string][]answer{"GET /page": {{status: 500}, {status: 502}, {body: "[]"}}})
	w := wireTo(t, f.url)
	if got, err := ask(t, w, f.url+"/page"); got != "[]" || err != nil || f.count("GET /page") != 3 {
		t.Errorf("got %q, error %v after %d requests, want [] after 3", got, err, f.count("GET /page"))
	}
}

func TestNextPage(t *testing.T) {
	api, err := url.Parse("https://api.github.com/")
	if err != nil {
		t.Fatal(err)
	}
	r := &reading{api: api}
	for _, c := range []struct {
		name string
		link []string
		want string // its query; "" for none
		err  string
	}{
		{"none", nil, "", ""},
		{"first and last", []string{`<https://api.github.com/a?page=1>; rel="first", <https://api.github.com/a?page=9>; rel="last"`}, "", ""},
		{"next", []string{`<https://api.github.com/a?page=1>; rel="prev", <https://api.github.com/a?page=3>; rel="next"`}, "page=3", ""},
		{"next before last", []string{`<https://api.github.com/a?page=3>; rel="next", <https://api.github.com/a?page=9>; rel="last"`}, "page=3", ""},
		{"more parameters", []string{`<https://api.github.com/a?page=3>; title="x"; rel=next`}, "page=3", ""},
		{"in a header of its own", []string{`<https://api.github.com/a?page=1>; rel="prev"`, `<https://API.github.com/a?page=3>;rel="next"`}, "page=3", ""},
		{"relative", []string{`</a?page=3>; rel="next"`}, "page=3", ""},
		{"other host", []string{`<https://api.github.com.evil.example/a?page=3>; rel="next"`}, "", "evil.example"},
		{"other scheme", []string{`<http://api.github.com/a?page=3>; rel="next"`}, "", "not on api.github.com"},
		{"other host without a scheme", []string{`<//evil.example/a?page=3>; rel="next"`}, "", "evil.example"},
		{"no address", []string{`<https://[>; rel="next"`}, "", "is said to be at"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := nextPage(r, &http.Response{Header: http.Header{"Link": c.link}})
			if c.err != "" {
				refused(t, err, c.err, "the API")
				return
			}
			if err != nil || got.Encode() != c.want || (got == nil) != (c.want == "") {
				t.Errorf("got %q, error %v, want %q", got.Encode(), err, c.want)
			}
		})
	}
}
