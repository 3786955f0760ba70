package forge

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"promptlib/library/check"
)

const (
	mergeKey     = "GET /api/v4/projects/acme%2Fprompts/merge_requests/12"
	versionsKey  = mergeKey + "/versions"
	notesKey     = mergeKey + "/notes"
	reviewersKey = mergeKey + "/reviewers"
	approvalsKey = mergeKey + "/approvals"
	eventsKey    = "GET /api/v4/projects/70/events"
	usersKey     = "GET /api/v4/users/"
)

func member(login string, id int) string { return fmt.Sprintf(`{"id": %d, "username": %q}`, id, login) }

func note(id int, login string, user int, text, created, updated string) string {
	return fmt.Sprintf(`{"id": %d, "body": %q, "author": %s, "system": false, "created_at": %q, "updated_at": %q}`, id, text, member(login, user), created, updated)
}

func system(id int, login string, user int, text, at string) string {
	return strings.Replace(note(id, login, user, text, at, at), `"system": false`, `"system": true`, 1)
}

func event(login string, user int, from, to, at string) string {
	return fmt.Sprintf(`{"author": %s, "created_at": %q, "action_name": "pushed to", "push_data": {"ref_type": "branch", "ref": "calmer", "commit_from": %s, "commit_to": %s}}`,
		member(login, user), at, from, to)
}

func merge(project string) string {
	return fmt.Sprintf(`{"iid": 12, "sha": %q, "author": %s, "web_url": "https://gitlab.example/acme/prompts/-/merge_requests/12",
		"source_project_id": %s, "source_branch": "calmer", "references": {"full": "acme/prompts!12"}}`, third, member("ann", 7), project)
}

func quoted(id string) string { return `"` + id + `"` }

