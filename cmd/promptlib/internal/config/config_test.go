package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"promptlib/library"
	"promptlib/library/lint"
)

// read reads a configuration that has no mistakes.
func read(t *testing.T, text string) Config {
	t.Helper()
	c, err := Read("lib/.promptlib/config.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestReadLevels(t *testing.T) {
	c := read(t, "version: 1\nrules:\n  GOV002: warning\n  title-duplicate: off\n")
	for _, tt := range []struct{ rule, level, at string }{
		{"GOV002", "warning", "lib/.promptlib/config.yaml:3:3"},
		{"LNK002", "off", "lib/.promptlib/config.yaml:4:3"},
		{"EX002", "error", ""},
		{"STR002", "warning", ""},
	} {
		level := c.Lint.Level(lint.Find(tt.rule), "a.md")
		if level.String() != tt.level || level.At.String() != tt.at {
			t.Errorf("%s is %s from %q, want %s from %q", tt.rule, level, level.At, tt.level, tt.at)
		}
	}
}

func TestReadOverrides(t *testing.T) {
	c := read(t, `version: 1
rules: {STR002: error}
overrides:
  - files: [drafts/**, "*.prompt"]
    rules: {section-empty: off, EX001: info}
  - files: ["drafts/old/*.md"]
    rules: {STR002: info}
`)
	for _, tt := range []struct{ path, rule, want string }{
		{"a.md", "STR002", "error"},
		{"drafts/a.md", "STR002", "off"},
		{"drafts/old/a.md", "STR002", "info"},
		{"drafts/old/older/a.md", "STR002", "off"},
		{"drafts/old/a.md", "EX001", "info"},
		{"a.prompt", "STR002", "off"},
		{"other/a.prompt", "STR002", "error"},
		{"other/drafts/a.md", "STR002", "error"},
	} {
		if got := c.Lint.Level(lint.Find(tt.rule), tt.path).String(); got != tt.want {
			t.Errorf("%s is %s for %s, want %s", tt.rule, got, tt.path, tt.want)
		}
	}
}

func TestReadExcludeAndIgnore(t *testing.T) {
	c := read(t, `version: 1
exclude: ["drafts/**", "**/*.prompt"]
ignore:
  - {rule: governance-value, files: [a.md], reason: agreed, until: 2025-06-01}
  - {rule: EX001, files: ["b/**"], reason: agreed}
`)
	for path, want := range map[string]bool{"drafts/a.md": true, "drafts/x/a.md": true, "a.md": false, "x/drafts/a.md": false, "a.prompt": true, "x/a.prompt": true} {
		if _, got := c.Lint.Excluded(path); got != want {
			t.Errorf("%s is excluded: %v, want %v", path, got, want)
		}
	}
	var got []string
	for _, i := range c.Lint.Ignores {
		got = append(got, i.Rule.ID+" "+i.Files[0].Value+" "+i.Reason+" "+i.Until.Format(time.DateOnly)+" "+i.At.Pos.String())
	}
	want := []string{"GOV003 a.md agreed 2025-06-01 lib/.promptlib/config.yaml:4:12", "EX001 b/** agreed 0001-01-01 lib/.promptlib/config.yaml:5:12"}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("ignores (-got +want):\n%s", diff)
	}
}

