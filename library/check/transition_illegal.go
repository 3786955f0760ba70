package check

import (
	"slices"

	"promptlib/library"
)

var transitionIllegal = check{
	Code: library.Code{
		ID: "APR108", Name: "transition-illegal", Severity: library.Error,
		Doc: library.Doc{
			Summary: "review status skips a step or goes back",
			Why:     "A status is a claim. One that skips in_review claims a review that nobody has begun; one that revives what was retired brings back what somebody has taken out of use.",
			Fix:     "Go one step at a time, draft, in_review, approved, deprecated, retired, or back to draft. A new prompt begins as draft, or as approved with its approvals. What is retired stays as it is.",
			Config:  "vocabulary.review_status of .promptlib/policy.yaml.",
		},
	},
	file: transitionIllegalFile,
}

// retired is the status after which nothing changes any more.
const retired = "retired"

func transitionIllegalFile(f *file) {
	if f.head.governance == nil {
		return
	}
	words := f.change.Policy.Vocabulary["review_status"].Words
	now := f.head.governance.Get("review_status").Word()
	at := f.at("review_status")
	if f.base.governance == nil {
		if now != words[0] && now != "approved" {
			f.report(at, "a new prompt begins as %q, or as \"approved\" with its approvals, not as %q", words[0], now)
		}
		return
	}
	was := f.base.governance.Get("review_status").Word()
	from, to := slices.Index(words, was), slices.Index(words, now)
	switch {
	case was == retired && (now != was || f.base.digest != f.digest):
		f.report(at, "the prompt is retired: it stays as it is; begin a new one")
	case to == from, to == from+1, to == 0:
	case to > from:
		f.report(at, "review_status goes from %q to %q and skips %q", was, now, words[from+1])
	default:
		f.report(at, "review_status goes back from %q to %q; it may go back to %q only", was, now, words[0])
	}
}
