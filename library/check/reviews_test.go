package check

import (
	"strings"
	"testing"
	"time"
)

// T5, T6, T8: reviews of a forge.
func TestReviews(t *testing.T) {
	low := func(s *scene) *File { return s.file(a, prompt(), prompt(`version: "1.1"`, "body: Answer politely.")) }
	run(t, []threat{
		{"an account of nobody", func(s *scene, wrong bool) {
			s.edit()
			s.review(either(wrong, "mallory", "bo"), Approve, s.line(a, ""))
		}, "APR101, mallory-login APR105", `the account "mallory-login" (id 900) is nobody's`},
		{"a new account under an old login", func(s *scene, wrong bool) {
			s.edit()
			r := s.review("bo", Approve, s.line(a, ""))
			r.By.ID = either(wrong, 901, r.By.ID)
		}, "APR101, bo-login APR105", `the account "bo-login" (id 901) is nobody's`},
		{"an account that was deleted", func(s *scene, wrong bool) {
			s.edit()
			r := s.review("bo", Approve, s.line(a, ""))
			r.By = either(wrong, Account{Login: "ghost"}, r.By)
		}, "APR101, ghost APR105", "nobody's"},
		{"the account of another forge with that id", func(s *scene, wrong bool) {
			s.edit()
			s.review("bo", Approve, s.line(a, ""))
			s.Request.Forge = either(wrong, "gitlab", "github")
		}, "APR101, bo-login APR105", "nobody's"},
		{"an account that the forge calls a bot", func(s *scene, wrong bool) {
			s.edit()
			s.review("bo", Approve, s.line(a, "")).By.Bot = wrong
		}, "APR101, bo APR105", `the account "bo-login" is one of a bot`},
		{"a bot of people.yaml", func(s *scene, wrong bool) {
			s.edit()
			r := s.review(either(wrong, "robo", "bo"), Approve, s.line(a, ""))
			r.By.Bot = wrong
		}, "APR101, robo APR105", "robo is a bot"},
		{"somebody without the role", func(s *scene, wrong bool) {
			s.edit()
			s.review(either(wrong, "di", "bo"), Approve, s.line(a, ""))
		}, "APR101", "Security"},
		{"in a role that is not held", func(s *scene, wrong bool) {
			s.edit()
			s.review("bo", Approve, s.line(a, either(wrong, "Legal", "Security")))
		}, "APR101, bo APR105", "bo does not hold the role Legal"},
		{"in a role that is held and not asked for", func(s *scene, wrong bool) {
			s.edit()
			s.review("cy", Approve, s.line(a, either(wrong, "Legal", "Security")))
		}, "APR101", "Security"},
		{"the pusher approves", func(s *scene, wrong bool) {
			s.edit()
			s.review("bo", Approve, s.line(a, ""))
			if wrong {
				s.Request.Authors = append(s.Request.Authors, account("bo"))
			}
		}, "APR101, bo APR103", "the author cannot approve the own change"},
		{"of the text before the last push", func(s *scene, wrong bool) {
			f := s.edit()
			s.review("bo", Approve, s.line(a, ""))
			if wrong {
				f.Head.Text = append(f.Head.Text, "One more line.\n"...)
			}
		}, "APR101, bo APR102", "it is of another text"},
		{"edited afterwards", func(s *scene, wrong bool) {
			s.edit()
			s.review("bo", Approve, s.line(a, "")).Edited = wrong
		}, "APR101, bo APR102", "the review was edited after it was given"},
		{"dismissed", func(s *scene, wrong bool) {
			s.edit()
			s.review("bo", either(wrong, Revoke, Approve), s.line(a, ""))
		}, "APR101", "Security"},
		{"an older approval of somebody whose last one was dismissed", func(s *scene, wrong bool) {
			s.edit()
			s.review("bo", Approve, s.line(a, ""))
			s.review("bo", either(wrong, Revoke, Comment), "")
		}, "APR101, bo APR106", "the same person has said something else since"},
		{"changes requested after the approval", func(s *scene, wrong bool) {
			s.edit()
			s.review("bo", either(wrong, Approve, Reject), s.line(a, ""))
			s.review("bo", either(wrong, Reject, Approve), s.line(a, ""))
		}, "APR101, APR106, bo APR106", "bo rejects it"},
		{"changes requested of a text that is gone", func(s *scene, wrong bool) {
			f := s.edit()
			s.review("cy", either(wrong, Reject, Comment), s.line(a, ""))
			f.Head.Text = append(f.Head.Text, "Mended.\n"...)
			s.review("bo", Approve, s.line(a, ""))
		}, "APR106", "cy rejects it"},
		{"an edited approval after changes requested", func(s *scene, wrong bool) {
			s.edit()
			s.review("bo", Reject, "")
			s.review("bo", Approve, s.line(a, "")).Edited = wrong
		}, "APR101, APR106, bo APR102", "bo rejects it"},
		{"an edited rejection is one", func(s *scene, wrong bool) {
			s.edit()
			s.approve("bo", "Security")
			r := s.review("cy", either(wrong, Reject, Comment), "")
			r.Edited = true
		}, "APR106", "cy rejects it"},
		{"two at one time: the higher number is the later", func(s *scene, wrong bool) {
			s.edit()
			first, at := s.review("bo", either(wrong, Approve, Reject), s.line(a, "")).ID, s.Request.Reviews[0].At
			second := s.review("bo", either(wrong, Reject, Approve), s.line(a, ""))
			second.At, second.ID = at, first+1
		}, "APR101, APR106, bo APR106", "bo rejects it"},
		{"a digest of 31 digits", func(s *scene, wrong bool) {
			s.edit()
			s.review("bo", Approve, "promptlib-digest: "+s.digest(a)[:either(wrong, 31, 32)])
		}, "APR101, bo APR102", "the review has no line promptlib-digest of this text"},
		{"a digest in a quotation", func(s *scene, wrong bool) {
			s.edit()
			s.review("bo", Approve, "I have read:\n"+either(wrong, "> ", "")+s.line(a, "")+"\nFine.")
		}, "APR101, bo APR102", "no line promptlib-digest"},
		{"a digest within a sentence", func(s *scene, wrong bool) {
			s.edit()
			s.review("bo", Approve, either(wrong, "not ", "\t`")+s.line(a, "")+"`\r")
		}, "APR101, bo APR102", "no line promptlib-digest"},
		{"a digest of more digits than there are", func(s *scene, wrong bool) {
			s.edit()
			s.review("bo", Approve, s.line(a, "")+either(wrong, "0", ""))
		}, "APR101, bo APR102", "no line promptlib-digest"},
		{"several lines, none of this text", func(s *scene, wrong bool) {
			s.edit()
			other := "promptlib-digest: " + strings.Repeat("0", 64)
			s.review("bo", Approve, other+"\n"+either(wrong, other, s.line(a, ""))+"\n"+other)
		}, "APR101, bo APR102", "it is of another text"},
		{"a line that names another file", func(s *scene, wrong bool) {
			s.edit()
			s.review("bo", Approve, DigestLine(s.digest(a), either(wrong, "prompts/b.md", a), "Security"))
		}, "APR101, bo APR102", "it is of another text"},
		{"a line without role that names another file", func(s *scene, wrong bool) {
			s.edit()
			s.review("bo", Approve, DigestLine(s.digest(a), either(wrong, "prompts/b.md", "prompts/a"), ""))
		}, "APR101, bo APR102", "it is of another text"},
		{"without a digest, of high risk", func(s *scene, wrong bool) {
			s.file(a, prompt("risk_level: "+either(wrong, "high", "medium")), prompt("risk_level: "+either(wrong, "high", "medium"), `version: "1.1"`))
			s.review("bo", Approve, "LGTM")
		}, "APR101, bo APR102", "no line promptlib-digest"},
		{"without a digest, of high risk before", func(s *scene, wrong bool) {
			s.file(a, prompt("risk_level: "+either(wrong, "high", "low")), prompt(`version: "1.1"`))
			s.review("bo", Approve, "LGTM")
		}, "APR101, bo APR102", "no line promptlib-digest"},
		{"without a digest, of high risk after", func(s *scene, wrong bool) {
			s.file(a, prompt(), prompt("risk_level: "+either(wrong, "critical", "low"), `version: "1.1"`))
			s.review("bo", Approve, "LGTM")
		}, "APR101, bo APR102", "no line promptlib-digest"},
		{"without a digest, of another commit", func(s *scene, wrong bool) {
			low(s)
			s.review("bo", Approve, "LGTM").Commit = either(wrong, "c1", "c2")
		}, "APR101, bo APR102", "no line promptlib-digest"},
		{"without a digest, of a commit that nobody knows", func(s *scene, wrong bool) {
			low(s)
			s.review("bo", Approve, "LGTM").Commit = either(wrong, "", "c2")
			s.Request.Head = either(wrong, "", "c2")
		}, "APR101, bo APR102", "no line promptlib-digest"},
		{"without a digest, moved by the forge to a commit of later", func(s *scene, wrong bool) {
			low(s)
			r := s.review("bo", Approve, "LGTM")
			s.Request.Pushed = r.At.Add(either(wrong, 0, -time.Second))
		}, "APR101, bo APR102", "no line promptlib-digest"},
		{"without a digest, where the forge does not say when it was pushed", func(s *scene, wrong bool) {
			low(s)
			s.review("bo", Approve, "LGTM")
			if wrong {
				s.Request.Pushed = time.Time{}
			}
		}, "APR101, bo APR102", "no line promptlib-digest"},
		{"without a digest, of a file that the merge alters", func(s *scene, wrong bool) {
			low(s).AsProposed = !wrong
			s.review("bo", Approve, "LGTM")
		}, "APR101, bo APR102", "no line promptlib-digest"},
		{"without a digest, of a protected file", func(s *scene, wrong bool) {
			s.file(".promptlib/config.yaml", "lint: {}\n", "{}\n")
			s.review("gus", Approve, either(wrong, "LGTM", s.line(".promptlib/config.yaml", "")))
		}, "APR110, gus APR102", "no line promptlib-digest"},
		{"with a digest of another file, of low risk", func(s *scene, wrong bool) {
			low(s)
			s.review("bo", Approve, either(wrong, "promptlib-digest: "+strings.Repeat("0", 64), "LGTM"))
		}, "APR101, bo APR102", "it is of another text"},
		{"too old for the risk", func(s *scene, wrong bool) {
			s.edit()
			s.review("bo", Approve, s.line(a, "")).At = testNow.AddDate(0, either(wrong, -7, -5), 0)
		}, "APR101, bo APR112", "holds for P6M"},
		{"reviews where the policy takes statements alone", func(s *scene, wrong bool) {
			s.rules(testPolicy + "evidence: {accept: [" + either(wrong, "signed", "forge") + "]}\n")
			s.edit()
			s.review("bo", Approve, s.line(a, ""))
		}, "APR101, bo APR105", "the policy accepts no reviews of a forge"},
	})
}

