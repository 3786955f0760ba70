package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestEmbeddedSchemas(t *testing.T) {
	names := Names()
	if !slices.IsSorted(names) {
		t.Errorf("names are not sorted: %q", names)
	}
	for _, name := range []string{"config", "contract", "front-matter-a", "front-matter-b", "policy"} {
		if !slices.Contains(names, name) {
			t.Errorf("there is no schema %q among %q", name, names)
		}
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			text, err := Source(name)
			if err != nil {
				t.Fatal(err)
			}
			value, syntax := DecodeJSON(string(text))
			if syntax != nil {
				t.Fatalf("offset %d: %v", syntax.Offset, syntax)
			}
			document := value.(map[string]any)
			if got, want := document["$schema"], "https://json-schema.org/draft/2020-12/schema"; got != want {
				t.Errorf("$schema is %v, want %s", got, want)
			}
			if title, _ := document["title"].(string); title == "" {
				t.Error("the schema has no title")
			}
			if first, second := Get(name), Get(name); first != second {
				t.Error("the schema is compiled twice")
			}
			if got := Get(name).Validate("text"); len(got) == 0 {
				t.Error("the schema takes a text; it is to describe an object")
			}
		})
	}
}

func TestSourceOfNoSchema(t *testing.T) {
	_, err := Source("polcy")
	if want := `no schema "polcy"; the schemas are ` + strings.Join(Names(), ", "); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	defer func() {
		if got, want := fmt.Sprint(recover()), "schema: no schema polcy"; got != want {
			t.Errorf("Get panics with %q, want %q", got, want)
		}
	}()
	Get("polcy")
}

