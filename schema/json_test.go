package schema

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

const (
	startOfString = `invalid character %s at start of string (expecting '"')`
	tripleQuote   = `""" is no JSON string; write one string, with \n for line ends`
	textEnds      = "the text ends before the value does"
	straight      = "JSON strings stand between straight double quotes"
)

func TestSyntaxErrors(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		offset     int
		pointer    string
		message    string
	}{
		{"nothing", "", 0, "", textEnds},
		{"blank", " \n", 2, "", textEnds},
		{"open object", `{"a": {"b": 1}`, 14, "", textEnds},
		{"open string", `["abc`, 5, "/0", textEnds},
		{"half a literal", `{"a": tru`, 9, "/a", textEnds},
		{"trailing comma in an object", "{\"a\": 1,\n}", 9, "", `trailing comma before "}"`},
		{"trailing comma in an array", `{"a": [1, 2, ]}`, 13, "/a/2", `trailing comma before "]"`},
		{"missing comma", `{"a": 1 "b": 2}`, 8, "", `invalid character '"' after object value (expecting ',' or '}')`},
		{"missing comma before an empty name", `{"a": 1 "": 2}`, 8, "", `invalid character '"' after object value (expecting ',' or '}')`},
		{"missing comma in an array", "[1\n 2]", 4, "", "invalid character '2' after array element (expecting ',' or ']')"},
		{"missing value", `{"a":}`, 5, "/a", "invalid character '}' at start of value"},
		{"missing colon", `{"a" 1}`, 5, "/a", "invalid character '1' after object name (expecting ':')"},
		{"name without quotes", `{a: 1}`, 1, "", strings.Replace(startOfString, "%s", "'a'", 1)},
		{"single quotes", `{'a': 1}`, 1, "", straight},
		{"typographic quotes", `{"a": “x”}`, 6, "/a", straight},
		{"triple quotes", `{"a": """x"""}`, 8, "", tripleQuote},
		{"triple quote at the end", `["x"""]`, 4, "", tripleQuote},
		{"word of another language", `{"a": None}`, 6, "/a", "invalid character 'N' at start of value"},
		{"NaN", `[1, NaN]`, 4, "/1", "invalid character 'N' at start of value"},
		{"line comment", "{\"a\": 1, // one\n\"b\": 2}", 9, "", "JSON has no comments"},
		{"block comment", "[/* none */]", 1, "/0", "JSON has no comments"},
		{"raw line end", "{\"a\": \"x\ny\"}", 8, "/a", `line end or control character inside a string; write it as \n or the like`},
		{"escape that is none", `{"a": "\q"}`, 7, "/a", "invalid escape sequence `\\q` in string"},
		{"duplicate member", `{"a": 1, "b": {"a": 1, "\u0061": 2}}`, 23, "/b/a", "duplicate member name"},
		{"invalid UTF-8", "[\"\xff\"]", 2, "/0", "invalid UTF-8"},
		{"too deep", strings.Repeat("[", 20_000), 10_000, strings.Repeat("/0", 10_000), "nested too deep; at most 10,000 levels are read"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			want := &SyntaxError{tt.offset, tt.pointer, tt.message}
			if _, err := ScanJSON(tt.text); !cmp.Equal(err, want) {
				t.Errorf("ScanJSON (-got +want):\n%s", cmp.Diff(err, want))
			}
			value, err := DecodeJSON(tt.text)
			if value != nil || !cmp.Equal(err, want) {
				t.Errorf("DecodeJSON = %v (-got +want):\n%s", value, cmp.Diff(err, want))
			}
			if err.Error() != tt.message {
				t.Errorf("Error() = %q, want the message", err.Error())
			}
		})
	}
}

// TestDecodeOnlyErrors are texts that begin with a JSON value.
func TestDecodeOnlyErrors(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		end        int // of the value that ScanJSON sees
		want       SyntaxError
	}{
		{"text after the value", ` {"a": 1} and so on`, 9, SyntaxError{10, "", "text after the end of the JSON value"}},
		{"second value", "1\n2", 1, SyntaxError{2, "", "text after the end of the JSON value"}},
		{"number beyond any float64", `{"a": [1, 1e400]}`, 17, SyntaxError{10, "/a/1", "1e400 cannot be represented as a number"}},
		{"number with an exponent of millions", `-1e10000000`, 11, SyntaxError{0, "", "-1e10000000 cannot be represented as a number"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if end, err := ScanJSON(tt.text); end != tt.end || err != nil {
				t.Errorf("ScanJSON = %d, %v, want %d", end, err, tt.end)
			}
			value, err := DecodeJSON(tt.text)
			if value != nil || err == nil || *err != tt.want {
				t.Errorf("DecodeJSON = %v, %+v, want %+v", value, err, tt.want)
			}
		})
	}
}

func TestDecodeJSON(t *testing.T) {
	got, err := DecodeJSON("\t{\"a\": [1, -0.5e2, true, null, \"\\u00e9\\n\"], \"\": {}, \"n\": 12345678901234567890}\n")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"a": []any{1.0, -50.0, true, nil, "é\n"}, "": map[string]any{}, "n": 12345678901234567890.0}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("value (-got +want):\n%s", diff)
	}
	if got, err := DecodeJSON("1e-400"); got != 0.0 || err != nil {
		t.Errorf("DecodeJSON(1e-400) = %v, %v, want 0", got, err)
	}
}

