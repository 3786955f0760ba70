package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// formats are the hashes that a repository may have.
var formats = []string{"sha1", "sha256"}

// eachFormat runs a test in a new repository of some files for each hash.
func eachFormat(t *testing.T, test func(t *testing.T, r Repo), names ...string) {
	for _, format := range formats {
		t.Run(format, func(t *testing.T) {
			t.Setenv("GIT_DEFAULT_HASH", format)
			r, _ := repository(t, names...)
			test(t, r)
		})
	}
}

// as makes the commits that follow those of somebody.
func as(t *testing.T, who string) {
	t.Helper()
	for _, role := range []string{"AUTHOR", "COMMITTER"} {
		t.Setenv("GIT_"+role+"_NAME", who)
		t.Setenv("GIT_"+role+"_EMAIL", who+"@example.org")
	}
}

// commit commits files in a work tree, of which those with no text are removed.
func commit(t *testing.T, r Repo, who string, files map[string]string) string {
	t.Helper()
	as(t, who)
	for name, text := range files {
		if text == "" {
			command(t, r.Root, "rm", "--quiet", "--", name)
		} else {
			write(t, r.Root, name, text)
		}
	}
	command(t, r.Root, "add", "--all")
	command(t, r.Root, "commit", "--quiet", "--allow-empty", "--message=by "+who)
	return ask(t, r.Root, "rev-parse", "HEAD")
}

// ask returns what git prints, without the line end.
func ask(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %s: %v", strings.Join(args, " "), err)
	}
	return strings.TrimSuffix(string(out), "\n")
}

