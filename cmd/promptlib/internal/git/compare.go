package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Comparison is of a base and a head that would land on it. It is closed after
// use.
type Comparison struct {
	Repo
	Base, Head string   // full object ids of the commits
	Forks      []string // every commit at which the two parted, by id
	Tree       string   // object id of the tree that would land
	Merged     bool     // Tree is a merge made for the comparison, since the head does not contain the base

	store sealed
	trees map[string]map[string]Entry // what Files has read
}

// Close removes what the comparison has written, which is outside of the repository.
func (c *Comparison) Close() error { return c.store.close() }

// Compare resolves two refs to commits and finds the tree that would land if the
// head were merged into the base: that of the head where it contains the base, that
// of the base where it contains the head, and else their merge. The merge is one of
// text, without attributes and merge drivers; a file that it cannot merge, or only by
// following a rename, is an error. So are a shallow clone, a ref that git does not know or that may mean two
// things, and two commits without one in common. Nothing is fetched, and nothing is
// written into the repository.
func (r Repo) Compare(ctx context.Context, base, head string) (*Comparison, error) {
	if err := r.recent(ctx); err != nil {
		return nil, err
	}
	objects, format, err := r.objects(ctx)
	if err != nil {
		return nil, err
	}
	c := &Comparison{Repo: r, trees: map[string]map[string]Entry{}}
	if c.Base, err = r.commit(ctx, base); err != nil {
		return nil, err
	}
	if c.Head, err = r.commit(ctx, head); err != nil {
		return nil, err
	}
	if c.store, err = seal(objects, format); err != nil {
		return nil, &Error{"no temporary folder: " + err.Error(), "set TMPDIR to a folder that can be written to"}
	}
	if err := c.land(ctx, base, head); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// oldest is the version of git that a comparison needs: the first with
// git merge-tree --write-tree.
var oldest = [2]int{2, 38}

var versionNumber = regexp.MustCompile(`^git version (\d+)\.(\d+)`)

// recent refuses a git that is too old.
func (r Repo) recent(ctx context.Context) error {
	out, err := run(ctx, r.Root, "version")
	if ctx.Err() != nil {
		return ctx.Err()
	}
	m := versionNumber.FindStringSubmatch(out)
	if err != nil || m == nil {
		return &Error{fmt.Sprintf("git does not tell its version: %q", strings.TrimSpace(out)), "see what git --version prints"}
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	if slices.Compare([]int{major, minor}, oldest[:]) < 0 {
		return &Error{fmt.Sprintf("git is %s.%s, and comparing commits needs git %d.%d", m[1], m[2], oldest[0], oldest[1]), fmt.Sprintf("install git %d.%d or later", oldest[0], oldest[1])}
	}
	return nil
}

// unreplaced is the environment in which no object counts for another and nothing is
// fetched.
func unreplaced() []string {
	return append(environment(), "GIT_NO_REPLACE_OBJECTS=1", "GIT_GRAFT_FILE="+os.DevNull, "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none")
}

// strict runs git in the repository itself, for what only that can tell. What a
// ref such as HEAD~2 means is read from the commits as they are.
func (r Repo) strict(ctx context.Context, args ...string) (out, aside string, err error) {
	b, aside, err := call{dir: r.Root, env: unreplaced()}.run(ctx, append([]string{"-c", "core.warnAmbiguousRefs=true"}, args...)...)
	return string(b), aside, err
}

// objects returns the folder of the objects, and the name of their hash. It
// refuses a clone without the whole history.
func (r Repo) objects(ctx context.Context) (dir, format string, err error) {
	out, _, err := r.strict(ctx, "rev-parse", "--is-shallow-repository", "--show-object-format", "--path-format=absolute", "--git-path", "objects")
	if err != nil {
		return "", "", &Error{err.Error(), "git status, in that folder, should succeed first"}
	}
	shallow, rest, _ := strings.Cut(out, "\n")
	format, dir, _ = strings.Cut(rest, "\n")
	if shallow != "false" {
		return "", "", &Error{"the clone is shallow: it lacks the history that a comparison needs", "git fetch --unshallow, and fetch-depth: 0 in the CI job"}
	}
	return filepath.FromSlash(strings.TrimSuffix(dir, "\n")), format, nil
}

// objectID is the full name of an object, in a repository of SHA-1 or SHA-256.
var objectID = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// commit returns the object id of the commit that a ref names.
func (r Repo) commit(ctx context.Context, ref string) (string, error) {
	out, aside, err := r.strict(ctx, "rev-parse", "--verify", "--end-of-options", ref+"^{commit}")
	id := strings.TrimSpace(out)
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case (err != nil || !objectID.MatchString(id)) && ref == "HEAD":
		return "", &Error{"the repository has no commit on its current branch", "commit the library"}
	case err != nil || !objectID.MatchString(id):
		return "", r.unknown(ctx, ref)
	case strings.Contains(aside, "is ambiguous") && !objectID.MatchString(ref):
		return "", &Error{fmt.Sprintf("%q is the name of more than one branch or tag", ref), "name it in full, such as refs/heads/main or refs/remotes/origin/main"}
	}
	return id, nil
}

// land finds where base and head parted, and what would land.
func (c *Comparison) land(ctx context.Context, base, head string) error {
	out, err := c.store.run(ctx, nil, "merge-base", "--all", c.Base, c.Head)
	c.Forks = strings.Fields(out)
	slices.Sort(c.Forks)
	var f *failure
	switch {
	case len(c.Forks) == 0 && (err == nil || errors.As(err, &f) && f.status == 1):
		return &Error{fmt.Sprintf("%q and %q have no commit in common", base, head), "name the branch that the head is to land on"}
	case err != nil:
		return explain(err)
	case slices.Equal(c.Forks, []string{c.Base}):
		c.Tree, err = c.store.run(ctx, nil, "rev-parse", "--verify", c.Head+"^{tree}")
	case slices.Equal(c.Forks, []string{c.Head}):
		c.Tree, err = c.store.run(ctx, nil, "rev-parse", "--verify", c.Base+"^{tree}")
	default:
		c.Merged = true
		c.Tree, err = c.merge(ctx, base, head)
	}
	c.Tree = strings.TrimSpace(c.Tree)
	return explain(err)
}

// merge writes the merge of base and head, and returns its tree.
func (c *Comparison) merge(ctx context.Context, base, head string) (string, error) {
	out, err := c.store.run(ctx, nil, "merge-tree", "--write-tree", "--no-messages", "--name-only", "-z", c.Base, c.Head)
	tree, rest, _ := strings.Cut(out, "\x00")
	var f *failure
	var conflicts []string
	switch {
	case err == nil:
		conflicts, err = c.moved(ctx, tree)
	case errors.As(err, &f) && f.status == 1:
		conflicts, err = strings.Split(strings.Trim(rest, "\x00"), "\x00"), nil
	}
	if err != nil || len(conflicts) == 0 {
		return tree, err
	}
	more := ""
	if n := len(conflicts) - 3; n > 0 {
		conflicts, more = conflicts[:3], fmt.Sprintf(" and %d more", n)
	}
	for i, name := range conflicts {
		conflicts[i] = strconv.Quote(name)
	}
	return "", &Error{fmt.Sprintf("%q does not merge into %q: conflicts in %s%s", head, base, strings.Join(conflicts, ", "), more), fmt.Sprintf("merge or rebase onto %q, and solve the conflicts there", base)}
}

// moved returns the files of a merge into which git followed a change of a file of
// another name, in order. There is no commit that touches them under their name, and
// so nobody who would be their author: somebody has to make such a merge.
//
// Note: merge.renames=false would do, but git merge-tree before 2.50 does not heed it.
func (c *Comparison) moved(ctx context.Context, tree string) ([]string, error) {
	var sides [3]map[string]Entry
	for i, id := range []string{c.Base, c.Head, tree} {
		var err error
		if sides[i], err = c.Files(ctx, id); err != nil {
			return nil, err
		}
	}
	base, head, merged := sides[0], sides[1], sides[2]
	var moved []string
	for path, e := range merged {
		_, b := base[path]
		_, h := head[path]
		if e != base[path] && e != head[path] && (!b || !h) {
			moved = append(moved, path)
		}
	}
	slices.Sort(moved)
	return moved, nil
}
