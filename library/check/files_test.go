package check

import (
	"strings"
	"testing"

	"promptlib/library"
	"promptlib/library/policy"
)

// listed is a list of one legacy file.
func listed(path, text string) policy.Ungoverned {
	return policy.Ungoverned{path: policy.FileDigest([]byte(text))}
}

// T9: metadata that is taken away, and files that go away, still owe what they
// owed.
func TestDowngrades(t *testing.T) {
	lower := func(base, head string) func(s *scene, wrong bool) {
		return func(s *scene, wrong bool) {
			s.file(a, base, head)
			s.approve("fay", "Break-Glass") // for whom the file as it becomes is enough
			if !wrong {
				s.approve("bo", "Security")
				s.approve("cy", "Legal")
				s.put(s.said("gus", Approve, "Policy-Owner"))
			}
		}
	}
	strict := prompt("risk_level: high")
	run(t, []threat{
		{"the risk is lowered", lower(strict, prompt(`version: "1.1"`)), "APR101", "this change still owes Security (rule \"high risk\")"},
		{"the class is lowered", lower(prompt("data_classification: restricted"), prompt("data_classification: public", `version: "1.1"`)), "APR101", "still owes Legal (rule \"confidential\")"},
		{"a tag is dropped", lower(prompt("governance_tags: [legal-text]"), prompt(`version: "1.1"`)), "APR101", "still owes Legal (tag legal-text)"},
		{"a tag that wants two is dropped", lower(prompt("governance_tags: [checked-by-two]"), prompt(`version: "1.1"`)), "APR101", "still owes 2 in all in place of 1 (tag checked-by-two)"},
		{"approval_roles are dropped", lower(prompt("approval_roles: [Legal]"), prompt(`version: "1.1"`)), "APR101", "still owes Legal (approval_roles)"},
		{"a role is replaced by a made-up one", lower(prompt("approval_roles: [Legal]"), prompt("approval_roles: []", `version: "1.1"`)), "APR101", "still owes Legal"},
		{"a key is spelt with a Cyrillic letter", lower(strict, strings.Replace(prompt("risk_level: low", `version: "1.1"`), "data_cl", "risk_lеvel: high\ndata_cl", 1)), "APR101", "still owes Security"},
		{"the file is removed", lower(strict, ""), "APR101", "still owes Security (rule \"high risk\"), 1 in all in place of 0"},
		{"a draft of high risk is removed", func(s *scene, wrong bool) {
			s.file(a, prompt("risk_level: high", "review_status: draft"), "")
			s.approve(either(wrong, "di", "bo"), either(wrong, "Legal", "Security"))
		}, "APR101", "Security"},
		{"the approval of the removal is one of the text", func(s *scene, wrong bool) {
			s.file(a, strict, "")
			b := s.said("bo", Approve, "Security")
			if wrong {
				b.Subject[0].Digest.SHA256 = policy.Digest([]byte(strict))
			}
			s.put(b)
		}, "APR101, bo APR102", "it is of another text"},
		{"the approval of the text is one of its removal", func(s *scene, wrong bool) {
			s.edit()
			b := s.said("bo", Approve, "Security")
			if wrong {
				b.Subject[0].Digest.SHA256 = policy.RemovalDigest(b.Subject[0].Digest.SHA256)
			}
			s.put(b)
		}, "APR101, bo APR102", "it is of another text"},
		{"renamed: the old place owes", func(s *scene, wrong bool) {
			s.file("prompts/payments/a.md", prompt(), "")
			s.file(a, "", prompt())
			both := s.said("fay", Approve, "Break-Glass")
			both.Subject = []Subject{s.subject("prompts/payments/a.md"), s.subject(a)}
			s.put(both)
			if !wrong {
				s.put(s.said("di", Approve, "Payments"))
			}
		}, "APR101", "Payments"},
		{"renamed: the new place owes", func(s *scene, wrong bool) {
			s.file(a, prompt(), "")
			s.file("prompts/payments/a.md", "", prompt())
			both := s.said("di", Approve, either(wrong, "Legal", "Payments"))
			both.Subject = []Subject{s.subject("prompts/payments/a.md"), s.subject(a)}
			s.put(both)
		}, "APR101", "Payments"},
		{"moved out of the globs", func(s *scene, wrong bool) {
			s.file(a, strict, "")
			s.file("archive/a.md", "", strict)
			if !wrong {
				s.approve("bo", "Security")
			}
		}, "APR101", "Security"},
		{"moved into the globs", func(s *scene, wrong bool) {
			s.file("archive/a.md", strict, "")
			s.file(a, "", strict)
			if !wrong {
				b := s.said("bo", Approve, "Security")
				b.Subject = []Subject{s.subject(a)}
				s.put(b)
			}
		}, "APR101", "Security"},
	})
}

