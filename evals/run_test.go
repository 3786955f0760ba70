package evals

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"promptlib/library"
)

// numbered makes cases that can be run and scored.
func numbered(n int) []*Case {
	cases := make([]*Case, n)
	for i := range cases {
		cases[i] = &Case{
			Prompt: "x.md", Name: fmt.Sprint("example ", i+1), Example: i + 1, Repeat: 1, Contract: &Contract{Checks: []Check{{Name: "contains", Want: "a"}}},
			Request: Request{Messages: []Message{{"user", fmt.Sprint("question ", i+1)}}},
		}
	}
	return cases
}

func pass(*Case, *Contract, Reply) []Score { return []Score{{Scorer: "test", Value: 1, Pass: true}} }

// paid is a model whose calls cost something and are tried again.
func paid(call func(ctx context.Context, c *Case) (Reply, error)) Model {
	return Model{Name: "m", Class: "k", Endpoint: "http://model.example/v1", Call: call}
}

func answer(context.Context, *Case) (Reply, error) { return Reply{Text: "a"}, nil }

// run runs cases and returns their outcomes by number.
func run(t *testing.T, ctx context.Context, r *Runner, cases iter.Seq[*Case]) []*Outcome {
	t.Helper()
	if r.Score == nil {
		r.Score = pass
	}
	var list []*Outcome
	r.Ended = func(o *Outcome) { list = append(list, o) }
	if err := r.Run(ctx, cases, 1); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(list, func(a, b *Outcome) int { return a.Case - b.Case })
	return list
}

func count(list []*Outcome) Summary {
	var s Summary
	for _, o := range list {
		s.Add(o.Status)
	}
	return s
}

// errorsOf counts outcomes by class of error.
func errorsOf(list []*Outcome) map[Class]int {
	m := map[Class]int{}
	for _, o := range list {
		if o.Err != nil {
			m[o.Err.Class]++
		}
	}
	return m
}

func TestRunEndsEveryCaseOnceUnderItsNumber(t *testing.T) {
	for _, concurrency := range []int{0, 1, 3, 50} {
		t.Run(fmt.Sprint(concurrency, " at a time"), func(t *testing.T) {
			r := &Runner{Concurrency: concurrency, Model: paid(func(_ context.Context, c *Case) (Reply, error) { return Reply{Text: c.Name}, nil })}
			r.Score = func(c *Case, _ *Contract, reply Reply) []Score {
				return []Score{{Scorer: "test", Pass: reply.Text == c.Name, Value: 1}}
			}
			list := run(t, t.Context(), r, slices.Values(numbered(40)))
			if len(list) != 40 {
				t.Fatalf("got %d outcomes, want 40", len(list))
			}
			for i, o := range list {
				if o.Case != i+1 || o.Example != i+1 || o.Status != Passed || o.Tries != 1 || o.Contract != "declared" {
					t.Errorf("outcome %d is of case %d, example %d, %s after %d calls, held against %s", i+1, o.Case, o.Example, o.Status, o.Tries, o.Contract)
				}
			}
		})
	}
}

func TestRunMakesNoMoreCallsAtOnceThanItMay(t *testing.T) {
	for _, test := range []struct{ concurrency, limit, want int }{{0, 0, 1}, {1, 0, 1}, {7, 0, 7}, {7, 3, 3}, {3, 7, 3}} {
		synctest.Test(t, func(t *testing.T) {
			var now, most atomic.Int32
			m := paid(func(context.Context, *Case) (Reply, error) {
				n := now.Add(1)
				for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
				}
				time.Sleep(time.Second)
				now.Add(-1)
				return Reply{Text: "a"}, nil
			})
			m.Limits.Concurrency = test.limit
			began := time.Now()
			run(t, t.Context(), &Runner{Concurrency: test.concurrency, Model: m}, slices.Values(numbered(21)))
			if got := int(most.Load()); got != test.want {
				t.Errorf("concurrency %d, limit %d: %d calls at once, want %d", test.concurrency, test.limit, got, test.want)
			}
			if got, want := time.Since(began), time.Duration((21+test.want-1)/test.want)*time.Second; got != want {
				t.Errorf("concurrency %d, limit %d: took %s, want %s", test.concurrency, test.limit, got, want)
			}
		})
	}
}

