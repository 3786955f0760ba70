package check

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"

	"promptlib/library/policy"
)

var (
	sha = strings.Repeat("0123456789abcdef", 4)

	approvalText = `{"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "prompts/a", "digest": {"sha256": "` + sha + `"}}],
"predicateType": "urn:promptlib:approval:v1",
"predicate": {"decision": "approve", "role": "SRE-Lead", "by": "alice", "at": "2026-03-01T12:00:00Z"}}`

	waiverText = `{"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "prompts/a", "digest": {"sha256": "` + sha + `"}}],
"predicateType": "urn:promptlib:waiver:v1",
"predicate": {"role": "Break-Glass", "by": "alice", "at": "2026-03-01T12:00:00Z", "expires": "2026-03-02T12:00:00Z", "reason": "outage", "ticket": "INC-1"}}`
)

func TestParseStatement(t *testing.T) {
	in := func(text string, pairs ...string) string { return strings.NewReplacer(pairs...).Replace(text) }
	second := `, {"name": "prompts/b", "digest": {"sha256": "` + sha + `"}}]`
	tests := []struct {
		name, text string
		want       string // part of the error; "" for none
	}{
		{"approval", approvalText, ""},
		{"rejection", in(approvalText, `"approve"`, `"reject"`), ""},
		{"revocation", in(approvalText, `"approve"`, `"revoke"`), ""},
		{"waiver", waiverText, ""},
		{"everything", in(approvalText, `"role"`, `"base_digest": "`+sha+`", "policy_digest": "`+sha+`", "eval_report": "`+sha+`", "note": "seen", "role"`), ""},
		{"two subjects", in(approvalText, "}}]", "}}"+second), ""},
		{"no subject", in(approvalText, `[{"name": "prompts/a", "digest": {"sha256": "`+sha+`"}}]`, "[]"), "/subject: "},
		{"empty", "", "the text ends before"},
		{"no JSON", "approved", "invalid character 'a'"},
		{"null", "null", "/: "},
		{"a list", "[" + approvalText + "]", "/: "},
		{"two documents", approvalText + approvalText, "text after the end"},
		{"text after it", approvalText + " approved", "text after the end"},
		{"byte order mark", "\ufeff" + approvalText, "invalid character"},
		{"truncated", approvalText[:len(approvalText)-2], "the text ends before"},
		{"no UTF-8", in(approvalText, "alice", "al\xffce"), "UTF-8"},
		{"a member twice", in(approvalText, `"role"`, `"by": "bob", "role"`), "duplicate member"},
		{"a member twice, once in escapes", in(approvalText, `"role"`, `"\u0062y": "bob", "role"`), "duplicate member"},
		{"unknown member", in(approvalText, `"role"`, `"urgent": true, "role"`), "urgent"},
		{"unknown member that differs in case", in(approvalText, `"role"`, `"By": "bob", "role"`), "By"},
		{"unknown member beside the predicate", in(approvalText, `"subject"`, `"predicates": [], "subject"`), "predicates"},
		{"unknown digest", in(approvalText, `"sha256"`, `"sha1": "`+sha+`", "sha256"`), "sha1"},
		{"short digest", in(approvalText, sha, sha[:63]), "/subject/0/digest/sha256: "},
		{"digest in capitals", in(approvalText, sha, strings.ToUpper(sha)), "/subject/0/digest/sha256: "},
		{"subject without a name", in(approvalText, "prompts/a", ""), "/subject/0/name: "},
		{"other type", in(approvalText, "Statement/v1", "Statement/v0.1"), "/_type: "},
		{"other predicate", in(approvalText, "approval:v1", "approval:v2"), "/predicateType: "},
		{"no predicate", in(approvalText, "\"predicate\":", `"predicate_": `), "predicate"},
		{"no decision", in(approvalText, `"decision": "approve", `, ""), "decision"},
		{"unknown decision", in(approvalText, `"approve"`, `"ok"`), "/predicate/decision: "},
		{"no role", in(approvalText, `"role": "SRE-Lead", `, ""), "role"},
		{"role of odd characters", in(approvalText, "SRE-Lead", "SRE Lead"), "/predicate/role: "},
		{"anybody's role", in(approvalText, "SRE-Lead", "*"), "/predicate/role: "},
		{"name of odd characters", in(approvalText, "alice", "al\\u0131ce"), "/predicate/by: "},
		{"nobody", in(approvalText, `"by": "alice", `, ""), "by"},
		{"time not UTC", in(approvalText, "12:00:00Z", "12:00:00+02:00"), "/predicate/at: "},
		{"time of no zone", in(approvalText, "12:00:00Z", "12:00:00"), "/predicate/at: "},
		{"time of parts of a second", in(approvalText, "12:00:00Z", "12:00:00.5Z"), "/predicate/at: "},
		{"time that is none", in(approvalText, "03-01T", "02-30T"), "2026-02-30"},
		{"hour that is none", in(approvalText, "12:00:00Z", "25:00:00Z"), "25:00:00"},
		{"approval with an end", in(approvalText, `"role"`, `"expires": "2026-03-01T12:00:00Z", "role"`), "/predicate"},
		{"waiver with a decision", in(waiverText, `"role"`, `"decision": "approve", "role"`), "/predicate"},
		{"waiver without an end", in(waiverText, `"expires": "2026-03-02T12:00:00Z", `, ""), "expires"},
		{"waiver without a reason", in(waiverText, `"outage"`, `""`), "/predicate/reason: "},
		{"waiver without a ticket", in(waiverText, `, "ticket": "INC-1"`, ""), "ticket"},
		{"note of the longest size", in(approvalText, `"role"`, `"note": "`+strings.Repeat("ä", 2000)+`", "role"`), ""},
		{"note over it", in(approvalText, `"role"`, `"note": "`+strings.Repeat("ä", 2001)+`", "role"`), "/predicate/note: "},
		{"of the largest size", approvalText + strings.Repeat(" ", maxStatement-len(approvalText)), ""},
		{"huge", approvalText + strings.Repeat(" ", maxStatement-len(approvalText)+1), "it has more than 1048576 bytes"},
		{"deep", strings.Repeat("[", 100_000), "nested too deep"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, err := ParseStatement([]byte(test.text))
			switch {
			case test.want == "" && err != nil:
				t.Errorf("got %v, want no error", err)
			case test.want == "" && len(a.Subject) == 0:
				t.Error("the statement is of nothing")
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestParseStatementReadsAll(t *testing.T) {
	text := strings.Replace(waiverText, `"role"`, `"base_digest": "`+sha+`", "policy_digest": "`+sha+`", "note": "n", "role"`, 1)
	got, err := ParseStatement([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	end := at.AddDate(0, 0, 1)
	want := &Approval{
		Type: StatementType, PredicateType: WaiverPredicate, Subject: []Subject{{Name: "prompts/a"}},
		Predicate: Predicate{
			Role: "Break-Glass", By: "alice", At: at, BaseDigest: sha, PolicyDigest: sha, Note: "n", Expires: &end, Reason: "outage", Ticket: "INC-1",
		},
	}
	want.Subject[0].Digest.SHA256 = sha
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("-got +want\n%s", diff)
	}
}

// peopleWith returns people of which alice has a key, with the days on which it is
// good, and bob another.
func peopleWith(t testing.TB, alice, bob ssh.PublicKey, days string) *policy.People {
	t.Helper()
	line := func(k ssh.PublicKey) string { return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(k))) }
	people, err := policy.ReadPeople("people.yaml", fmt.Appendf(nil, `people:
  alice: {roles: [SRE-Lead], keys: [{ssh: "%s"%s}]}
  bob: {roles: [SRE-Lead], keys: [{ssh: "%s"}]}
roles: {SRE-Lead: {}, Break-Glass: {}}
`, line(alice), days, line(bob)))
	if err != nil {
		t.Fatal(err)
	}
	return people
}

// TestReadStatementSigner: a statement is its signer's only if all is certain.
func TestReadStatementSigner(t *testing.T) {
	alice, bob, mallory := newSigner(t, "ed25519"), newSigner(t, "ecdsa"), newSigner(t, "ed25519")
	certified := certificate(t, alice, mallory)
	text := []byte(approvalText)
	good := signature(t, alice, text, Namespace)
	ofBob := strings.Replace(approvalText, "alice", "bob", 1)
	tests := []struct {
		name, text string
		sig        []byte
		days       string
		want       string // the flaw; "" for none
	}{
		{"signed", approvalText, good, "", ""},
		{"signed by another for himself", ofBob, signature(t, bob, []byte(ofBob), Namespace), "", ""},
		{"unsigned", approvalText, nil, "", "the statement is not signed; its signature belongs into a.json.sig"},
		{"no signature at all", approvalText, []byte("x"), "", "the signature does not hold: it is no SSH signature"},
		{"other namespace", approvalText, signature(t, alice, text, "file"), "", `the signature does not hold: it was made for "file", not for "promptlib-approval@v1"`},
		{"altered text", strings.Replace(approvalText, "SRE-Lead", "CISO", 1), good, "", "the signature does not hold: it is of another text, or was altered"},
		{"a line end more", approvalText + "\n", good, "", "the signature does not hold: it is of another text, or was altered"},
		{"other key", approvalText, signature(t, mallory, text, Namespace), "", "the key " + ssh.FingerprintSHA256(mallory.PublicKey()) + " is nobody's in the people.yaml of the base"},
		{"a certificate of her key", approvalText, signature(t, certified, text, Namespace), "", "the key " + ssh.FingerprintSHA256(certified.PublicKey()) + " is nobody's in the people.yaml of the base"},
		{"key of another person", approvalText, signature(t, bob, text, Namespace), "", "the statement says that it is by alice, and the key is that of bob"},
		{"a key that is good", approvalText, good, ", from: 2026-03-01, until: 2026-03-01", ""},
		{"expired key", approvalText, good, ", until: 2026-02-28", "the key of alice is not good on 2026-03-01"},
		{"key that is not good yet", approvalText, good, ", from: 2026-03-02", "the key of alice is not good on 2026-03-01"},
		{"no statement", "{}", signature(t, alice, []byte("{}"), Namespace), "", `the statement cannot be read: `},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := &Change{People: peopleWith(t, alice.PublicKey(), bob.PublicKey(), test.days), Now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
			o := c.readStatement(Statement{Path: "a.json", Text: []byte(test.text), Signature: test.sig})
			if o.flaw != test.want && (!strings.HasSuffix(test.want, ": ") || !strings.HasPrefix(o.flaw, test.want)) {
				t.Errorf("got the flaw %q, want %q", o.flaw, test.want)
			}
			if (o.by == nil) != (test.want != "") {
				t.Errorf("got the person %v with the flaw %q", o.by, o.flaw)
			}
			if reason := signerUnknownRefuse(&file{digest: sha, name: "prompts/a"}, o); (reason == "") != (test.want == "") {
				t.Errorf("signer-unknown says %q", reason)
			}
		})
	}
}

// certificate returns a signer that shows a certificate in place of its key.
func certificate(t testing.TB, key, ca ssh.Signer) ssh.Signer {
	t.Helper()
	c := &ssh.Certificate{Key: key.PublicKey(), CertType: ssh.UserCert, ValidBefore: ssh.CertTimeInfinity}
	if err := c.SignCert(rand.Reader, ca); err != nil {
		t.Fatal(err)
	}
	s, err := ssh.NewCertSigner(c, key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestReadStatementSubjects: an approval of two files is one of each, under its own
// name and digest.
func TestReadStatementSubjects(t *testing.T) {
	alice, bob := newSigner(t, "ed25519"), newSigner(t, "ed25519")
	other := strings.Repeat("f", 64)
	text := []byte(strings.Replace(approvalText, "}}]", `}}, {"name": "prompts/b", "digest": {"sha256": "`+other+`"}}]`, 1))
	c := &Change{People: peopleWith(t, alice.PublicKey(), bob.PublicKey(), ""), Now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	o := c.readStatement(Statement{Path: "a.json", Text: text, Signature: signature(t, alice, text, Namespace)})
	if o.flaw != "" || o.by == nil || o.by.Name != "alice" || o.role != "SRE-Lead" || o.says != Approve {
		t.Fatalf("got %+v", o)
	}
	for _, test := range []struct {
		name, digest string
		want         bool
	}{
		{"prompts/a", sha, true}, {"prompts/b", other, true}, {"prompts/a", other, false}, {"prompts/b", sha, false}, {"prompts/c", sha, false},
	} {
		if _, on := o.on(&file{name: test.name, digest: test.digest}); on != test.want {
			t.Errorf("the approval is of %s with the digest %s: %t, want %t", test.name, test.digest, on, test.want)
		}
	}
}

// FuzzParseStatement: a statement is read or refused without a panic, and what was
// read fulfils what the rest relies on.
func FuzzParseStatement(f *testing.F) {
	f.Add([]byte(approvalText))
	f.Add([]byte(waiverText))
	f.Add([]byte(`{"_type": 1}`))
	f.Add([]byte(`{"subject": [], "subject": []}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		a, err := ParseStatement(text)
		if (err == nil) != (a != nil) {
			t.Fatalf("got %v and %v", a, err)
		}
		if err != nil {
			return
		}
		p := a.Predicate
		waiver := a.PredicateType == WaiverPredicate
		if len(a.Subject) == 0 || p.By == "" || p.Role == "" || p.At.Location() != time.UTC || waiver != (p.Expires != nil) || waiver != (p.Decision == "") {
			t.Errorf("an incomplete statement is read: %+v", a)
		}
		again, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		b, err := ParseStatement(again)
		if err != nil {
			t.Fatalf("written again it is refused: %v\n%s", err, again)
		}
		if diff := cmp.Diff(a, b); diff != "" {
			t.Errorf("written again it differs:\n%s", diff)
		}
	})
}
