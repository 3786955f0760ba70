package git

import (
	"context"
	"fmt"
	"strings"

	"promptlib/library"
)

// Config returns a setting of git that is a path, or holds one; "" where it is not
// set.
func (r Repo) Config(ctx context.Context, key string) string {
	out, err := run(ctx, r.Root, "config", "--type=path", "--get", key)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(out, "\n")
}

// File returns the text of a file at a commit, by its path from the top of the
// repository, as it lies there; found is false where there is no file.
func (r Repo) File(ctx context.Context, ref, path string) (text []byte, found bool, err error) {
	id, err := r.commit(ctx, ref)
	if err != nil {
		return nil, false, err
	}
	entry, err := r.entry(ctx, id, path)
	if err != nil {
		return nil, false, explain(err)
	}
	if !strings.HasPrefix(entry.Mode, "100") {
		return nil, false, nil
	}
	text, err = r.blob(ctx, entry.ID)
	if err != nil {
		return nil, false, &Error{fmt.Sprintf("%s at %q: %s", path, ref, err), "files over 4 MiB are not read; git fsck tells whether the repository is whole"}
	}
	return text, true, nil
}

// entry returns what a commit has at a path; zero for nothing.
func (r Repo) entry(ctx context.Context, commit, path string) (Entry, error) {
	out, _, err := r.strict(ctx, "ls-tree", "-z", "--full-tree", "--end-of-options", commit, "--", path)
	if err != nil {
		return Entry{}, err
	}
	head, name, _ := strings.Cut(out, "\t")
	fields := strings.Fields(head) // mode, type, id
	if name != path+"\x00" || len(fields) != 3 {
		return Entry{}, nil
	}
	return Entry{fields[0], fields[2]}, nil
}

// blob returns the text of a file, as it lies in the repository. One over
// [library.MaxFileSize] is an error. Replaced objects, which somebody has put in
// place of others in this clone alone, do not count.
func (r Repo) blob(ctx context.Context, id string) ([]byte, error) {
	text, _, err := call{dir: r.Root, env: unreplaced(), limit: library.MaxFileSize}.run(ctx, "cat-file", "blob", id)
	return text, err
}

// Writers returns the e-mail addresses of the authors and committers of a file:
// those of all commits after base, or where base is "" of the last commit that
// touches it.
func (r Repo) Writers(ctx context.Context, base, path string) ([]string, error) {
	args := []string{"log", "--no-show-signature", "--no-mailmap", "--format=%ae%n%ce", "-1", "HEAD"}
	if base != "" {
		id, err := r.commit(ctx, base)
		if err != nil {
			return nil, err
		}
		args = append(args[:len(args)-2], "HEAD", "^"+id)
	}
	out, _, err := r.strict(ctx, append(args, "--", path)...)
	return strings.Fields(out), err
}
