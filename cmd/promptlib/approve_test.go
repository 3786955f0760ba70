package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"promptlib/library/check"
	"promptlib/library/policy"
)

// An approvalTest is a library with people who have SSH keys, in a repository that is
// the working directory.
type approvalTest struct {
	*testing.T
	keys string // folder of the keys, which are called as their owners
}

const approvalsPolicy = `version: 1
prompts: ["prompts/**/*.md"]
rules: [{name: all, when: {path: "prompts/**"}, approve: [{role: SRE-Lead}]}]
protect: {paths: [".promptlib/**", "/.github/**"], approve: [{role: Policy-Owner}]}
waivers: {role: Break-Glass, max: PT24H}
`

const (
	refunds = "---\ntitle: Refunds\nversion: \"1.0\"\nrisk_level: low\nreview_status: in_review\n---\n\nSay whether the refund is due.\n"
	retired = "---\ntitle: Old\nrisk_level: low\n---\n\nGo away.\n"
)

func newApprovals(t *testing.T) *approvalTest {
	t.Helper()
	for _, program := range []string{"git", "ssh-keygen"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("skipped: there is no %s", program)
		}
	}
	home := t.TempDir()
	for name, value := range map[string]string{
		"HOME": home, "XDG_CONFIG_HOME": home, "GIT_CONFIG_NOSYSTEM": "1", "SSH_AUTH_SOCK": "", "GIT_AUTHOR_NAME": "Bob",
		"GIT_AUTHOR_EMAIL": "bob@example.org", "GIT_COMMITTER_NAME": "Bob", "GIT_COMMITTER_EMAIL": "bob@example.org",
	} {
		t.Setenv(name, value)
	}
	l := &approvalTest{t, t.TempDir()}
	for _, name := range []string{"alice", "bob", "robot", "mallory"} {
		l.command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", l.key(name))
	}
	t.Chdir(t.TempDir())
	writeTo(t, ".promptlib/policy.yaml", approvalsPolicy)
	writeTo(t, ".promptlib/people.yaml", `people:
  alice:
    emails: [alice@example.org]
    roles: [SRE-Lead, Policy-Owner, Break-Glass]
    keys: [{ssh: "`+l.public("alice")+`", from: 2025-01-01}]
  bob:
    emails: [bob@example.org]
    roles: [SRE-Lead]
    keys: [{ssh: "`+l.public("bob")+`", from: 2025-01-01, until: 2025-12-31}]
  robot: {type: bot, roles: [SRE-Lead], keys: [{ssh: "`+l.public("robot")+`"}]}
roles: {SRE-Lead: {}, Policy-Owner: {}, Break-Glass: {}}
`)
	writeTo(t, "prompts/refunds.md", refunds)
	writeTo(t, "prompts/old.md", retired)
	writeTo(t, "README.md", "# About\n")
	writeTo(t, ".github/workflows/check.yml", "on: push\n")
	l.command("git", "init", "--quiet", "--initial-branch=main", ".")
	l.commit()
	return l
}

func (l *approvalTest) command(args ...string) {
	l.Helper()
	if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
		l.Fatalf("%q: %v\n%s", args, err, out)
	}
}

func (l *approvalTest) commit() {
	l.Helper()
	l.command("git", "add", "--all")
	l.command("git", "commit", "--quiet", "--message=one")
}

func (l *approvalTest) key(person string) string { return filepath.Join(l.keys, person) }

func (l *approvalTest) public(person string) string {
	l.Helper()
	return strings.TrimSpace(l.read(l.key(person) + ".pub"))
}

func (l *approvalTest) read(name string) string {
	l.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		l.Fatal(err)
	}
	return string(text)
}

// only returns the path of the only statement below a folder.
func (l *approvalTest) only(folder string) string {
	l.Helper()
	list, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil || len(list) != 1 {
		l.Fatalf("%s has the statements %q, want one", folder, list)
	}
	return list[0]
}

// approve runs approve, which must succeed, and returns what it says.
func (l *approvalTest) approve(args ...string) string {
	l.Helper()
	return l.succeed(append([]string{"approve"}, args...)...)
}

func (l *approvalTest) succeed(args ...string) string {
	l.Helper()
	var out, errs strings.Builder
	if status := run(args, nil, &out, &errs); status != exitClean {
		l.Fatalf("%q ends with status %d: %s", args, status, errs.String())
	}
	return out.String() + errs.String()
}

