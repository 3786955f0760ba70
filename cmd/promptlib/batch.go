package main

import (
	"context"
	"errors"
	"iter"
	"net/url"
	"time"

	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/config"
	"promptlib/evals"
	"promptlib/library"
	"promptlib/library/catalogue"
	"promptlib/library/policy"
)

// A selection says which cases are run, as flags do.
type selection struct {
	shots  string
	repeat int
	filter []string
	sample int

	noForceExclude bool
	base           string // the ref that policy and people are read from; "" for the work tree
}

func (s *selection) bind(cmd *cobra.Command) {
	cmd.Flags().StringVar(&s.shots, "few-shot", "none", "send the other examples of the prompt along: none, others")
	cmd.Flags().IntVar(&s.repeat, "repeat", 0, "run each case this often (default what its contract says, else once)")
	cmd.Flags().StringArrayVar(&s.filter, "filter", nil, "run only prompts for which this holds, as list --where; repeatable")
	cmd.Flags().IntVar(&s.sample, "sample", 0, "run this many of the cases, the same in every run; 0 for all")
	cmd.Flags().BoolVar(&s.noForceExclude, "no-force-exclude", false, "run excluded files that are named")
}

// A batch is the cases of a run. They are read one prompt at a time, and datasets
// one row at a time, once for the plan and once for each model.
type batch struct {
	selection
	paths    []string
	lib      *library.Library
	prompts  []library.File
	prose    int
	excluded int
	fewShot  evals.FewShot
	query    *catalogue.Query
	policies map[string]*policy.Policy
	chosen   evals.Sample
	count    int  // of cases for one model, with those that are skipped
	changed  bool // the files have more or fewer cases than when they were counted
}

// newBatch finds the prompts to run, and reads every one and its contract once
// before anything is sent, so that a mistake in the last contract costs no call.
func newBatch(ctx context.Context, s selection, paths []string) (*batch, error) {
	shots, err := fewShot(s.shots)
	if err != nil {
		return nil, err
	}
	switch {
	case s.repeat < 0 || s.repeat > 1000:
		return nil, usage("", "--repeat is from 1 to 1000, not %d", s.repeat)
	case s.sample < 0:
		return nil, usage("0 is for all", "--sample is not negative")
	}
	b := &batch{selection: s, paths: paths, fewShot: shots}
	if b.query, err = catalogue.NewQuery(s.filter, ""); err != nil {
		return nil, usage("promptlib list --help shows examples of conditions", "%w", err)
	}
	if b.lib, err = open(paths); err != nil {
		return nil, err
	}
	b.prompts, b.prose = split(b.lib.Files)
	if b.prompts, b.excluded, err = included(b.lib, b.prompts, s.noForceExclude); err != nil {
		return nil, err
	}
	if b.policies, err = b.loadPolicies(ctx); err != nil {
		return nil, err
	}
	for _, root := range b.lib.Roots {
		if err := b.query.Check(b.policies[root]); err != nil {
			return nil, usage("promptlib list --help shows what keys and operators there are", "--filter: %w", err)
		}
	}
	return b, b.check(ctx)
}

// check reads every prompt and contract.
func (b *batch) check(ctx context.Context) error {
	var errs []error
	var kept []library.File
	type checked struct {
		p   *library.Prompt
		err error
	}
	for f, c := range library.Each(b.prompts, func(f library.File) checked {
		p := library.Read(f)
		contract, err := evals.ReadContract(p, f.Root)
		if err == nil {
			err = errors.Join(contract.Check(), contract.CheckDatasets(p, 0))
		}
		return checked{p, err}
	}) {
		if err := stopped(ctx); err != nil {
			return err
		}
		if b.matches(f, c.p) { // here, one at a time: a query keeps what it has seen
			kept = append(kept, f)
			errs = append(errs, c.err)
		}
	}
	if err := b.query.Unknown(); err != nil {
		return usage("promptlib list --help shows what keys and operators there are", "--filter: %w", err)
	}
	if err := errors.Join(errs...); err != nil {
		return fault("nothing was sent; correct the contract first", "%w", err)
	}
	b.prompts = kept
	if b.sample > 0 {
		b.chosen = evals.NewSample(b.all(), b.sample)
	}
	return nil
}