func TestReadStructure(t *testing.T) {
	c := read(t, `version: 1
structure:
  A:
    - {required: [Purpose, instructions]}
  B:
    - {types: [how_to, Guide], required: ["🎯 Use Cases"], ordered: [Description, "Prompt:"]}
    - {ordered: [Tips]}
max_tokens: 0x10
`)
	got := map[string][][][]string{}
	for dialect, list := range c.Lint.Structure {
		for _, s := range list {
			got[dialect] = append(got[dialect], [][]string{s.Types, s.Required, s.Ordered})
		}
	}
	want := map[string][][][]string{
		"A": {{nil, {"purpose", "instructions"}, nil}},
		"B": {{{"how_to", "Guide"}, {"use cases"}, {"description", "prompt"}}, {nil, nil, {"tips"}}},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("structure (-got +want):\n%s", diff)
	}
	if c.Lint.MaxTokens != 16 {
		t.Errorf("max_tokens is %d, want 16", c.Lint.MaxTokens)
	}
	for text, want := range map[string]bool{"type: how_to\n": true, "prompt_type: guide\n": true, "type: reference\n": false, "": false} {
		p := library.Parse("a.md", "---\ntitle: x\n"+text+"---\nText.\n")
		if got := c.Lint.Structure["B"][0].Concerns(p); got != want {
			t.Errorf("the structure concerns a prompt with %q: %v, want %v", text, got, want)
		}
		if !c.Lint.Structure["B"][1].Concerns(p) {
			t.Errorf("a structure without types does not concern a prompt with %q", text)
		}
	}
}

