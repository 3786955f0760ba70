package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"promptlib/schema"
)

// sharedPath is a path below ../shared, as an absolute one. The test is skipped
// where it is absent.
func sharedPath(t *testing.T, elements ...string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(append([]string{shared}, elements...)...))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Skip("skipped: ../shared is absent, which has the public libraries")
	}
	return path
}

// TestSharedLibrariesAreListed lists every public library and both seeds, and
// holds each line against the schema and the list against a walk of its own.
func TestSharedLibrariesAreListed(t *testing.T) {
	corpora, seeds := sharedPath(t, "corpora"), sharedPath(t, "seeds")
	want := map[string]bool{}
	for _, dir := range []string{corpora, seeds} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			switch filepath.Ext(path) {
			case ".md", ".prompt", ".prompty":
				want[path] = !d.IsDir()
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	var out, errs strings.Builder
	if status := run([]string{"list", "--format", "json", corpora, seeds}, nil, &out, &errs); status > exitFindings {
		t.Fatalf("list ends with %d: %s", status, errs.String())
	}
	got := 0
	for line := range strings.Lines(out.String()) {
		value, err := schema.DecodeJSON(line)
		if err != nil {
			t.Fatalf("no JSON: %v", err)
		}
		path, _ := value.(map[string]any)["path"].(string)
		if !want[path] {
			t.Errorf("%s is listed twice, or should not be", path)
		}
		delete(want, path)
		for _, v := range schema.Get("prompt").Validate(value) {
			t.Errorf("%s: %s %s", path, v.Pointer, v.Message)
		}
		got++
	}
	if len(want) > 0 || got < 800 {
		t.Errorf("%d files are listed, and these are not: %v", got, want)
	}
}

// report is the part of an eval report that these tests look at.
type evalReport struct {
	Cases []struct {
		Prompt, Status, Contract string
		Example                  int
		Scores                   []struct {
			Scorer string
			Pass   bool
		}
	}
	Summary map[string]int
}

func evalJSON(t *testing.T, args ...string) (report evalReport, text string, status int) {
	t.Helper()
	var out, errs strings.Builder
	status = run(append([]string{"eval", "--format", "json"}, args...), nil, &out, &errs)
	if err := json.Unmarshal([]byte(out.String()), &report); err != nil {
		t.Fatalf("eval ends with %d and no JSON: %v: %s", status, err, errs.String())
	}
	return report, out.String(), status
}

func TestSharedSeedsByTheReference(t *testing.T) {
	seeds := sharedPath(t, "seeds")
	t.Chdir(t.TempDir())
	report, _, status := evalJSON(t, "--model", "reference", filepath.Join(seeds, "api-performance-expert.md"))
	if status != exitClean || report.Summary["passed"] != 2 || len(report.Cases) != 2 {
		t.Errorf("seed A ends with %d and %v, want two passed", status, report.Summary)
	}
	for _, c := range report.Cases {
		if c.Contract != "derived" || len(c.Scores) != 2 || c.Scores[0].Scorer != "json" || c.Scores[1].Scorer != "schema" {
			t.Errorf("example %d is held against %s %v, want a derived schema", c.Example, c.Contract, c.Scores)
		}
	}
	report, _, status = evalJSON(t, "--model", "reference", filepath.Join(seeds, "performance-optimization-specialist.md"))
	if status != exitFault || report.Summary["unscored"] != 1 || len(report.Cases) != 1 {
		t.Errorf("seed B ends with %d and %v, want one unscored and no clean exit", status, report.Summary)
	}
}

// answering answers every chat completion by a function of the request alone.
func answering(t *testing.T, requests *atomic.Int64) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"choices": []any{map[string]any{
			"message": map[string]string{"content": fmt.Sprintf(`{"answer": "%x"}`, sha256.Sum256(body))}, "finish_reason": "stop",
		}}})
	}))
	t.Cleanup(s.Close)
	return s.URL + "/v1"
}

var runName = regexp.MustCompile(`"run": "[^"]*"`)

// TestSharedLibraryAgainstAServer runs every runnable example of a public
// library twice and compares the reports.
func TestSharedLibraryAgainstAServer(t *testing.T) {
	dir := sharedPath(t, "corpora", "felipepimentel-prompts")
	t.Setenv("OPENAI_API_KEY", "")
	t.Chdir(t.TempDir())
	var requests atomic.Int64
	server := answering(t, &requests)
	first, text, status := evalJSON(t, "--model", "openai/x", "--base-url", server, dir)
	if n := requests.Load(); status != exitFindings || n != 48 || first.Summary["errored"] != 0 {
		t.Errorf("eval ends with %d after %d requests and %v, want all 48 examples sent", status, n, first.Summary)
	}
	_, again, _ := evalJSON(t, "--model", "openai/x", "--base-url", server, "--concurrency", "3", dir)
	if runName.ReplaceAllString(text, "") != runName.ReplaceAllString(again, "") {
		t.Error("two runs against one server give different reports")
	}
}

// TestSharedRelatedPromptsResolve lints seed B alone and with the library that
// it comes from.
func TestSharedRelatedPromptsResolve(t *testing.T) {
	seeds, library := sharedPath(t, "seeds"), sharedPath(t, "corpora", "tafreeman-prompts")
	count := func(paths ...string) int {
		var out, errs strings.Builder
		run(append([]string{"lint"}, paths...), nil, &out, &errs)
		n := 0
		for line := range strings.Lines(out.String()) {
			if strings.HasPrefix(line, seeds) && strings.Contains(line, "[LNK001 ") {
				n++
			}
		}
		return n
	}
	if n := count(seeds); n != 4 {
		t.Errorf("alone %d related prompts are dead, want 4", n)
	}
	if n := count(seeds, library); n != 0 {
		t.Errorf("with its library %d related prompts are dead, want none", n)
	}
}