// acmeLab is the merge request that the tests vary: ann opened it, and she and cy
// pushed; bob approves, dot requests changes; notes come on three pages.
func acmeLab() map[string][]answer {
	page := func(next string, entries ...string) []answer {
		return []answer{{body: "[" + strings.Join(entries, ",") + "]", next: next}}
	}
	answers := map[string][]answer{
		mergeKey: {{body: merge("70")}},
		versionsKey: page("",
			fmt.Sprintf(`{"id": 3, "head_commit_sha": %q, "created_at": "2026-03-02T08:00:00.250Z"}`, third),
			fmt.Sprintf(`{"id": 2, "head_commit_sha": %q, "created_at": "2026-03-01T08:00:00Z"}`, second)),
		notesKey: page("page=2",
			note(31, "bob", 8, "why so long?", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z"),
			system(32, "dot", 9, "requested changes", "2026-03-02T09:30:00Z")),
		notesKey + " page=2": page("page=3",
			note(33, "bob", 8, "promptlib-digest: ab", "2026-03-02T10:00:00.500Z", "2026-03-02T10:00:00.500Z"),
			note(34, "bob", 8, "promptlib-digest: cd", "2026-03-02T10:01:00Z", "2026-03-02T10:02:00Z")),
		notesKey + " page=3": page("",
			system(35, "bob", 8, "approved this merge request", "2026-03-02T10:10:00Z"),
			note(36, "ann", 7, "thanks", "2026-03-02T11:00:00Z", "2026-03-02T11:00:00Z")),
		reviewersKey: page("",
			fmt.Sprintf(`{"user": %s, "state": "approved", "created_at": "2026-03-01T08:00:00Z"}`, member("bob", 8)),
			fmt.Sprintf(`{"user": %s, "state": "requested_changes", "created_at": "2026-03-01T08:00:00Z"}`, member("dot", 9))),
		approvalsKey: {{body: fmt.Sprintf(`{"approved_by": [{"user": %s, "approved_at": "2026-03-02T10:09:59Z"}]}`, member("bob", 8))}},
		eventsKey: page("page=2",
			event("cy", 10, quoted(second), quoted(third), "2026-03-02T08:00:00Z"),
			`{"author": {"id": 99, "username": "zed"}, "push_data": {"ref_type": "branch", "ref": "other", "commit_to": "x"}}`,
			`{"author": {"id": 99, "username": "zed"}, "push_data": {"ref_type": "tag", "ref": "calmer", "commit_to": "x"}}`,
			`{"author": {"id": 99, "username": "zed"}}`),
		eventsKey + " page=2": page("",
			event("ann", 7, quoted(first), quoted(second), "2026-03-01T08:00:00Z"),
			event("ann", 7, "null", quoted(first), "2026-03-01T07:00:00Z"),
			event("eve", 11, quoted(first), "null", "2026-01-01T07:00:00Z")),
	}
	for id := range 12 {
		answers[fmt.Sprint(usersKey, id)] = []answer{{body: fmt.Sprintf(`{"id": %d, "bot": false}`, id)}}
	}
	return answers
}

func readLab(t *testing.T, answers map[string][]answer) (*check.PullRequest, []string, *fake, error) {
	t.Helper()
	f := serve(t, answers)
	request, unread, err := read(t.Context(), Where{Forge: "gitlab", API: f.url + "/api/v4", Repository: "acme/prompts", Number: 12, Token: token}, quick)
	if (err == nil) == (request == nil) {
		t.Fatalf("got the merge request %v and the error %v, want one of them", request, err)
	}
	return request, unread, f, err
}

func TestGitLabReadsEverything(t *testing.T) {
	got, unread, _, err := readLab(t, acmeLab())
	if err != nil {
		t.Fatal(err)
	}
	ann, bob, cy := check.Account{Login: "ann", ID: 7}, check.Account{Login: "bob", ID: 8}, check.Account{Login: "cy", ID: 10}
	at := "https://gitlab.example/acme/prompts/-/merge_requests/12#note_"
	want := &check.PullRequest{
		Forge: "gitlab", Name: "acme/prompts!12", Head: third, Pushers: true, Pushed: date("2026-03-02T08:00:00.25Z"),
		Opener: ann, Authors: []check.Account{ann, cy},
		Pushes: []check.Push{{By: cy, Before: second, After: third}, {By: ann, Before: first, After: second}, {By: ann, After: first}},
		Reviews: []check.Review{
			{ID: 31, URL: at + "31", By: bob, Opinion: check.Comment, Text: "why so long?", At: date("2026-03-02T09:00:00Z")},
			{ID: 33, URL: at + "33", By: bob, Opinion: check.Comment, Text: "promptlib-digest: ab", At: date("2026-03-02T10:00:00.5Z")},
			{ID: 34, URL: at + "34", By: bob, Opinion: check.Comment, Text: "promptlib-digest: cd", Edited: true, At: date("2026-03-02T10:01:00Z")},
			{ID: 36, URL: at + "36", By: ann, Opinion: check.Comment, Text: "thanks", At: date("2026-03-02T11:00:00Z")},
			{ID: 32, URL: at + "32", By: check.Account{Login: "dot", ID: 9}, Opinion: check.Reject, At: date("2026-03-02T09:30:00Z")},
			{ID: 35, URL: at + "35", By: bob, Opinion: check.Approve, Text: "why so long?\n\npromptlib-digest: ab", At: date("2026-03-02T10:09:59Z")},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, got +:\n%s", diff)
	}
	if len(unread) > 0 {
		t.Errorf("got unread %q, want none", unread)
	}
}

func TestGitLabOpinions(t *testing.T) {
	const none = `[]`
	approved := func(user string) string { return fmt.Sprintf(`{"approved_by": [{"user": %s}]}`, user) }
	for _, c := range []struct {
		name                        string
		approvals, reviewers, notes string
		want                        []check.Review // but comments
		unread                      string
	}{
		{"nobody says anything", `{"approved_by": []}`, none, none, nil, ""},
		{
			"the time is in the note", approved(member("bob", 8)), none, "[" + system(1, "bob", 8, "approved this merge request", "2026-03-02T10:00:00Z") + "]",
			[]check.Review{{ID: 1, By: check.Account{Login: "bob", ID: 8}, Opinion: check.Approve, At: date("2026-03-02T10:00:00Z")}}, "",
		},
		{
			"approved twice", approved(member("bob", 8)), none,
			"[" + system(1, "bob", 8, "approved this merge request", "2026-03-02T10:00:00Z") + "," + system(2, "bob", 8, "unapproved this merge request", "2026-03-02T11:00:00Z") + "," +
				system(3, "bob", 8, "approved this merge request", "2026-03-02T12:00:00Z") + "]",
			[]check.Review{{ID: 3, By: check.Account{Login: "bob", ID: 8}, Opinion: check.Approve, At: date("2026-03-02T12:00:00Z")}}, "",
		},
		{
			"the note is of somebody else", approved(member("bob", 8)), none, "[" + system(1, "dot", 9, "approved this merge request", "2026-03-02T10:00:00Z") + "]",
			[]check.Review{{By: check.Account{Login: "bob", ID: 8}, Opinion: check.Approve}}, "does not say when \"bob\" approved",
		},
		{
			"a person writes such a note", approved(member("bob", 8)), none, "[" + note(1, "bob", 8, "approved this merge request", "2026-03-02T10:00:00Z", "2026-03-02T10:00:00Z") + "]",
			[]check.Review{{By: check.Account{Login: "bob", ID: 8}, Opinion: check.Approve, Text: "approved this merge request"}}, "does not say when",
		},
		{"taken back", `{"approved_by": []}`, none, "[" + system(1, "bob", 8, "approved this merge request", "2026-03-02T10:00:00Z") + "]", nil, ""},
		{
			"changes are requested", `{"approved_by": []}`, fmt.Sprintf(`[{"user": %s, "state": "requested_changes", "created_at": "2026-03-02T10:00:00Z"}]`, member("bob", 8)), none,
			[]check.Review{{By: check.Account{Login: "bob", ID: 8}, Opinion: check.Reject, At: date("2026-03-02T10:00:00Z")}}, "",
		},
		{
			"who requests changes does not approve", approved(member("bob", 8)), fmt.Sprintf(`[{"user": %s, "state": "requested_changes", "created_at": "2026-03-02T10:00:00Z"}]`, member("bob", 8)), none,
			[]check.Review{{By: check.Account{Login: "bob", ID: 8}, Opinion: check.Reject, At: date("2026-03-02T10:00:00Z")}}, "",
		},
		{"reviewed alone", `{"approved_by": []}`, fmt.Sprintf(`[{"user": %s, "state": "reviewed"}, {"user": null, "state": "requested_changes"}]`, member("bob", 8)), none, nil, ""},
		{
			"deleted user", `{"approved_by": [{"user": {"id": 5, "username": "ghost"}, "approved_at": "2026-03-02T10:00:00Z"}, {"user": null}]}`, none, none,
			[]check.Review{{By: check.Account{Login: "ghost"}, Opinion: check.Approve, At: date("2026-03-02T10:00:00Z")}}, "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			answers := with(with(with(acmeLab(), approvalsKey, answer{body: c.approvals}), reviewersKey, answer{body: c.reviewers}), notesKey, answer{body: c.notes})
			got, unread, _, err := readLab(t, answers)
			if err != nil {
				t.Fatal(err)
			}
			var opinions []check.Review
			for _, r := range got.Reviews {
				if r.URL = ""; r.Opinion != check.Comment {
					opinions = append(opinions, r)
				}
			}
			if diff := cmp.Diff(c.want, opinions); diff != "" {
				t.Errorf("want -, got +:\n%s", diff)
			}
			if text := strings.Join(unread, "\n"); !strings.Contains(text, c.unread) || (text == "") != (c.unread == "") {
				t.Errorf("got unread %q, want %q", text, c.unread)
			}
		})
	}
}

// TestGitLabBots takes an account for a bot's unless the forge says that it is none.
func TestGitLabBots(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer answer
		bot    bool
		unread string
	}{
		{"person", answer{body: `{"id": 8, "bot": false}`}, false, ""},
		{"bot", answer{body: `{"id": 8, "bot": true}`}, true, ""},
		{"not told", answer{body: `{"id": 8}`}, true, "does not say whether the account \"bob\" is a bot"},
		{"of another account", answer{body: `{"id": 9, "bot": false}`}, true, "\"bob\" is a bot"},
		{"forbidden", answer{status: 403}, true, "\"bob\" is a bot"},
		{"gone", answer{status: 404}, true, "\"bob\" is a bot"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, unread, f, err := readLab(t, with(acmeLab(), usersKey+"8", c.answer))
			if err != nil {
				t.Fatal(err)
			}
			if r := by(t, got, "bob", check.Approve); r.By.Bot != c.bot || r.By.ID != 8 {
				t.Errorf("got %+v, want bot %t", r.By, c.bot)
			}
			if text := strings.Join(unread, "\n"); !strings.Contains(text, c.unread) || (text == "") != (c.unread == "") {
				t.Errorf("got unread %q, want %q", text, c.unread)
			}
			if n := f.count(usersKey + "8"); n != 1 {
				t.Errorf("asked %d times, want once", n)
			}
		})
	}
}

