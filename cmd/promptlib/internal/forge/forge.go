// Package forge reads what a forge knows of a pull request: who proposed it, who
// pushed to its branch, and what was said of it.
//
// [Detect] finds the pull request that a CI job is about in its environment,
// [Find] takes one by its address, and [Read] reads it. [All] lists the forges,
// one file each. This package reports facts, all of them, or fails: a page that is
// missing, cut short or repeated is an error, never a review less. Whose reviews
// count, and for what, is for library/check.
//
// The token is sent to the host of the API alone, over https, or over http to this
// machine, and no redirect is followed. The proxies of the environment
// (HTTPS_PROXY, HTTP_PROXY, NO_PROXY) are used, as CI needs them; over https they
// see neither token nor answer. No error repeats the token.
package forge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"promptlib/library/check"
)

// A Forge is a kind of server where pull requests are reviewed.
type Forge struct {
	Name string // of it in people.yaml, such as "github"
	Doc  string // what is read of it, and what the token needs

	// Detect finds the pull request of a CI job of this forge, without its token.
	// It is nil where the job is of no pull request, or of another CI.
	Detect func(Env) (*Where, error)

	// Find takes the address of a pull request apart; nil for any other address.
	Find func(*url.URL) *Where

	Tokens []string // variables of the environment that may hold a token, the first that is set counts
	API    string   // the variable that names the base URL of the API in CI

	read  func(context.Context, *reading) error
	sign  func(h http.Header, token string)
	token string // what a token needs, as the end of a hint
}

// All are the forges.
var All = []Forge{
	github,
	gitlab,
}

// A Where says which pull request is read, and where.
type Where struct {
	Forge      string // the name of one of All
	API        string // base URL, such as "https://api.github.com/"
	Repository string // "acme/prompts"; for GitLab the path of a project, or its number
	Number     int    // of the pull request, as people see it
	Token      string `json:"-"`
}

// String returns the pull request as a person writes it, and not the token.
func (w Where) String() string {
	sign := "#"
	if w.Forge == gitLabName {
		sign = "!"
	}
	return fmt.Sprintf("%s%s%d", w.Repository, sign, w.Number)
}

// An Error says why a pull request cannot be found or read. Hint is the next step.
type Error struct {
	Message string
	Hint    string
	status  int // of HTTP; 0 for none
}

// Error returns the message, on one line and without the hint.
func (e *Error) Error() string { return e.Message }

// An Env is the environment of a process: [os.Getenv] and [os.ReadFile] in the
// program, tables in its tests.
type Env struct {
	Get      func(name string) string
	ReadFile func(path string) ([]byte, error)
}

// ownToken may hold a token for whatever forge is read, and comes first.
const ownToken = "PROMPTLIB_FORGE_TOKEN"

// Detect finds the pull request that a CI job is about. It is nil, without an
// error, where the process is no job of a forge, or a job of no pull request, such
// as after a push.
func Detect(env Env) (*Where, error) {
	for _, f := range All {
		where, err := f.Detect(env)
		if err != nil || where == nil {
			if err != nil {
				return nil, err
			}
			continue
		}
		return f.withToken(where, env)
	}
	return nil, nil
}

// Find takes a pull request by its address on the web, such as
// "https://github.com/acme/prompts/pull/12", and the token for it from the
// environment.
func Find(address string, env Env) (*Where, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" {
		return nil, &Error{Message: fmt.Sprintf("%q is no address of a pull request", address), Hint: addressHint}
	}
	for _, f := range All {
		if where := f.Find(u); where != nil {
			return f.withToken(where, env)
		}
	}
	u.User = nil // it may hold a password
	return nil, &Error{Message: fmt.Sprintf("%q is the address of no pull request and no merge request", u), Hint: addressHint}
}

const addressHint = "give it as https://github.com/acme/prompts/pull/12 or https://gitlab.com/acme/prompts/-/merge_requests/12"

// withToken gives a place its token. A token that CI has for its own forge is not
// for another host, whatever address somebody has named.
func (f Forge) withToken(where *Where, env Env) (*Where, error) {
	api, err := apiOf(where.API)
	if err != nil {
		return nil, err
	}
	where.API = api.String()
	if where.Token = strings.TrimSpace(env.Get(ownToken)); where.Token != "" {
		return where, nil
	}
	if named := env.Get(f.API); named != "" {
		own, err := url.Parse(named)
		if err != nil || !strings.EqualFold(own.Host, api.Host) || own.Scheme != api.Scheme {
			return where, nil
		}
	}
	for _, name := range f.Tokens {
		if where.Token = strings.TrimSpace(env.Get(name)); where.Token != "" {
			break
		}
	}
	return where, nil
}

