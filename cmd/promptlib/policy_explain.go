package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/git"
	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
	"promptlib/library/policy"
)

func newPolicyExplain(a *app) *cobra.Command {
	format := ""
	cmd := &cobra.Command{
		Use:   "explain PATH…",
		Short: "Show which rule asks for what of a file, and who could give it",
		Long: `explain shows what the policy asks for of each file as it stands in the work tree:
the values that count and where they come from, each rule and what keeps it from
applying, the approvals that are needed, and who of people.yaml could give them.
Whoever changes the file does not approve the change, so the owner is left out, and
bots never approve. What a change needs is this together with what the file needed
before: promptlib check decides.

A PATH may be a file that the policy protects, such as the policy itself.`,
		Example: `  promptlib policy explain prompts/operations/incident-summary.md
  promptlib policy explain --format json prompts/legal/*.md | jq -r '.files[].need.slots[].role'
  promptlib policy explain .promptlib/policy.yaml`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usage(cmd.CommandPath()+" --help shows an example", "policy explain takes the path of a file")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", format, listFormats); err != nil {
				return err
			}
			return runPolicyExplain(cmd.Context(), a, args, format)
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "how to print the explanation: text, json")
	complete(cmd, "format", listFormats, func(s string) string { return s })
	return cmd
}

func runPolicyExplain(ctx context.Context, a *app, paths []string, format string) error {
	lib, err := open(paths)
	if err != nil {
		return err
	}
	e := report.PolicyExplanation{Version: 1, Files: []report.PolicyFile{}}
	settings := map[string]*settled{} // by root
	for _, f := range lib.Files {
		if err := stopped(ctx); err != nil {
			return err
		}
		s := settings[f.Root]
		if s == nil {
			if s, err = settle(f.Root); err != nil {
				return err
			}
			settings[f.Root] = s
		}
		p := library.Read(f)
		if problem := unreadable(p); problem != nil {
			return fault("", "%s: %s", p.Path, problem.Message)
		}
		e.Files = append(e.Files, s.explain(ctx, p))
	}
	if len(e.Files) == 0 {
		return fault("prompt files end in .md, .prompt or .prompty", "nothing to explain: no prompt file was found")
	}
	if format == "json" {
		return report.WritePolicyExplanationJSON(a.stdout, e)
	}
	return report.WritePolicyExplanation(a.stdout, e, a.colored(a.stdout))
}

// explain says what the policy asks for of a file.
func (s *settled) explain(ctx context.Context, p *library.Prompt) report.PolicyFile {
	name, g := library.Relative(s.root, p.Path), s.about(p)
	f := report.PolicyFile{
		Path: p.Path, Library: s.root, Policy: optional(s.policy.Path), People: optional(s.people.Path),
		Values: []report.PolicyValue{}, Rules: []report.PolicyRule{}, Tags: []report.PolicyTag{}, Roles: []string{}, Evidence: list(s.policy.Evidence),
	}
	var need policy.Need
	var owner *policy.Person
	glob := s.policy.Protects(name, fromTop(ctx, p.Path))
	switch {
	case glob != "":
		f.State, f.Protected = "protected", &glob
		f.Why = fmt.Sprintf("protected by %q of %s", glob, policy.FileName)
		f.Digest = policy.FileDigest([]byte(p.Source))
		need = policy.NeedOf(s.policy.Protect.Approve)
	case g.Governed:
		f.State, f.Why = "governed", s.why(name)
		if s.ungoverned.Exempt(name, []byte(p.Source)) {
			f.State, f.Why = "ungoverned", fmt.Sprintf("on the list of %s until it changes: nothing is asked of it", policy.UngovernedName)
		}
		f.Digest = policy.Digest([]byte(p.Source))
		if message, line := policy.Unbound([]byte(p.Source)); message != "" {
			f.Unbound = &report.UnboundText{Line: line, Message: message}
		}
		owner = s.people.Person(g.Get("owner").Word())
		need = s.policy.Need(g)
		s.explainGovernance(&f, g)
	default:
		f.State, f.Why = "not-governed", "not governed: "+s.whyNot(name)
		f.Digest = policy.Digest([]byte(p.Source))
	}
	if owner != nil {
		f.Owner = &owner.Name
	}
	f.Need = s.explainNeed(need, owner)
	f.Next = f.Commands()
	return f
}

