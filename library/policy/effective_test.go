package policy

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"promptlib/library"
)

// prompt reads a file whose front matter is header.
func prompt(header string) *library.Prompt {
	return library.Parse("prompts/a.md", "---\n"+header+"\n---\n# A\n\n## Prompt\n\nText.\n")
}

// testPolicy has a retention for prompts that declare none, and a tag that
// raises class and risk.
const testPolicy = `version: 1
vocabulary:
  tags:
    plain:
    private: {implies: {data_classification: confidential, risk_level: high}}
aliases:
  values: {hush: restricted}
retention: {default: P3Y}
`

func TestEffective(t *testing.T) {
	p := read(t, testPolicy)
	for _, tt := range []struct {
		name, header string
		key          string
		words        []string
		from         From
		keys         []string // of the declarations
	}{
		{"level declared", "data_classification: internal", "data_classification", []string{"internal"}, Declared, []string{"data_classification"}},
		{"level in another case", "data_classification: Internal", "data_classification", []string{"internal"}, Declared, []string{"data_classification"}},
		{"level by a value alias", "data_classification: Hush", "data_classification", []string{"restricted"}, Declared, []string{"data_classification"}},
		{"level by a key alias", "dataClassification: internal", "data_classification", []string{"internal"}, Alias, []string{"dataClassification"}},
		{"level nested", "governance: {data_classification: internal}", "data_classification", []string{"internal"}, Alias, []string{"governance.data_classification"}},
		{"level nested by a key alias", "governance:\n  riskLevel: low", "risk_level", []string{"low"}, Alias, []string{"governance.riskLevel"}},
		{"two aliases that agree", "dataClassification: internal\ngovernance: {data_classification: internal}", "data_classification", []string{"internal"}, Alias,
			[]string{"dataClassification", "governance.data_classification"}},
		{"two spellings that agree", "dataClassification: Internal\ndata_classification: internal", "data_classification", []string{"internal"}, Declared,
			[]string{"dataClassification", "data_classification"}},
		{"level conflict", "dataClassification: internal\ndata_classification: confidential", "data_classification", []string{"confidential"}, Conflict,
			[]string{"dataClassification", "data_classification"}},
		{"level conflict the other way", "dataClassification: confidential\ndata_classification: internal", "data_classification", []string{"confidential"}, Conflict,
			[]string{"dataClassification", "data_classification"}},
		{"level conflict of three", "dataClassification: public\ngovernance: {data_classification: restricted}\ndata_classification: internal", "data_classification", []string{"restricted"}, Conflict,
			[]string{"dataClassification", "governance.data_classification", "data_classification"}},
		{"level missing", "title: x", "data_classification", []string{"restricted"}, Missing, nil},
		{"level unknown", "data_classification: top", "data_classification", []string{"restricted"}, Missing, []string{"data_classification"}},
		{"level null", "risk_level:", "risk_level", []string{"critical"}, Missing, []string{"risk_level"}},
		{"level as a list", "risk_level: [low]", "risk_level", []string{"critical"}, Missing, []string{"risk_level"}},
		{"level unknown beside a low one", "data_classification: top\ndataClassification: public", "data_classification", []string{"restricted"}, Conflict,
			[]string{"data_classification", "dataClassification"}},
		{"level null beside a low one", "risk_level:\nriskLevel: low", "risk_level", []string{"critical"}, Conflict, []string{"risk_level", "riskLevel"}},
		{"level unknown beside the highest", "data_classification: top\ndataClassification: restricted", "data_classification", []string{"restricted"}, Alias,
			[]string{"data_classification", "dataClassification"}},

		{"status declared", "review_status: approved", "review_status", []string{"approved"}, Declared, []string{"review_status"}},
		{"status conflict", "review_status: approved\nreviewStatus: in-review", "review_status", []string{"in_review"}, Conflict, []string{"review_status", "reviewStatus"}},
		{"status missing", "title: x", "review_status", []string{"draft"}, Missing, nil},
		{"status unknown beside approved", "review_status: done\nreviewStatus: approved", "review_status", []string{"draft"}, Conflict, []string{"review_status", "reviewStatus"}},

		{"flag declared", "approval_required: False", "approval_required", []string{"false"}, Declared, []string{"approval_required"}},
		{"flag conflict", "approval_required: false\napprovalRequired: true", "approval_required", []string{"true"}, Conflict, []string{"approval_required", "approvalRequired"}},
		{"flag missing", "title: x", "approval_required", []string{"true"}, Missing, nil},
		{"flag as text", "approval_required: nobody", "approval_required", []string{"true"}, Missing, []string{"approval_required"}},
		{"flag in quotes", "approval_required: \"false\"", "approval_required", []string{"true"}, Missing, []string{"approval_required"}},
		{"flag as text beside false", "approval_required: the board\napprovalRequired: false", "approval_required", []string{"true"}, Conflict, []string{"approval_required", "approvalRequired"}},

		{"set declared", "approval_roles: [CTO, Tech-Lead]", "approval_roles", []string{"CTO", "Tech-Lead"}, Declared, []string{"approval_roles"}},
		{"set as one word", "regulatory_scope: soc 2", "regulatory_scope", []string{"SOC2"}, Declared, []string{"regulatory_scope"}},
		{"set with a word twice", "regulatory_scope: [SOC2, SOC-2, gdpr]", "regulatory_scope", []string{"SOC2", "GDPR"}, Declared, []string{"regulatory_scope"}},
		{"set with an unknown word", "governance_tags: [plain, odd]", "governance_tags", []string{"plain", "odd"}, Declared, []string{"governance_tags"}},
		{"set conflict", "approval_roles: [CTO]\napprovalRoles: [CISO, CTO]", "approval_roles", []string{"CTO", "CISO"}, Conflict, []string{"approval_roles", "approvalRoles"}},
		{"set in another order", "approval_roles: [CTO, CISO]\napprovalRoles: [CISO, CTO]", "approval_roles", []string{"CTO", "CISO"}, Declared, []string{"approval_roles", "approvalRoles"}},
		{"set missing", "title: x", "approval_roles", nil, Missing, nil},
		{"set empty", "approval_roles: []", "approval_roles", nil, Declared, []string{"approval_roles"}},
		{"set of no role", "approval_roles: None", "approval_roles", nil, Declared, []string{"approval_roles"}},
		{"set as a mapping", "approval_roles: {CTO: 1}", "approval_roles", nil, Missing, []string{"approval_roles"}},
		{"set as a mapping beside a list", "approval_roles: {CTO: 1}\napprovalRoles: [CISO]", "approval_roles", []string{"CISO"}, Alias, []string{"approval_roles", "approvalRoles"}},

		{"retention declared", "retention_period: P5Y", "retention_period", []string{"P5Y"}, Declared, []string{"retention_period"}},
		{"retention in words", "retention_period: 5-years", "retention_period", []string{"P5Y"}, Declared, []string{"retention_period"}},
		{"retention that agrees", "retention_period: P12M\nretentionPeriod: 1 year", "retention_period", []string{"P12M"}, Declared, []string{"retention_period", "retentionPeriod"}},
		{"retention conflict", "retention_period: P5Y\nretentionPeriod: 7 years", "retention_period", []string{"P7Y"}, Conflict, []string{"retention_period", "retentionPeriod"}},
		{"retention for ever", "retention_period: permanent\nretentionPeriod: P9999Y", "retention_period", []string{"permanent"}, Conflict, []string{"retention_period", "retentionPeriod"}},
		{"retention missing", "title: x", "retention_period", []string{"P3Y"}, Missing, nil},
		{"retention unreadable beside a short one", "retention_period: long\nretentionPeriod: P1Y", "retention_period", []string{"P3Y"}, Conflict, []string{"retention_period", "retentionPeriod"}},

		{"date declared", "reviewed: 2025-11-17", "reviewed", []string{"2025-11-17"}, Declared, []string{"reviewed"}},
		{"date conflict", "reviewed: 2025-11-17\ngovernance: {reviewed: 2024-01-02}", "reviewed", []string{"2024-01-02"}, Conflict, []string{"reviewed", "governance.reviewed"}},
		{"date missing", "title: x", "reviewed", nil, Missing, nil},
		{"date malformed", "reviewed: soon", "reviewed", nil, Missing, []string{"reviewed"}},

		{"name declared", "owner: Ada", "owner", []string{"Ada"}, Declared, []string{"owner"}},
		{"name conflict", "owner: Ada\ngovernance: {owner: Bob}", "owner", []string{"Ada"}, Conflict, []string{"owner", "governance.owner"}},
		{"name missing", "title: x", "owner", nil, Missing, nil},
		{"name as a list", "owner: [Ada, Bob]", "owner", nil, Missing, []string{"owner"}},

		{"tag raises the class", "data_classification: public\ngovernance_tags: [private]", "data_classification", []string{"confidential"}, Conflict, []string{"data_classification"}},
		{"tag raises the risk", "risk_level: low\ngovernance_tags: Private", "risk_level", []string{"high"}, Conflict, []string{"risk_level"}},
		{"tag does not lower the class", "data_classification: restricted\ngovernance_tags: [private]", "data_classification", []string{"restricted"}, Declared, []string{"data_classification"}},
		{"tag does not lower a missing class", "governance_tags: [private]", "data_classification", []string{"restricted"}, Missing, nil},
		{"tag without implication", "data_classification: public\ngovernance_tags: [plain]", "data_classification", []string{"public"}, Declared, []string{"data_classification"}},

		{"duplicate key makes the file unsound", "risk_level: low\nrisk_level: low", "risk_level", []string{"critical"}, Missing, []string{"risk_level", "risk_level"}},
		{"unsound for another key", "title: x\ntitle: y\nrisk_level: low", "risk_level", []string{"critical"}, Missing, []string{"risk_level"}},
		{"alias node", "title: &t low\nrisk_level: *t", "risk_level", []string{"critical"}, Missing, []string{"risk_level"}},
		{"other nested keys", "meta: {risk_level: low}", "risk_level", []string{"critical"}, Missing, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := p.Effective(prompt(tt.header), ".").Get(tt.key)
			if diff := cmp.Diff(v.Words, tt.words); diff != "" {
				t.Errorf("words (-got +want):\n%s", diff)
			}
			if v.From != tt.from {
				t.Errorf("from %s, want %s", v.From, tt.from)
			}
			var keys []string
			for _, d := range v.Declarations {
				keys = append(keys, d.Key.Value)
			}
			if diff := cmp.Diff(keys, tt.keys); diff != "" {
				t.Errorf("declarations (-got +want):\n%s", diff)
			}
		})
	}
}