func TestFrontMatterIsLost(t *testing.T) {
	s := newScene(t)
	s.file(a, prompt("risk_level: high"), "Answer the customer.\n")
	s.approve("bo", "Security")
	v := Decide(s.Change)
	if len(v.Undecided) != 1 || v.OK() || v.Undecided[0].Pos.String() != "prompts/a.md:1:1" || !strings.Contains(v.Undecided[0].Hint, a) {
		t.Errorf("%s", tell(v))
	}
	if need := v.Files[0].Need; !need.Contains(policy.NeedOf([]policy.Approval{{Role: "Security", Count: 1}})) {
		t.Errorf("the need is %v, and was for Security", need)
	}
}

// What is raised, or stays, is no downgrade.
func TestDowngradeIsSilent(t *testing.T) {
	for _, head := range []string{prompt("risk_level: high", `version: "1.1"`), prompt("risk_level: critical", "governance_tags: [legal-text]", `version: "1.1"`)} {
		s := newScene(t)
		s.file(a, prompt("risk_level: high"), head)
		if out := tell(Decide(s.Change)); strings.Contains(out, "APR107") {
			t.Errorf("%s", out)
		}
	}
	s := newScene(t)
	s.file(a, prompt("risk_level: high"), prompt(`version: "1.1"`))
	s.Bootstrap = true
	if v := Decide(s.Change); len(v.Findings) != 0 || v.Files[0].Need.People != 0 {
		t.Errorf("the first policy asks nothing of the change that brings it: %s", tell(v))
	}
}

