package score

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"promptlib/evals"
	"promptlib/library"
	"promptlib/schema"
)

// fieldsOf compares a reply with an expected output.
func fieldsOf(t testing.TB, contract *evals.Contract, expected, reply string) evals.Score {
	t.Helper()
	c := &evals.Case{Contract: contract, Expected: library.Text{Value: expected}, At: library.Text{Pos: place}}
	return byName(t, c, evals.Reply{Text: reply, FinishReason: "stop"}, "fields")
}

// says lists the reasons of a score, each with its pointer.
func says(s evals.Score) []string {
	var list []string
	for _, r := range s.Reasons {
		list = append(list, strings.TrimSpace(r.Pointer+" "+r.Message))
	}
	return list
}

func TestFieldsScorer(t *testing.T) {
	tests := []struct {
		name     string
		expected string
		reply    string
		value    float64
		why      []string
	}{
		{"equal", `{"a": 1, "b": [true, null]}`, `{"b": [true, null], "a": 1}`, 1, nil},
		{"missing", `{"a": 1, "b": 2}`, `{"a": 1}`, 2.0 / 3, []string{`/b is missing, expected 2`}},
		{"null", `{"a": 1, "b": 2}`, `{"a": 1, "b": null}`, 0.5, []string{`/b is null, expected 2`}},
		{"extra", `{"a": 1}`, `{"a": 1, "b": 2}`, 2.0 / 3, []string{`/b is not expected, and is 2`}},
		{"null where it is meant", `{"a": null}`, `{"a": null}`, 1, nil},
		{"value where null is meant", `{"a": null}`, `{"a": 0}`, 0, []string{`/a is 0, expected null`}},
		{"missing where null is meant", `{"a": null, "b": 1}`, `{"b": 1}`, 2.0 / 3, []string{`/a is missing, expected null`}},
		{"another type", `{"a": 1, "b": "x"}`, `{"a": "1", "b": {"c": "x"}}`, 0, []string{`/a is "1", expected 1`, `/b is {"c":"x"}, expected "x"`}},
		{"no object", `{"a": 1}`, `[1]`, 0, []string{`is [1], expected {"a":1}`}},
		{"empty ones", `{"a": {}, "b": []}`, `{"a": {}, "b": []}`, 1, nil},
		{"empty and not", `{"a": {}, "b": [1]}`, `{"a": {"c": 1}, "b": []}`, 0, []string{`/a is {"c":1}, expected {}`, `/b lacks item 1 of the expected output, 1`}},
		{"names are escaped", `{"a/b": 1, "~": 2}`, `{"a/b": 2}`, 0, []string{`/a~1b is 2, expected 1`, `/~0 is missing, expected 2`}},

		{"one word is exact", `{"a": "High"}`, `{"a": "Low"}`, 0, []string{`/a is "Low", expected "High"`}},
		{"one word in another case", `{"a": "High"}`, `{"a": "high"}`, 0, []string{`/a is "high", expected "High"`}},
		{"near identifiers", `{"a": "9f1c2d3e-0000-4000-8000-000000000001"}`, `{"a": "9f1c2d3e-0000-4000-8000-000000000002"}`, 0,
			[]string{`/a is "9f1c2d3e-0000-4000-8000-000000000002", expected "9f1c2d3e-0000-4000-8000-000000000001"`}},
		{"addresses", `{"a": "https://example.com/a"}`, `{"a": "https://example.com/b"}`, 0, []string{`/a is "https://example.com/b", expected "https://example.com/a"`}},
		{"quantities", `{"a": "5 minutes", "b": "50K req/min"}`, `{"a": "15 minutes", "b": "50k  req/min"}`, 0.5, []string{`/a is "15 minutes", expected "5 minutes"`}},
		{"free text worded a little otherwise", `{"a": "Add a composite index on the orders table"}`, `{"a": "Add a composite index to the orders table."}`, 1, nil},
		{"free text about something else", `{"a": "Add a composite index on the orders table"}`, `{"a": "Buy more memory for the cache"}`, 0,
			[]string{`/a is "Buy more memory for the cache", expected something like "Add a composite index on the orders table": their likeness is 0.100, less than 0.7`}},
		{"text without spaces is free where scripts have none", `{"a": "注文の詳細を画面の右上にあるボタンから確認してください"}`, `{"a": "注文の詳細を画面の右上にあるボタンから確認して下さい"}`, 1, nil},
		{"dates", `{"a": "2026-03-02", "b": "2026-03-02T10:00:00Z"}`, `{"a": "2026-03-02T00:00:00Z", "b": "2026-03-02T11:00:00+01:00"}`, 1, nil},
		{"other dates", `{"a": "2026-03-02", "b": "2026-03-02T10:00:00Z"}`, `{"a": "2026-03-03", "b": "2026-03-02"}`, 0,
			[]string{`/a is "2026-03-03", expected "2026-03-02"`, `/b is "2026-03-02", expected "2026-03-02T10:00:00Z"`}},
		{"numbers as computed", `{"a": 0.3}`, `{"a": 0.30000000000000004}`, 1, nil},
		{"numbers without tolerance", `{"a": 100}`, `{"a": 100.1}`, 0, []string{`/a is 100.1, expected 100`}},

		{"items in another order", `["b", "a", "a"]`, `["a", "b", "a"]`, 1, nil},
		{"an item too few", `["a", "b"]`, `["b"]`, 2.0 / 3, []string{`lacks item 1 of the expected output, "a"`}},
		{"an item too many", `["a"]`, `["b", "a"]`, 2.0 / 3, []string{`/0 is not expected, and is "b"`}},
		{"an item twice", `["a", "b"]`, `["a", "a"]`, 0.5, []string{`lacks item 2 of the expected output, "b"`, `/1 is not expected, and is "a"`}},
		{"items by id", `[{"id": 1, "v": "x"}, {"id": 2, "v": "y"}]`, `[{"id": 2, "v": "x"}, {"id": 1, "v": "y"}]`, 0.5,
			[]string{`/1/v is "y", expected "x"`, `/0/v is "x", expected "y"`}},
		{"items by what fits best", `[{"p": 1, "q": 2, "r": 3}, {"p": 1, "q": 5, "r": 6}]`, `[{"p": 1, "q": 5, "r": 0}, {"p": 0, "q": 2, "r": 3}]`, 4.0 / 6,
			[]string{`/1/p is 0, expected 1`, `/0/r is 0, expected 6`}},
		{"items whose key is twice in the reply", `[{"id": 1, "v": 1}, {"id": 2, "v": 2}]`, `[{"id": 1, "v": 9}, {"id": 1, "v": 1}]`, 0.5,
			[]string{`lacks item 2 of the expected output, {"id":2,"v":2}`, `/0 is not expected, and is {"id":1,"v":9}`}},
		{"a name that was changed", `[{"name": "a", "v": 1, "w": 2}]`, `[{"name": "b", "v": 1, "w": 2}]`, 2.0 / 3, []string{`/0/name is "b", expected "a"`}},
		{"lists in lists", `[[1, 2], [3]]`, `[[3], [2, 1]]`, 1, nil},
		{"no JSON", `{"a": 1}`, `no`, 0, []string{`there is no JSON to compare with the expected output`}},
		{"JSON to be repaired", `{"a": 1}`, `{"a": 1,}`, 0, []string{`there is no JSON to compare with the expected output`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			contract := &evals.Contract{Fields: &evals.Fields{Similarity: evals.DefaultSimilarity}}
			got := fieldsOf(t, contract, test.expected, test.reply)
			if math.Abs(got.Value-test.value) > 1e-12 || got.Pass != (test.value == 1) {
				t.Errorf("got value %v and pass %v, want %v", got.Value, got.Pass, test.value)
			}
			if diff := cmp.Diff(says(got), test.why); diff != "" {
				t.Errorf("reasons, got - want +:\n%s", diff)
			}
		})
	}
}

