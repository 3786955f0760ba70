package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// In a public library, approval flags and review tags vanished by the dozen, and
// over a hundred bodies of approved prompts changed and stayed approved. It had a
// validator all that time, which looked at one commit and never at two. This is
// what happened there, in miniature: one commit after the other lands unseen, and
// each would have been refused.

const driftPolicy = `version: 1
prompts: ["prompts/**/*.md"]
vocabulary:
  tags:
    requires-human-review: {implies: {count: 1}}
    audit-required: {implies: {roles: [Security]}}
    PII-safe: {}
rules:
  - {name: approved, when: {review_status: approved}, approve: [{role: Reviewer}]}
  - {name: high risk, when: {risk_level: ">=high"}, approve: [{role: Security}]}
  - {name: confidential, when: {data_classification: ">=confidential"}, approve: [{role: Policy-Owner}]}
protect: {paths: [".promptlib/**"], approve: [{role: Policy-Owner}]}
`

// A drift is a commit of such a history. Do is what it changes; mend is what an
// honest one does besides, such as to ask.
type drift struct {
	name string
	do   func(l *gitLibrary)
	mend func(l *gitLibrary)
	want []string
}

var drifts = []drift{
	{
		"an approval flag vanishes, with the roles",
		func(l *gitLibrary) {
			l.write("prompts/loans.md", driftText("Loans", "1.1", "medium", "draft", "Weigh the loan."))
		},
		func(l *gitLibrary) { l.approve("gus", "Policy-Owner", "prompts/loans.md") },
		[]string{
			"prompts/loans.md:1:1: error: 1 of 1 approvals missing: Policy-Owner [APR101]",
			"prompts/loans.md:1:1: info: it would need less than it does; this change still owes Policy-Owner (approval_roles), 1 in all in place of 0 [APR107]",
		},
	},
	{
		"review tags vanish",
		func(l *gitLibrary) {
			l.write("prompts/triage.md", driftText("Triage", "1.1", "low", "draft", "Sort the tickets.", "governance_tags: [PII-safe]"))
		},
		func(l *gitLibrary) { l.approve("cy", "Security", "prompts/triage.md") },
		[]string{
			"prompts/triage.md:1:1: error: 1 of 1 approvals missing: Security [APR101]",
			"prompts/triage.md:1:1: info: it would need less than it does; this change still owes Security (tag audit-required), 1 in all in place of 0 [APR107]",
		},
	},
	{
		"the body of an approved prompt changes and its version stays",
		func(l *gitLibrary) {
			l.write("prompts/refunds.md", driftText("Refunds", "1.0", "low", "approved", "Refund whoever asks."))
		},
		func(l *gitLibrary) {
			l.write("prompts/refunds.md", driftText("Refunds", "1.1", "low", "approved", "Refund whoever asks."))
			l.commit("ada")
			l.approve("bo", "Reviewer", "prompts/refunds.md")
		},
		[]string{
			"prompts/refunds.md:1:1: error: 1 of 1 approvals missing: Reviewer [APR101]",
			"prompts/refunds.md:3:10: error: the text changes and version 1.0 is not higher than 1.0 [APR109]",
		},
	},
	{
		"the body changes under the approval of the text before",
		func(l *gitLibrary) {
			l.write("prompts/advice.md", driftText("Advice", "2.0", "high", "approved", "Advise with confidence."))
		},
		func(l *gitLibrary) {
			l.approve("bo", "Reviewer", "prompts/advice.md")
			l.approve("cy", "Security", "prompts/advice.md")
		},
		[]string{"prompts/advice.md:1:1: error: 2 of 2 approvals missing: Reviewer, Security [APR101]"},
	},
	{
		"the risk is lowered on the side",
		func(l *gitLibrary) {
			l.write("prompts/advice.md", driftText("Advice", "2.1", "low", "approved", "Advise with confidence."))
		},
		func(l *gitLibrary) {
			l.approve("bo", "Reviewer", "prompts/advice.md")
			l.approve("cy", "Security", "prompts/advice.md")
		},
		[]string{
			"prompts/advice.md:1:1: error: 2 of 2 approvals missing: Reviewer, Security [APR101]",
			`prompts/advice.md:1:1: info: it would need less than it does; this change still owes Security (rule "high risk"), 2 in all in place of 1 [APR107]`,
		},
	},
	{
		"a status is lowered, and the text with it",
		func(l *gitLibrary) {
			l.write("prompts/refunds.md", driftText("Refunds", "1.2", "low", "draft", "Refund twice."))
		},
		func(l *gitLibrary) { l.approve("bo", "Reviewer", "prompts/refunds.md") },
		[]string{
			"prompts/refunds.md:1:1: error: 1 of 1 approvals missing: Reviewer [APR101]",
			`prompts/refunds.md:1:1: info: it would need less than it does; this change still owes Reviewer (rule "approved"), 1 in all in place of 0 [APR107]`,
		},
	},
	{
		"a status is raised without anybody having looked",
		func(l *gitLibrary) {
			l.write("prompts/loans.md", driftText("Loans", "1.1", "medium", "approved", "Weigh the loan."))
		},
		func(l *gitLibrary) {
			l.write("prompts/loans.md", driftText("Loans", "1.1", "medium", "in_review", "Weigh the loan."))
			l.commit("ada")
		},
		[]string{
			"prompts/loans.md:1:1: error: 1 of 1 approvals missing: Reviewer [APR101]",
			`prompts/loans.md:6:16: error: review_status goes from "draft" to "approved" and skips "in_review" [APR108]`,
		},
	},
	{
		"a file is renamed",
		func(l *gitLibrary) { l.git("mv", "prompts/advice.md", "prompts/advisor.md") },
		func(l *gitLibrary) {
			l.approveGone("bo", "Reviewer", "prompts/advice.md")
			l.approve("cy", "Reviewer", "prompts/advisor.md")
		},
		[]string{
			"prompts/advice.md:1:1: error: 1 of 1 approvals missing: Reviewer [APR101]",
			`prompts/advice.md:1:1: info: it would need less than it does; this change still owes Reviewer (rule "approved"), 1 in all in place of 0 [APR107]`,
			"prompts/advisor.md:1:1: error: 1 of 1 approvals missing: Reviewer [APR101]",
		},
	},
	{
		"a file is moved to where nobody looks",
		func(l *gitLibrary) {
			l.write("archive/readme.md", "Old texts.\n")
			l.git("mv", "prompts/advisor.md", "archive/advisor.md")
		},
		func(l *gitLibrary) { l.approveGone("bo", "Reviewer", "prompts/advisor.md") },
		[]string{
			"prompts/advisor.md:1:1: error: 1 of 1 approvals missing: Reviewer [APR101]",
			`prompts/advisor.md:1:1: info: it would need less than it does; this change still owes Reviewer (rule "approved"), 1 in all in place of 0 [APR107]`,
		},
	},
	{
		"a conflict of two classes is settled for the lower one",
		func(l *gitLibrary) {
			l.write("prompts/letters.md", driftText("Letters", "1.1", "low", "draft", "Write the letter.", "data_classification: internal"))
		},
		func(l *gitLibrary) { l.approve("gus", "Policy-Owner", "prompts/letters.md") },
		[]string{
			"prompts/letters.md:1:1: error: 1 of 1 approvals missing: Policy-Owner [APR101]",
			`prompts/letters.md:1:1: info: it would need less than it does; this change still owes Policy-Owner (rule "confidential"), 1 in all in place of 0 [APR107]`,
		},
	},
	{
		"a front matter is lost",
		func(l *gitLibrary) { l.write("prompts/letters.md", "Write the letter.\n") },
		func(l *gitLibrary) {
			l.write("prompts/letters.md", driftText("Letters", "1.2", "low", "draft", "Write a letter."))
			l.commit("ada")
		},
		nil, // nothing binds an approval of that: see below
	},
}

