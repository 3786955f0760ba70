package lint

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/library"
	"promptlib/library/policy"
)

// A fixCase is a text with a fault. Safe is what becomes of it by the fixes that
// are safe, unsafe by all of them; empty where that changes nothing more.
type fixCase struct {
	name, text, safe, unsafe string
}

// fence is a code fence, which a raw string cannot hold.
const fence = "```"

// front wraps keys in a front matter above a body.
func front(keys string) string { return "---\n" + keys + "\n---\ntext\n" }

var fixCases = []fixCase{
	{"nothing wrong", front("title: a"), "", ""},
	{"byte order mark", "\ufeff" + front("title: a"), front("title: a"), ""},
	{"two byte order marks", "\ufeff\ufeff# Note\n", "# Note\n", ""},

	{"alias of a value", front("regulatory_scope: [SOC-2, 'iso 27001', \"GDPR\"]"), front("regulatory_scope: [SOC2, 'ISO27001', \"GDPR\"]"), ""},
	{"value in capitals", front("data_classification: Restricted # as agreed"), front("data_classification: restricted # as agreed"), ""},
	{"value near a word", front("risk_level: \"hihg\""), "", front("risk_level: \"high\"")},
	{"value near nothing", front("risk_level: enormous"), "", ""},
	{"value in a block scalar", front("risk_level: >-\n  Low"), "", ""},
	{"tag in capitals", front("governance_tags: [pii-SAFE]"), front("governance_tags: [PII-safe]"), ""},
	{"tag near a word", front("governance_tags: [PII-saf]"), "", front("governance_tags: [PII-safe]")},
	{"role in capitals", front("approval_roles: [ciso]"), front("approval_roles: [CISO]"), ""},
	{"true in capitals", front("approval_required: False"), front("approval_required: false"), ""},
	{"yes", front("approval_roles: [CISO]\napproval_required: \"yes\""), front("approval_roles: [CISO]\napproval_required: true"), ""},
	{"no loosens", front("approval_required: no"), "", front("approval_required: false")},
	{"who instead of whether", front("approval_required: Legal"), "", ""},
	{"period in words", front("retention_period: 5-years"), front("retention_period: P5Y"), ""},
	{"period in quotes", front("retention_period: '2 Weeks'"), front("retention_period: 'P2W'"), ""},
	{"period with a note", front("retention_period: 7 years (incident records)"), "", front("retention_period: P7Y")},
	{"list with a byte that is no text", front("governance_tags: \"caf\xe9\""), "", ""},
	{"list with an escape byte", front("governance_tags: \"a\x1bb\""), "", ""},
	{"period of no length", front("retention_period: a while"), "", ""},
	{"scalar in place of a list", front("governance_tags: audit-required"), front("governance_tags: [audit-required]"), ""},
	{"list in one text", front("governance_tags: audit-required, PII-safe"), "", front("governance_tags: [audit-required, PII-safe]")},
	{"misspelt key", front("risk_levl: low"), "", front("risk_level: low")},
	{"misspelt key beside the right one", front("risk_levl: low\nrisk_level: high"), "", ""},
	{"key of other letters", front("apprоval_roles: [CISO]"), "", front("approval_roles: [CISO]")},
	{"misspelt nested key", front("governance: {ownr: Ada, note: x}"), "", front("governance: {owner: Ada, note: x}")},

	{"value that needs quotes", front("author: @ada\nglobs: **/*\ntitle: Notes: a \"study\"\nversion: \"1\""), front("author: \"@ada\"\nglobs: \"**/*\"\ntitle: \"Notes: a \\\"study\\\"\"\nversion: \"1\""), ""},
	{"value that needs quotes, with a comment", front("author: @ada # who"), "", ""},
	{"value that needs quotes, and more", front("author: @ada\ntitle: \"a"), "", ""},
	{"value of two lines that needs quotes", front("author: @ada\n  lovelace"), "", ""},
	{"value of a nested key that needs quotes", "---\r\na:\r\n  b: `c`\r\n---\r\ntext\r\n", "---\r\na:\r\n  b: \"`c`\"\r\n---\r\ntext\r\n", ""},
	{"alias", front("a: &x b\nc: *x"), "", ""},

	{"synonyms agree", front("riskLevel: Low\ntitle: a\nrisk_level: low"), front("title: a\nrisk_level: low"), ""},
	{"synonyms agree as lists", front("regulatory_scope: [SOC2, GDPR]\nregulatoryScope:\n  - gdpr\n  - SOC-2\ntitle: a"), front("regulatory_scope: [SOC2, GDPR]\ntitle: a"), ""},
	{"synonyms without the canonical key", front("riskLevel: low\ngovernance: {risk_level: low}"), "", front("governance: {risk_level: low}")},
	{"canonical key twice", front("risk_level: low\nrisk_level: low"), front("risk_level: low"), ""},
	{"synonyms that cannot be used", front("risk_level: vast\nriskLevel: vast"), front("risk_level: vast"), ""},
	{"synonyms disagree", front("riskLevel: low\nrisk_level: high"), "", ""},
	{"synonym with a comment", front("riskLevel: low # see the register\nrisk_level: low"), "", ""},
	{"synonym below governance", front("risk_level: low\ngovernance:\n  lead: Ada\n  risk_level: low\n  seat: 4"), front("risk_level: low\ngovernance:\n  lead: Ada\n  seat: 4"), ""},
	{"synonym alone below governance", front("risk_level: low\ngovernance:\n  risk_level: low"), "", ""},

	{"key twice", front("title: a\nversion: \"1\"\ntitle: a"), front("title: a\nversion: \"1\""), ""},
	{"key twice with a list", front("tags:\n- a\n- b\ntitle: x\ntags: [a, b]"), front("tags:\n- a\n- b\ntitle: x"), ""},
	{"key three times", front("a: {b: c}\na:\n  b: c\na: {b: c}\nd: |\n  e"), front("a: {b: c}\nd: |\n  e"), ""},
	{"key twice without a value", front("title:\nnote: x\ntitle:"), front("title:\nnote: x"), ""},
	{"key twice with two values", front("title: a\ntitle: b"), "", ""},
	{"key twice with two types", front("title: 1\ntitle: \"1\""), "", ""},
	{"key twice in braces", front("a: {b: 1, b: 1}"), "", ""},

	{"tab in a list", front("tags:\n\t- a\n\t- b"), front("tags:\n  - a\n  - b"), ""},
	{"tabs of two depths", front("a:\n\tb:\n\t\tc: d"), front("a:\n  b:\n    c: d"), ""},
	{"tab beside spaces", front("a:\n  b: c\n\td: e"), front("a:\n  b: c\n  d: e"), ""},
	{"tab beside many spaces", front("a:\n    - b\n\t- c"), front("a:\n    - b\n    - c"), ""},
	{"tab that may be of two depths", front("a:\n  b:\n\tc: d"), "", ""},
	{"tab in a block scalar", front("a: |\n  b\n  \tc\nd:\n\te: f"), front("a: |\n  b\n  \tc\nd:\n  e: f"), ""},

	{"front matter never closed", "---\ntitle: a\nversion: \"1\"\n\n# Note\n\nText.\n", "---\ntitle: a\nversion: \"1\"\n---\n\n# Note\n\nText.\n", ""},
	{"closed by CR LF", "---\r\ntitle: a\r\n<purpose>\r\nText.\r\n</purpose>\r\n", "---\r\ntitle: a\r\n---\r\n<purpose>\r\nText.\r\n</purpose>\r\n", ""},
	{"a rule closes it too late", "---\ntitle: a\n\n<purpose>\nText.\n</purpose>\n\n---\n\nEnd.\n", "---\ntitle: a\n---\n\n<purpose>\nText.\n</purpose>\n\n---\n\nEnd.\n", ""},
	{"never closed above prose", "---\ntitle: a\n\nText without a heading.\n", "", "---\ntitle: a\n---\n\nText without a heading.\n"},
	{"a heading that may be a comment", "---\ntitle: a\n\n# Governance\nowner: Ada\n", "", "---\ntitle: a\n---\n\n# Governance\nowner: Ada\n"},
	{"nothing below the front matter", "---\ntitle: a\n", "", ""},

	{"closing fence with a word", "# A\n\n" + fence + "text\nx\n" + fence + "text\n\n## B\n", "# A\n\n" + fence + "text\nx\n" + fence + "\n\n## B\n", ""},
	{"closing fence above a line", "# A\n\n" + fence + "text\nx\n" + fence + "sql\ny\n", "", "# A\n\n" + fence + "text\nx\n" + fence + "\ny\n"},
	{"closing fence above prose", "# A\n\n" + fence + "text\nx\n" + fence + "sql\n\ny\n", "", "# A\n\n" + fence + "text\nx\n" + fence + "\n\ny\n"},
	{"two closing fences", "# A\n\n" + fence + "\nx\n" + fence + "\n" + fence + "\n\n## B\n\ntext\n", "# A\n\n" + fence + "\nx\n" + fence + "\n\n## B\n\ntext\n", ""},
	{"stray fence below prose", "# A\n\nx\n" + fence + "\n\n---\n\ntext\n", "", "# A\n\nx\n\n---\n\ntext\n"},

	{"trailing commas", inOutput("{\n  \"a\": [1, 2,],\n  \"b\": \", ]\",\n}"), inOutput("{\n  \"a\": [1, 2],\n  \"b\": \", ]\"\n}"), ""},
	{"trailing comma with CR LF", strings.ReplaceAll(inOutput("[\n  1,\n]"), "\n", "\r\n"), strings.ReplaceAll(inOutput("[\n  1\n]"), "\n", "\r\n"), ""},
	{"trailing comma and more", inOutput("{\"a\": 'b',}"), "", ""},

	{"number for text", dialectB("version: 1.10"), dialectB("version: \"1.10\""), ""},
	{"text for a list", dialectB("version: \"1\"\ntags: api"), dialectB("version: \"1\"\ntags: [api]"), ""},
	{"several in one text", dialectB("version: \"1\"\ntags: api, 'c++', 2"), "", dialectB("version: \"1\"\ntags: [api, \"'c++'\", \"2\"]")},

	{"one fix behind the other", "\ufeff---\ntitle: a\nriskLevel: Low\nrisk_level: low\n\n<purpose>\nx\n</purpose>\n", "---\ntitle: a\nrisk_level: low\n---\n\n<purpose>\nx\n</purpose>\n", ""},
	{"merge conflict", front("title: a") + "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> main\n", "", ""},
}

