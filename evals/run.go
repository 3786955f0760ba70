package evals

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"time"
)

// A Runner sends cases to a model. The zero Runner with a Model and a Score makes
// one call at a time and keeps nothing.
type Runner struct {
	Model       Model
	Concurrency int // calls under way at once, at most
	Tries       int // calls of one case, at most; 0 for 1

	// Score holds a reply against a contract.
	Score func(c *Case, wanted *Contract, r Reply) []Score

	Journal *Journal // nil for none
	Budget  *Budget  // nil for none

	// Known returns a reply that is at hand, so that no call is made; nil for none.
	// Journalled says that the reply stands in the journal: the run is resumed.
	Known func(c *Case) (reply *Reply, journalled bool)

	// Keep is called with every reply that was paid for. Nil for nothing.
	Keep func(c *Case, r Reply) error

	// Ended is called for each case when it has ended, and Failed for each try
	// that gave no reply: one at a time. Either may be nil.
	Ended  func(*Outcome)
	Failed func(*Error)

	mu       sync.Mutex // of Ended and Failed
	pace     *pace
	lastGood atomic.Int64 // when a reply came last, in nanoseconds since the start
	started  time.Time
	giveUp   context.CancelCauseFunc
}

// Run runs the cases, which are numbered from first on. Of a case that cannot be
// run the outcome says so, and no call is made. After ctx is done no call is
// begun: those under way end by themselves, and the cases that are left have no
// outcome. The error is that of the journal, which ends a run as well.
func (r *Runner) Run(ctx context.Context, cases iter.Seq[*Case], first int) error {
	r.started = time.Now()
	r.lastGood.Store(-1)
	r.pace = newPace(r.Concurrency, r.Model.Limits)
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	tries, giveUp := context.WithCancelCause(ctx)
	r.giveUp = giveUp
	defer giveUp(nil)
	next, done := iter.Pull(cases)
	defer done()
	var pull sync.Mutex
	number := first
	var group sync.WaitGroup
	for range max(1, r.Concurrency) {
		group.Go(func() {
			for ctx.Err() == nil {
				pull.Lock()
				c, ok := next()
				n := number
				number++
				pull.Unlock()
				if !ok {
					return
				}
				if err := r.run(ctx, tries, c, n); err != nil {
					stop(err)
				}
			}
		})
	}
	group.Wait()
	if err := context.Cause(ctx); err != nil && !errors.Is(err, ctx.Err()) {
		return err
	}
	return nil
}

// run runs one case. Tries is done when the run is stopped or the model given up.
func (r *Runner) run(ctx, tries context.Context, c *Case, number int) (err error) {
	o := newOutcome(r.Model, c, number)
	t := r.newTrial(c, o)
	defer func() {
		if fault := recover(); fault != nil { // what was paid for is kept all the same
			err = errors.Join(fmt.Errorf("internal fault at %s of %s: %v", c.Name, c.Prompt, fault), r.append(t.lines))
		}
	}()
	if !o.unrunnable(c) {
		reply, err := t.reply(tries)
		if errors.Is(err, errStopped) {
			if ctx.Err() != nil {
				return r.append(t.lines) // the case has not ended
			}
			err = &Error{Class: GivenUp, Message: context.Cause(tries).Error()}
		}
		r.settle(c, o, reply, err)
	}
	if err := r.append(append(t.lines, Line{Event: "outcome", Outcome: o})); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Ended != nil {
		r.Ended(o)
	}
	return nil
}

func (r *Runner) append(lines []Line) error {
	if r.Journal == nil || len(lines) == 0 {
		return nil
	}
	return r.Journal.Append(lines...)
}

