package report

import (
	"fmt"
	"io"
	"strconv"

	"promptlib/evals"
)

var evalText = EvalFormat{
	Name: "text",
	Doc:  "failed cases with their reasons, then a table of prompts",
	Write: func(w io.Writer, e *Eval, color bool) error {
		p := NewPrinter(w, color)
		source := lines{read: e.Source}
		silent, skipped, failed := 0, 0, 0
		givenUp := ""
		for o, err := range e.Outcomes() {
			if err != nil {
				return err
			}
			for _, d := range evalFindings(o) {
				p.diagnostic(d)
				p.snippet(&source, d.Pos, d.End)
			}
			switch o.Status {
			case evals.Failed:
				if failed++; failed <= maxDiffs {
					text, err := e.difference(o)
					if err != nil {
						return err
					}
					if text != "" {
						p.Block("      ", text)
					}
				}
			case evals.Errored:
				switch {
				case len(o.Problems) > 0:
				case o.Err.Class == evals.GivenUp:
					if o.Err.Message != givenUp {
						givenUp = o.Err.Message
						p.Printf("%v: %s\n", p.paint(red, "errored"), o.Err)
					}
				default:
					if silent++; silent <= maxErrors {
						p.Printf("%s: %v: %s: %s\n", o.At, p.paint(red, "errored"), caseName(o), o.Err)
					}
				}
			case evals.Unscored:
				p.Printf("%s: %v: %s: %s\n", o.At, p.paint(yellow, "unscored"), o.Name, o.Err.Message)
			case evals.Skipped:
				if skipped++; skipped <= maxErrors {
					p.Printf("%s: %v: %s\n", o.At, p.paint(faint, "skipped"), o.Err.Message)
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
		p.table(evalRows(&e.Tally))
		p.Printf("%s\n", evalSummary(e))
		return p.Flush()
	},
}

// maxErrors is how many failed calls a text report shows one by one.
const maxErrors = 10

// maxDiffs is of how many failed cases a text report shows the difference.
const maxDiffs = 100

// evalRows makes the table of prompts and models, the worst first.
func evalRows(t *evals.Tally) [][]string {
	groups := t.Worst()
	if len(groups) == 0 {
		return nil
	}
	table := [][]string{{"PROMPT", "MODEL", "PASSED", "FAILED", "ERRORED", "UNSCORED", "CONTRACT"}}
	for _, g := range groups {
		contract := "declared"
		switch {
		case g.Passed+g.Failed == 0:
			contract = "-"
		case g.Derived:
			contract = "derived"
		}
		table = append(table, []string{g.Prompt, g.Model, strconv.Itoa(g.Passed), strconv.Itoa(g.Failed), strconv.Itoa(g.Errored), strconv.Itoa(g.Unscored), contract})
	}
	return table
}

func evalSummary(e *Eval) string {
	s := e.Tally.Summary
	text := fmt.Sprintf("%d passed, %d failed, %d errored, %d unscored, %d skipped", s.Passed, s.Failed, s.Errored, s.Unscored, s.Skipped)
	if s.Planned > 0 {
		text = fmt.Sprintf("%d planned, %d skipped", s.Planned, s.Skipped)
	}
	if prose := e.Header.Options.Prose; prose > 0 {
		text += fmt.Sprintf("; %s left out as no prompts", count(prose, "file"))
	}
	if e.Run != "" {
		text += "; run: " + e.Run
	}
	return text
}
