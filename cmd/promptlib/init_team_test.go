package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"promptlib/cmd/promptlib/internal/config"
	"promptlib/library"
	"promptlib/library/policy"
)

// legacyLibrary is one from before there was a policy: two prompts that have what
// the policy of a small team asks for, and others that do not.
const legacyLibrary = `
-- prompts/good.md --
---
title: Good
version: "1.0"
data_classification: internal
risk_level: low
review_status: draft
reviewed: 2026-01-01
regulatory_scope: [none]
retention_period: P3Y
owner: Data-Owner
---
## Description

Sums up.

## Prompt

Sum up.
-- prompts/owner.md --
---
title: Owned by nobody whom people.yaml knows
owner: Ada Lovelace
data_classification: internal
risk_level: low
review_status: draft
---
Sum up.
-- prompts/bare.md --
Sum up.
-- prompts/unbound.md --
---
title: Closed by a line with a blank
owner: Data-Owner
data_classification: internal
risk_level: low
review_status: draft
--- 
Sum up.
-- prompts/keys.md --
---
title: No risk
owner: Data-Owner
---
Sum up.
-- prompts/roles.md --
---
title: Fewer roles than the policy asks for
owner: Data-Owner
data_classification: internal
risk_level: high
review_status: draft
approval_required: true
approval_roles: [CISO]
---
Sum up.
-- prompts/sox.md --
---
title: Kept for too short a time
owner: Data-Owner
data_classification: internal
risk_level: low
review_status: draft
reviewed: 2020-01-01
regulatory_scope: [SOX]
retention_period: P1Y
---
Sum up.
-- prompts/odd "name" é.md --
Sum up.
`

// errorsOfLint counts the errors that lint finds in the working directory.
func errorsOfLint(t *testing.T) int {
	t.Helper()
	var out, errs strings.Builder
	if status := run([]string{"lint", "--format", "json"}, nil, &out, &errs); status > exitFindings {
		t.Fatalf("lint ends with %d: %s", status, errs.String())
	}
	return strings.Count(out.String(), `"severity": "error"`)
}

// TestInitTeam: what is written for each team is read without a mistake, asks for
// what its cases say, finds no errors that were not found before, and asks nothing
// of the prompts that are there.
func TestInitTeam(t *testing.T) {
	for _, team := range config.Teams {
		t.Run(team.Name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			for _, f := range txtar.Parse([]byte(legacyLibrary)).Files {
				if err := os.MkdirAll(filepath.Dir(f.Name), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(f.Name, f.Data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			before := errorsOfLint(t)
			var out, errs strings.Builder
			if status := run([]string{"init", "--team", team.Name}, nil, &out, &errs); status != exitClean {
				t.Fatalf("init ends with %d: %s", status, errs.String())
			}
			if after := errorsOfLint(t); after > before {
				t.Errorf("lint finds %d errors, and found %d before", after, before)
			}
			out.Reset()
			if status := run([]string{"policy", "test"}, nil, &out, &errs); status != exitClean {
				t.Errorf("policy test ends with %d: %s%s", status, out.String(), errs.String())
			}
			list, err := policy.LoadUngoverned(".")
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"bare", "unbound", "keys", `odd "name" é`, "owner"} {
				if _, ok := list["prompts/"+name+".md"]; !ok {
					t.Errorf("prompts/%s.md is not on the list of legacy files: %v", name, list)
				}
			}
			if _, ok := list["prompts/good.md"]; ok && team.Name != "solo" { // where nobody is Data-Owner
				t.Error("prompts/good.md has what the policy asks for, and is on the list of legacy files")
			}
			text, err := os.ReadFile(filepath.Join(library.SettingsDir, policy.FileName))
			if err != nil {
				t.Fatal(err)
			}
			if lines := strings.Count(string(text), "\n"); lines > 60 {
				t.Errorf("the policy has %d lines, want at most 60", lines)
			}
		})
	}
}

// filledIn is people.yaml as a team writes it: two people at least hold each role.
func filledIn(t *testing.T, text string, roles []string) string {
	t.Helper()
	people := "people:\n"
	for i, name := range []string{"ada", "bea", "cas", "dan", "eve"} {
		people += "  " + name + ": {github: {login: " + name + ", id: " + strconv.Itoa(100+i) + "}, roles: ["
		for k, role := range roles {
			if k%2 == i%2 {
				people += role + ", "
			}
		}
		people = strings.TrimSuffix(people, ", ") + "]}\n"
	}
	if !strings.Contains(text, "people: {}\n") {
		t.Fatalf("no line to write people in place of:\n%s", text)
	}
	return strings.Replace(text, "people: {}\n", people, 1)
}

// TestTeamCanMeetItsPolicy: five people with every role held twice can give each
// approval that the policy of their team asks for, whoever of them the author is;
// and the policy of one person asks for none.
func TestTeamCanMeetItsPolicy(t *testing.T) {
	for _, team := range config.Teams {
		t.Run(team.Name, func(t *testing.T) {
			var pol *policy.Policy
			var people *policy.People
			var cases []policy.Case
			for _, f := range config.DraftTeam(&config.Survey{}, team) {
				var err error
				switch filepath.Base(f.Path) {
				case policy.FileName:
					pol, err = policy.Read(f.Path, []byte(f.Text))
				case policy.PeopleName:
					empty, e := policy.ReadPeople(f.Path, []byte(f.Text))
					if e != nil {
						t.Fatal(e)
					}
					people, err = policy.ReadPeople(f.Path, []byte(filledIn(t, f.Text, empty.Roles)))
				case policy.CasesName:
					cases, err = pol.ReadCases(f.Path, []byte(f.Text))
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if got := pol.Unheld(people); got != nil {
				t.Errorf("nobody can give what the policy asks for: %q", got)
			}
			for _, c := range cases {
				slots := pol.Need(pol.Governance(c)).Slots()
				if team.Name == "solo" && len(slots) > 0 {
					t.Errorf("%s: one person needs %d others", c.Name.Value, len(slots))
				}
				for i := range people.List {
					if open := policy.Open(people.Fill(slots, &people.List[i])); open > 0 {
						t.Errorf("%s: a change of %s needs %d approvals that nobody can give", c.Name.Value, people.List[i].Name, open)
					}
				}
			}
		})
	}
}

// TestTeamNames: each team has what the help shows.
func TestTeamNames(t *testing.T) {
	seen := map[string]bool{}
	for _, team := range config.Teams {
		if team.Name == "" || seen[team.Name] || team.Doc == "" || strings.HasSuffix(team.Doc, ".") {
			t.Errorf("team %q: %q", team.Name, team.Doc)
		}
		seen[team.Name] = true
		if !strings.Contains(teamHelp(), team.Doc) {
			t.Errorf("the help does not show %s", team.Name)
		}
	}
}
