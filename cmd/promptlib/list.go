package main

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
	"promptlib/library/policy"
)

var listFormats = []string{"text", "json"}

func newList(a *app) *cobra.Command {
	format := ""
	cmd := &cobra.Command{
		Use:   "list [PATH…]",
		Short: "List prompt files with their metadata",
		Long: `list prints every .md, .prompt and .prompty file below each PATH: as a table, or
with --format json as JSON Lines, one object a prompt, with everything that was
read of it. The exit status is 1 if a file could not be read.`,
		Example: `  promptlib list prompts
  promptlib list --format json prompts | jq -r 'select(.governance.risk_level.value == "high") | .path'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", format, listFormats); err != nil {
				return err
			}
			return runList(cmd.Context(), a, args, format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "how to print the prompts: text, json")
	complete(cmd, "format", listFormats, func(s string) string { return s })
	return cmd
}

func runList(ctx context.Context, a *app, paths []string, format string) error {
	lib, err := open(paths)
	if err != nil {
		return err
	}
	policies, err := loadPolicies(lib)
	if err != nil {
		return err
	}
	if len(lib.Files) == 0 {
		return nothingToCheck(0, 0)
	}
	rows := [][]string{report.TableHead}
	unread := 0
	for f, p := range library.Each(lib.Files, library.Read) {
		if err := stopped(ctx); err != nil {
			return err
		}
		if problem := unreadable(p); problem != nil {
			unread++
			a.note("error: %s: %s", p.Path, problem.Message)
		}
		listing := report.Listing{Prompt: p, Governance: policies[f.Root].Effective(p, f.Root)}
		if format == "text" {
			rows = append(rows, report.TableRow(listing))
		} else if err := report.WriteListingJSON(a.stdout, listing); err != nil {
			return fault("", "writing the list: %w", err)
		}
	}
	if format == "text" {
		if err := report.WriteTable(a.stdout, rows, a.colored(a.stdout)); err != nil {
			return fault("", "writing the list: %w", err)
		}
	}
	if unread > 0 {
		return &exitError{status: exitFindings}
	}
	return nil
}

// unreadable returns why nothing of a file could be read, or nil.
func unreadable(p *library.Prompt) *library.Problem {
	kinds := []library.Kind{library.Unreadable, library.TooLarge, library.Binary, library.SymlinkOutside}
	for i := range p.Problems {
		if slices.Contains(kinds, p.Problems[i].Kind) {
			return &p.Problems[i]
		}
	}
	return nil
}

// loadPolicies reads the policy of each library that files belong to.
func loadPolicies(lib *library.Library) (map[string]*policy.Policy, error) {
	policies := map[string]*policy.Policy{}
	for _, root := range lib.Roots {
		pol, err := policy.Load(root)
		if err != nil {
			return nil, fault("correct the policy first", "%w", err)
		}
		policies[root] = pol
	}
	return policies, nil
}
