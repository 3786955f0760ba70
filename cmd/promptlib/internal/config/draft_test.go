package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"promptlib/library"
	"promptlib/library/policy"
)

// look writes a library and looks at it.
func look(t *testing.T, files map[string]string) *Survey {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	lib, err := library.Open(root)
	if err != nil {
		t.Fatal(err)
	}
	return Look(root, lib.Files)
}

func TestLook(t *testing.T) {
	b := "---\ntitle: x\nriskLevel: HIGH\ngovernance_tags: [PII-safe, odd]\n---\n## Description\n\nx\n\n## 🎯 Prompt:\n\nx\n"
	s := look(t, map[string]string{
		"prompts/a.md": b, "prompts/old/b.prompt": b, "agents [1]/c.md": b, "d.md": "---\nrisk_level: high\nrisk_level: low\n---\nText.\n",
		"notes/e.md": "Text.\n", "README.md": "About.\n", "site/node_modules/x/f.md": b,
	})
	want := &Survey{
		Prompts: 5, Prose: 1, Bare: 1,
		Dialects: []Count{{"A", 0}, {"B", 3}, {"plain", 1}},
		Globs:    []string{"*.md", `agents \[1\]/**/*.md`, "prompts/**/*.md", "prompts/**/*.prompt"},
		Foreign:  []string{"**/node_modules/**"},
		Sections: []Count{{"description", 3}, {"prompt", 3}},
	}
	for _, f := range policy.Fields {
		use := KeyUse{Key: f.Key}
		switch f.Key {
		case "risk_level":
			use.Prompts, use.Known = 3, []Count{{"high", 3}} // d.md can be read in two ways
		case "governance_tags":
			use.Prompts, use.Known, use.Unknown = 3, []Count{{"PII-safe", 3}}, []Count{{"odd", 3}}
		}
		want.Keys = append(want.Keys, use)
	}
	if diff := cmp.Diff(s, want); diff != "" {
		t.Errorf("survey (-got +want):\n%s", diff)
	}
}

func TestLookAtManyFolders(t *testing.T) {
	files := map[string]string{}
	for _, c := range "abcdefghi" {
		files[string(c)+"/x.md"] = "---\ntitle: x\n---\nText.\n"
	}
	if got := look(t, files).Globs; len(got) != 1 || got[0] != "**/*.md" {
		t.Errorf("globs are %q, want one for all folders", got)
	}
}

// load reads drafts as the program does.
func load(t testing.TB, s *Survey) (Config, *policy.Policy) {
	t.Helper()
	files := Draft(s)
	c, err := Read(files[0].Path, []byte(files[0].Text))
	if err != nil {
		t.Fatalf("%v\n%s", err, files[0].Text)
	}
	p, err := policy.Read(files[1].Path, []byte(files[1].Text))
	if err != nil {
		t.Fatalf("%v\n%s", err, files[1].Text)
	}
	return c, p
}

