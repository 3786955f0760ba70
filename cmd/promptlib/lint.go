package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/config"
	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
	"promptlib/library/lint"
	"promptlib/library/policy"
)

type lintOptions struct {
	paths  []string
	format string
	failOn string
	now    string
}

func newLint(a *app) *cobra.Command {
	o := &lintOptions{}
	cmd := &cobra.Command{
		Use:   "lint [PATH…]",
		Short: "Find what is wrong with prompt files",
		Long: `lint checks the prompt files below each PATH, the working directory by default,
and prints what is wrong with them, each finding at its place.

The policy is read from .promptlib/policy.yaml and the levels of rules from
.promptlib/config.yaml of the library, the nearest folder upward that has a
folder .promptlib; without one, built-in defaults hold. README, CHANGELOG,
CONTRIBUTING, LICENSE and index files are skipped and counted.`,
		Example: `  promptlib lint
  promptlib lint prompts/writing prompts/operations/incident-summary.md
  promptlib lint --format json --fail-on warning prompts > findings.json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.paths = args
			return runLint(cmd.Context(), a, o)
		},
	}
	cmd.Flags().StringVar(&o.format, "format", "text", "how to print the findings: "+names(report.LintFormats, func(f report.LintFormat) string { return f.Name }))
	cmd.Flags().StringVar(&o.failOn, "fail-on", "error", "the lowest severity that makes the exit status 1: error, warning or info")
	cmd.Flags().StringVar(&o.now, "now", "", "the date to judge review dates by, as YYYY-MM-DD (default today)")
	complete(cmd, "format", report.LintFormats, func(f report.LintFormat) string { return f.Name })
	return cmd
}

func runLint(ctx context.Context, a *app, o *lintOptions) error {
	format, err := find("format", o.format, report.LintFormats, func(f report.LintFormat) string { return f.Name })
	if err != nil {
		return err
	}
	failOn, err := library.ParseSeverity(o.failOn)
	if err != nil {
		return usage("", "--fail-on: %w", err)
	}
	now, err := date(o.now)
	if err != nil {
		return err
	}
	lib, err := open(o.paths)
	if err != nil {
		return err
	}
	linters, err := newLinters(lib, now)
	if err != nil {
		return err
	}
	result := report.Lint{Source: readSource}
	type outcome struct {
		findings []*library.Diagnostic
		facts    lint.Facts
	}
	prompts, skipped := split(lib.Files)
	facts := map[*lint.Linter][]lint.Facts{}
	for f, out := range library.Each(prompts, func(f library.File) outcome {
		findings, facts := linters[f.Root].Prompt(library.Read(f))
		return outcome{findings, facts}
	}) {
		if err := stopped(ctx); err != nil {
			return err
		}
		result.Files++
		result.Diagnostics = append(result.Diagnostics, out.findings...)
		facts[linters[f.Root]] = append(facts[linters[f.Root]], out.facts)
	}
	for _, root := range lib.Roots {
		result.Diagnostics = append(result.Diagnostics, linters[root].Library(facts[linters[root]])...)
	}
	result.Skipped = skipped
	if result.Files == 0 {
		return nothingToCheck(skipped)
	}
	slices.SortStableFunc(result.Diagnostics, func(x, y *library.Diagnostic) int { return x.Compare(*y) })
	if err := format.Write(a.stdout, result, a.colored(a.stdout)); err != nil {
		return fault("", "writing the report: %w", err)
	}
	for _, d := range result.Diagnostics {
		if d.Severity >= failOn {
			return &exitError{status: exitFindings}
		}
	}
	return nil
}

// newLinters makes a linter for each library that files belong to.
func newLinters(lib *library.Library, now time.Time) (map[string]*lint.Linter, error) {
	linters := map[string]*lint.Linter{}
	var errs []error
	for _, root := range lib.Roots {
		pol, err := policy.Load(root)
		if err != nil {
			errs = append(errs, err)
		}
		conf, err := config.Load(root)
		if err != nil {
			errs = append(errs, err)
		}
		linters[root] = &lint.Linter{Policy: pol, Root: root, Index: lib.Index, Now: now, Config: conf.Lint}
	}
	if errs != nil {
		return nil, fault("nothing was checked; correct the file first", "%w", errors.Join(errs...))
	}
	return linters, nil
}

// open finds the files of PATH arguments.
func open(paths []string) (*library.Library, error) {
	lib, err := library.Open(paths...)
	if err != nil {
		return nil, usage("name files or folders that exist", "%w", err)
	}
	return lib, nil
}

// split leaves out the files that are no prompts and counts them.
func split(files []library.File) (prompts []library.File, skipped int) {
	for _, f := range files {
		if f.Prose {
			skipped++
		} else {
			prompts = append(prompts, f)
		}
	}
	return prompts, skipped
}

func nothingToCheck(skipped int) error {
	if skipped > 0 {
		return fault("name a file to have it checked whatever it is called", "nothing to check: %d files were found, none of them a prompt", skipped)
	}
	return fault("prompt files end in .md, .prompt or .prompty", "nothing to check: no prompt file was found")
}

// readSource reads a file again to show a line of it.
func readSource(path string) []byte {
	text, err := library.ReadFile(path)
	if err != nil {
		return nil
	}
	return text
}

// date reads the value of --now.
func date(s string) (time.Time, error) {
	if s == "" {
		now := time.Now().UTC()
		return time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC), nil
	}
	t, ok := policy.ParseDate(s)
	if !ok {
		return time.Time{}, usage("", "--now is a date of the form YYYY-MM-DD, not %q", s)
	}
	return t, nil
}
