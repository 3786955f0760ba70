package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/report"
	"promptlib/evals"
	"promptlib/library"
)

type renderOptions struct {
	path    string
	format  string
	example int
	vars    []string
	shots   string
}

func newRender(a *app) *cobra.Command {
	o := &renderOptions{}
	cmd := &cobra.Command{
		Use:   "render PATH",
		Short: "Print exactly what would be sent to a model",
		Long: `render fills in a prompt, from one of its examples or from values given as --var,
and prints the messages that would be sent. A single message is printed alone,
several each below a line with its role; --format json prints the request.

In dialect A the values of --var become the JSON object that is the user
message: one that is a JSON number, boolean, object or array as it stands, any
other as a string.`,
		Example: `  promptlib render prompts/operations/incident-summary.md --example 1
  promptlib render prompts/people/job-posting-check.md --var work_facts='Night shifts.' --var posting_text='Baker wanted.'
  promptlib render prompts/operations/change-risk.md --var change='New index' --var service_tier=2 --var error_budget_left=40`,
		Args: onePath, ValidArgsFunction: completePromptFiles,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.path = args[0]
			if cmd.Flags().Changed("example") && len(o.vars) > 0 {
				return usage("", "--example and --var exclude each other")
			}
			return runRender(a, o)
		},
	}
	cmd.Flags().IntVar(&o.example, "example", 0, "fill in the prompt from this example, counted from 1")
	cmd.Flags().StringArrayVar(&o.vars, "var", nil, "fill in a variable, as NAME=VALUE; repeatable")
	cmd.Flags().StringVar(&o.shots, "few-shot", "none", "send the other examples along: none, others")
	cmd.Flags().StringVar(&o.format, "format", "text", "how to print the messages: text, json")
	complete(cmd, "format", listFormats, func(s string) string { return s })
	return cmd
}

func runRender(a *app, o *renderOptions) error {
	if err := oneOf("format", o.format, listFormats); err != nil {
		return err
	}
	shots, err := fewShot(o.shots)
	if err != nil {
		return err
	}
	p, root, err := readOne(o.path)
	if err != nil {
		return err
	}
	if p.Template.IsZero() {
		return fault("docs/prompt-files.md describes the dialects that can be run", "%s: %s", p.Path, evals.Unrunnable(p))
	}
	request, problems, err := renderRequest(p, root, o, shots)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		printer := report.NewPrinter(a.stderr, a.colored(a.stderr))
		printer.Diagnostics(problems)
		if err := printer.Flush(); err != nil {
			return err
		}
		return &exitError{status: exitFindings}
	}
	if o.format == "json" {
		return report.WriteJSON(a.stdout, request, "  ")
	}
	return report.WriteMessages(a.stdout, request.Messages, isTerminal(a.stdout))
}

func renderRequest(p *library.Prompt, root string, o *renderOptions, shots evals.FewShot) (evals.Request, []*library.Diagnostic, error) {
	contract, err := evals.ReadContract(p, root)
	if err != nil {
		return evals.Request{}, nil, fault("correct the contract first", "%w", err)
	}
	if len(o.vars) == 0 && o.example == 0 && (len(p.Variables) > 0 || p.Template.Input) {
		return evals.Request{}, nil, usage("give --example N or --var NAME=VALUE", "%s: nothing to fill in the prompt with; it has %d examples", p.Path, len(p.Examples))
	}
	if o.example != 0 {
		if o.example < 1 || o.example > len(p.Examples) {
			return evals.Request{}, nil, usage("", "%s: there is no example %d; it has %d", p.Path, o.example, len(p.Examples))
		}
		c := evals.Cases(p, contract, shots)[o.example-1]
		return c.Request, c.Problems, nil
	}
	values := map[string]string{}
	var input []evals.Value
	for _, v := range o.vars {
		name, value, err := variable(p, v)
		if err != nil {
			return evals.Request{}, nil, err
		}
		if _, twice := values[name]; twice {
			return evals.Request{}, nil, usage("", "--var gives %q a value twice", name)
		}
		values[name] = value
		input = append(input, evals.NewValue(library.Text{Value: name}, value))
	}
	request, unbound := evals.Render(p, evals.Object(input), values)
	if contract != nil {
		request.Parameters = contract.Parameters
	}
	return request, evals.Unbound(unbound), nil
}

// variable reads the value of a --var. In dialect A any name may be a member of
// the input, elsewhere it is one of a variable that the prompt uses.
func variable(p *library.Prompt, text string) (name, value string, err error) {
	name, value, ok := strings.Cut(text, "=")
	if !ok || name == "" {
		return "", "", usage("", "--var is NAME=VALUE, not %q", text)
	}
	if p.Template.Input {
		return name, value, nil
	}
	var known []string
	for _, parts := range [][]library.Part{p.Template.System, p.Template.User} {
		for _, part := range parts {
			if v := part.Variable.Value; v != "" && !slices.Contains(known, v) {
				known = append(known, v)
			}
		}
	}
	if slices.Contains(known, name) {
		return name, value, nil
	}
	hint := "it has no variables"
	if known != nil {
		hint = "its variables are " + strings.Join(known, ", ")
	}
	if near := library.Nearest(name, slices.Values(known)); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return "", "", usage(hint, "%s: --var: %q is no variable of the prompt", p.Path, name)
}

func fewShot(s string) (evals.FewShot, error) {
	if err := oneOf("few-shot", s, []string{string(evals.NoExamples), string(evals.OtherExamples)}); err != nil {
		return "", err
	}
	return evals.FewShot(s), nil
}
