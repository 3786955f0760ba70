package check

import (
	"fmt"
	"slices"
	"testing"
)

// T7: who has written a change, and who cannot hide it.
func TestAuthors(t *testing.T) {
	as := func(who string) func(s *scene, wrong bool, c Commit) {
		return func(s *scene, wrong bool, c Commit) {
			s.edit().Commits = []Commit{signed("ada"), c}
			s.approve(either(wrong, who, "cy"), "Security")
		}
	}
	bo := as("bo")
	run(t, []threat{
		{"the author of a commit approves", func(s *scene, wrong bool) {
			c := signed("ada")
			c.Author = "Bo@Example.org"
			bo(s, wrong, c)
		}, "APR101, bo APR103", "the author cannot approve"},
		{"the committer approves", func(s *scene, wrong bool) {
			c := signed("ada")
			c.Committer = "bo@example.org"
			bo(s, wrong, c)
		}, "APR101, bo APR103", "the author cannot approve"},
		{"a co-author approves", func(s *scene, wrong bool) {
			c := signed("ada")
			c.CoAuthors = []string{"someone@example.net", "bo@example.org"}
			bo(s, wrong, c)
		}, "APR101, bo APR103", "the author cannot approve"},
		{"the signer of a commit under another name approves", func(s *scene, wrong bool) {
			c := signed("bo")
			c.Author, c.Committer = "ada@example.org", "ada@example.org"
			bo(s, wrong, c)
		}, "APR101, bo APR103", "the author cannot approve"},
		{"the hidden address of a GitHub account", func(s *scene, wrong bool) {
			c := signed("ada")
			c.Author = fmt.Sprintf("%d+old-login@users.noreply.github.com", account("bo").ID)
			bo(s, wrong, c)
		}, "APR101, bo APR103", "the author cannot approve"},
		{"whoever opened the pull request approves", func(s *scene, wrong bool) {
			s.edit()
			s.pull().Authors = []Account{account("ada"), {Login: "renamed", ID: account("bo").ID}}
			s.approve(either(wrong, "bo", "cy"), "Security")
		}, "APR101, bo APR103", "the author cannot approve"},
		{"an unsigned commit of high risk", func(s *scene, wrong bool) {
			s.edit().Commits = []Commit{signed("ada"), either(wrong, unsigned("ada"), signed("ada"))}
			s.approve("bo", "Security")
		}, "APR104", "nobody vouches for who wrote this change of high risk"},
		{"an unsigned commit of what was of high risk", func(s *scene, wrong bool) {
			s.file(a, prompt("risk_level: high"), prompt(`version: "1.1"`)).Commits = []Commit{either(wrong, unsigned("ada"), signed("ada"))}
			s.approve("bo", "Security")
		}, "APR104", "nobody vouches"},
		{"an unsigned commit of low risk", func(s *scene, wrong bool) {
			risk := either(wrong, "high", "medium")
			s.file(a, prompt("risk_level: "+risk), prompt("risk_level: "+risk, `version: "1.1"`)).Commits = []Commit{unsigned("ada")}
			s.approve("bo", "Security")
		}, "APR104", "nobody vouches"},
		{"an unsigned commit of the policy", func(s *scene, wrong bool) {
			s.file(".promptlib/config.yaml", "lint: {}\n", "{}\n").Commits = []Commit{either(wrong, unsigned("mallory"), signed("mallory"))}
			if !wrong {
				s.Files[0].Commits = []Commit{signed("ada")}
			}
			s.approve("gus", "Policy-Owner")
		}, "APR104", "nobody vouches"},
		{"a commit signed with the key of nobody", func(s *scene, wrong bool) {
			c := signed("mallory")
			c.Author, c.Committer = "ada@example.org", "ada@example.org"
			s.edit().Commits = []Commit{either(wrong, c, signed("ada"))}
			s.approve("bo", "Security")
		}, "APR104", "nobody vouches"},
		{"a commit with the signature of another commit", func(s *scene, wrong bool) {
			c := signed("ada")
			c.Payload = slices.Concat(c.Payload, either(wrong, []byte("more"), nil))
			s.edit().Commits = []Commit{c}
			s.approve("bo", "Security")
		}, "APR104", "nobody vouches"},
		{"a commit with the signature of a statement", func(s *scene, wrong bool) {
			c := signed("ada")
			c.Signature = sign("ada", c.Payload, either(wrong, Namespace, "git"))
			s.edit().Commits = []Commit{c}
			s.approve("bo", "Security")
		}, "APR104", "nobody vouches"},
		{"no commit at all", func(s *scene, wrong bool) {
			s.edit().Commits = either(wrong, nil, []Commit{signed("ada")})
			s.approve("bo", "Security")
		}, "APR104", "nobody vouches"},
		{"a forge that does not know who pushed", func(s *scene, wrong bool) {
			s.edit().Commits = []Commit{unsigned("ada")}
			s.pull().Pushers = !wrong
			s.approve("bo", "Security")
		}, "APR104", "nobody vouches"},
		{"a forge that names nobody", func(s *scene, wrong bool) {
			s.edit().Commits = []Commit{unsigned("ada")}
			s.pull().Authors = either(wrong, nil, []Account{account("ada")})
			s.approve("bo", "Security")
		}, "APR104", "nobody vouches"},
		{"a pusher whose account was deleted", func(s *scene, wrong bool) {
			s.edit().Commits = []Commit{unsigned("ada")}
			s.pull().Authors = []Account{either(wrong, Account{Login: "ghost"}, account("eve")), account("ada")}
			s.approve("bo", "Security")
		}, "APR104", "nobody vouches"},
		{"a waiver of whoever may have written it", func(s *scene, wrong bool) {
			s.edit().Commits = []Commit{either(wrong, unsigned("mallory"), signed("ada"))}
			s.put(s.waiver("fay"))
		}, "APR104", "nobody vouches"},
	})
}

