package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"time"

	"promptlib/evals/provider"
	"promptlib/library"
	"promptlib/library/check"
	"promptlib/library/policy"
)

// Limits of the statements of a library that are read.
const (
	maxStatements     = 50_000
	maxStatementBytes = 64 << 20
)

// checkApproved checks that every prompt of a run is approved.
func (b *batch) checkApproved(ctx context.Context, now time.Time) error {
	lacks := map[string]func(path string, text []byte) string{} // by root
	for _, root := range b.lib.Roots {
		c, err := b.approvals(ctx, root, now)
		if err != nil {
			return err
		}
		lacks[root] = check.Approved(c)
	}
	var wrong []*library.Diagnostic
	for _, d := range library.Each(b.sent(), func(f library.File) *library.Diagnostic {
		text, err := library.ReadFile(f.Path)
		reason := ""
		if err != nil {
			reason = err.Error()
		} else {
			reason = lacks[f.Root](library.Relative(f.Root, f.Path), text)
		}
		p := library.Read(f)
		return provider.Unapproved(p, b.policies[f.Root].Effective(p, f.Root), reason)
	}) {
		if err := stopped(ctx); err != nil {
			return err
		}
		if d != nil {
			wrong = append(wrong, d)
		}
	}
	return refused(wrong)
}

// approvals collects what the approvals of a library are decided from.
func (b *batch) approvals(ctx context.Context, root string, now time.Time) (check.Change, error) {
	c := check.Change{Policy: b.policies[root], People: &policy.People{}, Now: now}
	name, text, err := settingsAt(ctx, b.base, root, policy.PeopleName)
	if err != nil {
		return c, err
	}
	if text != nil {
		if c.People, err = policy.ReadPeople(name, text); err != nil {
			return c, fault("nothing was sent; correct the people first", "%w", err)
		}
	}
	if name, text, err = settingsAt(ctx, b.base, root, policy.UngovernedName); err != nil {
		return c, err
	}
	if text != nil {
		if c.Ungoverned, err = policy.ReadUngoverned(name, text); err != nil {
			return c, fault("nothing was sent; correct the list first", "%w", err)
		}
	}
	if c.Statements, err = statements(root); err != nil {
		return c, fault("nothing was sent; promptlib approve writes statements", "%w", err)
	}
	return c, nil
}

// statements reads the statements of approval that lie in the library at root. They
// count for who has signed them, so that the work tree is a place as good as any.
func statements(root string) ([]check.Statement, error) {
	dir, err := os.OpenRoot(root)
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	var list []check.Statement
	size := 0
	err = fs.WalkDir(dir.FS(), path.Clean(check.ApprovalsDir), func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || !strings.HasSuffix(name, ".json") {
			return err
		}
		s := check.Statement{Path: name}
		if s.Text, err = library.ReadWithin(root, name); err != nil {
			return err
		}
		if s.Signature, err = library.ReadWithin(root, name+".sig"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		size += len(s.Text) + len(s.Signature)
		list = append(list, s)
		if len(list) > maxStatements || size > maxStatementBytes {
			return fmt.Errorf("%s has more than %d statements, or more than %d MiB of them", check.ApprovalsDir, maxStatements, maxStatementBytes>>20)
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return list, err
}
