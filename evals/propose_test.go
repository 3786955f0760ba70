package evals

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"promptlib/library"
	"promptlib/schema"
)

// fulfils holds the output of an example against a proposal: its schema, or its
// sections in their order.
func fulfils(t interface{ Fatal(...any) }, proposal *Proposal, e library.Example) bool {
	if proposal.Schema == nil {
		has := sectionsOf(&e)
		return len(common(proposal.Sections, has, false)) == len(proposal.Sections)
	}
	text, err := json.Marshal(proposal.Schema)
	if err != nil {
		t.Fatal(err)
	}
	s, err := schema.Compile("proposed.schema.json", text, nil)
	if err != nil {
		t.Fatal(err)
	}
	value, syntax := schema.DecodeJSON(e.Output.Value)
	return syntax == nil && len(s.Validate(value)) == 0
}

func TestCommonSections(t *testing.T) {
	for _, test := range []struct {
		name     string
		outputs  []string
		sections []string
	}{
		{"one output", []string{"# A\n\nx\n\n# B\n\ny"}, []string{"A", "B"}},
		{"one is left out", []string{"# A\n\nx\n\n# B\n\ny\n\n# C\n\nz", "# A\n\nx\n\n# C\n\nz"}, []string{"A", "C"}},
		{"as the first writes them", []string{"## 1. Next steps\n\nx", "**Next Steps:** y"}, []string{"1. Next steps"}},
		{"another order", []string{"# A\n\nx\n\n# B\n\ny\n\n# C\n\nz", "# C\n\nx\n\n# A\n\ny\n\n# B\n\nz"}, []string{"A", "B"}},
		{"one that was cut short", []string{"# A\n\nx\n\n[... continues ...]", "# A\n\nx\n\n# B\n\ny"}, []string{"A"}},
		{"nothing", []string{"# A\n\nx", "# B\n\ny"}, nil},
		{"prose", []string{"# A\n\nx", "Nothing."}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			b.WriteString("---\ntitle: T\n---\n## Prompt\n\nDo [it].\n\n## Example Usage\n")
			for _, o := range test.outputs {
				fmt.Fprintf(&b, "\n**Input**\n\n[it]: x\n\n**Output**\n\n```markdown\n%s\n```\n", o)
			}
			p := library.Parse("x.md", b.String())
			if len(p.Examples) != len(test.outputs) {
				t.Fatalf("the prompt has %d examples, want %d", len(p.Examples), len(test.outputs))
			}
			proposal, err := Propose(p)
			if (err != nil) != (test.sections == nil) {
				t.Fatalf("got error %v", err)
			}
			if err == nil && cmp.Diff(proposal.Sections, test.sections) != "" {
				t.Errorf("got %q, want %q", proposal.Sections, test.sections)
			}
		})
	}
}

// TestCommonIsInBoth: what two lists of headings have in common stands in both, in
// that order, and is all of a list that is part of the other.
func TestCommonIsInBoth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		heading := rapid.SampledFrom([]string{"A", "B", "C", "D"})
		a, b := rapid.SliceOfN(heading, 0, 8).Draw(t, "a"), rapid.SliceOfN(heading, 0, 8).Draw(t, "b")
		got := common(a, b, false)
		if !within(got, a) || !within(got, b) {
			t.Errorf("%q and %q have not %q in common", a, b, got)
		}
		if within(a, b) && len(got) != len(a) {
			t.Errorf("%q is in %q, got %q", a, b, got)
		}
	})
}

// within reports whether a list is left of another when some items are taken out.
func within(part, all []string) bool {
	for _, s := range all {
		if len(part) > 0 && part[0] == s {
			part = part[1:]
		}
	}
	return len(part) == 0
}
