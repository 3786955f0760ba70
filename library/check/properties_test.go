package check

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"promptlib/library"
	"promptlib/library/policy"
)

// The rules of the properties are of every kind: at least a level, exactly a level,
// a tag, a scope, a status, a path.
const propertyPolicy = `version: 1
prompts: ["prompts/**/*.md"]
vocabulary:
  tags:
    checked-by-two: {implies: {count: 2}}
    legal-text: {implies: {roles: [Legal]}}
    delicate: {implies: {risk_level: medium}}
    grave: {implies: {risk_level: high, data_classification: confidential}}
rules:
  - {name: approved, when: {review_status: approved}, approve: [{role: "*"}]}
  - {name: draft, when: {review_status: draft}, approve: [{role: Payments}]}
  - {name: ready, when: {review_status: ">=in_review"}, approve: [{role: "*", count: 2}]}
  - {name: low, when: {risk_level: low}, approve: [{role: Policy-Owner}]}
  - {name: medium, when: {risk_level: medium}, approve: [{role: CISO}]}
  - {name: high, when: {risk_level: ">=high"}, approve: [{role: Security, count: 2}]}
  - {name: public, when: {data_classification: public}, approve: [{role: Break-Glass}]}
  - {name: secret, when: {data_classification: ">=confidential", risk_level: ">=medium"}, approve: [{role: Legal}, {role: "*"}]}
  - {name: abroad, when: {regulatory_scope: GDPR}, approve: [{role: Legal, count: 2}]}
  - {name: tagged, when: {governance_tags: delicate}, approve: [{role: Security}]}
  - {name: payments, when: {path: "prompts/payments/**"}, approve: [{role: Payments}]}
protect: {paths: [".promptlib/**"], approve: [{role: Policy-Owner}]}
freshness: {low: P24M, high: P6M}
waivers: {role: Break-Glass, max: PT48H}
`

// metadata are lines that a front matter may have, by the key they are of. The
// values of the first ones are levels.
var metadata = []struct {
	keys   []string
	values []string
	level  bool
}{
	{[]string{"risk_level", "riskLevel", "governance.risk_level"}, []string{"low", "medium", "high", "critical", "HIGH", "wild", "[]", `""`}, true},
	{[]string{"data_classification", "dataClassification"}, []string{"public", "internal", "confidential", "restricted", "secret"}, true},
	{[]string{"review_status", "reviewStatus"}, []string{"draft", "in_review", "approved", "deprecated", "retired", "in-review", "done"}, true},
	{[]string{"approval_required", "approvalRequired"}, []string{"true", "false", "Legal", "True"}, true},
	{[]string{"approval_roles", "approvalRoles"}, []string{"[Legal]", "[Security, Legal]", "None", "[]", "CISO", "{a: b}"}, false},
	{[]string{"governance_tags", "governanceTags"}, []string{"[legal-text]", "[checked-by-two, delicate]", "[grave]", "[unknown]", "grave", "[]"}, false},
	{[]string{"regulatory_scope", "regulatoryScope"}, []string{"[GDPR]", "[SOX]", "none", "[]"}, false},
}

// A header is the lines of metadata of a front matter, by key.
type header map[string]string

func (h header) text() string {
	lines := []string{"title: Refunds", `version: "1.0"`}
	nested := ""
	for _, m := range metadata {
		for _, key := range m.keys {
			value, ok := h[key]
			if in, below := strings.CutPrefix(key, "governance."); ok && below {
				nested = "governance:\n  " + in + ": " + value
			} else if ok {
				lines = append(lines, key+": "+value)
			}
		}
	}
	if nested != "" {
		lines = append(lines, nested)
	}
	return "---\n" + strings.Join(lines, "\n") + "\n---\nAnswer.\n"
}

func drawHeader(t *rapid.T, label string) header {
	h := header{}
	for _, m := range metadata {
		for _, key := range m.keys {
			if rapid.IntRange(0, 2).Draw(t, label+key) == 0 {
				h[key] = rapid.SampledFrom(m.values).Draw(t, label+"value of "+key)
			}
		}
	}
	return h
}

func needOf(s *scene, base, head string) policy.Need {
	return s.newFile(File{Path: "prompts/payments/a.md", Base: blob(base), Head: blob(head)}).need
}

// Property: to add metadata never shrinks what a file needs.
//
// There is one exception, for it has to be: a level, status or flag that no usable
// declaration gives counts as the most restrictive. To label such a file is the way
// out of that, and may ask for less.
func TestMetadataNeverShrinksNeed(t *testing.T) {
	s := newScene(t)
	s.rules(propertyPolicy)
	rapid.Check(t, func(t *rapid.T) {
		h := drawHeader(t, "")
		before := needOf(s, "", h.text())
		m := rapid.SampledFrom(metadata).Draw(t, "added")
		key := rapid.SampledFrom(m.keys).Draw(t, "key")
		if _, there := h[key]; there {
			return
		}
		g := s.side("prompts/payments/a.md", blob(h.text())).governance
		if m.level && g.Get(m.keys[0]).From == policy.Missing {
			return
		}
		h[key] = rapid.SampledFrom(m.values).Draw(t, "value")
		if after := needOf(s, "", h.text()); !after.Contains(before) {
			t.Fatalf("with %s: %s the need is %+v, and was %+v\n%s", key, h[key], after, before, h.text())
		}
	})
}

