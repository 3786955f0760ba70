package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

var plantedFiles = flag.Int("planted", 3000, "how many files TestPlantedErrors plants errors in")

// fitting are the codes of the rules that say what is wrong with a kind of
// planted error.
var fitting = map[string]string{
	"yaml-syntax":              "FM001",
	"fm-missing":               "FM002",
	"fm-unterminated":          "FM003",
	"fm-duplicate-key":         "FM004",
	"bom":                      "FM006",
	"bad-utf8":                 "FM007",
	"fm-tab-indent":            "FM009",
	"fm-placeholder":           "FM015",
	"schema-missing-required":  "FM005",
	"schema-enum":              "FM005 GOV003", // values of governance have a rule of their own
	"schema-type":              "FM005",
	"schema-list-as-string":    "FM005",
	"schema-unknown-key":       "FM014",
	"schema-bad-date":          "FM005",
	"schema-tag-form":          "FM005",
	"schema-empty-list":        "FM005",
	"gov-conflict":             "GOV002",
	"gov-no-roles":             "GOV007",
	"gov-role-none":            "GOV008",
	"gov-unknown-role":         "GOV008",
	"gov-unknown-tag":          "GOV004",
	"gov-tags-contradict":      "GOV005",
	"gov-high-risk-unapproved": "GOV007",
	"gov-retention":            "GOV010",
	"dup-title":                "LNK002",
	"path-mismatch":            "FM017",
	"link-missing-slug":        "LNK001",
	"link-broken":              "LNK001",
	"section-missing":          "STR001",
	"section-order":            "STR010",
	"xml-unclosed":             "STR007",
	"xml-mismatch":             "STR008",
	"fence-not-closed":         "STR004",
	"heading-skip":             "STR011",
	"merge-markers":            "STR009",
	"xml-leaked":               "STR012",
	"var-undeclared":           "VAR001",
	"var-unbound":              "VAR005",
	"var-unused":               "VAR002",
	"example-bad-json":         "EX002",
	"example-no-output":        "EX001",
	"example-elided":           "EX005",
	"secret":                   "SEC203",
}

// A planted error, as the generator of libraries lists it.
type planted struct {
	File string
	Line int
	Kind string
}

// TestPlantedErrors lints libraries in which the generator planted errors: each
// is reported within a line of its place by a rule that fits, and other files
// have no findings.
func TestPlantedErrors(t *testing.T) {
	for _, seed := range []string{"1", "2"} {
		t.Run("seed "+seed, func(t *testing.T) {
			if seed != "1" && testing.Short() {
				t.Skip("skipped with -short: one library is enough")
			}
			dir := corpus(t, *plantedFiles, "-errors", "0.3", "-seed", seed)
			list := readPlanted(t, dir+".planted.jsonl")
			all, found := map[string]int{}, map[string]int{}
			errorIn := map[string]bool{}
			findings := lintByFile(t, dir)
			for _, e := range list {
				errorIn[e.File] = true
				all[e.Kind]++
				if slices.ContainsFunc(findings[e.File], func(f finding) bool { return f.tells(e) }) {
					found[e.Kind]++
				} else {
					t.Errorf("%s:%d: %s is not reported by %s: %v", e.File, e.Line, e.Kind, fitting[e.Kind], findings[e.File])
				}
			}
			for _, kind := range slices.Sorted(maps.Keys(all)) {
				t.Logf("%-25s %4d of %4d", kind, found[kind], all[kind])
			}
			if len(all) != len(fitting) {
				t.Errorf("%d kinds of errors are planted, want all %d", len(all), len(fitting))
			}
			for file, list := range findings {
				for _, f := range list {
					if !errorIn[file] && f.Code != "LNK002" { // the title of a file with an error
						t.Errorf("%s has no error: %v", file, f)
					}
				}
			}
		})
	}
}

// TestCleanFilesHaveNoFindings lints a library without errors.
func TestCleanFilesHaveNoFindings(t *testing.T) {
	for file, list := range lintByFile(t, corpus(t, *plantedFiles, "-errors", "0")) {
		for _, f := range list {
			if f.Severity != "info" {
				t.Errorf("%s: %v", file, f)
			}
		}
	}
}

func readPlanted(t *testing.T, path string) (list []planted) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var e planted
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	return list
}

// A finding is the part of a finding in JSON that these tests look at.
type finding struct {
	Path, Code, Severity, Message string
	Line                          int
}

func (f finding) String() string { return fmt.Sprintf("%d: %s %s", f.Line, f.Code, f.Message) }

// tells reports whether the finding says what is wrong with an error at its place.
func (f finding) tells(e planted) bool {
	return slices.Contains(strings.Fields(fitting[e.Kind]), f.Code) && f.Line >= e.Line-1 && f.Line <= e.Line+1
}

// lintByFile lints a folder, and returns the findings by file below it.
func lintByFile(t *testing.T, dir string) map[string][]finding {
	t.Helper()
	t.Chdir(dir)
	var out, errs strings.Builder
	if status := run([]string{"lint", "--format", "jsonl", "--now", "2026-01-01"}, nil, &out, &errs); status > exitFindings {
		t.Fatalf("lint ends with %d: %s", status, errs.String())
	}
	found := map[string][]finding{}
	for line := range strings.Lines(out.String()) {
		var f finding
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatalf("no JSON: %v: %.200s", err, line)
		}
		found[f.Path] = append(found[f.Path], f)
	}
	return found
}
