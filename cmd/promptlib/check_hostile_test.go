package main

import (
	"fmt"
	"testing"
)

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
