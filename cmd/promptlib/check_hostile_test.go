package main

import (
	"fmt"
	"strings"
	"testing"
)

// Evidence that has landed lies open to all. What it was of may be there no more.
func TestCheckOfLandedEvidence(t *testing.T) {
	runGitThreats(t, []gitThreat{
		{"T4 the approval of the old policy brings it back", func(l *gitLibrary, wrong bool) {
			weak := strings.Replace(gitPolicy, "risk_level: \">=high\"", "risk_level: critical", 1)
			l.git("checkout", "--quiet", "main")
			l.write(".promptlib/policy.yaml", weak)
			l.commit("ada")
			l.approve("gus", "Policy-Owner", ".promptlib/policy.yaml")
			l.write(".promptlib/policy.yaml", gitPolicy)
			l.commit("ada")
			l.git("checkout", "--quiet", "-B", "work")
			l.write(".promptlib/policy.yaml", weak)
			l.commit("bo")
			unless(wrong, func() { l.approve("ada", "Policy-Owner", ".promptlib/policy.yaml") })
		}, exitFindings, []string{"[APR110", "refused  gus: it has landed already"}},
		{"T4 the approval of a prompt that was removed brings it back, under another name too", func(l *gitLibrary, wrong bool) {
			l.git("checkout", "--quiet", "main")
			l.approve("bo", "Reviewer", "prompts/a.md")
			text := string(l.read("prompts/a.md"))
			l.git("rm", "--quiet", "prompts/a.md")
			l.commit("ada")
			l.git("checkout", "--quiet", "-B", "work")
			l.write("prompts/a.md", text)
			for _, name := range strings.Fields(l.git("ls-files", ".promptlib/approvals")) {
				l.write(strings.Replace(name, ".promptlib/approvals/", ".promptlib/approvals/copy/", 1), string(l.read(name)))
			}
			l.commit("ada")
			unless(wrong, func() { l.approve("cy", "Reviewer", "prompts/a.md") })
		}, exitFindings, []string{"[APR101", "refused  bo: it has landed already"}},
	})
	l := newGitLibrary(t, "sha1")
	l.git("checkout", "--quiet", "main")
	l.write("prompts/c.md", gitPrompt("Greet the customer.", "review_status: in_review"))
	l.commit("ada")
	l.approve("bo", "Reviewer", "prompts/c.md")
	l.git("checkout", "--quiet", "-B", "work")
	l.write("prompts/c.md", gitPrompt("Greet the customer.", "review_status: approved"))
	l.commit("ada")
	if status, out := l.check(); status != exitClean {
		t.Errorf("an approval that has landed does not hold for the text that the base has: %d\n%s", status, out)
	}
}

// To move a folder of prompts is a change of each, and each may have been any other
// before. What is kept of their commits must not grow with the square of the files:
// a folder of some thousand took all memory.
func TestCommitsOfMovedFolder(t *testing.T) {
	l := newGitLibrary(t, "sha1")
	const files = 40
	l.git("checkout", "--quiet", "main")
	for i := range files {
		l.write(fmt.Sprintf("prompts/old/%d.md", i), gitPrompt(fmt.Sprint("Answer ", i), "review_status: draft"))
	}
	l.commit("ada")
	l.git("checkout", "--quiet", "-B", "work")
	l.write("prompts/old/0.md", gitPrompt("Answer nobody", "review_status: draft", `version: "1.1"`))
	l.commit("bo")
	l.git("mv", "prompts/old", "prompts/new")
	l.commit("ada")
	s, err := takeSnapshot(t.Context(), &checkOptions{dir: l.dir, base: "main", head: "work"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c, err := s.change(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Moved) != 2 {
		t.Errorf("%d commits touch files that are gone, want those of bo and of ada", len(c.Moved))
	}
	kept := 0
	for _, f := range c.Files {
		kept += len(f.Commits)
	}
	if want := 2*files + 1; len(c.Files) != 2*files || kept != want {
		t.Errorf("%d files keep %d commits, want %d with those that touch them, %d", len(c.Files), kept, 2*files, want)
	}
}
