package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReplaceFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.md")
	write := func(t *testing.T, text string, mode fs.FileMode) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	check := func(t *testing.T, err error, message, text string) {
		t.Helper()
		if got := errText(err); got != message {
			t.Errorf("error is %q, want %q", got, message)
		}
		if got, err := os.ReadFile(path); string(got) != text {
			t.Errorf("the file holds %q (error %v), want %q", got, err, text)
		}
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) > 2 {
			t.Errorf("%d entries are left in the folder (error %v)", len(entries), err)
		}
	}
	t.Run("keeps the permissions", func(t *testing.T) {
		write(t, "old", 0o600)
		check(t, rewriteFile(path, "old", "new"), "", "new")
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode is %v (error %v), want 0600", info.Mode(), err)
		}
	})
	t.Run("changed meanwhile", func(t *testing.T) {
		write(t, "newer", 0o644)
		check(t, rewriteFile(path, "old", "new"), path+": the fixes were not written: it has changed since it was read", "newer")
	})
	t.Run("read-only", func(t *testing.T) {
		if os.Geteuid() == 0 {
			t.Skip("nothing is read-only to root")
		}
		write(t, "old", 0o444)
		check(t, rewriteFile(path, "old", "new"), path+": the fixes were not written: permission denied", "old")
	})
	t.Run("symbolic link", func(t *testing.T) {
		write(t, "old", 0o644)
		link := filepath.Join(dir, "link.md")
		if err := os.Symlink("a.md", link); err != nil {
			t.Fatal(err)
		}
		check(t, rewriteFile(link, "old", "new"), link+": the fixes were not written: it is a symbolic link; name the file it leads to", "old")
		if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("the link has become a file (error %v)", err)
		}
	})
	t.Run("gone", func(t *testing.T) {
		gone := filepath.Join(dir, "gone.md")
		check(t, rewriteFile(gone, "old", "new"), gone+": the fixes were not written: no such file or directory", "old")
	})
	t.Run("folder", func(t *testing.T) {
		check(t, rewriteFile(dir, "old", "new"), dir+": the fixes were not written: it is no regular file", "old")
	})
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// TestDiffApplies: what --diff prints turns the file into what --fix writes, and
// names a file with an unlikely name on one line.
func TestDiffApplies(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	name := "odd\nname.md"
	texts := map[string]string{
		"end.md": "---\nrisk_level: Low\n---\ntext without a line end",
		"crlf.md": "---\r\nrisk_level: Low\r\nriskLevel: low\r\n---\r\n" + strings.Repeat("text\r\n", 50) +
			"```sh\r\nls\r\n```sh\r\n\r\n## End\r\n",
		name: "---\nrisk_level: Low\n---\ntext\n",
	}
	for path, text := range texts {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	diffs := map[string]string{}
	for path := range texts {
		var out, errs strings.Builder
		run([]string{"lint", "--diff", path}, nil, &out, &errs)
		if diffs[path] = out.String(); errs.String() == "" || !strings.HasPrefix(out.String(), "--- ") {
			t.Fatalf("%q: got %q and %q", path, out.String(), errs.String())
		}
		if got, _ := os.ReadFile(path); string(got) != texts[path] {
			t.Errorf("%q was written to", path)
		}
	}
	if want := "--- odd\\nname.md\n+++ odd\\nname.md\n@@"; !strings.HasPrefix(diffs[name], want) {
		t.Errorf("the diff begins %q, want %q", diffs[name][:40], want)
	}
	var out, errs strings.Builder
	run([]string{"lint", "--fix", "."}, nil, &out, &errs)
	for path, diff := range diffs {
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := patched(t, texts[path], diff); got != string(want) {
			t.Errorf("%q: the diff makes %q, want %q", path, got, want)
		}
	}
}

// patched applies a unified diff of one file.
func patched(t *testing.T, text, diff string) string {
	t.Helper()
	old := strings.SplitAfter(text, "\n")
	var b strings.Builder
	next := 0 // line of the old text
	lines := strings.SplitAfter(diff, "\n")
	for i, line := range lines[2:] {
		content := ""
		if line != "" {
			content = line[1:]
		}
		if i+3 < len(lines) && strings.HasPrefix(lines[i+3], `\ No newline`) {
			content = strings.TrimSuffix(content, "\n")
		}
		switch {
		case strings.HasPrefix(line, "@@ -"):
			var first int
			if _, err := fmt.Sscanf(line, "@@ -%d", &first); err != nil {
				t.Fatalf("hunk %q: %v", line, err)
			}
			for ; next < first-1; next++ {
				b.WriteString(old[next])
			}
		case strings.HasPrefix(line, "+"):
			b.WriteString(content)
		case strings.HasPrefix(line, "-"), strings.HasPrefix(line, " "):
			if old[next] != content {
				t.Fatalf("line %d is %q, the diff has %q", next+1, old[next], content)
			}
			if line[0] == ' ' {
				b.WriteString(content)
			}
			next++
		}
	}
	return b.String() + strings.Join(old[next:], "")
}
