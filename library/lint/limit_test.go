package lint

import (
	"strings"
	"testing"

	"promptlib/library"
	"promptlib/library/policy"
)

// TestManyFindingsOfOneRule: a file in which a rule has more to say than anybody
// reads ends in a count, of what would have been the worst.
func TestManyFindingsOfOneRule(t *testing.T) {
	l := &Linter{Policy: policy.Default(), Root: ".", Now: today}
	lint := func(tags int) []*library.Diagnostic {
		p := library.Parse("a.md", tagged(strings.Repeat("PII-SAFE, ", tags)+"pii_saef"))
		var found []*library.Diagnostic
		findings, _ := l.Prompt(p)
		for _, d := range findings {
			if d.Code == "GOV004" {
				found = append(found, d)
			}
		}
		return found
	}
	if got := lint(mostFindings - 1); len(got) != mostFindings || got[mostFindings-1].Fix == nil {
		t.Errorf("got %d findings, want all %d", len(got), mostFindings)
	}
	got, more := lint(mostFindings), lint(mostFindings+50)
	if len(got) != mostFindings+1 || len(more) != mostFindings+1 {
		t.Fatalf("got %d and %d findings, want %d", len(got), len(more), mostFindings+1)
	}
	last, lastOfMore := got[mostFindings], more[mostFindings]
	if want := "and 51 more of governance-tag in this file; mend the 100 before first"; lastOfMore.Message != want {
		t.Errorf("the last says %q, want %q", lastOfMore.Message, want)
	}
	if last.Severity != library.Warning || last.Pos.Column != 4+len("governance_tags: ")+mostFindings*len("PII-SAFE, ")-2 {
		t.Errorf("the last is %v at %v, want a warning at the first that is only counted", last.Severity, last.Pos)
	}
	if last.Anchor != lastOfMore.Anchor {
		t.Error("a baseline would take another count for a new finding")
	}
}

// TestFixesOfManyFindings: what is only counted is mended too.
func TestFixesOfManyFindings(t *testing.T) {
	const tags = 3 * mostFindings
	l := &Linter{Policy: policy.Default(), Root: ".", Now: today}
	fixed := l.Fix(library.Parse("a.md", tagged(strings.Repeat("PII-SAFE, ", tags))), false)
	if n := strings.Count(fixed.Text, "PII-safe"); n != tags || len(fixed.Made) != tags {
		t.Errorf("%d of %d tags are mended, and %d are counted", n, tags, len(fixed.Made))
	}
	fixed = l.Fix(library.Parse("a.md", tagged(strings.Repeat("never, ", tags)+"PII-SAFE")), false)
	if len(fixed.Made) != 1 || len(fixed.Findings) > 2*mostFindings {
		t.Errorf("%d findings are mended and %d left, want one mended and a hundred of each rule left", len(fixed.Made), len(fixed.Findings))
	}
}

func tagged(tags string) string {
	return "---\ntitle: A\nversion: \"1\"\ngovernance_tags: [" + tags + "]\n---\n## Description\n\nA.\n\n## Prompt\n\nHi.\n"
}
