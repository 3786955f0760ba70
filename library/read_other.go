//go:build !unix

package library

import (
	"io/fs"
	"os"
)

// openFile opens a file for reading and says what it is.
func openFile(path string) (f *os.File, mode fs.FileMode, size int64, err error) {
	f, err = os.Open(path)
	if err != nil {
		return nil, 0, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, 0, err
	}
	return f, info.Mode(), info.Size(), nil
}
