package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// pageStep is a part of docs/adopting.md that does something: commands, a change
// of a prompt, or a file of settings.
var pageStep = regexp.MustCompile("(?ms)^```(console|diff|yaml)\n(.*?)^```$")

// TestDocsAdopting follows docs/adopting.md in a library with old mistakes. Each
// command must end with the status that the page says, 0 where it says none,
// and print the lines that it shows. A diff is applied to the library, and
// YAML that begins with the name of the configuration becomes that file.
func TestDocsAdopting(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("skipped: there is no git")
	}
	page := readFile(t, "docs", "adopting.md")
	archive, err := txtar.ParseFile(filepath.Join(root, "testdata", "docs", "adopting.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, f := range archive.Files {
		writeTo(t, f.Name, string(f.Data))
	}
	t.Setenv("HOME", t.TempDir())
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	for _, name := range []string{"GIT_AUTHOR", "GIT_COMMITTER"} {
		t.Setenv(name+"_NAME", "Ada")
		t.Setenv(name+"_EMAIL", "ada@example.org")
	}
	for _, line := range []string{"init --quiet --initial-branch=main", "add --all", "commit --quiet --message=all"} {
		if out, status := execute(t, "git "+line, ""); status != 0 {
			t.Fatalf("git %s ends with %d: %s", line, status, out)
		}
	}
	ran := 0
	for _, step := range pageStep.FindAllStringSubmatch(page, -1) {
		switch kind, text := step[1], step[2]; {
		case kind == "console":
			ran += follow(t, text)
		case kind == "diff":
			if out, status := execute(t, "git apply --unidiff-zero -", text); status != 0 {
				t.Fatalf("the change does not apply: %s%s", out, text)
			}
		case strings.HasPrefix(text, "# .promptlib/config.yaml\n"):
			writeTo(t, filepath.Join(".promptlib", "config.yaml"), text)
		}
	}
	if ran < 20 {
		t.Errorf("only %d commands were found", ran)
	}
}

// follow runs the commands of a console block and returns how many there are.
func follow(t *testing.T, block string) (ran int) {
	for part := range strings.SplitSeq("\n"+block, "\n$ ") {
		lines := strings.Split(strings.TrimSpace(part), "\n")
		if lines[0] == "" {
			continue
		}
		want := 0
		if n := len(lines) - 1; n > 0 {
			if _, err := fmt.Sscanf(lines[n], "exit status %d", &want); err == nil {
				lines = lines[:n]
			}
		}
		out, status := execute(t, lines[0], "")
		if status != want {
			t.Fatalf("%s ends with status %d, want %d:\n%s", lines[0], status, want, out)
		}
		printed := strings.Split(out, "\n")
		for _, line := range lines[1:] {
			if !slices.Contains(printed, line) {
				t.Errorf("%s does not print %q:\n%s", lines[0], line, out)
			}
		}
		ran++
	}
	return ran
}

// quoted is an argument in quotes, or a word.
var quoted = regexp.MustCompile(`"[^"]*"|\S+`)

// execute runs a line of the page, promptlib or git, and returns what it prints.
// Where the output goes to a file, that is made first, as a shell does.
func execute(t *testing.T, line, stdin string) (printed string, status int) {
	t.Helper()
	args := quoted.FindAllString(line, -1)
	for i := range args {
		args[i] = strings.Trim(args[i], `"`)
	}
	if i := slices.Index(args, ">"); i > 0 && i+1 < len(args) && args[0] == "promptlib" {
		var out, errs strings.Builder
		writeTo(t, args[i+1], "")
		status = run(args[1:i], nil, &out, &errs)
		writeTo(t, args[i+1], out.String())
		return errs.String(), status
	}
	if args[0] == "promptlib" {
		var out strings.Builder
		status = run(args[1:], nil, &out, &out)
		return out.String(), status
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

func writeTo(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
