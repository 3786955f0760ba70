package score

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/evals"
	"promptlib/library"
)

var codeBlock = regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?)^```$")

// part returns what stands under a heading of a page.
func part(page, heading string) string {
	_, text, _ := strings.Cut(page, "\n## "+heading+"\n")
	text, _, _ = strings.Cut(text, "\n## ")
	return text
}

// TestDocsContracts reads every contract of docs/evals.md, and scores the reply
// that stands there.
func TestDocsContracts(t *testing.T) {
	page := read(t, "..", "..", "docs", "evals.md")
	text := part(page, "Contracts") + part(page, "Scores")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "summary.schema.json"), []byte(`{"type": "object"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	contracts := 0
	var documents, outputs []string
	for _, m := range codeBlock.FindAllStringSubmatch(text, -1) {
		switch language, block := m[1], m[2]; language {
		case "yaml":
			if strings.Contains(block, "cases:") || strings.Contains(block, "dataset:") {
				continue // is for package evals
			}
			contracts++
			file := "---\ntitle: T\n" + block + "---\nText.\n"
			if !strings.HasPrefix(block, "eval:") {
				file = "---\ntitle: T\neval:\n  " + strings.ReplaceAll(strings.TrimSpace(block), "\n", "\n  ") + "\n---\nText.\n"
			}
			if c, err := evals.ReadContract(library.Parse(filepath.ToSlash(filepath.Join(dir, "x.md")), file), dir); err != nil || c.Empty() {
				t.Errorf("%s\ngot contract %+v and error %v", block, c, err)
			}
		case "json":
			documents = append(documents, block)
		case "text":
			outputs = append(outputs, block)
		}
	}
	if contracts < 3 || len(documents) != 2 || len(outputs) != 1 {
		t.Fatalf("got %d contracts, %d documents and %d outputs, want three, two and one", contracts, len(documents), len(outputs))
	}
	got := fieldsOf(t, &evals.Contract{Fields: &evals.Fields{Similarity: evals.DefaultSimilarity}}, documents[0], documents[1])
	if diff := cmp.Diff(strings.Join(says(got), "\n")+"\n", outputs[0]); diff != "" {
		t.Errorf("reasons, got - want +:\n%s", diff)
	}
	if want := fmt.Sprintf("an F1 of %.3g,", got.Value); !strings.Contains(text, want) {
		t.Errorf("the page does not say %q", want)
	}
}

// TestDocsNameEveryScorer keeps the page from falling behind.
func TestDocsNameEveryScorer(t *testing.T) {
	text := read(t, "..", "..", "docs", "evals.md")
	for _, s := range Scorers {
		if !strings.Contains(text, "\n| "+s.Name+" | ") {
			t.Errorf("docs/evals.md has no line on the scorer %s", s.Name)
		}
	}
}
