package lint

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"promptlib/library"
	"promptlib/library/policy"
)

// at returns a finding of a file, with an anchor of one digit.
func at(path string, line int, code, digit string) *library.Diagnostic {
	return &library.Diagnostic{Pos: library.Pos{Path: path, Line: line, Column: 1}, Code: code, Name: "a-rule", Anchor: strings.Repeat(digit, 16)}
}

func entry(file, code, digit string, ordinal int) BaselineEntry {
	return BaselineEntry{File: file, Rule: code, Name: "a-rule", Anchor: strings.Repeat(digit, 16), Ordinal: ordinal}
}

func TestBaselineSift(t *testing.T) {
	known := Baseline(nil).Add(Baseline{entry("p/b.md", "STR002", "1", 0), entry("p/a.md", "STR002", "1", 2), entry("p/a.md", "STR002", "1", 0), entry("p/a.md", "EX001", "1", 0)})
	for _, tt := range []struct {
		name     string
		findings []*library.Diagnostic
		fresh    []int // indices of findings
		known    int
		added    Baseline
	}{
		{"none", nil, nil, 0, nil},
		{"all, moved", []*library.Diagnostic{at("lib/p/a.md", 7, "STR002", "1"), at("lib/p/a.md", 9, "EX001", "1"), at("lib/p/a.md", 10, "STR002", "1"), at("lib/p/b.md", 1, "STR002", "1")}, nil, 4, nil},
		{"one of two alike", []*library.Diagnostic{at("lib/p/a.md", 7, "STR002", "1")}, nil, 1, nil},
		{"a third alike", []*library.Diagnostic{at("lib/p/a.md", 1, "STR002", "1"), at("lib/p/a.md", 2, "STR002", "1"), at("lib/p/a.md", 3, "STR002", "1")}, []int{2}, 2, Baseline{entry("p/a.md", "STR002", "1", 3)}},
		{"another text", []*library.Diagnostic{at("lib/p/a.md", 1, "STR002", "2")}, []int{0}, 0, Baseline{entry("p/a.md", "STR002", "2", 0)}},
		{"another rule", []*library.Diagnostic{at("lib/p/b.md", 1, "EX001", "1")}, []int{0}, 0, Baseline{entry("p/b.md", "EX001", "1", 0)}},
		{"another file", []*library.Diagnostic{at("lib/p/c.md", 1, "STR002", "1")}, []int{0}, 0, Baseline{entry("p/c.md", "STR002", "1", 0)}},
		{"a name that is no UTF-8", []*library.Diagnostic{at("lib/p/\xff.md", 1, "STR002", "1")}, []int{0}, 0, Baseline{entry("p/\ufffd.md", "STR002", "1", 0)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fresh, met, added := known.Sift("lib", tt.findings)
			var got []int
			for _, d := range fresh {
				got = append(got, slices.Index(tt.findings, d))
			}
			if diff := cmp.Diff(got, tt.fresh); diff != "" {
				t.Errorf("fresh findings (-got +want):\n%s", diff)
			}
			if len(met) != tt.known {
				t.Errorf("%d known, want %d", len(met), tt.known)
			}
			if diff := cmp.Diff(added, tt.added); diff != "" {
				t.Errorf("added (-got +want):\n%s", diff)
			}
			if fresh, _, _ := known.Add(added).Sift("lib", tt.findings); fresh != nil {
				t.Errorf("%d findings are fresh once they are added", len(fresh))
			}
		})
	}
}

