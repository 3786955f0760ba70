package forge

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"promptlib/library/check"
)

const (
	first  = "1111111111111111111111111111111111111111"
	second = "2222222222222222222222222222222222222222"
	third  = "3333333333333333333333333333333333333333"
	zeros  = "0000000000000000000000000000000000000000"

	pullKey     = "GET /repos/acme/prompts/pulls/12"
	reviewsKey  = "GET /repos/acme/prompts/pulls/12/reviews"
	activityKey = "GET /repos/acme/prompts/activity"
	editsKey    = "POST /graphql"
)

func gitHubReview(id int, login string, user int, state, text, at string) string {
	return fmt.Sprintf(`{"id": %d, "user": {"login": %q, "id": %d, "type": "User"}, "body": %q, "state": %q,
		"html_url": "https://github.example/acme/prompts/pull/12#pullrequestreview-%d", "submitted_at": %q, "commit_id": %q}`,
		id, login, user, text, state, id, at, third)
}

func activity(login string, user int, kind, before, after, at string) string {
	return fmt.Sprintf(`{"id": %d, "before": %q, "after": %q, "ref": "refs/heads/calmer", "timestamp": %q, "activity_type": %q, "actor": {"login": %q, "id": %d, "type": "User"}}`,
		user, before, after, at, kind, login, user)
}

func edit(id int, state, edited string) string {
	return fmt.Sprintf(`{"url": "https://github.example/acme/prompts/pull/12#pullrequestreview-%d", "state": %q, "lastEditedAt": %s}`, id, state, edited)
}

func editsAnswer(cursor string, nodes ...string) string {
	return fmt.Sprintf(`{"data": {"repository": {"pullRequest": {"reviews": {"pageInfo": {"hasNextPage": %t, "endCursor": %q}, "nodes": [%s]}}}}}`,
		cursor != "", cursor, strings.Join(nodes, ","))
}

func pull(headRepo string) string {
	return fmt.Sprintf(`{"number": 12, "user": {"login": "ann", "id": 7, "type": "User"}, "head": {"ref": "calmer", "sha": %q, "repo": %s}}`, third, headRepo)
}

// acme is the pull request that the tests vary: ann opened it and pushed, as did
// cy; bob and dot reviewed it, on three pages.
func acme() map[string][]answer {
	page := func(next string, entries ...string) []answer {
		return []answer{{body: "[" + strings.Join(entries, ",") + "]", next: next}}
	}
	return map[string][]answer{
		pullKey: {{body: pull(`{"full_name": "acme/prompts"}`)}},
		reviewsKey: page("per_page=100&page=2",
			gitHubReview(3000000001, "bob", 8, "COMMENTED", "why so long?", "2026-03-02T09:00:00Z")),
		reviewsKey + " page=2": page("per_page=100&page=3",
			gitHubReview(3000000002, "dot", 9, "CHANGES_REQUESTED", "too long", "2026-03-02T10:00:00Z")),
		reviewsKey + " page=3": page("",
			gitHubReview(3000000003, "bob", 8, "APPROVED", "promptlib-digest: ab", "2026-03-02T11:00:00Z")),
		editsKey:                 {{body: editsAnswer("next", edit(3000000001, "COMMENTED", "null"), edit(3000000002, "CHANGES_REQUESTED", "null"))}},
		editsKey + " after=next": {{body: editsAnswer("", edit(3000000003, "APPROVED", "null"))}},
		activityKey: page("per_page=100&after=older",
			activity("cy", 10, "push", second, third, "2026-03-02T08:00:00Z")),
		activityKey + " after=older": page("",
			activity("ann", 7, "force_push", first, second, "2026-03-01T08:00:00Z"),
			activity("ann", 7, "branch_creation", zeros, first, "2026-03-01T07:00:00Z"),
			activity("eve", 11, "branch_deletion", second, zeros, "2026-01-01T07:00:00Z")),
	}
}

func readAcme(t *testing.T, answers map[string][]answer) (*check.PullRequest, []string, *fake, error) {
	t.Helper()
	f := serve(t, answers)
	request, unread, err := read(t.Context(), Where{Forge: "github", API: f.url, Repository: "acme/prompts", Number: 12, Token: token}, quick)
	if (err == nil) == (request == nil) {
		t.Fatalf("got the pull request %v and the error %v, want one of them", request, err)
	}
	return request, unread, f, err
}

