package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
	"promptlib/library/lint"
)

// maxBaselineSize is the size in bytes of the largest baseline that is read:
// half a million entries.
const maxBaselineSize = 64 << 20

// A baseline is that of one library. It does not exist before it is written.
type baseline struct {
	path    string
	exists  bool
	entries lint.Baseline
}

// readBaselines reads the baselines of libraries.
func readBaselines(roots []string) (map[string]*baseline, error) {
	all := map[string]*baseline{}
	var errs []error
	for _, root := range roots {
		b := &baseline{path: path.Join(library.CleanPath(root), library.SettingsDir, lint.BaselineFile)}
		all[root] = b
		if err := b.read(); err != nil {
			errs = append(errs, err)
		}
	}
	if errs != nil {
		return nil, fault("nothing was checked; correct or delete the lines, or restore the file from git", "%w", errors.Join(errs...))
	}
	return all, nil
}

func (b *baseline) read() error {
	info, err := os.Stat(b.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: is no regular file", b.path)
	case info.Size() > maxBaselineSize:
		return fmt.Errorf("%s: the file has %d bytes; at most %d are read", b.path, info.Size(), maxBaselineSize)
	}
	text, err := os.ReadFile(b.path)
	if err != nil {
		return err
	}
	b.exists = true
	b.entries, err = lint.ReadBaseline(b.path, text)
	return err
}

// settle takes the findings that baselines hold out of a result, and writes the
// baselines if that is asked for. Files are those that were linted.
func (o *lintOptions) settle(a *app, baselines map[string]*baseline, files []library.File, result *report.Lint) error {
	byRoot := splitByRoot(result.Diagnostics, files)
	files = readable(files, result.Diagnostics)
	result.Diagnostics = byRoot[""] // those of files that are no prompts, such as the configuration
	for _, root := range slices.Sorted(maps.Keys(baselines)) {
		b := baselines[root]
		fresh, known, added := b.entries.Sift(root, byRoot[root])
		var stale lint.Baseline
		if len(b.entries) > 0 {
			seen := o.newSeen(root, files)
			stale = slices.DeleteFunc(slices.Clone(b.entries), func(e lint.BaselineEntry) bool { return known.Has(e) || !seen.judges(e) })
		}
		if !o.baseline {
			if len(stale) > 0 {
				a.note("note: %d stale in %s: what they stand for is gone; promptlib lint --write-baseline drops them", len(stale), b.path)
			}
			result.Stale += len(stale)
		} else {
			if b.exists && !o.grow {
				added = nil
			} else {
				fresh = nil
			}
			if err := b.write(a, stale, added); err != nil {
				return err
			}
		}
		result.Baselined += len(byRoot[root]) - len(fresh)
		result.Diagnostics = append(result.Diagnostics, fresh...)
	}
	slices.SortStableFunc(result.Diagnostics, func(x, y *library.Diagnostic) int { return x.Compare(*y) })
	return nil
}

// splitByRoot returns findings by the root of the library that their file belongs
// to; "" for one that is none of files.
func splitByRoot(findings []*library.Diagnostic, files []library.File) map[string][]*library.Diagnostic {
	byRoot := map[string][]*library.Diagnostic{}
	if len(findings) == 0 {
		return byRoot
	}
	rootOf := make(map[string]string, len(files))
	for _, f := range files {
		rootOf[f.Path] = f.Root
	}
	for _, d := range findings {
		root := rootOf[d.Pos.Path]
		byRoot[root] = append(byRoot[root], d)
	}
	return byRoot
}

// readable leaves out the files of which something could not be read for certain:
// what the baseline holds of them may be there all the same.
func readable(files []library.File, findings []*library.Diagnostic) []library.File {
	unread := map[string]bool{}
	for _, d := range findings {
		if rule := lint.Find(d.Code); rule != nil && rule.Kind != "" && d.Severity == library.Error && !strings.HasPrefix(d.Code, "STR") {
			unread[d.Pos.Path] = true
		}
	}
	if len(unread) == 0 {
		return files
	}
	return slices.DeleteFunc(slices.Clone(files), func(f library.File) bool { return unread[f.Path] })
}

// write brings a baseline up to date on disk. Where nothing changes, the file is
// left alone.
func (b *baseline) write(a *app, stale, added lint.Baseline) error {
	entries := b.entries.Drop(stale).Add(added)
	var text strings.Builder
	for _, e := range entries {
		if err := report.WriteJSON(&text, e, ""); err != nil {
			return fault("", "writing %s: %w", b.path, err)
		}
	}
	if before, err := os.ReadFile(b.path); err != nil || string(before) != text.String() {
		if err := replaceFile(b.path, text.String()); err != nil {
			return fault("", "writing the baseline: %w", err)
		}
	}
	a.note("%s: %d in all, %d added, %d dropped", b.path, len(entries), len(added), len(stale))
	return nil
}

// A seen says what a run has looked at in one library: only there can it tell
// that a finding is gone.
type seen struct {
	files map[string]bool // that were linted, relative to the root
	below []string        // PATH arguments in the library, relative to its root; "." for all of it
	root  string
	part  bool // of the files below, only some were linted
}

func (o *lintOptions) newSeen(root string, files []library.File) seen {
	s := seen{files: map[string]bool{}, root: root, part: o.isSince}
	for _, f := range files {
		if f.Root == root {
			s.files[library.Relative(root, f.Path)] = true
		}
	}
	if o.isStdin {
		return s
	}
	paths := o.paths
	if len(paths) == 0 {
		paths = []string{"."}
	}
	for _, p := range paths {
		if _, err := os.Stat(p); err != nil {
			continue // a glob, of which only the files are known
		}
		rel := library.Relative(root, library.CleanPath(p))
		if strings.Trim(rel, "./") == "" {
			rel = "." // the root, or a folder above it
		}
		if !strings.HasPrefix(rel, "../") {
			s.below = append(s.below, rel)
		}
	}
	return s
}

// judges reports whether the run can tell that the finding of an entry is gone.
func (s seen) judges(e lint.BaselineEntry) bool {
	all := slices.Contains(s.below, ".")
	if rule := lint.Find(e.Rule); rule != nil && rule.Library != nil && (s.part || !all) {
		return false // what the file is compared with was not looked at
	}
	if s.files[e.File] {
		return true
	}
	if !all && !slices.ContainsFunc(s.below, func(p string) bool { return e.File == p || strings.HasPrefix(e.File, p+"/") }) {
		return false
	}
	_, err := os.Lstat(filepath.Join(s.root, filepath.FromSlash(e.File)))
	return errors.Is(err, fs.ErrNotExist) // one that is there was left out, by --since or the configuration
}
