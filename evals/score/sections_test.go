package score

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"promptlib/evals"
)

// expect makes sections of headings; what follows a bar is an alias.
func expect(headings ...string) []evals.Section {
	var list []evals.Section
	for _, h := range headings {
		names := strings.Split(h, "|")
		list = append(list, evals.Section{Heading: names[0], Aliases: names[1:]})
	}
	return list
}

func TestSectionsScorer(t *testing.T) {
	abc := expect("Alpha", "Beta", "Gamma")
	tests := []struct {
		name  string
		want  []evals.Section
		reply string
		value float64
		why   []string
	}{
		{"all in order", abc, "# Alpha\n\nx\n\n# Beta\n\nx\n\n# Gamma\n\nx\n", 1, nil},
		{"others between", abc, "# Zero\n\nx\n\n# Alpha\n\nx\n\n## One\n\nx\n\n# Beta\n\nx\n\n# Gamma\n\nx\n\n# End\n", 1, nil},
		{"any level, and bold labels", abc, "### Alpha\nx\n\n**Beta:** x\n\n**Gamma**\nx\n", 1, nil},
		{"setext headings", abc, "Alpha\n=====\n\nx\n\nBeta\n---\n\nx\n\n# Gamma #\n\nx\n", 1, nil},
		{"case, colon, numbering, emoji and emphasis", abc, "## 1. ALPHA:\nx\n\n## 🚀 *Beta*\nx\n\n## 3 – **gamma**\nx\n", 1, nil},
		{"the contract is normalised too", expect("1. 🚀 Alpha:", "**BETA**"), "# alpha\nx\n# beta\nx\n", 1, nil},
		{"aliases", expect("Alpha", "Next steps|Actions|To do"), "# Alpha\nx\n# to do:\nx\n", 1, nil},
		{"in a code block as a whole", abc, "```markdown\n# Alpha\n\nx\n\n```bash\n# make\n```\n\n# Beta\n\nx\n\n# Gamma\n\nx\n```\n", 1, nil},

		{"one missing", abc, "# Alpha\nx\n# Gamma\nx\n", 2.0 / 3, []string{`section "Beta" is missing`}},
		{"all missing", abc, "", 0, []string{`section "Alpha" is missing`, `section "Beta" is missing`, `section "Gamma" is missing`}},
		{"a part of a name is no name", abc, "# Alphabet\nx\n# The Beta\nx\n# Gamma\nx\n", 1.0 / 3, []string{`section "Alpha" is missing`, `section "Beta" is missing`}},
		{"headings in code are code", abc, "# Alpha\n\n```md\n# Beta\nx\n```\n\n# Gamma\nx\n", 2.0 / 3, []string{`section "Beta" is missing`}},
		{"bold inside a line is no label", abc, "# Alpha\nsee **Beta:** x\n# Gamma\nx\n", 2.0 / 3, []string{`section "Beta" is missing`}},

		{"empty", abc, "# Alpha\n\n# Beta\nx\n# Gamma\n\n---\n", 1.0 / 3, []string{`section "Alpha" is empty`, `section "Gamma" is empty`}},
		{"filled by what is below it", abc, "# Alpha\n\n## One\n\n**Beta:** x\n\n# Gamma\n\nx", 1, nil},
		{"label without text", abc, "**Alpha:**\n**Beta:** x\n**Gamma:** x\n", 2.0 / 3, []string{`section "Alpha" is empty`}},

		{"duplicates", abc, "# Alpha\nx\n# Alpha\nx\n# Beta\nx\n# Gamma\nx\n# Beta\nx\n", 1, nil},
		{"an early mention is no section out of order", abc, "**Gamma:** see below\n\n# Alpha\nx\n# Beta\nx\n# Gamma\nx\n", 1, nil},
		{"an empty duplicate", abc, "# Beta\n# Alpha\nx\n# Beta\nx\n# Gamma\nx\n", 1, nil},
		{"expected twice, there once", expect("Alpha", "Alpha"), "# Alpha\nx\n", 0.5, []string{`section "Alpha" is missing`}},
		{"expected twice, there twice", expect("Alpha", "Beta", "Alpha"), "# Alpha\nx\n# Beta\nx\n# Alpha\nx\n", 1, nil},
		{"one section under two names", expect("Alpha|Beta", "Beta"), "# Beta\nx\n", 0.5, []string{`section "Alpha" is missing`}},

		{"two swapped", abc, "# Beta\nx\n# Alpha\nx\n# Gamma\nx\n", 2.0 / 3, []string{`section "Alpha" is out of order`}},
		{"one moved to the end", expect("A", "B", "C", "D"), "# B\nx\n# C\nx\n# D\nx\n# A\nx\n", 0.75, []string{`section "A" is out of order`}},
		{"one moved to the front", expect("A", "B", "C", "D"), "# D\nx\n# A\nx\n# B\nx\n# C\nx\n", 0.75, []string{`section "D" is out of order`}},
		{"reversed", abc, "# Gamma\nx\n# Beta\nx\n# Alpha\nx\n", 1.0 / 3, []string{`section "Alpha" is out of order`, `section "Beta" is out of order`}},
		{"out of order, empty and missing", expect("A", "B", "C", "D"), "# C\nx\n# B\nx\n# A\n", 0.25,
			[]string{`section "A" is empty`, `section "B" is out of order`, `section "D" is missing`}},

		{"after thinking", abc, "<think>\n# Gamma\nplan\n</think>\n# Alpha\nx\n# Beta\nx\n", 2.0 / 3, []string{`section "Gamma" is missing`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := scoreOf(t, &evals.Contract{Sections: test.want}, evals.Reply{Text: test.reply, FinishReason: "stop"}, "sections")
			if got.Value != test.value || got.Pass != (test.value == 1) {
				t.Errorf("got value %v and pass %v, want %v", got.Value, got.Pass, test.value)
			}
			var why []string
			for _, r := range got.Reasons {
				why = append(why, r.Message)
				if r.Pos != place {
					t.Errorf("got place %v, want that of the example, %v", r.Pos, place)
				}
			}
			if diff := cmp.Diff(why, test.why); diff != "" {
				t.Errorf("reasons, got - want +:\n%s", diff)
			}
		})
	}
}

// TestSectionsScorerFindsTheLongestRun compares with trying all choices.
func TestSectionsScorerFindsTheLongestRun(t *testing.T) {
	names := []string{"A", "B", "C", "D"}
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOfN(rapid.SampledFrom(names), 1, 5).Draw(t, "expected")
		have := rapid.SliceOfN(rapid.SampledFrom(names), 0, 8).Draw(t, "reply")
		var reply strings.Builder
		for _, h := range have {
			fmt.Fprintf(&reply, "# %s\nx\n", h)
		}
		s := All(&evals.Case{}, &evals.Contract{Sections: expect(want...)}, evals.Reply{Text: reply.String()})[0]
		longest := common(want, have)
		if got := s.Value * float64(len(want)); int(got+0.5) != longest {
			t.Fatalf("expected %v, reply %v: got a run of %v, want %d", want, have, got, longest)
		}
		if len(s.Reasons) != len(want)-longest {
			t.Fatalf("expected %v, reply %v: got reasons %v, want %d", want, have, s.Reasons, len(want)-longest)
		}
	})
}

// common is the length of the longest common subsequence.
func common(a, b []string) int {
	switch {
	case len(a) == 0 || len(b) == 0:
		return 0
	case a[0] == b[0]:
		return 1 + common(a[1:], b[1:])
	}
	return max(common(a[1:], b), common(a, b[1:]))
}
