package report

import (
	"strings"
	"unicode/utf8"
)

// table writes rows as columns, the first row as their heads. Cells are made
// safe.
func (p *Printer) table(rows [][]string) {
	if len(rows) == 0 {
		return
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			row[i] = Escape(cell)
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
	}
	for n, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			if i > 0 {
				line.WriteString("  ")
			}
			line.WriteString(cell)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell)))
			}
		}
		if n == 0 {
			p.Printf("%v\n", p.paint(bold, line.String()))
		} else {
			p.Printf("%s\n", line.String())
		}
	}
}
