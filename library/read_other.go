//go:build !unix

package library

import (
	"io/fs"
	"os"
)

// A descriptor is a file that is open for reading.
type descriptor struct{ *os.File }

// openFile opens a file for reading.
func openFile(path string) (descriptor, error) {
	f, err := os.Open(path)
	return descriptor{f}, err
}

// stat says what the file is, and how long.
func (d descriptor) stat() (mode fs.FileMode, size int64, err error) {
	info, err := d.Stat()
	if err != nil {
		return 0, 0, err
	}
	return info.Mode(), info.Size(), nil
}