// TestFieldsAreComparedAsTheSchemaSays: the same two texts are equal or not by
// what the schema says of them.
func TestFieldsAreComparedAsTheSchemaSays(t *testing.T) {
	const text, like = `{"a": "read only access"}`, `{"a": "read-only access"}`
	tests := []struct {
		name            string
		schema          string
		fields          evals.Fields
		expected, reply string
		equal           bool
	}{
		{"free text", `{"properties": {"a": {"type": "string"}}}`, evals.Fields{Similarity: 0.7}, text, like, true},
		{"free text, held strictly", `{"properties": {"a": {"type": "string"}}}`, evals.Fields{Similarity: 1}, text, like, false},
		{"any free text", `{}`, evals.Fields{}, text, `{"a": "no"}`, true},
		{"enum", `{"properties": {"a": {"enum": ["read only access", "none"]}}}`, evals.Fields{}, text, like, false},
		{"const", `{"properties": {"a": {"const": "read only access"}}}`, evals.Fields{}, text, like, false},
		{"enum by reference", `{"$defs": {"x": {"enum": ["read only access"]}}, "properties": {"a": {"$ref": "#/$defs/x"}}}`, evals.Fields{}, text, like, false},
		{"enum in a choice", `{"oneOf": [{"properties": {"a": {"enum": ["read only access"]}}}, {"properties": {"b": true}}]}`, evals.Fields{}, text, like, false},
		{"enum of additional properties", `{"additionalProperties": {"enum": ["read only access"]}}`, evals.Fields{}, text, like, false},
		{"enum of other values", `{"properties": {"a": {"enum": ["x"]}}}`, evals.Fields{}, text, like, true},
		{"items", `{"properties": {"a": {"items": {"enum": ["read only access"]}}}}`, evals.Fields{}, `{"a": ["read only access"]}`, `{"a": ["read-only access"]}`, false},
		{"schema that refers to itself", `{"$ref": "#/$defs/n", "$defs": {"n": {"properties": {"n": {"$ref": "#/$defs/n"}, "a": {"enum": ["x y"]}}}}}`, evals.Fields{},
			`{"n": {"n": {"a": "x y"}}}`, `{"n": {"n": {"a": "x z"}}}`, false},
		{"format", `{"properties": {"a": {"format": "email"}}}`, evals.Fields{}, `{"a": "ann lee@example.com"}`, `{"a": "ann_lee@example.com"}`, false},
		{"date", `{"properties": {"a": {"format": "date"}}}`, evals.Fields{Similarity: 1}, `{"a": "2026-03-02"}`, `{"a": "March 2, 2026"}`, true},
		{"date otherwise written where no schema says so", `{}`, evals.Fields{Similarity: 1}, `{"a": "2026-03-02"}`, `{"a": "2 March 2026"}`, true},
		{"date that is none", `{"properties": {"a": {"format": "date"}}}`, evals.Fields{}, `{"a": "2026-03-02"}`, `{"a": "soon"}`, false},
		{"tolerance", `{}`, evals.Fields{Tolerance: 0.05}, `{"a": 200}`, `{"a": 190}`, true},
		{"beyond the tolerance", `{}`, evals.Fields{Tolerance: 0.05}, `{"a": 200}`, `{"a": 189}`, false},
		{"tolerance of 0", `{}`, evals.Fields{Tolerance: 0.05}, `{"a": 0}`, `{"a": 0.05}`, true},
		{"no tolerance among numbers of a list", `{"properties": {"a": {"enum": [100, 101]}}}`, evals.Fields{Tolerance: 0.05}, `{"a": 100}`, `{"a": 101}`, false},
		{"huge numbers", `{}`, evals.Fields{}, `{"a": 12345678901234567890}`, `{"a": 12345678901234567890}`, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := fieldsOf(t, &evals.Contract{Schema: compile(t, test.schema), Fields: &test.fields}, test.expected, test.reply)
			if got.Pass != test.equal {
				t.Errorf("got %+v, want pass %v", got, test.equal)
			}
		})
	}
}

