package forge

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"promptlib/library/check"
)

func TestForgesAreDescribed(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range All {
		if f.Name == "" || seen[f.Name] || f.Doc == "" || f.token == "" || f.API == "" || len(f.Tokens) == 0 {
			t.Errorf("forge %q comes twice or lacks a name, a Doc, or what it says of tokens", f.Name)
		}
		seen[f.Name] = true
	}
}

const pullEvent = `{"action": "submitted", "pull_request": {"number": 12}, "review": {"id": 5}}`

// actions is the environment of a job of GitHub Actions, with changes to it.
func actions(changes ...string) map[string]string {
	return changed(map[string]string{
		"GITHUB_ACTIONS": "true", "GITHUB_API_URL": "https://api.github.com", "GITHUB_REPOSITORY": "acme/prompts",
		"GITHUB_EVENT_PATH": "event.json", "GITHUB_REF": "refs/pull/12/merge", "GITHUB_TOKEN": "t-github",
	}, changes)
}

// pipeline is the environment of a job of GitLab, with changes to it.
func pipeline(changes ...string) map[string]string {
	return changed(map[string]string{
		"GITLAB_CI": "true", "CI_API_V4_URL": "https://gitlab.example/api/v4", "CI_PROJECT_ID": "71", "CI_MERGE_REQUEST_PROJECT_ID": "70",
		"CI_MERGE_REQUEST_IID": "12", "GITLAB_TOKEN": "t-gitlab", "CI_JOB_TOKEN": "t-job",
	}, changes)
}

func changed(variables map[string]string, changes []string) map[string]string {
	for i := 0; i < len(changes); i += 2 {
		variables[changes[i]] = changes[i+1]
	}
	return variables
}