func TestDraft(t *testing.T) {
	tags := KeyUse{Key: "governance_tags", Prompts: 9, Known: []Count{{"sensitive", 9}, {"internal-only", 2}, {"CISO-approval-required", 1}}}
	s := &Survey{
		Prompts: 12, Bare: 2, Globs: []string{`a "b"/**/*.md`, "*.md"}, Foreign: []string{"**/vendor/**"},
		Dialects: []Count{{"A", 0}, {"B", 10}, {"plain", 2}}, Sections: []Count{{"prompt", 10}, {"tips", 8}},
		Keys: []KeyUse{
			{Key: "owner", Prompts: 10},
			{Key: "risk_level", Prompts: 9, Known: []Count{{"low", 9}}},
			{Key: "regulatory_scope", Prompts: 3, Known: []Count{{"SOC2", 2}, {"GDPR", 1}}},
			tags,
			{Key: "approval_roles", Prompts: 10, Known: []Count{{"CTO", 9}}, Unknown: []Count{{"None", 1}}},
		},
	}
	c, p := load(t, s)
	if diff := cmp.Diff(p.Prompts, s.Globs); diff != "" {
		t.Errorf("prompts (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(p.Required, []string{"owner", "risk_level", "governance_tags"}); diff != "" {
		t.Errorf("required keys (-got +want):\n%s", diff)
	}
	for key, want := range map[string]string{
		"risk_level": "low medium high critical", "regulatory_scope": "SOC2 GDPR", "governance_tags": "sensitive internal-only CISO-approval-required",
		"approval_roles": "", "data_classification": "",
	} {
		v, got := p.Vocabulary[key], ""
		if v.Declared {
			got = strings.Join(v.Words, " ")
		}
		if got != want {
			t.Errorf("vocabulary of %s is %q, want %q", key, got, want)
		}
	}
	var want []policy.Tag
	for _, name := range []string{"sensitive", "internal-only", "CISO-approval-required"} {
		tag, _ := policy.Default().Tag(name)
		want = append(want, tag)
	}
	if diff := cmp.Diff(p.Tags, want); diff != "" {
		t.Errorf("tags (-got +want):\n%s", diff)
	}
	if len(c.Lint.Exclude) != 1 || c.Lint.Exclude[0].Value != "**/vendor/**" {
		t.Errorf("excluded are %v", c.Lint.Exclude)
	}
	for file, parts := range map[int][]string{0: {`#     - {required: ["prompt"]}`}, 1: {`# approval_roles is not declared: "None" (1) in use`, "# In use in fewer: regulatory_scope (3), approval_roles (10)."}} {
		for _, part := range parts {
			if !strings.Contains(Draft(s)[file].Text, "\n"+part) {
				t.Errorf("%s does not say %q:\n%s", Draft(s)[file].Path, part, Draft(s)[file].Text)
			}
		}
	}
}

// TestDraftOfAnything: whatever the library is like, its first settings can be
// read and mean what the built-in ones mean.
func TestDraftOfAnything(t *testing.T) {
	load(t, &Survey{})
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
			"\n", "a\nversion: 2", "\"", "'", "\\", "#", "\u0085rules:", "\u2028x", "\x1b[2J", "\x00", "\xff", "{a", "${x}", "%d", "*", "[", strings.Repeat("é", 100),
		}))
		counts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Count { return Count{texts.Draw(t, "name"), rapid.IntRange(1, 9).Draw(t, "prompts")} }), 0, 12)
		s := &Survey{
			Prompts: 9, Sections: counts.Draw(t, "sections"), Dialects: []Count{{"B", rapid.IntRange(0, 9).Draw(t, "B")}},
			Globs: []string{escapeGlob(strings.ToValidUTF8(texts.Draw(t, "folder"), "")) + "/**/*.md"},
		}
		for _, f := range policy.Fields {
			s.Keys = append(s.Keys, KeyUse{Key: f.Key, Prompts: rapid.IntRange(0, 9).Draw(t, "prompts"), Unknown: counts.Draw(t, "unknown")})
		}
		for _, f := range Draft(s) {
			for _, c := range f.Text {
				if c < ' ' && c != '\n' || c >= 0x7f && c < 0xa0 || c == 0x2028 || !utf8.ValidString(f.Text) {
					t.Fatalf("%s holds %U:\n%s", f.Path, c, f.Text)
				}
			}
		}
		files := Draft(s)
		if _, err := Read(files[0].Path, []byte(files[0].Text)); err != nil {
			t.Fatalf("%v\n%s", err, files[0].Text)
		}
		p, err := policy.Read(files[1].Path, []byte(files[1].Text))
		if err != nil {
			t.Fatalf("%v\n%s", err, files[1].Text)
		}
		if diff := cmp.Diff(p.Prompts, s.Globs); diff != "" {
			t.Fatalf("prompts (-got +want):\n%s", diff)
		}
	})
}
