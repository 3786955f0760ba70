package git

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"promptlib/library"
)

func TestReadFile(t *testing.T) {
	r, _ := repository(t, "sub/a.md", ":(top)x.md", "*.md")
	write(t, r.Root, "large.md", strings.Repeat("x", library.MaxFileSize+1))
	if err := os.Symlink("sub/a.md", filepath.Join(r.Root, "link.md")); err != nil {
		t.Skipf("skipped: the file system has no links: %v", err)
	}
	command(t, r.Root, "add", "--all")
	command(t, r.Root, "commit", "--quiet", "--message=two")
	tip, err := r.Tip(t.Context(), "main")
	if err != nil || len(tip) != 40 {
		t.Fatalf("the tip of main is %q, error %v", tip, err)
	}
	write(t, r.Root, "sub/a.md", "what the work tree says\n")
	const text = "one\ntwo\nthree\nfour\nfive\n"
	for _, tt := range []struct {
		name, want, err string
	}{
		{"sub/a.md", text, ""},
		{"sub/../sub/a.md", text, ""},
		{":(top)x.md", text, ""},
		{"*.md", text, ""},
		{"none.md", "", ""},
		{"?.md", "", ""},
		{"sub", "", "is no regular file"},
		{"link.md", "", "is no regular file"},
		{"large.md", "", "has more than"},
		{"../a.md", "", "cannot be read"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := r.ReadFile(t.Context(), tip, tt.name)
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Errorf("error %v, want %q", err, tt.err)
			}
			if string(got) != tt.want || tt.want == "" && got != nil {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	for _, ref := range []string{"none", "--help", "", "HEAD:sub"} {
		var e *Error
		if _, err := r.Tip(t.Context(), ref); !errors.As(err, &e) || e.Hint == "" {
			t.Errorf("%q: error %v, want one with a hint", ref, err)
		}
	}
}

// TestReadFileReplaced: what was put in place of a file in this clone alone does
// not count.
func TestReadFileReplaced(t *testing.T) {
	r, tip := repository(t, "a.md")
	write(t, r.Root, "b.md", "something else\n")
	command(t, r.Root, "add", "b.md")
	command(t, r.Root, "replace", "HEAD:a.md", ":b.md")
	got, err := r.ReadFile(t.Context(), tip, "a.md")
	if want := "one\ntwo\nthree\nfour\nfive\n"; err != nil || string(got) != want {
		t.Errorf("got %q, error %v, want %q", got, err, want)
	}
}