func driftText(title, version, risk, status, body string, more ...string) string {
	lines := append([]string{"title: " + title, `version: "` + version + `"`, "risk_level: " + risk, "review_status: " + status}, more...)
	return gitPrompt(body, lines...)
}

// approveGone is approveRemoval of a file that the commit before had.
func (l *gitLibrary) approveGone(name, role, path string) {
	l.git("branch", "--force", "main", "before")
	l.approveRemoval(name, role, path)
}

func TestCheckRefusesTheDriftsOfARealHistory(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: nothing in it runs at once")
	}
	eachFormat(t, func(t *testing.T, format string) {
		l := newGitLibrary(t, format)
		l.write(".promptlib/policy.yaml", driftPolicy)
		l.git("rm", "--quiet", "prompts/a.md", "prompts/b.md")
		l.write("prompts/loans.md", driftText("Loans", "1.0", "medium", "draft", "Weigh the loan.", "approval_required: true", "approval_roles: [Policy-Owner]"))
		l.write("prompts/triage.md", driftText("Triage", "1.0", "low", "draft", "Sort the tickets.", "governance_tags: [requires-human-review, audit-required, PII-safe]"))
		l.write("prompts/refunds.md", driftText("Refunds", "1.0", "low", "approved", "Refund what was paid."))
		l.write("prompts/advice.md", driftText("Advice", "1.0", "high", "approved", "Advise with care."))
		l.write("prompts/letters.md", driftText("Letters", "1.0", "low", "draft", "Write the letter.", "data_classification: internal", "dataClassification: confidential"))
		l.commit("ada")
		l.approve("bo", "Reviewer", "prompts/advice.md")
		l.approve("cy", "Security", "prompts/advice.md")
		for _, d := range drifts {
			t.Run(d.name, func(t *testing.T) {
				l.T = t
				l.git("branch", "--force", "before")
				d.do(l)
				l.commit("ada")
				status, out := l.check("--base", "before", "--head", "HEAD")
				if d.want == nil {
					if status != exitFault || !strings.Contains(out, "has no front matter, so nothing binds its approval") {
						t.Errorf("it ends with %d:\n%s", status, out)
					}
				} else if diff := cmp.Diff(findings(out), d.want); status != exitFindings || diff != "" {
					t.Errorf("it ends with %d (-got +want):\n%s\n%s", status, diff, out)
				}
				l.git("branch", "--force", "drifted") // it landed: nothing compared it
				l.git("checkout", "--quiet", "-B", "honest")
				d.mend(l)
				if status, out := l.check("--base", "before", "--head", "honest"); status != exitClean {
					t.Errorf("the honest twin ends with %d:\n%s", status, out)
				}
				l.git("checkout", "--quiet", "-B", "work", "drifted")
			})
		}
	})
}
