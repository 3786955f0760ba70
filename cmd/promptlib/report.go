package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/report"
	"promptlib/evals"
	"promptlib/library"
)

type reportOptions struct {
	formats []string
	list    bool
}

func newReport(a *app) *cobra.Command {
	o := &reportOptions{}
	cmd := &cobra.Command{
		Use:   "report [RUN]",
		Short: "Report again on a run of promptlib eval",
		Long: `report writes the reports of a run from its JSON lines, without a call: the same
that eval writes at its end. RUN is the path of a run, or a folder of the
library whose newest run is meant; without it, that is the working directory.
A run that was killed or stopped is reported as far as it goes.

Formats:
` + evalFormatHelp() + `
Exit status, as of eval: 0 all scored cases passed, 1 some failed, 3 some have
no reply, none could be scored, or the run was stopped before its end.`,
		Example: `  promptlib report
  promptlib report --format html=report.html --format markdown=comment.md
  promptlib report .promptlib/local/runs/20260102T150405Z-01.jsonl --format junit=eval.xml
  promptlib report --list`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage(cmd.CommandPath()+" --list prints the runs", "report takes one run, not %d", len(args))
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			paths, _ := runsFrom(".")
			return paths, cobra.ShellCompDirectiveDefault
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			where := "."
			if len(args) == 1 {
				where = args[0]
			}
			if o.list {
				if cmd.Flags().Changed("format") {
					return usage("leave one of them out", "--list prints a table, and --format is for the report of one run")
				}
				return listRuns(a, where)
			}
			return runReport(a, o, where)
		},
	}
	cmd.Flags().StringArrayVar(&o.formats, "format", []string{"text"}, "how to write the results: NAME, or NAME=FILE for a file; repeatable: "+names(report.EvalFormats, func(f report.EvalFormat) string { return f.Name }))
	cmd.Flags().BoolVar(&o.list, "list", false, "list the runs of the library, the newest first")
	complete(cmd, "format", report.EvalFormats, func(f report.EvalFormat) string { return f.Name })
	return cmd
}

func evalFormatHelp() string {
	var b strings.Builder
	for _, f := range report.EvalFormats {
		b.WriteString("  " + f.Name + ": " + f.Doc + "\n")
	}
	return b.String()
}

func runReport(a *app, o *reportOptions, where string) error {
	outputs, err := parseFormats(o.formats, report.EvalFormats, func(f report.EvalFormat) string { return f.Name })
	if err != nil {
		return err
	}
	path := where
	if info, err := os.Stat(where); err == nil && info.IsDir() {
		paths, err := runsFrom(where)
		if err != nil {
			return err
		}
		path = paths[0]
	}
	run, err := evals.OpenRun(path)
	if err != nil {
		return fault("promptlib report --list prints the runs of the library", "%w", err)
	}
	defer run.Close()
	return a.reportRun(run, outputs)
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

// listedRuns is how many runs are listed: each is read as a whole.
const listedRuns = 20

// listRuns prints a table of runs.
func listRuns(a *app, where string) error {
	if info, err := os.Stat(where); err != nil || !info.IsDir() {
		return usage("promptlib report "+where+" reports on one run", "--list takes a folder of the library, and %s is none", where)
	}
	paths, err := runsFrom(where)
	if err != nil {
		return err
	}
	rows := [][]string{{"RUN", "STARTED", "MODELS", "CASES", "VERDICT", "STATE"}}
	for i, path := range paths {
		if i == listedRuns {
			break
		}
		row, err := runRow(path)
		if err != nil {
			row = []string{path, "-", "-", "-", "-", strings.TrimPrefix(err.Error(), path+": ")}
		}
		rows = append(rows, row)
	}
	if err := report.WriteTable(a.stdout, rows, a.colored(a.stdout), terminalWidth(a.stdout)); err != nil {
		return fault("", "writing the list: %w", err)
	}
	if rest := len(paths) - listedRuns; rest > 0 {
		a.note("%d older runs are in %s", rest, library.CleanPath(filepath.Dir(paths[0])))
	}
	return nil
}

// runRow is the row of a run in the table.
func runRow(path string) ([]string, error) {
	run, err := evals.OpenRun(path)
	if err != nil {
		return nil, err
	}
	defer run.Close()
	e, err := report.NewEval(run, nil)
	if err != nil {
		return nil, err
	}
	state, cases := "complete", strconv.Itoa(run.Header.Cases)
	if !e.Ended {
		state, cases = "stopped", strconv.Itoa(e.Tally.Total())+" of "+cases
	}
	models := nameList(run.Header.Models, func(m evals.HeaderModel) string { return m.Name })
	return []string{path, run.Header.Started.UTC().Format("2006-01-02 15:04"), strings.Join(models, ", "), cases, e.Verdict(), state}, nil
}