func TestFieldsKeysOfTheContractComeFirst(t *testing.T) {
	const expected, reply = `[{"id": 1, "sku": "A"}, {"id": 2, "sku": "B"}]`, `[{"id": 1, "sku": "B"}, {"id": 2, "sku": "A"}]`
	for _, test := range []struct {
		keys []string
		want string
	}{{nil, `/0/sku is "B", expected "A"`}, {[]string{"sku"}, `/1/id is 2, expected 1`}, {[]string{"none", "sku"}, `/1/id is 2, expected 1`}} {
		got := fieldsOf(t, &evals.Contract{Fields: &evals.Fields{Keys: test.keys}}, expected, reply)
		if list := says(got); len(list) != 2 || list[0] != test.want {
			t.Errorf("keys %q: got reasons %q, want first %q", test.keys, list, test.want)
		}
	}
}

func TestFieldsPartsAreByPath(t *testing.T) {
	got := fieldsOf(t, &evals.Contract{Fields: &evals.Fields{}}, `{"n": 1, "list": [{"id": 1, "v": 1}, {"id": 2, "v": 2}]}`, `{"n": 2, "list": [{"id": 1, "v": 1}], "more": 3}`)
	want := []evals.Part{
		{Name: "precision", Value: 0.5}, {Name: "recall", Value: 0.4},
		{Name: "/list/*/id", Value: 2.0 / 3}, {Name: "/list/*/id precision", Value: 1}, {Name: "/list/*/id recall", Value: 0.5},
		{Name: "/list/*/v", Value: 2.0 / 3}, {Name: "/list/*/v precision", Value: 1}, {Name: "/list/*/v recall", Value: 0.5},
		{Name: "/n", Value: 0},
	}
	if diff := cmp.Diff(got.Parts, want); diff != "" {
		t.Errorf("parts, got - want +:\n%s", diff)
	}
}

