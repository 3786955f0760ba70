package check

import (
	"fmt"
	"strings"

	"promptlib/library"
)

var approvalMissing = check{
	Code: library.Code{
		ID: "APR101", Name: "approval-missing", Severity: library.Error,
		Doc: library.Doc{
			Summary: "approval that the policy asks for is missing",
			Why:     "The policy asks for it of the prompt as it was or as it becomes. Without it a change lands that nobody who may answer for it has seen.",
			Fix:     "Ask one of those whom the message names. They approve with promptlib approve, or with the line that promptlib approve --print gives in a review.",
			Config:  "rules of .promptlib/policy.yaml; approval_roles and tags of the prompt.",
		},
	},
	file:     approvalMissingFile,
	waivable: true,
}

func approvalMissingFile(f *file) {
	missing := f.result.Missing()
	if len(missing) == 0 || f.protected {
		return
	}
	f.report(f.start(), "%s", lacks(missing, len(f.result.Slots)))
}

// lacks names the slots that nobody has filled, of some number.
func lacks(missing []Slot, all int) string {
	var parts []string
	anybody := 0
	for _, s := range missing {
		if s.Role == "*" {
			anybody++
		} else {
			parts = append(parts, s.Role)
		}
	}
	switch {
	case anybody == 1:
		parts = append(parts, "one more person")
	case anybody > 0:
		parts = append(parts, fmt.Sprintf("%d more people", anybody))
	}
	return fmt.Sprintf("%d of %d approvals missing: %s", len(missing), all, strings.Join(parts, ", "))
}
