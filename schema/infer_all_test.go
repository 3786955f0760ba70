package schema

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestInferAll(t *testing.T) {
	for _, test := range []struct {
		name, want string
		values     []string
	}{
		{"one object", `{"properties":{"a":{"type":"number"}},"required":["a"],"type":"object"}`, []string{`{"a": 1}`}},
		{"member that some lack", `{"properties":{"a":{"type":"number"},"b":{"type":"string"}},"required":["a"],"type":"object"}`, []string{`{"a": 1}`, `{"a": 2, "b": "x"}`}},
		{"nothing in common", `{"properties":{"a":{"type":"number"},"b":{"type":"string"}},"type":"object"}`, []string{`{"a": 1}`, `{"b": "x"}`}},
		{"null and a type", `{"properties":{"a":{"type":["number","null"]}},"required":["a"],"type":"object"}`, []string{`{"a": 1}`, `{"a": null}`}},
		{"null alone", `{"properties":{"a":{}},"required":["a"],"type":"object"}`, []string{`{"a": null}`}},
		{"several types", `{"anyOf":[{"type":"boolean"},{"type":"number"},{"type":"string"},{"type":"null"}]}`, []string{`1`, `"x"`, `true`, `null`}},
		{"items share a schema", `{"items":{"properties":{"a":{"type":"number"},"b":{"type":"number"}},"required":["a"],"type":"object"},"type":"array"}`, []string{`[{"a": 1}, {"a": 2, "b": 3}]`, `[]`}},
		{"object and list", `{"anyOf":[{"items":{"type":"number"},"type":"array"},{"type":"object"}]}`, []string{`{}`, `[1]`}},
		{"empty list", `{"type":"array"}`, []string{`[]`}},
		{"nothing", `{}`, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var values []any
			for _, text := range test.values {
				value, err := DecodeJSON(text)
				if err != nil {
					t.Fatal(err)
				}
				values = append(values, value)
			}
			got, err := json.Marshal(InferAll(values))
			if err != nil || string(got) != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestInferAllAcceptsWhatItWasMadeFrom: however different the values are, and
// however deep.
func TestInferAllAcceptsWhatItWasMadeFrom(t *testing.T) {
	leaf := rapid.OneOf(rapid.Just[any](nil), rapid.Map(rapid.Bool(), func(b bool) any { return b }),
		rapid.Map(rapid.Float64Range(-9, 9), func(f float64) any { return f }), rapid.Map(rapid.StringN(0, 3, -1), func(s string) any { return s }))
	value := leaf
	for range 4 {
		inner := value
		value = rapid.OneOf(leaf, rapid.Map(rapid.SliceOfN(inner, 0, 3), func(l []any) any { return l }),
			rapid.Map(rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "$ref", "type"}), inner, 0, 3), func(m map[string]any) any { return m }))
	}
	rapid.Check(t, func(t *rapid.T) {
		accepts(t, rapid.SliceOfN(value, 1, 4).Draw(t, "values"))
	})
	deep, err := DecodeJSON(strings.Repeat(`[{"a":`, 2000) + "1" + strings.Repeat("}]", 2000))
	if err != nil {
		t.Fatal(err)
	}
	accepts(t, []any{deep})
}

func accepts(t interface{ Fatalf(string, ...any) }, values []any) {
	text, err := json.Marshal(InferAll(values))
	if err != nil {
		t.Fatalf("%v", err)
	}
	s, err := Compile("inferred.schema.json", text, nil)
	if err != nil {
		t.Fatalf("%s does not compile: %v", text, err)
	}
	for _, v := range values {
		if violations := s.Validate(v); violations != nil {
			t.Fatalf("%s refuses %v: %v", text, v, violations)
		}
	}
}
