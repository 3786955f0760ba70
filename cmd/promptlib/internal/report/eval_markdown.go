package report

import (
	"fmt"
	"html"
	"io"
	"strings"

	"promptlib/evals"
)

var evalMarkdown = EvalFormat{
	Name:  "markdown",
	Doc:   "tables for a comment on a pull request, below 65,000 characters",
	Write: func(w io.Writer, e *Eval, _ bool) error { return writeEvalMarkdown(w, e, commentRoom) },
}

// How much a comment folds away: prompts with cases that did not pass, the worst
// first, and cases of each.
const (
	foldedGroups = 100
	foldedCases  = 20
)

// writeEvalMarkdown writes a table of prompts and models, the worst first, then
// what is wrong with each, folded: as much as there is room for, in bytes.
func writeEvalMarkdown(w io.Writer, e *Eval, room int) error {
	const footer = 200 // more than the last lines take
	var b strings.Builder
	fmt.Fprintf(&b, "## promptlib eval\n\n%s\n", evalSummary(e))
	for _, note := range evalNotes(e) {
		fmt.Fprintf(&b, "\n%s\n", note)
	}
	rows := evalRows(e)
	left := 0
	for i, row := range rows {
		if i > 0 {
			row[0] = e.path(row[0])
		}
		text := markdownRow(row, i == 0)
		if i == 0 {
			text = "\n" + text
		}
		// The reasons are worth as much as the table.
		if b.Len()+len(text)+footer > room*2/3 {
			left = len(rows) - i
			break
		}
		b.WriteString(text)
	}
	if left > 0 {
		fmt.Fprintf(&b, "\n%s not shown here.\n", count(left, "more row"))
	}
	folded, err := evalFolded(e)
	if err != nil {
		return err
	}
	shown := 0
	for _, text := range folded {
		if b.Len()+len(text)+footer > room {
			continue
		}
		b.WriteString(text)
		shown++
	}
	if rest := len(notPassing(&e.Tally)) - shown; rest > 0 {
		fmt.Fprintf(&b, "\nThe reasons of %s are not shown here.\n", count(rest, "more row"))
	}
	if b.Len() > room {
		return nil // not even the head has room
	}
	_, err = io.WriteString(w, b.String())
	return err
}

// markdownRow is a row of a table, with the line below it if it is the first.
func markdownRow(row []string, head bool) string {
	if head {
		return "| " + strings.ToLower(strings.Join(row, " | ")) + " |\n|" + strings.Repeat(" --- |", len(row)) + "\n"
	}
	cells := make([]string, len(row))
	for i, cell := range row {
		if cells[i] = cell; i < 2 { // the prompt and the model, which are not our words
			cells[i] = codeSpan(cell)
		}
	}
	return "| " + strings.Join(cells, " | ") + " |\n"
}

// notPassing lists the groups with cases that failed or errored, the worst first.
func notPassing(t *evals.Tally) []*evals.Group {
	var list []*evals.Group
	for _, g := range t.Worst() {
		if g.Failed+g.Errored > 0 {
			list = append(list, g)
		}
	}
	return list
}

// evalFolded says what is wrong with each of the worst groups.
func evalFolded(e *Eval) ([]string, error) {
	groups := notPassing(&e.Tally)
	groups = groups[:min(len(groups), foldedGroups)]
	index := map[*evals.Group]int{}
	for i, g := range groups {
		index[g] = i
	}
	bodies, counts := make([]strings.Builder, len(groups)), make([]int, len(groups))
	var said saidErrors
	for o, err := range e.Outcomes() {
		if err != nil {
			return nil, err
		}
		i, ok := index[e.Tally.Group(o.Prompt, o.Model)]
		if !ok || o.Status != evals.Failed && o.Status != evals.Errored {
			continue
		}
		if o.Status == evals.Errored && len(o.Problems) == 0 && !said.first(o) {
			continue
		}
		if counts[i]++; counts[i] > foldedCases {
			continue
		}
		at := place(o)
		at.Path = e.path(at.Path)
		fmt.Fprintf(&bodies[i], "| %s | %s | %s |\n", codeSpan(repeatName(o)), codeSpan(at.String()), codeSpan(why(o)))
	}
	var list []string
	for i, g := range groups {
		list = append(list, foldedGroup(e, g, bodies[i].String(), min(counts[i], foldedCases)))
	}
	return list, nil
}

func foldedGroup(e *Eval, g *evals.Group, rows string, shown int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n<details><summary><code>%s</code> with <code>%s</code>: %d failed, %d errored</summary>\n\n",
		html.EscapeString(Escape(e.path(g.Prompt))), html.EscapeString(Escape(g.Model)), g.Failed, g.Errored)
	if rows != "" {
		b.WriteString("| case | place | why |\n| --- | --- | --- |\n" + rows)
	}
	if rest := g.Failed + g.Errored - shown; rest > 0 {
		fmt.Fprintf(&b, "\n%s not shown here; an error is shown once.\n", count(rest, "more case"))
	}
	b.WriteString("\n</details>\n")
	return b.String()
}