func TestRunStatuses(t *testing.T) {
	broken := []*library.Diagnostic{{Message: "first problem", Pos: library.Pos{Path: "x.md", Line: 3}}, {Message: "second problem"}}
	wanted := &Contract{Checks: []Check{{Name: "contains", Want: "a"}}}
	derived := func() *Contract { return &Contract{Derived: true, Sections: []Section{{Heading: "A"}}} }
	fails := func(err error) func() (Reply, error) { return func() (Reply, error) { return Reply{}, err } }
	says := func(text string) func() (Reply, error) {
		return func() (Reply, error) { return Reply{Text: text}, nil }
	}
	const noOutput = "the example has no expected output and the prompt declares no contract"
	tests := []struct {
		name     string
		c        Case
		call     func() (Reply, error) // nil if it must not be called
		passes   []bool                // of the scores
		status   Status
		contract string
		err      *Error
	}{
		{"passed", Case{Contract: wanted}, says("a"), []bool{true, true}, Passed, "declared", nil},
		{"passed by what was derived", Case{Contract: &Contract{}, wanted: derived}, says("a"), []bool{true}, Passed, "derived", nil},
		{"failed by one score", Case{Contract: wanted}, says("b"), []bool{true, false}, Failed, "declared", nil},
		{"errored by the model", Case{Contract: wanted}, fails(&Error{Class: Refused, Message: "no"}), nil, Errored, "none", &Error{Class: Refused, Message: "no"}},
		{"errored by an error in another", Case{Contract: wanted}, fails(fmt.Errorf("call: %w", &Error{Class: BadReply, Message: "x"})), nil, Errored, "none", &Error{Class: BadReply, Message: "x"}},
		{"errored by an error of no class", Case{Contract: wanted}, fails(errors.New("broken pipe")), nil, Errored, "none", &Error{Class: Connection, Message: "broken pipe"}},
		{"errored by its input", Case{Contract: wanted, Problems: broken}, nil, nil, Errored, "none", &Error{Class: Input, Message: "first problem"}},
		{"skipped", Case{Contract: wanted, Skip: "no examples"}, nil, nil, Skipped, "none", &Error{Class: Input, Message: "no examples"}},
		{"skipped by a model with no answer", Case{Contract: wanted}, fails(ErrNoAnswer), nil, Skipped, "none", &Error{Class: Input, Message: "there is no expected output to answer with"}},
		{"unscored by a model with no answer", Case{Contract: &Contract{}}, fails(ErrNoAnswer), nil, Unscored, "none", &Error{Class: Input, Message: noOutput}},
		{"unscored without output", Case{Contract: &Contract{}}, says("a"), nil, Unscored, "none", &Error{Class: Input, Message: noOutput}},
		{"unscored with prose", Case{Contract: &Contract{}, Expected: library.Text{Value: "All is well.", Pos: library.Pos{Line: 1}}}, says("a"), nil, Unscored, "none",
			&Error{Class: Input, Message: "nothing can be derived from the expected output, and the prompt declares no contract"}},
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
			r := &Runner{Model: m, Score: func(*Case, *Contract, Reply) []Score {
				var scores []Score
				for _, p := range test.passes {
					scores = append(scores, Score{Scorer: "test", Pass: p})
				}
				return scores
			}}
			list := run(t, t.Context(), r, slices.Values([]*Case{&c}))
			if len(list) != 1 {
				t.Fatalf("got %d outcomes, want one", len(list))
			}
			o := list[0]
			if o.Status != test.status || o.Contract != test.contract || len(o.Scores) != len(test.passes) {
				t.Errorf("got %s by a contract that is %s with %d scores, want %s, %s and %d", o.Status, o.Contract, len(o.Scores), test.status, test.contract, len(test.passes))
			}
			if diff := cmp.Diff(o.Err, test.err); diff != "" {
				t.Errorf("error, got - want +:\n%s", diff)
			}
			if len(o.Problems) != len(c.Problems) {
				t.Errorf("got %d problems, want %d", len(o.Problems), len(c.Problems))
			}
		})
	}
}

