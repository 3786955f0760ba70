package evals

import (
	"math/rand/v2"
	"time"
)

// How often and when a call is tried again.
const (
	// DefaultTries is how many calls of one case are made, at most.
	DefaultTries = 8

	// DefaultMaxWait is the longest wait that a server may ask for.
	DefaultMaxWait = time.Minute

	maxTimeouts    = 3 // of one case: each has cost a whole timeout
	maxUnreachable = 3 // tries of a server that has not answered any call

	firstWait       = 500 * time.Millisecond
	longestWait     = 30 * time.Second
	unreachableWait = 2 * time.Second // the longest between tries of a server that has not answered any call
)

// retriable reports whether the same call may succeed later.
func (e *Error) retriable() bool {
	switch e.Class {
	case RateLimit, Timeout, Connection, Server, CutShort:
		return !e.Denied
	}
	return false
}

// backoff returns how long to wait before the next try of a call that has failed
// for the n-th time: exponential with full jitter
// (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), and
// never less than the server asks for. Ok is false where no further try makes
// sense, or the server asks for more than maxWait. Fresh says that no call to the
// server has succeeded yet.
func backoff(e *Error, n int, fresh bool, maxWait time.Duration) (wait time.Duration, ok bool) {
	if !e.retriable() {
		return 0, false
	}
	if maxWait <= 0 {
		maxWait = DefaultMaxWait
	}
	if e.RetryAfter > maxWait {
		return 0, false
	}
	most := longestWait
	if e.Unreachable && fresh {
		most = unreachableWait
	}
	most = min(most, firstWait<<min(n-1, 16))
	jitter := rand.N(most)
	if e.RetryAfter > 0 {
		return e.RetryAfter + min(jitter, e.RetryAfter/10), true
	}
	return jitter, true
}
