package library

import (
	"iter"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// An Index knows the names of all files of some libraries, to tell
// whether what a prompt refers to exists.
type Index struct {
	paths map[string]bool     // of all files, absolute, with slashes
	stems map[string][]string // file name without extension → paths as shown
	other map[string]bool     // names of the files that are no prompts, without folder
	roots []string
	here  string // the working directory, absolute
	open  bool   // some root is no known library, so a path that exists is good
}

// A fileName is a file that an Index is to know: its path as shown, and its
// absolute path.
type fileName struct{ shown, abs string }

// newIndex returns the index of some files, of which some may be named twice.
func newIndex(files []fileName) *Index {
	ix := &Index{paths: make(map[string]bool, len(files)), stems: make(map[string][]string, len(files)), other: map[string]bool{}}
	shown := make([]string, 0, len(files)) // room for the lists of stems, most of which have one name
	for _, f := range files {
		abs, known := filepath.ToSlash(f.abs), len(ix.paths)
		ix.paths[abs] = true
		switch {
		case len(ix.paths) == known:
		case !IsPromptFile(f.shown):
			ix.other[filepath.Base(f.shown)] = true
		default:
			n := len(shown)
			shown = append(shown, filepath.ToSlash(f.shown))
			stem := Stem(shown[n])
			if others := ix.stems[stem]; others != nil {
				ix.stems[stem] = append(others, shown[n])
			} else {
				ix.stems[stem] = shown[n : n+1 : n+1]
			}
		}
	}
	return ix
}

// Files yields the paths of all files below the root of a library, relative to
// it, in no order. Those of a library inside of it are left out.
func (ix *Index) Files(root string) iter.Seq[string] {
	prefix := func(root string) string {
		abs, err := filepath.Abs(root)
		if err != nil {
			return "\x00" // below which there is nothing
		}
		return strings.TrimSuffix(filepath.ToSlash(abs), "/") + "/"
	}
	outer := prefix(root)
	var inner []string
	for _, r := range ix.roots {
		if p := prefix(r); p != outer && strings.HasPrefix(p, outer) {
			inner = append(inner, p)
		}
	}
	return func(yield func(string) bool) {
		for file := range ix.paths {
			rest, ok := strings.CutPrefix(file, outer)
			if !ok || slices.ContainsFunc(inner, func(p string) bool { return strings.HasPrefix(file, p) }) {
				continue
			}
			if !yield(rest) {
				return
			}
		}
	}
}

// HasBeside reports whether there is a file that is no prompt at a path, as the
// contract beside a prompt is.
func (ix *Index) HasBeside(file string) bool {
	if !ix.other[path.Base(file)] {
		return false // as for nearly every file, without asking where the working directory is
	}
	return ix.paths[ix.abs(path.Clean(file))]
}

// Stem returns the name of a file without folder and extension.
func Stem(p string) string {
	base := path.Base(p)
	return strings.TrimSuffix(base, path.Ext(base))
}

// Has reports whether something refers to a prompt that exists, from a file of
// the library: by the name of a file with or without extension, or by a path
// relative to the file or to the root of the library. References to the web
// exist.
func (ix *Index) Has(from, reference string) bool {
	target, _, _ := strings.Cut(reference, "#")
	if strings.IndexByte(target, '%') >= 0 {
		if plain, err := url.PathUnescape(target); err == nil {
			target = plain
		}
	}
	if strings.IndexByte(target, '/') < 0 && strings.IndexByte(target, '.') < 0 && len(ix.stems[target]) > 0 {
		return true
	}
	if strings.Contains(reference, "://") || strings.HasPrefix(reference, "#") || strings.HasPrefix(reference, "mailto:") {
		return true
	}
	if !strings.ContainsAny(target, "/.") {
		return false
	}
	if !strings.Contains(target, "/") && len(ix.stems[Stem(target)]) > 0 {
		return true
	}
	var room [256]byte
	if abs := ix.relative(room[:0], from, target); abs != nil && ix.paths[string(abs)] {
		return true // as nearly all do
	}
	folders := append([]string{path.Dir(from)}, ix.roots...)
	for _, folder := range folders {
		abs := ix.abs(path.Join(folder, target))
		if ix.paths[abs] || ix.paths[abs+".md"] || ix.paths[strings.TrimSuffix(abs, "/")+"/index.md"] || ix.paths[strings.TrimSuffix(abs, "/")+"/README.md"] {
			return true
		}
		if info, err := os.Stat(abs); ix.open && err == nil && info.Mode().IsRegular() {
			return true
		}
	}
	return false
}

// abs is filepath.Abs of a path with slashes, without asking the system where we
// are.
func (ix *Index) abs(p string) string {
	if filepath.IsAbs(filepath.FromSlash(p)) {
		return p
	}
	return path.Join(ix.here, p)
}

// relative appends to b the absolute path of a file that a link leads to, from the
// file at a path; nil where either is not as plain as it could be. It
// does what abs and path.Join do, without memory for what is in between.
func (ix *Index) relative(b []byte, from, link string) []byte {
	if from == "" || from[0] == '.' || strings.Contains(from, "//") || strings.Contains(from, "/.") {
		return nil
	}
	if from[0] != '/' {
		b = append(append(b, ix.here...), '/')
	}
	b = append(b, from...)
	for b[len(b)-1] != '/' {
		b = b[:len(b)-1]
	}
	for strings.HasPrefix(link, "../") {
		link = link[len("../"):]
		if len(b) <= 1 {
			return nil
		}
		b = b[:len(b)-1]
		for b[len(b)-1] != '/' {
			b = b[:len(b)-1]
		}
	}
	if link == "" || link[0] == '/' || link[0] == '.' || strings.Contains(link, "//") || strings.Contains(link, "/.") {
		return nil
	}
	return append(b, link...)
}

// Near returns the path of a file whose stem is that of a reference, or is close
// to it; "" for none.
func (ix *Index) Near(reference string) string {
	target, _, _ := strings.Cut(reference, "#")
	stem := Stem(target)
	if found := ix.stems[stem]; len(found) > 0 {
		return found[0]
	}
	best := Nearest(stem, func(yield func(string) bool) {
		for s := range ix.stems {
			if !yield(s) {
				return
			}
		}
	})
	if best == "" {
		return ""
	}
	return ix.stems[best][0]
}

// Leads reports whether a Markdown link of a file leads anywhere: to a file or
// folder, named relative to the file or to the root of the library. What needs no
// file, such as an address of the web or a heading of the same file, does.
func (ix *Index) Leads(from, link string) bool {
	target := linkPath(link)
	if target == "" || hasScheme(target) {
		return true
	}
	folders := ix.roots
	if !strings.HasPrefix(target, "/") {
		folders = append([]string{path.Dir(from)}, ix.roots...)
	}
	for _, folder := range folders {
		abs := ix.abs(path.Join(folder, target))
		if ix.paths[abs] || ix.paths[abs+".md"] {
			return true
		}
		if _, err := os.Stat(abs); err == nil { // a folder, or a file of no known library
			return true
		}
	}
	return false
}

// linkPath returns the path of a link without fragment, query and escapes.
func linkPath(link string) string {
	if i := strings.IndexAny(link, "#?"); i >= 0 {
		link = link[:i]
	}
	if plain, err := url.PathUnescape(link); err == nil {
		return plain
	}
	return link
}

// hasScheme reports whether a reference begins like "mailto:" or "https:".
func hasScheme(reference string) bool {
	i := strings.IndexByte(reference, ':')
	return i > 0 && !strings.ContainsAny(reference[:i], "/.")
}

// Moved returns where the file of a reference that leads nowhere stands now, as a
// link from the file that refers to it: the one file of its name or, of several,
// the one whose folders are named most alike; "" where that leaves a choice.
func (ix *Index) Moved(from, reference string) string {
	target := linkPath(reference)
	found, best, several := "", -1, false
	for _, shown := range ix.stems[Stem(target)] {
		if ext := path.Ext(target); ext != "" && ext != path.Ext(shown) || path.Clean(shown) == path.Clean(from) {
			continue
		}
		switch n := sharedFolders(shown, target); {
		case n > best:
			found, best, several = shown, n, false
		case n == best:
			several = true
		}
	}
	if found == "" || several {
		return ""
	}
	return LinkTo(from, found)
}

// sharedFolders counts the folders that two paths have in common, from the file
// upward.
func sharedFolders(a, b string) int {
	as, bs := strings.Split(path.Dir(a), "/"), strings.Split(path.Dir(b), "/")
	n := 0
	for n < len(as) && n < len(bs) && as[len(as)-1-n] == bs[len(bs)-1-n] {
		n++
	}
	return n
}

// LinkTo returns a relative link from one file to another.
func LinkTo(from, to string) string {
	rel, err := filepath.Rel(filepath.FromSlash(path.Dir(from)), filepath.FromSlash(to))
	if err != nil {
		return to
	}
	return strings.ReplaceAll(filepath.ToSlash(rel), " ", "%20")
}

// NewIndex returns the index of a library whose files are known by name and need
// not be there, as those of a tree of git are. Names are relative to root and have
// slashes.
func NewIndex(root string, names []string) *Index {
	abs, err := filepath.Abs(root)
	if err != nil {
		abs = root
	}
	files := make([]fileName, len(names))
	for i, name := range names {
		files[i] = fileName{path.Join(filepath.ToSlash(root), name), path.Join(filepath.ToSlash(abs), name)}
	}
	ix := newIndex(files)
	here, _ := os.Getwd() // without one, relative paths lead nowhere
	ix.here, ix.roots = filepath.ToSlash(here), []string{root}
	return ix
}
