package library

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestQuickHeader: which headers the shortcut takes.
func TestQuickHeader(t *testing.T) {
	tests := []struct {
		name, header string
		ok           bool
	}{
		{"scalars", "a: b\nc-d_e: 1.10\nf: true\ng: (x) y-z, [w]\n", true},
		{"quoted", "a: \"b: c # d\"\ne: 'f: \"g\"'\nh: \"\"\n", true},
		{"list", "a:\n- b\n- \"c\"\nd:\n  - e f\n  - 1\n", true},
		{"several lines", "a: b c\n  d e\n    f\ng: h\n", true},
		{"several lines of a number", "a: 1\n  2\n", true},
		{"not ASCII", "a: é → b\nb:\n  - \"ü\"\n  - x\n", true},
		{"sign inside", "a: b#c d:e -f\n", true},
		{"name like null", "nulls: a\ntrue_: b\n", true},
		{"null", "a:\nb: c\n", false},
		{"null at the end", "a: b\nc:\n", false},
		{"tilde", "a: ~\n", false},
		{"comment", "a: b # c\n", false},
		{"comment line", "# x\na: b\n", false},
		{"blank line", "a: b\n\nc: d\n", false},
		{"mapping", "a:\n  b: c\n", false},
		{"mapping in a line", "a: {b: c}\n", false},
		{"mapping in a list", "a:\n  - b: c\n", false},
		{"colon in a value", "a: b: c\n", false},
		{"colon at the end", "a: b:\n", false},
		{"flow list", "a: [b]\n", false},
		{"block scalar", "a: |\n  b\n", false},
		{"anchor", "a: &b c\n", false},
		{"tag", "a: !b c\n", false},
		{"escape", "a: \"b\\n\"\n", false},
		{"quote in quotes", "a: 'b''c'\n", false},
		{"text after quotes", "a: \"b\" c\n", false},
		{"quotes over two lines", "a: \"b\n  c\"\n", false},
		{"quotes, then more", "a: \"b\"\n  c\n", false},
		{"duplicate key", "a: b\na: c\n", false},
		{"key that is no text", "true: a\n", false},
		{"key that is a number", "1: a\n", false},
		{"quoted key", "\"a\": b\n", false},
		{"no colon", "a\n", false},
		{"no space", "a:b\n", false},
		{"two spaces", "a:  b\n", false},
		{"space at the end", "a: b \n", false},
		{"tab", "a: b\tc\n", false},
		{"CR LF", "a: b\r\n", false},
		{"control character", "a: b\x01\n", false},
		{"line separator", "a: b\u2028c\n", false},
		{"not UTF-8", "a: b\xff\n", false},
		{"folded items", "a: b\n  - c\n", false},
		{"indented delimiter", "a: b\n  ---\n", false},
		{"items indented unlike", "a:\n  - b\n - c\n", false},
		{"item over two lines", "a:\n  - b\n    c\n", false},
		{"empty item", "a:\n  -\n  - b\n", false},
		{"section tag", "a: b\n<purpose>\n", false},
		{"heading", "a: b\n# Title\n", false},
		{"conflict", "<<<<<<< HEAD\na: b\n=======\na: c\n>>>>>>> x\n", false},
		{"too many keys", strings.Repeat("k: v\n", 101), false},
		{"empty", "", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := "---\n" + test.header + "---\nbody\n"
			if _, _, ok := quickHeader(newSource("x.md", text)); ok != test.ok {
				t.Errorf("ok = %t, want %t", ok, test.ok)
			}
			checkQuickHeader(t, text)
		})
	}
	for name, text := range map[string]string{
		"no body":            "---\na: b\n---",
		"empty body":         "---\na: b\n---\n",
		"blank line first":   "\n---\na: b\n---\nx\n",
		"byte order mark":    bom + "---\na: b\n---\nx\n",
		"never closed":       "---\na: b\nx\n",
		"closer with a tail": "---\na: b\n--- \nx\n",
		"four hyphens":       "---\na: b\n----\nx\n---\n",
		"no front matter":    "x\n",
	} {
		t.Run(name, func(t *testing.T) { checkQuickHeader(t, text) })
	}
}

// checkQuickHeader holds the shortcut against what it stands in for.
func checkQuickHeader(t *testing.T, text string) {
	t.Helper()
	s := newSource("x.md", text)
	fm, body, ok := quickHeader(s)
	if !ok {
		return
	}
	want, wantBody, problems := readAnyHeader(newSource("x.md", text))
	if diff := cmp.Diff(fm, want); diff != "" || body != wantBody || problems != nil {
		t.Errorf("quickHeader of %q: body at %d, want %d; problems %v (-quick +want):\n%s", text, body, wantBody, problems, diff)
	}
}

// TestQuickHeaderOfLibraries reads every file of the public libraries both ways.
func TestQuickHeaderOfLibraries(t *testing.T) {
	root, err := filepath.EvalSymlinks(filepath.Join("..", "..", "shared")) // a walk does not follow one
	if err != nil {
		t.Skip("there is no ../shared beside the repository")
	}
	files, quick := 0, 0
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || !IsPromptFile(path) {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		if _, _, ok := quickHeader(newSource("x.md", string(text))); ok {
			quick++
		}
		checkQuickHeader(t, string(text))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d files take the shortcut", quick, files)
	if quick == 0 {
		t.Error("no file takes the shortcut")
	}
}
