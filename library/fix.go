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
	Safe  bool   // cannot change what the prompt means to a model or a policy
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
// one that was made before is left out whole, as is one that edits nothing or
// lies outside the text. It returns the new text and the fixes that were made;
// fixes come before others by the place of their first edit. The order of the
// argument does not matter.
func Apply(text string, fixes []*Fix) (string, []*Fix) {
	fixes = slices.Clone(fixes)
	slices.SortStableFunc(fixes, (*Fix).compare)
	var edits []Edit // of the fixes made, in file order
	var made []*Fix
	for _, f := range fixes {
		if with, ok := f.insert(edits, len(text)); ok {
			edits, made = with, append(made, f)
		}
	}
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

// compare orders fixes by their edits.
func (f *Fix) compare(g *Fix) int {
	return cmp.Or(slices.CompareFunc(f.Edits, g.Edits, func(a, b Edit) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), strings.Compare(a.New, b.New))
	}), strings.Compare(f.Title, g.Title))
}

// insert returns edits, which are in file order, with those of a fix among them;
// not ok if one does not fit. What is left of edits then is as it was.
func (f *Fix) insert(edits []Edit, size int) (with []Edit, ok bool) {
	var places []int
	for n, e := range f.Edits {
		i, _ := slices.BinarySearchFunc(edits, e.Start, func(made Edit, start int) int { return cmp.Compare(made.Start, start) })
		switch {
		case e.Start < 0 || e.End < e.Start || e.End > size,
			i > 0 && edits[i-1].overlaps(e), i < len(edits) && edits[i].overlaps(e),
			n > 0 && (e.Start < f.Edits[n-1].Start || e.overlaps(f.Edits[n-1])):
			return nil, false
		}
		places = append(places, i+n)
	}
	for n, e := range f.Edits {
		edits = slices.Insert(edits, places[n], e)
	}
	return edits, len(f.Edits) > 0
}

// overlaps reports whether two edits touch the same bytes. Two insertions at one
// place do: their order would be chance.
func (e Edit) overlaps(f Edit) bool {
	return e.Start < f.End && f.Start < e.End || e.Start == f.Start
}