// What must count although it looks odd.
func TestReviewsThatCount(t *testing.T) {
	for name, do := range map[string]func(s *scene){
		"the login was renamed": func(s *scene) { s.review("bo", Approve, s.line(a, "")).By.Login = "robert" },
		"a comment of later":    func(s *scene) { s.review("bo", Approve, s.line(a, "")); s.review("bo", Comment, "thanks") },
		"a second review of another file": func(s *scene) {
			s.review("bo", Approve, s.line(a, ""))
			s.review("bo", Approve, "promptlib-digest: "+strings.Repeat("1", 64))
		},
		"a second review without a digest": func(s *scene) { s.review("bo", Approve, s.line(a, "")); s.review("bo", Approve, "LGTM").Commit = "c9" },
		"a second one that was edited":     func(s *scene) { s.review("bo", Approve, s.line(a, "")); s.review("bo", Approve, "").Edited = true },
		"several files in one review": func(s *scene) {
			s.review("bo", Approve, "promptlib-digest: "+strings.Repeat("1", 64)+" prompts/z.md as Legal\n"+s.line(a, "Security"))
		},
		"the line with more space": func(s *scene) {
			s.review("bo", Approve, "promptlib-digest:\t"+s.digest(a)+" \t "+a+" \t as Security \t`\r\n")
		},
		"the whole line, as it is printed":      func(s *scene) { s.review("bo", Approve, DigestLine(s.digest(a), a, "Security")) },
		"an approval after changes requested":   func(s *scene) { s.review("bo", Reject, "no"); s.review("bo", Approve, s.line(a, "")) },
		"an approval after one was dismissed":   func(s *scene) { s.review("bo", Revoke, ""); s.review("bo", Approve, s.line(a, "")) },
		"a review that has no address":          func(s *scene) { s.review("bo", Approve, s.line(a, "")).URL = "" },
		"a digest line before the head arrived": func(s *scene) { s.review("bo", Approve, s.line(a, "")).At = testNow.AddDate(0, 0, -9) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.edit()
			do(s)
			v := Decide(s.Change)
			if outcome(v) != "passed" {
				t.Errorf("%s\n%s", outcome(v), tell(v))
			}
			equal(t, "slots", slots(v), []string{"Security: bo"})
		})
	}
}

