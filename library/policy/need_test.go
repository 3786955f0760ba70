package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"promptlib/library"
)

const needPolicy = `version: 1
prompts: ["prompts/**"]
vocabulary:
  tags:
    plain:
    private: {implies: {data_classification: confidential, roles: [Data-Owner]}}
    watched: {implies: {count: 2}}
rules:
  - {name: approved, when: {review_status: approved}, approve: [{role: "*"}]}
  - {name: high, when: {risk_level: ">=high"}, approve: [{role: Security-Lead}, {role: "*", count: 2}]}
  - {name: critical, when: {risk_level: critical}, approve: [{role: Security-Lead, count: 2}]}
  - {name: public, when: {data_classification: public}, approve: [{role: Editor}]}
  - {name: privacy, when: {regulatory_scope: GDPR, data_classification: ">=internal"}, approve: [{role: Data-Owner}]}
`

const calm = "data_classification: internal\nrisk_level: low\nreview_status: draft\n"

func TestNeed(t *testing.T) {
	p := read(t, needPolicy)
	for _, tt := range []struct {
		name, header string
		want         Need
	}{
		{"nothing", calm, Need{}},
		{"anybody", "data_classification: internal\nrisk_level: low\nreview_status: approved", Need{People: 1, Reasons: []string{`rule "approved"`}}},
		{
			"a role and others", "data_classification: internal\nrisk_level: high\nreview_status: draft",
			Need{Roles: []Demand{{"Security-Lead", 1, []string{`rule "high"`}}}, People: 3, Reasons: []string{`rule "high"`}},
		},
		{
			"the highest count of a role", "data_classification: internal\nrisk_level: critical\nreview_status: approved",
			Need{Roles: []Demand{{"Security-Lead", 2, []string{`rule "critical"`, `rule "high"`}}}, People: 3, Reasons: []string{`rule "high"`}},
		},
		{
			"a tag raises the class and asks for a role", "data_classification: public\nrisk_level: low\nreview_status: draft\ngovernance_tags: [private]\nregulatory_scope: [GDPR]",
			Need{Roles: []Demand{{"Data-Owner", 1, []string{`rule "privacy"`, "tag private"}}, {"Editor", 1, []string{`rule "public"`}}}, People: 2},
		},
		{"a tag asks for people", calm + "governance_tags: [watched]", Need{People: 2, Reasons: []string{"tag watched"}}},
		{"its own roles", calm + "approval_roles: [Editor, CTO]", Need{Roles: []Demand{{"CTO", 1, []string{"approval_roles"}}, {"Editor", 1, []string{"approval_roles"}}}, People: 2}},
		{"its own roles, whatever approval_required says", calm + "approval_required: false\napproval_roles: [CTO]", Need{Roles: []Demand{{"CTO", 1, []string{"approval_roles"}}}, People: 1}},
		{"roles that the policy asks for too", "data_classification: public\nrisk_level: low\nreview_status: draft\napproval_roles: [Editor]",
			Need{Roles: []Demand{{"Editor", 1, []string{"approval_roles", `rule "public"`}}}, People: 1}},
		{"approval that is required of nobody", calm + "approval_required: true", Need{People: 1, Reasons: []string{"approval_required"}}},
		{"approval_required that is no flag", calm + "approval_required: the board", Need{People: 1, Reasons: []string{"approval_required"}}},
		{"approval that is not required", calm + "approval_required: false", Need{}},
		{"nobody is called None", calm + "approval_roles: None", Need{}},
		{
			"what is missing counts as the highest", "title: x",
			Need{Roles: []Demand{{"Security-Lead", 2, []string{`rule "critical"`, `rule "high"`}}}, People: 3, Reasons: []string{`rule "high"`}},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := p.Need(p.Effective(prompt(tt.header), "."))
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("need (-got +want):\n%s", diff)
			}
		})
	}
	other := library.Parse("notes/a.md", "---\nrisk_level: critical\napproval_roles: [CTO]\n---\n")
	if got := p.Need(p.Effective(other, ".")); !cmp.Equal(got, Need{}) {
		t.Errorf("a file that is not governed needs %v", got)
	}
}

