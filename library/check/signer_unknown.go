package check

import (
	"fmt"

	"promptlib/library"
)

var signerUnknown = check{
	Code: library.Code{
		ID: "APR105", Name: "signer-unknown", Severity: library.Error,
		Doc: library.Doc{
			Summary: "approval is of nobody who may give it",
			Why:     "An approval counts for who gave it. A key or an account that people.yaml of the base does not have may be anybody's, a bot has not read anything, and whoever does not hold the role cannot answer for it.",
			Fix:     "Ask somebody who holds the role. People, keys and accounts are added to people.yaml by a change of their own, which must land first.",
		},
	},
	refuse: signerUnknownRefuse,
}

func signerUnknownRefuse(f *file, o *opinion) string {
	switch {
	case o.ignored != "":
		return o.ignored
	case o.flaw != "":
		return o.flaw
	case o.by.Bot:
		return o.by.Name + " is a bot"
	}
	if role := o.roleOn(f); role != "" && !o.by.Holds(role) {
		return fmt.Sprintf("%s does not hold the role %s", o.by.Name, role)
	}
	return ""
}
