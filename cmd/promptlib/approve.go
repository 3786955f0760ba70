package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
	"promptlib/library/check"
	"promptlib/library/policy"
)

type approveOptions struct {
	signOptions
	paths      []string
	role       string
	print      bool
	reject     bool
	revoke     bool
	note       string
	evalReport string
}

func newApprove(a *app) *cobra.Command {
	o := &approveOptions{}
	cmd := &cobra.Command{
		Use:   "approve PATH… [--role ROLE]",
		Short: "Sign that you approve of a prompt as it is, or print the line for a review",
		Long: `approve writes a statement that you approve of the text of each PATH, as it is in
the work tree, and signs it with your SSH key: an in-toto statement below
.promptlib/approvals, and its signature beside it. ssh-keygen signs, so a key in an
agent or on hardware works too. Commit both files to the branch of the change;
promptlib check --base REF says whether they count.

With --print nothing is signed: it prints the line that binds a review on GitHub or
GitLab to the text. Paste it into the review.

An approval is of one text, and of a person in one role. Whatever is pushed to the
file afterwards, but for its review_status, needs a new one. docs/governance.md
shows how to verify a statement by hand.`,
		Example: `  promptlib approve prompts/operations/incident-summary.md --role SRE-Lead
  promptlib approve prompts/operations/incident-summary.md --role SRE-Lead --print
  promptlib approve .promptlib/policy.yaml --role Policy-Owner --key ~/.ssh/id_ed25519
  promptlib approve prompts/operations/incident-summary.md --role SRE-Lead --removed --base origin/main`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o.paths = args
			if err := o.check(cmd); err != nil {
				return err
			}
			return runApprove(cmd.Context(), a, o)
		},
	}
	o.bind(cmd)
	flags := cmd.Flags()
	flags.StringVar(&o.role, "role", "", "the role of yours in which you approve (default the only one that you hold, or the only one of yours that the files need)")
	completePeople(cmd, "role", func(p *policy.People) []string { return p.Roles })
	flags.BoolVar(&o.print, "print", false, "sign nothing, and print the line to paste into a review")
	flags.BoolVar(&o.reject, "reject", false, "say no in place of yes: the text cannot land before you approve of it")
	flags.BoolVar(&o.revoke, "revoke", false, "take back approvals of the text in the role, yours and those of others")
	flags.StringVar(&o.note, "note", "", "what you want to say besides, in at most 2000 characters")
	flags.StringVar(&o.evalReport, "eval-report", "", "file of the run that you have read; its SHA-256 goes into the statement")
	return cmd
}

// check finds flags that do not go together.
func (o *approveOptions) check(cmd *cobra.Command) error {
	signing := slices.ContainsFunc([]string{"key", "reject", "revoke", "note", "eval-report", "force"}, func(name string) bool { return cmd.Flags().Changed(name) })
	switch {
	case len(o.paths) == 0:
		return usage("promptlib approve --help shows an example", "approve takes the path of one file or more")
	case o.reject && o.revoke:
		return usage("leave out one of them", "--reject and --revoke exclude each other")
	case o.print && signing:
		return usage("say it in the review itself", "--key, --reject, --revoke, --note, --eval-report and --force are for statements, and --print writes none")
	}
	return nil
}

func (o *approveOptions) decision() check.Opinion {
	switch {
	case o.reject:
		return check.Reject
	case o.revoke:
		return check.Revoke
	}
	return check.Approve
}

func runApprove(ctx context.Context, a *app, o *approveOptions) error {
	d, err := o.open(ctx, a, o.paths)
	if err != nil {
		return err
	}
	kind, other := policy.EvidenceSigned, "--print gives a line for a review"
	if o.print {
		kind, other = policy.EvidenceForge, "leave out --print to sign a statement"
	}
	if !slices.Contains(d.policy.Evidence, kind) {
		return usage(other, "%s does not accept evidence that is %q", d.policy.Path, kind)
	}
	var matters []*matter
	for _, name := range o.paths {
		m, err := d.matter(ctx, name)
		if err != nil {
			return err
		}
		matters = append(matters, m)
	}
	if o.print {
		return o.printLines(ctx, d, matters)
	}
	return o.signAll(ctx, d, matters)
}

