package check

import (
	"fmt"
	"time"

	"promptlib/library"
)

var approvalOld = check{
	Code: library.Code{
		ID: "APR112", Name: "approval-old", Severity: library.Error,
		Doc: library.Doc{
			Summary: "approval is older than its review holds, or of the future",
			Why:     "A review vouches for a prompt for some time, which the policy sets by its risk. A date in the future would vouch for longer.",
			Fix:     "Ask for a new approval.",
			Config:  "freshness of .promptlib/policy.yaml.",
		},
	},
	refuse: approvalOldRefuse,
}

// clockSkew is how far the clocks of two machines may differ.
const clockSkew = 5 * time.Minute

func approvalOldRefuse(f *file, o *opinion) string {
	if o.at.After(f.change.Now.Add(clockSkew)) {
		return "it is dated in the future, " + o.at.Format(time.RFC3339)
	}
	for _, s := range []side{f.base, f.head} {
		if s.governance == nil {
			continue
		}
		risk := s.governance.Get("risk_level").Word()
		span, limited := f.change.Policy.Freshness[risk]
		if until, ends := span.After(o.at); limited && ends && f.change.Now.After(until) {
			return fmt.Sprintf("it is of %s, and a review of risk %s holds for %s", o.at.Format(time.DateOnly), risk, span)
		}
	}
	return ""
}
