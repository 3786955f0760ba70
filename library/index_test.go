package library

import (
	"os"
	"path/filepath"
	"testing"
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