// compile makes a schema that must be good.
func compile(t testing.TB, document string) *Schema {
	t.Helper()
	s, err := Compile("test.schema.json", []byte(document), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func decode(t testing.TB, text string) any {
	t.Helper()
	value, err := DecodeJSON(text)
	if err != nil {
		t.Fatalf("%s: offset %d: %v", text, err.Offset, err)
	}
	return value
}

// lines shows violations as "pointer keyword: message [known …]".
func lines(violations []Violation) []string {
	var lines []string
	for _, v := range violations {
		line := fmt.Sprintf("%s %s: %s", v.Pointer, v.Keyword, v.Message)
		if v.Known != nil {
			line += fmt.Sprintf(" %q", v.Known)
		}
		lines = append(lines, line)
	}
	return lines
}

func TestViolations(t *testing.T) {
	for _, tt := range []struct {
		name, schema, value string
		want                []string
	}{
		{"valid", `{"type": "object"}`, `{}`, nil},
		{"type", `{"type": "string"}`, `1`, []string{" type: is a number, expected text"}},
		{"types", `{"type": ["object", "null"]}`, `[]`, []string{" type: is a list, expected a mapping or null"}},
		{"text or null", `{"type": ["string", "null"]}`, `true`, []string{" type: is a boolean, expected text or null"}},
		{"integer", `{"type": "integer"}`, `1.5`, []string{" type: is a number, expected an integer"}},
		{"integer as a float", `{"type": "integer"}`, `1.0`, nil},
		{"null", `{"type": "array"}`, `null`, []string{" type: is null, expected a list"}},
		{"object", `{"type": "boolean"}`, `{}`, []string{" type: is a mapping, expected a boolean"}},

		{"const text", `{"const": "a"}`, `"b"`, []string{` const: expected "a"`}},
		{"const number", `{"const": 1}`, `"1"`, []string{" const: expected 1"}},
		{"const object", `{"const": {"a": [1]}}`, `{}`, []string{` const: expected {"a":[1]}`}},
		{"enum", `{"enum": ["a", 1, null, [2]]}`, `"b"`, []string{` enum: expected one of "a", 1, null, [2]`}},
		{"enum of one", `{"enum": ["a"]}`, `"b"`, []string{` enum: expected "a"`}},
		{"large integer equals itself", `{"const": 12345678901234567890}`, `12345678901234567890`, nil},

		{"minLength 1", `{"minLength": 1}`, `""`, []string{" minLength: is empty"}},
		{"minLength", `{"minLength": 3}`, `"éé"`, []string{" minLength: is shorter than 3 characters"}},
		{"maxLength", `{"maxLength": 1}`, `"éé"`, []string{" maxLength: is longer than 1 characters"}},
		{"minItems 1", `{"minItems": 1}`, `[]`, []string{" minItems: is an empty list"}},
		{"minItems", `{"minItems": 2}`, `[1]`, []string{" minItems: is a list of fewer than 2 items"}},
		{"maxItems", `{"maxItems": 2}`, `[1,2,3]`, []string{" maxItems: is a list of more than 2 items"}},
		{"minProperties 1", `{"minProperties": 1}`, `{}`, []string{" minProperties: is an empty mapping"}},
		{"minProperties", `{"minProperties": 2}`, `{"a": 1}`, []string{" minProperties: is a mapping of fewer than 2 keys"}},
		{"maxProperties", `{"maxProperties": 0}`, `{"a": 1}`, []string{" maxProperties: is a mapping of more than 0 keys"}},
		{"minimum", `{"minimum": 0.5}`, `0`, []string{" minimum: expected at least 0.5"}},
		{"maximum", `{"maximum": 2}`, `2.5`, []string{" maximum: expected at most 2"}},
		{"exclusiveMinimum", `{"exclusiveMinimum": 0}`, `0`, []string{" exclusiveMinimum: expected more than 0"}},
		{"exclusiveMaximum", `{"exclusiveMaximum": 1}`, `1`, []string{" exclusiveMaximum: expected less than 1"}},
		{"multipleOf", `{"multipleOf": 5}`, `7`, []string{" multipleOf: expected a multiple of 5"}},
		{"uniqueItems", `{"uniqueItems": true}`, `["a", "b", "c", "b"]`, []string{"/3 uniqueItems: is the same as item 2"}},
		{"uniqueItems of many", `{"uniqueItems": true}`, `[0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,7]`, []string{"/22 uniqueItems: is the same as item 8"}},
		{"contains", `{"contains": {"type": "string"}}`, `[1, 2]`, []string{" minContains: is a list without any of the items asked for"}},
		{"minContains", `{"contains": {"type": "string"}, "minContains": 2}`, `[1, "a"]`, []string{" minContains: is a list with fewer than 2 of the items asked for"}},
		{"maxContains", `{"contains": {"type": "string"}, "maxContains": 1}`, `["a", "b"]`, []string{" maxContains: is a list with more than 1 of the items allowed"}},
		{"not", `{"not": {"type": "null"}}`, `null`, []string{" not: is ruled out here"}},

		{"pattern", `{"pattern": "^[a-z]+$"}`, `"A"`, []string{` pattern: expected a match of "^[a-z]+$"`}},
		{"pattern with a description", `{"pattern": "^[a-z]+$", "description": "lower-case letters"}`, `"A"`, []string{" pattern: expected lower-case letters"}},
		{"date", `{"format": "date"}`, `"2025-02-30"`, []string{" format: expected a date of the form YYYY-MM-DD"}},
		{"duration", `{"format": "duration"}`, `"5 years"`, []string{` format: expected an ISO 8601 duration, such as "P5Y"`}},
		{"regex", `{"format": "regex"}`, `"("`, []string{" format: expected a regular expression"}},
		{"other format", `{"format": "ipv4"}`, `"1.2.3"`, []string{" format: expected a valid ipv4"}},
		{"format of what is no text", `{"format": "date"}`, `1`, nil},

		{"required", `{"required": ["b", "a", "c"]}`, `{"c": 1}`, []string{"/a required: is missing", "/b required: is missing"}},
		{"dependentRequired", `{"dependentRequired": {"a": ["b"]}}`, `{"a": 1}`, []string{`/b dependentRequired: is missing, and "a" asks for it`}},
		{"additionalProperties", `{"properties": {"b": true, "a": true}, "additionalProperties": false}`, `{"a": 1, "c": 1, "B": 1}`,
			[]string{`/B additionalProperties: is not known here ["a" "b"]`, `/c additionalProperties: is not known here ["a" "b"]`}},
		{"additionalProperties alone", `{"additionalProperties": false}`, `{"a": 1}`, []string{"/a additionalProperties: is not known here"}},
		{"additionalProperties as a schema", `{"additionalProperties": {"type": "string"}}`, `{"a": 1, "b": "x"}`, []string{"/a type: is a number, expected text"}},
		{"unevaluatedProperties", `{"properties": {"a": true}, "allOf": [{"properties": {"b": true}}], "unevaluatedProperties": false}`, `{"a": 1, "b": 2, "c": 3}`,
			[]string{`/c unevaluatedProperties: is not known here ["a"]`}},
		{"patternProperties", `{"patternProperties": {"^x/": {"type": "string"}}}`, `{"x/1": 1, "y": 1}`, []string{"/x~11 type: is a number, expected text"}},
		{"patternProperties beside additionalProperties", `{"patternProperties": {"^x-": true}, "additionalProperties": false}`, `{"x-a": 1, "y": 1}`, []string{"/y additionalProperties: is not known here"}},
		{"false", `{"properties": {"a": false}}`, `{"a": 1}`, []string{"/a false: is not allowed"}},
		{"items false", `{"prefixItems": [true], "items": false}`, `[1, 2]`, []string{"/1 false: is not allowed"}},

		// Names that are keywords, empty, or need escapes.
		{"property named required", `{"properties": {"required": false}}`, `{"required": 1}`, []string{"/required false: is not allowed"}},
		{"property named anyOf", `{"properties": {"anyOf": {"minLength": 2, "pattern": "x"}}}`, `{"anyOf": "y"}`,
			[]string{"/anyOf minLength: is shorter than 2 characters", `/anyOf pattern: expected a match of "x"`}},
		{"property named enum", `{"properties": {"enum": {"type": "string"}}}`, `{"enum": 1}`, []string{"/enum type: is a number, expected text"}},
		{"property without name", `{"properties": {"": {"enum": ["a", "b"]}}}`, `{"": "c"}`, []string{` enum: expected one of "a", "b"`}}, // the validator does not say where
		{"names to escape", `{"additionalProperties": {"type": "string"}}`, `{"a/b": 1, "c~d": 1, "100%": 1, "e f": 1, "%2F": 1, "it's": 1, "\"q\"": 1, "é#?": 1}`, []string{
			`/"q" type: is a number, expected text`, "/%2F type: is a number, expected text", "/100% type: is a number, expected text", "/a~1b type: is a number, expected text",
			"/c~0d type: is a number, expected text", "/e f type: is a number, expected text", "/it's type: is a number, expected text", "/é#? type: is a number, expected text",
		}},
		{"names in messages to escape", `{"required": ["a/b~", "it's", "\"q\"", "back\\", "tab\t", "100% é", "'", "\\'"], "additionalProperties": false}`, `{"it's not": 1, "a\\": 1, "b\"": 1, "c/d": 1}`, []string{
			`/"q" required: is missing`, "/' required: is missing", "/100% é required: is missing", `/\' required: is missing`,
			`/a\ additionalProperties: is not known here`, "/a~1b~0 required: is missing", `/b" additionalProperties: is not known here`, `/back\ required: is missing`,
			"/c~1d additionalProperties: is not known here", "/it's required: is missing", "/it's not additionalProperties: is not known here", "/tab\t required: is missing",
		}},
		{"known members under escaped names", `{"properties": {"a/b": {"properties": {"x": true}, "additionalProperties": false}, "100%": {"additionalProperties": false, "properties": {"y": true}}}}`,
			`{"a/b": {"z": 1}, "100%": {"z": 1}}`, []string{`/100%/z additionalProperties: is not known here ["y"]`, `/a~1b/z additionalProperties: is not known here ["x"]`}},

		// Keywords inside others.
		{"nested", `{"properties": {"a": {"items": {"required": ["b"]}}}}`, `{"a": [{}, {"b": 1}, {}]}`, []string{"/a/0/b required: is missing", "/a/2/b required: is missing"}},
		{"allOf", `{"allOf": [{"minLength": 3}, {"pattern": "x"}]}`, `"y"`, []string{" minLength: is shorter than 3 characters", ` pattern: expected a match of "x"`}},
		{"the same twice", `{"allOf": [{"minLength": 3}, {"minLength": 3}]}`, `"y"`, []string{" minLength: is shorter than 3 characters"}},
		{"if then", `{"if": {"required": ["a"]}, "then": {"required": ["b"]}}`, `{"a": 1}`, []string{"/b required: is missing"}},
		{"if else", `{"if": {"required": ["a"]}, "else": {"required": ["b"]}}`, `{}`, []string{"/b required: is missing"}},
		{"dependentSchemas", `{"dependentSchemas": {"enum": {"minProperties": 2}}}`, `{"enum": 1}`, []string{" minProperties: is a mapping of fewer than 2 keys"}},
		{"reference", `{"$ref": "#/$defs/word", "$defs": {"word": {"type": "string", "pattern": "x", "description": "an x"}}}`, `"y"`, []string{" pattern: expected an x"}},
		{"known members by reference", `{"$ref": "#/$defs/point", "$defs": {"point": {"properties": {"x": true}, "additionalProperties": false}}}`, `{"y": 1}`,
			[]string{`/y additionalProperties: is not known here ["x"]`}},

		// Which form was meant.
		{"anyOf by type", `{"anyOf": [{"type": "string", "minLength": 1}, {"type": "object", "required": ["a"]}]}`, `""`, []string{" minLength: is empty"}},
		{"anyOf by type, member missing", `{"anyOf": [{"type": "string"}, {"type": "object", "required": ["a"]}]}`, `{}`, []string{"/a required: is missing"}},
		{"anyOf by type, member misspelt", `{"anyOf": [{"type": "string"}, {"type": "object", "required": ["abc"], "properties": {"abc": true}, "additionalProperties": false}]}`, `{"abd": 1}`,
			[]string{"/abc required: is missing", `/abd additionalProperties: is not known here ["abc"]`}},
		{"anyOf of two types", `{"anyOf": [{"type": "string"}, {"type": "object"}]}`, `1`, []string{" anyOf: is a number, expected text or a mapping"}},
		{"anyOf of a word and a type", `{"anyOf": [{"const": "*"}, {"$ref": "#/$defs/n"}], "$defs": {"n": {"type": "integer"}}}`, `"x"`, []string{` anyOf: is text, expected "*" or an integer`}},
		{"anyOf of words", `{"anyOf": [{"const": "a"}, {"enum": ["b", "c"]}]}`, `"x"`, []string{` anyOf: expected "a" or one of "b", "c"`}},
		{"anyOf by word", `{"anyOf": [{"const": "*"}, {"type": "string", "pattern": "^[a-z]+$", "description": "a name"}]}`, `"X"`, []string{" pattern: expected a name"}},
		{"anyOf by member", `{"anyOf": [{"required": ["a"], "properties": {"a": {"type": "string"}}}, {"required": ["b"]}]}`, `{"a": 1}`, []string{"/a type: is a number, expected text"}},
		{"anyOf of two candidates", `{"anyOf": [{"properties": {"a": {"type": "string"}}}, {"properties": {"a": {"type": "array"}}}]}`, `{"a": 1}`, []string{" anyOf: matches none of the allowed forms"}},
		{"anyOf in anyOf", `{"anyOf": [{"type": "string"}, {"anyOf": [{"type": "array"}, {"type": "object", "required": ["a"]}]}]}`, `{}`, []string{"/a required: is missing"}},
		{"anyOf in anyOf of other types", `{"anyOf": [{"type": "string", "pattern": "x"}, {"anyOf": [{"type": "array"}, {"type": "object"}]}]}`, `"y"`, []string{` pattern: expected a match of "x"`}},
		{"oneOf by type", `{"oneOf": [{"type": "string"}, {"type": "array", "minItems": 1}]}`, `[]`, []string{" minItems: is an empty list"}},
		{"oneOf of two", `{"oneOf": [{"type": "string"}, {"minLength": 1}]}`, `"x"`, []string{" oneOf: matches more than one of the forms that exclude each other"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := compile(t, tt.schema).Validate(decode(t, tt.value))
			if diff := cmp.Diff(lines(got), tt.want); diff != "" {
				t.Errorf("violations (-got +want):\n%s", diff)
			}
			for _, v := range got {
				if v.Missing() != strings.Contains(v.Message, "is missing") {
					t.Errorf("Missing of %+v = %v", v, v.Missing())
				}
			}
		})
	}
}

// TestViolationsOfTheFalseSchema: a document that is no object has no members to
// look up.
func TestViolationsOfTheFalseSchema(t *testing.T) {
	if diff := cmp.Diff(lines(compile(t, "false").Validate(nil)), []string{" false: is not allowed"}); diff != "" {
		t.Errorf("violations (-got +want):\n%s", diff)
	}
	if got := compile(t, "true").Validate(nil); got != nil {
		t.Errorf("true allows all, got %v", got)
	}
}

func TestValidateIsDeterministic(t *testing.T) {
	s := compile(t, `{
		"required": ["x", "y", "z"],
		"properties": {"a": {"type": "string", "enum": ["q"]}, "b": {"anyOf": [{"type": "string"}, {"type": "null"}]}, "c": {"minLength": 9, "pattern": "x", "format": "date"}},
		"patternProperties": {"^d": {"type": "string"}, "d$": {"type": "boolean"}},
		"additionalProperties": false
	}`)
	value := decode(t, `{"a": 1, "b": 2, "c": "d", "d": 1, "dd": 2, "e": 1, "f": 2, "g": 3}`)
	first := s.Validate(value)
	if len(first) != 15 {
		t.Fatalf("%d violations, want 15: %q", len(first), lines(first))
	}
	for range 100 {
		if diff := cmp.Diff(s.Validate(value), first); diff != "" {
			t.Fatalf("another run (-got +first):\n%s", diff)
		}
	}
}

// numbers are schemas whose keywords look at a number.
var numbers = []string{
	`{"type": "integer"}`, `{"type": "number"}`, `{"enum": [1]}`, `{"const": 1}`, `{"minimum": 1}`, `{"maximum": 1}`, `{"exclusiveMinimum": 1}`, `{"exclusiveMaximum": 1}`, `{"multipleOf": 2}`,
}

func TestNumbersThatAreNone(t *testing.T) {
	for _, schema := range append(numbers, `{"uniqueItems": true}`) {
		s := compile(t, schema)
		for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			var value any = f
			if strings.Contains(schema, "uniqueItems") {
				value = slices.Repeat([]any{f}, 30)
			}
			violations := s.Validate(value)
			if schema == `{"type": "number"}` {
				continue // looks at the type alone
			}
			if len(violations) != 1 || violations[0].Pointer != "" || !strings.HasPrefix(violations[0].Message, "cannot be validated: ") {
				t.Errorf("%s with %v = %+v, want one violation", schema, f, violations)
			}
		}
	}
}

func TestNumbersOfExtremeSize(t *testing.T) {
	for _, schema := range numbers {
		s := compile(t, schema)
		for _, text := range []string{"1e308", "-1e308", "5e-324", "1e-400", "-0"} {
			for _, v := range s.Validate(decode(t, text)) {
				if v.Keyword == "schema" {
					t.Errorf("%s with %s: %s", schema, text, v.Message)
				}
			}
		}
	}
}

func TestValuesThatAreNoJSON(t *testing.T) {
	got := compile(t, `{"type": "string"}`).Validate(struct{}{})
	if len(got) != 1 || got[0].Keyword != "schema" || !strings.HasPrefix(got[0].Message, "cannot be validated: ") {
		t.Errorf("Validate of a struct = %+v, want one violation", got)
	}
}

func TestCompileErrors(t *testing.T) {
	for _, tt := range []struct{ name, schema, want string }{
		{"no JSON", `{"type": }`, "schema lib/s.json is not JSON: invalid character '}' at start of value"},
		{"nothing", ``, "schema lib/s.json is not JSON: the text ends before the value does"},
		{"no schema", `[]`, `schema lib/s.json: at "": is a list, expected a mapping or a boolean`},
		{"unknown type", `{"properties": {"a": {"type": "text"}}}`, `schema lib/s.json: at "/properties/a/type": `},
		{"negative length", `{"minLength": -1}`, `schema lib/s.json: at "/minLength": `},
		{"pattern that is none", `{"pattern": "("}`, `schema lib/s.json: at "/pattern": `},
		{"pattern with look-ahead", `{"pattern": "(?=a)"}`, `schema lib/s.json: at "/pattern": `},
		{"property pattern that is none", `{"patternProperties": {"(": true}}`, `schema lib/s.json: at "/patternProperties/(": expected a regular expression`},
		{"multiple of nothing", `{"multipleOf": 0}`, `schema lib/s.json: at "/multipleOf": `},
		{"number with an exponent of millions", `{"multipleOf": 1e-10000000}`, `schema lib/s.json: at "/multipleOf": `},
		{"number beyond any float64", `{"maximum": 1e10000000}`, "schema lib/s.json is not JSON: 1e10000000 cannot be represented as a number"},
		{"member twice", `{"type": "object", "type": "array"}`, "schema lib/s.json is not JSON: duplicate member name"},
		{"dead reference", `{"$ref": "#/$defs/none"}`, "schema lib/s.json: "},
		{"unknown draft", `{"$schema": "https://example.org/my-draft"}`, "schema lib/s.json: "},
		{"draft in a file", `{"$schema": "file:///etc/passwd"}`, "schema lib/s.json: "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Compile("lib/s.json", []byte(tt.schema), nil)
			if s != nil || err == nil || !strings.HasPrefix(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("Compile = %v, error %v, want %s", s, err, tt.want)
			}
		})
	}
}

