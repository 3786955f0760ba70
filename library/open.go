package library

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// SettingsDir is the folder that marks the root of a library and holds its
// policy, configuration and run data.
const SettingsDir = ".promptlib"

// A File is a prompt file that was found, and not yet read.
type File struct {
	Path    string   // as messages name it: the PATH argument and what follows, with slashes
	Root    string   // of the library it belongs to
	Prose   bool     // README, CHANGELOG, CONTRIBUTING, LICENSE or index below a folder: about the library, no prompt
	Named   bool     // by a PATH argument, and not only found in a folder
	Problem *Problem // why it cannot be read; nil for most
}

// A Library is the files that PATH arguments lead to, and the names of all
// files of the libraries they belong to.
type Library struct {
	Files []File // sorted by path, each file once
	Roots []string
	Index *Index
}

// IsPromptFile reports whether a name has one of the extensions of prompt
// files: .md, .prompt and .prompty.
func IsPromptFile(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".md", ".prompt", ".prompty":
		return true
	}
	return false
}

// IsProse reports whether a file of some name is about the library rather than a
// prompt.
func IsProse(name string) bool {
	stem, _, _ := strings.Cut(strings.ToLower(name), ".")
	switch stem {
	case "readme", "changelog", "contributing", "license", "index":
		return true
	}
	return false
}