// printLines prints the lines that bind a review to some files.
func (o *approveOptions) printLines(ctx context.Context, d *desk, matters []*matter) error {
	var who *policy.Person // as far as it is known; the forge will know
	if o.as != "" {
		var err error
		if who, err = d.named(o.as); err != nil {
			return err
		}
	} else if d.repo != nil {
		who = d.people.ByEmail(d.repo.Config(ctx, "user.email"))
	}
	if o.role != "" {
		if err := d.mayHold(nil, o.role); err != nil {
			return err
		}
		if err := d.mayHold(who, o.role); err != nil {
			if o.as != "" {
				return err
			}
			d.note("warning: %s", err)
		}
	}
	p := report.NewPrinter(d.stdout, false)
	for _, m := range matters {
		d.warnRole(m, o.role)
		d.warnAuthor(ctx, m, who)
		p.Printf("%s\n", check.DigestLine(m.Digest, m.Path, o.role))
	}
	if err := p.Flush(); err != nil {
		return fault("", "writing to the standard output: %w", err)
	}
	if len(matters) > 1 {
		d.note("put all the lines into one review: a later review replaces an earlier one, whatever it was about")
	}
	return nil
}

// signAll writes a statement for each file.
func (o *approveOptions) signAll(ctx context.Context, d *desk, matters []*matter) error {
	if o.role != "" {
		if err := d.mayHold(nil, o.role); err != nil {
			return err
		}
	}
	digest, err := digestOf(o.evalReport)
	if err != nil {
		return err
	}
	by, err := d.signer(ctx)
	if err != nil {
		return err
	}
	if o.role == "" {
		if o.role, err = onlyRole(by.Person, matters); err != nil {
			return err
		}
	}
	if err := d.mayHold(by.Person, o.role); err != nil {
		return err
	}
	decision := o.decision()
	for _, m := range matters {
		d.warnRole(m, o.role)
		if decision == check.Approve {
			d.warnAuthor(ctx, m, by.Person)
		}
		a, err := d.statement(m, by, check.ApprovalPredicate)
		if err != nil {
			return err
		}
		a.Predicate.Decision, a.Predicate.Role, a.Predicate.Note, a.Predicate.EvalReport = decision, o.role, o.note, digest
		stem := fmt.Sprintf("%s%s/%.12s.%s.%s", check.ApprovalsDir, strings.TrimPrefix(m.Name, "/"), m.Digest, by.Name, o.role)
		if decision != check.Approve {
			stem += "." + string(decision)
		}
		name, err := d.sign(ctx, a, by, stem)
		if err != nil {
			return err
		}
		d.note("%s and .sig are written: %s, by %s as %s", name, verb(decision)+" "+m.what(), by.Name, o.role)
	}
	d.hintCommit(check.ApprovalsDir)
	return nil
}

// onlyRole returns the role in which a person must mean to speak: of those they
// hold the only one that some files need, or the only one.
func onlyRole(p *policy.Person, matters []*matter) (string, error) {
	var needed []string
	for _, m := range matters {
		for _, s := range m.Need.Slots() {
			if s.Role != "*" && p.Holds(s.Role) && !slices.Contains(needed, s.Role) {
				needed = append(needed, s.Role)
			}
		}
	}
	switch {
	case len(needed) == 1:
		return needed[0], nil
	case len(p.Roles) == 1:
		return p.Roles[0], nil
	case len(p.Roles) == 0:
		return "", usage("roles are given in "+library.SettingsDir+"/"+policy.PeopleName+", by a change that lands first", "%s holds no role", p.Name)
	}
	return "", usage("as in --role "+append(needed, p.Roles...)[0], "--role is missing: %s holds %s", p.Name, strings.Join(p.Roles, ", "))
}

func verb(decision check.Opinion) string {
	switch decision {
	case check.Reject:
		return "a rejection of"
	case check.Revoke:
		return "the approvals are revoked of"
	}
	return "an approval of"
}

// warnRole warns of an approval in a role that the file, as it is, does not need.
func (d *desk) warnRole(m *matter, role string) {
	var wanted []string
	for _, s := range m.Need.Slots() {
		if s.Role == "*" || s.Role == role || role == "" {
			return
		}
		wanted = append(wanted, s.Role)
	}
	if wanted == nil {
		d.note("warning: %s: as it is now, the policy asks for no approval of it", m.shown)
		return
	}
	d.note("warning: %s: as it is now, the policy asks for %s, not for %s", m.shown, strings.Join(slices.Compact(wanted), ", "), role)
}

// digestOf returns the SHA-256 of a file, in 64 hexadecimal digits; "" for no file.
func digestOf(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no regular file", library.CleanPath(name))
	}
	if err != nil {
		return "", usage("name the file of a run, as promptlib eval --format jsonl=FILE writes it", "--eval-report: %w", err)
	}
	f, err := os.Open(name)
	if err != nil {
		return "", usage("", "--eval-report: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fault("", "--eval-report: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
