package main

import (
	"context"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"promptlib/cmd/promptlib/internal/config"
	"promptlib/cmd/promptlib/internal/git"
	"promptlib/library"
	"promptlib/library/check"
	"promptlib/library/lint"
)

// lintHeads lints the changed prompts as they would land, by the settings of the
// base. What lies beside prompts, as contracts and their schemas do, is looked up
// in a folder that holds what the tree has; nothing of the work tree is read.
func (s *snapshot) lintHeads(ctx context.Context, c *check.Change) ([]*library.Diagnostic, error) {
	prompts := s.toLint(c)
	if len(prompts) == 0 {
		return nil, nil
	}
	root, err := os.MkdirTemp("", "promptlib-check-")
	if err != nil {
		return nil, fault("make the folder for temporary files writable", "%w", err)
	}
	defer os.RemoveAll(root)
	root = filepath.ToSlash(root)
	if err := s.layOut(ctx, root, prompts); err != nil {
		return nil, err
	}
	conf, err := config.Load(root)
	if err != nil {
		return nil, fault("nothing was checked; correct the file on the base first", "%s", s.unrooted(root, err.Error()))
	}
	known := baseline{path: path.Join(root, library.SettingsDir, lint.BaselineFile)}
	if err := known.read(); err != nil {
		return nil, fault("nothing was checked; correct the file on the base first", "%s", s.unrooted(root, err.Error()))
	}
	day := c.Now.UTC().Truncate(24 * time.Hour)
	l := &lint.Linter{Policy: c.Policy, People: c.People, Ungoverned: c.Ungoverned, Root: root, Index: library.NewIndex(root, s.within), Now: day, Config: conf.Lint, Partial: true, Reviewed: true}
	var findings []*library.Diagnostic
	for _, f := range prompts {
		if _, excluded := conf.Lint.Excluded(f.Path); excluded {
			continue
		}
		findings = append(findings, l.Buffer(path.Join(root, f.Path), string(f.Head.Text), known.entries)...)
	}
	for _, d := range findings {
		d.Pos.Path, d.End.Path = s.unrooted(root, d.Pos.Path), s.unrooted(root, d.End.Path)
		d.Message = s.unrooted(root, d.Message)
		for i := range d.Related {
			r := &d.Related[i]
			r.Pos.Path, r.End.Path, r.Message = s.unrooted(root, r.Pos.Path), s.unrooted(root, r.End.Path), s.unrooted(root, r.Message)
		}
	}
	return findings, nil
}

// unrooted names files as they are in the repository.
func (s *snapshot) unrooted(root, text string) string {
	return strings.ReplaceAll(text, root+"/", s.prefix)
}

// toLint returns the prompts that have changed, and those whose contract has.
func (s *snapshot) toLint(c *check.Change) []check.File {
	var list []check.File
	for _, f := range c.Files {
		if f.Head == nil || strings.HasPrefix(f.Path, "/") || !c.IsPrompt(f.Path) || f.Head.Text == nil || c.Exempt(f) {
			continue
		}
		list = append(list, f)
	}
	return list
}

// beside are the kinds of files that a contract may lead to.
var beside = []string{".json", ".jsonl", ".yaml", ".yml", ".csv"}

// layOut writes the settings of the base, and the files that contracts of some
// prompts may lead to, as they would land.
func (s *snapshot) layOut(ctx context.Context, root string, prompts []check.File) error {
	entries := map[string]git.Entry{} // by path in the library
	for name, e := range s.base {
		if in, ok := strings.CutPrefix(name, s.prefix+library.SettingsDir+"/"); ok && !check.IsEvidence(library.SettingsDir+"/"+in) {
			entries[library.SettingsDir+"/"+in] = e
		}
	}
	if slices.ContainsFunc(prompts, s.hasContract) {
		if err := s.besidePrompts(ctx, entries); err != nil {
			return err
		}
	}
	var ids []string
	for _, e := range entries {
		if strings.HasPrefix(e.Mode, "100") {
			ids = append(ids, e.ID)
		}
	}
	texts, err := s.Read(ctx, ids)
	if err != nil {
		return err
	}
	for name, e := range entries {
		if !filepath.IsLocal(filepath.FromSlash(name)) || !strings.HasPrefix(e.Mode, "100") {
			continue
		}
		file := filepath.Join(root, filepath.FromSlash(name))
		err := os.MkdirAll(filepath.Dir(file), 0o700)
		if err == nil {
			err = os.WriteFile(file, texts[e.ID], 0o600)
		}
		if err != nil {
			return fault("make room in the folder for temporary files", "%w", err)
		}
	}
	return nil
}

// besidePrompts adds the files that contracts may lead to, as they would land. One
// that is too large to be read is left out: a contract that leads to it does not
// find it, and others do not mind.
func (s *snapshot) besidePrompts(ctx context.Context, entries map[string]git.Entry) error {
	found := map[string]git.Entry{}
	var ids []string
	for name, e := range s.head {
		in, ok := strings.CutPrefix(name, s.prefix)
		if ok && !strings.HasPrefix(in, library.SettingsDir+"/") && slices.Contains(beside, path.Ext(in)) && strings.HasPrefix(e.Mode, "100") {
			found[in] = e
			ids = append(ids, e.ID)
		}
	}
	readable, err := s.Readable(ctx, ids)
	if err != nil {
		return err
	}
	for in, e := range found {
		if _, ok := slices.BinarySearch(readable, e.ID); ok {
			entries[in] = e
		}
	}
	return nil
}

// hasContract reports whether a prompt may have a contract, in its front matter or
// beside it.
func (s *snapshot) hasContract(f check.File) bool {
	stem := strings.TrimSuffix(f.Path, path.Ext(f.Path))
	_, beside := s.head[s.prefix+stem+".eval.yaml"]
	return beside || strings.Contains(string(f.Head.Text), "\neval:")
}
