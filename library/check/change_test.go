package check

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"promptlib/library"
	"promptlib/library/policy"
)

// The library of the tests. Everything is told by its name: ada writes, bo and cy
// answer for security, di for the law, gus for the policy.
const (
	testPolicy = `version: 1
prompts: ["prompts/**/*.md"]
vocabulary:
  tags:
    checked-by-two: {implies: {count: 2}}
    legal-text: {implies: {roles: [Legal]}}
    delicate: {implies: {risk_level: medium}}
    grave: {implies: {risk_level: high}}
rules:
  - {name: approved, when: {review_status: approved}, approve: [{role: "*"}]}
  - {name: high risk, when: {risk_level: ">=high"}, approve: [{role: Security}]}
  - {name: confidential, when: {data_classification: ">=confidential"}, approve: [{role: Legal}]}
  - {name: payments, when: {path: "prompts/payments/**"}, approve: [{role: Payments}]}
protect: {paths: [".promptlib/**", "/.github/**", "prompts/core/**"], approve: [{role: Policy-Owner}]}
freshness: {low: P24M, high: P6M}
waivers: {role: Break-Glass, max: PT48H}
`
	testRoles = "roles: {Security: {}, Legal: {}, Payments: {}, Policy-Owner: {}, Break-Glass: {}, CISO: {}}\n"
)

// testPeople are the people of the tests, with their roles. The id of an account
// is the place of its owner, from 1.
var testPeople = []struct{ name, roles string }{
	{"ada", "Security, Legal, Payments, Policy-Owner, Break-Glass"}, // who writes: every role, so that only authorship stops her
	{"bo", "Security"},
	{"cy", "Security, Legal"},
	{"di", "Legal, Payments"},
	{"eve", ""},
	{"fay", "Break-Glass"},
	{"gus", "Policy-Owner"},
	{"robo", "Security, Legal, Payments, Policy-Owner, Break-Glass"}, // a bot
}

func account(name string) Account {
	for i, p := range testPeople {
		if p.name == name {
			return Account{Login: name + "-login", ID: int64(i + 1)}
		}
	}
	return Account{Login: name + "-login", ID: 900}
}

// signer makes the key of somebody, the same each time.
func signer(name string) ssh.Signer {
	seed := sha256.Sum256([]byte(name))
	s, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(seed[:]))
	if err != nil {
		panic(err)
	}
	return s
}

func publicKey(name string) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer(name).PublicKey())))
}

// sign makes an armoured signature with somebody's key.
func sign(name string, text []byte, namespace string) []byte {
	sig, err := sshsig.Sign(bytes.NewReader(text), signer(name), sshsig.HashSHA512, namespace)
	if err != nil {
		panic(err)
	}
	return sshsig.Armor(sig)
}

// people writes a people.yaml. Key days of somebody may be given as "bo" → "from:
// 2026-01-01".
func people(days map[string]string) string {
	var b strings.Builder
	b.WriteString("people:\n")
	for _, p := range testPeople {
		kind := "person"
		if p.name == "robo" {
			kind = "bot"
		}
		more := ""
		if days[p.name] != "" {
			more = ", " + days[p.name]
		}
		a := account(p.name)
		fmt.Fprintf(&b, "  %s: {type: %s, github: {login: %s, id: %d}, emails: [%s@example.org], roles: [%s], keys: [{ssh: %q%s}]}\n",
			p.name, kind, a.Login, a.ID, p.name, p.roles, publicKey(p.name), more)
	}
	return b.String() + testRoles
}

// prompt writes a prompt of low risk that is approved. Each change is a line of the
// front matter that replaces the one of that key or is added, "-key" for one that is
// left out, or "body: text".
func prompt(changes ...string) string {
	lines := []string{`title: Refunds`, `version: "1.0"`, `risk_level: low`, `data_classification: internal`, `review_status: approved`}
	body := "Answer the customer.\n"
	for _, change := range changes {
		key, value, _ := strings.Cut(strings.TrimPrefix(change, "-"), ":")
		if key == "body" {
			body = strings.TrimSpace(value) + "\n"
			continue
		}
		at := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, key+":") })
		switch {
		case strings.HasPrefix(change, "-"):
			lines = slices.Delete(lines, at, at+1)
		case at >= 0:
			lines[at] = change
		default:
			lines = append(lines, change)
		}
	}
	return "---\n" + strings.Join(lines, "\n") + "\n---\n" + body
}