// statement reads a statement and holds its signature against the key of a person.
func (l *approvalTest) statement(name, person string) *check.Approval {
	l.Helper()
	text := []byte(l.read(name))
	a, err := check.ParseStatement(text)
	if err != nil {
		l.Fatalf("%s: %v", name, err)
	}
	public, err := check.VerifySignature(text, []byte(l.read(name+".sig")), check.Namespace)
	if err != nil {
		l.Fatalf("%s: %v", name, err)
	}
	people, err := policy.LoadPeople(".")
	if err != nil {
		l.Fatal(err)
	}
	if p, _ := people.ByKey(public); p == nil || p.Name != person {
		l.Errorf("%s is signed by %v, want %s", name, p, person)
	}
	return a
}

func TestApproveWritesWhatItSays(t *testing.T) {
	l := newApprovals(t)
	writeTo(t, "run.jsonl", "{}\n")
	l.command("git", "rm", "--quiet", "prompts/old.md")
	now := []string{"--key", l.key("alice"), "--now", "2026-03-01T12:00:00+02:00", "--base", "HEAD"}
	l.approve(append([]string{"prompts/refunds.md", "--role", "SRE-Lead", "--note", "<seen> & read", "--eval-report", "run.jsonl"}, now...)...)
	l.approve(append([]string{"prompts/refunds.md", "--role", "SRE-Lead", "--reject"}, now...)...)
	l.approve(append([]string{"prompts/refunds.md", "--role", "SRE-Lead", "--revoke"}, now...)...)
	l.approve(append([]string{".promptlib/policy.yaml", ".github/workflows/check.yml", "--role", "Policy-Owner"}, now...)...)
	l.approve(append([]string{"prompts/old.md", "--role", "SRE-Lead", "--removed"}, now...)...)
	l.succeed(append([]string{"waive", "prompts/refunds.md", "--reason", "outage", "--ticket", "INC-1", "--for", "90m"}, now...)...)
	l.succeed("waive", ".promptlib/policy.yaml", "--base", "HEAD", "--reason", "outage", "--ticket", "INC-1", "--key", l.key("alice"), "--now", "2026-03-01")

	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	digest, old := policy.Digest([]byte(refunds)), policy.Digest([]byte(retired))
	settings, workflow := policy.FileDigest([]byte(approvalsPolicy)), policy.FileDigest([]byte("on: push\n"))
	end := at.Add(90 * time.Minute)
	night := time.Date(2026, 3, 1, 23, 59, 59, 0, time.UTC)
	tomorrow := night.Add(24 * time.Hour)
	empty := policy.FileDigest([]byte("{}\n"))
	for _, test := range []struct {
		file, subject, digest string
		want                  check.Predicate
	}{
		{"approvals/prompts/refunds/" + digest[:12] + ".alice.SRE-Lead.json", "prompts/refunds", digest,
			check.Predicate{Decision: check.Approve, Role: "SRE-Lead", By: "alice", At: at, BaseDigest: digest, PolicyDigest: settings, EvalReport: empty, Note: "<seen> & read"}},
		{"approvals/prompts/refunds/" + digest[:12] + ".alice.SRE-Lead.reject.json", "prompts/refunds", digest,
			check.Predicate{Decision: check.Reject, Role: "SRE-Lead", By: "alice", At: at, BaseDigest: digest, PolicyDigest: settings}},
		{"approvals/prompts/refunds/" + digest[:12] + ".alice.SRE-Lead.revoke.json", "prompts/refunds", digest,
			check.Predicate{Decision: check.Revoke, Role: "SRE-Lead", By: "alice", At: at, BaseDigest: digest, PolicyDigest: settings}},
		{"approvals/.promptlib/policy.yaml/" + settings[:12] + ".alice.Policy-Owner.json", ".promptlib/policy.yaml", settings,
			check.Predicate{Decision: check.Approve, Role: "Policy-Owner", By: "alice", At: at, BaseDigest: settings, PolicyDigest: settings}},
		{"approvals/.github/workflows/check.yml/" + workflow[:12] + ".alice.Policy-Owner.json", ".github/workflows/check.yml", workflow,
			check.Predicate{Decision: check.Approve, Role: "Policy-Owner", By: "alice", At: at, BaseDigest: workflow, PolicyDigest: settings}},
		{"approvals/prompts/old/" + policy.RemovalDigest(old)[:12] + ".alice.SRE-Lead.json", "prompts/old", policy.RemovalDigest(old),
			check.Predicate{Decision: check.Approve, Role: "SRE-Lead", By: "alice", At: at, BaseDigest: old, PolicyDigest: settings}},
		{"waivers/refunds." + digest[:12] + ".alice.json", "prompts/refunds", digest,
			check.Predicate{Role: "Break-Glass", By: "alice", At: at, BaseDigest: digest, PolicyDigest: settings, Expires: &end, Reason: "outage", Ticket: "INC-1"}},
		{"waivers/policy.yaml." + settings[:12] + ".alice.json", ".promptlib/policy.yaml", settings,
			check.Predicate{Role: "Break-Glass", By: "alice", At: night, BaseDigest: settings, PolicyDigest: settings, Expires: &tomorrow, Reason: "outage", Ticket: "INC-1"}},
	} {
		a := l.statement(filepath.Join(".promptlib", test.file), "alice")
		if len(a.Subject) != 1 || a.Subject[0].Name != test.subject || a.Subject[0].Digest.SHA256 != test.digest {
			t.Errorf("%s is of %v, want %s", test.file, a.Subject, test.subject)
		}
		if diff := cmp.Diff(a.Predicate, test.want); diff != "" {
			t.Errorf("%s -got +want\n%s", test.file, diff)
		}
	}
	if text := l.read(".promptlib/approvals/prompts/refunds/" + digest[:12] + ".alice.SRE-Lead.json"); !strings.Contains(text, `"<seen> & read"`) {
		t.Errorf("the note cannot be read as it was written: %s", text)
	}
}

