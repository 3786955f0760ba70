package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The accounts of those in people.yaml, and of mallory, who is not.
var accounts = map[string]int64{"ada": 3000000001, "bo": 3000000002, "cy": 3000000003, "gus": 3000000004, "robo": 3000000005, "mallory": 3000000009}

const (
	forgeToken = "glpat-0123456789abcdefghij"
	noCommit   = "0000000000000000000000000000000000000000"
)

// A pullRequest is the branch work of a library as a forge tells of it: number 12
// of acme/prompts, on a server of the test that is a GitHub and a GitLab at once.
type pullRequest struct {
	*gitLibrary
	forge   string // whose CI job check runs in
	url     string
	opener  string
	head    string    // that the forge takes for the head
	clock   time.Time // each event takes an hour
	pushes  []forgePush
	reviews []*forgeReview

	mu    sync.Mutex
	asked []string
	wrong map[string]http.HandlerFunc // by the last part of an address
}

type forgePush struct {
	by            string
	before, after string
	at            time.Time
}

type forgeReview struct {
	id          int
	login       string
	account     int64
	bot, edited bool
	state       string // as GitHub has it
	text        string
	commit      string
	at          time.Time
}

// newPullRequest makes one that ada has opened and has pushed nothing to.
func newPullRequest(t *testing.T, forge string) *pullRequest {
	t.Helper()
	p := &pullRequest{gitLibrary: newGitLibrary(t, "sha1"), forge: forge, opener: "ada", clock: time.Date(2026, 3, 8, 8, 0, 0, 0, time.UTC), wrong: map[string]http.HandlerFunc{}}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	p.url = server.URL
	for _, name := range []string{
		"PROMPTLIB_FORGE_TOKEN", "GITHUB_TOKEN", "GH_TOKEN", "GITLAB_TOKEN", "GITEA_ACTIONS", "FORGEJO_ACTIONS",
		"GITHUB_API_URL", "GITHUB_REF", "GITHUB_EVENT_PATH", "CI_API_V4_URL", "CI_MERGE_REQUEST_IID", "CI_MERGE_REQUEST_PROJECT_ID",
	} {
		t.Setenv(name, "")
	}
	p.job(p.url)
	return p
}

// job sets the environment of a CI job of the pull request.
func (p *pullRequest) job(url string) {
	event := filepath.Join(p.TempDir(), "event.json")
	p.T.Setenv("GITHUB_ACTIONS", strconv.FormatBool(p.forge == "github"))
	p.T.Setenv("GITLAB_CI", strconv.FormatBool(p.forge == "gitlab"))
	if p.forge == "gitlab" {
		p.T.Setenv("CI_API_V4_URL", url+"/api/v4")
		p.T.Setenv("CI_PROJECT_ID", "70")
		p.T.Setenv("CI_MERGE_REQUEST_IID", "12")
		p.T.Setenv("GITLAB_TOKEN", forgeToken)
		return
	}
	if err := os.WriteFile(event, []byte(`{"action": "submitted", "pull_request": {"number": 12}}`), 0o666); err != nil {
		p.Fatal(err)
	}
	p.T.Setenv("GITHUB_API_URL", url)
	p.T.Setenv("GITHUB_REPOSITORY", "acme/prompts")
	p.T.Setenv("GITHUB_EVENT_PATH", event)
	p.T.Setenv("GITHUB_REF", "refs/pull/12/merge")
	p.T.Setenv("GITHUB_TOKEN", forgeToken)
}

// push tells the forge that somebody has pushed the branch as it is.
func (p *pullRequest) push(by string) {
	before := noCommit
	if len(p.pushes) > 0 {
		before = p.head
	}
	p.head = p.git("rev-parse", "work")
	p.pushes = append(p.pushes, forgePush{by, before, p.head, p.hour()})
}

func (p *pullRequest) hour() time.Time {
	p.clock = p.clock.Add(time.Hour)
	return p.clock
}