// T1, T13: files that are not prompts.
func TestOtherFiles(t *testing.T) {
	owner := func(s *scene, wrong bool) {
		if !wrong {
			s.approve("gus", "Policy-Owner")
		}
	}
	link := func(s *scene, path, mode string, wrong bool) {
		f := s.file(path, "", prompt("review_status: draft"))
		f.Head.Mode = either(wrong, mode, "100755")
		if wrong {
			f.Head.Text = nil
		}
	}
	run(t, []threat{
		{"the policy changes", func(s *scene, wrong bool) {
			s.file(".promptlib/policy.yaml", testPolicy, "version: 1\n")
			owner(s, wrong)
		}, "APR110", "the file is protected, 1 of 1 approvals missing: Policy-Owner"},
		{"the policy changes, approved by its author", func(s *scene, wrong bool) {
			s.file(".promptlib/policy.yaml", testPolicy, "version: 1\n")
			s.approve(either(wrong, "ada", "gus"), "Policy-Owner")
		}, "APR110, ada APR103", "Policy-Owner"},
		{"a list of legacy files is removed", func(s *scene, wrong bool) {
			s.file(".promptlib/ungoverned.yaml", "files: []\n", "")
			owner(s, wrong)
		}, "APR110", "Policy-Owner"},
		{"a list of legacy files is new", func(s *scene, wrong bool) {
			s.file(".promptlib/ungoverned.yaml", "", "files: []\n")
			owner(s, wrong)
		}, "APR110", "Policy-Owner"},
		{"a workflow at the top of the repository", func(s *scene, wrong bool) {
			s.Prefix = "lib/"
			s.file("/.github/workflows/ci.yml", "on: push\n", "on: []\n")
			owner(s, wrong)
		}, "APR110", "Policy-Owner"},
		{"a workflow of a library at the top", func(s *scene, wrong bool) {
			s.file(".github/workflows/ci.yml", "on: push\n", "on: []\n")
			owner(s, wrong)
		}, "APR110", "Policy-Owner"},
		{"evidence that has landed is altered", func(s *scene, wrong bool) {
			s.file(".promptlib/approvals/x.json", "{}", `{"a":1}`)
			owner(s, wrong)
		}, "APR110", "Policy-Owner"},
		{"evidence that has landed is deleted", func(s *scene, wrong bool) {
			s.file(".promptlib/waivers/x.json.sig", "x", "")
			owner(s, wrong)
		}, "APR110", "Policy-Owner"},
		{"a file beside the evidence", func(s *scene, wrong bool) {
			s.file(either(wrong, ".promptlib/approvals.json", ".promptlib/approvals/x.json"), "", "{}")
		}, "APR110", "Policy-Owner"},
		{"a protected prompt without its own approvals", func(s *scene, wrong bool) {
			s.file("prompts/core/a.md", prompt("risk_level: high"), prompt("risk_level: high", `version: "1.1"`))
			s.approve("gus", "Policy-Owner")
			if !wrong {
				s.approve("bo", "Security")
			}
		}, "APR110", "1 of 2 approvals missing: Security"},
		{"a protected prompt without its owner", func(s *scene, wrong bool) {
			s.file("prompts/core/a.md", prompt("risk_level: high"), prompt("risk_level: high", `version: "1.1"`))
			s.approve("bo", "Security")
			owner(s, wrong)
		}, "APR110", "1 of 2 approvals missing: Policy-Owner"},
		{"a protected prompt skips a status", func(s *scene, wrong bool) {
			s.file("prompts/core/a.md", prompt("review_status: "+either(wrong, "draft", "in_review")), prompt())
			s.approve("gus", "Policy-Owner")
		}, "APR108", "skips"},
		{"a protected prompt of a text that no approval binds", func(s *scene, wrong bool) {
			s.Ungoverned = listed("prompts/core/a.md", either(wrong, "Text.\n", prompt()))
			s.file("prompts/core/a.md", either(wrong, "Text.\n", prompt()), strings.ReplaceAll(either(wrong, "Text.\n", prompt()), "\n", "\r\n"))
			s.approve("gus", "Policy-Owner")
		}, "undecided", "has no front matter"},
		{"a link in the place of a prompt", func(s *scene, wrong bool) { link(s, a, "120000", wrong) }, "SEC206", "it is a symbolic link or a submodule (mode 120000)"},
		{"a submodule in the place of a prompt", func(s *scene, wrong bool) { link(s, a, "160000", wrong) }, "SEC206", "mode 160000"},
		{"a link in the place of a folder of prompts", func(s *scene, wrong bool) { link(s, "prompts/more", "120000", wrong) }, "SEC206", "mode 120000"},
		{"a link in the place of all prompts", func(s *scene, wrong bool) { link(s, "prompts", "120000", wrong) }, "SEC206", "mode 120000"},
		{"a submodule in a folder of prompts", func(s *scene, wrong bool) { link(s, "prompts/x/more", "160000", wrong) }, "SEC206", "mode 160000"},
		{"a prompt becomes a link", func(s *scene, wrong bool) {
			f := s.edit()
			if wrong {
				f.Head = &Blob{Mode: "120000"}
			}
			s.approve("bo", "Security")
		}, "SEC206", "mode 120000"},
		{"a legacy file becomes a link", func(s *scene, wrong bool) {
			s.Ungoverned = listed(a, "Old.\n")
			s.file(a, "Old.\n", "Old.\n").Head.Mode = either(wrong, "120000", "100755")
		}, "SEC206", "mode 120000"},
		{"the policy becomes a link", func(s *scene, wrong bool) {
			s.file(".promptlib/policy.yaml", testPolicy, testPolicy+"\n").Head.Mode = either(wrong, "120000", "100644")
			s.approve("gus", "Policy-Owner")
		}, "APR114, SEC206", "it is no regular file"},
		{"a legacy file changes", func(s *scene, wrong bool) {
			s.Ungoverned = listed(a, "Old.\n")
			s.file(a, "Old.\n", prompt("review_status: "+either(wrong, "approved", "draft")))
		}, "APR101", "one more person"},
		{"a legacy file that is listed with another text", func(s *scene, wrong bool) {
			s.Ungoverned = listed(a, either(wrong, "Older.\n", "Old.\n"))
			s.file(a, "Old.\n", "Old.\r\n")
		}, "APR101, undecided", "no front matter"},
		{"a legacy file that is listed by this change", func(s *scene, wrong bool) {
			s.Ungoverned = either(wrong, nil, listed(a, "Old.\n"))
			s.file(a, "Old.\n", "Old.\r\n")
			s.file(".promptlib/ungoverned.yaml", "files: []\n", "files: [{path: "+a+", sha256: "+policy.FileDigest([]byte("Old.\n"))+"}]\n")
			b := s.said("gus", Approve, "Policy-Owner")
			b.Subject = []Subject{s.subject(".promptlib/ungoverned.yaml")}
			s.put(b)
		}, "APR101, undecided", "no front matter"},
		{"a legacy file that is removed", func(s *scene, wrong bool) {
			s.Ungoverned = either(wrong, nil, listed(a, "Old.\n"))
			s.file(a, "Old.\n", "")
		}, "APR101", "Security"},
		{"a legacy file in another place", func(s *scene, wrong bool) {
			s.Ungoverned = listed(a, "Old.\n")
			s.file(either(wrong, "prompts/b.md", "other/b.md"), "", "Old.\n")
		}, "APR101, undecided", "no front matter"},
		{"a legacy file that was removed comes back", func(s *scene, wrong bool) {
			s.Ungoverned = listed(a, prompt())
			s.file(a, either(wrong, "", prompt()), strings.ReplaceAll(prompt(), "\n", "\r\n"))
		}, "APR101", "one more person"},
		{"settings that cannot be read", func(s *scene, wrong bool) {
			s.file(".promptlib/policy.yaml", testPolicy, either(wrong, "version: 1\nrulez: []\n", testPolicy+"\n"))
			s.approve("gus", "Policy-Owner")
		}, "APR114", "it cannot be read"},
		{"people that cannot be read", func(s *scene, wrong bool) {
			s.file(".promptlib/people.yaml", people(nil), either(wrong, "people: {}\n", people(nil)+"\n"))
			s.approve("gus", "Policy-Owner")
		}, "APR114", "it cannot be read"},
		{"a list of legacy files that cannot be read", func(s *scene, wrong bool) {
			s.file(".promptlib/ungoverned.yaml", "files: []\n", either(wrong, "files: [x]\n", "files: []\n\n"))
			s.approve("gus", "Policy-Owner")
		}, "APR114", "it cannot be read"},
		{"the policy is removed", func(s *scene, wrong bool) {
			s.file(".promptlib/policy.yaml", testPolicy, either(wrong, "", testPolicy+"\n"))
			s.approve("gus", "Policy-Owner")
		}, "APR114", "prompts that it governs stay"},
		{"the policy is removed before the last prompt", func(s *scene, wrong bool) {
			s.file(".promptlib/policy.yaml", testPolicy, "")
			s.file(a, prompt("review_status: draft"), "")
			s.approve("gus", "Policy-Owner")
			s.Names = either(wrong, []string{"prompts/last.md"}, []string{"readme.md"})
		}, "APR114", "prompts that it governs stay"},
		{"the policy of a folder is removed, and none is above", func(s *scene, wrong bool) {
			s.Prefix = "teams/care/"
			s.file(".promptlib/policy.yaml", testPolicy, "")
			s.approve("gus", "Policy-Owner")
			s.Names = append(s.Names, either(wrong, "/teams/law/.promptlib/policy.yaml", "/teams/.promptlib/policy.yaml"))
		}, "APR114", "prompts that it governs stay"},
		{"the policy of a folder is removed, and none is at the top", func(s *scene, wrong bool) {
			s.Prefix = "teams/care/"
			s.file(".promptlib/policy.yaml", testPolicy, "")
			s.approve("gus", "Policy-Owner")
			s.Names = append(s.Names, either(wrong, "/.promptlib/people.yaml", "/.promptlib/policy.yaml"))
		}, "APR114", "prompts that it governs stay"},
		{"the people are removed", func(s *scene, wrong bool) {
			s.file(".promptlib/people.yaml", people(nil), either(wrong, "", people(nil)+"\n"))
			s.approve("gus", "Policy-Owner")
		}, "APR114", "approvals that nobody could give any more"},
		{"the people are removed, and protected files still need them", func(s *scene, wrong bool) {
			s.unasked(either(wrong, "protect: {paths: [\".promptlib/**\"], approve: [{role: Policy-Owner}]}\n", ""))
		}, "APR114", "approvals that nobody could give any more"},
		{"the people are removed, and a rule still needs them", func(s *scene, wrong bool) {
			s.unasked(either(wrong, "rules: [{name: all, when: {path: \"**\"}, approve: [{role: \"*\"}]}]\n", ""))
		}, "APR114", "approvals that nobody could give any more"},
		{"a policy that governs nothing", func(s *scene, wrong bool) {
			s.Names = []string{"readme.md", either(wrong, "promts/a.md", "prompts/a.md"), ".promptlib/policy.yaml"}
		}, "undecided", "the policy governs no file"},
		{"the library has no file", func(s *scene, wrong bool) {
			s.Names = nil
			s.Bootstrap = !wrong
		}, "undecided", "the policy governs no file"},
		{"the last prompt is removed", func(s *scene, wrong bool) {
			s.file(either(wrong, "other/a.md", a), prompt("review_status: draft"), "")
			s.Names = nil
		}, "undecided", "the policy governs no file"},
		{"an error of lint", func(s *scene, wrong bool) {
			s.Lint = append(s.Lint, lintFinding(either(wrong, 0, 1)))
		}, "GOV002", ""},
	})
}

