package evals

import (
	"time"

	"promptlib/library"
)

// A Status is how a case ended.
type Status string

// The statuses of a case.
const (
	Passed   Status = "passed"
	Failed   Status = "failed"   // a score did not pass
	Errored  Status = "errored"  // there was no reply to score
	Unscored Status = "unscored" // there is nothing to hold a reply against
	Skipped  Status = "skipped"  // the prompt cannot be run, or not by this model
	Planned  Status = "planned"  // it would be run; nothing was sent
)

// A Class says what kind of error kept a case from being scored.
type Class string

// The classes of errors.
const (
	RateLimit   Class = "rate-limit"
	Timeout     Class = "timeout"
	Connection  Class = "connection"
	Server      Class = "server"
	Refused     Class = "refused"     // the server will not take the request: authorisation, unknown model, bad parameters
	CutShort    Class = "cut-short"   // the reply ended in the middle
	BadReply    Class = "bad-reply"   // an answer that is no completion
	Input       Class = "input"       // the example does not fill in the prompt
	Interrupted Class = "interrupted" // the run was stopped
	NoReplay    Class = "no-replay"   // the recorded run has no such call
	OverBudget  Class = "budget"      // the call could cost more than is left of --max-cost
	GivenUp     Class = "given-up"    // the model was given up because of another case; no call was made
)

// Classes lists every class of errors, in the order in which they are counted.
var Classes = []Class{
	RateLimit, Timeout, Connection, Server, Refused, CutShort, BadReply, Input, Interrupted, NoReplay, OverBudget, GivenUp,
}

// An Error is why a case has no reply.
type Error struct {
	Class   Class  `json:"class"`
	Message string `json:"message"`

	// RetryAfter is how long the server asks to wait before the next try; 0 where
	// it does not say.
	RetryAfter time.Duration `json:"-"`

	// Unreachable says that no connection could be made: nothing was sent.
	Unreachable bool `json:"-"`

	// Denied says that the server refuses the key or the model, and so every other
	// request too.
	Denied bool `json:"-"`

	// Recorded says that the error is that of an earlier run: no call was made.
	Recorded bool `json:"-"`
}

// Error returns the message with its class.
func (e *Error) Error() string { return string(e.Class) + ": " + e.Message }

// A Score is the verdict of one scorer on one reply.
type Score struct {
	Scorer  string   `json:"scorer"`
	Value   float64  `json:"value"` // from 0 to 1
	Pass    bool     `json:"pass"`
	Reasons []Reason `json:"reasons"`           // why the value is below 1, or what to know of a full score
	Parts   []Part   `json:"parts,omitempty"`   // what the value is made of, in a fixed order
	Follows bool     `json:"follows,omitempty"` // it fails only because another score does, which says why
}

// A Part is a value that a score is made of: the F1 of a field, the order of the
// sections.
type Part struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"` // from 0 to 1
}

// A Reason is one thing that is wrong with a reply. Pointer is a JSON Pointer
// into the reply, where it is JSON; Pos is the example it was held against.
type Reason struct {
	Message string      `json:"message"`
	Pointer string      `json:"pointer"`
	Pos     library.Pos `json:"pos"`
}

// A Summary counts results by status.
type Summary struct {
	Passed, Failed, Errored, Unscored, Skipped, Planned int
}

// Add counts a result.
func (s *Summary) Add(status Status) {
	switch status {
	case Passed:
		s.Passed++
	case Failed:
		s.Failed++
	case Errored:
		s.Errored++
	case Unscored:
		s.Unscored++
	case Skipped:
		s.Skipped++
	case Planned:
		s.Planned++
	}
}

// Total returns the number of results.
func (s Summary) Total() int {
	return s.Passed + s.Failed + s.Errored + s.Unscored + s.Skipped + s.Planned
}

// Decided reports whether any case was scored.
func (s Summary) Decided() bool { return s.Passed+s.Failed > 0 }