// edit has ada change prompts/a.md, and push it.
func (p *pullRequest) edit(lines ...string) {
	p.write("prompts/a.md", gitPrompt("Answer politely.", append(lines, `version: "1.1"`)...))
	p.commit("ada")
	p.push("ada")
}

// review has somebody give a review, of the head as it is.
func (p *pullRequest) review(by, state, text string) *forgeReview {
	r := &forgeReview{id: 3000000000 + len(p.reviews), login: by, account: accounts[by], state: state, text: text, commit: p.head, at: p.hour()}
	p.reviews = append(p.reviews, r)
	return r
}

// line is what promptlib approve --print prints for a file of the work tree.
func (p *pullRequest) line(role, path string) string {
	p.Helper()
	var stdout, stderr strings.Builder
	if status := run([]string{"approve", "--print", "--role", role, p.dir + "/" + path}, nil, &stdout, &stderr); status != exitClean || !strings.HasPrefix(stdout.String(), "promptlib-digest: ") {
		p.Fatalf("approve --print ends with %d: %s%s", status, stdout.String(), stderr.String())
	}
	return strings.TrimSpace(stdout.String())
}

// ServeHTTP answers as GitHub does, or GitLab below /api/v4.
func (p *pullRequest) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked = append(p.asked, r.URL.Path)
	p.mu.Unlock()
	if fail := p.wrong[path.Base(r.URL.Path)]; fail != nil {
		fail(w, r)
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+forgeToken && r.Header.Get("Private-Token") != forgeToken {
		http.Error(w, `{"message": "no token"}`, http.StatusUnauthorized)
		return
	}
	var answer any
	if strings.HasPrefix(r.URL.Path, "/api/v4/") {
		answer = p.gitLab(r.URL.Path)
	} else {
		answer = p.gitHub(r.URL.Path)
	}
	if answer == nil {
		http.Error(w, `{"message": "Not Found"}`, http.StatusNotFound)
		return
	}
	if err := json.NewEncoder(w).Encode(answer); err != nil {
		p.Error(err)
	}
}

type object map[string]any

func gitHubUser(login string, id int64, bot bool) object {
	return object{"login": login, "id": id, "type": map[bool]string{true: "Bot", false: "User"}[bot]}
}

func (p *pullRequest) gitHub(address string) any {
	list := []object{}
	switch path.Base(address) {
	case "12":
		head := object{"ref": "work", "sha": p.head, "repo": object{"full_name": "acme/prompts"}}
		return object{"number": 12, "user": gitHubUser(p.opener, accounts[p.opener], false), "head": head}
	case "reviews":
		for _, v := range p.reviews {
			list = append(list, object{
				"id": v.id, "user": gitHubUser(v.login, v.account, v.bot), "body": v.text, "state": v.state,
				"html_url": v.address(), "submitted_at": v.at, "commit_id": v.commit,
			})
		}
		return list
	case "graphql":
		for _, v := range p.reviews {
			node := object{"url": v.address(), "state": v.state, "lastEditedAt": nil}
			if v.edited {
				node["lastEditedAt"] = v.at.Add(time.Minute)
			}
			list = append(list, node)
		}
		return object{"data": object{"repository": object{"pullRequest": object{"reviews": object{"pageInfo": object{}, "nodes": list}}}}}
	case "activity":
		for i, e := range slices.Backward(p.pushes) {
			list = append(list, object{
				"id": i, "before": e.before, "after": e.after, "ref": "refs/heads/work", "timestamp": e.at, "activity_type": "push",
				"actor": gitHubUser(e.by, accounts[e.by], false),
			})
		}
		return list
	}
	return nil
}

func (v *forgeReview) address() string {
	return fmt.Sprintf("https://forge.example/acme/prompts/pull/12#pullrequestreview-%d", v.id)
}

func gitLabUser(login string, id int64) object { return object{"username": login, "id": id} }

