package evals

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// errStopped means that a case was not tried to its end.
var errStopped = errors.New("the run was stopped")

// A trial gets the reply of one case: one that is at hand, or that of a call,
// which is made as often as it makes sense.
type trial struct {
	*Runner
	c        *Case
	o        *Outcome
	attempt  Attempt // what all attempts have in common
	lines    []Line  // of the attempts, for the journal
	began    int64   // in nanoseconds since the start of the run
	timeouts int
}

func (r *Runner) newTrial(c *Case, o *Outcome) *trial {
	return &trial{Runner: r, c: c, o: o, began: r.since(), attempt: Attempt{
		Identity: r.Model.Identity(c), Prompt: c.Prompt, Name: c.Name, Example: c.Example, Repeat: c.Repeat,
		Model: r.Model.Name, Class: r.Model.Class, Request: c.Request,
	}}
}

// reply returns the reply of the case. After ctx is done no call is begun, and
// the error is errStopped.
func (t *trial) reply(ctx context.Context) (Reply, error) {
	if reply := t.atHand(); reply != nil {
		return *reply, nil
	}
	for {
		reply, took, err := t.try(ctx, t.c)
		var failure *Error
		switch {
		case errors.Is(err, errStopped), errors.Is(err, ErrNoAnswer):
			return Reply{}, err
		case err != nil && !errors.As(err, &failure):
			failure = &Error{Class: Connection, Message: err.Error()}
		}
		if failure != nil && (failure.Class == NoReplay || failure.Class == OverBudget || failure.Recorded) {
			return Reply{}, failure // no call was made
		}
		t.o.Tries++
		t.o.Identity = t.attempt.Identity
		if failure == nil {
			return t.answered(reply, took), nil
		}
		if err := t.again(ctx, failure, took); err != nil {
			return Reply{}, err
		}
	}
}

// atHand returns the reply that needs no call; nil for none.
func (t *trial) atHand() *Reply {
	if t.Known == nil {
		return nil
	}
	reply, journalled := t.Known(t.c)
	switch {
	case reply == nil:
		return nil
	case journalled:
		t.o.Cost = t.Model.Cost(*reply)
	default:
		a := t.attempt
		a.Reply, a.Cached = reply, true
		t.lines = append(t.lines, Line{Event: "attempt", Attempt: &a})
	}
	t.o.Identity = t.attempt.Identity
	return reply
}

// answered notes the reply of a call.
func (t *trial) answered(reply Reply, took time.Duration) Reply {
	if t.Model.Endpoint != "" {
		reply.Millis = took.Milliseconds()
		t.lastGood.Store(t.since())
	}
	t.o.Cost += t.Model.Cost(reply)
	a := t.attempt
	a.Try, a.Millis, a.Reply = t.o.Tries, took.Milliseconds(), &reply
	t.lines = append(t.lines, Line{Event: "attempt", Attempt: &a})
	if t.Keep != nil && t.Model.Endpoint != "" {
		_ = t.Keep(t.c, reply) // a reply that cannot be kept for later is none the worse
	}
	return reply
}

// again notes a failed call and waits until the next may be made. The error is
// why there is none.
func (t *trial) again(ctx context.Context, failure *Error, took time.Duration) error {
	a := t.attempt
	a.Try, a.Millis, a.Err = t.o.Tries, took.Milliseconds(), failure
	t.lines = append(t.lines, Line{Event: "attempt", Attempt: &a})
	t.failed(failure)
	if failure.Class == Timeout {
		t.timeouts++
	}
	good := t.lastGood.Load()
	last := t.o.Tries >= max(1, t.Tries) || t.timeouts >= maxTimeouts || failure.Unreachable && good < 0 && t.o.Tries >= maxUnreachable
	wait, ok := backoff(failure, t.o.Tries, good < 0, t.Model.Limits.MaxWait)
	switch {
	case !last && ok:
		if sleep(ctx, wait) != nil {
			return errStopped
		}
		return nil
	case ctx.Err() != nil:
		return errStopped
	case t.Model.Endpoint == "":
	case failure.Denied && good < 0, failure.retriable() && good < t.began && (t.o.Tries > 1 || failure.Unreachable):
		t.giveUp(fmt.Errorf("%s was given up, since no call of it succeeded: %s", t.Model.Name, failure.Message))
	}
	if !ok && failure.retriable() {
		return &Error{Class: failure.Class, Message: fmt.Sprintf("%s; the server asks to wait %s, longer than is waited", failure.Message, failure.RetryAfter)}
	}
	return failure
}

// sleep waits, unless ctx is done before.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
