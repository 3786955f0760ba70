package forge

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	gh "github.com/google/go-github/v92/github"

	"promptlib/library/check"
)

const (
	gitHubName  = "github"
	gitHubToken = "the token needs pull-requests: read and contents: read, under permissions of the job"
)

var github = Forge{
	Name: gitHubName,
	Doc: "reads the pull request, all its reviews and the activity of its branch by the REST API of GitHub, and by its GraphQL API " +
		"which reviews were edited; the token needs pull-requests: read and contents: read",
	Detect: detectGitHub,
	Find:   findGitHub,
	Tokens: []string{"GITHUB_TOKEN", "GH_TOKEN"},
	API:    "GITHUB_API_URL",
	read:   readGitHub,
	sign:   func(h http.Header, token string) { h.Set("Authorization", "Bearer "+token) },
	token:  gitHubToken,
}

// The refs of pull requests, and of the branches that a merge queue tests.
var (
	pullRef  = regexp.MustCompile(`^refs/pull/([1-9][0-9]{0,8})/(?:merge|head)$`)
	queueRef = regexp.MustCompile(`^refs/heads/gh-readonly-queue/.+/pr-([1-9][0-9]{0,8})-(?:[0-9a-f]{40}|[0-9a-f]{64})$`)
)

// detectGitHub finds the pull request of a job of GitHub Actions. Gitea and Forgejo
// set the same variables and have another API.
func detectGitHub(env Env) (*Where, error) {
	if env.Get("GITHUB_ACTIONS") != "true" || env.Get("GITEA_ACTIONS") != "" || env.Get("FORGEJO_ACTIONS") != "" {
		return nil, nil
	}
	number, err := gitHubEvent(env)
	if err != nil || number == 0 {
		return nil, err
	}
	where := &Where{Forge: gitHubName, API: env.Get("GITHUB_API_URL"), Repository: env.Get("GITHUB_REPOSITORY"), Number: number}
	for _, name := range []string{"GITHUB_API_URL", "GITHUB_REPOSITORY"} {
		if env.Get(name) == "" {
			return nil, &Error{Message: "the job of GitHub Actions has no " + name, Hint: "pass the variable on, or name the pull request by its address"}
		}
	}
	return where, nil
}

// gitHubEvent returns the number of the pull request that a job was started for; 0
// for none.
func gitHubEvent(env Env) (int, error) {
	byRef := 0
	if m := pullRef.FindStringSubmatch(env.Get("GITHUB_REF")); m != nil {
		byRef, _ = strconv.Atoi(m[1])
	}
	var event struct {
		PullRequest struct{ Number int } `json:"pull_request"`
		MergeGroup  struct {
			HeadRef string `json:"head_ref"`
		} `json:"merge_group"`
	}
	text, err := env.ReadFile(env.Get("GITHUB_EVENT_PATH"))
	if err != nil || json.Unmarshal(text, &event) != nil {
		if byRef == 0 {
			return 0, &Error{Message: "the event of this job of GitHub Actions cannot be read", Hint: "pass on the file that GITHUB_EVENT_PATH names, or name the pull request by its address"}
		}
		return byRef, nil
	}
	number := event.PullRequest.Number
	if ref := event.MergeGroup.HeadRef; ref != "" {
		m := queueRef.FindStringSubmatch(ref)
		if m == nil {
			return 0, &Error{Message: fmt.Sprintf("the ref %q of the merge queue names no pull request", ref), Hint: "name the pull request by its address"}
		}
		number, _ = strconv.Atoi(m[1])
	}
	if byRef != 0 && number != 0 && number != byRef {
		return 0, &Error{Message: fmt.Sprintf("the event is of pull request %d, GITHUB_REF is of %d", number, byRef), Hint: "name the pull request by its address"}
	}
	return max(number, byRef), nil
}

var pullPath = regexp.MustCompile(`^/([^/]+/[^/]+)/pull/([1-9][0-9]{0,8})(?:/.*)?$`)

// findGitHub takes the address of a pull request on github.com, on GitHub
// Enterprise Cloud (ghe.com), or else on an Enterprise Server.
func findGitHub(u *url.URL) *Where {
	m := pullPath.FindStringSubmatch(u.Path)
	if m == nil || !repositoryName.MatchString(m[1]) {
		return nil
	}
	number, _ := strconv.Atoi(m[2])
	api := url.URL{Scheme: u.Scheme, Host: hostOf(u), Path: "/api/v3/", User: u.User}
	switch host := hostOf(u); {
	case host == "github.com" || host == "www.github.com":
		api.Host, api.Path = "api.github.com", "/"
	case strings.HasSuffix(host, ".ghe.com"):
		api.Host, api.Path = "api."+host, "/"
	}
	return &Where{Forge: gitHubName, API: api.String(), Repository: m[1], Number: number}
}

// A gitHubReading is the reading of a pull request of GitHub.
type gitHubReading struct {
	*reading
	client      *gh.Client
	owner, repo string
}

