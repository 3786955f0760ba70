package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/library"
)

// ciScript runs a script of CI in a folder, with promptlib as the program that
// prints its arguments, or with promptlib itself.
func ciScript(t *testing.T, shell, script, dir string, real bool, env ...string) (out string, status int) {
	t.Helper()
	path, err := exec.LookPath(shell)
	if err != nil {
		t.Skip("skipped: there is no " + shell)
	}
	temp := t.TempDir()
	program := filepath.Join(temp, "promptlib")
	if real {
		itself, err := exec.LookPath("promptlib")
		if err == nil {
			err = os.Symlink(itself, program)
		}
		if err != nil {
			t.Fatal(err)
		}
	} else if err := os.WriteFile(program, []byte("#!/bin/sh\nprintf '%s\\n' \"$@\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, "-c", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "RUNNER_TEMP="+temp, "GITHUB_STEP_SUMMARY="+filepath.Join(temp, "summary.md"), "GITHUB_ACTIONS=", "GITLAB_CI=",
		"PATH="+temp+string(filepath.ListSeparator)+os.Getenv("PATH"), "INPUT_WORKING_DIRECTORY=.")
	cmd.Env = append(cmd.Env, env...)
	text, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

func TestCIActionKnowsItsCommands(t *testing.T) {
	script := actionStep(t, readYAML(t, "action.yml"), "build promptlib").Get("run").Scalar().Value
	out, status := ciScript(t, "bash", script, t.TempDir(), false, "INPUT_COMMAND=chekc", "ACTION_PATH=/nowhere")
	if status != 2 || !strings.Contains(out, "::error::command is lint or check") {
		t.Errorf("a command that there is not ends with %d: %s", status, out)
	}
	out, status = ciScript(t, "bash", script, t.TempDir(), false, "INPUT_COMMAND=check", "ACTION_PATH=/nowhere")
	if status == 0 || strings.Contains(out, "command is") {
		t.Errorf("the command check ends with %d: %s", status, out)
	}
}

// TestCIActionComparesWhatTheEventSays runs the step of check with each event.
func TestCIActionComparesWhatTheEventSays(t *testing.T) {
	script := actionStep(t, readYAML(t, "action.yml"), "promptlib check").Get("run").Scalar().Value
	for _, tt := range []struct {
		name string
		env  []string
		want []string // nil for a refusal with status 3
	}{
		{"pull_request", []string{"PULL_BASE=main", "PULL_HEAD=abc"}, []string{"--base=refs/remotes/origin/main", "--head=abc"}},
		{"pull_request_review", []string{"PULL_BASE=a b;touch pwned", "PULL_HEAD=abc"}, []string{"--base=refs/remotes/origin/a b;touch pwned", "--head=abc"}},
		{"merge_group", []string{"QUEUE_BASE=abc", "QUEUE_HEAD=def"}, []string{"--base=abc", "--head=def"}},
		{"push", []string{"PUSH_BEFORE=abc", "GITHUB_SHA=def"}, []string{"--base=abc", "--head=def"}},
		{"push", []string{"PUSH_BEFORE=abc", "GITHUB_SHA=def", "INPUT_PULL_REQUEST=https://forge.example/1", "INPUT_SARIF=c.sarif", "INPUT_ARGS=--now=2026-01-01\n$(touch pwned)\n"},
			[]string{"--base=abc", "--head=def", "--pull-request=https://forge.example/1", "--format=sarif=c.sarif", "--now=2026-01-01", "$(touch pwned)"}},
		{"schedule", []string{"DEFAULT_BRANCH=main"}, []string{"--base=refs/remotes/origin/main", "--head=refs/remotes/origin/main"}},
		{"workflow_dispatch", []string{"DEFAULT_BRANCH=main", "INPUT_HEAD=abc"}, []string{"--base=refs/remotes/origin/main", "--head=abc"}},
		{"pull_request", []string{"PULL_BASE=main", "PULL_HEAD=abc", "INPUT_BASE=v1", "INPUT_HEAD=v2"}, []string{"--base=v1", "--head=v2"}},
		{"release", []string{"INPUT_BASE=v1", "INPUT_HEAD=v2"}, []string{"--base=v1", "--head=v2"}},
		{"release", []string{"INPUT_BASE=v1"}, nil},
		{"pull_request_target", []string{"PULL_BASE=main", "PULL_HEAD=abc"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			env := []string{"GITHUB_EVENT_NAME=" + tt.name}
			for _, name := range []string{"INPUT_ARGS", "INPUT_SARIF", "INPUT_BASE", "INPUT_HEAD", "INPUT_PULL_REQUEST", "PULL_BASE", "PULL_HEAD", "QUEUE_BASE", "QUEUE_HEAD", "PUSH_BEFORE", "DEFAULT_BRANCH", "GITHUB_SHA"} {
				env = append(env, name+"=")
			}
			out, status := ciScript(t, "bash", script, dir, false, append(env, tt.env...)...)
			if _, err := os.Stat(filepath.Join(dir, "pwned")); err == nil {
				t.Error("an input was run as a command")
			}
			if tt.want == nil {
				if status != exitFault || !strings.Contains(out, "::error::the event "+tt.name) {
					t.Errorf("ends with %d: %s", status, out)
				}
				return
			}
			want := append([]string{"check", "--format", "github"}, tt.want...)
			if diff := cmp.Diff(want, strings.Split(strings.TrimSpace(out), "\n")); diff != "" || status != 0 {
				t.Errorf("status %d (-want +got)\n%s", status, diff)
			}
		})
	}
}

// ciRepository is a clone of a repository with a library, whose branch work changes
// an approved prompt.
func ciRepository(t *testing.T) (dir, before, after string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("skipped: there is no git")
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	for _, name := range []string{"GIT_AUTHOR", "GIT_COMMITTER"} {
		t.Setenv(name+"_NAME", "Ann")
		t.Setenv(name+"_EMAIL", "ann@example.org")
	}
	origin := filepath.Join(home, "origin")
	write := func(version, text string) {
		writeTo(t, filepath.Join(origin, "prompts", "a.md"), "---\ntitle: A\nversion: \""+version+"\"\nreview_status: approved\nrisk_level: low\ndata_classification: public\n---\n# A\n\n"+text+"\n")
	}
	git := func(dir, args string) string {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir}, strings.Fields(args)...)...)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %s: %v: %s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	write("1.0", "Say it.")
	writeTo(t, filepath.Join(origin, ".promptlib", "config.yaml"), "version: 1\nrules: {EX003: off, STR010: off}\n")
	writeTo(t, filepath.Join(origin, ".promptlib", "policy.yaml"), "version: 1\nrules:\n  - {name: approved, when: {review_status: approved}, approve: [{role: \"*\"}]}\n")
	writeTo(t, filepath.Join(origin, ".promptlib", "people.yaml"), "people: {ann: {emails: [ann@example.org]}, bob: {}}\nroles: {}\n")
	git(origin, "init --quiet --initial-branch=main")
	git(origin, "add --all")
	git(origin, "commit --quiet --message=one")
	git(origin, "checkout --quiet -b work")
	write("1.1", "Say it well.")
	git(origin, "commit --quiet --all --message=two")
	dir = filepath.Join(home, "clone")
	git(home, "clone --quiet "+filepath.ToSlash(origin)+" "+filepath.ToSlash(dir))
	return dir, git(dir, "rev-parse refs/remotes/origin/main"), git(dir, "rev-parse refs/remotes/origin/work")
}

