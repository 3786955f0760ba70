package schema

import (
	"fmt"
	"testing"
)

func TestPlace(t *testing.T) {
	documents := map[string]string{
		"s.json": `{
			"allOf": [{"properties": {"state": {"const": "open"}}}],
			"properties": {
				"state": {"enum": ["done", 1, true, null]},
				"due": {"$ref": "types.json#/$defs/due"},
				"list": {"prefixItems": [{"const": "head"}], "items": {"anyOf": [{"type": "null"}, {"format": "UUID"}]}},
				"self": {"$ref": "#"},
				"a/b": {"const": "x"}
			},
			"additionalProperties": {"$ref": "#/properties/due"}
		}`,
		"types.json": `{"$defs": {"due": {"type": "string", "format": "date"}}}`,
	}
	s, err := Compile("s.json", []byte(documents["s.json"]), func(path string) ([]byte, error) {
		text, ok := documents[path]
		if !ok {
			return nil, fmt.Errorf("%s is not there", path)
		}
		return []byte(text), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	root := s.Place()
	self := root
	for range 300 {
		self = self.Member("self")
	}
	tests := []struct {
		name   string
		place  Place
		value  any
		fixed  bool
		format string
	}{
		{"enum", root.Member("state"), "done", true, ""},
		{"const in allOf", root.Member("state"), "open", true, ""},
		{"number of an enum", root.Member("state"), 1.0, true, ""},
		{"boolean of an enum", root.Member("state"), true, true, ""},
		{"in no enum", root.Member("state"), "closed", false, ""},
		{"reference to another document", root.Member("due"), "x", false, "date"},
		{"other members", root.Member("else"), "x", false, "date"},
		{"items", root.Member("list").Item(), "x", false, "uuid"},
		{"first item", root.Member("list").Item(), "head", true, "uuid"},
		{"below itself", self.Member("state"), "done", true, ""},
		{"name with a slash", root.Member("a/b"), "x", true, ""},
		{"nothing known", Place{}.Member("a").Item(), "x", false, ""},
		{"no schema", (*Schema)(nil).Place().Member("a"), "x", false, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.place.Fixed(test.value); got != test.fixed {
				t.Errorf("%v: got fixed %v, want %v", test.value, got, test.fixed)
			}
			if got := test.place.Format(); got != test.format {
				t.Errorf("got format %q, want %q", got, test.format)
			}
		})
	}
}
