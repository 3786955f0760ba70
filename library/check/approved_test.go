package check

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"promptlib/library/policy"
)

// A testSigner is a person with a key of their own.
type testSigner struct {
	name   string
	signer ssh.Signer
}

func newTestSigner(t *testing.T, name string) testSigner {
	t.Helper()
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{name[0]}, ed25519.SeedSize))
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return testSigner{name, signer}
}

// line is the person in people.yaml.
func (s testSigner) line(roles string) string {
	return "  " + s.name + ": {roles: [" + roles + "], keys: [{ssh: \"" + strings.TrimSpace(string(ssh.MarshalAuthorizedKey(s.signer.PublicKey()))) + "\"}]}\n"
}

// approve returns a statement of an opinion of a text.
func (s testSigner) approve(t *testing.T, says Opinion, name, role, digest string, at time.Time) Statement {
	t.Helper()
	a := Approval{Type: StatementType, PredicateType: ApprovalPredicate, Predicate: Predicate{Decision: says, Role: role, By: s.name, At: at}}
	a.Subject = make([]Subject, 1)
	a.Subject[0].Name, a.Subject[0].Digest.SHA256 = name, digest
	return s.sign(t, ApprovalsDir+name+"/"+digest[:12]+"."+s.name+"."+role+".json", a)
}

// waive returns a waiver of a text.
func (s testSigner) waive(t *testing.T, name, digest string, at time.Time) Statement {
	t.Helper()
	expires := at.Add(time.Hour)
	a := Approval{Type: StatementType, PredicateType: WaiverPredicate, Predicate: Predicate{Role: "Security-Lead", By: s.name, At: at, Expires: &expires, Reason: "fire", Ticket: "OPS-1"}}
	a.Subject = make([]Subject, 1)
	a.Subject[0].Name, a.Subject[0].Digest.SHA256 = name, digest
	return s.sign(t, WaiversDir+"x.json", a)
}

func (s testSigner) sign(t *testing.T, path string, a Approval) Statement {
	t.Helper()
	text, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	sig, err := sshsig.Sign(bytes.NewReader(text), s.signer, sshsig.HashSHA512, Namespace)
	if err != nil {
		t.Fatal(err)
	}
	return Statement{Path: path, Text: text, Signature: sshsig.Armor(sig)}
}

func TestApproved(t *testing.T) {
	const (
		ruled = "version: 1\nprompts: [\"prompts/**\"]\nrules: [{name: high, when: {risk_level: \">=high\"}, approve: [{role: Security-Lead}, {role: Reader}]}]\n" +
			"freshness: {high: P1M}\nwaivers: {role: Security-Lead}\n"
		forgeOnly = ruled + "evidence: {accept: [forge]}\n"
		text      = "---\ntitle: A\nrisk_level: high\nreview_status: approved\n---\nSay it.\n"
		low       = "---\ntitle: A\nrisk_level: low\n---\nSay it.\n"
	)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	before := now.Add(-time.Hour)
	bob, carol, eve, mech := newTestSigner(t, "bob"), newTestSigner(t, "carol"), newTestSigner(t, "eve"), newTestSigner(t, "mech")
	people, err := policy.ReadPeople("people.yaml", []byte("version: 1\npeople:\n"+bob.line("Security-Lead")+carol.line("Reader")+strings.Replace(mech.line("Security-Lead"), "{roles", "{type: bot, roles", 1)+"roles: {Security-Lead: {}, Reader: {}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	digest := policy.Digest([]byte(text))
	lead := bob.approve(t, Approve, "prompts/a", "Security-Lead", digest, before)
	reader := carol.approve(t, Approve, "prompts/a", "Reader", digest, before)
	for _, tt := range []struct {
		name, policy, text string
		statements         []Statement
		want               string
	}{
		{"nothing is asked", ruled, low, nil, ""},
		{"all are there", ruled, text, []Statement{lead, reader}, ""},
		{"nobody has approved", ruled, text, nil, "2 of 2 approvals missing: Reader, Security-Lead"},
		{"one is missing", ruled, text, []Statement{lead}, "1 of 2 approvals missing: Reader"},
		{"of another text", ruled, text + "More.\n", []Statement{lead}, "it is of another text"},
		{"of the same text with another status", ruled, strings.Replace(text, "approved", "draft", 1), []Statement{lead, reader}, ""},
		{"a role that is not held", ruled, text, []Statement{reader, carol.approve(t, Approve, "prompts/a", "Security-Lead", digest, before)}, "carol does not hold the role Security-Lead"},
		{"a bot", ruled, text, []Statement{reader, mech.approve(t, Approve, "prompts/a", "Security-Lead", digest, before)}, "mech is a bot"},
		{"a waiver", ruled, text, []Statement{bob.waive(t, "prompts/a", digest, now)}, "2 of 2 approvals missing"},
		{"a key of nobody", ruled, text, []Statement{eve.approve(t, Approve, "prompts/a", "Security-Lead", digest, before)}, "is nobody's in the people.yaml"},
		{"without a signature", ruled, text, []Statement{{Path: lead.Path, Text: lead.Text}}, "the statement is not signed"},
		{"altered", ruled, text, []Statement{{Path: lead.Path, Text: append(bytes.Clone(lead.Text), '\n'), Signature: lead.Signature}}, "the signature does not hold"},
		{"too old", ruled, text, []Statement{bob.approve(t, Approve, "prompts/a", "Security-Lead", digest, now.AddDate(0, -2, 0))}, "a review of risk high holds for P1M"},
		{"rejected", ruled, text, []Statement{lead, bob.approve(t, Reject, "prompts/a", "Security-Lead", digest, now)}, "bob rejects it"},
		{"nothing binds it", ruled, strings.Replace(text, "---\nSay", "--- \nSay", 1), []Statement{lead}, "the line closes the front matter for some readers"},
		{"only reviews of a forge count", forgeOnly, text, nil, ""},
		{"another prompt", ruled, text, []Statement{bob.approve(t, Approve, "prompts/b", "Security-Lead", digest, before)}, "2 of 2 approvals missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pol, err := policy.Read("policy.yaml", []byte(tt.policy))
			if err != nil {
				t.Fatal(err)
			}
			lacks := Approved(Change{Policy: pol, People: people, Statements: tt.statements, Now: now})
			got := lacks("prompts/a.md", []byte(tt.text))
			if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
