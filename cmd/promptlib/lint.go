package main

import (
	"context"
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
	scopeOptions
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
CONTRIBUTING, LICENSE and index files are skipped and counted unless they are
named; files that the configuration excludes are left out even then. A PATH may
be a glob in quotes, such as 'prompts/**/*.md'.

Findings that .promptlib/lint-baseline.jsonl holds are counted and not reported;
--write-baseline creates it, so that a library with many findings is clean until
the next new one. promptlib explain CODE says all there is to know of a finding.

Exit status: 0 no finding at or above --fail-on, 1 findings, 2 wrong flags or
arguments, 3 could not run or decide.`,
		Example: `  promptlib lint
  promptlib lint prompts/writing prompts/operations/incident-summary.md
  promptlib lint --format sarif=lint.sarif --format text prompts
  promptlib lint --diff prompts
  promptlib lint --fix prompts
  promptlib lint --write-baseline
  promptlib lint --since origin/main`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.paths = args
			if err := o.check(cmd, args); err != nil {
				return err
			}
			return runLint(cmd.Context(), a, o)
		},
	}
	o.bind(cmd)
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

// check finds flags that do not go together.
func (o *lintOptions) check(cmd *cobra.Command, args []string) error {
	fixing := o.fix || o.fixUnsafe || o.diff
	switch {
	case o.diff && cmd.Flags().Changed("format"):
		return usage("leave out one of them", "--diff prints a diff in place of the report, so it cannot go with --format")
	case fixing && cmd.Flags().Changed("stdin-filename"):
		return usage("save the file first", "--fix, --fix-unsafe and --diff do not go with --stdin-filename")
	case fixing && o.lines:
		return usage("run one after the other", "--fix, --fix-unsafe and --diff change whole files, so they do not go with --lines")
	case fixing && o.baseline:
		return usage("run one after the other", "--fix, --fix-unsafe and --diff do not go with --write-baseline")
	}
	return o.scopeOptions.check(cmd, args)
}

// A lintRun is what one run of lint works with.
type lintRun struct {
	*lintOptions
	library   *library.Library
	read      reading
	linters   map[string]*lint.Linter // by root
	baselines map[string]*baseline    // by root
	since     *since
	fixes     *fixing
}

func runLint(ctx context.Context, a *app, o *lintOptions) error {
	outputs, err := parseFormats(o.formats, report.LintFormats, func(f report.LintFormat) string { return f.Name })
	if err != nil {
		return err
	}
	failOn, err := library.ParseSeverity(o.failOn)
	if err != nil {
		return usage("", "--fail-on: %w", err)
	}
	r, err := o.prepare(ctx, a)
	if err != nil {
		return err
	}
	result, err := r.lint(ctx, a)
	if err != nil {
		return err
	}
	if o.diff {
		a.note("%s", r.fixes.done.Would())
	} else if err := a.writeReports(outputs, result); err != nil {
		return err
	}
	if err := r.fixes.err(); err != nil {
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

// prepare reads all that a run needs before it looks at a prompt.
func (o *lintOptions) prepare(ctx context.Context, a *app) (*lintRun, error) {
	r := &lintRun{lintOptions: o, fixes: o.fixing()}
	now, err := date(o.now)
	if err != nil {
		return nil, err
	}
	if r.library, r.read, err = o.open(a, o.paths); err != nil {
		return nil, err
	}
	if r.linters, err = newLinters(r.library, now); err != nil {
		return nil, err
	}
	if r.baselines, err = readBaselines(r.library.Roots); err != nil {
		return nil, err
	}
	if r.since, err = o.changed(ctx, a, r.library); err != nil {
		return nil, err
	}
	for _, root := range r.library.Roots {
		a.warnDead(r.linters[root])
		a.warnUnheld(r.linters[root])
		r.linters[root].Partial = r.since != nil
	}
	return r, nil
}

// lint checks the files of a run.
func (r *lintRun) lint(ctx context.Context, a *app) (report.Lint, error) {
	result := report.Lint{Source: r.read.source, Statistics: r.statistics}
	changed, rest := r.since.part(r.library.Files)
	prompts, skipped := split(changed)
	others, _ := split(rest)
	configOf := func(root string) *lint.Config { return &r.linters[root].Config }
	prompts, result.Excluded = leaveOut(prompts, r.noForceExclude, configOf)
	others, _ = leaveOut(others, r.noForceExclude, configOf)
	result.Skipped = skipped
	result.Paths = make([]string, 0, len(prompts))
	facts := r.roomForFacts(prompts)
	for f, out := range library.Each(prompts, func(f library.File) checked {
		return r.fixes.check(r.linters[f.Root], r.read.prompt(f))
	}) {
		if err := stopped(ctx); err != nil {
			return result, err
		}
		l := r.linters[f.Root]
		if err := r.fixes.finish(a, l, f, &out); err != nil {
			return result, err
		}
		result.Files++
		result.Paths = append(result.Paths, f.Path)
		result.Diagnostics = append(result.Diagnostics, out.findings...)
		facts[l] = append(facts[l], out.facts)
	}
	switch {
	case result.Files > 0 || r.allowEmpty || r.isStdin:
	case len(others) == 0:
		return result, nothingToCheck(skipped, result.Excluded)
	default:
		a.note("no prompt file has changed since %s: nothing to check", r.scopeOptions.since)
	}
	r.compare(facts, others, &result)
	slices.SortStableFunc(result.Diagnostics, func(x, y *library.Diagnostic) int { return x.Compare(*y) })
	if err := r.settle(a, r.baselines, prompts, &result); err != nil {
		return result, err
	}
	r.since.keepLines(&result)
	if r.fixes != nil {
		result.Fixed = &r.fixes.done
	}
	return result, nil
}

// roomForFacts makes room for the facts of some prompts, which are many bytes each
// to be moved as a list grows.
func (r *lintRun) roomForFacts(prompts []library.File) map[*lint.Linter][]lint.Facts {
	count := map[string]int{}
	for i := range prompts {
		count[prompts[i].Root]++
	}
	facts := map[*lint.Linter][]lint.Facts{}
	for root, n := range count {
		facts[r.linters[root]] = make([]lint.Facts, 0, n)
	}
	return facts
}

// compare runs the rules that compare prompts, with what those that were not
// linted may share with those that were.
func (r *lintRun) compare(facts map[*lint.Linter][]lint.Facts, others []library.File, result *report.Lint) {
	addKin(r.linters, facts, others)
	for _, root := range r.library.Roots {
		l := r.linters[root]
		result.Diagnostics = append(result.Diagnostics, r.since.keep(l.Library(facts[l]))...)
		for i := range facts[l] {
			f := &facts[l][i]
			if f.Suppressed == 0 {
				continue
			}
			if _, linted := slices.BinarySearch(result.Paths, f.Path); linted {
				result.Suppressed += f.Suppressed
			}
		}
	}
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
		people, err := policy.LoadPeople(root)
		if err != nil {
			errs = append(errs, err)
		}
		ungoverned, err := policy.LoadUngoverned(root)
		if err != nil {
			errs = append(errs, err)
		}
		conf, err := config.Load(root)
		if err != nil {
			errs = append(errs, err)
		}
		linters[root] = &lint.Linter{Policy: pol, People: people, Ungoverned: ungoverned, Root: root, Index: lib.Index, Now: now, Config: conf.Lint}
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

// warnUnheld warns of what the policy asks for that nobody of the library can
// give.
func (a *app) warnUnheld(l *lint.Linter) {
	for _, line := range l.Policy.Unheld(l.People) {
		a.note("warning: %s: %s", l.Policy.Path, line)
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
	kept = make([]library.File, 0, len(files))
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
	prompts = make([]library.File, 0, len(files))
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
		return fault("--no-force-exclude checks files that are named, and --allow-empty takes this for clean", "nothing to check: %s left out by %s/%s", count(excluded, "file"), library.SettingsDir, config.FileName)
	}
	if skipped > 0 {
		return fault("name a file to have it checked whatever it is called", "nothing to check: %s found, no prompt among them", count(skipped, "file"))
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