// library is a load function that knows some files and notes what it is asked for.
type library struct {
	files map[string]string
	asked []string
}

func (l *library) load(path string) ([]byte, error) {
	l.asked = append(l.asked, path)
	if text, ok := l.files[path]; ok {
		return []byte(text), nil
	}
	return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
}

func TestReferencesLeaveTheLibraryNever(t *testing.T) {
	secret := t.TempDir() + "/secret.json"
	if err := os.WriteFile(secret, []byte(`{"const": "secret"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, schema string
		asked        []string
	}{
		{"file", `{"$ref": "file:///etc/passwd"}`, nil},
		{"file that exists", `{"$ref": "file://` + secret + `"}`, nil},
		{"http", `{"$ref": "http://127.0.0.1:1/s.json"}`, nil},
		{"https", `{"$ref": "https://example.org/s.json"}`, nil},
		{"another scheme", `{"$ref": "ftp://example.org/s.json"}`, nil},
		{"$id of a file", `{"$id": "file:///etc/s.json", "$ref": "/tmp/passwd"}`, nil},
		{"absolute path", `{"$ref": "` + secret + `"}`, []string{strings.TrimPrefix(secret, "/")}},
		{"upward", `{"$ref": "../../../../etc/passwd"}`, []string{"etc/passwd"}},
		{"upward in disguise", `{"$ref": "%2e%2e/..%2f..%2fetc/passwd"}`, []string{"etc/passwd"}},
		{"beside an $id", `{"$id": "https://example.org/schemas/s.json", "$ref": "https://example.org/other/s.json"}`, nil},
		{"upward of an $id", `{"$id": "https://example.org/schemas/s.json", "$ref": "x/%2e%2e/..%2f..%2fetc/passwd"}`, []string{"etc/passwd"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := &library{}
			s, err := Compile("lib/s.json", []byte(tt.schema), l.load)
			if s != nil || err == nil {
				t.Fatalf("Compile = %v, error %v, want it to be refused", s, err)
			}
			if tt.asked == nil && !strings.Contains(err.Error(), "schemas are read from the library only") || tt.asked != nil && !strings.Contains(err.Error(), fs.ErrNotExist.Error()) {
				t.Errorf("error %v", err)
			}
			if diff := cmp.Diff(l.asked, tt.asked); diff != "" {
				t.Errorf("files asked for (-got +want):\n%s", diff)
			}
			if s, err := Compile("lib/s.json", []byte(tt.schema), nil); s != nil || err == nil {
				t.Errorf("without load: Compile = %v, error %v, want it to be refused", s, err)
			}
		})
	}
}

func TestReferences(t *testing.T) {
	files := map[string]string{
		"lib/sub/word.json":     `{"$ref": "../defs.json#/$defs/word"}`,
		"lib/defs.json":         `{"$defs": {"word": {"type": "string", "pattern": "^[a-z]+$", "description": "a word"}, "point": {"properties": {"x": true}, "additionalProperties": false}}}`,
		"lib/my defs 100%.json": `{"type": "string"}`,
		"lib/named.json":        `{"$id": "https://example.org/a/b/named.json", "properties": {"w": {"$ref": "defs.json#/$defs/word"}}}`,
		"lib/broken.json":       `{"type": `,
		"top.json":              `{"type": "boolean"}`,
	}
	for _, tt := range []struct {
		name, file, schema, value string
		asked                     []string
		want                      []string
	}{
		{"beside", "lib/s.json", `{"$ref": "defs.json#/$defs/word"}`, `"A"`, []string{"lib/defs.json"}, []string{" pattern: expected a word"}},
		{"below, then above", "lib/s.json", `{"$ref": "sub/word.json"}`, `"A"`, []string{"lib/sub/word.json", "lib/defs.json"}, []string{" pattern: expected a word"}},
		{"above", "lib/s.json", `{"$ref": "../top.json"}`, `1`, []string{"top.json"}, []string{" type: is a number, expected a boolean"}},
		{"from the root", "lib/sub/s.json", `{"$ref": "/top.json"}`, `1`, []string{"top.json"}, []string{" type: is a number, expected a boolean"}},
		{"known members of another file", "lib/s.json", `{"items": {"$ref": "defs.json#/$defs/point"}}`, `[{"y": 1}]`, []string{"lib/defs.json"}, []string{`/0/y additionalProperties: is not known here ["x"]`}},
		{"blank and per cent", "lib/s.json", `{"$ref": "my%20defs%20100%25.json"}`, `1`, []string{"lib/my defs 100%.json"}, []string{" type: is a number, expected text"}},
		{"name to escape", "lib/my #1 100% schema?.json", `{"$ref": "defs.json#/$defs/point"}`, `{"y": 1}`, []string{"lib/defs.json"}, []string{`/y additionalProperties: is not known here ["x"]`}},
		{"against an $id", "lib/s.json", `{"$id": "https://example.org/v1/s.json", "$ref": "defs.json#/$defs/word", "properties": {"a": {"enum": [1]}}}`, `"A"`, []string{"lib/defs.json"}, []string{" pattern: expected a word"}},
		{"below an $id", "lib/s.json", `{"$id": "https://example.org/v1/s.json", "$ref": "https://example.org/v1/sub/word.json"}`, `"A"`, []string{"lib/sub/word.json", "lib/defs.json"}, []string{" pattern: expected a word"}},
		{"in a document with an $id", "lib/s.json", `{"$ref": "named.json"}`, `{"w": "A"}`, []string{"lib/named.json", "lib/defs.json"}, []string{"/w pattern: expected a word"}},
		{"$id that is a path", "lib/s.json", `{"$id": "other.json", "$ref": "defs.json#/$defs/word"}`, `"A"`, []string{"lib/defs.json"}, []string{" pattern: expected a word"}},
		{"to itself", "lib/s.json", `{"properties": {"next": {"$ref": "#"}}, "required": ["a"]}`, `{"a": 1, "next": {}}`, nil, []string{"/next/a required: is missing"}},
		{"to itself by name", "lib/s.json", `{"properties": {"next": {"$ref": "s.json"}}, "required": ["a"]}`, `{"a": 1, "next": {}}`, nil, []string{"/next/a required: is missing"}},
		{"to a draft", "lib/s.json", `{"$ref": "https://json-schema.org/draft/2020-12/schema"}`, `{"minLength": "x"}`, nil, []string{"/minLength type: is text, expected an integer"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := &library{files: files}
			s, err := Compile(tt.file, []byte(tt.schema), l.load)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(l.asked, tt.asked); diff != "" {
				t.Errorf("files asked for (-got +want):\n%s", diff)
			}
			if diff := cmp.Diff(lines(s.Validate(decode(t, tt.value))), tt.want); diff != "" {
				t.Errorf("violations (-got +want):\n%s", diff)
			}
		})
	}
	t.Run("broken file", func(t *testing.T) {
		l := &library{files: files}
		if _, err := Compile("lib/s.json", []byte(`{"$ref": "broken.json"}`), l.load); err == nil || !strings.Contains(err.Error(), "schema lib/broken.json is not JSON") {
			t.Errorf("error %v, want that the other file is not JSON", err)
		}
	})
	t.Run("endless documents", func(t *testing.T) {
		loads := 0
		_, err := Compile("s.json", []byte(`{"$ref": "again/s.json"}`), func(string) ([]byte, error) {
			loads++
			return []byte(`{"$ref": "again/s.json"}`), nil
		})
		if loads != 99 || err == nil || !strings.HasSuffix(err.Error(), "again/s.json: a schema of more than 100 documents") {
			t.Errorf("%d loads, error %v", loads, err)
		}
	})
	t.Run("failing load", func(t *testing.T) {
		fail := errors.New("no such luck")
		if _, err := Compile("lib/s.json", []byte(`{"$ref": "x.json"}`), func(string) ([]byte, error) { return nil, fail }); err == nil || !strings.Contains(err.Error(), "no such luck") {
			t.Errorf("error %v, want that of load", err)
		}
	})
}

func TestDraftOfTheDocumentHolds(t *testing.T) {
	s := compile(t, `{"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {"a": {"type": "string"}}, "items": [{"$ref": "#/definitions/a"}], "additionalItems": false}`)
	want := []string{" additionalItems: only 1 items are allowed, but found 2 items", "/0 type: is a number, expected text"}
	if diff := cmp.Diff(lines(s.Validate(decode(t, `[1, 2]`))), want); diff != "" {
		t.Errorf("violations (-got +want):\n%s", diff)
	}
}

func TestInfer(t *testing.T) {
	for _, tt := range []struct{ name, value, want string }{
		{"null", `null`, `{}`},
		{"boolean", `true`, `{"type": "boolean"}`},
		{"number", `1`, `{"type": "number"}`},
		{"text", `"x"`, `{"type": "string"}`},
		{"empty list", `[]`, `{"type": "array"}`},
		{"list", `[1, 2]`, `{"type": "array", "items": {"type": "number"}}`},
		{"mixed list", `[1, "x", 2]`, `{"type": "array", "items": {"anyOf": [{"type": "number"}, {"type": "string"}]}}`},
		{"list with null", `["x", null]`, `{"type": "array", "items": {"anyOf": [{"type": "string"}, {}]}}`},
		{"list of lists", `[[], [1]]`, `{"type": "array", "items": {"anyOf": [{"type": "array"}, {"type": "array", "items": {"type": "number"}}]}}`},
		{"list of objects", `[{"a": 1}, {"a": 2}, {"b": 1}]`, `{"type": "array", "items": {"anyOf": [
			{"type": "object", "properties": {"a": {"type": "number"}}, "required": ["a"]}, {"type": "object", "properties": {"b": {"type": "number"}}, "required": ["b"]}]}}`},
		{"empty object", `{}`, `{"type": "object"}`},
		{"object", `{"b": null, "a": {"c": [true]}}`, `{"type": "object", "required": ["a", "b"], "properties": {"b": {},
			"a": {"type": "object", "required": ["c"], "properties": {"c": {"type": "array", "items": {"type": "boolean"}}}}}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text, err := json.Marshal(Infer(decode(t, tt.value)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(decode(t, string(text)), decode(t, tt.want)); diff != "" {
				t.Errorf("schema (-got +want):\n%s", diff)
			}
		})
	}
}

func TestInferredSchemaRefuses(t *testing.T) {
	for _, tt := range []struct {
		name, from, value string
		want              []string
	}{
		{"member missing", `{"a": 1, "b": 2}`, `{"a": 1}`, []string{"/b required: is missing"}},
		{"other type", `{"a": 1}`, `{"a": "1"}`, []string{"/a type: is text, expected a number"}},
		{"item of another type", `[1, 2]`, `[1, "x"]`, []string{"/1 type: is text, expected a number"}},
		{"item of no shape seen", `[1, "x"]`, `[true]`, []string{"/0 anyOf: is a boolean, expected a number or text"}},
		{"extra member", `{"a": 1}`, `{"a": 2, "b": 3}`, nil},
		{"other length", `[1]`, `[]`, nil},
		{"null in place of a value", `{"a": 1}`, `{"a": null}`, []string{"/a type: is null, expected a number"}},
		{"value in place of null", `{"a": null}`, `{"a": [1]}`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := lines(inferred(t, decode(t, tt.from)).Validate(decode(t, tt.value)))
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("violations (-got +want):\n%s", diff)
			}
		})
	}
}

type fataler interface{ Fatal(args ...any) }

// inferred compiles the schema that a value implies.
func inferred(t fataler, value any) *Schema {
	text, err := json.Marshal(Infer(value))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Compile("derived.schema.json", text, nil)
	if err != nil {
		t.Fatal(err, string(text))
	}
	return s
}

// values draws JSON values of some depth.
func values(depth int) *rapid.Generator[any] {
	leaves := []*rapid.Generator[any]{
		rapid.Just[any](nil),
		rapid.Bool().AsAny(),
		rapid.Float64().AsAny(),
		rapid.SampledFrom([]float64{0, -1, 1e300, 12345678901234567890, 0.1}).AsAny(),
		rapid.String().AsAny(),
	}
	if depth == 0 {
		return rapid.OneOf(leaves...)
	}
	names := rapid.OneOf(rapid.SampledFrom([]string{"a", "b", "", "type", "$ref", "$id", "$schema", "required", "a/b", "~1", "100%"}), rapid.String())
	nested := values(depth - 1)
	return rapid.OneOf(append(leaves,
		rapid.SliceOfN(nested, 0, 4).AsAny(),
		rapid.MapOfN(names, nested, 0, 4).AsAny(),
	)...)
}

// TestValuesMatchTheirInferredSchema holds for whatever JSON can say.
func TestValuesMatchTheirInferredSchema(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, err := json.Marshal(values(3).Draw(t, "value"))
		if err != nil {
			t.Fatal(err)
		}
		value, syntax := DecodeJSON(string(text))
		if syntax != nil {
			t.Fatalf("%s: %v", text, syntax)
		}
		if violations := inferred(t, value).Validate(value); violations != nil {
			t.Errorf("%s breaks its own schema: %q", text, lines(violations))
		}
	})
}

// FuzzValidate: neither a schema nor a value brings the program down, and a
// violation names a place that exists, or would. Members without a name are left
// out: see the note at flatten.
func FuzzValidate(f *testing.F) {
	for _, seed := range [][2]string{
		{`{"type": "integer", "enum": [1]}`, "1e300"}, {`{"multipleOf": 1e-300}`, "1"}, {`{"$ref": "#"}`, "1"}, {`{"$ref": "file:///etc/passwd"}`, "1"},
		{`{"properties": {"a": {"anyOf": [{"type": "string"}, {"required": ["b"]}]}}, "additionalProperties": false}`, `{"a": {}, "c/~%'": 1}`},
		{`{"patternProperties": {"^\\w": {"format": "date"}}, "uniqueItems": true, "unevaluatedItems": false}`, `["a", "a"]`},
		{`{"$dynamicRef": "#x", "$defs": {"x": {"$dynamicAnchor": "x", "not": {}}}}`, "null"},
		{`{"$schema": "http://json-schema.org/draft-04/schema#", "dependencies": {"a": ["b"], "c": {"minProperties": 9}}}`, `{"a": 1, "c": 2}`},
		{`{"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/$defs/x"}, "b": {"type": "array", "minItems": 1, "uniqueItems": true, "items": {"enum": ["x"]}}}, "additionalProperties": false, "$defs": {"x": {"type": "string", "pattern": "^a", "minLength": 2, "format": "date"}}}`, `{"a": "ab", "b": ["x"]}`},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, schema, text string) {
		value, syntax := DecodeJSON(text)
		if syntax != nil {
			return
		}
		s, err := Compile("s.json", []byte(schema), func(path string) ([]byte, error) { return []byte(schema), nil })
		if err != nil {
			return
		}
		checkQuickSchema(t, s, schema, value)
		violations := s.Validate(value)
		for _, v := range violations {
			if v.Keyword == "" || v.Message == "" || v.Pointer != "" && v.Pointer[0] != '/' {
				t.Errorf("%s with %s: violation %+v", schema, text, v)
			}
			if !v.Missing() && v.Keyword != "schema" && !strings.Contains(text, `""`) && !exists(value, v.Pointer) {
				t.Errorf("%s with %s: there is no %s", schema, text, v.Pointer)
			}
		}
		if diff := cmp.Diff(s.Validate(value), violations); diff != "" {
			t.Errorf("another run (-got +first):\n%s", diff)
		}
	})
}

func exists(value any, pointer string) bool {
	for pointer != "" {
		var token string
		token, pointer, _ = strings.Cut(pointer[1:], "/")
		if pointer != "" {
			pointer = "/" + pointer
		}
		token = unescape.Replace(token)
		switch v := value.(type) {
		case map[string]any:
			var ok bool
			if value, ok = v[token]; !ok {
				return false
			}
		case []any:
			i := -1
			if _, err := fmt.Sscanf(token, "%d", &i); err != nil || i < 0 || i >= len(v) {
				return false
			}
			value = v[i]
		default:
			return false
		}
	}
	return true
}
