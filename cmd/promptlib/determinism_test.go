package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"promptlib/cmd/promptlib/internal/report"
)

// TestLintSaysTheSameEachTime writes every format of lint several times, on one
// core and on many: over the public libraries, or where they are absent over the
// fixtures.
func TestLintSaysTheSameEachTime(t *testing.T) {
	dir, err := filepath.Abs(filepath.Join(shared, "corpora"))
	if _, absent := os.Stat(dir); absent != nil {
		dir, err = filepath.Abs(filepath.Join("..", "..", "testdata", "lint"))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	t.Setenv("GITHUB_STEP_SUMMARY", "")
	reports := func(procs int) map[string]string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		out := t.TempDir()
		args := []string{"lint", "--now", "2025-06-01", "--statistics", "--format", "text"}
		for _, f := range report.LintFormats[1:] {
			args = append(args, "--format", f.Name+"="+filepath.Join(out, f.Name))
		}
		var stdout, stderr strings.Builder
		if status := run(args, nil, &stdout, &stderr); status != exitFindings {
			t.Fatalf("lint ends with %d: %s", status, stderr.String())
		}
		all := map[string]string{"text": stdout.String(), "standard error": stderr.String()}
		for _, f := range report.LintFormats[1:] {
			text, err := os.ReadFile(filepath.Join(out, f.Name))
			if err != nil {
				t.Fatal(err)
			}
			all[f.Name] = string(text)
		}
		return all
	}
	want := reports(1)
	if n := strings.Count(want["jsonl"], "\n"); n < 100 {
		t.Errorf("there are %d findings, which is little to compare", n)
	}
	for _, procs := range []int{1, 2, 8, 8} {
		got := reports(procs)
		for name := range want {
			if got[name] != want[name] {
				t.Errorf("%s differs on %d cores%s", name, procs, firstDifference(got[name], want[name]))
			}
		}
	}
}

// firstDifference shows the first line in which two reports differ.
func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return ":\n got " + g[i][:min(len(g[i]), 500)] + "\nwant " + w[i][:min(len(w[i]), 500)]
		}
	}
	return " in length"
}
