package main

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/aymanbagabas/go-udiff"
	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/git"
	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
	"promptlib/library/policy"
)

type codeownersOptions struct {
	path  string
	check bool
	write string
}

func newCodeowners(a *app) *cobra.Command {
	o := &codeownersOptions{}
	cmd := &cobra.Command{
		Use:   "codeowners [PATH]",
		Short: "Write who is asked for reviews by the policy into CODEOWNERS",
		Long: `codeowners prints a block for CODEOWNERS of the library of PATH, by default that
of the working directory: a line for each path that rules with a path, and
protect, of .promptlib/policy.yaml name, with the accounts of those who hold the
roles that they ask for. --write puts it into a file, between two lines that mark
it, and leaves the rest of the file as it is. --check compares it with the block in
the file that forges look for first: .github/CODEOWNERS, CODEOWNERS,
docs/CODEOWNERS, .gitlab/CODEOWNERS. In .gitlab stand accounts of GitLab.

The block has forges ask for reviews. It decides nothing, and promptlib check does
not rely on it: one owner of several is enough there, only the last line that
matches a file counts, and owners without write access are passed over in silence.

Exit status: 0 done, 1 the block of --check is missing or differs, 2 wrong flags or
arguments, 3 there is no policy, or it could not be read.`,
		Example: `  promptlib codeowners
  promptlib codeowners --write .github/CODEOWNERS
  promptlib codeowners --check`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage(cmd.CommandPath()+" --help shows an example", "codeowners takes one path, not %d", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if o.check && cmd.Flags().Changed("write") {
				return usage("--check writes nothing", "--check and --write exclude each other")
			}
			if cmd.Flags().Changed("write") && o.write == "" {
				return usage("name a file, such as .github/CODEOWNERS", "--write is empty")
			}
			o.path = append(args, ".")[0]
			return runCodeowners(cmd.Context(), a, o)
		},
	}
	cmd.Flags().BoolVar(&o.check, "check", false, "compare with the block in CODEOWNERS and print the difference")
	cmd.Flags().StringVar(&o.write, "write", "", "put the block into this file")
	return cmd
}

func runCodeowners(ctx context.Context, a *app, o *codeownersOptions) error {
	_, root, err := fileOrLibrary(o.path)
	if err != nil {
		return err
	}
	repo, err := git.Find(ctx, root)
	if err != nil {
		return codeownersFault(err)
	}
	name, text, err := ownersFile(repo.Root, o.write)
	if err != nil {
		return err
	}
	block, err := ownersOf(root, repo.Root, name)
	if err != nil {
		return err
	}
	switch {
	case o.check:
		return a.checkOwners(name, text, block)
	case o.write != "":
		return a.writeOwners(o.write, text, block)
	}
	p := report.NewPrinter(a.stdout, false)
	p.Block("", block)
	return p.Flush()
}

func codeownersFault(err error) error {
	var e *git.Error
	if errors.As(err, &e) {
		return fault(e.Hint, "%w", err)
	}
	return fault("", "%w", err)
}

// ownersFile reads the file that a flag names, or without one the file that forges
// look for first. It returns its path from the top of the repository; "" where
// there is none.
func ownersFile(top, flag string) (name, text string, err error) {
	names := policy.OwnersPaths
	if flag != "" {
		abs := filepath.Join(realFolder(filepath.Dir(flag)), filepath.Base(flag))
		rel, err := filepath.Rel(top, abs)
		if err != nil || !filepath.IsLocal(rel) {
			return "", "", usage("name a file in the repository, such as .github/CODEOWNERS", "--write: %s lies outside of the repository", flag)
		}
		names = []string{filepath.ToSlash(rel)}
	}
	for _, name := range names {
		text, err := library.ReadWithin(top, name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return "", "", fault("", "%w", err)
		}
		return name, string(text), nil
	}
	if flag != "" {
		return names[0], "", nil
	}
	return "", "", nil
}

// ownersOf returns the block that policy and people of a library ask for.
func ownersOf(root, top, file string) (string, error) {
	pol, err := policy.Load(root)
	if err != nil {
		return "", fault("correct the policy first", "%w", err)
	}
	if pol.Path == "" {
		return "", fault("promptlib init writes one", "%s has no %s/%s", library.CleanPath(root), library.SettingsDir, policy.FileName)
	}
	people, err := policy.LoadPeople(root)
	if err != nil {
		return "", fault("correct the people first", "%w", err)
	}
	below, err := filepath.Rel(top, realFolder(root))
	if err != nil || !filepath.IsLocal(below) {
		return "", fault("", "%s lies outside of its repository %s", root, top)
	}
	prefix := ""
	if below != "." {
		prefix = filepath.ToSlash(below) + "/"
	}
	return policy.Owners(pol, people, prefix, file), nil
}

// checkOwners compares a file with the block that it ought to have.
func (a *app) checkOwners(name, text, block string) error {
	if name == "" {
		return &exitError{exitFindings, errors.New("there is no CODEOWNERS"), "promptlib codeowners --write .github/CODEOWNERS makes one"}
	}
	have, _, err := policy.OwnersBlock(text)
	if err != nil {
		return &exitError{exitFindings, errors.New(name + ": " + err.Error()), "correct the lines that mark the block"}
	}
	if have == block {
		return nil
	}
	p := report.NewPrinter(a.stdout, false)
	p.Block("", udiff.Unified(name, "what policy and people ask for", have, block))
	if err := p.Flush(); err != nil {
		return fault("", "writing the difference: %w", err)
	}
	return &exitError{exitFindings, errors.New(name + ": the block of promptlib is missing or differs from what policy and people ask for"), "promptlib codeowners --write " + name}
}

// writeOwners puts a block into a file.
func (a *app) writeOwners(path, text, block string) error {
	want, err := policy.SetOwnersBlock(text, block)
	if err != nil {
		return fault("correct the lines that mark the block, or remove them", "%s: %w", path, err)
	}
	if want == text {
		a.note("%s has the block already", path)
		return nil
	}
	if err := replaceFile(path, want); err != nil {
		return fault("", "%w", err)
	}
	if filepath.Base(path) != "CODEOWNERS" {
		a.note("note: forges look for %s", strings.Join(policy.OwnersPaths, ", "))
	}
	a.note("wrote %s", path)
	return nil
}
