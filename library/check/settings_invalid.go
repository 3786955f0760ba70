package check

import (
	"errors"
	"path"
	"strings"

	"promptlib/library"
	"promptlib/library/policy"
)

var settingsCode = library.Code{
	ID: "APR114", Name: "settings-invalid", Severity: library.Error,
	Doc: library.Doc{
		Summary: "policy or people that would land cannot be read",
		Why:     "Once they have landed, nothing could be decided any more, and everybody waits.",
		Fix:     "Correct the file. promptlib policy test reads it before you push.",
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
		name := path.Join(library.SettingsDir, r.name)
		for _, f := range c.Files {
			if f.Path != name || f.Head == nil {
				continue
			}
			err := errors.New("it is no regular file")
			if f.Head.regular() {
				err = r.read(c.shown(f.Path), f.Head.Text)
			}
			if err == nil {
				continue
			}
			first, _, _ := strings.Cut(err.Error(), "\n")
			pos := library.Pos{Path: c.shown(f.Path), Line: 1, Column: 1}
			d := &library.Diagnostic{Pos: pos, End: pos, Code: settingsCode.ID, Name: settingsCode.Name, Severity: settingsCode.Severity, Message: "it cannot be read: " + first}
			d.AnchorTo(d.Message)
			v.Findings = append(v.Findings, d)
		}
	}
}
