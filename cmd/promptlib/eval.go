package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
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
	paths       []string
	models      []string
	format      string
	shots       string
	baseURL     string
	replay      string
	concurrency int
	timeout     time.Duration

	noForceExclude bool
}

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
			o.paths = args
			return runEval(cmd.Context(), a, o)
		},
	}
	cmd.Flags().StringArrayVar(&o.models, "model", []string{"reference"}, "the model to send to: reference, openai/NAME or replay; repeatable")
	cmd.Flags().StringVar(&o.format, "format", "text", "how to print the results: "+names(report.EvalFormats, func(f report.EvalFormat) string { return f.Name }))
	cmd.Flags().StringVar(&o.baseURL, "base-url", "", "address of an OpenAI-compatible API (default OPENAI_BASE_URL, else OpenAI's)")
	cmd.Flags().StringVar(&o.replay, "replay", "", "the JSON lines of a run, for --model replay")
	cmd.Flags().StringVar(&o.shots, "few-shot", "none", "send the other examples of the prompt along: none, others")
	cmd.Flags().IntVar(&o.concurrency, "concurrency", 8, fmt.Sprintf("calls at a time, at most %d", maxConcurrency))
	cmd.Flags().DurationVar(&o.timeout, "timeout", 2*time.Minute, "how long to wait for one reply; 0 for as long as it takes")
	cmd.Flags().BoolVar(&o.noForceExclude, "no-force-exclude", false, "run excluded files that are named")
	complete(cmd, "format", report.EvalFormats, func(f report.EvalFormat) string { return f.Name })
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
	format, err := find("format", o.format, report.EvalFormats, func(f report.EvalFormat) string { return f.Name })
	if err != nil {
		return err
	}
	shots, err := fewShot(o.shots)
	if err != nil {
		return err
	}
	if err := checkCalls(o); err != nil {
		return err
	}
	models, err := openModels(o)
	if err != nil {
		return err
	}
	lib, err := open(o.paths)
	if err != nil {
		return err
	}
	prompts, prose := split(lib.Files)
	prompts, excluded, err := included(lib, prompts, o.noForceExclude)
	if err != nil {
		return err
	}
	total, err := plan(ctx, prompts)
	if err != nil {
		return err
	}
	if total == 0 {
		return nothingToRun(len(prompts), prose, excluded)
	}
	journal, err := evals.NewJournal(runRoot(lib), models, time.Now())
	if err != nil {
		return fault("the replies of a run are kept there; it is to be a folder of the library that can be written to", "cannot write the run: %w", err)
	}
	result := report.Eval{Run: journal.Path, Prose: prose, Source: readSource, Diffs: format.Diffs}
	progress := newProgress(a.stderr, total*len(models))
	for _, m := range models {
		for r := range evals.Run(ctx, cases(prompts, shots), m, o.concurrency, score.All) {
			journal.Add(r)
			result.Add(r)
			if r.Status != evals.Skipped {
				progress.step()
			}
		}
	}
	progress.done()
	if err := journal.Close(); err != nil {
		return fault("", "writing the run: %w", err)
	}
	if err := format.Write(a.stdout, result, a.colored(a.stdout)); err != nil {
		return fault("", "writing the report: %w", err)
	}
	return verdict(ctx, result.Summary)
}

// maxConcurrency is the most calls at a time: each has a connection, and the
// system bounds those.
const maxConcurrency = 1000

// checkCalls checks the flags that say how models are called.
func checkCalls(o *evalOptions) error {
	uses := func(provider string) bool {
		return slices.ContainsFunc(o.models, func(m string) bool { return m == provider || strings.HasPrefix(m, provider+"/") })
	}
	switch {
	case o.concurrency < 1:
		return usage("", "--concurrency is at least 1, not %d", o.concurrency)
	case o.concurrency > maxConcurrency:
		return usage("", "--concurrency is at most %d, not %d", maxConcurrency, o.concurrency)
	case o.timeout < 0:
		return usage("0 waits as long as it takes", "--timeout is a time from now on, not %s", o.timeout)
	case o.replay != "" && !uses("replay"):
		return usage("add --model replay", "--replay is for --model replay, and the models are %s", strings.Join(o.models, ", "))
	case o.baseURL != "" && !uses("openai"):
		return usage("add --model openai/NAME", "--base-url is for --model openai/NAME, and the models are %s", strings.Join(o.models, ", "))
	}
	return nil
}

