package evals

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// A Rescore answers with the replies of a recorded run, to score them again. It
// makes no call.
type Rescore struct {
	run *Recorded

	once   sync.Once
	calls  map[string]string // identities by model, case and repeat, and by model and case
	silent map[string]bool   // by model and case: the model had no answer to it
	err    error
}

// NewRescore returns what scores a run again.
func NewRescore(run *Recorded) *Rescore { return &Rescore{run: run} }

// Model returns a model of the run, which has no replies but those of the run.
func (r *Rescore) Model(m HeaderModel) Model {
	return Model{Name: m.Name, Class: m.Class, Call: func(_ context.Context, c *Case) (Reply, error) {
		reply, err := r.find(m, c)
		switch {
		case err == nil:
			return *reply, nil
		case c.Expected.Value == "" && r.hadNone(m, c):
			return Reply{}, ErrNoAnswer
		}
		return Reply{}, err
	}}
}

// Known returns the reply of a model of the run to a case; nil for none, where
// the model says why.
func (r *Rescore) Known(m Model, c *Case) *Reply {
	reply, err := r.find(HeaderModel{Name: m.Name, Class: m.Class}, c)
	if err != nil {
		return nil
	}
	return reply
}

// find returns the recorded reply to a case, by the identity of its call.
func (r *Rescore) find(m HeaderModel, c *Case) (*Reply, *Error) {
	a, err := r.run.Attempt(c.Request.Identity(m.Class, m.Name, c.Repeat))
	if err == nil && a == nil {
		a, err = r.other(m, c)
	}
	var failure *Error
	switch {
	case errors.As(err, &failure):
		return nil, failure
	case err != nil:
		return nil, &Error{Class: NoReplay, Message: err.Error()}
	case a.Reply != nil:
		return a.Reply, nil
	case a.Err != nil:
		recorded := *a.Err
		recorded.Recorded = true
		return nil, &recorded
	}
	return nil, &Error{Class: NoReplay, Message: "the recorded call has no reply"}
}

// other returns the recorded call of a case whose call would be another now, if
// the difference is none to the reply: a schema that is asked for changes nothing
// for a reply to which none was sent. The error says what changed.
func (r *Rescore) other(m HeaderModel, c *Case) (*Attempt, error) {
	r.once.Do(r.index)
	if r.err != nil {
		return nil, r.err
	}
	same := caseKey(m, c.Prompt, c.Name)
	id, repeated := r.calls[callKey(same, c.Repeat)]
	if !repeated {
		id = r.calls[same]
	}
	a, err := r.run.Attempt(id)
	if err != nil || a == nil {
		return nil, notRecorded(err, "the recorded run has no call of %s for this case", m.Name)
	}
	was, now := a.Request, c.Request
	if repeated && a.Reply != nil && a.Reply.Structured != StructuredSent {
		was.Schema, now.Schema = nil, nil
	}
	switch changed := Difference(was, now); {
	case changed != "":
		return nil, notRecorded(nil, "since the run was recorded %s", changed)
	case !repeated:
		return nil, notRecorded(nil, "the recorded run has no call of this case with repeat %d", c.Repeat)
	}
	return a, nil
}

func notRecorded(err error, format string, args ...any) error {
	if err != nil {
		return err
	}
	return &Error{Class: NoReplay, Message: fmt.Sprintf(format, args...)}
}

// index finds the calls of each case: of several the last with a reply, else the
// last.
func (r *Rescore) index() {
	r.calls, r.silent = map[string]string{}, map[string]bool{}
	replied := map[string]bool{}
	for a, err := range r.run.Attempts() {
		if err != nil {
			r.err = err
			return
		}
		same := caseKey(HeaderModel{Name: a.Model, Class: a.Class}, a.Prompt, a.Name)
		for _, key := range []string{same, callKey(same, a.Repeat)} {
			if a.Reply != nil || !replied[key] {
				r.calls[key] = a.Identity
				replied[key] = a.Reply != nil
			}
		}
	}
	for o, err := range r.run.Outcomes() {
		if err != nil {
			r.err = err
			return
		}
		if o.Identity == "" && (o.Status == Skipped || o.Status == Unscored) {
			r.silent[silentKey(o.Model, o.Prompt, o.Name)] = true
		}
	}
}

// hadNone reports whether the model had no answer to a case.
func (r *Rescore) hadNone(m HeaderModel, c *Case) bool {
	r.once.Do(r.index)
	return r.silent[silentKey(m.Name, c.Prompt, c.Name)]
}

func silentKey(model, prompt, name string) string {
	return fmt.Sprintf("%q %q %q", model, prompt, name)
}

func caseKey(m HeaderModel, prompt, name string) string {
	return fmt.Sprintf("%q %q %q %q", m.Class, m.Name, prompt, name)
}

func callKey(same string, repeat int) string { return fmt.Sprintf("%s %d", same, repeat) }