func (p *pullRequest) gitLab(address string) any {
	list := []object{}
	switch last := path.Base(address); last {
	case "12":
		return object{
			"iid": 12, "sha": p.head, "author": gitLabUser(p.opener, accounts[p.opener]), "web_url": "https://forge.example/acme/prompts/-/merge_requests/12",
			"source_project_id": 70, "source_branch": "work", "references": object{"full": "acme/prompts!12"},
		}
	case "versions":
		for i, e := range slices.Backward(p.pushes) {
			list = append(list, object{"id": i + 1, "head_commit_sha": e.after, "created_at": e.at})
		}
		return list
	case "events":
		for _, e := range slices.Backward(p.pushes) {
			push := object{"ref_type": "branch", "ref": "work", "commit_from": e.before, "commit_to": e.after}
			if e.before == noCommit {
				push["commit_from"] = nil
			}
			list = append(list, object{"author": gitLabUser(e.by, accounts[e.by]), "created_at": e.at, "push_data": push})
		}
		return list
	case "notes":
		for i, v := range p.reviews {
			updated := v.at
			if v.edited {
				updated = v.at.Add(time.Minute)
			}
			list = append(list, object{"id": 2*i + 1, "body": v.text, "author": gitLabUser(v.login, v.account), "created_at": v.at, "updated_at": updated})
			if said := gitLabNotes[v.state]; said != "" {
				list = append(list, object{"id": 2*i + 2, "body": said, "system": true, "author": gitLabUser(v.login, v.account), "created_at": v.at, "updated_at": v.at})
			}
		}
		return list
	case "reviewers":
		for _, v := range p.stances("CHANGES_REQUESTED") {
			list = append(list, object{"user": gitLabUser(v.login, v.account), "state": "requested_changes", "created_at": v.at})
		}
		return list
	case "approvals":
		for _, v := range p.stances("APPROVED") {
			list = append(list, object{"user": gitLabUser(v.login, v.account), "approved_at": v.at})
		}
		return object{"approved_by": list}
	default:
		id, err := strconv.ParseInt(last, 10, 64)
		if err != nil {
			return nil
		}
		bot := slices.ContainsFunc(p.reviews, func(v *forgeReview) bool { return v.account == id && v.bot })
		return object{"id": id, "bot": bot}
	}
}

var gitLabNotes = map[string]string{"APPROVED": "approved this merge request", "CHANGES_REQUESTED": "requested changes"}

// stances are the last reviews of each account, where they are of a state: GitLab
// knows no others.
func (p *pullRequest) stances(state string) []*forgeReview {
	last := map[int64]*forgeReview{}
	for _, v := range p.reviews {
		if v.state != "COMMENTED" {
			last[v.account] = v
		}
	}
	return slices.DeleteFunc(slices.Clone(p.reviews), func(v *forgeReview) bool { return last[v.account] != v || v.state != state })
}

func eachForge(t *testing.T, test func(t *testing.T, forge string)) {
	for _, forge := range []string{"github", "gitlab"} {
		t.Run(forge, func(t *testing.T) { test(t, forge) })
	}
}

const approved, rejected, dismissed = "APPROVED", "CHANGES_REQUESTED", "DISMISSED"

