package report

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"

	"promptlib/evals"
)

var evalCSV = EvalFormat{
	Name: "csv",
	Doc:  "a row a case, with a column for the value of each scorer",
	Write: func(w io.Writer, e *Eval, _ bool) error {
		var scorers []string
		for o, err := range e.Outcomes() {
			if err != nil {
				return err
			}
			for _, s := range o.Scores {
				if !slices.Contains(scorers, s.Scorer) {
					scorers = append(scorers, s.Scorer)
				}
			}
		}
		c := csv.NewWriter(w)
		head := []string{"prompt", "line", "column", "case", "repeat", "model", "status", "contract"}
		head = append(append(head, scorers...), "why", "tries", "cost_usd", "latency_ms")
		if err := c.Write(safeCells(head)); err != nil {
			return err
		}
		for o, err := range e.Outcomes() {
			if err == nil {
				err = c.Write(evalRecord(o, scorers))
			}
			if err != nil {
				return err
			}
		}
		c.Flush()
		return c.Error()
	},
}

// evalRecord is the row of a case.
func evalRecord(o *evals.Outcome, scorers []string) []string {
	row := []string{
		o.Prompt, strconv.Itoa(o.At.Line), strconv.Itoa(o.At.Column), o.Name, strconv.Itoa(o.Repeat), o.Model, string(o.Status), o.Contract,
	}
	for _, name := range scorers {
		value := ""
		for _, s := range o.Scores {
			if s.Scorer == name {
				value = fraction(s.Value)
			}
		}
		row = append(row, value)
	}
	cost := strconv.FormatFloat(o.Cost, 'f', -1, 64)
	return safeCells(append(row, why(o), strconv.Itoa(o.Tries), cost, strconv.FormatInt(o.Millis, 10)))
}

// safeCells makes text safe for spreadsheets: what they would take for a formula
// begins with an apostrophe, after which they show it as text.
func safeCells(row []string) []string {
	for i, cell := range row {
		row[i] = Escape(cell)
		if start := strings.TrimLeft(row[i], " "); start != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(start)[0]) {
			row[i] = "'" + row[i]
		}
	}
	return row
}