// TestApproveTakesTheOnlyRole: a role need not be named where only one can be meant.
func TestApproveTakesTheOnlyRole(t *testing.T) {
	l := newApprovals(t)
	l.succeed("approve", "prompts/refunds.md", "--key", l.key("alice"), "--now", "2025-06-01")
	l.succeed("approve", "prompts/refunds.md", "--key", l.key("bob"), "--now", "2025-06-01")
	l.succeed("approve", ".promptlib/policy.yaml", "--key", l.key("alice"), "--now", "2025-06-01")
	digest, settings := policy.Digest([]byte(refunds)), policy.FileDigest([]byte(approvalsPolicy))
	for _, test := range []struct{ file, by, role string }{
		{"prompts/refunds/" + digest[:12] + ".alice.SRE-Lead.json", "alice", "SRE-Lead"},
		{"prompts/refunds/" + digest[:12] + ".bob.SRE-Lead.json", "bob", "SRE-Lead"},
		{".promptlib/policy.yaml/" + settings[:12] + ".alice.Policy-Owner.json", "alice", "Policy-Owner"},
	} {
		if a := l.statement(filepath.Join(".promptlib/approvals", test.file), test.by); a.Predicate.Role != test.role {
			t.Errorf("%s is in the role %q, want %q", test.file, a.Predicate.Role, test.role)
		}
	}
}

