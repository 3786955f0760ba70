package lint

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"promptlib/library"
	"promptlib/library/policy"
)

var update = flag.Bool("update", false, "rewrite the .out files of testdata/lint")

const fixtures = "../../testdata/lint"

// today is the date of every test.
var today = time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)

// kinds are the kinds of fixture that every rule has, by the start of the name:
// one that makes it speak, one that keeps it silent, one that it does not
// concern.
var kinds = []string{"wrong", "right", "other"}

// configs are the configurations of the fixtures of some rules.
var configs = map[string]Config{"token-budget": {MaxTokens: 20}}

// TestFixtures lints every fixture of testdata/lint and holds the findings of
// one rule against the .out file beside it, which is absent for silence.
//
// The folder of a rule holds a file X.md for each case, or a folder X for a rule
// that compares prompts. X.policy.yaml is the policy of the case, policy.yaml
// that of all cases without one; X.people.yaml and people.yaml likewise.
func TestFixtures(t *testing.T) {
	folders, err := os.ReadDir(fixtures)
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		rule := Find(folder.Name())
		if rule == nil {
			t.Errorf("there is no rule for the fixtures in %s", folder.Name())
			continue
		}
		t.Run(rule.Name, func(t *testing.T) {
			testFolder(t, rule, filepath.Join(fixtures, folder.Name()))
		})
	}
}

func testFolder(t *testing.T, rule *Rule, folder string) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		t.Fatal(err)
	}
	// Away from the settings of this repository, and with paths of one name.
	t.Chdir(t.TempDir())
	if err := os.CopyFS(".", os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	for _, name := range cases(t, ".") {
		t.Run(name, func(t *testing.T) {
			path := name + ".md"
			if !isFile(path) {
				path = name // a folder, for rules that look beyond one file
			}
			got := lintPath(t, rule, path, casePolicy(t, name))
			checkGolden(t, filepath.Join(folder, name+".out"), got)
		})
	}
}

// cases lists the names of the fixtures in a folder.
func cases(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		name, isFile := strings.CutSuffix(e.Name(), ".md")
		if isFile || e.IsDir() {
			names = append(names, name)
		}
	}
	return names
}

