package check

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"promptlib/library/policy"
	"promptlib/schema"
)

// What statements are called and signed as.
const (
	StatementType     = "https://in-toto.io/Statement/v1"
	ApprovalPredicate = "urn:promptlib:approval:v1"
	WaiverPredicate   = "urn:promptlib:waiver:v1"

	// Namespace is that of the SSH signatures of statements.
	Namespace = "promptlib-approval@v1"
)

// Where statements lie in a library. A file that is new in one of them needs no
// approval: it speaks for itself.
const (
	ApprovalsDir = ".promptlib/approvals/"
	WaiversDir   = ".promptlib/waivers/"
)

// IsEvidence reports whether a file of the library is a statement or the signature
// of one.
func IsEvidence(path string) bool {
	return strings.HasPrefix(path, ApprovalsDir) || strings.HasPrefix(path, WaiversDir)
}

// An Approval is the in-toto statement of an approval or a waiver, as JSON has
// it.
type Approval struct {
	Type          string    `json:"_type"`
	Subject       []Subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     Predicate `json:"predicate"`
}

// A Subject is one file that a statement is about.
type Subject struct {
	Name   string `json:"name"` // of a prompt its path without extension, of another file its path
	Digest struct {
		SHA256 string `json:"sha256"`
	} `json:"digest"`
}

// A Predicate is what a statement says. Decision is for approvals; Expires, Reason
// and Ticket are for waivers.
type Predicate struct {
	Decision     Opinion    `json:"decision,omitempty"`
	Role         string     `json:"role"`
	By           string     `json:"by"`
	At           time.Time  `json:"at"`
	BaseDigest   string     `json:"base_digest,omitempty"`
	PolicyDigest string     `json:"policy_digest,omitempty"`
	EvalReport   string     `json:"eval_report,omitempty"`
	Note         string     `json:"note,omitempty"`
	Expires      *time.Time `json:"expires,omitempty"`
	Reason       string     `json:"reason,omitempty"`
	Ticket       string     `json:"ticket,omitempty"`
}

// maxStatement is the size in bytes of a statement of some thousand files.
const maxStatement = 1 << 20

// ParseStatement reads a statement. The error says what is wrong with it.
func ParseStatement(text []byte) (*Approval, error) {
	if len(text) > maxStatement {
		return nil, fmt.Errorf("it has more than %d bytes", maxStatement)
	}
	value, syntax := schema.DecodeJSON(string(text)) // which refuses what stands there twice
	if syntax != nil {
		return nil, syntax
	}
	if violations := schema.Get("statement").Validate(value); len(violations) > 0 {
		return nil, fmt.Errorf("%s: %s", cmp.Or(violations[0].Pointer, "/"), violations[0].Message)
	}
	a := new(Approval)
	if err := json.Unmarshal(text, a); err != nil {
		return nil, err
	}
	return a, nil
}

// readStatement takes a statement for what its signature proves.
func (c *Change) readStatement(s Statement) *opinion {
	o := &opinion{who: "somebody", evidence: s.Path, landed: s.Landed, says: Comment, raw: slices.Concat(s.Text, s.Signature)}
	a, err := ParseStatement(s.Text)
	if err != nil {
		o.flaw = "the statement cannot be read: " + err.Error()
		return o
	}
	p := a.Predicate
	o.who, o.role, o.says, o.at = p.By, p.Role, p.Decision, p.At
	o.reason, o.ticket = p.Reason, p.Ticket
	if p.Expires != nil {
		o.expires = *p.Expires
	}
	o.waives = a.PredicateType == WaiverPredicate
	for _, sub := range a.Subject {
		o.subjects = append(o.subjects, subject{name: sub.Name, digest: sub.Digest.SHA256})
	}
	o.by, o.flaw = c.signer(s, p.By)
	return o
}

// signer returns who has signed a statement that says it is by somebody, or why
// that is not certain.
func (c *Change) signer(s Statement, by string) (person *policy.Person, flaw string) {
	if s.Signature == nil {
		return nil, "the statement is not signed; its signature belongs into " + s.Path + ".sig"
	}
	public, err := VerifySignature(s.Text, s.Signature, Namespace)
	if err != nil {
		return nil, "the signature does not hold: " + err.Error()
	}
	person, key := c.People.ByKey(public)
	switch {
	case person == nil:
		return nil, "the key " + ssh.FingerprintSHA256(public) + " is nobody's in the people.yaml of the base"
	case person.Name != by:
		return nil, "the statement says that it is by " + by + ", and the key is that of " + person.Name
	case !key.Good(c.Now):
		return nil, "the key of " + by + " is not good on " + c.Now.Format(time.DateOnly)
	}
	return person, ""
}
