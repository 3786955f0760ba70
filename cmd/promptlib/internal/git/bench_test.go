package git

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// BenchmarkCompare asks all that the check asks, of 10,000 files of which a branch
// of 60 commits changes ten: parted from main, and with main merged into it.
func BenchmarkCompare(b *testing.B) {
	var stream strings.Builder
	people := "author A <a@example.org> 1 +0000\ncommitter A <a@example.org> 1 +0000\ndata 0\n"
	file := func(i int, text string) {
		fmt.Fprintf(&stream, "M 100644 inline prompts/%02d/%d.md\ndata %d\n%s\n", i%100, i, len(text), text)
	}
	text := func(i int, first, last string) string {
		return first + strings.Repeat(fmt.Sprintf("a line of file %d\n", i), 30) + last
	}
	fmt.Fprintf(&stream, "commit refs/heads/main\nmark :1\n%s", people)
	for i := range 10000 {
		file(i, text(i, "", ""))
	}
	for n := range 60 {
		fmt.Fprintf(&stream, "commit refs/heads/topic\n%s", people)
		if n == 0 {
			fmt.Fprintln(&stream, "from :1")
		}
		file(n%10, text(n%10, fmt.Sprintln("commit", n), ""))
	}
	fmt.Fprintf(&stream, "commit refs/heads/main\n%sfrom :1\n", people)
	file(5, text(5, "", "of main\n"))
	fmt.Fprintf(&stream, "commit refs/heads/updated\n%sfrom refs/heads/topic\nmerge refs/heads/main\n", people)
	file(5, text(5, "commit 55\n", "of main\n"))

	dir := b.TempDir()
	for _, args := range [][]string{{"init", "--quiet", "--initial-branch=main"}, {"fast-import", "--quiet"}, {"gc", "--quiet"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		cmd.Stdin = strings.NewReader(stream.String())
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("git %s: %v\n%s", args[0], err, out)
		}
	}
	r := Repo{Root: filepath.Clean(dir)}
	for _, head := range []string{"topic", "updated"} {
		b.Run(head, func(b *testing.B) {
			for b.Loop() {
				askAll(b, r, head)
			}
		})
	}
}

func askAll(b *testing.B, r Repo, head string) {
	c, err := r.Compare(b.Context(), "main", head)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	changes, err := c.Changed(b.Context())
	if err != nil || len(changes) != 10 {
		b.Fatalf("%d files, %v, want 10", len(changes), err)
	}
	var ids, paths []string
	for _, change := range changes {
		ids, paths = append(ids, change.Base.ID, change.Head.ID), append(paths, change.Path)
	}
	if texts, err := c.Read(b.Context(), ids); err != nil || len(texts) != 20 {
		b.Fatalf("%d texts, %v", len(texts), err)
	}
	if commits, err := c.Commits(b.Context()); err != nil || len(commits) != 10 {
		b.Fatalf("%d files with commits, %v", len(commits), err)
	}
	if history, err := c.History(b.Context(), c.Base, paths); err != nil || len(history) != 10 {
		b.Fatalf("%d files with history, %v", len(history), err)
	}
}