func TestGitHubReadsEverything(t *testing.T) {
	got, unread, _, err := readAcme(t, acme())
	if err != nil {
		t.Fatal(err)
	}
	ann, bob := check.Account{Login: "ann", ID: 7}, check.Account{Login: "bob", ID: 8}
	dot, cy := check.Account{Login: "dot", ID: 9}, check.Account{Login: "cy", ID: 10}
	at := "https://github.example/acme/prompts/pull/12#pullrequestreview-"
	want := &check.PullRequest{
		Forge: "github", Name: "acme/prompts#12", Head: third, Pushers: true, Pushed: date("2026-03-02T08:00:00Z"),
		Opener: ann, Authors: []check.Account{ann, cy},
		Pushes: []check.Push{
			{By: cy, Before: second, After: third}, {By: ann, Before: first, After: second}, {By: ann, Before: strings.Repeat("0", 40), After: first},
		},
		Reviews: []check.Review{
			{ID: 3000000001, URL: at + "3000000001", By: bob, Opinion: check.Comment, Text: "why so long?", At: date("2026-03-02T09:00:00Z"), Commit: third},
			{ID: 3000000002, URL: at + "3000000002", By: dot, Opinion: check.Reject, Text: "too long", At: date("2026-03-02T10:00:00Z"), Commit: third},
			{ID: 3000000003, URL: at + "3000000003", By: bob, Opinion: check.Approve, Text: "promptlib-digest: ab", At: date("2026-03-02T11:00:00Z"), Commit: third},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	if len(unread) > 0 {
		t.Errorf("got unread %q, want none", unread)
	}
}

func TestGitHubOpinions(t *testing.T) {
	for _, c := range []struct {
		name, state, edited string
		user                string
		want                check.Review
	}{
		{"approved", "APPROVED", "null", `{"login": "fay", "id": 20, "type": "User"}`, check.Review{By: check.Account{Login: "fay", ID: 20}, Opinion: check.Approve}},
		{"dismissed", "DISMISSED", "null", `{"login": "fay", "id": 20, "type": "User"}`, check.Review{By: check.Account{Login: "fay", ID: 20}, Opinion: check.Revoke}},
		{"edited", "APPROVED", `"2026-03-03T09:30:00Z"`, `{"login": "fay", "id": 20, "type": "User"}`, check.Review{By: check.Account{Login: "fay", ID: 20}, Opinion: check.Approve, Edited: true}},
		{"bot", "APPROVED", "null", `{"login": "helper[bot]", "id": 21, "type": "Bot"}`, check.Review{By: check.Account{Login: "helper[bot]", ID: 21, Bot: true}, Opinion: check.Approve}},
		{"account of no type", "APPROVED", "null", `{"login": "fay", "id": 20}`, check.Review{By: check.Account{Login: "fay", ID: 20, Bot: true}, Opinion: check.Approve}},
		{"deleted user", "APPROVED", "null", `null`, check.Review{By: check.Account{Login: "ghost"}, Opinion: check.Approve}},
		{"ghost", "APPROVED", "null", `{"login": "ghost", "id": 10137, "type": "User"}`, check.Review{By: check.Account{Login: "ghost"}, Opinion: check.Approve}},
	} {
		t.Run(c.name, func(t *testing.T) {
			review := fmt.Sprintf(`[{"id": 5, "user": %s, "state": %q, "body": "", "submitted_at": "2026-03-03T09:00:00+02:00", "commit_id": null}]`, c.user, c.state)
			got, _, _, err := readAcme(t, with(with(acme(), reviewsKey, answer{body: review}), editsKey, answer{body: editsAnswer("", edit(5, c.state, c.edited))}))
			if err != nil {
				t.Fatal(err)
			}
			c.want.ID, c.want.At = 5, date("2026-03-03T07:00:00Z").UTC()
			if diff := cmp.Diff([]check.Review{c.want}, got.Reviews); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
		})
	}
}

func TestGitHubReviewThatIsNotSubmittedIsAComment(t *testing.T) {
	pending := `[{"id": 5, "user": {"login": "fay", "id": 20, "type": "User"}, "state": "PENDING", "body": "later"}]`
	got, _, _, err := readAcme(t, with(with(acme(), reviewsKey, answer{body: pending}), editsKey, answer{body: editsAnswer("")}))
	if err != nil {
		t.Fatal(err)
	}
	if r := got.Reviews[0]; r.Opinion != check.Comment || !r.At.IsZero() {
		t.Errorf("got %+v, want a comment of no time", r)
	}
}

func TestGitHubReviewOnAnotherCommitIsReportedAsIt(t *testing.T) {
	old := strings.ReplaceAll(gitHubReview(3000000003, "bob", 8, "APPROVED", "", "2026-03-02T07:00:00Z"), third, first)
	got, _, _, err := readAcme(t, with(acme(), reviewsKey+" page=3", answer{body: "[" + old + "]"}))
	if err != nil {
		t.Fatal(err)
	}
	if r := by(t, got, "bob", check.Approve); r.Commit != first || got.Head != third {
		t.Errorf("got a review of %s and the head %s, want %s and %s", r.Commit, got.Head, first, third)
	}
}

// TestGitHubPushers tells who pushed only where every push up to the head is known.
func TestGitHubPushers(t *testing.T) {
	old := activityKey + " after=older"
	created := activity("ann", 7, "branch_creation", zeros, first, "2026-03-01T07:00:00Z")
	forced := activity("ann", 7, "force_push", first, second, "2026-03-01T08:00:00Z")
	nobody := strings.Replace(forced, `{"login": "ann", "id": 7, "type": "User"}`, "null", 1)
	for _, c := range []struct {
		name    string
		answers map[string][]answer
		authors string
		pushers bool
		pushed  string
		unread  string
	}{
		{"all known", acme(), "ann cy", true, "2026-03-02T08:00:00Z", ""},
		{"a push is missing", with(acme(), old, answer{body: "[" + created + "]"}), "ann cy", false, "2026-03-02T08:00:00Z", "not all pushes"},
		{"the first pushes are missing", with(acme(), old, answer{body: "[" + forced + "]"}), "ann cy", false, "2026-03-02T08:00:00Z", "not all pushes"},
		{"somebody was deleted", with(acme(), old, answer{body: "[" + nobody + "," + created + "]"}), "ann cy ghost", false, "2026-03-02T08:00:00Z", "not all pushes"},
		{"the head is missing", with(acme(), activityKey, answer{body: "[" + forced + "," + created + "]"}), "ann", false, "", "no push to \"calmer\" is told of that brought"},
		{"none", with(acme(), activityKey, answer{body: "[]"}), "ann", false, "", "no push"},
		{"forbidden", with(acme(), activityKey, answer{status: 403, body: `{"message": "Resource not accessible by integration"}`}), "ann", false, "", "does not say who pushed"},
		{"no such API", with(acme(), activityKey, answer{status: 404, body: `{"message": "Not Found"}`}), "ann", false, "", "contents: read"},
		{"the fork is gone", with(acme(), pullKey, answer{body: pull("null")}), "ann", false, "", "is gone"},
		{"a later push", with(acme(), activityKey, answer{
			body: "[" + activity("zed", 12, "push", third, first, "2026-03-02T09:00:00Z") + "," + activity("cy", 10, "push", second, third, "2026-03-02T08:00:00Z") + "]",
			next: "after=older",
		}), "ann zed cy", true, "2026-03-02T08:00:00Z", ""},
		{"of another branch", with(acme(), activityKey, answer{
			body: "[" + strings.ReplaceAll(activity("zed", 12, "push", second, third, "2026-03-02T09:00:00Z"), "calmer", "other") + "," +
				activity("cy", 10, "push", second, third, "2026-03-02T08:00:00Z") + "]",
			next: "after=older",
		}), "ann cy", true, "2026-03-02T08:00:00Z", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, unread, _, err := readAcme(t, c.answers)
			if err != nil {
				t.Fatal(err)
			}
			var pushed time.Time
			if c.pushed != "" {
				pushed = date(c.pushed)
			}
			if got.Pushers != c.pushers || !got.Pushed.Equal(pushed) || logins(got.Authors) != c.authors {
				t.Errorf("got pushers %t, pushed %s, authors %q, want %t, %s, %q", got.Pushers, got.Pushed, logins(got.Authors), c.pushers, pushed, c.authors)
			}
			if text := strings.Join(unread, "\n"); !strings.Contains(text, c.unread) || (text == "") != (c.unread == "") {
				t.Errorf("got unread %q, want %q", text, c.unread)
			}
			if len(got.Reviews) != 3 {
				t.Errorf("got %d reviews, want 3", len(got.Reviews))
			}
		})
	}
}

func TestGitHubForkIsAskedForItsPushes(t *testing.T) {
	answers := with(acme(), pullKey, answer{body: pull(`{"full_name": "cy/fork"}`)})
	answers["GET /repos/cy/fork/activity"] = []answer{{body: "[" + activity("cy", 10, "branch_creation", zeros, third, "2026-03-02T08:30:00Z") + "]"}}
	got, _, f, err := readAcme(t, answers)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Pushers || logins(got.Authors) != "ann cy" || f.count(activityKey) != 0 {
		t.Errorf("got pushers %t, authors %q, %d requests to the base, want true, \"ann cy\", 0", got.Pushers, logins(got.Authors), f.count(activityKey))
	}
}

// TestGitHubEditsUnknown keeps every review void where nobody says that it was not
// edited.
func TestGitHubEditsUnknown(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer []answer
	}{
		{"no GraphQL", nil},
		{"forbidden", []answer{{status: 403, body: `{"message": "Forbidden"}`}}},
		{"forbidden in the answer", []answer{{body: `{"data": {"repository": null}, "errors": [{"type": "FORBIDDEN", "message": "Resource not accessible by integration"}]}`}}},
		{"no field", []answer{{body: editsAnswer("", strings.Replace(edit(3000000001, "COMMENTED", "null"), "lastEditedAt", "other", 1))}}},
		{"reviews left out", []answer{{body: editsAnswer("")}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, unread, _, err := readAcme(t, with(acme(), editsKey, c.answer...))
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range got.Reviews {
				if !r.Edited {
					t.Errorf("review %d counts as never edited", r.ID)
				}
			}
			if len(got.Reviews) != 3 || !strings.Contains(strings.Join(unread, "\n"), "edited") {
				t.Errorf("got %d reviews, unread %q, want 3 and a line", len(got.Reviews), unread)
			}
		})
	}
}