// settle gives a case its status.
func (r *Runner) settle(c *Case, o *Outcome, reply Reply, err error) {
	var failure *Error
	switch wanted := c.Wanted(); {
	case errors.Is(err, ErrNoAnswer) && wanted.Empty():
		o.Status, o.Err = Unscored, &Error{Class: Input, Message: unscoredReason(c)}
	case errors.Is(err, ErrNoAnswer):
		o.Status, o.Err = Skipped, &Error{Class: Input, Message: err.Error()}
	case errors.As(err, &failure):
		o.Status, o.Err = Errored, failure
	case err != nil:
		o.Status, o.Err = Errored, &Error{Class: Connection, Message: err.Error()}
	default:
		o.Millis = reply.Millis
		o.judge(c, wanted, r.Score(c, wanted, r.Model.Priced(reply)))
		o.Warning = c.Request.cutBy(reply.Usage)
	}
}

// judge gives an outcome its scores.
func (o *Outcome) judge(c *Case, wanted *Contract, scores []Score) {
	o.Scores = append([]Score{}, scores...)
	if len(scores) == 0 {
		o.Status, o.Err = Unscored, &Error{Class: Input, Message: unscoredReason(c)}
		return
	}
	o.Contract = "declared"
	if wanted.Derived {
		o.Contract = "derived"
	}
	o.Status = Passed
	for i := range o.Scores {
		if !o.Scores[i].Pass {
			o.Status = Failed
		}
		if o.Scores[i].Reasons == nil {
			o.Scores[i].Reasons = []Reason{}
		}
	}
}

func unscoredReason(c *Case) string {
	switch {
	case !c.Contract.Empty():
		return "the contract only compares replies with the expected output, and the example has none that can be compared so"
	case c.Expected.IsZero():
		return "the example has no expected output and the prompt declares no contract"
	}
	return "nothing can be derived from the expected output, and the prompt declares no contract"
}

// since is the time since the start of the run, in nanoseconds.
func (r *Runner) since() int64 { return int64(time.Since(r.started)) }

func (r *Runner) failed(e *Error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.Failed != nil {
		r.Failed(e)
	}
}

// try makes one call when the pace and the budget let it. A call that has begun is
// not stopped: it was paid for.
func (r *Runner) try(ctx context.Context, c *Case) (reply Reply, took time.Duration, err error) {
	if ctx.Err() != nil {
		return Reply{}, 0, errStopped
	}
	if r.Model.Endpoint == "" {
		reply, err = r.Model.Call(ctx, c)
		return reply, 0, err
	}
	turn, err := r.pace.begin(ctx, c.Request)
	if err != nil {
		return Reply{}, 0, errStopped
	}
	defer r.pace.end()
	share, err := r.Budget.reserve(ctx, r.Model.Price, c.Request)
	if err != nil {
		return Reply{}, 0, err
	}
	began := time.Now()
	reply, err = r.Model.Call(context.WithoutCancel(ctx), c)
	took = time.Since(began)
	share.settle(r.Model, reply, err)
	r.pace.report(turn, err)
	return reply, took, err
}

// newOutcome is the outcome of a case that has not ended.
func newOutcome(m Model, c *Case, number int) *Outcome {
	return &Outcome{
		Case: number, Prompt: c.Prompt, Name: c.Name, Example: c.Example, Repeat: c.Repeat, Model: m.Name,
		Contract: "none", Threshold: c.Contract.threshold(), At: c.At.Pos, End: c.At.End, Expected: c.Expected.Value, Scores: []Score{},
	}
}

// PlannedOutcome is what is known of a case before it is run.
func PlannedOutcome(m Model, c *Case, number int) *Outcome {
	o := newOutcome(m, c, number)
	if o.unrunnable(c) {
		return o
	}
	o.Status = Planned
	switch wanted := c.Wanted(); {
	case wanted.Empty():
	case wanted.Derived:
		o.Contract = "derived"
	default:
		o.Contract = "declared"
	}
	return o
}

// unrunnable says of a case that cannot be run why.
func (o *Outcome) unrunnable(c *Case) bool {
	switch {
	case c.Skip != "":
		o.Status, o.Err = Skipped, &Error{Class: Input, Message: c.Skip}
	case len(c.Problems) > 0:
		o.Status, o.Err = Errored, &Error{Class: Input, Message: c.Problems[0].Message}
		for _, p := range c.Problems {
			o.Problems = append(o.Problems, Problem{p.Pos, p.End, p.Message})
		}
	default:
		return false
	}
	return true
}
