package policy

import (
	"promptlib/library"
)

// UngovernedName is the name of the list of legacy files in the settings folder of
// a library.
const UngovernedName = "ungoverned.yaml"

// Ungoverned are files from before there was a policy, which asks nothing of them
// as long as they stay as they are: the digest of a file, by [FileDigest], by its
// path in the library. The nil Ungoverned exempts nothing.
type Ungoverned map[string]string

// ReadUngoverned reads a list of legacy files from memory. Path names it in
// messages.
func ReadUngoverned(path string, text []byte) (Ungoverned, error) {
	root, err := library.ReadSettings(path, text, "ungoverned")
	if err != nil {
		return nil, err
	}
	u := Ungoverned{}
	var r reader
	for _, n := range root.Get("files").Elements() {
		file := n.Get("path").Text
		if _, twice := u[file.Value]; twice {
			r.fail(file, "%q stands here twice; keep one", file.Value)
		}
		u[file.Value] = n.Get("sha256").Text.Value
	}
	return u, r.err()
}

// Exempt reports whether the policy asks nothing of a file with some text.
func (u Ungoverned) Exempt(path string, text []byte) bool {
	return u[path] == FileDigest(text)
}
