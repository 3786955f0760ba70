package check

import (
	"promptlib/library"
	"promptlib/library/policy"
)

var weakenedCode = library.Code{
	ID: "APR115", Name: "policy-weakened", Severity: library.Info,
	Doc: library.Doc{
		Summary: "change has the policy ask for less, or lets people approve more",
		Why:     "A line less in the policy is easily overlooked among others, and holds for every change to come. This change is still held against the policy and the people of the base.",
		Fix:     "Nothing, if it is meant. Whoever approves should know of each of these.",
	},
}

// policyWeakened lists how policy and people ask for less once the change has
// landed, each at its place in the new file.
func policyWeakened(c *Change, v *Verdict) {
	pol, people, ok := c.landing()
	if !ok || c.Bootstrap {
		return
	}
	if f := c.settingsFile(policy.FileName); f != nil && f.Base != nil {
		c.weakened(v, f, policy.Weaker(c.Policy, pol))
	}
	if f := c.settingsFile(policy.PeopleName); f != nil {
		c.weakened(v, f, policy.WeakerPeople(c.People, people))
	}
}

func (c *Change) weakened(v *Verdict, f *File, list []policy.Weakening) {
	pos := library.Pos{Path: c.shown(f.Path), Line: 1, Column: 1}
	var root *library.Node
	if f.Head != nil {
		root, _ = library.ReadYAML(pos.Path, f.Head.Text)
	}
	for _, w := range list {
		at := root.KeyAt(w.Pointer)
		if at.Pos.Line == 0 {
			at = library.Text{Pos: pos, End: pos}
		}
		v.finding(weakenedCode, at, w.Message)
	}
}

// settingsOpen notes that settings change which nothing protects: by them, whoever
// may propose a change may change all that is asked of the next.
func settingsOpen(c *Change, v *Verdict) {
	if c.Bootstrap {
		return
	}
	for _, name := range []string{policy.FileName, policy.PeopleName, policy.UngovernedName} {
		if f := c.settingsFile(name); f != nil && !c.protects(*f) {
			v.Notes = append(v.Notes, c.shown(f.Path)+" changes, and nothing protects it: who changes it needs nobody; see protect of the policy")
		}
	}
}