// verdict turns the counts of a run into its exit status. Only a run in which
// something was scored, all of that passed and nothing is without a reply is
// clean.
func verdict(ctx context.Context, s evals.Summary) error {
	switch {
	case ctx.Err() != nil:
		return fault("", "the run was stopped before its end")
	case s.Failed > 0:
		return &exitError{status: exitFindings}
	case s.Errored > 0:
		return fault("the report says why; a case without a reply is no pass", "%s no reply to score", have(s.Errored, "case"))
	case !s.Decided():
		return fault("give the examples an expected output, or the prompts a contract", "nothing could be scored: %d unscored, %d skipped", s.Unscored, s.Skipped)
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

func nothingToRun(prompts, prose, excluded int) error {
	if prompts == 0 && excluded > 0 {
		return fault("--no-force-exclude runs files that are named", "nothing to run: %d files are excluded by %s/%s", excluded, library.SettingsDir, config.FileName)
	}
	if prompts == 0 {
		return nothingToCheck(prose, 0)
	}
	return fault("only prompts in dialects A and B that have examples can be run; promptlib list shows the dialects", "nothing to run: none of %s has an example", count(prompts, "prompt"))
}

func openModels(o *evalOptions) ([]evals.Model, error) {
	base := o.baseURL
	if base == "" {
		base = os.Getenv("OPENAI_BASE_URL")
	}
	var models []evals.Model
	for _, name := range o.models {
		m, err := provider.Open(name, provider.Options{
			BaseURL: base, Key: os.Getenv("OPENAI_API_KEY"), Timeout: o.timeout, Concurrency: o.concurrency, Replay: o.replay,
		})
		if err != nil {
			return nil, usage("promptlib eval --help lists the models", "%w", err)
		}
		models = append(models, m)
	}
	return models, nil
}

// plan reads every prompt and contract once before anything is sent, so that a
// mistake in the last contract costs no call, and counts the cases to run.
func plan(ctx context.Context, files []library.File) (total int, err error) {
	var errs []error
	type planned struct {
		cases int
		err   error
	}
	for _, p := range library.Each(files, func(f library.File) planned {
		p := library.Read(f)
		contract, err := evals.ReadContract(p, f.Root)
		if err == nil {
			err = contract.Check()
		}
		if evals.Unrunnable(p) != "" {
			return planned{0, err}
		}
		return planned{len(p.Examples), err}
	}) {
		if err := stopped(ctx); err != nil {
			return 0, err
		}
		total += p.cases
		if p.err != nil {
			errs = append(errs, p.err)
		}
	}
	if errs != nil {
		return 0, fault("nothing was sent; correct the contract first", "%w", errors.Join(errs...))
	}
	return total, nil
}

// cases yields the cases of every prompt, reading one file at a time.
func cases(files []library.File, shots evals.FewShot) iter.Seq[*evals.Case] {
	return func(yield func(*evals.Case) bool) {
		for _, f := range files {
			list, err := read(f, shots)
			if err != nil { // the file was changed since plan read it
				list = []*evals.Case{evals.Broken(f.Path, err)}
			}
			for _, c := range list {
				if !yield(c) {
					return
				}
			}
		}
	}
}

func read(f library.File, shots evals.FewShot) ([]*evals.Case, error) {
	p := library.Read(f)
	contract, err := evals.ReadContract(p, f.Root)
	if err != nil {
		return nil, err
	}
	return evals.Cases(p, contract, shots), nil
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
