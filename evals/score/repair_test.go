package score

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"promptlib/evals"
)

func TestRepair(t *testing.T) {
	one := map[string]any{"a": 1.0}
	tests := []struct {
		name  string
		reply string
		want  any // nil for none
	}{
		{"trailing comma", `{"a": 1,}`, one},
		{"quotes of Python", `{'a': 1}`, one},
		{"curly quotes", `{“a”: 1}`, one},
		{"names without quotes", `{a: 1}`, one},
		{"comment", "{\n// why\n\"a\": 1}", one},
		{"True and None of Python", `{"a": True, "b": None}`, map[string]any{"a": true, "b": nil}},
		{"comma left out", "{\"a\": 1\n\"b\": 2}", map[string]any{"a": 1.0, "b": 2.0}},
		{"prose around", `Here you are: {'a': 1} I hope it helps.`, one},
		{"code block", "Here:\n```json\n{'a': 1}\n```\nDone.", one},
		{"after brackets of prose", `As in [1] and {x}: {"a": 1,}`, one},
		{"broken off", `{"a": {"b": 1}, "c": "x`, map[string]any{"a": map[string]any{"b": 1.0}, "c": "x"}},
		{"list of objects", `[{"a": 1}, {"a": 1},]`, []any{one, one}},

		{"prose", `I cannot do that.`, nil},
		{"brackets of prose", `See [page 4] and {the note}, or [a, b].`, nil},
		{"empty", ``, nil},
		{"only a bracket", `{`, nil},
		{"a list of one word", `["a",]`, nil},
		{"member twice", `{"a": 1, "a": 2,}`, nil},
		{"longer than is tried", `{"a": "` + strings.Repeat("x", maxRepaired) + `",}`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			x := Extract(test.reply)
			if x.How != evals.NoJSON {
				t.Fatalf("the reply has JSON that needs no repair: %+v", x)
			}
			want := x
			if test.want != nil {
				want = Extraction{How: evals.Repaired, Value: test.want, Err: x.Err}
			}
			if diff := cmp.Diff(repair(test.reply, x), want); diff != "" {
				t.Errorf("got - want +:\n%s", diff)
			}
		})
	}
}

// TestRepairOfHostileTextIsBounded: texts of the length that is still tried, made
// to be read again and again.
func TestRepairOfHostileTextIsBounded(t *testing.T) {
	const limit = 2 * time.Second
	fill := func(s string) string { return strings.Repeat(s, maxRepaired/len(s)) }
	for name, text := range map[string]string{
		"members":              `{"a":1` + fill(`,"a":1`)[6:],
		"members without ends": fill(`{"a":"`),
		"open texts":           `{` + fill(`"a:`)[1:],
		"open lists":           fill(`[[`),
		"objects in objects":   fill(`{"a":`),
		"items without commas": `["` + fill(`a" "`)[2:],
		"comments":             `{` + fill(`/*a*/`)[1:],
		"escapes":              `{"` + fill(`\"`)[2:],
		"calls":                `{"a":` + fill(`f(`)[6:],
		"paths":                `{"a":"C:\` + fill(`\a\`)[10:],
		"quotes":               `{"` + fill(`'"`)[2:],
		"ellipses":             `[{` + fill(`...,`)[2:],
		"joined texts":         `{"a":"b"` + fill(`+"b"`)[10:],
		"lines of values":      `{"a":1}` + fill("\n{'a':1}")[8:],
		"new lines":            `{"a":1` + fill("\n\n")[8:],
	} {
		t.Run(name, func(t *testing.T) {
			began := cpu(t)
			x := repair(text, Extraction{How: evals.NoJSON, Err: "x"})
			if took := cpu(t) - began; took > limit {
				t.Errorf("%d bytes took %s, want at most %s", len(text), took, limit)
			} else {
				t.Logf("%s: %s", took, x.How)
			}
		})
	}
}

func FuzzRepair(f *testing.F) {
	for _, reply := range replies {
		f.Add(reply)
	}
	for _, text := range []string{`{'a': [1, 2, ...], b: "x" + "y", /* c */ "d": 0x1F, e: f(1)`, "{\"a\": \"C:\\temp\\x\", \"b\": 'it''s'}", "[{\"a\": 1}\n{\"b\": 2}]", "{“a”: ‘b’, c: undefined}"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, reply string) {
		x := Extraction{How: evals.NoJSON, Err: "x"}
		switch got := repair(reply, x); got.How {
		case evals.NoJSON:
			if got.Value != nil {
				t.Errorf("got %+v, want nothing", got)
			}
		case evals.Repaired:
			switch got.Value.(type) {
			case map[string]any, []any:
			default:
				t.Errorf("got %T, want an object or array", got.Value)
			}
		default:
			t.Errorf("got %q", got.How)
		}
	})
}
