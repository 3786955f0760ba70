package check

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// T3, T4, T6: statements that are not what they say, or of somebody who may not
// give them.
func TestStatements(t *testing.T) {
	run(t, []threat{
		{"no approval at all", func(s *scene, wrong bool) {
			s.edit()
			if !wrong {
				s.approve("bo", "Security")
			}
		}, "APR101", "1 of 1 approvals missing: Security"},
		{"the author approves", func(s *scene, wrong bool) {
			s.edit()
			s.approve(either(wrong, "ada", "bo"), "Security")
		}, "APR101, ada APR103", "the author cannot approve the own change"},
		{"signed with the key of somebody else", func(s *scene, wrong bool) {
			s.edit()
			a := s.said("bo", Approve, "Security")
			a.signer = either(wrong, "ada", "bo")
			s.put(a)
		}, "APR101, bo APR105", "it is by bo, and the key is that of ada"},
		{"signed with the key of nobody", func(s *scene, wrong bool) {
			s.edit()
			a := s.said("bo", Approve, "Security")
			a.signer = either(wrong, "mallory", "bo")
			s.put(a)
		}, "APR101, bo APR105", "is nobody's in the people.yaml of the base"},
		{"a person whom only the head knows", func(s *scene, wrong bool) {
			s.edit()
			s.file(".promptlib/people.yaml", people(nil), people(nil)+"# and mallory, whose key is hers\n")
			own := s.Files[1]
			s.Files = s.Files[:1]
			a := s.said("mallory", Approve, "Security")
			if !wrong {
				a = s.said("bo", Approve, "Security")
			}
			s.put(a)
			if wrong {
				s.Files = append(s.Files, own)
				p := s.said("gus", Approve, "Policy-Owner")
				p.Subject = []Subject{s.subject(".promptlib/people.yaml")}
				s.put(p)
			}
		}, "APR101, mallory APR105", "nobody's in the people.yaml of the base"},
		{"no signature", func(s *scene, wrong bool) {
			s.edit()
			s.approve("bo", "Security")
			if wrong {
				s.Statements[0].Signature = nil
			}
		}, "APR101, bo APR105", "is not signed; its signature belongs into .promptlib/approvals/bo.approve.Security.0.json.sig"},
		{"a signature of a commit", func(s *scene, wrong bool) {
			s.edit()
			a := s.said("bo", Approve, "Security")
			a.namespace = either(wrong, "git", Namespace)
			s.put(a)
		}, "APR101, bo APR105", `it was made for "git"`},
		{"altered after it was signed", func(s *scene, wrong bool) {
			s.edit()
			a := s.said("bo", Approve, "Security")
			a.Predicate.Note = "good"
			s.put(a)
			if wrong {
				s.Statements[0].Text = []byte(strings.Replace(string(s.Statements[0].Text), `"good"`, `"fine"`, 1))
			}
		}, "APR101, bo APR105", "it is of another text, or was altered"},
		{"a key that was given out for later", func(s *scene, wrong bool) {
			s.edit()
			s.folk(people(map[string]string{"bo": either(wrong, "from: 2026-03-11", "from: 2026-03-10")}))
			s.approve("bo", "Security")
		}, "APR101, bo APR105", "the key of bo is not good on 2026-03-10"},
		{"a key that was good when it signed", func(s *scene, wrong bool) {
			s.edit()
			s.folk(people(map[string]string{"bo": either(wrong, "until: 2026-03-09", "until: 2026-03-10")}))
			a := s.said("bo", Approve, "Security")
			a.Predicate.At = testNow.AddDate(0, 0, -7) // back-dated, perhaps
			s.put(a)
		}, "APR101, bo APR105", "is not good"},
		{"a bot", func(s *scene, wrong bool) {
			s.edit()
			s.approve(either(wrong, "robo", "bo"), "Security")
		}, "APR101, robo APR105", "robo is a bot"},
		{"in a role that is not held", func(s *scene, wrong bool) {
			s.edit()
			s.approve(either(wrong, "di", "bo"), "Security")
		}, "APR101, di APR105", "di does not hold the role Security"},
		{"in a role that is held and not asked for", func(s *scene, wrong bool) {
			s.edit()
			s.approve("cy", either(wrong, "Legal", "Security"))
		}, "APR101", "Security"},
		{"of the text before the last push", func(s *scene, wrong bool) {
			f := s.edit()
			s.approve("bo", "Security")
			if wrong {
				f.Head.Text = append(f.Head.Text, "One more line.\n"...)
			}
		}, "APR101, bo APR102", "it is of another text"},
		{"of the prompt under another path", func(s *scene, wrong bool) {
			f := s.edit()
			f.Path = either(wrong, "prompts/copy.md", a)
			a := s.said("bo", Approve, "Security")
			a.Subject[0].Name = "prompts/a"
			s.put(a)
		}, "APR101", "Security"},
		{"of another path with the text of this", func(s *scene, wrong bool) {
			s.edit()
			b := s.said("bo", Approve, "Security")
			b.Subject[0].Name = either(wrong, a, "prompts/a") // the name of a protected file, not of a prompt
			s.put(b)
		}, "APR101", "Security"},
		{"another predicate", func(s *scene, wrong bool) {
			s.edit()
			a := s.said("bo", Approve, "Security")
			a.PredicateType = either(wrong, "urn:promptlib:approval:v2", ApprovalPredicate)
			s.put(a)
		}, "APR101, somebody APR105", "the statement cannot be read: "},
		{"another type of statement", func(s *scene, wrong bool) {
			s.edit()
			a := s.said("bo", Approve, "Security")
			a.Type = either(wrong, "https://in-toto.io/Statement/v0.1", StatementType)
			s.put(a)
		}, "APR101, somebody APR105", "the statement cannot be read: "},
		{"a statement that says two things", func(s *scene, wrong bool) {
			s.edit()
			s.approve("bo", "Security")
			text := string(s.Statements[0].Text)
			if wrong {
				text = strings.Replace(text, `"decision":"approve"`, `"decision":"reject","decision":"approve"`, 1)
			}
			s.Statements[0] = Statement{Path: "x.json", Text: []byte(text), Signature: sign("bo", []byte(text), Namespace)}
		}, "APR101, somebody APR105", "the statement cannot be read: "},
		{"no time in UTC", func(s *scene, wrong bool) {
			s.edit()
			s.approve("bo", "Security")
			text := strings.Replace(string(s.Statements[0].Text), "11:00:00Z", either(wrong, "11:00:00+01:00", "11:00:00Z"), 1)
			s.Statements[0] = Statement{Path: "x.json", Text: []byte(text), Signature: sign("bo", []byte(text), Namespace)}
		}, "APR101, somebody APR105", "the statement cannot be read: "},
		{"of tomorrow", func(s *scene, wrong bool) {
			s.edit()
			a := s.said("bo", Approve, "Security")
			a.Predicate.At = testNow.Add(either(wrong, clockSkew+time.Second, clockSkew))
			s.put(a)
		}, "APR101, bo APR112", "it is dated in the future, 2026-03-10T12:05:01Z"},
		{"older than a review of that risk holds", func(s *scene, wrong bool) {
			s.edit()
			a := s.said("bo", Approve, "Security")
			a.Predicate.At = testNow.AddDate(0, -6, 0).Add(either(wrong, -time.Second, 0))
			s.put(a)
		}, "APR101, bo APR112", "it is of 2025-09-10, and a review of risk high holds for P6M"},
		{"older than the risk as it was lets a review hold", func(s *scene, wrong bool) {
			s.file(a, prompt("risk_level: high"), prompt(`version: "1.1"`))
			b := s.said("bo", Approve, "Security")
			b.Predicate.At = testNow.AddDate(0, either(wrong, -7, -5), 0)
			s.put(b)
		}, "APR101, bo APR112", "risk high"},
		{"older than the risk as it becomes lets a review hold", func(s *scene, wrong bool) {
			s.file(a, prompt(), prompt("risk_level: high", `version: "1.1"`))
			b := s.said("bo", Approve, "Security")
			b.Predicate.At = testNow.AddDate(0, either(wrong, -7, -5), 0)
			s.put(b)
		}, "APR101, bo APR112", "risk high"},
		{"statements where the policy takes reviews alone", func(s *scene, wrong bool) {
			s.rules(testPolicy + "evidence: {accept: [" + either(wrong, "forge", "forge, signed") + "]}\n")
			s.edit()
			s.approve("bo", "Security")
		}, "APR101, bo APR105", "the policy accepts no signed statements"},
	})
}

