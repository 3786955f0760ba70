package policy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/library"
)

const needPolicy = `version: 1
prompts: ["prompts/**"]
vocabulary: {tags: {legal: {implies: {roles: [Legal]}}, two: {implies: {count: 2}}}}
rules:
  - {name: high, when: {risk_level: ">=high"}, approve: [{role: Security}, {role: "*"}]}
  - {name: critical, when: {risk_level: critical}, approve: [{role: Security, count: 3}]}
`

// told writes a need in a line: its roles, then its people, each with what asks for
// them.
func told(n Need) string {
	var b strings.Builder
	for _, d := range n.Roles {
		b.WriteString(strings.Repeat(d.Role+" ", d.Count) + "(" + strings.Join(d.Reasons, ", ") + ") ")
	}
	b.WriteString(strings.Repeat("| ", n.People) + strings.Join(n.Reasons, ", "))
	return strings.TrimSpace(b.String())
}

func TestNeed(t *testing.T) {
	p, err := Read("p", []byte(needPolicy))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ path, front, want string }{
		{"prompts/a.md", "risk_level: low", ""},
		{"prompts/a.md", "risk_level: high", `Security (rule "high") | | rule "high"`},
		{"prompts/a.md", "risk_level: critical", `Security Security Security (rule "critical", rule "high") | | | rule "critical"`},
		{"other/a.md", "risk_level: critical\napproval_roles: [Legal]", ""}, // not governed
		{"prompts/a.md", "risk_level: low\napproval_required: true", "| approval_required"},
		{"prompts/a.md", "risk_level: low\napproval_required: false", ""},
		{"prompts/a.md", "risk_level: low\napproval_required: Legal", "| approval_required"}, // no flag: counts as missing, as true
		{"prompts/a.md", "risk_level: low\napproval_roles: [Legal]", "Legal (approval_roles) | approval_roles"},
		{"prompts/a.md", "risk_level: low\napproval_roles: [Legal]\napproval_required: true", "Legal (approval_roles) | approval_roles"},
		{"prompts/a.md", "risk_level: low\napproval_roles: [Legal, CISO, CISO]\napproval_required: true", "CISO (approval_roles) Legal (approval_roles) | | approval_roles"},
		{"prompts/a.md", "risk_level: low\napproval_roles: [Legal]\napproval_required: false", "Legal (approval_roles) | approval_roles"},
		{"prompts/a.md", "risk_level: low\napproval_roles: None\napproval_required: true", "| approval_required"},
		{"prompts/a.md", "risk_level: low\ngovernance_tags: [legal, two]", "Legal (tag legal) | | tag two"},
		{"prompts/a.md", "risk_level: low\ngovernance_tags: [legal]\napproval_roles: [Legal]", "Legal (approval_roles, tag legal) | approval_roles, tag legal"},
		{"prompts/a.md", "risk_level: high\ngovernance_tags: [two]", `Security (rule "high") | | rule "high", tag two`},
	} {
		prompt := library.Parse(tt.path, "---\n"+tt.front+"\n---\nText.\n")
		if got := told(p.Need(p.Effective(prompt, "."))); got != tt.want {
			t.Errorf("%s, %q: %q, want %q", tt.path, tt.front, got, tt.want)
		}
	}
}

func TestNeedOf(t *testing.T) {
	for _, tt := range []struct {
		name  string
		asked []Approval
		want  string
	}{
		{"nothing", nil, ""},
		{"a role", []Approval{{"A", 1, "x"}}, "A (x) | x"},
		{"anybody", []Approval{{"*", 2, "x"}}, "| | x"},
		{"what one reason asks for adds up", []Approval{{"A", 1, "x"}, {"*", 2, "x"}}, "A (x) | | | x"},
		{"what two ask for does not", []Approval{{"*", 1, "x"}, {"*", 2, "y"}}, "| | y"},
		{"in any order", []Approval{{"*", 2, "y"}, {"*", 1, "x"}}, "| | y"},
		{"two that ask for as many", []Approval{{"*", 1, "y"}, {"*", 1, "x"}}, "| x, y"},
		{"the highest count of a role", []Approval{{"A", 1, "x"}, {"A", 3, "y"}, {"A", 2, "z"}}, "A A A (x, y, z) | | | y"},
		{"different roles are different people", []Approval{{"B", 1, "x"}, {"A", 1, "y"}, {"*", 1, "z"}}, "A (y) B (x) | | x, y, z"},
		{"reasons stand once", []Approval{{"A", 1, "x"}, {"A", 1, "x"}}, "A (x) | | x"},
		{"a count of none", []Approval{{"*", 0, "x"}}, ""},
	} {
		if got := told(NeedOf(tt.asked)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// NeedOf and With keep their hands off what they are given.
func TestWith(t *testing.T) {
	a := NeedOf([]Approval{{"B", 2, "b"}, {"A", 1, "z"}})
	b := NeedOf([]Approval{{"A", 2, "y"}, {"*", 1, "y"}})
	before := told(a) + told(b)
	if got, want := told(a.With(b)), "A A (y, z) B B (b) | | | | b, y"; got != want {
		t.Errorf("both: %q, want %q", got, want)
	}
	if diff := cmp.Diff(a.With(b), b.With(a)); diff != "" {
		t.Errorf("the order matters:\n%s", diff)
	}
	if after := told(a) + told(b); after != before {
		t.Errorf("the needs were %q and are %q", before, after)
	}
	if got := told(a.With(Need{})); got != told(a) {
		t.Errorf("with nothing: %q, want %q", got, told(a))
	}
}

func TestContains(t *testing.T) {
	need := NeedOf([]Approval{{"A", 2, "x"}, {"*", 1, "x"}})
	for _, tt := range []struct {
		asked []Approval
		want  bool
	}{
		{nil, true},
		{[]Approval{{"A", 2, "y"}}, true},
		{[]Approval{{"*", 3, "y"}}, true},
		{[]Approval{{"*", 4, "y"}}, false},
		{[]Approval{{"A", 3, "y"}}, false},
		{[]Approval{{"B", 1, "y"}}, false},
	} {
		if got := need.Contains(NeedOf(tt.asked)); got != tt.want {
			t.Errorf("contains %v: %t, want %t", tt.asked, got, tt.want)
		}
	}
}

func TestSlots(t *testing.T) {
	got := NeedOf([]Approval{{"B", 2, "b"}, {"A", 1, "a"}, {"*", 4, "c"}}).Slots()
	want := []Slot{{"A", []string{"a"}}, {"B", []string{"b"}}, {"B", []string{"b"}}, {"*", []string{"c"}}}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("slots (-got +want):\n%s", diff)
	}
}
