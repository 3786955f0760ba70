package main

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"promptlib/evals"
	"promptlib/library"
)

// takesRun lets a command take one run as its argument, or none.
func takesRun(cmd *cobra.Command) {
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) > 1 {
			return usage("promptlib report --list prints the runs", "%s takes one run, not %d", cmd.Name(), len(args))
		}
		return nil
	}
	cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		paths, _ := runsFrom(".")
		return paths, cobra.ShellCompDirectiveDefault
	}
}

// runsFrom lists the runs of the nearest folder that has any, from a folder
// upwards: the root of the library, or where eval was started.
func runsFrom(dir string) ([]string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fault("", "%w", err)
	}
	for at := dir; ; at = filepath.Join(at, "..") {
		paths, err := evals.Runs(at)
		if err != nil {
			return nil, fault("", "%w", library.Escapes(err))
		}
		if len(paths) > 0 {
			return paths, nil
		}
		parent := filepath.Dir(abs)
		if parent == abs {
			return nil, fault("promptlib eval makes one", "there is no run in %s or above it", library.CleanPath(dir))
		}
		abs = parent
	}
}

// firstRun opens the first of some runs whose header is wanted; nil for none.
// Those that cannot be opened are not of this version, or were killed before
// their first line.
func firstRun(paths []string, wanted func(evals.Header) bool) *evals.Recorded {
	for _, path := range paths {
		run, err := evals.OpenRun(path)
		if err != nil {
			continue
		}
		if wanted(run.Header) {
			return run
		}
		run.Close()
	}
	return nil
}
