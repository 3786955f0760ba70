package forge

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"promptlib/library/check"
)

const (
	gitLabName  = "gitlab"
	gitLabToken = "a project access token needs the scope read_api and the role Reporter; CI_JOB_TOKEN can read neither approvals nor notes"
)

var gitlab = Forge{
	Name: gitLabName,
	Doc: "reads the merge request, its versions, approvals, reviewers and notes, and the pushes to its project by the REST API of GitLab; " +
		"the text of an approval is what the approver has written in notes that were not edited; the token needs read_api",
	Detect: detectGitLab,
	Find:   findGitLab,
	Tokens: []string{"GITLAB_TOKEN"},
	API:    "CI_API_V4_URL",
	read:   readGitLab,
	sign:   func(h http.Header, token string) { h.Set("Private-Token", token) },
	token:  gitLabToken,
}

// detectGitLab finds the merge request of a job of a pipeline for merge requests.
// Such a pipeline may run in a fork, whose project is not that of the request.
func detectGitLab(env Env) (*Where, error) {
	iid := env.Get("CI_MERGE_REQUEST_IID")
	if env.Get("GITLAB_CI") != "true" || iid == "" {
		return nil, nil
	}
	number, err := strconv.Atoi(iid)
	if err != nil {
		return nil, &Error{Message: fmt.Sprintf("CI_MERGE_REQUEST_IID is %q, which is no number", iid), Hint: "name the merge request by its address"}
	}
	where := &Where{Forge: gitLabName, API: env.Get("CI_API_V4_URL"), Repository: cmp.Or(env.Get("CI_MERGE_REQUEST_PROJECT_ID"), env.Get("CI_PROJECT_ID")), Number: number}
	switch {
	case where.API == "":
		return nil, &Error{Message: "the job of GitLab has no CI_API_V4_URL", Hint: "pass the variable on, or name the merge request by its address"}
	case where.Repository == "":
		return nil, &Error{Message: "the job of GitLab has no CI_PROJECT_ID", Hint: "pass the variable on, or name the merge request by its address"}
	}
	return where, nil
}

var mergePath = regexp.MustCompile(`^/(.+)/-/merge_requests/([1-9][0-9]{0,8})(?:/.*)?$`)

// findGitLab takes the address of a merge request. A GitLab below a path of its
// host cannot be told from one at the top: there the project is not found.
func findGitLab(u *url.URL) *Where {
	m := mergePath.FindStringSubmatch(u.Path)
	if m == nil || !repositoryName.MatchString(m[1]) {
		return nil
	}
	number, _ := strconv.Atoi(m[2])
	api := url.URL{Scheme: u.Scheme, Host: hostOf(u), Path: "/api/v4/", User: u.User}
	return &Where{Forge: gitLabName, API: api.String(), Repository: m[1], Number: number}
}

// A gitLabUser is an account as it stands in most answers.
type gitLabUser struct {
	ID             int64
	Username, Name string
}

// A gitLabNote is a comment, or what GitLab wrote of what somebody did.
type gitLabNote struct {
	ID      int64
	Body    string
	Author  *gitLabUser
	System  bool
	Created time.Time `json:"created_at"`
	Updated time.Time `json:"updated_at"`
}

// A gitLabReading is the reading of a merge request.
type gitLabReading struct {
	*reading
	accounts map[int64]check.Account // that were looked up
	web      string                  // address of the merge request
	notes    []gitLabNote
}

func readGitLab(ctx context.Context, r *reading) error {
	g := &gitLabReading{reading: r, accounts: map[int64]check.Account{}}
	var merge struct {
		IID           int
		SHA           string
		Author        *gitLabUser
		Web           string `json:"web_url"`
		SourceProject int64  `json:"source_project_id"`
		SourceBranch  string `json:"source_branch"`
		References    struct{ Full string }
	}
	if _, err := g.get(ctx, g.path(""), nil, &merge); err != nil {
		return err
	}
	if merge.IID != r.Number || !commitID.MatchString(merge.SHA) || merge.Author == nil {
		return &Error{Message: fmt.Sprintf("%s: the answer is no merge request %d with an author and a commit at its head", r, r.Number), Hint: "is " + r.api.String() + " the API of a gitlab?"}
	}
	r.request.Head, g.web = merge.SHA, merge.Web
	if name, ok := strings.CutSuffix(merge.References.Full, fmt.Sprintf("!%d", r.Number)); ok && repositoryName.MatchString(name) {
		r.request.Name = merge.References.Full
	}
	author, err := g.account(ctx, merge.Author)
	if err != nil {
		return err
	}
	r.open(author)
	for _, step := range []func(context.Context) error{g.versions, g.readNotes, g.opinions} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return g.pushes(ctx, merge.SourceProject, merge.SourceBranch)
}

