package check

import (
	"strings"
	"testing"
	"time"

	"promptlib/library"
)

// waiver is one of the first file, of an hour ago and for another hour.
func (s *scene) waiver(name string) say {
	s.Helper()
	w := s.said(name, "", "Break-Glass")
	expires := testNow.Add(time.Hour)
	w.PredicateType, w.path = WaiverPredicate, ".promptlib/waivers/"+name+".json"
	w.Predicate.Expires, w.Predicate.Reason, w.Predicate.Ticket = &expires, "the shop is down", "OPS-7"
	return w
}

// T21: waivers that do not hold.
func TestWaivers(t *testing.T) {
	flawed := func(spoil func(s *scene, w *say)) func(s *scene, wrong bool) {
		return func(s *scene, wrong bool) {
			s.edit()
			w := s.waiver("fay")
			if wrong {
				spoil(s, &w)
			}
			s.put(w)
		}
	}
	expires := func(after time.Duration) *time.Time { at := testNow.Add(after); return &at }
	run(t, []threat{
		{"expired", flawed(func(_ *scene, w *say) { w.Predicate.Expires = expires(0) }),
			"APR101, APR111", "the waiver of fay does not hold: it has expired on 2026-03-10T12:00:00Z; 1 of 1 approvals missing: Security"},
		{"for longer than the policy lets it", flawed(func(_ *scene, w *say) { w.Predicate.Expires = expires(47*time.Hour + time.Second) }),
			"APR101, APR111", "it is for 48h0m1s, and 48h0m0s is the most"},
		{"in another role", flawed(func(_ *scene, w *say) { w.Predicate.Role = "Security" }),
			"APR101, APR111", "it is given as Security, and only Break-Glass may"},
		{"of somebody without the role", flawed(func(_ *scene, w *say) { w.Predicate.By, w.signer = "bo", "bo" }),
			"APR101, APR111", "bo does not hold the role Break-Glass"},
		{"of the author", flawed(func(_ *scene, w *say) { w.Predicate.By, w.signer = "ada", "ada" }),
			"APR101, APR111", "the author cannot waive the approvals of the own change"},
		{"of a bot", flawed(func(_ *scene, w *say) { w.Predicate.By, w.signer = "robo", "robo" }),
			"APR101, APR111", "robo is a bot"},
		{"signed by somebody else", flawed(func(_ *scene, w *say) { w.signer = "ada" }),
			"APR101, APR111", "it is by fay, and the key is that of ada"},
		{"of tomorrow", flawed(func(_ *scene, w *say) {
			w.Predicate.At, w.Predicate.Expires = testNow.Add(6*time.Minute), expires(time.Hour)
		}),
			"APR101, APR111", "it is dated in the future"},
		{"of another text", flawed(func(_ *scene, w *say) { w.Subject[0].Digest.SHA256 = strings.Repeat("0", 64) }), "APR101", "Security"},
		{"of another prompt", flawed(func(_ *scene, w *say) { w.Subject[0].Name = "prompts/b" }), "APR101", "Security"},
		{"without a reason", flawed(func(_ *scene, w *say) { w.Predicate.Reason = "" }), "APR101, somebody APR105", "the statement cannot be read: "},
		{"without a ticket", flawed(func(_ *scene, w *say) { w.Predicate.Ticket = "" }), "APR101, somebody APR105", "the statement cannot be read: "},
		{"without an end", flawed(func(_ *scene, w *say) { w.Predicate.Expires = nil }), "APR101, somebody APR105", "the statement cannot be read: "},
		{"that says it is an approval", flawed(func(_ *scene, w *say) { w.PredicateType, w.Predicate.Decision = ApprovalPredicate, Approve }), "APR101, somebody APR105", "/predicate/expires: is not allowed"},
		{"of a policy that knows none", flawed(func(s *scene, _ *say) { s.rules(strings.Split(testPolicy, "waivers:")[0]) }),
			"APR101, APR111", "the policy knows no waivers"},
		{"of a policy that takes reviews alone", func(s *scene, wrong bool) {
			s.rules(testPolicy + "evidence: {accept: [forge]}\n")
			s.edit()
			w := s.waiver("fay")
			w.Predicate.Expires = expires(either(wrong, -time.Minute, time.Minute))
			s.put(w)
		}, "APR101, APR111", "it has expired"},
		{"a rejection stands", func(s *scene, wrong bool) {
			s.edit()
			s.put(s.waiver("fay"))
			if wrong {
				s.put(s.said("bo", Reject, "Security"))
			}
		}, "APR106", "bo rejects it"},
		{"a skipped status stands", func(s *scene, wrong bool) {
			s.file(a, prompt("review_status: draft", "risk_level: high"), prompt("review_status: "+either(wrong, "approved", "in_review"), "risk_level: high"))
			s.put(s.waiver("fay"))
		}, "APR108", "skips"},
		{"a protected file", func(s *scene, wrong bool) {
			s.file(".promptlib/config.yaml", "lint: {}\n", "{}\n")
			w := s.waiver("fay")
			w.Predicate.Expires = expires(either(wrong, -time.Minute, time.Minute))
			s.put(w)
		}, "APR110, APR111", "Policy-Owner"},
		{"that has landed and expired", func(s *scene, wrong bool) {
			s.edit()
			f := s.Files[0]
			s.Files, s.Standing = nil, []File{{Path: f.Path, Base: f.Head, Head: f.Head, Commits: f.Commits}}
			w := s.waiver("fay")
			w.Predicate.Expires = expires(either(wrong, -time.Minute, time.Minute))
			s.put(w)
		}, "APR111", "it has expired on 2026-03-10T11:59:00Z"},
		{"that has landed and expired, and nobody has approved since", func(s *scene, wrong bool) {
			s.edit()
			f := s.Files[0]
			s.Files, s.Standing = nil, []File{{Path: f.Path, Base: f.Head, Head: f.Head, Commits: f.Commits}}
			w := s.waiver("fay")
			w.Predicate.Expires = expires(-time.Minute)
			s.put(w)
			s.approve(either(wrong, "ada", "bo"), "Security")
		}, "APR111, ada APR103", "it has expired"},
	})
}

