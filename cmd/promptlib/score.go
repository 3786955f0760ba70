package main

import (
	"context"
	"errors"
	"os"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"promptlib/evals"
	"promptlib/evals/score"
	"promptlib/library"
)

type scoreOptions struct {
	where   string // a run, or a folder whose newest is meant
	formats []string
}

func newScore(a *app) *cobra.Command {
	o := &scoreOptions{where: "."}
	cmd := &cobra.Command{
		Use:   "score [RUN]",
		Short: "Score the replies of a run again, without any call",
		Long: `score holds the replies of a recorded run against the contracts as they are now.
The cases are those that the run had, of the prompts as they are now. No call is
made: a case for which something else would be sent today is errored with class
no-replay, and the report says what changed. What comes out is a run of its own,
beside the first.

RUN is the path of a run, or a folder of the library whose newest run of eval is
meant; without it, that is the working directory.

Exit status, as of eval: 0 all scored cases passed, 1 some failed, 3 some have
no reply, or none could be scored.`,
		Example: `  promptlib score
  promptlib score --format json .promptlib/local/runs/20260102T150405Z-01.jsonl`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				o.where = args[0]
			}
			return runScore(cmd.Context(), a, o)
		},
	}
	takesRun(cmd)
	bindEvalFormats(cmd, &o.formats)
	return cmd
}

func runScore(ctx context.Context, a *app, o *scoreOptions) error {
	outputs, err := parseEvalFormats(o.formats)
	if err != nil {
		return err
	}
	path, err := scoreAgain(ctx, o.where)
	if err != nil {
		return err
	}
	scored, err := evals.OpenRun(path)
	if err != nil {
		return fault("", "reading the run: %w", err)
	}
	defer scored.Close()
	return a.reportRun(scored, outputs)
}

// openScored opens the run whose replies are to be scored: one that is named, or
// the newest of a folder that made calls of its own.
func openScored(where string) (*evals.Recorded, error) {
	if info, err := os.Stat(where); err != nil || !info.IsDir() {
		run, err := evals.OpenRun(where)
		if err != nil {
			return nil, fault("promptlib report --list prints the runs of the library", "%w", err)
		}
		return run, nil
	}
	paths, err := runsFrom(where)
	if err != nil {
		return nil, err
	}
	if run := firstRun(paths, func(h evals.Header) bool { return h.ScoredFrom == "" }); run != nil {
		return run, nil
	}
	return nil, fault("promptlib eval makes one", "there is no run of this version in %s", library.CleanPath(where))
}

// batchOf returns the cases that a run had.
func batchOf(ctx context.Context, o evals.RunOptions) (*batch, error) {
	if o.FewShot == "" {
		o.FewShot = evals.NoExamples
	}
	b, err := newBatch(ctx, selection{
		shots: string(o.FewShot), repeat: o.Repeat, filter: o.Filter, sample: o.Sample, noForceExclude: o.NoForceExclude,
	}, o.Paths)
	var exit *exitError
	if errors.As(err, &exit) && exit.status == exitUsage { // what was right when the run was made
		return nil, fault("paths are relative to the folder in which promptlib eval was run", "the cases of the run cannot be found: %w", exit.err)
	}
	return b, err
}

// scoreAgain scores the replies of a run, as a run of its own, and returns the path
// of that.
func scoreAgain(ctx context.Context, where string) (string, error) {
	recorded, err := openScored(where)
	if err != nil {
		return "", err
	}
	defer recorded.Close()
	b, err := batchOf(ctx, recorded.Header.Options)
	if err != nil {
		return "", err
	}
	again := evals.NewRescore(recorded)
	var models []evals.Model
	for _, m := range recorded.Header.Models {
		models = append(models, again.Model(m))
	}
	plan := b.plan(models)
	if plan.Cases == 0 {
		return "", b.nothingToRun()
	}
	header := b.header(models, &evals.Plan{}) // no call is made, so --resume never goes on with it
	header.Models, header.ScoredFrom = recorded.Header.Models, recorded.Path
	journal, err := evals.NewJournal(runRoot(b.lib), header, false)
	if err != nil {
		return "", fault("the run is kept there; it is to be a folder of the library that can be written to", "cannot write the run: %w", err)
	}
	first := 1
	for _, m := range models {
		r := &evals.Runner{
			Model: m, Concurrency: runtime.GOMAXPROCS(0), Score: score.All, Journal: journal,
			Known: func(c *evals.Case) (*evals.Reply, bool) { return again.Known(m, c), false },
		}
		if err := r.Run(ctx, b.numbered(), first); err != nil {
			return "", fault("", "%w", err)
		}
		first += b.count
	}
	if err := journal.Close(time.Now(), ctx.Err() == nil && !b.changed); err != nil {
		return "", fault("", "writing the run: %w", err)
	}
	return journal.Path, nil
}
