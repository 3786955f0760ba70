package git

import (
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"promptlib/library"
)

func TestComparisonChanged(t *testing.T) {
	eachFormat(t, func(t *testing.T, r Repo) {
		files := map[string]string{"same.md": "same\n", "gone.md": "gone\n", "moved.md": "moved\n", "a/b.md": "b\n", "turns/file": "x\n"}
		for _, name := range hostile {
			files[name] = "one\n"
		}
		commit(t, r, "ada", files)
		next := map[string]string{"gone.md": "", "moved.md": "", "sub/moved.md": "moved\n", "a.md": "new\n", "turns/file/in/folders": "x\n"}
		for _, name := range hostile {
			next[name] = "two\n"
		}
		command(t, r.Root, "rm", "--quiet", "turns/file")
		command(t, r.Root, "update-index", "--chmod=+x", "a/b.md")
		command(t, r.Root, "update-index", "--add", "--cacheinfo", "160000,"+ask(t, r.Root, "rev-parse", "HEAD")+",module")
		link := hashObject(t, r, "blob", "../../etc/passwd")
		command(t, r.Root, "update-index", "--add", "--cacheinfo", "120000,"+link+",link.md")
		for name, text := range next {
			if text == "" {
				command(t, r.Root, "rm", "--quiet", "--", name)
				continue
			}
			command(t, r.Root, "update-index", "--add", "--cacheinfo", "100644,"+hashObject(t, r, "blob", text)+","+name)
		}
		command(t, r.Root, "commit", "--quiet", "--message=two")

		c := compare(t, r, "HEAD~1", "HEAD")
		changes, err := c.Changed(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for i, change := range changes {
			got[change.Path] = change.Base.Mode + " " + change.Head.Mode
			if i > 0 && changes[i-1].Path >= change.Path {
				t.Errorf("%q stands before %q", changes[i-1].Path, change.Path)
			}
		}
		want := map[string]string{
			"gone.md": "100644 ", "moved.md": "100644 ", "sub/moved.md": " 100644", "a.md": " 100644", "a/b.md": "100644 100755", "turns/file": "100644 ", "turns/file/in/folders": " 100644",
			"module": " 160000", "link.md": " 120000",
		}
		for _, name := range hostile {
			want[name] = "100644 100644"
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("changed (-got +want):\n%s", diff)
		}
		texts, err := c.Read(t.Context(), []string{link, changes[0].Head.ID, link})
		if err != nil || len(texts) != 2 || string(texts[link]) != "../../etc/passwd" {
			t.Errorf("the text of a link is %q, %v, want where it points to", texts[link], err)
		}
	})
}

// hashObject writes an object, however malformed, and returns its id.
func hashObject(t *testing.T, r Repo, typ, text string) string {
	t.Helper()
	cmd := exec.Command("git", "hash-object", "-w", "--literally", "--stdin", "-t", typ)
	cmd.Dir = r.Root
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("hash-object: %v", err)
	}
	return strings.TrimSpace(string(out))
}

// treeOf writes a tree of entries in the order given, each a mode and a name.
func treeOf(t *testing.T, r Repo, id string, entries ...string) string {
	t.Helper()
	var raw []byte
	for _, e := range entries {
		raw = append(append(raw, e...), 0)
		for i := 0; i < len(id); i += 2 {
			var b byte
			if _, err := fmt.Sscanf(id[i:i+2], "%02x", &b); err != nil {
				t.Fatal(err)
			}
			raw = append(raw, b)
		}
	}
	return hashObject(t, r, "tree", string(raw))
}

