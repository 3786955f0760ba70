// Package git asks the git program what has changed, in a work tree or between
// two commits.
//
// [Find] returns the [Repo] that a folder belongs to. For a work tree, [Repo.Base]
// is the commit that changes are counted from, [Repo.Changed] has the files that
// differ from it, and [Repo.Lines] the lines. [Repo.File] has the text of one file at a
// commit, and [Repo.Writers] who wrote it. For two commits, [Repo.Compare] finds
// what would land, and its [Comparison] has the files, their text and who wrote
// them. Git is run without a shell, and so that it starts no hook, no external diff
// and no text conversion, takes no lock, and reads no argument as an option. What
// goes wrong is an [Error] with the next step.
package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// An Error says why git cannot tell what has changed. Hint is the next step.
type Error struct {
	Message string
	Hint    string
}

// Error returns the message, on one line and without the hint.
func (e *Error) Error() string { return e.Message }

// A Repo is the work tree of a repository.
type Repo struct {
	Root string // absolute, without symbolic links
}

// Find returns the repository whose work tree a folder lies in.
func Find(ctx context.Context, dir string) (Repo, error) {
	out, err := run(ctx, dir, "rev-parse", "--show-toplevel")
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return Repo{}, &Error{"git is not installed, or not on the PATH", "install git"}
	case err != nil && strings.Contains(err.Error(), "not a git repository"):
		return Repo{}, &Error{fmt.Sprintf("%s is in no git repository", dir), "run git init and commit the library"}
	case err != nil:
		return Repo{}, &Error{fmt.Sprintf("%s: %s", dir, err), "git status, in that folder, should succeed first"}
	}
	return Repo{Root: filepath.FromSlash(strings.TrimSuffix(out, "\n"))}, nil
}

