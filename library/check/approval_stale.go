package check

import (
	"promptlib/library"
)

var approvalStale = check{
	Code: library.Code{
		ID: "APR102", Name: "approval-stale", Severity: library.Error,
		Doc: library.Doc{
			Summary: "approval is of another text than the one that lands",
			Why:     "Who approved has seen something else. What was pushed since, nobody may have seen.",
			Fix:     "Ask for a new approval of the text as it is now. The digest in the message is the one to approve.",
		},
	},
	refuse: approvalStaleRefuse,
}

func approvalStaleRefuse(f *file, o *opinion) string {
	if o.void != "" {
		return o.void
	}
	if _, on := o.on(f); on {
		return ""
	}
	if len(o.subjects) == 0 {
		return "the review has no line promptlib-digest of this text"
	}
	return "it is of another text"
}
