package check

import (
	"promptlib/library"
)

var authorshipUnverified = check{
	Code: library.Code{
		ID: "APR104", Name: "authorship-unverified", Severity: library.Error,
		Doc: library.Doc{
			Summary: "author of a change of high risk is not certain",
			Why:     "The e-mail address in a commit is whatever its author wrote there. With a forged one, an author could approve the own change.",
			Fix:     "Sign the commits with an SSH key of people.yaml: git config gpg.format ssh, user.signingkey with the file of the public key, and commit.gpgsign true. Those that are there are signed by git rebase --force-rebase --gpg-sign with the base. Or let the check ask the forge who pushed.",
		},
	},
	file: authorshipUnverifiedFile,
}

// Note: no waiver stands in for this. A waiver counts for somebody else having
// looked at the change, and who that is, is not certain either.
func authorshipUnverifiedFile(f *file) {
	if f.need.People > 0 && f.highRisk && !f.authors.verified {
		f.report(f.start(), "nobody vouches for who wrote this change of high risk: its commits are not all signed with keys of people.yaml, and no forge has told who pushed them")
	}
}
