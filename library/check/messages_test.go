package check

import (
	"strings"
	"testing"

	"promptlib/library/policy"
)

func TestLacks(t *testing.T) {
	slot := func(role string) Slot { return Slot{Slot: policy.Slot{Role: role}} }
	for _, tt := range []struct {
		roles, want string
	}{
		{"A", "1 of 5 approvals missing: A"},
		{"A B B", "3 of 5 approvals missing: A, B, B"},
		{"*", "1 of 5 approvals missing: one more person"},
		{"A *", "2 of 5 approvals missing: A, one more person"},
		{"A * *", "3 of 5 approvals missing: A, 2 more people"},
	} {
		var missing []Slot
		for _, role := range strings.Fields(tt.roles) {
			missing = append(missing, slot(role))
		}
		equal(t, tt.roles, lacks(missing, 5), tt.want)
	}
}

// An approval that names this text, of a file that changed once more, is told as
// one of another text; one of another file is not told at all.
func TestRefusedIsTold(t *testing.T) {
	for name, tt := range map[string]struct {
		do   func(s *scene)
		want []Refused
	}{
		"nothing":                     {func(s *scene) {}, nil},
		"a statement of another file": {func(s *scene) { b := s.said("bo", Approve, "Security"); b.Subject[0].Name = "prompts/b"; s.put(b) }, nil},
		"a statement of this file and another text": {
			func(s *scene) {
				b := s.said("bo", Approve, "Security")
				b.Subject[0].Digest.SHA256 = strings.Repeat("0", 64)
				s.put(b)
			},
			[]Refused{{"APR102", "bo", ".promptlib/approvals/bo.approve.Security.0.json", "it is of another text"}},
		},
		"a comment": {func(s *scene) { s.review("bo", Comment, "") }, nil},
		"two of one person for one reason: the last": {
			func(s *scene) { s.review("bo", Approve, ""); s.review("bo", Approve, "") },
			[]Refused{{"APR102", "bo", "https://forge.test/2", "the review has no line promptlib-digest of this text"}},
		},
		"two for two reasons: both, in their order": {
			func(s *scene) { s.review("bo", Approve, ""); s.review("bo", Approve, s.line(a, "Legal")) },
			[]Refused{
				{"APR102", "bo", "https://forge.test/1", "the review has no line promptlib-digest of this text"},
				{"APR105", "bo", "https://forge.test/2", "bo does not hold the role Legal"},
			},
		},
		"of two people": {
			func(s *scene) { s.approve("robo", "Security"); s.approve("ada", "Security") },
			[]Refused{
				{"APR103", "ada", ".promptlib/approvals/ada.approve.Security.1.json", "the author cannot approve the own change"},
				{"APR105", "robo", ".promptlib/approvals/robo.approve.Security.0.json", "robo is a bot"},
			},
		},
		"of two people for one reason": {
			func(s *scene) { s.approve("di", "Security"); s.approve("fay", "Security") },
			[]Refused{
				{"APR105", "di", ".promptlib/approvals/di.approve.Security.0.json", "di does not hold the role Security"},
				{"APR105", "fay", ".promptlib/approvals/fay.approve.Security.1.json", "fay does not hold the role Security"},
			},
		},
		"a rejection under a false name": {
			func(s *scene) { b := s.said("bo", Reject, "Security"); b.signer = "ada"; s.put(b) },
			[]Refused{{"APR105", "bo", ".promptlib/approvals/bo.reject.Security.0.json", "the statement says that it is by bo, and the key is that of ada"}},
		},
		"a waiver is told elsewhere": {func(s *scene) { w := s.waiver("bo"); s.put(w) }, nil},
		"what nobody can make out":   {func(s *scene) { s.Statements = append(s.Statements, Statement{Path: "x.json", Text: []byte("{")}) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.edit()
			tt.do(s)
			equal(t, "refused", Decide(s.Change).Files[0].Refused, tt.want)
		})
	}
}

// Where all places are filled, nothing is refused, and whoever fills one is told.
func TestFilledIsTold(t *testing.T) {
	s := newScene(t)
	s.edit()
	s.approve("ada", "Security")
	s.approve("bo", "Security")
	v := Decide(s.Change)
	r := v.Files[0]
	equal(t, "refused", r.Refused, []Refused(nil))
	equal(t, "slots", r.Slots, []Slot{{Slot: policy.Slot{Role: "Security", Reasons: []string{`rule "high risk"`}}, By: "bo", Evidence: ".promptlib/approvals/bo.approve.Security.1.json"}})
	equal(t, "the rest", [...]any{r.Path, r.Change, r.Protected, r.Digest, len(r.Missing()), r.Need.People}, [...]any{a, "changed", false, s.digest(a), 0, 1})
	equal(t, "authors", r.Authors, []string{"ada"})
}

