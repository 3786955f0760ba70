package policy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// strong is a policy that has everything which can be weakened.
const strong = `version: 1
prompts: ["prompts/**", "more/**"]
vocabulary:
  risk_level: [low, medium, high, extreme]
  tags:
    signed-off: {implies: {roles: [Lead], count: 2, risk_level: medium}}
    plain: {}
required_keys: [owner]
rules:
  - {name: high, when: {risk_level: ">=medium"}, approve: [{role: Lead}, {role: "*", count: 2}]}
  - {name: pay, when: {path: "pay/**"}, approve: [{role: Pay}]}
protect: {paths: [".promptlib/**", "/.github/**"], approve: [{role: Owner, count: 2}]}
evidence: {accept: [signed]}
freshness: {high: P3M, low: P1Y}
providers:
  house: {hosts: [a.example.org], ceiling: internal, reviewed: 2026-01-01, valid: P6M}
retention: {floors: {SOX: P7Y}}
waivers: {role: Glass, max: PT24H}
`

// TestWeaker: each case replaces a part of the policy. Want are the findings, as
// POINTER MESSAGE.
func TestWeaker(t *testing.T) {
	for _, tt := range []struct{ name, old, fresh, want string }{
		{"the same", "", "", ""},
		{"a comment", "version: 1\n", "version: 1 # one\n", ""},
		{"a rule removed", `  - {name: pay, when: {path: "pay/**"}, approve: [{role: Pay}]}` + "\n", "", `/rules the rule "pay" is gone, which asked for 1 × Pay`},
		{"a rule renamed", "name: pay", "name: paid", `/rules the rule "pay" is gone, which asked for 1 × Pay`},
		{"a rule for fewer", `">=medium"`, `">=high"`, `/rules/0/when the rule "high" held for risk_level: >=medium, and holds for risk_level: >=high from now on`},
		{"a rule for one level", `">=medium"`, `medium`, `/rules/0/when the rule "high" held for risk_level: >=medium, and holds for risk_level: medium from now on`},
		{"a rule for more", `">=medium"`, `">=low"`, ""},
		{"a condition more", `{path: "pay/**"}`, `{path: "pay/**", risk_level: high}`, `/rules/1/when the rule "pay" held for path: pay/**, and holds for path: pay/**, risk_level: high from now on`},
		{"a condition fewer", `{name: pay, when: {path: "pay/**"}`, `{name: pay, when: {risk_level: ">=low"}`, `/rules/1/when the rule "pay" held for path: pay/**, and holds for risk_level: >=low from now on`},
		{"fewer people", "count: 2}]}\n  - {name: pay", "count: 1}]}\n  - {name: pay", `/rules/0/approve the rule "high" asked for 1 × Lead, 2 × anybody, and asks for 1 × Lead, 1 × anybody from now on`},
		{"another role", "{role: Pay}", "{role: Payer}", `/rules/1/approve the rule "pay" asked for 1 × Pay, and asks for 1 × Payer from now on`},
		{"a role more", "{role: Pay}", "{role: Pay}, {role: Lead}", ""},
		{"a rule more", "rules:\n", "rules:\n  - {name: new, when: {risk_level: low}, approve: [{role: Lead}]}\n", ""},
		{"a glob removed", `, "more/**"`, "", `/prompts files of "more/**" are no longer governed`},
		{"a glob more", `"more/**"`, `"more/**", "most/**"`, ""},
		{"all governed", `prompts: ["prompts/**", "more/**"]` + "\n", "", ""},
		{"a path not protected", `, "/.github/**"`, "", `/protect/paths "/.github/**" is no longer protected`},
		{"protected by fewer", "{role: Owner, count: 2}", "{role: Owner}", `/protect/approve protected files asked for 2 × Owner, and ask for 1 × Owner from now on`},
		{"another kind of evidence", "[signed]", "[signed, forge]", `/evidence/accept evidence of the kind "forge" counts from now on`},
		{"evidence by default", "evidence: {accept: [signed]}\n", "", `/evidence/accept evidence of the kind "forge" counts from now on`},
		{"reviews hold for longer", "high: P3M", "high: P4M", `/freshness/high a review of risk high had the limit P3M, and has P4M from now on`},
		{"reviews hold for ever", "high: P3M, ", "", `/freshness/high a review of risk high has no limit from now on; it was P3M`},
		{"reviews hold for less", "high: P3M", "high: P2M", ""},
		{"waivers for longer", "PT24H", "PT48H", `/waivers/max waivers hold for 48h0m0s in place of 24h0m0s`},
		{"waivers by others", "role: Glass", "role: Lead", `/waivers/role waivers are given by Lead in place of Glass`},
		{"no waivers", "waivers: {role: Glass, max: PT24H}\n", "", ""},
		{"a word more", "high, extreme]", "high, very, extreme]", ""},
		{"a word fewer", ", extreme]", "]", `/vocabulary/risk_level "extreme" is no longer a word of risk_level`},
		{"levels the other way round", "[low, medium, high, extreme]", "[high, medium, low, extreme]", "/vocabulary/risk_level the order of risk_level was low, medium, high, extreme, and becomes high, medium, low, extreme"},
		{"a tag removed", "    signed-off: {implies: {roles: [Lead], count: 2, risk_level: medium}}\n", "", "/vocabulary/tags/signed-off/implies the tag \"signed-off\" no longer implies risk_level \"medium\"\n" +
			"/vocabulary/tags/signed-off/implies the tag \"signed-off\" no longer asks for the approval of Lead\n/vocabulary/tags/signed-off/implies the tag \"signed-off\" asks for 0 approvals in place of 2"},
		{"a tag for less", "risk_level: medium}}", "risk_level: low}}", `/vocabulary/tags/signed-off/implies the tag "signed-off" no longer implies risk_level "medium"`},
		{"a tag for more", "risk_level: medium}}", "risk_level: high}}", ""},
		{"a tag that implies nothing removed", "    plain: {}\n", "", ""},
		{"an alias of a key", "required_keys", "aliases: {keys: {danger/x: risk_level}}\nrequired_keys", `/aliases/keys/danger~1x the key "danger/x" counts as risk_level from now on`},
		{"an alias of a value", "required_keys", "aliases: {values: {awful: low}}\nrequired_keys", `/aliases/values/awful the value "awful" counts as "low" from now on`},
		{"a key not required", "required_keys: [owner]\n", "", `/required_keys owner is no longer required`},
		{"a provider more", "providers:\n", "providers:\n  other: {hosts: [b.example.org], ceiling: public}\n", `/providers/other the provider "other" is new, and may see public`},
		{"a host more", "[a.example.org]", "[a.example.org, b.example.org]", `/providers/house/hosts the provider "house" may use the host "b.example.org" from now on`},
		{"a ceiling raised", "ceiling: internal", "ceiling: restricted", `/providers/house/ceiling the provider "house" may see restricted in place of internal`},
		{"a ceiling lowered", "ceiling: internal", "ceiling: public", ""},
		{"a key", "ceiling: internal", "ceiling: internal, key_env: K", `/providers/house/key_env the provider "house" gets the key of K from now on`},
		{"local", "ceiling: internal", "ceiling: internal, local: true", `/providers/house/local the provider "house" may be this machine or of a private network from now on`},
		{"a review for longer", "valid: P6M", "valid: P7M", `/providers/house/valid the review of the provider "house" holds for longer than P6M from now on`},
		{"no provider", strong[strings.Index(strong, "  house:"):strings.Index(strong, "retention:")], "  {}\n", ""},
		{"nothing bound", strong[strings.Index(strong, "providers:"):strings.Index(strong, "retention:")], "", `/providers providers are no longer bound: anything may be sent anywhere`},
		{"kept for less", "SOX: P7Y", "SOX: P5Y", `/retention/floors/SOX the retention of SOX had the limit P7Y, and has P5Y from now on`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(strong, tt.old) {
				t.Fatalf("the policy has no %q", tt.old)
			}
			was, err := Read("was.yaml", []byte(strong))
			if err != nil {
				t.Fatal(err)
			}
			now, err := Read("now.yaml", []byte(strings.Replace(strong, tt.old, tt.fresh, 1)))
			if err != nil {
				t.Fatal(err)
			}
			checkWeaker(t, Weaker(was, now), tt.want)
		})
	}
}