func casePolicy(t *testing.T, name string) *policy.Policy {
	t.Helper()
	for _, path := range []string{name + ".policy.yaml", "policy.yaml"} {
		text, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		p, err := policy.Read(path, text)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	return policy.Default()
}

// casePeople reads the people of a case, nil for none.
func casePeople(t *testing.T, name string) *policy.People {
	t.Helper()
	for _, path := range []string{name + ".people.yaml", "people.yaml"} {
		text, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		people, err := policy.ReadPeople(path, text)
		if err != nil {
			t.Fatal(err)
		}
		return people
	}
	return nil
}

// lintPath lints a file or folder of the working directory and shows the
// findings of one rule.
func lintPath(t *testing.T, rule *Rule, path string, pol *policy.Policy) []string {
	t.Helper()
	lib, err := library.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	l := &Linter{Policy: pol, People: casePeople(t, strings.TrimSuffix(path, ".md")), Config: configs[rule.Name], Root: ".", Index: lib.Index, Now: today}
	var all []*library.Diagnostic
	var facts []Facts
	for _, f := range lib.Files {
		findings, fact := l.Prompt(library.Read(f))
		all = append(all, findings...)
		facts = append(facts, fact)
	}
	all = append(all, l.Library(facts)...)
	all = slices.DeleteFunc(all, func(d *library.Diagnostic) bool { return d.Code != rule.ID })
	return show(all, path)
}

// show prints findings, one a line, with their related places below. The path is
// left out where it is that of the fixture.
func show(findings []*library.Diagnostic, path string) []string {
	place := func(pos, end library.Pos) string {
		s := fmt.Sprintf("%d:%d-%d:%d", pos.Line, pos.Column, end.Line, end.Column)
		if pos.Path != path {
			s = pos.Path + ":" + s
		}
		return s
	}
	var lines []string
	for _, d := range findings {
		lines = append(lines, fmt.Sprintf("%s %s %s", place(d.Pos, d.End), d.Severity, d.Message))
		for _, r := range d.Related {
			lines = append(lines, fmt.Sprintf("  note %s %s", place(r.Pos, r.End), r.Message))
		}
	}
	return lines
}

// checkGolden holds lines against a file, which is absent for none.
func checkGolden(t *testing.T, path string, got []string) {
	t.Helper()
	if *update {
		err := os.Remove(path)
		if got != nil {
			err = os.WriteFile(path, []byte(strings.Join(got, "\n")+"\n"), 0o644)
		}
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		return
	}
	text, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var want []string
	if len(text) > 0 {
		want = strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("findings (-got +want):\n%s", diff)
	}
}

// A madeFixture is a file that cannot stand in git, or whose fault could not be
// seen there.
type madeFixture struct {
	name string
	make func(path string) error
	want []string
}

// text makes a file of some text.
func text(s string) func(path string) error {
	return func(path string) error { return os.WriteFile(path, []byte(s), 0o644) }
}

func linkTo(target string) func(path string) error {
	return func(path string) error { return os.Symlink(target, path) }
}

const plainPrompt = "---\ntitle: Plain\nversion: \"1\"\n---\n# Plain\n\nSay it plainly.\n"

var made = map[string][]madeFixture{
	"byte-order-mark": {
		{"wrong", text("\ufeff" + plainPrompt), []string{"1:1-1:1 error byte order mark before the text; many readers then miss the front matter, so save the file as UTF-8 without it"}},
		{"wrong-no-front-matter", text("\ufeff# Plain\n"), []string{"1:1-1:1 error byte order mark before the text; many readers then miss the front matter, so save the file as UTF-8 without it"}},
		{"right", text(plainPrompt), nil},
		{"other-inside", text(plainPrompt + "\ufeffIn the body it is but a character.\n"), nil},
	},
	"not-utf8": {
		{"wrong", text("---\ntitle: Caf\xe9\n---\ntext\n"), []string{"2:11-2:12 error byte 0xE9 is not UTF-8; save the file as UTF-8"}},
		{"wrong-body", text(plainPrompt + "1 \x80 and 2 \x80\n"), []string{"8:3-8:4 error byte 0x80 is not UTF-8; save the file as UTF-8"}},
		{"right", text("---\ntitle: Café\n---\n1 €\n"), nil},
		{"other-replacement", text(plainPrompt + "U+FFFD (\ufffd) is a character.\n"), nil},
	},
	"unsafe-character": {
		{"wrong-control", text("---\ntitle: a\x1b[2Jb\nversion: \"1\"\n---\ntext\n"), []string{"2:9-2:10 error control character U+001B; remove it"}},
		{"wrong-delete", text("---\ntitle: a\x7f\n---\ntext\n"), []string{"2:9-2:10 error control character U+007F; remove it"}},
		{"wrong-next-line", text("---\ntitle: a\u0085risk_level: low\n---\ntext\n"), []string{"2:9-2:10 error U+0085 is a line end to YAML and invisible to readers; remove it"}},
		{"wrong-line-separator", text("---\ntitle: a # \u2028risk_level: low\n---\ntext\n"), []string{"2:12-2:13 error U+2028 is a line end to YAML and invisible to readers; remove it"}},
		{"wrong-byte-order-mark", text("---\n\ufefftitle: a\n---\ntext\n"), []string{"2:1-2:2 error control character U+FEFF; remove it"}},
		{"right", text("---\ntitle: \"a\\e b\" # é 日本 😀\n---\ntext\n"), nil},
		{"other-body", text(plainPrompt + "bell \a and next line \u0085\n"), nil},
	},
	"tab-indent": {
		{"wrong", text("---\ntags:\n\t- a\nversion: \"1\"\n---\ntext\n"), []string{"3:1-3:2 error tab in the indentation; YAML allows only spaces there"}},
		{"wrong-after-spaces", text("---\ngovernance:\n  \trisk_level: low\n---\ntext\n"), []string{"3:3-3:4 error tab in the indentation; YAML allows only spaces there"}},
		{"right", text("---\ntags:\n  - a\t# a tab before a comment\n---\ntext\n"), nil},
		{"other-body", text(plainPrompt + "\n- item\n\t- item\n"), nil},
	},
	"front-matter-limit": {
		{"wrong-size", text("---\nnote: " + strings.Repeat("x", library.MaxHeaderSize) + "\n---\ntext\n"), []string{"1:1-1:4 error front matter is larger than 64 KiB; it is not read"}},
		{"right-size", text("---\nnote: " + strings.Repeat("x", library.MaxHeaderSize-100) + "\n---\ntext\n"), nil},
		{"other-body", text(plainPrompt + strings.Repeat("x", 2*library.MaxHeaderSize) + "\n"), nil},
	},
	"file-empty": {
		{"wrong", text(""), []string{"1:1-1:1 warning the file is empty"}},
		{"wrong-blank", text(" \n\t\r\n\n"), []string{"1:1-1:1 warning the file is empty"}},
		{"wrong-mark", text("\ufeff"), []string{"1:1-1:1 warning the file is empty"}},
		{"right", text("x"), nil},
		{"other-header", text("---\ntitle: x\n---\n"), nil},
	},
	"file-binary": {
		{"wrong", text("GIF89a\x00\x00"), []string{"1:1-1:1 error the file holds NUL bytes: it is no text"}},
		{"wrong-utf16", text("\xff\xfeh\x00i\x00"), []string{"1:1-1:1 error the file is UTF-16; save it as UTF-8"}},
		{"right", text(plainPrompt), nil},
		{"other-not-utf8", text("Caf\xe9\n"), nil},
	},
	"file-unreadable": {
		{"wrong-dead-link", linkTo("nowhere.md"), []string{"1:1-1:1 error symbolic link to a file that does not exist"}},
		{"wrong-pipe", func(path string) error { return syscall.Mkfifo(path, 0o600) }, []string{"1:1-1:1 error is no regular file"}},
		{"right", text(plainPrompt), nil},
		{"other-folder", func(path string) error { return os.Mkdir(path, 0o755) }, nil},
	},
	"file-too-large": {
		{"wrong", text(strings.Repeat("0123456789abcde\n", library.MaxFileSize/16) + "\n"), []string{"1:1-1:1 error the file has 4194305 bytes; at most 4194304 (4 MiB) are read"}},
		{"right", text(strings.Repeat("0123456789abcde\n", library.MaxFileSize/16)), nil},
		{"other-small", text("x"), nil},
	},
	"secret-exposed": secretFixtures(),
	"symlink-outside": {
		{"wrong", linkTo("/etc/hostname"), []string{"1:1-1:1 error symbolic link out of the library; it is not followed, so put a copy here"}},
		{"wrong-upward", linkTo("../.."), []string{"1:1-1:1 error symbolic link out of the library; it is not followed, so put a copy here"}},
		{"right", linkTo("target.txt"), nil},
		{"other-file", text(plainPrompt), nil},
	},
}

// TestMadeFixtures is TestFixtures for the files of made.
func TestMadeFixtures(t *testing.T) {
	for name, list := range made {
		rule := Find(name)
		if rule == nil {
			t.Errorf("there is no rule for the fixtures of %s", name)
			continue
		}
		for _, f := range list {
			t.Run(name+"/"+f.name, func(t *testing.T) {
				t.Chdir(t.TempDir())
				if err := os.WriteFile("target.txt", []byte("x"), 0o644); err != nil {
					t.Fatal(err)
				}
				if err := f.make("x.md"); err != nil {
					t.Fatal(err)
				}
				got := lintPath(t, rule, ".", policy.Default())
				for i := range got {
					got[i] = strings.TrimPrefix(got[i], "x.md:")
				}
				if diff := cmp.Diff(got, f.want); diff != "" {
					t.Errorf("findings (-got +want):\n%s", diff)
				}
			})
		}
	}
}

// TestRules checks what every rule must have.
func TestRules(t *testing.T) {
	var ids []string
	id, kebab, upper := regexp.MustCompile(`^[A-Z]+[0-9]{3}$`), regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`), regexp.MustCompile(`^[A-Z]`)
	seen := map[string]bool{}
	ofKind := map[library.Kind]int{}
	for _, rule := range Rules {
		ids = append(ids, rule.ID)
		t.Run(rule.Name, func(t *testing.T) {
			if !id.MatchString(rule.ID) || seen[rule.ID] {
				t.Errorf("ID %q is malformed or taken", rule.ID)
			}
			if !kebab.MatchString(rule.Name) || seen[rule.Name] {
				t.Errorf("name %q is malformed or taken", rule.Name)
			}
			seen[rule.ID], seen[rule.Name] = true, true
			if Find(rule.ID) != rule || Find(rule.Name) != rule {
				t.Error("Find finds another rule")
			}
			if file := strings.ReplaceAll(rule.Name, "-", "_") + ".go"; !isFile(file) {
				t.Errorf("there is no file %s", file)
			}
			if s := rule.Doc.Summary; s == "" || strings.HasSuffix(s, ".") || upper.MatchString(s) && !strings.HasPrefix(s, "JSON ") || strings.Contains(s, "\n") {
				t.Errorf("summary %q is not one line in lower case without a full stop", s)
			}
			for what, s := range map[string]string{"why": rule.Doc.Why, "fix": rule.Doc.Fix} {
				if !upper.MatchString(s) || !strings.HasSuffix(s, ".") {
					t.Errorf("%s %q is no sentence", what, s)
				}
			}
			scopes := 0
			for _, set := range []bool{rule.Kind != "", rule.Prompt != nil, rule.Library != nil} {
				if set {
					scopes++
				}
			}
			if scopes != 1 {
				t.Errorf("%d of Kind, Prompt and Library are set, want 1", scopes)
			}
			for _, kind := range kinds {
				if !hasFixture(t, rule, kind) {
					t.Errorf("there is no fixture %s*", kind)
				}
			}
		})
		ofKind[rule.Kind]++
	}
	if !slices.IsSorted(ids) {
		t.Errorf("rules are not in the order of their codes: %q", ids)
	}
	for _, kind := range library.Kinds {
		if ofKind[kind] != 1 {
			t.Errorf("kind %q has %d rules, want 1", kind, ofKind[kind])
		}
	}
	delete(ofKind, "")
	if len(ofKind) != len(library.Kinds) {
		t.Errorf("rules report %d kinds, there are %d", len(ofKind), len(library.Kinds))
	}
	if rule := Find("no-such-rule"); rule != nil {
		t.Errorf("Find of no rule = %v", rule)
	}
}

func isFile(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// hasFixture looks for a fixture of a kind that says what its name says: only a
// wrong one has findings.
func hasFixture(t *testing.T, rule *Rule, kind string) bool {
	t.Helper()
	found := false
	for _, f := range made[rule.Name] {
		if strings.HasPrefix(f.name, kind) {
			found = true
			if (kind == "wrong") != (f.want != nil) {
				t.Errorf("fixture %s wants %q", f.name, f.want)
			}
		}
	}
	folder := filepath.Join(fixtures, rule.Name)
	if !isFile(folder) {
		return found
	}
	for _, name := range cases(t, folder) {
		if !slices.ContainsFunc(kinds, func(kind string) bool { return strings.HasPrefix(name, kind) }) {
			t.Errorf("fixture %s is none of %q", name, kinds)
		}
		if strings.HasPrefix(name, kind) {
			found = true
			if (kind == "wrong") != isFile(filepath.Join(folder, name+".out")) {
				t.Errorf("fixture %s has findings: %v", name, kind != "wrong")
			}
		}
	}
	return found
}

// TestOutFilesHaveFixtures: no expectation is left over.
func TestOutFilesHaveFixtures(t *testing.T) {
	for _, suffix := range []string{".out", ".policy.yaml"} {
		files, err := filepath.Glob(filepath.Join(fixtures, "*", "*"+suffix))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if base := strings.TrimSuffix(file, suffix); !isFile(base) && !isFile(base+".md") {
				t.Errorf("%s has no fixture", file)
			}
		}
	}
}

// manyFindings is a prompt with findings of three severities, and a related prompt
// that does not exist: without an index nothing is known of that.
const manyFindings = `---
title: Note
version: 1.0
governance_tags: [finance, PII-saf]
risk_level: Low
approval_required: True
approval_roles: None
retention_period: 5-years
---
# Note

## Description

## Prompt

Write to [app_name] and [user_name].

## Tips

## Tips

## Related Prompts

- nowhere-at-all: not looked for without an index
`

// findings lints a text with the default policy and some levels.
func findings(text string, levels map[string]Level) []*library.Diagnostic {
	l := &Linter{Policy: policy.Default(), Root: ".", Now: today, Config: Config{Levels: levels}}
	found, _ := l.Prompt(library.Parse("a.md", text))
	return found
}

func TestFindingsOfAllRulesTogether(t *testing.T) {
	var got []string
	for _, d := range findings(manyFindings, nil) {
		got = append(got, d.String())
	}
	want := []string{
		`a.md:1:1: info: the prompt has no example [EX003 example-missing]`,
		`a.md:3:10: warning: key "version" is a number, expected text; write "1.0", in quotes [FM005 front-matter-schema]`,
		`a.md:4:19: info: tag "finance" is not in the built-in vocabulary; declare the tags of the library in its policy [GOV004 governance-tag]`,
		`a.md:4:28: warning: tag "PII-saf" is not in the vocabulary; did you mean "PII-safe"? [GOV004 governance-tag]`,
		`a.md:5:13: warning: risk_level "Low" is spelt "low" [GOV003 governance-value]`,
		`a.md:6:20: info: approval_required "True" is read as true; write true [GOV003 governance-value]`,
		`a.md:7:17: error: "None" is no role; remove the key if nobody has to approve [GOV008 approval-role]`,
		`a.md:8:19: error: retention_period "5-years" is no ISO 8601 duration; write "P5Y" [GOV010 governance-period]`,
		`a.md:12:4: warning: section "Description" is empty [STR002 section-empty]`,
		`a.md:16:11: warning: variable "app_name" is used but not documented [VAR001 variable-undocumented]`,
		`a.md:16:26: warning: variable "user_name" is used but not documented [VAR001 variable-undocumented]`,
		`a.md:18:4: warning: section "Tips" is empty [STR002 section-empty]`,
		`a.md:20:4: warning: section "Tips" is empty [STR002 section-empty]`,
		`a.md:20:4: warning: section "Tips" stands already on line 18 [STR003 section-duplicate]`,
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("findings (-got +want):\n%s", diff)
	}
}

func TestLevels(t *testing.T) {
	severities := func(code string, levels map[string]Level) []string {
		var list []string
		for _, d := range findings(manyFindings, levels) {
			if d.Code == code {
				list = append(list, d.Severity.String())
			}
		}
		return list
	}
	for _, tt := range []struct {
		name, code string
		level      *Level
		want       []string
	}{
		{"a rule of warnings", "STR002", nil, []string{"warning", "warning", "warning"}},
		{"off", "STR002", &Level{Off: true}, nil},
		{"raised", "STR002", &Level{Severity: library.Error}, []string{"error", "error", "error"}},
		{"lowered", "STR002", &Level{Severity: library.Info}, []string{"info", "info", "info"}},
		{"a graded rule", "GOV004", nil, []string{"info", "warning"}},
		{"a graded rule lowered", "GOV004", &Level{Severity: library.Info}, []string{"info", "info"}},
		{"a graded rule is not raised beyond the grade", "GOV004", &Level{Severity: library.Error}, []string{"info", "warning"}},
		{"a graded rule off", "GOV004", &Level{Off: true}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			levels := map[string]Level{"STR003": {Off: true}} // of another rule
			if tt.level != nil {
				levels[tt.code] = *tt.level
			}
			if diff := cmp.Diff(severities(tt.code, levels), tt.want); diff != "" {
				t.Errorf("severities (-got +want):\n%s", diff)
			}
		})
	}
	t.Run("problem of the loader", func(t *testing.T) {
		for severity, want := range map[Level]string{{Severity: library.Info}: "info", {Severity: library.Error}: "error", {Off: true}: ""} {
			found := findings("", map[string]Level{"FS002": severity})
			got := ""
			for _, d := range found {
				got += d.Severity.String()
			}
			if got != want {
				t.Errorf("at level %+v the severity is %q, want %q", severity, got, want)
			}
		}
	})
	t.Run("library rule off", func(t *testing.T) {
		facts := titles("A", "A")
		for _, off := range []bool{false, true} {
			l := &Linter{Policy: policy.Default(), Config: Config{Levels: map[string]Level{"LNK002": {Off: off, Severity: library.Error}}}}
			if got := l.Library(facts); len(got) > 0 == off || !off && got[0].Severity != library.Error {
				t.Errorf("off %v: %d findings", off, len(got))
			}
		}
	})
}

// titles are the facts of prompts a.md, b.md and so on.
func titles(titles ...string) []Facts {
	var facts []Facts
	for i, title := range titles {
		path := string(rune('a'+i)) + ".md"
		facts = append(facts, Facts{Path: path, Title: library.Text{Value: title, Pos: library.Pos{Path: path, Line: 1, Column: 3}}})
	}
	return facts
}

func TestTitleDuplicateInAllFiles(t *testing.T) {
	l := &Linter{Policy: policy.Default()}
	var got []string
	for _, d := range l.Library(titles("Note", "", "Plan", "note ", "Other", "PLAN", "Note", "")) {
		got = append(got, d.String())
		for _, r := range d.Related {
			got = append(got, "  "+r.Pos.String())
		}
	}
	want := []string{
		`a.md:1:3: warning: title "Note" is also the title of d.md and 1 more [LNK002 title-duplicate]`, "  d.md:1:3",
		`c.md:1:3: warning: title "Plan" is also the title of f.md [LNK002 title-duplicate]`, "  f.md:1:3",
		`d.md:1:3: warning: title "note " is also the title of a.md and 1 more [LNK002 title-duplicate]`, "  a.md:1:3",
		`f.md:1:3: warning: title "PLAN" is also the title of c.md [LNK002 title-duplicate]`, "  c.md:1:3",
		`g.md:1:3: warning: title "Note" is also the title of a.md and 1 more [LNK002 title-duplicate]`, "  a.md:1:3",
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("findings (-got +want):\n%s", diff)
	}
}

// TestFactsOutliveThePrompt: what is kept of a prompt shares no memory with it.
func TestFactsOutliveThePrompt(t *testing.T) {
	text := "---\ntitle: Note\nid: n-1\nname: note\n---\n" + strings.Repeat("x", 1000)
	p := library.Parse("a.md", text)
	_, facts := (&Linter{Policy: policy.Default()}).Prompt(p)
	if facts.Path != "a.md" || facts.Title.Value != "Note" || facts.Title.Pos.String() != "a.md:2:8" {
		t.Errorf("facts are %+v", facts)
	}
	if facts.ID.Value != "n-1" || facts.Name.Value != "note" {
		t.Errorf("facts are %+v", facts)
	}
	for key, kept := range map[string]library.Text{"title": facts.Title, "id": facts.ID, "name": facts.Name} {
		if unsafe.StringData(kept.Value) == unsafe.StringData(p.Front.Root.Get(key).Scalar().Value) {
			t.Errorf("the %s in the facts keeps the whole file in memory", key)
		}
	}
}

// TestPartialRunsCompareNoBodies: they do not even read them for it.
func TestPartialRunsCompareNoBodies(t *testing.T) {
	text := "---\ntitle: %s\n---\n" + strings.Repeat("Say it plainly. ", 10)
	for _, partial := range []bool{false, true} {
		l := &Linter{Policy: policy.Default(), Partial: partial}
		var facts []Facts
		for _, name := range []string{"a", "b"} {
			_, f := l.Prompt(library.Parse(name+".md", fmt.Sprintf(text, name)))
			facts = append(facts, f)
		}
		found := l.Library(facts)
		if got := len(found) == 2 && found[0].Code == "LNK005"; got == partial || facts[0].Body != 0 == partial {
			t.Errorf("partial %t: findings %v, hash %x", partial, found, facts[0].Body)
		}
	}
}

// TestMemberNames holds the quick look at the members of JSON against its reader.
func TestMemberNames(t *testing.T) {
	name := rapid.StringMatching(`[a-c"\\{}\[\]:, ]{0,3}`)
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		leaf := rapid.OneOf(rapid.Just[any](nil), rapid.Map(name, func(s string) any { return s }), rapid.Map(rapid.Int(), func(i int) any { return i }))
		if depth == 0 {
			return leaf
		}
		inner := value(depth - 1)
		return rapid.OneOf(leaf,
			rapid.Map(rapid.SliceOfN(inner, 0, 3), func(l []any) any { return l }),
			rapid.Map(rapid.MapOfN(name, inner, 0, 3), func(m map[string]any) any { return m }))
	}
	rapid.Check(t, func(t *rapid.T) {
		object := rapid.MapOfN(name, value(2), 0, 4).Draw(t, "object")
		indent := rapid.SampledFrom([]string{"", "  ", "\t"}).Draw(t, "indent")
		text, err := json.MarshalIndent(object, "", indent)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, raw := range memberNames(string(text)) {
			var name string
			if err := json.Unmarshal([]byte(`"`+raw+`"`), &name); err != nil {
				t.Fatalf("name %q of %s: %v", raw, text, err)
			}
			got = append(got, name)
		}
		slices.Sort(got)
		if diff := cmp.Diff(got, slices.Sorted(maps.Keys(object)), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("members of %s (-got +want):\n%s", text, diff)
		}
	})
}

// TestDeadLinkFix: the fix leads to where the file is.
func TestDeadLinkFix(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.MkdirAll("new", 0o755); err != nil {
		t.Fatal(err)
	}
	text := "# A\n\nSee [b](old/b.md#part \"B\").\n"
	for path, content := range map[string]string{"a.md": text, "new/b.md": "# B\n"} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	lib, err := library.Open(".")
	if err != nil {
		t.Fatal(err)
	}
	found, _ := (&Linter{Policy: policy.Default(), Root: ".", Index: lib.Index}).Prompt(library.Parse("a.md", text))
	i := slices.IndexFunc(found, func(d *library.Diagnostic) bool { return d.Code == "LNK003" })
	if i < 0 || found[i].Fix == nil || found[i].Fix.Safe {
		t.Fatalf("findings %v", found)
	}
	got, _ := library.Apply(text, []*library.Fix{found[i].Fix})
	if want := "# A\n\nSee [b](new/b.md#part \"B\").\n"; got != want {
		t.Errorf("fixed text is %q, want %q", got, want)
	}
}

// TestSeeds lints the prompt files that the project grew from.
func TestSeeds(t *testing.T) {
	shared := filepath.Join("..", "..", "..", "shared")
	if !isFile(filepath.Join(shared, "seeds")) {
		t.Skip("there is no ../shared beside the repository")
	}
	a, b := "api-performance-expert.md", "performance-optimization-specialist.md"
	lint := func(paths ...string) map[string][]*library.Diagnostic {
		for i := range paths {
			paths[i] = filepath.Join(shared, paths[i])
		}
		lib, err := library.Open(paths...)
		if err != nil {
			t.Fatal(err)
		}
		l := &Linter{Policy: policy.Default(), Root: shared, Index: lib.Index, Now: today.AddDate(1, 0, 0)}
		found := map[string][]*library.Diagnostic{}
		for _, f := range lib.Files {
			if strings.HasPrefix(f.Path, filepath.ToSlash(filepath.Join(shared, "seeds"))) {
				found[filepath.Base(f.Path)], _ = l.Prompt(library.Read(f))
			}
		}
		return found
	}
	short := func(list []*library.Diagnostic) []string {
		var lines []string
		for _, d := range list {
			line := fmt.Sprintf("%d:%d %s %s", d.Pos.Line, d.Pos.Column, d.Severity, d.Code)
			for _, r := range d.Related {
				line += fmt.Sprintf(" (%d)", r.Pos.Line)
			}
			lines = append(lines, line)
		}
		return lines
	}
	alone := lint("seeds")
	if diff := cmp.Diff(short(alone[a]), []string{"6:7 info FM017", "237:1 info EX007 (100)"}); diff != "" { // it was copied out of its folder
		t.Errorf("%s (-got +want):\n%s", a, diff)
	}
	always := []string{
		"3:13 warning FM016",
		"4:8 warning FM016",
		"22:5 error GOV005 (20)",
		"23:1 error GOV002 (25)",
		"29:20 info GOV003",
		"33:19 error GOV010",
		"95:1 error STR004",
		"116:1 warning EX001",
		"129:1 error STR004",
		"130:1 error STR005",
	}
	dead := []string{"146:4 warning LNK001", "147:4 warning LNK001", "148:4 warning LNK001", "149:4 warning LNK001"}
	if diff := cmp.Diff(short(alone[b]), append(slices.Clone(always), dead...)); diff != "" {
		t.Errorf("%s (-got +want):\n%s", b, diff)
	}
	for code, want := range map[string]string{
		"GOV002": `dataClassification is "internal", but data_classification on line 25 is "confidential"; effective: confidential`,
		"GOV005": `tag "sensitive" contradicts tag "PII-safe" on line 20; keep one`,
		"GOV010": `retention_period "5-years" is no ISO 8601 duration; write "P5Y"`,
		"EX001":  "example 1 has no expected output",
	} {
		i := slices.IndexFunc(alone[b], func(d *library.Diagnostic) bool { return d.Code == code })
		if i < 0 || alone[b][i].Message != want {
			t.Errorf("%s: finding %d of %d, want %s", code, i, len(alone[b]), want)
		}
	}
	corpus := filepath.Join("corpora", "tafreeman-prompts")
	if !isFile(filepath.Join(shared, corpus)) {
		t.Skip("there is no ../shared/corpora/tafreeman-prompts beside the repository")
	}
	together := lint("seeds", corpus)
	if diff := cmp.Diff(short(together[b]), always); diff != "" {
		t.Errorf("%s with the library of its related prompts (-got +want):\n%s", b, diff)
	}
}

// FuzzLint: the rules never panic, and what they find lies inside the file, is
// sorted, and is the same again.
func FuzzLint(f *testing.F) {
	f.Add("")
	f.Add(manyFindings)
	for _, pattern := range []string{"*/*.md", "*/*/*.md"} {
		files, err := filepath.Glob(filepath.Join(fixtures, pattern))
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(string(text))
		}
	}
	for _, list := range made {
		for _, m := range list {
			path := filepath.Join(f.TempDir(), "x.md")
			if err := m.make(path); err != nil {
				f.Fatal(err)
			}
			if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() && info.Size() < 10_000 {
				text, err := os.ReadFile(path)
				if err != nil {
					f.Fatal(err)
				}
				f.Add(string(text))
			}
		}
	}
	index, err := library.Open(fixtures)
	if err != nil {
		f.Fatal(err)
	}
	strict, err := policy.Read("policy.yaml", []byte(`version: 1
vocabulary:
  approval_roles: [Editor]
  tags: {a: {group: g}, b: {group: g, deprecated: a, implies: {data_classification: restricted, risk_level: critical, roles: [Editor], count: 2}}}
required_keys: [owner, risk_level, approval_roles]
rules:
  - {name: all, when: {risk_level: ">=low", path: "**"}, approve: [{role: Editor}, {role: "*", count: 3}]}
freshness: {critical: P1D}
retention: {default: P1Y, floors: {GDPR: P9Y, none: P1D}}
`))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, pol := range []*policy.Policy{policy.Default(), strict} {
			l := &Linter{Policy: pol, Root: ".", Index: index.Index, Now: today}
			prompt := library.Parse("a.md", text)
			found, facts := l.Prompt(prompt)
			again, sameFacts := l.Prompt(library.Parse("a.md", text))
			if diff := cmp.Diff(found, again); diff != "" || !reflect.DeepEqual(facts, sameFacts) {
				t.Errorf("two runs differ (-first +second):\n%s\n%+v\n%+v", diff, facts, sameFacts)
			}
			if !slices.IsSortedFunc(found, compare) {
				t.Error("findings are not sorted")
			}
			for _, d := range found {
				checkPlace(t, text, d.Message, d.Pos, d.End)
				for _, r := range d.Related {
					checkPlace(t, text, r.Message, r.Pos, r.End)
				}
				if rule := Find(d.Code); rule == nil || rule.Name != d.Name || d.Severity > rule.Severity {
					t.Errorf("finding %s is not of its rule", d)
				}
			}
			l.Library([]Facts{facts, {Path: "b.md", Title: facts.Title}})
		}
	})
}