func TestEffectiveHasEveryField(t *testing.T) {
	g := Default().Effective(library.Parse("a.md", "text\n"), ".")
	var keys []string
	for _, v := range g.Values {
		keys = append(keys, v.Field.Key)
		if v.From != Missing || v.Declarations != nil {
			t.Errorf("%s of a file without front matter is %+v", v.Field.Key, v)
		}
	}
	var want []string
	for _, f := range Fields {
		want = append(want, f.Key)
	}
	if diff := cmp.Diff(keys, want); diff != "" {
		t.Errorf("fields (-got +want):\n%s", diff)
	}
	if v := g.Get("colour"); v.Word() != "" || v.Declarations != nil {
		t.Errorf("Get of no field = %+v", v)
	}
}

func TestValueAny(t *testing.T) {
	g := Default().Effective(prompt("risk_level: low\napproval_required: True\nregulatory_scope: SOC2\nreviewed: 2025-01-02"), ".")
	got := map[string]any{}
	for _, v := range g.Values {
		got[v.Field.Key] = v.Any()
	}
	want := map[string]any{
		"owner": nil, "data_classification": "restricted", "risk_level": "low", "review_status": "draft", "reviewed": "2025-01-02",
		"regulatory_scope": []string{"SOC2"}, "governance_tags": []string{}, "approval_required": true, "approval_roles": []string{}, "retention_period": nil,
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("values (-got +want):\n%s", diff)
	}
}

