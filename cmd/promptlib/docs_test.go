package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"promptlib/cmd/promptlib/internal/config"
	"promptlib/library"
	"promptlib/library/lint"
	"promptlib/library/policy"
	"promptlib/schema"
)

var root = filepath.Join("..", "..")

func readFile(t *testing.T, path ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(append([]string{root}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestDocsRules keeps docs/rules.md as the rules say.
func TestDocsRules(t *testing.T) {
	want := rulesPage(codes())
	path := filepath.Join(root, "docs", "rules.md")
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := readFile(t, "docs", "rules.md"); got != want {
		t.Errorf("docs/rules.md is stale; run: go test ./cmd/promptlib -run Docs -update")
	}
}

func rulesPage(codes []library.Code) string {
	var b strings.Builder
	b.WriteString("# Rules\n\nWritten from the rules themselves; `promptlib rules` prints the same list. The severity is the worst that a rule reports.\n\n")
	b.WriteString("| code | name | severity | |\n| --- | --- | --- | --- |\n")
	for _, c := range codes {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s | %s |\n", c.ID, strings.ToLower(c.ID), c.Name, c.Severity, c.Doc.Summary)
	}
	for _, c := range codes {
		fmt.Fprintf(&b, "\n## %s\n\n`%s`, %s: %s.\n\n**Why.** %s\n\n**Fix.** %s\n", c.ID, c.Name, c.Severity, c.Doc.Summary, c.Doc.Why, c.Doc.Fix)
	}
	return b.String()
}

var consoleBlock = regexp.MustCompile("(?s)```console\n(.*?)```")

// TestDocsCommands runs every command that the documentation shows in a console
// block, in a copy of the shipped library. Each must end with status 0.
func TestDocsCommands(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"prompts", ".promptlib"} {
		if err := os.CopyFS(filepath.Join(dir, name), os.DirFS(filepath.Join(root, name))); err != nil {
			t.Fatal(err)
		}
	}
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, page := range append(pages, filepath.Join(root, "README.md")) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(page)] = string(text)
	}
	t.Chdir(dir)
	ran := 0
	for page, text := range texts {
		for _, block := range consoleBlock.FindAllStringSubmatch(text, -1) {
			for line := range strings.Lines(block[1]) {
				command, ok := strings.CutPrefix(strings.TrimSpace(line), "$ promptlib ")
				if !ok {
					continue
				}
				ran++
				t.Run(page+"/"+command, func(t *testing.T) {
					var out, errs strings.Builder
					if status := run(strings.Fields(command), nil, &out, &errs); status != exitClean {
						t.Errorf("promptlib %s ends with status %d: %s%s", command, status, out.String(), errs.String())
					}
				})
			}
		}
	}
	if ran < 8 {
		t.Errorf("only %d commands were found in the documentation", ran)
	}
}

var yamlBlock = regexp.MustCompile("(?s)```yaml\n(.*?)```")

