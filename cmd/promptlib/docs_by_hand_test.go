package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"promptlib/library/policy"
)

var shellBlock = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")

// byHand returns the commands with which docs/governance.md verifies an approval:
// the names that a reader fills in, the functions, and what must hold.
func byHand(t *testing.T) (names, functions, compare string) {
	t.Helper()
	_, section, found := strings.Cut(readFile(t, "docs", "governance.md"), "\n## Verify an approval by hand\n")
	section, _, _ = strings.Cut(section, "\n## ")
	blocks := shellBlock.FindAllStringSubmatch(section, -1)
	if !found || len(blocks) != 3 {
		t.Fatalf("the section has %d blocks of commands, want 3", len(blocks))
	}
	return blocks[0][1], blocks[1][1], blocks[2][1]
}

// shell runs commands and returns what they print, and whether they succeed.
func shell(t *testing.T, script string) (string, bool) {
	t.Helper()
	for _, program := range []string{"bash", "sed", "sha256sum", "ssh-keygen"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("skipped: there is no %s", program)
		}
	}
	if out, _ := exec.Command("sed", "--version").Output(); !strings.Contains(string(out), "GNU") {
		t.Skip("skipped: sed is not that of GNU")
	}
	var out, errs strings.Builder
	cmd := exec.Command("bash", "-c", script)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return out.String() + errs.String(), false
	}
	return out.String(), true
}

// TestDocsByHand approves of a prompt and verifies it with the commands of the
// page, which must not hold once something is altered.
func TestDocsByHand(t *testing.T) {
	names, functions, compare := byHand(t)
	l := newApprovals(t)
	l.approve("prompts/refunds.md", "--role", "SRE-Lead", "--key", l.key("alice"))
	statement := l.only(".promptlib/approvals/prompts/refunds")
	file := regexp.MustCompile(`(?m)^file=(.*)$`).FindStringSubmatch(names)
	person := regexp.MustCompile(`(?m)^person=(.*)$`).FindStringSubmatch(names)
	if file == nil || person == nil || file[1] != "prompts/refunds.md" || person[1] != "alice" {
		t.Fatalf("the page names other things than this test: %s", names)
	}
	example := regexp.MustCompile(`(?m)^statement=(.*)/[0-9a-f]{12}\.(.*)$`).FindStringSubmatch(names)
	if example == nil || example[1] != filepath.ToSlash(filepath.Dir(statement)) || !strings.HasSuffix(statement, "."+example[2]) {
		t.Errorf("the page shows another path of a statement than %s", statement)
	}
	writeTo(t, "allowed_signers", `alice namespaces="promptlib-approval@v1",valid-after="20250101" `+l.public("alice")+"\n")
	verify := func() (string, bool) {
		return shell(t, fmt.Sprintf("set -e\nstatement=%s\nfile=%s\nperson=%s\n%s\n%s", statement, file[1], person[1], functions, compare))
	}
	if out, ok := verify(); !ok {
		t.Fatalf("the approval does not hold: %s", out)
	}
	text := l.read(file[1])
	for name, other := range map[string]string{
		"body": text + " ", "front matter": strings.Replace(text, "Refunds", "refunds", 1), "no front matter": strings.TrimPrefix(text, "---\n"),
	} {
		writeTo(t, file[1], other)
		if out, ok := verify(); ok {
			t.Errorf("%s: the approval holds for another text: %s", name, out)
		}
	}
	writeTo(t, file[1], strings.Replace(text, "in_review", "approved", 1))
	if out, ok := verify(); !ok {
		t.Errorf("the approval does not hold once the status has risen: %s", out)
	}
	writeTo(t, statement, strings.Replace(l.read(statement), "SRE-Lead", "Policy-Owner", 1))
	if out, ok := verify(); ok {
		t.Errorf("an altered statement holds: %s", out)
	}
}

