package git

import (
	"context"
	"fmt"
	"path"
	"strconv"
	"strings"

	"promptlib/library"
)

// Tip returns the commit that a ref names, as its full id. A name of several branches
// or tags is an error.
func (r Repo) Tip(ctx context.Context, ref string) (string, error) { return r.commit(ctx, ref) }

// ReadFile returns the text of a file of a commit, by its path with slashes from
// the top of the repository, as it lies in the repository; nil where the commit has
// no such file. What is a link, a folder or a submodule there, or larger than
// [library.MaxFileSize], is an error.
func (r Repo) ReadFile(ctx context.Context, commit, name string) ([]byte, error) {
	name = path.Clean(name)
	failed := func(what string) ([]byte, error) {
		return nil, &Error{fmt.Sprintf("%s of commit %s %s", name, commit[:min(12, len(commit))], what), "put a regular file there; it must land in the base first"}
	}
	// Note: replaced objects are what somebody has put in place of others, in this
	// clone alone.
	out, err := run(ctx, r.Root, "--no-replace-objects", "ls-tree", "-z", "--full-tree", "--end-of-options", commit, "--", name)
	if err != nil {
		return failed("cannot be read: " + err.Error())
	}
	if out == "" {
		return nil, nil
	}
	head, _, _ := strings.Cut(out, "\t")
	fields := strings.Fields(head) // mode, type, id
	if len(fields) != 3 || !strings.HasPrefix(fields[0], "100") {
		return failed("is no regular file")
	}
	size, err := run(ctx, r.Root, "--no-replace-objects", "cat-file", "-s", fields[2])
	if err != nil {
		return failed("cannot be read: " + err.Error())
	}
	if n, err := strconv.Atoi(strings.TrimSpace(size)); err != nil || n > library.MaxFileSize {
		return failed(fmt.Sprintf("has more than %d bytes", library.MaxFileSize))
	}
	text, err := run(ctx, r.Root, "--no-replace-objects", "cat-file", "blob", fields[2])
	if err != nil {
		return failed("cannot be read: " + err.Error())
	}
	return []byte(text), nil
}