// inOutput is a prompt with an example of a JSON output.
func inOutput(json string) string {
	return dialectB("version: \"1\"") + "\n## Example Usage\n\n**Input**\n\nx\n\n**Output**\n\n" + fence + "json\n" + json + "\n" + fence + "\n"
}

// dialectB is a prompt of dialect B with some keys.
func dialectB(keys string) string {
	return "---\ntitle: a\n" + keys + "\n---\n\n## Description\n\nx\n\n## Prompt\n\ny\n"
}

// fixText fixes a text, and checks what must hold of every fix.
func fixText(t *testing.T, l *Linter, text string, unsafe bool) Fixed {
	t.Helper()
	p := library.Parse("a.md", text)
	before, _ := l.Prompt(p)
	for _, d := range before {
		if d.Fix != nil {
			checkFix(t, text, d)
		}
	}
	fixed := l.Fix(p, unsafe)
	again := l.Fix(library.Parse("a.md", fixed.Text), unsafe)
	if again.Text != fixed.Text || len(again.Made) > 0 {
		t.Errorf("a second time %d fixes are made (-second +first):\n%s", len(again.Made), cmp.Diff(again.Text, fixed.Text))
	}
	if (fixed.Text != text) != (len(fixed.Made) > 0) {
		t.Errorf("%d fixes were made, and the text has changed: %v", len(fixed.Made), fixed.Text != text)
	}
	after := library.Parse("a.md", fixed.Text)
	found, facts := l.Prompt(after)
	if diff := cmp.Diff(fixed.Findings, found); diff != "" || !reflect.DeepEqual(facts, fixed.Facts) {
		t.Errorf("findings of the fixed text (-got +want):\n%s", diff)
	}
	errors := map[string]int{}
	for _, d := range before {
		if d.Severity == library.Error {
			errors[d.Code]++
		}
	}
	for _, d := range found {
		if d.Severity == library.Error && errors[d.Code] == 0 {
			t.Errorf("new error %s", d)
		}
	}
	if !unsafe && p.Front.Sound && after.Front.Sound {
		if diff := cmp.Diff(words(l, after), words(l, p)); diff != "" {
			t.Errorf("safe fixes change the governance (-got +want):\n%s", diff)
		}
	}
	return fixed
}

