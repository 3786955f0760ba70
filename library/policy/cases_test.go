package policy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReadCasesMistakes reads every file of testdata/policy-test.
func TestReadCasesMistakes(t *testing.T) {
	p := read(t, needPolicy)
	checkMistakes(t, "../../testdata/policy-test", 7, func(name string, text []byte) error {
		cases, err := p.ReadCases(name, text)
		if (cases == nil) != (err != nil) {
			t.Errorf("%s: cases %v and error %v, want one of them", name, cases, err)
		}
		return err
	})
}

func TestTry(t *testing.T) {
	p := read(t, needPolicy)
	const common = "facts: {data_classification: internal, risk_level: low, review_status: draft}\n"
	for _, tt := range []struct {
		name, head string
		text       string // of the case, after its name
		want       []string
	}{
		{"nothing is needed", common, "path: prompts/a.md, need: {}", nil},
		{"what is needed", common, `path: prompts/a.md, facts: {risk_level: high}, need: {roles: {Security-Lead: 1}, people: 3}`, nil},
		{"people of the roles alone", common, `path: prompts/a.md, facts: {approval_roles: [CTO, Editor]}, need: {roles: {CTO: 1, Editor: 1}}`, nil},
		{"another spelling replaces what all declare", common, `path: prompts/a.md, facts: {riskLevel: high}, need: {roles: {Security-Lead: 1}, people: 3}`, nil},
		{"a file that is not governed", common, "path: notes/a.md, facts: {risk_level: critical}, need: {}", nil},
		{"settings are never governed", common, "path: .promptlib/a.md, facts: {risk_level: critical}, need: {}", nil},
		{
			"what is left out is the most restrictive", "", `path: prompts/a.md, need: {roles: {Security-Lead: 1}, people: 3}`,
			[]string{`p.yaml:2:50: case "x": 2 people must approve as "Security-Lead", by rule "critical" and rule "high"; expected 1 person`},
		},
		{
			"a role too many", common, `path: prompts/a.md, need: {roles: {CTO: 2}}`,
			[]string{`p.yaml:3:50: case "x": nobody must approve as "CTO"; expected 2 people`},
		},
		{
			"a role too few", common, `path: prompts/a.md, facts: {data_classification: public}, need: {}`,
			[]string{`p.yaml:3:79: case "x": 1 person must approve as "Editor", by rule "public"; expected nobody`},
		},
		{
			"people", common, `path: prompts/a.md, facts: {risk_level: high}, need: {roles: {Security-Lead: 1}, people: 2}`,
			[]string{`p.yaml:3:104: case "x": in all 3 people must approve, by rule "high"; expected 2 people`},
		},
		{
			"people who are left out", common, `path: prompts/a.md, facts: {risk_level: high}, need: {roles: {Security-Lead: 1}}`,
			[]string{`p.yaml:3:68: case "x": in all 3 people must approve, by rule "high"; expected 1 person`},
		},
		{
			"nobody where somebody is expected", common, `path: prompts/a.md, need: {people: 1}`,
			[]string{`p.yaml:3:50: case "x": in all nobody must approve; expected 1 person`},
		},
		{
			"a file that is not governed and should be", common, `path: notes/a.md, need: {people: 1}`,
			[]string{`p.yaml:3:39: case "x": the policy is not about notes/a.md, so that nothing is needed; see prompts in policy.yaml`},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cases, err := p.ReadCases("p.yaml", []byte(tt.head+"cases:\n  - {name: x, "+tt.text+"}\n"))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range p.Try(cases[0]) {
				got = append(got, d.At.Pos.String()+": "+d.Message)
			}
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("differences (-got +want):\n%s", diff)
			}
		})
	}
}

// TestCaseIsAFile: a case asks for what a file with its facts asks for.
func TestCaseIsAFile(t *testing.T) {
	p := read(t, needPolicy)
	for key, values := range declarations {
		for _, value := range values {
			cases, err := p.ReadCases("p.yaml", []byte("cases: [{name: x, path: prompts/a.md, facts: {"+key+": "+value+"}, need: {}}]"))
			if err != nil {
				continue // no test should declare it
			}
			want := p.Need(p.Effective(prompt(key+": "+value), "."))
			if diff := cmp.Diff(p.Need(p.Governance(cases[0])), want); diff != "" {
				t.Errorf("%s: %s (-got +want):\n%s", key, value, diff)
			}
		}
	}
}

func TestProtectsAndGovernsFile(t *testing.T) {
	p := read(t, "version: 1\nprotect: {paths: [\".promptlib/**\", \"/.github/**\", \"Makefile\"], approve: [{role: Owner}]}\n")
	for _, tt := range []struct{ file, top, want string }{
		{".promptlib/policy.yaml", "lib/.promptlib/policy.yaml", ".promptlib/**"},
		{"Makefile", "lib/Makefile", "Makefile"},
		{".github/x.yml", "lib/.github/x.yml", ""},
		{".github/x.yml", ".github/x.yml", "/.github/**"},
		{".github/x.yml", "", ""},
		{"prompts/a.md", "prompts/a.md", ""},
	} {
		if got := p.Protects(tt.file, tt.top); got != tt.want {
			t.Errorf("Protects(%q, %q) = %q, want %q", tt.file, tt.top, got, tt.want)
		}
	}
	globs := read(t, "version: 1\nprompts: [\"**\", \"x/README.md\"]\n")
	for file, want := range map[string][2]bool{ // without and with globs
		"a.md": {true, true}, "prompts/a.prompt": {true, true}, "README.md": {false, false}, "x/README.md": {false, true}, "Makefile": {false, true},
		".promptlib/policy.yaml": {false, false}, ".promptlib/a.md": {false, false},
	} {
		if got := [2]bool{p.GovernsFile(file), globs.GovernsFile(file)}; got != want {
			t.Errorf("GovernsFile(%q) without and with globs = %v, want %v", file, got, want)
		}
	}
}

// FuzzReadCases: cases are read or refused with a line for each mistake, and those
// that are read can be tried.
func FuzzReadCases(f *testing.F) {
	f.Add("cases: [{name: a, path: prompts/a.md, facts: {risk_level: high}, need: {roles: {CTO: 1}, people: 2}}]")
	f.Add("facts: {governance: {risk_level: low}}\ncases: [{name: a, path: /, need: {}}]")
	p := read(f, needPolicy)
	f.Fuzz(func(t *testing.T, text string) {
		cases, err := p.ReadCases("p.yaml", []byte(text))
		_, again := p.ReadCases("p.yaml", []byte(text))
		checkRefusal(t, cases == nil, err, again)
		for _, c := range cases {
			for _, d := range p.Try(c) {
				if !strings.HasPrefix(d.At.Pos.String(), "p.yaml:") {
					t.Errorf("difference without a place: %s", d.Message)
				}
			}
		}
	})
}
