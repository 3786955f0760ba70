package score

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/evals"
)

func TestSectionLimits(t *testing.T) {
	n := func(i int) *int { return &i }
	tests := []struct {
		name   string
		limits evals.Limitations
		body   string
		want   []string
	}{
		{"none", evals.Limitations{}, "", nil},
		{"words", evals.Limitations{MinWords: n(2), MaxWords: n(3)}, "a b c", nil},
		{"too few words", evals.Limitations{MinWords: n(2), MaxWords: n(3)}, "a", []string{"has 1 words, fewer than 2"}},
		{"too many words", evals.Limitations{MaxWords: n(0)}, "a", []string{"has 1 words, more than 0"}},
		{"bullets of every kind", evals.Limitations{MinBullets: n(5), MaxBullets: n(5)}, "Text:\n- a\n* b\n+ c\n\n1. d\n2) e\n", nil},
		{"bullets below bullets do not count", evals.Limitations{MinBullets: n(2), MaxBullets: n(2)}, "- a\n  - aa\n  - ab\n    - aba\n- b\n  more of b\n", nil},
		{"numbered items with notes", evals.Limitations{MaxBullets: n(2)}, "1. a\n   - aa\n2. b\n   - ba\n", nil},
		{"two lists", evals.Limitations{MinBullets: n(2), MaxBullets: n(2)}, "  - a\n\nText.\n\n- b\n", nil},
		{"bullets in code", evals.Limitations{MinBullets: n(1)}, "```yaml\n- a\n```\n", []string{"has 0 list items, fewer than 1"}},
		{"rules, emphasis and years are no bullets", evals.Limitations{MaxBullets: n(0)}, "---\n\n**a**\n\n2026 was good.\n\n*b*\n-1\n", nil},
		{"table", evals.Limitations{Table: []string{"Change", "Risk"}}, "x\n\n| **Risk** | Effort | change: |\n|:--|--:|---|\n| a | b | c |\n", nil},
		{"table without bars at its sides", evals.Limitations{Table: []string{"a", "b"}}, "a | b\n--|--\n1 | 2\n", nil},
		{"table with other columns", evals.Limitations{Table: []string{"Change", "Cost"}}, "| Change | Risk |\n|---|---|\n", []string{"has no table with the columns Change, Cost"}},
		{"table in code", evals.Limitations{Table: []string{"a"}}, "~~~\n| a |\n|---|\n~~~\n", []string{"has no table with the columns a"}},
		{"the second table", evals.Limitations{Table: []string{"b"}}, "| a |\n|---|\n| 1 |\n\n| b |\n|---|\n", nil},
		{"code block", evals.Limitations{CodeBlock: "sql"}, "```SQL\nselect 1\n```\n", nil},
		{"code block in another language", evals.Limitations{CodeBlock: "sql"}, "```bash\nls\n```\n", []string{`has no code block in "sql"`}},
		{"all of them", evals.Limitations{MinWords: n(9), MinBullets: n(1), Table: []string{"a"}, CodeBlock: "sql"}, "x",
			[]string{"has 1 words, fewer than 9", "has 0 list items, fewer than 1", "has no table with the columns a", `has no code block in "sql"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(broken(test.limits, test.body), test.want); diff != "" {
				t.Errorf("got - want +:\n%s", diff)
			}
		})
	}
}

func TestSectionsScorerCountsLimitsAndParts(t *testing.T) {
	n := func(i int) *int { return &i }
	want := []evals.Section{
		{Heading: "Plan", Limits: evals.Limitations{MinWords: n(2), MaxBullets: n(1)}},
		{Heading: "Risks"},
		{Heading: "Cost", Limits: evals.Limitations{MaxWords: n(3)}},
		{Heading: "Owner"},
	}
	tests := []struct {
		name  string
		reply string
		value float64
		parts []float64 // present, filled, in order, once, no others, limits
	}{
		{"all right", "# T\n## Plan\nTwo words.\n## Risks\nx\n## Cost\nx\n## Owner\nx\n", 1, []float64{1, 1, 1, 1, 1, 1}},
		{"one limit of two is broken", "## Plan\nOne\n## Risks\nx\n## Cost\nx\n## Owner\nx\n", 0.875, []float64{1, 1, 1, 1, 1, 2.0 / 3}},
		{"empty", "## Plan\nTwo words.\n## Risks\n## Cost\nx\n## Owner\nx\n", 0.75, []float64{1, 0.75, 0.75, 1, 1, 1}},
		{"missing with its limit", "## Plan\nTwo words.\n## Risks\nx\n## Owner\nx\n", 0.75, []float64{0.75, 0.75, 0.75, 0.75, 1, 2.0 / 3}},
		{"out of order", "## Risks\nx\n## Plan\nTwo words.\n## Cost\nx\n## Owner\nx\n", 0.75, []float64{1, 1, 0.75, 1, 1, 1.0 / 3}},
		{"twice, and another", "## Plan\nTwo words.\n## Risks\nx\n## Risks\nx\n## Why\nx\n### How\nx\n## Cost\nx\n## Owner\nx\n", 1, []float64{1, 1, 1, 0.75, 5.0 / 6, 1}},
		{"nothing", "no", 0, []float64{0, 0, 0, 0, 0, 0}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := scoreOf(t, &evals.Contract{Sections: want}, evals.Reply{Text: test.reply}, "sections")
			if got.Value != test.value || got.Pass != (test.value == 1) || got.Pass != (len(got.Reasons) == 0) {
				t.Errorf("got %+v, want value %v", got, test.value)
			}
			var parts []evals.Part
			for i, name := range []string{"present", "filled", "in order", "once", "no others", "limits"} {
				parts = append(parts, evals.Part{Name: name, Value: test.parts[i]})
			}
			if diff := cmp.Diff(got.Parts, parts); diff != "" {
				t.Errorf("parts, got - want +:\n%s", diff)
			}
		})
	}
}

func TestThresholdsSayWhatIsEnough(t *testing.T) {
	contract := &evals.Contract{Sections: expect("A", "B", "C"), Checks: []evals.Check{{Name: "contains", Want: "x"}, {Name: "contains", Want: "y"}}}
	for _, test := range []struct {
		thresholds map[string]float64
		sections   bool
		checks     bool
	}{
		{nil, false, false},
		{map[string]float64{"sections": 0.6}, true, false},
		{map[string]float64{"sections": 0.7, "checks": 0.5}, false, true},
		{map[string]float64{"checks": 0.51}, false, false},
	} {
		contract.Thresholds = test.thresholds
		got := All(&evals.Case{}, contract, evals.Reply{Text: "# A\nx\n# B\nx\n"})
		if got[0].Pass != test.sections || got[1].Pass != test.checks {
			t.Errorf("%v: got %+v, want passes %v and %v", test.thresholds, got, test.sections, test.checks)
		}
		if len(got[0].Reasons) != 1 || len(got[1].Reasons) != 1 {
			t.Errorf("%v: got %+v, want the reason also where it is enough", test.thresholds, got)
		}
	}
}
