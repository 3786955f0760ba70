package evals

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// A Budget keeps a run from costing more than it may. Before a call its share is
// reserved: what it could cost by estimate; after it, what it has cost is
// settled. A nil Budget has no limit.
type Budget struct {
	Limit float64 // in US dollars

	mu       sync.Mutex
	spent    float64
	reserved float64
	shares   int           // that are reserved
	dearer   float64       // the most that a call has cost, as a multiple of its estimate; 0 below 1
	freed    chan struct{} // closed when a share was settled; nil for nobody waits
}

// A share is the part of a budget that is reserved for one call.
type share struct {
	budget   *Budget
	estimate float64 // by the price
	amount   float64 // that is reserved
}

// Spent returns what was spent so far, in US dollars.
func (b *Budget) Spent() float64 {
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.spent
}

// Charge counts what a call of an earlier part of the run has cost, as it was
// counted then.
func (b *Budget) Charge(m Model, a *Attempt) {
	if b == nil || a.Cached || m.Price == nil {
		return
	}
	var reply Reply
	if a.Reply != nil {
		reply = *a.Reply
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spent += m.spent(reply, a.Err, m.Price.Of(a.Request.Tokens(), a.Request.replyTokens()))
}

// reserve keeps what a call could cost: its estimate by the price, and more where
// the server has charged more than that for another. It waits while calls under way hold what
// they may not need.
func (b *Budget) reserve(ctx context.Context, price *Price, r Request) (*share, error) {
	if b == nil {
		return nil, nil
	}
	if price == nil {
		return nil, &Error{Class: OverBudget, Message: "the price of the model is not known"}
	}
	estimate := price.Of(r.Tokens(), r.replyTokens())
	for {
		b.mu.Lock()
		amount := estimate * max(1, b.dearer)
		if b.spent+b.reserved+amount <= b.Limit {
			b.reserved += amount
			b.shares++
			b.mu.Unlock()
			return &share{b, estimate, amount}, nil
		}
		if b.shares == 0 {
			left := max(0, b.Limit-b.spent)
			b.mu.Unlock()
			return nil, &Error{Class: OverBudget, Message: fmt.Sprintf("the call could cost $%.4g, and of the budget $%.4g are left", amount, left)}
		}
		if b.freed == nil {
			b.freed = make(chan struct{})
		}
		freed := b.freed
		b.mu.Unlock()
		select {
		case <-freed:
		case <-ctx.Done():
			return nil, errStopped
		}
	}
}

// spent returns what a call has cost that could cost an amount. One that ended
// without a reply may have cost all of it, unless the server said that it did
// nothing; so may one of which the server counts nothing.
func (m Model) spent(reply Reply, failure *Error, amount float64) float64 {
	switch {
	case failure != nil && (failure.Class == Timeout || failure.Class == CutShort || failure.Class == BadReply):
		return amount
	case failure == nil && reply.Usage == (Usage{}):
		return amount
	}
	return m.Cost(reply)
}

// settle turns a share into what the call has cost.
func (s *share) settle(m Model, reply Reply, err error) {
	if s == nil {
		return
	}
	failure, ok := errors.AsType[*Error](err)
	if err != nil && !ok {
		failure = &Error{Class: Connection}
	}
	cost := m.spent(reply, failure, s.amount)
	b := s.budget
	b.mu.Lock()
	defer b.mu.Unlock()
	b.reserved -= s.amount
	if b.shares--; b.shares == 0 {
		b.reserved = 0 // what sums of fractions leave over
	}
	b.spent += cost
	if s.estimate > 0 {
		b.dearer = max(b.dearer, cost/s.estimate)
	}
	if b.freed != nil {
		close(b.freed)
		b.freed = nil
	}
}
