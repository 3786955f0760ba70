package check

import (
	"fmt"
	"slices"
	"strings"

	"promptlib/library"
	"promptlib/library/policy"
)

var downgrade = check{
	Code: library.Code{
		ID: "APR107", Name: "downgrade", Severity: library.Info,
		Doc: library.Doc{
			Summary: "change lowers what the prompt asks for",
			Why:     "Flags, tags and roles that vanish are the usual way in which governance is lost. The approvals that they asked for are still due for this change.",
			Fix:     "Nothing, if it is meant. The approvals of the prompt as it was are in the list of those that are needed.",
		},
	},
	file: downgradeFile,
}

func downgradeFile(f *file) {
	if f.head.need.Contains(f.base.need) || f.change.Bootstrap {
		return
	}
	var gone []string
	for _, d := range f.base.need.Roles {
		if !slices.ContainsFunc(f.head.need.Roles, func(e policy.Demand) bool { return e.Role == d.Role && e.Count >= d.Count }) {
			gone = append(gone, fmt.Sprintf("%s (%s)", d.Role, strings.Join(d.Reasons, ", ")))
		}
	}
	if f.base.need.People > f.head.need.People {
		people := fmt.Sprintf("%d in all in place of %d", f.base.need.People, f.head.need.People)
		if f.base.need.Reasons != nil { // and it is not for the roles alone
			people += " (" + strings.Join(f.base.need.Reasons, ", ") + ")"
		}
		gone = append(gone, people)
	}
	f.report(f.start(), "it would need less than it does; this change still owes %s", strings.Join(gone, ", "))
}
