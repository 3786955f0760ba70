package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"promptlib/cmd/promptlib/internal/report"
	"promptlib/library"
	"promptlib/library/check"
	"promptlib/library/policy"
	"promptlib/schema"
)

// A gitLibrary is a small library in a repository of its own. Its branch main is the
// base, and work, which is checked out, what is to land.
type gitLibrary struct {
	*testing.T
	dir    string
	format string // of its object ids
	env    []string
}

const gitPolicy = `version: 1
prompts: ["prompts/**/*.md"]
rules:
  - {name: approved, when: {review_status: approved}, approve: [{role: Reviewer}]}
  - {name: high risk, when: {risk_level: ">=high"}, approve: [{role: Security}]}
protect: {paths: [".promptlib/**"], approve: [{role: Policy-Owner}]}
`

// gitPeople are ada, who writes and holds every role, and those who approve.
func gitPeople(more ...string) string {
	var b strings.Builder
	b.WriteString("people:\n")
	for _, p := range append([]string{"ada: Reviewer, Security, Policy-Owner", "bo: Reviewer", "cy: Reviewer, Security", "gus: Policy-Owner", "robo: Reviewer"}, more...) {
		name, roles, _ := strings.Cut(p, ": ")
		kind := map[bool]string{true: "bot", false: "person"}[name == "robo"]
		key := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(gitKey(name).PublicKey())))
		account := fmt.Sprintf("{login: %s, id: %d}", name, accounts[name])
		fmt.Fprintf(&b, "  %s: {type: %s, github: %s, gitlab: %s, emails: [%s@example.org], roles: [%s], keys: [{ssh: %q}]}\n", name, kind, account, account, name, roles, key)
	}
	return b.String() + "roles: {Reviewer: {}, Security: {}, Policy-Owner: {}}\n"
}

func gitKey(name string) ssh.Signer {
	seed := sha256.Sum256([]byte(name))
	s, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(seed[:]))
	if err != nil {
		panic(err)
	}
	return s
}

func gitSign(name string, text []byte, namespace string) []byte {
	sig, err := sshsig.Sign(strings.NewReader(string(text)), gitKey(name), sshsig.HashSHA512, namespace)
	if err != nil {
		panic(err)
	}
	return sshsig.Armor(sig)
}

// gitPrompt is a prompt that lint has nothing against. Lines of the front matter
// replace those of their key, or are added.
func gitPrompt(body string, lines ...string) string {
	front := []string{"title: Refunds", "version: \"1.0\"", "risk_level: low", "data_classification: internal", "review_status: approved"}
	for _, line := range lines {
		key, _, _ := strings.Cut(line, ":")
		if i := slices.IndexFunc(front, func(l string) bool { return strings.HasPrefix(l, key+":") }); i >= 0 {
			front[i] = line
		} else {
			front = append(front, line)
		}
	}
	return "---\n" + strings.Join(front, "\n") + "\n---\n\n" + body + "\n"
}

