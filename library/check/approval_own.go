package check

import (
	"slices"

	"promptlib/library"
)

var approvalOwn = check{
	Code: library.Code{
		ID: "APR103", Name: "approval-own", Severity: library.Error,
		Doc: library.Doc{
			Summary: "author approves the own change",
			Why:     "Two pairs of eyes are what an approval is for. Whoever wrote a commit, committed it, is named in it as a co-author, opened the pull request or pushed to its branch is an author.",
			Fix:     "Ask somebody else who holds the role.",
		},
	},
	refuse: approvalOwnRefuse,
}

func approvalOwnRefuse(f *file, o *opinion) string {
	if slices.Contains(f.authors.people, o.by.Name) {
		return "the author cannot approve the own change"
	}
	return ""
}
