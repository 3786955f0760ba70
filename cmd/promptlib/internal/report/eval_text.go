package report

import (
	"io"
	"slices"
	"strconv"

	"promptlib/evals"
)

var evalText = EvalFormat{
	Name: "text",
	Doc:  "failed cases with their reasons, then a table of prompts",
	Write: func(w io.Writer, e *Eval, color bool) error {
		t := evalTextWriter{Printer: NewPrinter(w, color), eval: e, source: lines{read: e.Source}}
		for o, err := range e.Outcomes() {
			if err == nil {
				err = t.outcome(o)
			}
			if err != nil {
				return err
			}
		}
		if t.failed > maxDiffs {
			t.Printf("… the replies of %d more failed cases are in the run\n", t.failed-maxDiffs)
		}
		if t.silent > 0 {
			t.Printf("… and %s; --format json has them all\n", count(t.silent, "more error"))
		}
		if t.skipped > maxErrors {
			t.Printf("… and %d more were skipped; --format json has them all\n", t.skipped-maxErrors)
		}
		t.table(evalRows(e))
		for _, note := range evalNotes(e) {
			t.Printf("%s\n", note)
		}
		if e.Run == "" {
			t.Printf("%s\n", evalSummary(e))
		} else {
			t.Printf("%s; run: %s\n", evalSummary(e), e.Run)
		}
		return t.Flush()
	},
}

// maxDiffs is of how many failed cases a text report shows the difference.
const maxDiffs = 100

type evalTextWriter struct {
	*Printer
	eval   *Eval
	source lines

	failed, silent, skipped int
	said                    saidErrors
}

// outcome writes what there is to say of a case.
func (t *evalTextWriter) outcome(o *evals.Outcome) error {
	for _, d := range evalFindings(o) {
		t.diagnostic(d)
		t.snippet(&t.source, d.Pos, d.End)
	}
	switch o.Status {
	case evals.Failed:
		if t.failed++; t.failed > maxDiffs {
			return nil
		}
		text, err := t.eval.difference(o, diffLines)
		if err != nil {
			return err
		}
		t.Block("      ", text)
	case evals.Errored:
		switch {
		case len(o.Problems) > 0:
		case !t.said.first(o):
			t.silent++
		case o.Err.Class == evals.GivenUp:
			t.Printf("%v: %s\n", t.paint(red, "errored"), o.Err)
		default:
			t.Printf("%s: %v: %s: %s\n", place(o), t.paint(red, "errored"), caseName(o), o.Err)
		}
	case evals.Unscored:
		t.Printf("%s: %v: %s: %s\n", place(o), t.paint(yellow, "unscored"), o.Name, o.Err.Message)
	case evals.Skipped:
		if t.skipped++; t.skipped <= maxErrors {
			t.Printf("%s: %v: %s\n", place(o), t.paint(faint, "skipped"), o.Err.Message)
		}
	}
	return nil
}

// evalRows makes the table of prompts and models, the worst first. It has columns
// for repeats, a threshold and the cost only where there are any, and for a run
// that is only planned how many cases it would have.
func evalRows(e *Eval) [][]string {
	groups := e.Tally.Worst()
	if len(groups) == 0 {
		return nil
	}
	planned := slices.ContainsFunc(groups, func(g *evals.Group) bool { return g.Planned > 0 })
	k := strconv.Itoa(e.repeats())
	columns := []struct {
		head  string
		shown bool
		cell  func(g *evals.Group) string
	}{
		{"PROMPT", true, func(g *evals.Group) string { return g.Prompt }},
		{"MODEL", true, func(g *evals.Group) string { return g.Model }},
		{"PLANNED", planned, func(g *evals.Group) string { return strconv.Itoa(g.Planned) }},
		{"PASSED", !planned, func(g *evals.Group) string { return strconv.Itoa(g.Passed) }},
		{"FAILED", !planned, func(g *evals.Group) string { return strconv.Itoa(g.Failed) }},
		{"ERRORED", !planned, func(g *evals.Group) string { return strconv.Itoa(g.Errored) }},
		{"UNSCORED", !planned, func(g *evals.Group) string { return strconv.Itoa(g.Unscored) }},
		{"PASS@" + k, e.repeats() > 1, func(g *evals.Group) string { return repeatShare(g, g.Repeats.Any) }},
		{"PASS^" + k, e.repeats() > 1, func(g *evals.Group) string { return repeatShare(g, g.Repeats.All) }},
		{"FLAKY", e.repeats() > 1, func(g *evals.Group) string { return strconv.Itoa(g.Repeats.Flaky) }},
		{"NEEDED", hasThreshold(groups), func(g *evals.Group) string { return percent(g.Threshold) }},
		{"COST", e.Tally.Cost > 0, func(g *evals.Group) string { return dollars(g.Cost) }},
		{"CONTRACT", true, func(g *evals.Group) string {
			if g.Decided() || g.Planned > 0 {
				return evalContract(g)
			}
			return "-"
		}},
	}
	table := make([][]string, 1+len(groups))
	for _, c := range columns {
		if !c.shown {
			continue
		}
		table[0] = append(table[0], c.head)
		for i, g := range groups {
			table[1+i] = append(table[1+i], c.cell(g))
		}
	}
	return table
}

// repeatShare is how many of the scored cases of a group are n.
func repeatShare(g *evals.Group, n int) string {
	if g.Repeats.Cases == 0 {
		return "-"
	}
	return fraction(float64(n) / float64(g.Repeats.Cases))
}

func hasThreshold(groups []*evals.Group) bool {
	for _, g := range groups {
		if g.Threshold != 1 {
			return true
		}
	}
	return false
}
