package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"promptlib/cmd/promptlib/internal/config"
	"promptlib/cmd/promptlib/internal/report"
	"promptlib/evals/provider"
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

// TestDocsRules keeps docs/rules as the rules say: a page for each, and an index.
func TestDocsRules(t *testing.T) {
	want := map[string]string{"README.md": rulesIndex(codes())}
	for _, c := range codes() {
		want[c.ID+".md"] = rulePage(t, c)
	}
	dir := filepath.Join(root, "docs", "rules")
	if *update {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, text := range want {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, ok := want[e.Name()]; ok {
			continue
		}
		if !*update {
			t.Errorf("docs/rules/%s is about no rule; run: go test ./cmd/promptlib -run Docs -update", e.Name())
		} else if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range want {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != text {
			t.Errorf("docs/rules/%s is stale; run: go test ./cmd/promptlib -run Docs -update", name)
		}
	}
}

func rulesIndex(codes []library.Code) string {
	var b strings.Builder
	b.WriteString("# Rules\n\nWritten from the rules themselves; `promptlib rules` prints the same list, and `promptlib explain CODE` the page of one. ")
	b.WriteString("The severity is the worst that a rule reports.\n\n")
	b.WriteString("| code | name | severity | |\n| --- | --- | --- | --- |\n")
	for _, c := range codes {
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s | %s |\n", c.ID, c.ID, c.Name, c.Severity, strings.ReplaceAll(prose(c.Doc.Summary), "|", `\|`))
	}
	return b.String()
}

// rulePage is the page of a code. What an example has that cannot be seen is
// shown as promptlib explain shows it.
func rulePage(t *testing.T, c library.Code) string {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "# %s: %s\n\n%s: %s.\n", c.ID, c.Name, c.Severity, prose(c.Doc.Summary))
	section := func(head, text string) {
		if text != "" {
			fmt.Fprintf(&b, "\n## %s\n\n%s\n", head, text)
		}
	}
	section("Why", prose(c.Doc.Why))
	section("Fix", prose(c.Doc.Fix))
	for _, example := range [][2]string{{"Bad", c.Doc.Bad}, {"Good", c.Doc.Good}} {
		if example[1] == "" {
			continue
		}
		fence := "~~~"
		for strings.Contains(example[1], fence) {
			fence += "~"
		}
		var text strings.Builder
		p := report.NewPrinter(&text, false)
		p.Block("", example[1])
		if err := p.Flush(); err != nil {
			t.Fatal(err)
		}
		section(example[0], fence+"text\n"+text.String()+fence)
	}
	settings := func(head, text, yaml string) {
		if yaml != "" {
			yaml = "\n\n```yaml\n" + yaml + "\n```"
		}
		if text != "" {
			section(head, prose(text)+yaml)
		}
	}
	text, yaml := report.Configure(c)
	settings("Configure", text, yaml)
	text, yaml = report.Suppress(c)
	settings("Suppress", text, yaml)
	return b.String()
}

// prose is text as Markdown shows it as it is.
func prose(s string) string {
	return strings.NewReplacer("<", `\<`, "*", `\*`).Replace(s)
}

// TestExplainSettings uses what explain says to write: the entry of a front matter
// must be accepted, and what cannot stand there refused; the configuration must
// be read.
func TestExplainSettings(t *testing.T) {
	for _, rule := range lint.Rules {
		_, level := report.Configure(rule.Code)
		said, entry := report.Suppress(rule.Code)
		entry = strings.NewReplacer("YYYY-MM-DD", "2030-01-01", "PATH", "a.md").Replace(entry)
		inPrompt := strings.HasPrefix(said, "In the front matter")
		settings := "version: 1\n" + level + "\n"
		front := "lint: {ignore: [{rule: " + rule.Name + ", reason: WHY}]}"
		if inPrompt {
			front = entry
		} else {
			settings += entry + "\n"
		}
		if _, err := config.Read("config.yaml", []byte(settings)); err != nil {
			t.Errorf("%s: explain says to write\n%s%v", rule.Name, settings, err)
		}
		l := &lint.Linter{Policy: policy.Default(), Index: &library.Index{}}
		findings, _ := l.Prompt(library.Parse("a.md", "---\ntitle: T\n"+front+"\n---\nText.\n"))
		refused := slices.ContainsFunc(findings, func(d *library.Diagnostic) bool { return d.Name == "ignore-invalid" })
		if refused == inPrompt {
			t.Errorf("%s is refused in the front matter: %t, but explain says: %s", rule.Name, refused, said)
		}
	}
}

// TestExplainIsSafe prints every code: what examples hold must not reach the
// terminal as it is.
func TestExplainIsSafe(t *testing.T) {
	args := []string{"explain"}
	for _, c := range codes() {
		args = append(args, c.ID)
	}
	for _, format := range listFormats {
		var out, errs strings.Builder
		if status := run(append(args, "--format", format), nil, &out, &errs); status != exitClean {
			t.Fatalf("explain ends with %d: %s", status, errs.String())
		}
		for line := range strings.Lines(out.String()) {
			line = strings.ReplaceAll(strings.TrimSuffix(line, "\n"), "\t", "")
			if got := report.Escape(line); got != line {
				t.Errorf("%s: a line is not escaped: %s", format, got)
			}
		}
	}
}

var consoleBlock = regexp.MustCompile("(?s)```console\n(.*?)```")

// TestDocsSchemas: the documentation says of each schema what it is of.
func TestDocsSchemas(t *testing.T) {
	var all strings.Builder
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("%d pages, %v", len(pages), err)
	}
	for _, page := range pages {
		all.WriteString(readFile(t, "docs", filepath.Base(page)))
	}
	for _, name := range schema.Names() {
		if link := "(../schema/" + name + ".schema.json)"; !strings.Contains(all.String(), link) {
			t.Errorf("no page of docs has the link %s", link)
		}
	}
}

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
	delete(texts, "adopting.md")                      // TestDocsAdopting runs it, in a library of its own
	delete(texts, "governance.md")                    // TestDocsGovernance, likewise
	_, texts["evals.md"] = walk(t, texts["evals.md"]) // TestDocsWalk runs the beginning, likewise
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
					if status := run(words(command), nil, &out, &errs); status != exitClean {
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

// words splits a command as a shell does, as far as it has blanks and single
// quotes.
func words(command string) []string {
	var list []string
	for i, part := range strings.Split(command, "'") {
		if i%2 == 1 {
			list = append(list, part)
		} else {
			list = append(list, strings.Fields(part)...)
		}
	}
	return list
}

// TestDocsSettings reads the settings that docs/lint.md shows as examples. That of
// the configuration has every key there is.
func TestDocsSettings(t *testing.T) {
	var examples []string
	for _, block := range yamlBlock.FindAllStringSubmatch(readFile(t, "docs", "lint.md"), -1) {
		examples = append(examples, block[1])
	}
	if len(examples) != 3 {
		t.Fatalf("%d examples, want one each of configuration, policy and front matter", len(examples))
	}
	if _, err := policy.Read("policy.yaml", []byte(examples[1])); err != nil {
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
	if _, err := config.Read(path, []byte(examples[0])); err != nil {
		t.Error(err)
	}
	text, err := schema.Source("config")
	if err != nil {
		t.Fatal(err)
	}
	document, _ := schema.DecodeJSON(string(text))
	keys, _ := document.(map[string]any)["properties"].(map[string]any)
	for key := range keys {
		if !strings.Contains(examples[0], "\n"+key+":") && !strings.HasPrefix(examples[0], key+":") {
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
		if cmd.Name() == "new" {
			continue // names files that do not exist
		}
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
	for _, name := range []string{"README.md", "CONTRIBUTING.md", "CHANGELOG.md", filepath.Join("docs", "rules", "README.md")} {
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

// TestDocsProviders reads the settings that docs/providers.md shows, each of which
// names what it is by what it has, and opens a model of each provider.
func TestDocsProviders(t *testing.T) {
	blocks := yamlBlock.FindAllStringSubmatch(readFile(t, "docs", "providers.md"), -1)
	opened := map[string]bool{}
	for _, block := range blocks {
		if strings.Contains(block[1], "policy.yaml") {
			if p, err := policy.Read("policy.yaml", []byte(block[1])); err != nil || len(p.Providers) != 2 {
				t.Errorf("got %v, want a policy of two providers", err)
			}
			continue
		}
		c, err := config.Read("config.yaml", []byte(block[1]))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, p := range c.Providers {
			_, err := provider.Open(p.Name.Value+"/m", provider.Options{
				Kind: p.Kind, BaseURL: p.BaseURL.Value, Key: "sk-0123456789abcdef", APIVersion: p.APIVersion, Deployment: p.Deployment,
			})
			if err != nil {
				t.Error(err)
			}
			opened[p.Name.Value] = true
		}
	}
	for _, name := range []string{"openai", "azure", "anthropic", "gemini", "openrouter", "litellm", "vllm", "llamacpp", "ollama"} {
		if !opened[name] {
			t.Errorf("there is no example for %s", name)
		}
	}
}
