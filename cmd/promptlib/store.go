package main

import (
	"errors"
	"slices"

	"promptlib/evals"
)

// A store is where replies come from and go to, beside the models.
type store struct {
	journal *evals.Journal
	resumed *evals.Recorded // nil for a new run
	cache   *evals.Cache    // nil for none
}

// openStore begins the journal of a run, or goes on with that of one that was
// stopped.
func (a *app) openStore(root string, o *evalOptions, b *batch, models []evals.Model, plan *evals.Plan) (*store, error) {
	s := &store{}
	paid := false
	for _, m := range models {
		paid = paid || m.Endpoint != ""
	}
	err := s.openJournal(a, root, o, b.header(models, plan), paid)
	if err == nil && paid && !o.noCache {
		s.cache, err = evals.OpenCache(root)
	}
	if err != nil {
		s.close()
		var exit *exitError
		if errors.As(err, &exit) {
			return nil, err
		}
		return nil, fault("the replies of a run are kept there; it is to be a folder of the library that can be written to", "cannot write the run: %w", err)
	}
	return s, nil
}

func (s *store) openJournal(a *app, root string, o *evalOptions, header evals.Header, paid bool) error {
	if o.resume == "" {
		var err error
		s.journal, err = evals.NewJournal(root, header, paid)
		return err
	}
	run, err := findRun(root, o.resume, header)
	if err != nil {
		return err
	}
	s.resumed = run
	journal, torn, err := run.Resume(paid)
	switch {
	case errors.Is(err, evals.ErrBusy):
		return fault("wait until it has ended, or begin a run without --resume", "%s is still under way: %w", run.Path, err)
	case err != nil:
		return err
	}
	s.journal = journal
	if torn {
		a.note("the last line of %s was cut off in the middle and is left out", run.Path)
	}
	a.note("going on with %s", run.Path)
	return nil
}

// findRun opens the run to go on with.
func findRun(root, name string, header evals.Header) (*evals.Recorded, error) {
	if name != newestRun {
		run, err := evals.OpenRun(name)
		if err != nil {
			return nil, fault("", "%w", err)
		}
		if !sameCalls(run.Header, header) {
			run.Close()
			return nil, fault("give the same models, paths and options, or begin a new run: the cache keeps its replies", "%s was to make other calls than this run", name)
		}
		return run, nil
	}
	paths, err := evals.Runs(root)
	if err != nil {
		return nil, err
	}
	if run := firstRun(paths, func(h evals.Header) bool { return sameCalls(h, header) }); run != nil {
		return run, nil
	}
	return nil, fault("give the models, paths and options of the run that was stopped, or leave --resume out to begin one", "there is no run with the same calls to go on with")
}

// sameCalls reports whether two runs are to make the same calls, of the same
// servers: another may have another model of the same name.
func sameCalls(a, b evals.Header) bool { return a.Plan == b.Plan && slices.Equal(a.Models, b.Models) }

// charge counts against a budget what the run that is resumed has cost so far.
func (s *store) charge(budget *evals.Budget, models []evals.Model) error {
	if s.resumed == nil {
		return nil
	}
	for a, err := range s.resumed.Attempts() {
		if err != nil {
			return err
		}
		for _, m := range models {
			if m.Name == a.Model {
				budget.Charge(m, a)
			}
		}
	}
	return nil
}

// known returns a reply that is at hand: of the run that is resumed, or of an
// earlier one.
func (s *store) known(m evals.Model, c *evals.Case) (reply *evals.Reply, journalled bool) {
	if s.resumed != nil {
		if a, err := s.resumed.Attempt(m.Identity(c)); err == nil && a != nil && a.Reply != nil {
			return a.Reply, true
		}
	}
	if s.cache != nil && m.Endpoint != "" {
		return s.cache.Get(m, c), false
	}
	return nil, false
}

func (s *store) keep(m evals.Model, c *evals.Case, r evals.Reply) error {
	if s.cache == nil {
		return nil
	}
	return s.cache.Put(m, c, r)
}

func (s *store) close() {
	if s.cache != nil {
		s.cache.Close()
	}
	if s.resumed != nil {
		s.resumed.Close()
	}
}