// checkPlace checks that a place is one of a text, by its lines and columns.
func checkPlace(t *testing.T, text, message string, from, to library.Pos) {
	t.Helper()
	if message == "" || strings.ContainsAny(message, "\n") {
		t.Errorf("message %q is not one line", message)
	}
	lines := strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n")
	for _, p := range []library.Pos{from, to} {
		if p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > utf8.RuneCountInString(lines[p.Line-1])+1 {
			t.Fatalf("%q lies at %s, which is not in the file of %d lines", message, p, len(lines))
		}
	}
	if to.Line < from.Line || to.Line == from.Line && to.Column < from.Column {
		t.Errorf("%q ends at %s before it begins at %s", message, to, from)
	}
}

// TestFactsAreCopies: what is kept of a prompt stays as it is when other files are
// read into the memory of its text.
func TestFactsAreCopies(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.md")
	read := func(word string) *library.Prompt {
		t.Helper()
		text := strings.ReplaceAll("---\ntitle: WORD\nid: WORD\nname: WORD\nlint:\n  ignore:\n    - rule: title-duplicate\n      reason: WORD\n---\nWORD\n", "WORD", word)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		return library.Read(library.File{Path: path})
	}
	l := &Linter{Policy: policy.Default(), Root: ".", Now: time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)}
	for range 3 { // from the second on there is memory to read into
		p := read("first")
		_, facts := l.Prompt(p)
		want := fmt.Sprintf("%+v", facts)
		p.Discard()
		read("other").Discard()
		if got := fmt.Sprintf("%+v", facts); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
