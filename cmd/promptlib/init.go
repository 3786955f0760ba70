package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/config"
	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
)

type initOptions struct {
	dir    string
	team   string
	force  bool
	dryRun bool
}

func newInit(a *app) *cobra.Command {
	o := &initOptions{}
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write the first settings of an existing library",
		Long: `init looks at the prompts below DIR, the working directory by default, and writes
.promptlib/config.yaml, .promptlib/policy.yaml and .promptlib/.gitignore. What
they ask for is what most of the prompts have already; everything else stands
there as a comment.

With --team the policy asks for approvals, as is fit for
` + teamHelp() + `and .promptlib/people.yaml and .promptlib/policy_test.yaml are written too.
Prompts that are there already and do not have what that policy asks for are put on
the list .promptlib/ungoverned.yaml: nothing is asked of them until they change.`,
		Example: `  promptlib init
  promptlib init --team small
  promptlib init --dry-run prompts`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage("promptlib init --help shows an example", "init takes one folder, not %d", len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			o.dir = filepath.Clean(append(args, ".")[0])
			if o.team != "" {
				if err := oneOf("team", o.team, nameList(config.Teams, teamName)); err != nil {
					return err
				}
			}
			return runInit(a, o)
		},
	}
	cmd.Flags().StringVar(&o.team, "team", "", "write a policy that asks for approvals, for a team: "+names(config.Teams, teamName))
	complete(cmd, "team", config.Teams, teamName)
	cmd.Flags().BoolVar(&o.force, "force", false, "overwrite settings that are there")
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "print the files and write nothing")
	return cmd
}

func runInit(a *app, o *initOptions) error {
	if info, err := os.Stat(o.dir); err == nil && !info.IsDir() {
		return usage("name the folder that holds the library", "%s is a file", o.dir)
	}
	lib, err := open([]string{o.dir})
	if err != nil {
		return err
	}
	files := lib.Files[:0]
	for _, f := range lib.Files {
		if below := library.Relative(o.dir, f.Root); f.Root == o.dir || below == "." || strings.HasPrefix(below, "..") {
			files = append(files, f) // and is not of a library inside of this one
		}
	}
	survey := config.Look(o.dir, files)
	drafts, notes, err := o.drafts(survey, files)
	if err != nil {
		return err
	}
	if !o.dryRun && !o.force {
		if err := notThere(o.dir, drafts); err != nil {
			return err
		}
	}
	if outer := library.FindRoot(filepath.Join(o.dir, "..")); outer != "" {
		a.note("warning: %s lies in the library %s, whose settings hold no longer for it once it has its own", o.dir, library.CleanPath(outer))
	}
	p := report.NewPrinter(a.stdout, a.colored(a.stdout))
	printSurvey(p, survey)
	if !o.dryRun {
		p.Printf("\n")
	}
	for _, f := range drafts {
		name := library.CleanPath(filepath.Join(o.dir, f.Path))
		if o.dryRun {
			p.Printf("\n--- %s\n", name)
			p.Block("", f.Text)
			continue
		}
		if err := replace(filepath.Join(o.dir, f.Path), f.Text); err != nil {
			return fault("make the folder writable", "%w", err)
		}
		p.Printf("wrote %s\n", name)
	}
	if !o.dryRun {
		dir := ""
		if o.dir != "." {
			dir = " " + o.dir
		}
		for _, note := range notes {
			p.Printf("\n%s\n", note)
		}
		p.Printf("\nNext, read the files, and then:\n  promptlib lint%s\n  promptlib lint --write-baseline%s\nThe second accepts what is there, so that only new findings count.\n", dir, dir)
		if o.team != "" {
			p.Printf("\nCommit all of it to a branch. Once, with --bootstrap, the change that brings the first policy passes:\n  promptlib check --base main --bootstrap\n")
		}
	}
	return p.Flush()
}

// printSurvey says what init has seen.
func printSurvey(p *report.Printer, s *config.Survey) {
	p.Printf("%d prompts\n", s.Prompts)
	for _, d := range s.Dialects {
		if d.Prompts > 0 {
			p.Printf("  dialect %s: %d\n", d.Name, d.Prompts)
		}
	}
	if s.Bare > 0 {
		p.Printf("  text without front matter: %d\n", s.Bare)
	}
	if s.Prose > 0 {
		p.Printf("  README and the like, left out: %d\n", s.Prose)
	}
	for _, glob := range s.Globs {
		p.Printf("  in %s\n", glob)
	}
	for _, k := range s.Keys {
		if k.Prompts > 0 {
			p.Printf("  with %s: %d\n", k.Key, k.Prompts)
		}
	}
}

// notThere checks that none of the drafts would overwrite a file.
func notThere(dir string, drafts []config.File) error {
	var there []string
	for _, f := range drafts {
		if _, err := os.Lstat(filepath.Join(dir, f.Path)); !errors.Is(err, fs.ErrNotExist) {
			there = append(there, library.CleanPath(filepath.Join(dir, f.Path)))
		}
	}
	if there != nil {
		return usage("nothing was written; --dry-run prints the files, --force overwrites", "the library has settings already: %s", strings.Join(there, ", "))
	}
	return nil
}

// replace writes a file as a whole or not at all. A symbolic link in its place is
// replaced and not followed, and neither is one in the place of its folder.
func replace(path, text string) error {
	dir := filepath.Dir(path)
	if info, err := os.Lstat(dir); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is no folder", library.CleanPath(dir))
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	temp, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return err
	}
	_, err = temp.WriteString(text)
	err = errors.Join(err, temp.Chmod(0o644), temp.Close())
	if err == nil {
		err = os.Rename(temp.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temp.Name())
	}
	return err
}