// TestDocsByHandSaysTheSame holds the functions of the page against those of the
// program.
func TestDocsByHandSaysTheSame(t *testing.T) {
	_, functions, _ := byHand(t)
	texts := []string{
		"", "---", "---\n", "---\n---\n", "---\ntitle: a\n---\n", "---\r\ntitle: a\r\n---\r\n", "---\ntitle: a\n---", "---\ntitle: a", "text\n", "text\n---\na: b\n---\nreview_status: x\n",
		"---\nreview_status: draft\n---\nreview_status: draft\n", "---\nreview_status: draft  \n---\n", "---\nreviewStatus:draft\n---\n", "---\nreview_status: a b\n---\n",
		"---\nreview_status: draft # and more\n---\n", "---\nreview_status: |\n  draft\n---\n", "---\n review_status: draft\n---\n", "---\nreview_status : draft\n---\n",
		"---\nreview_status: draft\nreviewStatus: draft\n---\n", "---\na: b\nreview_status: draft\nreview_status: draft\n---\n", "---\nreview_status:\n---\n", "---\nreview_status: 1\n---\n",
		"---\na: b\n--- \nreview_status: draft\n---\n", "---\na: b\n...\n---\n", "---\na: b\n ---\n---\n", "---\na: b\n---\t#\n---\n", "---\na: b\n----\n---\n", "--- \na: b\n---\n",
		"---\n\n---\n", "\ufeff---\na: b\n---\n", "---\na: \xff\xfe\nreview_status: draft\r\n---\r\n\xff", "---\na: b\r\r\n---\n", "---\na: b\n---\r", "---\na: b\u2028---\n---\n",
		"---\n---\na: b\nreview_status: draft\n---\nreview_status: c\n", "---\nreview_status: draft\n", "---\na: b\n---\n\x00\n", "---\nreview_status: \x00\n---\n", "\n---\na: b\n---\n",
		"---\nreview_status: draft\u0085\n---\n", "---\na: b\n\u00a0---\n---\n", "---\na: b\n\f---\n---\n",
		"---\nreview_status: \"draft\"\n---\n", "---\nreview_status: 'draft' \n---\n", "---\nreview_status: 'draft\"\n---\n", "---\nreview_status: \"a b\"\n---\n",
		"---\nreview_status: " + strings.Repeat("a", 40) + "\n---\n", "---\nreview_status: " + strings.Repeat("a", 41) + "\n---\n",
	}
	t.Chdir(t.TempDir())
	var script strings.Builder
	script.WriteString(functions)
	var want strings.Builder
	for i, text := range texts {
		name := fmt.Sprintf("%d.md", i)
		writeTo(t, name, text)
		fmt.Fprintf(&script, "echo %d $(digest %s) $(file_digest %[2]s) $(removal_digest $(digest %[2]s)) $([ -z \"$(unbound %[2]s)\" ] && echo bound)\n", i, name)
		bound := ""
		if message, _ := policy.Unbound([]byte(text)); message == "" {
			bound = " bound"
		}
		digest := policy.Digest([]byte(text))
		fmt.Fprintf(&want, "%d %s %s %s%s\n", i, digest, policy.FileDigest([]byte(text)), policy.RemovalDigest(digest), bound)
	}
	got, ok := shell(t, script.String())
	if !ok {
		t.Fatal(got)
	}
	for i, line := range strings.Split(strings.TrimSpace(want.String()), "\n") {
		if lines := strings.Split(got, "\n"); i >= len(lines) || lines[i] != line {
			t.Errorf("%q: the page says\n%s, the program\n%s", texts[i], lines[min(i, len(lines)-1)], line)
		}
	}
}

// TestCIVerifiesByHand: the checks of the project run the commands of the page.
func TestCIVerifiesByHand(t *testing.T) {
	if !strings.Contains(readFile(t, ".ci", "run"), "\n.ci/verify-by-hand\n") {
		t.Error(".ci/run does not run .ci/verify-by-hand")
	}
	info, err := os.Stat(filepath.Join(root, ".ci", "verify-by-hand"))
	if err != nil || info.Mode()&0o111 == 0 {
		t.Errorf(".ci/verify-by-hand cannot be run: %v", err)
	}
}
