package git

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// NoDetour refuses a folder to which a path leads over a symbolic link that is
// committed, or that lies in a submodule. The work tree of a change is of its author,
// who would choose in that way what is looked at. The working directory, which is
// ".", may lie in a submodule: somebody has gone there.
func NoDetour(ctx context.Context, dir string) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	for at := abs; filepath.Dir(at) != at; at = filepath.Dir(at) {
		info, err := os.Lstat(at)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			continue
		}
		out, err := run(ctx, filepath.Dir(at), "ls-files", "--stage", "-z", "--", filepath.Base(at))
		if err == nil && strings.HasPrefix(out, "120000 ") {
			return &Error{fmt.Sprintf("%s leads over a symbolic link of the repository, %s", dir, filepath.Base(at)), "name the folder itself"}
		}
	}
	if filepath.Clean(dir) == "." {
		return ctx.Err()
	}
	out, err := run(ctx, abs, "rev-parse", "--show-superproject-working-tree")
	if err == nil && strings.TrimSpace(out) != "" {
		return &Error{fmt.Sprintf("%s lies in a submodule, whose commits are others than those of the repository around it", dir), "run it in the folder of the submodule"}
	}
	return ctx.Err()
}
