package main

import (
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"

	"promptlib/library"
)

// scopeOptions say what lint looks at, beside its PATH arguments.
type scopeOptions struct {
	since    string
	isSince  bool // --since was given, perhaps with an empty value
	lines    bool
	stdin    string
	isStdin  bool // --stdin-filename was given
	baseline bool // --write-baseline
	grow     bool
}

func (o *scopeOptions) bind(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&o.since, "since", "", "report only files that have changed since HEAD and this git ref parted, uncommitted ones included")
	flags.BoolVar(&o.lines, "lines", false, "with --since: report only findings that touch changed lines")
	flags.StringVar(&o.stdin, "stdin-filename", "", "lint standard input as if it were this file, which need not exist")
	flags.BoolVar(&o.baseline, "write-baseline", false, "create .promptlib/lint-baseline.jsonl from the findings; once it exists, only drop entries whose finding is gone")
	flags.BoolVar(&o.grow, "grow", false, "with --write-baseline: also add new findings")
}

// check finds flags and PATH arguments that do not go together.
func (o *scopeOptions) check(cmd *cobra.Command, paths []string) error {
	o.isSince, o.isStdin = cmd.Flags().Changed("since"), cmd.Flags().Changed("stdin-filename")
	dash := len(paths) == 1 && paths[0] == "-"
	switch {
	case o.isSince && o.since == "":
		return usage("name a branch, a tag or a commit, such as origin/main", "--since is empty")
	case o.lines && !o.isSince:
		return usage("add --since REF", "--lines goes with --since")
	case o.grow && !o.baseline:
		return usage("add --write-baseline", "--grow goes with --write-baseline")
	case o.lines && o.baseline:
		return usage("leave out --lines", "--write-baseline needs the findings of whole files")
	case o.isStdin && o.stdin == "":
		return usage("name the file that standard input is the text of", "--stdin-filename is empty")
	case o.isStdin && len(paths) > 0 && !dash:
		return usage("leave out the PATH arguments", "--stdin-filename names the only file")
	case o.isStdin && o.isSince:
		return usage("leave out --since", "--stdin-filename and --since exclude each other")
	case o.isStdin && o.baseline:
		return usage("save the file first", "--write-baseline does not go with --stdin-filename")
	case !o.isStdin:
		for _, p := range paths {
			if p == "-" {
				return usage("add --stdin-filename PATH to lint standard input; a file of this name is ./-", "%q is no path", "-")
			}
		}
	}
	return nil
}

// A reading is how the files of a run are read.
type reading struct {
	prompt func(library.File) *library.Prompt
	source func(path string) []byte // to show a line of
}

// open finds the files to lint, and how to read them.
func (o *scopeOptions) open(a *app, paths []string) (*library.Library, reading, error) {
	if !o.isStdin {
		lib, err := open(paths)
		return lib, reading{library.Read, readSource}, err
	}
	lib := library.OpenBuffer(o.stdin)
	if info, err := os.Stat(o.stdin); err == nil && info.IsDir() {
		return nil, reading{}, usage("name a file", "--stdin-filename: %s is a folder", o.stdin)
	}
	var text []byte
	if a.stdin != nil {
		var err error
		if text, err = io.ReadAll(io.LimitReader(a.stdin, library.MaxFileSize+1)); err != nil {
			return nil, reading{}, fault("", "reading standard input: %w", err)
		}
	}
	return lib, reading{
		prompt: func(f library.File) *library.Prompt { return library.ReadBuffer(f.Path, string(text)) },
		source: func(path string) []byte {
			if path != lib.Files[0].Path {
				return readSource(path)
			}
			return text
		},
	}, nil
}

// changed asks git what --since leaves of a library; nil for all.
func (o *scopeOptions) changed(ctx context.Context, a *app, lib *library.Library) (*since, error) {
	if !o.isSince {
		return nil, nil
	}
	s, settings, err := newSince(ctx, lib, o.since, o.lines)
	if err != nil {
		return nil, err
	}
	for _, path := range settings {
		a.note("note: %s has changed since %s; lint without --since for what that means for the other files", path, o.since)
	}
	return s, nil
}
