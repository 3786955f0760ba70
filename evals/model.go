package evals

import (
	"context"
	"errors"
	"time"
)

// A Model answers requests.
type Model struct {
	Name  string // what the user calls it, as in "openai/gpt-4o"
	Class string // the kind of endpoint, for the identity of calls

	// Endpoint is the base URL that requests go to. It is empty for a model that
	// answers on this machine: its calls cost nothing, need no second try and are
	// not kept for later runs.
	Endpoint string

	Price  *Price // nil where it is not known
	Limits Limits

	// Call makes one call, with no second try. It is safe for use by several
	// goroutines. An error it returns is an [*Error], or [ErrNoAnswer].
	Call func(ctx context.Context, c *Case) (Reply, error)
}

// ErrNoAnswer means that a model has nothing to say to a case, which is then
// skipped: the reference model has no answer to an example without output.
var ErrNoAnswer = errors.New("there is no expected output to answer with")

// Identity returns the identity of the call of a case to the model.
func (m Model) Identity(c *Case) string { return c.Request.Identity(m.Class, m.Name, c.Repeat) }

// A Price is what a model costs, in US dollars per million tokens.
type Price struct {
	Input  float64
	Output float64
}

// Of returns what tokens cost, in US dollars.
func (p Price) Of(input, output int) float64 {
	return (float64(input)*p.Input + float64(output)*p.Output) / 1e6
}

// Cost returns what a reply has cost, in US dollars: what the server says, else
// by the price; 0 where neither is known.
func (m Model) Cost(r Reply) float64 {
	switch {
	case r.Usage.Cost > 0:
		return r.Usage.Cost
	case m.Price != nil:
		return m.Price.Of(r.Usage.PromptTokens, r.Usage.CompletionTokens)
	}
	return 0
}

// Priced returns a reply whose usage says what it has cost, as [Model.Cost] does,
// or which says that this is not known. Replies are scored so.
func (m Model) Priced(r Reply) Reply {
	r.Unpriced = m.Endpoint != "" && m.Price == nil && r.Usage.Cost <= 0
	r.Usage.Cost = m.Cost(r)
	return r
}

// Limits are what may be asked of a model. A zero limit is none.
type Limits struct {
	Concurrency       int           // calls under way at once
	RequestsPerMinute int           //
	TokensPerMinute   int           // by estimate, of requests and replies
	MaxWait           time.Duration // the longest wait that a server may ask for before a second try
}