func TestBaselineAddAndDrop(t *testing.T) {
	a, b, c := entry("a.md", "STR002", "1", 0), entry("a.md", "STR002", "1", 2), entry("b.md", "EX001", "1", 0)
	all := Baseline(nil).Add(Baseline{c, a, b, a})
	if diff := cmp.Diff(all, Baseline{a, b, c}); diff != "" {
		t.Errorf("all (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(all.Drop(Baseline{b}), Baseline{a, c}); diff != "" {
		t.Errorf("without one (-got +want):\n%s", diff)
	}
	if len(all) != 3 || all[1] != b {
		t.Error("Drop changes what it is called on")
	}
}

func TestReadBaselineErrors(t *testing.T) {
	good := `{"file":"a.md","rule":"STR002","name":"section-empty","anchor":"0123456789abcdef"}`
	for _, tt := range []struct{ name, line, want string }{
		{"no JSON", `text`, "line is no entry of a baseline: invalid character"},
		{"a list", `[]`, "line is no entry of a baseline: cannot unmarshal array"},
		{"two on a line", good + good, "line is no entry of a baseline: it goes on after the JSON object"},
		{"unknown key", `{"line":1}`, `line is no entry of a baseline: unknown field "line"`},
		{"conflict", `>>>>>>> theirs`, "unresolved merge conflict; keep the lines of both sides and remove the markers"},
		{"no file", `{"rule":"STR002"}`, `file "" is no path relative to the root of the library`},
		{"absolute", `{"file":"/a.md"}`, `file "/a.md" is no path`},
		{"upward", `{"file":"../a.md"}`, `file "../a.md" is no path`},
		{"not clean", `{"file":"a//b.md"}`, `file "a//b.md" is no path`},
		{"rule by name", `{"file":"a.md","rule":"section-empty"}`, `rule "section-empty" is no code, such as "STR002"`},
		{"short anchor", `{"file":"a.md","rule":"STR002","anchor":"ab"}`, `anchor "ab" is not 16 hexadecimal digits`},
		{"ordinal 1", strings.Replace(good, "}", `,"ordinal":1}`, 1), "ordinal 1 is not 2 or more; leave it out for the first"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ReadBaseline("b.jsonl", []byte(good+"\n\n"+tt.line+"\n"))
			if err == nil || !strings.HasPrefix(err.Error(), "b.jsonl:3:1: "+tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want b.jsonl:3:1: %s", err, tt.want)
			}
		})
	}
	if b, err := ReadBaseline("b.jsonl", nil); len(b) != 0 || err != nil {
		t.Errorf("an empty baseline is read as %v, %v", b, err)
	}
}

// TestBaselineComesBack: a baseline that is written, merged and shuffled is the
// same.
func TestBaselineComesBack(t *testing.T) {
	entries := rapid.SliceOf(rapid.Custom(func(t *rapid.T) BaselineEntry {
		return BaselineEntry{
			File:    rapid.SampledFrom([]string{"a.md", "p/b c.md", "p/ü\n\u202e.md", "\"q\".md"}).Draw(t, "file"),
			Rule:    rapid.SampledFrom([]string{"STR002", "EX001"}).Draw(t, "rule"),
			Name:    "a-rule",
			Anchor:  rapid.StringMatching(`[01]{1}0{15}`).Draw(t, "anchor"),
			Ordinal: rapid.SampledFrom([]int{0, 2, 3}).Draw(t, "ordinal"),
		}
	}))
	rapid.Check(t, func(t *rapid.T) {
		list := entries.Draw(t, "entries")
		want := Baseline(nil).Add(list)
		var text strings.Builder
		for _, e := range rapid.Permutation(append(slices.Clone(list), want...)).Draw(t, "lines") {
			line, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			text.WriteString(string(line) + rapid.SampledFrom([]string{"\n", "\r\n", "\n\n"}).Draw(t, "end"))
		}
		got, err := ReadBaseline("b.jsonl", []byte(text.String()))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, want); len(want) > 0 && diff != "" {
			t.Fatalf("baseline (-got +want):\n%s", diff)
		}
	})
}

// blocks are sections with a finding in each.
var blocks = []string{
	"## Description\n\n",
	"## Tips\n\n",
	"## Prompt\n\nWrite to [app_name] and [user_name].\n",
	"## Notes\n\n```text\nx\n```json\n",
	"## Example Usage\n\n**Input**\n\n[app_name]: a\n\n**Output**\n\n```json\n{\"a\": 1,}\n```\n",
	"## Related Prompts\n\n- nowhere\n",
	"## Usage\n\n## Usage\n\nTwice.\n",
}

