package provider

import (
	"encoding/json"
	"fmt"
	"net"
	"strings"

	"promptlib/library"
)

// UntrustedCode is the code of a run on text that nobody has looked at yet.
var UntrustedCode = library.Code{
	ID: "EVL303", Name: "eval-untrusted", Severity: library.Error,
	Doc: library.Doc{
		Summary: "CI runs on what a stranger wrote, or what nobody has reviewed",
		Why:     "Prompts and settings of a pull request are whatever its author wrote. Run with a key, they spend it, and may have it and the prompts sent elsewhere. Nothing of the run is sent, and no key is read. The models reference and replay, and servers on this machine that are called without a key, may be run there.",
		Fix:     "Run eval on pushes to a protected branch, or in a job that waits for the approval of a protected environment and gives --trusted-ref. For what comes from a fork, and in pull_request_target, --trusted-ref does not help: merge it first.",
	},
}

// Untrusted says why the environment of a CI job gives no key away: the code that
// it runs on is that of a stranger, or none that was reviewed. It is "" where the
// environment says otherwise, and outside of GitHub Actions and GitLab CI, of which
// it knows. Event is the file that GITHUB_EVENT_PATH names, nil where it cannot be
// read. Trusted is what --trusted-ref says: that whoever wrote the job vouches for
// the ref. It does not vouch for strangers.
//
// The variables are those of
// https://docs.github.com/en/actions/reference/workflows-and-actions/variables and
// https://docs.gitlab.com/ci/variables/predefined_variables/.
func Untrusted(getenv func(string) string, event []byte, trusted bool) string {
	stranger, unreviewed := "", ""
	if getenv("GITHUB_ACTIONS") != "" || getenv("GITHUB_EVENT_NAME") != "" {
		stranger, unreviewed = onGitHub(getenv, event)
	}
	if stranger == "" && (getenv("GITLAB_CI") != "" || getenv("CI_PIPELINE_SOURCE") != "") {
		other, ref := onGitLab(getenv)
		stranger = other
		if unreviewed == "" {
			unreviewed = ref
		}
	}
	switch {
	case stranger != "":
		return stranger + "; merge it first, and run eval on the push to the protected branch"
	case unreviewed != "" && !trusted:
		return unreviewed + "; run eval on pushes to a protected branch, or give --trusted-ref in a job that waits for the approval of a protected environment"
	}
	return ""
}

// A repository is one in an event of GitHub; its zero value is one that was
// deleted, or that the event does not name.
type repository struct {
	ID int64 `json:"id"`
}

// A githubEvent is what an event says of whose code it is about.
type githubEvent struct {
	PullRequest *struct {
		Head struct{ Repo repository }
		Base struct{ Repo repository }
	} `json:"pull_request"`
	WorkflowRun *struct {
		Event          string
		HeadRepository repository `json:"head_repository"`
	} `json:"workflow_run"`
	Repository repository
}

// onGitHub says what is against running with keys in a job of GitHub Actions: that
// the code is a stranger's, or that nobody has reviewed it.
func onGitHub(getenv func(string) string, event []byte) (stranger, unreviewed string) {
	name := getenv("GITHUB_EVENT_NAME")
	var e githubEvent
	readable := json.Unmarshal(event, &e) == nil
	switch name {
	case "pull_request_target":
		return "the event pull_request_target runs with the secrets of the repository on what anybody proposes", ""
	case "pull_request", "pull_request_review", "pull_request_review_comment":
		switch {
		case !readable || e.PullRequest == nil:
			return fmt.Sprintf("the event %s does not say whether the pull request comes from a fork: the file that GITHUB_EVENT_PATH names cannot be read as such an event", name), ""
		case !same(e.PullRequest.Head.Repo, e.PullRequest.Base.Repo):
			return fmt.Sprintf("the event %s is of a pull request from a fork", name), ""
		}
		return "", fmt.Sprintf("the event %s is of a pull request, which nobody may have reviewed yet", name)
	case "workflow_run":
		switch {
		case !readable || e.WorkflowRun == nil:
			return "the event workflow_run does not say what it follows: the file that GITHUB_EVENT_PATH names cannot be read as such an event", ""
		case !same(e.WorkflowRun.HeadRepository, e.Repository):
			return "the event workflow_run follows a run on a fork", ""
		case strings.HasPrefix(e.WorkflowRun.Event, "pull_request"):
			return "", fmt.Sprintf("the event workflow_run follows a run on %s, which nobody may have reviewed yet", e.WorkflowRun.Event)
		}
	case "issue_comment":
		return "", "the event issue_comment is whatever anybody says of any pull request"
	}
	if getenv("GITHUB_REF_PROTECTED") != "true" {
		return "", fmt.Sprintf("the ref %q is not protected", getenv("GITHUB_REF"))
	}
	return "", ""
}

func same(a, b repository) bool { return a.ID != 0 && a.ID == b.ID }

// onGitLab says what is against running with keys in a job of GitLab CI, as
// [onGitHub] does. The variables of merge requests are there in child pipelines
// too, whose source is another.
func onGitLab(getenv func(string) string) (stranger, unreviewed string) {
	source := getenv("CI_PIPELINE_SOURCE")
	from, into := getenv("CI_MERGE_REQUEST_SOURCE_PROJECT_ID"), getenv("CI_MERGE_REQUEST_PROJECT_ID")
	switch {
	case source == "external_pull_request_event":
		from, into = getenv("CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY"), getenv("CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY")
		if from != into {
			return "the external pull request comes from a fork", ""
		}
		return "", "the pipeline is that of an external pull request, which nobody may have reviewed yet"
	case source == "merge_request_event" || getenv("CI_MERGE_REQUEST_IID") != "":
		if from != into {
			return "the merge request comes from a fork, or from a project that is gone", ""
		}
		return "", "the pipeline is that of a merge request, which nobody may have reviewed yet"
	case getenv("CI_COMMIT_REF_PROTECTED") != "true":
		return "", fmt.Sprintf("the ref %q is not protected", getenv("CI_COMMIT_REF_NAME"))
	}
	return "", ""
}

// Local reports whether requests that take a route stay on this machine, and have
// no user or password in their address.
func (r Route) Local() bool {
	if r.Address.User != nil {
		return false
	}
	host := strings.TrimSuffix(strings.ToLower(r.Address.Hostname()), ".")
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Refuse is the finding of a model that is not called, for a reason that
// [Untrusted] gives.
func (r Route) Refuse(reason string) *library.Diagnostic {
	return finding(UntrustedCode, library.Text{}, "nothing is sent to provider %q at %q: %s", r.Provider.Value, r.Address.Host, reason)
}