// A tag is metadata too, one at a time.
func TestTagsNeverShrinkNeed(t *testing.T) {
	s := newScene(t)
	s.rules(propertyPolicy)
	tags := []string{"legal-text", "checked-by-two", "delicate", "grave", "unknown"}
	rapid.Check(t, func(t *rapid.T) {
		h := drawHeader(t, "")
		some := rapid.SliceOfDistinct(rapid.SampledFrom(tags), rapid.ID).Draw(t, "tags")
		n := rapid.IntRange(0, len(some)).Draw(t, "before")
		delete(h, "governanceTags")
		h["governance_tags"] = "[" + strings.Join(some[:n], ", ") + "]"
		before := needOf(s, "", h.text())
		h["governance_tags"] = "[" + strings.Join(some, ", ") + "]"
		if after := needOf(s, "", h.text()); !after.Contains(before) {
			t.Fatalf("with the tags %v after %v the need is %+v, and was %+v\n%s", some, some[:n], after, before, h.text())
		}
	})
}

// Property: what a change needs contains what the file needs as it was, and what it
// needs as it becomes, whatever becomes of it; to deny that there is a base or head
// takes nothing away.
func TestChangeNeedsBothSides(t *testing.T) {
	s := newScene(t)
	s.rules(propertyPolicy)
	rapid.Check(t, func(t *rapid.T) {
		text := func(label string) string {
			if rapid.IntRange(0, 5).Draw(t, label) == 0 {
				return rapid.SampledFrom([]string{"", "Text.\n", "---\n---\n", "---\nrisk_level: low\nrisk_level: low\n---\n", "\ufeff---\nrisk_level: low\n---\n"}).Draw(t, label+" text")
			}
			return drawHeader(t, label).text()
		}
		base, head := text("base"), text("head")
		need := needOf(s, base, head)
		if !need.Contains(needOf(s, base, base)) || !need.Contains(needOf(s, head, head)) {
			t.Fatalf("the change needs %+v, the base %+v, the head %+v", need, needOf(s, base, base), needOf(s, head, head))
		}
	})
}

// drawChange draws a change of some files with evidence of all kinds, good and bad.
func drawChange(t *rapid.T, tb testing.TB) *scene {
	s := newScene(tb)
	s.rules(propertyPolicy)
	paths := []string{"prompts/a.md", "prompts/payments/b.md", "prompts/c.md", ".promptlib/config.yaml", "notes.txt"}
	for _, path := range rapid.SliceOfNDistinct(rapid.SampledFrom(paths), 1, 4, rapid.ID).Draw(t, "paths") {
		base, head := "", ""
		if rapid.Bool().Draw(t, "base of "+path) {
			base = drawHeader(t, "base ").text()
		}
		if base == "" || rapid.IntRange(0, 3).Draw(t, "head of "+path) > 0 {
			head = strings.Replace(drawHeader(t, "head ").text(), `"1.0"`, `"1.1"`, 1)
		}
		f := s.file(path, base, head)
		f.Commits = rapid.SliceOfN(rapid.SampledFrom([]Commit{signed("ada"), signed("bo"), unsigned("cy"), unsigned("eve")}), 0, 3).Draw(t, "commits")
		f.AsProposed = rapid.Bool().Draw(t, "as proposed")
	}
	names := []string{"ada", "bo", "cy", "di", "eve", "fay", "gus", "robo", "mallory"}
	roles := []string{"Security", "Legal", "Payments", "Policy-Owner", "Break-Glass"}
	at := func() time.Time {
		return testNow.Add(-time.Duration(rapid.IntRange(0, 3).Draw(t, "hours")) * time.Hour)
	}
	for range rapid.IntRange(0, 8).Draw(t, "statements") {
		what := rapid.SampledFrom([]Opinion{Approve, Approve, Approve, Approve, Reject, Revoke}).Draw(t, "says")
		a := s.said(rapid.SampledFrom(names).Draw(t, "who"), what, rapid.SampledFrom(roles).Draw(t, "role"))
		a.Predicate.At = at()
		if rapid.IntRange(0, 5).Draw(t, "waiver") == 0 {
			end := a.Predicate.At.Add(2 * time.Hour)
			a.PredicateType, a.Predicate.Decision = WaiverPredicate, ""
			a.Predicate.Expires, a.Predicate.Reason, a.Predicate.Ticket = &end, "r", "t"
		}
		a.Subject = nil
		for _, f := range s.Files {
			if rapid.IntRange(0, 3).Draw(t, "subject") > 0 {
				a.Subject = append(a.Subject, s.subject(f.Path))
			}
		}
		if len(a.Subject) == 0 {
			continue
		}
		if rapid.IntRange(0, 4).Draw(t, "path") == 0 {
			a.path = ".promptlib/approvals/same.json"
		}
		s.put(a)
	}
	if rapid.Bool().Draw(t, "request") {
		s.pull().Authors = []Account{account(rapid.SampledFrom([]string{"ada", "bo", "mallory"}).Draw(t, "opener"))}
		for range rapid.IntRange(0, 6).Draw(t, "reviews") {
			text := "LGTM"
			if rapid.Bool().Draw(t, "with digest") {
				text = s.line(rapid.SampledFrom(s.Files).Draw(t, "of").Path, rapid.SampledFrom([]string{"", "Security", "Legal"}).Draw(t, "as"))
			}
			r := s.review(rapid.SampledFrom(names).Draw(t, "reviewer"), rapid.SampledFrom([]Opinion{Approve, Approve, Approve, Reject, Revoke, Comment}).Draw(t, "opinion"), text)
			r.At, r.Edited = at(), rapid.IntRange(0, 6).Draw(t, "edited") == 0
		}
	}
	return s
}

