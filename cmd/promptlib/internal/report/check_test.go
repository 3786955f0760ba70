package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"promptlib/library"
	"promptlib/library/check"
	"promptlib/library/policy"
	"promptlib/schema"
)

// hostileName is text as an author may put it into paths, waivers and reviews.
const hostileName = "a|b `c` @team #1 <img src=x onerror=alert(1)> **x** [y](https://evil.example) \u202e\x1b[2J\n| --- |\n</details>"

// digestOf is a digest that a reader can tell from others.
func digestOf(c string) string { return strings.Repeat(c, 64) }

// recordedCheck is one verdict that has everything a format can meet.
func recordedCheck() Check {
	finding := func(severity library.Severity, code, name, path, message string) *library.Diagnostic {
		at := library.Pos{Path: path, Line: 1, Column: 1}
		d := &library.Diagnostic{Pos: at, End: at, Code: code, Name: name, Severity: severity, Message: message}
		d.AnchorTo(message)
		return d
	}
	slot := func(role, by, evidence string, could ...string) check.Slot {
		return check.Slot{Slot: policy.Slot{Role: role, Reasons: []string{`rule "high risk"`}}, By: by, Evidence: evidence, Could: could}
	}
	high := policy.Need{Roles: []policy.Demand{{Role: "Security-Lead", Count: 1, Reasons: []string{`rule "high risk"`}}}, People: 3, Reasons: []string{`rule "high risk"`}}
	files := []check.Result{
		{Path: ".promptlib/policy.yaml", Change: "changed", Protected: true, Digest: digestOf("a"), Authors: []string{"ann"},
			Need:  policy.Need{Roles: []policy.Demand{{Role: "Policy-Owner", Count: 1, Reasons: []string{"protect"}}}, People: 1, Reasons: []string{"protect"}},
			Slots: []check.Slot{{Slot: policy.Slot{Role: "Policy-Owner", Reasons: []string{"protect"}}}}},
		{Path: "prompts/done.md", Change: "added", Digest: digestOf("b"), Need: high, Authors: []string{"ann", "eve@elsewhere.example"}, Slots: []check.Slot{
			slot("Security-Lead", "bob", "https://forge.example/acme/prompts/pull/12#1"), slot("*", "cy", ".promptlib/approvals/prompts/done/x.json"), slot("*", "dee", hostileName)}},
		{Path: "prompts/gone's.md", Change: "removed", Digest: digestOf("c"), Need: high, Authors: []string{"ann"},
			Slots: []check.Slot{slot("Security-Lead", "", "", "bob"), slot("*", "", "", "bob", "cy", "dee"), slot("*", "", "", "bob", "cy", "dee")},
			Refused: []check.Refused{
				{Code: "APR102", By: "bob", Evidence: "https://forge.example/acme/prompts/pull/12#2", Reason: "it is of another text"},
				{Code: "APR103", By: "ann", Evidence: ".promptlib/approvals/prompts/gone/y.json", Reason: "the author cannot approve the own change"},
				{Code: "APR105", By: hostileName, Evidence: hostileName, Reason: "the account " + hostileName + " is nobody's"},
			}},
		{Path: "prompts/" + hostileName + ".md", Change: "changed", Digest: digestOf("d"), Need: high, Authors: []string{hostileName}, Slots: []check.Slot{slot(hostileName, "", "")}},
		{Path: "prompts/urgent.md", Change: "changed", Digest: digestOf("e"), Need: high, Authors: []string{"ann"}, Slots: []check.Slot{slot("*", "", "", "cy")},
			Waiver: &check.Waiver{By: "dee", Reason: "the shop is down " + hostileName, Ticket: "OPS-7 " + hostileName, Expires: "2026-03-02T12:00:00Z", Evidence: ".promptlib/waivers/urgent.json"}},
	}
	return Check{
		Verdict: &check.Verdict{
			Files: files,
			Findings: []*library.Diagnostic{
				finding(library.Error, "APR110", "protected-file", files[0].Path, "the file is protected, 1 of 1 approvals missing: Policy-Owner"),
				finding(library.Error, "APR101", "approval-missing", files[2].Path, "3 of 3 approvals missing: Security-Lead, 2 more people"),
				finding(library.Info, "APR107", "downgrade", files[2].Path, "it would need less than it does"),
				finding(library.Error, "APR101", "approval-missing", files[3].Path, "1 of 1 approvals missing: "+hostileName),
				finding(library.Warning, "APR101", "approval-missing", files[4].Path, "1 of 1 approvals missing: one more person"),
			},
			Notes: []string{"a note of " + hostileName}, Evaluated: 5, Exempt: 1, Evidence: 2, Skipped: 3, Waived: 1,
		},
		Base: strings.Repeat("1", 40), Head: strings.Repeat("2", 40), Forge: "acme/prompts#12", Accepts: []string{policy.EvidenceForge, policy.EvidenceSigned},
		Version: "1.2.3", Docs: "https://docs.example/rules", Codes: check.Codes,
	}
}

