package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// ciVariables are those by which a job knows what it runs on.
var ciVariables = []string{
	"GITHUB_ACTIONS", "GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_REF", "GITHUB_REF_PROTECTED",
	"GITLAB_CI", "CI_PIPELINE_SOURCE", "CI_COMMIT_REF_NAME", "CI_COMMIT_REF_PROTECTED",
	"CI_MERGE_REQUEST_IID", "CI_MERGE_REQUEST_PROJECT_ID", "CI_MERGE_REQUEST_SOURCE_PROJECT_ID",
}

// TestEvalSendsNothingOfStrangers: want are the credentials that the server is to
// see, empty for no request.
func TestEvalSendsNothingOfStrangers(t *testing.T) {
	const (
		target    = "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=pull_request_target GITHUB_REF_PROTECTED=true"
		branch    = "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=push GITHUB_REF=refs/heads/x GITHUB_REF_PROTECTED=false"
		protected = "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=push GITHUB_REF=refs/heads/main GITHUB_REF_PROTECTED=true"
		pull      = "GITHUB_ACTIONS=true GITHUB_EVENT_NAME=pull_request GITHUB_EVENT_PATH=EVENT"
		ownEvent  = `{"pull_request": {"head": {"repo": {"id": 7}}, "base": {"repo": {"id": 7}}}}`
		forkEvent = `{"pull_request": {"head": {"repo": {"id": 8}}, "base": {"repo": {"id": 7}}}}`
		bound     = "version: 1\nproviders:\n  openai: {hosts: [\"HOST\"], key_env: OPENAI_API_KEY, ceiling: restricted, local: true}\n"
		keyless   = "version: 1\nproviders:\n  openai: {hosts: [\"HOST\"], ceiling: restricted, local: true}\n"
		user      = "--model openai/m --base-url http://HOST/v1"
	)
	for _, tt := range []struct {
		name, env, event, policy, key, args string
		status                              int
		want, stderr                        string
	}{
		{"pull_request_target", target, "", "", userKey, user, 3, "", `nothing is sent to provider "openai" at "HOST": the event pull_request_target runs with the secrets of the repository`},
		{"pull_request_target, trusted", target, "", "", userKey, user + " --trusted-ref", 3, "", "[EVL303 eval-untrusted]"},
		{"pull_request_target and a policy", target, "", bound, userKey, user, 3, "", "[EVL303 eval-untrusted]"},
		{"a dry run there", target, "", bound, userKey, user + " --dry-run", 3, "", "[EVL303 eval-untrusted]"},
		{"no key, and a server on this machine", target, "", "", "", user, 0, "none", ""},
		{"a policy that names no key", target, "", keyless, userKey, user, 0, "none", ""},
		{"a host elsewhere needs no key to be refused", target, "", "", "", "--model openai/m --base-url http://192.0.2.7/v1", 3, "", `provider "openai" at "192.0.2.7"`},
		{"OpenAI itself", target, "", "", userKey, "--model openai/m", 3, "", `provider "openai" at "api.openai.com"`},
		{"a password in the address", target, "", "", "", "--model openai/m --base-url http://u:secret@HOST/v1", 3, "", "[EVL303 eval-untrusted]"},
		{"the reference model", target, "", bound, userKey, "--model reference", 0, "", ""},
		{"one of two models", target, "", "", userKey, "--model reference " + user, 3, "", "[EVL303 eval-untrusted]"},

		{"fork", pull, forkEvent, "", userKey, user + " --trusted-ref", 3, "", "the event pull_request is of a pull request from a fork; merge it first"},
		{"pull request without its event", pull, "", "", userKey, user + " --trusted-ref", 3, "", "the file that GITHUB_EVENT_PATH names cannot be read as such an event"},
		{"pull request of a branch", pull, ownEvent, "", userKey, user, 3, "", "run eval on pushes to a protected branch, or give --trusted-ref in a job that waits for the approval of a protected environment"},
		{"pull request of a branch, trusted", pull, ownEvent, "", userKey, user + " --trusted-ref", 0, "Bearer " + userKey, ""},
		{"branch", branch, "", "", userKey, user, 3, "", `the ref "refs/heads/x" is not protected`},
		{"branch, trusted", branch, "", bound, userKey, user + " --trusted-ref", 0, "Bearer " + userKey, ""},
		{"protected branch", protected, "", bound, userKey, user, 0, "Bearer " + userKey, ""},
		{"merge request", "GITLAB_CI=true CI_PIPELINE_SOURCE=merge_request_event", "", "", userKey, user, 3, "", "the pipeline is that of a merge request"},
		{"protected branch on GitLab", "GITLAB_CI=true CI_PIPELINE_SOURCE=push CI_COMMIT_REF_PROTECTED=true", "", "", userKey, user, 0, "Bearer " + userKey, ""},
		{"no CI", "", "", "", userKey, user, 0, "Bearer " + userKey, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			host := newKeptServer(t)
			fill := strings.NewReplacer("HOST", host.host()).Replace
			inLibrary(t, fill(tt.policy), "", aPrompt(""))
			event := filepath.Join(t.TempDir(), "event.json")
			if tt.event != "" {
				if err := os.WriteFile(event, []byte(tt.event), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			for pair := range strings.FieldsSeq(tt.env) {
				name, value, _ := strings.Cut(pair, "=")
				t.Setenv(name, strings.Replace(value, "EVENT", event, 1))
			}
			t.Setenv(keyEnv, tt.key)
			var stdout, stderr strings.Builder
			status := run(append([]string{"eval", "--tries", "1"}, append(strings.Fields(fill(tt.args)), "a.md")...), strings.NewReader(""), &stdout, &stderr)
			if status != tt.status {
				t.Errorf("got status %d, want %d\n%s%s", status, tt.status, stdout.String(), stderr.String())
			}
			if !strings.Contains(stderr.String(), fill(tt.stderr)) || strings.Contains(stderr.String(), "secret@") {
				t.Errorf("got  %swant %s", stderr.String(), fill(tt.stderr))
			}
			if got := strings.Join(host.keys, ", "); got != tt.want {
				t.Errorf("the server got %q, want %q\n%s", got, tt.want, stderr.String())
			}
			if _, err := os.Stat(".promptlib/local"); tt.status == exitFault && err == nil {
				t.Error("a run was begun")
			}
		})
	}
}

// TestReadEvent: what is no file of a bearable size is no event.
func TestReadEvent(t *testing.T) {
	dir := t.TempDir()
	good, large := filepath.Join(dir, "good"), filepath.Join(dir, "large")
	if err := os.WriteFile(good, []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(large)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(maxEvent + 1); err != nil {
		t.Fatal(err)
	}
	if got := readEvent(good); string(got) != "{}" {
		t.Errorf("got %q, want {}", got)
	}
	for _, path := range []string{"", dir, large, filepath.Join(dir, "none"), os.DevNull} {
		if got := readEvent(path); got != nil {
			t.Errorf("%s: got %d bytes, want none", path, len(got))
		}
	}
}
