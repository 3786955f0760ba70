package check

import "promptlib/library/policy"

// A Target is what an approval of a changed file must be of.
type Target struct {
	Path      string // as findings name the file
	Name      string // by which statements call it
	Digest    string // of the text that lands, or of the removal
	Protected bool   // it is a file of the settings and the like, and no prompt
	Need      policy.Need
}

// Target returns what an approval of a file must be of, by the policy of the
// change, which needs nothing else here; false for a file that the policy is not
// about.
func (c *Change) Target(f File) (Target, bool) {
	d := c.newFile(f)
	return Target{d.shown, d.name, d.digest, d.protected, d.need}, d.governed || d.protected
}