// checkFix checks the form of a fix, and that alone it changes nothing beside
// its edits.
func checkFix(t *testing.T, text string, d *library.Diagnostic) {
	t.Helper()
	fix := d.Fix
	if fix.Title == "" || strings.ContainsAny(fix.Title, "\r\n") {
		t.Errorf("%s: title %q of the fix is not one line", d, fix.Title)
	}
	got, made := library.Apply(text, []*library.Fix{fix})
	if len(made) != 1 {
		t.Fatalf("%s: the edits %v do not fit a text of %d bytes", d, fix.Edits, len(text))
	}
	want, done := "", 0
	for _, e := range fix.Edits {
		want, done = want+text[done:e.Start]+e.New, e.End
	}
	if want += text[done:]; got != want {
		t.Errorf("%s: the fix changes bytes outside of its edits (-got +want):\n%s", d, cmp.Diff(got, want))
	}
}

// words lists what counts of the governance of a prompt.
func words(l *Linter, p *library.Prompt) [][]string {
	var list [][]string
	for _, v := range l.Policy.Effective(p, l.Root).Values {
		sorted := slices.Sorted(slices.Values(v.Words))
		if span, ok := policy.ReadSpan(v.Word()); ok {
			sorted = []string{fmt.Sprint(span.Forever, (12*span.Years+span.Months)*3044+span.Days*100)} // as Span.Compare sees it
		}
		list = append(list, sorted)
	}
	return list
}