// TestApproveOutsideOfTheLibrary: a library may lie below the top of its
// repository, and protect what lies above.
func TestApproveOutsideOfTheLibrary(t *testing.T) {
	l := newApprovals(t)
	if err := os.Mkdir("lib", 0o777); err != nil {
		t.Fatal(err)
	}
	l.command("git", "mv", ".promptlib", "prompts", "lib")
	l.commit()
	t.Chdir("lib")
	l.approve("../.github/workflows/check.yml", "--role", "Policy-Owner", "--key", l.key("alice"), "--base", "HEAD")
	a := l.statement(l.only(".promptlib/approvals/.github/workflows/check.yml"), "alice")
	if a.Subject[0].Name != "/.github/workflows/check.yml" || a.Predicate.PolicyDigest == "" || a.Predicate.BaseDigest == "" {
		t.Errorf("got %+v", a)
	}
	if got, want := l.approve("prompts/refunds.md", "--print"), "promptlib-digest: "+policy.Digest([]byte(refunds))+" lib/prompts/refunds.md\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestApproveFindsTheKey(t *testing.T) {
	l := newApprovals(t)
	home := os.Getenv("HOME")
	sign := func(args ...string) {
		t.Helper()
		l.approve(append([]string{"prompts/refunds.md", "--role", "SRE-Lead", "--force"}, args...)...)
		if a := l.statement(l.only(".promptlib/approvals/prompts/refunds"), "alice"); a.Predicate.By != "alice" {
			t.Errorf("the statement is by %q", a.Predicate.By)
		}
	}
	// That of ~/.ssh that is somebody's.
	if err := os.MkdirAll(filepath.Join(home, ".ssh"), 0o700); err != nil {
		t.Fatal(err)
	}
	copyKey := func(from, to string, public bool) {
		t.Helper()
		err := os.WriteFile(to, []byte(l.read(l.key(from))), 0o600)
		if err == nil && public {
			err = os.WriteFile(to+".pub", []byte(l.public(from)+"\n"), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	copyKey("mallory", filepath.Join(home, ".ssh", "id_ed25519"), true)
	copyKey("alice", filepath.Join(home, ".ssh", "id_ecdsa"), false)
	sign()
	sign("--as", "alice")
	// That of git, which is preferred, in each way in which git has it.
	copyKey("mallory", filepath.Join(home, ".ssh", "id_ecdsa"), false)
	l.command("git", "config", "user.signingkey", l.key("alice"))
	if status := run([]string{"approve", "prompts/refunds.md", "--role", "SRE-Lead"}, nil, &strings.Builder{}, &strings.Builder{}); status != exitFault {
		t.Errorf("a signing key that is none of SSH is taken: status %d", status)
	}
	l.command("git", "config", "gpg.format", "ssh")
	sign()
	l.command("git", "config", "user.signingkey", l.key("alice")+".pub")
	sign()
	copyKey("alice", filepath.Join(home, "key"), false)
	l.command("git", "config", "user.signingkey", "~/key")
	sign()
	// The one that is named is preferred to all.
	l.command("git", "config", "user.signingkey", l.key("mallory"))
	sign("--key", l.key("alice"))
	// One that an agent holds.
	if _, err := exec.LookPath("ssh-agent"); err != nil {
		t.Skip("skipped: there is no ssh-agent")
	}
	socket := filepath.Join(home, "agent")
	said, err := exec.Command("ssh-agent", "-s", "-a", socket).CombinedOutput()
	pid := regexp.MustCompile(`SSH_AGENT_PID=(\d+)`).FindSubmatch(said)
	if err != nil || pid == nil {
		t.Skipf("skipped: ssh-agent does not run here: %s", said)
	}
	t.Cleanup(func() {
		end := exec.Command("ssh-agent", "-k")
		end.Env = append(os.Environ(), "SSH_AGENT_PID="+string(pid[1]))
		if out, err := end.CombinedOutput(); err != nil {
			t.Errorf("ssh-agent goes on: %s", out)
		}
	})
	t.Setenv("SSH_AUTH_SOCK", socket)
	l.command("ssh-add", "-q", l.key("alice"))
	writeTo(t, filepath.Join(home, "only.pub"), l.public("alice")+"\n")
	sign("--key", filepath.Join(home, "only.pub"))
	l.command("git", "config", "user.signingkey", "key::"+l.public("alice"))
	sign()
	l.command("git", "config", "user.signingkey", l.public("alice"))
	sign()
}

// TestApproveRefuses has what is refused up front, and leaves nothing behind.
func TestApproveRefuses(t *testing.T) {
	l := newApprovals(t)
	writeTo(t, "prompts/bare.md", "Text.\n")
	writeTo(t, "prompts/empty.md", "---\n---\n")
	writeTo(t, "prompts/near.md", "---\ntitle: x\n--- \nText.\n---\n")
	writeTo(t, "prompts/status.md", "---\ntitle: x\nreview_status: draft # and\n---\n")
	writeTo(t, "keys/two.pub", l.public("alice")+"\n"+l.public("bob")+"\n")
	writeTo(t, "keys/none", "x\n")
	writeTo(t, "keys/stale.pub", l.public("alice")+"\n")
	if err := os.WriteFile("keys/stale", []byte(l.read(l.key("mallory"))), 0o600); err != nil {
		t.Fatal(err)
	}
	writeTo(t, "other/.promptlib/policy.yaml", approvalsPolicy)
	writeTo(t, "other/prompts/refunds.md", refunds)
	writeTo(t, "prompts/odd\x1bname.md", refunds)
	for target, link := range map[string]string{"refunds.md": "prompts/link.md", "prompts": "folder"} {
		if err := os.Symlink(target, link); err != nil {
			t.Skipf("skipped: there are no symbolic links: %v", err)
		}
	}
	outside := t.TempDir()
	writeTo(t, filepath.Join(outside, "x.md"), refunds)
	approve := func(path string, args ...string) []string {
		return append([]string{"approve", path, "--role", "SRE-Lead"}, args...)
	}
	alice := l.key("alice")
	waive := []string{"waive", "prompts/refunds.md", "--reason", "r", "--ticket", "t"}
	tests := []struct {
		name   string
		args   []string
		status int
		want   []string
	}{
		{"no path", []string{"approve", "--role", "SRE-Lead"}, 2, []string{"approve takes the path"}},
		{"empty path", approve(""), 2, []string{"an empty path names no file"}},
		{"one of two roles", []string{"approve", "prompts/refunds.md", ".promptlib/policy.yaml", "--key", alice}, 2, []string{"--role is missing: alice holds SRE-Lead, Policy-Owner, Break-Glass", "hint: as in --role SRE-Lead"}},
		{"no such file", approve("prompts/refund.md"), 2, []string{"prompts/refund.md: no such file"}},
		{"folder", approve("prompts"), 2, []string{"prompts: is a directory"}},
		{"neither governed nor protected", approve("README.md"), 2, []string{"README.md is neither governed nor protected", "hint: nobody needs to approve it"}},
		{"files of two libraries", approve("prompts/refunds.md", "other/prompts/refunds.md"), 2, []string{"other/prompts/refunds.md belongs to another library than prompts/refunds.md"}},
		{"evidence", approve(".promptlib/approvals/x.json"), 2, []string{"no such file"}},
		{"outside of the repository", approve(filepath.Join(outside, "x.md")), 2, []string{"outside"}},
		{"path of odd characters", approve("prompts/odd\x1bname.md"), 2, []string{"characters that no path should have"}},
		{"symbolic link", approve("prompts/link.md"), 2, []string{"leads over the symbolic link prompts/link.md"}},
		{"symbolic link on the way", approve("folder/refunds.md"), 2, []string{"leads over the symbolic link folder"}},
		{"no front matter", approve("prompts/bare.md"), 2, []string{"prompts/bare.md:1: the file has no front matter"}},
		{"empty front matter", approve("prompts/empty.md"), 2, []string{"prompts/empty.md:1: the front matter is empty"}},
		{"end that is none to others", approve("prompts/near.md"), 2, []string{"prompts/near.md:3: the line closes"}},
		{"status with more", approve("prompts/status.md"), 2, []string{"prompts/status.md:3: the line of the status"}},
		{"unknown role", []string{"approve", "prompts/refunds.md", "--role", "SRE-Leed", "--key", alice}, 2, []string{`there is no role "SRE-Leed"`, `did you mean "SRE-Lead"?`}},
		{"role that the person does not hold", []string{"approve", ".promptlib/policy.yaml", "--role", "Policy-Owner", "--key", l.key("bob"), "--now", "2025-06-01"}, 2, []string{"bob does not hold the role Policy-Owner", "hint: bob holds SRE-Lead"}},
		{"bot", approve("prompts/refunds.md", "--key", l.key("robot")), 2, []string{"robot is a bot"}},
		{"unknown person", approve("prompts/refunds.md", "--as", "alise", "--key", alice), 2, []string{`there is no person "alise"`, `did you mean "alice"?`}},
		{"key of another person", approve("prompts/refunds.md", "--as", "bob", "--key", alice), 2, []string{"is that of alice, not of bob"}},
		{"nobody's key", approve("prompts/refunds.md", "--key", l.key("mallory")), 3, []string{"is nobody's in .promptlib/people.yaml", "SHA256:"}},
		{"expired key", approve("prompts/refunds.md", "--key", l.key("bob"), "--now", "2026-01-01"), 3, []string{"of bob is not good on 2026-01-01"}},
		{"key that is not good yet", approve("prompts/refunds.md", "--key", alice, "--now", "2024-12-31"), 3, []string{"of alice is not good on 2024-12-31"}},
		{"no key", approve("prompts/refunds.md"), 3, []string{"there is no SSH key"}},
		{"key file that is not there", approve("prompts/refunds.md", "--key", "keys/gone"), 3, []string{"keys/gone: ssh-keygen says:", "name the file of your key with --key"}},
		{"key file that is none", approve("prompts/refunds.md", "--key", "keys/none"), 3, []string{"keys/none: ssh-keygen says:"}},
		{"two keys", approve("prompts/refunds.md", "--key", "keys/two.pub"), 3, []string{"keys/two.pub is not one SSH key"}},
		{"public key without the private one", approve("prompts/refunds.md", "--key", "keys/alice.pub"), 3, []string{"keys/alice.pub: ssh-keygen says:"}},
		{"public key of another beside it", approve("prompts/refunds.md", "--key", "keys/stale"), 3, []string{"match private", "ssh-keygen -y -f KEY > KEY.pub"}},
		{"key file that is an option", approve("prompts/refunds.md", "--key", "-y"), 3, []string{"-y: ssh-keygen says:"}},
		{"both yes and no", approve("prompts/refunds.md", "--reject", "--revoke"), 2, []string{"exclude each other"}},
		{"no to print", approve("prompts/refunds.md", "--print", "--reject"), 2, []string{"--print writes none"}},
		{"note that is too long", approve("prompts/refunds.md", "--key", alice, "--note", strings.Repeat("x", 2001)), 2, []string{"the statement would be refused: /predicate/note"}},
		{"report that is not there", approve("prompts/refunds.md", "--key", alice, "--eval-report", "gone.jsonl"), 2, []string{"--eval-report: "}},
		{"report that is a folder", approve("prompts/refunds.md", "--key", alice, "--eval-report", "prompts"), 2, []string{"prompts is no regular file"}},
		{"removal without a base", approve("prompts/old.md", "--removed"), 2, []string{"--removed needs --base"}},
		{"removal of what is there", approve("prompts/old.md", "--removed", "--base", "HEAD"), 2, []string{"prompts/old.md is still there"}},
		{"removal of what never was", approve("prompts/gone.md", "--removed", "--base", "HEAD"), 2, []string{`prompts/gone.md is not there at "HEAD"`}},
		{"unknown base", approve("prompts/refunds.md", "--base", "mian"), 3, []string{`git knows no commit "mian"`}},
		{"base that is an option", approve("prompts/refunds.md", "--base", "--output=x"), 3, []string{"git knows no commit"}},
		{"time that is none", approve("prompts/refunds.md", "--now", "noon"), 2, []string{"--now is a date"}},
		{"waiver that is too long", append(waive, "--for", "25h"), 2, []string{"--for 25h is longer than the policy allows, which is 24h", "hint: leave out --for"}},
		{"waiver of no time", append(waive, "--for", "0s"), 2, []string{`--for is hours or minutes, a minute at least, not "0s"`, "hint: as in --for 24h"}},
		{"waiver of days", append(waive, "--for", "2d"), 2, []string{`--for is hours or minutes, a minute at least, not "2d"`}},
		{"waiver of the past", append(waive, "--for=-1h"), 2, []string{`a minute at least, not "-1h"`}},
		{"waiver without a reason", []string{"waive", "prompts/refunds.md", "--ticket", "t"}, 2, []string{"--reason is missing"}},
		{"waiver without a ticket", []string{"waive", "prompts/refunds.md", "--reason", "r"}, 2, []string{"--ticket is missing"}},
		{"waiver of two", append(waive, "README.md"), 2, []string{"waive takes the path of one file, not 2"}},
		{"waiver of somebody else", append(waive, "--key", l.key("bob"), "--now", "2025-06-01"), 2, []string{"bob does not hold the role Break-Glass"}},
	}
	writeTo(t, "keys/alice.pub", l.public("alice")+"\n")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out, errs strings.Builder
			if status := run(test.args, nil, &out, &errs); status != test.status {
				t.Errorf("status %d, want %d: %s", status, test.status, errs.String())
			}
			for _, want := range test.want {
				if !strings.Contains(errs.String(), want) {
					t.Errorf("got %q, want %q", errs.String(), want)
				}
			}
			if n := strings.Count(errs.String(), "promptlib: error:"); n != 1 || out.Len() > 0 {
				t.Errorf("got %d errors, want one, and %q on standard output", n, out.String())
			}
		})
	}
	entries, err := os.ReadDir(".promptlib")
	if err != nil || len(entries) != 2 {
		t.Errorf("something is written: %v, %v", entries, err)
	}
}

