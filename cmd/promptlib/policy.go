package main

import (
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"promptlib/library"
	"promptlib/library/policy"
)

func newPolicy(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "Explain what the policy asks for, and test it",
		Long: `policy shows what .promptlib/policy.yaml asks for: policy explain of a file, and
who of .promptlib/people.yaml could give it; policy test of a table of cases.`,
		Example: `  promptlib policy explain prompts/operations/incident-summary.md
  promptlib policy test`,
		Args: noCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newPolicyExplain(a), newPolicyTest(a))
	return cmd
}

// A settled is what the settings of a library say of its governance.
type settled struct {
	root       string
	policy     *policy.Policy
	people     *policy.People
	ungoverned policy.Ungoverned
}

// settle reads the settings of the library at root.
func settle(root string) (*settled, error) {
	s := &settled{root: root}
	var errs [3]error
	s.policy, errs[0] = policy.Load(root)
	s.people, errs[1] = policy.LoadPeople(root)
	s.ungoverned, errs[2] = policy.LoadUngoverned(root)
	if err := errors.Join(errs[:]...); err != nil {
		return nil, fault("correct the file first", "%w", err)
	}
	return s, nil
}

// about returns what the policy makes of a file of the library.
func (s *settled) about(p *library.Prompt) *policy.Governance {
	g := s.policy.Effective(p, s.root)
	g.Governed = s.policy.GovernsFile(library.Relative(s.root, p.Path))
	return g
}

// settingsPath returns the path of a file of settings as messages name it.
func settingsPath(root, name string) string {
	return library.CleanPath(filepath.Join(root, library.SettingsDir, name))
}