// TestCIActionDecides runs the step of check in a repository: the change is
// refused, and what has landed before is not.
func TestCIActionDecides(t *testing.T) {
	script := actionStep(t, readYAML(t, "action.yml"), "promptlib check").Get("run").Scalar().Value
	dir, before, after := ciRepository(t)
	env := []string{"INPUT_ARGS=", "INPUT_SARIF=check.sarif", "INPUT_BASE=", "INPUT_HEAD=", "INPUT_PULL_REQUEST=", "GITHUB_EVENT_NAME=pull_request", "PULL_BASE=main"}
	out, status := ciScript(t, "bash", script, dir, true, append(env, "PULL_HEAD="+after)...)
	if status != exitFindings || !strings.Contains(out, "::error file=prompts/a.md,line=1,col=1,endLine=1,endColumn=1,title=APR101 approval-missing::1 of 1 approvals missing") {
		t.Errorf("the change ends with %d: %s", status, out)
	}
	if _, err := os.Stat(filepath.Join(dir, "check.sarif")); err != nil {
		t.Error(err)
	}
	out, status = ciScript(t, "bash", script, dir, true, append(env, "PULL_HEAD="+before)...)
	if status != exitClean || !strings.Contains(out, "promptlib: passed: ") {
		t.Errorf("no change ends with %d: %s", status, out)
	}
}

// inputsOf are the inputs that a step gives to an action.
func inputsOf(step *library.Node) map[string]string {
	list := map[string]string{}
	for _, pair := range step.Get("with").Members() {
		list[pair.Key.Value] = pair.Value.Scalar().Value
	}
	return list
}

// texts lists every scalar below a node.
func texts(n *library.Node) []string {
	var list []string
	for _, pair := range n.Members() {
		list = append(list, texts(pair.Value)...)
	}
	for _, e := range n.Elements() {
		list = append(list, texts(e)...)
	}
	if n.Members() == nil && n.Elements() == nil {
		list = append(list, n.Scalar().Value)
	}
	return list
}

