package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/config"
	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
	"promptlib/library/lint"
	"promptlib/library/policy"
)

type lintOptions struct {
	paths       []string
	formats     []string
	statistics  bool
	failOn      string
	maxWarnings int
	now         string

	fix       bool
	fixUnsafe bool
	diff      bool

	noForceExclude bool
	allowEmpty     bool
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
CONTRIBUTING, LICENSE and index files are skipped and counted, and so are files
that the configuration excludes, even if they are named.`,
		Example: `  promptlib lint
  promptlib lint prompts/writing prompts/operations/incident-summary.md
  promptlib lint --format sarif=lint.sarif --format text prompts
  promptlib lint --diff prompts
  promptlib lint --fix prompts`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.paths = args
			if o.diff && cmd.Flags().Changed("format") {
				return usage("leave out one of them", "--diff prints a diff in place of the report, so it cannot go with --format")
			}
			return runLint(a, o)
		},
	}
	cmd.Flags().StringArrayVar(&o.formats, "format", []string{"text"},
		"how to write the findings, as NAME or NAME=FILE; may be repeated: "+names(report.LintFormats, func(f report.LintFormat) string { return f.Name }))
	cmd.Flags().BoolVar(&o.statistics, "statistics", false, "also count the findings of each rule, in text")
	cmd.Flags().StringVar(&o.failOn, "fail-on", "error", "the lowest severity that makes the exit status 1: error, warning or info")
	cmd.Flags().IntVar(&o.maxWarnings, "max-warnings", -1, "the exit status is 1 if there are more warnings; -1 for any number")
	cmd.Flags().StringVar(&o.now, "now", "", "the date to judge review dates by, as YYYY-MM-DD (default today)")
	cmd.Flags().BoolVar(&o.fix, "fix", false, "make the fixes that cannot change what a prompt means")
	cmd.Flags().BoolVar(&o.fixUnsafe, "fix-unsafe", false, "make the fixes that may change what a prompt means, too")
	cmd.Flags().BoolVar(&o.diff, "diff", false, "print the fixes as a unified diff and write nothing")
	cmd.Flags().BoolVar(&o.noForceExclude, "no-force-exclude", false, "check excluded files that are named")
	cmd.Flags().BoolVar(&o.allowEmpty, "allow-empty", false, "having nothing to check is no fault")
	complete(cmd, "format", report.LintFormats, func(f report.LintFormat) string { return f.Name })
	return cmd
}

func runLint(a *app, o *lintOptions) error {
	outputs, err := parseFormats(o.formats)
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
	for _, root := range lib.Roots {
		a.warnDead(linters[root])
	}
	result := report.Lint{Source: readSource, Statistics: o.statistics}
	fixes := o.fixing()
	prompts, skipped := split(lib.Files)
	prompts, result.Excluded = leaveOut(prompts, o.noForceExclude, func(root string) *lint.Config { return &linters[root].Config })
	facts := map[*lint.Linter][]lint.Facts{}
	for f, out := range library.Each(prompts, func(f library.File) checked {
		return fixes.check(linters[f.Root], f)
	}) {
		if err := fixes.finish(a, linters[f.Root], f, &out); err != nil {
			return err
		}
		result.Files++
		result.Paths = append(result.Paths, f.Path)
		result.Diagnostics = append(result.Diagnostics, out.findings...)
		facts[linters[f.Root]] = append(facts[linters[f.Root]], out.facts)
	}
	for _, root := range lib.Roots {
		result.Diagnostics = append(result.Diagnostics, linters[root].Library(facts[linters[root]])...)
		for _, f := range facts[linters[root]] {
			result.Suppressed += f.Suppressed
		}
	}
	result.Skipped = skipped
	if result.Files == 0 && !o.allowEmpty {
		return nothingToCheck(skipped, result.Excluded)
	}
	slices.SortStableFunc(result.Diagnostics, func(x, y *library.Diagnostic) int { return x.Compare(*y) })
	if o.diff {
		a.note("%s", fixes.done.Would())
	} else {
		if fixes != nil {
			result.Fixed = &fixes.done
		}
		if err := a.writeReports(outputs, result); err != nil {
			return err
		}
	}
	if err := fixes.err(); err != nil {
		return err
	}
	if a.tooManyWarnings(result, o.maxWarnings) {
		return &exitError{status: exitFindings}
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

// warnDead warns of globs of the configuration that match nothing: what they are
// to exclude or accept may have been moved.
func (a *app) warnDead(l *lint.Linter) {
	for _, glob := range l.Config.Dead(l.Index.Files(l.Root)) {
		a.note("warning: %s: no file of the library matches %q%s", glob.Pos, glob.Value, folderHint(l.Index, l.Root, glob.Value))
	}
}

// folderHint says how to write a glob that is the name of a folder.
func folderHint(index *library.Index, root, glob string) string {
	for file := range index.Files(root) {
		if strings.HasPrefix(file, glob+"/") {
			return fmt.Sprintf(", which is a folder; write %q", glob+"/**")
		}
	}
	return ""
}

// leaveOut leaves out the files that the configuration of their library excludes
// and counts them. Files that are named are excluded too, since hooks name every
// file that was changed, unless named says to keep them.
func leaveOut(files []library.File, named bool, configOf func(root string) *lint.Config) (kept []library.File, excluded int) {
	for _, f := range files {
		conf := configOf(f.Root)
		if len(conf.Exclude) > 0 && !(named && f.Named) {
			if _, ok := conf.Excluded(library.Relative(f.Root, f.Path)); ok {
				excluded++
				continue
			}
		}
		kept = append(kept, f)
	}
	return kept, excluded
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

func nothingToCheck(skipped, excluded int) error {
	if excluded > 0 {
		return fault("--no-force-exclude checks files that are named, and --allow-empty takes this for clean", "nothing to check: %d files are excluded by %s/%s", excluded, library.SettingsDir, config.FileName)
	}
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
