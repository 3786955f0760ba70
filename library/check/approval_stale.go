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
		return f.overtaken(o)
	}
	if len(o.subjects) == 0 {
		return "the review has no line promptlib-digest of this text"
	}
	return "it is of another text"
}

// overtaken says why a statement that lies in the base counts no more; "" where it
// does. It was of a change that has landed, and for a text that the base still has
// it holds: the status of that may change. What the base has otherwise by now, such
// as a policy that was made stricter, or has no more, anybody could bring back by it.
func (f *file) overtaken(o *opinion) string {
	if !o.landed || f.digest == f.digestOf(f.Base) {
		return ""
	}
	return "it has landed already, and the base has changed since; to bring the text back is a change of its own (--force says it again)"
}
