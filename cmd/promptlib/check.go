package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/git"
	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
	"promptlib/library/check"
	"promptlib/library/policy"
)

type checkOptions struct {
	dir       string
	base      string
	head      string
	formats   []string
	request   string
	now       string
	bootstrap bool
}

func newCheck(a *app) *cobra.Command {
	o := &checkOptions{}
	cmd := &cobra.Command{
		Use:   "check --base REF [DIR]",
		Short: "Decide whether a change to the prompts may land",
		Long: `check compares the tip of --base with --head and decides whether the change may
land: whether everybody has approved whom the policy asks for each changed prompt,
as it was and as it becomes; whether its status, version and text are in order; and
whether it touches files that the policy protects. The policy, the people and the
configuration are read from the tip of --base, so that no change decides of itself.

Nothing of the work tree is read: what is checked are the commits. Where the head
does not contain the base, what is checked is the merge of the two.

DIR is a folder of the library, the working directory by default. The library is
the nearest folder upward that has a policy at the base.

Approvals are signed statements in .promptlib/approvals (promptlib approve), and
reviews of the pull request where check runs in the CI of GitHub or GitLab.

Exit status: 0 the change may land, 1 it may not, 2 wrong flags or arguments,
3 nothing could be decided.`,
		Example: `  promptlib check --base origin/main
  promptlib check --base origin/main --head HEAD --format markdown=check.md --format github
  promptlib check --base main --head feature/refunds --now 2026-03-01
  promptlib check --base origin/main --pull-request https://github.com/acme/prompts/pull/12`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("promptlib check --help shows an example", "check takes one folder, not %d", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.dir = filepath.Clean(append(args, ".")[0])
			if o.base == "" {
				return usage("as in promptlib check --base origin/main", "--base is missing: the branch that the change is to land on")
			}
			return runCheck(cmd.Context(), a, o)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.base, "base", "", "the branch or commit that the change is to land on")
	flags.StringVar(&o.head, "head", "HEAD", "the commit that is to land")
	flags.StringArrayVar(&o.formats, "format", []string{"text"},
		"how to write the verdict, as NAME or NAME=FILE; may be repeated: "+names(report.CheckFormats, checkFormatName))
	flags.StringVar(&o.request, "pull-request", "", "the address of the pull or merge request whose reviews count (default that of the CI job)")
	flags.StringVar(&o.now, "now", "", "the time to decide by, as YYYY-MM-DD or RFC 3339 (default now)")
	flags.BoolVar(&o.bootstrap, "bootstrap", false, "the base has no policy yet: this change brings the first, and nothing is asked of it")
	complete(cmd, "format", report.CheckFormats, checkFormatName)
	return cmd
}

func checkFormatName(f report.CheckFormat) string { return f.Name }

func runCheck(ctx context.Context, a *app, o *checkOptions) error {
	outputs, err := parseFormats(o.formats, report.CheckFormats, checkFormatName)
	if err != nil {
		return err
	}
	now, err := moment(o.now)
	if err != nil {
		return err
	}
	c := report.Check{
		Bootstrap: o.bootstrap, Codes: codes(), Version: release, Docs: docs, JobSummary: os.Getenv("GITHUB_STEP_SUMMARY"),
	}
	if err := o.decide(ctx, a, now, &c); err != nil {
		return a.reportUndecided(ctx, outputs, c, undecided(err))
	}
	if err := a.writeVerdict(outputs, c); err != nil {
		return err
	}
	switch c.Word() {
	case "passed":
		return nil
	case "undecided":
		return &exitError{status: exitFault}
	}
	return &exitError{status: exitFindings}
}

// decide fills in a report: the verdict, and of what it is, as far as that is known.
func (o *checkOptions) decide(ctx context.Context, a *app, now time.Time, c *report.Check) error {
	s, err := takeSnapshot(ctx, o)
	if err != nil {
		return err
	}
	defer s.Close()
	c.Base, c.Head, c.Source = s.Base, s.Head, s.source
	change, err := s.change(ctx, o.bootstrap)
	if err != nil {
		return err
	}
	change.Now, c.People, c.Accepts = now, change.People, change.Policy.Evidence
	if err := s.ask(ctx, a, change, o.request); err != nil {
		return err
	}
	if change.Request != nil {
		c.Forge = change.Request.Name
	}
	for _, f := range change.Files {
		if f.Head != nil && !change.Bootstrap && change.Exempt(check.File{Path: f.Path, Base: f.Base, Head: f.Base}) && !change.Exempt(f) {
			c.Unlisted = append(c.Unlisted, s.inRepository(f.Path))
		}
	}
	if change.Lint, err = s.lintHeads(ctx, change); err != nil {
		return err
	}
	if err := stopped(ctx); err != nil {
		return err
	}
	c.Verdict = check.Decide(*change)
	return nil
}

const noDecision = "nothing can be decided: "

// undecided makes an error one that says what to do, where git knows that.
func undecided(err error) error {
	var e *git.Error
	if errors.As(err, &e) {
		return fault(e.Hint, noDecision+"%w", err)
	}
	return err
}

// reportUndecided has the reports that were asked for say why there is no verdict,
// so that a job that takes them on finds them. The text on the standard output is
// left out: its reader has the error. Wrong flags and signals have no report.
func (a *app) reportUndecided(ctx context.Context, outputs []output[report.CheckFormat], c report.Check, err error) error {
	exit := &exitError{status: exitFault, err: err}
	if errors.As(err, &exit); exit.status != exitFault || ctx.Err() != nil {
		return err
	}
	c.Verdict = &check.Verdict{}
	for line := range strings.SplitSeq(strings.TrimPrefix(exit.Error(), noDecision), "\n") {
		c.Undecided = append(c.Undecided, check.Doubt{Message: line, Hint: exit.hint})
	}
	outputs = slices.DeleteFunc(outputs, func(o output[report.CheckFormat]) bool { return o.file == "" && o.format.Name == "text" })
	if failed := a.writeVerdict(outputs, c); failed != nil {
		a.fail(failed, "")
	}
	return err
}

func (a *app) writeVerdict(outputs []output[report.CheckFormat], c report.Check) error {
	return writeAll(a, outputs, func(f report.CheckFormat, w io.Writer, color bool) error { return f.Write(w, c, color) })
}

// moment reads the value of --now. A day stands for its end: what happens on it
// has happened.
func moment(s string) (time.Time, error) {
	if s == "" {
		return time.Now().UTC(), nil
	}
	if day, ok := policy.ParseDate(s); ok {
		return day.AddDate(0, 0, 1).Add(-time.Second), nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}, usage("", "--now is a date of the form YYYY-MM-DD or a time of the form 2006-01-02T15:04:05Z, not %q", s)
	}
	return t.UTC(), nil
}