func TestScanObject(t *testing.T) {
	text := ` {"a\"b": 1.50, "é": "x\ny", "" :{"z": [1, 2]}, "n":null} rest`
	members, end, err := ScanObject(text)
	if err != nil {
		t.Fatal(err)
	}
	want := []Member{
		{Name: `a"b`, NameStart: 2, NameEnd: 8, Value: "1.50"},
		{Name: "é", NameStart: 16, NameEnd: 20, Value: "x\ny"},
		{Name: "", NameStart: 30, NameEnd: 32, Value: `{"z": [1, 2]}`},
		{Name: "n", NameStart: 49, NameEnd: 52, Value: "null"},
	}
	if diff := cmp.Diff(members, want); diff != "" {
		t.Errorf("members (-got +want):\n%s", diff)
	}
	if want := len(text) - len(" rest"); end != want {
		t.Errorf("end = %d, want %d", end, want)
	}
	for i, name := range []string{`"a\"b"`, `"é"`, `""`, `"n"`} {
		if got := text[members[i].NameStart:members[i].NameEnd]; got != name {
			t.Errorf("member %d has its name at %q, want %q", i, got, name)
		}
	}
}

func TestScanObjectErrors(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		members    []string // read before the error
		want       SyntaxError
	}{
		{"no object", "[1]", nil, SyntaxError{0, "", "the text is no JSON object"}},
		{"text", "hello", nil, SyntaxError{0, "", "invalid character 'h' at start of value"}},
		{"nothing", "", nil, SyntaxError{0, "", textEnds}},
		{"open", `{"a": 1, "b": 2`, []string{"a", "b"}, SyntaxError{15, "", textEnds}},
		{"bad value", `{"a": 1, "b": oops}`, []string{"a"}, SyntaxError{14, "/b", "invalid character 'o' at start of value"}},
		{"bad name", `{"a": 1, b: 2}`, []string{"a"}, SyntaxError{9, "", strings.Replace(startOfString, "%s", "'b'", 1)}},
		{"trailing comma", `{"a": 1,}`, []string{"a"}, SyntaxError{8, "", `trailing comma before "}"`}},
		{"duplicate", `{"a": 1, "a": 2}`, []string{"a"}, SyntaxError{9, "/a", "duplicate member name"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			members, end, err := ScanObject(tt.text)
			var names []string
			for _, m := range members {
				names = append(names, m.Name)
			}
			if diff := cmp.Diff(names, tt.members); diff != "" {
				t.Errorf("members (-got +want):\n%s", diff)
			}
			if end != 0 || err == nil || *err != tt.want {
				t.Errorf("ScanObject = %d, %+v, want %+v", end, err, tt.want)
			}
		})
	}
}

// FuzzDecodeJSON holds the reader against encoding/json, which accepts all that
// it accepts and gives the same value, and against itself.
func FuzzDecodeJSON(f *testing.F) {
	for _, text := range []string{
		"", "null", `{"a": [1, {"b": "x"}], "c": 1e5}`, `{"a": 1,}`, `{"a": """x"""}`, "[1e400]", `{"a":1,"a":2}`, "\"\xff\"", "{} {}", "[[[[[[", `{"a\"b":""}`,
		` {"a": -1.5, "b": [true, null, {"c": "é"}], "d": {}} x`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		value, err := DecodeJSON(text)
		end, scanErr := ScanJSON(text)
		if err != nil {
			checkSyntaxError(t, text, err)
		} else {
			if scanErr != nil || strings.TrimRight(text[end:], " \t\r\n") != "" {
				t.Errorf("DecodeJSON reads %q, ScanJSON ends at %d with %v", text, end, scanErr)
			}
			var want any
			if err := json.Unmarshal([]byte(text), &want); err != nil || !cmp.Equal(value, want) {
				t.Errorf("DecodeJSON(%q) = %v, encoding/json = %v, %v", text, value, want, err)
			}
		}
		if scanErr != nil {
			checkSyntaxError(t, text, scanErr)
			if err == nil || *err != *scanErr {
				t.Errorf("DecodeJSON(%q) = %+v, ScanJSON = %+v", text, err, scanErr)
			}
		}
		members, _, objErr := ScanObject(text)
		if objErr != nil {
			checkSyntaxError(t, text, objErr)
		}
		checkQuick(t, text)
		at := 0
		for _, m := range members {
			if m.NameStart < at || m.NameEnd > len(text) {
				t.Fatalf("member %q of %q lies at %d to %d", m.Name, text, m.NameStart, m.NameEnd)
			}
			var name string
			if err := json.Unmarshal([]byte(text[m.NameStart:m.NameEnd]), &name); err != nil || name != m.Name {
				t.Errorf("member %q of %q has its name at %q", m.Name, text, text[m.NameStart:m.NameEnd])
			}
			at = m.NameEnd
		}
		if object, ok := value.(map[string]any); ok && (len(object) != len(members) || objErr != nil) {
			t.Errorf("ScanObject(%q) = %d members, error %v, want %d", text, len(members), objErr, len(object))
		}
	})
}

func checkSyntaxError(t *testing.T, text string, err *SyntaxError) {
	t.Helper()
	if err.Offset < 0 || err.Offset > len(text) || err.Message == "" || !utf8.ValidString(err.Message) {
		t.Errorf("error of %q is %+v", text, err)
	}
}