// Base returns the commit at which the work tree and a ref parted: the merge
// base of HEAD and the ref.
func (r Repo) Base(ctx context.Context, ref string) (string, error) {
	head, err := run(ctx, r.Root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
	if err != nil {
		return "", &Error{"the repository has no commit on its current branch", "commit the library, or leave out --since"}
	}
	commit, err := run(ctx, r.Root, "rev-parse", "--verify", "--quiet", "--end-of-options", ref+"^{commit}")
	if err != nil {
		return "", r.unknown(ctx, ref)
	}
	base, err := run(ctx, r.Root, "merge-base", strings.TrimSpace(commit), strings.TrimSpace(head))
	if base = strings.TrimSpace(base); err == nil && base != "" {
		return base, nil
	}
	if r.shallow(ctx) {
		return "", &Error{fmt.Sprintf("the clone is too shallow to tell where HEAD and %q parted", ref), "git fetch --unshallow"}
	}
	return "", &Error{fmt.Sprintf("HEAD and %q have no commit in common", ref), "name a branch or commit that the work began at"}
}

func (r Repo) shallow(ctx context.Context) bool {
	out, err := run(ctx, r.Root, "rev-parse", "--is-shallow-repository")
	return err == nil && strings.TrimSpace(out) == "true"
}

// plainRef is a name that stands in a hint without quotes.
var plainRef = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_./-]*$`)

// unknown says what to do about a ref that is none.
func (r Repo) unknown(ctx context.Context, ref string) error {
	e := &Error{Message: fmt.Sprintf("git knows no commit %q", ref), Hint: "name a branch, a tag or a commit"}
	branch, remote := strings.CutPrefix(ref, "origin/")
	switch {
	case !plainRef.MatchString(ref) || strings.Contains(ref, ".."):
	case remote:
		e.Hint = fmt.Sprintf("git fetch origin %s:refs/remotes/%s", branch, ref)
	default:
		if _, err := run(ctx, r.Root, "rev-parse", "--verify", "--quiet", "--end-of-options", "origin/"+ref+"^{commit}"); err == nil {
			e.Hint = fmt.Sprintf("did you mean %q?", "origin/"+ref)
		} else if r.shallow(ctx) {
			e.Hint = "git fetch --unshallow, or git fetch origin " + ref
		} else {
			e.Hint = "git fetch origin " + ref
		}
	}
	return e
}

// diffArgs ask for differences from a commit to the work tree that no setting
// of the user or the repository changes the form of.
var diffArgs = []string{"diff", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames", "--no-relative", "--ignore-submodules=all", "--text"}

// Changed returns the files below a folder that differ between a commit and the
// work tree, whether committed, staged or not, by their absolute paths, and the
// files that git does not know and does not ignore. The value says whether the
// file is new as a whole. Files that are gone are not among them.
func (r Repo) Changed(ctx context.Context, base, below string) (map[string]bool, error) {
	changed := map[string]bool{}
	args := append(slices.Clone(diffArgs), "--name-status", "-z", "--diff-filter=d", base, "--", below)
	out, err := run(ctx, r.Root, args...)
	if err != nil {
		return nil, &Error{err.Error(), "leave out --since to lint all files"}
	}
	fields := strings.Split(out, "\x00")
	for i := 0; i+1 < len(fields); i += 2 {
		changed[r.path(fields[i+1])] = fields[i] == "A"
	}
	out, err = run(ctx, r.Root, "ls-files", "-z", "--others", "--exclude-standard", "--", below)
	if err != nil {
		return nil, &Error{err.Error(), "leave out --since to lint all files"}
	}
	for name := range strings.SplitSeq(out, "\x00") {
		if name != "" {
			changed[r.path(name)] = true
		}
	}
	return changed, nil
}

func (r Repo) path(name string) string { return filepath.Join(r.Root, filepath.FromSlash(name)) }

// inherited are the variables by which a hook ties git to one repository and its
// index: files are looked up in the repository that they stand in.
var inherited = []string{
	"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_NAMESPACE",
	"GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "GIT_TRACE", "LC_ALL",
	"GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_REPLACE_REF_BASE",
}

func environment() []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(inherited, name)
	})
	return append(env, "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0")
}

// run runs git in a folder and returns what it prints. The error is the first
// line that git complains with.
func run(ctx context.Context, dir string, args ...string) (string, error) {
	out, _, err := call{dir: dir, env: environment()}.run(ctx, args...)
	return string(out), err
}

// A call is a run of git. The zero limit is none.
type call struct {
	dir   string
	env   []string
	stdin []byte
	limit int // of the bytes that git may print
}

// A failure is what a run of git ended with.
type failure struct {
	message string
	status  int // as git exits, -1 for a signal
}

func (f *failure) Error() string { return f.message }

// run returns what git prints and what it says on the side. What it has printed
// is returned also with a [failure].
func (c call) run(ctx context.Context, args ...string) (out []byte, aside string, err error) {
	fixed := []string{"--no-pager", "--literal-pathspecs", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull, "-C", c.dir}
	cmd := exec.CommandContext(ctx, "git", append(fixed, args...)...)
	cmd.Env = c.env
	if c.stdin != nil {
		cmd.Stdin = bytes.NewReader(c.stdin)
	}
	var stderr bytes.Buffer
	stdout := bounded{limit: c.limit}
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	switch {
	case err == nil:
		return stdout.buf.Bytes(), stderr.String(), nil
	case errors.Is(err, exec.ErrNotFound):
		return nil, "", exec.ErrNotFound
	case ctx.Err() != nil:
		return nil, "", ctx.Err()
	case stdout.over:
		return nil, "", &Error{fmt.Sprintf("git %s prints more than %d MiB", args[0], c.limit>>20), tooMuch}
	}
	line, _, _ := strings.Cut(strings.TrimSpace(stderr.String()), "\n")
	if line = strings.TrimPrefix(line, "fatal: "); line == "" {
		line = err.Error()
	}
	return stdout.buf.Bytes(), stderr.String(), &failure{fmt.Sprintf("git %s: %s", args[0], line), cmd.ProcessState.ExitCode()}
}

// bounded is a buffer that refuses to grow over its limit, which ends the program
// that writes to it.
type bounded struct {
	buf   bytes.Buffer // not embedded: its ReadFrom knows no limit
	limit int
	over  bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.limit > 0 && b.buf.Len()+len(p) > b.limit {
		b.over = true
		return 0, errors.New("too much")
	}
	return b.buf.Write(p)
}
