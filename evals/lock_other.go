//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd)

package evals

import "os"

// lock does nothing: there are no locks here that end with the process.
func lock(*os.File) error { return nil }