// What is no business of the check is counted, and passes.
func TestCounts(t *testing.T) {
	s := newScene(t)
	s.Ungoverned = listed("prompts/old.md", "Old.\n")
	s.file("prompts/old.md", "Old.\n", "Old.\r\n")
	s.file("prompts/gone.md", "Old.\n", "")
	s.Files[1].Base.Mode = "120000" // a link is taken away
	s.file("notes.md", "", "x")
	s.file("tools/link", "", "x").Head.Mode = "120000"
	s.file("/link", "", "x").Head.Mode = "120000"
	s.file(".promptlib/approvals/x.json", "", "{}")
	s.file(".promptlib/waivers/x.json", "", "{}").Head.Mode = "100644"
	s.file(a, "", prompt("review_status: draft"))
	s.file("prompts/r.md", prompt("review_status: draft"), "")
	s.file(".promptlib/policy.yaml", testPolicy, testPolicy+"\n")
	b := s.said("gus", Approve, "Policy-Owner")
	b.Subject = []Subject{s.subject(".promptlib/policy.yaml")}
	s.put(b)
	v := Decide(s.Change)
	if outcome(v) != "passed" {
		t.Errorf("%s\n%s", outcome(v), tell(v))
	}
	equal(t, "counts", [...]int{v.Evaluated, v.Exempt, v.Evidence, v.Skipped, v.Waived}, [...]int{3, 2, 2, 3, 0})
	var list []string
	for _, f := range v.Files {
		list = append(list, f.Change+" "+f.Path)
	}
	equal(t, "files", list, []string{"changed .promptlib/policy.yaml", "added prompts/a.md", "removed prompts/r.md"})
	equal(t, "protected", [...]bool{v.Files[0].Protected, v.Files[1].Protected}, [...]bool{true, false})
}

