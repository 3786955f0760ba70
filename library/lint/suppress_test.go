package lint

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"promptlib/library"
	"promptlib/library/policy"
)

// emptyTips is a prompt with one finding of STR002 after a given front matter.
func emptyTips(front string) string {
	return "---\ntitle: Note\nversion: \"1\"\n" + front + "---\n## Description\n\nSums up.\n\n## Prompt\n\nSum up.\n\n## Tips\n"
}

// lintFiles writes a library and lints some of its files, or all of them.
func lintFiles(t *testing.T, files map[string]string, c Config, names ...string) (findings []string, suppressed int) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(library.SettingsDir, 0o755); err != nil {
		t.Fatal(err)
	}
	lib, err := library.Open(names...)
	if err != nil {
		t.Fatal(err)
	}
	l := &Linter{Policy: policy.Default(), Root: ".", Index: lib.Index, Now: today, Config: c}
	var facts []Facts
	var all []*library.Diagnostic
	for _, f := range lib.Files {
		if _, excluded := c.Excluded(f.Path); f.Prose || excluded {
			continue
		}
		found, fact := l.Prompt(library.Read(f))
		all = append(all, found...)
		facts = append(facts, fact)
	}
	all = append(all, l.Library(facts)...)
	for _, d := range all {
		if d.Code == exampleMissing.ID {
			continue // no prompt of these tests has an example
		}
		findings = append(findings, d.Pos.String()+" "+d.Severity.String()+" "+d.Code+" "+d.Message)
	}
	for _, f := range facts {
		suppressed += f.Suppressed
	}
	return findings, suppressed
}

func globs(list ...string) []library.Text {
	var texts []library.Text
	for _, g := range list {
		texts = append(texts, library.Text{Value: g})
	}
	return texts
}

func configIgnore(rule string, until time.Time, files ...string) Ignore {
	at := library.Text{Value: rule, Pos: library.Pos{Path: ".promptlib/config.yaml", Line: 3, Column: 5}}
	at.End = at.Pos
	return Ignore{Rule: Find(rule), Files: globs(files...), Reason: "agreed", Until: until, At: at}
}

func TestSuppressInFrontMatter(t *testing.T) {
	empty := `a.md:%d:4 warning STR002 section "Tips" is empty`
	for _, tt := range []struct {
		name, front string
		want        []string
		suppressed  int
	}{
		{"nothing", "", []string{strings.Replace(empty, "%d", "13", 1)}, 0},
		{"by code", "lint: {ignore: [{rule: STR002, reason: later}]}\n", nil, 1},
		{"by name", "lint: {ignore: [{rule: section-empty, reason: later}]}\n", nil, 1},
		{"of a rule of the loader", "lint: {ignore: [{rule: STR004, reason: later}, {rule: STR002, reason: later}]}\ndescription: |\n  x\n", []string{
			"a.md:4:17 warning LNT002 there is no finding of STR004 fence-info to ignore; remove the entry",
		}, 1},
		{"on its last day", "lint: {ignore: [{rule: STR002, reason: later, until: 2025-06-01}]}\n", nil, 1},
		{"a day later", "lint: {ignore: [{rule: STR002, reason: later, until: 2025-05-31}]}\n", []string{
			"a.md:4:17 warning LNT002 findings of STR002 section-empty were ignored until 2025-05-31; mend them and remove the entry",
			strings.Replace(empty, "%d", "14", 1),
		}, 0},
		{"without reason", "lint: {ignore: [{rule: STR002}]}\n", []string{
			`a.md:4:17 error LNT001 key "lint.ignore.reason" is missing`,
			strings.Replace(empty, "%d", "14", 1),
		}, 0},
		{"beside a mistake", "lint: {ignore: [{rule: STR002, reason: later}, {rule: GOV003, reason: x}]}\n", []string{
			`a.md:4:55 error LNT001 findings of GOV003 cannot be ignored in the prompt itself; enter them under "ignore" in .promptlib/config.yaml`,
		}, 1},
		{"governance stays", "risk_level: Low\nlint: {ignore: [{rule: STR002, reason: later}, {rule: governance-value, reason: x}]}\n", []string{
			`a.md:4:13 warning GOV003 risk_level "Low" is spelt "low"`,
			`a.md:5:55 error LNT001 findings of governance-value cannot be ignored in the prompt itself; enter them under "ignore" in .promptlib/config.yaml`,
		}, 1},
		{"of a front matter with two readings", "title: Other\nlint: {ignore: [{rule: STR002, reason: later}, {rule: FM004, reason: later}]}\n", []string{
			`a.md:4:1 error FM004 key "title" is already on line 2; readers disagree which one counts, so keep one`,
			strings.Replace(empty, "%d", "15", 1),
		}, 0},
		{"twice", "lint: {ignore: [{rule: STR002, reason: a}, {rule: section-empty, reason: b}]}\n", []string{
			"a.md:4:44 warning LNT002 there is no finding of STR002 section-empty to ignore; remove the entry",
		}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, suppressed := lintFiles(t, map[string]string{"a.md": emptyTips(tt.front)}, Config{})
			if diff := cmp.Diff(got, tt.want); diff != "" || suppressed != tt.suppressed {
				t.Errorf("%d suppressed, want %d; findings (-got +want):\n%s", suppressed, tt.suppressed, diff)
			}
		})
	}
}

