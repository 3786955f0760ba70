package lint

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"promptlib/library"
	"promptlib/library/policy"
)

// sameWithoutTraits compares what is found in a file with what all rules find
// there, whatever it is like.
func sameWithoutTraits(t *testing.T, path, text string) {
	t.Helper()
	l := &Linter{Policy: policy.Default(), Root: ".", Now: time.Date(2025, 6, 1, 0, 0, 0, 0, time.UTC)}
	all := *l
	all.everyRule = true
	got, _ := l.Prompt(library.Parse(path, text))
	want, _ := all.Prompt(library.Parse(path, text))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-all rules +those of its traits):\n%s\n%q", path, diff, text)
	}
}

func TestTraitsHideNothing(t *testing.T) {
	paths, err := filepath.Glob("../../testdata/lint/*/*.md")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sameWithoutTraits(t, path, string(text))
		for _, cut := range []string{"<", "\n## ", "\n- ", ": "} { // lacking a part
			before, after, _ := strings.Cut(string(text), cut)
			sameWithoutTraits(t, path, before+after)
			i := strings.LastIndex(string(text), cut)
			sameWithoutTraits(t, path, string(text[:max(0, i)])+"\n")
		}
	}
}

func FuzzTraits(f *testing.F) {
	for _, seed := range []string{
		"---\ntitle: x\nversion: '1'\nrisk_levl: low\n---\n<purpose>\nA\n</purpose>\n<instructions>\nUse {{a}}.\n</instructions>\n<variables>\n- b: c\n</variables>\n",
		"---\ntitle: x\nrisk_level: low\n---\n## Description\nA\n## Prompt\n[a_b]\n## Variables\n- `[a_b]`: c\n## Prompt\n</invoke>\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) { sameWithoutTraits(t, "a.md", text) })
}
