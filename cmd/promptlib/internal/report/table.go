package report

import (
	"slices"
	"strings"
	"unicode"
)

// table writes rows as columns, the first row as their heads. Cells are made
// safe.
func (p *Printer) table(rows [][]string) { p.tableWithin(0, rows) }

// tableWithin is table with columns cut so that lines are no wider than a width,
// if that is not 0.
func (p *Printer) tableWithin(width int, rows [][]string) {
	if len(rows) == 0 {
		return
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			row[i] = Escape(cell)
			widths[i] = max(widths[i], columns(row[i]))
		}
	}
	if width > 0 {
		fit(widths, width-2*(len(widths)-1))
	}
	for n, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			if i > 0 {
				line.WriteString("  ")
			}
			cell = cut(cell, widths[i])
			line.WriteString(cell)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-columns(cell)))
			}
		}
		if n == 0 {
			p.Printf("%v\n", p.paint(bold, line.String()))
		} else {
			p.Printf("%s\n", line.String())
		}
	}
}

// minCells is what is left of a column that is cut: below it, lines are wider
// than asked for.
const minCells = 8

// fit takes from the widest columns until all together have a width.
func fit(widths []int, width int) {
	total := 0
	for _, w := range widths {
		total += w
	}
	for ; total > width; total-- {
		widest := slices.Max(widths)
		if widest <= minCells {
			return
		}
		widths[slices.Index(widths, widest)]--
	}
}

// cut shortens text to a width. A path loses its beginning, which it shares with
// its neighbours, and any other text its end.
func cut(s string, width int) string {
	if columns(s) <= width {
		return s
	}
	runes := []rune(s)
	if strings.Contains(s, "/") && !strings.Contains(s, " ") {
		for len(runes) > 0 && columns(string(runes))+1 > width {
			runes = runes[1:]
		}
		return "…" + string(runes)
	}
	for len(runes) > 0 && columns(string(runes))+1 > width {
		runes = runes[:len(runes)-1]
	}
	return strings.TrimRight(string(runes), " ") + "…"
}

// columns is how many columns of a terminal a text takes.
func columns(s string) int {
	n := 0
	for _, c := range s {
		switch {
		case c < 0x300:
			n++
		case unicode.In(c, unicode.Mn, unicode.Me, unicode.Cf):
		case wide(c):
			n += 2
		default:
			n++
		}
	}
	return n
}

// wide reports whether a character takes two columns: those of East Asia, and
// pictures.
func wide(c rune) bool {
	switch {
	case c < 0x1100:
		return false
	case c <= 0x115f, c >= 0x2e80 && c <= 0xa4cf, c >= 0xac00 && c <= 0xd7a3, c >= 0xf900 && c <= 0xfaff:
		return true
	case c >= 0xfe30 && c <= 0xfe6f, c >= 0xff00 && c <= 0xff60, c >= 0xffe0 && c <= 0xffe6:
		return true
	}
	return c >= 0x1f300 && c <= 0x1f64f || c >= 0x1f680 && c <= 0x1f6ff || c >= 0x1f900 && c <= 0x1f9ff || c >= 0x20000 && c <= 0x3fffd
}
