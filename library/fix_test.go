package library

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestApply(t *testing.T) {
	edit := func(start, end int, new string) Edit { return Edit{start, end, new} }
	for _, tt := range []struct {
		name  string
		fixes [][]Edit
		want  string
		made  int
	}{
		{"nothing", nil, "0123456789", 0},
		{"a fix without edits", [][]Edit{{}}, "0123456789", 0},
		{"replace, insert and delete", [][]Edit{{edit(1, 2, "one")}, {edit(4, 4, "+")}, {edit(8, 10, "")}}, "0one23+4567", 3},
		{"side by side", [][]Edit{{edit(1, 3, "a")}, {edit(3, 5, "b")}}, "0ab56789", 2},
		{"an insertion at the end of an edit", [][]Edit{{edit(1, 3, "a")}, {edit(3, 3, "+")}}, "0a+3456789", 2},
		{"the first of two that overlap", [][]Edit{{edit(2, 5, "b")}, {edit(1, 3, "a")}}, "0a3456789", 1},
		{"a fix that holds another", [][]Edit{{edit(1, 9, "a")}, {edit(3, 4, "b")}}, "0a9", 1},
		{"two insertions at one place", [][]Edit{{edit(3, 3, "b")}, {edit(3, 3, "a")}}, "012a3456789", 1},
		{"two times the same", [][]Edit{{edit(3, 4, "a")}, {edit(3, 4, "a")}}, "012a456789", 1},
		{"one edit of two overlaps", [][]Edit{{edit(0, 1, "a"), edit(5, 6, "b")}, {edit(3, 6, "c"), edit(8, 9, "d")}}, "a1234b6789", 1},
		{"edits between those of another", [][]Edit{{edit(0, 1, "a"), edit(8, 9, "b")}, {edit(3, 4, "c"), edit(9, 10, "d")}}, "a12c4567bd", 2},
		{"edits of one fix overlap", [][]Edit{{edit(1, 4, "a"), edit(3, 5, "b")}}, "0123456789", 0},
		{"edits of one fix out of order", [][]Edit{{edit(5, 6, "a"), edit(1, 2, "b")}}, "0123456789", 0},
		{"outside the text", [][]Edit{{edit(9, 11, "a")}, {edit(-1, 1, "b")}, {edit(5, 4, "c")}, {edit(10, 10, "!")}}, "0123456789!", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var fixes []*Fix
			for _, edits := range tt.fixes {
				fixes = append(fixes, &Fix{Edits: edits})
			}
			got, made := Apply("0123456789", fixes)
			if got != tt.want || len(made) != tt.made {
				t.Errorf("Apply = %q by %d fixes, want %q by %d", got, len(made), tt.want, tt.made)
			}
		})
	}
}

func TestReplaceCoversTheText(t *testing.T) {
	at := Text{Value: "b", Pos: Pos{Offset: 3}, End: Pos{Offset: 6}}
	if got, want := Replace(at, "c"), (Edit{3, 6, "c"}); got != want {
		t.Errorf("Replace = %v, want %v", got, want)
	}
}

// anyFixes draws fixes of a text, most of them good ones.
func anyFixes(t *rapid.T, size int) []*Fix {
	edit := rapid.Custom(func(t *rapid.T) Edit {
		start := rapid.IntRange(0, size).Draw(t, "start")
		return Edit{start, min(size, start+rapid.IntRange(0, 4).Draw(t, "length")), rapid.StringMatching("[A-Z]{0,3}").Draw(t, "new")}
	})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) *Fix {
		edits := rapid.SliceOfN(edit, 1, 3).Draw(t, "edits")
		slices.SortFunc(edits, func(a, b Edit) int { return a.Start - b.Start })
		return &Fix{Title: rapid.StringMatching("[a-c]").Draw(t, "title"), Edits: edits}
	}), 0, 8).Draw(t, "fixes")
}

// TestApplyProperties: a fix is made whole or not at all, the bytes outside of
// the edits made stay, and the order in which fixes are given does not matter.
func TestApplyProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching("[a-z]{0,40}").Draw(t, "text")
		fixes := anyFixes(t, len(text))
		got, made := Apply(text, fixes)

		var edits []Edit
		for _, f := range made {
			edits = append(edits, f.Edits...)
		}
		slices.SortFunc(edits, func(a, b Edit) int { return a.Start - b.Start })
		done, rest := 0, got
		for _, e := range edits {
			if e.Start < done {
				t.Fatalf("edit %v of a fix that was made overlaps one before it", e)
			}
			keep := text[done:e.Start] + e.New
			if !strings.HasPrefix(rest, keep) {
				t.Fatalf("%q does not go on with %q", rest, keep)
			}
			rest, done = rest[len(keep):], e.End
		}
		if rest != text[done:] {
			t.Fatalf("the text ends in %q, want %q", rest, text[done:])
		}
		for _, f := range fixes {
			overlaps := func(e Edit) bool { return slices.ContainsFunc(edits, e.overlaps) }
			if !slices.Contains(made, f) && !slices.ContainsFunc(f.Edits, overlaps) && sound(f) {
				t.Fatalf("fix %v was left out and overlaps none of %v", f.Edits, edits)
			}
		}
		mixed := rapid.Permutation(fixes).Draw(t, "mixed")
		again, madeAgain := Apply(text, mixed)
		if diff := cmp.Diff([]any{again, madeAgain}, []any{got, made}); diff != "" {
			t.Fatalf("the same fixes in another order (-got +want):\n%s", diff)
		}
	})
}

// sound reports whether the edits of a fix do not overlap each other.
func sound(f *Fix) bool {
	for i := 1; i < len(f.Edits); i++ {
		if f.Edits[i].overlaps(f.Edits[i-1]) {
			return false
		}
	}
	return true
}
