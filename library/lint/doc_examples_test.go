package lint

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"promptlib/library"
	"promptlib/library/policy"
)

// withoutExamples are the rules whose documentation cannot show an example in
// text: what they are about is permissions, links or sizes.
var withoutExamples = map[string]bool{
	"file-unreadable": true, "file-too-large": true, "symlink-outside": true,
}

// TestDocExamples: every rule speaks in the bad example of its documentation and
// is silent in the good one.
func TestDocExamples(t *testing.T) {
	for _, rule := range Rules {
		t.Run(rule.Name, func(t *testing.T) {
			bad, good := rule.Doc.Bad, rule.Doc.Good
			switch {
			case withoutExamples[rule.Name]:
				if bad != "" || good != "" {
					t.Error("the rule has examples, and is listed as one without")
				}
			case bad == "" && good == "":
				t.Error("the rule has no examples")
			case bad == "" || good == "":
				t.Error("one of the two examples is missing")
			default:
				if found := lintExample(t, rule, bad); len(found) == 0 {
					t.Errorf("there is no finding in the bad example:\n%s", bad)
				}
				if found := lintExample(t, rule, good); len(found) > 0 {
					t.Errorf("findings %q in the good example:\n%s", found, good)
				}
			}
		})
	}
}

// lintExample lints the library of an example and shows the findings of a rule.
func lintExample(t *testing.T, rule *Rule, example string) []string {
	t.Helper()
	t.Chdir(t.TempDir())
	archive := txtar.Parse([]byte(example))
	if len(archive.Files) == 0 {
		archive.Files = []txtar.File{{Name: "prompts/example.md", Data: []byte(example)}}
	} else if len(strings.TrimSpace(string(archive.Comment))) > 0 {
		t.Fatalf("text before the first file of an archive: %q", archive.Comment)
	}
	for _, f := range archive.Files {
		if err := os.MkdirAll(filepath.Dir(f.Name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(f.Name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	pol, err := policy.Load(".")
	if err != nil {
		t.Fatal(err)
	}
	people, err := policy.LoadPeople(".")
	if err != nil {
		t.Fatal(err)
	}
	lib, err := library.Open(".")
	if err != nil {
		t.Fatal(err)
	}
	l := &Linter{Policy: pol, People: people, Root: ".", Index: lib.Index, Now: today, Config: exampleConfig(t)}
	var all []*library.Diagnostic
	var facts []Facts
	for _, f := range lib.Files {
		if f.Prose {
			continue
		}
		findings, fact := l.Prompt(library.Read(f))
		all = append(all, findings...)
		facts = append(facts, fact)
	}
	all = append(all, l.Library(facts)...)
	var shown []string
	for _, d := range all {
		if d.Code == rule.ID {
			shown = append(shown, d.String())
		}
	}
	return shown
}

// exampleConfig reads what examples need of a configuration: the levels of rules and the budget.
// The rest is read by a package above this one.
func exampleConfig(t *testing.T) Config {
	t.Helper()
	path := filepath.Join(library.SettingsDir, "config.yaml")
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return Config{}
	}
	if err != nil {
		t.Fatal(err)
	}
	root, err := library.ReadSettings(path, text, "config")
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Levels: map[string]Level{}}
	if n, err := strconv.Atoi(root.Get("max_tokens").Scalar().Value); err == nil {
		c.MaxTokens = n
	}
	for _, pair := range root.Get("rules").Members() {
		rule := Find(pair.Key.Value)
		if rule == nil {
			t.Fatalf("%s: there is no rule %q", pair.Key.Pos, pair.Key.Value)
		}
		level := Level{Off: pair.Value.Text.Value == "off"}
		if !level.Off {
			if level.Severity, err = library.ParseSeverity(pair.Value.Text.Value); err != nil {
				t.Fatal(err)
			}
		}
		c.Levels[rule.ID] = level
	}
	return c
}
