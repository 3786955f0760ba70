package score

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"promptlib/evals"
	"promptlib/library"
	"promptlib/schema"
)

func TestExtract(t *testing.T) {
	object := func(pairs ...any) map[string]any {
		m := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i].(string)] = pairs[i+1]
		}
		return m
	}
	none := func(broken string) Extraction { // with the reason that this text is no JSON
		_, err := schema.DecodeJSON(broken)
		if err == nil {
			t.Fatalf("%s is JSON", broken)
		}
		return Extraction{How: evals.NoJSON, Err: err.Message}
	}
	tests := []struct {
		name  string
		reply string
		want  Extraction
	}{
		{"object", `{"a": 1}`, Extraction{evals.Strict, object("a", 1.0), ""}},
		{"array", "\n [1, 2]\r\n", Extraction{evals.Strict, []any{1.0, 2.0}, ""}},
		{"empty object", `{}`, Extraction{evals.Strict, object(), ""}},
		{"text", `"a"`, Extraction{evals.Strict, "a", ""}},
		{"number", `-1.5e3`, Extraction{evals.Strict, -1500.0, ""}},
		{"null", `null`, Extraction{evals.Strict, nil, ""}},
		{"bool", ` true `, Extraction{evals.Strict, true, ""}},

		{"fenced", "```json\n{\"a\": 1}\n```", Extraction{evals.Fenced, object("a", 1.0), ""}},
		{"fenced with prose around", "Here:\n\n```JSON\n{\"a\": 1}\n```\n\nDone.", Extraction{evals.Fenced, object("a", 1.0), ""}},
		{"fenced without language", "Here:\n```\n[1]\n```\n", Extraction{evals.Fenced, []any{1.0}, ""}},
		{"fenced with tildes", "~~~json\n{}\n~~~", Extraction{evals.Fenced, object(), ""}},
		{"fenced among other languages", "```bash\nls\n```\n```json\n{\"a\": 1}\n```\n```text\nx\n```", Extraction{evals.Fenced, object("a", 1.0), ""}},
		{"fenced twice, the first counts", "```json\n{\"a\": 1}\n```\n```json\n{\"a\": 2}\n```", Extraction{evals.Fenced, object("a", 1.0), ""}},
		{"fenced twice, the first is broken", "```json\n{\"a\": …}\n```\n```json\n{\"a\": 2}\n```", Extraction{evals.Fenced, object("a", 2.0), ""}},
		{"fenced in CR LF", "```json\r\n{\"a\": 1}\r\n```\r\n", Extraction{evals.Fenced, object("a", 1.0), ""}},
		{"several blocks, none of them JSON", "```\n{\"a\": 1}\n```\n```\n{\"b\": 1}\n```", Extraction{evals.Embedded, object("a", 1.0), ""}},
		{"fence that is never closed", "```json\n{\"a\": 1}", Extraction{evals.Embedded, object("a", 1.0), ""}},
		{"fenced and broken", "```json\n{\"a\": 1,}\n```", Extraction{How: evals.NoJSON, Err: `in the code block: trailing comma before "}"`}},

		{"embedded in prose", `Sure! {"a": {"b": [1]}} That is all.`, Extraction{evals.Embedded, object("a", object("b", []any{1.0})), ""}},
		{"embedded after brackets of prose", `As in [1], [see {x}] and {}: {"a": 1}`, Extraction{evals.Embedded, object("a", 1.0), ""}},
		{"embedded after a wrong start", `{not json} [10 items] {"a": 1}`, Extraction{evals.Embedded, object("a", 1.0), ""}},
		{"embedded list of one object", `The list: [{"a": 1}].`, Extraction{evals.Embedded, []any{object("a", 1.0)}, ""}},
		{"embedded list of scalars", `They are [1, 2].`, Extraction{evals.Embedded, []any{1.0, 2.0}, ""}},
		{"two values, the first counts", `{"a": 1} or {"a": 2}`, Extraction{evals.Embedded, object("a", 1.0), ""}},
		{"JSON lines", "{\"a\": 1}\n{\"a\": 2}\n", Extraction{evals.Embedded, object("a", 1.0), ""}},
		{"trivial values are prose", `See [1] and {} and [].`, none(`See [1]`)},

		{"broken off", `{"a": {"b": 1}, "c": [1, 2`, none(`[`)},
		{"broken off in prose", `Here: {"a": {"b": 1}, "c": "x`, none(`{"a": {"b": 1}, "c": "x`)},
		{"broken in the middle", `{"a": 1,, "b": {"c": 1}}`, none(`{"a": 1,, `)},
		{"broken at the end of prose", `Here: {"a": 1,} Done.`, none(`{"a": 1,}`)},
		{"member twice", `{"a": 1, "a": {"b": 2}}`, none(`{"a": 1, "a": 2}`)},
		{"quotes of Python", `{'a': 1}`, none(`{'a': 1}`)},
		{"comment", "{\n// why\n\"a\": 1}", none("{\n// why\n")},
		{"number beyond all measure", `{"a": 1e999}`, none(`{"a": 1e999}`)},
		{"prose", `I cannot do that.`, none(`I cannot`)},
		{"empty", ``, none(``)},
		{"blank", " \n ", none(``)},
		{"byte that is not UTF-8", "{\"a\": \"\xff\"}", none("{\"a\": \"\xff\"}")},

		{"after thinking", "<think>\nmaybe {\"a\": 0}\n</think>\n\n{\"a\": 1}\n", Extraction{evals.Strict, object("a", 1.0), ""}},
		{"after thinking on one line", `<think>[1, 2]</think>[3]`, Extraction{evals.Strict, []any{3.0}, ""}},
		{"after thinking whose begin is not seen", "maybe {\"a\": 0}\n</think>\n{\"a\": 1}", Extraction{evals.Strict, object("a", 1.0), ""}},
		{"after empty thinking of Qwen", "<think>\n\n</think>\n\n{}", Extraction{evals.Strict, object(), ""}},
		{"fenced after thinking, not the draft", "<think>\n```json\n{\"a\": 0}\n```\n</think>\n```json\n{\"a\": 1}\n```", Extraction{evals.Fenced, object("a", 1.0), ""}},
		{"draft in thinking alone", "<think>\n```json\n{\"a\": 0}\n```\n</think>\nI cannot.", none(`I cannot`)},
		{"thinking without end", "<think>\n```json\n{\"a\": 0}\n```\nand so", none(``)},
		{"tag inside a value", "Here:\n```json\n{\"html\": \"<b></think>\"}\n```", Extraction{evals.Fenced, object("html", "<b></think>"), ""}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Extract(test.reply)
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Errorf("got - want +:\n%s", diff)
			}
		})
	}
}

