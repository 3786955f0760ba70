package schema

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestStrays(t *testing.T) {
	for _, tt := range []struct {
		name, schema string
		want         []Stray
	}{
		{"none", `{"type": "object", "properties": {"typ": {"type": "string"}}, "x-order": 1}`, nil},
		{"boolean", `true`, nil},
		{"at the top", `{"typ": "object", "Required": []}`, []Stray{{"", "/Required", "Required"}, {"", "/typ", "typ"}}},
		{"in every place of a schema",
			`{"properties": {"a/b": {"minimun": 1}}, "items": [{"a": 1}, true], "allOf": [{}, {"b": 1}], "not": {"c": 1}, "$defs": {"d": {"d": 1}}}`,
			[]Stray{{"", "/$defs/d/d", "d"}, {"", "/allOf/1/b", "b"}, {"", "/items/0/a", "a"}, {"", "/not/c", "c"}, {"", "/properties/a~1b/minimun", "minimun"}}},
		{"values are no schemas", `{"const": {"typ": 1}, "enum": [{"typ": 1}], "default": {"typ": 1}, "examples": [{"typ": 1}], "dependencies": {"a": ["typ"]}}`, nil},
		{"in another document", `{"$ref": "other.json"}`, []Stray{{"lib/other.json", "/typ", "typ"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := &library{files: map[string]string{"lib/other.json": `{"typ": "text"}`}}
			schema := tt.schema
			if tt.name == "in every place of a schema" {
				schema = `{"$schema": "http://json-schema.org/draft-07/schema#",` + schema[1:]
			}
			s, err := Compile("lib/s.json", []byte(schema), l.load)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(s.Strays(), tt.want); diff != "" {
				t.Errorf("strays (-got +want):\n%s", diff)
			}
		})
	}
}

// TestEmbeddedSchemasHaveNoStrays: what the project writes has effect.
func TestEmbeddedSchemasHaveNoStrays(t *testing.T) {
	for _, name := range Names() {
		if list := Get(name).Strays(); list != nil {
			t.Errorf("%s: %v", name, list)
		}
	}
}