// A review that fills a place is not refused for the one that is empty.
func TestUsedIsNotRefused(t *testing.T) {
	s := newScene(t)
	s.edit("governance_tags: [legal-text]")
	s.review("cy", Approve, s.line(a, "Security"))
	s.review("cy", Reject, "")
	s.review("cy", Approve, s.line(a, "Security"))
	v := Decide(s.Change)
	equal(t, "slots", slots(v), []string{"Legal: nobody of di", "Security: cy"})
	equal(t, "refused", v.Files[0].Refused, []Refused{{"APR106", "cy", "https://forge.test/1", "the same person has said something else since"}})
}

// Findings are sorted by their place, and those of lint among them.
func TestFindingsInOrder(t *testing.T) {
	s := newScene(t)
	s.file("prompts/z.md", "", prompt())
	s.file("prompts/b.md", "", prompt("review_status: retired"))
	s.Lint = append(s.Lint, lintFinding(0))
	equal(t, "told", strings.Split(tell(Decide(s.Change)), "\n"), []string{
		"prompts/a.md:1:1: GOV002 ",
		`prompts/b.md:6:16: APR108 a new prompt begins as "draft", or as "approved" with its approvals, not as "retired"`,
		"prompts/z.md:1:1: APR101 1 of 1 approvals missing: one more person",
		"",
	})
}

// A freshness without end never ends.
func TestFreshnessForEver(t *testing.T) {
	s := newScene(t)
	s.Policy.Freshness["high"] = policy.Span{Forever: true}
	s.edit()
	b := s.said("bo", Approve, "Security")
	b.Predicate.At = testNow.AddDate(-50, 0, 0)
	s.put(b)
	if v := Decide(s.Change); outcome(v) != "passed" {
		t.Errorf("%s\n%s", outcome(v), tell(v))
	}
}

// The paths of findings are those of the repository.
func TestPrefixIsShown(t *testing.T) {
	s := newScene(t)
	s.Prefix = "lib/"
	s.file(a, prompt(), prompt("body: Other."))
	s.file("/.github/x.yml", "", "x")
	s.file(".promptlib/people.yaml", people(nil), "x")
	var got []string
	v := Decide(s.Change)
	for _, d := range v.Findings {
		if d.Anchor == "" {
			t.Errorf("%s has no anchor", d.Code)
		}
		got = append(got, d.Pos.String()+" "+d.End.String()+" "+d.Code)
	}
	for _, f := range v.Files {
		got = append(got, f.Path)
	}
	equal(t, "paths", strings.Join(got, "\n"), strings.Join([]string{
		".github/x.yml:1:1 .github/x.yml:1:1 APR110",
		"lib/.promptlib/people.yaml:1:1 lib/.promptlib/people.yaml:1:1 APR110",
		"lib/.promptlib/people.yaml:1:1 lib/.promptlib/people.yaml:1:1 APR114",
		"lib/prompts/a.md:1:1 lib/prompts/a.md:1:1 APR101",
		"lib/prompts/a.md:3:10 lib/prompts/a.md:3:15 APR109",
		".github/x.yml", "lib/.promptlib/people.yaml", "lib/prompts/a.md",
	}, "\n"))
}

// A prompt that has landed is approved by statements alone, and a legacy file needs
// none as long as it is as it is listed.
func TestApprovedOfWhatLanded(t *testing.T) {
	s := newScene(t)
	s.edit()
	text := s.Files[0].Head.Text
	equal(t, "lacks", Approved(s.Change)(a, text), "1 of 1 approvals missing: Security")
	s.review("bo", Approve, s.line(a, ""))
	equal(t, "lacks, with a review", Approved(s.Change)(a, text), "1 of 1 approvals missing: Security")
	s.Ungoverned = listed(a, string(text))
	equal(t, "lacks, as a legacy file", Approved(s.Change)(a, text), "")
	equal(t, "lacks, as another text than is listed", Approved(s.Change)(a, append(text, '\n')), "1 of 1 approvals missing: Security")
	equal(t, "lacks, of what is not governed", Approved(s.Change)("notes.md", text), "")
	equal(t, "lacks, of what is protected", Approved(s.Change)(".promptlib/x.md", text), "1 of 1 approvals missing: Policy-Owner")
}

