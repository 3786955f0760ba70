package provider

import (
	"net/url"
	"strings"
	"testing"
)

const (
	ownPull     = `{"pull_request": {"head": {"repo": {"id": 7}}, "base": {"repo": {"id": 7}}}, "repository": {"id": 7}}`
	forkPull    = `{"pull_request": {"head": {"repo": {"id": 8}}, "base": {"repo": {"id": 7}}}, "repository": {"id": 7}}`
	deletedFork = `{"pull_request": {"head": {"repo": null}, "base": {"repo": {"id": 7}}}, "repository": {"id": 7}}`
	noIDs       = `{"pull_request": {"head": {"repo": {}}, "base": {"repo": {}}}}`
	ownRun      = `{"workflow_run": {"event": "pull_request", "head_repository": {"id": 7}}, "repository": {"id": 7}}`
	pushRun     = `{"workflow_run": {"event": "push", "head_repository": {"id": 7}}, "repository": {"id": 7}}`
	forkRun     = `{"workflow_run": {"event": "pull_request", "head_repository": {"id": 8}}, "repository": {"id": 7}}`
	push        = `{"ref": "refs/heads/main", "repository": {"id": 7}}`
)

// TestUntrusted: want is a part of the reason without --trusted-ref, and trusted of
// the one with it; empty for none.
func TestUntrusted(t *testing.T) {
	for _, tt := range []struct {
		name, env, event string
		want, trusted    string
	}{
		{"no CI", "", "", "", ""},
		{"a CI that is not known", "CI=true JENKINS_URL=x", "", "", ""},

		{"pull_request_target", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=pull_request_target GITHUB_REF_PROTECTED=true", ownPull, "pull_request_target runs with the secrets", "pull_request_target runs with the secrets"},
		{"pull_request_target, no sign of GitHub but the event", "GITHUB_EVENT_NAME=pull_request_target", "", "pull_request_target", "pull_request_target"},
		{"pull request of a fork", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=pull_request", forkPull, "from a fork", "from a fork"},
		{"pull request of a fork that is gone", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=pull_request", deletedFork, "from a fork", "from a fork"},
		{"pull request of a fork, the ref said to be protected", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=pull_request GITHUB_REF_PROTECTED=true", forkPull, "from a fork", "from a fork"},
		{"pull request without ids", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=pull_request", noIDs, "from a fork", "from a fork"},
		{"pull request without an event", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=pull_request", "", "cannot be read as such an event", "cannot be read as such an event"},
		{"pull request with an event of something else", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=pull_request", push, "cannot be read as such an event", "cannot be read as such an event"},
		{"pull request with an event that is cut off", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=pull_request", ownPull[:40], "cannot be read as such an event", "cannot be read as such an event"},
		{"pull request of a branch", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=pull_request GITHUB_REF_PROTECTED=true", ownPull, "which nobody may have reviewed yet; run eval on pushes to a protected branch, or give --trusted-ref", ""},
		{"review of a fork", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=pull_request_review", forkPull, "pull_request_review is of a pull request from a fork", "from a fork"},
		{"review of a branch", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=pull_request_review", ownPull, "which nobody may have reviewed yet", ""},
		{"comment on the lines of a fork", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=pull_request_review_comment", forkPull, "from a fork", "from a fork"},
		{"comment", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=issue_comment GITHUB_REF_PROTECTED=true", `{"issue": {}}`, "issue_comment is whatever anybody says", ""},
		{"after a run of a fork", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=workflow_run GITHUB_REF_PROTECTED=true", forkRun, "follows a run on a fork", "follows a run on a fork"},
		{"after a run of a pull request", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=workflow_run GITHUB_REF_PROTECTED=true", ownRun, "follows a run on pull_request", ""},
		{"after a run of a push to a protected branch", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=workflow_run GITHUB_REF_PROTECTED=true", pushRun, "", ""},
		{"after a run that it does not name", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=workflow_run GITHUB_REF_PROTECTED=true", push, "does not say what it follows", "does not say what it follows"},
		{"push to a branch", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=push GITHUB_REF=refs/heads/x GITHUB_REF_PROTECTED=false", push, `the ref "refs/heads/x" is not protected; run eval on pushes`, ""},
		{"push, and nobody says whether the branch is protected", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=push GITHUB_REF=refs/heads/x", push, "is not protected", ""},
		{"merge queue", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=merge_group GITHUB_REF=refs/heads/gh-readonly-queue/main GITHUB_REF_PROTECTED=false", "{}", "is not protected", ""},
		{"push to a protected branch", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=push GITHUB_REF=refs/heads/main GITHUB_REF_PROTECTED=true", push, "", ""},
		{"push to a protected branch, no event", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=push GITHUB_REF_PROTECTED=true", "", "", ""},
		{"schedule of a protected branch", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=schedule GITHUB_REF_PROTECTED=true", "{}", "", ""},

		{"merge request", "GITLAB_CI=true CI_PIPELINE_SOURCE=merge_request_event CI_MERGE_REQUEST_IID=4 CI_MERGE_REQUEST_PROJECT_ID=7 CI_MERGE_REQUEST_SOURCE_PROJECT_ID=7 CI_COMMIT_REF_PROTECTED=true", "", "merge request, which nobody may have reviewed yet", ""},
		{"merge request of a fork", "GITLAB_CI=true CI_PIPELINE_SOURCE=merge_request_event CI_MERGE_REQUEST_PROJECT_ID=7 CI_MERGE_REQUEST_SOURCE_PROJECT_ID=8 CI_COMMIT_REF_PROTECTED=true", "", "merge request comes from a fork", "merge request comes from a fork"},
		{"merge request of a project that is gone", "GITLAB_CI=true CI_PIPELINE_SOURCE=merge_request_event CI_MERGE_REQUEST_PROJECT_ID=7", "", "from a project that is gone", "from a project that is gone"},
		{"child pipeline of a merge request of a fork", "GITLAB_CI=true CI_PIPELINE_SOURCE=parent_pipeline CI_MERGE_REQUEST_IID=4 CI_MERGE_REQUEST_PROJECT_ID=7 CI_MERGE_REQUEST_SOURCE_PROJECT_ID=8 CI_COMMIT_REF_PROTECTED=true", "", "comes from a fork", "comes from a fork"},
		{"child pipeline of a merge request", "GITLAB_CI=true CI_PIPELINE_SOURCE=parent_pipeline CI_MERGE_REQUEST_IID=4 CI_MERGE_REQUEST_PROJECT_ID=7 CI_MERGE_REQUEST_SOURCE_PROJECT_ID=7 CI_COMMIT_REF_PROTECTED=true", "", "merge request", ""},
		{"external pull request", "GITLAB_CI=true CI_PIPELINE_SOURCE=external_pull_request_event CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY=a/b CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY=a/b CI_COMMIT_REF_PROTECTED=true", "", "external pull request, which nobody", ""},
		{"external pull request of a fork", "GITLAB_CI=true CI_PIPELINE_SOURCE=external_pull_request_event CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY=x/b CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY=a/b", "", "external pull request comes from a fork", "external pull request comes from a fork"},
		{"push to a branch on GitLab", "GITLAB_CI=true CI_PIPELINE_SOURCE=push CI_COMMIT_REF_NAME=x CI_COMMIT_REF_PROTECTED=false", "", `the ref "x" is not protected`, ""},
		{"push on GitLab, and nobody says whether the branch is protected", "GITLAB_CI=true CI_PIPELINE_SOURCE=push CI_COMMIT_REF_NAME=x", "", `the ref "x" is not protected`, ""},
		{"only the source says that it is GitLab", "CI_PIPELINE_SOURCE=push", "", "is not protected", ""},
		{"push to a protected branch on GitLab", "GITLAB_CI=true CI_PIPELINE_SOURCE=push CI_COMMIT_REF_NAME=main CI_COMMIT_REF_PROTECTED=true", "", "", ""},
		{"schedule on GitLab", "GITLAB_CI=true CI_PIPELINE_SOURCE=schedule CI_COMMIT_REF_PROTECTED=true", "", "", ""},

		{"a fork on GitLab, and a push on what says it is GitHub", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=push GITHUB_REF_PROTECTED=true GITLAB_CI=true CI_PIPELINE_SOURCE=merge_request_event CI_MERGE_REQUEST_PROJECT_ID=7 CI_MERGE_REQUEST_SOURCE_PROJECT_ID=8", push, "from a fork", "from a fork"},
		{"both, and both are protected", "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=push GITHUB_REF_PROTECTED=true GITLAB_CI=true CI_COMMIT_REF_PROTECTED=true", push, "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			env := map[string]string{}
			for pair := range strings.FieldsSeq(tt.env) {
				name, value, _ := strings.Cut(pair, "=")
				env[name] = value
			}
			var event []byte
			if tt.event != "" {
				event = []byte(tt.event)
			}
			for trusted, want := range map[bool]string{false: tt.want, true: tt.trusted} {
				got := Untrusted(func(name string) string { return env[name] }, event, trusted)
				if (got == "") != (want == "") || !strings.Contains(got, want) {
					t.Errorf("trusted %v: the reason is %q, want one with %q", trusted, got, want)
				}
			}
		})
	}
}

func TestRouteLocal(t *testing.T) {
	for address, want := range map[string]bool{
		"http://127.0.0.1:11434/v1":          true,
		"http://127.8.9.10/v1":               true,
		"http://[::1]:8080/v1":               true,
		"http://localhost:11434/v1":          true,
		"https://LocalHost./v1":              true,
		"http://ada:secret@127.0.0.1:1/v1":   false,
		"http://10.0.0.1/v1":                 false,
		"http://0.0.0.0:80/v1":               false,
		"http://[::ffff:8.8.8.8]/v1":         false,
		"http://localhost.example.org/v1":    false,
		"http://127.0.0.1.example.org/v1":    false,
		"https://api.openai.com/v1":          false,
		"https://127.0.0.1@api.openai.com/":  false,
		"https://api.openai.com/?127.0.0.1#": false,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := (Route{Address: u}).Local(); got != want {
			t.Errorf("%s: local is %v, want %v", address, got, want)
		}
	}
}

// FuzzUntrusted: no event makes trustworthy what is refused without one, other than
// a pull request or run of the repository itself.
func FuzzUntrusted(f *testing.F) {
	for _, event := range []string{ownPull, forkPull, deletedFork, noIDs, ownRun, forkRun, push, `[]`, `{"pull_request": 1}`} {
		f.Add("pull_request", event)
		f.Add("workflow_run", event)
	}
	f.Fuzz(func(t *testing.T, name, event string) {
		env := map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_EVENT_NAME": name, "GITHUB_REF_PROTECTED": "false"}
		if got := Untrusted(func(name string) string { return env[name] }, []byte(event), false); got == "" {
			t.Errorf("%q with event %q on a ref without protection is trusted", name, event)
		}
	})
}
