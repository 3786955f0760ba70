package lint

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"promptlib/library"
)

// FuzzReadBaseline: what is read is sorted, each entry once, and reads back from
// what it is written as.
func FuzzReadBaseline(f *testing.F) {
	f.Add(`{"file":"a.md","rule":"STR002","name":"section-empty","anchor":"0123456789abcdef"}` + "\n" +
		`{"file":"a/b.md","rule":"LNK003","name":"x","anchor":"fedcba9876543210","ordinal":2}` + "\n")
	f.Add("<<<<<<< HEAD\n{}\n")
	f.Fuzz(func(t *testing.T, text string) {
		b, err := ReadBaseline("b.jsonl", []byte(text))
		if err != nil {
			for line := range strings.Lines(err.Error()) {
				if !strings.HasPrefix(line, "b.jsonl:") {
					t.Errorf("mistake without a place: %q", line)
				}
			}
		}
		var written strings.Builder
		for _, e := range b {
			if !b.Has(e) {
				t.Errorf("%v is not found", e)
			}
			if err := json.NewEncoder(&written).Encode(e); err != nil {
				t.Fatal(err)
			}
		}
		again, err := ReadBaseline("b.jsonl", []byte(written.String()))
		if err != nil || !reflect.DeepEqual(again, b) {
			t.Errorf("%v reads back as %v, %v", b, again, err)
		}
	})
}

// FuzzSuppressions: what a front matter accepts has a rule, a reason and a place
// in the file, and so has each mistake.
func FuzzSuppressions(f *testing.F) {
	f.Add("lint:\n  ignore:\n  - rule: STR002\n    reason: y\n    until: 2026-01-01\n  - rule: GOV001\n    reason: z\n")
	f.Add("lint: {ignore: [{rule: EX01, reason: x}, {rule: section-empty, reason: ''}], x: y}\n")
	f.Add("lint: [x]\n")
	f.Fuzz(func(t *testing.T, front string) {
		p := library.Parse("a.md", "---\n"+front+"\n---\nText.\n")
		within := func(at library.Text) bool {
			return at.Pos.Line > 0 && at.Pos.Offset <= at.End.Offset && at.End.Offset <= len(p.Source)
		}
		list, mistakes := readSuppressions(p)
		for _, s := range list {
			if s.rule == nil || s.reason == "" || !within(s.at) {
				t.Errorf("suppression %+v", s)
			}
		}
		for _, m := range mistakes {
			if m.message == "" || !within(m.at) {
				t.Errorf("%q at %+v, which is not in the file", m.message, m.at)
			}
		}
	})
}
