package score

import (
	"fmt"
	"slices"

	"promptlib/evals"
	"promptlib/library"
)

var sectionsScorer = &Scorer{
	Name:    "sections",
	Doc:     "the reply has the headings or bold labels, filled in and in order: the longest run in order among the expected ones",
	Applies: func(c *evals.Contract) bool { return c.Sections != nil },
	Score: func(in *Input) evals.Score {
		outline := library.Outline(in.Reply.Text)
		s := evals.Score{}
		var order []int // of the found sections, their places in the reply
		var names []string
		for _, want := range in.Contract.Sections {
			at := findSection(outline, want)
			switch {
			case at < 0:
				s.Reasons = append(s.Reasons, in.reason("", fmt.Sprintf("section %q is missing", want.Heading)))
			case outline[at].Empty():
				s.Reasons = append(s.Reasons, in.reason("", fmt.Sprintf("section %q is empty", want.Heading)))
			default:
				order = append(order, at)
				names = append(names, want.Heading)
			}
		}
		run := longestRun(order)
		for i, name := range names {
			if !slices.Contains(run, i) {
				s.Reasons = append(s.Reasons, in.reason("", fmt.Sprintf("section %q is out of order", name)))
			}
		}
		s.Value = float64(len(run)) / float64(len(in.Contract.Sections))
		s.Pass = len(s.Reasons) == 0
		return s
	},
}

// findSection returns the index in an outline of the first section with a
// heading, one that has text if there is any; -1 for none.
func findSection(outline []library.Section, want evals.Section) int {
	names := []string{library.NormalHeading(want.Heading)}
	for _, alias := range want.Aliases {
		names = append(names, library.NormalHeading(alias))
	}
	empty := -1
	for i, s := range outline {
		if !slices.Contains(names, library.NormalHeading(s.Heading.Value)) {
			continue
		}
		if !s.Empty() {
			return i
		}
		if empty < 0 {
			empty = i
		}
	}
	return empty
}

// longestRun returns the indices of a longest strictly increasing subsequence.
func longestRun(list []int) []int {
	length := make([]int, len(list))
	before := make([]int, len(list))
	best := -1
	for i, v := range list {
		length[i], before[i] = 1, -1
		for j := range i {
			if list[j] < v && length[j]+1 > length[i] {
				length[i], before[i] = length[j]+1, j
			}
		}
		if best < 0 || length[i] > length[best] {
			best = i
		}
	}
	var run []int
	for i := best; i >= 0; i = before[i] {
		run = append(run, i)
	}
	slices.Reverse(run)
	return run
}
