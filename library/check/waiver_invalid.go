package check

import (
	"fmt"
	"slices"
	"time"

	"promptlib/library"
)

var waiverInvalid = check{
	Code: library.Code{
		ID: "APR111", Name: "waiver-invalid", Severity: library.Error,
		Doc: library.Doc{
			Summary: "waiver has expired or does not hold",
			Why:     "A waiver lets a change land in an emergency, for some hours. After that the approvals that it stood in for are due, and nothing else lands before they are there.",
			Fix:     "Give the approvals of the text as it is now, or go back to the text before.",
			Config:  "waivers of .promptlib/policy.yaml.",
		},
	},
	file:     waiverInvalidFile,
	standing: true,
}

func waiverInvalidFile(f *file) {
	if len(f.result.Missing()) == 0 || f.result.Waiver != nil {
		return
	}
	for _, o := range f.waivers() {
		f.report(f.start(), "the waiver of %s does not hold: %s; %s", o.who, f.flawOfWaiver(o), lacks(f.result.Missing(), len(f.result.Slots)))
	}
}

// waivers returns the waivers of what a file becomes.
func (f *file) waivers() []*opinion {
	var list []*opinion
	for _, o := range f.opinions {
		if _, on := o.on(f); o.waives && on {
			list = append(list, o)
		}
	}
	return list
}

// waive looks for a waiver that stands in for the approvals that are missing.
func (f *file) waive() {
	if len(f.result.Missing()) == 0 {
		return
	}
	for _, o := range f.waivers() {
		if f.flawOfWaiver(o) == "" {
			f.result.Waiver = &Waiver{By: o.who, Reason: o.reason, Ticket: o.ticket, Expires: o.expires.Format(time.RFC3339), Evidence: o.evidence}
			return
		}
	}
}

// flawOfWaiver says why a waiver does not hold; "" where it does.
func (f *file) flawOfWaiver(o *opinion) string {
	limits := f.change.Policy.Waivers
	now := f.change.Now
	switch {
	case limits.Role == "":
		return "the policy knows no waivers"
	case o.flaw != "":
		return o.flaw
	case o.by.Bot:
		return o.by.Name + " is a bot"
	case o.role != limits.Role:
		return fmt.Sprintf("it is given as %s, and only %s may", o.role, limits.Role)
	case !o.by.Holds(o.role):
		return fmt.Sprintf("%s does not hold the role %s", o.by.Name, o.role)
	case slices.Contains(f.authors.people, o.by.Name):
		return "the author cannot waive the approvals of the own change"
	case o.at.After(now.Add(clockSkew)):
		return "it is dated in the future"
	case o.expires.Sub(o.at) > limits.Max:
		return fmt.Sprintf("it is for %s, and %s is the most", o.expires.Sub(o.at), limits.Max)
	case !now.Before(o.expires):
		return "it has expired on " + o.expires.Format(time.RFC3339)
	}
	return f.overtaken(o)
}
