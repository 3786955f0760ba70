package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
)

// docs is the address that docs/rules is published at. A release sets it with
// -ldflags "-X main.docs=…"; reports link to nothing without it.
var docs string

// An output is a report that was asked for, in a format of some kind.
type output[F any] struct {
	format F
	file   string // empty for standard output
}

// parseFormats reads the values of --format, each NAME or NAME=FILE, where the
// formats are some of all.
func parseFormats[F any](values []string, all []F, nameOf func(F) string) ([]output[F], error) {
	var list []output[F]
	taken := map[string]string{} // by absolute path, empty for standard output: what goes there
	for _, value := range values {
		name, file, toFile := strings.Cut(value, "=")
		format, err := find("format", name, all, nameOf)
		if err != nil {
			return nil, err
		}
		if toFile && file == "" {
			return nil, usage("write --format "+name+"=FILE", "--format %s names no file", value)
		}
		key := file
		if toFile {
			if key, err = filepath.Abs(file); err != nil {
				return nil, fault("", "%w", err)
			}
		}
		switch other, ok := taken[key]; {
		case ok && toFile:
			return nil, usage("give each format a file of its own", "--format %s and --format %s write to one file", other, value)
		case ok:
			return nil, usage("write one of them to a file, as in --format "+name+"=FILE",
				"--format %s and --format %s both write to standard output", other, value)
		}
		taken[key] = value
		list = append(list, output[F]{format, file})
	}
	return list, nil
}

// bindEvalFormats gives a command the flag --format for reports on a run.
func bindEvalFormats(cmd *cobra.Command, values *[]string) {
	cmd.Flags().StringArrayVar(values, "format", []string{"text"}, "how to write the results: NAME, or NAME=FILE for a file; repeatable: "+names(report.EvalFormats, evalFormatName))
	complete(cmd, "format", report.EvalFormats, evalFormatName)
}

func parseEvalFormats(values []string) ([]output[report.EvalFormat], error) {
	return parseFormats(values, report.EvalFormats, evalFormatName)
}

func evalFormatName(f report.EvalFormat) string { return f.Name }

func evalFormatHelp() string {
	var b strings.Builder
	for _, f := range report.EvalFormats {
		b.WriteString("  " + f.Name + ": " + f.Doc + "\n")
	}
	return b.String()
}

// writeReports writes what lint has found in each of the formats.
func (a *app) writeReports(list []output[report.LintFormat], l report.Lint) error {
	l.Codes, l.Version, l.Docs, l.JobSummary = codes(), release, docs, os.Getenv("GITHUB_STEP_SUMMARY")
	if dir, err := os.Getwd(); err == nil {
		l.Dir = dir
	}
	return writeAll(a, list, func(f report.LintFormat, w io.Writer, color bool) error { return f.Write(w, l, color) })
}

// writeAll writes each report to where it goes. The first error ends it.
func writeAll[F any](a *app, list []output[F], write func(f F, w io.Writer, color bool) error) error {
	for _, o := range list {
		var err error
		if o.file == "" {
			err = write(o.format, a.stdout, a.colored(a.stdout))
		} else {
			err = writeFile(o.file, func(w io.Writer) error { return write(o.format, w, false) })
		}
		if err != nil {
			return fault("", "writing the report: %w", err)
		}
	}
	return nil
}

// writeFile writes a file by way of another beside it, so that nobody finds half
// of a report. What is no regular file, as a pipe, is written to directly.
func writeFile(name string, write func(io.Writer) error) error {
	target, err := filepath.EvalSymlinks(name)
	if err != nil {
		target = name // there is none yet
	}
	if strings.HasPrefix(filepath.Clean(name), "/dev/") && !strings.HasPrefix(target, "/dev/") && !strings.HasPrefix(target, "/proc/") {
		return fmt.Errorf("%s leads to the file %s, which somebody else has open; write --format NAME for the standard output", name, target)
	}
	if info, err := os.Stat(target); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(target, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(write(f), f.Close())
	}
	temporary := target + "." + strconv.Itoa(os.Getpid()) + ".tmp"
	f, err := os.OpenFile(temporary, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		var p *fs.PathError
		if errors.As(err, &p) {
			p.Path = name // the one the user knows
		}
		return err
	}
	if err = errors.Join(write(f), f.Close()); err == nil {
		err = os.Rename(temporary, target)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temporary))
	}
	return nil
}

// tooManyWarnings holds the findings against --max-warnings, negative for any
// number.
func (a *app) tooManyWarnings(l report.Lint, limit int) bool {
	n := l.Count(library.Warning)
	if limit < 0 || n <= limit {
		return false
	}
	a.note("more warnings than --max-warnings %d: %d", limit, n)
	return true
}
