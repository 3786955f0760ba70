package check

import (
	"fmt"
	"strings"
	"testing"
)

// T10: every step from one status to another.
func TestTransitions(t *testing.T) {
	words := []string{"", "draft", "in_review", "approved", "deprecated", "retired"} // "" for a new file
	allowed := map[string]bool{}
	for _, step := range []string{
		" draft", " approved",
		"draft draft", "draft in_review", "in_review in_review", "in_review approved", "approved approved", "approved deprecated",
		"deprecated deprecated", "deprecated retired", "retired retired",
		"in_review draft", "approved draft", "deprecated draft",
	} {
		allowed[step] = true
	}
	says := map[string]string{
		" in_review": `a new prompt begins as "draft", or as "approved" with its approvals, not as "in_review"`, "draft approved": `goes from "draft" to "approved" and skips "in_review"`,
		"deprecated approved": `goes back from "deprecated" to "approved"; it may go back to "draft" only`, "retired draft": "the prompt is retired: it stays as it is",
		"draft retired": `skips "in_review"`,
	}
	for _, from := range words {
		for _, to := range words[1:] {
			t.Run(from+" to "+to, func(t *testing.T) {
				s := newScene(t)
				base := ""
				if from != "" {
					base = prompt("review_status: " + from)
				}
				s.file(a, base, prompt("review_status: "+to))
				s.approve("bo", "Security")
				v := Decide(s.Change)
				want := "APR108"
				if allowed[from+" "+to] {
					want = "passed"
				}
				if got := outcome(v); got != want || !strings.Contains(tell(v), says[from+" "+to]) {
					t.Errorf("%s, want %s and %q\n%s", got, want, says[from+" "+to], tell(v))
				}
				for _, d := range v.Findings {
					if d.Code == "APR108" && d.Pos.String() != "prompts/a.md:6:16" {
						t.Errorf("at %s, want the value of the status", d.Pos)
					}
				}
			})
		}
	}
}

// T10: what comes to the same as a step that is not allowed.
func TestStatus(t *testing.T) {
	run(t, []threat{
		{"a retired prompt changes", func(s *scene, wrong bool) {
			s.file(a, prompt("review_status: "+either(wrong, "retired", "deprecated")), prompt("review_status: "+either(wrong, "retired", "deprecated"), `version: "1.1"`))
			s.approve("bo", "Security")
		}, "APR108", "it stays as it is"},
		{"a retired prompt is revived as what it was listed as", func(s *scene, wrong bool) {
			legacy := prompt("review_status: "+either(wrong, "approved", "retired"), `version: "2.0"`)
			s.Ungoverned = listed(a, legacy)
			s.file(a, prompt("review_status: "+either(wrong, "retired", "deprecated")), legacy)
			s.approve("bo", "Security")
		}, "APR108", "it stays as it is"},
		{"a status that is no word counts as a draft", func(s *scene, wrong bool) {
			s.file(a, prompt("review_status: "+either(wrong, "aproved", "in_review")), prompt())
			s.approve("bo", "Security")
		}, "APR108", "skips"},
		{"no status counts as a draft", func(s *scene, wrong bool) {
			s.file(a, prompt(either(wrong, "-review_status", "review_status: in_review")), prompt(either(wrong, `version: "1.1"`, `version: "1.0"`)))
			s.approve("bo", "Security")
		}, "APR108", "skips"},
		{"two statuses count as the less advanced", func(s *scene, wrong bool) {
			s.file(a, prompt(`version: "0.9"`), prompt("review_status: "+either(wrong, "in_review", "approved"), "governance: {review_status: approved}"))
			s.approve("bo", "Security")
		}, "APR108", "goes back"},
		{"a new prompt claims to be approved", func(s *scene, wrong bool) {
			s.file(a, "", prompt())
			if !wrong {
				s.approve("bo", "Security")
			}
		}, "APR101", "one more person"},
		{"an approved body changes and stays approved", func(s *scene, wrong bool) {
			s.file(a, prompt("review_status: in_review"), prompt("review_status: in_review"))
			s.approve("bo", "Security") // of the text before
			s.Files = nil
			s.file(a, prompt(), prompt(either(wrong, "body: Never refund.", "review_status: deprecated"), `version: "1.1"`))
			if !wrong {
				s.Files[0].Head = blob(prompt("review_status: deprecated"))
			}
		}, "APR101, bo APR102", "one more person"},
		{"back to draft, with a new text and no approval", func(s *scene, wrong bool) {
			s.file(a, prompt(), prompt("review_status: draft", `version: "1.1"`))
			if !wrong {
				s.approve("bo", "Security")
			}
		}, "APR101", "one more person"},
	})
}

// A library with words of its own has the same steps, and no word that it lacks.
func TestTransitionsOfOtherWords(t *testing.T) {
	for step, want := range map[string]string{"idea live": "passed", "live gone": "passed", "idea gone": "APR108", "gone idea": "passed", "gone live": "APR108", " idea": "passed", " live": "APR108"} {
		from, to, _ := strings.Cut(step, " ")
		s := newScene(t)
		s.rules("version: 1\nvocabulary: {review_status: [idea, live, gone]}\n")
		base := ""
		if from != "" {
			base = prompt("review_status: " + from)
		}
		s.file(a, base, prompt("review_status: "+to))
		if v := Decide(s.Change); outcome(v) != want {
			t.Errorf("%s: %s, want %s\n%s", step, outcome(v), want, tell(v))
		}
	}
}

