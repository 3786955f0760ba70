package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/config"
	"promptlib/cmd/promptlib/internal/report"
	"promptlib/evals"
	"promptlib/evals/provider"
	"promptlib/evals/score"
	"promptlib/library"
	"promptlib/library/lint"
)

type evalOptions struct {
	selection

	paths       []string
	models      []string
	formats     []string
	baseURL     string
	replay      string
	record      string
	resume      string
	concurrency int
	tries       int
	timeout     time.Duration
	maxTime     time.Duration
	maxCost     float64
	timeoutSet  bool // --timeout was given, and counts before the configuration
	noCache     bool
	now         string
	dryRun      bool
	trustedRef  bool
	approved    bool   // --require-approved
	untrusted   string // why no key is given away; "" where one may be
}

// newestRun is the value of --resume without one.
const newestRun = "newest"

func newEval(a *app) *cobra.Command {
	o := &evalOptions{}
	cmd := &cobra.Command{
		Use:   "eval [PATH…]",
		Short: "Run the examples of prompts through a model and score the replies",
		Long: `eval sends each prompt once for each of its examples and scores the reply against
the contract of the prompt: what it declares under eval in its front matter or
in NAME.eval.yaml beside it, else what the expected output of the example
implies. The example under test is never part of what is sent. Files that
.promptlib/config.yaml excludes are left out.

Models:
` + modelHelp() + `
Every reply is kept as JSON lines under .promptlib/local/runs of the library, or
of the working directory if the library has no folder .promptlib.

Exit status: 0 all scored cases passed, 1 some failed, 3 some have no reply or
none could be scored.`,
		Example: `  promptlib eval --model reference prompts
  promptlib eval --model openai/llama3.2 --base-url http://127.0.0.1:11434/v1 prompts/operations
  promptlib eval --model replay --replay .promptlib/local/runs/20260102T150405Z-01.jsonl prompts`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.paths, o.timeoutSet = args, cmd.Flags().Changed("timeout")
			if cmd.Flags().Changed("base") && o.base == "" {
				return usage("name a branch, a tag or a commit, such as origin/main", "--base is empty")
			}
			return runEval(cmd.Context(), a, o)
		},
	}
	cmd.Flags().StringArrayVar(&o.models, "model", []string{"reference"}, "the model to send to: reference, openai/NAME, replay, or PROVIDER/NAME of .promptlib/config.yaml; repeatable")
	bindEvalFormats(cmd, &o.formats)
	cmd.Flags().StringVar(&o.baseURL, "base-url", "", "address of an OpenAI-compatible API (default OPENAI_BASE_URL, else OpenAI's)")
	cmd.Flags().StringVar(&o.replay, "replay", "", "the JSON lines of a run, for --model replay")
	cmd.Flags().StringVar(&o.record, "record", "", "write the replies to this file, for --replay")
	cmd.Flags().StringVar(&o.resume, "resume", "", "go on with a run that was stopped: its path, or the newest with the same calls")
	cmd.Flags().Lookup("resume").NoOptDefVal = newestRun
	cmd.Flags().IntVar(&o.concurrency, "concurrency", 8, fmt.Sprintf("calls at a time, at most %d", maxConcurrency))
	cmd.Flags().DurationVar(&o.timeout, "timeout", 2*time.Minute, "how long to wait for one reply; 0 for as long as it takes")
	cmd.Flags().DurationVar(&o.maxTime, "max-time", 0, "begin no call after this long; 0 for no limit")
	cmd.Flags().IntVar(&o.tries, "tries", evals.DefaultTries, "calls of one case at most, where one fails for a reason that may pass")
	cmd.Flags().Float64Var(&o.maxCost, "max-cost", 0, "what the run may cost, in US dollars; 0 for no limit")
	cmd.Flags().BoolVar(&o.noCache, "no-cache", false, "use no reply of an earlier run")
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "send nothing: estimate calls, tokens and cost; --format jsonl lists the cases")
	cmd.Flags().StringVar(&o.now, "now", "", "the date by which the review of a provider holds or not, as YYYY-MM-DD (default today)")
	cmd.Flags().BoolVar(&o.trustedRef, "trusted-ref", false, "in CI: call models although the ref is not protected, since somebody has looked at it; never for a fork")
	cmd.Flags().BoolVar(&o.approved, "require-approved", false, "run only if every prompt has review_status approved and its approvals, as signed statements")
	cmd.Flags().StringVar(&o.base, "base", "", "read the policy and the people from the tip of this git ref, not from the files")
	o.selection.bind(cmd)
	complete(cmd, "model", provider.Providers, func(p *provider.Provider) string { return p.Name })
	return cmd
}

func modelHelp() string {
	var b strings.Builder
	for _, p := range provider.Providers {
		b.WriteString("  " + p.Name + ": " + p.Doc + "\n")
	}
	return b.String()
}