func TestReviewWithoutAddressIsNamed(t *testing.T) {
	s := newScene(t)
	s.edit()
	s.review("bo", Approve, s.line(a, "")).URL = ""
	equal(t, "evidence", Decide(s.Change).Files[0].Slots[0].Evidence, "acme/prompts#12, review 1")
}

func TestDigestLine(t *testing.T) {
	for _, tt := range []struct{ path, role, want string }{
		{"", "", "promptlib-digest: d"},
		{"", "Legal", "promptlib-digest: d as Legal"},
		{"a b.md", "Legal", "promptlib-digest: d a b.md as Legal"},
		{"a\nb\u2028\u2029\u0085\x7f \x1f.md", "", "promptlib-digest: d a?b???? ?.md"},
	} {
		equal(t, "line", DigestLine("d", tt.path, tt.role), tt.want)
	}
}

// A review may call a file by its path in the repository too, and one whose name
// no line could hold is called as DigestLine writes it.
func TestReviewNamesFiles(t *testing.T) {
	for _, path := range []string{a, "prompts/with space.md", "prompts/new\nline.md", "prompts/as Legal.md", "prompts/ends as Legal"} {
		s := newScene(t)
		s.rules(strings.Replace(testPolicy, "prompts/**/*.md", "prompts/**", 1))
		s.Prefix = "lib/"
		s.edit().Path = path
		s.Names = []string{path}
		s.review("bo", Approve, DigestLine(s.digest(path), "lib/"+path, "Security"))
		if v := Decide(s.Change); outcome(v) != "passed" {
			t.Errorf("%q: %s\n%s", path, outcome(v), tell(v))
		}
	}
}
