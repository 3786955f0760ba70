package check

import (
	"fmt"
	"strings"

	"promptlib/library"
	"promptlib/library/policy"
)

var codeownersCode = library.Code{
	ID: "APR113", Name: "codeowners-drift", Severity: library.Warning,
	Doc: library.Doc{
		Summary: "CODEOWNERS asks others for reviews than the policy does",
		Why:     "The block that promptlib codeowners has written is to ask for reviews those whose approval is needed. Policy or people say something else by now, so that the wrong ones are asked, or nobody. Nothing lands by that: CODEOWNERS decides nothing here.",
		Fix:     "Run promptlib codeowners --write with the name of the file, and commit it. Without its two marked lines nothing is compared.",
		Config:  "rules with a path, and protect, of .promptlib/policy.yaml; roles and accounts of .promptlib/people.yaml.",
	},
}

// codeownersDrift holds the marked block of the file of code owners, if it has one,
// against what policy and people ask for once the change has landed.
func codeownersDrift(c *Change, v *Verdict) {
	if c.Owners == nil || c.Owners.Head == nil || !c.Owners.Head.regular() {
		return
	}
	pol, people, ok := c.landing()
	if !ok {
		return
	}
	file := c.shown(c.Owners.Path)
	at := library.Pos{Path: file, Line: 1, Column: 1}
	have, line, err := policy.OwnersBlock(string(c.Owners.Head.Text))
	if err != nil {
		v.finding(codeownersCode, library.Text{Pos: at, End: at}, err.Error())
		return
	}
	if want := policy.Owners(pol, people, c.Prefix, file); line > 0 && have != want {
		more, what := differ(have, want)
		at.Line = line + more
		v.finding(codeownersCode, library.Text{Pos: at, End: at}, fmt.Sprintf("the block differs from what policy and people ask for%s; run promptlib codeowners --write %s", what, file))
	}
}

// differ returns the first line of a block, from 0, at which it is not what is
// wanted, and in words what is wanted there.
func differ(have, want string) (line int, what string) {
	a, b := strings.Split(have, "\n"), strings.Split(want, "\n")
	for line < len(a)-1 && line < len(b)-1 && a[line] == b[line] {
		line++
	}
	return line, fmt.Sprintf(": here it would have %q", b[line])
}