func runEval(ctx context.Context, a *app, o *evalOptions) error {
	outputs, err := parseEvalFormats(o.formats)
	if err != nil {
		return err
	}
	if err := checkCalls(o); err != nil {
		return err
	}
	day, err := date(o.now)
	if err != nil {
		return err
	}
	b, err := newBatch(ctx, o.selection, o.paths)
	if err != nil {
		return err
	}
	o.untrusted = untrusted(o.trustedRef)
	models, err := b.openModels(o, day)
	if err != nil {
		return err
	}
	plan := b.plan(models)
	if plan.Cases == 0 {
		return b.nothingToRun()
	}
	if err := b.checkCeilings(ctx, models); err != nil {
		return err
	}
	if o.approved {
		now, err := moment(o.now)
		if err != nil {
			return err
		}
		if err := b.checkApproved(ctx, now); err != nil {
			return err
		}
	}
	if o.maxCost > 0 && len(plan.Unpriced) > 0 {
		return usage("write prices under the provider in .promptlib/config.yaml, as docs/providers.md shows", "--max-cost needs the price of every model, and none is known of %s", strings.Join(plan.Unpriced, ", "))
	}
	if o.dryRun {
		return a.dryRun(b, models, plan, outputs)
	}
	return a.evaluate(ctx, o, b, models, plan, outputs)
}

// evaluate runs a batch of cases through models, keeps the run and reports on it.
func (a *app) evaluate(ctx context.Context, o *evalOptions, b *batch, models []evals.Model, plan *evals.Plan, outputs []output[report.EvalFormat]) error {
	root := runRoot(b.lib)
	s, err := a.openStore(root, o, b, models, plan)
	if err != nil {
		return err
	}
	defer s.close()
	complete, err := a.send(ctx, o, b, models, plan, s)
	if err != nil {
		return err
	}
	if b.changed {
		a.note("the files were changed while they were run, and have other cases now; begin a new run: the cache keeps its replies")
	}
	if err := s.journal.Close(time.Now(), complete && !b.changed); err != nil {
		return fault("", "writing the run: %w", err)
	}
	// Sending keeps nothing of a case, but where all of them stand is live from here
	// on, and four times as much would be a lot.
	defer debug.SetGCPercent(debug.SetGCPercent(200))
	run, err := evals.OpenRun(s.journal.Path)
	if err != nil {
		return fault("", "reading the run: %w", err)
	}
	defer run.Close()
	if o.record != "" {
		if err := writeFile(o.record, func(w io.Writer) error { return run.WriteReplies(w) }); err != nil {
			return fault("", "recording the replies: %w", err)
		}
	}
	return a.reportRun(run, outputs)
}

// send runs the cases of a batch through each model. It reports whether it came to
// the end of them.
func (a *app) send(ctx context.Context, o *evalOptions, b *batch, models []evals.Model, plan *evals.Plan, s *store) (complete bool, err error) {
	sending := ctx
	if o.maxTime > 0 {
		var cancel context.CancelFunc
		sending, cancel = context.WithTimeout(ctx, o.maxTime)
		defer cancel()
	}
	var budget *evals.Budget
	if o.maxCost > 0 {
		budget = &evals.Budget{Limit: o.maxCost}
		if err := s.charge(budget, models); err != nil {
			return false, fault("", "reading the run: %w", err)
		}
	}
	progress := newProgress(a.stderr, plan)
	defer progress.done()
	noted := context.AfterFunc(ctx, func() {
		progress.note("stopping: the calls under way are waited for; interrupt again to end at once")
	})
	defer noted()
	first := 1
	for _, m := range models {
		r := &evals.Runner{
			Model: m, Concurrency: o.concurrency, Tries: o.tries, Score: score.All, Journal: s.journal, Budget: budget,
			Known: func(c *evals.Case) (*evals.Reply, bool) { return s.known(m, c) },
			Keep:  func(c *evals.Case, r evals.Reply) error { return s.keep(m, c, r) },
			Ended: progress.ended, Failed: progress.failed,
		}
		if err := r.Run(sending, b.numbered(), first); err != nil {
			return false, fault("the run stays in "+s.journal.Path+", and the same command with --resume goes on with it", "%w", err)
		}
		first += b.count
	}
	return sending.Err() == nil, nil
}

// reportRun writes the reports of a run and turns it into an exit status.
func (a *app) reportRun(run *evals.Recorded, outputs []output[report.EvalFormat]) error {
	e, err := report.NewEval(run, readSource)
	if err != nil {
		return fault("", "reading the run: %w", err)
	}
	if err := a.writeEval(e, outputs); err != nil {
		return err
	}
	return verdict(&e.Tally, e.Ended)
}

