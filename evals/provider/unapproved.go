package provider

import (
	"fmt"

	"promptlib/library"
	"promptlib/library/policy"
)

// UnapprovedCode is the code of a prompt that was not approved, of a run of which
// only those that were may be part.
var UnapprovedCode = library.Code{
	ID: "EVL304", Name: "eval-unapproved", Severity: library.Error,
	Doc: library.Doc{
		Summary: "prompt of a run with --require-approved is not approved",
		Why:     "A status is a claim. With --require-approved a prompt is run if it counts as approved and the approvals that the policy asks for its text are in .promptlib/approvals, signed by people who hold the roles. Who wrote the text is not known here, so that an approval of its author counts; promptlib check refuses that before it lands. Where the policy accepts only reviews of a forge, which are not in the files, the status alone counts. Nothing of the run is sent.",
		Fix:     "Have the prompt approved, leave it out with --filter review_status=approved, or run it without --require-approved.",
	},
}

// Unapproved returns why a prompt counts as not approved: its effective status, or
// the approvals that it lacks, "" for none. It is nil for a prompt that is approved.
func Unapproved(prompt *library.Prompt, g *policy.Governance, lacks string) *library.Diagnostic {
	const key = "review_status"
	status := g.Get(key)
	pos := library.Pos{Path: prompt.Path, Line: 1, Column: 1}
	at := library.Text{Pos: pos, End: pos}
	for _, d := range status.Declarations {
		if t := d.Value.Scalar(); !t.IsZero() {
			at = t
			break
		}
	}
	switch what := fmt.Sprintf("%s is %q", key, status.Word()); {
	case status.Word() == "approved" && lacks == "":
		return nil
	case status.Word() == "approved":
		return finding(UnapprovedCode, at, "%s, and the approvals are not there: %s", what, lacks)
	case status.From == policy.Missing && len(status.Declarations) == 0:
		return finding(UnapprovedCode, at, "%s is missing, and counts as %q, not as \"approved\"", key, status.Word())
	case status.From == policy.Missing:
		return finding(UnapprovedCode, at, "%s cannot be read, and counts as %q, not as \"approved\"", key, status.Word())
	default:
		return finding(UnapprovedCode, at, "%s, not \"approved\"", what)
	}
}
