package git

import (
	"context"
	"errors"
	"fmt"
	"path"
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
	entry, err := r.entry(ctx, commit, name)
	switch {
	case err != nil:
		return failed("cannot be read: " + err.Error())
	case entry == Entry{}:
		return nil, nil
	case !strings.HasPrefix(entry.Mode, "100"):
		return failed("is no regular file")
	}
	text, err := r.blob(ctx, entry.ID)
	var limit *Error // the only one that reading has
	if errors.As(err, &limit) {
		return failed(fmt.Sprintf("has more than %d bytes", library.MaxFileSize))
	}
	if err != nil {
		return failed("cannot be read: " + err.Error())
	}
	return text, nil
}
