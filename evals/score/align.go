package score

import (
	"encoding/json"
	"slices"
	"strings"
)

// maxAligned bounds the search for the best pairs: the size of the expected items
// times that of the items in the reply.
const maxAligned = 250_000

// align says which item of a reply each expected item is held against, -1 for
// none; never by where it stands. Items that can be told apart by a key are paired
// by it, then equal ones, then the rest so that as many leaves as possible are
// right. Items without anything in common are not paired.
//
// Arrays too large for that are paired in the order of their items as text.
func (c *comparison) align(f *field, expected, actual []any) []int {
	pairs := make([]int, len(expected))
	for i := range pairs {
		pairs[i] = -1
	}
	taken := make([]bool, len(actual))
	pair := func(i, j int) { pairs[i], taken[j] = j, true }
	c.alignByKey(expected, actual, pair)
	left, free := remaining(pairs, taken)
	if len(left) == 0 || len(free) == 0 {
		return pairs
	}
	if len(left) > 1 || len(free) > 1 {
		left, free = byText(expected, actual, left, free, pair)
	}
	weight := func(i, j int) int { return c.weight(f, expected[left[i]], actual[free[j]]) }
	if len(left) == 0 || len(free) == 0 {
		return pairs
	}
	if size(expected, left)*size(actual, free) > maxAligned {
		for i := range min(len(left), len(free)) {
			if weight(i, i) > 0 {
				pair(left[i], free[i])
			}
		}
		return pairs
	}
	for _, p := range best(len(left), len(free), weight) {
		pair(left[p[0]], free[p[1]])
	}
	return pairs
}

// remaining lists the items that have no partner yet.
func remaining(pairs []int, taken []bool) (left, free []int) {
	for i, j := range pairs {
		if j < 0 {
			left = append(left, i)
		}
	}
	for j := range taken {
		if !taken[j] {
			free = append(free, j)
		}
	}
	return left, free
}

// alignByKey pairs items by the first member of which every expected item has one
// of its own. A value that the reply has twice is none of a key.
func (c *comparison) alignByKey(expected, actual []any, pair func(i, j int)) {
	for _, name := range slices.Concat(c.fields.Keys, []string{"id", "name", "key"}) {
		index := map[any]int{}
		for i, item := range expected {
			if value := keyOf(item, name); value != nil {
				index[value] = i
			}
		}
		if len(index) < len(expected) {
			continue
		}
		places := map[any][]int{}
		for j, item := range actual {
			if value := keyOf(item, name); value != nil {
				places[value] = append(places[value], j)
			}
		}
		for value, i := range index {
			if at := places[value]; len(at) == 1 {
				pair(i, at[0])
			}
		}
		return
	}
}

// keyOf returns the text or number that a member of an object is; nil for none.
func keyOf(item any, name string) any {
	object, _ := item.(map[string]any)
	switch value := object[name].(type) {
	case string, float64:
		return value
	}
	return nil
}

// byText pairs equal items, and returns what is left in the order of the items as
// text, which is the same wherever they stand.
func byText(expected, actual []any, left, free []int, pair func(i, j int)) (restLeft, restFree []int) {
	e, a := asText(expected, left), asText(actual, free)
	slices.SortStableFunc(left, func(i, j int) int { return strings.Compare(e[i], e[j]) })
	slices.SortStableFunc(free, func(i, j int) int { return strings.Compare(a[i], a[j]) })
	for len(left) > 0 && len(free) > 0 {
		switch order := strings.Compare(e[left[0]], a[free[0]]); {
		case order < 0:
			restLeft, left = append(restLeft, left[0]), left[1:]
		case order > 0:
			restFree, free = append(restFree, free[0]), free[1:]
		default:
			pair(left[0], free[0])
			left, free = left[1:], free[1:]
		}
	}
	return append(restLeft, left...), append(restFree, free...)
}

func asText(items []any, which []int) map[int]string {
	texts := make(map[int]string, len(which))
	for _, i := range which {
		text, _ := json.Marshal(items[i]) // members sorted by name
		texts[i] = string(text)
	}
	return texts
}