func TestFilesOfMalformedTrees(t *testing.T) {
	eachFormat(t, func(t *testing.T, r Repo) {
		c := compare(t, r, "main", "main")
		text := hashObject(t, r, "blob", "x\n")
		for _, tt := range []struct {
			name    string
			entries []string
			want    string // the path that the error names, "" for no error
		}{
			{"well formed", []string{"100644 a", "100644 b"}, ""},
			{"a file twice", []string{"100644 a.md", "100755 a.md"}, "a.md"},
			{"out of order", []string{"100644 b", "100644 a"}, "a"},
			{"the folder above", []string{"100644 .."}, ".."},
			{"three dots", []string{"100644 ..."}, ""},
		} {
			id := treeOf(t, r, text, tt.entries...)
			files, err := c.Files(t.Context(), id)
			var e *Error
			if tt.want == "" {
				if err != nil || len(files) != len(tt.entries) {
					t.Errorf("%s: %v, %v", tt.name, files, err)
				}
			} else if !errors.As(err, &e) || !strings.Contains(e.Message, fmt.Sprintf("malformed at %q", tt.want)) || e.Hint == "" {
				t.Errorf("%s: %v, error %v, want one about %q", tt.name, files, err, tt.want)
			}
		}
	})
}

// TestFilesOfABomb: a tree of a thousand bytes that has 2^40 folders.
func TestFilesOfABomb(t *testing.T) {
	r, _ := repository(t)
	id := treeOf(t, r, "")
	for range 40 {
		id = treeOf(t, r, id, "40000 a", "40000 b")
	}
	c := compare(t, r, "main", "main")
	c.store.patience = 50 * time.Millisecond
	var e *Error
	if _, err := c.Files(t.Context(), id); !errors.As(err, &e) || !strings.Contains(e.Message, "takes longer than 50ms") {
		t.Errorf("error %v, want one of time", err)
	}
	c.store.patience = patience
	if files, err := c.Files(t.Context(), c.Tree); err != nil || len(files) != 0 {
		t.Errorf("an empty tree has %v, %v", files, err)
	}
}

func TestReadRefuses(t *testing.T) {
	eachFormat(t, func(t *testing.T, r Repo) {
		commit(t, r, "ada", map[string]string{"just.md": strings.Repeat("x", library.MaxFileSize), "large.md": strings.Repeat("x", library.MaxFileSize+1), "a.md": "12345", "b.md": "12345\n", "empty.md": "\n"})
		command(t, r.Root, "update-index", "--add", "--cacheinfo", "160000,"+ask(t, r.Root, "rev-parse", "HEAD")+",module")
		command(t, r.Root, "commit", "--quiet", "--message=module")
		c := compare(t, r, "main", "main")
		files, err := c.Files(t.Context(), c.Tree)
		if err != nil {
			t.Fatal(err)
		}
		id := func(name string) string { return files[name].ID }
		missing := strings.Repeat("12", len(c.Base)/2)
		for _, tt := range []struct {
			name   string
			ids    []string
			budget int
			want   string // part of the message, "" for no error
		}{
			{"nothing", nil, 0, ""},
			{"the largest", []string{id("just.md")}, maxRead, ""},
			{"too large", []string{id("a.md"), id("large.md")}, maxRead, `"large.md" has 4194305 bytes`},
			{"just enough", []string{id("a.md"), id("b.md"), id("a.md")}, 11, ""},
			{"too much", []string{id("a.md"), id("b.md")}, 10, "more than 10 bytes to read"},
			{"a commit", []string{c.Base}, maxRead, "is no blob"},
			{"a tree", []string{c.Tree}, maxRead, "is no blob"},
			{"a submodule", []string{id("module")}, maxRead, `"module" is no blob`},
			{"missing", []string{missing}, maxRead, "missing"},
			{"a name", []string{"HEAD:a.md"}, maxRead, `"HEAD:a.md" is no object id`},
			{"two lines", []string{id("a.md") + "\n" + id("b.md")}, maxRead, "is no object id"},
		} {
			c.store.budget = tt.budget
			texts, err := c.Read(t.Context(), tt.ids)
			var e *Error
			switch {
			case tt.want != "" && (!errors.As(err, &e) || !strings.Contains(e.Message, tt.want) || e.Hint == "" || texts != nil):
				t.Errorf("%s: %d texts, error %v, want %q", tt.name, len(texts), err, tt.want)
			case tt.want == "" && err != nil:
				t.Errorf("%s: %v", tt.name, err)
			}
			for id, text := range texts {
				if got := hashObject(t, r, "blob", string(text)); got != id {
					t.Errorf("%s: the text of %s is one of %s", tt.name, id, got)
				}
			}
		}
	})
}
