package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// shippedLibrary is the library of this repository with a history of its own. The
// people whose names are given have keys, besides what people.yaml says of them.
func shippedLibrary(t *testing.T, withKey ...string) *gitLibrary {
	t.Helper()
	l := newGitLibrary(t, "sha1")
	l.git("rm", "--quiet", "-r", ".")
	for _, folder := range []string{".promptlib", "prompts"} {
		err := filepath.WalkDir(filepath.Join(root, folder), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || strings.Contains(filepath.ToSlash(name), "/local/") {
				return err
			}
			text, err := os.ReadFile(name)
			if err == nil {
				below, _ := filepath.Rel(root, name)
				l.write(below, string(text))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	people := string(l.read(".promptlib/people.yaml"))
	for _, name := range withKey {
		key := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(gitKey(name).PublicKey())))
		entry := fmt.Sprintf("\n  %s: {", name)
		if !strings.Contains(people, entry) {
			t.Fatalf("people.yaml has no %s", name)
		}
		people = strings.Replace(people, entry, fmt.Sprintf("%skeys: [{ssh: %q}], ", entry, key), 1)
	}
	l.write(".promptlib/people.yaml", people)
	l.commit("alva")
	l.git("branch", "--force", "main")
	return l
}

// amend replaces text of a file, once.
func (l *gitLibrary) amend(path, was, becomes string) {
	l.Helper()
	text := string(l.read(path))
	if strings.Count(text, was) != 1 {
		l.Fatalf("%s has %q %d times, want it once", path, was, strings.Count(text, was))
	}
	l.write(path, strings.Replace(text, was, becomes, 1))
}

// TestCheckShippedLibrary holds changes of the shipped prompts against their own
// policy and people.
func TestCheckShippedLibrary(t *testing.T) {
	now := []string{"--now", "2026-12-01"}
	t.Run("nothing changes", func(t *testing.T) {
		l := shippedLibrary(t)
		if status, out := l.check(now...); status != exitClean || !strings.Contains(out, "base and head are one commit") {
			t.Errorf("status %d: %s", status, out)
		}
	})
	t.Run("a prompt in review changes", func(t *testing.T) {
		l := shippedLibrary(t)
		l.amend("prompts/engineering/test-cases.md", "\nversion: \"1.0.0\"\n", "\nversion: \"1.0.1\"\n")
		l.commit("alva")
		if status, out := l.check(now...); status != exitClean || !strings.Contains(out, "1 governed file; 0 errors, 0 warnings") {
			t.Errorf("status %d: %s", status, out)
		}
	})
	t.Run("an approved prompt changes", func(t *testing.T) {
		l := shippedLibrary(t, "alva", "boris")
		const path = "prompts/writing/meeting-actions.md"
		l.amend(path, "\nversion: \"1.0.0\"\n", "\nversion: \"1.1.0\"\n")
		l.commit("alva")
		status, out := l.check(now...)
		if got, want := findings(out), []string{path + ":1:1: error: 1 of 1 approvals missing: Data-Owner [APR101]"}; status != exitFindings || !slices.Equal(got, want) {
			t.Errorf("status %d, %q, want %q", status, got, want)
		}
		if !strings.Contains(out, "who      Data-Owner: boris, emeka\n") {
			t.Errorf("nobody is named: %s", out)
		}
		l.approve("boris", "Data-Owner", path)
		if status, out := l.check(now...); status != exitClean || !strings.Contains(out, path+": approved by boris as Data-Owner") {
			t.Errorf("approved: status %d: %s", status, out)
		}
	})
	t.Run("the policy changes", func(t *testing.T) {
		l := shippedLibrary(t)
		l.amend(".promptlib/policy.yaml", "high: P1Y", "high: P2Y")
		l.commit("chen")
		if status, out := l.check(now...); status != exitFindings || !strings.Contains(out, "who      Prompt-Librarian: alva, boris\n") {
			t.Errorf("status %d: %s", status, out)
		}
	})
}