func TestGitHubPartlyKnownEditsAreAllVoidWhenAPageIsRefused(t *testing.T) {
	got, _, _, err := readAcme(t, with(acme(), editsKey+" after=next", answer{status: 403, body: `{"message": "Forbidden"}`}))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range got.Reviews {
		if !r.Edited {
			t.Errorf("review %d counts as never edited", r.ID)
		}
	}
}

func TestGitHubEnterpriseHasGraphQLBesideTheAPI(t *testing.T) {
	answers := map[string][]answer{}
	for key, list := range acme() {
		method, path, _ := strings.Cut(key, " ")
		if strings.HasPrefix(path, "/repos/") {
			path = "/api/v3" + path
		} else {
			path = "/api" + path
		}
		answers[method+" "+path] = list
	}
	f := serve(t, answers)
	got, unread, err := read(t.Context(), Where{Forge: "github", API: f.url + "/api/v3", Repository: "acme/prompts", Number: 12, Token: token}, quick)
	if err != nil || len(unread) > 0 || len(got.Reviews) != 3 || !got.Pushers {
		t.Errorf("got %+v, unread %q, error %v, want all", got, unread, err)
	}
}

// TestGitHubFails lists what is an error and never a review less.
func TestGitHubFails(t *testing.T) {
	last := reviewsKey + " page=3"
	for _, c := range []struct {
		name, key     string
		answers       []answer
		message, hint string
	}{
		{"no such pull request", pullKey, []answer{{status: 404, body: `{"message": "Not Found"}`}}, "pulls/12: HTTP 404: Not Found", "check the name of the repository"},
		{"token is wrong", pullKey, []answer{{status: 401, body: `{"message": "Bad credentials"}`}}, "HTTP 401: Bad credentials: the token is not valid", "set GITHUB_TOKEN or GH_TOKEN or PROMPTLIB_FORGE_TOKEN"},
		{"token has no right", last, []answer{{status: 403, body: `{"message": "Resource not accessible by integration"}`}}, "HTTP 403: Resource not accessible by integration", "pull-requests: read"},
		{"too many requests", last, []answer{{status: 429, header: map[string]string{"Retry-After": "17"}}}, "takes no more requests for now (HTTP 429)", "in 17 seconds"},
		{"too many requests, as 403", last, []answer{{status: 403, body: `{"message": "API rate limit exceeded"}`}}, "takes no more requests for now (HTTP 403)", "later"},
		{"too many requests for the activity", activityKey, []answer{{status: 403, header: map[string]string{"X-RateLimit-Remaining": "0"}}}, "takes no more requests", "later"},
		{"too many requests for the edits", editsKey, []answer{{status: 403, header: map[string]string{"Retry-After": "60"}}}, "takes no more requests", "in 60 seconds"},
		{"bad gateway", last, []answer{{status: 502, body: "<html>"}}, "HTTP 502, 3 times", "when 127.0.0.1"},
		{"activity is broken", activityKey, []answer{{status: 500}}, "HTTP 500", "run the check again"},
		{"edits are broken", editsKey, []answer{{status: 503}}, "HTTP 503", "run the check again"},
		{"edits have an error", editsKey, []answer{{body: `{"data": null, "errors": [{"message": "Something went wrong"}]}`}}, "Something went wrong", "run the check again"},
		{"edits have no reviews", editsKey, []answer{{body: `{"data": {"repository": {"pullRequest": null}}}`}}, "has no reviews", "run the check again"},
		{"edits are cut short", editsKey, []answer{{body: `{"data": {"repo`}}, "ends early", "run the check again"},
		{"edits know a review more", editsKey, []answer{{body: editsAnswer("", edit(99, "CHANGES_REQUESTED", "null"))}}, "review 99 is not among", "run the check again"},
		{"edits name no review", editsKey, []answer{{body: editsAnswer("", `{"url": "https://github.example", "state": "APPROVED"}`)}}, "is of no review", "newer"},
		{"edits go round", editsKey + " after=next", []answer{{body: editsAnswer("next")}}, "followed by itself", "run the check again"},
		{"page ends early", last, []answer{{body: `[{"id": 3000000003,`}}, "ends early", "run the check again"},
		{"page ends early on the way", last, []answer{{body: `[]`, cut: true}}, "ends early", "run the check again"},
		{"page is empty", last, []answer{{body: " \n"}}, "the answer is empty", "run the check again"},
		{"page is null", last, []answer{{body: `null`}}, "no JSON of an API", "the API of a github?"},
		{"page is HTML", last, []answer{{body: `<html>sign in</html>`}}, "no JSON of an API", "the API of a github?"},
		{"page is an object", last, []answer{{body: `{}`}}, "not what the API of github promises", "right host"},
		{"page says 204", last, []answer{{status: 204}}, "HTTP 204", "is http://127.0.0.1"},
		{"review is null", last, []answer{{body: `[null]`}}, "has no id", "run the check again"},
		{"review has no state", last, []answer{{body: `[{"id": 4, "submitted_at": "2026-03-02T11:00:00Z"}]`}}, "state \"\"", "newer"},
		{"review has an unknown state", last, []answer{{body: "[" + gitHubReview(4, "bob", 8, "BLESSED", "", "2026-03-02T11:00:00Z") + "]"}}, "state \"BLESSED\"", "newer"},
		{"review has no time", last, []answer{{body: `[{"id": 4, "state": "APPROVED"}]`}}, "does not say when", "run the check again"},
		{"page comes twice", last, []answer{{body: "[" + gitHubReview(3000000001, "bob", 8, "COMMENTED", "", "2026-03-02T09:00:00Z") + "]"}}, "3000000001 came twice", "run the check again"},
		{"next page is this one", last, []answer{{body: "[]", next: "page=3"}}, "after page 3 of the reviews comes page \"3\"", "run the check again"},
		{"next page is left out", last, []answer{{body: "[]", next: "page=5"}}, "comes page \"5\"", "run the check again"},
		{"next page has no number", last, []answer{{body: "[]", next: "cursor=x"}}, "comes page \"\"", "run the check again"},
		{"next page is elsewhere", last, []answer{{body: "[]", next: "https://evil.example/reviews?page=4"}}, "https://evil.example/reviews", "the API"},
		{"next page of the activity is elsewhere", activityKey, []answer{{body: "[]", next: "https://evil.example/activity?after=x"}}, "evil.example", "the API"},
		{"redirected", last, []answer{{status: 301, header: map[string]string{"Location": "https://evil.example/"}}}, "HTTP 301: the token is not taken along", "present name"},
		{"head is no commit", pullKey, []answer{{body: strings.Replace(pull("null"), third, "main", 1)}}, "is no pull request 12", "the API of a github?"},
		{"another pull request", pullKey, []answer{{body: strings.Replace(pull("null"), `"number": 12`, `"number": 13`, 1)}}, "is no pull request 12", "the API of a github?"},
		{"the message has the token", pullKey, []answer{{status: 401, body: `{"message": "unknown key ` + token[3:15] + `"}`}}, "a message that holds the token", "set GITHUB_TOKEN"},
		{"the message has control characters", pullKey, []answer{{status: 418, body: `{"message": "a\u001b[31mb\nc"}`}}, "HTTP 418: a [31mb c", "is http://127.0.0.1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, _, err := readAcme(t, with(acme(), c.key, c.answers...))
			refused(t, err, c.message, c.hint)
		})
	}
}

