package check

import "promptlib/library"

// A check is one thing that must hold for a change to land. Of file and refuse one
// is set, or both.
type check struct {
	library.Code

	file     func(*file)                  // looks at a changed file
	refuse   func(*file, *opinion) string // says why an approval does not count; "" for none
	standing bool                         // looks at files too that have landed on a waiver
	waivable bool                         // a waiver stands in for it
}

// checks are all there are, in the order of the evidence that they refuse: whether
// somebody has given it, of which text, and whether it is theirs to give.
var checks = []*check{
	&signerUnknown,
	&approvalStale,
	&approvalOwn,
	&overruled,
	&approvalOld,
	&approvalMissing,
	&authorshipUnverified,
	&downgrade,
	&transitionIllegal,
	&versionNotBumped,
	&protectedFile,
	&waiverInvalid,
	&symlinkOutside,
}

// changeChecks look at a change as a whole.
var changeChecks = []func(*Change, *Verdict){
	settingsInvalid,
	governsNothing,
	codeownersDrift,
	policyWeakened,
	settingsOpen,
	deadRules,
}

// Codes lists the codes of all checks, but those that lint has too.
var Codes = func() []library.Code {
	list := []library.Code{settingsCode, codeownersCode, weakenedCode}
	for _, c := range checks {
		if c.Doc.Summary != "" {
			list = append(list, c.Code)
		}
	}
	return list
}()