// What no statement may be is refused with a word on what is wrong.
func TestParseStatementMistakes(t *testing.T) {
	s := newScene(t)
	s.edit()
	s.approve("bo", "Security")
	good := string(s.Statements[0].Text)
	for from, to := range map[string][2]string{
		`{"_type"`:             {`["_type"`, "after array element"},
		`"role":"Security"`:    {`"role":""`, "/predicate/role: "},
		"2026-03-10T11:00:00Z": {"2026-99-10T11:00:00Z", "month out of range"},
	} {
		a, err := ParseStatement([]byte(strings.Replace(good, from, to[0], 1)))
		if err == nil || a != nil || !strings.Contains(err.Error(), to[1]) {
			t.Errorf("%s: error %v, want %q", to[0], err, to[1])
		}
	}
	if a, err := ParseStatement([]byte(good)); err != nil || a.Predicate.By != "bo" {
		t.Errorf("statement %v, error %v", a, err)
	}
}

// The limits of what is taken for a signature.
func TestVerifySignature(t *testing.T) {
	text := []byte("text")
	sig := sign("bo", text, Namespace)
	if key, err := VerifySignature(text, sig, Namespace); err != nil || string(key.Marshal()) != string(signer("bo").PublicKey().Marshal()) {
		t.Errorf("the key is %v, error %v", key, err)
	}
	padded := append([]byte(nil), sig...)
	padded = append(padded, []byte(strings.Repeat("\n", maxSignature-len(sig)))...)
	for name, tt := range map[string]struct {
		sig  []byte
		want string
	}{
		"too long":         {append(padded, '\n'), "the signature has more than 16384 bytes"},
		"no signature":     {[]byte("-----BEGIN PGP SIGNATURE-----"), "it is no SSH signature"},
		"empty":            {nil, "it is no SSH signature"},
		"of another text":  {sign("bo", []byte("other"), Namespace), "it is of another text, or was altered"},
		"for another use":  {sign("bo", text, "file"), `it was made for "file", not for "promptlib-approval@v1"`},
		"for no use named": {sign("bo", text, "x"), `it was made for "x"`},
	} {
		if _, err := VerifySignature(text, tt.sig, Namespace); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", name, err, tt.want)
		}
	}
	if _, err := VerifySignature(text, padded, Namespace); err != nil && strings.Contains(err.Error(), "bytes") {
		t.Errorf("as long as may be: %v", err)
	}
}