// Reviews of a forge as evidence, in the job that a forge starts: what must not
// count, and the twin that must.
func TestCheckOfReviews(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: nothing in it runs at once")
	}
	if testing.Short() {
		t.Skip("skipped with -short: the tests below ask each forge too")
	}
	const a = "prompts/a.md"
	either := func(wrong bool, yes, no string) string { return map[bool]string{true: yes, false: no}[wrong] }
	for _, tt := range []struct {
		name string
		on   string // the forge; "" for both
		do   func(p *pullRequest, wrong bool)
		says string
	}{
		{"T8 no line, of high risk", "", func(p *pullRequest, wrong bool) {
			p.edit("risk_level: high")
			p.review("bo", approved, p.line("Reviewer", a))
			p.review("cy", approved, either(wrong, "LGTM", p.line("Security", a)))
		}, "the review has no line promptlib-digest of this text (APR102"},
		{"T5 no line, of low risk, before the last push", "github", func(p *pullRequest, wrong bool) {
			p.edit()
			if wrong {
				p.review("bo", approved, "LGTM")
			}
			p.write("notes.txt", "x")
			p.commit("ada")
			p.push("ada")
			unless(wrong, func() { p.review("bo", approved, "LGTM") })
		}, "the review has no line promptlib-digest of this text (APR102"},
		{"T5 no line, where the forge names no commit that was looked at", "gitlab", func(p *pullRequest, wrong bool) {
			p.edit()
			p.review("bo", approved, either(wrong, "LGTM", p.line("Reviewer", a)))
		}, "the review has no line promptlib-digest of this text (APR102"},
		{"T5 no line, and the base has changed the same file", "github", func(p *pullRequest, wrong bool) {
			long := "Answer.\n\nOne.\n\nTwo.\n\nThree."
			p.write(a, gitPrompt(long))
			p.commit("ada")
			p.git("branch", "--force", "main")
			p.write(a, gitPrompt(long+"\n\nFour.", `version: "1.1"`))
			p.commit("ada")
			p.push("ada")
			p.review("bo", approved, "LGTM")
			p.git("checkout", "--quiet", "main")
			p.write(either(wrong, a, "notes.txt"), gitPrompt(strings.Replace(long, "One.", "Uno.", 1)))
			p.commit("ada")
		}, "the review has no line promptlib-digest of this text (APR102"},
		{"T5 a push after the approval", "", func(p *pullRequest, wrong bool) {
			p.edit()
			p.review("bo", approved, p.line("Reviewer", a))
			if wrong {
				p.write(a, gitPrompt("Answer politely, or not.", `version: "1.1"`))
				p.commit("ada")
				p.push("ada")
			}
		}, "it is of another text (APR102"},
		{"T7 who opened it approves", "", func(p *pullRequest, wrong bool) {
			p.edit()
			p.opener = "bo"
			p.review(either(wrong, "bo", "cy"), approved, p.line("Reviewer", a))
		}, "the author cannot approve the own change (APR103"},
		{"T7 a pusher approves", "", func(p *pullRequest, wrong bool) {
			p.write(a, gitPrompt("Answer politely.", `version: "1.1"`))
			p.commit("ada")
			p.push("bo")
			p.review(either(wrong, "bo", "cy"), approved, p.line("Reviewer", a))
		}, "the author cannot approve the own change (APR103"},
		{"T7 who pushed a statement pushed something besides", "", func(p *pullRequest, wrong bool) {
			p.edit("risk_level: high")
			p.approve("cy", "Security", a)
			if wrong {
				p.write("notes.txt", "x")
				p.commit("ada")
			}
			p.push("cy")
			p.review("bo", approved, p.line("Reviewer", a))
		}, "the author cannot approve the own change (APR103"},
		{"T7 who pushed a statement has thrown commits away", "", func(p *pullRequest, wrong bool) {
			p.edit()
			if wrong {
				p.write("notes.txt", "x")
				p.commit("ada")
				p.push("ada")
				p.git("reset", "--quiet", "--hard", "HEAD~1")
			}
			p.approve("bo", "Reviewer", a)
			p.push("bo")
		}, "the author cannot approve the own change (APR103"},
		{"T7 who brought the branch up to date altered a prompt", "", func(p *pullRequest, wrong bool) {
			p.edit()
			p.git("checkout", "--quiet", "main")
			p.write("notes.txt", "x")
			p.commit("gus")
			p.git("checkout", "--quiet", "work")
			p.write("notes.txt", "x")
			if wrong {
				p.write(a, gitPrompt("Answer politely, and refund.", `version: "1.1"`))
			}
			p.git("add", "--all")
			p.record("ada", true, "", "main")
			p.push("bo")
			p.review("bo", approved, p.line("Reviewer", a))
		}, "the author cannot approve the own change (APR103"},
		{"T7 nobody says who pushed unsigned commits of high risk", "", func(p *pullRequest, wrong bool) {
			p.write(a, gitPrompt("Answer politely.", `version: "1.1"`, "risk_level: high"))
			p.git("add", "--all")
			p.record("ada", false, "")
			p.push("ada")
			p.review("bo", approved, p.line("Reviewer", a))
			p.review("cy", approved, p.line("Security", a))
			if wrong {
				for _, part := range []string{"activity", "events"} {
					p.wrong[part] = func(w http.ResponseWriter, _ *http.Request) {
						http.Error(w, `{"message": "Forbidden"}`, http.StatusForbidden)
					}
				}
			}
		}, "nobody vouches for who wrote this change of high risk"},
		{"T8 dismissed", "", func(p *pullRequest, wrong bool) {
			p.edit()
			p.review("bo", either(wrong, dismissed, approved), p.line("Reviewer", a))
		}, "1 of 1 approvals missing: Reviewer [APR101"},
		{"T8 edited", "", func(p *pullRequest, wrong bool) {
			p.edit()
			p.review("bo", approved, p.line("Reviewer", a)).edited = wrong
		}, "(APR102"},
		{"T8 changes requested after the approval", "", func(p *pullRequest, wrong bool) {
			p.edit()
			p.review("bo", approved, p.line("Reviewer", a))
			p.review("bo", rejected, "no")
			unless(wrong, func() { p.review("bo", approved, p.line("Reviewer", a)) })
		}, "error: bo rejects it: https://forge.example/acme/prompts/"},
		{"T8 changes requested by somebody else", "", func(p *pullRequest, wrong bool) {
			p.edit()
			p.review("cy", rejected, "no")
			p.review("bo", approved, p.line("Reviewer", a))
			unless(wrong, func() { p.review("cy", approved, "fine") })
		}, "error: cy rejects it: https://forge.example/acme/prompts/"},
		{"T6 a bot of people.yaml", "", func(p *pullRequest, wrong bool) {
			p.edit()
			p.review(either(wrong, "robo", "bo"), approved, p.line("Reviewer", a)).bot = wrong
		}, "robo is a bot (APR105"},
		{"T6 an account that the forge calls a bot", "", func(p *pullRequest, wrong bool) {
			p.edit()
			p.review("bo", approved, p.line("Reviewer", a)).bot = wrong
		}, `the account "bo" is one of a bot (APR105`},
		{"T6 an account of nobody", "", func(p *pullRequest, wrong bool) {
			p.edit()
			p.review(either(wrong, "mallory", "bo"), approved, p.line("Reviewer", a))
		}, `the account "mallory" (id 3000000009) is nobody's in the people.yaml of the base (APR105`},
		{"T6 a new account under an old login", "", func(p *pullRequest, wrong bool) {
			p.edit()
			r := p.review("bo", approved, p.line("Reviewer", a))
			if wrong {
				r.account = accounts["mallory"]
			}
		}, `the account "bo" (id 3000000009) is nobody's in the people.yaml of the base (APR105`},
		{"T20 no line, and the head is not in the clone", "github", func(p *pullRequest, wrong bool) {
			p.edit()
			line := p.line("Reviewer", a)
			p.head = strings.Repeat("1", 40)
			p.pushes = append(p.pushes, forgePush{"ada", p.pushes[0].after, p.head, p.hour()})
			p.review("bo", approved, either(wrong, "LGTM", line))
		}, "is not in this clone: only reviews that name a digest count"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			eachForge(t, func(t *testing.T, forge string) {
				if tt.on != "" && tt.on != forge {
					return
				}
				for _, wrong := range []bool{true, false} {
					p := newPullRequest(t, forge)
					tt.do(p, wrong)
					status, out := p.check()
					if want := map[bool]int{true: exitFindings, false: exitClean}[wrong]; status != want {
						t.Errorf("wrong %t: it ends with %d, want %d:\n%s", wrong, status, want, out)
					}
					if wrong && !strings.Contains(out, tt.says) {
						t.Errorf("nothing says %q:\n%s", tt.says, out)
					}
					if strings.Contains(out, forgeToken) {
						t.Errorf("it shows the token:\n%s", out)
					}
				}
			})
		})
	}
}