// size is how much work items are to compare: their leaves, long texts more than
// one each.
func size(items []any, which []int) int {
	n := 0
	for _, i := range which {
		n += sizeOf(items[i])
	}
	return n
}

func sizeOf(value any) int {
	n := 1
	switch v := value.(type) {
	case string:
		n += len(v) / 100
	case map[string]any:
		for _, member := range v {
			n += sizeOf(member)
		}
	case []any:
		for _, item := range v {
			n += sizeOf(item)
		}
	}
	return n
}

// weight counts the leaves that are right where a value is held against an
// expected one.
func (c *comparison) weight(f *field, expected, actual any) int {
	n := 0
	switch e := expected.(type) {
	case map[string]any:
		if a, ok := actual.(map[string]any); ok && len(e) > 0 {
			for name, value := range e {
				if other, ok := a[name]; ok {
					n += c.weight(f.member(name), value, other)
				}
			}
			return n
		}
	case []any:
		if a, ok := actual.([]any); ok && len(e) > 0 {
			for i, j := range c.align(f.item(), e, a) {
				if j >= 0 {
					n += c.weight(f.item(), e[i], a[j])
				}
			}
			return n
		}
	}
	if c.same(f, expected, actual) {
		return 1
	}
	return 0
}

// best pairs rows with columns by the sum of weights, each at most once and none
// with a weight of 0.
func best(rows, columns int, weight func(row, column int) int) [][2]int {
	weights := make([][]int, min(rows, columns)) // of the fewer, for each of the others
	at := func(few, many int) int { return weight(few, many) }
	if rows > columns {
		at = func(few, many int) int { return weight(many, few) }
	}
	for few := range weights {
		weights[few] = make([]int, max(rows, columns))
		for many := range weights[few] {
			weights[few][many] = at(few, many)
		}
	}
	var pairs [][2]int
	for few, many := range assign(len(weights), max(rows, columns), func(few, many int) int { return weights[few][many] }) {
		switch {
		case many < 0 || weights[few][many] == 0:
		case rows > columns:
			pairs = append(pairs, [2]int{many, few})
		default:
			pairs = append(pairs, [2]int{few, many})
		}
	}
	return pairs
}

// assign pairs rows with columns so that the weights of the pairs add up to as
// much as they can, and returns the column of each row, -1 for none. There are
// at most as many rows as columns. It takes rows² × columns steps.
//
// It is the Hungarian method (Kuhn, 1955) in the form that adds one row after the
// other along a shortest path of reduced costs (Jonker and Volgenant, 1987).
func assign(rows, columns int, weight func(row, column int) int) []int {
	const far = int(^uint(0) >> 1)
	ofRow, ofColumn := make([]int, rows+1), make([]int, columns+1) // what is taken off the costs
	taken := make([]int, columns+1)                                // the row of each column, from 1; 0 for none
	before := make([]int, columns+1)
	for row := 1; row <= rows; row++ {
		least, done := make([]int, columns+1), make([]bool, columns+1)
		for i := range least {
			least[i] = far
		}
		at := 0
		taken[0] = row
		for taken[at] != 0 {
			done[at] = true
			r, step, next := taken[at], far, 0
			for c := 1; c <= columns; c++ {
				if done[c] {
					continue
				}
				if cost := -weight(r-1, c-1) - ofRow[r] - ofColumn[c]; cost < least[c] {
					least[c], before[c] = cost, at
				}
				if least[c] < step {
					step, next = least[c], c
				}
			}
			for c := range done {
				if done[c] {
					ofRow[taken[c]] += step
					ofColumn[c] -= step
				} else if least[c] != far {
					least[c] -= step
				}
			}
			at = next
		}
		for at != 0 {
			taken[at] = taken[before[at]]
			at = before[at]
		}
	}
	pairs := make([]int, rows)
	for i := range pairs {
		pairs[i] = -1
	}
	for c := 1; c <= columns; c++ {
		if taken[c] > 0 {
			pairs[taken[c]-1] = c - 1
		}
	}
	return pairs
}