func TestSuppressInConfig(t *testing.T) {
	files := map[string]string{"a.md": emptyTips("risk_level: Low\n"), "drafts/b.md": emptyTips("description: b\ntitle: Other\n"), "README.md": "About.\n"}
	files["drafts/b.md"] = strings.Replace(files["drafts/b.md"], "title: Note\n", "", 1)
	a, b := `a.md:14:4 warning STR002 section "Tips" is empty`, `drafts/b.md:14:4 warning STR002 section "Tips" is empty`
	low := `a.md:4:13 warning GOV003 risk_level "Low" is spelt "low"`
	idle := ".promptlib/config.yaml:3:5 warning LNT002 there is no finding of STR002 section-empty to ignore; remove the entry"
	past, ahead := today.AddDate(0, 0, -1), today.AddDate(0, 0, 1)
	for _, tt := range []struct {
		name       string
		config     Config
		paths      []string
		want       []string
		suppressed int
	}{
		{"none", Config{}, nil, []string{low, a, b}, 0},
		{"all files", Config{Ignores: []Ignore{configIgnore("STR002", ahead, "**")}}, nil, []string{low}, 2},
		{"some files", Config{Ignores: []Ignore{configIgnore("STR002", time.Time{}, "drafts/**")}}, nil, []string{low, a}, 1},
		{"governance", Config{Ignores: []Ignore{configIgnore("GOV003", time.Time{}, "a.md")}}, nil, []string{a, b}, 1},
		{"ended", Config{Ignores: []Ignore{configIgnore("STR002", past, "a.md")}}, nil, []string{low, a, b,
			".promptlib/config.yaml:3:5 warning LNT002 findings of STR002 section-empty were ignored until 2025-05-31; mend them and remove the entry"}, 0},
		{"ended, about other files", Config{Ignores: []Ignore{configIgnore("STR002", past, "drafts/*")}}, []string{"a.md"}, []string{low, a}, 0},
		{"unused", Config{Ignores: []Ignore{configIgnore("STR002", ahead, "c.md")}}, nil, []string{low, a, b, idle}, 0},
		{"unused behind another", Config{Ignores: []Ignore{configIgnore("STR002", ahead, "**"), configIgnore("STR002", ahead, "a.md")}}, nil, []string{low, idle}, 2},
		{"perhaps used by a file that is not checked", Config{Ignores: []Ignore{configIgnore("STR002", ahead, "drafts/**")}}, []string{"a.md"}, []string{low, a}, 0},
		{"unused by the file that is checked", Config{Ignores: []Ignore{configIgnore("STR001", ahead, "a.md")}}, []string{"a.md"},
			[]string{low, a, strings.Replace(idle, "STR002 section-empty", "STR001 section-missing", 1)}, 0},
		{"unused by what is not excluded", Config{Exclude: globs("drafts/**"), Ignores: []Ignore{configIgnore("STR001", ahead, "**")}}, nil,
			[]string{low, a, strings.Replace(idle, "STR002 section-empty", "STR001 section-missing", 1)}, 0},
		{"unused, rule off", Config{Levels: map[string]Level{"LNT002": {Off: true}}, Ignores: []Ignore{configIgnore("STR002", ahead, "c.md")}}, nil, []string{low, a, b}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, suppressed := lintFiles(t, files, tt.config, tt.paths...)
			if diff := cmp.Diff(got, tt.want); diff != "" || suppressed != tt.suppressed {
				t.Errorf("%d suppressed, want %d; findings (-got +want):\n%s", suppressed, tt.suppressed, diff)
			}
		})
	}
}

