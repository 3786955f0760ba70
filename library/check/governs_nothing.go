package check

import "slices"

// governsNothing doubts a policy whose globs match no file: that nothing is asked
// of any would pass for all being well.
func governsNothing(c *Change, v *Verdict) {
	if c.Bootstrap || slices.ContainsFunc(c.Names, c.governs) || slices.ContainsFunc(c.Files, func(f File) bool { return c.governs(f.Path) }) {
		return
	}
	v.Undecided = append(v.Undecided, Doubt{
		Message: "the policy governs no file: its globs under prompts match none of the library",
		Hint:    "correct prompts in .promptlib/policy.yaml; promptlib policy explain FILE says what holds for a file",
	})
}