// A snapshot is the library as two trees of git have it: the tip of the base, and
// what would land.
type snapshot struct {
	*git.Comparison
	prefix string // of the library in the repository, with a slash at its end; "" for the top
	base   map[string]git.Entry
	head   map[string]git.Entry
	within []string          // names of the files that would be in the library
	texts  map[string][]byte // by object id, of what was read
}

func takeSnapshot(ctx context.Context, o *checkOptions) (*snapshot, error) {
	if err := git.NoDetour(ctx, o.dir); err != nil {
		return nil, err
	}
	repo, err := git.Find(ctx, o.dir)
	if err != nil {
		return nil, err
	}
	c, err := repo.Compare(ctx, o.base, o.head)
	if err != nil {
		return nil, err
	}
	s := &snapshot{Comparison: c}
	if s.base, err = c.Files(ctx, c.Base); err == nil {
		s.head, err = c.Files(ctx, c.Tree)
	}
	if err == nil {
		s.prefix, err = s.findLibrary(repo, o)
	}
	if err != nil {
		return nil, errors.Join(err, c.Close())
	}
	for name := range s.head {
		if in, ok := strings.CutPrefix(name, s.prefix); ok {
			s.within = append(s.within, in)
		}
	}
	slices.Sort(s.within)
	return s, nil
}

// findLibrary returns the nearest folder upward that has a policy at the base, or
// with --bootstrap at the head.
func (s *snapshot) findLibrary(repo git.Repo, o *checkOptions) (prefix string, err error) {
	dir := realFolder(o.dir)
	below, err := filepath.Rel(repo.Root, dir)
	if err != nil {
		return "", fault("", "%w", err)
	}
	has := func(tree map[string]git.Entry) (string, bool) {
		for at := filepath.ToSlash(below); ; at = path.Dir(at) {
			prefix := strings.TrimPrefix(at+"/", "./")
			if _, ok := tree[prefix+library.SettingsDir+"/"+policy.FileName]; ok || at == "." {
				return prefix, ok
			}
		}
	}
	prefix, found := has(s.base)
	switch {
	case found && o.bootstrap:
		return "", usage("leave out --bootstrap, here and in the workflow", "--bootstrap is for a base without a policy, and %s has one", o.base)
	case found:
		return prefix, nil
	case !o.bootstrap:
		return "", fault("promptlib init --team small writes one; --bootstrap lets the change pass that brings the first", noDecision+"%s has no %s/%s", o.base, library.SettingsDir, policy.FileName)
	}
	if prefix, found = has(s.head); !found {
		return "", fault("promptlib init --team small writes one", noDecision+"neither base nor head has a %s/%s", library.SettingsDir, policy.FileName)
	}
	return prefix, nil
}