// TestReadMistakes: each mistake gives these lines and no others.
func TestReadMistakes(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"empty", "# nothing\n", []string{`c.yaml: the file is empty; it needs at least "version: 1"`}},
		{"not YAML", "rules: [\n", []string{`c.yaml:1:8: this '[' is never closed, or an item is not followed by a comma`}},
		{"no mapping", "- version\n", []string{`c.yaml:1:1: the file is a list, expected a mapping`}},
		{"no version", "rules: {}\n", []string{`c.yaml:1:1: key "version" is missing`}},
		{"other version", "version: 2\n", []string{`c.yaml:1:10: key "version": expected 1, not "2"`}},
		{"unknown key", "version: 1\nrule: {}\n", []string{`c.yaml:2:1: key "rule" is not known here; did you mean "rules"?`}},

		{"unknown rule", "version: 1\nrules:\n  GOV999: off\n", []string{`c.yaml:3:3: there is no rule "GOV999"`}},
		{"misspelt rule", "version: 1\nrules: {titel-duplicate: off}\n", []string{`c.yaml:2:9: there is no rule "titel-duplicate"; did you mean "title-duplicate"?`}},
		{"unknown severity", "version: 1\nrules: {LNK002: fatal}\n", []string{`c.yaml:2:17: key "rules.LNK002": expected one of "off", "info", "warning", "error", not "fatal"`}},
		{"rule by code and name", "version: 1\nrules:\n  LNK002: off\n  title-duplicate: info\n", []string{`c.yaml:4:3: rule LNK002 title-duplicate has a level on line 3 already; keep one`}},
		{"rule twice", "version: 1\nrules: {LNK002: off, LNK002: off}\n", []string{`c.yaml:2:22: key "LNK002" is already on line 2; readers disagree which one counts, so keep one`}},

		{"override without files", "version: 1\noverrides: [{rules: {}}]\n", []string{`c.yaml:2:13: key "overrides.files" is missing`}},
		{"override without rules", "version: 1\noverrides: [{files: [a]}]\n", []string{`c.yaml:2:13: key "overrides.rules" is missing`}},
		{"rule of an override", "version: 1\noverrides: [{files: [a], rules: {EX0001: off}}]\n", []string{`c.yaml:2:34: there is no rule "EX0001"; did you mean "EX001"?`}},
		{"key of an override", "version: 1\noverrides: [{file: [a], rules: {}}]\n", []string{
			`c.yaml:2:13: key "overrides.files" is missing`, `c.yaml:2:14: key "overrides.file" is not known here; did you mean "files"?`,
		}},

		{"text for a list of globs", "version: 1\nexclude: drafts\n", []string{`c.yaml:2:10: key "exclude" is text, expected a list`}},
		{"bad globs", "version: 1\nexclude: ['a[', '{a', '/a', './a/b', '../a', 'a/../b', 'a/', '/']\n", []string{
			`c.yaml:2:11: "a[" is no glob; a bracket or brace in it is never closed, or a backslash ends it`,
			`c.yaml:2:17: "{a" is no glob; a bracket or brace in it is never closed, or a backslash ends it`,
			`c.yaml:2:23: glob "/a" begins at the root of the library anyway; write "a"`,
			`c.yaml:2:29: glob "./a/b" begins at the root of the library anyway; write "a/b"`,
			`c.yaml:2:38: glob "../a" leads out of the library; files are named from its root on`,
			`c.yaml:2:46: glob "a/../b" leads out of the library; files are named from its root on`,
			`c.yaml:2:56: glob "a/" stands for a folder, and files are meant; write "a/**"`,
			`c.yaml:2:62: glob "/" begins at the root of the library anyway; write "**"`,
		}},
		{"glob twice", "version: 1\nexclude: [a, a]\n", []string{`c.yaml:2:14: item 2 of "exclude" is the same as item 1`}},
		{"globs of other parts", "version: 1\noverrides: [{files: [/a], rules: {}}]\nignore: [{rule: EX001, reason: x, files: [/b]}]\n", []string{
			`c.yaml:2:22: glob "/a" begins at the root of the library anyway; write "a"`,
			`c.yaml:3:43: glob "/b" begins at the root of the library anyway; write "b"`,
		}},

		{"ignore without reason", "version: 1\nignore: [{rule: EX001, files: [a]}]\n", []string{`c.yaml:2:10: key "ignore.reason" is missing`}},
		{"ignore with a blank reason", "version: 1\nignore: [{rule: EX001, files: [a], reason: ' '}]\n", []string{`c.yaml:2:44: key "ignore.reason": expected a reason in words, not " "`}},
		{"ignore without files", "version: 1\nignore: [{rule: EX001, reason: x}]\n", []string{`c.yaml:2:10: key "ignore.files" is missing`}},
		{"ignore of no rule", "version: 1\nignore: [{rule: example-no-ouput, files: [a], reason: x}]\n", []string{`c.yaml:2:17: there is no rule "example-no-ouput"; did you mean "example-no-output"?`}},
		{"ignore of an ignore", "version: 1\nignore: [{rule: LNT002, files: [a], reason: x}]\n", []string{`c.yaml:2:17: findings of LNT002 cannot be ignored; mend the entry they are about`}},
		{"bad date", "version: 1\nignore: [{rule: EX001, files: [a], reason: x, until: 2025-02-30}]\n", []string{`c.yaml:2:54: key "ignore.until": expected a date of the form YYYY-MM-DD, not "2025-02-30"`}},
		{"number for a date", "version: 1\nignore: [{rule: EX001, files: [a], reason: x, until: 2025}]\n", []string{`c.yaml:2:54: key "ignore.until" is a number, expected text`}},

		{"unknown dialect", "version: 1\nstructure: {a: [{required: [x]}]}\n", []string{`c.yaml:2:13: key "structure.a" is not known here; did you mean "A"?`}},
		{"structure of nothing", "version: 1\nstructure: {A: [{types: [x]}]}\n", []string{`c.yaml:2:17: the entry asks for nothing; it needs "required" or "ordered"`}},
		{"headings", "version: 1\nstructure: {B: [{required: ['## Prompt', Tips, 'tips:', '--', <purpose>]}]}\n", []string{
			`c.yaml:2:29: "## Prompt" is more than the name of a section; write "Prompt"`,
			`c.yaml:2:48: section "tips:" stands in the list already; case and punctuation make no difference`,
			`c.yaml:2:57: "--" is no heading`,
			`c.yaml:2:63: "<purpose>" is more than the name of a section; write "purpose"`,
		}},
		{"heading twice", "version: 1\nstructure: {B: [{ordered: [Tips, Tips]}]}\n", []string{`c.yaml:2:34: item 2 of "structure.B.ordered" is the same as item 1`}},

		{"max_tokens", "version: 1\nmax_tokens: 0\n", []string{`c.yaml:2:13: key "max_tokens": expected at least 1, not "0"`}},
		{"max_tokens in words", "version: 1\nmax_tokens: 4k\n", []string{`c.yaml:2:13: key "max_tokens" is text, expected an integer`}},
		{"in the order of the file", "version: 1\nignore: [{rule: X, files: [/a], reason: x}]\nrules: {Y: off}\n", []string{
			`c.yaml:2:17: there is no rule "X"`, `c.yaml:2:28: glob "/a" begins at the root of the library anyway; write "a"`, `c.yaml:3:9: there is no rule "Y"`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Read("c.yaml", []byte(tt.text))
			if err == nil {
				t.Fatal("there is no error")
			}
			if diff := cmp.Diff(strings.Split(err.Error(), "\n"), tt.want); diff != "" {
				t.Errorf("errors (-got +want):\n%s", diff)
			}
			if c.Path != "" {
				t.Error("a configuration with mistakes can be used")
			}
		})
	}
}

