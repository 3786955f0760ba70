package main

import (
	"context"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"promptlib/library/check"
)

type waiveOptions struct {
	signOptions
	path   string
	reason string
	ticket string
	length string
	span   time.Duration // length as read; 0 for none
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
	flags.StringVar(&o.length, "for", "", "how long the waiver holds, such as 24h or 90m (default as long as the policy allows)")
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
	case !cmd.Flags().Changed("for"):
		return nil
	}
	var err error
	if o.span, err = time.ParseDuration(o.length); err != nil || o.span < time.Minute {
		return usage("as in --for 24h", "--for is hours or minutes, a minute at least, not %q", o.length)
	}
	return nil
}

// hours writes a time without what is nothing: 72h for 72h0m0s.
func hours(d time.Duration) string {
	s := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(s, zero) {
			s = s[:len(s)-2]
		}
	}
	return s
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
		return usage("leave out --for, and it holds that long", "--for %s is longer than the policy allows, which is %s", hours(o.span), hours(limits.Max))
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
	d.note("%s and .sig are written: a waiver of %s until %s, by %s; get the approvals before it ends", name, m.what(), expires.Format(time.RFC3339), by.Name)
	d.hintCommit(check.WaiversDir)
	return nil
}