// path returns the path of a part of the merge request.
func (g *gitLabReading) path(part string) string {
	return fmt.Sprintf("projects/%s/merge_requests/%d%s", url.PathEscape(g.Repository), g.Number, part)
}

// get asks for one answer.
func (g *gitLabReading) get(ctx context.Context, path string, query url.Values, into any) (*http.Response, error) {
	address := g.api.String() + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "promptlib")
	res, err := g.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	return res, json.NewDecoder(res.Body).Decode(into)
}

// list reads all pages of a list.
func list[T any](ctx context.Context, g *gitLabReading, what, path string, query url.Values, take func(T) (int64, error)) error {
	return pages(g.reading, what, func(page int) ([]T, *http.Response, error) {
		asked := url.Values{"page": {strconv.Itoa(page)}, "per_page": {strconv.Itoa(perPage)}}
		for name, values := range query {
			asked[name] = values
		}
		var entries []T
		res, err := g.get(ctx, path, asked, &entries)
		return entries, res, err
	}, take)
}

// account looks up whether an account is a bot's. Where the forge does not say, it
// is, so that it cannot approve.
func (g *gitLabReading) account(ctx context.Context, u *gitLabUser) (check.Account, error) {
	if u == nil || u.ID <= 0 {
		return check.Account{Login: "ghost"}, nil
	}
	if a, ok := g.accounts[u.ID]; ok {
		return a, nil
	}
	var said struct {
		ID  int64
		Bot *bool
	}
	_, err := g.get(ctx, fmt.Sprintf("users/%d", u.ID), nil, &said)
	if err != nil && !optional(err) {
		return check.Account{}, err
	}
	a := check.Account{Login: u.Username, ID: u.ID, Bot: true}
	if err == nil && said.ID == u.ID && said.Bot != nil {
		a.Bot = *said.Bot
	} else {
		g.note("%s does not say whether the account %q is a bot, so that it counts as one", g.api.Host, u.Username)
	}
	g.accounts[u.ID] = a
	return a, nil
}

// reviewer is account for who says something. One account of GitLab stands for all
// that were deleted.
func (g *gitLabReading) reviewer(ctx context.Context, u *gitLabUser) (check.Account, error) {
	if u != nil && u.Username == "ghost" {
		u = nil
	}
	return g.account(ctx, u)
}

// versions reads when the head arrived: a merge request has a version for each push.
func (g *gitLabReading) versions(ctx context.Context) error {
	type version struct {
		ID      int64
		Head    string    `json:"head_commit_sha"`
		Created time.Time `json:"created_at"`
	}
	err := list(ctx, g, "version", g.path("/versions"), nil, func(v version) (int64, error) {
		if v.Head == g.request.Head && v.Created.After(g.request.Pushed) {
			g.request.Pushed = v.Created.UTC()
		}
		return v.ID, nil
	})
	if err == nil && g.request.Pushed.IsZero() {
		g.note("no version of %s has the commit %s at its head, so that nobody says when it arrived", g, g.request.Head)
	}
	return err
}

// readNotes reads all notes, and makes comments of those that people wrote.
func (g *gitLabReading) readNotes(ctx context.Context) error {
	query := url.Values{"sort": {"asc"}, "order_by": {"created_at"}}
	return list(ctx, g, "note", g.path("/notes"), query, func(n gitLabNote) (int64, error) {
		if n.ID <= 0 || n.Created.IsZero() || n.Updated.IsZero() {
			return 0, &Error{Message: fmt.Sprintf("%s: a note has no id, or does not say when it was written", g), Hint: "run the check again"}
		}
		g.notes = append(g.notes, n)
		if n.System {
			return n.ID, nil
		}
		by, err := g.reviewer(ctx, n.Author)
		if err != nil {
			return 0, err
		}
		g.request.Reviews = append(g.request.Reviews, check.Review{
			ID: n.ID, URL: g.noteURL(n.ID), By: by, Opinion: check.Comment, Text: n.Body, Edited: n.edited(), At: n.Created.UTC(),
		})
		return n.ID, nil
	})
}

// edited reports whether a note was changed. To resolve a thread may count as a
// change too, and the note is then void.
func (n gitLabNote) edited() bool { return !n.Updated.Equal(n.Created) }

func (g *gitLabReading) noteURL(id int64) string {
	if g.web == "" || id == 0 {
		return g.web
	}
	return fmt.Sprintf("%s#note_%d", g.web, id)
}

