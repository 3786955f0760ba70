package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
)

func newExplain(a *app) *cobra.Command {
	format := ""
	cmd := &cobra.Command{
		Use:   "explain CODE|NAME…",
		Short: "Explain a rule of lint or a code of check or eval",
		Long: `explain prints what a code means: why it matters, what to do about it, an example
that is wrong and one that is right, and how to configure and to suppress it.
promptlib rules lists the codes.`,
		Example: `  promptlib explain GOV002
  promptlib explain fence-stray fence-unclosed
  promptlib explain --format json EVL101`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage("promptlib rules lists the codes", "explain takes the code or name of a rule")
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
			return completeCodes(args, prefix), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := oneOf("format", format, listFormats); err != nil {
				return err
			}
			found, err := findCodes(args)
			if err != nil {
				return err
			}
			if format == "json" {
				err = report.WriteExplanationsJSON(a.stdout, found)
			} else {
				err = report.WriteExplanations(a.stdout, found, a.colored(a.stdout))
			}
			if err != nil {
				return fault("", "writing the explanation: %w", err)
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "how to print the explanation: text, json")
	complete(cmd, "format", listFormats, func(s string) string { return s })
	return cmd
}

// findCodes returns the codes that arguments name, by ID in any case or by name,
// each once.
func findCodes(args []string) ([]library.Code, error) {
	all := codes()
	var found []library.Code
	for _, arg := range args {
		i := slices.IndexFunc(all, func(c library.Code) bool { return strings.EqualFold(c.ID, arg) || c.Name == arg })
		if i < 0 {
			return nil, unknownCode(arg, all)
		}
		if !slices.ContainsFunc(found, func(c library.Code) bool { return c.ID == all[i].ID }) {
			found = append(found, all[i])
		}
	}
	return found, nil
}

func unknownCode(arg string, all []library.Code) error {
	hint := "promptlib rules lists the codes and names"
	var words []string
	for _, c := range all {
		words = append(words, c.ID, c.Name)
	}
	if near := library.Nearest(arg, slices.Values(words)); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return usage(hint, "there is no rule %q", arg)
}

// completeCodes returns the names and codes that begin with a prefix, each with
// what it means. Codes are offered when one was begun, in capitals: both would be
// a list twice as long.
func completeCodes(args []string, prefix string) []string {
	var list []string
	for _, c := range codes() {
		if slices.Contains(args, c.ID) || slices.Contains(args, c.Name) {
			continue
		}
		switch {
		case strings.HasPrefix(c.Name, prefix):
			list = append(list, cobra.CompletionWithDesc(c.Name, c.Doc.Summary))
		case strings.HasPrefix(c.ID, prefix):
			list = append(list, cobra.CompletionWithDesc(c.ID, c.Doc.Summary))
		}
	}
	return list
}
