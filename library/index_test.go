package library

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func openTree(t *testing.T, paths []string, tree ...string) *Index {
	t.Helper()
	makeTree(t, tree...)
	lib, err := Open(paths...)
	if err != nil {
		t.Fatal(err)
	}
	return lib.Index
}

func TestIndexHas(t *testing.T) {
	ix := openTree(t, []string{"lib/a"},
		"lib/.promptlib/", "lib/a/one.md", "lib/a/docs/index.md", "lib/a/pkg/README.md", "lib/b/two.prompt", "lib/b/data.json", "lib/b/two words.md", "lib/.git/three.md", "outside.md")
	tests := []struct {
		reference string
		want      bool
	}{
		{"one", true},
		{"one.md", true},
		{"one.txt", true}, // by its stem
		{"two", true},
		{"two.prompt", true},
		{"index", true},
		{"three", false},
		{"outside", false},
		{"data", false},
		{"four", false},
		{"four.md", false},
		{"./one.md", true},
		{"./one", true},
		{"../b/two.prompt", true},
		{"../b/two", false},
		{"../b/data.json", true},
		{"b/two.prompt", true},
		{"b/two%20words.md", true},
		{"two%20words", true},
		{"b/two words.md", true},
		{"b/100%.md", false},
		{"a/one.md", true},
		{"a/one.md#usage", true},
		{"./gone.md#usage", false},
		{"docs", false},
		{"docs/", true},
		{"./docs", true},
		{"./pkg/", true},
		{"../b/", false},
		{"../../outside.md", false},
		{"#usage", true},
		{"https://example.org/x", true},
		{"mailto:ann@example.org", true},
	}
	for _, test := range tests {
		t.Run(test.reference, func(t *testing.T) {
			if got := ix.Has("lib/a/one.md", test.reference); got != test.want {
				t.Errorf("Has(%q) = %t, want %t", test.reference, got, test.want)
			}
		})
	}
}

func TestIndexNear(t *testing.T) {
	ix := openTree(t, nil, "code-reviewer.md", "a/sql-writer.md", "b/sql-writer.prompt", "notes.txt")
	tests := []struct{ reference, want string }{
		{"code-reviewer", "code-reviewer.md"},
		{"old/code-reviewer.md", "code-reviewer.md"},
		{"code-reviewr", "code-reviewer.md"},
		{"codeReviewer.md#usage", "code-reviewer.md"},
		{"../x/sql_writer", "a/sql-writer.md"},
		{"notes", ""},
		{"something-else", ""},
		{"", ""},
	}
	for _, test := range tests {
		t.Run(test.reference, func(t *testing.T) {
			if got := ix.Near(test.reference); got != test.want {
				t.Errorf("Near(%q) = %q, want %q", test.reference, got, test.want)
			}
		})
	}
}

// Where a file is named and no folder above it is known as a library, nobody can
// say how far to look for names: the file's own folder it is, and any path.
func TestIndexOfAFileKnowsItsNeighbours(t *testing.T) {
	ix := openTree(t, []string{"lib/one.md"}, "lib/one.md", "lib/two.md", "lib/sub/three.md", "four.md")
	for reference, want := range map[string]bool{
		"two": true, "three": false, "sub/three.md": true, "four": false, "../four.md": true, "../five.md": false, "../lib": false,
	} {
		if got := ix.Has("lib/one.md", reference); got != want {
			t.Errorf("Has(%q) = %t, want %t", reference, got, want)
		}
	}
}

func TestStem(t *testing.T) {
	for path, want := range map[string]string{"a/b.c.md": "b.c", "b": "b", "": "", "a/b/": "b"} {
		if got := Stem(path); got != want {
			t.Errorf("Stem(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestIndexFiles(t *testing.T) {
	ix := openTree(t, []string{"lib", "lib2"},
		"lib/.promptlib/config.yaml", "lib/a.md", "lib/b/c.md", "lib/b/d.txt", "lib/inner/.promptlib/x", "lib/inner/e.md", "lib2/f.md")
	for root, want := range map[string][]string{
		"lib":       {".promptlib/config.yaml", "a.md", "b/c.md", "b/d.txt"},
		"lib/inner": {".promptlib/x", "e.md"},
		"lib2":      {"f.md"},
		"lib3":      nil,
	} {
		if diff := cmp.Diff(want, slices.Sorted(ix.Files(root))); diff != "" {
			t.Errorf("files of %s: -want +got\n%s", root, diff)
		}
	}
}

func TestIndexLeads(t *testing.T) {
	ix := openTree(t, []string{"lib"},
		"lib/.promptlib/", "lib/a/one.md", "lib/a/docs/", "lib/b/two.prompt", "lib/b/two words.md", "lib/.git/three.md", "outside.md")
	for link, want := range map[string]bool{
		"one.md": true, "./one.md#part": true, "one.md?plain=1": true, "one": true, "docs": true, "docs/": true, "gone/": false,
		"../b/two.prompt": true, "two.prompt": false, "two": false, "b/two.prompt": true, "/b/two.prompt": true, "/a/one.md": true, "/one.md": false,
		"../b/two%20words.md": true, "../b/two words.md": true, "b/100%.md": false, "../../outside.md": true, "../../inside.md": false,
		"": true, "#part": true, "?x": true, "https://example.org/gone.md": true, "mailto:ann@example.org": true, "./a:b.md": false,
	} {
		if got := ix.Leads("lib/a/one.md", link); got != want {
			t.Errorf("Leads(%q) = %t, want %t", link, got, want)
		}
	}
}

func TestIndexMoved(t *testing.T) {
	ix := openTree(t, []string{"lib"},
		"lib/.promptlib/", "lib/a/one.md", "lib/b/two.prompt", "lib/b/three four.md", "lib/c/plans/five.md", "lib/d/five.md", "lib/c/six.md", "lib/d/six.md", "lib/e/seven.md", "lib/e/seven.prompt")
	for reference, want := range map[string]string{
		"old/two.prompt":    "../b/two.prompt",
		"two":               "../b/two.prompt",
		"two.md":            "", // of another kind
		"three%20four.md#x": "../b/three%20four.md",
		"plans/five.md":     "../c/plans/five.md",
		"../d/x/five.md":    "", // either may be meant
		"x/d/six.md":        "../d/six.md",
		"six.md":            "",
		"seven.md":          "../e/seven.md",
		"seven":             "",
		"one.md":            "", // the file itself
		"eight.md":          "",
		"":                  "",
	} {
		if got := ix.Moved("lib/a/one.md", reference); got != want {
			t.Errorf("Moved(%q) = %q, want %q", reference, got, want)
		}
	}
}

func TestIndexHasBeside(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"a/x.md", "a/x.eval.yaml", "b/x.md"} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	lib, err := Open(".")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"a/x.eval.yaml": true, "./a/../a/x.eval.yaml": true, "b/x.eval.yaml": false, "a/y.eval.yaml": false} {
		if got := lib.Index.HasBeside(name); got != want {
			t.Errorf("HasBeside(%q) = %v, want %v", name, got, want)
		}
	}
}
