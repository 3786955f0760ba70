package evals

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/library"
	"promptlib/schema"
)

// numbered makes cases that can be run and scored.
func numbered(n int) []*Case {
	cases := make([]*Case, n)
	for i := range cases {
		cases[i] = &Case{Prompt: "x.md", Example: i + 1, Repeat: 1, Contract: &Contract{Checks: []Check{{"contains", "a"}}}}
	}
	return cases
}

func pass(*Case, Reply) []Score { return []Score{{Scorer: "test", Value: 1, Pass: true}} }

func collect(results iter.Seq[Result]) (order []int, statuses []Status) {
	for r := range results {
		order = append(order, r.Case.Example)
		statuses = append(statuses, r.Status)
	}
	return order, statuses
}

// A gate is a model whose calls wait until they are let through, one by one.
type gate struct {
	began chan int
	open  map[int]chan bool
	most  atomic.Int32 // calls under way at once
	now   atomic.Int32
}

func newGate(cases []*Case) *gate {
	g := &gate{began: make(chan int, len(cases)), open: map[int]chan bool{}}
	for _, c := range cases {
		g.open[c.Example] = make(chan bool)
	}
	return g
}

func (g *gate) model() Model {
	return Model{Name: "gate", Class: "test", Call: func(_ context.Context, c *Case) (Reply, error) {
		now := g.now.Add(1)
		for most := g.most.Load(); now > most && !g.most.CompareAndSwap(most, now); most = g.most.Load() {
		}
		g.began <- c.Example
		<-g.open[c.Example]
		g.now.Add(-1)
		return Reply{Text: fmt.Sprint("reply ", c.Example)}, nil
	}}
}

// lastFirst lets n calls through, always the latest of as many as are meant to
// be under way.
func (g *gate) lastFirst(n, underWay int) {
	var waiting []int
	for done := 0; done < n; done++ {
		for len(waiting) < min(underWay, n-done) {
			waiting = append(waiting, <-g.began)
		}
		slices.Sort(waiting)
		last := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		g.open[last] <- true
	}
}

func TestRunYieldsInTheOrderOfTheCases(t *testing.T) {
	for _, concurrency := range []int{1, 2, 3, 8} {
		t.Run(fmt.Sprint(concurrency, " at a time"), func(t *testing.T) {
			cases := numbered(4 * concurrency) // as many results as wait for those before them
			g := newGate(cases)
			go g.lastFirst(len(cases), concurrency)
			want := 0
			for r := range Run(context.Background(), slices.Values(cases), g.model(), concurrency, pass) {
				want++
				if r.Case.Example != want || r.Reply.Text != fmt.Sprint("reply ", want) || r.Status != Passed || !r.Called {
					t.Errorf("result %d is %s of example %d with %q, want its own reply", want, r.Status, r.Case.Example, r.Reply.Text)
				}
				if r.Model != "gate" || r.Class != "test" {
					t.Errorf("got model %s of class %s, want gate of class test", r.Model, r.Class)
				}
			}
			if want != len(cases) {
				t.Errorf("got %d results, want %d", want, len(cases))
			}
			if got := int(g.most.Load()); got != concurrency {
				t.Errorf("got %d calls under way at once, want %d", got, concurrency)
			}
		})
	}
}

func TestRunWithoutConcurrencyMakesOneCallAtATime(t *testing.T) {
	cases := numbered(3)
	g := newGate(cases)
	go g.lastFirst(3, 1)
	order, _ := collect(Run(context.Background(), slices.Values(cases), g.model(), 0, pass))
	if diff := cmp.Diff(order, []int{1, 2, 3}); diff != "" || g.most.Load() != 1 {
		t.Errorf("got %v with %d at once, want 1 2 3 with one", order, g.most.Load())
	}
}

