package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"

	"promptlib/evals"
)

var evalText = EvalFormat{
	Name:  "text",
	Doc:   "failed cases with their reasons, then a table of prompts",
	Diffs: maxDiffs,
	Write: func(w io.Writer, e Eval, color bool) error {
		p := NewPrinter(w, color)
		source := lines{read: e.Source}
		silent, skipped, failed := 0, 0, 0
		for _, c := range e.Cases {
			for _, d := range c.Diagnostics() {
				p.diagnostic(d)
				p.snippet(&source, d.Pos, d.End)
			}
			if c.Diff != "" {
				p.Block("      ", c.Diff)
			}
			if c.Status == evals.Failed {
				failed++
			}
			if c.Status == evals.Errored && len(c.Problems) == 0 {
				if silent++; silent <= maxErrors {
					p.Printf("%s: %v: example %d with %s: %s\n", c.At.Pos, p.paint(red, "errored"), c.Example, c.Model, c.Err)
				}
			}
			if c.Status == evals.Unscored {
				p.Printf("%s: %v: example %d: %s\n", c.At.Pos, p.paint(yellow, "unscored"), c.Example, c.Err.Message)
			}
			if c.Status == evals.Skipped {
				if skipped++; skipped <= maxErrors {
					p.Printf("%s: %v: %s\n", c.At.Pos, p.paint(faint, "skipped"), c.Err.Message)
				}
			}
		}
		if failed > maxDiffs {
			p.Printf("… the replies of %d more failed cases are in the run\n", failed-maxDiffs)
		}
		if silent > maxErrors {
			p.Printf("… and %d more errors; the run has them all\n", silent-maxErrors)
		}
		if skipped > maxErrors {
			p.Printf("… and %d more were skipped; --format json has them all\n", skipped-maxErrors)
		}
		p.table(evalRows(e.Cases))
		p.Printf("%s\n", evalSummary(e))
		return p.Flush()
	},
}

// maxErrors is how many failed calls a text report shows one by one.
const maxErrors = 10

// maxDiffs is of how many failed cases a text report shows the difference. Each
// is kept until the report is written.
const maxDiffs = 100

// evalRows makes the table of prompts and models, the worst first.
func evalRows(cases []EvalCase) [][]string {
	type row struct {
		prompt, model string
		evals.Summary
		derived bool
	}
	var rows []*row
	at := map[[2]string]*row{}
	for _, c := range cases {
		if c.Status == evals.Skipped {
			continue
		}
		key := [2]string{c.Prompt, c.Model}
		r := at[key]
		if r == nil {
			r = &row{prompt: c.Prompt, model: c.Model}
			at[key] = r
			rows = append(rows, r)
		}
		r.Add(c.Status)
		r.derived = r.derived || c.Derived && (c.Status == evals.Passed || c.Status == evals.Failed)
	}
	slices.SortStableFunc(rows, func(a, b *row) int { return (b.Failed*2 + b.Errored) - (a.Failed*2 + a.Errored) })
	if len(rows) == 0 {
		return nil
	}
	table := [][]string{{"PROMPT", "MODEL", "PASSED", "FAILED", "ERRORED", "UNSCORED", "CONTRACT"}}
	for _, r := range rows {
		contract := "declared"
		switch {
		case r.Passed+r.Failed == 0:
			contract = "-"
		case r.derived:
			contract = "derived"
		}
		table = append(table, []string{r.prompt, r.model, strconv.Itoa(r.Passed), strconv.Itoa(r.Failed), strconv.Itoa(r.Errored), strconv.Itoa(r.Unscored), contract})
	}
	return table
}

func evalSummary(e Eval) string {
	s := e.Summary
	text := fmt.Sprintf("%d passed, %d failed, %d errored, %d unscored, %d skipped", s.Passed, s.Failed, s.Errored, s.Unscored, s.Skipped)
	if e.Prose > 0 {
		text += fmt.Sprintf("; %s left out as no prompts", count(e.Prose, "file"))
	}
	if e.Run != "" {
		text += "; run: " + e.Run
	}
	return text
}
