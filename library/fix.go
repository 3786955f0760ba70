package library

import (
	"cmp"
	"slices"
	"strings"
)

// A Fix mends what a [Diagnostic] is about, by changing bytes of its file and
// nothing beside them.
type Fix struct {
	Title string // what is done, as in "write P5Y"
	Safe  bool   // cannot change what the prompt means
	Edits []Edit // in file order, without overlaps
}

// An Edit replaces the bytes of a file from offset Start to End by New.
type Edit struct {
	Start, End int
	New        string
}

// Replace returns the edit that puts new in the place of a text.
func Replace(at Text, new string) Edit {
	return Edit{Start: at.Pos.Offset, End: at.End.Offset, New: new}
}

// Apply makes the edits of some fixes in a text. A fix of which an edit overlaps
// one that was made before is left out whole. It returns the new text and the
// fixes that were made; fixes come before others by the place of their first
// edit.
func Apply(text string, fixes []*Fix) (string, []*Fix) {
	fixes = slices.Clone(fixes)
	slices.SortStableFunc(fixes, func(a, b *Fix) int { return cmp.Compare(a.Edits[0].Start, b.Edits[0].Start) })
	var edits []Edit
	var made []*Fix
	for _, f := range fixes {
		if !slices.ContainsFunc(f.Edits, func(e Edit) bool {
			return e.Start < 0 || e.End > len(text) || e.End < e.Start || slices.ContainsFunc(edits, e.overlaps)
		}) {
			edits = append(edits, f.Edits...)
			made = append(made, f)
		}
	}
	slices.SortStableFunc(edits, func(a, b Edit) int { return cmp.Compare(a.Start, b.Start) })
	var b strings.Builder
	done := 0
	for _, e := range edits {
		b.WriteString(text[done:e.Start])
		b.WriteString(e.New)
		done = e.End
	}
	b.WriteString(text[done:])
	return b.String(), made
}

// overlaps reports whether two edits touch the same bytes. Two insertions at one
// place do: their order would be chance.
func (e Edit) overlaps(f Edit) bool {
	return e.Start < f.End && f.Start < e.End || e.Start == f.Start
}
