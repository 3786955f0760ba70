package main

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
	"promptlib/library/policy"
)

func newPolicyTest(a *app) *cobra.Command {
	format := ""
	cmd := &cobra.Command{
		Use:   "test [FILE…]",
		Short: "Hold the policy against a table of facts and the approvals they need",
		Long: `test reads cases from each FILE, .promptlib/policy_test.yaml by default, and holds
the policy of the library against them:

  facts: {data_classification: internal, risk_level: low, review_status: draft}
  cases:
    - name: a calm draft needs nobody
      path: prompts/a.md
      need: {}
    - name: payments
      path: prompts/payments/a.md
      facts: {risk_level: high}
      need: {roles: {Security-Lead: 1}, people: 3}

Facts are what the front matter of a file declares; those at the top hold for every
case that says nothing else. What is left out counts as it does in a file: as the
most restrictive value. need is exact: people is how many different people must
approve in all, and may be left out where the roles are all of them.

Reported are also rules that no case and no file of the library matches, and
approvals that nobody of people.yaml can give.

Exit status: 0 the policy asks for what the cases say, 1 it does not, 2 wrong flags
or arguments, 3 there is nothing to test, or it could not be read.`,
		Example: `  promptlib policy test
  promptlib policy test --format json | jq -r '.findings[].message'`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", format, listFormats); err != nil {
				return err
			}
			return runPolicyTest(cmd.Context(), a, args, format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "how to print the result: text, json")
	complete(cmd, "format", listFormats, func(s string) string { return s })
	return cmd
}

func runPolicyTest(ctx context.Context, a *app, files []string, format string) error {
	tests, err := policyTests(files)
	if err != nil {
		return err
	}
	out := report.PolicyReport{Version: 1, Findings: []report.PolicyFinding{}}
	for _, t := range tests {
		if err := t.run(ctx, a, &out); err != nil {
			return err
		}
	}
	if format == "json" {
		err = report.WritePolicyReportJSON(a.stdout, out)
	} else {
		err = report.WritePolicyReport(a.stdout, out, a.colored(a.stdout))
	}
	if err == nil && len(out.Findings) > 0 {
		return &exitError{status: exitFindings}
	}
	return err
}

// A policyTest is the policy of a library with its cases.
type policyTest struct {
	*settled
	cases []policy.Case
}

// policyTests reads the cases of some files, each for the policy of the library
// that it lies in.
func policyTests(files []string) ([]*policyTest, error) {
	if len(files) == 0 {
		root := library.FindRoot(".")
		if root == "" {
			return nil, fault("promptlib init --team small writes a policy and its tests", "nothing to test: there is no %s here or above", library.SettingsDir)
		}
		files = []string{settingsPath(root, policy.CasesName)}
	}
	var tests []*policyTest
	of := map[string]*policyTest{} // by root
	for _, file := range files {
		root := library.FindRoot(filepath.Dir(file))
		if root == "" {
			return nil, fault("", "%s is in no library: no folder above it has a %s", library.CleanPath(file), library.SettingsDir)
		}
		t := of[root]
		if t == nil {
			s, err := settle(root)
			if err != nil {
				return nil, err
			}
			t = &policyTest{settled: s}
			of[root], tests = t, append(tests, t)
		}
		text, err := library.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fault("promptlib policy test --help shows how cases are written", "nothing to test: there is no %s", library.CleanPath(file))
		}
		if err != nil {
			return nil, fault("", "%w", err)
		}
		cases, err := t.policy.ReadCases(library.CleanPath(file), text)
		if err != nil {
			return nil, fault("correct the file first", "%w", err)
		}
		t.cases = append(t.cases, cases...)
	}
	return tests, nil
}

// run tries the cases and looks for rules that nothing matches.
func (t *policyTest) run(ctx context.Context, a *app, out *report.PolicyReport) error {
	alive := map[string]bool{} // by name of the rule
	match := func(g *policy.Governance) {
		for _, rule := range t.policy.Rules {
			if !alive[rule.Name] && g.Governed && t.policy.Unmet(rule, g) == nil {
				alive[rule.Name] = true
			}
		}
	}
	for _, c := range t.cases {
		match(t.policy.Governance(c))
		differences := t.policy.Try(c)
		for _, d := range differences {
			out.Findings = append(out.Findings, report.PolicyFinding{Kind: "difference", At: d.At.Pos.String(), Message: d.Message})
		}
		if differences != nil {
			out.Failed++
		}
	}
	lib, err := open([]string{t.root})
	if err != nil {
		return err
	}
	lib.Files = slices.DeleteFunc(lib.Files, func(f library.File) bool { return f.Root != t.root }) // those of a library inside
	governed := 0
	for _, g := range library.Each(lib.Files, func(f library.File) *policy.Governance { return t.about(library.Read(f)) }) {
		if err := stopped(ctx); err != nil {
			return err
		}
		if g.Governed {
			governed++
			match(g)
		}
	}
	out.Cases += len(t.cases)
	out.Governed += governed
	out.Rules += len(t.policy.Rules)
	at := settingsPath(t.root, policy.FileName)
	for _, rule := range t.policy.Rules {
		if !alive[rule.Name] {
			out.Findings = append(out.Findings, report.PolicyFinding{
				Kind: "dead", At: at, Message: "rule " + strconv.Quote(rule.Name) + " matches no case and no file of the library; add a case, or remove the rule",
			})
		}
	}
	for _, line := range t.policy.Unheld(t.people) {
		out.Findings = append(out.Findings, report.PolicyFinding{Kind: "unheld", At: at, Message: line})
	}
	if governed == 0 {
		a.note("note: the policy is about no file of the library so far; see prompts in %s", at)
	}
	if t.people.Path != "" && len(t.people.List) == 0 {
		a.note("note: %s names nobody yet, so nothing can be approved", t.people.Path)
	}
	return nil
}