// T6: who counts for what.
func TestSlots(t *testing.T) {
	two := func(rules string) string {
		return strings.Replace(testPolicy, "rules:\n", "rules:\n"+rules, 1)
	}
	for _, tt := range []struct {
		name  string
		rules string
		say   [][2]string // person, role
		want  []string
	}{
		{"one person in two roles fills one place", `  - {name: both, when: {risk_level: high}, approve: [{role: Legal}]}` + "\n",
			[][2]string{{"cy", "Legal"}, {"cy", "Security"}}, []string{"Legal: cy", "Security: nobody of bo"}},
		{"whoever fits two places leaves the one that another fits", `  - {name: both, when: {risk_level: high}, approve: [{role: Legal}]}` + "\n",
			[][2]string{{"cy", "Legal"}, {"cy", "Security"}, {"di", "Legal"}}, []string{"Legal: di", "Security: cy"}},
		{"the same, said in another order", `  - {name: both, when: {risk_level: high}, approve: [{role: Legal}]}` + "\n",
			[][2]string{{"di", "Legal"}, {"cy", "Security"}, {"cy", "Legal"}}, []string{"Legal: di", "Security: cy"}},
		{"a second approval takes nothing from the first", "", [][2]string{{"cy", "Security"}, {"cy", "Legal"}}, []string{"Security: cy"}},
		{"one in a role that is not held takes nothing from the first", "", [][2]string{{"bo", "Security"}, {"bo", "Legal"}}, []string{"Security: bo"}},
		{"two of one role are two people", `  - {name: two, when: {risk_level: high}, approve: [{role: Security, count: 2}]}` + "\n",
			[][2]string{{"bo", "Security"}, {"bo", "Security"}}, []string{"Security: bo", "Security: nobody of cy"}},
		{"one person is one, whoever else has spoken in between", `  - {name: two, when: {risk_level: high}, approve: [{role: Security, count: 2}, {role: Legal}]}` + "\n",
			[][2]string{{"cy", "Legal"}, {"bo", "Security"}, {"cy", "Security"}}, []string{"Legal: cy", "Security: bo", "Security: nobody of"}},
		{"two rules for one role want one person", `  - {name: again, when: {risk_level: high}, approve: [{role: Security}]}` + "\n",
			[][2]string{{"bo", "Security"}}, []string{"Security: bo"}},
		{"a place for anybody is for somebody else", `  - {name: three, when: {risk_level: high}, approve: [{role: Security}, {role: "*", count: 2}]}` + "\n",
			[][2]string{{"bo", "Security"}, {"eve", "Reader"}, {"cy", "Legal"}}, []string{"Security: bo", "*: cy", "*: nobody of di eve fay gus"}},
		{"an approval in one role fills no place of another", `  - {name: both, when: {risk_level: high}, approve: [{role: Legal}]}` + "\n",
			[][2]string{{"cy", "Legal"}}, []string{"Legal: cy", "Security: nobody of bo"}},
		{"the author is not among those who could", "", nil, []string{"Security: nobody of bo cy"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newScene(t)
			s.rules(two(tt.rules))
			s.edit()
			for _, say := range tt.say {
				s.put(s.later(s.said(say[0], Approve, say[1])))
			}
			v := Decide(s.Change)
			equal(t, "slots", slots(v), tt.want)
			if pass := !strings.Contains(fmt.Sprint(tt.want), "nobody"); v.OK() != pass {
				t.Errorf("OK() is %t\n%s", v.OK(), tell(v))
			}
		})
	}
}

