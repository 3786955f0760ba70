package library

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// OpenWithin opens a file by its slash-separated path in the library at root, to
// be read as a stream: the limit on the size of files that are read whole does
// not hold. A path or symbolic link that leaves the library is an error, and so
// is what is no regular file.
func OpenWithin(root, name string) (*os.File, error) {
	file := CleanPath(filepath.Join(root, filepath.FromSlash(name)))
	dir, err := os.OpenRoot(root)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	info, err := dir.Stat(filepath.FromSlash(name)) // before it is opened: opening a pipe waits for somebody to write to it
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", file, Escapes(err))
	case info.IsDir():
		return nil, errors.New(file + ": is a directory, not a file")
	case !info.Mode().IsRegular():
		return nil, errors.New(file + ": is no regular file")
	}
	f, err := dir.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, Escapes(err))
	}
	return f, nil
}