// TestRunTriesAgain: what may pass is tried again, what cannot is not.
func TestRunTriesAgain(t *testing.T) {
	for _, test := range []struct {
		class Class
		fails int // before it answers; the limit is 5 calls
		calls int
		want  Status
	}{
		{RateLimit, 2, 3, Passed}, {Server, 4, 5, Passed}, {Connection, 1, 2, Passed}, {CutShort, 3, 4, Passed}, {Timeout, 2, 3, Passed},
		{Server, 9, 5, Errored}, {Timeout, 9, 3, Errored}, {Refused, 9, 1, Errored}, {BadReply, 9, 1, Errored},
	} {
		t.Run(fmt.Sprint(test.class, " ", test.fails), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls, failures := 0, 0
				m := paid(func(context.Context, *Case) (Reply, error) {
					if calls++; calls <= test.fails {
						return Reply{}, &Error{Class: test.class, Message: "no"}
					}
					return Reply{Text: "a"}, nil
				})
				r := &Runner{Model: m, Tries: 5, Failed: func(*Error) { failures++ }}
				list := run(t, t.Context(), r, slices.Values(numbered(1)))
				if calls != test.calls || list[0].Status != test.want || list[0].Tries != test.calls || failures != min(test.fails, test.calls) {
					t.Errorf("%d calls, %s, %d tries, %d failures; want %d calls and %s", calls, list[0].Status, list[0].Tries, failures, test.calls, test.want)
				}
			})
		})
	}
}

// TestRunWaitsAsLongAsItIsAsked: no try of a case is earlier than the server
// wants it, and a wait beyond bounds is none.
func TestRunWaitsAsLongAsItIsAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, asked := range []time.Duration{time.Millisecond, time.Second, 59 * time.Second} {
			var last time.Time
			m := paid(func(context.Context, *Case) (Reply, error) {
				if !last.IsZero() {
					if waited := time.Since(last); waited < asked || waited > asked+asked/10 {
						t.Errorf("asked for %s: waited %s", asked, waited)
					}
					return Reply{Text: "a"}, nil
				}
				last = time.Now()
				return Reply{}, &Error{Class: RateLimit, Message: "no", RetryAfter: asked}
			})
			if list := run(t, t.Context(), &Runner{Model: m, Tries: 2}, slices.Values(numbered(1))); list[0].Status != Passed {
				t.Errorf("asked for %s: %s", asked, list[0].Status)
			}
		}
		m := paid(func(context.Context, *Case) (Reply, error) {
			return Reply{}, &Error{Class: RateLimit, Message: "HTTP 429", RetryAfter: time.Hour}
		})
		list := run(t, t.Context(), &Runner{Model: m, Tries: 5}, slices.Values(numbered(1)))
		if o := list[0]; o.Tries != 1 || !strings.Contains(o.Err.Message, "asks to wait 1h0m0s") {
			t.Errorf("asked for an hour: %d tries, %v; want one, and a reason", o.Tries, o.Err)
		}
	})
}

func TestBackoffGrowsWithFullJitter(t *testing.T) {
	for n := 1; n <= 40; n++ {
		most := min(longestWait, firstWait<<min(n-1, 16))
		var longest time.Duration
		for range 300 {
			wait, ok := backoff(&Error{Class: Server}, n, false, 0)
			if !ok || wait < 0 || wait > most {
				t.Fatalf("try %d: got %s, %v; want at most %s", n, wait, ok, most)
			}
			longest = max(longest, wait)
		}
		if longest < most/2 {
			t.Errorf("try %d: the longest of 300 waits is %s of %s; want the whole range", n, longest, most)
		}
		if wait, _ := backoff(&Error{Class: Connection, Unreachable: true}, n, true, 0); wait > unreachableWait {
			t.Errorf("try %d of a server that was never reached: waits %s, want at most %s", n, wait, unreachableWait)
		}
	}
}

// TestRunGivesADeadModelUp: one clear reason, few calls, in seconds.
func TestRunGivesADeadModelUp(t *testing.T) {
	for _, test := range []struct {
		name  string
		err   Error
		takes time.Duration // of one call
		most  time.Duration // of the run
		calls int           // of the run
	}{
		{"unreachable", Error{Class: Connection, Message: "connection refused", Unreachable: true}, 0, 8 * time.Second, 8 * maxUnreachable},
		{"black hole", Error{Class: Connection, Message: "dial timeout", Unreachable: true}, 4 * time.Second, 15 * time.Second, 8 * maxUnreachable},
		{"denied", Error{Class: Refused, Message: "HTTP 401", Denied: true}, 0, 0, 8},
		{"always 429", Error{Class: RateLimit, Message: "HTTP 429", RetryAfter: time.Second}, 0, 10 * time.Second, 8 * 6},
		{"always 500", Error{Class: Server, Message: "HTTP 500"}, 0, time.Minute, 8 * 6},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var calls atomic.Int32
				m := paid(func(context.Context, *Case) (Reply, error) {
					calls.Add(1)
					time.Sleep(test.takes)
					err := test.err
					return Reply{}, &err
				})
				began := time.Now()
				list := run(t, t.Context(), &Runner{Model: m, Concurrency: 8, Tries: 6}, slices.Values(numbered(1000)))
				if took := time.Since(began); took > test.most {
					t.Errorf("took %s, want at most %s", took, test.most)
				}
				if got := int(calls.Load()); got > test.calls {
					t.Errorf("%d calls, want at most %d", got, test.calls)
				}
				classes := errorsOf(list)
				if len(list) != 1000 || classes[GivenUp] < 990 || classes[GivenUp]+classes[test.err.Class] != 1000 {
					t.Errorf("got %v, want nearly all given up", classes)
				}
				last := list[999].Err.Message
				if want := "m was given up, since no call of it succeeded: " + test.err.Message; last != want {
					t.Errorf("got %q, want %q", last, want)
				}
			})
		})
	}
}

