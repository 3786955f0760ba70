package lint

import (
	"errors"
	"strconv"

	"promptlib/evals"
	"promptlib/library"
)

var contractSchema = &Rule{
	Code: library.Code{
		ID: "EVC001", Name: "contract-schema", Severity: library.Error,
		Doc: library.Doc{
			Summary: "contract of the prompt breaks the schema of contracts",
			Why:     "A prompt whose contract cannot be read is not run by promptlib eval, and a key that is not known asks for nothing.",
			Fix:     "Correct the key or value, or the row of a dataset, of which the first hundred are looked at. What a contract may hold is in schema/contract.schema.json.",
			Bad: `---
title: Note
eval:
  section: [Summary]
---
# Note

Write a note with a summary.
`,
			Good: `---
title: Note
eval:
  sections: [Summary]
---
# Note

Write a note with a summary.
`,
		},
	},
	Prompt: func(p *Pass) {
		contract, mistakes := p.contract()
		for _, m := range mistakes {
			if !m.Schema {
				p.Reportf(m.At, "eval: %s", m.Message)
			}
		}
		if contract != nil {
			p.limits(contract.Node)
			for _, m := range p.mistakesOf(contract.CheckDatasets(p.Prompt, datasetRows)) {
				p.Reportf(m.At, "eval: %s", m.Message)
			}
		}
	},
}

// datasetRows is how many rows of each dataset are looked at; promptlib eval looks
// at all before it sends anything.
const datasetRows = 100

// contract returns the contract that the prompt declares, or what is wrong with
// it; neither for a prompt that declares none. It is read once for all rules.
func (p *Pass) contract() (*evals.Contract, []*evals.Mistake) {
	if !p.contractRead {
		p.contractRead = true
		beside := p.Index != nil && p.Index.HasBeside(evals.SidecarName(p.Prompt.Path))
		if !beside && (p.Prompt.Front.Root.Get("eval") == nil || !p.Prompt.Front.Sound) {
			return nil, nil // what is wrong with the front matter is for other rules
		}
		contract, err := evals.ReadContract(p.Prompt, p.Root)
		p.declared, p.contractMistakes = contract, p.mistakesOf(err)
	}
	return p.declared, p.contractMistakes
}

// mistakesOf takes an error apart. One without a place is about the prompt.
func (p *Pass) mistakesOf(err error) []*evals.Mistake {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var list []*evals.Mistake
		for _, e := range joined.Unwrap() {
			list = append(list, p.mistakesOf(e)...)
		}
		return list
	}
	var m *evals.Mistake
	if !errors.As(err, &m) {
		m = &evals.Mistake{At: p.start(), Message: err.Error()}
	}
	return []*evals.Mistake{m}
}

// limits reports limits of the number of words that no reply keeps.
func (p *Pass) limits(contract *library.Node) {
	count := func(check *library.Node, name string) (library.Text, int) {
		t := check.Get(name).Scalar()
		n, err := strconv.Atoi(t.Value)
		if err != nil {
			return library.Text{}, 0
		}
		return t, n
	}
	var least library.Text
	floor := -1
	for _, check := range contract.Get("checks").Elements() {
		if t, n := count(check, "min-words"); !t.IsZero() && n > floor {
			least, floor = t, n
		}
	}
	for _, check := range contract.Get("checks").Elements() {
		if t, n := count(check, "max-words"); !t.IsZero() && n < floor {
			d := p.Reportf(t, "eval: max-words %d is less than min-words %d on line %d: no reply passes", n, floor, least.Pos.Line)
			d.Related = append(d.Related, related(least, "min-words is %d here", floor))
		}
	}
}