func TestGitHubFaultOfTheServerIsTriedAgain(t *testing.T) {
	for key, list := range acme() {
		t.Run(key, func(t *testing.T) {
			fault := answer{status: http.StatusBadGateway, body: "<html>bad gateway</html>"}
			got, unread, f, err := readAcme(t, with(acme(), key, append([]answer{fault, fault}, list...)...))
			if err != nil || len(got.Reviews) != 3 || !got.Pushers || len(unread) > 0 {
				t.Errorf("got %+v, unread %q, error %v, want all", got, unread, err)
			}
			if f.count(key) != 3 {
				t.Errorf("asked %d times, want 3", f.count(key))
			}
		})
	}
}

func TestGitHubFullPageIsFollowedByAnother(t *testing.T) {
	var entries, edits []string
	for i := range perPage {
		entries = append(entries, gitHubReview(100+i, "bob", 8, "COMMENTED", "", "2026-03-01T09:00:00Z"))
		edits = append(edits, edit(100+i, "COMMENTED", "null"))
	}
	answers := with(acme(), reviewsKey, answer{body: "[" + strings.Join(entries, ",") + "]"}) // the header of the next page is lost
	answers[reviewsKey+" page=2"] = []answer{{body: "[" + gitHubReview(3000000002, "dot", 9, "CHANGES_REQUESTED", "", "2026-03-02T10:00:00Z") + "]"}}
	answers[editsKey] = []answer{{body: editsAnswer("next", edits...)}}
	answers[editsKey+" after=next"] = []answer{{body: editsAnswer("", edit(3000000002, "CHANGES_REQUESTED", "null"))}}
	got, _, _, err := readAcme(t, answers)
	if err != nil {
		t.Fatal(err)
	}
	by(t, got, "dot", check.Reject)
}