// TestApproveByPolicy: the policy says what evidence there may be.
func TestApproveByPolicy(t *testing.T) {
	l := newApprovals(t)
	for _, test := range []struct {
		name, policy string
		args         []string
		want         string
	}{
		{"no statements", approvalsPolicy + "evidence: {accept: [forge]}\n", []string{"approve", "prompts/refunds.md", "--role", "SRE-Lead", "--key", l.key("alice")}, `does not accept evidence that is "signed"`},
		{"no reviews", approvalsPolicy + "evidence: {accept: [signed]}\n", []string{"approve", "prompts/refunds.md", "--role", "SRE-Lead", "--print"}, `does not accept evidence that is "forge"`},
		{"no waivers", "version: 1\nprompts: [\"prompts/**/*.md\"]\n", []string{"waive", "prompts/refunds.md", "--reason", "r", "--ticket", "t", "--key", l.key("alice")}, "knows no waivers"},
	} {
		t.Run(test.name, func(t *testing.T) {
			writeTo(t, ".promptlib/policy.yaml", approvalsPolicy)
			l.succeed(append(slices.Clone(test.args), "--now", "2026-03-01")...)
			writeTo(t, ".promptlib/policy.yaml", test.policy)
			var errs strings.Builder
			if status := run(test.args, nil, &strings.Builder{}, &errs); status != exitUsage || !strings.Contains(errs.String(), test.want) {
				t.Errorf("status %d, %q", status, errs.String())
			}
		})
	}
	if err := os.Remove(".promptlib/policy.yaml"); err != nil {
		t.Fatal(err)
	}
	var errs strings.Builder
	if status := run([]string{"approve", "prompts/refunds.md", "--print"}, nil, &strings.Builder{}, &errs); status != exitFault || !strings.Contains(errs.String(), "has no .promptlib/policy.yaml") {
		t.Errorf("without a policy: status %d, %q", status, errs.String())
	}
}

