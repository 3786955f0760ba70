package evals

import (
	"context"
	"errors"
	"testing"

	"promptlib/library"
)

// rescored records some calls and returns what scores them again.
func rescored(t *testing.T, lines ...Line) *Rescore {
	t.Helper()
	j := newJournal(t, 3)
	if err := j.Append(lines...); err != nil {
		t.Fatal(err)
	}
	closeJournal(t, j, true)
	return NewRescore(openRun(t, j.Path))
}

var sentModel = HeaderModel{Name: "openai/m", Class: "chat-completions"}

// sent is a case, and the line of its call.
func sent(text string, reply *Reply, failure *Error) (*Case, Line) {
	c := &Case{Prompt: "x.md", Name: "example 1", Example: 1, Repeat: 1, Contract: &Contract{}, Request: Request{Messages: []Message{{"user", text}}}}
	return c, attempted(c, reply, failure)
}

func attempted(c *Case, reply *Reply, failure *Error) Line {
	return Line{Event: "attempt", Attempt: &Attempt{
		Identity: c.Request.Identity(sentModel.Class, sentModel.Name, c.Repeat), Prompt: c.Prompt, Name: c.Name, Example: c.Example, Repeat: c.Repeat,
		Model: sentModel.Name, Class: sentModel.Class, Try: 1, Request: c.Request, Reply: reply, Err: failure,
	}}
}

func TestRescoreFindsReplies(t *testing.T) {
	asked := &Request{Messages: []Message{{"user", "a"}}, Schema: []byte(`{"type":"object"}`)}
	for _, test := range []struct {
		name     string
		recorded Reply
		change   func(c *Case)
		want     string // of the reply, or of the error
	}{
		{"the same call", Reply{Text: "r"}, func(*Case) {}, "r"},
		{"the same call of a prompt that was moved", Reply{Text: "r"}, func(c *Case) { c.Prompt, c.Name = "y.md", "example 7" }, "r"},
		{"a schema that is asked for now", Reply{Text: "r"}, func(c *Case) { c.Request.Schema = asked.Schema }, "r"},
		{"a schema that the model did not take", Reply{Text: "r", Structured: StructuredRefused}, func(c *Case) { c.Request.Schema = asked.Schema }, "r"},
		{"a schema that is none of that which was sent", Reply{Text: "r", Structured: StructuredSent}, func(c *Case) { c.Request.Schema = asked.Schema },
			"no-replay: since the run was recorded a schema is asked for, which was not"},
		{"another message", Reply{Text: "r"}, func(c *Case) { c.Request.Messages = []Message{{"user", "b"}} },
			`no-replay: since the run was recorded the user message changed from "a" to "b"`},
		{"another role", Reply{Text: "r"}, func(c *Case) { c.Request.Messages = []Message{{"system", "a"}} },
			`no-replay: since the run was recorded the role of message 1 changed from "user" to "system"`},
		{"another message and another repeat", Reply{Text: "r"}, func(c *Case) { c.Repeat, c.Request.Messages = 2, []Message{{"user", "b"}} },
			`no-replay: since the run was recorded the user message changed from "a" to "b"`},
		{"another repeat", Reply{Text: "r"}, func(c *Case) { c.Repeat = 2 }, "no-replay: the recorded run has no call of this case with repeat 2"},
		{"another case", Reply{Text: "r"}, func(c *Case) { c.Name, c.Request.Messages = "case new", []Message{{"user", "b"}} },
			"no-replay: the recorded run has no call of openai/m for this case"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, line := sent("a", &test.recorded, nil)
			again := rescored(t, line)
			test.change(c)
			m := again.Model(sentModel)
			reply, err := m.Call(context.Background(), c)
			got := reply.Text
			if err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if known := again.Known(m, c); (known != nil) != (err == nil) {
				t.Errorf("a reply is known: %t, want %t", known != nil, err == nil)
			}
		})
	}
}

// TestRescoreKeepsErrors: a call that failed is no call now, and of several calls
// of a case the one with a reply counts.
func TestRescoreKeepsErrors(t *testing.T) {
	c, failed := sent("a", nil, &Error{Class: Timeout, Message: "slow"})
	_, err := rescored(t, failed).Model(sentModel).Call(context.Background(), c)
	var e *Error
	if !errors.As(err, &e) || e.Class != Timeout || !e.Recorded {
		t.Errorf("got %#v, want the recorded timeout", err)
	}
	again := rescored(t, attempted(c, &Reply{Text: "r"}, nil), failed)
	reply, err := again.Model(sentModel).Call(context.Background(), c)
	if err != nil || reply.Text != "r" {
		t.Errorf("got %q and %v, want the reply", reply.Text, err)
	}
	c.Request.Schema = []byte(`{"type":"object"}`)
	if reply, err := again.Model(sentModel).Call(context.Background(), c); err != nil || reply.Text != "r" {
		t.Errorf("got %q and %v, want the reply to what was sent", reply.Text, err)
	}
}

// TestRescoreMakesNoCalls: outcomes cost nothing and have no tries, and the time
// that a reply took is that of the call.
func TestRescoreMakesNoCalls(t *testing.T) {
	good, first := sent("a", &Reply{Text: "r", Millis: 70, Usage: Usage{PromptTokens: 5, Cost: 2}}, nil)
	bad, second := sent("b", nil, &Error{Class: Server, Message: "HTTP 500"})
	bad.Name, second.Attempt.Name = "example 2", "example 2"
	again := rescored(t, first, second)
	m := again.Model(sentModel)
	var got []*Outcome
	r := &Runner{
		Model: m, Score: func(*Case, *Contract, Reply) []Score { return []Score{{Scorer: "x", Value: 1, Pass: true}} },
		Known: func(c *Case) (*Reply, bool) { return again.Known(m, c), false }, Ended: func(o *Outcome) { got = append(got, o) },
	}
	err := r.Run(context.Background(), func(yield func(*Case) bool) { _ = yield(good) && yield(bad) }, 1)
	if err != nil || len(got) != 2 {
		t.Fatalf("got %d outcomes and %v", len(got), err)
	}
	if o := got[0]; o.Status != Passed || o.Tries != 0 || o.Cost != 0 || o.Millis != 70 {
		t.Errorf("got %+v, want passed after 70 ms, without a call or cost", o)
	}
	if o := got[1]; o.Status != Errored || o.Tries != 0 || o.Err.Class != Server {
		t.Errorf("got %+v, want the recorded error without a call", o)
	}
}

// TestRescoreOfWhatHadNoAnswer: it is skipped again, until it has an expected
// output.
func TestRescoreOfWhatHadNoAnswer(t *testing.T) {
	c, _ := sent("a", nil, nil)
	skipped := Line{Event: "outcome", Outcome: &Outcome{Case: 1, Prompt: c.Prompt, Name: c.Name, Model: sentModel.Name, Status: Skipped, Contract: "none", Scores: []Score{}}}
	again := rescored(t, skipped)
	if _, err := again.Model(sentModel).Call(context.Background(), c); !errors.Is(err, ErrNoAnswer) {
		t.Errorf("got %v, want %v", err, ErrNoAnswer)
	}
	c.Expected = library.Text{Value: "x"}
	var e *Error
	if _, err := again.Model(sentModel).Call(context.Background(), c); !errors.As(err, &e) || e.Class != NoReplay {
		t.Errorf("got %v, want that there is no reply", err)
	}
}