// Where a forge does not know all pushers, whoever pushed evidence may have pushed
// more.
func TestCourierOfAForgeThatKnowsLittle(t *testing.T) {
	for _, knows := range []bool{true, false} {
		s := newScene(t)
		s.edit()
		r := s.pull()
		r.Opener, r.Pushers = account("ada"), knows
		r.Authors = append(r.Authors, account("bo"))
		r.Pushes = []Push{{By: account("bo"), Evidence: true}}
		s.approve("bo", "Security")
		if v := Decide(s.Change); v.OK() != knows {
			t.Errorf("with all pushers known (%t) it passes: %t\n%s", knows, v.OK(), tell(v))
		}
	}
}

func TestDiffer(t *testing.T) {
	for _, tt := range []struct {
		have, want string
		line       int
		what       string
	}{
		{"a\nb\nc", "a\nx\nc", 1, "x"},
		{"a\nb", "a\nb\nc", 1, "b"},
		{"a\nb\nc", "a\nb", 1, "b"},
		{"a", "b", 0, "b"},
		{"", "b\nc", 0, "b"},
		{"a\nb\nc", "a", 0, "a"},
	} {
		line, what := differ(tt.have, tt.want)
		equal(t, tt.have+" and "+tt.want, []any{line, what}, []any{tt.line, ": here it would have \"" + tt.what + "\""})
	}
	s := newScene(t)
	for _, f := range []*File{{Path: "CODEOWNERS"}, {Path: "CODEOWNERS", Head: &Blob{Mode: "120000"}}} {
		s.Owners = f
		if v := Decide(s.Change); outcome(v) != "passed" || len(v.Findings) > 0 {
			t.Errorf("%s", tell(v))
		}
	}
}

func TestIsPromptOfAnyKind(t *testing.T) {
	s := newScene(t)
	s.rules("version: 1\nprompts: [\"prompts/**\"]\n")
	if !s.IsPrompt("prompts/a.txt") || s.IsPrompt("other/a.txt") {
		t.Error("what the policy governs is a prompt, whatever its name ends in")
	}
}

func TestRulesOfNoFile(t *testing.T) {
	s := newScene(t)
	equal(t, "notes", Decide(s.Change).Notes, []string{`the rule "payments" is about no file: its path "prompts/payments/**" matches none of the library`})
	s.Names = append(s.Names, "prompts/payments/a.md")
	equal(t, "notes, with such a file", Decide(s.Change).Notes, []string(nil))
	s.Names = []string{"/prompts/payments/a.md"}
	equal(t, "notes, with such a file outside of the library", len(Decide(s.Change).Notes), 1)
	s.Names = nil
	equal(t, "notes, without any file", Decide(s.Change).Notes, []string(nil))
}

// The block of CODEOWNERS is held against policy and people as they would land,
// and so is an empty place of either.
func TestCodeownersOfWhatLands(t *testing.T) {
	s := newScene(t)
	s.Owners = &File{Path: "/CODEOWNERS", Head: blob(policy.Owners(s.Policy, s.People, "", "CODEOWNERS"))}
	drift := func() (list []string) {
		for _, d := range Decide(s.Change).Findings {
			if d.Code == "APR113" {
				list = append(list, d.Pos.Path)
			}
			if d.Anchor == "" {
				t.Errorf("%s has no anchor", d.Code)
			}
		}
		return list
	}
	equal(t, "drift", drift(), []string(nil))
	s.file(".promptlib/people.yaml", people(nil), "")
	equal(t, "drift without people", drift(), []string{"CODEOWNERS"})
	s.Files = nil
	s.file(".promptlib/policy.yaml", testPolicy, "")
	equal(t, "drift without a policy", drift(), []string{"CODEOWNERS"})
}

// A policy that is new weakens none.
func TestNewPolicyWeakensNothing(t *testing.T) {
	s := newScene(t)
	s.file(".promptlib/policy.yaml", "", "version: 1\n")
	if out := tell(Decide(s.Change)); strings.Contains(out, "APR115") {
		t.Errorf("%s", out)
	}
	s.Files[0].Base = blob(testPolicy)
	if out := tell(Decide(s.Change)); !strings.Contains(out, "APR115") {
		t.Errorf("the policy asks for less, and nothing says so:\n%s", out)
	}
}
