package library

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// makeTree makes files below a new folder, which becomes the working directory.
// A name that ends in a slash is a folder; "a -> b" is a symbolic link.
func makeTree(t *testing.T, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	for _, name := range names {
		link, target, isLink := strings.Cut(name, " -> ")
		folder := filepath.Dir(link)
		if strings.HasSuffix(name, "/") {
			folder = name
		}
		if err := os.MkdirAll(folder, 0o777); err != nil {
			t.Fatal(err)
		}
		var err error
		switch {
		case isLink:
			err = os.Symlink(target, link)
		case !strings.HasSuffix(name, "/"):
			err = os.WriteFile(name, []byte("text of "+name+"\n"), 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// fileLines writes files as "path (root)", with what is special about them.
func fileLines(files []File) []string {
	var list []string
	for _, f := range files {
		line := f.Path + " (" + f.Root + ")"
		if f.Prose {
			line += " prose"
		}
		if f.Problem != nil {
			line += " " + string(f.Problem.Kind) + ": " + f.Problem.Message
		}
		list = append(list, line)
	}
	return list
}

func TestOpen(t *testing.T) {
	tests := []struct {
		name  string
		tree  []string
		paths []string
		want  []string
		roots []string
	}{
		{
			"lexical order", []string{"b.md", "a/z.prompt", "a.md", "a-b.md", "a/b/c.prompty", "B.MD", "x.txt", "md", "y.md.bak"}, nil,
			[]string{"B.MD (.)", "a-b.md (.)", "a.md (.)", "a/b/c.prompty (.)", "a/z.prompt (.)", "b.md (.)"}, []string{"."},
		},
		{
			"folders named", []string{"one/a.md", "two/b.md", "c.md"}, []string{"two", "./one/"},
			[]string{"one/a.md (one)", "two/b.md (two)"}, []string{"one", "two"},
		},
		{
			"each file once", []string{"one/a.md", "one/b.md"}, []string{"one", "one/a.md", "./one", "one/../one/b.md"},
			[]string{"one/a.md (one)", "one/b.md (one)"}, []string{"one"},
		},
		{
			"any extension of a file that is named", []string{"a.txt", "Makefile", "b.md"}, []string{"a.txt", "Makefile"},
			[]string{"Makefile (.)", "a.txt (.)"}, []string{"."},
		},
		{
			"files about the library", []string{"README.md", "readme.de.md", "a/CHANGELOG.md", "a/Contributing.md", "a/LICENSE.md", "a/index.md", "a/indexes.md", "a/read.md"}, nil,
			[]string{"README.md (.) prose", "a/CHANGELOG.md (.) prose", "a/Contributing.md (.) prose", "a/LICENSE.md (.) prose", "a/index.md (.) prose", "a/indexes.md (.)", "a/read.md (.)", "readme.de.md (.) prose"}, []string{"."},
		},
		{
			"a README that is named", []string{"a/README.md", "a/b.md"}, []string{"a/README.md"},
			[]string{"a/README.md (a)"}, []string{"a"},
		},
		{
			"a README that is named after its folder", []string{"a/README.md"}, []string{"a", "a/README.md"},
			[]string{"a/README.md (a)"}, []string{"a"},
		},
		{
			"a README that is named before its folder", []string{"a/README.md"}, []string{"a/README.md", "a"},
			[]string{"a/README.md (a)"}, []string{"a"},
		},
		{
			"the folder of git", []string{".git/a.md", "a/.git/b.md", ".github/c.md", "d.md"}, nil,
			[]string{".github/c.md (.)", "d.md (.)"}, []string{"."},
		},
		{
			"a file called .git", []string{".git", "a.md"}, nil,
			[]string{"a.md (.)"}, []string{"."},
		},
		{
			"a folder with the name of a prompt", []string{"a.md/b.md", "c.prompt/"}, nil,
			[]string{"a.md/b.md (.)"}, []string{"."},
		},
		{
			"symbolic link inside", []string{"lib/a.md", "lib/sub/b.md -> ../a.md"}, []string{"lib"},
			[]string{"lib/a.md (lib)"}, []string{"lib"},
		},
		{
			"symbolic link out of the library", []string{"lib/a.md -> ../secret.md", "secret.md"}, []string{"lib"},
			[]string{"lib/a.md (lib) symlink-outside: symbolic link out of the library; it is not followed, so put a copy here"}, []string{"lib"},
		},
		{
			"symbolic link to a folder of a similar name", []string{"lib/a.md -> ../lib2/a.md", "lib2/a.md"}, []string{"lib"},
			[]string{"lib/a.md (lib) symlink-outside: symbolic link out of the library; it is not followed, so put a copy here"}, []string{"lib"},
		},
		{
			"symbolic link to nothing", []string{"a.md -> gone.md", "b.txt -> gone.md"}, nil,
			[]string{"a.md (.) unreadable: symbolic link to a file that does not exist"}, []string{"."},
		},
		{
			"symbolic links in a circle", []string{"a.md -> b.md", "b.md -> a.md", "c -> ."}, nil,
			[]string{"a.md (.) unreadable: symbolic link to a file that does not exist", "b.md (.) unreadable: symbolic link to a file that does not exist"}, []string{"."},
		},
		{
			"symbolic link to a folder", []string{"lib/a.md", "other/b.md", "lib/c -> ../other", "lib/d.md -> ../other"}, []string{"lib"},
			[]string{"lib/a.md (lib)", "lib/d.md (lib) symlink-outside: symbolic link out of the library; it is not followed, so put a copy here"}, []string{"lib"},
		},
		{
			"a symbolic link that is named is followed", []string{"lib/a.md -> ../b.md", "b.md", "folder -> lib"}, []string{"lib", "lib/a.md"},
			[]string{"lib/a.md (lib)"}, []string{"lib"},
		},
		{
			"a folder named by a symbolic link", []string{"lib/b.md", "folder -> lib"}, []string{"folder"},
			[]string{"folder/b.md (folder)"}, []string{"folder"},
		},
		{
			"root above", []string{"lib/.promptlib/policy.yaml", "lib/a/b/c.md", "lib/a/d.md"}, []string{"lib/a/b", "lib/a/d.md"},
			[]string{"lib/a/b/c.md (lib)", "lib/a/d.md (lib)"}, []string{"lib"},
		},
		{
			"roots in roots", []string{".promptlib/", "a.md", "one/.promptlib/", "one/b.md", "one/two/c.md", "three/d.md"}, nil,
			[]string{"a.md (.)", "one/b.md (one)", "one/two/c.md (one)", "three/d.md (.)"}, []string{".", "one"},
		},
		{
			"a file that has the name of the settings folder", []string{"lib/.promptlib", "lib/a/b.md"}, []string{"lib/a"},
			[]string{"lib/a/b.md (lib/a)"}, []string{"lib/a"},
		},
		{
			"nothing", []string{"a.txt"}, nil, nil, []string{"."},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			makeTree(t, test.tree...)
			lib, err := Open(test.paths...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, fileLines(lib.Files)); diff != "" {
				t.Errorf("files: -want +got\n%s", diff)
			}
			if diff := cmp.Diff(test.roots, lib.Roots); diff != "" {
				t.Errorf("roots: -want +got\n%s", diff)
			}
		})
	}
}

func TestOpenFindsAFileOnceByTwoPaths(t *testing.T) {
	dir := makeTree(t, "a.md", "sub/b.md")
	lib, err := Open(dir, ".", "sub/b.md")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{filepath.ToSlash(dir) + "/a.md (" + dir + ")", filepath.ToSlash(dir) + "/sub/b.md (" + dir + ")"}
	if diff := cmp.Diff(want, fileLines(lib.Files)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestOpenNothing(t *testing.T) {
	makeTree(t)
	_, err := Open("gone.md")
	if err == nil || err.Error() != "gone.md: no such file or directory" {
		t.Errorf("error %v", err)
	}
	_, err = Open(".", "gone/a")
	if err == nil || err.Error() != "gone/a: no such file or directory" {
		t.Errorf("error %v", err)
	}
}

func TestPipesAreNotOpened(t *testing.T) {
	makeTree(t, "a/b.md")
	for _, name := range []string{"a/pipe.md", "other"} {
		if err := syscall.Mkfifo(name, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	lib, err := Open("a", "other")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"a/b.md (a)", "a/pipe.md (a) unreadable: is no regular file", "other (.) unreadable: is no regular file"}
	if diff := cmp.Diff(want, fileLines(lib.Files)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	for _, f := range append(lib.Files, File{Path: "other"}) { // must not wait for a writer
		if p := Read(f); f.Path != "a/b.md" && (len(p.Problems) != 1 || p.Problems[0].Kind != Unreadable) {
			t.Errorf("%s: problems %v, want one of the kind %s", f.Path, p.Problems, Unreadable)
		}
	}
	if _, err := ReadFile("other"); err == nil || err.Error() != "other: is no regular file" {
		t.Errorf("ReadFile: %v", err)
	}
}

func TestFolderThatCannotBeRead(t *testing.T) {
	makeTree(t, "a/b.md", "closed/c.md", "d.md")
	if err := os.Chmod("closed", 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod("closed", 0o700) })
	if _, err := os.ReadDir("closed"); err == nil {
		return // permissions do not hold for this user
	}
	lib, err := Open(".")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"a/b.md (.)", "closed (.) unreadable: cannot be read: permission denied", "d.md (.)"}
	if diff := cmp.Diff(want, fileLines(lib.Files)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestFindRoot(t *testing.T) {
	dir := makeTree(t, ".promptlib/", "a/b/c/", "a/.promptlib/", "d/.promptlib", "e/.promptlib/local/", "f/.promptlib/local/", "f/.promptlib/policy.yaml")
	tests := []struct{ path, want string }{
		{".", "."},
		{"a", "a"},
		{"a/b/c", "a"},
		{"d", "."},
		{"e", "."}, // nothing but the data of runs
		{"f", "f"},
		{filepath.Join(dir, "a", "b"), filepath.Join(dir, "a")},
		{dir, dir},
	}
	for _, test := range tests {
		t.Run(test.path, func(t *testing.T) {
			if got := FindRoot(test.path); got != test.want {
				t.Errorf("FindRoot(%q) = %q, want %q", test.path, got, test.want)
			}
		})
	}
	t.Chdir("a/b/c")
	for path, want := range map[string]string{".": "../..", "..": "../..", "../..": "../..", "../../..": "../../.."} {
		if got := FindRoot(path); got != want {
			t.Errorf("from a/b/c: FindRoot(%q) = %q, want %q", path, got, want)
		}
	}
	t.Chdir(t.TempDir())
	if got := FindRoot("."); got != "" {
		t.Errorf("FindRoot = %q, want none", got)
	}
}

func TestPromptFileNames(t *testing.T) {
	for name, want := range map[string]bool{
		"a.md": true, "a.prompt": true, "a.prompty": true, "A.MD": true, "a.agent.md": true, ".md": true,
		"a.markdown": false, "a.txt": false, "md": false, "a.md.bak": false, "a.prompts": false, "": false,
	} {
		if got := IsPromptFile(name); got != want {
			t.Errorf("IsPromptFile(%q) = %t, want %t", name, got, want)
		}
	}
}

func TestCleanPath(t *testing.T) {
	for path, want := range map[string]string{"./a//b/../c.md": "a/c.md", "": ".", "../a": "../a"} {
		if got := CleanPath(path); got != want {
			t.Errorf("CleanPath(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestOpenGlobs(t *testing.T) {
	tree := []string{"lib/a.md", "lib/b.md", "lib/x.txt", "lib/README.md", "lib/sub/c.md", "lib/sub/d.prompt", "lib/sub/deep/e.md", "lib/.git/f.md", "lib/g[1].md", "lib/link.md -> a.md"}
	for _, tt := range []struct {
		name  string
		paths []string
		want  []string
	}{
		{"of one folder", []string{"lib/*.md"}, []string{"lib/README.md (lib) prose", "lib/a.md (lib)", "lib/b.md (lib)", "lib/g[1].md (lib)"}},
		{"of all folders", []string{"./lib/**/*.md"}, []string{"lib/README.md (lib) prose", "lib/a.md (lib)", "lib/b.md (lib)", "lib/g[1].md (lib)", "lib/sub/c.md (lib)", "lib/sub/deep/e.md (lib)"}},
		{"of folders", []string{"lib/s*"}, []string{"lib/sub/c.md (lib)", "lib/sub/d.prompt (lib)", "lib/sub/deep/e.md (lib)"}},
		{"with a choice", []string{"lib/{b,sub/d}.*"}, []string{"lib/b.md (lib)", "lib/sub/d.prompt (lib)"}},
		{"from here", []string{"**/c.md"}, []string{"lib/sub/c.md (.)"}},
		{"a file of that name", []string{"lib/g[1].md"}, []string{"lib/g[1].md (lib)"}},
		{"escaped", []string{`lib/g\[*.md`}, []string{"lib/g[1].md (lib)"}},
		{"beside a path", []string{"lib/sub", "lib/sub/*.md"}, []string{"lib/sub/c.md (lib/sub)", "lib/sub/d.prompt (lib/sub)", "lib/sub/deep/e.md (lib/sub)"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			makeTree(t, tree...)
			lib, err := Open(tt.paths...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(fileLines(lib.Files), tt.want); diff != "" {
				t.Errorf("files (-got +want):\n%s", diff)
			}
		})
	}
	t.Run("a folder that cannot be read", func(t *testing.T) {
		makeTree(t, "lib/sub/a.md", "lib/b.md")
		if err := os.Chmod("lib/sub", 0); err != nil {
			t.Fatal(err)
		}
		defer os.Chmod("lib/sub", 0o777)
		if _, err := os.ReadDir("lib/sub"); err == nil {
			t.Skip("skipped: this user reads everything")
		}
		lib, err := Open("lib/**/*.md")
		if err != nil || len(lib.Files) != 2 || lib.Files[1].Problem == nil {
			t.Errorf("files %v, error %v", fileLines(lib.Files), err)
		}
	})
}

func TestOpenNamesEveryBadPath(t *testing.T) {
	makeTree(t, "lib/a.md")
	_, err := Open("none", "lib", "lib/*.txt", "none/*", "lib/[", "lib/b.md")
	want := "none: no such file or directory\nlib/*.txt: matches no prompt file\nnone/*: matches no prompt file; there is no folder none\n" +
		"lib/[: is neither a file nor a glob that can be read\nlib/b.md: no such file or directory"
	if err == nil || err.Error() != want {
		t.Errorf("error:\n%v\nwant:\n%s", err, want)
	}
}

func TestOpenBuffer(t *testing.T) {
	for _, tt := range []struct {
		name, path, root string
		has, hasNot      string
	}{
		{"a file that exists", "lib/p/a.md", "lib", "b", "z"},
		{"a file that does not", "lib/p/new.md", "lib", "new", "z"},
		{"in a folder that does not exist", "lib/q/r/new.md", "lib", "b", "z"},
		{"in no library", "other/new.md", "other", "z", "b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			makeTree(t, "lib/.promptlib/", "lib/p/a.md", "lib/b.md", "other/z.md", "other/sub/y.md")
			lib := OpenBuffer(tt.path)
			if diff := cmp.Diff(fileLines(lib.Files), []string{tt.path + " (" + tt.root + ")"}); diff != "" {
				t.Errorf("files (-got +want):\n%s", diff)
			}
			if !lib.Index.Has(tt.path, tt.has) || lib.Index.Has(tt.path, tt.hasNot) {
				t.Errorf("the index has %q: %v, and %q: %v", tt.has, lib.Index.Has(tt.path, tt.has), tt.hasNot, lib.Index.Has(tt.path, tt.hasNot))
			}
		})
	}
}

// TestReadBuffer: a text at hand is read as one from a file, limits included.
func TestReadBuffer(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "good": "---\ntitle: A\n---\nText.\n", "UTF-16": "\xff\xfea\x00", "NUL": "a\x00b", "large": strings.Repeat("x", MaxFileSize), "not UTF-8": "caf\xe9",
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := os.WriteFile("a.md", []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
			if got, want := ReadBuffer("a.md", text), Read(File{Path: "a.md"}); !reflect.DeepEqual(got, want) {
				t.Errorf("the buffer is read as %+v, the file as %+v", got, want)
			}
		})
	}
	if p := ReadBuffer("a.md", strings.Repeat("x", MaxFileSize+1)); len(p.Problems) != 1 || p.Problems[0].Kind != TooLarge {
		t.Errorf("a text over the limit has problems %v", p.Problems)
	}
}
