package main

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"path/filepath"

	"promptlib/cmd/promptlib/internal/git"
	"promptlib/library"
	"promptlib/library/policy"
)

// settingsAt reads a settings file of the library at root as it is at the tip of a
// ref, or in the work tree where the ref is "". It returns the path that messages
// call it by; the text is nil where there is no such file.
func settingsAt(ctx context.Context, ref, root, name string) (path string, text []byte, err error) {
	if ref == "" {
		return workSettings(root, name)
	}
	repo, err := git.Find(ctx, root)
	if err != nil {
		return "", nil, baseFault(err)
	}
	commit, err := repo.Tip(ctx, ref)
	if err != nil {
		return "", nil, baseFault(err)
	}
	below, err := filepath.Rel(repo.Root, realFolder(root))
	if err != nil || !filepath.IsLocal(below) {
		return "", nil, fault("run it inside the repository", "--base: %s lies outside of the repository %s", root, repo.Root)
	}
	inRepo := filepath.ToSlash(filepath.Join(below, library.SettingsDir, name))
	if text, err = repo.ReadFile(ctx, commit, inRepo); err != nil {
		return "", nil, baseFault(err)
	}
	return ref + ":" + inRepo, text, nil
}

func workSettings(root, name string) (string, []byte, error) {
	text, err := library.ReadWithin(root, path.Join(library.SettingsDir, name))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", nil, fault("correct the settings first", "%w", err)
	}
	return filepath.ToSlash(filepath.Join(root, library.SettingsDir, name)), text, nil
}

func baseFault(err error) error {
	var e *git.Error
	if errors.As(err, &e) {
		return fault(e.Hint, "--base: %w", err)
	}
	return fault("", "--base: %w", err)
}

// loadPolicies reads the policy of each library of a batch, of the base where there
// is one. A base without a policy is an error: the one of the work tree may be
// whatever its author wrote, and none binds nothing.
func (b *batch) loadPolicies(ctx context.Context) (map[string]*policy.Policy, error) {
	if b.base == "" {
		return loadPolicies(b.lib)
	}
	policies := map[string]*policy.Policy{}
	for _, root := range b.lib.Roots {
		path, text, err := settingsAt(ctx, b.base, root, policy.FileName)
		if err != nil {
			return nil, err
		}
		if text == nil {
			return nil, fault("land a policy first, or leave out --base", "--base: there is no %s", path)
		}
		if policies[root], err = policy.Read(path, text); err != nil {
			return nil, fault("the policy of the base must be corrected first", "%w", err)
		}
	}
	return policies, nil
}