// matches reports whether a prompt meets every --filter.
func (b *batch) matches(f library.File, p *library.Prompt) bool {
	if len(b.filter) == 0 {
		return true
	}
	pol := b.policies[f.Root]
	_, ok := b.query.Match(catalogue.Item{Prompt: p, Governance: pol.Effective(p, f.Root), Policy: pol})
	return ok
}

// all yields every case of the prompts, reading one file at a time.
func (b *batch) all() iter.Seq[*evals.Case] {
	return func(yield func(*evals.Case) bool) {
		for _, f := range b.prompts {
			p := library.Read(f)
			contract, err := evals.ReadContract(p, f.Root)
			if err != nil {
				if !yield(evals.Broken(f.Path, err)) { // the file was changed since it was checked
					return
				}
				continue
			}
			for c := range evals.All(p, contract, b.fewShot) {
				if !yield(c) {
					return
				}
			}
		}
	}
}

// cases yields the cases of a run, for one model.
func (b *batch) cases() iter.Seq[*evals.Case] {
	return evals.Repeated(func(yield func(*evals.Case) bool) {
		for c := range b.all() {
			if b.chosen.Has(c) && !yield(c) {
				return
			}
		}
	}, b.repeat)
}

// numbered yields the cases of a run, for one model, as many as the plan has: more
// would have the numbers of the next model. Where the files have others by now
// the run does not come to its end.
func (b *batch) numbered() iter.Seq[*evals.Case] {
	return func(yield func(*evals.Case) bool) {
		n := 0
		for c := range b.cases() {
			if n++; n > b.count {
				b.changed = true
				return
			}
			if !yield(c) {
				return
			}
		}
		b.changed = b.changed || n < b.count
	}
}

// plan adds up what models are to be sent.
func (b *batch) plan(models []evals.Model) *evals.Plan {
	plan := &evals.Plan{}
	for _, m := range models {
		b.count = 0
		for c := range b.cases() {
			b.count++
			plan.Add(m, c)
		}
	}
	return plan
}

// planned yields an outcome for each case that would be run.
func (b *batch) planned(models []evals.Model) iter.Seq2[*evals.Outcome, error] {
	return func(yield func(*evals.Outcome, error) bool) {
		n := 0
		for _, m := range models {
			for c := range b.cases() {
				n++
				if !yield(evals.PlannedOutcome(m, c, n), nil) {
					return
				}
			}
		}
	}
}

// header describes the run of the batch.
func (b *batch) header(models []evals.Model, plan *evals.Plan) evals.Header {
	h := evals.Header{
		Started: time.Now(), Plan: plan.Digest(), Cases: b.count * len(models),
		Options: evals.RunOptions{Paths: b.paths, FewShot: b.fewShot, Repeat: b.repeat, Filter: b.filter, Sample: b.sample, Prose: b.prose, NoForceExclude: b.noForceExclude},
	}
	for _, m := range models {
		host := ""
		if u, err := url.Parse(m.Endpoint); err == nil {
			host = u.Host
		}
		h.Models = append(h.Models, evals.HeaderModel{Name: m.Name, Class: m.Class, Host: host})
	}
	return h
}

func (b *batch) nothingToRun() error {
	prompts, prose, excluded := len(b.prompts), b.prose, b.excluded
	if prompts == 0 && len(b.filter) > 0 {
		hint := "promptlib list --where shows which prompts a condition holds for"
		if hints := b.query.Hints(); len(hints) > 0 {
			hint = hints[0]
		}
		return fault(hint, "nothing to run: no prompt fulfils every --filter")
	}
	if prompts == 0 && excluded > 0 {
		return fault("--no-force-exclude runs files that are named", "nothing to run: %d files are excluded by %s/%s", excluded, library.SettingsDir, config.FileName)
	}
	if prompts == 0 {
		return nothingToCheck(prose, 0)
	}
	return fault("only prompts in dialects A and B that have examples can be run; promptlib list shows the dialects", "nothing to run: none of %s has an example", count(prompts, "prompt"))
}
