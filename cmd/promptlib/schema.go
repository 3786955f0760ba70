package main

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
	"promptlib/schema"
)

func newSchema(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schemas of what is read and written, or infer a contract",
		Long: `schema prints the JSON Schemas of front matter, settings and reports, for editors
and for programs that read the reports; schema infer proposes one for the replies to
a prompt.

An editor with the YAML language server checks a file as it is written, if its
first line names a schema:

  # yaml-language-server: $schema=schemas/policy.schema.json`,
		Example: `  promptlib schema list
  promptlib schema print policy > policy.schema.json`,
		Args: noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:               "list",
		Short:             "List the schemas",
		Example:           "  promptlib schema list",
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(*cobra.Command, []string) error {
			rows := [][]string{{"NAME", "WHAT IT DESCRIBES"}}
			for _, name := range schema.Names() {
				rows = append(rows, []string{name, schemaTitle(name)})
			}
			return report.WriteTable(a.stdout, rows, a.colored(a.stdout), 0)
		},
	}, &cobra.Command{
		Use:   "print NAME",
		Short: "Print a schema as one document",
		Long: `print writes a schema as one document: what it refers to in other files stands
beneath its $defs.`,
		Example: `  promptlib schema print front-matter-b > front-matter-b.schema.json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("promptlib schema list prints the names", "schema print takes one name, not %d", len(args))
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return schema.Names(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if !slices.Contains(schema.Names(), args[0]) {
				hint := "promptlib schema list prints the names"
				if near := library.Nearest(args[0], slices.Values(schema.Names())); near != "" {
					hint = fmt.Sprintf("did you mean %q?", near)
				}
				return usage(hint, "there is no schema %q", args[0])
			}
			text, err := schema.Bundle(args[0])
			if err == nil {
				_, err = a.stdout.Write(text)
			}
			if err != nil {
				return fault("", "writing the schema: %w", err)
			}
			return nil
		},
	}, newSchemaInfer(a))
	return cmd
}

func schemaTitle(name string) string {
	text, _ := schema.Source(name)
	var head struct{ Title string }
	_ = json.Unmarshal(text, &head) // a test compiles every schema
	return head.Title
}

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage(cmd.CommandPath()+" --help shows an example", "%s takes no arguments", cmd.Name())
	}
	return nil
}