// writeEval writes what is known of a run in each of the formats.
func (a *app) writeEval(e *report.Eval, outputs []output[report.EvalFormat]) error {
	e.JobSummary = os.Getenv("GITHUB_STEP_SUMMARY")
	if dir, err := os.Getwd(); err == nil {
		e.Dir = dir
	}
	return writeAll(a, outputs, func(f report.EvalFormat, w io.Writer, color bool) error { return f.Write(w, e, color) })
}

// dryRun reports what a run would do.
func (a *app) dryRun(b *batch, models []evals.Model, plan *evals.Plan, outputs []output[report.EvalFormat]) error {
	e := &report.Eval{
		Header: b.header(models, plan), Source: readSource, Ended: true,
		Outcomes: func() iter.Seq2[*evals.Outcome, error] { return b.planned(models) },
		Attempt:  func(string) (*evals.Attempt, error) { return nil, nil },
	}
	for o := range b.planned(models) {
		e.Tally.Add(o)
	}
	if err := a.writeEval(e, outputs); err != nil {
		return err
	}
	a.note("%s", estimate(plan))
	return nil
}

// estimate says what a plan would send and cost.
func estimate(p *evals.Plan) string {
	text := fmt.Sprintf("%s, about %d tokens to send", count(p.Cases, "call"), p.Tokens)
	switch {
	case len(p.Unpriced) > 0:
		text += "; no price is known of " + strings.Join(p.Unpriced, ", ")
	default:
		text += fmt.Sprintf("; at most about $%.4g", p.Cost)
	}
	return text
}

// maxConcurrency is the most calls at a time: each has a connection, and the
// system bounds those.
const maxConcurrency = 1000

// twice returns a word that a list has twice; "" for none.
func twice(list []string) string {
	for i, s := range list {
		if slices.Contains(list[:i], s) {
			return s
		}
	}
	return ""
}

// checkCalls checks the flags that say how models are called.
func checkCalls(o *evalOptions) error {
	uses := func(provider string) bool {
		return slices.ContainsFunc(o.models, func(m string) bool { return m == provider || strings.HasPrefix(m, provider+"/") })
	}
	switch {
	case twice(o.models) != "":
		return usage("--repeat K runs each case K times", "--model %s is given twice", twice(o.models))
	case o.concurrency < 1:
		return usage("", "--concurrency is at least 1, not %d", o.concurrency)
	case o.concurrency > maxConcurrency:
		return usage("", "--concurrency is at most %d, not %d", maxConcurrency, o.concurrency)
	case o.timeout < 0:
		return usage("0 waits as long as it takes", "--timeout is a time from now on, not %s", o.timeout)
	case o.tries < 1 || o.tries > 100:
		return usage("", "--tries is from 1 to 100, not %d", o.tries)
	case o.maxTime < 0 || !(o.maxCost >= 0): // NaN is no limit either
		return usage("0 is for no limit", "--max-time and --max-cost are numbers from 0 on")
	case o.replay != "" && !uses("replay"):
		return usage("add --model replay", "--replay is for --model replay, and the models are %s", strings.Join(o.models, ", "))
	case o.baseURL != "" && !uses("openai"):
		return usage("add --model openai/NAME", "--base-url is for --model openai/NAME, and the models are %s", strings.Join(o.models, ", "))
	}
	return nil
}

// verdict turns the counts of a run into its exit status. Only a run that came to
// its end, in which something was scored, as much of that passed as must and
// nothing is without a reply is clean.
func verdict(t *evals.Tally, ended bool) error {
	switch {
	case !ended:
		return fault("the same command with --resume goes on with it", "the run was stopped before its end")
	case t.Failing() > 0:
		return &exitError{status: exitFindings}
	case t.Errored > 0:
		return fault("the report says why; a case without a reply is no pass", "%s no reply to score", have(t.Errored, "case"))
	case !t.Decided():
		return fault("give the examples an expected output, or the prompts a contract", "nothing could be scored: %d unscored, %d skipped", t.Unscored, t.Skipped)
	}
	return nil
}

// included leaves out the files that the configuration of their library excludes.
func included(lib *library.Library, prompts []library.File, named bool) (kept []library.File, excluded int, err error) {
	configs := map[string]*lint.Config{}
	var errs []error
	for _, root := range lib.Roots {
		conf, err := config.Load(root)
		configs[root], errs = &conf.Lint, append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, 0, fault("nothing was sent; correct the configuration first", "%w", err)
	}
	kept, excluded = leaveOut(prompts, named, func(root string) *lint.Config { return configs[root] })
	return kept, excluded, nil
}

// runRoot is the folder whose settings folder keeps the run: the library, or
// the working directory where the library has no settings folder.
func runRoot(lib *library.Library) string {
	for _, root := range lib.Roots {
		if info, err := os.Stat(filepath.Join(root, library.SettingsDir)); err == nil && info.IsDir() {
			return root
		}
	}
	return "."
}
