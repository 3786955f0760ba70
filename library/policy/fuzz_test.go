package policy

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"promptlib/library"
)

// FuzzRead: a policy is read or refused with a line for each mistake, the same
// each time, and one that is read can judge a prompt.
func FuzzRead(f *testing.F) {
	text, err := os.ReadFile(filepath.Join("..", "..", library.SettingsDir, FileName))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(text))
	f.Add("version: 1\nvocabulary: {governance_tags: [{tag: a, implies: {roles: [R]}}], approval_roles: [R]}\n")
	f.Add("version: 1\nrules: [{name: r, when: {risk_level: \">=high\"}, approve: [{role: R, count: 2}]}]\n")
	f.Add("version: 1\nvocabulary: {tags: {a: {implies: {risk_level: wild}}}}\n")
	prompt := library.Parse("a.md", "---\ntitle: A\nrisk_level: high\ngovernance_tags: [a]\nregulatory_scope: [GDPR]\nretention_period: P5Y\n---\nText.\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Read("p.yaml", []byte(text))
		again, errAgain := Read("p.yaml", []byte(text))
		if (err == nil) != (errAgain == nil) || err != nil && err.Error() != errAgain.Error() || !reflect.DeepEqual(p, again) {
			t.Fatalf("two readings differ: %v, %v", err, errAgain)
		}
		if err == nil {
			p.Effective(prompt, ".")
			return
		}
		if p != nil {
			t.Error("a policy with mistakes is returned")
		}
		for line := range strings.Lines(err.Error()) {
			if !strings.HasPrefix(line, "p.yaml:") {
				t.Errorf("mistake without a place: %q", line)
			}
		}
	})
}

// FuzzReadSpan: what a span is written as reads back, and a repaired one is one.
func FuzzReadSpan(f *testing.F) {
	for _, s := range []string{"P5Y", "P1Y6M", "P2W", "5 years", "5-years", "90d", "P99999999999999999999D"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if iso, ok := RepairSpan(s); ok {
			if _, ok := ParseSpan(iso); !ok {
				t.Errorf("%q is repaired to %q, which is none", s, iso)
			}
		}
		span, ok := ReadSpan(s)
		if !ok {
			return
		}
		if again, ok := ParseSpan(span.String()); !ok || again.Compare(span) != 0 {
			t.Errorf("%q is written as %q, which reads as %v, %v", s, span, again, ok)
		}
		span.After(time.Date(2025, 1, 31, 0, 0, 0, 0, time.UTC))
	})
}
