package library

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSeverities(t *testing.T) {
	for severity, name := range map[Severity]string{Info: "info", Warning: "warning", Error: "error"} {
		if got := severity.String(); got != name {
			t.Errorf("got %q, want %q", got, name)
		}
		if got, err := ParseSeverity(name); err != nil || got != severity {
			t.Errorf("ParseSeverity(%q) = %v, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "Error", "fatal"} {
		if _, err := ParseSeverity(name); err == nil || err.Error() != `severity "`+name+`" is not one of info, warning, error` {
			t.Errorf("ParseSeverity(%q): error %v", name, err)
		}
	}
	if !(Info < Warning && Warning < Error) {
		t.Error("severities do not rise")
	}
}

func TestDiagnosticOrder(t *testing.T) {
	at := func(path string, line, column int, code, message string) Diagnostic {
		return Diagnostic{Pos: Pos{Path: path, Line: line, Column: column}, Code: code, Message: message}
	}
	want := []Diagnostic{
		at("a.md", 1, 1, "FM001", "a"), at("a.md", 1, 2, "FM001", "a"), at("a.md", 2, 1, "FM001", "a"), at("a.md", 2, 1, "FM001", "b"),
		at("a.md", 2, 1, "GOV001", "a"), at("a.md", 10, 1, "FM001", "a"), at("b.md", 1, 1, "FM001", "a"),
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, Diagnostic.Compare)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if c := want[0].Compare(want[0]); c != 0 {
		t.Errorf("Compare with itself = %d", c)
	}
}

func TestDiagnosticString(t *testing.T) {
	d := Diagnostic{Pos: Pos{Path: "a.md", Line: 3, Column: 7}, Code: "GOV002", Name: "governance-conflict", Severity: Error, Message: "two values"}
	if got, want := d.String(), "a.md:3:7: error: two values [GOV002 governance-conflict]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestKinds(t *testing.T) {
	for i, kind := range Kinds {
		if slices.Index(Kinds, kind) != i {
			t.Errorf("kind %q is listed twice", kind)
		}
		for _, c := range kind {
			if c != '-' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
				t.Errorf("kind %q is not in kebab case", kind)
			}
		}
	}
	for kind := range unsound {
		if !slices.Contains(Kinds, kind) {
			t.Errorf("kind %q is not in Kinds", kind)
		}
	}
}
