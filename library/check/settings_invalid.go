package check

import (
	"path"
	"slices"
	"strings"

	"promptlib/library"
	"promptlib/library/policy"
)

var settingsCode = library.Code{
	ID: "APR114", Name: "settings-invalid", Severity: library.Error,
	Doc: library.Doc{
		Summary: "policy or people that would land cannot be read, or are removed",
		Why:     "Once that has landed, nothing could be decided any more, and everybody waits.",
		Fix:     "Correct the file. promptlib policy test reads it before you push. A policy goes with the last prompt that it governs, and the people with the last rule that asks for them.",
	},
}

// readers read the settings that a decision depends on.
var readers = []struct {
	name string
	read func(path string, text []byte) error
}{
	{policy.FileName, func(path string, text []byte) error { _, err := policy.Read(path, text); return err }},
	{policy.PeopleName, func(path string, text []byte) error { _, err := policy.ReadPeople(path, text); return err }},
	{policy.UngovernedName, func(path string, text []byte) error { _, err := policy.ReadUngoverned(path, text); return err }},
}

func settingsInvalid(c *Change, v *Verdict) {
	for _, r := range readers {
		f := c.settingsFile(r.name)
		if f == nil {
			continue
		}
		message := ""
		switch {
		case f.Head == nil:
			message = c.missed(r.name)
		case !f.Head.regular():
			message = "it cannot be read: it is no regular file"
		default:
			if err := r.read(c.shown(f.Path), f.Head.Text); err != nil {
				first, _, _ := strings.Cut(err.Error(), "\n")
				message = "it cannot be read: " + first
			}
		}
		if message != "" {
			pos := library.Pos{Path: c.shown(f.Path), Line: 1, Column: 1}
			v.finding(settingsCode, library.Text{Pos: pos, End: pos}, message)
		}
	}
}

// missed says what the library lacks without one of its settings; "" for nothing.
// Without legacy files more is asked, which needs no leave.
func (c *Change) missed(name string) string {
	switch {
	case name == policy.FileName && slices.ContainsFunc(c.Names, c.governs) && !c.ruledFromAbove():
		return "it is removed, and prompts that it governs stay: nothing could be decided any more; keep it as long as there are any"
	case name == policy.PeopleName && c.asksForPeople():
		return "it is removed, and the policy asks for approvals that nobody could give any more; keep it as long as it does"
	}
	return ""
}

// ruledFromAbove reports whether a folder that the library lies in has a policy,
// which then governs it too.
func (c *Change) ruledFromAbove() bool {
	for dir := path.Clean(c.Prefix); dir != "."; {
		dir = path.Dir(dir)
		if slices.Contains(c.Names, path.Join("/", dir, library.SettingsDir, policy.FileName)) {
			return true
		}
	}
	return false
}

// asksForPeople reports whether the policy asks for approvals once the change has
// landed.
func (c *Change) asksForPeople() bool {
	pol, _, ok := c.landing()
	return ok && (pol.Protect.Approve != nil || slices.ContainsFunc(pol.Rules, func(r policy.Rule) bool { return r.Approve != nil }))
}