func readGitHub(ctx context.Context, r *reading) error {
	owner, repo, ok := fullName(r.Repository)
	if !ok {
		return &Error{Message: fmt.Sprintf("%q is no name of a repository", r.Repository), Hint: "expected one such as acme/prompts"}
	}
	base := r.api.String()
	client, err := gh.NewClient(gh.WithHTTPClient(r.client), gh.WithURLs(&base, nil), gh.WithDisableRateLimitCheck(), gh.WithUserAgent("promptlib"))
	if err != nil {
		return err
	}
	g := &gitHubReading{reading: r, client: client, owner: owner, repo: repo}
	pull, _, err := client.PullRequests.Get(ctx, owner, repo, r.Number)
	if err != nil {
		return err
	}
	r.request.Head = pull.GetHead().GetSHA()
	if pull.GetNumber() != r.Number || !commitID.MatchString(r.request.Head) {
		return &Error{Message: fmt.Sprintf("%s: the answer is no pull request %d with a commit at its head", r, r.Number), Hint: "is " + base + " the API of a github?"}
	}
	r.open(gitHubAccount(pull.User))
	if err := g.reviews(ctx); err != nil {
		return err
	}
	return g.pushes(ctx, pull.GetHead())
}

// gitHubAccount returns the account of a user. What is not said to be a user is a
// bot; who was deleted is nobody.
func gitHubAccount(u *gh.User) check.Account {
	if u.GetID() == 0 {
		return check.Account{Login: "ghost"}
	}
	return check.Account{Login: u.GetLogin(), ID: u.GetID(), Bot: u.GetType() != "User"}
}

// reviews reads all reviews, and then which of them were edited: in this order, so
// that no edit falls between.
func (g *gitHubReading) reviews(ctx context.Context) error {
	get := func(page int) ([]*gh.PullRequestReview, *http.Response, error) {
		list, res, err := g.client.PullRequests.ListReviews(ctx, g.owner, g.repo, g.Number, &gh.ListOptions{Page: page, PerPage: perPage})
		if err != nil {
			return nil, nil, err
		}
		return list, res.Response, nil
	}
	err := pages(g.reading, "review", get, func(r *gh.PullRequestReview) (int64, error) {
		review, err := g.review(r)
		g.request.Reviews = append(g.request.Reviews, review)
		return review.ID, err
	})
	if err != nil || len(g.request.Reviews) == 0 {
		return err
	}
	return g.edits(ctx)
}

// gitHubOpinions are what the states of reviews mean.
var gitHubOpinions = map[string]check.Opinion{
	"APPROVED": check.Approve, "CHANGES_REQUESTED": check.Reject, "DISMISSED": check.Revoke, "COMMENTED": check.Comment, "PENDING": check.Comment,
}

// review reads one review, as edited until the forge says otherwise.
func (g *gitHubReading) review(r *gh.PullRequestReview) (check.Review, error) {
	opinion, known := gitHubOpinions[r.GetState()]
	switch {
	case r.GetID() <= 0:
		return check.Review{}, &Error{Message: fmt.Sprintf("%s: a review has no id", g), Hint: "run the check again"}
	case !known:
		return check.Review{}, &Error{Message: fmt.Sprintf("%s: review %d is in the state %q, which promptlib does not know", g, r.GetID(), r.GetState()), Hint: "use a newer promptlib"}
	case r.GetSubmittedAt().IsZero() && r.GetState() != "PENDING":
		return check.Review{}, &Error{Message: fmt.Sprintf("%s: review %d does not say when it was given", g, r.GetID()), Hint: "run the check again"}
	}
	by := gitHubAccount(r.User)
	if by.Login == "ghost" {
		by.ID = 0 // one account stands for all that were deleted
	}
	return check.Review{
		ID: r.GetID(), URL: r.GetHTMLURL(), By: by, Opinion: opinion, Text: r.GetBody(),
		Edited: true, At: r.GetSubmittedAt().UTC(), Commit: r.GetCommitID(),
	}, nil
}

// pushes reads who pushed to the branch, in the repository that it is in.
func (g *gitHubReading) pushes(ctx context.Context, head *gh.PullRequestBranch) error {
	owner, repo, ok := fullName(head.GetRepo().GetFullName())
	if !ok || head.GetRef() == "" {
		g.note("the repository that the branch of %s was in is gone: nobody says who pushed to it", g)
		return nil
	}
	h := &history{head: g.request.Head}
	options := &gh.ListRepositoryActivityOptions{Ref: "refs/heads/" + head.GetRef(), PerPage: perPage}
	for page, more := 0, true; more && page < maxEntries/perPage; page++ {
		list, res, err := g.client.Repositories.ListRepositoryActivities(ctx, owner, repo, options)
		if optional(err) {
			g.note("%s/%s does not say who pushed to %q: %v; %s", owner, repo, head.GetRef(), err, gitHubToken)
			return nil
		}
		if err != nil {
			return err
		}
		for _, a := range list {
			if a != nil && a.Ref == options.Ref {
				p := push{by: actor(a.Actor), before: a.Before, after: a.After}
				if a.Timestamp != nil {
					p.at = a.Timestamp.UTC()
				}
				more = h.add(p)
			}
		}
		next, err := nextPage(g.reading, res.Response)
		if err != nil {
			return err
		}
		if after := next.Get("after"); after == "" || after == options.After {
			break
		}
		options.After = next.Get("after")
	}
	g.take(h, head.GetRef())
	return nil
}