// newGitLibrary makes one of a policy, people and two prompts, all in one commit.
func newGitLibrary(t *testing.T, format string) *gitLibrary {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("skipped: there is no git")
	}
	for _, name := range []string{"GITHUB_ACTIONS", "GITLAB_CI", "GITHUB_STEP_SUMMARY"} {
		t.Setenv(name, "")
	}
	l := &gitLibrary{T: t, dir: filepath.ToSlash(filepath.Join(t.TempDir(), "library")), format: format}
	l.env = append(os.Environ(), "HOME="+l.dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=x", "GIT_AUTHOR_EMAIL=x@example.org", "GIT_COMMITTER_NAME=x", "GIT_COMMITTER_EMAIL=x@example.org")
	if made, ok := madeLibraries.Load(format); ok {
		if err := os.CopyFS(l.dir, made.(fs.FS)); err != nil {
			t.Fatal(err)
		}
		return l
	}
	if err := os.Mkdir(l.dir, 0o777); err != nil {
		t.Fatal(err)
	}
	l.git("init", "--quiet", "--initial-branch=main", "--template=", "--object-format="+format)
	l.write(".promptlib/policy.yaml", gitPolicy)
	l.write(".promptlib/people.yaml", gitPeople())
	l.write("prompts/a.md", gitPrompt("Answer the customer."))
	l.write("prompts/b.md", gitPrompt("Thank the customer.", "title: Thanks"))
	l.commit("ada")
	l.git("checkout", "--quiet", "-b", "work")
	made := fstest.MapFS{}
	err := fs.WalkDir(os.DirFS(l.dir), ".", func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() {
			made[path] = &fstest.MapFile{Mode: fs.ModeDir | 0o777} // git wants refs, be it empty
		} else if err == nil {
			made[path] = &fstest.MapFile{Mode: 0o666, Data: l.read(path)}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	madeLibraries.Store(format, made)
	return l
}

// madeLibraries has what newGitLibrary makes, by the format of the ids: a copy
// takes no program, and git a dozen.
var madeLibraries sync.Map

func (l *gitLibrary) git(args ...string) string { l.Helper(); return l.feed("", args...) }

func (l *gitLibrary) feed(stdin string, args ...string) string {
	l.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env, cmd.Stdin = l.dir, l.env, strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	if err != nil {
		l.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (l *gitLibrary) write(path, text string) {
	l.Helper()
	file := filepath.Join(l.dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		l.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		l.Fatal(err)
	}
}

func (l *gitLibrary) read(path string) []byte {
	l.Helper()
	text, err := os.ReadFile(filepath.Join(l.dir, filepath.FromSlash(path)))
	if err != nil {
		l.Fatal(err)
	}
	return text
}

// commit commits all there is in the name of somebody, signed with their key; the
// message may be given, and parents besides the branch.
func (l *gitLibrary) commit(name string, more ...string) {
	l.Helper()
	l.git("add", "--all")
	l.record(name, true, append(more, "")[0], append(more, "", "")[1:]...)
}

// record makes a commit of what is staged.
func (l *gitLibrary) record(name string, signed bool, message string, parents ...string) {
	l.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "tree %s\n", l.git("write-tree"))
	if head, err := os.ReadFile(filepath.Join(l.dir, ".git", l.branch())); err == nil {
		fmt.Fprintf(&b, "parent %s\n", strings.TrimSpace(string(head)))
	}
	for _, p := range parents {
		if p != "" {
			fmt.Fprintf(&b, "parent %s\n", l.git("rev-parse", p))
		}
	}
	ident := fmt.Sprintf("%s <%s@example.org> 1770000000 +0000", name, name)
	fmt.Fprintf(&b, "author %s\ncommitter %s\n", ident, ident)
	head, body := b.String(), "\nWork\n\n"+message+"\n"
	if signed {
		header := map[string]string{"sha1": "gpgsig ", "sha256": "gpgsig-sha256 "}[l.format]
		sig := strings.TrimSuffix(string(gitSign(name, []byte(head+body), "git")), "\n")
		head += header + strings.ReplaceAll(sig, "\n", "\n ") + "\n"
	}
	id := l.feed(head+body, "hash-object", "-t", "commit", "-w", "--stdin")
	l.git("update-ref", "HEAD", id)
}

// branch is the file below .git that has the commit of the branch, or HEAD.
func (l *gitLibrary) branch() string {
	ref, named := strings.CutPrefix(strings.TrimSpace(string(l.read(".git/HEAD"))), "ref: ")
	if !named {
		return "HEAD"
	}
	return ref
}

// approve writes the statement of somebody that approves a file as it is in the work
// tree, and commits it.
func (l *gitLibrary) approve(name, role, path string) {
	l.Helper()
	digest := policy.FileDigest
	if strings.HasPrefix(path, "prompts/") {
		digest = policy.Digest
	}
	l.state(name, role, path, digest(l.read(path)))
}

// approveRemoval is approve of a file that main has and work has not.
func (l *gitLibrary) approveRemoval(name, role, path string) {
	l.Helper()
	text := l.git("show", "main:"+path) + "\n"
	l.state(name, role, path, policy.RemovalDigest(policy.Digest([]byte(text))))
}

func (l *gitLibrary) state(name, role, path, digest string) {
	l.Helper()
	subject := check.Subject{Name: path}
	if strings.HasPrefix(path, "prompts/") {
		subject.Name = policy.PromptID(path)
	}
	subject.Digest.SHA256 = digest
	text, err := json.Marshal(check.Approval{
		Type: check.StatementType, PredicateType: check.ApprovalPredicate, Subject: []check.Subject{subject},
		Predicate: check.Predicate{Decision: check.Approve, Role: role, By: name, At: time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)},
	})
	if err != nil {
		l.Fatal(err)
	}
	file := fmt.Sprintf("%s%s.%s.%s.json", check.ApprovalsDir, digest[:12], name, role)
	l.write(file, string(text))
	l.write(file+".sig", string(gitSign(name, text, check.Namespace)))
	l.commit(name)
}

// check runs promptlib check of work against main, and returns all that it says.
func (l *gitLibrary) check(args ...string) (status int, out string) {
	l.Helper()
	var stdout, stderr strings.Builder
	status = run(append([]string{"check", "--base", "main", "--head", "work", "--now", "2026-03-10"}, append(args, l.dir)...), nil, &stdout, &stderr)
	return status, stdout.String() + stderr.String()
}

// findings returns the errors and infos of an output, without their names.
func findings(out string) []string {
	list := []string{}
	for line := range strings.Lines(out) {
		if at := strings.LastIndex(line, " ["); at >= 0 && strings.HasPrefix(line[at:], " [APR") || strings.Contains(line, " [SEC206 ") {
			list = append(list, line[:at]+line[at:at+8]+"]")
		}
	}
	return list
}

// eachFormat runs a test with object ids of both kinds.
func eachFormat(t *testing.T, test func(t *testing.T, format string)) {
	for _, format := range []string{"sha1", "sha256"} {
		t.Run(format, func(t *testing.T) {
			if format == "sha256" && testing.Short() {
				t.Skip("skipped with -short: SHA-1 says the same")
			}
			test(t, format)
		})
	}
}

// A gitThreat is a change in a repository that must not land, and its twin.
type gitThreat struct {
	name   string
	do     func(l *gitLibrary, wrong bool)
	status int
	says   []string
}

func runGitThreats(t *testing.T, threats []gitThreat) {
	t.Helper()
	if testing.Short() {
		t.Skip("skipped with -short: nothing here runs at once, and git takes the time")
	}
	eachFormat(t, func(t *testing.T, format string) {
		for _, th := range threats {
			t.Run(th.name, func(t *testing.T) {
				for _, wrong := range []bool{true, false} {
					l := newGitLibrary(t, format)
					th.do(l, wrong)
					status, out := l.check()
					if !wrong {
						if status != exitClean {
							t.Errorf("the twin ends with %d:\n%s", status, out)
						}
						continue
					}
					if status != th.status {
						t.Errorf("it ends with %d, want %d:\n%s", status, th.status, out)
					}
					for _, text := range th.says {
						if !strings.Contains(out, text) {
							t.Errorf("nothing says %q:\n%s", text, out)
						}
					}
				}
			})
		}
	})
}

func unless(wrong bool, do func()) {
	if !wrong {
		do()
	}
}

// Threats that need a history: what is compared with what, and who wrote it.
func TestCheckOfHistories(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: nothing in it runs at once")
	}
	edited := gitPrompt("Answer politely.", `version: "1.1"`)
	grave := gitPrompt("Answer politely.", `version: "1.1"`, "risk_level: high")
	runGitThreats(t, []gitThreat{
		{"T1 the policy is weakened in the same change", func(l *gitLibrary, wrong bool) {
			l.write(".promptlib/policy.yaml", "version: 1\nprompts: [\"prompts/**/*.md\"]\n")
			l.write("prompts/a.md", edited)
			l.commit("ada")
			unless(wrong, func() {
				l.approve("bo", "Reviewer", "prompts/a.md")
				l.approve("gus", "Policy-Owner", ".promptlib/policy.yaml")
			})
		}, exitFindings, []string{"prompts/a.md:1:1: error: 1 of 1 approvals missing: Reviewer [APR101", "policy.yaml:1:1: error: the file is protected, 1 of 1 approvals missing: Policy-Owner [APR110"}},
		{"T1 a person is added in the same change and approves", func(l *gitLibrary, wrong bool) {
			l.write(".promptlib/people.yaml", gitPeople("mallory: Reviewer"))
			l.write("prompts/a.md", edited)
			l.commit("ada")
			l.approve("gus", "Policy-Owner", ".promptlib/people.yaml")
			l.approve(map[bool]string{true: "mallory", false: "bo"}[wrong], "Reviewer", "prompts/a.md")
		}, exitFindings, []string{"1 of 1 approvals missing: Reviewer [APR101", "is nobody's in the people.yaml of the base (APR105"}},
		{"T1 the work tree has a weaker policy", func(l *gitLibrary, wrong bool) {
			l.write("prompts/a.md", edited)
			l.commit("ada")
			unless(wrong, func() { l.approve("bo", "Reviewer", "prompts/a.md") })
			l.write(".promptlib/policy.yaml", "version: 1\nprompts: [\"x\"]\n")
		}, exitFindings, []string{"APR101"}},
		{"T2 the branch comes from a weaker base", func(l *gitLibrary, wrong bool) {
			l.git("checkout", "--quiet", "main")
			l.write(".promptlib/policy.yaml", strings.Replace(gitPolicy, "risk_level: \">=high\"", "risk_level: low", 1))
			l.commit("ada")
			l.git("checkout", "--quiet", "work")
			l.write("prompts/a.md", edited)
			l.commit("ada")
			l.approve("bo", "Reviewer", "prompts/a.md")
			unless(wrong, func() { l.approve("cy", "Security", "prompts/a.md") })
		}, exitFindings, []string{"approvals missing: Security [APR101"}},
		{"T2 the base has taken the version in the meantime", func(l *gitLibrary, wrong bool) {
			l.write("prompts/a.md", strings.Replace(edited, "politely", "politely and briefly", 1))
			l.write("prompts/a.md", gitPrompt("Answer the customer.\n\nMore.", `version: "`+map[bool]string{true: "1.0", false: "1.1"}[wrong]+`"`))
			l.commit("ada")
			l.approve("bo", "Reviewer", "prompts/a.md")
		}, exitFindings, []string{"version 1.0 is not higher than 1.0 [APR109"}},
		{"T5 a push after the approval", func(l *gitLibrary, wrong bool) {
			l.write("prompts/a.md", edited)
			l.commit("ada")
			l.approve("bo", "Reviewer", "prompts/a.md")
			if wrong {
				l.write("prompts/a.md", edited+"One more thing.\n")
				l.commit("ada")
			}
		}, exitFindings, []string{"it is of another text (APR102"}},
		{"T5 the base changes the same file after the approval", func(l *gitLibrary, wrong bool) {
			long := "Answer the customer.\n\nOne.\n\nTwo.\n\nThree."
			for _, branch := range []string{"main", "work"} {
				l.git("checkout", "--quiet", "-B", branch, "main")
				if branch == "main" {
					l.write("prompts/a.md", gitPrompt(long))
					l.commit("ada")
				}
			}
			l.write("prompts/a.md", gitPrompt(long+"\n\nFour.", `version: "1.2"`))
			l.commit("ada")
			l.approve("bo", "Reviewer", "prompts/a.md")
			l.git("checkout", "--quiet", "main")
			l.write(map[bool]string{true: "prompts/a.md", false: "notes.txt"}[wrong], strings.Replace(gitPrompt(long), "One.", "Uno.", 1))
			l.commit("ada")
		}, exitFindings, []string{"it is of another text (APR102"}},
		{"T7 the author approves", func(l *gitLibrary, wrong bool) {
			l.write("prompts/a.md", edited)
			l.commit("bo")
			l.approve(map[bool]string{true: "bo", false: "cy"}[wrong], "Reviewer", "prompts/a.md")
		}, exitFindings, []string{"the author cannot approve the own change (APR103"}},
		{"T7 a co-author approves", func(l *gitLibrary, wrong bool) {
			l.write("prompts/a.md", edited)
			l.commit("ada", "Co-authored-by: Bo <bo@example.org>\n\nand more")
			l.approve(map[bool]string{true: "bo", false: "cy"}[wrong], "Reviewer", "prompts/a.md")
		}, exitFindings, []string{"(APR103"}},
		{"T7 an unsigned commit of high risk", func(l *gitLibrary, wrong bool) {
			l.write("prompts/a.md", grave)
			l.git("add", "--all")
			l.record("ada", !wrong, "")
			l.approve("bo", "Reviewer", "prompts/a.md")
			l.approve("cy", "Security", "prompts/a.md")
		}, exitFindings, []string{"nobody vouches for who wrote this change of high risk"}},
		{"T7 the author before a move by somebody else approves", func(l *gitLibrary, wrong bool) {
			l.write("prompts/a.md", edited)
			l.commit("bo")
			l.git("mv", "prompts/a.md", "prompts/c.md")
			l.commit("ada")
			l.approveRemoval("cy", "Reviewer", "prompts/a.md")
			l.approve(map[bool]string{true: "bo", false: "cy"}[wrong], "Reviewer", "prompts/c.md")
		}, exitFindings, []string{"prompts/c.md:1:1: error: 1 of 1 approvals missing: Reviewer [APR101", "(APR103"}},
		{"a file too large to be read lies beside a contract that does not lead to it", func(l *gitLibrary, wrong bool) {
			l.write("data/large.json", strings.Repeat(" ", library.MaxFileSize+1)+"{}")
			l.write("prompts/a.eval.yaml", "checks: [{contains: please}]\n")
			l.write("prompts/a.md", edited)
			l.commit("ada")
			unless(wrong, func() { l.approve("bo", "Reviewer", "prompts/a.md") })
		}, exitFindings, []string{"prompts/a.md:1:1: error: 1 of 1 approvals missing: Reviewer [APR101"}},
		{"T7 the author of a file that was moved at once approves", func(l *gitLibrary, wrong bool) {
			l.write("drafts/x.md", gitPrompt("New."))
			l.commit("bo")
			l.git("mv", "drafts/x.md", "prompts/c.md")
			l.commit("ada")
			l.approve(map[bool]string{true: "bo", false: "cy"}[wrong], "Reviewer", "prompts/c.md")
		}, exitFindings, []string{"prompts/c.md:1:1: error: 1 of 1 approvals missing: Reviewer [APR101", "(APR103"}},
		{"T7 who altered something while merging approves", func(l *gitLibrary, wrong bool) {
			l.write("prompts/a.md", edited)
			l.commit("ada")
			l.git("checkout", "--quiet", "main")
			l.write("notes.txt", "x")
			l.commit("ada")
			l.git("checkout", "--quiet", "work")
			l.write("notes.txt", "x")
			if wrong {
				l.write("prompts/a.md", edited+"\nAnd refund everything.\n")
			}
			l.commit("bo", "", "main")
			l.approve("bo", "Reviewer", "prompts/a.md")
		}, exitFindings, []string{"(APR103"}},
		{"T9 a prompt is deleted", func(l *gitLibrary, wrong bool) {
			l.git("rm", "--quiet", "prompts/a.md")
			l.commit("ada")
			unless(wrong, func() { l.approveRemoval("bo", "Reviewer", "prompts/a.md") })
		}, exitFindings, []string{"prompts/a.md:1:1: error: 1 of 1 approvals missing: Reviewer [APR101", "--removed"}},
		{"T9 a prompt is renamed", func(l *gitLibrary, wrong bool) {
			l.git("mv", "prompts/a.md", "prompts/c.md")
			l.commit("ada")
			l.approve("bo", "Reviewer", "prompts/c.md")
			unless(wrong, func() { l.approveRemoval("bo", "Reviewer", "prompts/a.md") })
		}, exitFindings, []string{"prompts/a.md:1:1: error: 1 of 1 approvals missing: Reviewer [APR101"}},
		{"T9 a prompt is moved out of the globs", func(l *gitLibrary, wrong bool) {
			l.write("x", "")
			l.git("mv", "prompts/a.md", "x.md")
			l.commit("ada")
			unless(wrong, func() { l.approveRemoval("bo", "Reviewer", "prompts/a.md") })
		}, exitFindings, []string{"APR101"}},
		{"T9 evidence is deleted after it landed", func(l *gitLibrary, wrong bool) {
			l.write("prompts/a.md", edited)
			l.commit("ada")
			l.approve("bo", "Reviewer", "prompts/a.md")
			l.git("checkout", "--quiet", "-B", "main")
			l.git("checkout", "--quiet", "work")
			if wrong {
				l.git("rm", "--quiet", "-r", ".promptlib/approvals")
			} else {
				l.write("notes.txt", "x")
			}
			l.commit("ada")
		}, exitFindings, []string{".json:1:1: error: the file is protected, 1 of 1 approvals missing: Policy-Owner [APR110"}},
		{"T9 two branches that conflict", func(l *gitLibrary, wrong bool) {
			l.write("prompts/a.md", edited)
			l.commit("ada")
			l.approve("bo", "Reviewer", "prompts/a.md")
			l.git("checkout", "--quiet", "main")
			l.write(map[bool]string{true: "prompts/a.md", false: "notes.txt"}[wrong], gitPrompt("Answer rudely.", `version: "1.1"`))
			l.commit("ada")
		}, exitFault, []string{`"work" does not merge into "main": conflicts in "prompts/a.md"`}},
		{"T13 a symbolic link", func(l *gitLibrary, wrong bool) {
			if wrong {
				l.feed("120000 "+l.feed("../a.md", "hash-object", "-w", "--stdin")+"\tprompts/c.md\n", "update-index", "--index-info")
				l.record("ada", true, "")
				return
			}
			l.write("prompts/c.md", gitPrompt("Answer.", "review_status: draft", "title: Answer"))
			l.commit("ada")
		}, exitFindings, []string{"prompts/c.md:1:1: error: it is a symbolic link or a submodule (mode 120000)", "[SEC206 "}},
		{"T13 a submodule in the place of a folder of prompts", func(l *gitLibrary, wrong bool) {
			path := map[bool]string{true: "prompts/more", false: "vendor/more"}[wrong]
			l.feed("160000 "+l.git("rev-parse", "HEAD")+"\t"+path+"\n", "update-index", "--index-info")
			l.record("ada", true, "")
		}, exitFindings, []string{"prompts/more:1:1: error: it is a symbolic link or a submodule (mode 160000)"}},
		{"T13 a line end in a name", func(l *gitLibrary, wrong bool) {
			path := "prompts/new\nline.md"
			l.write(path, gitPrompt("Answer.", "title: Lines"))
			l.commit("ada")
			unless(wrong, func() { l.approve("bo", "Reviewer", path) })
		}, exitFindings, []string{"APR101"}},
	})
}

// What cannot be decided ends with 3 and says what to do; the twin is decided.
func TestCheckCannotDecide(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: nothing in it runs at once")
	}
	eachFormat(t, func(t *testing.T, format string) {
		clone := func(l *gitLibrary, args ...string) {
			dir := filepath.Join(l.TempDir(), "clone")
			l.git(append(append([]string{"clone", "--quiet", "--no-local", "--branch", "work"}, args...), "file://"+l.dir, dir)...)
			l.dir = filepath.ToSlash(dir)
		}
		for _, tt := range []struct {
			name string
			do   func(l *gitLibrary, wrong bool) []string
			says string
		}{
			{"T20 a shallow clone", func(l *gitLibrary, wrong bool) []string {
				l.write("notes.txt", "x")
				l.commit("ada")
				if wrong {
					clone(l, "--depth=1", "--no-single-branch")
				} else {
					clone(l)
				}
				return []string{"--base", "origin/main"}
			}, "the clone is shallow"},
			{"T20 no base", func(_ *gitLibrary, wrong bool) []string {
				return []string{"--base", map[bool]string{true: "origin/main", false: "main"}[wrong]}
			}, "origin/main"},
			{"T20 a base that has nothing in common", func(l *gitLibrary, wrong bool) []string {
				if wrong {
					l.git("checkout", "--quiet", "--orphan", "other")
					l.write("notes.txt", "x")
					l.commit("ada")
					l.git("branch", "--force", "work")
				}
				return nil
			}, "have no commit in common"},
			{"T20 a policy that cannot be read", func(l *gitLibrary, wrong bool) []string {
				l.git("checkout", "--quiet", "main")
				l.write(".promptlib/policy.yaml", gitPolicy+map[bool]string{true: "rulez: []\n", false: "\n"}[wrong])
				l.commit("ada")
				return nil
			}, "rulez"},
			{"T20 people who cannot be read", func(l *gitLibrary, wrong bool) []string {
				l.git("checkout", "--quiet", "main")
				l.write(".promptlib/people.yaml", gitPeople()+map[bool]string{true: "\x00", false: "\n"}[wrong])
				l.commit("ada")
				return nil
			}, "people.yaml"},
			{"T20 no policy", func(l *gitLibrary, wrong bool) []string {
				l.git("checkout", "--quiet", "main")
				l.git("rm", "--quiet", ".promptlib/policy.yaml")
				l.commit("ada")
				l.git("checkout", "--quiet", "-B", "work")
				l.write(".promptlib/policy.yaml", gitPolicy)
				l.commit("ada")
				if wrong {
					return nil
				}
				return []string{"--bootstrap"}
			}, "main has no .promptlib/policy.yaml"},
			{"T20 globs that match nothing", func(l *gitLibrary, wrong bool) []string {
				l.git("checkout", "--quiet", "main")
				l.write(".promptlib/policy.yaml", strings.Replace(gitPolicy, "prompts/**/*.md", map[bool]string{true: "promts/**", false: "prompts/**"}[wrong], 1))
				l.commit("ada")
				return nil
			}, "the policy governs no file"},
			{"T13 a ref that looks like an option", func(l *gitLibrary, wrong bool) []string {
				return []string{map[bool]string{true: "--head=--output=owned.txt", false: "--head=work"}[wrong]}
			}, "--output=owned.txt"},
			{"T13 a file that is larger than any prompt", func(l *gitLibrary, wrong bool) []string {
				l.write("prompts/large.md", gitPrompt(strings.Repeat("x", map[bool]int{true: 11 << 20, false: 10}[wrong]), "title: Large", "review_status: draft"))
				l.commit("ada")
				return nil
			}, "over the limit"},
		} {
			t.Run(tt.name, func(t *testing.T) {
				for _, wrong := range []bool{true, false} {
					l := newGitLibrary(t, format)
					before := l.dir
					status, out := l.check(tt.do(l, wrong)...)
					want := map[bool]int{true: exitFault, false: exitClean}[wrong]
					if status != want || wrong && !strings.Contains(out, tt.says) {
						t.Errorf("wrong %t: it ends with %d, want %d and %q:\n%s", wrong, status, want, tt.says, out)
					}
					for _, dir := range []string{before, l.dir, "."} {
						if _, err := os.Lstat(filepath.Join(dir, "owned.txt")); err == nil {
							t.Error("a ref was taken for an option")
						}
					}
				}
			})
		}
	})
}