// TestRunGoesOnWhileSomeCallsSucceed: cases that fail for good do not end a run
// in which others succeed.
func TestRunGoesOnWhileSomeCallsSucceed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := paid(func(_ context.Context, c *Case) (Reply, error) {
			time.Sleep(time.Second)
			if c.Example%5 == 0 {
				return Reply{}, &Error{Class: Server, Message: "HTTP 500"}
			}
			return Reply{Text: "a"}, nil
		})
		list := run(t, t.Context(), &Runner{Model: m, Concurrency: 4, Tries: 4}, slices.Values(numbered(200)))
		if got, want := count(list), (Summary{Passed: 160, Errored: 40}); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if classes := errorsOf(list); classes[Server] != 40 {
			t.Errorf("got %v, want 40 of the server", classes)
		}
	})
}

// TestPaceFollowsTheServer: a server that bears four calls at once is asked for
// more now and then, and nearly all calls are answered.
func TestPaceFollowsTheServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, refused, answered atomic.Int32
		m := paid(func(context.Context, *Case) (Reply, error) {
			defer now.Add(-1)
			if now.Add(1) > 4 {
				refused.Add(1)
				return Reply{}, &Error{Class: RateLimit, Message: "HTTP 429"}
			}
			time.Sleep(time.Second)
			answered.Add(1)
			return Reply{Text: "a"}, nil
		})
		began := time.Now()
		list := run(t, t.Context(), &Runner{Model: m, Concurrency: 64, Tries: 8}, slices.Values(numbered(2000)))
		if got := count(list); got.Passed != 2000 {
			t.Errorf("got %+v, want all answered", got)
		}
		if got := refused.Load(); got > 400 {
			t.Errorf("%d calls were refused for 2000 that were answered, want the pace to follow", got)
		}
		if took := time.Since(began); took > 600*time.Second {
			t.Errorf("took %s, want little more than the 500s that four calls at once take", took)
		}
	})
}

func TestPaceKeepsTheRateThatIsSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := paid(answer)
		m.Limits.RequestsPerMinute = 60
		began := time.Now()
		run(t, t.Context(), &Runner{Model: m, Concurrency: 10}, slices.Values(numbered(66)))
		if took := time.Since(began); took < 59*time.Second || took > 61*time.Second {
			t.Errorf("66 calls at 60 a minute took %s, want a minute beyond the six that may come at once", took)
		}
		m.Limits = Limits{TokensPerMinute: 10 * (guessedReply + 3)} // each call may have as many as a tenth of it
		began = time.Now()
		run(t, t.Context(), &Runner{Model: m, Concurrency: 10}, slices.Values(numbered(11)))
		if took := time.Since(began); took < 59*time.Second || took > 61*time.Second {
			t.Errorf("11 calls of a tenth of the tokens of a minute took %s, want a minute", took)
		}
	})
}

// TestRunThatIsStopped begins no call, and lets those under way end: they were
// paid for.
func TestRunThatIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var calls atomic.Int32
		m := paid(func(ctx context.Context, c *Case) (Reply, error) {
			if calls.Add(1) == 10 {
				cancel()
			}
			if c.Example == 3 {
				return Reply{}, &Error{Class: Server, Message: "HTTP 500"} // waits for its next try
			}
			time.Sleep(time.Second)
			return Reply{Text: "a"}, ctx.Err()
		})
		list := run(t, ctx, &Runner{Model: m, Concurrency: 5, Tries: 100}, slices.Values(numbered(1000)))
		if got := count(list); got != (Summary{Passed: len(list)}) || len(list) < 5 || len(list) > 14 || slices.ContainsFunc(list, func(o *Outcome) bool { return o.Example == 3 }) {
			t.Errorf("got %d outcomes, %+v; want those under way to have passed, and none of the case that waited", len(list), got)
		}
		if got := calls.Load(); got > 14 {
			t.Errorf("%d calls were made, want none after the run was stopped at the tenth", got)
		}
	})
}

func TestRunOfADoneContextDoesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m := paid(func(context.Context, *Case) (Reply, error) {
		t.Error("called, want no call")
		return Reply{}, nil
	})
	if list := run(t, ctx, &Runner{Model: m, Concurrency: 4}, slices.Values(numbered(20))); len(list) > 0 {
		t.Errorf("got %d outcomes, want none", len(list))
	}
}

// TestRunReadsNoCasesAhead: memory must not grow with their number.
func TestRunReadsNoCasesAhead(t *testing.T) {
	var pulled, ended atomic.Int32
	feed := func(yield func(*Case) bool) {
		for _, c := range numbered(500) {
			if n := pulled.Add(1) - ended.Load(); n > 5 {
				t.Errorf("%d cases are at hand, want no more than calls", n)
			}
			if !yield(c) {
				return
			}
		}
	}
	r := &Runner{Model: paid(answer), Concurrency: 4, Score: pass, Ended: func(*Outcome) { ended.Add(1) }}
	if err := r.Run(t.Context(), feed, 1); err != nil {
		t.Fatal(err)
	}
	if ended.Load() != 500 {
		t.Errorf("%d cases ended, want 500", ended.Load())
	}
}

// TestBudgetIsNeverExceeded however many calls there are at once, by what their
// estimates say.
func TestBudgetIsNeverExceeded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		price := &Price{Input: 1000, Output: 1000} // a tenth of a cent a token
		var mu sync.Mutex
		var cost float64
		m := paid(func(context.Context, *Case) (Reply, error) {
			time.Sleep(time.Second)
			mu.Lock()
			defer mu.Unlock()
			cost += price.Of(3, 10)
			return Reply{Text: "a", Usage: Usage{PromptTokens: 3, CompletionTokens: 10}}, nil
		})
		m.Price = price
		cases := numbered(100)
		for _, c := range cases {
			c.Request.Parameters.MaxTokens = ptr(20)
		}
		b := &Budget{Limit: 0.5}
		list := run(t, t.Context(), &Runner{Model: m, Concurrency: 50, Budget: b}, slices.Values(cases))
		if cost > b.Limit || cost < b.Limit-price.Of(3, 20)-price.Of(3, 10) {
			t.Errorf("spent $%.4f, want nearly the limit of $%.4f and no more", cost, b.Limit)
		}
		if got := b.Spent(); got < cost-1e-9 || got > cost+1e-9 {
			t.Errorf("the budget counts $%.4f, want $%.4f", got, cost)
		}
		got := count(list)
		if classes := errorsOf(list); len(list) != 100 || classes[OverBudget] != got.Errored || got.Passed < 30 {
			t.Errorf("got %+v with %v, want the rest over budget", got, classes)
		}
		for _, o := range list {
			if o.Err != nil && (o.Tries != 0 || o.Identity != "") {
				t.Errorf("case %d is over budget after %d calls, want none", o.Case, o.Tries)
			}
		}
		m.Price = nil
		if list := run(t, t.Context(), &Runner{Model: m, Budget: b}, slices.Values(cases[:1])); list[0].Status != Errored || list[0].Err.Class != OverBudget {
			t.Errorf("a model of unknown price: %s, want no call", list[0].Status)
		}
	})
}

// TestBudgetLearnsWhatAServerCharges: the first call may cost more than its
// estimate, the next is known to.
func TestBudgetLearnsWhatAServerCharges(t *testing.T) {
	m := paid(func(context.Context, *Case) (Reply, error) { return Reply{Text: "a", Usage: Usage{Cost: 0.25}}, nil })
	m.Price = &Price{Input: 1, Output: 1}
	b := &Budget{Limit: 0.6}
	list := run(t, t.Context(), &Runner{Model: m, Budget: b}, slices.Values(numbered(9)))
	if got := count(list); got.Passed != 2 || b.Spent() != 0.5 {
		t.Errorf("got %+v for $%v, want two calls of $0.25, since a third would exceed $0.60", got, b.Spent())
	}
}