func TestMayHold(t *testing.T) {
	for _, tt := range []struct {
		glob, folder string
		want         bool
	}{
		{"prompts/**/*.md", "prompts", true},
		{"prompts/**/*.md", "prompts/x/y", true},
		{"prompts/**/*.md", "tools", false},
		{"prompts/**", "prompts/x", true},
		{"prompts/*.md", "prompts", true},
		{"prompts/*.md", "prompts/x", false},
		{"*/system/*.md", "agents/system", true},
		{"*/system/*.md", "agents/user", false},
		{"**/*.md", "x", true},
		{"*.md", "x", false},
		{"*.md", "x.md", false}, // is governed itself, and holds nothing
		{"prompts/*", "prompts/x/y", false},
		{"{a,b/c}/*.md", "b", true}, // not taken to pieces
		{"{**,x}/y/*.md", "q/r/s", true},
	} {
		if got := mayHold(tt.glob, tt.folder); got != tt.want {
			t.Errorf("mayHold(%q, %q) is %t, want %t", tt.glob, tt.folder, got, tt.want)
		}
	}
}

// Without globs every prompt file is governed, but prose and what is not in the
// library.
func TestGoverns(t *testing.T) {
	s := newScene(t)
	s.rules("version: 1\n")
	for path, want := range map[string]bool{"a.md": true, "x/b.prompt": true, "README.md": false, "x/changelog.md": false, "a.txt": false, "/a.md": false, ".promptlib/a.md": false} {
		if got := s.governs(path); got != want {
			t.Errorf("governs(%q) is %t, want %t", path, got, want)
		}
		if got := s.IsPrompt(path); got != want {
			t.Errorf("IsPrompt(%q) is %t, want %t", path, got, want)
		}
	}
	if s.hides("/x") || !s.hides("x") {
		t.Error("without globs a link in the library may hide prompts, and one outside of it none")
	}
	if !s.Concerns(".promptlib/a.yaml") {
		t.Error("settings matter, be they protected or not")
	}
	s.rules(testPolicy)
	for path, want := range map[string][2]bool{ // IsPrompt, Concerns
		"prompts/a.md": {true, true}, "prompts/readme.md": {false, false}, "other/a.md": {true, true}, "other/readme.md": {false, false}, "/a.md": {false, false},
		".promptlib/a.md": {false, true}, ".promptlib/approvals/x.json": {false, true}, "x.txt": {false, false}, ".github/x": {false, true}, "/.github/x": {false, true},
	} {
		if got := [2]bool{s.IsPrompt(path), s.Concerns(path)}; got != want {
			t.Errorf("%q: IsPrompt, Concerns are %v, want %v", path, got, want)
		}
	}
}

