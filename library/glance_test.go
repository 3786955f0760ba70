package library

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGlance(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string // nil where only the whole reader knows
	}{
		{"plain", "---\ntitle: A note\nversion: 1\n---\n", []string{"A note"}},
		{"quoted", "---\ntitle: \"A note: one\"\n---\n", []string{"A note: one"}},
		{"single quotes", "---\ntitle: 'A \"note\"'\n---\n", []string{`A "note"`}},
		{"all keys", "---\nid: n-1\nname: note\ntitle: Note\n---\n", []string{"n-1", "note", "Note"}},
		{"both of two", "---\ntitle: A\ntitle: B\n---\n", []string{"A", "B"}},
		{"CRLF", "---\r\ntitle: A note\r\n---\r\n", []string{"A note"}},
		{"among lists and blocks", "---\ntags:\n- a\n- b\n\nintro: |\n  title: x\n# title: y\nname: note\n--- \n", []string{"note"}},
		{"space before the colon", "---\ntitle : A\n---\n", []string{"A"}},
		{"a number", "---\ntitle: 2024\n---\n", []string{"2024"}},

		{"id alone", "---\nid: n-1\n---\n# Note\n", nil},
		{"no title", "---\nversion: 1\n---\n# Note\n", nil},
		{"no front matter", "# Note\n", nil},
		{"empty", "", nil},
		{"byte order mark", "\ufeff---\ntitle: A\n---\n", nil},
		{"blank line first", "\n---\ntitle: A\n---\n", nil},
		{"never closed", "---\ntitle: A\n\nText.\n", nil},
		{"without line end", "---", nil},
		{"empty value", "---\ntitle:\n---\n", nil},
		{"null", "---\ntitle: Null\n---\n", nil},
		{"folded on", "---\ntitle: A long\n  note\n---\n", nil},
		{"block scalar", "---\ntitle: >\n  A\n---\n", nil},
		{"alias", "---\ntitle: *a\n---\n", nil},
		{"list", "---\ntitle: [A]\n---\n", nil},
		{"comment", "---\ntitle: A # one\n---\n", nil},
		{"comment after quotes", "---\ntitle: \"A\" # one\n---\n", nil},
		{"escape", "---\ntitle: \"A\\tB\"\n---\n", nil},
		{"doubled quote", "---\ntitle: 'it''s'\n---\n", nil},
		{"quote not closed", "---\ntitle: \"A\n  B\"\n---\n", nil},
		{"one quote", "---\ntitle: \"\n---\n", nil},
		{"mapping in a line", "---\ntitle: A: B\n---\n", nil},
		{"key in quotes", "---\n\"title\": A\n---\n", nil},
		{"no space", "---\ntitle:A\n---\n", nil},
		{"prose", "---\nSome text\ntitle: A\n---\n", nil},
		{"too long", "---\ntitle: A\nintro: " + strings.Repeat("x", glanceSize) + "\n---\n", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.md")
			if err := os.WriteFile(path, []byte(tt.text), 0o666); err != nil {
				t.Fatal(err)
			}
			got, ok := Glance(File{Path: path})
			if !ok {
				got = nil
			}
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("values (-got +want):\n%s", diff)
			}
		})
	}
	for name, f := range map[string]File{
		"missing":      {Path: filepath.Join(t.TempDir(), "a.md")},
		"a folder":     {Path: t.TempDir()},
		"with problem": {Path: "glance.go", Problem: &Problem{}},
	} {
		if _, ok := Glance(f); ok {
			t.Errorf("%s is glanced at", name)
		}
	}
}

// FuzzGlance: what a front matter holds that can be read in one way is among the
// values of a glance.
func FuzzGlance(f *testing.F) {
	f.Add("---\ntitle: A\nid: 'b'\n---\n# C\n")
	f.Add("---\nname: \"A\"\nx: |\n title: b\n---\n")
	f.Add("---\ntitle: a\n b\n---\n")
	f.Fuzz(func(t *testing.T, text string) {
		values, ok := glance([]byte(text))
		p := Parse("a.md", text)
		if !ok || !p.Front.Sound {
			return
		}
		for _, want := range []Text{p.Title, p.Front.Root.Get("name").Scalar(), p.Front.Root.Get("id").Scalar()} {
			if want.Value != "" && !slices.Contains(values, want.Value) {
				t.Errorf("a glance at %q sees %q, and not %q", text, values, want.Value)
			}
		}
	})
}