// TestApproveWarns of what makes an approval one of something else than its maker
// may think, and signs all the same.
func TestApproveWarns(t *testing.T) {
	l := newApprovals(t)
	writeTo(t, "prompts/new.md", refunds)
	writeTo(t, "prompts/old.md", refunds)
	if err := os.WriteFile("prompts/refunds.md", []byte(strings.ReplaceAll(refunds, "\n", "\r\n")), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		args []string
		want string // of the warnings; "" for none
	}{
		{"line ends only", []string{"prompts/refunds.md", "--role", "SRE-Lead", "--key", l.key("alice")}, ""},
		{"other text", []string{"prompts/old.md", "--role", "SRE-Lead", "--key", l.key("alice")}, "prompts/old.md is not as it is committed: the statement is of the text in the work tree"},
		{"not committed", []string{"prompts/new.md", "--role", "SRE-Lead", "--key", l.key("alice")}, "prompts/new.md is not committed"},
		{"author", []string{"prompts/refunds.md", "--role", "SRE-Lead", "--key", l.key("bob"), "--now", "2025-06-01"}, "by its commits bob is an author of the change"},
		{"author of what has landed", []string{"prompts/refunds.md", "--role", "SRE-Lead", "--key", l.key("bob"), "--now", "2025-06-01", "--base", "HEAD", "--force"}, ""},
		{"author who rejects", []string{"prompts/refunds.md", "--role", "SRE-Lead", "--key", l.key("bob"), "--now", "2025-06-01", "--reject"}, ""},
		{"author who prints", []string{"prompts/refunds.md", "--print", "--as", "bob"}, "by its commits bob is an author of the change"},
		{"role that is not wanted", []string{"prompts/refunds.md", "--role", "Policy-Owner", "--key", l.key("alice")}, "the policy asks for SRE-Lead, not for Policy-Owner"},
	} {
		t.Run(test.name, func(t *testing.T) {
			said := l.approve(test.args...)
			if test.want == "" && strings.Contains(said, "warning") || !strings.Contains(said, test.want) {
				t.Errorf("got %q, want the warning %q", said, test.want)
			}
		})
	}
}