// A scene is a change in the making.
type scene struct {
	testing.TB
	Change
}

var testNow = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func newScene(t testing.TB) *scene {
	s := &scene{TB: t, Change: Change{Now: testNow, Names: []string{"prompts/other.md"}}}
	s.rules(testPolicy)
	s.folk(people(nil))
	return s
}

func (s *scene) rules(text string) {
	s.Helper()
	p, err := policy.Read(".promptlib/policy.yaml", []byte(text))
	if err != nil {
		s.Fatal(err)
	}
	s.Policy = p
}

func (s *scene) folk(text string) {
	s.Helper()
	p, err := policy.ReadPeople(".promptlib/people.yaml", []byte(text))
	if err != nil {
		s.Fatal(err)
	}
	s.People = p
}

func blob(text string) *Blob {
	if text == "" {
		return nil
	}
	return &Blob{Mode: "100644", Text: []byte(text)}
}

// file adds a changed file, in one commit that ada has written and signed. An empty
// text is no file.
func (s *scene) file(path, base, head string) *File {
	f := File{Path: path, Base: blob(base), Head: blob(head), Commits: []Commit{signed("ada")}, AsProposed: true}
	if base != "" {
		f.Forks = []*Blob{blob(base)}
	}
	s.Files = append(s.Files, f)
	if head != "" {
		s.Names = append(s.Names, path)
	}
	return &s.Files[len(s.Files)-1]
}

// signed is a commit that somebody has written and signed.
func signed(name string) Commit {
	payload := []byte("tree 0\nauthor " + name + "\n\nWork.\n")
	return Commit{ID: "of " + name, Author: name + "@example.org", Committer: name + "@example.org", Payload: payload, Signature: sign(name, payload, "git")}
}

// unsigned is a commit that somebody may have written.
func unsigned(name string) Commit {
	return Commit{ID: "by " + name, Author: name + "@example.org", Committer: name + "@example.org"}
}

// digest is what an approval of a changed file must be of.
func (s *scene) digest(path string) string {
	s.Helper()
	for _, f := range slices.Concat(s.Files, s.Standing) {
		if f.Path == path {
			return s.newFile(f).digest
		}
	}
	s.Fatalf("no file %s", path)
	return ""
}

func (s *scene) subject(path string) Subject {
	s.Helper()
	sub := Subject{Name: path}
	if s.governs(path) {
		sub.Name = policy.PromptID(path)
	}
	sub.Digest.SHA256 = s.digest(path)
	return sub
}

// A say is a statement, before it is signed.
type say struct {
	Approval
	signer    string // whose key signs it
	namespace string
	path      string
}

// said makes the statement that somebody says something of the first file as it
// becomes, an hour ago.
func (s *scene) said(name string, what Opinion, role string) say {
	s.Helper()
	return say{
		Approval: Approval{
			Type: StatementType, PredicateType: ApprovalPredicate, Subject: []Subject{s.subject(slices.Concat(s.Files, s.Standing)[0].Path)},
			Predicate: Predicate{Decision: what, Role: role, By: name, At: testNow.Add(-time.Hour)},
		},
		signer: name, namespace: Namespace, path: fmt.Sprintf(".promptlib/approvals/%s.%s.%s.%d.json", name, what, role, len(s.Statements)),
	}
}

// put signs a statement and adds it to the change.
func (s *scene) put(a say) {
	s.Helper()
	text, err := json.Marshal(a.Approval)
	if err != nil {
		s.Fatal(err)
	}
	s.Statements = append(s.Statements, Statement{Path: a.path, Text: text, Signature: sign(a.signer, text, a.namespace)})
}

// later is a statement of a minute after those that are there, for each of them.
func (s *scene) later(a say) say {
	a.Predicate.At = a.Predicate.At.Add(time.Duration(len(s.Statements)) * time.Minute)
	return a
}

func (s *scene) approve(name, role string) { s.Helper(); s.put(s.said(name, Approve, role)) }

