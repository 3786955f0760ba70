package evals

import (
	"fmt"

	"promptlib/library"
	"promptlib/schema"
)

// A Proposal is a contract that the examples of a prompt fulfil, for a person to
// edit: either a schema or sections.
type Proposal struct {
	Schema   map[string]any
	Sections []string // in order
	Examples int      // that it was made from
}

// Propose infers a contract from the expected outputs of all examples of a prompt:
// from JSON one schema for all, from Markdown the headings and bold labels that
// all have in the same order. Where they have nothing in common the error says
// why.
func Propose(p *library.Prompt) (*Proposal, error) {
	proposal := &Proposal{}
	var first *library.Example
	var values []any
	for i := range p.Examples {
		e := &p.Examples[i]
		switch e.Kind {
		case library.NoOutput:
			continue
		case library.InvalidJSON:
			return nil, mistakeIn(e, "the output of example %d is not valid JSON: %s", e.Number, e.JSONErr.Message)
		}
		if first == nil {
			first = e
		}
		proposal.Examples++
		switch isJSON := e.Kind == library.JSON; {
		case isJSON != (first.Kind == library.JSON):
			return nil, mistakeIn(e, "one contract cannot hold for all: of the outputs of examples %d and %d only one is JSON", first.Number, e.Number)
		case isJSON:
			value, err := schema.DecodeJSON(e.Output.Value)
			if err != nil {
				return nil, mistakeIn(e, "the output of example %d: %s", e.Number, err.Message)
			}
			values = append(values, value)
		default:
			proposal.Sections = common(proposal.Sections, sectionsOf(e), e == first)
		}
	}
	switch {
	case first == nil:
		return nil, fmt.Errorf("%s: no example has an expected output to infer a contract from", p.Path)
	case first.Kind == library.JSON:
		proposal.Schema = schema.InferAll(values)
	case len(proposal.Sections) == 0:
		return nil, mistakeIn(first, "nothing can be inferred: the outputs have no heading or bold label that all of them share")
	}
	return proposal, nil
}

func mistakeIn(e *library.Example, format string, args ...any) error {
	return fmt.Errorf("%s: %s", e.Output.Pos, fmt.Sprintf(format, args...))
}

// maxProposed is how many sections of an output are looked at.
const maxProposed = 200

func sectionsOf(e *library.Example) []string {
	var headings []string
	for _, s := range Derive(*e).Sections {
		if len(headings) < maxProposed {
			headings = append(headings, s.Heading)
		}
	}
	return headings
}

// common returns a longest list of headings that both lists have in that order, as
// the first one writes them.
func common(a, b []string, first bool) []string {
	if first {
		return b
	}
	// longest[i][j] is that of a[i:] and b[j:].
	longest := make([][]int, len(a)+1)
	for i := range longest {
		longest[i] = make([]int, len(b)+1)
	}
	same := func(i, j int) bool { return library.NormalHeading(a[i]) == library.NormalHeading(b[j]) }
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			if same(i, j) {
				longest[i][j] = longest[i+1][j+1] + 1
			}
		}
	}
	var list []string
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case same(i, j):
			list = append(list, a[i])
			i++
			j++
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return list
}