// opinions reads who approves and who requests changes, as it stands now: an
// approval that was taken back is in no list, and who requests changes does not
// approve, whatever else is said.
//
// Note: an approval of GitLab has no text. Its text here is all that the approver
// has written in notes that were not edited, in one review: of several only the
// last would count, and a word of thanks would undo the digest before it.
func (g *gitLabReading) opinions(ctx context.Context) error {
	type reviewer struct {
		User    *gitLabUser
		State   string
		Created time.Time `json:"created_at"`
	}
	rejecting := map[int64]bool{}
	err := list(ctx, g, "reviewer", g.path("/reviewers"), nil, func(v reviewer) (int64, error) {
		if v.User == nil {
			return 0, nil
		}
		if v.State != "requested_changes" {
			return v.User.ID, nil
		}
		rejecting[v.User.ID] = true
		return v.User.ID, g.opinion(ctx, v.User, check.Reject, "requested changes", v.Created)
	})
	if err != nil {
		return err
	}
	var approvals struct {
		By *[]struct {
			User *gitLabUser
			At   time.Time `json:"approved_at"`
		} `json:"approved_by"`
	}
	if _, err := g.get(ctx, g.path("/approvals"), nil, &approvals); err != nil {
		return err
	}
	if approvals.By == nil {
		return &Error{Message: fmt.Sprintf("%s: the answer does not say who approves", g), Hint: "is " + g.api.String() + " the API of a gitlab?"}
	}
	for _, a := range *approvals.By {
		if a.User == nil || rejecting[a.User.ID] {
			continue
		}
		if err := g.opinion(ctx, a.User, check.Approve, "approved this merge request", a.At); err != nil {
			return err
		}
	}
	return nil
}

// opinion adds what somebody says of the merge request. The note that GitLab wrote
// of it has its id, and its time where the opinion has none.
func (g *gitLabReading) opinion(ctx context.Context, u *gitLabUser, says check.Opinion, note string, at time.Time) error {
	by, err := g.reviewer(ctx, u)
	if err != nil {
		return err
	}
	review := check.Review{By: by, Opinion: says, At: at.UTC()}
	var texts []string
	for _, n := range g.notes {
		switch {
		case n.Author == nil || n.Author.ID != u.ID:
		case n.System && n.Body == note:
			review.ID = n.ID
			if says == check.Reject || at.IsZero() { // a reviewer has the time at which the review was asked for
				review.At = n.Created.UTC()
			}
		case !n.System && !n.edited() && says == check.Approve:
			texts = append(texts, n.Body)
		}
	}
	review.Text, review.URL = strings.Join(texts, "\n\n"), g.noteURL(review.ID)
	if review.At.IsZero() {
		g.note("%s does not say when %q approved", g.api.Host, u.Username)
	}
	g.request.Reviews = append(g.request.Reviews, review)
	return nil
}

// pushes reads who pushed to the source branch, from the events of its project.
func (g *gitLabReading) pushes(ctx context.Context, project int64, branch string) error {
	if project <= 0 || branch == "" {
		g.note("the project that the branch of %s was in is gone: nobody says who pushed to it", g)
		return nil
	}
	h := &history{head: g.request.Head}
	for page, more := 1, true; more && page <= maxEntries/perPage; page++ {
		var events []gitLabEvent
		query := url.Values{"action": {"pushed"}, "sort": {"desc"}, "page": {strconv.Itoa(page)}, "per_page": {strconv.Itoa(perPage)}}
		res, err := g.get(ctx, fmt.Sprintf("projects/%d/events", project), query, &events)
		if optional(err) {
			g.note("the project does not say who pushed to %q: %v; %s", branch, err, gitLabToken)
			return nil
		}
		if err != nil {
			return err
		}
		for _, e := range events {
			p, ok := e.push(branch)
			if !ok {
				continue
			}
			if p.by, err = g.account(ctx, e.Author); err != nil {
				return err
			}
			if more = h.add(p); !more {
				break
			}
		}
		if next, err := nextPage(g.reading, res); err != nil || next == nil && len(events) < perPage {
			more = false
			if err != nil {
				return err
			}
		}
	}
	g.take(h, branch)
	return nil
}

// A gitLabEvent is an event of a project.
type gitLabEvent struct {
	Author  *gitLabUser
	Created time.Time `json:"created_at"`
	Push    *struct {
		RefType string `json:"ref_type"`
		Ref     string
		From    string `json:"commit_from"`
		To      string `json:"commit_to"`
	} `json:"push_data"`
}

// push returns the push of an event, if it is one to a branch.
func (e gitLabEvent) push(branch string) (push, bool) {
	if e.Push == nil || e.Push.RefType != "branch" || e.Push.Ref != branch {
		return push{}, false
	}
	return push{before: e.Push.From, after: e.Push.To, at: e.Created.UTC()}, true
}