// The policy is not brought in twice.
func TestCheckBootstrapsOnce(t *testing.T) {
	l := newGitLibrary(t, "sha1")
	if status, out := l.check("--bootstrap"); status != exitUsage || !strings.Contains(out, "--bootstrap is for a base without a policy") {
		t.Errorf("it ends with %d:\n%s", status, out)
	}
}

// Same input, same bytes, in every format.
func TestCheckIsDeterministic(t *testing.T) {
	l := newGitLibrary(t, "sha1")
	for i := range 12 {
		l.write(fmt.Sprintf("prompts/n%d.md", i), gitPrompt(fmt.Sprintf("Text %d.", i), fmt.Sprintf("title: Text %d", i), "risk_level: high"))
	}
	l.git("rm", "--quiet", "prompts/a.md")
	l.commit("ada")
	for _, name := range []string{"bo", "cy", "ada"} {
		for i := range 4 {
			l.approve(name, "Reviewer", fmt.Sprintf("prompts/n%d.md", i))
		}
	}
	for _, f := range report.CheckFormats {
		first, want := l.check("--format", f.Name)
		if first != exitFindings || want == "" {
			t.Errorf("%s ends with %d:\n%s", f.Name, first, want)
		}
		for range 3 {
			if status, got := l.check("--format", f.Name); status != first || got != want {
				t.Errorf("%s: again it ends with %d, not %d:\n%s\nbefore:\n%s", f.Name, status, first, got, want)
			}
		}
	}
}