// Every code is listed once, and documented.
func TestCodes(t *testing.T) {
	want := []string{"APR101", "APR102", "APR103", "APR104", "APR105", "APR106", "APR107", "APR108", "APR109", "APR110", "APR111", "APR112", "APR113", "APR114", "APR115"}
	found := map[string]int{}
	for _, c := range Codes {
		found[c.ID]++
		want := library.Error
		switch c.ID {
		case "APR107", "APR115":
			want = library.Info
		case "APR113":
			want = library.Warning
		}
		if c.Severity != want {
			t.Errorf("%s is of severity %s, want %s", c.ID, c.Severity, want)
		}
		if c.Name == "" || c.Doc.Summary == "" || c.Doc.Why == "" || c.Doc.Fix == "" {
			t.Errorf("%s is not documented", c.ID)
		}
	}
	for _, id := range want {
		if found[id] != 1 {
			t.Errorf("%s is listed %d times", id, found[id])
		}
	}
	if len(found) != len(want) {
		t.Errorf("codes %v, want %v", found, want)
	}
}

// lintFinding is one of lint: an error for 0, a warning for 1.
func lintFinding(which int) *library.Diagnostic {
	severity := []library.Severity{library.Error, library.Warning}[which]
	return &library.Diagnostic{Pos: library.Pos{Path: a, Line: 1, Column: 1}, Code: "GOV002", Severity: severity}
}

