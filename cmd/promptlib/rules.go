package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/report"
	"promptlib/evals"
	"promptlib/evals/provider"
	"promptlib/library"
	"promptlib/library/check"
	"promptlib/library/lint"
)

func newRules(a *app) *cobra.Command {
	format := ""
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the rules of lint and the codes of check and eval",
		Example: `  promptlib rules
  promptlib rules --format json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usage("promptlib rules --help shows an example", "rules takes no arguments")
			}
			return nil
		},
		RunE: func(*cobra.Command, []string) error {
			if err := oneOf("format", format, listFormats); err != nil {
				return err
			}
			if format == "json" {
				return report.WriteRulesJSON(a.stdout, codes())
			}
			return report.WriteRules(a.stdout, codes(), a.colored(a.stdout))
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "how to print the rules: text, json")
	complete(cmd, "format", listFormats, func(s string) string { return s })
	return cmd
}

// codes lists every code of the program, sorted.
func codes() []library.Code {
	list := slices.Concat(evals.Codes, provider.Codes, check.Codes)
	for _, rule := range lint.Rules {
		list = append(list, rule.Code)
	}
	slices.SortFunc(list, func(a, b library.Code) int { return strings.Compare(a.ID, b.ID) })
	return list
}
