package main

import (
	"context"
	"path"
	"slices"
	"strings"

	"promptlib/cmd/promptlib/internal/git"
	"promptlib/library"
	"promptlib/library/check"
	"promptlib/library/policy"
)

// change reads out of git all that the decision follows from, but the time, the
// findings of lint, and what a forge says.
func (s *snapshot) change(ctx context.Context, bootstrap bool) (*check.Change, error) {
	c := &check.Change{Prefix: s.prefix, Bootstrap: bootstrap, Names: s.names()}
	if err := s.readSettings(ctx, c); err != nil {
		return nil, err
	}
	changed, err := s.Changed(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.readFiles(ctx, c, changed); err != nil {
		return nil, err
	}
	if err := s.readStatements(ctx, c); err != nil {
		return nil, err
	}
	if err := s.readOwners(ctx, c); err != nil {
		return nil, err
	}
	return c, s.readStanding(ctx, c)
}

// inLibrary returns the path of a file in the library; one outside of it begins
// with a slash.
func (s *snapshot) inLibrary(name string) string {
	if in, ok := strings.CutPrefix(name, s.prefix); ok {
		return in
	}
	return "/" + name
}

// inRepository is the reverse of inLibrary.
func (s *snapshot) inRepository(in string) string {
	if name, outside := strings.CutPrefix(in, "/"); outside {
		return name
	}
	return s.prefix + in
}

func (s *snapshot) names() []string {
	names := make([]string, 0, len(s.head))
	for name := range s.head {
		names = append(names, s.inLibrary(name))
	}
	slices.Sort(names)
	return names
}

// readSettings reads the policy, the people and the list of legacy files from the
// tip of the base, or from the head where that is to bring the first.
func (s *snapshot) readSettings(ctx context.Context, c *check.Change) error {
	tree := s.base
	if c.Bootstrap {
		tree = s.head
	}
	c.People = &policy.People{}
	for _, setting := range []struct {
		name string
		read func(path string, text []byte) (err error)
	}{
		{policy.FileName, func(path string, text []byte) (err error) { c.Policy, err = policy.Read(path, text); return }},
		{policy.PeopleName, func(path string, text []byte) (err error) { c.People, err = policy.ReadPeople(path, text); return }},
		{policy.UngovernedName, func(path string, text []byte) (err error) {
			c.Ungoverned, err = policy.ReadUngoverned(path, text)
			return
		}},
	} {
		name := s.prefix + path.Join(library.SettingsDir, setting.name)
		entry, ok := tree[name]
		if !ok {
			continue
		}
		if !strings.HasPrefix(entry.Mode, "100") {
			return fault("put the file itself in its place", noDecision+"%s is no regular file on the base", name)
		}
		texts, err := s.Read(ctx, []string{entry.ID})
		if err != nil {
			return err
		}
		if err := setting.read(name, texts[entry.ID]); err != nil {
			return fault("correct the file on the base first; its owners may use --bootstrap only where there is none", "nothing can be decided by the settings of the base: %w", err)
		}
	}
	return nil
}

// readFiles reads the changed files that the policy is about, as they were and as
// they become, and who has touched them.
func (s *snapshot) readFiles(ctx context.Context, c *check.Change, changed []git.Change) error {
	var forks []map[string]git.Entry
	for _, commit := range s.Forks {
		files, err := s.Files(ctx, commit)
		if err != nil {
			return err
		}
		forks = append(forks, files)
	}
	var ids []string
	want := func(e git.Entry) {
		if strings.HasPrefix(e.Mode, "100") {
			ids = append(ids, e.ID)
		}
	}
	for _, f := range changed {
		if !c.Concerns(s.inLibrary(f.Path)) {
			continue
		}
		want(f.Base)
		want(f.Head)
		for _, tree := range forks {
			want(tree[f.Path])
		}
	}
	texts, err := s.Read(ctx, ids)
	if err != nil {
		return err
	}
	commits, err := s.Commits(ctx)
	if err != nil {
		return err
	}
	s.texts = texts
	all := allCommits(commits)
	c.Moved = s.gone(commits)
	for _, f := range changed {
		file := check.File{Path: s.inLibrary(f.Path), Base: s.blob(f.Base), Head: s.blob(f.Head), Commits: commits[f.Path]}
		for _, tree := range forks {
			if b := s.blob(tree[f.Path]); b != nil && tree[f.Path] != f.Base {
				file.Forks = append(file.Forks, b)
			}
		}
		if len(file.Commits) == 0 && (file.Base != nil || len(c.Moved) == 0) {
			file.Commits = all // somebody has changed it: it may be any of them
		}
		c.Files = append(c.Files, file)
	}
	return nil
}

// gone returns the commits that touch files which are not there any more. A file
// that is new may be one of those under another name: whoever has worked on it
// before it was moved is an author too. No statement becomes a file.
func (s *snapshot) gone(byPath map[string][]check.Commit) []check.Commit {
	of := map[string][]check.Commit{}
	for name, commits := range byPath {
		if _, there := s.head[name]; !there && !check.IsEvidence(s.inLibrary(name)) {
			of[name] = commits
		}
	}
	return allCommits(of)
}

// allCommits returns each commit once, in the order of their ids.
func allCommits(byPath map[string][]check.Commit) []check.Commit {
	var list []check.Commit
	for _, commits := range byPath {
		list = append(list, commits...)
	}
	slices.SortFunc(list, func(a, b check.Commit) int { return strings.Compare(a.ID, b.ID) })
	return slices.CompactFunc(list, func(a, b check.Commit) bool { return a.ID == b.ID })
}

// blob returns what a tree has at a path; nil for nothing. The text of what was not
// asked for is missing.
func (s *snapshot) blob(e git.Entry) *check.Blob {
	if e == (git.Entry{}) {
		return nil
	}
	return &check.Blob{Mode: e.Mode, Text: s.texts[e.ID]}
}

// readStatements reads the evidence in the base and in what would land. What has
// landed is looked at only where it is about a changed file.
func (s *snapshot) readStatements(ctx context.Context, c *check.Change) error {
	names := map[string][]git.Entry{} // path in the library → what base and head have there
	var ids []string
	for _, tree := range []map[string]git.Entry{s.base, s.head} {
		for name, e := range tree {
			in, ok := strings.CutPrefix(name, s.prefix)
			if ok && check.IsEvidence(in) && strings.HasPrefix(e.Mode, "100") && !slices.Contains(names[in], e) {
				names[in] = append(names[in], e)
				ids = append(ids, e.ID)
			}
		}
	}
	texts, err := s.Read(ctx, ids)
	if err != nil {
		return err
	}
	landed := map[string]bool{} // by object id, since a copy under another name is no other statement
	for name, e := range s.base {
		if check.IsEvidence(s.inLibrary(name)) {
			landed[e.ID] = true
		}
	}
	about := c.Subjects()
	for in, entries := range names {
		if !strings.HasSuffix(in, ".json") {
			continue
		}
		for _, e := range entries {
			if !concerns(texts[e.ID], about) && !strings.HasPrefix(in, check.WaiversDir) {
				continue
			}
			statement := check.Statement{Path: s.prefix + in, Text: texts[e.ID], Landed: landed[e.ID]}
			signatures := names[in+".sig"]
			if len(signatures) == 0 {
				c.Statements = append(c.Statements, statement)
			}
			for _, sig := range signatures {
				statement.Signature = texts[sig.ID]
				c.Statements = append(c.Statements, statement)
			}
		}
	}
	return nil
}

// concerns reports whether a statement may be about one of some files: whether it
// has a name or a digest of theirs between two quotes. A name that JSON spells
// otherwise is found by its digest.
func concerns(statement []byte, about map[string]bool) bool {
	for token := range strings.SplitSeq(string(statement), `"`) {
		if about[token] {
			return true
		}
	}
	return false
}

// readStanding finds the files that have not changed and that there is a waiver of:
// what it stood in for may be due.
func (s *snapshot) readStanding(ctx context.Context, c *check.Change) error {
	waived := map[string]bool{}
	for _, name := range c.Waived() {
		waived[name] = true
	}
	if len(waived) == 0 {
		return nil
	}
	changed := map[string]bool{}
	for _, f := range c.Files {
		changed[f.Path] = true
	}
	var paths []string
	var ids []string
	for _, in := range c.Names {
		name := s.inRepository(in)
		if changed[in] || !c.Concerns(in) || !waived[in] && !waived[policy.PromptID(in)] {
			continue
		}
		if e := s.head[name]; strings.HasPrefix(e.Mode, "100") {
			paths, ids = append(paths, name), append(ids, e.ID)
		}
	}
	texts, err := s.Read(ctx, ids)
	if err != nil {
		return err
	}
	history, err := s.History(ctx, s.Head, paths)
	if err != nil {
		return err
	}
	for _, name := range paths {
		e := s.head[name]
		b := &check.Blob{Mode: e.Mode, Text: texts[e.ID]}
		c.Standing = append(c.Standing, check.File{Path: s.inLibrary(name), Base: b, Head: b, Commits: history[name]})
	}
	return nil
}

// source returns the text of a file as it would land, to show a line of.
func (s *snapshot) source(name string) []byte { return s.texts[s.head[name].ID] }
