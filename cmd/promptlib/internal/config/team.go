package config

import (
	"path"
	"strconv"
	"strings"

	"promptlib/library"
	"promptlib/library/policy"
)

// A Team is how many people keep a library, and what they must prove: what the
// first policy asks for follows from that.
type Team struct {
	Name string
	Doc  string // one line
	Note string // what the policy cannot do for such a team; empty for nothing

	policy, people, cases string // without the globs of the library
}

// Teams are all of them, the smallest first.
var Teams = []Team{solo, small, regulated}

// DraftTeam writes the first settings of a library that a team keeps: those of
// [Draft], with a policy that asks for approvals, the people who give them, and
// cases that say what it asks for.
func DraftTeam(s *Survey, t Team) []File {
	globs := s.Globs
	if len(globs) == 0 {
		globs = []string{"prompts/**/*.md"}
	}
	list := "prompts: [" + quoted(globs) + "]\n"
	in := func(name string) string { return path.Join(library.SettingsDir, name) }
	cases := strings.ReplaceAll(t.cases, "PATH", strconv.Quote(exampleOf(globs[0])))
	return []File{
		{in(FileName), draftConfig(s)},
		{in(policy.FileName), strings.Replace(t.policy, "PROMPTS\n", list+"\n", 1)},
		{in(policy.PeopleName), t.people},
		{in(policy.CasesName), cases},
		{in(".gitignore"), gitignore},
	}
}

// exampleOf returns a path that a glob of a survey stands for.
func exampleOf(glob string) string {
	var b strings.Builder
	for rest := glob; rest != ""; {
		switch {
		case rest[0] == '\\' && len(rest) > 1:
			b.WriteByte(rest[1])
			rest = rest[2:]
		case strings.HasPrefix(rest, "**/"):
			rest = rest[3:]
		case rest[0] == '*':
			b.WriteString("example")
			rest = rest[1:]
		default:
			b.WriteByte(rest[0])
			rest = rest[1:]
		}
	}
	return b.String()
}

var solo = Team{
	Name: "solo",
	Doc:  "one person: nothing asks for an approval, since nobody approves their own changes",
	Note: "nobody approves their own changes, so that the policy of one person asks for no approval; once there are two, write --team small",
	policy: `# What this library asks of its prompts, for one person. Nobody approves their own
# changes, so nothing here asks for an approval: no rules, nothing protected. What
# promptlib check still holds a change against is lint, the order of the statuses
# and a new version for a new text. A prompt whose own approval_roles names a role
# asks for somebody who is not there: leave them out.
version: 1

# The files that are governed.
PROMPTS
# Keys that every prompt must declare.
required_keys: [owner, data_classification, risk_level, review_status]

# By risk, how long a review vouches for a prompt. An overdue one is a warning.
freshness: {low: P24M, medium: P12M, high: P6M, critical: P3M}
`,
	people: `# Who there is. The owner of a prompt is one of them. Write lines like those below in
# place of "people: {}".
people: {}
# people:
#   ada:
#     github: {login: ada, id: 101} # the id from https://api.github.com/users/ada
#     emails: [ada@example.org]
roles: {}
`,
	cases: `# What the policy is to ask for: promptlib policy test holds it against this.
cases:
  - name: even what says nothing of itself needs nobody, since there is nobody else
    path: PATH
    need: {}
`,
}

const teamPeople = `# Who may approve what. Nobody approves their own change, and bots never approve.
# Write lines like those below in place of "people: {}", for each of you. The id of
# an account never changes, as its login may: https://api.github.com/users/LOGIN has
# it.
people: {}
# people:
#   ada:
#     github: {login: ada, id: 101}
#     emails: [ada@example.org]
#     roles: [Data-Owner, Policy-Owner]
#     keys: [{ssh: "ssh-ed25519 AAAA...", from: 2025-01-01}] # for promptlib approve
#   build: {type: bot, github: {login: build-bot, id: 900}}

# Give each role to two people at least, so that one of them can be the author.
roles:
`

var small = Team{
	Name: "small",
	Doc:  "about five people: a second pair of eyes, a role each for high risk and confidential data",
	policy: `# What this library asks of its prompts, for a team of about five. A part that is
# left out keeps the built-in default. promptlib policy explain FILE says what it
# asks for of a file, and promptlib policy test holds it against policy_test.yaml.
version: 1

# The files that are governed.
PROMPTS
# Keys that every prompt must declare. What is missing counts as the most
# restrictive value.
required_keys: [owner, data_classification, risk_level, review_status]

# Who must approve what. Every rule that matches a prompt applies; "*" is anybody
# of people.yaml but the author.
rules:
  - {name: approved, when: {review_status: ">=approved"}, approve: [{role: "*"}]}
  - {name: high risk, when: {risk_level: ">=high"}, approve: [{role: Security-Lead}]}
  - {name: confidential, when: {data_classification: ">=confidential"}, approve: [{role: Data-Owner}]}

# Files that decide what is asked of the others.
protect: {paths: [".promptlib/**", "/.github/**", "/.gitlab-ci.yml"], approve: [{role: Policy-Owner}]}

# What counts as an approval: a review on the forge, a signed statement.
evidence: {accept: [forge, signed]}

# By risk, how long a review vouches for a prompt. An overdue one is a warning.
freshness: {low: P24M, medium: P12M, high: P6M, critical: P3M}

# Who may let one change pass without its approvals, and for how long.
waivers: {role: Policy-Owner, max: PT72H}
`,
	people: teamPeople + `  Security-Lead: {description: answers for prompts of high risk}
  Data-Owner: {description: answers for confidential data}
  Policy-Owner: {description: answers for the policy and the people}
`,
	cases: `# What the policy is to ask for: promptlib policy test holds it against this. Facts
# are what a prompt declares; what it leaves out counts as the most restrictive.
facts: {owner: ada, data_classification: internal, risk_level: low, review_status: draft}
cases:
  - name: a draft of low risk needs nobody
    path: PATH
    need: {}
  - name: an approved prompt was seen by somebody else
    path: PATH
    facts: {review_status: approved}
    need: {people: 1}
  - name: high risk
    path: PATH
    facts: {risk_level: high, review_status: approved}
    need: {roles: {Security-Lead: 1}}
  - name: a critical prompt with confidential data
    path: PATH
    facts: {risk_level: critical, data_classification: restricted}
    need: {roles: {Security-Lead: 1, Data-Owner: 1}}
`,
}

