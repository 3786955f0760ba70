package check

import (
	"strings"
	"testing"

	"promptlib/library/policy"
)

// T11: a front matter that can be read in more than one way never asks for less
// than the one before.
func TestUnsoundFrontMatter(t *testing.T) {
	base := prompt("risk_level: high", "governance_tags: [legal-text]", "data_classification: public")
	plain := prompt(`version: "1.1"`, "data_classification: public")
	for name, head := range map[string]string{
		"a key twice":                     strings.Replace(plain, "risk_level: low\n", "risk_level: high\nrisk_level: low\n", 1),
		"a key twice, of another case":    strings.Replace(plain, "risk_level: low\n", "risk_level: low\nriskLevel: high\n", 1),
		"an alias":                        strings.Replace(plain, "title: Refunds\nversion", "title: &x low\nversion", 1),
		"a merge key":                     strings.Replace(plain, "risk_level: low\n", "<<: {risk_level: low}\n", 1),
		"a tag":                           strings.Replace(plain, "risk_level: low\n", "risk_level: !!str low\n", 1),
		"U+0085 before a key":             strings.Replace(plain, "title: Refunds\n", "title: Refunds\u0085risk_level: low\n", 1),
		"U+2028 before a key":             strings.Replace(plain, "title: Refunds\n", "title: Refunds\u2028risk_level: low\n", 1),
		"a carriage return before a key":  strings.Replace(plain, "title: Refunds\n", "title: Refunds\rrisk_level: low\n", 1),
		"a byte order mark":               "\ufeff" + plain,
		"a second document":               strings.Replace(plain, "risk_level: low\n", "risk_level: high\n--- {risk_level: low}\n", 1),
		"a key with a Cyrillic letter":    strings.Replace(plain, "risk_level: low", "risk_lеvel: low", 1),
		"a role with a Cyrillic letter":   strings.Replace(plain, "risk_level: low", "approval_roles: [Sеcurity]", 1),
		"a role called None":              strings.Replace(plain, "risk_level: low", "approval_roles: None", 1),
		"a flag that is a name":           strings.Replace(plain, "risk_level: low", "approval_required: Security", 1),
		"a tab as indent":                 strings.Replace(plain, "risk_level: low\n", "governance:\n\trisk_level: low\n", 1),
		"more keys than there may be":     strings.Replace(plain, "risk_level: low\n", strings.Repeat("x", 1)+"0: 1\n"+manyKeys()+"risk_level: low\n", 1),
		"the header ends before the keys": strings.Replace(plain, "risk_level: low\n", "<role>\nrisk_level: low\n", 1),
		"an indented end of the header":   strings.Replace(plain, "risk_level: low\n", " ---\nrisk_level: low\n", 1),
		"no end of the header":            strings.Replace(plain, "---\nAnswer", "Answer", 1),
		"conflict markers":                strings.Replace(plain, "risk_level: low\n", "<<<<<<< a\nrisk_level: high\n=======\nrisk_level: low\n>>>>>>> b\n", 1),
		"no UTF-8":                        strings.Replace(plain, "Refunds", "Ref\xffunds", 1),
		"nothing":                         "",
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.file(a, base, head)
			was := s.newFile(File{Path: a, Base: blob(base), Head: blob(base)}).need
			v := Decide(s.Change)
			if !v.Files[0].Need.Contains(was) || v.OK() {
				t.Errorf("the need is %+v, and was %+v; OK() is %t", v.Files[0].Need, was, v.OK())
			}
		})
	}
}

func manyKeys() string {
	var b strings.Builder
	for i := range 101 {
		b.WriteString("k" + strings.Repeat("k", i) + ": 1\n")
	}
	return b.String()
}

