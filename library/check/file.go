package check

import (
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"promptlib/library"
	"promptlib/library/policy"
)

// A file is one changed file while it is decided of.
type file struct {
	File
	change   *Change
	shown    string // the path as findings name it
	name     string // by which statements call it
	governed bool
	// protected says that the file is one of those whose changes the policy protects.
	protected bool
	link      bool   // what lands is a symbolic link or a submodule, where a governed file or a folder of some could be
	twin      string // another name that is the same file on some systems, one of the two being governed, protected or of the settings; "" for none
	base      side
	head      side
	digest    string // of what it becomes
	need      policy.Need
	highRisk  bool // as it was or as it becomes; or it is protected
	authors   authors
	opinions  []*opinion // of all files
	standing  bool       // it is no change: it has landed on a waiver
	result    Result
	check     *check // that runs
	findings  []*library.Diagnostic
	undecided []Doubt
}

// A side is a prompt as it was, or as it becomes. It is zero where the file is
// absent, no prompt, or a legacy file of which nothing is asked.
type side struct {
	prompt     *library.Prompt
	governance *policy.Governance
	need       policy.Need
	digest     string // "" where the file is absent
}

// newFile finds out what a changed file is to the policy. A file that it is not
// about is neither governed nor protected.
func (c *Change) newFile(f File) *file {
	d := c.unread(f)
	d.link = f.Head != nil && !f.Head.regular() && (d.governed || d.protected || IsEvidence(f.Path) || c.hides(f.Path))
	if f.Head != nil && c.twins != nil {
		if d.twin = c.twins.of(f.Path, c.ruled(f.Path)); settingsTwin(f.Path) {
			d.twin = library.SettingsDir
		}
	}
	if !c.legacy(f.Path, f.Base) {
		d.base, d.head = c.side(f.Path, f.Base), c.side(f.Path, f.Head)
	} else if !c.legacy(f.Path, f.Head) {
		d.head = c.side(f.Path, f.Head)
	}
	d.need = d.base.need.With(d.head.need)
	if d.protected {
		d.need = d.need.With(policy.NeedOf(c.Policy.Protect.Approve))
	}
	d.highRisk = d.protected // all else depends on it
	for _, s := range []side{d.base, d.head} {
		d.highRisk = d.highRisk || s.governance != nil && c.Policy.HighRisk(s.governance)
	}
	return d
}

// unread finds out what approvals of a changed file must be of, for which no prompt
// has to be parsed.
func (c *Change) unread(f File) *file {
	d := &file{File: f, change: c, shown: c.shown(f.Path), name: f.Path}
	d.protected, d.governed = c.protects(f), c.governs(f.Path)
	if d.governed {
		d.name = policy.PromptID(f.Path)
	}
	d.digest = d.digestOfHead()
	return d
}

// shown returns the path of a file from the top of the repository.
func (c *Change) shown(path string) string {
	if rest, outside := strings.CutPrefix(path, "/"); outside {
		return rest
	}
	return c.Prefix + path
}

// governs reports whether the policy is about a file.
func (c *Change) governs(path string) bool {
	return !strings.HasPrefix(path, "/") && c.Policy.GovernsFile(path)
}

// protects reports whether a change of a file is one that the policy protects.
// Evidence may be added by anyone, and be taken away or altered only as the policy
// itself may be.
func (c *Change) protects(f File) bool {
	own := ownSettings(f.Path)
	if IsEvidence(own) {
		return f.Base != nil
	}
	return c.Policy.Protects(f.Path, c.shown(f.Path)) != "" || own != f.Path && c.Policy.Protects(own, c.Prefix+own) != ""
}

// ownSettings returns, of a settings file of a library inside of this one, the
// settings file that has its place here; any other path as it is. With such a file,
// a folder of prompts would leave the policy: what reads the work tree goes by the
// nearest.
func ownSettings(path string) string {
	if i := strings.Index(path, "/"+library.SettingsDir+"/"); i > 0 && !strings.HasPrefix(path, "/") && !strings.HasPrefix(path, library.SettingsDir+"/") {
		return path[i+1:]
	}
	return path
}

// Exempt reports whether a file is a legacy file that stays as it is listed. One
// that comes back to what it was listed as has been governed in between, and is so
// still.
func (c *Change) Exempt(f File) bool { return c.legacy(f.Path, f.Base) && c.legacy(f.Path, f.Head) }

func (c *Change) legacy(path string, b *Blob) bool {
	return b != nil && b.regular() && c.Ungoverned.Exempt(path, b.Text)
}

// side reads a prompt as it was or as it becomes.
func (c *Change) side(path string, b *Blob) side {
	if b == nil || !b.regular() || !c.governs(path) {
		return side{}
	}
	prompt := library.ReadBuffer(path, string(b.Text))
	g := c.Policy.Effective(prompt, ".")
	return side{prompt: prompt, governance: g, need: c.Policy.Need(g), digest: policy.Digest(b.Text)}
}

// digestOfHead returns what an approval must be of: the text that lands, or the
// removal of the one that was there.
func (f *file) digestOfHead() string {
	if f.Head == nil && f.Base != nil {
		return policy.RemovalDigest(f.digestOf(f.Base))
	}
	return f.digestOf(f.Head)
}

// digestOf returns the digest of what a tree has in place of the file; "" where
// that is nothing.
func (f *file) digestOf(b *Blob) string {
	switch {
	case b == nil:
		return ""
	case f.governed:
		return policy.Digest(b.Text)
	}
	return policy.FileDigest(b.Text)
}

// exempt reports whether nothing is asked of a governed file, since it is a legacy
// file that stays as it is listed, or one that is removed.
func (f *file) exempt() bool {
	return f.governed && !f.protected && !f.link && f.twin == "" && f.base.governance == nil && f.head.governance == nil
}

// hides reports whether the policy may govern files below a path. What a symbolic
// link or a submodule has there, nobody would see.
func (c *Change) hides(path string) bool {
	if strings.HasPrefix(path, "/") {
		return false
	}
	return c.Policy.Prompts == nil || slices.ContainsFunc(c.Policy.Prompts, func(glob string) bool { return mayHold(glob, path) })
}

// mayHold reports whether a glob may match a file below a folder. Of a glob that it
// cannot take to pieces it believes so.
func mayHold(glob, folder string) bool {
	parts := strings.Split(glob, "/")
	for i, name := range strings.Split(folder, "/") {
		if strings.Contains(parts[i], "**") {
			return true
		}
		if i >= len(parts)-1 { // the last part is the name of a file
			return false
		}
		if ok, err := doublestar.Match(parts[i], name); err == nil && !ok {
			return false
		}
	}
	return true
}

// at is the place of a governance key in a prompt as it becomes, or the start of
// the file.
func (f *file) at(key string) library.Text {
	if list := f.head.governance.Get(key).Declarations; len(list) > 0 {
		return list[0].Value.Scalar()
	}
	return f.start()
}

func (f *file) start() library.Text {
	pos := library.Pos{Path: f.shown, Line: 1, Column: 1}
	return library.Text{Pos: pos, End: pos}
}
