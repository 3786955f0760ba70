package schema

import (
	"testing"
)

// TestQuickSchema: what the shortcut knows to be valid, and what it leaves to
// the validator.
func TestQuickSchema(t *testing.T) {
	tests := []struct {
		name, schema, value string
		known               bool // to be valid
	}{
		{"no keyword", `{}`, `[1, null, {"a": true}]`, true},
		{"boolean schema", `true`, `1`, false},
		{"string", `{"type": "string"}`, `"a"`, true},
		{"wrong type", `{"type": "string"}`, `1`, false},
		{"number", `{"type": "number"}`, `1.5`, true},
		{"integer as number", `{"type": "number"}`, `1`, true},
		{"integer", `{"type": "integer"}`, `1`, true},
		{"no integer", `{"type": "integer"}`, `1.5`, false},
		{"huge integer", `{"type": "integer"}`, `1e300`, false},
		{"null", `{"type": "null"}`, `null`, true},
		{"boolean", `{"type": "boolean"}`, `false`, true},
		{"list", `{"type": "array"}`, `[]`, true},
		{"object", `{"type": "object"}`, `{}`, true},
		{"several types", `{"type": ["string", "null"]}`, `null`, false},
		{"word", `{"enum": ["a", "b"]}`, `"b"`, true},
		{"other word", `{"enum": ["a", "b"]}`, `"c"`, false},
		{"number for a word", `{"enum": ["a"]}`, `1`, false},
		{"numbers", `{"enum": [1]}`, `1`, false},
		{"const", `{"const": 1}`, `1`, false},
		{"required", `{"required": ["a"]}`, `{"a": 1}`, true},
		{"missing", `{"required": ["a"]}`, `{"b": 1}`, false},
		{"required of no object", `{"required": ["a"]}`, `1`, true},
		{"property", `{"properties": {"a": {"type": "string"}}}`, `{"a": "x", "b": 1}`, true},
		{"wrong property", `{"properties": {"a": {"type": "string"}}}`, `{"a": 1}`, false},
		{"property of an unknown kind", `{"properties": {"a": {"not": {}}}}`, `{"a": 1}`, false},
		{"property of an unknown kind that is absent", `{"properties": {"a": {"not": {}}}}`, `{"b": 1}`, true},
		{"no other property", `{"properties": {"a": {}}, "additionalProperties": false}`, `{"a": 1}`, true},
		{"another property", `{"properties": {"a": {}}, "additionalProperties": false}`, `{"b": 1}`, false},
		{"other properties", `{"additionalProperties": {"type": "string"}}`, `{"b": "x"}`, true},
		{"wrong other property", `{"additionalProperties": {"type": "string"}}`, `{"b": 1}`, false},
		{"items", `{"items": {"type": "string"}}`, `["a", "b"]`, true},
		{"wrong item", `{"items": {"type": "string"}}`, `["a", 1]`, false},
		{"few items", `{"minItems": 2}`, `[1]`, false},
		{"different items", `{"uniqueItems": true}`, `["a", "b"]`, true},
		{"same items", `{"uniqueItems": true}`, `["a", "a"]`, false},
		{"different numbers", `{"uniqueItems": true}`, `[1, 2]`, false},
		{"long", `{"minLength": 2}`, `"éé"`, true},
		{"short", `{"minLength": 2}`, `"é"`, false},
		{"line", `{"pattern": "^[^\\n]*$"}`, `"a b"`, true},
		{"lines", `{"pattern": "^[^\\n]*$"}`, `"a\nb"`, false},
		{"pattern", `{"pattern": "^a+$"}`, `"aa"`, true},
		{"no match", `{"pattern": "^a+$"}`, `"b"`, false},
		{"date", `{"format": "date"}`, `"2025-02-28"`, true},
		{"no date", `{"format": "date"}`, `"2025-02-29"`, false},
		{"unknown format", `{"format": "x"}`, `"a"`, false},
		{"reference", `{"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "string"}}}`, `"x"`, true},
		{"wrong by reference", `{"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}}`, `1`, false},
		{"keyword beside a reference", `{"$ref": "#/$defs/a", "type": "string", "$defs": {"a": {}}}`, `"x"`, false},
		{"recursion", `{"properties": {"a": {"$ref": "#"}}}`, `{"a": {}}`, false},
		{"reference to itself", `{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}`, `1`, false},
		{"anchor", `{"$ref": "#a", "$defs": {"b": {"$anchor": "a"}}}`, `1`, false},
		{"another draft", `{"$schema": "http://json-schema.org/draft-07/schema#", "type": "string"}`, `"x"`, false},
		{"address of its own", `{"$id": "https://example.com/s", "type": "string"}`, `"x"`, false},
		{"unknown keyword", `{"maxLength": 3}`, `"x"`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Compile("s.json", []byte(tt.schema), nil)
			if err != nil && tt.known {
				t.Fatal(err)
			}
			if err != nil {
				return // the validator refuses it too
			}
			value, syntax := DecodeJSON(tt.value)
			if syntax != nil {
				t.Fatal(syntax)
			}
			for range 2 { // a pattern remembers
				if got := s.quick.valid(value); got != tt.known {
					t.Errorf("valid = %t, want %t", got, tt.known)
				}
			}
			checkQuickSchema(t, s, tt.schema, value)
		})
	}
}

// checkQuickSchema holds the shortcut against what it stands in for.
func checkQuickSchema(t *testing.T, s *Schema, text string, value any) {
	t.Helper()
	if s.quick.valid(value) {
		if violations := s.validate(value); violations != nil {
			t.Errorf("%v is valid by the table of %s; the validator finds %+v", value, text, violations)
		}
	}
}

// TestQuickFrontMatter: plain front matter needs no validator.
func TestQuickFrontMatter(t *testing.T) {
	for _, name := range []string{"front-matter-a", "front-matter-b"} {
		value := map[string]any{"title": "T", "version": "1.0", "tags": []any{"a-b", "c"}, "date": "2025-01-31", "other": 1.0}
		if !Get(name).quick.valid(value) {
			t.Errorf("%s leaves plain front matter to the validator", name)
		}
		value["eval"] = map[string]any{}
		if Get(name).quick.valid(value) {
			t.Errorf("%s knows contracts", name)
		}
	}
}