var regulated = Team{
	Name: "regulated",
	Doc:  "auditors will ask: signed approvals, two for high risk, compliance by regime, retention",
	policy: `# What this library asks of its prompts, where auditors will ask who approved what.
# Have counsel confirm the regimes and periods. promptlib policy explain FILE says
# what it asks for of a file, and promptlib policy test holds it against
# policy_test.yaml.
version: 1

# The files that are governed.
PROMPTS
# Keys that every prompt must declare. What is missing counts as the most
# restrictive value.
required_keys: [owner, data_classification, risk_level, review_status, reviewed, regulatory_scope, retention_period]

# Who must approve what. Every rule that matches a prompt applies; "*" is anybody
# of people.yaml but the author. The approvals of one rule are by different people.
rules:
  - {name: approved, when: {review_status: ">=approved"}, approve: [{role: "*"}]}
  - {name: high risk, when: {risk_level: ">=high"}, approve: [{role: Security-Lead}, {role: "*"}]}
  - {name: critical risk, when: {risk_level: critical}, approve: [{role: Security-Lead}, {role: "*", count: 2}]}
  - {name: confidential, when: {data_classification: ">=confidential"}, approve: [{role: Data-Owner}]}
  - {name: GDPR, when: {regulatory_scope: GDPR}, approve: [{role: Compliance-Officer}]}
  - {name: HIPAA, when: {regulatory_scope: HIPAA}, approve: [{role: Compliance-Officer}]}
  - {name: SOX, when: {regulatory_scope: SOX}, approve: [{role: Compliance-Officer}]}
  - {name: EU AI Act, when: {regulatory_scope: EU-AI-Act}, approve: [{role: Compliance-Officer}]}

# Files that decide what is asked of the others.
protect: {paths: [".promptlib/**", "/.github/**", "/.gitlab-ci.yml"], approve: [{role: Policy-Owner}, {role: Compliance-Officer}]}

# What counts as an approval: a signed statement, which needs nobody's server.
evidence: {accept: [signed]}

# By risk, how long a review vouches for a prompt. An overdue one is a warning.
freshness: {low: P12M, medium: P12M, high: P6M, critical: P3M}

# How long what prompts produce is kept at the least, by regime.
retention: {default: P3Y, floors: {HIPAA: P6Y, SOX: P7Y, EU-AI-Act: P10Y}}

# Who may let one change pass without its approvals, and for how long.
waivers: {role: Break-Glass, max: PT24H}
`,
	people: teamPeople + `  Security-Lead: {description: answers for prompts of high risk}
  Data-Owner: {description: answers for confidential data}
  Compliance-Officer: {description: answers for what regulators ask}
  Policy-Owner: {description: answers for the policy and the people}
  Break-Glass: {description: may sign waivers in an emergency}
`,
	cases: `# What the policy is to ask for: promptlib policy test holds it against this. Facts
# are what a prompt declares; what it leaves out counts as the most restrictive.
facts: {owner: ada, data_classification: internal, risk_level: low, review_status: draft, regulatory_scope: [none]}
cases:
  - name: a draft of low risk needs nobody
    path: PATH
    need: {}
  - name: an approved prompt was seen by somebody else
    path: PATH
    facts: {review_status: approved}
    need: {people: 1}
  - name: high risk
    path: PATH
    facts: {risk_level: high}
    need: {roles: {Security-Lead: 1}, people: 2}
  - name: critical risk
    path: PATH
    facts: {risk_level: critical}
    need: {roles: {Security-Lead: 1}, people: 3}
  - name: personal data under two regimes
    path: PATH
    facts: {data_classification: confidential, regulatory_scope: [GDPR, HIPAA]}
    need: {roles: {Compliance-Officer: 1, Data-Owner: 1}}
  - name: figures for the accounts
    path: PATH
    facts: {regulatory_scope: [SOX]}
    need: {roles: {Compliance-Officer: 1}}
  - name: an AI system of high risk
    path: PATH
    facts: {regulatory_scope: [EU-AI-Act], risk_level: high}
    need: {roles: {Compliance-Officer: 1, Security-Lead: 1}}
`,
}