func keysOf(n *library.Node) map[string]string {
	list := map[string]string{}
	for _, pair := range n.Members() {
		list[pair.Key.Value] = pair.Value.Scalar().Value
	}
	return list
}

// TestCIGitHubWorkflow reads the example: what sees a change sees no secret and
// writes nothing, and what sees secrets runs only after it has landed.
func TestCIGitHubWorkflow(t *testing.T) {
	workflow := readYAML(t, "docs", "ci", "github.yml")
	events := []string{}
	for _, pair := range workflow.Get("on").Members() {
		events = append(events, pair.Key.Value)
	}
	if diff := cmp.Diff([]string{"pull_request", "pull_request_review", "merge_group", "push", "schedule"}, events); diff != "" {
		t.Errorf("events (-want +got)\n%s", diff)
	}
	for event, types := range map[string][]string{"pull_request": {"synchronize", "edited"}, "pull_request_review": {"submitted", "edited", "dismissed"}} {
		got := texts(workflow.Get("on").Get(event).Get("types"))
		for _, want := range types {
			if !slices.Contains(got, want) {
				t.Errorf("%s does not run when one is %s", event, want)
			}
		}
	}
	if got := workflow.Get("permissions"); got == nil || len(got.Members()) > 0 {
		t.Error("jobs have permissions that they do not state")
	}
	jobs := workflow.Get("jobs")
	for job, want := range map[string]map[string]string{
		"check": {"contents": "read", "pull-requests": "read"},
		"eval":  {"contents": "read"},
	} {
		if diff := cmp.Diff(want, keysOf(jobs.Get(job).Get("permissions"))); diff != "" {
			t.Errorf("permissions of %s (-want +got)\n%s", job, diff)
		}
		for _, step := range jobs.Get(job).Get("steps").Elements() {
			script, uses := step.Get("run").Scalar().Value, step.Get("uses").Scalar().Value
			if strings.Contains(script, "${{") || script != "" && !strings.HasPrefix(script, "set -euo pipefail\n") {
				t.Errorf("%s runs an expression, or goes on after an error: %s", job, script)
			}
			if strings.HasPrefix(uses, "actions/checkout@") && inputsOf(step)["persist-credentials"] != "false" {
				t.Errorf("%s leaves its token in the work tree", job)
			}
		}
	}
	for _, text := range texts(jobs.Get("check")) {
		if strings.Contains(text, "secrets") {
			t.Errorf("check sees a secret: %s", text)
		}
	}
	eval := jobs.Get("eval")
	for key, want := range map[string]string{"if": "github.event_name == 'push'", "environment": "models", "needs": "check"} {
		if got := eval.Get(key).Scalar().Value; got != want {
			t.Errorf("eval has %s: %q, want %q", key, got, want)
		}
	}
	action := readYAML(t, "action.yml").Get("inputs")
	used := false
	for _, step := range jobs.Get("check").Get("steps").Elements() {
		uses := step.Get("uses").Scalar().Value
		switch {
		case strings.HasPrefix(uses, "actions/checkout@"):
			if inputsOf(step)["fetch-depth"] != "0" {
				t.Error("check has not the whole history")
			}
			if ref := inputsOf(step)["ref"]; ref != "" {
				t.Errorf("check takes %s", ref)
			}
		case strings.HasPrefix(uses, "OWNER/promptlib@"):
			used = inputsOf(step)["command"] == "check"
			for input := range inputsOf(step) {
				if action.Get(input) == nil {
					t.Errorf("action.yml has no input %s", input)
				}
			}
		case step.Get("run") == nil:
			t.Errorf("check uses %s", uses)
		case step.Get("if").Scalar().Value != "github.event_name == 'push'":
			t.Errorf("a script runs on a change: %s", step.Get("run").Scalar().Value)
		}
	}
	if !used {
		t.Error("nothing runs check")
	}
	for _, step := range eval.Get("steps").Elements() {
		for line := range strings.Lines(step.Get("run").Scalar().Value) {
			if strings.Contains(line, "/promptlib\" eval") {
				checkCommand(t, "docs/ci/github.yml", "eval", line)
			}
		}
	}
}