// T10, T11: versions that do not rise.
func TestVersions(t *testing.T) {
	for _, tt := range []struct{ before, after, says string }{
		{"1.9", "1.10", ""},
		{"1.10", "1.9", "version 1.9 is not higher than 1.10"},
		{"1.1", "1.10", ""},
		{"1.10", "1.1", "not higher"},
		{"1.0", "1.0.0", "not higher"},
		{"1.0", "1.0.1", ""},
		{"1.0.1", "1.0", "not higher"},
		{"1", "1.0", "not higher"},
		{"1.0", "1", "not higher"},
		{"2.0", "10", ""},
		{"1.0", "1.0", "not higher"},
		{"1.0", "0.9", "not higher"},
		{"1.0", "01.00", "not higher"},
		{"1.09", "1.9", "not higher"},
		{"1.0", "1.00000000000000000000000000000000000000001", ""},
		{"1.99999999999999999999999999999999999999999", "1.100000000000000000000000000000000000000000", ""},
		{"18446744073709551616", "1", "not higher"},
		{"1.0", "v1.1", `version "v1.1" is not numbers joined by dots`},
		{"1.0", "1.1-beta", "is not numbers"},
		{"1.0", "1..1", "is not numbers"},
		{"1.0", "1.", "is not numbers"},
		{"1.0", "-1", "is not numbers"},
		{"1.0", "१.२", "is not numbers"},
		{"1.0", "", `version "" is not numbers`},
		{"", "1.0", ""},
		{"", "", "is not numbers"},
		{"v9", "1.0", ""}, // nothing to compare with
		{"v9", "0.0", ""},
		{"", "0", ""},
	} {
		t.Run(tt.before+" to "+tt.after, func(t *testing.T) {
			s := newScene(t)
			version := func(v string) string {
				if v == "" {
					return "-version"
				}
				return fmt.Sprintf("version: %q", v)
			}
			s.file(a, prompt(version(tt.before)), prompt(version(tt.after), "body: Answer politely."))
			s.approve("bo", "Security")
			want := "APR109"
			if tt.says == "" {
				want = "passed"
			}
			if v := Decide(s.Change); outcome(v) != want || !strings.Contains(tell(v), tt.says) {
				t.Errorf("%s, want %s: %s\n%s", outcome(v), want, tt.says, tell(v))
			}
		})
	}
}

// T2: a version that the base has taken in the meantime, or that was there when the
// two parted; and what needs no new version.
func TestVersionsOfOthers(t *testing.T) {
	run(t, []threat{
		{"the base has it already", func(s *scene, wrong bool) {
			f := s.file(a, prompt(either(wrong, `version: "1.1"`, `version: "1.0"`), "body: Theirs."), prompt(`version: "1.1"`, "body: Ours."))
			f.Forks = []*Blob{blob(prompt())}
			s.approve("bo", "Security")
		}, "APR109", "version 1.1 is not higher than 1.1"},
		{"it was there where the two parted", func(s *scene, wrong bool) {
			f := s.file(a, prompt(`version: "0.1"`, "body: Put back."), prompt(`version: "1.1"`, "body: Ours."))
			f.Forks = []*Blob{blob(prompt()), blob(prompt(either(wrong, `version: "1.1"`, `version: "1.0"`)))}
			s.approve("bo", "Security")
		}, "APR109", "version 1.1 is not higher than 1.1"},
		{"only the status changes", func(s *scene, wrong bool) {
			s.file(a, prompt("review_status: in_review"), prompt(either(wrong, "body: Other.", "body: Answer the customer.")))
			s.approve("bo", "Security")
		}, "APR109", "not higher"},
		{"only the line ends change", func(s *scene, wrong bool) {
			s.file(a, prompt(), strings.ReplaceAll(prompt(), "\n", either(wrong, " \n", "\r\n")))
			if wrong {
				s.Files[0].Head = blob(prompt() + "\n")
			}
			s.approve("bo", "Security")
		}, "APR109", "not higher"},
	})
	s := newScene(t)
	f := s.file(a, prompt(), prompt("body: Ours."))
	f.Forks = []*Blob{{Mode: "120000"}}
	s.approve("bo", "Security")
	v := Decide(s.Change)
	if got := v.Findings[0].Pos.String(); got != "prompts/a.md:3:10" {
		t.Errorf("the finding is at %s, want the version\n%s", got, tell(v))
	}
	s.Files[0].Head = blob(prompt("-version", "body: Ours."))
	for _, d := range Decide(s.Change).Findings {
		if d.Pos.String() != "prompts/a.md:1:1" {
			t.Errorf("%s is at %s, want the start of a file without a version", d.Code, d.Pos)
		}
	}
}

// What is wrong with a status that does not stand there is told at the start.
func TestStatusThatIsMissing(t *testing.T) {
	s := newScene(t)
	s.file(a, prompt("review_status: retired"), prompt("-review_status"))
	var got []string
	for _, d := range Decide(s.Change).Findings {
		if d.Code == "APR108" {
			got = append(got, d.Pos.String())
		}
	}
	equal(t, "places", got, []string{"prompts/a.md:1:1"})
}

// Where the two parted, there may have been something else.
func TestVersionsWhereThereWasALink(t *testing.T) {
	s := newScene(t)
	s.file(a, prompt(), prompt(`version: "1.1"`)).Forks = []*Blob{{Mode: "120000"}}
	s.approve("bo", "Security")
	if v := Decide(s.Change); outcome(v) != "passed" {
		t.Errorf("%s\n%s", outcome(v), tell(v))
	}
}
