package check

import (
	"fmt"

	"promptlib/library"
)

var overruled = check{
	Code: library.Code{
		ID: "APR106", Name: "approval-overruled", Severity: library.Error,
		Doc: library.Doc{
			Summary: "change was rejected, or its approval revoked",
			Why:     "Somebody who may approve has looked and said no. A later yes of somebody else does not answer that.",
			Fix:     "Settle it with whoever said no: they approve, or the text changes.",
		},
	},
	file:   overruledFile,
	refuse: overruledRefuse,
}

// overruledFile reports those who have the last word on a slot of the file, and
// say no. On a forge that stays so whatever is pushed.
func overruledFile(f *file) {
	for _, o := range latest(f.opinions, f) {
		if o.says == Reject && f.mayJudge(o) {
			f.report(f.start(), "%s rejects it: %s", o.by.Name, o.evidence)
		}
	}
}

// mayJudge reports whether an opinion is of somebody who could fill a slot of the
// file, if it is not theirs.
func (f *file) mayJudge(o *opinion) bool {
	if reason := signerUnknownRefuse(f, o); reason != "" {
		return false
	}
	for _, s := range f.result.Slots {
		if f.fits(o, s.Role) {
			return true
		}
	}
	return false
}

// overruledRefuse refuses approvals in a role of which somebody else has taken back
// an approval of the same text, at that time or later. An approval that names no
// role is one in all that its giver holds.
func overruledRefuse(f *file, o *opinion) string {
	role := o.roleOn(f)
	for _, q := range latest(f.opinions, f) {
		if q.says != Revoke || !q.by.Holds(q.role) || q.by.Bot {
			continue // a review that was dismissed is in no role, and takes back only its own
		}
		if (role == q.role || role == "" && o.by.Holds(q.role)) && !o.at.After(q.at) {
			return fmt.Sprintf("%s has revoked it as %s", q.by.Name, q.role)
		}
	}
	return ""
}