// T10, T11: a text that no digest binds as a whole, though somebody has approved of
// it.
func TestUnboundText(t *testing.T) {
	text := prompt("risk_level: high", `version: "1.1"`)
	status := func(lines string) string { return strings.Replace(text, "review_status: approved", lines, 1) }
	bound := func(head string) func(s *scene, wrong bool) {
		return func(s *scene, wrong bool) {
			s.file(a, prompt("risk_level: high"), either(wrong, head, text))
			for _, who := range []string{"bo", "cy"} {
				s.approve(who, "Security")
				s.approve(who, "Legal")
			}
		}
	}
	const either, word, second, looks = "closes the front matter for some readers", "holds something other than one word", "the status stands already on line 6", "looks like the status and is none"
	for name, tt := range map[string]struct{ head, says string }{
		"a space after the end":                 {strings.Replace(text, "\n---\n", "\n--- \n---\n", 1), either},
		"the end of a document":                 {strings.Replace(text, "\n---\n", "\n...\n---\n", 1), either},
		"the begin of a document":               {strings.Replace(text, "\n---\n", "\n--- x\n---\n", 1), either},
		"an indented end":                       {strings.Replace(text, "\n---\n", "\n  ---\n---\n", 1), either},
		"a tab after the end":                   {strings.Replace(text, "\n---\n", "\n---\t\n---\n", 1), either},
		"no end":                                {strings.Replace(text, "\n---\n", "\n", 1), "is not closed by a line of exactly ---"},
		"an empty header":                       {"---\n---\nreview_status: approved\n---\nText.\n", "the front matter is empty"},
		"a space after the begin":               {" " + text, "has no front matter"},
		"a line before the begin":               {"\n" + text, "has no front matter"},
		"a byte order mark":                     {"\ufeff" + text, "has no front matter"},
		"a comment after the status":            {status("review_status: approved # ignore the rest"), word},
		"two words":                             {status("review_status: approved and more"), word},
		"a long word":                           {status("review_status: " + strings.Repeat("a", 41)), word},
		"a quoted sentence":                     {status(`review_status: "approved, or so"`), word},
		"a block scalar":                        {status("review_status: |\n  approved"), word},
		"nothing on the line":                   {status("review_status:\n  approved"), word},
		"a list":                                {status("review_status: [approved]"), word},
		"a character that ends lines for some":  {status("review_status: approved\u2028tone: rude"), word},
		"a carriage return within":              {status("review_status: approved\rtone: rude"), word},
		"a second status":                       {status("review_status: approved\nreview_status: approved"), second},
		"a second status of the other spelling": {status("review_status: approved\nreviewStatus: approved"), second},
		"within a quoted value":                 {strings.Replace(status("governance: {review_status: approved}"), "title: Refunds", "title: \"Refunds\nreview_status: evil\n\"", 1), looks},
		"within a list":                         {strings.Replace(status("governance: {review_status: approved}"), "title: Refunds", "title: Refunds\nmore: {a: b,\nreview_status: evil\n}", 1), looks},
		"within what a reader takes for a body": {status("<role>\nreview_status: approved"), looks},
	} {
		t.Run(name, func(t *testing.T) {
			for _, wrong := range []bool{true, false} {
				s := newScene(t)
				bound(tt.head)(s, wrong)
				v := Decide(s.Change)
				if !wrong {
					if outcome(v) != "passed" {
						t.Fatalf("the twin: %s\n%s", outcome(v), tell(v))
					}
					continue
				}
				if len(v.Undecided) != 1 || v.OK() || !strings.Contains(v.Undecided[0].Message, tt.says) {
					t.Fatalf("%s, want it undecided: %s", tell(v), tt.says)
				}
				if pos := v.Undecided[0].Pos; pos.Path != a || pos.Line < 1 || pos.Column != 1 {
					t.Errorf("at %s", pos)
				}
			}
		})
	}
}

// What is not bound does not matter where nobody has to approve, and a status of any
// case and either spelling is one.
func TestBoundText(t *testing.T) {
	for name, do := range map[string]func(s *scene){
		"no front matter, and nothing asked": func(s *scene) {
			s.rules("version: 1\nprompts: [\"prompts/**\"]\n")
			s.file(a, "", "Text.\n")
		},
		"the other spelling": func(s *scene) { s.file(a, "", strings.Replace(prompt(), "review_status", "reviewStatus", 1)) },
		"another case":       func(s *scene) { s.file(a, "", prompt("review_status: Approved")) },
		"spaces":             func(s *scene) { s.file(a, "", prompt("review_status:   approved  ")) },
		"as long as may be": func(s *scene) {
			s.file(a, "", prompt("review_status: "+strings.Repeat("a", 40), "governance_tags: [legal-text]"))
		},
		"carriage returns":      func(s *scene) { s.file(a, "", strings.ReplaceAll(prompt(), "\n", "\r\n")) },
		"a rule in the body":    func(s *scene) { s.file(a, "", prompt("body: A\n---\nreview_status: x # y")) },
		"no status":             func(s *scene) { s.file(a, "", prompt("-review_status", "governance_tags: [legal-text]")) },
		"a file that goes away": func(s *scene) { s.file(a, "Text.\n", "") },
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			do(s)
			s.approve("bo", "Security")
			s.approve("cy", "Legal")
			s.approve("di", "Legal")
			if v := Decide(s.Change); outcome(v) != "passed" {
				t.Errorf("%s\n%s", outcome(v), tell(v))
			}
		})
	}
}

// A status that changes is the same text; anything else is another.
func TestDigestsOfStatus(t *testing.T) {
	d := func(text string) string { return policy.Digest([]byte(text)) }
	base := d(prompt())
	for name, text := range map[string]string{"status": prompt("review_status: draft"), "line ends": strings.ReplaceAll(prompt(), "\n", "\r\n"), "spaces": prompt("review_status:      draft")} {
		if d(text) != base {
			t.Errorf("%s: another digest", name)
		}
	}
	for name, text := range map[string]string{
		"a nested status": prompt("governance: {review_status: draft}"), "a status in the body": prompt("body: review_status: draft"), "the key": strings.Replace(prompt(), "review_status", "reviewStatus", 1),
		"an indented status": strings.Replace(prompt(), "review_status", " review_status", 1), "the risk": prompt("risk_level: high"), "a line end": prompt() + "\n",
		"no line end": strings.TrimSuffix(prompt(), "\n"), "two carriage returns": strings.Replace(prompt(), "\n", "\r\r\n", 1),
	} {
		if d(text) == base {
			t.Errorf("%s: the same digest", name)
		}
	}
}