func TestGitLabPushers(t *testing.T) {
	old := eventsKey + " page=2"
	created := event("ann", 7, "null", quoted(first), "2026-03-01T07:00:00Z")
	for _, c := range []struct {
		name    string
		answers map[string][]answer
		authors string
		pushers bool
		unread  string
	}{
		{"all known", acmeLab(), "ann cy", true, ""},
		{"a push is missing", with(acmeLab(), old, answer{body: "[" + created + "]"}), "ann cy", false, "not all pushes"},
		{"somebody was deleted", with(acmeLab(), old, answer{body: "[" + strings.Replace(event("ann", 7, "null", quoted(second), "2026-03-01T07:00:00Z"), member("ann", 7), "null", 1) + "]"}), "ann cy ghost", false, "not all pushes"},
		{"the head is missing", with(acmeLab(), eventsKey, answer{body: "[" + created + "]"}), "ann", false, "no push"},
		{"forbidden", with(acmeLab(), eventsKey, answer{status: 403, body: `{"message": "403 Forbidden"}`}), "ann", false, "does not say who pushed"},
		{"not told", with(acmeLab(), eventsKey, answer{status: 404}), "ann", false, "does not say who pushed"},
		{"the fork is gone", with(acmeLab(), mergeKey, answer{body: merge("null")}), "ann", false, "is gone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, unread, _, err := readLab(t, c.answers)
			if err != nil {
				t.Fatal(err)
			}
			if got.Pushers != c.pushers || logins(got.Authors) != c.authors || !got.Pushed.Equal(date("2026-03-02T08:00:00.25Z")) {
				t.Errorf("got pushers %t, authors %q, pushed %s, want %t, %q", got.Pushers, logins(got.Authors), got.Pushed, c.pushers, c.authors)
			}
			if text := strings.Join(unread, "\n"); !strings.Contains(text, c.unread) || (text == "") != (c.unread == "") {
				t.Errorf("got unread %q, want %q", text, c.unread)
			}
			by(t, got, "bob", check.Approve)
		})
	}
}

