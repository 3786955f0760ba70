package provider

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"promptlib/evals"
)

var replay = &Provider{
	Name: "replay",
	Doc:  "answers with the replies of a recorded run, given by --replay; replay/MODEL chooses among the models of the run",
	Open: func(o Options) (evals.Model, error) {
		if o.Replay == "" {
			return evals.Model{}, errors.New("--model replay needs --replay FILE, the JSON lines of a run")
		}
		r, err := readRun(o.Replay)
		if err != nil {
			return evals.Model{}, fmt.Errorf("%s: %w", o.Replay, err)
		}
		model, err := r.choose(o.Model)
		if err != nil {
			return evals.Model{}, fmt.Errorf("%s: %w", o.Replay, err)
		}
		name := "replay"
		if o.Model != "" {
			name += "/" + o.Model
		}
		return evals.Model{Name: name, Class: "replay", Call: func(_ context.Context, c *evals.Case) (evals.Reply, error) {
			return r.answer(model, c)
		}}, nil
	},
}

// A recorded run is its attempts by identity: of each the last that gave a reply,
// else the last.
type recording struct {
	attempts map[string]*evals.Attempt
	requests map[string]evals.Request // by model and example, to say what changed
	models   []recordedModel
}

type recordedModel struct{ name, class string }

func readRun(path string) (*recording, error) {
	info, err := os.Stat(path) // before it is opened: opening a pipe waits for somebody to write to it
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("is no regular file")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	defer file.Close()
	r := &recording{attempts: map[string]*evals.Attempt{}, requests: map[string]evals.Request{}}
	err = evals.ReadJournal(file, func(line evals.Line) error {
		a := line.Attempt
		if a == nil {
			return nil
		}
		model := recordedModel{a.Model, a.Class}
		known := false
		for _, m := range r.models {
			known = known || m == model
		}
		if !known {
			r.models = append(r.models, model)
		}
		if was := r.attempts[a.Identity]; was == nil || was.Reply == nil || a.Reply != nil {
			r.attempts[a.Identity] = a
		}
		r.requests[requestKey(model, a.Prompt, a.Name)] = a.Request
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(r.attempts) == 0 {
		return nil, errors.New("the run has no recorded call")
	}
	return r, nil
}

func requestKey(m recordedModel, prompt, name string) string {
	return fmt.Sprintf("%s %s %q %s", m.class, m.name, name, prompt)
}

// choose returns the recorded model with a name, or the only one.
func (r *recording) choose(name string) (recordedModel, error) {
	names := make([]string, len(r.models))
	for i, m := range r.models {
		if m.name == name || name == "" && len(r.models) == 1 {
			return m, nil
		}
		names[i] = m.name
	}
	if name == "" {
		return recordedModel{}, fmt.Errorf("the run has several models; choose one with --model replay/NAME: %s", strings.Join(names, ", "))
	}
	return recordedModel{}, fmt.Errorf("the run has no model %q, only %s", name, strings.Join(names, ", "))
}

func (r *recording) answer(m recordedModel, c *evals.Case) (evals.Reply, error) {
	a, ok := r.attempts[c.Request.Identity(m.class, m.name, c.Repeat)]
	switch {
	case !ok:
		return evals.Reply{}, &evals.Error{Class: evals.NoReplay, Message: r.difference(m, c)}
	case a.Err != nil:
		return evals.Reply{}, a.Err
	case a.Reply == nil:
		return evals.Reply{}, &evals.Error{Class: evals.NoReplay, Message: "the recorded call has no reply"}
	}
	return *a.Reply, nil
}

// difference says why a case is not in the recorded run.
func (r *recording) difference(model recordedModel, c *evals.Case) string {
	was, ok := r.requests[requestKey(model, c.Prompt, c.Name)]
	if !ok {
		return fmt.Sprintf("the recorded run has no call of %s for this example", model.name)
	}
	if changed := evals.Difference(was, c.Request); changed != "" {
		return "since the run was recorded " + changed
	}
	return fmt.Sprintf("the recorded run has no call of this example with repeat %d", c.Repeat)
}