// TestSuppressOfLibraryRules: rules that compare prompts run later than those of
// one prompt, and only when all prompts are checked it is known what they find.
func TestSuppressOfLibraryRules(t *testing.T) {
	entry := "lint:\n  ignore:\n    - {rule: STR002, reason: later}\n    - {rule: title-duplicate, reason: a copy}\n"
	note, other := emptyTips(entry), strings.Replace(emptyTips(entry), "Note", "Other", 1)
	b := `b.md:2:8 warning LNK002 title "Note" is also the title of a.md`
	tips := `b.md:13:4 warning STR002 section "Tips" is empty`
	for _, tt := range []struct {
		name       string
		a          string
		paths      []string
		config     Config
		want       []string
		suppressed int
	}{
		{"used", note, nil, Config{}, []string{tips, b}, 2},
		{"unused", other, nil, Config{}, []string{tips, "a.md:7:7 warning LNT002 there is no finding of LNK002 title-duplicate to ignore; remove the entry"}, 1},
		{"not known", other, []string{"a.md"}, Config{}, nil, 1},
		{"in the configuration", emptyTips(""), nil, Config{Ignores: []Ignore{configIgnore("LNK002", time.Time{}, "b.md"), configIgnore("STR002", time.Time{}, "*")}},
			[]string{`a.md:2:8 warning LNK002 title "Note" is also the title of b.md`}, 3},
		{"not known in the configuration", emptyTips(""), []string{"b.md"}, Config{Ignores: []Ignore{configIgnore("LNK002", time.Time{}, "b.md")}}, []string{tips}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, suppressed := lintFiles(t, map[string]string{"a.md": tt.a, "b.md": emptyTips("")}, tt.config, tt.paths...)
			if diff := cmp.Diff(got, tt.want); diff != "" || suppressed != tt.suppressed {
				t.Errorf("%d suppressed, want %d; findings (-got +want):\n%s", suppressed, tt.suppressed, diff)
			}
		})
	}
}

// fixed applies the fixes of LNT002 until there are none.
func fixed(t testing.TB, text string) string {
	t.Helper()
	for range 20 {
		l := &Linter{Policy: policy.Default(), Root: ".", Now: today}
		found, _ := l.Prompt(library.Parse("a.md", text))
		var fixes []*library.Fix
		for _, d := range found {
			if d.Code == ignoreUnused.ID && d.Fix != nil {
				if !d.Fix.Safe {
					t.Error("the fix is not safe")
				}
				fixes = append(fixes, d.Fix)
			}
		}
		if fixes == nil {
			return text
		}
		text, _ = library.Apply(text, fixes)
	}
	t.Fatal("there is no end of fixes")
	return ""
}

