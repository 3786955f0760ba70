package check

import (
	"promptlib/library"
	"promptlib/library/policy"
)

// A Verdict says whether a change may land, and why not.
type Verdict struct {
	Files     []Result              // of the changed files that were looked at, by path
	Findings  []*library.Diagnostic // sorted; those of lint among them
	Undecided []Doubt               // why nothing can be decided; none where it can
	Notes     []string              // what the reader should know besides
	Evaluated int                   // changed files that are governed or protected, or hide such
	Exempt    int                   // changed files of which the policy asks nothing yet, as they were and as they become
	Evidence  int                   // files of evidence that are new
	Skipped   int                   // changed files that the policy is not about
	Waived    int                   // files that land on a waiver
}

// A Doubt is a reason for which nothing can be decided, with the cure.
type Doubt struct {
	Pos     library.Pos
	Message string
	Hint    string
}

// OK reports whether the change may land.
func (v *Verdict) OK() bool {
	if len(v.Undecided) > 0 {
		return false
	}
	for _, d := range v.Findings {
		if d.Severity == library.Error {
			return false
		}
	}
	return true
}

// A Result is what was decided of one file.
type Result struct {
	Path      string // as findings name it
	Change    string // "added", "changed", "removed" or "unchanged"
	Protected bool   // it is one of the files that the policy protects, be it a prompt or not
	Digest    string // what approvals of the change must be of
	Need      policy.Need
	Slots     []Slot
	Authors   []string  // who cannot approve: names of people, and addresses of others
	Refused   []Refused // evidence that does not count, for slots that are not filled
	Waiver    *Waiver   // what it lands on in place of approvals; nil for none
}

// Missing returns the slots that nobody has filled.
func (r *Result) Missing() []Slot {
	var list []Slot
	for _, s := range r.Slots {
		if s.By == "" {
			list = append(list, s)
		}
	}
	return list
}

// A Slot is a place that one person must fill.
type Slot struct {
	policy.Slot
	By       string   // the name of who fills it; "" for nobody
	Evidence string   // of that: the path of a statement or the address of a review
	Could    []string // the names of those who may, where nobody does, in the order of the names
}

// Refused is evidence that does not count.
type Refused struct {
	Code     string
	By       string // a name of people.yaml, or what else is known of who gave it
	Evidence string // the path of a statement or the address of a review
	Reason   string
}

// A Waiver is what lets a change land without the approvals that it needs.
type Waiver struct {
	By, Reason, Ticket string
	Expires            string // RFC 3339, UTC
	Evidence           string
}
