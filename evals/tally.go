package evals

import "slices"

// A Tally adds up the outcomes of a run. They are added in the order of the
// cases, in which the repeats of a case follow each other. The zero Tally is that
// of a run without cases.
type Tally struct {
	Summary
	Errors map[Class]int // of the errored
	Groups []*Group      // by prompt and model, in the order of the run
	Tries  int           // calls made
	Cost   float64       // in US dollars
	Warned int           // outcomes with a warning

	groups map[[2]string]*Group
	last   repeats
}

// A Group is the outcomes of one prompt with one model.
type Group struct {
	Prompt string
	Model  string
	Summary
	Repeats   Repeats
	Threshold float64 // the share of the scored cases that must pass
	Derived   bool    // a contract was derived from an expected output
	Declared  bool    // a contract was declared
	Cost      float64 // in US dollars
}

// Repeats counts the scored cases of a group by how their repeats ended. With k
// repeats of each case, Any is pass@k and All is pass^k, where they are divided by
// Cases; a case is flaky if it passed and failed.
type Repeats struct {
	Cases int
	Any   int // passed at least once
	All   int // never failed
	Flaky int
}

// repeats are those of the case that is being added up.
type repeats struct {
	prompt, name, model string
	passed, failed      int
	group               *Group
}

// Add adds the outcome of the next case.
func (t *Tally) Add(o *Outcome) {
	if t.groups == nil {
		t.groups, t.Errors = map[[2]string]*Group{}, map[Class]int{}
	}
	key := [2]string{o.Prompt, o.Model}
	g := t.groups[key]
	if g == nil {
		g = &Group{Prompt: o.Prompt, Model: o.Model, Threshold: o.Threshold}
		t.groups[key] = g
		t.Groups = append(t.Groups, g)
	}
	t.Summary.Add(o.Status)
	g.Summary.Add(o.Status)
	g.Derived = g.Derived || o.Contract == "derived"
	g.Declared = g.Declared || o.Contract == "declared"
	g.Cost += o.Cost
	t.Cost += o.Cost
	t.Tries += o.Tries
	if o.Warning != "" {
		t.Warned++
	}
	if o.Status == Errored && o.Err != nil {
		t.Errors[o.Err.Class]++
	}
	if r := &t.last; r.group != g || r.name != o.Name {
		*r = repeats{prompt: o.Prompt, name: o.Name, model: o.Model, group: g}
	}
	t.last.add(o.Status)
}

// add counts one more repeat of the case.
func (r *repeats) add(s Status) {
	if s != Passed && s != Failed {
		return
	}
	g := &r.group.Repeats
	before := *r
	if s == Passed {
		r.passed++
	} else {
		r.failed++
	}
	if before.passed+before.failed == 0 {
		g.Cases++
		g.All++
	}
	if before.failed == 0 && r.failed > 0 {
		g.All--
	}
	if before.passed == 0 && r.passed > 0 {
		g.Any++
	}
	if (before.passed == 0 || before.failed == 0) && r.passed > 0 && r.failed > 0 {
		g.Flaky++
	}
}

// Group returns the outcomes of a prompt with a model; nil for none.
func (t *Tally) Group(prompt, model string) *Group { return t.groups[[2]string{prompt, model}] }

// PassRate returns the share of the scored cases that passed; ok is false where
// nothing was scored.
func (s Summary) PassRate() (rate float64, ok bool) {
	if !s.Decided() {
		return 0, false
	}
	return float64(s.Passed) / float64(s.Passed+s.Failed), true
}

// Passes reports whether as many of the scored cases passed as must: all repeats
// of a case, for it to pass.
func (g *Group) Passes() bool {
	return g.Repeats.Cases == 0 || float64(g.Repeats.All) >= g.Threshold*float64(g.Repeats.Cases)-1e-9
}

// Worst returns the groups with something to say, the worst first: those that do
// not pass, then those with errors.
func (t *Tally) Worst() []*Group {
	var list []*Group
	for _, g := range t.Groups {
		if g.Summary != (Summary{Skipped: g.Skipped}) {
			list = append(list, g)
		}
	}
	rank := func(g *Group) int {
		n := g.Failed*2 + g.Errored
		if !g.Passes() {
			n += 1 << 40 // before any number of cases
		}
		return n
	}
	slices.SortStableFunc(list, func(a, b *Group) int { return rank(b) - rank(a) })
	return list
}

// Failing counts the groups that do not pass.
func (t *Tally) Failing() int {
	n := 0
	for _, g := range t.Groups {
		if !g.Passes() {
			n++
		}
	}
	return n
}