// Open finds the prompt files below some files and folders, the working
// directory where none is given. Folders are walked in lexical order; symbolic
// links are not followed, but a path that is named is. A file that is named is
// taken whatever its extension. A path that does not exist may be a glob, which
// stands for the prompt files that folders hold, and may end in "**". An error
// means that paths cannot be opened at all, and names them all.
func Open(paths ...string) (*Library, error) {
	if len(paths) == 0 {
		paths = []string{"."}
	}
	w := newWalker()
	w.several = len(paths) > 1
	var errs []error
	for _, path := range paths {
		if path == "" { // as an unset variable of a script gives it; it must not stand for everything
			return nil, errors.New("an empty path names no file")
		}
		if err := w.argument(filepath.Clean(path)); err != nil {
			errs = append(errs, err)
		}
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	return w.library(), nil
}

// OpenBuffer finds the library of one file, which need not exist: its text is in
// the memory of an editor. The file is the only one of Files.
func OpenBuffer(path string) *Library {
	w := newWalker()
	path = filepath.Clean(path)
	f := File{Path: filepath.ToSlash(path), Root: FindRoot(filepath.Dir(path))}
	if f.Root == "" {
		f.Root = filepath.Dir(path)
		w.shallow[f.Root] = true
	}
	w.lib.Roots = []string{f.Root}
	w.lib.Files = []File{f}
	if abs, err := filepath.Abs(path); err == nil {
		w.names = append(w.names, fileName{path, abs})
	}
	return w.library()
}

type walker struct {
	lib     *Library
	names   []fileName      // for the index
	several bool            // there is more than one PATH argument, so files may be found twice
	seen    map[string]int  // then: absolute path of a file → its index in lib.Files
	folders map[string]bool // whose files are in the index, absolute
	shallow map[string]bool // roots that are only the folder of a file that was named
	glob    string          // that files must match, or a folder above them; empty for none
}

func newWalker() *walker {
	return &walker{lib: &Library{}, seen: map[string]int{}, folders: map[string]bool{}, shallow: map[string]bool{}}
}

// library returns what was found, with the names of all files of its libraries.
func (w *walker) library() *Library {
	lib := w.lib
	slices.SortFunc(lib.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	slices.Sort(lib.Roots)
	lib.Roots = slices.Compact(lib.Roots)
	for _, root := range lib.Roots {
		w.nameAll(root)
	}
	lib.Index = newIndex(w.names)
	here, _ := os.Getwd() // without one, relative paths lead nowhere
	lib.Index.here = filepath.ToSlash(here)
	lib.Index.roots = lib.Roots
	lib.Index.open = len(w.shallow) > 0
	return lib
}

// expand takes what a glob matches below the folder that it begins with, as if
// that folder had been named.
func (w *walker) expand(glob string) error {
	w.glob = filepath.ToSlash(glob)
	defer func() { w.glob = "" }()
	if !doublestar.ValidatePattern(w.glob) {
		return fmt.Errorf("%s: is neither a file nor a glob that can be read", glob)
	}
	base, _ := doublestar.SplitPattern(w.glob)
	if info, err := os.Stat(base); err != nil || !info.IsDir() {
		return fmt.Errorf("%s: matches no prompt file; there is no folder %s", glob, base)
	}
	if err := w.argument(filepath.FromSlash(base)); err != nil {
		return err
	}
	for _, f := range w.lib.Files {
		if w.matches(f.Path) {
			return nil
		}
	}
	return fmt.Errorf("%s: matches no prompt file", glob)
}

// matches reports whether the glob matches a path or a folder above it.
func (w *walker) matches(path string) bool {
	for p := path; ; {
		if doublestar.MatchUnvalidated(w.glob, p) {
			return true
		}
		i := strings.LastIndexByte(p, '/')
		if i <= 0 {
			return false
		}
		p = p[:i]
	}
}

// isGlob reports whether a path that does not exist may stand for several.
func isGlob(path string) bool { return strings.ContainsAny(path, "*?[{") }

func (w *walker) argument(path string) error {
	info, err := os.Stat(path)
	if err != nil && w.glob == "" && isGlob(path) {
		if _, err := os.Lstat(path); err != nil {
			return w.expand(path)
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %s", path, reason(err))
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	folder := path
	if !info.IsDir() {
		folder = filepath.Dir(path)
	}
	root := FindRoot(folder)
	if root == "" {
		root = folder
		if !info.IsDir() {
			w.shallow[root] = true
		}
	}
	w.lib.Roots = append(w.lib.Roots, root)
	if info.IsDir() {
		w.walk(path, abs, root)
		return nil
	}
	f := File{Path: filepath.ToSlash(path), Root: root}
	if !info.Mode().IsRegular() {
		p := problem(Unreadable, fileStart(f.Path), "is no regular file")
		f.Problem = &p
	}
	named := w.enter(f, abs) // a folder may have held it before
	named.Prose, named.Named, named.Problem = false, true, f.Problem
	return nil
}

// add enters a file, unless it was found before or the glob leaves it out.
func (w *walker) add(f File, abs string) {
	if w.glob == "" || w.matches(f.Path) {
		w.enter(f, abs)
	}
}

func (w *walker) enter(f File, abs string) *File {
	n := len(w.lib.Files)
	if w.several {
		if i, ok := w.seen[abs]; ok {
			return &w.lib.Files[i]
		}
		w.seen[abs] = n
	}
	w.lib.Files = append(w.lib.Files, f)
	return &w.lib.Files[n]
}

// walk finds the files of a folder, whose library begins at root or at a folder
// with settings further down.
func (w *walker) walk(path, abs, root string) {
	w.folders[abs] = true
	entries, err := os.ReadDir(path)
	if path != root && (err != nil || mayHaveSettings(entries)) && hasSettings(path) {
		root = path
		w.lib.Roots = append(w.lib.Roots, root)
	}
	if err != nil {
		p := problem(Unreadable, fileStart(filepath.ToSlash(path)), "cannot be read: %s", reason(err))
		w.enter(File{Path: filepath.ToSlash(path), Root: root, Problem: &p}, abs)
	}
	for _, e := range entries {
		name := e.Name()
		full := below(path, name)
		absFull := full
		if path != abs {
			absFull = below(abs, name)
		}
		mode := e.Type()
		if mode.IsRegular() {
			w.names = append(w.names, fileName{full, absFull})
		}
		switch {
		case mode.IsDir():
			if name == ".git" {
				continue
			}
			w.walk(full, absFull, root)
		case !IsPromptFile(name):
		case mode.IsRegular():
			w.add(File{Path: filepath.ToSlash(full), Root: root, Prose: IsProse(name)}, absFull)
		case mode&fs.ModeSymlink != 0:
			w.link(full, absFull, root)
		default:
			p := problem(Unreadable, fileStart(filepath.ToSlash(full)), "is no regular file")
			w.add(File{Path: filepath.ToSlash(full), Root: root, Problem: &p}, absFull)
		}
	}
}

// below is filepath.Join for a folder whose path is clean and a name in it.
func below(folder, name string) string {
	switch {
	case folder == ".":
		return name
	case os.IsPathSeparator(folder[len(folder)-1]):
		return folder + name
	}
	return folder + string(filepath.Separator) + name
}

// nameAll adds the names of the files of a folder to those for the index, except
// where they were walked already.
func (w *walker) nameAll(root string) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return
	}
	_ = filepath.WalkDir(abs, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil // a folder that cannot be read has no names; walk reports it where it matters
		case d.IsDir() && (d.Name() == ".git" || w.folders[path] || w.shallow[root] && path != abs):
			return fs.SkipDir
		case d.Type().IsRegular():
			rel, _ := filepath.Rel(abs, path)
			w.names = append(w.names, fileName{filepath.Join(root, rel), path})
		}
		return nil
	})
	w.folders[abs] = true
}