// The report says whose review fills which place.
func TestCheckNamesTheReviewThatCounts(t *testing.T) {
	eachForge(t, func(t *testing.T, forge string) {
		p := newPullRequest(t, forge)
		p.edit()
		p.review("bo", approved, p.line("Reviewer", "prompts/a.md"))
		status, out := p.check()
		want := map[string]string{
			"github": "prompts/a.md: approved by bo as Reviewer (https://forge.example/acme/prompts/pull/12#pullrequestreview-3000000000)\n",
			"gitlab": "prompts/a.md: approved by bo as Reviewer (https://forge.example/acme/prompts/-/merge_requests/12#note_2)\n",
		}[forge]
		if status != exitClean || !strings.HasPrefix(out, want) {
			t.Errorf("it ends with %d, want %q:\n%s", status, want, out)
		}
		if name := map[string]string{"github": "acme/prompts#12", "gitlab": "acme/prompts!12"}[forge]; !strings.Contains(out, ", "+name+": 1 governed file") {
			t.Errorf("the pull request is not named %s:\n%s", name, out)
		}
	})
}

// A job of GitHub has checked out the merge of base and head that GitHub has made.
// What is reviewed is the head.
func TestCheckOfTheMergeRef(t *testing.T) {
	for _, line := range []bool{true, false} {
		p := newPullRequest(t, "github")
		p.edit()
		text := "LGTM"
		if line {
			text = p.line("Reviewer", "prompts/a.md")
		}
		p.review("bo", approved, text)
		p.git("checkout", "--quiet", "main")
		p.write("notes.txt", "x")
		p.commit("gus")
		p.git("merge", "--quiet", "--no-ff", "-m", "Merge work into main", "work")
		p.git("branch", "--quiet", "--force", "merged")
		p.git("reset", "--quiet", "--hard", "HEAD~1")
		p.git("checkout", "--quiet", "--detach", "merged")
		if status, out := p.check("--head", "HEAD"); status != exitClean {
			t.Errorf("with a line %t it ends with %d:\n%s", line, status, out)
		}
	}
}