// hostile are replies of a megabyte and more that are meant to take long.
var hostile = map[string]string{
	"open brackets":            strings.Repeat("[", 100_000),
	"a million open brackets":  strings.Repeat("[", 1_000_000),
	"nested lists":             strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000),
	"nested objects":           strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000),
	"nested lists that parse":  strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000),
	"long list without end":    strings.Repeat("[", 300) + strings.Repeat("1,", 500_000),
	"long lists without end":   strings.Repeat("["+strings.Repeat("1,", 2_000)+"x", 250),
	"empty lists":              strings.Repeat("[] ", 300_000),
	"braces of prose":          strings.Repeat("{x} ", 300_000),
	"long number":              "[" + strings.Repeat("9", 1_000_000) + "]",
	"long exponent":            "[1e" + strings.Repeat("9", 1_000_000) + "]",
	"long text":                `{"` + strings.Repeat(`\"`, 500_000),
	"many members":             "{" + strings.Repeat(`"a":1,`, 200_000) + "}",
	"open fences":              strings.Repeat("```json\n", 100_000),
	"blocks of broken JSON":    strings.Repeat("```json\n[\n```\n", 70_000),
	"backticks":                strings.Repeat("`", 1_000_000),
	"items of items":           strings.Repeat(strings.Repeat("- ", 500)+"\n", 500),
	"ends of thinking":         strings.Repeat("</think>\n", 100_000),
	"labels and headings":      strings.Repeat("**A:** x\n# B\n", 50_000),
	"one heading many times":   strings.Repeat("# A\n\nx\n\n", 100_000),
	"empty sections":           strings.Repeat("# A\n\n---\n\n", 100_000),
	"headings of rising level": strings.Repeat("# A\n## A\n### A\n#### A\n##### A\n###### A\n", 20_000),
	"a line of labels":         strings.Repeat("**A:** ", 150_000),
	"words":                    strings.Repeat("a ", 500_000),
	"fields: many items":       `{"c": [` + strings.Repeat(`{"id": 1, "t": "some longer text"},`, 20_000) + `1]}`,
	"fields: many lists":       `{"d": [` + strings.Repeat(`[1, 2], [[3]], `, 20_000) + `1]}`,
	"fields: deep lists":       `{"d": ` + strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000) + `}`,
	"fields: long texts":       `{"c": [` + strings.Repeat(`{"t": "`+strings.Repeat("some longer text of words ", 2_000)+`"},`, 20) + `1]}`,
	"fields: unknown members":  `{"a": 1` + unknownMembers(20_000) + `}`,
	"almost JSON":              strings.Repeat(`{"a": `, 100_000),
	"list items":               "# A\n" + strings.Repeat("  - a\n", 100_000),
	"tables":                   "# A\n" + strings.Repeat("| a |\n|---|\n", 50_000),
}

func unknownMembers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `, "m%d": %d`, i, i)
	}
	return b.String()
}

// cpu is the processor time that the process has used so far.
func cpu(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestScoringHostileRepliesIsBounded allows each reply far more time than it
// takes, and far less than a search that is quadratic would.
func TestScoringHostileRepliesIsBounded(t *testing.T) {
	const limit = 8 * time.Second
	contract := fuzzContract(t)
	for name, reply := range hostile {
		t.Run(name, func(t *testing.T) {
			began := cpu(t)
			Extract(reply)
			extracted := cpu(t) - began
			All(&evals.Case{Expected: library.Text{Value: fuzzExpected}}, contract, evals.Reply{Text: reply})
			if scored := cpu(t) - began; scored > limit {
				t.Errorf("%d bytes took %s to extract and %s in all, want at most %s", len(reply), extracted, scored, limit)
			}
		})
	}
}
