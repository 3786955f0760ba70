package policy

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"promptlib/library"
)

var update = flag.Bool("update", false, "rewrite the .out files of testdata")

const fixtures = "../../testdata/policy"

// TestReadMistakes reads every policy of testdata/policy.
func TestReadMistakes(t *testing.T) {
	checkMistakes(t, fixtures, 10, func(name string, text []byte) error {
		_, err := Read(name, text)
		return err
	})
}

// checkMistakes reads every file of a folder. Beside each X.yaml stands X.out with
// the lines of the error; none means that the file is good.
func checkMistakes(t *testing.T, folder string, least int, read func(name string, text []byte) error) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(files) < least {
		t.Fatalf("got %d files in %s (error %v), want at least %d", len(files), folder, err, least)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if err := read(name+".yaml", text); err != nil {
				got = err.Error() + "\n"
			}
			checkGolden(t, strings.TrimSuffix(file, ".yaml")+".out", got)
		})
	}
}

// checkGolden holds text against a file, which is absent for no text.
func checkGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		err := os.Remove(path)
		if got != "" {
			err = os.WriteFile(path, []byte(got), 0o644)
		}
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(got, "\n"), strings.Split(string(want), "\n")); diff != "" {
		t.Errorf("%s (-got +want):\n%s", path, diff)
	}
}

// read returns a policy that must be good.
func read(t testing.TB, text string) *Policy {
	t.Helper()
	p, err := Read("policy.yaml", []byte(text))
	if err != nil {
		t.Fatalf("policy: %v", err)
	}
	return p
}

func TestReadKeepsEveryKey(t *testing.T) {
	path := fixtures + "/full.yaml"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Read(path, text)
	if err != nil {
		t.Fatal(err)
	}
	want := &Policy{
		Path: path,
		Vocabulary: map[string]Vocabulary{
			"data_classification": {Words: []string{"open", "internal", "secret"}, Declared: true},
			"risk_level":          {Words: []string{"minor", "major"}, Declared: true},
			"review_status":       {Words: []string{"draft", "in_review", "approved"}, Declared: true},
			"regulatory_scope":    {Words: []string{"none", "GDPR", "HIPAA"}, Declared: true},
			"approval_roles":      {Words: []string{"Editor", "Privacy-Lead", "Policy-Owner"}, Declared: true},
			"governance_tags":     {Words: []string{"no-personal-data", "personal-data", "legacy", "archived"}, Declared: true},
		},
		Tags: []Tag{
			{Name: "no-personal-data", Group: "personal"},
			{Name: "personal-data", Group: "personal", Implies: Implication{Class: "secret", Risk: "major", Roles: []string{"Privacy-Lead"}, Count: 2}},
			{Name: "legacy", Deprecated: "archived, or no tag at all"},
			{Name: "archived"},
		},
		Prompts:  []string{"prompts/**/*.md", "drafts/*.prompt"},
		Required: []string{"owner", "data_classification"},
		Rules: []Rule{
			{
				Name:    "approved prompts",
				When:    []Condition{{Key: "review_status", Value: "approved"}},
				Approve: []Approval{{Role: "*", Count: 1, Reason: `rule "approved prompts"`}},
			},
			{
				Name: "secret payments",
				When: []Condition{
					{Key: "data_classification", Value: "secret", AtLeast: true},
					{Key: "path", Value: "prompts/payments/**"},
					{Key: "governance_tags", Value: "personal-data"},
					{Key: "regulatory_scope", Value: "GDPR"},
					{Key: "risk_level", Value: "major"},
				},
				Approve: []Approval{{Role: "Editor", Count: 2, Reason: `rule "secret payments"`}, {Role: "Privacy-Lead", Count: 1, Reason: `rule "secret payments"`}},
			},
		},
		Retention: Retention{Default: &Span{Years: 3}, Floors: map[string]Span{"HIPAA": {Years: 6}}},
		Freshness: map[string]Span{"minor": {Months: 24}, "major": {Months: 6}},
		Providers: []Provider{{
			Name: library.Text{Value: "house"}, Hosts: []library.Text{{Value: "llm.example.org"}}, KeyEnv: library.Text{Value: "HOUSE_KEY"},
			Ceiling: library.Text{Value: "internal"}, Reviewed: library.Text{Value: "2025-02-01"}, Valid: &Span{Months: 12},
		}},
		Protect:  Protect{Paths: []string{".promptlib/**"}, Approve: []Approval{{Role: "Policy-Owner", Count: 1, Reason: "protect"}}},
		Evidence: []string{EvidenceForge, EvidenceSigned},
		Waivers:  Waivers{Role: "Policy-Owner", Max: 72 * time.Hour},
	}
	if diff := cmp.Diff(got, want, cmpopts.IgnoreFields(library.Text{}, "Pos", "End"), cmpopts.IgnoreUnexported(Policy{})); diff != "" {
		t.Errorf("policy (-got +want):\n%s", diff)
	}
	for alias, key := range map[string]string{
		"sensitivity": "data_classification", "meta.risk": "risk_level", // of the file
		"dataClassification": "data_classification", "governance.owner": "owner", // of the default
		"owner": "owner", "colour": "",
	} {
		if got := got.CanonicalKey(alias); got != key {
			t.Errorf("CanonicalKey(%q) = %q, want %q", alias, got, key)
		}
	}
}

