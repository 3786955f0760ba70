package check

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"promptlib/library/policy"
)

const (
	landingPolicy = `version: 1
prompts: ["prompts/**"]
rules:
  - {name: pay, when: {path: "prompts/pay/**"}, approve: [{role: Pay}]}
protect: {paths: [".promptlib/**"], approve: [{role: Owner}]}
`
	landingPeople = `version: 1
people:
  carol: {github: {login: carol, id: 2}, gitlab: {login: c, id: 9}, roles: [Pay]}
  frank: {github: {login: frank, id: 5}, roles: [Owner]}
roles: {Pay: {}, Owner: {}}
`
)

// aChange is one of the settings of a library. Texts that are "" are not among the
// changed files.
func aChange(t *testing.T, newPolicy, newPeople string) Change {
	t.Helper()
	pol, err := policy.Read(".promptlib/policy.yaml", []byte(landingPolicy))
	if err != nil {
		t.Fatal(err)
	}
	people, err := policy.ReadPeople(".promptlib/people.yaml", []byte(landingPeople))
	if err != nil {
		t.Fatal(err)
	}
	c := Change{Policy: pol, People: people, Names: []string{"prompts/a.md", "prompts/pay/b.md"}, Now: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
	for _, f := range []struct{ path, base, head string }{
		{".promptlib/policy.yaml", landingPolicy, newPolicy}, {".promptlib/people.yaml", landingPeople, newPeople},
	} {
		if f.head != "" {
			c.Files = append(c.Files, File{Path: f.path, Base: aBlob(f.base), Head: aBlob(f.head)})
		}
	}
	return c
}

func aBlob(text string) *Blob { return &Blob{Mode: "100644", Text: []byte(text)} }

// findingsOf returns the findings of a code, as PLACE SEVERITY MESSAGE.
func findingsOf(v *Verdict, code string) string {
	var lines []string
	for _, d := range v.Findings {
		if d.Code == code {
			lines = append(lines, d.Pos.String()+" "+d.Severity.String()+" "+d.Message)
		}
	}
	return strings.Join(lines, "\n")
}

func TestCodeownersDrift(t *testing.T) {
	const begin, note, end = "# promptlib codeowners: begin\n", "# Written by promptlib codeowners. It asks for reviews; what decides is promptlib check.\n", "# promptlib codeowners: end\n"
	good := begin + note + "/.promptlib/ @frank\n/prompts/pay/ @carol\n" + end
	inFolder := begin + note + "/lib/.promptlib/ @frank\n/lib/prompts/pay/ @carol\n" + end
	more := strings.Replace(landingPeople, "  frank:", "  dave: {github: {login: dave, id: 7}, roles: [Pay]}\n  frank:", 1)
	for _, tt := range []struct {
		name, path, text      string
		newPolicy, newPeople  string
		prefix, mode, message string
	}{
		{name: "as it should be", path: "CODEOWNERS", text: "* @ada\n" + good},
		{name: "no block", path: "CODEOWNERS", text: "* @ada\n"},
		{name: "no file"},
		{name: "CR LF", path: "CODEOWNERS", text: strings.ReplaceAll(good, "\n", "\r\n")},
		{name: "a library in a folder", path: "/.github/CODEOWNERS", text: inFolder, prefix: "lib/"},
		{name: "a link", path: "CODEOWNERS", text: begin + end, mode: "120000"},
		{name: "an owner was added by hand", path: "CODEOWNERS", text: "* @ada\n" + strings.Replace(good, "@carol", "@carol @eve", 1),
			message: `CODEOWNERS:5:1 warning the block differs from what policy and people ask for: here it would have "/prompts/pay/ @carol"; run promptlib codeowners --write CODEOWNERS`},
		{name: "a line is gone", path: ".github/CODEOWNERS", text: strings.Replace(good, "/.promptlib/ @frank\n", "", 1),
			message: `.github/CODEOWNERS:3:1 warning the block differs from what policy and people ask for: here it would have "/.promptlib/ @frank"; run promptlib codeowners --write .github/CODEOWNERS`},
		{name: "a block of another folder", path: "/CODEOWNERS", text: good, prefix: "lib/",
			message: `CODEOWNERS:3:1 warning the block differs from what policy and people ask for: here it would have "/lib/.promptlib/ @frank"; run promptlib codeowners --write CODEOWNERS`},
		{name: "the change adds somebody", path: "CODEOWNERS", text: good, newPeople: more,
			message: `CODEOWNERS:4:1 warning the block differs from what policy and people ask for: here it would have "/prompts/pay/ @carol @dave"; run promptlib codeowners --write CODEOWNERS`},
		{name: "the change adds somebody to both", path: "CODEOWNERS", text: strings.Replace(good, "@carol", "@carol @dave", 1), newPeople: more},
		{name: "the change removes a rule", path: "CODEOWNERS", text: good, newPolicy: landingPolicy[:strings.Index(landingPolicy, "rules:")] + landingPolicy[strings.Index(landingPolicy, "protect:"):],
			message: `CODEOWNERS:4:1 warning the block differs from what policy and people ask for: here it would have "# promptlib codeowners: end"; run promptlib codeowners --write CODEOWNERS`},
		{name: "people that cannot be read", path: "CODEOWNERS", text: good, newPeople: "people: 1\n"},
		{name: "GitLab", path: ".gitlab/CODEOWNERS", text: begin + note + "/prompts/pay/ @c\n" + end},
		{name: "not closed", path: "CODEOWNERS", text: "x\n" + begin, message: `CODEOWNERS:1:1 warning line 2: the block of promptlib is not closed; write "# promptlib codeowners: end" below it`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := aChange(t, tt.newPolicy, tt.newPeople)
			c.Prefix = tt.prefix
			if tt.path != "" {
				head := aBlob(tt.text)
				if tt.mode != "" {
					head.Mode = tt.mode
				}
				c.Owners = &File{Path: tt.path, Head: head}
			}
			v := Decide(c)
			if diff := cmp.Diff(findingsOf(v, "APR113"), tt.message); diff != "" {
				t.Errorf("(-got +want)\n%s", diff)
			}
			c.Owners = nil
			if without := Decide(c); without.OK() != v.OK() {
				t.Errorf("with the file the change may land: %v, without: %v", v.OK(), without.OK())
			}
		})
	}
}