var header = []string{"title: Note\n", "version: 1.0\n", "governance_tags: [PII-saf]\n", "risk_level: Low\n", "retention_period: 5-years\n"}

// layout writes a prompt with its keys and sections in some order and with blank
// lines between them, and with CR LF line ends perhaps.
func layout(t *rapid.T, header, blocks []string) string {
	blank := func() string { return strings.Repeat("\n", rapid.IntRange(0, 3).Draw(t, "blank lines")) }
	text := "---\n"
	for _, line := range rapid.Permutation(header).Draw(t, "keys") {
		text += line + blank()
	}
	text += "---\n"
	for _, block := range rapid.Permutation(blocks).Draw(t, "sections") {
		text += blank() + strings.ReplaceAll(block, "\n\n", "\n\n"+blank()) + "\n"
	}
	if rapid.Bool().Draw(t, "CR LF") {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text
}

// TestBaselineHoldsWhenLinesMove: keys and sections in another order, blank lines
// and other line ends wake no finding of a baseline, and one finding more of the
// same rule is the only fresh one.
func TestBaselineHoldsWhenLinesMove(t *testing.T) {
	lib := library.OpenBuffer("a.md")
	l := &Linter{Policy: policy.Default(), Root: ".", Index: lib.Index, Now: today}
	find := func(text string) []*library.Diagnostic {
		found, _ := l.Prompt(library.Parse("a.md", text))
		// The order of sections is what one rule is about.
		return slices.DeleteFunc(found, func(d *library.Diagnostic) bool { return d.Name == "section-order" })
	}
	rapid.Check(t, func(t *rapid.T) {
		_, _, known := Baseline(nil).Sift(".", find(layout(t, header, blocks)))
		if len(known) < 10 {
			t.Fatalf("only %d findings", len(known))
		}
		moved := layout(t, header, blocks)
		fresh, met, _ := known.Sift(".", find(moved))
		if len(fresh) > 0 || len(met) != len(known) {
			t.Fatalf("of %d findings %d are met and %d are fresh in %q: %v", len(known), len(met), len(fresh), moved, fresh)
		}
		more := rapid.SampledFrom([]string{"## Use Cases\n\n", "## Remarks\n\n```text\nx\n```json\n", "## Tips\n\nNone.\n"}).Draw(t, "a new finding")
		fresh, _, _ = known.Sift(".", find(layout(t, header, append(slices.Clone(blocks), more))))
		if len(fresh) != 1 {
			t.Fatalf("%d findings are fresh after %q: %v", len(fresh), more, fresh)
		}
	})
}

// TestKinKnowsEveryFact: a rule may compare whatever text the facts hold.
func TestKinKnowsEveryFact(t *testing.T) {
	typ := reflect.TypeFor[Facts]()
	for i := range typ.NumField() {
		if typ.Field(i).Type != reflect.TypeFor[library.Text]() {
			continue
		}
		var f Facts
		reflect.ValueOf(&f).Elem().Field(i).Set(reflect.ValueOf(library.Text{Value: " A fact "}))
		if k := NewKin([]Facts{f}); !k["a fact"] {
			t.Errorf("the field %s of Facts is not compared; add it to Facts.values", typ.Field(i).Name)
		}
	}
}

func ExampleLinter_Buffer() {
	lib := library.OpenBuffer("prompts/unsaved.md")
	l := &Linter{Policy: policy.Default(), Root: lib.Roots[0], Index: lib.Index}
	text := "---\ntitle: Note\nrisk_level: Low\n---\n## Description\n\nNotes.\n\n## Prompt\n\nWrite a note.\n"
	for _, d := range l.Buffer("prompts/unsaved.md", text, nil) {
		if d.Code == "GOV003" {
			fmt.Println(d)
		}
	}
	// Output: prompts/unsaved.md:3:13: warning: risk_level "Low" is spelt "low" [GOV003 governance-value]
}