func TestGitLabHeadWithoutAVersionArrivedAtNoTime(t *testing.T) {
	answers := with(with(acmeLab(), versionsKey, answer{body: "[]"}), eventsKey, answer{status: 403})
	got, unread, _, err := readLab(t, answers)
	if err != nil || !got.Pushed.IsZero() || !strings.Contains(strings.Join(unread, "\n"), "nobody says when it arrived") {
		t.Errorf("got %+v, unread %q, error %v, want no time", got, unread, err)
	}
}

func TestGitLabProjectByItsNumber(t *testing.T) {
	answers := map[string][]answer{}
	for key, list := range acmeLab() {
		answers[strings.Replace(key, "acme%2Fprompts", "71", 1)] = list
	}
	f := serve(t, answers)
	got, _, err := read(t.Context(), Where{Forge: "gitlab", API: f.url + "/api/v4", Repository: "71", Number: 12, Token: token}, quick)
	if err != nil || got.Name != "acme/prompts!12" {
		t.Errorf("got %+v, error %v, want the name of the project", got, err)
	}
}

func TestGitLabFails(t *testing.T) {
	last := notesKey + " page=3"
	for _, c := range []struct {
		name, key     string
		answers       []answer
		message, hint string
	}{
		{"no such merge request", mergeKey, []answer{{status: 404, body: `{"message": "404 Project Not Found"}`}}, "merge_requests/12: HTTP 404: 404 Project Not Found", "CI_JOB_TOKEN can read neither"},
		{"token is wrong", mergeKey, []answer{{status: 401, body: `{"message": "401 Unauthorized"}`}}, "the token is not valid", "set GITLAB_TOKEN or PROMPTLIB_FORGE_TOKEN: a project access token"},
		{"token has no right", last, []answer{{status: 403, body: `{"message": "", "error": "insufficient_scope"}`}}, "HTTP 403: insufficient_scope: the token may not read this", "read_api"},
		{"no approvals", approvalsKey, []answer{{status: 404}}, "/approvals: HTTP 404", "read_api"},
		{"approvals name nobody", approvalsKey, []answer{{body: `{"message": "later"}`}}, "does not say who approves", "the API of a gitlab?"},
		{"no reviewers", reviewersKey, []answer{{status: 404}}, "/reviewers: HTTP 404", "read_api"},
		{"no versions", versionsKey, []answer{{status: 403}}, "/versions: HTTP 403", "read_api"},
		{"too many requests", last, []answer{{status: 429, header: map[string]string{"Retry-After": "17"}}}, "takes no more requests", "in 17 seconds"},
		{"too many requests for a user", usersKey + "8", []answer{{status: 429}}, "takes no more requests", "later"},
		{"bad gateway", last, []answer{{status: 502}}, "HTTP 502, 3 times", "is well"},
		{"events are broken", eventsKey, []answer{{status: 500}}, "HTTP 500", "is well"},
		{"page ends early", last, []answer{{body: `[{"id": 35`}}, "ends early", "run the check again"},
		{"page is empty", last, []answer{{body: ``}}, "is empty", "run the check again"},
		{"page is null", last, []answer{{body: `null`}}, "no JSON of an API", "gitlab"},
		{"page is an object", last, []answer{{body: `{"error": "x"}`}}, "not what the API of gitlab promises", "right host"},
		{"note has no time", last, []answer{{body: `[{"id": 35}]`}}, "a note has no id", "run the check again"},
		{"page comes twice", last, []answer{{body: "[" + note(31, "bob", 8, "why so long?", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z") + "]"}}, "note 31 came twice", "run the check again"},
		{"next page is this one", last, []answer{{body: "[]", next: "page=3"}}, "comes page \"3\"", "run the check again"},
		{"next page is elsewhere", last, []answer{{body: "[]", next: "https://evil.example/notes?page=4"}}, "evil.example", "the API"},
		{"next page of the events is elsewhere", eventsKey, []answer{{body: "[]", next: "https://evil.example/events?page=2"}}, "evil.example", "the API"},
		{"redirected", mergeKey, []answer{{status: 302, header: map[string]string{"Location": "https://evil.example/sign_in"}}}, "HTTP 302: the token is not taken along", "present name"},
		{"head is no commit", mergeKey, []answer{{body: strings.Replace(merge("70"), quoted(third), "null", 1)}}, "is no merge request 12", "the API of a gitlab?"},
		{"another merge request", mergeKey, []answer{{body: strings.Replace(merge("70"), `"iid": 12`, `"iid": 13`, 1)}}, "is no merge request 12", "the API of a gitlab?"},
		{"the message has the token", mergeKey, []answer{{status: 400, body: `{"message": "` + token + `"}`}}, "a message that holds the token", "API"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, _, err := readLab(t, with(acmeLab(), c.key, c.answers...))
			refused(t, err, c.message, c.hint)
		})
	}
}

func TestGitLabFaultOfTheServerIsTriedAgain(t *testing.T) {
	for key, list := range acmeLab() {
		if strings.HasPrefix(key, usersKey) && key != usersKey+"8" {
			continue
		}
		t.Run(key, func(t *testing.T) {
			fault := answer{status: http.StatusServiceUnavailable}
			got, unread, f, err := readLab(t, with(acmeLab(), key, append([]answer{fault, fault}, list...)...))
			if err != nil || len(got.Reviews) != 6 || !got.Pushers || len(unread) > 0 {
				t.Errorf("got %+v, unread %q, error %v, want all", got, unread, err)
			}
			if f.count(key) != 3 {
				t.Errorf("asked %d times, want 3", f.count(key))
			}
		})
	}
}

// TestGitLabShortPageIsNotTheLast: notes that the token may not see are left out of
// pages after they were counted.
func TestGitLabShortPageIsNotTheLast(t *testing.T) {
	got, _, _, err := readLab(t, with(acmeLab(), notesKey+" page=2", answer{body: "[]", next: "page=3"}))
	if err != nil {
		t.Fatal(err)
	}
	if r := by(t, got, "bob", check.Approve); r.ID != 35 || r.Text != "why so long?" {
		t.Errorf("got %+v, want the third page read too", r)
	}
}

func TestGitLabTime(t *testing.T) {
	f := serve(t, with(acmeLab(), approvalsKey, answer{hang: true}))
	where := Where{Forge: "gitlab", API: f.url + "/api/v4", Repository: "acme/prompts", Number: 12, Token: token}
	_, _, err := read(t.Context(), where, limits{each: 100 * time.Millisecond, whole: time.Minute, pause: quick.pause})
	refused(t, err, "/approvals: no whole answer within 100ms", "run the check again")
}

func TestGitLabHeadArrivedWithItsLatestVersion(t *testing.T) {
	version := func(id int, head, at string) string {
		return fmt.Sprintf(`{"id": %d, "head_commit_sha": %q, "created_at": %q}`, id, head, at)
	}
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 2, 0}} {
		all := []string{version(3, third, "2026-03-02T08:00:00Z"), version(2, second, "2026-03-04T08:00:00Z"), version(1, third, "2026-03-01T08:00:00Z")}
		body := "[" + all[order[0]] + "," + all[order[1]] + "," + all[order[2]] + "]"
		got, _, _, err := readLab(t, with(acmeLab(), versionsKey, answer{body: body}))
		if err != nil || !got.Pushed.Equal(date("2026-03-02T08:00:00Z")) {
			t.Errorf("in the order %v: got %+v, error %v, want the latest time of the head", order, got, err)
		}
	}
}