// What a forge does not tell is not taken for nothing: one message, and the end.
func TestCheckWithoutTheForge(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: nothing in it runs at once")
	}
	answer := func(status int, text string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", strconv.Itoa(len(text)))
			w.WriteHeader(status)
			fmt.Fprint(w, text)
		}
	}
	for _, tt := range []struct {
		name, forge, part, want string
		do                      http.HandlerFunc
	}{
		{
			"502", "github", "reviews",
			"promptlib: error: nothing can be decided: HOST/repos/acme/prompts/pulls/12/reviews: HTTP 502, 3 times\npromptlib: hint: run the check again when HOST is well\n",
			answer(http.StatusBadGateway, "<h1>bad gateway</h1>"),
		},
		{
			"a page that ends early", "github", "reviews",
			"promptlib: error: nothing can be decided: HOST/repos/acme/prompts/pulls/12/reviews: the answer ends early or is damaged\npromptlib: hint: run the check again\n",
			answer(http.StatusOK, `[{"id": 1`),
		},
		{
			"a page that ends early", "gitlab", "notes",
			"promptlib: error: nothing can be decided: HOST/api/v4/projects/70/merge_requests/12/notes: the answer ends early or is damaged\npromptlib: hint: run the check again\n",
			answer(http.StatusOK, `[{"id": 1`),
		},
		{
			"403", "github", "12",
			"promptlib: error: nothing can be decided: HOST/repos/acme/prompts/pulls/12: HTTP 403: Resource not accessible: the token may not read this\n" +
				"promptlib: hint: the token needs pull-requests: read and contents: read, under permissions of the job\n",
			answer(http.StatusForbidden, `{"message": "Resource not accessible"}`),
		},
		{
			"403", "gitlab", "approvals",
			"promptlib: error: nothing can be decided: HOST/api/v4/projects/70/merge_requests/12/approvals: HTTP 403: 403 Forbidden: the token may not read this\n" +
				"promptlib: hint: a project access token needs the scope read_api and the role Reporter; CI_JOB_TOKEN can read neither approvals nor notes\n",
			answer(http.StatusForbidden, `{"message": "403 Forbidden"}`),
		},
		{
			"an answer that repeats the token", "github", "reviews",
			"promptlib: error: nothing can be decided: HOST/repos/acme/prompts/pulls/12/reviews: HTTP 400: (a message that holds the token)\npromptlib: hint: is http://HOST/ the API of a github?\n",
			answer(http.StatusBadRequest, `{"message": "bad token `+forgeToken+`"}`),
		},
	} {
		t.Run(tt.forge+" "+tt.name, func(t *testing.T) {
			p := newPullRequest(t, tt.forge)
			p.edit()
			p.review("bo", approved, p.line("Reviewer", "prompts/a.md"))
			if status, out := p.check(); status != exitClean {
				t.Fatalf("with the forge it ends with %d:\n%s", status, out)
			}
			p.wrong[tt.part] = tt.do
			status, out := p.check()
			out = strings.ReplaceAll(out, strings.TrimPrefix(p.url, "http://"), "HOST")
			if diff := cmp.Diff(out, tt.want); status != exitFault || diff != "" {
				t.Errorf("it ends with %d (-got +want):\n%s", status, diff)
			}
		})
	}
}

