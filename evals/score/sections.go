package score

import (
	"fmt"
	"slices"
	"strings"

	"promptlib/evals"
	"promptlib/library"
)

var sectionsScorer = &Scorer{
	Name:    "sections",
	Doc:     "the reply has the headings or bold labels, filled in, in order and within their limits: the longest run in order among the expected ones, each as far as it keeps its limits",
	Applies: func(in *Input) bool { return len(in.Contract.Sections) > 0 },
	Score: func(in *Input) evals.Score {
		outline := library.Outline(unwrapped(in.Answer))
		expected := make([]found, len(in.Contract.Sections))
		index := headings(outline)
		for i, want := range in.Contract.Sections {
			expected[i] = find(outline, index, want)
		}
		run := longestRun(expected)
		s := evals.Score{}
		kept, limits := 0, 0
		for i, want := range in.Contract.Sections {
			count := want.Limits.Count()
			limits += count
			at, ok := run[i]
			if !ok {
				s.Reasons = append(s.Reasons, in.reason("", fmt.Sprintf("section %q is %s", want.Heading, expected[i].complaint(run))))
				continue
			}
			complaints := broken(want.Limits, outline[at].Body.Value)
			for _, complaint := range complaints {
				s.Reasons = append(s.Reasons, in.reason("", fmt.Sprintf("section %q %s", want.Heading, complaint)))
			}
			kept += count - len(complaints)
			s.Value += 1 - share(len(complaints), count)
		}
		s.Value /= float64(len(expected))
		s.Pass = len(s.Reasons) == 0
		s.Parts = sectionParts(outline, expected, len(run))
		if limits > 0 {
			s.Parts = append(s.Parts, evals.Part{Name: "limits", Value: share(kept, limits)})
		}
		return s
	},
}

// sectionParts says what there is to know of the sections of a reply, each as a
// share: of the expected ones, how many there are at all, are filled in, stand in
// order, and stand there once; and of those in the reply, how many are expected.
// The last two are for reports: a reply may repeat a section or add one.
func sectionParts(outline []library.Section, expected []found, run int) []evals.Part {
	there, filled, once := 0, 0, 0
	known, levels := map[int]bool{}, map[int]bool{}
	for _, f := range expected {
		places := len(f.filled) + len(f.empty)
		if places > 0 {
			there++
		}
		if len(f.filled) > 0 {
			filled++
		}
		if places == 1 {
			once++
		}
		for _, at := range slices.Concat(f.filled, f.empty) {
			known[at], levels[outline[at].Level] = true, true
		}
	}
	others := 0
	for i := range outline {
		if !known[i] && levels[outline[i].Level] { // a title above or a heading below is part of no list
			others++
		}
	}
	n := len(expected)
	return []evals.Part{
		{Name: "present", Value: share(there, n)},
		{Name: "filled", Value: share(filled, n)},
		{Name: "in order", Value: share(run, n)},
		{Name: "once", Value: share(once, n)},
		{Name: "no others", Value: share(len(known), len(known)+others)},
	}
}

// unwrapped takes off the code block that models like to put around a whole
// reply in Markdown.
func unwrapped(reply string) string {
	first, rest, _ := strings.Cut(strings.TrimSpace(reply), "\n")
	switch strings.ToLower(strings.TrimSpace(first)) {
	case "```markdown", "```md":
		if inner, ok := strings.CutSuffix(rest, "\n```"); ok {
			return inner
		}
	}
	return reply
}

// headings returns, by normal heading, where in an outline it stands.
func headings(outline []library.Section) map[string][]int {
	index := map[string][]int{}
	for i := range outline {
		name := outline[i].Normal()
		index[name] = append(index[name], i)
	}
	return index
}

// A found section is where in a reply an expected one stands.
type found struct {
	filled []int // rising
	empty  []int // where it has no text
}

func find(outline []library.Section, index map[string][]int, want evals.Section) found {
	var f found
	for _, heading := range append([]string{want.Heading}, want.Aliases...) {
		for _, at := range index[library.NormalHeading(heading)] {
			if outline[at].Empty() {
				f.empty = append(f.empty, at)
			} else {
				f.filled = append(f.filled, at)
			}
		}
	}
	slices.Sort(f.filled)
	return f
}

// complaint says what is wrong with a section that is not in the run.
func (f found) complaint(run map[int]int) string {
	for _, at := range f.filled {
		taken := false
		for _, other := range run {
			taken = taken || other == at
		}
		if !taken {
			return "out of order"
		}
	}
	if len(f.empty) > 0 {
		return "empty"
	}
	return "missing"
}

// longestRun chooses among the places of the expected sections as many as stand
// in the expected order, at most one of each section, and returns them by the
// number of the section.
func longestRun(expected []found) map[int]int {
	type step struct{ section, at, before int }
	var steps []step
	var ends []int // of the run of each length, the step with the earliest place that ends one
	for section, f := range expected {
		// From last to first, so that no run holds two places of one section.
		for _, at := range slices.Backward(f.filled) {
			n, _ := slices.BinarySearchFunc(ends, at, func(i, at int) int { return steps[i].at - at })
			before := -1
			if n > 0 {
				before = ends[n-1]
			}
			steps = append(steps, step{section, at, before})
			ends = slices.Replace(ends, n, min(n+1, len(ends)), len(steps)-1)
		}
	}
	run := map[int]int{}
	if len(ends) > 0 {
		for i := ends[len(ends)-1]; i >= 0; i = steps[i].before {
			run[steps[i].section] = steps[i].at
		}
	}
	return run
}