// T8: what was said is taken back.
func TestNo(t *testing.T) {
	run(t, []threat{
		{"somebody of the role rejects the text", func(s *scene, wrong bool) {
			s.edit()
			s.approve("bo", "Security")
			if wrong {
				s.put(s.said("cy", Reject, "Security"))
			}
		}, "APR106", "cy rejects it"},
		{"the same person rejects after the approval", func(s *scene, wrong bool) {
			s.edit()
			s.approve("bo", "Security")
			r := s.said("bo", Reject, "Security")
			r.Predicate.At = r.Predicate.At.Add(either(wrong, time.Minute, -time.Minute))
			s.put(r)
		}, "APR101, APR106, bo APR106", "the same person has said something else since"},
		{"both at one time", func(s *scene, wrong bool) {
			s.edit()
			s.approve("bo", "Security")
			r := s.said("bo", either(wrong, Reject, Approve), "Security")
			r.path = "!.json" // before that of the approval
			s.put(r)
		}, "APR101, APR106, bo APR106", "bo rejects it: !.json"},
		{"whoever could fill a place for anybody rejects", func(s *scene, wrong bool) {
			s.file(a, prompt(), prompt(`version: "1.1"`))
			s.approve("bo", "Security")
			if wrong {
				s.put(s.said("cy", Reject, "Legal"))
			}
		}, "APR106", "cy rejects"},
		{"a rejection of the text", func(s *scene, wrong bool) {
			f := s.edit()
			s.put(s.said("cy", Reject, "Security"))
			if !wrong {
				f.Head.Text = append(f.Head.Text, "Mended.\n"...)
			}
			s.approve("bo", "Security")
		}, "APR106", "cy rejects"},
		{"revoked by whoever gave it", func(s *scene, wrong bool) {
			s.edit()
			s.approve("bo", "Security")
			r := s.said("bo", Revoke, "Security")
			r.Predicate.At = r.Predicate.At.Add(either(wrong, time.Minute, -time.Minute))
			s.put(r)
		}, "APR101, bo APR106", "bo has revoked it as Security"},
		{"revoked by somebody else of the role", func(s *scene, wrong bool) {
			s.edit()
			s.approve("bo", "Security")
			r := s.said(either(wrong, "cy", "di"), Revoke, "Security")
			r.Predicate.At = r.Predicate.At.Add(time.Minute)
			s.put(r)
		}, "APR101, bo APR106", "cy has revoked it as Security"},
		{"revoked at the same time", func(s *scene, wrong bool) {
			s.edit()
			s.approve("bo", "Security")
			r := s.said("cy", Revoke, "Security")
			r.Predicate.At = r.Predicate.At.Add(either(wrong, 0, -time.Second))
			s.put(r)
		}, "APR101, bo APR106", "cy has revoked"},
		{"approved and revoked by one person at one time", func(s *scene, wrong bool) {
			s.edit()
			s.approve("bo", "Security")
			r := s.said("bo", either(wrong, Revoke, Approve), "Security")
			r.path = "!.json" // before that of the approval
			s.put(r)
		}, "APR101, bo APR106", "bo has revoked it"},
		{"rejected and revoked by one person at one time", func(s *scene, wrong bool) {
			s.edit()
			s.approve("cy", "Security")
			for _, what := range []Opinion{Reject, Revoke} {
				r := s.said("bo", either(wrong, what, Approve), "Security")
				r.path = string(what) + ".json"
				r.Predicate.At = r.Predicate.At.Add(-time.Minute) // which revokes nothing
				s.put(r)
			}
		}, "APR106", "bo rejects it"},
		{"revoked in this role", func(s *scene, wrong bool) {
			s.edit()
			s.approve("bo", "Security")
			r := s.said("cy", Revoke, either(wrong, "Security", "Legal"))
			r.Predicate.At = r.Predicate.At.Add(time.Minute)
			s.put(r)
		}, "APR101, bo APR106", "cy has revoked"},
		{"revoked by a person", func(s *scene, wrong bool) {
			s.edit()
			s.approve("bo", "Security")
			r := s.said(either(wrong, "cy", "robo"), Revoke, "Security")
			r.Predicate.At = r.Predicate.At.Add(time.Minute)
			s.put(r)
		}, "APR101, bo APR106", "cy has revoked"},
		{"a review that names no role, of a role that was revoked", func(s *scene, wrong bool) {
			s.edit()
			s.review("bo", Approve, s.line(a, ""))
			r := s.said("cy", Revoke, either(wrong, "Security", "Legal"))
			r.Predicate.At = testNow
			s.put(r)
		}, "APR101, bo APR106", "cy has revoked"},
	})
}

