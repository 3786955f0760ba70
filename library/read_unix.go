//go:build unix

package library

import (
	"io"
	"io/fs"
	"syscall"
)

// A descriptor is a file that is open for reading.
//
// Note: os.File would do. What it keeps of each file, for pipes and for the
// garbage collector, costs a third of reading a small one.
type descriptor int

// openFile opens a file for reading.
func openFile(path string) (descriptor, error) {
	fd, err := retried(func() (int, error) {
		// Without O_NONBLOCK, opening a pipe waits for somebody to write to it.
		return syscall.Open(path, syscall.O_RDONLY|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	})
	return descriptor(fd), err
}

// stat says what the file is, and how long.
func (d descriptor) stat() (mode fs.FileMode, size int64, err error) {
	var st syscall.Stat_t
	if err := syscall.Fstat(int(d), &st); err != nil {
		return 0, 0, err
	}
	switch st.Mode & syscall.S_IFMT {
	case syscall.S_IFREG:
	case syscall.S_IFDIR:
		mode = fs.ModeDir
	default:
		mode = fs.ModeIrregular
	}
	return mode, st.Size, nil
}

// Read reads the next bytes of the file.
func (d descriptor) Read(p []byte) (int, error) {
	n, err := retried(func() (int, error) { return syscall.Read(int(d), p) })
	switch {
	case err != nil:
		return 0, err
	case n == 0 && len(p) > 0:
		return 0, io.EOF
	}
	return n, nil
}

// Close closes the file.
func (d descriptor) Close() error { return syscall.Close(int(d)) }

// retried calls the system again when a signal has interrupted it.
func retried(call func() (int, error)) (int, error) {
	for {
		if n, err := call(); err != syscall.EINTR {
			return n, err
		}
	}
}