func TestSlots(t *testing.T) {
	n := Need{Roles: []Demand{{"CTO", 1, []string{"a"}}, {"Editor", 2, []string{"b"}}}, People: 5, Reasons: []string{"c"}}
	want := []Slot{{"CTO", []string{"a"}}, {"Editor", []string{"b"}}, {"Editor", []string{"b"}}, {"*", []string{"c"}}, {"*", []string{"c"}}}
	if diff := cmp.Diff(n.Slots(), want); diff != "" {
		t.Errorf("slots (-got +want):\n%s", diff)
	}
	if got := (Need{}).Slots(); got != nil {
		t.Errorf("slots of no need are %v", got)
	}
}

// drawNeed draws what some rules, tags and the file itself ask for.
func drawNeed(t *rapid.T, name string) Need {
	role := rapid.SampledFrom([]string{"*", "Editor", "CTO", "Data-Owner"})
	reason := rapid.SampledFrom([]string{"rule a", "rule b", "tag c"})
	return NeedOf(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Approval {
		return Approval{role.Draw(t, "role"), rapid.IntRange(1, 3).Draw(t, "count"), reason.Draw(t, "reason")}
	}), 0, 5).Draw(t, name))
}

// Property: what two needs are together contains both and no more than it must,
// and the order of putting them together does not show, not in the reasons either.
func TestNeedsTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := drawNeed(t, "a"), drawNeed(t, "b"), drawNeed(t, "c")
		same := func(what string, x, y Need) {
			if diff := cmp.Diff(x, y); diff != "" {
				t.Errorf("%s (-one +other):\n%s", what, diff)
			}
		}
		both := a.With(b)
		if !both.Contains(a) || !both.Contains(b) {
			t.Errorf("%v does not contain %v and %v", both, a, b)
		}
		same("a+b, b+a", both, b.With(a))
		same("(a+b)+c, a+(b+c)", both.With(c), a.With(b.With(c)))
		same("a+a, a", a.With(a), a)
		same("a+0, a", a.With(Need{}), a)
		if c.Contains(a) && c.Contains(b) && !c.Contains(Need{Roles: both.Roles}) {
			t.Errorf("%v asks for more than %v and %v", both, a, b)
		}
		if got := len(both.Slots()); got != both.People {
			t.Errorf("%d places for %d people", got, both.People)
		}
		before := fmt.Sprint(a, b)
		both.With(c)
		if fmt.Sprint(a, b) != before {
			t.Error("putting needs together changes them")
		}
	})
}

// Property: whoever meets a need meets what it contains. People are tried by the
// places they fill.
func TestContainsIsAboutPeople(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawNeed(t, "a"), drawNeed(t, "b")
		people := &People{Path: "people.yaml"}
		for i := range rapid.IntRange(0, 6).Draw(t, "people") {
			roles := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"Editor", "CTO", "Data-Owner"}), rapid.ID).Draw(t, "roles")
			people.List = append(people.List, Person{Name: fmt.Sprint("p", i), Roles: roles})
		}
		meets := func(n Need) bool { return !slices.Contains(people.Fill(n.Slots()), nil) }
		if a.Contains(b) && meets(a) && !meets(b) {
			t.Errorf("%v meet %v and not %v", people.List, a, b)
		}
		if meets(a.With(b)) && (!meets(a) || !meets(b)) {
			t.Errorf("%v meet %v and %v together, and not each", people.List, a, b)
		}
	})
}

