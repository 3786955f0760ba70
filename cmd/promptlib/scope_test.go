package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/library"
)

// lintLines lints and returns the findings, a line each.
func lintLines(t *testing.T, args ...string) (lines []string, summary string, status int) {
	t.Helper()
	var out, errs strings.Builder
	status = run(append([]string{"lint", "--now", "2025-06-01"}, args...), nil, &out, &errs)
	if status > exitFindings {
		t.Fatalf("lint %q ends with %d: %s", args, status, errs.String())
	}
	for line := range strings.Lines(out.String()) {
		if strings.HasSuffix(line, "]\n") && !strings.HasPrefix(line, " ") {
			lines = append(lines, strings.TrimSuffix(line, "\n"))
		}
		summary = strings.TrimSpace(line)
	}
	return lines, summary, status
}

// TestSinceFindsWhatAFullRunFinds: the findings of the files that have changed
// are those of a run over all files, copies of whole texts left out.
func TestSinceFindsWhatAFullRunFinds(t *testing.T) {
	dir := corpus(t, 800, "-errors", "0.9")
	commitAll(t, dir)
	t.Chdir(dir)
	lib, err := library.Open()
	if err != nil {
		t.Fatal(err)
	}
	changed := map[string]bool{}
	for i, f := range lib.Files {
		if i%4 == 0 && f.Problem == nil {
			appendTo(t, f.Path, "\nOne line more.\n")
			changed[f.Path] = true
		}
	}
	all, _, _ := lintLines(t)
	got, _, _ := lintLines(t, "--since", "main")
	var want []string
	for _, line := range all {
		path, _, _ := strings.Cut(line, ":")
		if changed[path] && !strings.Contains(line, " body-duplicate]") {
			want = append(want, line)
		}
	}
	if len(want) < 20 || !slices.ContainsFunc(want, func(s string) bool { return strings.Contains(s, "[LNK002 ") }) {
		t.Errorf("the library has too few findings to compare: %d", len(want))
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("findings of the files that have changed (-since +all):\n%s", diff)
	}
}

// TestSharedLibrariesAdopt takes each public library to green in one command,
// and plants an error in it.
func TestSharedLibrariesAdopt(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped with -short: other tests lint these libraries too")
	}
	corpora := sharedPath(t, "corpora")
	entries, err := os.ReadDir(corpora)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		t.Run(e.Name(), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "library")
			if err := os.CopyFS(dir, os.DirFS(filepath.Join(corpora, e.Name()))); err != nil {
				t.Fatal(err)
			}
			t.Chdir(dir)
			if lib, err := library.Open(); err != nil || len(lib.Files) == 0 {
				t.Skipf("skipped: the library has no prompt files: %v", err)
			}
			adopt(t)
		})
	}
}

// adopt makes the library in the working directory green, moves its lines about
// and plants an error.
func adopt(t *testing.T) {
	lib, err := library.Open()
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := lintLines(t, "--fail-on", "info")
	if _, summary, status := lintLines(t, "--write-baseline", "--fail-on", "info"); status != exitClean {
		t.Fatalf("the library is not green after --write-baseline: %s", summary)
	}
	if found, summary, status := lintLines(t, "--fail-on", "info"); status != exitClean {
		t.Fatalf("the library is not green with its baseline: %s %q", summary, found)
	}
	for _, f := range lib.Files {
		moveLines(t, f)
	}
	if found, summary, status := lintLines(t, "--fail-on", "info"); status != exitClean {
		t.Errorf("moved lines wake old findings: %s\n%s", summary, strings.Join(found, "\n"))
	}
	i := slices.IndexFunc(lib.Files, func(f library.File) bool {
		return !f.Prose && f.Problem == nil && strings.HasSuffix(f.Path, "d")
	})
	if i < 0 {
		i = slices.IndexFunc(lib.Files, func(f library.File) bool { return !f.Prose && f.Problem == nil })
	}
	appendTo(t, lib.Files[i].Path, "\n<<<<<<< HEAD\nOne.\n=======\nTwo.\n>>>>>>> theirs\n")
	found, summary, status := lintLines(t)
	if status != exitFindings || len(found) == 0 || !strings.HasPrefix(found[0], lib.Files[i].Path+":") {
		t.Errorf("a planted error in %s is not found: %s %q", lib.Files[i].Path, summary, found)
	}
	t.Logf("%d findings, then: %s", len(before), summary)
}

// moveLines puts a blank line after the front matter of a file, and two at its
// end.
func moveLines(t *testing.T, f library.File) {
	t.Helper()
	if f.Problem != nil {
		return
	}
	text, err := os.ReadFile(f.Path)
	if err != nil {
		t.Fatal(err)
	}
	p := library.Parse(f.Path, string(text))
	if at := p.Body.Pos.Offset; p.Front.Closed && at > 0 {
		text = slices.Insert(text, at, '\n')
	}
	if err := os.WriteFile(f.Path, append(text, "\n\n"...), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestBaselineIsReplacedWhole: a baseline keeps its mode, and nothing is left
// beside it.
func TestBaselineIsReplacedWhole(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("a.md", []byte("---\ntitle: A\n---\n## Tips\n\n## Prompt\n\nHi.\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	lintLines(t, "--write-baseline")
	path := filepath.Join(".promptlib", "lint-baseline.jsonl")
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("b.md", []byte("---\ntitle: B\n---\n## Tips\n\n## Prompt\n\nHi.\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	lintLines(t, "--write-baseline", "--grow")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() == 0 {
		t.Errorf("the baseline is %v, %v", info, err)
	}
	if names, _ := filepath.Glob(".promptlib/*"); len(names) != 1 {
		t.Errorf("beside the baseline stand %q", names)
	}
	// What is in the way of a baseline is no reason to lose it.
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o777); err != nil {
		t.Fatal(err)
	}
	var out, errs strings.Builder
	if status := run([]string{"lint", "--write-baseline"}, nil, &out, &errs); status != exitFault || !strings.Contains(errs.String(), "lint-baseline.jsonl: is no regular file") {
		t.Errorf("a folder in place of the baseline ends with %d: %s", status, errs.String())
	}
}