// TestApproveAgain: nothing is overwritten unasked, and nothing that is committed
// ever is.
func TestApproveAgain(t *testing.T) {
	l := newApprovals(t)
	args := []string{"prompts/refunds.md", "--role", "SRE-Lead", "--key", l.key("alice"), "--now"}
	l.approve(append(args, "2026-03-01")...)
	first := l.only(".promptlib/approvals/prompts/refunds")
	text := l.read(first)
	var errs strings.Builder
	if status := run(append([]string{"approve"}, append(args, "2026-03-02")...), nil, &strings.Builder{}, &errs); status != exitUsage || !strings.Contains(errs.String(), "it is said already") {
		t.Errorf("status %d: %s", status, errs.String())
	}
	if l.read(first) != text {
		t.Error("the statement is overwritten")
	}
	l.approve(append(args, "2026-03-02", "--force")...)
	if a := l.statement(l.only(".promptlib/approvals/prompts/refunds"), "alice"); a.Predicate.At.Day() != 2 {
		t.Errorf("the statement is of %s", a.Predicate.At)
	}
	l.commit()
	text = l.read(first)
	l.approve(append(args, "2026-03-03", "--force")...)
	if l.read(first) != text {
		t.Error("a committed statement is overwritten")
	}
	if a := l.statement(strings.TrimSuffix(first, ".json")+".2.json", "alice"); a.Predicate.At.Day() != 3 {
		t.Errorf("the second statement is of %s", a.Predicate.At)
	}
}