func compare(t *testing.T, r Repo, base, head string) *Comparison {
	t.Helper()
	c, err := r.Compare(t.Context(), base, head)
	if err != nil {
		var e *Error
		errors.As(err, &e)
		t.Fatalf("compare %q with %q: %v (%+v)", base, head, err, e)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// lines is a text of twenty lines, of which one says something else.
func lines(at int, text string) string {
	var b strings.Builder
	for i := 1; i <= 20; i++ {
		if i == at {
			fmt.Fprintln(&b, text)
		} else {
			fmt.Fprintln(&b, i)
		}
	}
	return b.String()
}

func TestCompareFindsWhatLands(t *testing.T) {
	eachFormat(t, func(t *testing.T, r Repo) {
		start := commit(t, r, "ada", map[string]string{"a.md": lines(0, "")})
		command(t, r.Root, "tag", "-m", "annotated", "start")
		command(t, r.Root, "switch", "--quiet", "--create", "topic")
		topic := commit(t, r, "bob", map[string]string{"a.md": lines(3, "of the topic")})
		command(t, r.Root, "switch", "--quiet", "main")
		main := commit(t, r, "ada", map[string]string{"a.md": lines(15, "of main")})
		command(t, r.Root, "switch", "--quiet", "--create", "updated", "topic")
		command(t, r.Root, "merge", "--quiet", "--message=update", "main")
		updated := ask(t, r.Root, "rev-parse", "HEAD")
		tree := func(commit string) string { return ask(t, r.Root, "rev-parse", commit+"^{tree}") }

		type landing struct {
			Base, Head string
			Forks      []string
			Tree       string
			Merged     bool
		}
		for _, tt := range []struct {
			name, base, head string
			want             landing
		}{
			{"the head contains the base", "start", "main", landing{start, main, []string{start}, tree(main), false}},
			{"the head is behind the base", "main", "start", landing{main, start, []string{start}, tree(main), false}},
			{"the same", "main", "refs/heads/main", landing{main, main, []string{main}, tree(main), false}},
			{"parted", "main", "topic", landing{main, topic, []string{start}, tree(updated), true}},
			{"by object ids", main, updated, landing{main, updated, []string{main}, tree(updated), false}},
			{"an expression", "main~1", "HEAD", landing{start, updated, []string{start}, tree(updated), false}},
		} {
			t.Run(tt.name, func(t *testing.T) {
				c := compare(t, r, tt.base, tt.head)
				if diff := cmp.Diff(landing{c.Base, c.Head, c.Forks, c.Tree, c.Merged}, tt.want); diff != "" {
					t.Errorf("comparison (-got +want):\n%s", diff)
				}
				files, err := c.Files(t.Context(), c.Tree)
				if err != nil || len(files) != 1 {
					t.Errorf("files of the tree: %v, %v, want one", files, err)
				}
			})
		}
	})
}

func TestCompareNamesAllForks(t *testing.T) {
	r, _ := repository(t)
	one := commit(t, r, "ada", map[string]string{"a.md": "a\n"})
	command(t, r.Root, "switch", "--quiet", "--create", "topic", "HEAD~1")
	two := commit(t, r, "bob", map[string]string{"b.md": "b\n"})
	command(t, r.Root, "merge", "--quiet", "--message=x", one)
	command(t, r.Root, "switch", "--quiet", "main")
	command(t, r.Root, "merge", "--quiet", "--message=y", two)
	want := slices.Sorted(slices.Values([]string{one, two}))
	if c := compare(t, r, "main", "topic"); !slices.Equal(c.Forks, want) || !c.Merged {
		t.Errorf("forks %v, merged %v, want %v of a merge", c.Forks, c.Merged, want)
	}
}

// TestCompareRefuses holds each refusal against what its hint says.
func TestCompareRefuses(t *testing.T) {
	for _, tt := range []struct {
		name         string
		base, head   string
		message      string // part of it
		hint         string // part of it
		setup        func(t *testing.T, r Repo)
		cure         func(t *testing.T, r Repo) // nil where base2 and head2 are it
		base2, head2 string
	}{
		{name: "an unknown base", base: "mian", message: `no commit "mian"`, hint: "git fetch origin mian", base2: "main"},
		{name: "an unknown head", head: "tpoic", message: `no commit "tpoic"`, hint: "git fetch", head2: "topic"},
		{name: "an unknown remote branch", base: "origin/main", message: `no commit "origin/main"`, hint: "git fetch origin main:refs/remotes/origin/main", base2: "main"},
		{name: "an empty base", base: " ", message: `no commit " "`, hint: "name a branch", base2: "main"},
		{name: "an option as base", base: "--all", message: `no commit "--all"`, hint: "name a branch", base2: "main"},
		{name: "an option as head", head: "--output=x", message: "no commit", hint: "name a branch", head2: "topic"},
		{name: "all but a commit", base: "^main", message: `no commit "^main"`, hint: "name a branch", base2: "main"},
		{name: "a range", head: "main..topic", message: "no commit", hint: "name a branch", head2: "topic"},
		{name: "a file", head: "topic:a.md", message: "no commit", hint: "name a branch", head2: "topic"},
		{name: "an id of nothing", base: strings.Repeat("0", 40), message: "no commit", hint: "git fetch", base2: "main"},
		{
			name: "a tag that is named like the base", message: `"main" is the name of more than one`, hint: "in full", base2: "refs/heads/main",
			setup: func(t *testing.T, r Repo) { command(t, r.Root, "tag", "main", "topic") },
		},
		{
			name: "a tag that is named like the base, and no warning is wished", message: `"main" is the name of more than one`, hint: "in full", base2: "refs/heads/main",
			setup: func(t *testing.T, r Repo) {
				command(t, r.Root, "tag", "main", "topic")
				command(t, r.Root, "config", "core.warnAmbiguousRefs", "false")
			},
		},
		{
			name: "a tag that is named like the branch of a remote", base: "origin/main", message: "more than one", hint: "refs/remotes/origin/main", base2: "refs/remotes/origin/main",
			setup: func(t *testing.T, r Repo) {
				command(t, r.Root, "update-ref", "refs/remotes/origin/main", "main")
				command(t, r.Root, "tag", "origin/main", "topic")
			},
		},
		{
			name: "no commit in common", message: `"main" and "topic" have no commit in common`, hint: "name the branch",
			setup: func(t *testing.T, r Repo) {
				command(t, r.Root, "branch", "real", "topic")
				command(t, r.Root, "switch", "--quiet", "--orphan", "other")
				commit(t, r, "bob", map[string]string{"b.md": "b\n"})
				command(t, r.Root, "branch", "--force", "topic")
			},
			head2: "real",
		},
		{
			name: "a conflict", message: `"topic" does not merge into "main": conflicts in "a.md"`, hint: `merge or rebase onto "main"`,
			setup: func(t *testing.T, r Repo) { commit(t, r, "ada", map[string]string{"a.md": lines(3, "of main")}) },
			cure: func(t *testing.T, r Repo) {
				command(t, r.Root, "switch", "--quiet", "topic")
				command(t, r.Root, "merge", "--quiet", "--strategy-option=ours", "--message=solved", "main")
			},
		},
		{
			name: "many conflicts", message: `"1.md", "2.md", "3\n.md" and 2 more`, hint: "merge or rebase",
			setup: func(t *testing.T, r Repo) {
				for _, branch := range []string{"main", "topic"} {
					command(t, r.Root, "switch", "--quiet", branch)
					commit(t, r, "ada", map[string]string{"1.md": branch, "2.md": branch, "3\n.md": branch, "4.md": branch, "5.md": branch})
				}
			},
			head2: "topic~1",
		},
		{
			name: "a change of a file that was renamed", message: `conflicts in "`, hint: "merge or rebase",
			setup: func(t *testing.T, r Repo) {
				commit(t, r, "ada", map[string]string{"a.md": "", "b.md": lines(0, "")})
			},
			cure: func(t *testing.T, r Repo) {
				command(t, r.Root, "switch", "--quiet", "topic")
				command(t, r.Root, "merge", "--quiet", "--message=follows", "main")
			},
		},
		{
			name: "a change of a file that was renamed, the other way", base: "topic", head: "main", message: `conflicts in "`, hint: "merge or rebase",
			setup: func(t *testing.T, r Repo) {
				commit(t, r, "ada", map[string]string{"a.md": "", "b.md": lines(0, "")})
			},
			cure: func(t *testing.T, r Repo) {
				command(t, r.Root, "merge", "--quiet", "--message=follows", "topic")
			},
		},
		{
			name: "a shallow clone", message: "shallow", hint: "git fetch --unshallow, and fetch-depth: 0",
			setup: func(t *testing.T, r Repo) {
				write(t, r.Root, ".git/shallow", ask(t, r.Root, "rev-parse", "main")+"\n")
			},
			cure: func(t *testing.T, r Repo) {
				if err := os.Remove(filepath.Join(r.Root, ".git", "shallow")); err != nil {
					t.Fatal(err)
				}
			},
		},
		{
			name: "a branch without a commit", head: "HEAD", message: "no commit on its current branch", hint: "commit the library", head2: "topic",
			setup: func(t *testing.T, r Repo) { command(t, r.Root, "switch", "--quiet", "--orphan", "none") },
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("GIT_DEFAULT_HASH", "sha1")
			t.Setenv("TMPDIR", t.TempDir())
			r, _ := repository(t)
			commit(t, r, "ada", map[string]string{"a.md": lines(0, "")})
			command(t, r.Root, "switch", "--quiet", "--create", "topic")
			commit(t, r, "bob", map[string]string{"a.md": lines(3, "of the topic")})
			command(t, r.Root, "switch", "--quiet", "main")
			if tt.setup != nil {
				tt.setup(t, r)
			}
			or := func(s, d string) string {
				if s == "" {
					return d
				}
				return strings.TrimSpace(s)
			}
			tt.base, tt.head = or(tt.base, "main"), or(tt.head, "topic")
			tt.message = strings.ReplaceAll(tt.message, `" "`, `""`)
			_, err := r.Compare(t.Context(), tt.base, tt.head)
			var e *Error
			if !errors.As(err, &e) || !strings.Contains(e.Message, tt.message) || !strings.Contains(e.Hint, tt.hint) || strings.Contains(e.Message, "\n") {
				t.Fatalf("error %v (%+v), want %q with hint %q", err, e, tt.message, tt.hint)
			}
			if left, _ := filepath.Glob(filepath.Join(os.TempDir(), "promptlib-git-*")); len(left) > 0 {
				t.Errorf("it leaves %v", left)
			}
			if tt.cure != nil {
				tt.cure(t, r)
			}
			compare(t, r, or(tt.base2, tt.base), or(tt.head2, tt.head))
		})
	}
}

func TestCompareNeedsARecentGit(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("skipped: a script stands in for git")
	}
	r, _ := repository(t)
	path := os.Getenv("PATH")
	for _, tt := range []struct {
		prints, want string
	}{
		{"git version 2.37.9 (Apple Git-1)", "git is 2.37, and comparing commits needs git 2.38"},
		{"git version 1.9.1", "git is 1.9, and"},
		{"hello", `git does not tell its version: "hello"`},
		{"git version 2.38.0", ""},
		{"git version 3.0.0-rc1", ""},
	} {
		bin := t.TempDir()
		script := fmt.Sprintf("#!/bin/sh\nfor a; do [ \"$a\" = version ] && echo '%s' && exit; done\nPATH='%s' exec git \"$@\"\n", tt.prints, path)
		if err := os.WriteFile(filepath.Join(bin, "git"), []byte(script), 0o777); err != nil {
			t.Fatal(err)
		}
		t.Setenv("PATH", bin+string(os.PathListSeparator)+path)
		c, err := r.Compare(t.Context(), "main", "main")
		if tt.want == "" {
			if err != nil {
				t.Errorf("%s: %v", tt.prints, err)
			} else if err := c.Close(); err != nil {
				t.Error(err)
			}
			continue
		}
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(e.Message, tt.want) || e.Hint == "" {
			t.Errorf("%s: error %v, want %q", tt.prints, err, tt.want)
		}
	}
}