// Whoever may not approve cannot stop others either.
func TestNoOfNobody(t *testing.T) {
	for name, no := range map[string]func(s *scene){
		"without a role that is asked for": func(s *scene) { s.put(s.said("di", Reject, "Legal")) },
		"in a role that is not held":       func(s *scene) { s.put(s.said("di", Reject, "Security")) },
		"a bot":                            func(s *scene) { s.put(s.said("robo", Reject, "Security")) },
		"of another text": func(s *scene) {
			r := s.said("cy", Reject, "Security")
			r.Subject[0].Digest.SHA256 = strings.Repeat("0", 64)
			s.put(r)
		},
		"of another prompt":               func(s *scene) { r := s.said("cy", Reject, "Security"); r.Subject[0].Name = "prompts/b"; s.put(r) },
		"under a false name":              func(s *scene) { r := s.said("cy", Reject, "Security"); r.signer = "ada"; s.put(r) },
		"a review of a stranger":          func(s *scene) { s.review("mallory", Reject, "") },
		"a review of whoever has no role": func(s *scene) { s.review("eve", Reject, "") },
		"a waiver that does not hold, of one who approves": func(s *scene) {
			w := s.waiver("bo")
			w.Predicate.At = testNow
			s.put(w)
		},
		"a comment":         func(s *scene) { s.review("bo", Comment, "no") },
		"a review of a bot": func(s *scene) { s.review("cy", Reject, "").By.Bot = true },
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.edit()
			s.approve("bo", "Security")
			no(s)
			if v := Decide(s.Change); outcome(v) != "passed" {
				t.Errorf("%s\n%s", outcome(v), tell(v))
			}
		})
	}
}

// A revocation in one role leaves an approval in another, by whoever holds both.
func TestRevokedInAnotherRole(t *testing.T) {
	s := newScene(t)
	s.edit("governance_tags: [legal-text]")
	s.approve("cy", "Legal")
	s.approve("bo", "Security")
	r := s.said("bo", Revoke, "Security")
	r.Predicate.At = testNow
	s.put(r)
	equal(t, "slots", slots(Decide(s.Change)), []string{"Legal: cy", "Security: nobody of bo"})
}