// TestBudgetCountsWhatMayHaveBeenPaid: a reply that never came, or of which the
// server counts nothing, may have cost all that was reserved.
func TestBudgetCountsWhatMayHaveBeenPaid(t *testing.T) {
	price := &Price{Input: 1e6, Output: 1e6} // a dollar a token
	c := numbered(1)[0]
	c.Request = Request{Messages: []Message{{"user", "four"}}, Parameters: Parameters{MaxTokens: ptr(9)}}
	for _, test := range []struct {
		name  string
		reply Reply
		err   error
		want  float64
	}{
		{"by tokens", Reply{Usage: Usage{PromptTokens: 1, CompletionTokens: 2}}, nil, 3},
		{"by the word of the server", Reply{Usage: Usage{PromptTokens: 1, CompletionTokens: 2, Cost: 0.25}}, nil, 0.25},
		{"uncounted", Reply{Text: "a"}, nil, 10},
		{"timeout", Reply{}, &Error{Class: Timeout}, 10},
		{"cut short", Reply{}, &Error{Class: CutShort}, 10},
		{"refused for the rate", Reply{}, &Error{Class: RateLimit}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := paid(func(context.Context, *Case) (Reply, error) { return test.reply, test.err })
			m.Price = price
			b := &Budget{Limit: 100}
			run(t, t.Context(), &Runner{Model: m, Budget: b}, slices.Values([]*Case{c}))
			if b.Spent() != test.want {
				t.Errorf("got $%v, want $%v", b.Spent(), test.want)
			}
			a := Attempt{Request: c.Request, Reply: &test.reply}
			if a.Err, _ = test.err.(*Error); a.Err != nil {
				a.Reply = nil
			}
			later := &Budget{Limit: 100}
			later.Charge(m, &a)
			if later.Spent() != test.want {
				t.Errorf("$%v when the run is resumed, want $%v", later.Spent(), test.want)
			}
			a.Cached = true
			if later.Charge(m, &a); later.Spent() != test.want {
				t.Errorf("$%v with a reply of an earlier run, want $%v", later.Spent(), test.want)
			}
		})
	}
}

// TestRunUsesRepliesAtHand: no call is made for them, and only new ones are kept.
func TestRunUsesRepliesAtHand(t *testing.T) {
	var called, kept []int
	m := paid(func(_ context.Context, c *Case) (Reply, error) {
		called = append(called, c.Example)
		return Reply{Text: "new"}, nil
	})
	r := &Runner{
		Model: m,
		Known: func(c *Case) (*Reply, bool) {
			if c.Example%2 == 0 {
				return &Reply{Text: "old"}, c.Example == 2
			}
			return nil, false
		},
		Keep: func(c *Case, _ Reply) error {
			kept = append(kept, c.Example)
			return errors.New("a full disk is no reason to lose the reply")
		},
		Score: func(c *Case, _ *Contract, r Reply) []Score {
			want := "new"
			if c.Example%2 == 0 {
				want = "old"
			}
			return []Score{{Scorer: "test", Pass: r.Text == want}}
		},
	}
	if got := count(run(t, t.Context(), r, slices.Values(numbered(5)))); got.Passed != 5 {
		t.Errorf("got %+v, want every case to have its reply", got)
	}
	if want := []int{1, 3, 5}; !slices.Equal(called, want) || !slices.Equal(kept, want) {
		t.Errorf("called for %v and kept %v, want %v", called, kept, want)
	}
}

// TestRunKeepsTheReplyOfAFaultOfItsOwn: a scorer that fails costs no reply.
func TestRunKeepsTheReplyOfAFaultOfItsOwn(t *testing.T) {
	j := newJournal(t, 9)
	r := &Runner{Model: paid(answer), Concurrency: 3, Journal: j, Score: func(c *Case, _ *Contract, _ Reply) []Score {
		if c.Example == 2 {
			panic("unexpected")
		}
		return nil
	}}
	err := r.Run(t.Context(), slices.Values(numbered(9)), 1)
	if err == nil || !strings.Contains(err.Error(), "example 2 of x.md: unexpected") {
		t.Errorf("got %v, want an error that names the case", err)
	}
	a, err := openRun(t, j.Path).Attempt(r.Model.Identity(numbered(2)[1]))
	if err != nil || a == nil || a.Reply == nil {
		t.Errorf("got %+v, %v; want the reply that was paid for", a, err)
	}
}

func TestSummaryCountsEachStatus(t *testing.T) {
	var s Summary
	for i, status := range []Status{Passed, Failed, Errored, Unscored, Skipped, Planned} {
		for range i + 1 {
			s.Add(status)
		}
	}
	if want := (Summary{Passed: 1, Failed: 2, Errored: 3, Unscored: 4, Skipped: 5, Planned: 6}); s != want {
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