func TestCIGitLab(t *testing.T) {
	page := readYAML(t, "docs", "ci", "gitlab.yml")
	for command, job := range map[string]*library.Node{"lint": page.Get("promptlib-lint"), "check": page.Get("promptlib-check"), "eval": page.Get("promptlib-eval")} {
		ran := false
		written := map[string]bool{}
		for _, script := range job.Get("script").Scalars() {
			for line := range strings.Lines(script.Value) {
				if !strings.HasPrefix(line, "promptlib "+command+" ") {
					continue
				}
				ran = true
				checkCommand(t, "docs/ci/gitlab.yml", command, line)
				for _, m := range regexp.MustCompile(`--format [a-z]+=(\S+)`).FindAllStringSubmatch(line, -1) {
					written[m[1]] = true
				}
			}
		}
		if !ran {
			t.Errorf("the job does not run promptlib %s", command)
		}
		files := append(texts(job.Get("artifacts").Get("paths")), texts(job.Get("artifacts").Get("reports"))...)
		for _, file := range files {
			if file != "" && !written[file] {
				t.Errorf("%s keeps %q, which it does not write", command, file)
			}
		}
		if got := job.Get("extends").Scalar().Value; got != ".promptlib" {
			t.Errorf("%s extends %q", command, got)
		}
	}
	if got := page.Get(".promptlib").Get("variables").Get("GIT_DEPTH").Scalar().Value; got != "0" {
		t.Errorf("the clone has depth %s", got)
	}
	rules := page.Get("promptlib-eval").Get("rules").Elements()
	if len(rules) != 1 || !strings.Contains(rules[0].Get("if").Scalar().Value, `$CI_COMMIT_REF_PROTECTED == "true"`) || !strings.Contains(rules[0].Get("if").Scalar().Value, `$CI_PIPELINE_SOURCE == "push"`) {
		t.Error("eval runs elsewhere than after a push to a protected branch")
	}
}

// TestCIGitLabDecides runs the script of check in a repository, for each source of
// a pipeline.
func TestCIGitLabDecides(t *testing.T) {
	var script string
	for _, s := range readYAML(t, "docs", "ci", "gitlab.yml").Get("promptlib-check").Get("script").Scalars() {
		script += s.Value + "\n"
	}
	dir, before, after := ciRepository(t)
	for _, tt := range []struct {
		name   string
		env    []string
		want   string
		status int
	}{
		{"merge request", []string{"CI_PIPELINE_SOURCE=merge_request_event", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main", "CI_COMMIT_SHA=" + after}, "refused: ", exitFindings},
		{"push", []string{"CI_PIPELINE_SOURCE=push", "CI_COMMIT_BEFORE_SHA=" + before, "CI_COMMIT_SHA=" + after}, "refused: ", exitFindings},
		{"push of nothing", []string{"CI_PIPELINE_SOURCE=push", "CI_COMMIT_BEFORE_SHA=" + after, "CI_COMMIT_SHA=" + after}, "passed: ", exitClean},
		{"first push", []string{"CI_PIPELINE_SOURCE=push", "CI_COMMIT_BEFORE_SHA=" + strings.Repeat("0", 40), "CI_COMMIT_SHA=" + after}, "nothing can be decided", exitFault},
		{"schedule", []string{"CI_PIPELINE_SOURCE=schedule", "CI_COMMIT_SHA=" + after}, "passed: ", exitClean},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, status := ciScript(t, "sh", script, dir, true, append([]string{"GITLAB_TOKEN="}, tt.env...)...)
			if status != tt.status || !strings.Contains(out, tt.want) {
				t.Errorf("ends with %d: %s", status, out)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(dir, "promptlib-check.md")); err != nil {
		t.Error(err)
	}
}

// TestCIGitLabFindsTheMergeRequest: the reviews after a push are those of the merge
// request that the merge names.
func TestCIGitLabFindsTheMergeRequest(t *testing.T) {
	var script string
	for _, s := range readYAML(t, "docs", "ci", "gitlab.yml").Get("promptlib-check").Get("script").Scalars() {
		script += s.Value + "\n"
	}
	dir, before, _ := ciRepository(t)
	for message, want := range map[string]string{
		"Merge branch 'a'\n\nSee merge request acme/prompts!12": "--pull-request=https://forge.example/acme/prompts/-/merge_requests/12",
		"Say it": "",
		"See merge request acme/prompts!12; touch pwned": "",
	} {
		if out, status := execute(t, "git -C "+filepath.ToSlash(dir)+" commit --quiet --allow-empty --file=-", message); status != 0 {
			t.Fatal(out)
		}
		out, status := ciScript(t, "sh", script, dir, false, "GITLAB_TOKEN=x", "CI_PIPELINE_SOURCE=push", "CI_PROJECT_URL=https://forge.example/acme/prompts", "CI_COMMIT_BEFORE_SHA="+before, "CI_COMMIT_SHA=HEAD")
		lines := strings.Split(strings.TrimSpace(out), "\n")
		got := ""
		if last := lines[len(lines)-1]; strings.HasPrefix(last, "--pull-request") {
			got = last
		}
		if status != 0 || got != want {
			t.Errorf("%q: got %q and status %d, want %q", message, got, status, want)
		}
	}
}
