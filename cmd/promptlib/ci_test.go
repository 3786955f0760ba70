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
	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
)

// readYAML reads a file of the repository.
func readYAML(t *testing.T, path ...string) *library.Node {
	t.Helper()
	name := filepath.Join(path...)
	node, problems := library.ReadYAML(name, []byte(readFile(t, path...)))
	for _, p := range problems {
		t.Errorf("%s: %s", p.At.Pos, p.Message)
	}
	return node
}

var (
	longFlag   = regexp.MustCompile(`(^|[\s("])--([a-z][a-z-]*)`)
	formatFlag = regexp.MustCompile(`--format[ =]([a-z]+)`)
)

// checkCommand holds a line that runs a command of promptlib against the flags and
// the formats that it has.
func checkCommand(t *testing.T, name, command, line string) {
	t.Helper()
	cmd, _, err := newRoot(&app{}).Find([]string{command})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range longFlag.FindAllStringSubmatch(line, -1) {
		if cmd.Flag(m[2]) == nil {
			t.Errorf("%s uses --%s, which promptlib %s does not have", name, m[2], command)
		}
	}
	formats := map[string][]string{
		"lint":  nameList(report.LintFormats, func(f report.LintFormat) string { return f.Name }),
		"check": nameList(report.CheckFormats, checkFormatName),
		"eval":  nameList(report.EvalFormats, evalFormatName),
	}[command]
	for _, m := range formatFlag.FindAllStringSubmatch(line, -1) {
		if !slices.Contains(formats, m[1]) {
			t.Errorf("%s uses the format %s, which promptlib %s does not have", name, m[1], command)
		}
	}
}

func TestCIPreCommit(t *testing.T) {
	hooks := readYAML(t, ".pre-commit-hooks.yaml").Elements()
	if len(hooks) == 0 {
		t.Fatal("there is no hook")
	}
	for _, hook := range hooks {
		for _, key := range []string{"id", "name", "description", "entry", "files"} {
			if hook.Get(key).Scalar().Value == "" {
				t.Errorf("a hook lacks %s", key)
			}
		}
		if got := hook.Get("language").Scalar().Value; got != "golang" {
			t.Errorf("language %q, want golang", got)
		}
		entry := strings.Fields(hook.Get("entry").Scalar().Value)
		if len(entry) < 2 || entry[0] != "promptlib" || entry[1] != "lint" {
			t.Errorf("entry %q does not run promptlib lint", entry)
		}
		checkCommand(t, ".pre-commit-hooks.yaml", "lint", strings.Join(entry, " "))
		files := regexp.MustCompile(hook.Get("files").Scalar().Value)
		exclude := regexp.MustCompile(hook.Get("exclude").Scalar().Value)
		for path, want := range map[string]bool{
			"prompts/a.md": true, "a.prompt": true, "x/y.prompty": true, "readme-writer.md": true,
			"a.mdx": false, "go.mod": false, "README.md": false, "prompts/index.md": false, "CHANGELOG.de.md": false,
		} {
			if got := files.MatchString(path) && !exclude.MatchString(path); got != want {
				t.Errorf("the hook is given %s: %t, want %t", path, got, want)
			}
		}
	}
}

// actionStep returns a step of the action with a script, by its name.
func actionStep(t *testing.T, action *library.Node, name string) *library.Node {
	t.Helper()
	for _, step := range action.Get("runs").Get("steps").Elements() {
		if step.Get("name").Scalar().Value == name {
			return step
		}
	}
	t.Fatalf("action.yml has no step %q", name)
	return nil
}

func TestCIActionIsSafe(t *testing.T) {
	action := readYAML(t, "action.yml")
	if got := action.Get("runs").Get("using").Scalar().Value; got != "composite" {
		t.Errorf("using %q, want composite", got)
	}
	used := map[string]bool{}
	for _, step := range action.Get("runs").Get("steps").Elements() {
		script := step.Get("run").Scalar().Value
		if strings.Contains(script, "${{") {
			t.Errorf("an expression is put into a script: %s", script)
		}
		if script != "" && !strings.HasPrefix(script, "set -euo pipefail\n") {
			t.Errorf("a script goes on after an error: %s", script)
		}
		for _, pair := range step.Get("env").Members() {
			if m := regexp.MustCompile(`^\$\{\{ inputs\.([a-z-]+) \}\}$`).FindStringSubmatch(pair.Value.Scalar().Value); m != nil {
				used[m[1]] = true
			} else if strings.Contains(pair.Value.Scalar().Value, "secrets.") {
				t.Errorf("%s is a secret", pair.Key.Value)
			}
		}
	}
	for _, input := range action.Get("inputs").Members() {
		if !used[input.Key.Value] {
			t.Errorf("input %s reaches no script", input.Key.Value)
		}
		if input.Value.Get("description").Scalar().Value == "" || input.Value.Get("default") == nil {
			t.Errorf("input %s lacks a description or a default", input.Key.Value)
		}
	}
	for _, command := range []string{"lint", "check"} {
		step := actionStep(t, action, "promptlib "+command)
		checkCommand(t, "action.yml", command, step.Get("run").Scalar().Value)
		if got, want := step.Get("if").Scalar().Value, "inputs.command == '"+command+"'"; got != want {
			t.Errorf("promptlib %s runs if %s, want if %s", command, got, want)
		}
	}
}