func TestRunStatuses(t *testing.T) {
	broken := []*library.Diagnostic{{Message: "first problem"}, {Message: "second problem"}}
	wanted := &Contract{Checks: []Check{{"contains", "a"}}}
	output := library.Text{Value: "All is well."}
	answer := func(text string) func() (Reply, error) {
		return func() (Reply, error) { return Reply{Text: text}, nil }
	}
	fail := func(err error) func() (Reply, error) { return func() (Reply, error) { return Reply{}, err } }
	scores := func(pass ...bool) []Score {
		var list []Score
		for _, p := range pass {
			list = append(list, Score{Scorer: "test", Pass: p})
		}
		return list
	}
	tests := []struct {
		name   string
		c      Case
		call   func() (Reply, error) // nil if it must not be called
		scores []Score
		want   Result
	}{
		{"passed", Case{Contract: wanted}, answer("a"), scores(true, true), Result{Status: Passed, Called: true, Reply: Reply{Text: "a"}, Scores: scores(true, true)}},
		{"failed by one score", Case{Contract: wanted}, answer("b"), scores(true, false), Result{Status: Failed, Called: true, Reply: Reply{Text: "b"}, Scores: scores(true, false)}},
		{"errored by the model", Case{Contract: wanted}, fail(&Error{RateLimit, "slow down"}), nil,
			Result{Status: Errored, Called: true, Err: &Error{RateLimit, "slow down"}}},
		{"errored by an error in another", Case{Contract: wanted}, fail(fmt.Errorf("call: %w", &Error{Server, "HTTP 500"})), nil,
			Result{Status: Errored, Called: true, Err: &Error{Server, "HTTP 500"}}},
		{"errored by an error of no class", Case{Contract: wanted}, fail(errors.New("broken pipe")), nil,
			Result{Status: Errored, Called: true, Err: &Error{Connection, "broken pipe"}}},
		{"errored by its input", Case{Contract: wanted, Problems: broken}, nil, nil,
			Result{Status: Errored, Err: &Error{Input, "first problem"}}},
		{"skipped", Case{Contract: wanted, Skip: "no examples"}, nil, nil,
			Result{Status: Skipped, Err: &Error{Input, "no examples"}}},
		{"skipped by a model with no answer", Case{Contract: wanted}, fail(ErrNoAnswer), nil,
			Result{Status: Skipped, Err: &Error{Input, "the example has no expected output to answer with"}}},
		{"unscored by a model with no answer", Case{Contract: &Contract{}}, fail(ErrNoAnswer), nil,
			Result{Status: Unscored, Err: &Error{Input, "the example has no expected output and the prompt declares no contract"}}},
		{"unscored without output", Case{Contract: &Contract{}}, answer("a"), nil,
			Result{Status: Unscored, Called: true, Reply: Reply{Text: "a"}, Err: &Error{Input, "the example has no expected output and the prompt declares no contract"}}},
		{"unscored with prose", Case{Contract: &Contract{}, Expected: output, example: library.Example{Kind: library.PlainText, Output: output}}, answer("a"), nil,
			Result{Status: Unscored, Called: true, Reply: Reply{Text: "a"}, Err: &Error{Input, "nothing can be derived from the expected output, and the prompt declares no contract"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := test.c
			m := Model{Name: "m", Class: "k", Call: func(_ context.Context, got *Case) (Reply, error) {
				if got != &c || test.call == nil {
					t.Fatalf("called with %+v, want no such call", got)
				}
				return test.call()
			}}
			score := func(got *Case, r Reply) []Score {
				if got != &c || r != test.want.Reply {
					t.Errorf("scored %+v with %+v, want the case with its reply", got, r)
				}
				return test.scores
			}
			var results []Result
			for r := range Run(context.Background(), slices.Values([]*Case{&c}), m, 1, score) {
				r.Latency = 0
				results = append(results, r)
			}
			test.want.Case, test.want.Model, test.want.Class = &c, "m", "k"
			if diff := cmp.Diff(results, []Result{test.want}, cmp.AllowUnexported(Case{}, library.Example{}), cmp.AllowUnexported(schema.Schema{})); diff != "" {
				t.Errorf("results, got - want +:\n%s", diff)
			}
		})
	}
}

func TestRunGoesOnAfterAFailedCall(t *testing.T) {
	for _, concurrency := range []int{1, 4} {
		m := Model{Call: func(_ context.Context, c *Case) (Reply, error) {
			if c.Example%2 == 0 {
				return Reply{}, &Error{Server, "HTTP 500"}
			}
			return Reply{Text: "a"}, nil
		}}
		order, statuses := collect(Run(context.Background(), slices.Values(numbered(5)), m, concurrency, pass))
		if diff := cmp.Diff(order, []int{1, 2, 3, 4, 5}); diff != "" {
			t.Errorf("order, got - want +:\n%s", diff)
		}
		if diff := cmp.Diff(statuses, []Status{Passed, Errored, Passed, Errored, Passed}); diff != "" {
			t.Errorf("statuses, got - want +:\n%s", diff)
		}
	}
}

// TestRunBeginsNoCallOnceItIsStopped cancels when as many calls are under way as
// may be. Those end; no other begins, nor has a result.
func TestRunBeginsNoCallOnceItIsStopped(t *testing.T) {
	for _, concurrency := range []int{1, 3} {
		t.Run(fmt.Sprint(concurrency, " at a time"), func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			const total = 1000
			var calls, pulled atomic.Int32
			var full sync.WaitGroup
			full.Add(concurrency)
			m := Model{Call: func(ctx context.Context, c *Case) (Reply, error) {
				calls.Add(1)
				full.Done()
				<-ctx.Done()
				return Reply{}, &Error{Interrupted, "the run was stopped"}
			}}
			go func() {
				full.Wait()
				cancel()
			}()
			feed := func(yield func(*Case) bool) {
				for _, c := range numbered(total) {
					pulled.Add(1)
					if !yield(c) {
						return
					}
				}
			}
			order, statuses := collect(Run(ctx, feed, m, concurrency, pass))
			if got := int(calls.Load()); got != concurrency {
				t.Errorf("got %d calls, want the %d that were under way", got, concurrency)
			}
			if len(order) != concurrency || slices.ContainsFunc(statuses, func(s Status) bool { return s != Errored }) {
				t.Errorf("got results of %v with %v, want %d errored ones", order, statuses, concurrency)
			}
			if got := int(pulled.Load()); got > concurrency+2 {
				t.Errorf("got %d cases read, want no more than the %d under way and two at hand", got, concurrency)
			}
		})
	}
}

func TestRunOfADoneContextDoesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	m := Model{Call: func(context.Context, *Case) (Reply, error) {
		t.Error("called, want no call")
		return Reply{}, nil
	}}
	for _, concurrency := range []int{1, 4} {
		if order, _ := collect(Run(ctx, slices.Values(numbered(20)), m, concurrency, pass)); order != nil {
			t.Errorf("got results of %v, want none", order)
		}
	}
}

func TestRunEndsWhenItsReaderDoes(t *testing.T) {
	var calls atomic.Int32
	m := Model{Call: func(context.Context, *Case) (Reply, error) {
		calls.Add(1)
		return Reply{Text: "a"}, nil
	}}
	for range Run(context.Background(), slices.Values(numbered(1000)), m, 1, pass) {
		break
	}
	if got := calls.Load(); got != 1 {
		t.Errorf("got %d calls, want 1", got)
	}
	for range Run(context.Background(), slices.Values(numbered(1000)), m, 2, pass) {
		break // the calls under way end by themselves
	}
}

func TestSummaryCountsEachStatus(t *testing.T) {
	var s Summary
	for i, status := range []Status{Passed, Failed, Errored, Unscored, Skipped} {
		for range i + 1 {
			s.Add(status)
		}
	}
	if want := (Summary{Passed: 1, Failed: 2, Errored: 3, Unscored: 4, Skipped: 5}); s != want {
		t.Errorf("got %+v, want %+v", s, want)
	}
	for _, test := range []struct {
		s    Summary
		want bool
	}{
		{Summary{Passed: 1}, true}, {Summary{Failed: 1}, true}, {Summary{Errored: 1, Unscored: 1, Skipped: 1}, false}, {Summary{}, false},
	} {
		if got := test.s.Decided(); got != test.want {
			t.Errorf("%+v: got decided %v, want %v", test.s, got, test.want)
		}
	}
}