func TestCompareEndsWithItsContext(t *testing.T) {
	r, _ := repository(t, "a.md")
	ctx, cancel := context.WithCancel(t.Context())
	c := compare(t, r, "main", "main")
	cancel()
	if _, err := r.Compare(ctx, "main", "main"); !errors.Is(err, context.Canceled) {
		t.Errorf("Compare: %v", err)
	}
	if _, err := c.Files(ctx, c.Base); !errors.Is(err, context.Canceled) {
		t.Errorf("Files: %v", err)
	}
	if _, err := c.Files(t.Context(), c.Base); err != nil {
		t.Errorf("Files, once more: %v", err)
	}
}

// TestCompareHeedsNoSetting sets a trap wherever git may be told to run a program,
// to see other commits, or to merge otherwise. Git by itself falls into the first.
func TestCompareHeedsNoSetting(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("skipped: the traps are shell commands")
	}
	r, _ := repository(t)
	attributes := "*.md merge=trap diff=trap filter=trap\n"
	commit(t, r, "ada", map[string]string{"a.md": lines(0, ""), ".gitattributes": attributes})
	command(t, r.Root, "switch", "--quiet", "--create", "topic")
	commit(t, r, "bob", map[string]string{"a.md": lines(3, "of the topic"), "b.md": "b\n", ".mailmap": "Eve <eve@example.org> <bob@example.org>\n"})
	command(t, r.Root, "switch", "--quiet", "main")
	commit(t, r, "ada", map[string]string{"a.md": lines(15, "of main")})
	want := observe(t, r, "main", "topic")

	trap := filepath.Join(t.TempDir(), "trap")
	run := "touch " + trap
	for _, scope := range []string{"--local", "--global"} {
		for name, value := range map[string]string{
			"merge.trap.driver": run, "merge.default": "trap", "diff.trap.textconv": run, "diff.trap.command": run, "diff.external": run, "filter.trap.clean": run, "filter.trap.smudge": run,
			"core.fsmonitor": run, "core.pager": run, "pager.log": run, "gpg.program": run, "log.showSignature": "true", "log.mailmap": "true", "mailmap.file": filepath.Join(r.Root, ".mailmap"),
			"diff.renames": "copies", "diff.noprefix": "true", "log.diffMerges": "off", "log.showRoot": "false", "i18n.logOutputEncoding": "UTF-16", "core.quotePath": "false", "diff.ignoreSubmodules": "all",
			"core.attributesFile": filepath.Join(r.Root, ".gitattributes"), "alias.log": "!" + run, "diff.orderFile": filepath.Join(r.Root, "b.md"), "log.follow": "true", "format.pretty": "oneline", "merge.renormalize": "true",
		} {
			command(t, r.Root, "config", scope, name, value)
		}
	}
	_ = exec.Command("git", "-C", r.Root, "merge-tree", "--write-tree", "main", "topic").Run()
	if _, err := os.Stat(trap); err != nil {
		t.Error("the trap is none: git by itself does not spring it")
	}
	write(t, r.Root, ".git/info/attributes", attributes)
	write(t, r.Root, ".git/info/grafts", ask(t, r.Root, "rev-parse", "topic")+"\n")
	for _, hook := range []string{"post-index-change", "reference-transaction", "pre-auto-gc"} {
		write(t, r.Root, ".git/hooks/"+hook, "#!/bin/sh\n"+run+"\n")
		if err := os.Chmod(filepath.Join(r.Root, ".git/hooks", hook), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	command(t, r.Root, "replace", "--force", ask(t, r.Root, "rev-parse", "topic:b.md"), ask(t, r.Root, "rev-parse", "main:a.md"))
	command(t, r.Root, "replace", "--force", ask(t, r.Root, "rev-parse", "topic"), ask(t, r.Root, "rev-parse", "main"))
	for name, value := range map[string]string{
		"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "merge.trap.driver", "GIT_CONFIG_VALUE_0": run, "GIT_EXTERNAL_DIFF": run, "GIT_PAGER": run, "GIT_GRAFT_FILE": filepath.Join(r.Root, ".git/info/grafts"),
		"GIT_DIR": "/none", "GIT_OBJECT_DIRECTORY": "/none", "GIT_ALTERNATE_OBJECT_DIRECTORIES": "/none", "GIT_INDEX_FILE": "/none", "GIT_ATTR_SOURCE": "main", "GIT_DEFAULT_HASH": "sha256",
	} {
		t.Setenv(name, value)
	}
	_ = os.Remove(trap) // that git sprang on the way
	if diff := cmp.Diff(observe(t, r, "main", "topic"), want); diff != "" {
		t.Errorf("with settings (-got +want):\n%s", diff)
	}
	if _, err := os.Stat(trap); err == nil {
		t.Error("a setting ran a program")
	}
}

// observation is all that a comparison tells.
type observation struct {
	Tree    string
	Changed []Change
	Texts   map[string]string
	Authors map[string][]string
}

func observe(t *testing.T, r Repo, base, head string) observation {
	t.Helper()
	c := compare(t, r, base, head)
	o := observation{Tree: c.Tree, Texts: map[string]string{}}
	var err error
	if o.Changed, err = c.Changed(t.Context()); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, change := range o.Changed {
		for _, e := range []Entry{change.Base, change.Head} {
			if e.ID != "" && e.Mode != "160000" {
				ids = append(ids, e.ID)
			}
		}
	}
	texts, err := c.Read(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range o.Changed {
		o.Texts[change.Path] = string(texts[change.Head.ID])
	}
	o.Authors = authors(t, c)
	return o
}

func TestCompareWritesNothing(t *testing.T) {
	r, _ := repository(t)
	commit(t, r, "ada", map[string]string{"a.md": lines(0, "")})
	command(t, r.Root, "switch", "--quiet", "--create", "topic")
	commit(t, r, "bob", map[string]string{"a.md": lines(3, "of the topic")})
	command(t, r.Root, "switch", "--quiet", "main")
	commit(t, r, "ada", map[string]string{"a.md": lines(15, "of main")})
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)

	before := listing(t, r.Root)
	c, err := r.Compare(t.Context(), "main", "topic")
	if err != nil {
		t.Fatal(err)
	}
	if files, err := c.Files(t.Context(), c.Tree); err != nil || files["a.md"].ID == "" {
		t.Errorf("the merge has %v, %v", files, err)
	}
	if _, err := c.Commits(t.Context()); err != nil {
		t.Error(err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(listing(t, r.Root), before); diff != "" {
		t.Errorf("the repository (-after +before):\n%s", diff)
	}
	if left := listing(t, temp); len(left) > 0 && runtime.GOOS != "windows" {
		t.Errorf("in the folder for temporary files is %v", left)
	}
}

// listing returns the files of a folder and when they were changed.
func listing(t *testing.T, dir string) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := d.Info()
		list = append(list, fmt.Sprint(path, info.Size(), info.ModTime()))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestCompareFindsTheObjects of repositories that keep them elsewhere, or in a
// folder whose name means something to git.
func TestCompareFindsTheObjects(t *testing.T) {
	r, _ := repository(t)
	commit(t, r, "ada", map[string]string{"sub/a.md": "a\n"})
	commit(t, r, "bob", map[string]string{"sub/b.md": "b\n"})
	dir := filepath.Dir(r.Root)
	at := func(name string) string { return filepath.Join(t.TempDir(), name) }
	for _, tt := range []struct {
		name  string
		place func(t *testing.T) string
	}{
		{"a subfolder", func(*testing.T) string { return filepath.Join(r.Root, "sub") }},
		{"a worktree", func(t *testing.T) string {
			to := at("tree")
			command(t, r.Root, "worktree", "add", "--quiet", "--detach", to)
			return to
		}},
		{"borrowed objects", func(t *testing.T) string {
			to := at("shared")
			command(t, dir, "clone", "--quiet", "--shared", r.Root, to)
			return to
		}},
		{"objects borrowed by a relative path", func(t *testing.T) string {
			to := filepath.Join(r.Root, "nested")
			command(t, dir, "clone", "--quiet", "--shared", r.Root, to)
			write(t, to, ".git/objects/info/alternates", "../../../.git/objects\n")
			return to
		}},
		{"packed objects", func(t *testing.T) string {
			to := at("packed")
			command(t, dir, "clone", "--quiet", r.Root, to)
			command(t, to, "gc", "--quiet")
			command(t, to, "commit-graph", "write", "--reachable", "--changed-paths")
			return to
		}},
		{"an odd name", func(t *testing.T) string {
			to := at("a:b;c \"d\" \\e\n#ü\t")
			if err := os.Mkdir(to, 0o777); err != nil {
				t.Skipf("skipped: the file system refuses the name: %v", err)
			}
			command(t, to, "clone", "--quiet", r.Root, ".")
			return to
		}},
		{"a name in quotes", func(t *testing.T) string {
			to := at(`"quoted`)
			command(t, dir, "clone", "--quiet", r.Root, to)
			return to
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			place := tt.place(t)
			if strings.Contains(tt.name, "odd") {
				r := Repo{Root: place} // git rev-parse prints a line
				if got := observe(t, r, "HEAD~1", "HEAD").Texts; !cmp.Equal(got, map[string]string{"sub/b.md": "b\n"}) {
					t.Errorf("texts %v", got)
				}
				return
			}
			found, err := Find(t.Context(), place)
			if err != nil {
				t.Fatal(err)
			}
			if got := observe(t, found, "HEAD~1", "HEAD").Texts; !cmp.Equal(got, map[string]string{"sub/b.md": "b\n"}) {
				t.Errorf("texts %v", got)
			}
		})
	}
}

// TestComparePartialClone: what is not there is asked for nowhere.
func TestComparePartialClone(t *testing.T) {
	r, _ := repository(t)
	commit(t, r, "ada", map[string]string{"a.md": lines(0, "")})
	command(t, r.Root, "switch", "--quiet", "--create", "topic")
	commit(t, r, "bob", map[string]string{"a.md": lines(3, "of the topic")})
	command(t, r.Root, "switch", "--quiet", "main")
	commit(t, r, "ada", map[string]string{"a.md": lines(15, "of main"), "b.md": "b\n"})
	command(t, r.Root, "config", "uploadpack.allowFilter", "true")
	command(t, r.Root, "config", "uploadpack.allowAnySHA1InWant", "true")
	dir := filepath.Join(t.TempDir(), "partial")
	command(t, r.Root, "clone", "--quiet", "--no-checkout", "--filter=blob:none", "file://"+filepath.ToSlash(r.Root), dir)
	command(t, dir, "config", "protocol.file.allow", "always")
	partial := Repo{Root: dir}
	count := func() string { return ask(t, dir, "count-objects", "-v") }
	before := count()

	c := compare(t, partial, "HEAD~1", "HEAD")
	changes, err := c.Changed(t.Context()) // which needs no text
	if err != nil || len(changes) != 2 {
		t.Errorf("changed %v, %v, want two files", changes, err)
	}
	_, errRead := c.Read(t.Context(), []string{changes[0].Head.ID})
	_, errMerge := partial.Compare(t.Context(), "HEAD", "origin/topic")
	for what, err := range map[string]error{"read": errRead, "merge": errMerge} {
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(e.Hint, "--filter") {
			t.Errorf("%s: error %v, want one that tells of --filter", what, err)
		}
	}
	if errRead != nil && !strings.Contains(errRead.Error(), `"a.md" is missing`) {
		t.Errorf("read: error %v, want it to name a.md", errRead)
	}
	if after := count(); after != before {
		t.Errorf("objects were fetched: %q, before %q", after, before)
	}
	if got := ask(t, dir, "cat-file", "-p", changes[0].Head.ID); got+"\n" != lines(15, "of main") { // the way to fetch was open
		t.Errorf("git by itself fetches %q", got)
	}
}

func TestBoundedOutput(t *testing.T) {
	r, _ := repository(t, "a.md", "b.md")
	for limit, over := range map[int]bool{0: false, 10: false, 9: true} {
		out, _, err := call{dir: r.Root, env: environment(), limit: limit}.run(t.Context(), "ls-files")
		var e *Error
		if over != errors.As(err, &e) || !over && !bytes.Equal(out, []byte("a.md\nb.md\n")) {
			t.Errorf("limit %d: %q, %v", limit, out, err)
		}
	}
}