func TestReadOfMinimalPolicyIsTheDefault(t *testing.T) {
	got, want := read(t, "version: 1"), Default()
	want.Path = "policy.yaml"
	if diff := cmp.Diff(got, want, cmp.AllowUnexported(Policy{})); diff != "" {
		t.Errorf("policy (-got +want):\n%s", diff)
	}
}

func TestDefault(t *testing.T) {
	p := Default()
	if p.Path != "" || p.Required != nil || p.Rules != nil || p.Retention.Default != nil || len(p.Retention.Floors) != 0 || len(p.Freshness) != 0 {
		t.Errorf("the default policy asks for something: %+v", p)
	}
	for key, v := range p.Vocabulary {
		if v.Declared {
			t.Errorf("vocabulary of %s counts as declared", key)
		}
		if field, ok := FieldOf(key); !ok || len(v.Words) == 0 {
			t.Errorf("vocabulary of %q (field %v) has %d words", key, field, len(v.Words))
		}
	}
	for _, tag := range p.Tags {
		for _, key := range []string{"data_classification", "risk_level"} {
			if floor := tag.Implies.Level(key); floor != "" && p.Rank(key, floor) < 0 {
				t.Errorf("tag %s implies %s %q, which is no word of it", tag.Name, key, floor)
			}
		}
		for _, role := range tag.Implies.Roles {
			if _, match := p.Canonical("approval_roles", role); match != Exact {
				t.Errorf("tag %s implies the role %q, which is not in the vocabulary", tag.Name, role)
			}
		}
	}
	for alias, word := range p.valueAliases {
		if alias != strings.ToLower(alias) {
			t.Errorf("value alias %q is not in lower case", alias)
		}
		found := false
		for key := range p.Vocabulary {
			_, match := p.Canonical(key, word)
			found = found || match == Exact
		}
		if !found {
			t.Errorf("value alias %q stands for %q, which is in no vocabulary", alias, word)
		}
	}
	p.Vocabulary["risk_level"].Words[0] = "changed"
	p.keyAliases["x"] = "owner"
	if fresh := Default(); fresh.Vocabulary["risk_level"].Words[0] != "low" || fresh.CanonicalKey("x") != "" {
		t.Error("a change of one default policy shows in the next")
	}
}

func TestKeyAliasesAreSorted(t *testing.T) {
	want := []string{
		"approvalRequired", "approvalRoles", "dataClassification",
		"governance.approvalRequired", "governance.approvalRoles", "governance.approval_required", "governance.approval_roles",
		"governance.dataClassification", "governance.data_classification", "governance.governanceTags", "governance.governance_tags",
		"governance.owner", "governance.regulatoryScope", "governance.regulatory_scope", "governance.retentionPeriod", "governance.retention_period",
		"governance.reviewStatus", "governance.review_status", "governance.reviewed", "governance.riskLevel", "governance.risk_level",
		"governanceTags", "regulatoryScope", "retentionPeriod", "reviewStatus", "riskLevel",
	}
	if diff := cmp.Diff(Default().KeyAliases(), want); diff != "" {
		t.Errorf("KeyAliases (-got +want):\n%s", diff)
	}
}

