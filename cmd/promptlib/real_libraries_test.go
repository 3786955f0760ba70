package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What TestRealLibraries writes stands between these two lines of the page.
const (
	tableBegin = "<!-- table: go test ./cmd/promptlib -run RealLibraries -update -->\n"
	tableEnd   = "<!-- end of table -->\n"
)

// TestRealLibraries keeps the table of docs/real-libraries.md as lint finds
// today. What people read into the findings stands below the table.
func TestRealLibraries(t *testing.T) {
	corpora := sharedPath(t, "corpora")
	page := readFile(t, "docs", "real-libraries.md")
	path, err := filepath.Abs(filepath.Join(root, "docs", "real-libraries.md"))
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(page, tableBegin)
	table, after, ok := strings.Cut(rest, tableEnd)
	if !ok {
		t.Fatalf("docs/real-libraries.md lacks the line %q or %q", tableBegin, tableEnd)
	}
	want := librariesTable(lintLibraries(t, corpora))
	if *update {
		if err := os.WriteFile(path, []byte(before+tableBegin+want+tableEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		table = want
	}
	if table != want {
		t.Errorf("docs/real-libraries.md is stale; run: go test ./cmd/promptlib -run RealLibraries -update")
	}
}

// A realLibrary is what lint finds in one public library.
type realLibrary struct {
	name  string
	files int            // that were checked
	found map[string]int // by the code of the rule
}

// lintLibraries lints every folder of corpora as a library of its own.
func lintLibraries(t *testing.T, corpora string) (libraries []realLibrary) {
	entries, err := os.ReadDir(corpora)
	if err != nil {
		t.Fatal(err)
	}
	report := filepath.Join(t.TempDir(), "lint.json")
	for _, e := range entries {
		t.Chdir(filepath.Join(corpora, e.Name()))
		l := realLibrary{name: e.Name(), found: map[string]int{}}
		var out, errs strings.Builder
		args := []string{"lint", "--now", "2025-12-01", "--allow-empty", "--format", "jsonl", "--format", "json=" + report}
		if status := run(args, nil, &out, &errs); status > exitFindings {
			t.Fatalf("lint of %s ends with %d: %s", l.name, status, errs.String())
		}
		for line := range strings.Lines(out.String()) {
			var finding struct{ Code string }
			if err := json.Unmarshal([]byte(line), &finding); err != nil {
				t.Fatal(err)
			}
			l.found[finding.Code]++
		}
		text, err := os.ReadFile(report)
		if err != nil {
			t.Fatal(err)
		}
		var whole struct{ Summary struct{ Files int } }
		if err := json.Unmarshal(text, &whole); err != nil {
			t.Fatal(err)
		}
		l.files = whole.Summary.Files
		libraries = append(libraries, l)
	}
	return libraries
}

// librariesTable is the table in Markdown: a row a rule that found something, a
// column a library.
func librariesTable(libraries []realLibrary) string {
	var b strings.Builder
	row := func(first string, of func(l realLibrary) int) {
		total := 0
		b.WriteString("| " + first + " |")
		for _, l := range libraries {
			n := of(l)
			total += n
			if n == 0 {
				b.WriteString(" |")
			} else {
				fmt.Fprintf(&b, " %d |", n)
			}
		}
		fmt.Fprintf(&b, " %d |\n", total)
	}
	b.WriteString("| code | name | severity |")
	for _, l := range libraries {
		fmt.Fprintf(&b, " `%s` |", l.name)
	}
	b.WriteString(" all |\n| --- | --- | --- |" + strings.Repeat(" ---: |", len(libraries)+1) + "\n")
	row("| files checked |", func(l realLibrary) int { return l.files })
	for _, c := range codes() {
		if slices.ContainsFunc(libraries, func(l realLibrary) bool { return l.found[c.ID] > 0 }) {
			row(fmt.Sprintf("[%s](rules/%s.md) | %s | %s", c.ID, c.ID, c.Name, c.Severity), func(l realLibrary) int { return l.found[c.ID] })
		}
	}
	return b.String()
}