func TestDetect(t *testing.T) {
	queue := `{"merge_group": {"head_ref": "refs/heads/gh-readonly-queue/main/pr-12-` + first + `", "base_sha": "` + second + `"}}`
	onGitHub := &Where{Forge: "github", API: "https://api.github.com/", Repository: "acme/prompts", Number: 12, Token: "t-github"}
	onGitLab := &Where{Forge: "gitlab", API: "https://gitlab.example/api/v4/", Repository: "70", Number: 12, Token: "t-gitlab"}
	token := func(w *Where, token string) *Where {
		copied := *w
		copied.Token = token
		return &copied
	}
	for _, c := range []struct {
		name  string
		env   map[string]string
		event string // "" for no file
		want  *Where
		err   string
	}{
		{"no CI", map[string]string{"GITHUB_TOKEN": "x", "CI": "true"}, "", nil, ""},
		{"pull request", actions(), pullEvent, onGitHub, ""},
		{"review of a pull request, on the base", actions("GITHUB_REF", "refs/heads/main"), pullEvent, onGitHub, ""},
		{"ref alone", actions(), "", onGitHub, ""},
		{"ref of the head", actions("GITHUB_REF", "refs/pull/12/head"), "", onGitHub, ""},
		{"event is no JSON", actions(), "{", onGitHub, ""},
		{"merge queue", actions("GITHUB_REF", "refs/heads/gh-readonly-queue/main/pr-12-"+first), queue, onGitHub, ""},
		{"merge queue of a nested branch", actions("GITHUB_REF", ""), strings.Replace(queue, "main/", "release/2/", 1), onGitHub, ""},
		{"merge queue of no pull request", actions("GITHUB_REF", ""), strings.Replace(queue, "pr-12-", "", 1), nil, "names no pull request"},
		{"push", actions("GITHUB_REF", "refs/heads/main"), `{"ref": "refs/heads/main"}`, nil, ""},
		{"branch named like a pull request", actions("GITHUB_REF", "refs/heads/refs/pull/9/merge"), `{}`, nil, ""},
		{"neither event nor ref", actions("GITHUB_REF", "refs/heads/main"), "", nil, "the event of this job of GitHub Actions cannot be read"},
		{"event and ref differ", actions("GITHUB_REF", "refs/pull/13/merge"), pullEvent, nil, "the event is of pull request 12, GITHUB_REF is of 13"},
		{"no API", actions("GITHUB_API_URL", ""), pullEvent, nil, "has no GITHUB_API_URL"},
		{"no repository", actions("GITHUB_REPOSITORY", ""), pullEvent, nil, "has no GITHUB_REPOSITORY"},
		{"API in the open", actions("GITHUB_API_URL", "http://github.example/api/v3"), pullEvent, nil, "in the open"},
		{"Gitea", actions("GITEA_ACTIONS", "true"), pullEvent, nil, ""},
		{"Forgejo", actions("FORGEJO_ACTIONS", "true"), pullEvent, nil, ""},
		{"no token", actions("GITHUB_TOKEN", ""), pullEvent, token(onGitHub, ""), ""},
		{"other token", actions("GITHUB_TOKEN", "", "GH_TOKEN", "t-gh\n"), pullEvent, token(onGitHub, "t-gh"), ""},
		{"own token first", actions("PROMPTLIB_FORGE_TOKEN", "t-own"), pullEvent, token(onGitHub, "t-own"), ""},
		{"merge request", pipeline(), "", onGitLab, ""},
		{"merge request in its own project", pipeline("CI_MERGE_REQUEST_PROJECT_ID", "", "CI_PROJECT_ID", "70"), "", onGitLab, ""},
		{"pipeline of a branch", pipeline("CI_MERGE_REQUEST_IID", ""), "", nil, ""},
		{"number is none", pipeline("CI_MERGE_REQUEST_IID", "12a"), "", nil, "CI_MERGE_REQUEST_IID is \"12a\""},
		{"GitLab without API", pipeline("CI_API_V4_URL", ""), "", nil, "has no CI_API_V4_URL"},
		{"GitLab without project", pipeline("CI_MERGE_REQUEST_PROJECT_ID", "", "CI_PROJECT_ID", ""), "", nil, "has no CI_PROJECT_ID"},
		{"the token of the job is none for this", pipeline("GITLAB_TOKEN", ""), "", token(onGitLab, ""), ""},
		{"GitLab with own token", pipeline("PROMPTLIB_FORGE_TOKEN", "t-own"), "", token(onGitLab, "t-own"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string]string{}
			if c.event != "" {
				files["event.json"] = c.event
			}
			got, err := Detect(table(c.env, files))
			if c.err != "" {
				refused(t, err, c.err, "")
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

func TestFind(t *testing.T) {
	for _, c := range []struct{ address, forge, api, repository, err string }{
		{"https://github.com/acme/prompts/pull/12", "github", "https://api.github.com/", "acme/prompts", ""},
		{" https://GitHub.com/acme/prompts/pull/12/files?w=1#diff ", "github", "https://api.github.com/", "acme/prompts", ""},
		{"https://www.github.com/acme/prompts.md/pull/12/commits/" + first, "github", "https://api.github.com/", "acme/prompts.md", ""},
		{"https://acme.ghe.com/acme/prompts/pull/12", "github", "https://api.acme.ghe.com/", "acme/prompts", ""},
		{"https://github.example:8443/acme/prompts/pull/12", "github", "https://github.example:8443/api/v3/", "acme/prompts", ""},
		{"http://localhost:3000/acme/prompts/pull/12", "github", "http://localhost:3000/api/v3/", "acme/prompts", ""},
		{"http://[::1]:3000/acme/prompts/pull/12", "github", "http://[::1]:3000/api/v3/", "acme/prompts", ""},
		{"https://gitlab.com/acme/prompts/-/merge_requests/12", "gitlab", "https://gitlab.com/api/v4/", "acme/prompts", ""},
		{"https://gitlab.example/acme/team/prompts/-/merge_requests/12/diffs#note_5", "gitlab", "https://gitlab.example/api/v4/", "acme/team/prompts", ""},
		{"http://github.example/acme/prompts/pull/12", "", "", "", "in the open"},
		{"http://gitlab.example/acme/prompts/-/merge_requests/12", "", "", "", "in the open"},
		{"https://bob:secret@github.example/acme/prompts/pull/12", "", "", "", "more than host and path"},
		{"https://bob:secret@github.example/acme", "", "", "", `"https://github.example/acme" is the address of no pull request`},
		{"ssh://github.com/acme/prompts/pull/12", "github", "https://api.github.com/", "acme/prompts", "no base URL"},
		{"https://github.com/acme/prompts/issues/12", "", "", "", "no pull request"},
		{"https://github.com/acme/prompts/pull/0", "", "", "", "no pull request"},
		{"https://github.com/acme/../pull/12", "", "", "", "no pull request"},
		{"https://github.com/acme/a%2Fb/pull/12", "", "", "", "no pull request"},
		{"https://gitlab.com/acme/../-/merge_requests/12", "", "", "", "no pull request"},
		{"https://gitlab.com/acme/-/merge_requests/12", "", "", "", "no pull request"},
		{"acme/prompts#12", "", "", "", "no address"},
		{"https://[", "", "", "", "no address"},
		{"", "", "", "", "no address"},
	} {
		t.Run(c.address, func(t *testing.T) {
			got, err := Find(c.address, table(map[string]string{"PROMPTLIB_FORGE_TOKEN": "t-own"}, nil))
			if c.err != "" {
				refused(t, err, c.err, "")
				if strings.Contains(err.Error(), "secret") {
					t.Errorf("%q shows a password", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&Where{Forge: c.forge, API: c.api, Repository: c.repository, Number: 12, Token: "t-own"}, got); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

// TestTokenStaysWithItsForge: what CI has for its own forge goes to no other host
// that an address names.
func TestTokenStaysWithItsForge(t *testing.T) {
	const (
		atGitHub = "https://github.com/acme/prompts/pull/12"
		atOther  = "https://github.example/acme/prompts/pull/12"
		atGitLab = "https://gitlab.example/acme/prompts/-/merge_requests/12"
	)
	for _, c := range []struct {
		name, address string
		env           map[string]string
		want          string
	}{
		{"own forge", atGitHub, actions(), "t-github"},
		{"another host", atOther, actions(), ""},
		{"another forge", atGitLab, actions(), ""},
		{"another host with a token for it", atOther, actions("PROMPTLIB_FORGE_TOKEN", "t-own"), "t-own"},
		{"own GitLab", atGitLab, pipeline(), "t-gitlab"},
		{"another GitLab", strings.Replace(atGitLab, "gitlab.example", "evil.example", 1), pipeline(), ""},
		{"API of no form", atGitHub, actions("GITHUB_API_URL", "://"), ""},
		{"by hand", atOther, map[string]string{"GITHUB_TOKEN": "t-github"}, "t-github"},
		{"by hand, of another forge", atGitLab, map[string]string{"GITHUB_TOKEN": "t-github"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Find(c.address, table(c.env, nil))
			if err != nil || got.Token != c.want {
				t.Errorf("got the token %q, error %v, want %q", got.Token, err, c.want)
			}
		})
	}
}

func TestReadRefusesPlacesThatAreNone(t *testing.T) {
	right := Where{Forge: "github", API: "https://api.github.com", Repository: "acme/prompts", Number: 12, Token: token}
	if _, _, err := right.check(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name          string
		change        func(*Where)
		message, hint string
	}{
		{"no token", func(w *Where) { w.Token = "" }, "there is no token for api.github.com", "set GITHUB_TOKEN or GH_TOKEN or PROMPTLIB_FORGE_TOKEN: the token needs pull-requests: read"},
		{"no token of GitLab", func(w *Where) { w.Forge, w.Token = "gitlab", "" }, "there is no token", "CI_JOB_TOKEN can read neither approvals nor notes"},
		{"token of two lines", func(w *Where) { w.Token = token + "\nx" }, "line breaks", "set GITHUB_TOKEN"},
		{"no number", func(w *Where) { w.Number = 0 }, "0 is no number", "from 1"},
		{"no repository", func(w *Where) { w.Repository = "prompts" }, "\"prompts\" is no name", "acme/prompts"},
		{"repository goes up", func(w *Where) { w.Repository = "acme/.." }, "is no name", "acme/prompts"},
		{"repository has a query", func(w *Where) { w.Repository = "acme/prompts?x=" }, "is no name", "acme/prompts"},
		{"repository of GitLab is a number", func(w *Where) { w.Repository = "70" }, "is no name", "acme/prompts"},
		{"repository of GitHub in a group", func(w *Where) { w.Repository = "acme/team/prompts" }, "is no name", "acme/prompts"},
		{"project of GitLab is none", func(w *Where) { w.Forge, w.API, w.Repository = "gitlab", "http://127.0.0.1:1", "prompts" }, "\"prompts\" is no name", "acme/prompts"},
		{"project of GitLab is no number", func(w *Where) { w.Forge, w.API, w.Repository = "gitlab", "http://127.0.0.1:1", "070" }, "\"070\" is no name", "acme/prompts"},
		{"in the open to an address", func(w *Where) { w.API = "http://192.0.2.1" }, "in the open", "https"},
		{"in the open", func(w *Where) { w.API = "http://api.github.com" }, "in the open", "https"},
		{"with a user", func(w *Where) { w.API = "https://x@api.github.com" }, "more than host and path", "leave out"},
		{"with a query", func(w *Where) { w.API = "https://api.github.com?a=b" }, "more than host and path", "leave out"},
		{"no URL", func(w *Where) { w.API = "api.github.com" }, "is no base URL", "https://api.github.com"},
		{"URL of no form", func(w *Where) { w.API = "https://[" }, "is no base URL", "https://api.github.com"},
		{"no host", func(w *Where) { w.API = "https:///api" }, "is no base URL", "https://api.github.com"},
		{"other scheme", func(w *Where) { w.API = "ftp://api.github.com" }, "is no base URL", "https://api.github.com"},
		{"no forge", func(w *Where) { w.Forge = "gitea" }, "\"gitea\" is no forge", "github or gitlab"},
	} {
		t.Run(c.name, func(t *testing.T) {
			where := right
			c.change(&where)
			request, _, err := Read(t.Context(), where)
			refused(t, err, c.message, c.hint)
			if request != nil {
				t.Errorf("got %+v, want nothing", request)
			}
		})
	}
}

func TestPause(t *testing.T) {
	if err := pause(t.Context(), time.Nanosecond); err != nil {
		t.Errorf("got the error %v, want the end of the pause", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := pause(ctx, time.Hour); err != context.Canceled {
		t.Errorf("got the error %v, want that of the context", err)
	}
}

func TestPlaceIsPrintedWithoutItsToken(t *testing.T) {
	where := Where{Forge: "gitlab", API: "https://gitlab.com/api/v4/", Repository: "acme/prompts", Number: 12, Token: token}
	text, err := json.Marshal(where)
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range []string{where.String(), fmt.Sprintf("%v", where), fmt.Sprintf("%+v", &where), string(text)} {
		if strings.Contains(got, token) || !strings.Contains(got, "acme/prompts") {
			t.Errorf("got %q, want the place without the token", got)
		}
	}
}

func TestMessagesHoldNoPartOfTheToken(t *testing.T) {
	for _, c := range []struct{ token, text, want string }{
		{"ghp_abcdefghij", "bad key abcdef", "(a message that holds the token)"},
		{"ghp_abcdefghij", "bad key abcde", "bad key abcde"},
		{"github_pat_11AAAA", "github_pat_ is a prefix", "github_pat_ is a prefix"},
		{"github_pat_11AAAA", "it was 11AAAA", "(a message that holds the token)"},
		{"abc", "it was abc", "(a message that holds the token)"},
		{"abc", "it was ab", "it was ab"},
		{"abcdefgh", strings.Repeat("é", 500), strings.Repeat("é", 400) + "…"},
	} {
		w := &wire{token: c.token}
		if got := w.plain(c.text); got != c.want {
			t.Errorf("%q with the token %q: got %q, want %q", c.text, c.token, got, c.want)
		}
	}
}

func TestAuthorsAreNamedOnce(t *testing.T) {
	r := &reading{request: &check.PullRequest{}}
	for _, a := range []check.Account{{Login: "ann", ID: 7}, {Login: "ghost"}, {Login: "ann-renamed", ID: 7}, {Login: "ghost"}, {Login: "cy", ID: 10}} {
		r.author(a)
	}
	if got := logins(r.request.Authors); got != "ann ghost cy" {
		t.Errorf("got %q, want \"ann ghost cy\"", got)
	}
}
