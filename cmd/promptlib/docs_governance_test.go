package main

import (
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

// governanceStep is a part of docs/governance.md that does something: commands, a
// change of a file, or a file.
var governanceStep = regexp.MustCompile("(?ms)^```(console|diff|yaml|markdown)\n(.*?)^```$")

// sampleKey stands in the page for the public key of a person.
var sampleKey = regexp.MustCompile(`ssh-ed25519 AAAA… ([a-z]+)`)

// TestDocsGovernance follows docs/governance.md in a library with old prompts. Who
// types stands before each command; each must end with the status that the page
// says, 0 where it says none, and print the lines that it shows, where … stands for
// anything.
func TestDocsGovernance(t *testing.T) {
	for _, program := range []string{"git", "ssh-keygen"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip("skipped: there is no " + program)
		}
	}
	page, _, found := strings.Cut(readFile(t, "docs", "governance.md"), "\n## Verify an approval by hand\n")
	if !found {
		t.Fatal("the page does not say how to verify an approval by hand")
	}
	g := openGovernance(t)
	ran := 0
	for _, step := range governanceStep.FindAllStringSubmatch(page, -1) {
		switch kind, text := step[1], step[2]; kind {
		case "console":
			ran += g.follow(t, text)
		case "diff":
			if out, status := execute(t, "git apply --unidiff-zero -", text); status != 0 {
				t.Fatalf("the change does not apply: %s%s", out, text)
			}
		case "yaml":
			name, _, _ := strings.Cut(strings.TrimPrefix(text, "# "), "\n")
			g.settings[name] = sampleKey.ReplaceAllStringFunc(text, func(s string) string {
				return g.keys[sampleKey.FindStringSubmatch(s)[1]]
			})
		case "markdown":
			writeTo(t, filepath.Join("prompts", "apology.md"), text)
		}
	}
	if ran < 45 {
		t.Errorf("only %d commands were found", ran)
	}
}

// TestDocsGovernancePolicyIsShort: the policy of five people fits on a screen.
func TestDocsGovernancePolicyIsShort(t *testing.T) {
	lines := 0
	for _, block := range yamlBlock.FindAllStringSubmatch(readFile(t, "docs", "governance.md"), -1) {
		if strings.HasPrefix(block[1], "# .promptlib/") {
			lines += strings.Count(block[1], "\n")
		}
	}
	if lines == 0 || lines > 60 {
		t.Errorf("policy and people have %d lines, want at most 60", lines)
	}
}

// A governance is the library of the page, and who works on it.
type governance struct {
	home     string
	keys     map[string]string // public, by person
	settings map[string]string // files of settings that the page shows, by path
}

func openGovernance(t *testing.T) *governance {
	t.Helper()
	g := &governance{home: t.TempDir(), keys: map[string]string{}, settings: map[string]string{}}
	for _, person := range []string{"ann", "bob", "cleo", "dan", "eve"} {
		key := filepath.Join(g.home, person, ".ssh", "id_ed25519")
		if err := os.MkdirAll(filepath.Dir(key), 0o700); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", person, "-f", key).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		public, err := os.ReadFile(key + ".pub")
		if err != nil {
			t.Fatal(err)
		}
		g.keys[person] = strings.TrimSpace(string(public))
	}
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	t.Setenv("SSH_AUTH_SOCK", "")
	for _, name := range []string{"GITHUB_ACTIONS", "GITLAB_CI"} {
		t.Setenv(name, "")
	}
	archive, err := txtar.ParseFile(filepath.Join(root, "testdata", "docs", "governance.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, f := range archive.Files {
		writeTo(t, f.Name, string(f.Data))
	}
	g.follow(t, "ann$ git init --quiet --initial-branch=main\nann$ git add --all\nann$ git commit --quiet --message=prompts\n")
	return g
}

// prompted is a command of the page with who types it.
var prompted = regexp.MustCompile(`(?m)^([a-z]+)\$ `)

// follow runs the commands of a console block and returns how many there are.
func (g *governance) follow(t *testing.T, block string) (ran int) {
	t.Helper()
	starts := prompted.FindAllStringSubmatchIndex(block, -1)
	for i, at := range starts {
		end := len(block)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		lines := strings.Split(strings.TrimSpace(block[at[1]:end]), "\n")
		g.become(t, block[at[2]:at[3]])
		g.run(t, lines[0], lines[1:])
		ran++
	}
	return ran
}

// become makes somebody the one who types.
func (g *governance) become(t *testing.T, person string) {
	t.Helper()
	t.Setenv("HOME", filepath.Join(g.home, person))
	for _, name := range []string{"GIT_AUTHOR", "GIT_COMMITTER"} {
		t.Setenv(name+"_NAME", person)
		t.Setenv(name+"_EMAIL", person+"@example.org")
	}
}

func (g *governance) run(t *testing.T, command string, shown []string) {
	t.Helper()
	want := 0
	if n := len(shown) - 1; n >= 0 {
		if _, err := fmt.Sscanf(shown[n], "exit status %d", &want); err == nil {
			shown = shown[:n]
		}
	}
	out, status := execute(t, command, "")
	if status != want {
		t.Fatalf("%s ends with status %d, want %d:\n%s", command, status, want, out)
	}
	printed := strings.Split(out, "\n")
	for _, line := range shown {
		like := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*") + "$")
		if !slices.ContainsFunc(printed, like.MatchString) {
			t.Errorf("%s does not print %q:\n%s", command, line, out)
		}
	}
	if strings.HasPrefix(command, "promptlib init ") {
		g.settle(t)
	}
}

// settle writes the settings as the page has them, and takes the prompt off the
// list that has what they ask for.
func (g *governance) settle(t *testing.T) {
	t.Helper()
	for name, text := range g.settings {
		writeTo(t, filepath.FromSlash(name), text)
	}
	list := filepath.Join(".promptlib", "ungoverned.yaml")
	text, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	rest := regexp.MustCompile(`(?m)^.*prompts/payments/refund\.md.*\n`).ReplaceAllLiteralString(string(text), "")
	if rest == string(text) {
		t.Fatal("the list does not have the prompt that is to be taken off")
	}
	writeTo(t, list, rest)
}