// Where nothing can be decided, the reports say so too; but not on the standard
// output what stands as an error beside it.
func TestCheckReportsThatNothingCanBeDecided(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(l *gitLibrary) []string
		want []string // messages
		hint string
		ids  bool // the commits are known
	}{
		{"a shallow clone", func(l *gitLibrary) []string {
			l.write("notes.txt", "x")
			l.commit("ada")
			dir := filepath.Join(l.TempDir(), "clone")
			l.git("clone", "--quiet", "--no-local", "--branch", "work", "--depth=1", "--no-single-branch", "file://"+l.dir, dir)
			l.dir = dir
			return []string{"--base", "origin/main"}
		}, []string{"the clone is shallow: it lacks the history that a comparison needs"}, "git fetch --unshallow, and fetch-depth: 0 in the CI job", false},
		{"no policy", func(l *gitLibrary) []string {
			l.git("checkout", "--quiet", "main")
			l.git("rm", "--quiet", ".promptlib/policy.yaml")
			l.commit("ada")
			return nil
		}, []string{"main has no .promptlib/policy.yaml"}, "promptlib init --team small writes one; --bootstrap lets the change pass that brings the first", false},
		{"a policy with two mistakes", func(l *gitLibrary) []string {
			l.git("checkout", "--quiet", "main")
			l.write(".promptlib/policy.yaml", gitPolicy+"rulez: []\ntagz: []\n")
			l.commit("ada")
			return nil
		}, []string{
			`nothing can be decided by the settings of the base: .promptlib/policy.yaml:7:1: key "rulez" is not known here; did you mean "rules"?`,
			`.promptlib/policy.yaml:8:1: key "tagz" is not known here`,
		}, "correct the file on the base first; its owners may use --bootstrap only where there is none", true},
		{"no forge", func(l *gitLibrary) []string {
			return []string{"--pull-request", "https://forge.example/acme/prompts"}
		}, []string{`"https://forge.example/acme/prompts" is the address of no pull request and no merge request`},
			"give it as https://github.com/acme/prompts/pull/12 or https://gitlab.com/acme/prompts/-/merge_requests/12", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newGitLibrary(t, "sha1")
			args := tt.do(l)
			quiet, plain := l.check(args...)
			if quiet != exitFault || !strings.HasPrefix(plain, "promptlib: error: ") {
				t.Fatalf("it ends with %d:\n%s", quiet, plain)
			}
			out := t.TempDir()
			t.Setenv("GITHUB_STEP_SUMMARY", filepath.Join(out, "summary.md"))
			args = append(args, "--format", "text")
			for _, f := range report.CheckFormats {
				args = append(args, "--format", f.Name+"="+filepath.Join(out, f.Name))
			}
			if status, got := l.check(args...); status != exitFault || got != plain {
				t.Errorf("with reports it ends with %d and says\n%swant\n%s", status, got, plain)
			}
			text := func(name string) string {
				b, err := os.ReadFile(filepath.Join(out, name))
				if err != nil {
					t.Error(err)
				}
				return string(b)
			}
			var verdict struct {
				Verdict, Base, Head string
				Undecided           []check.Doubt
			}
			value, syntax := schema.DecodeJSON(text("json"))
			if syntax != nil {
				t.Fatal(syntax)
			}
			if wrong := schema.Get("check").Validate(value); len(wrong) > 0 {
				t.Errorf("the schema refuses the JSON: %v", wrong)
			}
			if err := json.Unmarshal([]byte(text("json")), &verdict); err != nil {
				t.Fatal(err)
			}
			var messages []string
			for _, d := range verdict.Undecided {
				messages = append(messages, d.Message)
				if d.Hint != tt.hint {
					t.Errorf("got the hint %q, want %q", d.Hint, tt.hint)
				}
			}
			if diff := cmp.Diff(messages, tt.want); verdict.Verdict != "undecided" || diff != "" {
				t.Errorf("the verdict is %q (-got +want):\n%s", verdict.Verdict, diff)
			}
			if tt.ids != (verdict.Base != "" && verdict.Head != "") || !tt.ids && verdict.Base+verdict.Head != "" {
				t.Errorf("base is %q and head %q, want them known: %t", verdict.Base, verdict.Head, tt.ids)
			}
			for name, says := range map[string]string{
				"text": "undecided: " + tt.want[0] + "\n  next     " + tt.hint, "sarif": `"executionSuccessful": false`,
				"github": "::error title=check undecided::", "markdown": "Nothing can be decided: ", "summary.md": "## promptlib check: undecided",
			} {
				if !strings.Contains(text(name), says) {
					t.Errorf("%s does not say %q:\n%s", name, says, text(name))
				}
			}
		})
	}
}

// Wrong flags have no report, and a report that cannot be written does not hide why
// there is no verdict.
func TestCheckReportsNoWrongFlags(t *testing.T) {
	l := newGitLibrary(t, "sha1")
	file := filepath.Join(t.TempDir(), "check.json")
	if status, out := l.check("--bootstrap", "--format", "json="+file); status != exitUsage {
		t.Errorf("it ends with %d:\n%s", status, out)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("there is a report")
	}
	status, out := l.check("--base", "nowhere", "--format", "json="+filepath.Join(t.TempDir(), "no", "such", "folder"))
	if status != exitFault || !strings.Contains(out, "promptlib: error: writing the report: ") || !strings.Contains(out, `nothing can be decided: git knows no commit "nowhere"`) {
		t.Errorf("it ends with %d:\n%s", status, out)
	}
	if status, out := l.check("--base", "nowhere", "--format", "json"); status != exitFault || !strings.HasPrefix(out, "{") {
		t.Errorf("on the standard output it ends with %d:\n%s", status, out)
	}
}