func TestWaiverIsTold(t *testing.T) {
	s := newScene(t)
	s.edit()
	w := s.waiver("fay")
	end := w.Predicate.At.Add(48 * time.Hour) // as long as may be
	w.Predicate.Expires = &end
	s.put(w)
	v := Decide(s.Change)
	equal(t, "waiver", v.Files[0].Waiver, &Waiver{
		By: "fay", Reason: "the shop is down", Ticket: "OPS-7", Expires: "2026-03-12T11:00:00Z", Evidence: ".promptlib/waivers/fay.json",
	})
	equal(t, "waived", v.Waived, 1)
	if len(v.Findings) != 1 || v.Findings[0].Code != "APR101" || v.Findings[0].Severity != library.Warning {
		t.Errorf("the missing approval should be a warning:\n%s", tell(v))
	}
	s.approve("bo", "Security")
	v = Decide(s.Change)
	if v.Files[0].Waiver != nil || v.Waived != 0 || len(v.Findings) != 0 {
		t.Errorf("with the approval there should be no waiver: %d\n%s", v.Waived, tell(v))
	}
}

// Of what has landed on a waiver nothing is said once all is well, and nothing but
// the waiver while it is not: neither its status nor its authors are a change.
func TestStanding(t *testing.T) {
	for _, tt := range []struct {
		name  string
		after time.Duration // that the waiver ends
		who   string        // has approved
		want  string        // path, what it is, codes
		count int
	}{
		{"held", time.Hour, "", "prompts/a.md unchanged", 1},
		{"paid", -time.Hour, "bo", "", 0},
		{"due", -time.Hour, "", "prompts/a.md unchanged APR111", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newScene(t)
			s.edit("review_status: retired").Commits = []Commit{unsigned("ada")}
			s.Standing, s.Files = s.Files, nil
			s.Standing[0].Base = s.Standing[0].Head
			w := s.waiver("fay")
			end := testNow.Add(tt.after)
			w.Predicate.Expires = &end
			s.put(w)
			if tt.who != "" {
				s.approve(tt.who, "Security")
			}
			v := Decide(s.Change)
			got := ""
			for _, f := range v.Files {
				got += f.Path + " " + f.Change
			}
			for _, d := range v.Findings {
				got += " " + d.Code
			}
			if got != tt.want || v.Waived != tt.count || v.Evaluated != 0 {
				t.Errorf("got %q, %d waived, %d evaluated, want %q and %d\n%s", got, v.Waived, v.Evaluated, tt.want, tt.count, tell(v))
			}
		})
	}
}

func TestWaivedNamesFiles(t *testing.T) {
	s := newScene(t)
	s.edit()
	s.put(s.waiver("fay"))
	s.file(".promptlib/config.yaml", "{}", "lint: {}")
	s.file("notes.txt", "", "x")
	b := s.said("gus", Approve, "Policy-Owner")
	b.Subject = []Subject{s.subject(".promptlib/config.yaml")}
	s.put(b)
	s.Statements = append(s.Statements, Statement{Text: []byte("{")})
	equal(t, "waived", s.Waived(), []string{"prompts/a"})
	equal(t, "subjects", s.Subjects(), map[string]bool{"prompts/a": true, s.digest(a): true, ".promptlib/config.yaml": true, s.digest(".promptlib/config.yaml"): true})
}

// What is said of files is in the order of their paths, be they changed or landed.
func TestStandingInOrder(t *testing.T) {
	s := newScene(t)
	for _, path := range []string{"prompts/c.md", "prompts/b.md"} {
		s.file(path, prompt(), "Text.\n").Base = blob("Text.\n")
		w := s.waiver("fay")
		w.Subject = []Subject{s.subject(path)}
		s.put(w)
	}
	look := func(what string) {
		v := Decide(s.Change)
		var got []string
		for i, f := range v.Files {
			got = append(got, f.Path, v.Undecided[i].Pos.Path)
		}
		equal(t, what, got, []string{"prompts/b.md", "prompts/b.md", "prompts/c.md", "prompts/c.md"})
	}
	look("files that change")
	s.Standing, s.Files = s.Files, nil
	look("files that have landed")
}