func checkWeaker(t *testing.T, list []Weakening, want string) {
	t.Helper()
	var lines []string
	for _, w := range list {
		lines = append(lines, w.Pointer+" "+w.Message)
	}
	if diff := cmp.Diff(strings.Join(lines, "\n"), want); diff != "" {
		t.Errorf("(-got +want)\n%s", diff)
	}
}

// TestWeakerDefault: without a policy there is nothing less to ask for, and to go
// back to none is to lose all of it.
func TestWeakerDefault(t *testing.T) {
	p, err := Read("p.yaml", []byte(strong))
	if err != nil {
		t.Fatal(err)
	}
	checkWeaker(t, Weaker(Default(), Default()), "")
	if got := Weaker(p, Default()); len(got) < 10 {
		t.Errorf("got %d findings of a policy that is removed, want at least 10: %v", len(got), got)
	}
}

func TestWeakerPeople(t *testing.T) {
	const (
		key1 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILOZDfHdhHjFRBBi/5y2GNnlIdMRzGTGIi0sP8Y6Qgbl"
		key2 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
		base = "version: 1\npeople:\n  bob: {github: {login: bob, id: 1}, emails: [b@example.org], roles: [Lead], keys: [{ssh: \"" + key1 + "\", from: 2026-01-01, until: 2026-12-31}]}\n" +
			"  mech: {type: bot, roles: [Pay]}\nroles: {Lead: {}, Pay: {}}\n"
	)
	for _, tt := range []struct{ name, old, fresh, want string }{
		{"the same", "", "", ""},
		{"a role gained", "[Lead]", "[Lead, Pay]", "/people/bob/roles bob holds the role Pay from now on"},
		{"a role lost", "roles: [Lead], ", "", ""},
		{"a bot turned into a person", "type: bot, ", "", "/people/mech/type mech was a bot, and is a person from now on"},
		{"a person turned into a bot", "bob: {", "bob: {type: bot, ", ""},
		{"somebody new", "  mech:", "  eve: {roles: [Lead, Pay]}\n  mech:", "/people/eve eve is new, and holds Lead, Pay"},
		{"somebody new without a role", "  mech:", "  eve: {}\n  mech:", "/people/eve eve is new, and holds no role"},
		{"somebody gone", "  mech: {type: bot, roles: [Pay]}\n", "", ""},
		{"another account", "id: 1", "id: 2", `/people/bob/github bob has the GitHub account "bob" (id 2) from now on`},
		{"another login of the account", "login: bob", "login: bobby", ""},
		{"an account more", "emails", "gitlab: {login: b, id: 7}, emails", `/people/bob/gitlab bob has the GitLab account "b" (id 7) from now on`},
		{"an account fewer", "github: {login: bob, id: 1}, ", "", "/people/bob bob is no longer known on GitHub by the id 1"},
		{"an address more", "[b@example.org]", "[b@example.org, bob@example.org]", ""},
		{"an address fewer", "[b@example.org]", "[bob@example.org]", `/people/bob/emails commits of "b@example.org" are no longer taken for those of bob`},
		{"another key", "keys: [", `keys: [{ssh: "` + key2 + `"}, `, "/people/bob/keys/0 bob has another key from now on"},
		{"a key for longer", "2026-12-31", "2027-12-31", "/people/bob/keys/0 a key of bob is good on more days than it was"},
		{"a key without end", ", until: 2026-12-31", "", "/people/bob/keys/0 a key of bob is good on more days than it was"},
		{"a key from earlier on", "from: 2026-01-01", "from: 2025-01-01", "/people/bob/keys/0 a key of bob is good on more days than it was"},
		{"a key for less", "2026-12-31", "2026-06-30", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(base, tt.old) {
				t.Fatalf("the people have no %q", tt.old)
			}
			was, err := ReadPeople("was.yaml", []byte(base))
			if err != nil {
				t.Fatal(err)
			}
			now, err := ReadPeople("now.yaml", []byte(strings.Replace(base, tt.old, tt.fresh, 1)))
			if err != nil {
				t.Fatal(err)
			}
			checkWeaker(t, WeakerPeople(was, now), tt.want)
		})
	}
}
