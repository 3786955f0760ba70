package git

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// repository makes a repository of some files in a new folder.
func repository(t *testing.T, names ...string) (Repo, string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("skipped: there is no git")
	}
	for name, value := range map[string]string{
		"HOME": t.TempDir(), "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "a@example.org",
	} {
		t.Setenv(name, value)
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	command(t, dir, "init", "--quiet", "--initial-branch=main")
	for _, name := range names {
		write(t, dir, name, "one\ntwo\nthree\nfour\nfive\n")
	}
	command(t, dir, "add", "--all")
	command(t, dir, "commit", "--quiet", "--allow-empty", "--message=one")
	r, err := Find(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if r.Root != dir {
		t.Fatalf("the root is %q, want %q", r.Root, dir)
	}
	base, err := r.Base(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	return r, base
}

func command(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(text), 0o666)); err != nil {
		t.Skipf("skipped: the file system refuses the name: %v", err)
	}
}

// hostile are names that git quotes, or that look like something else.
var hostile = []string{"with space.md", "tab\there.md", "new\nline.md", "ünï.md", "\"quoted\".md", "back\\slash.md", "esc\x1b.md", "no\xffutf8.md", "--output=x.md", ":(top)x.md", "*.md", "+++ b/x.md"}

func TestChanged(t *testing.T) {
	r, base := repository(t, append([]string{"same.md", "gone.md", "moved.md", "mode.md", "sub/a.md"}, hostile...)...)
	command(t, r.Root, "rm", "--quiet", "gone.md")
	command(t, r.Root, "mv", "moved.md", "sub/moved.md")
	if err := os.Chtimes(filepath.Join(r.Root, "same.md"), fixed, fixed); err != nil {
		t.Fatal(err)
	}
	for _, name := range hostile {
		write(t, r.Root, name, "one\ntwo\n3\nfour\nfive\n")
	}
	write(t, r.Root, "new/un\ntracked.md", "x\n")
	write(t, r.Root, "new/ignored.md", "x\n")
	write(t, r.Root, ".git/info/exclude", "ignored.md\n")
	write(t, r.Root, "staged.md", "x\n")
	command(t, r.Root, "add", "staged.md")
	command(t, r.Root, "update-index", "--chmod=+x", "mode.md")

	want := map[string]bool{"new/un\ntracked.md": true, "staged.md": true, "sub/moved.md": true}
	for _, name := range hostile {
		want[name] = false
	}
	got, err := r.Changed(t.Context(), base, ".")
	if err != nil {
		t.Fatal(err)
	}
	delete(got, filepath.Join(r.Root, "mode.md")) // as the file system sees it
	if diff := cmp.Diff(relative(r, got), want); diff != "" {
		t.Errorf("changed (-got +want):\n%s", diff)
	}
	got, err = r.Changed(t.Context(), base, "sub")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(relative(r, got), map[string]bool{"sub/moved.md": true}); diff != "" {
		t.Errorf("changed below sub (-got +want):\n%s", diff)
	}

	lines, err := r.Lines(t.Context(), base, ".")
	if err != nil {
		t.Fatal(err)
	}
	spans := relative(r, lines)
	for _, name := range hostile {
		if diff := cmp.Diff(spans[name], []Span{{3, 3}}); diff != "" {
			t.Errorf("lines of %q (-got +want):\n%s", name, diff)
		}
	}
}

var fixed = time.Unix(1e9, 0)

func relative[T any](r Repo, files map[string]T) map[string]T {
	out := map[string]T{}
	for path, v := range files {
		rel, _ := filepath.Rel(r.Root, path)
		out[filepath.ToSlash(rel)] = v
	}
	return out
}

func TestLines(t *testing.T) {
	r, base := repository(t, "a.md")
	for _, tt := range []struct {
		name, text string
		want       []Span
	}{
		{"changed", "one\n2\nthree\nfour\nfive\n", []Span{{2, 2}}},
		{"added", "zero\none\ntwo\nthree\nfour\nfive\nsix\nseven\n", []Span{{1, 1}, {7, 8}}},
		{"gone", "one\ntwo\nfive\n", []Span{{2, 3}}},
		{"gone at the start", "two\nthree\nfour\nfive\n", []Span{{0, 1}}},
		{"last line end gone", "one\ntwo\nthree\nfour\nfive", []Span{{5, 5}}},
		{"lines that look like headers", "one\n++ b/x.md\n@@ -1 +1 @@\nfour\nfive\n", []Span{{2, 3}}},
		{"no text", "one\ntwo\x00\nthree\nfour\nfive\n", []Span{{2, 2}}},
		{"CR LF", "one\r\ntwo\nthree\nfour\nfive\n", []Span{{1, 1}}},
		{"emptied", "", []Span{{0, 1}}},
		{"the same", "one\ntwo\nthree\nfour\nfive\n", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			write(t, r.Root, "a.md", tt.text)
			lines, err := r.Lines(t.Context(), base, ".")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(lines[filepath.Join(r.Root, "a.md")], tt.want); diff != "" {
				t.Errorf("spans (-got +want):\n%s", diff)
			}
		})
	}
}

func TestFindFailures(t *testing.T) {
	repository(t)
	for name, dir := range map[string]string{"no repository": t.TempDir(), "no folder": filepath.Join(t.TempDir(), "none")} {
		var e *Error
		if _, err := Find(t.Context(), dir); !errors.As(err, &e) || e.Hint == "" || strings.Contains(e.Message, "\n") {
			t.Errorf("%s: error %v, want one line with a hint", name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Find(ctx, t.TempDir()); err == nil {
		t.Error("Find goes on when it is cancelled")
	}
}

// FuzzParseDiff: whatever git prints is read without panic, and spans are in
// order.
func FuzzParseDiff(f *testing.F) {
	f.Add("diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1,2 @@ x\n-a\n+b\n+c\n\\ No newline at end of file\n")
	f.Add("+++ \"b/a\\303\\274\\t\"\n@@ -0,0 +1 @@\n+x\n")
	f.Add("@@ -1,99999999999 +1 @@\n")
	f.Fuzz(func(t *testing.T, diff string) {
		for name, spans := range parseDiff(diff) {
			if name == "" || len(spans) == 0 || slices.ContainsFunc(spans, func(s Span) bool { return s.To < s.From }) {
				t.Errorf("%q has spans %v", name, spans)
			}
		}
	})
}