func TestFix(t *testing.T) {
	l := &Linter{Policy: policy.Default(), Root: ".", Now: today}
	for _, tt := range fixCases {
		t.Run(tt.name, func(t *testing.T) {
			if tt.safe == "" {
				tt.safe = tt.text
			}
			if tt.unsafe == "" {
				tt.unsafe = tt.safe
			}
			for unsafe, want := range map[bool]string{false: tt.safe, true: tt.unsafe} {
				fixed := fixText(t, l, tt.text, unsafe)
				if diff := cmp.Diff(fixed.Text, want); diff != "" {
					t.Errorf("unsafe %v (-got +want):\n%s\nrefused: %v", unsafe, diff, refusals(fixed))
				}
			}
		})
	}
}

func refusals(f Fixed) []string {
	var list []string
	for _, r := range f.Refused {
		list = append(list, r.Finding.String()+": "+r.Reason)
	}
	return list
}

// TestFixThatDoesHarmIsTakenBack: the byte order mark hides that two spellings of
// a key disagree; the other fix of the file is made all the same.
func TestFixThatDoesHarmIsTakenBack(t *testing.T) {
	text := "\ufeff---\nrisk_level: low\nriskLevel: Medium\n---\ntext\n"
	fixed := fixText(t, &Linter{Policy: policy.Default(), Root: ".", Now: today}, text, false)
	if want := strings.Replace(text, "Medium", "medium", 1); fixed.Text != want {
		t.Errorf("got %q, want %q", fixed.Text, want)
	}
	want := []string{`a.md:1:1: error: byte order mark before the text; many readers then miss the front matter, so save the file as UTF-8 without it [FM006 byte-order-mark]: ` +
		`would bring an error: a.md:3:1: error: riskLevel is "medium", but risk_level on line 2 is "low"; effective: medium [GOV002 governance-conflict]`}
	if diff := cmp.Diff(refusals(fixed), want); diff != "" {
		t.Errorf("refused (-got +want):\n%s", diff)
	}
}

