package policy

// Assign gives slots to candidates, each slot to at most one and no candidate more
// than one slot, so that as many slots as can be are filled. The result holds for
// each slot the index of its candidate, or -1. Fits says which candidate may fill
// which slot; it is asked more than once and must not change its mind.
//
// What comes first has the preference: no slot stays empty for the sake of a later
// one, and the same question has the same answer.
//
// Note: to fill one slot after the other with whoever is left is not enough. Who
// could fill two of them may take the only one that somebody else could fill. So
// whoever stands in the way is moved, if there is another slot to move to: the
// augmenting paths of H. W. Kuhn, "The Hungarian method for the assignment problem"
// (1955). Only slots that are filled are gone through again, so that it takes
// O(slots · candidates · min(slots, candidates)).
func Assign(slots, candidates int, fits func(slot, candidate int) bool) []int {
	m := matching{fits: fits, slotOf: make([]int, candidates)}
	for c := range m.slotOf {
		m.slotOf[c] = -1
	}
	m.tried = make([]bool, candidates)
	for s := range slots {
		clear(m.tried)
		m.fill(s)
	}
	filled := make([]int, slots)
	for s := range filled {
		filled[s] = -1
	}
	for c, s := range m.slotOf {
		if s >= 0 {
			filled[s] = c
		}
	}
	return filled
}

type matching struct {
	fits   func(slot, candidate int) bool
	slotOf []int  // of each candidate; -1 for none
	tried  []bool // the candidate was asked already for the slot in hand
}

// fill finds somebody for a slot: whoever is free, or else whoever can be replaced
// elsewhere. It goes no deeper than there are candidates.
func (m *matching) fill(slot int) bool {
	for c, other := range m.slotOf {
		if other < 0 && m.fits(slot, c) {
			m.slotOf[c] = slot
			return true
		}
	}
	for c := range m.slotOf {
		if m.tried[c] || !m.fits(slot, c) {
			continue
		}
		m.tried[c] = true
		if m.fill(m.slotOf[c]) {
			m.slotOf[c] = slot
			return true
		}
	}
	return false
}
