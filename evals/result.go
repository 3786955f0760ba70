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
	BadReply    Class = "bad-reply"   // an answer that is no completion
	Input       Class = "input"       // the example does not fill in the prompt
	Interrupted Class = "interrupted" // the run was stopped
	NoReplay    Class = "no-replay"   // the recorded run has no such call
)

// An Error is why a case has no reply.
type Error struct {
	Class   Class  `json:"class"`
	Message string `json:"message"`
}

// Error returns the message with its class.
func (e *Error) Error() string { return string(e.Class) + ": " + e.Message }

// A Score is the verdict of one scorer on one reply.
type Score struct {
	Scorer  string
	Value   float64 // from 0 to 1
	Pass    bool
	Reasons []Reason // why the value is below 1; empty for a full score
	Follows bool     // it fails only because another score does, which says why
}

// A Reason is one thing that is wrong with a reply. Pointer is a JSON Pointer
// into the reply, where it is JSON; Pos is the example it was held against.
type Reason struct {
	Message string
	Pointer string
	Pos     library.Pos
}

// A Result is what became of a case.
type Result struct {
	Case    *Case
	Model   string
	Class   string // of the endpoint
	Status  Status
	Scores  []Score
	Err     *Error // for Errored, and why for Unscored and Skipped
	Called  bool   // the model was called: there is a reply, or Status is Errored
	Reply   Reply
	Latency time.Duration // of the call
}

// A Summary counts results by status.
type Summary struct {
	Passed, Failed, Errored, Unscored, Skipped int
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
	}
}

// Decided reports whether any case was scored.
func (s Summary) Decided() bool { return s.Passed+s.Failed > 0 }