// pull makes the change a pull request on GitHub, opened and pushed to by ada.
func (s *scene) pull() *PullRequest {
	if s.Request == nil {
		s.Request = &PullRequest{Forge: "github", Name: "acme/prompts#12", Authors: []Account{account("ada")}, Pushers: true, Head: "c2", Pushed: testNow.Add(-2 * time.Hour)}
	}
	return s.Request
}

// review adds one of an hour ago, after those that are there, that has looked at
// the head.
func (s *scene) review(name string, what Opinion, text string) *Review {
	r := s.pull()
	id := int64(len(r.Reviews) + 1)
	r.Reviews = append(r.Reviews, Review{
		ID: id, URL: fmt.Sprintf("https://forge.test/%d", id), By: account(name), Opinion: what, Text: text,
		At: testNow.Add(-time.Hour + time.Duration(id)*time.Minute), Commit: "c2",
	})
	return &r.Reviews[len(r.Reviews)-1]
}

// line is the line of a review that approves a file as it becomes.
func (s *scene) line(path, role string) string {
	s.Helper()
	return DigestLine(s.digest(path), "", role)
}

// outcome tells a verdict in a line: the errors, what cannot be decided, and the
// evidence that was refused.
func outcome(v *Verdict) string {
	var list []string
	for _, d := range v.Findings {
		if d.Severity == library.Error {
			list = append(list, d.Code)
		}
	}
	list = slices.Compact(list)
	for range v.Undecided {
		list = append(list, "undecided")
	}
	for _, f := range v.Files {
		for _, r := range f.Refused {
			list = append(list, r.By+" "+r.Code)
		}
	}
	if len(list) == 0 {
		return "passed"
	}
	return strings.Join(list, ", ")
}

// tell writes all that a verdict says.
func tell(v *Verdict) string {
	var b strings.Builder
	for _, d := range v.Findings {
		fmt.Fprintf(&b, "%s: %s %s\n", d.Pos, d.Code, d.Message)
	}
	for _, d := range v.Undecided {
		fmt.Fprintf(&b, "%s: undecided: %s\n", d.Pos, d.Message)
	}
	for _, f := range v.Files {
		for _, r := range f.Refused {
			fmt.Fprintf(&b, "%s: refused %s %s: %s\n", f.Path, r.By, r.Code, r.Reason)
		}
	}
	return b.String()
}

// A threat is a change that must not land, named after what goes wrong, with its
// twin: the same change, in which the one thing is right.
type threat struct {
	name string
	do   func(s *scene, wrong bool)
	want string // the outcome where it goes wrong; the twin passes
	says string // in a message of it
}

// either returns the first where it goes wrong, else the second.
func either[T any](wrong bool, bad, good T) T {
	if wrong {
		return bad
	}
	return good
}

func run(t *testing.T, threats []threat) {
	t.Helper()
	for _, th := range threats {
		t.Run(th.name, func(t *testing.T) {
			for _, wrong := range []bool{true, false} {
				s := newScene(t)
				th.do(s, wrong)
				v := Decide(s.Change)
				want := either(wrong, th.want, "passed")
				if got := outcome(v); got != want {
					t.Errorf("wrong %t: %s, want %s\n%s", wrong, got, want, tell(v))
				}
				if v.OK() == wrong {
					t.Errorf("wrong %t: OK() is %t\n%s", wrong, v.OK(), tell(v))
				}
				if wrong && !strings.Contains(tell(v), th.says) {
					t.Errorf("nothing says %q:\n%s", th.says, tell(v))
				}
			}
		})
	}
}

// The change that most threats are about: the body of a prompt of high risk
// changes, which needs the approval of Security.
const a = "prompts/a.md"

func (s *scene) edit(more ...string) *File {
	base := prompt(append([]string{"risk_level: high"}, more...)...)
	head := prompt(append([]string{"risk_level: high", `version: "1.1"`, "body: Answer politely."}, more...)...)
	return s.file(a, base, head)
}

// slots tells who fills the slots of the first file.
func slots(v *Verdict) []string {
	var list []string
	for _, s := range v.Files[0].Slots {
		by := s.By
		if by == "" {
			by = strings.TrimSpace("nobody of " + strings.Join(s.Could, " "))
		}
		list = append(list, s.Role+": "+by)
	}
	return list
}

func equal(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("%s (-got +want):\n%s", what, diff)
	}
}