func TestFieldsNeedAnExpectedObjectOrArray(t *testing.T) {
	contract := &evals.Contract{Fields: &evals.Fields{}}
	for _, expected := range []string{"", "text", "7", `{"a": 1, ...}`} {
		if got := All(&evals.Case{Expected: library.Text{Value: expected}}, contract, evals.Reply{Text: "{}"}); got != nil {
			t.Errorf("%q: got %+v, want no score", expected, got)
		}
	}
}

// jsonValue draws JSON in which equal and nearly equal items are common.
func jsonValue(depth int) *rapid.Generator[any] {
	scalar := rapid.SampledFrom([]any{nil, true, false, 0.0, 1.0, 1.5, 1e300, "", "High", "Low", "a few words here", "a few words there", "2026-03-02", "5 minutes"})
	if depth == 0 {
		return scalar
	}
	below := jsonValue(depth - 1)
	return rapid.OneOf(
		scalar,
		rapid.Map(rapid.SliceOfN(below, 0, 5), func(l []any) any { return l }),
		rapid.Map(rapid.MapOfN(rapid.SampledFrom([]string{"id", "name", "a", "b", "", "a/b"}), below, 0, 4), func(m map[string]any) any { return m }),
	)
}

func document(depth int) *rapid.Generator[any] {
	return jsonValue(depth).Filter(func(v any) bool {
		switch v.(type) {
		case map[string]any, []any:
			return true
		}
		return false
	})
}

func encode(t interface{ Fatal(...any) }, value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// shuffled returns a value with the items of all its arrays in another order.
func shuffled(value any, order *rand.Rand) any {
	switch v := value.(type) {
	case []any:
		list := make([]any, len(v))
		for i, j := range order.Perm(len(v)) {
			list[i] = shuffled(v[j], order)
		}
		return list
	case map[string]any:
		m := map[string]any{}
		for name, member := range v {
			m[name] = shuffled(member, order)
		}
		return m
	}
	return value
}

func TestFieldsProperties(t *testing.T) {
	s, err := schema.Compile("s.json", []byte(`{"additionalProperties": {"enum": ["High", "a few words here"]}}`), nil)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		expected, reply := document(3).Draw(rt, "expected"), document(3).Draw(rt, "reply")
		contract := &evals.Contract{Fields: &evals.Fields{Similarity: 0.7, Tolerance: 0.1}}
		if rapid.Bool().Draw(rt, "with schema") {
			contract.Schema = s
		}
		if got := fieldsOf(t, contract, encode(rt, expected), encode(rt, expected)); got.Value != 1 || !got.Pass || got.Reasons != nil {
			rt.Fatalf("an identical reply: got %+v, want 1", got)
		}
		got := fieldsOf(t, contract, encode(rt, expected), encode(rt, reply))
		for _, p := range append(got.Parts, evals.Part{Name: "value", Value: got.Value}) {
			if !(p.Value >= 0 && p.Value <= 1) {
				rt.Fatalf("%s is %v, want it from 0 to 1", p.Name, p.Value)
			}
		}
		if got.Pass != (got.Value == 1) || got.Pass != (len(got.Reasons) == 0) {
			rt.Fatalf("got %+v: only a pass has value 1, and only a pass has no reasons", got)
		}
		order := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "order"), 0))
		again := fieldsOf(t, contract, encode(rt, shuffled(expected, order)), encode(rt, shuffled(reply, order)))
		if math.Abs(again.Value-got.Value) > 1e-12 {
			rt.Fatalf("with items in another order: got %v, want %v", again.Value, got.Value)
		}
	})
}

