package main

import (
	"context"
	"errors"
	"os"
	"slices"

	"promptlib/cmd/promptlib/internal/forge"
	"promptlib/library/check"
	"promptlib/library/policy"
)

// ask reads what a forge says of the change, where the policy accepts that: of the
// pull request that was named, or of the one that the CI job is about. Of the others
// of a run nothing is asked, so that signed statements need no network.
func (s *snapshot) ask(ctx context.Context, a *app, c *check.Change, address string) error {
	if c.Bootstrap || !slices.Contains(c.Policy.Evidence, policy.EvidenceForge) {
		if address != "" {
			return usage("leave out --pull-request", "--pull-request: the policy of the base accepts no reviews of a forge")
		}
		return nil
	}
	env := forge.Env{Get: os.Getenv, ReadFile: os.ReadFile}
	var where *forge.Where
	var err error
	if address != "" {
		where, err = forge.Find(address, env)
	} else {
		where, err = forge.Detect(env)
	}
	if err != nil {
		return forgeFault(err)
	}
	if where == nil {
		return nil
	}
	request, unread, err := forge.Read(ctx, *where)
	if err != nil {
		return forgeFault(err)
	}
	for _, line := range unread {
		a.note("warning: %s", line)
	}
	c.Request = request
	for i := range request.Pushes {
		p := &request.Pushes[i]
		p.Evidence = s.broughtEvidence(ctx, p)
	}
	proposed, err := s.Files(ctx, request.Head)
	if err != nil {
		a.note("warning: the head of %s, %s, is not in this clone: only reviews that name a digest count", request.Name, request.Head)
		return nil
	}
	for i := range c.Files {
		f := &c.Files[i]
		name := s.inRepository(f.Path)
		f.AsProposed = proposed[name] == s.head[name]
	}
	return nil
}

// broughtEvidence reports whether a push added statements and signatures to the
// branch and nothing else. Of one that git cannot tell, since its commits are not
// here or it has thrown others away, it believes more.
func (s *snapshot) broughtEvidence(ctx context.Context, p *check.Push) bool {
	paths, err := s.Pushed(ctx, p.Before, p.After)
	return err == nil && !slices.ContainsFunc(paths, func(name string) bool { return !check.IsEvidence(s.inLibrary(name)) })
}

func forgeFault(err error) error {
	var e *forge.Error
	if errors.As(err, &e) {
		return fault(e.Hint, noDecision+"%w", err)
	}
	return err
}