// TestApproveWritesNothingElsewhere: symbolic links in the place of the folders of
// the evidence are not followed.
func TestApproveWritesNothingElsewhere(t *testing.T) {
	for _, link := range []string{".promptlib/approvals", ".promptlib/approvals/prompts", ".promptlib/approvals/prompts/refunds"} {
		t.Run(link, func(t *testing.T) {
			l := newApprovals(t)
			target := t.TempDir()
			if err := os.MkdirAll(filepath.Dir(link), 0o777); err != nil {
				t.Fatal(err)
			}
			inside, err := filepath.Rel(filepath.Dir(link), "prompts")
			if err != nil {
				t.Fatal(err)
			}
			for _, to := range []string{target, inside} {
				if err := os.Symlink(to, link); err != nil {
					t.Skipf("skipped: there are no symbolic links: %v", err)
				}
				before, _ := os.ReadDir(link) // which leads there
				var errs strings.Builder
				if status := run([]string{"approve", "prompts/refunds.md", "--role", "SRE-Lead", "--key", l.key("alice")}, nil, &strings.Builder{}, &errs); status != exitFault || !strings.Contains(errs.String(), link) {
					t.Errorf("status %d: %s", status, errs.String())
				}
				if after, _ := os.ReadDir(link); len(after) != len(before) {
					t.Errorf("something is written to %s: %v", to, after)
				}
				if err := os.Remove(link); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestApproveCounts: what approve and waive write is what check asks for.
func TestApproveCounts(t *testing.T) {
	const now = "2026-03-01T12:00:00Z"
	l := newApprovals(t)
	for key, value := range map[string]string{"gpg.format": "ssh", "user.signingkey": l.key("bob"), "commit.gpgsign": "true"} {
		l.command("git", "config", key, value) // of a protected file it must be certain who wrote it
	}
	l.command("git", "checkout", "--quiet", "-b", "work")
	writeTo(t, "prompts/refunds.md", strings.NewReplacer("is due", "is due, and why", "1.0", "1.1").Replace(refunds))
	writeTo(t, ".github/workflows/check.yml", "on: pull_request\n")
	l.command("git", "rm", "--quiet", "prompts/old.md")
	l.commit()
	decide := func(at string, want int, say string) {
		t.Helper()
		var out, errs strings.Builder
		if status := run([]string{"check", "--base", "main", "--now", at}, nil, &out, &errs); status != want || !strings.Contains(out.String(), say) {
			t.Errorf("check ends with status %d, want %d and %q: %s%s", status, want, say, out.String(), errs.String())
		}
	}
	sign := func(args ...string) {
		t.Helper()
		l.succeed(append(args, "--key", l.key("alice"), "--base", "main", "--now", now)...)
	}
	decide(now, exitFindings, "prompts/refunds.md")
	sign("approve", "prompts/refunds.md", "--role", "SRE-Lead")
	sign("approve", "prompts/old.md", "--role", "SRE-Lead", "--removed")
	decide(now, exitFindings, ".github/workflows/check.yml") // and none of it is committed
	sign("approve", ".github/workflows/check.yml", "--role", "Policy-Owner")
	l.commit()
	decide(now, exitClean, "")
	sign("approve", "prompts/refunds.md", "--role", "SRE-Lead", "--revoke")
	l.commit()
	decide(now, exitFindings, "prompts/refunds.md")
	sign("waive", "prompts/refunds.md", "--reason", "outage", "--ticket", "INC-1", "--for", "2h")
	l.commit()
	decide(now, exitClean, "")
	decide("2026-03-01T14:30:00Z", exitFindings, "waiver")
}
