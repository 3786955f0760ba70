package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"promptlib/library"
)

// statistics writes how often each rule has spoken, the most frequent first.
func (p *Printer) statistics(findings []*library.Diagnostic) {
	type tally struct {
		code, name string
		count      int
		files      map[string]bool
	}
	byCode := map[string]*tally{}
	var list []*tally
	for _, d := range findings {
		t := byCode[d.Code]
		if t == nil {
			t = &tally{code: d.Code, name: d.Name, files: map[string]bool{}}
			byCode[d.Code] = t
			list = append(list, t)
		}
		t.count++
		t.files[d.Pos.Path] = true
	}
	slices.SortFunc(list, func(a, b *tally) int { return cmp.Or(cmp.Compare(b.count, a.count), strings.Compare(a.code, b.code)) })
	rows := [][]string{{"CODE", "NAME", "FINDINGS", "FILES"}}
	for _, t := range list {
		rows = append(rows, []string{t.code, t.name, strconv.Itoa(t.count), strconv.Itoa(len(t.files))})
	}
	p.table(rows)
}