func TestAgree(t *testing.T) {
	p := read(t, testPolicy)
	for _, tt := range []struct {
		name, key, a, b string
		want            bool
	}{
		{"same level", "risk_level", "high", "High", true},
		{"other level", "risk_level", "high", "low", false},
		{"value alias", "data_classification", "hush", "restricted", true},
		{"same set", "approval_roles", "[CTO, CISO]", "[ciso, CTO]", true},
		{"smaller set", "approval_roles", "[CTO, CISO]", "CTO", false},
		{"same period", "retention_period", "P1Y", "12 months", true},
		{"other period", "retention_period", "P1Y", "permanent", false},
		{"same flag", "approval_required", "True", "true", true},
		{"flag and text", "approval_required", "true", "the board", false},
		{"same useless text", "approval_required", "the board", "the board", true},
		{"two useless texts", "risk_level", "odd", "strange", false},
		{"nothing in two ways", "risk_level", "", "~", true},
		{"nothing and something", "risk_level", "", "low", false},
		{"lists that say nothing", "risk_level", "[a]", "[b]", false},
		{"names", "owner", "Ada", "ada", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, _ := FieldOf(tt.key)
			g := p.Effective(prompt(tt.key+": "+tt.a+"\ngovernance:\n  "+tt.key+": "+tt.b), ".")
			d := g.Get(tt.key).Declarations
			if len(d) != 2 {
				t.Fatalf("%d declarations, want 2", len(d))
			}
			if got := p.Agree(f, d[0], d[1]); got != tt.want {
				t.Errorf("Agree = %v, want %v", got, tt.want)
			}
			if got := p.Agree(f, d[1], d[0]); got != tt.want {
				t.Errorf("Agree the other way = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestDemands(t *testing.T) {
	p := read(t, `version: 1
vocabulary:
  tags:
    private: {implies: {risk_level: high}}
    signed: {implies: {roles: [CISO, CTO], count: 2}}
rules:
  - {name: risky, when: {risk_level: ">=high"}, approve: [{role: Security-Lead}, {role: "*", count: 2}]}
  - {name: medium, when: {risk_level: medium}, approve: [{role: Tech-Lead}]}
  - {name: health, when: {regulatory_scope: HIPAA}, approve: [{role: Data-Protection-Officer}]}
  - {name: tagged, when: {governance_tags: private}, approve: [{role: Legal-Counsel}]}
  - {name: paid and public, when: {path: "prompts/pay*/**", data_classification: public}, approve: [{role: CTO}]}
  - {name: mature, when: {review_status: ">=approved"}, approve: [{role: Product-Owner}]}
`)
	const quiet = "risk_level: low\ndata_classification: internal\nreview_status: draft\n"
	for _, tt := range []struct {
		name, path, header string
		want               []Approval
	}{
		{"nothing asked for", "a.md", quiet, nil},
		{"level above the bound", "a.md", "risk_level: critical\nreview_status: draft", []Approval{
			{"Security-Lead", 1, `rule "risky"`}, {"*", 2, `rule "risky"`},
		}},
		{"level equal to the bound", "a.md", "risk_level: High\nreview_status: draft", []Approval{
			{"Security-Lead", 1, `rule "risky"`}, {"*", 2, `rule "risky"`},
		}},
		{"missing level counts as the highest", "a.md", "review_status: draft", []Approval{
			{"Security-Lead", 1, `rule "risky"`}, {"*", 2, `rule "risky"`},
		}},
		{"equal level", "a.md", "risk_level: medium", []Approval{{"Tech-Lead", 1, `rule "medium"`}}},
		{"member of a set", "a.md", quiet + "regulatory_scope: [GDPR, hipaa]", []Approval{{"Data-Protection-Officer", 1, `rule "health"`}}},
		{"not a member of a set", "a.md", quiet + "regulatory_scope: [GDPR]", nil},
		{"tag, and the level it raises", "a.md", quiet + "governance_tags: private", []Approval{
			{"Security-Lead", 1, `rule "risky"`}, {"*", 2, `rule "risky"`}, {"Legal-Counsel", 1, `rule "tagged"`},
		}},
		{"implied by a tag", "a.md", quiet + "governance_tags: [Signed]", []Approval{
			{"CISO", 1, "tag signed"}, {"CTO", 1, "tag signed"}, {"*", 2, "tag signed"},
		}},
		{"unknown tag", "a.md", quiet + "governance_tags: [sgned]", nil},
		{"path and level", "prompts/payments/refund.md", "risk_level: low\ndata_classification: public", []Approval{{"CTO", 1, `rule "paid and public"`}}},
		{"path without the level", "prompts/payments/refund.md", quiet, nil},
		{"level without the path", "prompts/refund.md", "risk_level: low\ndata_classification: public", nil},
		{"status at the bound", "a.md", "risk_level: low\nreview_status: approved", []Approval{{"Product-Owner", 1, `rule "mature"`}}},
		{"status beyond the bound", "a.md", "risk_level: low\nreview_status: retired", []Approval{{"Product-Owner", 1, `rule "mature"`}}},
		{"missing status has reached nothing", "a.md", "risk_level: low", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			doc := library.Parse("lib/"+tt.path, "---\n"+tt.header+"\n---\ntext\n")
			got := p.Demands(p.Effective(doc, "lib"))
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("demands (-got +want):\n%s", diff)
			}
		})
	}
}

// TestPathsAreRelativeToTheRoot: a rule about a path holds from wherever in the
// library the program is called.
func TestPathsAreRelativeToTheRoot(t *testing.T) {
	lib := t.TempDir()
	sub := filepath.Join(lib, "prompts", "payments")
	if err := os.MkdirAll(sub, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ dir, root, path string }{
		{lib, ".", "prompts/payments/a.md"},
		{lib, "", "prompts/payments/a.md"},
		{lib, lib, lib + "/prompts/payments/a.md"},
		{lib, ".", lib + "/prompts/payments/a.md"},
		{sub, "../..", "a.md"},
		{sub, "../..", "../payments/a.md"},
		{sub, "../..", "../../prompts/payments/a.md"},
		{filepath.Dir(lib), filepath.Base(lib), filepath.Base(lib) + "/prompts/payments/a.md"},
		{filepath.Dir(lib), "./" + filepath.Base(lib) + "/", filepath.Base(lib) + "/prompts/payments/a.md"},
	} {
		t.Run(tt.root+" "+tt.path, func(t *testing.T) {
			t.Chdir(tt.dir)
			g := Default().Effective(library.Parse(filepath.ToSlash(tt.path), "text\n"), tt.root)
			if g.path != "prompts/payments/a.md" {
				t.Errorf("path in the library = %q, want %q", g.path, "prompts/payments/a.md")
			}
		})
	}
}

// A spelling is one way to declare a key in a front matter.
var spellings = []string{"", "camel", "governance"}

func spelt(key, spelling string) string {
	switch spelling {
	case "camel":
		words := strings.Split(key, "_")
		for i := 1; i < len(words); i++ {
			words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
		}
		return strings.Join(words, "")
	case "governance":
		return "governance:\n  " + key
	}
	return key
}

// candidates are values of each key, of which some mean nothing.
var candidates = map[string][]string{
	"data_classification": {"public", "internal", "Confidential", "restricted", "hush", "odd", "", "[public]"},
	"risk_level":          {"low", "medium", "HIGH", "critical", "3", ""},
	"review_status":       {"draft", "wip", "approved", "retired", "done", ""},
	"regulatory_scope":    {"SOC2", "[SOC2, GDPR]", "[]", "none", "[GDPR, odd]", ""},
	"governance_tags":     {"plain", "[private, plain]", "[]", "[odd]"},
	"approval_required":   {"true", "False", "nobody", "", "[true]"},
	"approval_roles":      {"[CTO]", "[CISO, CTO]", "None", "[]", "anyone"},
	"retention_period":    {"P5Y", "7 years", "permanent", "P1D", "P60M", "long", ""},
	"reviewed":            {"2024-01-02", "2025-11-17", "soon", ""},
}

// TestMoreDeclarationsNeverLoosen: what several spellings of a key come to is as
// strict as each of them alone, and a further one never makes it less.
func TestMoreDeclarationsNeverLoosen(t *testing.T) {
	p := read(t, testPolicy)
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(Fields[1:]).Draw(t, "field") // owner has no order
		order := rapid.Permutation(spellings).Draw(t, "spellings")
		n := rapid.IntRange(1, len(order)).Draw(t, "declarations")
		var lines []string
		before := Value{}
		for i := range n {
			if f.Key == "reviewed" && order[i] == "camel" {
				continue // one word is spelt alike
			}
			line := spelt(f.Key, order[i]) + ": " + rapid.SampledFrom(candidates[f.Key]).Draw(t, "value")
			alone := p.Effective(prompt(line), ".").Get(f.Key)
			lines = append(lines, line)
			v := p.Effective(prompt(strings.Join(lines, "\n")), ".").Get(f.Key)
			if !atLeast(p, f, v, alone) {
				t.Errorf("%q come to %v, less than %q alone: %v", lines, v.Words, line, alone.Words)
			}
			if len(lines) > 1 && !atLeast(p, f, v, before) {
				t.Errorf("%q come to %v, less than without the last: %v", lines, v.Words, before.Words)
			}
			before = v
		}
	})
}