func actor(a *gh.RepositoryActor) check.Account {
	if a == nil || a.ID == nil {
		return check.Account{Login: "ghost"}
	}
	return gitHubAccount(&gh.User{ID: a.ID, Login: a.Login, Type: a.Type})
}

// editsQuery asks for the reviews once more. The address of a review ends in its
// id; its databaseId is too small for those of today.
const editsQuery = `query($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) {
    reviews(first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { url state lastEditedAt } }
  } }
}`

// An editsPage is the answer to editsQuery.
type editsPage struct {
	Data struct {
		Repository struct {
			PullRequest struct {
				Reviews *struct {
					PageInfo struct {
						HasNextPage bool
						EndCursor   string
					}
					Nodes []editNode
				}
			}
		}
	}
	Errors []struct{ Type, Message string }
}

// An editNode is a review in the answer. Its LastEditedAt is null where it was
// never edited.
type editNode struct {
	URL          string
	State        string
	LastEditedAt json.RawMessage
}

// denied are the types of errors by which GraphQL says what a status 403 or 404 says.
var denied = map[string]bool{"FORBIDDEN": true, "NOT_FOUND": true, "INSUFFICIENT_SCOPES": true}

var reviewURL = regexp.MustCompile(`#pullrequestreview-([1-9][0-9]{0,17})$`)

// edits asks the GraphQL API which reviews were never edited, which the REST API
// does not say. Where there is none, all stay edited, and so void.
func (g *gitHubReading) edits(ctx context.Context) error {
	at := map[int64]*check.Review{}
	for i := range g.request.Reviews {
		at[g.request.Reviews[i].ID] = &g.request.Reviews[i]
	}
	variables := map[string]any{"owner": g.owner, "name": g.repo, "number": g.Number}
	for range maxEntries/perPage + 1 {
		page, err := g.editsPage(ctx, variables)
		if optional(err) {
			g.note("%s does not say which reviews were edited, so that none counts: %v; %s", g.api.Host, err, gitHubToken)
			for i := range g.request.Reviews {
				g.request.Reviews[i].Edited = true
			}
			return nil
		}
		if err != nil {
			return err
		}
		reviews := page.Data.Repository.PullRequest.Reviews
		for _, node := range reviews.Nodes {
			if err := g.edit(at, node); err != nil {
				return err
			}
		}
		if !reviews.PageInfo.HasNextPage {
			if len(at) > 0 {
				g.note("%s does not say of all reviews whether they were edited: %d count as edited", g.api.Host, len(at))
			}
			return nil
		}
		if reviews.PageInfo.EndCursor == "" || reviews.PageInfo.EndCursor == variables["after"] {
			return &Error{Message: fmt.Sprintf("%s: a page of the reviews is followed by itself", g), Hint: "run the check again"}
		}
		variables["after"] = reviews.PageInfo.EndCursor
	}
	return tooMany(g.reading, "review")
}

// edit takes over whether a review was edited, and takes it from those of which
// that is unknown.
func (g *gitHubReading) edit(unknown map[int64]*check.Review, node editNode) error {
	m := reviewURL.FindStringSubmatch(node.URL)
	if m == nil {
		return &Error{Message: fmt.Sprintf("%s: the address %q is of no review", g, node.URL), Hint: "use a newer promptlib"}
	}
	id, _ := strconv.ParseInt(m[1], 10, 64)
	review, known := unknown[id]
	switch {
	case known && len(node.LastEditedAt) > 0:
		review.Edited = string(node.LastEditedAt) != "null"
		delete(unknown, id)
	case !known && gitHubOpinions[node.State] != check.Comment:
		return &Error{Message: fmt.Sprintf("%s: review %d is not among those that were read", g, id), Hint: "it has just arrived: run the check again"}
	}
	return nil
}

// editsPage asks for one page. On an Enterprise Server GraphQL stands beside the
// REST API, elsewhere below it.
func (g *gitHubReading) editsPage(ctx context.Context, variables map[string]any) (*editsPage, error) {
	endpoint := "graphql"
	if before, ok := strings.CutSuffix(g.api.Path, "/v3/"); ok {
		endpoint = before + "/graphql"
	}
	req, err := g.client.NewRequest(ctx, http.MethodPost, endpoint, map[string]any{"query": editsQuery, "variables": variables})
	if err != nil {
		return nil, err
	}
	page := &editsPage{}
	if _, err := g.client.Do(req, page); err != nil {
		return nil, err
	}
	if len(page.Errors) > 0 {
		e := &Error{Message: fmt.Sprintf("%s: %s", place(req), page.Errors[0].Message), Hint: "run the check again"}
		if denied[page.Errors[0].Type] {
			e.status = http.StatusForbidden
		}
		return nil, e
	}
	if page.Data.Repository.PullRequest.Reviews == nil {
		return nil, &Error{Message: fmt.Sprintf("%s: the answer has no reviews", place(req)), Hint: "run the check again"}
	}
	return page, nil
}
