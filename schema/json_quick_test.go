package schema

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestQuick: the shortcut takes plain JSON, and leaves to the JSON package all
// that needs a closer look.
func TestQuick(t *testing.T) {
	var members strings.Builder
	for i := range 65 {
		fmt.Fprintf(&members, `"m%d": 0, `, i)
	}
	tests := []struct {
		name, text string
		end        int
	}{
		{"object", ` {"a": [1, -2.50, 0, true, false, null, "é", {}, []], "b": {"a": "]"}} x`, 71},
		{"text", `"a"`, 3},
		{"number at the end", "12", 2},
		{"empty", "", -1},
		{"blank", " \n", -1},
		{"escape", `{"a": "\n"}`, -1},
		{"line end in a string", "\"a\nb\"", -1},
		{"invalid UTF-8", "\"\xff\"", -1},
		{"invalid UTF-8 after the value", "{} \xff", 2},
		{"same name twice", `{"a": 1, "b": {"a": 2}, "a": 3}`, -1},
		{"same name in a later object", `[{"a": 1}, {"a": 2}]`, 20},
		{"trailing comma", `{"a": 1,}`, -1},
		{"trailing comma in a list", `[1,]`, -1},
		{"comma alone", `[,]`, -1},
		{"two commas", `[1,,2]`, -1},
		{"no comma", `[1 2]`, -1},
		{"no colon", `{"a" 1}`, -1},
		{"name without quotes", `{a: 1}`, -1},
		{"never closed", `{"a": [1`, -1},
		{"string never closed", `["a`, -1},
		{"leading zero", "01", -1},
		{"no digit", "-", -1},
		{"no fraction", "1.", -1},
		{"exponent", "1e5", -1},
		{"letters after a number", "1x", -1},
		{"letters after a word", "truex", -1},
		{"part of a word", "tru", -1},
		{"too deep", strings.Repeat("[", quickDepth+2) + strings.Repeat("]", quickDepth+2), -1},
		{"many names", "{" + strings.TrimSuffix(members.String(), ", ") + "}", -1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if end := quickEnd(tt.text); end != tt.end {
				t.Errorf("quickEnd(%q) = %d, want %d", tt.text, end, tt.end)
			}
			checkQuick(t, tt.text)
		})
	}
}

// checkQuick holds the shortcut against what it stands in for.
func checkQuick(t *testing.T, text string) {
	t.Helper()
	if end := quickEnd(text); end >= 0 {
		if want, err := scanJSON(text); err != nil || end != want {
			t.Errorf("quickEnd(%q) = %d, scanJSON = %d, %v", text, end, want, err)
		}
	}
	if members, end := quickMembers(nil, text); end >= 0 {
		want, wantEnd, err := scanObject(text)
		if diff := cmp.Diff(members, want); diff != "" || err != nil || end != wantEnd {
			t.Errorf("quickMembers(%q) ends at %d, scanObject at %d, %v (-quick +scan):\n%s", text, end, wantEnd, err, diff)
		}
	}
}

func TestScanShape(t *testing.T) {
	shape := func(text string) uint64 {
		_, shape, err := ScanShape(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return shape
	}
	want := shape(`{"a": {"x": 1, "y": 2}, "b": [{"z": 3}]}`)
	for _, test := range []struct {
		text string
		same bool
	}{
		{`{"a": 1, "b": 2}`, true},
		{` {"a": [], "b": {"a": {"b": 0}}}`, true},
		{`{"b": 1, "a": 2}`, false},
		{`{"a": 1}`, false},
		{`{"ab": 1}`, false},
		{`{"x": 1, "y": 2}`, false},
	} {
		if got := shape(test.text); (got == want) != test.same {
			t.Errorf("ScanShape(%s) = %x, which is that of an object with a and b: %v", test.text, got, !test.same)
		}
	}
	for _, text := range []string{`[{"a": 1, "b": 2}]`, `"a"`, `{}`, `{"\u0061": 1, "b": 2}`} {
		if got := shape(text); got != 0 {
			t.Errorf("ScanShape(%s) = %x, want 0", text, got)
		}
	}
}