// compare returns where two verdicts differ.
func compare(a, b *Verdict) string { return cmp.Diff(a, b, cmpopts.EquateEmpty()) }

func shuffled[T any](t *rapid.T, list []T, what string) []T {
	if len(list) == 0 {
		return list
	}
	return rapid.Permutation(list).Draw(t, what)
}

// Property: the order of files, commits, names, statements, reviews, accounts and
// people makes no difference.
func TestOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := drawChange(r, t)
		want := Decide(s.Change)
		c := s.Change
		c.Files = shuffled(r, c.Files, "files")
		for i := range c.Files {
			c.Files[i].Commits = shuffled(r, c.Files[i].Commits, "commits of it")
		}
		c.Statements = shuffled(r, c.Statements, "order of statements")
		c.Names = shuffled(r, c.Names, "order of names")
		if c.Request != nil {
			request := *c.Request
			request.Reviews, request.Authors = shuffled(r, request.Reviews, "order of reviews"), shuffled(r, request.Authors, "order of authors")
			c.Request = &request
		}
		lines := strings.SplitAfter(strings.TrimSuffix(people(nil), testRoles), "\n")
		folk, err := policy.ReadPeople("p", []byte(lines[0]+strings.Join(shuffled(r, lines[1:len(lines)-1], "people"), "")+testRoles))
		if err != nil {
			r.Fatal(err)
		}
		c.People = folk
		if diff := compare(want, Decide(c)); diff != "" {
			r.Fatalf("in another order (-before +after):\n%s", diff)
		}
	})
}

// Property: to take an approval away never lets a change pass that did not.
func TestRemovingAnApprovalNeverPasses(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := drawChange(r, t)
		if Decide(s.Change).OK() {
			return
		}
		for i, st := range s.Statements {
			a, err := ParseStatement(st.Text)
			if err != nil {
				r.Fatal(err)
			}
			if a.Predicate.Decision != Approve {
				continue
			}
			c := s.Change
			c.Statements = slices.Delete(slices.Clone(c.Statements), i, i+1)
			if Decide(c).OK() {
				r.Fatalf("without the statement %s it passes", st.Text)
			}
		}
		if s.Request == nil {
			return
		}
		for i, review := range s.Request.Reviews {
			if review.Opinion != Approve {
				continue
			}
			c, request := s.Change, *s.Request
			request.Reviews = slices.Delete(slices.Clone(request.Reviews), i, i+1)
			c.Request = &request
			if Decide(c).OK() {
				r.Fatalf("without the review %+v it passes", review)
			}
		}
	})
}

// Property: the same change has the same verdict, to the byte, and Decide changes
// nothing of it.
func TestDecideIsPure(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := drawChange(r, t)
		s.Lint = []*library.Diagnostic{lintFinding(0), lintFinding(1)}
		look := func() string {
			var b strings.Builder
			for _, part := range []any{s.Files, s.Standing, s.Statements, s.Names, s.Request, s.Lint, s.Policy, s.People, s.Ungoverned} {
				b.WriteString(encode(r, part))
			}
			return b.String()
		}
		before := look()
		first, second := encode(r, Decide(s.Change)), encode(r, Decide(s.Change))
		if first != second {
			r.Fatalf("two verdicts of one change:\n%s\n%s", first, second)
		}
		if after := look(); after != before {
			r.Fatalf("the change was\n%s\nand is\n%s", before, after)
		}
	})
}

func encode(t *rapid.T, value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
