package git

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/library"
)

func TestFile(t *testing.T) {
	r, _ := repository(t, append([]string{"sub/a.md"}, hostile...)...)
	if err := os.Symlink("a.md", filepath.Join(r.Root, "sub", "link.md")); err != nil {
		t.Skipf("skipped: there are no symbolic links: %v", err)
	}
	write(t, r.Root, "crlf.md", "one\r\n")
	write(t, r.Root, ".gitattributes", "crlf.md -text\nsub/a.md diff=x filter=y\n")
	write(t, r.Root, "huge.md", strings.Repeat("x", library.MaxFileSize+1))
	command(t, r.Root, "add", "--all")
	command(t, r.Root, "commit", "--quiet", "--message=two")
	write(t, r.Root, "sub/a.md", "changed\n")
	for _, test := range []struct {
		name, ref, path, want string
		found                 bool
	}{
		{"file", "HEAD", "sub/a.md", "one\ntwo\nthree\nfour\nfive\n", true},
		{"as it lies there", "main", "crlf.md", "one\r\n", true},
		{"before", "HEAD~1", "crlf.md", "", false},
		{"nothing", "HEAD", "sub/b.md", "", false},
		{"folder", "HEAD", "sub", "", false},
		{"folder with a slash", "HEAD", "sub/", "", false},
		{"symbolic link", "HEAD", "sub/link.md", "", false},
		{"glob", "HEAD", "sub/*.md", "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			text, found, err := r.File(t.Context(), test.ref, test.path)
			if string(text) != test.want || found != test.found || err != nil {
				t.Errorf("got %q, %t, %v; want %q, %t", text, found, err, test.want, test.found)
			}
		})
	}
	for _, name := range hostile {
		if text, found, err := r.File(t.Context(), "HEAD", name); len(text) == 0 || !found || err != nil {
			t.Errorf("%q: got %q, %t, %v", name, text, found, err)
		}
	}
	for name, call := range map[string][2]string{"unknown ref": {"none", "sub/a.md"}, "ref that is an option": {"--all", "sub/a.md"}, "huge": {"HEAD", "huge.md"}} {
		var e *Error
		if _, found, err := r.File(t.Context(), call[0], call[1]); found || !errors.As(err, &e) || e.Hint == "" {
			t.Errorf("%s: got %t, %v; want an error with a hint", name, found, err)
		}
	}
}

func TestWriters(t *testing.T) {
	r, base := repository(t, "a.md", "b.md")
	t.Setenv("GIT_AUTHOR_EMAIL", "b@example.org")
	write(t, r.Root, "a.md", "new\n")
	command(t, r.Root, "commit", "--quiet", "--all", "--message=two")
	t.Setenv("GIT_AUTHOR_EMAIL", "c@example.org")
	write(t, r.Root, "a.md", "newer\n")
	command(t, r.Root, "commit", "--quiet", "--all", "--message=three")
	command(t, r.Root, "config", "log.showSignature", "true")
	for _, test := range []struct {
		name, base, path string
		want             []string
	}{
		{"last", "", "a.md", []string{"c@example.org", "a@example.org"}},
		{"last of another", "", "b.md", []string{"a@example.org", "a@example.org"}},
		{"all since", base, "a.md", []string{"c@example.org", "a@example.org", "b@example.org", "a@example.org"}},
		{"nobody since", base, "b.md", []string{}},
		{"no file", "", "--all", []string{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := r.Writers(t.Context(), test.base, test.path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Errorf("-got +want\n%s", diff)
			}
		})
	}
	if _, err := r.Writers(t.Context(), "none", "a.md"); err == nil {
		t.Error("an unknown base is no error")
	}
}

func TestConfig(t *testing.T) {
	r, _ := repository(t)
	command(t, r.Root, "config", "user.signingkey", "~/key")
	command(t, r.Root, "config", "user.email", "a@example.org")
	for key, want := range map[string]string{"user.signingkey": filepath.Join(os.Getenv("HOME"), "key"), "user.email": "a@example.org", "user.none": "", "none": ""} {
		if got := r.Config(t.Context(), key); got != want {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
}
