package policy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const team = `people:
  ada: {roles: [Editor, CTO]}
  bea: {roles: [Editor]}
  cas:
  press: {type: bot, roles: [Editor, Printer]}
roles: {Editor: {}, CTO: {}, Printer: {}, Keeper: {}}
`

func TestHoldersAndLacks(t *testing.T) {
	p := readPeople(t, team)
	for role, want := range map[string][2]string{
		"Editor":  {"ada, bea", ""},
		"*":       {"ada, bea, cas", ""},
		"Printer": {"", "gives to bots only, which never approve"},
		"Keeper":  {"", "gives to nobody"},
		"Edtor":   {"", `does not declare; did you mean "Editor"?`},
		"Wizard":  {"", "does not declare"},
	} {
		if got := [2]string{Names(p.Holders(role)), p.Lacks(role)}; got != want {
			t.Errorf("%s: %q, want %q", role, got, want)
		}
	}
	if lack := readPeople(t, "people: {press: {type: bot}}\nroles: {}\n").Lacks("*"); lack == "" {
		t.Error("bots alone can approve")
	}
}

func TestFill(t *testing.T) {
	p := readPeople(t, team)
	slots := func(roles ...string) (list []Slot) {
		for _, role := range roles {
			list = append(list, Slot{Role: role})
		}
		return list
	}
	for _, tt := range []struct {
		name   string
		slots  []Slot
		barred []string
		want   string
	}{
		{"nothing", nil, nil, ""},
		{"one hat each", slots("Editor", "CTO"), nil, "bea ada"},
		{"one hat each, the other way round", slots("CTO", "Editor"), nil, "ada bea"},
		{"anybody", slots("CTO", "*", "*"), nil, "ada bea cas"},
		{"no bot", slots("Printer"), nil, "-"},
		{"too few", slots("Editor", "Editor", "Editor"), nil, "ada bea -"},
		{"without the author", slots("Editor", "CTO"), []string{"ada"}, "bea -"},
		{"without all", slots("*"), []string{"ada", "bea", "cas"}, "-"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var barred []*Person
			for _, name := range tt.barred {
				barred = append(barred, p.Person(name))
			}
			var got []string
			for _, who := range p.Fill(tt.slots, barred...) {
				if who == nil {
					got = append(got, "-")
				} else {
					got = append(got, who.Name)
				}
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("filled by %q, want %q", strings.Join(got, " "), tt.want)
			}
		})
	}
}

func TestUnheld(t *testing.T) {
	p := read(t, `version: 1
vocabulary:
  tags: {plain: {}, loud: {implies: {roles: [Printer]}}, busy: {implies: {count: 4}}}
rules:
  - {name: low, when: {risk_level: low}, approve: [{role: Editor}, {role: "*", count: 2}]}
  - {name: high, when: {risk_level: high}, approve: [{role: Edtor}, {role: Keeper}]}
  - {name: two, when: {risk_level: high}, approve: [{role: CTO, count: 2}, {role: Editor}]}
protect: {paths: ["**"], approve: [{role: Keeper}]}
waivers: {role: Wizard}
`)
	want := []string{
		`rule "high" asks for the role "Edtor", which people.yaml does not declare; did you mean "Editor"?`,
		`rule "high", protect ask for the role "Keeper", which people.yaml gives to nobody`,
		`tag "loud" asks for the role "Printer", which people.yaml gives to bots only, which never approve`,
		`waivers asks for the role "Wizard", which people.yaml does not declare`,
		`rule "two" asks for approvals that people.yaml has too few people for: 1 of 3 would be left open`,
		`tag "busy" asks for approvals that people.yaml has too few people for: 1 of 4 would be left open`,
	}
	if diff := cmp.Diff(p.Unheld(readPeople(t, team)), want); diff != "" {
		t.Errorf("unheld (-got +want):\n%s", diff)
	}
	for name, people := range map[string]*People{"no people": nil, "no file of people": {}} {
		if got := p.Unheld(people); got != nil {
			t.Errorf("%s: %q, want nothing", name, got)
		}
	}
	if got := Default().Unheld(readPeople(t, team)); got != nil {
		t.Errorf("the built-in policy asks for %q", got)
	}
}

func TestUnmetConditions(t *testing.T) {
	p := read(t, needPolicy)
	g := p.Effective(prompt("data_classification: public\nrisk_level: low\nregulatory_scope: [GDPR]\nreview_status: draft"), ".")
	want := map[string][]Condition{
		"approved": {{Key: "review_status", Value: "approved"}},
		"high":     {{Key: "risk_level", Value: "high", AtLeast: true}},
		"critical": {{Key: "risk_level", Value: "critical"}},
		"public":   nil,
		"privacy":  {{Key: "data_classification", Value: "internal", AtLeast: true}},
	}
	for _, rule := range p.Rules {
		if diff := cmp.Diff(p.Unmet(rule, g), want[rule.Name]); diff != "" {
			t.Errorf("rule %s (-got +want):\n%s", rule.Name, diff)
		}
		if (p.Unmet(rule, g) == nil) != p.matches(rule, g) {
			t.Errorf("rule %s: Unmet and matches disagree", rule.Name)
		}
	}
}
