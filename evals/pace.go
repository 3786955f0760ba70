package evals

import (
	"context"
	"errors"
	"slices"
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
	number   uint64          // of the turn that begins next
	cutAt    uint64          // turns before this one began at a limit that was cut since
	waiting  []chan struct{} // closed when it is their turn; in the order they came
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
	p.mu.Lock()
	mine := make(chan struct{})
	p.waiting = append(p.waiting, mine)
	p.grant()
	p.mu.Unlock()
	select {
	case <-mine:
	case <-ctx.Done():
		p.leave(mine)
		return 0, ctx.Err()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.number++
	return p.number, nil
}

// grant lets those begin that have waited longest, as many as there is room for.
func (p *pace) grant() {
	for p.underWay < int(p.limit) && len(p.waiting) > 0 {
		close(p.waiting[0])
		p.waiting = p.waiting[1:]
		p.underWay++
	}
}

// leave gives up waiting, or the room that was granted meanwhile.
func (p *pace) leave(mine chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.waiting, mine); i >= 0 {
		p.waiting = slices.Delete(p.waiting, i, i+1)
		return
	}
	p.underWay--
	p.grant()
}

// report tells how the call of a turn went.
func (p *pace) report(turn uint64, err error) {
	var failure *Error
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil {
		p.limit = min(p.most, p.limit+1/p.limit)
		p.grant()
		return
	}
	// Calls that began before the limit was cut say nothing of the new one.
	if errors.As(err, &failure) && failure.Class == RateLimit && turn > p.cutAt {
		p.limit = max(1, p.limit/2)
		p.cutAt = p.number
	}
}

// end makes room for another call.
func (p *pace) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.underWay--
	p.grant()
}