// declarations are what a front matter may say, each under its own spelling of a
// key: usable, conflicting, and neither.
var declarations = map[string][]string{
	"data_classification": {"public", "internal", "restricted", "Confidential", "secretive", "", "[public]"},
	"risk_level":          {"low", "high", "critical", "huge"},
	"review_status":       {"draft", "approved", "retired", "done"},
	"approval_required":   {"true", "false", "the board", ""},
	"approval_roles":      {"[CTO]", "[Editor, Data-Owner]", "None", "[]", "cto", "{CTO: 1}"},
	"regulatory_scope":    {"[GDPR]", "[none]", "SOX", ""},
	"governance_tags":     {"[plain]", "[private, watched]", "watched", "[unheard-of]"},
}

// Property: whatever a front matter declares in addition, tags, roles, scopes, a
// requirement or a second spelling, the file does not need less.
//
// There is one exception, and it is wanted: where a file says nothing of a level
// or status, the most restrictive value is assumed. The first declaration takes
// the place of the assumption, so that a file that is labelled may need less than
// one that is not.
func TestMoreMetadataNeedsNoLess(t *testing.T) {
	p := read(t, needPolicy)
	rapid.Check(t, func(t *rapid.T) {
		var keys []string
		for key := range declarations {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		var header []string
		declared := map[string]bool{} // spellings and keys
		add := func(label string) (key string) {
			key = rapid.SampledFrom(keys).Draw(t, label)
			spelling := key
			if rapid.Bool().Draw(t, "spelling") {
				spelling = "governance." + key
			}
			if declared[spelling] {
				return ""
			}
			header = append(header, spelling+": "+rapid.SampledFrom(declarations[key]).Draw(t, "value"))
			declared[spelling] = true
			return key
		}
		for range rapid.IntRange(0, 8).Draw(t, "declarations") {
			if key := add("declared"); key != "" {
				declared["first of "+key] = true
			}
		}
		before := slices.Clone(header)
		key := add("added")
		field, _ := FieldOf(key)
		if key == "" || (field.Type == Level || field.Type == Status) && !declared["first of "+key] {
			return // the exception
		}
		old := p.Need(p.Effective(prompt(strings.Join(before, "\n")), "."))
		grown := p.Need(p.Effective(prompt(strings.Join(header, "\n")), "."))
		if !grown.Contains(old) {
			t.Errorf("with\n%s\nin addition to\n%s\nthe need shrinks from\n%v\nto\n%v", header[len(header)-1], strings.Join(before, "\n"), old, grown)
		}
	})
}

// TestFirstLabelMayNeedLess is the exception to what
// TestMoreMetadataNeedsNoLess says.
func TestFirstLabelMayNeedLess(t *testing.T) {
	p := read(t, needPolicy)
	bare := p.Need(p.Effective(prompt("data_classification: internal"), "."))
	labelled := p.Need(p.Effective(prompt("data_classification: internal\nrisk_level: low"), "."))
	if bare.People != 3 || labelled.People != 0 {
		t.Errorf("without a level %d people are needed, with one %d, want 3 and 0", bare.People, labelled.People)
	}
	unusable := p.Need(p.Effective(prompt("data_classification: internal\nrisk_level: huge\nriskLevel: low"), "."))
	if diff := cmp.Diff(unusable, bare); diff != "" {
		t.Errorf("a level beside one that cannot be read counts (-got +want):\n%s", diff)
	}
}

// Property: what a change needs contains what the file needed before it.
func TestChangeNeedsWhatTheFileNeeded(t *testing.T) {
	p := read(t, needPolicy)
	rapid.Check(t, func(t *rapid.T) {
		need := func(label string) Need {
			var header []string
			for _, key := range []string{"data_classification", "risk_level", "review_status", "approval_roles", "governance_tags"} {
				if rapid.Bool().Draw(t, label+key) {
					header = append(header, key+": "+rapid.SampledFrom(declarations[key]).Draw(t, label))
				}
			}
			return p.Need(p.Effective(prompt(strings.Join(header, "\n")), "."))
		}
		base, head := need("base"), need("head")
		if change := base.With(head); !change.Contains(base) || !change.Contains(head) {
			t.Errorf("a change from %v to %v needs %v", base, head, change)
		}
	})
}
