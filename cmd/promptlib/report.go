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
	takesRun(cmd)
	bindEvalFormats(cmd, &o.formats)
	cmd.Flags().BoolVar(&o.list, "list", false, "list the runs of the library, the newest first")
	return cmd
}

func runReport(a *app, o *reportOptions, where string) error {
	outputs, err := parseEvalFormats(o.formats)
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
