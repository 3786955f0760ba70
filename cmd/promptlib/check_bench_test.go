package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"promptlib/library"
)

// changedLibrary makes a repository of a generated library of n prompts with a
// policy that governs all of them, whose branch work changes some of them.
func changedLibrary(b *testing.B, n, changed int) string {
	b.Helper()
	dir := corpus(b, n, "-errors", "0")
	for name, text := range map[string]string{
		".promptlib/policy.yaml": `version: 1
prompts: ["**/*.md"]
rules:
  - {name: approved, when: {review_status: approved}, approve: [{role: "*"}]}
  - {name: high risk, when: {risk_level: ">=high"}, approve: [{role: Security-Lead}]}
protect: {paths: [".promptlib/**"], approve: [{role: Security-Lead}]}
`,
		".promptlib/people.yaml": "people:\n  ann: {emails: [a@example.org]}\n  bob: {emails: [b@example.org], roles: [Security-Lead]}\nroles: {Security-Lead: {}}\n",
	} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte(text), 0o666)); err != nil {
			b.Fatal(err)
		}
	}
	commitAll(b, dir)
	lib, err := library.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	for i := range changed {
		appendTo(b, lib.Files[i*len(lib.Files)/changed].Path, "\nOne more line.\n")
	}
	for _, args := range [][]string{
		{"checkout", "--quiet", "-b", "work"},
		{"-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--quiet", "--all", "--message=work"},
	} {
		gitIn(b, dir, args...)
	}
	return dir
}

func gitIn(tb testing.TB, dir string, args ...string) string {
	tb.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		tb.Fatalf("git %s: %v\n%s", args[0], err, out)
	}
	return string(out)
}

// maxCheckRatio is the most that check may cost, as a multiple of what git takes to
// list both trees and to read the changed files, which cannot be had for less.
const maxCheckRatio = 8

// BenchmarkCheck decides of a change of every prompt of a library of 1,000, and of
// 10 prompts of 10,000. The ratio is of processor time; ms is
// the least that passes.
func BenchmarkCheck(b *testing.B) {
	for _, size := range []struct{ prompts, changed int }{{1000, 1000}, {10000, 10}} {
		b.Run(fmt.Sprintf("%d of %d", size.changed, size.prompts), func(b *testing.B) {
			b.Chdir(changedLibrary(b, size.prompts, size.changed))
			floor := func() {
				gitIn(b, ".", "ls-tree", "-r", "-z", "main")
				gitIn(b, ".", "ls-tree", "-r", "-z", "work")
				gitIn(b, ".", "log", "--patch", "main..work")
			}
			least := time.Hour
			r := ratio(b, 4, floor, func() {
				start := time.Now()
				defer func() { least = min(least, time.Since(start)) }()
				var out, errs strings.Builder
				status := run([]string{"check", "--base", "main"}, nil, &out, &errs)
				if want := fmt.Sprintf(": %d governed files", size.changed); status != exitFindings || !strings.Contains(out.String(), want) {
					b.Fatalf("check ends with %d: %s%s", status, out.String(), errs.String())
				}
			})
			b.ReportMetric(r, "x-floor")
			b.ReportMetric(float64(least.Milliseconds()), "ms")
			if r > maxCheckRatio {
				b.Errorf("check costs %.1f times what git takes to tell what has changed, at most %d are allowed", r, maxCheckRatio)
			}
		})
	}
}