func TestLoad(t *testing.T) {
	root := t.TempDir()
	p, err := Load(root)
	if err != nil || p.Path != "" {
		t.Fatalf("Load without a policy = path %q, error %v, want the default", p.Path, err)
	}
	file := filepath.Join(root, library.SettingsDir, FileName)
	if err := os.Mkdir(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("version: 1\nrequired_keys: [owner]\n")
	p, err = Load(root)
	if err != nil {
		t.Fatal(err)
	}
	if p.Path != filepath.ToSlash(file) || len(p.Required) != 1 || p.Required[0] != "owner" {
		t.Errorf("Load = path %q, required %v", p.Path, p.Required)
	}
	write("version: 1\nfreshness: {hgih: P1Y}\n")
	if _, err := Load(root); err == nil || !strings.HasPrefix(err.Error(), filepath.ToSlash(file)+":2:13: ") {
		t.Errorf("Load of a policy with a mistake = %v, want its place", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(file, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(root); err == nil || !strings.HasSuffix(err.Error(), "policy.yaml: is a directory, not a file") {
		t.Errorf("Load of a folder = %v, want an error", err)
	}
}

func TestCanonicalAndRank(t *testing.T) {
	p := read(t, `version: 1
vocabulary:
  data_classification: [open, internal, secret]
aliases:
  values: {top-secret: secret, Hush Hush: secret, internal: secret}
`)
	for _, tt := range []struct {
		name, key, value string
		word             string
		match            Match
		rank             int
	}{
		{"exact", "data_classification", "secret", "secret", Exact, 2},
		{"folded", "data_classification", "Secret", "secret", Folded, 2},
		{"alias", "data_classification", "top-secret", "secret", Aliased, 2},
		{"alias in another case", "data_classification", "TOP-SECRET", "secret", Aliased, 2},
		{"alias declared in capitals", "data_classification", "hush hush", "secret", Aliased, 2},
		{"a word of the vocabulary is no alias", "data_classification", "internal", "internal", Exact, 1},
		{"alias of another vocabulary", "risk_level", "top-secret", "top-secret", Unknown, -1},
		{"unknown", "data_classification", "public", "public", Unknown, -1},
		{"empty", "data_classification", "", "", Unknown, -1},
		{"built-in alias", "regulatory_scope", "Soc-2", "SOC2", Aliased, 4},
		{"built-in word", "review_status", "retired", "retired", Exact, 4},
		{"no vocabulary", "owner", "Ada", "Ada", Exact, -1},
		{"no key", "colour", "red", "red", Exact, -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			word, match := p.Canonical(tt.key, tt.value)
			if word != tt.word || match != tt.match {
				t.Errorf("Canonical(%q, %q) = %q, %v, want %q, %v", tt.key, tt.value, word, match, tt.word, tt.match)
			}
			if rank := p.Rank(tt.key, tt.value); rank != tt.rank {
				t.Errorf("Rank(%q, %q) = %d, want %d", tt.key, tt.value, rank, tt.rank)
			}
		})
	}
}

func TestTag(t *testing.T) {
	p := Default()
	for name, want := range map[string]string{"sensitive": "sensitive", "PII-SAFE": "PII-safe", "pii-saf": "", "": ""} {
		tag, ok := p.Tag(name)
		if tag.Name != want || ok != (want != "") {
			t.Errorf("Tag(%q) = %q, %v, want %q", name, tag.Name, ok, want)
		}
	}
}

func TestFieldOf(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Fields {
		got, ok := FieldOf(f.Key)
		if !ok || got != f || seen[f.Key] {
			t.Errorf("FieldOf(%q) = %v, %v; seen before: %v", f.Key, got, ok, seen[f.Key])
		}
		seen[f.Key] = true
	}
	if f, ok := FieldOf("dataClassification"); ok {
		t.Errorf("FieldOf of an alias = %v, want none", f)
	}
}

func TestWaiversAndEvidence(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       Waivers
		evidence   []string
	}{
		{"left out", "", Waivers{}, []string{EvidenceForge, EvidenceSigned}},
		{"as long as can be", "waivers: {role: Chief}", Waivers{"Chief", MaxWaiver}, []string{EvidenceForge, EvidenceSigned}},
		{"hours", "waivers: {role: Chief, max: PT8H}", Waivers{"Chief", 8 * time.Hour}, []string{EvidenceForge, EvidenceSigned}},
		{"days", "waivers: {role: Chief, max: P2D}", Waivers{"Chief", 48 * time.Hour}, []string{EvidenceForge, EvidenceSigned}},
		{"the limit", "waivers: {role: Chief, max: P3D}", Waivers{"Chief", MaxWaiver}, []string{EvidenceForge, EvidenceSigned}},
		{"one kind of evidence", "evidence: {accept: [signed]}", Waivers{}, []string{EvidenceSigned}},
		{"evidence as it is", "evidence: {}", Waivers{}, []string{EvidenceForge, EvidenceSigned}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := read(t, "version: 1\n"+tt.text)
			if p.Waivers != tt.want || !slices.Equal(p.Evidence, tt.evidence) {
				t.Errorf("waivers %v, evidence %v, want %v, %v", p.Waivers, p.Evidence, tt.want, tt.evidence)
			}
		})
	}
}