// TestAssignFindsTheBestPairs compares with trying all choices.
func TestAssignFindsTheBestPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.IntRange(0, 5).Draw(t, "rows")
		columns := rapid.IntRange(0, 5).Draw(t, "columns")
		weights := rapid.SliceOfN(rapid.IntRange(0, 9), rows*columns, rows*columns).Draw(t, "weights")
		weight := func(row, column int) int { return weights[row*columns+column] }
		sum, usedRows, usedColumns := 0, map[int]bool{}, map[int]bool{}
		for _, p := range best(rows, columns, weight) {
			if usedRows[p[0]] || usedColumns[p[1]] || weight(p[0], p[1]) == 0 {
				t.Fatalf("pair %v is twice or worth nothing", p)
			}
			usedRows[p[0]], usedColumns[p[1]] = true, true
			sum += weight(p[0], p[1])
		}
		if want := bruteForce(0, rows, columns, map[int]bool{}, weight); sum != want {
			t.Fatalf("got %d, want %d", sum, want)
		}
	})
}

func bruteForce(row, rows, columns int, used map[int]bool, weight func(row, column int) int) int {
	if row == rows {
		return 0
	}
	most := bruteForce(row+1, rows, columns, used, weight)
	for c := range columns {
		if !used[c] {
			used[c] = true
			most = max(most, weight(row, c)+bruteForce(row+1, rows, columns, used, weight))
			delete(used, c)
		}
	}
	return most
}

// TestLargeArraysAreAlignedWithinBounds: beyond the bound items are still paired
// by key and where they are equal, and the value does not hang on their order.
func TestLargeArraysAreAlignedWithinBounds(t *testing.T) {
	var expected, reply []any
	for i := range 2000 {
		expected = append(expected, map[string]any{"text": fmt.Sprintf("step number %d of many", i), "n": float64(i)})
		item := expected[i]
		if i%10 == 0 {
			item = map[string]any{"text": "something else", "n": float64(i)}
		}
		reply = append(reply, item)
	}
	contract := &evals.Contract{Fields: &evals.Fields{Similarity: 0.7}}
	got := fieldsOf(t, contract, encode(t, expected), encode(t, reply))
	if got.Value < 0.9 || got.Value == 1 || len(got.Reasons) != maxReasons+1 {
		t.Errorf("got value %v and %d reasons, want from 0.9 on and %d", got.Value, len(got.Reasons), maxReasons+1)
	}
	again := fieldsOf(t, contract, encode(t, expected), encode(t, shuffled(reply, rand.New(rand.NewPCG(1, 2)))))
	if again.Value != got.Value {
		t.Errorf("in another order: got %v, want %v", again.Value, got.Value)
	}
}

// FuzzFields compares any two documents, with what must hold of every score.
func FuzzFields(f *testing.F) {
	for _, a := range replies {
		f.Add(fuzzExpected, a)
		f.Add(a, fuzzExpected)
	}
	f.Add(`{"a": {"a": {"a": 1}}, "b": [[1, [2]], [3]]}`, `{"b": [[3], [[2], 1]], "a": {"a": [], "b": 12345678901234567890}}`)
	contract := fuzzContract(f)
	f.Fuzz(func(t *testing.T, expected, reply string) {
		if structured(expected) == nil {
			return
		}
		if got := fieldsOf(t, contract, expected, expected); got.Value != 1 || !got.Pass {
			t.Errorf("an identical reply: got %+v, want 1", got)
		}
		got := fieldsOf(t, contract, expected, reply)
		if !(got.Value >= 0 && got.Value <= 1) || got.Pass != (got.Value == 1) || got.Pass != (len(got.Reasons) == 0) {
			t.Errorf("got %+v", got)
		}
	})
}
