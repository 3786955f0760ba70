package forge

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"promptlib/library/check"
)

const token = "ghp_0123456789abcdefghij"

// An answer is a recorded answer of a forge.
type answer struct {
	body   string
	status int               // 0 for 200
	next   string            // the query of the next page, or a whole address; "" for none
	header map[string]string // beside it
	cut    bool              // the connection ends before the body does
	hang   bool              // no answer comes
}

// A fake is a forge that gives recorded answers, by method, path and what names
// the page, such as "GET /repos/acme/prompts/pulls/12/reviews page=2". Of several
// answers each is given once, and the last for ever.
type fake struct {
	t       *testing.T
	url     string
	answers map[string][]answer

	mu    sync.Mutex
	asked []string // keys, in order
}

func serve(t *testing.T, answers map[string][]answer) *fake {
	t.Helper()
	f := &fake{t: t, answers: answers}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

// keyOf names a request without what all pages of a list have in common.
func keyOf(r *http.Request) string {
	key := r.Method + " " + r.URL.EscapedPath()
	q := r.URL.Query()
	if page := q.Get("page"); page != "" && page != "1" {
		key += " page=" + page
	}
	if after := q.Get("after"); after != "" {
		key += " after=" + after
	}
	return key
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	key := keyOf(r)
	if r.Method == http.MethodPost {
		body, _ := io.ReadAll(r.Body)
		if _, cursor, ok := strings.Cut(string(body), `"after":"`); ok {
			key += " after=" + cursor[:strings.Index(cursor, `"`)]
		}
	}
	f.mu.Lock()
	f.asked = append(f.asked, key)
	list := f.answers[key]
	a := answer{status: http.StatusNotFound, body: `{"message": "Not Found"}`}
	if len(list) > 0 {
		a = list[0]
	}
	if len(list) > 1 {
		f.answers[key] = list[1:]
	}
	f.mu.Unlock()
	if got := cmp.Or(r.Header.Get("Authorization"), r.Header.Get("Private-Token")); got != "Bearer "+token && got != token {
		f.t.Errorf("%s: came with the token %q", key, got)
	}
	f.give(w, r, a)
}

func (f *fake) give(w http.ResponseWriter, r *http.Request, a answer) {
	if a.hang {
		<-r.Context().Done()
		return
	}
	if a.next != "" {
		next := a.next
		if !strings.Contains(next, "://") {
			next = f.url + r.URL.EscapedPath() + "?" + next
		}
		w.Header().Set("Link", fmt.Sprintf(`<%s/first?page=1>; rel="first", <%s>; rel="next"`, f.url, next))
	}
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	length := len(a.body)
	if a.cut {
		length += 100
	}
	w.Header().Set("Content-Length", strconv.Itoa(length))
	w.WriteHeader(cmp.Or(a.status, http.StatusOK))
	io.WriteString(w, a.body)
}

// count returns how often something was asked for.
func (f *fake) count(key string) (n int) {
	for _, asked := range f.asked {
		if asked == key {
			n++
		}
	}
	return n
}

// quick has no pauses.
var quick = limits{each: 20 * time.Second, whole: time.Minute, pause: func(context.Context, time.Duration) error { return nil }}

// with returns recorded answers with some of them replaced.
func with(answers map[string][]answer, key string, list ...answer) map[string][]answer {
	answers[key] = list
	return answers
}

// refused fails a test unless an error says what it has to, with a next step, and
// without the token.
func refused(t *testing.T, err error, message, hint string) {
	t.Helper()
	e, ok := err.(*Error)
	if !ok {
		t.Fatalf("got the error %v of type %T, want one about %q", err, err, message)
	}
	if !strings.Contains(e.Message, message) || !strings.Contains(e.Hint, hint) || e.Hint == "" {
		t.Errorf("got %q, hint %q, want %q, hint %q", e.Message, e.Hint, message, hint)
	}
	for _, text := range []string{e.Message, e.Hint} {
		if strings.Contains(text, token[:8]) || strings.Contains(text, token[len(token)-8:]) || strings.ContainsAny(text, "\n\r\x1b") {
			t.Errorf("%q shows the token, or has more than one line", text)
		}
	}
}

// by returns the only review of an account with an opinion.
func by(t *testing.T, request *check.PullRequest, login string, says check.Opinion) check.Review {
	t.Helper()
	var found []check.Review
	for _, r := range request.Reviews {
		if r.By.Login == login && r.Opinion == says {
			found = append(found, r)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s has %d reviews that %s, want one; there are %+v", login, len(found), says, request.Reviews)
	}
	return found[0]
}

func logins(accounts []check.Account) string {
	var list []string
	for _, a := range accounts {
		list = append(list, a.Login)
	}
	return strings.Join(list, " ")
}

func date(text string) time.Time {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return at
}

// table is an environment of a test.
func table(variables, files map[string]string) Env {
	return Env{
		Get: func(name string) string { return variables[name] },
		ReadFile: func(path string) ([]byte, error) {
			if text, ok := files[path]; ok {
				return []byte(text), nil
			}
			return nil, fmt.Errorf("there is no %q", path)
		},
	}
}