// TestFixObeysLevels: what a library does not want to hear of is not mended.
func TestFixObeysLevels(t *testing.T) {
	l := &Linter{Policy: policy.Default(), Config: Config{Levels: map[string]Level{"GOV003": {Off: true}}}}
	text := front("risk_level: Low")
	if fixed := fixText(t, l, text, true); fixed.Text != text {
		t.Errorf("got %q, want it unchanged", fixed.Text)
	}
}

// TestFixGivesUp: where the tries do not suffice, the text stays as it is.
func TestFixGivesUp(t *testing.T) {
	l := &Linter{Policy: policy.Default(), Root: ".", Now: today}
	text := front("risk_level: Low\nregulatory_scope: soc-2")
	fixed := l.fix(library.Parse("a.md", text), false, 1)
	if fixed.Text != text || len(fixed.Made) > 0 || len(fixed.Findings) != 3 {
		t.Errorf("%d fixes were made and %d findings are left", len(fixed.Made), len(fixed.Findings))
	}
	want := []string{`a.md:2:13: warning: risk_level "Low" is spelt "low" [GOV003 governance-value]: is one of too many that do harm together`}
	if diff := cmp.Diff(refusals(fixed), want); diff != "" {
		t.Errorf("refused (-got +want):\n%s", diff)
	}
}

// TestFixOfMany: one fix that does harm is found among many in few tries, and
// none of the others is lost.
func TestFixOfMany(t *testing.T) {
	l := &Linter{Policy: policy.Default(), Root: ".", Now: today}
	tags := strings.Repeat("- pii-SAFE\n", 5000)
	text := "\ufeff" + front("risk_level: low\nriskLevel: high\ngovernance_tags:\n"+tags)
	fixed := l.fix(library.Parse("a.md", text), false, 40)
	if want := strings.ReplaceAll(text, "pii-SAFE", "PII-safe"); fixed.Text != want || len(fixed.Refused) != 1 {
		t.Errorf("%d of 5000 fixes were made, %d refused, want 1", len(fixed.Made), len(fixed.Refused))
	}
}

// FuzzFix: whatever the text, its fixes come to an end, change nothing beside
// their edits, bring no new kind of error, and leave nothing to be made by a
// second run; the safe ones leave the governance as it was.
func FuzzFix(f *testing.F) {
	for _, tt := range fixCases {
		f.Add(tt.text)
	}
	f.Add(manyFindings)
	files, err := filepath.Glob(filepath.Join(fixtures, "*", "*.md"))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	strict, err := policy.Read("policy.yaml", []byte(`version: 1
vocabulary: {risk_level: [low, "Höchst", "true", "1.0", 'it''s "so"', high]}
aliases: {values: {five: high, "0": low}, keys: {meta.risk: risk_level, risk: risk_level}}
required_keys: [owner, risk_level]
`))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, pol := range []*policy.Policy{policy.Default(), strict} {
			for _, unsafe := range []bool{false, true} {
				fixText(t, &Linter{Policy: pol, Root: ".", Now: today}, text, unsafe)
			}
		}
	})
}