func TestGitHubTooManyReviews(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/reviews") {
			fmt.Fprint(w, pull("null"))
			return
		}
		page := 1
		fmt.Sscan(r.URL.Query().Get("page"), &page)
		var entries []string
		for i := range perPage {
			entries = append(entries, gitHubReview(page*perPage+i, "bob", 8, "COMMENTED", "", "2026-03-01T09:00:00Z"))
		}
		fmt.Fprintf(w, "[%s]", strings.Join(entries, ","))
	}))
	defer server.Close()
	_, _, err := read(t.Context(), Where{Forge: "github", API: server.URL, Repository: "acme/prompts", Number: 12, Token: token}, quick)
	refused(t, err, "acme/prompts#12 has more than 10000 reviews", "open another")
}

func TestGitHubTime(t *testing.T) {
	answers := with(acme(), reviewsKey+" page=2", answer{hang: true})
	where := Where{Forge: "github", Repository: "acme/prompts", Number: 12, Token: token}
	t.Run("of one request", func(t *testing.T) {
		where.API = serve(t, answers).url
		_, _, err := read(t.Context(), where, limits{each: 100 * time.Millisecond, whole: time.Minute, pause: quick.pause})
		refused(t, err, "no whole answer within 100ms", "run the check again")
	})
	t.Run("of all", func(t *testing.T) {
		where.API = serve(t, answers).url
		_, _, err := read(t.Context(), where, limits{each: time.Minute, whole: 100 * time.Millisecond, pause: quick.pause})
		refused(t, err, "acme/prompts#12 could not be read within 100ms", "run the check again")
	})
	t.Run("stopped", func(t *testing.T) {
		where.API = serve(t, answers).url
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, _, err := read(ctx, where, quick)
		refused(t, err, "was stopped", "run the check again")
	})
	t.Run("of a pause", func(t *testing.T) {
		where.API = serve(t, with(acme(), pullKey, answer{status: 502})).url
		_, _, err := read(t.Context(), where, limits{each: time.Minute, whole: 100 * time.Millisecond, pause: func(ctx context.Context, _ time.Duration) error {
			<-ctx.Done()
			return ctx.Err()
		}})
		refused(t, err, "could not be read within 100ms", "run the check again")
	})
	t.Run("nobody there", func(t *testing.T) {
		server := httptest.NewServer(http.NotFoundHandler())
		where.API = server.URL
		server.Close()
		_, _, err := read(t.Context(), where, quick)
		refused(t, err, "cannot be reached", "proxy")
	})
}

