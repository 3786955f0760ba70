package check

import (
	"promptlib/library"
)

var protectedFile = check{
	Code: library.Code{
		ID: "APR110", Name: "protected-file", Severity: library.Error,
		Doc: library.Doc{
			Summary: "protected file changes without its owner",
			Why:     "The policy, the people and the workflows decide what is asked of every prompt. Whoever may change them alone may change everything.",
			Fix:     "Ask those whom the message names, as for a prompt. Evidence that has landed is never altered or taken away without them.",
			Config:  "protect of .promptlib/policy.yaml.",
		},
	},
	file:     protectedFileCheck,
	waivable: true,
}

func protectedFileCheck(f *file) {
	if missing := f.result.Missing(); f.protected && len(missing) > 0 {
		f.report(f.start(), "the file is protected, %s", lacks(missing, len(f.result.Slots)))
	}
}