// What is told is what the file as it becomes does not ask for any more.
func TestDowngradeIsTold(t *testing.T) {
	s := newScene(t)
	s.rules(`version: 1
prompts: ["prompts/**"]
rules:
  - {name: critical, when: {risk_level: critical}, approve: [{role: Security, count: 2}, {role: Legal}]}
  - {name: high, when: {risk_level: high}, approve: [{role: Security}, {role: Legal}, {role: "*"}]}
`)
	s.file(a, prompt("risk_level: critical"), prompt("risk_level: high", `version: "1.1"`))
	want := `it would need less than it does; this change still owes Security (rule "critical")`
	equal(t, "told", toldDowngrade(s), want)
	s = newScene(t)
	s.file(a, prompt("approval_roles: [Legal]"), prompt("approval_roles: [Payments]", `version: "1.1"`))
	equal(t, "told", toldDowngrade(s), "it would need less than it does; this change still owes Legal (approval_roles)")
}

// Where the roles are all that is asked for, nothing else has asked for people.
func TestDowngradeToNothingIsTold(t *testing.T) {
	s := newScene(t)
	s.file(a, prompt("approval_roles: [Legal]", "review_status: draft"), prompt("review_status: draft", `version: "1.1"`))
	equal(t, "told", toldDowngrade(s), "it would need less than it does; this change still owes Legal (approval_roles), 1 in all in place of 0")
}

func toldDowngrade(s *scene) string {
	for _, d := range Decide(s.Change).Findings {
		if d.Code == "APR107" {
			return d.Message
		}
	}
	return ""
}

func TestExempt(t *testing.T) {
	s := newScene(t)
	s.Ungoverned = listed(a, "Old.\n")
	for _, tt := range []struct {
		base, head string
		want       bool
	}{{"Old.\n", "Old.\r\n", true}, {"Old.\n", "New.\n", false}, {"New.\n", "Old.\n", false}, {"", "Old.\n", false}, {"Old.\n", "", false}} {
		if got := s.Exempt(File{Path: a, Base: blob(tt.base), Head: blob(tt.head)}); got != tt.want {
			t.Errorf("from %q to %q: %t, want %t", tt.base, tt.head, got, tt.want)
		}
	}
	s.Ungoverned = listed(a, "")
	link := &Blob{Mode: "120000"}
	if s.Exempt(File{Path: a, Base: link, Head: link}) {
		t.Error("the text of a link is not known, and is not the empty one")
	}
}

// A link where a prompt could be is one also where no folder of prompts could.
func TestLinkOfFlatLibrary(t *testing.T) {
	s := newScene(t)
	s.rules("version: 1\nprompts: [\"prompts/*.md\"]\n")
	s.file(a, "", "x").Head = &Blob{Mode: "120000"}
	if v := Decide(s.Change); outcome(v) != "SEC206" {
		t.Errorf("%s\n%s", outcome(v), tell(v))
	}
}

// No line of a protected file is left out of its digest.
func TestDigestOfProtected(t *testing.T) {
	s := newScene(t)
	text := "---\nx: y\nreview_status: approved\n---\n"
	s.file(".promptlib/notes.md", "", text)
	equal(t, "digest", Decide(s.Change).Files[0].Digest, policy.FileDigest([]byte(text)))
	s.Files[0].Base, s.Files[0].Head = s.Files[0].Head, nil
	equal(t, "digest of the removal", Decide(s.Change).Files[0].Digest, policy.RemovalDigest(policy.FileDigest([]byte(text))))
}

// A file that is nowhere is none, and no fault.
func TestFileOfNothing(t *testing.T) {
	s := newScene(t)
	s.Files = []File{{Path: a}, {Path: ".promptlib/x"}}
	if v := Decide(s.Change); outcome(v) != "APR104, APR110" {
		t.Errorf("%s\n%s", outcome(v), tell(v))
	}
}

// unasked removes the people, with a policy that asks for nothing but what is given.
func (s *scene) unasked(but string) {
	s.file(".promptlib/people.yaml", people(nil), "")
	s.file(".promptlib/policy.yaml", testPolicy, "version: 1\nprompts: [\"prompts/**/*.md\"]\n"+but)
	gus := s.said("gus", Approve, "Policy-Owner")
	gus.Subject = append(gus.Subject, s.subject(".promptlib/policy.yaml"))
	s.put(gus)
}
