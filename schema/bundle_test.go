package schema

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// bundled compiles the bundle of an embedded schema where no other document can
// be read.
func bundled(t *testing.T, name string) *Schema {
	t.Helper()
	text, err := Bundle(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Compile("bundle.json", text, nil)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return s
}

func TestBundleStandsAlone(t *testing.T) {
	for _, name := range Names() {
		bundled(t, name)
		first, _ := Bundle(name)
		for range 5 {
			if again, _ := Bundle(name); !bytes.Equal(first, again) {
				t.Fatalf("%s: two bundles differ", name)
			}
		}
	}
	if _, err := Bundle("nope"); err == nil || !strings.Contains(err.Error(), `no schema "nope"`) {
		t.Errorf("got %v, want that there is no such schema", err)
	}
}

// TestBundleValidatesTheSame holds values against each schema and its bundle: the
// schemas themselves, and values that break the parts that lie in other files.
func TestBundleValidatesTheSame(t *testing.T) {
	texts := []string{
		`null`, `{}`, `[]`, `1`,
		`{"title": "", "version": "x", "tags": ["A"], "eval": {"schema": 1, "checks": [{"min-words": -1}], "scores": 3}}`,
		`{"title": "T", "version": "1.0", "date": "2025-02-30", "topics": "a", "type": "a\nb"}`,
		`{"title": "T", "version": "1.0", "eval": {"sections": ["A"], "parameters": {"temperature": 0}}}`,
		`{"messages": [], "parameters": {"temperature": "hot"}}`,
		`{"path": "a.md", "governance": {"nope": {}}, "variables": [{"line": 0}]}`,
		`{"error": {"kind": 1}, "request": {"messages": 2, "parameters": {"top_p": -1}}}`,
	}
	for _, name := range Names() {
		text, _ := Source(name)
		texts = append(texts, string(text))
	}
	for _, name := range Names() {
		bundle := bundled(t, name)
		for _, text := range texts {
			value := decode(t, text)
			if diff := cmp.Diff(lines(Get(name).Validate(value)), lines(bundle.Validate(value))); diff != "" {
				t.Errorf("%s: %.80s: -schema +bundle\n%s", name, text, diff)
			}
		}
	}
}

func TestBundleOfFrontMatter(t *testing.T) {
	text, err := Bundle("front-matter-b")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Defs map[string]json.RawMessage `json:"$defs"`
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"front-matter-a.schema.json", "contract.schema.json"} {
		if document.Defs[part] == nil {
			t.Errorf("the bundle lacks %s", part)
		}
	}
	if self, _ := Source("policy"); self != nil {
		if got, _ := Bundle("policy"); !bytes.Equal(got, self) {
			t.Errorf("a schema that refers to no other is changed")
		}
	}
}
