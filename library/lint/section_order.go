package lint

import (
	"slices"

	"promptlib/library"
)

var sectionOrder = &Rule{
	Code: library.Code{
		ID: "STR010", Name: "section-order", Severity: library.Warning,
		Doc: library.Doc{
			Summary: "section stands out of order",
			Why:     "Readers who know one prompt of a library look for a section where it stands in all others.",
			Fix:     "Move the section to the place that the message names.",
			Config:  "The built-in order is that of dialect B: Description, Use Cases, Prompt, Variables, Example Usage, Tips, Related Prompts; breaking it is information. An order that structure in .promptlib/config.yaml states, for a dialect or some types of prompts, gives warnings.",

			Bad: `---
title: Release notes
version: "1.0"
---
## Prompt

Sum up the commits.

## Description

For a release.
`,
			Good: `---
title: Release notes
version: "1.0"
---
## Description

For a release.

## Prompt

Sum up the commits.
`,
		},
	},
	about: irregular,
	Prompt: func(p *Pass) {
		structures, own := p.structures()
		if !own {
			if p.Prompt.Dialect == "B" {
				p.checkOrder(customaryB, p.Infof)
			}
			return
		}
		for _, s := range structures {
			order := make([][]string, len(s.Ordered))
			for i, heading := range s.Ordered {
				order[i] = []string{heading}
			}
			p.checkOrder(order, p.Warnf)
		}
	},
}

// customaryB are the customary sections of dialect B in their order, each with
// the headings that mean the same.
var customaryB = [][]string{
	{"description"}, {"use cases"}, library.PromptHeadings, library.VariableHeadings,
	library.ExampleHeadings, {"tips"}, library.RelatedHeadings,
}

// checkOrder reports the sections that stand out of order: as few as must move
// for the rest to be right, and of two that are swapped the one that comes late.
func (p *Pass) checkOrder(order [][]string, reportf func(library.Text, string, ...any) *library.Diagnostic) {
	var found []*library.Section
	var rank []int
	for i := range p.Prompt.Sections {
		s := &p.Prompt.Sections[i]
		if !s.Tagged && s.Level != 2 {
			continue
		}
		r := slices.IndexFunc(order, func(names []string) bool { return slices.Contains(names, s.Normal()) })
		if r >= 0 && !slices.Contains(rank, r) {
			found, rank = append(found, s), append(rank, r)
		}
	}
	if slices.IsSorted(rank) {
		return
	}
	keep := longestRise(rank)
	for i, s := range found {
		if keep[i] {
			continue
		}
		// The first section that stays and comes after it, else the last before.
		before, after := -1, -1
		for j := range found {
			if keep[j] && rank[j] < rank[i] {
				after = j
			} else if keep[j] && before < 0 {
				before = j
			}
		}
		if before >= 0 && before < i {
			reportf(s.Heading, "section %q stands after %q; put it before", sectionName(s), sectionName(found[before]))
		} else {
			reportf(s.Heading, "section %q stands before %q; put it after", sectionName(s), sectionName(found[after]))
		}
	}
}

// longestRise marks a longest part of a list that rises; of several, one that
// keeps what comes first.
func longestRise(list []int) []bool {
	length := make([]int, len(list)) // of the longest rise that begins there
	for i := len(list) - 1; i >= 0; i-- {
		length[i] = 1
		for j := i + 1; j < len(list); j++ {
			if list[j] > list[i] {
				length[i] = max(length[i], length[j]+1)
			}
		}
	}
	keep := make([]bool, len(list))
	last := -1
	for want := slices.Max(length); want > 0; want-- {
		for i := range list {
			if length[i] == want && (last < 0 || i > last && list[i] > list[last]) {
				keep[i], last = true, i
				break
			}
		}
	}
	return keep
}