func TestGitLabNames(t *testing.T) {
	for full, want := range map[string]string{
		"acme/team/prompts!12": "acme/team/prompts!12", "acme/prompts!13": "acme/prompts!12", "an evil name!12": "acme/prompts!12", "": "acme/prompts!12",
	} {
		got, _, _, err := readLab(t, with(acmeLab(), mergeKey, answer{body: strings.Replace(merge("70"), "acme/prompts!12", full, 1)}))
		if err != nil || got.Name != want {
			t.Errorf("%q: got %+v, error %v, want the name %q", full, got, err, want)
		}
	}
}

func TestGitLabNotesHaveNoAddressWithoutThatOfTheRequest(t *testing.T) {
	got, _, _, err := readLab(t, with(acmeLab(), mergeKey, answer{body: strings.Replace(merge("70"), `"web_url"`, `"other"`, 1)}))
	if err != nil || by(t, got, "bob", check.Approve).URL != "" {
		t.Errorf("got %+v, error %v, want no addresses", got, err)
	}
	got, _, _, err = readLab(t, with(acmeLab(), notesKey, answer{body: "[]"}))
	if want := "https://gitlab.example/acme/prompts/-/merge_requests/12"; err != nil || by(t, got, "bob", check.Approve).URL != want {
		t.Errorf("got %+v, error %v, want the address of the request for an approval without a note", got, err)
	}
}

func TestGitLabNotesWithoutTheirTimesAreRefused(t *testing.T) {
	whole := note(31, "bob", 8, "why so long?", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z")
	for _, field := range []string{`"id": 31`, `"created_at"`, `"updated_at"`} {
		_, _, _, err := readLab(t, with(acmeLab(), notesKey, answer{body: "[" + strings.Replace(whole, field, `"other": 1`+strings.Repeat(`, "more"`, strings.Count(field, "_at")), 1) + "]"}))
		refused(t, err, "a note has no id, or does not say when it was written", "run the check again")
	}
}

func TestGitLabAccountsOfOpinionsAreLookedUp(t *testing.T) {
	for _, key := range []string{usersKey + "8", usersKey + "9"} {
		_, _, _, err := readLab(t, with(with(acmeLab(), notesKey, answer{body: "[]"}), key, answer{status: 500}))
		refused(t, err, "HTTP 500", "is well")
	}
}
