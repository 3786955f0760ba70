package library

import (
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// An Index knows the names of all files of some libraries, to tell
// whether what a prompt refers to exists.
type Index struct {
	paths map[string]bool     // of all files, absolute, with slashes
	stems map[string][]string // file name without extension → paths as shown
	other map[string]bool     // names of the files that are no prompts, without folder
	roots []string
	open  bool // some root is no known library, so a path that exists is good
}

// add enters a file by its path as shown and its absolute path.
func (ix *Index) add(shown, abs string) {
	abs = filepath.ToSlash(abs)
	if ix.paths[abs] {
		return
	}
	ix.paths[abs] = true
	if IsPromptFile(shown) {
		shown = filepath.ToSlash(shown)
		stem := Stem(shown)
		ix.stems[stem] = append(ix.stems[stem], shown)
	} else {
		ix.other[filepath.Base(shown)] = true
	}
}

// HasBeside reports whether there is a file that is no prompt at a path, as the
// contract beside a prompt is.
func (ix *Index) HasBeside(file string) bool {
	if !ix.other[path.Base(file)] {
		return false // as for nearly every file, without asking where the working directory is
	}
	abs, err := filepath.Abs(filepath.FromSlash(file))
	return err == nil && ix.paths[filepath.ToSlash(abs)]
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
	if strings.Contains(reference, "://") || strings.HasPrefix(reference, "#") || strings.HasPrefix(reference, "mailto:") {
		return true
	}
	target, _, _ := strings.Cut(reference, "#")
	if plain, err := url.PathUnescape(target); err == nil {
		target = plain
	}
	if !strings.ContainsAny(target, "/.") {
		return len(ix.stems[target]) > 0
	}
	if !strings.Contains(target, "/") && len(ix.stems[Stem(target)]) > 0 {
		return true
	}
	folders := append([]string{path.Dir(from)}, ix.roots...)
	for _, folder := range folders {
		abs, err := filepath.Abs(filepath.Join(folder, filepath.FromSlash(target)))
		if err != nil {
			continue
		}
		abs = filepath.ToSlash(abs)
		if ix.paths[abs] || ix.paths[abs+".md"] || ix.paths[strings.TrimSuffix(abs, "/")+"/index.md"] || ix.paths[strings.TrimSuffix(abs, "/")+"/README.md"] {
			return true
		}
		if info, err := os.Stat(abs); ix.open && err == nil && info.Mode().IsRegular() {
			return true
		}
	}
	return false
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