// TestGitHubPushesAreReadAsFarAsNeeded: up to where the branch was made, and of a
// list without an end no more than there may be reviews.
func TestGitHubPushesAreReadAsFarAsNeeded(t *testing.T) {
	older := activityKey + " after=older"
	t.Run("the branch was made", func(t *testing.T) {
		answers := acme()
		answers[older][0].next = "after=oldest"
		got, _, f, err := readAcme(t, answers)
		if err != nil || !got.Pushers || f.count(activityKey+" after=oldest") != 0 {
			t.Errorf("got %+v, error %v, %d requests for more, want all known without", got, err, f.count(activityKey+" after=oldest"))
		}
	})
	t.Run("a page is followed by itself", func(t *testing.T) {
		got, unread, f, err := readAcme(t, with(acme(), older, answer{body: "[]", next: "after=older"}))
		if err != nil || got.Pushers || len(unread) != 1 || f.count(older) != 1 {
			t.Errorf("got %+v, unread %q, error %v, %d requests, want one and pushers unknown", got, unread, err, f.count(older))
		}
	})
	t.Run("no end", func(t *testing.T) {
		asked := 0
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case strings.HasSuffix(r.URL.Path, "/reviews"):
				fmt.Fprint(w, "[]")
			case strings.HasSuffix(r.URL.Path, "/activity"):
				asked++
				w.Header().Set("Link", fmt.Sprintf(`</repos/acme/prompts/activity?after=%d>; rel="next"`, asked))
				fmt.Fprint(w, "[]")
			default:
				fmt.Fprint(w, pull(`{"full_name": "acme/prompts"}`))
			}
		}))
		defer server.Close()
		got, unread, err := read(t.Context(), Where{Forge: "github", API: server.URL, Repository: "acme/prompts", Number: 12, Token: token}, quick)
		if err != nil || got.Pushers || len(unread) != 1 || asked != maxEntries/perPage {
			t.Errorf("got %+v, unread %q, error %v after %d pages, want %d", got, unread, err, asked, maxEntries/perPage)
		}
	})
}

func TestGitHubCommentThatHasJustArrivedDoesNotMatter(t *testing.T) {
	last := answer{body: editsAnswer("", edit(3000000003, "APPROVED", "null"), edit(3000000004, "COMMENTED", "null"))}
	got, unread, _, err := readAcme(t, with(acme(), editsKey+" after=next", last))
	if err != nil || len(unread) > 0 || by(t, got, "bob", check.Approve).Edited {
		t.Errorf("got %+v, unread %q, error %v, want all that was there", got, unread, err)
	}
}
