package score

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"promptlib/evals"
)

func TestSchemaScorer(t *testing.T) {
	const order = `{"type": "object", "required": ["id", "lines"], "additionalProperties": false, "properties": {
		"id": {"type": "string", "minLength": 2, "pattern": "^[A-Z]"}, "email": {"type": "string", "format": "email"},
		"lines": {"type": "array", "items": {"type": "object", "required": ["sku", "count"], "properties": {"count": {"type": "integer"}, "a/b": {"type": "null"}}}}}}`
	tests := []struct {
		name     string
		schema   string
		reply    string
		violated int
		of       int // values and missing members; 0 where there is no JSON
		pointers []string
	}{
		{"fulfilled", order, `{"id": "AB", "lines": []}`, 0, 1, nil},
		{"extra members that may be", order, `{"id": "AB", "lines": [{"sku": 1, "count": 2, "x": {}}]}`, 0, 1, nil},
		// 3 values, 1 violated.
		{"one violation", order, `{"id": 7, "lines": []}`, 1, 3, []string{"/id"}},
		// 3 values, and the place counts once.
		{"two violations at one place", order, `{"id": "a", "lines": []}`, 1, 3, []string{"/id", "/id"}},
		// 1 value and 2 missing.
		{"all members missing", order, `{}`, 2, 3, []string{"/id", "/lines"}},
		// 4 values (the object, id, lines, the empty line) and 2 missing.
		{"missing in a nested object", order, `{"id": "AB", "lines": [{}]}`, 2, 6, []string{"/lines/0/count", "/lines/0/sku"}},
		// 4 values, one of them unknown.
		{"member that may not be", order, `{"id": "AB", "lines": [], "note": 1}`, 1, 4, []string{"/note"}},
		// 10 values: the object, id, email, lines, 2 lines, sku, count, "a/b", count; 1 missing; 5 violated.
		{"several at all depths", order, `{"id": "AB", "email": "at", "lines": [{"sku": 1, "count": 1.5, "a/b": 0}, {"count": "2"}]}`,
			5, 11, []string{"/email", "/lines/0/a~1b", "/lines/0/count", "/lines/1/count", "/lines/1/sku"}},
		{"another type altogether", order, `[1, 2]`, 1, 3, []string{""}},
		{"a scalar", order, `7`, 1, 1, []string{""}},
		{"fenced", order, "```json\n{\"id\": \"AB\", \"lines\": []}\n```", 0, 1, nil},
		{"embedded is held against the schema too", order, `Here: {"id": 7, "lines": []}`, 1, 3, []string{"/id"}},
		{"no JSON", order, `none`, 0, 0, []string{""}},
		{"broken JSON", order, `{"id": "AB", "lines": [{"sku": 1, "count": 2}`, 0, 0, []string{""}},
		{"one of several shapes", `{"items": {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}}`, `[{"a": 1}, {"b": 1}]`, 0, 1, nil},
		// 3 values: the list, the object, its member.
		{"none of several shapes", `{"items": {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}}`, `[{"c": 1}]`, 1, 3, []string{"/0"}},
		{"false takes nothing", `false`, `{"a": [1, 2]}`, 1, 4, []string{""}},
		{"reference inside the schema", `{"$ref": "#/$defs/a", "$defs": {"a": {"const": 1}}}`, `2`, 1, 1, []string{""}},
		{"number that no double holds exactly", `{"multipleOf": 0.1}`, `1e300`, 0, 1, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := scoreOf(t, &evals.Contract{Schema: compile(t, test.schema)}, evals.Reply{Text: test.reply, FinishReason: "stop"}, "schema")
			want := 0.0
			if test.of > 0 {
				want = 1 - float64(test.violated)/float64(test.of)
			}
			if got.Value != want || got.Pass != (want == 1) {
				t.Errorf("got value %v and pass %v, want %v", got.Value, got.Pass, want)
			}
			var pointers []string
			for _, r := range got.Reasons {
				pointers = append(pointers, r.Pointer)
				if r.Pos != place || r.Message == "" {
					t.Errorf("got reason %+v, want a message and the place of the example, %v", r, place)
				}
			}
			if diff := cmp.Diff(pointers, test.pointers); diff != "" {
				t.Errorf("pointers of the reasons, got - want +:\n%s", diff)
			}
		})
	}
}
