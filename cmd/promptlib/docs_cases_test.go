package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestDocsCases runs the cases and datasets that docs/evals.md shows, all of which
// pass.
func TestDocsCases(t *testing.T) {
	_, section, ok := strings.Cut(readFile(t, "docs", "evals.md"), "### Cases and datasets\n")
	if !ok {
		t.Fatal("docs/evals.md says nothing of cases")
	}
	block := func(language string) string {
		found := regexp.MustCompile("(?s)```" + language + "\n(.*?)```").FindStringSubmatch(section)
		if found == nil {
			t.Fatalf("docs/evals.md shows no cases in %s", language)
		}
		return found[1]
	}
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"a.md": "---\ntitle: Refund\n" + block("yaml") + "---\n## Prompt\n\nDecide on [order_notes] for [reader].\n\n" +
			"## Variables\n\n- [order_notes]: what happened\n- [reader]: who asks\n",
		"orders.csv": block("csv"),
		"more.jsonl": block("jsonl"),
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out, errs strings.Builder
	if status := run([]string{"eval", "--format", "json", "a.md"}, nil, &out, &errs); status != exitClean {
		t.Fatalf("eval ends with %d: %s%s", status, out.String(), errs.String())
	}
	for name, want := range map[string]int{"case refund-late": 3, "case refund-early": 3, "orders.csv:6": 3, "more.jsonl:1": 3} {
		if got := strings.Count(out.String(), `"name": "`+name+`"`); got != want {
			t.Errorf("%q is run %d times, want %d", name, got, want)
		}
	}
	if got := strings.Count(out.String(), `"status": "passed"`); got != 9 {
		t.Errorf("%d cases passed, want all but the one without expected output: 9", got)
	}
}
