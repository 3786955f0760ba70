package evals

import (
	"context"
	"errors"
	"iter"
	"time"

	"promptlib/library"
)

// A Model answers requests. Name is what the user calls it, as in
// "openai/gpt-4o"; Class says what kind of endpoint it is, for the identity of
// calls. Call is safe for use by several goroutines; an error it returns is an
// [*Error], or [ErrNoAnswer].
type Model struct {
	Name  string
	Class string
	Call  func(ctx context.Context, c *Case) (Reply, error)
}

// ErrNoAnswer means that a model has nothing to say to a case, which is then
// skipped: the reference model has no answer to an example without output.
var ErrNoAnswer = errors.New("the example has no expected output to answer with")

// Identity returns the identity of the call of a case to the model.
func (m Model) Identity(c *Case) string { return c.Request.Identity(m.Class, m.Name, c.Repeat) }

// Run sends cases to a model, at most concurrency at a time, has each reply
// scored and yields the results in the order of the cases. Of a case that cannot
// be run the result says so, and no call is made.
// After ctx is done no call is begun; the cases that are left are not run and
// have no result.
func Run(ctx context.Context, cases iter.Seq[*Case], m Model, concurrency int, score func(*Case, Reply) []Score) iter.Seq[Result] {
	feed := func(yield func(*Case) bool) {
		for c := range cases {
			if ctx.Err() != nil || !yield(c) {
				return
			}
		}
	}
	return func(yield func(Result) bool) {
		for _, r := range library.InOrder(feed, max(1, concurrency), func(c *Case) Result { return runCase(ctx, c, m, score) }) {
			if r.Status == "" {
				continue // ctx was done before it began
			}
			if !yield(r) {
				return
			}
		}
	}
}

func runCase(ctx context.Context, c *Case, m Model, score func(*Case, Reply) []Score) Result {
	r := Result{Case: c, Model: m.Name, Class: m.Class}
	switch {
	case ctx.Err() != nil:
		return r
	case c.Skip != "":
		r.Status, r.Err = Skipped, &Error{Class: Input, Message: c.Skip}
		return r
	case len(c.Problems) > 0:
		r.Status, r.Err = Errored, &Error{Class: Input, Message: c.Problems[0].Message}
		return r
	}
	c.complete()
	began := time.Now()
	reply, err := m.Call(ctx, c)
	r.Latency = time.Since(began)
	r.Called = !errors.Is(err, ErrNoAnswer)
	var failure *Error
	switch {
	case errors.Is(err, ErrNoAnswer) && c.Contract.Empty():
		r.Status, r.Err = Unscored, &Error{Class: Input, Message: unscoredReason(c)}
		return r
	case errors.Is(err, ErrNoAnswer):
		r.Status, r.Err = Skipped, &Error{Class: Input, Message: err.Error()}
		return r
	case errors.As(err, &failure):
		r.Status, r.Err = Errored, failure
		return r
	case err != nil:
		r.Status, r.Err = Errored, &Error{Class: Connection, Message: err.Error()}
		return r
	}
	r.Reply = reply
	r.Scores = score(c, reply)
	r.Status = Passed
	for _, s := range r.Scores {
		if !s.Pass {
			r.Status = Failed
		}
	}
	if len(r.Scores) == 0 {
		r.Status, r.Err = Unscored, &Error{Class: Input, Message: unscoredReason(c)}
	}
	return r
}

func unscoredReason(c *Case) string {
	if c.Expected.IsZero() {
		return "the example has no expected output and the prompt declares no contract"
	}
	return "nothing can be derived from the expected output, and the prompt declares no contract"
}
