package evals

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A pace says when a call may begin. It lets as many calls be under way as the
// server bears: half as many after a refusal for their rate, one more after as
// many that went well (additive increase, multiplicative decrease, as in RFC
// 5681).
type pace struct {
	most     float64
	requests *rate.Limiter // nil for no limit
	tokens   *rate.Limiter

	mu       sync.Mutex
	limit    float64
	underWay int
	number   uint64        // of the turn that begins next
	cutAt    uint64        // turns before this one began at a limit that was cut since
	freed    chan struct{} // closed when there is room; nil where nobody waits
}

func newPace(concurrency int, l Limits) *pace {
	most := max(1, concurrency)
	if l.Concurrency > 0 {
		most = min(most, l.Concurrency)
	}
	p := &pace{most: float64(most), limit: float64(most)}
	perMinute := func(n int) *rate.Limiter {
		if n <= 0 {
			return nil
		}
		// A tenth of a minute's worth may come at once.
		return rate.NewLimiter(rate.Limit(float64(n)/time.Minute.Seconds()), max(1, n/10))
	}
	p.requests, p.tokens = perMinute(l.RequestsPerMinute), perMinute(l.TokensPerMinute)
	return p
}

// begin waits until a call may begin and returns the number of its turn.
func (p *pace) begin(ctx context.Context, r Request) (turn uint64, err error) {
	if p.requests != nil {
		if err := p.requests.Wait(ctx); err != nil {
			return 0, err
		}
	}
	if p.tokens != nil {
		if err := p.tokens.WaitN(ctx, min(p.tokens.Burst(), r.Tokens()+r.replyTokens())); err != nil {
			return 0, err
		}
	}
	for {
		p.mu.Lock()
		if p.underWay < int(p.limit) {
			p.underWay++
			p.number++
			turn = p.number
			p.mu.Unlock()
			return turn, nil
		}
		if p.freed == nil {
			p.freed = make(chan struct{})
		}
		freed := p.freed
		p.mu.Unlock()
		select {
		case <-freed:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// report tells how the call of a turn went.
func (p *pace) report(turn uint64, err error) {
	var failure *Error
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case err == nil:
		p.limit = min(p.most, p.limit+1/p.limit)
	case errors.As(err, &failure) && failure.Class == RateLimit && turn > p.cutAt:
		// Calls that began before the limit was cut say nothing of the new one.
		p.limit = max(1, p.limit/2)
		p.cutAt = p.number
	}
}

// end makes room for another call.
func (p *pace) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.underWay--
	if p.freed != nil {
		close(p.freed)
		p.freed = nil
	}
}