// TestDocsSettings reads the settings that docs/lint.md shows as examples. That of
// the configuration has every key there is.
func TestDocsSettings(t *testing.T) {
	var examples []string
	for _, block := range yamlBlock.FindAllStringSubmatch(readFile(t, "docs", "lint.md"), -1) {
		examples = append(examples, block[1])
	}
	if len(examples) != 3 {
		t.Fatalf("%d examples, want one each of policy, configuration and front matter", len(examples))
	}
	if _, err := policy.Read("policy.yaml", []byte(examples[0])); err != nil {
		t.Error(err)
	}
	t.Chdir(t.TempDir())
	if err := os.Mkdir(library.SettingsDir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(library.SettingsDir, "front-matter.schema.json"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(library.SettingsDir, config.FileName)
	if _, err := config.Read(path, []byte(examples[1])); err != nil {
		t.Error(err)
	}
	text, err := schema.Source("config")
	if err != nil {
		t.Fatal(err)
	}
	document, _ := schema.DecodeJSON(string(text))
	keys, _ := document.(map[string]any)["properties"].(map[string]any)
	for key := range keys {
		if !strings.Contains(examples[1], "\n"+key+":") && !strings.HasPrefix(examples[1], key+":") {
			t.Errorf("the example of the configuration does not show %s", key)
		}
	}
	prompt := library.Parse("a.md", "---\ntitle: x\n"+examples[2]+"---\nText.\n")
	if got := lint.Suppressions(prompt); len(got) != 2 {
		t.Errorf("the front matter of the example accepts findings of %d rules, want 2", len(got))
	}
}

var markdownBlock = regexp.MustCompile("(?s)```markdown\n(.*?)```")

// TestDocsPromptFiles: the files that the documentation calls complete lint clean
// and pass.
func TestDocsPromptFiles(t *testing.T) {
	blocks := markdownBlock.FindAllStringSubmatch(readFile(t, "docs", "prompt-files.md"), -1)
	if len(blocks) != 2 {
		t.Fatalf("got %d files, want one for each dialect", len(blocks))
	}
	for i, block := range blocks {
		dialect := []string{"A", "B"}[i]
		t.Run(dialect, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := os.WriteFile("example.md", []byte(block[1]), 0o644); err != nil {
				t.Fatal(err)
			}
			for _, args := range [][]string{{"lint", "--fail-on", "info", "example.md"}, {"eval", "example.md"}} {
				var out, errs strings.Builder
				if status := run(args, nil, &out, &errs); status != exitClean {
					t.Errorf("%q ends with status %d: %s%s", args, status, out.String(), errs.String())
				}
			}
			if p := library.Parse("example.md", block[1]); p.Dialect != dialect {
				t.Errorf("got dialect %s, want %s", p.Dialect, dialect)
			}
		})
	}
}

// TestHelpNamesFilesThatExist runs the examples of show and render, and looks for
// every prompt that the examples of a command name.
func TestHelpNamesFilesThatExist(t *testing.T) {
	t.Chdir(root)
	path := regexp.MustCompile(`prompts/\S*\.md`)
	for _, cmd := range newRoot(&app{}).Commands() {
		for _, name := range path.FindAllString(cmd.Example, -1) {
			if _, err := os.Stat(name); err != nil {
				t.Errorf("%s --help names %s, which does not exist", cmd.Name(), name)
			}
		}
		if cmd.Name() != "show" && cmd.Name() != "render" {
			continue
		}
		for line := range strings.Lines(cmd.Example) {
			var args []string
			for i, part := range strings.Split(strings.TrimSpace(line), "'") { // as a shell does
				if i%2 == 1 {
					args[len(args)-1] += part
				} else {
					args = append(args, strings.Fields(part)...)
				}
			}
			var out, errs strings.Builder
			if status := run(args[1:], nil, &out, &errs); status != exitClean {
				t.Errorf("%s ends with status %d: %s", strings.TrimSpace(line), status, errs.String())
			}
		}
	}
}

// TestDocsCI keeps the two commands of the README and .ci/run alike.
func TestDocsCI(t *testing.T) {
	readme, ci := readFile(t, "README.md"), readFile(t, ".ci", "run")
	for _, command := range []string{
		"go run ./cmd/promptlib lint prompts && go run ./cmd/promptlib eval --model reference prompts",
		"go test ./...",
	} {
		for name, text := range map[string]string{"README.md": readme, ".ci/run": ci} {
			if !strings.Contains(text, "\n"+command+"\n") {
				t.Errorf("%s does not have the command %q on a line of its own", name, command)
			}
		}
	}
}

var link = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)

// TestDocsLinks follows the relative links of the documentation.
func TestDocsLinks(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md"} {
		pages = append(pages, filepath.Join(root, name))
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), m[1])); err != nil {
				t.Errorf("%s links to %s, which does not exist", filepath.Base(page), m[1])
			}
		}
	}
}