func TestIgnoreUnusedFix(t *testing.T) {
	for _, tt := range []struct{ name, front, want string }{
		{"first of a list", "lint:\n  ignore:\n    - rule: EX001\n      reason: x\n    # kept\n    - rule: STR002\n      reason: y\n", "lint:\n  ignore:\n    # kept\n    - rule: STR002\n      reason: y\n"},
		{"last of a list", "lint:\n  ignore:\n  - rule: STR002\n    reason: y\n  - rule: EX001\n    reason: |\n      two\n      lines\n\nauthor: me\n", "lint:\n  ignore:\n  - rule: STR002\n    reason: y\n\nauthor: me\n"},
		{"with a comment", "lint:\n  ignore:\n    - {rule: STR002, reason: y}\n    - {rule: EX001, reason: x} # soon\n", "lint:\n  ignore:\n    - {rule: STR002, reason: y}\n"},
		{"first of a flow list", "lint: {ignore: [{rule: EX001, reason: x}, {rule: STR002, reason: y}]}\n", "lint: {ignore: [{rule: STR002, reason: y}]}\n"},
		{"last of a flow list", "lint: {ignore: [{rule: STR002, reason: y}, {rule: EX001, reason: x}]}\n", "lint: {ignore: [{rule: STR002, reason: y}]}\n"},
		{"flow list over lines", "lint:\n  ignore: [\n    {rule: STR002, reason: y},\n    {rule: EX001, reason: x},\n  ]\n", "lint:\n  ignore: [\n    {rule: STR002, reason: y},\n  ]\n"},
		{"the only one", "lint:\n  ignore:\n    - {rule: EX001, reason: x}\nauthor: me\n", "author: me\n"},
		{"the only one of a flow list", "lint: {ignore: [{rule: EX001, reason: x}]} # for now\n", ""},
		{"all", "lint:\n  ignore:\n    - {rule: EX001, reason: x}\n    - {rule: EX002, reason: x}\n    - {rule: VAR001, reason: x}\n", ""},
		{"ended", "lint:\n  ignore:\n    - {rule: STR002, reason: y, until: 2024-01-01}\n", ""},
		{"two of three", "lint:\n  ignore:\n    - {rule: EX001, reason: x}\n    - {rule: STR002, reason: y}\n    - {rule: VAR001, reason: x}\n", "lint:\n  ignore:\n    - {rule: STR002, reason: y}\n"},
		{"beside a mistake", "lint:\n  ignore:\n    - {rule: EX001, reason: x}\n    - {rule: NO001, reason: x}\n", "lint:\n  ignore:\n    - {rule: NO001, reason: x}\n"},
		{"one that may be needed", "lint:\n  ignore:\n    - {rule: EX001, reason: x}\n    - {rule: LNK002, reason: x}\n", "lint:\n  ignore:\n    - {rule: LNK002, reason: x}\n"},
		{"dash on a line of its own", "lint:\n  ignore:\n    -\n      rule: EX001\n      reason: x\n    - {rule: STR002, reason: y}\n", "lint:\n  ignore:\n    -\n      rule: EX001\n      reason: x\n    - {rule: STR002, reason: y}\n"},
		{"explicit key", "? lint\n: {ignore: [{rule: EX001, reason: x}]}\n", "? lint\n: {ignore: [{rule: EX001, reason: x}]}\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(fixed(t, emptyTips(tt.front)), emptyTips(tt.want)); diff != "" {
				t.Errorf("fixed (-got +want):\n%s", diff)
			}
			if dos := strings.ReplaceAll(emptyTips(tt.front), "\n", "\r\n"); fixed(t, dos) != strings.ReplaceAll(emptyTips(tt.want), "\n", "\r\n") {
				t.Errorf("with CR LF fixed to %q", fixed(t, dos))
			}
		})
	}
	t.Run("flow mapping as front matter", func(t *testing.T) {
		text := "---\n{title: Note, version: \"1\",\nlint: {ignore: [{rule: EX001, reason: x}]}\n}\n---\nText.\n"
		if got := fixed(t, text); got != text {
			t.Errorf("fixed to %q", got)
		}
	})
}

// FuzzIgnoreUnusedFix: a fix removes entries and changes no other key.
func FuzzIgnoreUnusedFix(f *testing.F) {
	for _, front := range []string{
		"lint: {ignore: [{rule: EX001, reason: x}, {rule: STR002, reason: y}]}\n",
		"lint:\n  ignore:\n  - rule: STR002\n    reason: y\n  - rule: EX001\n    reason: |\n      two\nauthor: me\n",
		"lint:\n  ignore:\n    - {rule: EX001, reason: x} # x\n\n    - {rule: EX001, reason: 'x'}\n",
	} {
		f.Add(front)
	}
	f.Fuzz(func(t *testing.T, front string) {
		others := func(text string) map[string]any {
			p := library.Parse("a.md", text)
			if !p.Front.Sound {
				return nil
			}
			keys, _ := p.Front.Root.JSON().(map[string]any)
			delete(keys, suppressKey)
			return keys
		}
		text := emptyTips(front)
		before := others(text)
		if after := fixed(t, text); before != nil && after != text {
			if diff := cmp.Diff(others(after), before); diff != "" {
				t.Errorf("fixed %q to %q (-after +before):\n%s", text, after, diff)
			}
		}
	})
}