// Who accepts signed statements alone needs no forge and no network.
func TestCheckAsksNoForge(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: nothing in it runs at once")
	}
	signedOnly := func(p *pullRequest) {
		p.git("checkout", "--quiet", "main")
		p.write(".promptlib/policy.yaml", gitPolicy+"evidence: {accept: [signed]}\n")
		p.commit("ada")
		p.git("checkout", "--quiet", "-B", "work")
	}
	sign := func(p *pullRequest) {
		p.edit()
		p.approve("bo", "Reviewer", "prompts/a.md")
		p.push("ada")
	}
	eachForge(t, func(t *testing.T, forge string) {
		t.Run("signed statements alone", func(t *testing.T) {
			p := newPullRequest(t, forge)
			signedOnly(p)
			sign(p)
			if status, out := p.check(); status != exitClean || len(p.asked) > 0 {
				t.Errorf("it ends with %d and has asked for %q:\n%s", status, p.asked, out)
			}
		})
		t.Run("statements and reviews", func(t *testing.T) {
			p := newPullRequest(t, forge)
			sign(p)
			if status, out := p.check(); status != exitClean || len(p.asked) == 0 {
				t.Errorf("it ends with %d and has asked for %q:\n%s", status, p.asked, out)
			}
		})
		t.Run("no network", func(t *testing.T) {
			for _, needed := range []bool{true, false} {
				p := newPullRequest(t, forge)
				unless(needed, func() { signedOnly(p) })
				sign(p)
				closed := httptest.NewServer(http.NotFoundHandler())
				closed.Close()
				p.job(closed.URL)
				status, out := p.check()
				if want := map[bool]int{true: exitFault, false: exitClean}[needed]; status != want {
					t.Errorf("needed %t: it ends with %d:\n%s", needed, status, out)
				}
				if says := "promptlib: error: nothing can be decided: " + strings.TrimPrefix(closed.URL, "http://") + " cannot be reached: "; needed && !strings.HasPrefix(out, says) {
					t.Errorf("got %q, want %q", out, says)
				}
			}
		})
		t.Run("the first policy", func(t *testing.T) {
			p := newPullRequest(t, forge)
			p.git("checkout", "--quiet", "main")
			p.git("rm", "--quiet", ".promptlib/policy.yaml")
			p.commit("ada")
			p.git("checkout", "--quiet", "-B", "work")
			p.write(".promptlib/policy.yaml", gitPolicy)
			p.edit()
			if status, out := p.check("--bootstrap"); status != exitClean || len(p.asked) > 0 {
				t.Errorf("it ends with %d and has asked for %q:\n%s", status, p.asked, out)
			}
		})
		t.Run("a job of no pull request", func(t *testing.T) {
			p := newPullRequest(t, forge)
			sign(p)
			t.Setenv("GITHUB_REF", "refs/heads/work")
			p.write("event.json", `{"ref": "refs/heads/work"}`)
			t.Setenv("GITHUB_EVENT_PATH", filepath.Join(p.dir, "event.json"))
			t.Setenv("CI_MERGE_REQUEST_IID", "")
			if status, out := p.check(); status != exitClean || len(p.asked) > 0 {
				t.Errorf("it ends with %d and has asked for %q:\n%s", status, p.asked, out)
			}
		})
		t.Run("an address that is of no use", func(t *testing.T) {
			p := newPullRequest(t, forge)
			signedOnly(p)
			sign(p)
			status, out := p.check("--pull-request", p.address())
			if want := "promptlib: error: --pull-request: the policy of the base accepts no reviews of a forge\npromptlib: hint: leave out --pull-request\n"; status != exitUsage || out != want || len(p.asked) > 0 {
				t.Errorf("it ends with %d and has asked for %q:\n%s", status, p.asked, out)
			}
		})
	})
}