func TestPolicyWeakened(t *testing.T) {
	noRule := strings.Replace(landingPolicy, "name: pay", "name: paid", 1)
	promoted := strings.Replace(landingPeople, "roles: [Pay]", "roles: [Pay, Owner]", 1)
	for _, tt := range []struct{ name, newPolicy, newPeople, want string }{
		{"nothing changes", "", "", ""},
		{"a comment", landingPolicy + "# x\n", landingPeople + "# x\n", ""},
		{"a rule", noRule, "", `.promptlib/policy.yaml:3:1 info the rule "pay" is gone, which asked for 1 × Pay`},
		{"a part of the file that is gone", landingPolicy[:strings.Index(landingPolicy, "protect:")], "",
			".promptlib/policy.yaml:1:1 info \".promptlib/**\" is no longer protected\n.promptlib/policy.yaml:1:1 info protected files asked for 1 × Owner, and ask for nothing from now on"},
		{"a role", "", promoted, `.promptlib/people.yaml:3:69 info carol holds the role Owner from now on`},
		{"both", noRule, promoted, ".promptlib/people.yaml:3:69 info carol holds the role Owner from now on\n" + `.promptlib/policy.yaml:3:1 info the rule "pay" is gone, which asked for 1 × Pay`},
		{"what cannot be read", "rules: 1\n", promoted, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(findingsOf(Decide(aChange(t, tt.newPolicy, tt.newPeople)), "APR115"), tt.want); diff != "" {
				t.Errorf("(-got +want)\n%s", diff)
			}
		})
	}
	removed := aChange(t, landingPolicy, "")
	removed.Files[0].Head = nil
	if got := findingsOf(Decide(removed), "APR115"); !strings.Contains(got, `.promptlib/policy.yaml:1:1 info the rule "pay" is gone`) {
		t.Errorf("of a policy that is removed got %q", got)
	}
	first := aChange(t, noRule, promoted)
	first.Bootstrap = true
	if got := findingsOf(Decide(first), "APR115"); got != "" {
		t.Errorf("of the first policy got %q", got)
	}
}

func TestDeadRules(t *testing.T) {
	const note = `the rule "pay" is about no file: its path "prompts/pay/**" matches none of the library`
	typo := strings.Replace(landingPolicy, `"prompts/pay/**"`, `"prompts/pya/**"`, 1)
	for _, tt := range []struct {
		name, newPolicy string
		names           []string
		want            string
	}{
		{"a file", "", []string{"prompts/pay/b.md"}, ""},
		{"none", "", []string{"prompts/a.md"}, note},
		{"one outside of the library", strings.Replace(landingPolicy, "prompts/pay/**", "**/x.md", 1), []string{"/prompts/x.md"}, `the rule "pay" is about no file: its path "**/x.md" matches none of the library`},
		{"none of the new policy", typo, []string{"prompts/pay/b.md"}, strings.Replace(note, "/pay/", "/pya/", 1)},
		{"the new policy puts it right", landingPolicy, []string{"prompts/pay/b.md"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := aChange(t, tt.newPolicy, "")
			c.Names = tt.names
			if diff := cmp.Diff(strings.Join(Decide(c).Notes, "\n"), tt.want); diff != "" {
				t.Errorf("(-got +want)\n%s", diff)
			}
		})
	}
}

// TestLandingCodes: each code that looks at a change as a whole is listed, with all
// of its documentation.
func TestLandingCodes(t *testing.T) {
	for _, want := range []string{"APR113", "APR114", "APR115"} {
		found := false
		for _, c := range Codes {
			found = found || c.ID == want && c.Name != "" && c.Doc.Summary != "" && c.Doc.Why != "" && c.Doc.Fix != ""
		}
		if !found {
			t.Errorf("%s is not listed, or not documented", want)
		}
	}
}

// Whoever may change the policy alone may change everything. It is told, if the
// policy allows it.
func TestSettingsThatNothingProtects(t *testing.T) {
	for _, protected := range []bool{true, false} {
		s := newScene(t)
		text := testPolicy
		if !protected {
			text = strings.Replace(text, ".promptlib/**", "other/**", 1)
		}
		s.rules(text)
		s.file(".promptlib/policy.yaml", text, text+"# less\n")
		v := Decide(s.Change)
		if told := strings.Contains(strings.Join(v.Notes, "\n"), ".promptlib/policy.yaml changes, and nothing protects it"); told == protected || v.OK() == protected {
			t.Errorf("protected %t: told is %t, OK() is %t\n%s", protected, told, v.OK(), tell(v))
		}
	}
}
