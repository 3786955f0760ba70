//go:build darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd

package evals

import (
	"errors"
	"os"
	"syscall"
)

// lock keeps the journal in a file for this process until the file is closed, or
// the process ends however it may. A file system that has no locks is none the
// worse.
func lock(file *os.File) error {
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrBusy
	}
	return nil
}