// TestCIActionRuns runs the script of the action with a program in place of
// promptlib that prints its arguments.
func TestCIActionRuns(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("skipped: there is no bash")
	}
	script := actionStep(t, readYAML(t, "action.yml"), "promptlib lint").Get("run").Scalar().Value
	for _, test := range []struct {
		name                       string
		paths, args, failOn, sarif string
		want                       []string
	}{
		{"defaults", ".", "", "error", "", []string{"lint", "--format", "github", "--fail-on=error", "--", "."}},
		{"all", "prompts\na folder/b.md\n", "--now=2025-01-01\n--statistics", "info", "lint.sarif", []string{
			"lint", "--format", "github", "--fail-on=info", "--format=sarif=lint.sarif", "--now=2025-01-01", "--statistics", "--", "prompts", "a folder/b.md"}},
		{"hostile", "$(touch pwned)\n--fix", "`touch pwned`", "error; touch pwned", "'\"; touch pwned", []string{
			"lint", "--format", "github", "--fail-on=error; touch pwned", "--format=sarif='\"; touch pwned", "`touch pwned`", "--", "$(touch pwned)", "--fix"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "promptlib"), []byte("#!/bin/sh\nprintf '%s\\n' \"$@\"\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(bash, "-c", script)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "RUNNER_TEMP="+dir, "INPUT_WORKING_DIRECTORY="+dir,
				"INPUT_PATHS="+test.paths, "INPUT_ARGS="+test.args, "INPUT_FAIL_ON="+test.failOn, "INPUT_SARIF="+test.sarif)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			if diff := cmp.Diff(test.want, strings.Split(strings.TrimSpace(string(out)), "\n")); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if _, err := os.Stat(filepath.Join(dir, "pwned")); err == nil {
				t.Error("an input was run as a command")
			}
		})
	}
}

// TestCompletion asks for completions as the scripts of shells do.
func TestCompletion(t *testing.T) {
	for _, test := range []struct {
		args      []string
		want      []string // among the candidates
		directive string
	}{
		{[]string{"lint", "--format", ""}, []string{"text", "json"}, ":4"},
		{[]string{"list", "--format", "j"}, []string{"json"}, ":4"},
		{[]string{"explain", "fence-s"}, []string{"fence-stray"}, ":4"},
		{[]string{"explain", "GOV00"}, []string{"GOV002", "GOV003"}, ":4"},
		{[]string{"schema", "print", ""}, []string{"policy", "front-matter-a"}, ":4"},
		{[]string{"new", "x.md", "--dialect", ""}, []string{"A", "B"}, ":4"},
		{[]string{"list", "--where", ""}, []string{"risk_level=", "examples="}, ":6"},
		{[]string{"lint", ""}, nil, ":0"},
		{[]string{"show", ""}, []string{"md", "prompt", "prompty"}, ":8"},
		{[]string{"check", "--format", ""}, []string{"markdown", "github"}, ":4"},
		{[]string{"approve", "--role", ""}, []string{"Data-Owner", "Risk-Officer"}, ":4"},
		{[]string{"approve", "--as", ""}, []string{"alva", "boris"}, ":4"},
		{[]string{"waive", "--as", ""}, []string{"alva"}, ":4"},
		{[]string{"help", ""}, []string{"lint", "explain"}, ":4"},
		{[]string{"completion", ""}, []string{"bash", "zsh", "fish", "powershell"}, ":4"},
	} {
		t.Run(strings.Join(test.args, " "), func(t *testing.T) {
			var out, errs strings.Builder
			if status := run(append([]string{cobra.ShellCompNoDescRequestCmd}, test.args...), nil, &out, &errs); status != exitClean {
				t.Fatalf("status %d: %s", status, errs.String())
			}
			got := strings.Fields(out.String())
			for _, want := range append(test.want, test.directive) {
				if !slices.Contains(got, want) {
					t.Errorf("%q is not among %q", want, got)
				}
			}
		})
	}
}
