package policy

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"promptlib/library"
)

// UngovernedName is the name of the list of legacy files in the settings folder of
// a library.
const UngovernedName = "ungoverned.yaml"

// Ungoverned are files from before there was a policy, which asks nothing of them
// as long as they stay as they are: the digest of a file, by [FileDigest], by its
// path in the library. The nil Ungoverned exempts nothing.
type Ungoverned map[string]string

// LoadUngoverned reads the list of legacy files of the library at root; nil where
// there is none. The error joins one line for each mistake in it.
func LoadUngoverned(root string) (Ungoverned, error) {
	name := path.Join(library.SettingsDir, UngovernedName)
	text, err := library.ReadWithin(root, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return ReadUngoverned(filepath.ToSlash(filepath.Join(root, name)), text)
}

// ReadUngoverned reads a list of legacy files from memory. Name is what
// messages call it.
func ReadUngoverned(name string, text []byte) (Ungoverned, error) {
	root, err := library.ReadSettings(name, text, "ungoverned")
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
		if clean := path.Clean(file.Value); clean != file.Value || path.IsAbs(clean) || clean == "." || strings.HasPrefix(clean+"/", "../") {
			r.fail(file, "%q is no path of a file as the library has it; write it from the folder that holds %s, as in %q", file.Value, library.SettingsDir, "prompts/a.md")
		}
		u[file.Value] = n.Get("sha256").Text.Value
	}
	if err := r.err(); err != nil {
		return nil, err
	}
	return u, nil
}

// Exempt reports whether the policy asks nothing of a file with some text.
func (u Ungoverned) Exempt(path string, text []byte) bool {
	return u[path] == FileDigest(text)
}
