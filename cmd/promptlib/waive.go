package main

import (
	"context"
	"fmt"
	"path"
	"time"

	"github.com/spf13/cobra"

	"promptlib/library/check"
)

type waiveOptions struct {
	signOptions
	path   string
	reason string
	ticket string
	span   time.Duration
}

func newWaive(a *app) *cobra.Command {
	o := &waiveOptions{}
	cmd := &cobra.Command{
		Use:   "waive PATH --reason TEXT --ticket ID",
		Short: "Sign that a prompt may land for some hours without its approvals",
		Long: `waive writes a waiver of the text of PATH, as it is in the work tree, and signs it
with your SSH key: a statement in .promptlib/waivers, and its signature beside it.
Commit both files to the branch of the change, which may then land without the
approvals that it needs. They are due before the waiver ends; from then on, check
fails until they are there.

The policy says who may do so, and for how long at the most: waivers of
.promptlib/policy.yaml. An author cannot waive the approvals of the own change.`,
		Example: `  promptlib waive prompts/operations/incident-summary.md --reason "outage of the pager" --ticket INC-2041 --for 24h`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("promptlib waive --help shows an example", "waive takes the path of one file, not %d", len(args))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.path = args[0]
			if err := o.check(cmd); err != nil {
				return err
			}
			return runWaive(cmd.Context(), a, o)
		},
	}
	o.bind(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.reason, "reason", "", "why it cannot wait for approvals (required)")
	flags.StringVar(&o.ticket, "ticket", "", "where the matter is kept track of (required)")
	flags.DurationVar(&o.span, "for", 0, "how long the waiver holds, such as 24h (default as long as the policy allows)")
	return cmd
}

func (o *waiveOptions) check(cmd *cobra.Command) error {
	switch {
	case o.reason == "":
		return usage("say what would happen if it waited", "--reason is missing")
	case o.ticket == "":
		return usage("name the ticket or the incident, such as --ticket INC-2041", "--ticket is missing")
	case o.removed:
		return usage("waive a harmless text in its place", "--removed: a removal cannot be waived, since nothing would be left of which approvals are due")
	case cmd.Flags().Changed("for") && o.span < time.Minute:
		return usage("as in --for 24h", "--for is at least a minute, not %s", o.span)
	}
	return nil
}

func runWaive(ctx context.Context, a *app, o *waiveOptions) error {
	d, err := o.open(ctx, a, []string{o.path})
	if err != nil {
		return err
	}
	limits := d.policy.Waivers
	switch {
	case limits.Role == "":
		return usage("the entry waivers names a role, and must land first", "%s knows no waivers", d.policy.Path)
	case o.span > limits.Max:
		return usage("", "--for %s is longer than the policy allows, which is %s", o.span, limits.Max)
	case o.span == 0:
		o.span = limits.Max
	}
	m, err := d.matter(ctx, o.path)
	if err != nil {
		return err
	}
	by, err := d.signer(ctx)
	if err != nil {
		return err
	}
	if err := d.mayHold(by.Person, limits.Role); err != nil {
		return err
	}
	d.warnAuthor(ctx, m, by.Person)
	s, err := d.statement(m, by, check.WaiverPredicate)
	if err != nil {
		return err
	}
	expires := d.at.Add(o.span.Truncate(time.Second))
	s.Predicate.Role, s.Predicate.Reason, s.Predicate.Ticket, s.Predicate.Expires = limits.Role, o.reason, o.ticket, &expires
	name, err := d.sign(ctx, s, by, fmt.Sprintf("%s%s.%.12s.%s", check.WaiversDir, path.Base(m.Name), m.Digest, by.Name))
	if err != nil {
		return err
	}
	d.note("%s and .sig are written: a waiver of %s until %s, by %s; commit both to the branch of the change and push, and get the approvals before it ends", name, m.what(), expires.Format(time.RFC3339), by.Name)
	return nil
}