// address is that of the pull request, on its forge.
func (p *pullRequest) address() string {
	return p.url + map[string]string{"github": "/acme/prompts/pull/12", "gitlab": "/acme/prompts/-/merge_requests/12"}[p.forge]
}

// Outside of CI, the pull request is named by its address.
func TestCheckOfANamedPullRequest(t *testing.T) {
	eachForge(t, func(t *testing.T, forge string) {
		p := newPullRequest(t, forge)
		p.edit()
		p.review("bo", approved, p.line("Reviewer", "prompts/a.md"))
		for _, name := range []string{"GITHUB_ACTIONS", "GITLAB_CI", "GITHUB_API_URL", "CI_API_V4_URL"} {
			t.Setenv(name, "")
		}
		if status, out := p.check(); status != exitFindings || len(p.asked) > 0 {
			t.Errorf("without an address it ends with %d and has asked for %q:\n%s", status, p.asked, out)
		}
		if status, out := p.check("--pull-request", p.address()); status != exitClean {
			t.Errorf("with it, it ends with %d:\n%s", status, out)
		}
		if status, out := p.check("--pull-request", p.url+"/acme/prompts"); status != exitFault || !strings.Contains(out, "is the address of no pull request and no merge request") {
			t.Errorf("with another, it ends with %d:\n%s", status, out)
		}
	})
}

// Whoever brings the own statement to the branch is no author of the change.
func TestCheckOfCouriers(t *testing.T) {
	eachForge(t, func(t *testing.T, forge string) {
		p := newPullRequest(t, forge)
		p.edit("risk_level: high")
		for _, by := range []struct{ name, role string }{{"bo", "Reviewer"}, {"cy", "Security"}} {
			p.approve(by.name, by.role, "prompts/a.md")
			p.push(by.name)
		}
		if status, out := p.check(); status != exitClean || !strings.HasPrefix(out, "prompts/a.md: approved by bo as Reviewer (") {
			t.Errorf("it ends with %d:\n%s", status, out)
		}
	})
}