// link handles a symbolic link with the name of a prompt file. One that stays
// inside the library leads to a file that is read where it stands.
func (w *walker) link(path, abs, root string) {
	slash := filepath.ToSlash(path)
	target, err := filepath.EvalSymlinks(path)
	var p Problem
	switch {
	case err != nil:
		p = problem(Unreadable, fileStart(slash), "symbolic link to a file that does not exist")
	case inside(target, root):
		return
	default:
		p = problem(SymlinkOutside, fileStart(slash), "symbolic link out of the library; it is not followed, so put a copy here")
	}
	w.add(File{Path: slash, Root: root, Problem: &p}, abs)
}

// inside reports whether a path without symbolic links lies below a folder.
func inside(path, folder string) bool {
	folder, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return false
	}
	folder, _ = filepath.Abs(folder)
	path, _ = filepath.Abs(path)
	rel, err := filepath.Rel(folder, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// FindRoot returns the nearest folder from path upward that has a settings
// folder, or "" where none has. The result is as relative as path is.
func FindRoot(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	for dir := path; ; dir = filepath.Join(dir, "..") {
		if hasSettings(dir) {
			return dir
		}
		parent := filepath.Dir(abs)
		if parent == abs {
			return ""
		}
		abs = parent
	}
}

// mayHaveSettings reports whether one of the entries of a folder, by name, is
// called like a settings folder. Nearly no folder has one, and to ask the system
// for it costs as much as to open a file.
func mayHaveSettings(entries []fs.DirEntry) bool {
	_, ok := slices.BinarySearchFunc(entries, SettingsDir, func(e fs.DirEntry, name string) int { return strings.Compare(e.Name(), name) })
	return ok
}

// hasSettings reports whether a folder has a settings folder with something in
// it besides the data of runs: a run must not make a library of the folder it
// was started in.
func hasSettings(dir string) bool {
	settings, err := os.Open(filepath.Join(dir, SettingsDir))
	if err != nil {
		return false
	}
	defer settings.Close()
	names, err := settings.Readdirnames(3)
	if err == io.EOF {
		return true // an empty one was made on purpose
	}
	return slices.ContainsFunc(names, func(name string) bool { return name != "local" && name != ".gitignore" })
}

// CleanPath returns a path as [File] and [Pos] hold it.
func CleanPath(path string) string { return filepath.ToSlash(filepath.Clean(path)) }

// Relative returns the path of a file below the root of its library, with
// slashes; the path as it is where that cannot be told. A file that is named
// from inside the library need not begin with its root: "a.md", whose root is
// "..".
func Relative(root, file string) string {
	if n := len(root); root != "." && n > 0 && n+1 < len(file) && file[n] == '/' && file[:n] == root && file[n+1] != '.' {
		return file[n+1:] // as nearly always: both are clean
	}
	root = CleanPath(root)
	switch {
	case root == "." && !filepath.IsAbs(file):
		return file
	case strings.HasPrefix(file, root+"/"):
		return strings.TrimPrefix(file, root+"/")
	}
	absRoot, err := filepath.Abs(root)
	if err != nil {
		return file
	}
	absFile, err := filepath.Abs(filepath.FromSlash(file))
	if err != nil {
		return file
	}
	rel, err := filepath.Rel(absRoot, absFile)
	if err != nil {
		return file
	}
	return filepath.ToSlash(rel)
}