// What makes nobody an author, and does not stop a change.
func TestAuthorsWhoAreNone(t *testing.T) {
	for name, do := range map[string]func(s *scene){
		"commits of a forge's own pages": func(s *scene) {
			c := signed("ada")
			c.Committer = "noreply@github.com"
			s.Files[0].Commits = []Commit{c}
		},
		"a key that has ended says who it was": func(s *scene) { s.folk(people(map[string]string{"ada": "until: 2026-01-01"})) },
		"signed commits, and a forge that knows nobody": func(s *scene) {
			s.pull().Pushers, s.Request.Authors = false, nil
		},
		"unsigned commits, and a forge that knows": func(s *scene) { s.pull(); s.Files[0].Commits = []Commit{unsigned("ada")} },
		"of high risk, of which nothing is asked": func(s *scene) {
			s.rules("version: 1\nprompts: [\"prompts/**\"]\n")
			s.Files[0].Commits = []Commit{unsigned("ada")}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.edit()
			do(s)
			s.approve("bo", "Security")
			if v := Decide(s.Change); outcome(v) != "passed" {
				t.Errorf("%s\n%s", outcome(v), tell(v))
			}
		})
	}
}

func TestAuthorsAreListed(t *testing.T) {
	s := newScene(t)
	c := signed("ada")
	c.Committer, c.CoAuthors = "noreply@github.com", []string{
		"Zed@Example.net", "12345+zoe@users.noreply.github.com", "zoe@users.noreply.github.com", "x3+bo@users.noreply.github.com", "",
		"3+cy@users.noreply.github.com.example.net", "zed@example.net",
	}
	s.edit().Commits = []Commit{c, c, unsigned("eve")}
	s.pull().Authors = []Account{account("di"), {Login: "Stranger", ID: 77}}
	equal(t, "authors", Decide(s.Change).Files[0].Authors, []string{
		"ada", "di", "eve",
		"12345+zoe@users.noreply.github.com", "3+cy@users.noreply.github.com.example.net", "stranger", "x3+bo@users.noreply.github.com", "zed@example.net", "zoe@users.noreply.github.com",
	})
}

// A GitHub address is looked up by the account, and else as what it is.
func TestHiddenAddressOfPeople(t *testing.T) {
	s := newScene(t)
	s.folk("people:\n  ann: {emails: [9999+ann@users.noreply.github.com]}\n" + testRoles)
	c := signed("ada")
	c.Author = "9999+Ann@users.noreply.github.com"
	s.edit().Commits = []Commit{c}
	equal(t, "authors", Decide(s.Change).Files[0].Authors, []string{"ann", "ada@example.org"})
}

// Whoever pushes the own approval to the branch, and nothing else, is no author of
// what it is about.
func TestCouriers(t *testing.T) {
	push := func(who string, evidence bool) Push { return Push{By: account(who), Evidence: evidence} }
	for name, tt := range map[string]struct {
		change func(*PullRequest)
		passes bool
	}{
		"evidence alone":           {func(r *PullRequest) {}, true},
		"something else as well":   {func(r *PullRequest) { r.Pushes = append(r.Pushes, push("bo", false)) }, false},
		"nothing that is told of":  {func(r *PullRequest) { r.Pushes = r.Pushes[:1] }, false},
		"pushes that are unknown":  {func(r *PullRequest) { r.Pushers = false }, false},
		"the opener":               {func(r *PullRequest) { r.Opener = account("bo") }, false},
		"an opener who is unknown": {func(r *PullRequest) { r.Opener = Account{} }, false},
		"an account that was deleted": {func(r *PullRequest) {
			r.Authors[1].ID, r.Pushes[1].By.ID = 0, 0
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.edit().Commits = []Commit{unsigned("ada")}
			s.approve("bo", "Security")
			r := s.pull()
			r.Opener = account("ada")
			r.Authors = []Account{account("ada"), account("bo")}
			r.Pushes = []Push{push("ada", false), push("bo", true)}
			tt.change(r)
			if v := Decide(s.Change); v.OK() != tt.passes {
				t.Errorf("%s, want it to pass: %t\n%s", outcome(v), tt.passes, tell(v))
			}
		})
	}
}

// Who wrote a file before it was moved is an author of what it is called now, and
// of no file that was there before.
func TestAuthorsOfMovedFiles(t *testing.T) {
	moved := func(base string, commits ...Commit) func(s *scene, wrong bool) {
		return func(s *scene, wrong bool) {
			s.file(a, base, prompt("risk_level: high", `version: "1.1"`))
			s.Moved = commits
			s.approve(either(wrong, "bo", "cy"), "Security")
		}
	}
	run(t, []threat{
		{"who wrote it under another name approves", moved("", signed("bo")), "APR101, bo APR103", "the author cannot approve"},
		{"who may have written it under another name is not certain", func(s *scene, wrong bool) {
			moved("")(s, false)
			s.Moved = []Commit{either(wrong, unsigned("ada"), signed("ada"))}
		}, "APR104", "nobody vouches"},
		{"only commits under another name are there", func(s *scene, wrong bool) {
			moved("")(s, false)
			s.Files[0].Commits = nil
			s.Moved = []Commit{either(wrong, unsigned("ada"), signed("ada"))}
		}, "APR104", "nobody vouches"},
	})
	s := newScene(t)
	moved(prompt("risk_level: high"), signed("bo"))(s, true)
	if v := Decide(s.Change); !v.OK() {
		t.Errorf("a file that was there is taken for one that was moved:\n%s", tell(v))
	}
}
