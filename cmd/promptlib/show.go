package main

import (
	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
	"promptlib/library/policy"
)

func newShow(a *app) *cobra.Command {
	format := ""
	cmd := &cobra.Command{
		Use:   "show PATH",
		Short: "Show what is read of one prompt file",
		Long: `show prints a summary of one prompt file: its metadata, effective governance,
sections, variables, examples and problems, each with its line. With --format
json it prints everything that was read, the body among it.`,
		Example: `  promptlib show prompts/operations/incident-summary.md
  promptlib show --format json prompts/operations/incident-summary.md`,
		Args: onePath, ValidArgsFunction: completePromptFiles,
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", format, listFormats); err != nil {
				return err
			}
			p, root, err := readOne(args[0])
			if err != nil {
				return err
			}
			pol, err := policy.Load(root)
			if err != nil {
				return fault("correct the policy first", "%w", err)
			}
			listing := report.Listing{Prompt: p, Governance: pol.Effective(p, root)}
			if format == "json" {
				return report.WriteListingJSON(a.stdout, listing)
			}
			return report.WritePrompt(a.stdout, listing, a.colored(a.stdout))
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "how to print the prompt: text, json")
	complete(cmd, "format", listFormats, func(s string) string { return s })
	return cmd
}

func onePath(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return usage(cmd.CommandPath()+" --help shows an example", "%s takes the path of one prompt file, not %d", cmd.Name(), len(args))
	}
	return nil
}

// readOne reads the one file that a path names.
func readOne(path string) (p *library.Prompt, root string, err error) {
	lib, err := open([]string{path})
	if err != nil {
		return nil, "", err
	}
	if len(lib.Files) != 1 || lib.Files[0].Path != library.CleanPath(path) {
		return nil, "", usage("name one file in it; promptlib list prints them", "%s is a directory", path)
	}
	p = library.Read(lib.Files[0])
	if problem := unreadable(p); problem != nil {
		return nil, "", fault("", "%s: %s", p.Path, problem.Message)
	}
	return p, lib.Files[0].Root, nil
}
