package policy

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// fitting returns who fits what: for each slot the indices of its candidates.
func fitting(table [][]int) func(slot, candidate int) bool {
	return func(slot, candidate int) bool { return slices.Contains(table[slot], candidate) }
}

func TestAssign(t *testing.T) {
	for _, tt := range []struct {
		name       string
		candidates int
		table      [][]int // by slot: who fits
		want       []int
	}{
		{"nothing to fill", 2, nil, []int{}},
		{"nobody to fill it", 0, [][]int{{}, {}}, []int{-1, -1}},
		{"nobody fits", 2, [][]int{{}}, []int{-1}},
		{"one hat each", 1, [][]int{{0}, {0}}, []int{0, -1}},
		{"the first fits", 3, [][]int{{1, 2}, {0, 2}}, []int{1, 0}},
		{"who fits two leaves the one that another fits", 2, [][]int{{0, 1}, {0}}, []int{1, 0}},
		{"a chain of three moves", 3, [][]int{{0, 1}, {1, 2}, {0}}, []int{1, 2, 0}},
		{"an earlier slot is not emptied for a later one", 2, [][]int{{0}, {1}, {0, 1}}, []int{0, 1, -1}},
		{"a later slot is filled where an earlier cannot be", 1, [][]int{{}, {0}}, []int{-1, 0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Assign(len(tt.table), tt.candidates, fitting(tt.table))
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("Assign (-got +want):\n%s", diff)
			}
		})
	}
}

// Property: the result is a matching, no other fills more slots, and neither the
// order of the slots nor that of the candidates changes how many are filled.
func TestAssignFillsAsManyAsCanBe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		candidates := rapid.IntRange(0, 5).Draw(t, "candidates")
		table := rapid.SliceOfN(rapid.SliceOfDistinct(rapid.IntRange(0, 4), rapid.ID), 0, 5).Draw(t, "table")
		fits := fitting(table)
		got := Assign(len(table), candidates, fits)
		used := map[int]bool{}
		for slot, c := range got {
			if c < 0 {
				continue
			}
			if used[c] || c >= candidates || !fits(slot, c) {
				t.Fatalf("slot %d has candidate %d: used %v", slot, c, used[c])
			}
			used[c] = true
		}
		if want := most(table, 0, candidates, map[int]bool{}); len(used) != want {
			t.Errorf("%d slots are filled, want %d: %v", len(used), want, got)
		}
		if again := Assign(len(table), candidates, fits); !slices.Equal(again, got) {
			t.Errorf("asked again: %v, want %v", again, got)
		}
		slot := rapid.Permutation(numbers(len(table))).Draw(t, "slots")
		person := rapid.Permutation(numbers(candidates)).Draw(t, "people")
		other := Assign(len(table), candidates, func(s, c int) bool { return fits(slot[s], person[c]) })
		if n := len(slices.DeleteFunc(other, func(c int) bool { return c < 0 })); n != len(used) {
			t.Errorf("in another order %d slots are filled, want %d", n, len(used))
		}
	})
}

// most tries every assignment of the slots from one on: how many can be filled?
func most(table [][]int, slot, candidates int, taken map[int]bool) int {
	if slot == len(table) {
		return 0
	}
	best := most(table, slot+1, candidates, taken)
	for _, c := range table[slot] {
		if c >= candidates || taken[c] {
			continue
		}
		taken[c] = true
		best = max(best, 1+most(table, slot+1, candidates, taken))
		delete(taken, c)
	}
	return best
}

func numbers(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}
