package check

import (
	"path"
	"slices"

	"promptlib/library"
	"promptlib/library/policy"
)

// settingsFile returns the file of the change that is a settings file of the
// library; nil where that does not change.
func (c *Change) settingsFile(name string) *File {
	i := slices.IndexFunc(c.Files, func(f File) bool { return f.Path == path.Join(library.SettingsDir, name) })
	if i < 0 {
		return nil
	}
	return &c.Files[i]
}

// landing returns the policy and the people as they would be once the change has
// landed; not ok where one of them cannot be read, which APR114 says.
func (c *Change) landing() (pol *policy.Policy, people *policy.People, ok bool) {
	pol, people = c.Policy, c.People
	var errs [2]error
	if f := c.settingsFile(policy.FileName); f != nil {
		pol = policy.Default()
		if f.Head != nil {
			pol, errs[0] = policy.Read(c.shown(f.Path), f.Head.Text)
		}
	}
	if f := c.settingsFile(policy.PeopleName); f != nil {
		people = &policy.People{}
		if f.Head != nil {
			people, errs[1] = policy.ReadPeople(c.shown(f.Path), f.Head.Text)
		}
	}
	return pol, people, errs == [2]error{}
}

// finding adds a finding of a code about a change as a whole.
func (v *Verdict) finding(code library.Code, at library.Text, message string) {
	d := &library.Diagnostic{Pos: at.Pos, End: at.End, Code: code.ID, Name: code.Name, Severity: code.Severity, Message: message}
	d.AnchorTo(message)
	v.Findings = append(v.Findings, d)
}