// apiOf reads the base URL of an API. It ends in a slash.
func apiOf(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, &Error{Message: fmt.Sprintf("%q is no base URL of an API", text), Hint: "expected one such as https://api.github.com or https://gitlab.com/api/v4"}
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, &Error{Message: fmt.Sprintf("the base URL of the API of %q has more than host and path", u.Host), Hint: "leave out user, query and fragment"}
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, &Error{Message: fmt.Sprintf("the base URL %q of an API would send the token in the open", text), Hint: "give it with https"}
	}
	u.Host = strings.ToLower(u.Host)
	u.Path = strings.TrimRight(u.Path, "/") + "/"
	u.RawPath = ""
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// limits bound the reading of a pull request in time.
type limits struct {
	each  time.Duration // of one request
	whole time.Duration // of all
	pause func(context.Context, time.Duration) error
}

var usual = limits{each: 30 * time.Second, whole: 5 * time.Minute, pause: pause}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A reading is a pull request while it is read.
type reading struct {
	Where
	api     *url.URL
	client  *http.Client
	request *check.PullRequest
	unread  []string
}

// Read reads a pull request. Unread says, a line each and for people, what the
// forge did not tell that it may leave out; in the request it stands as unknown,
// which makes approvals void and authors uncertain, and never the other way round.
// Any other gap is an [Error].
func Read(ctx context.Context, where Where) (request *check.PullRequest, unread []string, err error) {
	return read(ctx, where, usual)
}

func read(ctx context.Context, where Where, l limits) (*check.PullRequest, []string, error) {
	f, api, err := where.check()
	if err != nil {
		return nil, nil, err
	}
	whole, cancel := context.WithTimeout(ctx, l.whole)
	defer cancel()
	w := newWire(f, api, where.Token, l)
	defer w.base.CloseIdleConnections()
	r := &reading{
		Where:   where,
		api:     api,
		client:  &http.Client{Transport: w, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		request: &check.PullRequest{Forge: f.Name, Name: where.String()},
	}
	if err := f.read(whole, r); err != nil {
		var own *Error
		switch {
		case ctx.Err() != nil:
			own = &Error{Message: fmt.Sprintf("the reading of %s was stopped", where), Hint: "run the check again"}
		case whole.Err() != nil:
			own = &Error{Message: fmt.Sprintf("%s could not be read within %s", where, l.whole), Hint: "run the check again"}
		case !errors.As(err, &own):
			own = &Error{Message: fmt.Sprintf("%s: the answer is not what the API of %s promises: %v", where, f.Name, err), Hint: "run the check again; if it stays so, is " + api.Host + " the right host?"}
		}
		own.Message = w.plain(own.Message)
		return nil, nil, own
	}
	for i, line := range r.unread {
		r.unread[i] = w.plain(line)
	}
	return r.request, r.unread, nil
}

// check returns the forge and the API of a place that can be read.
func (w Where) check() (Forge, *url.URL, error) {
	api, err := apiOf(w.API)
	if err != nil {
		return Forge{}, nil, err
	}
	for _, f := range All {
		if f.Name != w.Forge {
			continue
		}
		switch {
		case !repositoryName.MatchString(w.Repository) && !(f.Name == gitLabName && projectNumber.MatchString(w.Repository)):
			return f, nil, &Error{Message: fmt.Sprintf("%q is no name of a repository", w.Repository), Hint: "expected one such as acme/prompts"}
		case w.Number <= 0:
			return f, nil, &Error{Message: fmt.Sprintf("%d is no number of a pull request", w.Number), Hint: "expected one from 1"}
		case w.Token == "":
			return f, nil, &Error{Message: "there is no token for " + api.Host, Hint: f.tokenHint()}
		case strings.ContainsFunc(w.Token, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
			return f, nil, &Error{Message: "the token for " + api.Host + " has blanks, line breaks or other characters that no token has", Hint: f.tokenHint()}
		}
		return f, api, nil
	}
	return Forge{}, nil, &Error{Message: fmt.Sprintf("%q is no forge that can be read", w.Forge), Hint: "expected github or gitlab"}
}

func (f Forge) tokenHint() string {
	return fmt.Sprintf("set %s or %s: %s", strings.Join(f.Tokens, " or "), ownToken, f.token)
}

// note adds what the forge does not say.
func (r *reading) note(format string, args ...any) {
	r.unread = append(r.unread, fmt.Sprintf(format, args...))
}

// open takes over who opened the pull request.
func (r *reading) open(by check.Account) {
	r.request.Opener = by
	r.author(by)
}

// author adds an account to those who proposed the change, once.
func (r *reading) author(a check.Account) {
	for _, have := range r.request.Authors {
		if have.ID == a.ID && (a.ID != 0 || have.Login == a.Login) {
			return
		}
	}
	r.request.Authors = append(r.request.Authors, a)
}

// optional reports whether a forge refuses what a token may lack the right to, or
// what it may be too old for, so that it is unknown.
func optional(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.status == http.StatusForbidden || e.status == http.StatusNotFound)
}

// hostOf returns the host of an address in the form that it is compared in.
func hostOf(u *url.URL) string { return strings.ToLower(u.Host) }