// atLeast reports whether a value is as strict as another. No value, which only
// a field without a strictest one can have, is less than any.
func atLeast(p *Policy, f Field, v, than Value) bool {
	if f.Type == Set {
		return !slices.ContainsFunc(than.Words, func(word string) bool { return !v.Has(word) })
	}
	if len(v.Words) == 0 || len(than.Words) == 0 {
		return len(than.Words) == 0
	}
	switch a, b := v.Word(), than.Word(); f.Type {
	case Level:
		return p.Rank(f.Key, a) >= p.Rank(f.Key, b)
	case Status:
		return p.Rank(f.Key, a) <= p.Rank(f.Key, b)
	case Flag:
		return a == "true" || b == "false"
	case Duration:
		x, _ := ReadSpan(a)
		y, _ := ReadSpan(b)
		return x.Compare(y) >= 0
	case Date:
		return a <= b
	}
	return false
}

func TestGovernedFiles(t *testing.T) {
	pol, err := Read("policy.yaml", []byte("version: 1\nprompts: [\"prompts/**/*.md\", \"agents/*.md\"]\nrules:\n  - {name: all, when: {path: \"**\"}, approve: [{role: \"*\"}]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		path     string
		governed bool
	}{
		{"lib/prompts/a.md", true},
		{"lib/prompts/deep/er/a.md", true},
		{"lib/agents/a.md", true},
		{"lib/agents/deep/a.md", false},
		{"lib/docs/a.md", false},
	} {
		t.Run(tt.path, func(t *testing.T) {
			g := pol.Effective(library.Parse(tt.path, "Text.\n"), "lib")
			if g.Governed != tt.governed {
				t.Errorf("governed is %t, want %t", g.Governed, tt.governed)
			}
			if demands := pol.Demands(g); len(demands) > 0 != tt.governed {
				t.Errorf("the policy demands %v", demands)
			}
		})
	}
	if g := Default().Effective(library.Parse("a.md", "Text.\n"), "."); !g.Governed {
		t.Error("a policy without globs does not govern every file")
	}
}