// undecidedCheck is recordedCheck with reasons for which nothing can be decided.
func undecidedCheck() Check {
	c := recordedCheck()
	c.Undecided = []check.Doubt{
		{Message: "the policy governs no file", Hint: "correct prompts in .promptlib/policy.yaml"},
		{Pos: library.Pos{Path: "prompts/" + hostileName, Line: 3, Column: 1}, Message: "the status line holds " + hostileName, Hint: "correct " + hostileName},
	}
	return c
}

func writeCheck(t testing.TB, f CheckFormat, c Check) string {
	t.Helper()
	var out bytes.Buffer
	if err := f.Write(&out, c, false); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestCheckFormats holds each format against its golden file.
func TestCheckFormats(t *testing.T) {
	for _, f := range CheckFormats {
		t.Run(f.Name, func(t *testing.T) {
			got := writeCheck(t, f, recordedCheck())
			if again := writeCheck(t, f, recordedCheck()); again != got {
				t.Errorf("the second report differs:\n%s", cmp.Diff(got, again))
			}
			checkGolden(t, "check."+f.Name, got)
		})
	}
}

// TestCheckFormatsHideNothing writes hostile text in every format.
func TestCheckFormatsHideNothing(t *testing.T) {
	for _, f := range CheckFormats {
		for name, c := range map[string]Check{"refused": recordedCheck(), "undecided": undecidedCheck()} {
			t.Run(f.Name+"/"+name, func(t *testing.T) {
				for line := range strings.Lines(writeCheck(t, f, c)) {
					if line = strings.TrimSuffix(line, "\n"); Escape(line) != line {
						t.Errorf("a line is not escaped: %q", line)
					}
				}
			})
		}
	}
}

func TestCheckWords(t *testing.T) {
	passed := recordedCheck()
	passed.Findings = passed.Findings[2:3]
	for _, tt := range []struct {
		want string
		c    Check
	}{{"passed", passed}, {"refused", recordedCheck()}, {"undecided", undecidedCheck()}} {
		if got := tt.c.Word(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
		for _, f := range CheckFormats {
			if f.Name != "sarif" && !strings.Contains(writeCheck(t, f, tt.c), tt.want) {
				t.Errorf("%s does not say %q", f.Name, tt.want)
			}
		}
		if got := writeCheck(t, checkMarkdown, tt.c); !strings.HasPrefix(got, "## promptlib check: "+tt.want+"\n") {
			t.Errorf("the comment begins with %q, want the verdict", got[:40])
		}
	}
}

func TestCheckJSONComesBackUnchangedAndFulfilsItsSchema(t *testing.T) {
	empty := Check{Verdict: &check.Verdict{}, Base: digestOf("1"), Head: digestOf("2"), Bootstrap: true}
	for name, c := range map[string]Check{"refused": recordedCheck(), "undecided": undecidedCheck(), "empty": empty} {
		t.Run(name, func(t *testing.T) {
			document := writeCheck(t, checkJSON, c)
			value, syntax := schema.DecodeJSON(document)
			if syntax != nil {
				t.Fatal(syntax)
			}
			for _, v := range schema.Get("check").Validate(value) {
				t.Errorf("%s %s", v.Pointer, v.Message)
			}
			var got checkVerdictJSON
			strict := json.NewDecoder(strings.NewReader(document))
			strict.DisallowUnknownFields()
			if err := strict.Decode(&got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(newCheckJSON(c), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			var again bytes.Buffer
			if err := WriteJSON(&again, got, "  "); err != nil || again.String() != document {
				t.Errorf("written again it differs: %s", cmp.Diff(document, again.String()))
			}
		})
	}
}

// TestCheckJSONHoldsTheWholeVerdict reads the verdict back out of the JSON.
func TestCheckJSONHoldsTheWholeVerdict(t *testing.T) {
	c := recordedCheck()
	var got checkVerdictJSON
	if err := json.Unmarshal([]byte(writeCheck(t, checkJSON, c)), &got); err != nil {
		t.Fatal(err)
	}
	var files []check.Result
	for _, f := range got.Files {
		r := check.Result{Path: f.Path, Change: f.Change, Protected: f.Protected, Digest: f.Digest, Authors: f.Authors, Need: policy.Need{People: f.Need.People, Reasons: f.Need.Reasons}}
		for _, d := range f.Need.Roles {
			r.Need.Roles = append(r.Need.Roles, policy.Demand(d))
		}
		for _, s := range f.Slots {
			r.Slots = append(r.Slots, check.Slot{Slot: policy.Slot{Role: s.Role, Reasons: s.Reasons}, By: s.By, Evidence: s.Evidence, Could: slices.Clip(s.Could[:len(s.Could):len(s.Could)])})
		}
		for _, x := range f.Refused {
			r.Refused = append(r.Refused, check.Refused(x))
		}
		if f.Waiver != nil {
			r.Waiver = (*check.Waiver)(f.Waiver)
		}
		files = append(files, r)
	}
	none := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Could" }, cmp.Comparer(func(a, b []string) bool { return slices.Equal(a, b) }))
	if diff := cmp.Diff(c.Files, files, none); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for i, f := range got.Files {
		someone := slices.ContainsFunc(c.Files[i].Missing(), func(s check.Slot) bool { return s.Could != nil })
		if someone == (f.Next == "") {
			t.Errorf("%q: the next command is %q, and somebody could approve: %t", f.Path, f.Next, someone)
		}
	}
}

func TestCheckSARIFSaysWhatCouldNotBeDecided(t *testing.T) {
	run := parseSARIF(t, writeCheck(t, checkSARIF, recordedCheck()))
	if !*run.Invocations[0].ExecutionSuccessful || len(run.Results) != 5 {
		t.Errorf("successful %t with %d results, want one with 5", *run.Invocations[0].ExecutionSuccessful, len(run.Results))
	}
	if rule := run.Tool.Driver.Rules[0]; *rule.ID != "APR110" || rule.ShortDescription == nil {
		t.Errorf("rule %s has no description", *rule.ID)
	}
	run = parseSARIF(t, writeCheck(t, checkSARIF, undecidedCheck()))
	if *run.Invocations[0].ExecutionSuccessful {
		t.Error("nothing was decided, and the run was successful")
	}
	var got []string
	for _, n := range run.Invocations[0].ToolExecutionNotifications {
		got = append(got, fmt.Sprintf("%v %.35s", n.Level, *n.Message.Text))
	}
	want := []string{"error nothing can be decided: the policy ", "error prompts/a|b `c` @team #1 <img src=x", "warning prompts/urgent.md:1:1: it lands on ", "note a note of a|b `c` @team #1 <img src"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("notifications (-want +got)\n%s", diff)
	}
}

// TestCheckMarkdownIsInert parses the comment as a forge does: no text of a file
// is more than text in it, and nobody is called.
func TestCheckMarkdownIsInert(t *testing.T) {
	for name, c := range map[string]Check{"refused": recordedCheck(), "undecided": undecidedCheck()} {
		t.Run(name, func(t *testing.T) {
			source := []byte(writeCheck(t, checkMarkdown, c))
			doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
			_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
				if !entering {
					return ast.WalkContinue, nil
				}
				switch n := n.(type) {
				case *ast.Text:
					if _, code := n.Parent().(*ast.CodeSpan); !code && strings.ContainsAny(string(n.Segment.Value(source)), "@#") {
						t.Errorf("text that may be a mention: %q", n.Segment.Value(source))
					}
				case *ast.Link:
					if !strings.HasPrefix(string(n.Destination), "https://docs.example/") {
						t.Errorf("link to %q", n.Destination)
					}
				case *ast.HTMLBlock:
					var b strings.Builder
					for i := range n.Lines().Len() {
						line := n.Lines().At(i)
						b.Write(line.Value(source))
					}
					tag := regexp.MustCompile(`</?[a-z]+[^>]*>`)
					for _, got := range tag.FindAllString(b.String(), -1) {
						if !slices.Contains([]string{"<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>"}, got) {
							t.Errorf("the comment has the tag %s", got)
						}
					}
				case *ast.AutoLink, *ast.Image, *ast.RawHTML, *ast.Emphasis:
					t.Errorf("the comment holds a %s", n.Kind())
				}
				return ast.WalkContinue, nil
			})
		})
	}
}

// TestCheckMarkdownLinesCount takes the lines to paste out of the comment.
func TestCheckMarkdownLinesCount(t *testing.T) {
	comment := writeCheck(t, checkMarkdown, recordedCheck())
	for _, want := range []string{
		check.DigestLine(digestOf("c"), "prompts/gone's.md", "Security-Lead"),
		check.DigestLine(digestOf("c"), "prompts/gone's.md", ""),
		`promptlib approve 'prompts/gone'\''s.md' --role Security-Lead --removed --base 111111111111`,
	} {
		if !strings.Contains(comment, "\n"+want+"\n```\n") {
			t.Errorf("the comment has no block with %q", want)
		}
	}
	if strings.Contains(comment, digestOf("a")) {
		t.Error("the comment has a line for a file that nobody could approve")
	}
	c := recordedCheck()
	c.Accepts = []string{policy.EvidenceSigned}
	if got := writeCheck(t, checkMarkdown, c); strings.Contains(got, "promptlib-digest:") || !strings.Contains(got, "promptlib approve") {
		t.Error("the policy accepts no reviews, and the comment asks for one")
	}
	c.Accepts = []string{policy.EvidenceForge}
	if got := writeCheck(t, checkMarkdown, c); !strings.Contains(got, "promptlib-digest:") || strings.Contains(got, "promptlib approve") {
		t.Error("the policy accepts no statements, and the comment asks for one")
	}
	if got := writeCheck(t, checkText, c); !strings.Contains(got, "--role Security-Lead --removed --base 111111111111 --print\n") {
		t.Error("the policy accepts no statements, and the next command signs one")
	}
}

// manyFiles is a verdict of so many files without their approvals.
func manyFiles(n int) Check {
	c := recordedCheck()
	c.Files, c.Findings = nil, nil
	for i := range n {
		r := recordedCheck().Files[2]
		r.Path = fmt.Sprintf("prompts/%d.md", i)
		at := library.Pos{Path: r.Path, Line: 1, Column: 1}
		c.Files = append(c.Files, r)
		c.Findings = append(c.Findings, &library.Diagnostic{Pos: at, End: at, Code: "APR101", Name: "approval-missing", Severity: library.Error, Message: "missing"})
	}
	return c
}

func TestCheckMarkdownIsNoMoreThanACommentTakes(t *testing.T) {
	doubts := recordedCheck()
	for range 3000 {
		doubts.Undecided = append(doubts.Undecided, undecidedCheck().Undecided...)
	}
	done := manyFiles(0)
	for i := range 2000 {
		r := recordedCheck().Files[1]
		r.Path = fmt.Sprint(i)
		done.Files = append(done.Files, r)
	}
	for name, tt := range map[string]struct {
		c    Check
		want []string
	}{
		"files":     {manyFiles(2000), []string{" more missing roles not shown here.\n", " more findings not shown here.\n", " more files is not shown here"}},
		"undecided": {doubts, []string{" more messages not shown here.\n"}},
		"approved":  {done, []string{" more approvals not shown here.\n", "\n</details>\n"}},
	} {
		t.Run(name, func(t *testing.T) {
			out := writeCheck(t, checkMarkdown, tt.c)
			if len(out) >= commentRoom {
				t.Errorf("the comment has %d bytes, want less than %d", len(out), commentRoom)
			}
			for _, want := range tt.want {
				if !strings.Contains(out, want) {
					t.Errorf("the comment does not count what was cut: %q", want)
				}
			}
			if open, closed := strings.Count(out, "\n<details>"), strings.Count(out, "\n</details>\n"); open != closed {
				t.Errorf("%d details are opened and %d closed", open, closed)
			}
		})
	}
}

func TestCheckJobSummaryIsTheMarkdown(t *testing.T) {
	c := recordedCheck()
	c.JobSummary = filepath.Join(t.TempDir(), "summary.md")
	writeCheck(t, checkGitHub, c)
	got, err := os.ReadFile(c.JobSummary)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(writeCheck(t, checkMarkdown, c), string(got)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestCheckAnnotations(t *testing.T) {
	got := writeCheck(t, checkGitHub, undecidedCheck())
	for _, want := range []string{
		"::error title=check undecided::nothing can be decided: the policy governs no file; correct prompts in .promptlib/policy.yaml\n",
		"::warning file=prompts/urgent.md,line=1,col=1,endLine=1,endColumn=1,title=check waived::it lands on a waiver of dee until 2026-03-02T12:00:00Z: the shop is down ",
		"::error file=.promptlib/policy.yaml,line=1,col=1,endLine=1,endColumn=1,title=APR110 protected-file::",
	} {
		if !strings.Contains("\n"+got, "\n"+want) {
			t.Errorf("there is no line %q in\n%s", want, got)
		}
	}
}

// TestCheckTextTakesTenLinesForAFile counts what is said of a file with all that
// can be missing.
func TestCheckTextTakesTenLinesForAFile(t *testing.T) {
	c := manyFiles(1)
	r := &c.Files[0]
	for i := range 8 {
		r.Slots = append(r.Slots, check.Slot{Slot: policy.Slot{Role: fmt.Sprintf("Role-%d", i)}, Could: []string{"bob"}})
		r.Refused = append(r.Refused, r.Refused[0])
	}
	lines := strings.Split(writeCheck(t, checkText, c), "\n")
	end := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "  they run ") })
	if end < 0 || end+1 > 10 {
		t.Errorf("the refusal has %d lines, want at most 10:\n%s", end+1, strings.Join(lines, "\n"))
	}
	for _, want := range []string{"  who      Security-Lead: bob", "  who      anybody (2): bob, cy, dee", "  who      7 more roles; --format markdown has them all", "  refused  10 more; --format markdown has them all", "  digest   " + r.Digest} {
		if !slices.Contains(lines, want) {
			t.Errorf("there is no line %q:\n%s", want, strings.Join(lines, "\n"))
		}
	}
}

func TestShellWord(t *testing.T) {
	for in, want := range map[string]string{
		"prompts/a.md": "prompts/a.md", "a b": "'a b'", "it's": `'it'\''s'`, "$(id)": "'$(id)'", "-rf": "./-rf", "": "''", "é": "'é'",
		"a\nb'c\\d": `$'a\nb\'c\\d'`, "\u202ex": `$'\u202ex'`,
	} {
		if got := shellWord(in); got != want {
			t.Errorf("shellWord(%q) = %s, want %s", in, got, want)
		}
	}
}

// TestCheckTextSaysWhatIsMissingInAll: of many files it says at the end which roles
// are missing in how many.
func TestCheckTextSaysWhatIsMissingInAll(t *testing.T) {
	for n, want := range map[int]string{1: "", 3: "missing in all: one more person for 3 files; Security-Lead for 3 files"} {
		var got string
		for line := range strings.Lines(writeCheck(t, checkText, manyFiles(n))) {
			if strings.HasPrefix(line, "missing in all") {
				got += strings.TrimSpace(line)
			}
		}
		if got != want {
			t.Errorf("of %d files: %q, want %q", n, got, want)
		}
	}
}

func TestCheckNotes(t *testing.T) {
	for _, tt := range []struct {
		name string
		c    Check
		want []string
	}{
		{"nothing", Check{Base: "1", Head: "2"}, nil},
		{"the base itself", Check{Base: "1", Head: "1"}, []string{"base and head are one commit"}},
		{"files that were exempt", Check{Base: "1", Head: "2", Unlisted: []string{"a.md", "b.md"}}, []string{"ungoverned.yaml exempts 2 changed files no more: a.md, b.md;"}},
		{"the first policy", Check{Base: "1", Head: "2", Bootstrap: true}, []string{"--bootstrap:"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.c.Verdict = &check.Verdict{}
			got := tt.c.notes()
			if len(got) != len(tt.want) {
				t.Fatalf("got %q, want %q", got, tt.want)
			}
			for i, want := range tt.want {
				if !strings.HasPrefix(got[i], want) {
					t.Errorf("got %q, want it to begin with %q", got[i], want)
				}
			}
		})
	}
}

func TestCheckNobodyCouldGiveIt(t *testing.T) {
	people := func(list ...policy.Person) *policy.People { return &policy.People{List: list} }
	ann := policy.Person{Name: "ann", Roles: []string{"Data-Owner"}}
	for _, tt := range []struct {
		name    string
		people  *policy.People
		authors []string
		want    string
	}{
		{"the author alone holds the role", people(ann), []string{"ann"}, "nobody is left who could give Data-Owner: not the authors, ann; add somebody to people.yaml first"},
		{"nobody holds the role", people(policy.Person{Name: "ann"}), []string{"ann"}, "nobody in people.yaml could give Data-Owner; add somebody first"},
		{"a bot holds the role", people(policy.Person{Name: "build", Bot: true, Roles: ann.Roles}), []string{"ann"}, "nobody in people.yaml could give Data-Owner; add somebody first"},
		{"nobody is known", people(), []string{"x@example.org"}, "nobody in people.yaml could give Data-Owner; add somebody first"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := lack{Slot: check.Slot{Slot: policy.Slot{Role: "Data-Owner"}}}
			if got := (Check{People: tt.people}).nobody(&check.Result{Authors: tt.authors}, l); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