func (s *settled) why(name string) string {
	for _, glob := range s.policy.Prompts {
		if (&policy.Policy{Prompts: []string{glob}}).Governs(name) {
			return fmt.Sprintf("governed, by %q of %s", glob, policy.FileName)
		}
	}
	return "governed, as every prompt is where the policy has no globs"
}

func (s *settled) whyNot(name string) string {
	switch {
	case strings.HasPrefix(name, library.SettingsDir+"/"):
		return "it belongs to the settings of the library"
	case s.policy.Prompts == nil:
		return "it is no prompt"
	}
	return fmt.Sprintf("no glob of prompts in %s matches it", policy.FileName)
}

// explainGovernance adds the values of a file and what follows from them.
func (s *settled) explainGovernance(f *report.PolicyFile, g *policy.Governance) {
	for _, v := range g.Values {
		value := report.PolicyValue{Key: v.Field.Key, Words: list(v.Words), From: v.From, At: []int{}}
		for _, d := range v.Declarations {
			value.At = append(value.At, d.Key.Pos.Line)
		}
		f.Values = append(f.Values, value)
	}
	for _, rule := range s.policy.Rules {
		r := report.PolicyRule{Name: rule.Name, Unmet: []report.UnmetCondition{}, Approve: approvals(rule.Approve)}
		for _, c := range s.policy.Unmet(rule, g) {
			wanted, found := c.Value, strings.Join(g.Get(c.Key).Words, ", ")
			if c.AtLeast {
				wanted += " or above"
			}
			if c.Key == "path" {
				found = library.Relative(s.root, f.Path)
			}
			r.Unmet = append(r.Unmet, report.UnmetCondition{Key: c.Key, Wanted: wanted, Found: found})
		}
		r.Applies = len(r.Unmet) == 0
		f.Rules = append(f.Rules, r)
	}
	for _, word := range g.Get("governance_tags").Words {
		tag, _ := s.policy.Tag(word)
		t := report.PolicyTag{Name: word, Class: tag.Implies.Class, Risk: tag.Implies.Risk, Approve: approvals(tag.Approvals())}
		if t.Class != "" || t.Risk != "" || len(t.Approve) > 0 {
			f.Tags = append(f.Tags, t)
		}
	}
	f.Roles = list(g.Get("approval_roles").Words)
}

func approvals(demands []policy.Approval) []report.PolicyApproval {
	out := []report.PolicyApproval{}
	for _, a := range demands {
		out = append(out, report.PolicyApproval{Role: a.Role, Count: a.Count})
	}
	return out
}

// explainNeed says who could fill each place of a need.
func (s *settled) explainNeed(need policy.Need, owner *policy.Person) report.PolicyNeed {
	n := report.PolicyNeed{People: need.People, Slots: []report.PolicySlot{}}
	for _, slot := range need.Slots() {
		out := report.PolicySlot{Role: slot.Role, Reasons: list(slot.Reasons), Could: []string{}, Bots: []string{}}
		for i := range s.people.List {
			switch who := &s.people.List[i]; {
			case who.Bot && slot.Role != "*" && who.Holds(slot.Role):
				out.Bots = append(out.Bots, who.Name)
			case !who.Bot && who != owner && who.Holds(slot.Role):
				out.Could = append(out.Could, who.Name)
			}
		}
		n.Slots = append(n.Slots, out)
	}
	if s.people.Path != "" {
		open := policy.Open(s.people.Fill(need.Slots(), owner))
		n.Open = &open
	}
	return n
}

// fromTop returns the path of a file from the top of its repository; "" where it
// is in none.
func fromTop(ctx context.Context, path string) string {
	dir, err := filepath.EvalSymlinks(filepath.Dir(filepath.FromSlash(path)))
	if err != nil {
		return ""
	}
	repo, err := git.Find(ctx, dir)
	if err != nil {
		return ""
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return ""
	}
	rel, err := filepath.Rel(repo.Root, filepath.Join(abs, filepath.Base(path)))
	if err != nil || !filepath.IsLocal(rel) {
		return ""
	}
	return filepath.ToSlash(rel)
}