func TestReadFrontMatter(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"library/.promptlib/good.json":   `{"type": "object", "properties": {"team": {"$ref": "../parts/team.json"}}}`,
		"library/.promptlib/comma.json":  "{\n  \"type\": \"object\",\n}\n",
		"library/.promptlib/type.json":   `{"type": "objekt"}`,
		"library/.promptlib/ref.json":    `{"$ref": "nowhere.json"}`,
		"library/.promptlib/remote.json": `{"$ref": "https://example.com/a.json"}`,
		"library/.promptlib/out.json":    `{"$ref": "../../secret.json"}`,
		"library/parts/team.json":        `{"enum": ["legal", "sales"]}`,
		"secret.json":                    `{}`,
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(root, "secret.json"), filepath.Join(root, "library", ".promptlib", "link.json")); err != nil {
		t.Fatal(err)
	}
	t.Chdir(root)
	const place = "library/.promptlib/config.yaml:2:19: "
	for _, tt := range []struct{ name, file, want string }{
		{"good", "good.json", ""},
		{"in another folder", "../parts/team.json", ""},
		{"absent", "nowhere.json", "schema library/.promptlib/nowhere.json: no such file or directory"},
		{"not JSON", "comma.json", `schema library/.promptlib/comma.json:3:1 is not JSON: trailing comma before "}"`},
		{"no schema", "type.json", `schema .promptlib/type.json: at "/type": is text, expected one of "array", "boolean", "integer", "null", "number", "object", "string" or a list`},
		{"reference to nothing", "ref.json", "schema library/.promptlib/nowhere.json: no such file or directory"},
		{"reference to the web", "remote.json", "reference to https://example.com/a.json: schemas are read from the library only"},
		{"reference out of the library", "out.json", "no such file or directory"},
		{"link out of the library", "link.json", "schema library/.promptlib/link.json: leads out of the library, beyond which nothing is read or written; put a copy into it"},
		{"out of the library", "../../secret.json", "schema secret.json: leads out of the library, beyond which nothing is read or written; put a copy into it"},
		{"absolute", "/secret.json", `schema "/secret.json" is no file of the library; write a path relative to .promptlib`},
		{"address", "https://example.com/a.json", `schema "https://example.com/a.json" is no file of the library; write a path relative to .promptlib`},
		{"folder", "../parts", "schema library/parts: is a directory, not a file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Read("library/.promptlib/config.yaml", []byte("version: 1\nfront_matter: {B: "+tt.file+"}\n"))
			if tt.want == "" {
				if err != nil || c.Lint.FrontMatter["B"] == nil || c.FrontMatter["B"].Pos.String() != strings.TrimSuffix(place, ": ") {
					t.Errorf("got %v and error %v, want the schema", c.FrontMatter, err)
				}
				return
			}
			if err == nil || !strings.HasPrefix(err.Error(), place) || !strings.HasSuffix(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got error  %v\nwant %s%s", err, place, tt.want)
			}
		})
	}
}

func TestLoad(t *testing.T) {
	root := t.TempDir()
	if c, err := Load(root); err != nil || c.Lint.Levels != nil || c.Path != "" {
		t.Errorf("a library without configuration gives %v, %v; want the default", c, err)
	}
	path := filepath.Join(root, library.SettingsDir, FileName)
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(root); err == nil || !strings.Contains(err.Error(), "is a directory") {
		t.Errorf("a folder for a file gives error %v", err)
	}
}
