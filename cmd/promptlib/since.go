package main

import (
	"context"
	"errors"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"promptlib/cmd/promptlib/internal/config"
	"promptlib/cmd/promptlib/internal/git"
	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
	"promptlib/library/lint"
	"promptlib/library/policy"
)

// A since is what has changed since a commit: the only files that a run reports
// findings of. A nil since is for all files.
type since struct {
	ref   string
	whole map[string]bool       // path of a file that has changed, as shown → whether all its lines are looked at
	spans map[string][]git.Span // the changed lines of the other files
}

// newSince asks git which files of a library have changed since a ref.
func newSince(ctx context.Context, lib *library.Library, ref string, lines bool) (*since, []string, error) {
	s := &since{ref: ref, whole: map[string]bool{}, spans: map[string][]git.Span{}}
	places := placesOf(lib)
	repos, err := findRepos(ctx, places)
	if err != nil {
		return nil, nil, gitFault(err)
	}
	var settings []string
	for _, r := range repos {
		base, err := r.Base(ctx, ref)
		if err != nil {
			return nil, nil, gitFault(err)
		}
		changed, err := r.Changed(ctx, base, r.below)
		if err != nil {
			return nil, nil, gitFault(err)
		}
		var spans map[string][]git.Span
		if lines {
			if spans, err = r.Lines(ctx, base, r.below); err != nil {
				return nil, nil, gitFault(err)
			}
		}
		for shown, abs := range places {
			fresh, ok := changed[abs]
			if !ok {
				continue
			}
			if isSettings(shown) {
				settings = append(settings, shown)
				continue
			}
			s.whole[shown] = fresh || !lines
			s.spans[shown] = spans[abs]
		}
	}
	slices.Sort(settings)
	return s, settings, nil
}

func gitFault(err error) error {
	var e *git.Error
	if errors.As(err, &e) {
		return fault(e.Hint, "--since: %w", err)
	}
	return fault("", "--since: %w", err)
}

// placesOf returns the absolute path, without symbolic links in its folders, of
// every file of a library and of its settings, by its path as shown.
func placesOf(lib *library.Library) map[string]string {
	places := make(map[string]string, len(lib.Files))
	folders := map[string]string{}
	enter := func(shown string) {
		dir, base := path.Split(shown)
		if _, ok := folders[dir]; !ok {
			folders[dir] = realFolder(dir)
		}
		places[shown] = filepath.Join(folders[dir], base)
	}
	for _, f := range lib.Files {
		enter(f.Path)
	}
	for _, root := range lib.Roots {
		enter(path.Join(library.CleanPath(root), library.SettingsDir, policy.FileName))
		enter(path.Join(library.CleanPath(root), library.SettingsDir, config.FileName))
	}
	return places
}

// isSettings reports whether a file decides what is found in others.
func isSettings(shown string) bool { return path.Base(path.Dir(shown)) == library.SettingsDir }

func realFolder(dir string) string {
	abs, err := filepath.Abs(filepath.FromSlash(dir))
	if err != nil {
		return dir
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		return real
	}
	return abs
}

// A repo is a repository and the folder in it that all files of a run lie below.
type repo struct {
	git.Repo
	below string
}

// findRepos returns the repositories that files stand in. Settings may stand
// outside of them.
func findRepos(ctx context.Context, places map[string]string) ([]repo, error) {
	common := map[string]string{} // top of a work tree → the folder that its files lie below
	tops := map[string]string{}
	for _, settings := range []bool{false, true} {
		for shown, abs := range places {
			dir := filepath.Dir(abs)
			top := topOf(dir, tops)
			before, ok := common[top]
			switch {
			case isSettings(shown) != settings || settings && top == "":
			case ok && top == "":
				common[top] = min(before, dir) // to be named in an error
			case ok:
				common[top] = commonFolder(before, dir)
			case !settings:
				common[top] = dir
			}
		}
	}
	byRoot := map[string]string{}
	for _, top := range slices.Sorted(maps.Keys(common)) {
		dir := common[top]
		start := top
		if start == "" {
			start = dir // git says that there is none
		}
		r, err := git.Find(ctx, start)
		if err != nil {
			return nil, err
		}
		if before, ok := byRoot[r.Root]; ok {
			dir = commonFolder(before, dir)
		}
		byRoot[r.Root] = dir
	}
	var repos []repo
	for _, root := range slices.Sorted(maps.Keys(byRoot)) {
		below, err := filepath.Rel(root, byRoot[root])
		if err != nil {
			below = "."
		}
		repos = append(repos, repo{git.Repo{Root: root}, filepath.ToSlash(below)})
	}
	return repos, nil
}

// topOf returns the nearest folder upward that has a ".git", or "" where none
// has. Known keeps what was found before.
func topOf(dir string, known map[string]string) string {
	if top, ok := known[dir]; ok {
		return top
	}
	top := ""
	if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
		top = dir
	} else if parent := filepath.Dir(dir); parent != dir {
		top = topOf(parent, known)
	}
	known[dir] = top
	return top
}

func commonFolder(a, b string) string {
	for a != b {
		if len(a) > len(b) {
			a, b = b, a
		}
		b = filepath.Dir(b)
	}
	return a
}

// part parts files into those that have changed and the rest.
func (s *since) part(files []library.File) (changed, rest []library.File) {
	if s == nil {
		return files, nil
	}
	for _, f := range files {
		if _, ok := s.whole[f.Path]; ok {
			changed = append(changed, f)
		} else {
			rest = append(rest, f)
		}
	}
	return changed, rest
}

// addKin adds the facts of the files of a run that were not linted, as far as
// the rules that compare prompts could report them beside those that were.
func addKin(linters map[string]*lint.Linter, facts map[*lint.Linter][]lint.Facts, rest []library.File) {
	if len(rest) == 0 {
		return // as in a run over all files
	}
	kin := map[*lint.Linter]lint.Kin{}
	for l, list := range facts {
		kin[l] = lint.NewKin(list)
	}
	for f, found := range library.Each(rest, func(f library.File) *lint.Facts {
		l := linters[f.Root]
		if !kin[l].May(f) {
			return nil
		}
		facts := l.FactsOf(library.Read(f))
		return &facts
	}) {
		if found != nil {
			l := linters[f.Root]
			facts[l] = append(facts[l], *found)
		}
	}
	for _, list := range facts {
		slices.SortFunc(list, func(a, b lint.Facts) int { return strings.Compare(a.Path, b.Path) })
	}
}

// keep returns the findings of files that have changed.
func (s *since) keep(findings []*library.Diagnostic) []*library.Diagnostic {
	if s == nil {
		return findings
	}
	return slices.DeleteFunc(findings, func(d *library.Diagnostic) bool {
		_, ok := s.whole[d.Pos.Path]
		return !ok
	})
}

// keepLines drops the findings that touch no line that has changed.
func (s *since) keepLines(result *report.Lint) {
	if s == nil {
		return
	}
	result.Diagnostics = slices.DeleteFunc(result.Diagnostics, func(d *library.Diagnostic) bool {
		path := d.Pos.Path
		if s.whole[path] || s.touches(path, d.Pos, d.End) {
			return false
		}
		return !slices.ContainsFunc(d.Related, func(r library.Related) bool {
			return r.Pos.Path == path && s.touches(path, r.Pos, r.End)
		})
	})
}

func (s *since) touches(path string, pos, end library.Pos) bool {
	return slices.ContainsFunc(s.spans[path], func(span git.Span) bool {
		return pos.Line <= span.To && max(pos.Line, end.Line) >= span.From
	})
}
