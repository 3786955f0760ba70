package lint

import (
	"testing"

	"promptlib/library"
	"promptlib/library/policy"
)

// TestUngovernedFilesAreLeftAlone: the policy asks nothing of a file on the list of
// legacy files until a byte of it changes.
func TestUngovernedFilesAreLeftAlone(t *testing.T) {
	pol, err := policy.Read("policy.yaml", []byte("version: 1\nrequired_keys: [owner]\nretention: {floors: {SOX: P7Y}}\nfreshness: {low: P1D}\n"))
	if err != nil {
		t.Fatal(err)
	}
	const text = "---\ntitle: Old\nrisk_level: low\nregulatory_scope: [SOX]\nretention_period: P1Y\nreviewed: 2020-01-01\n---\nText.\n"
	for _, tt := range []struct {
		name, path, text string
		want             int
	}{
		{"as it was", "lib/old.md", text, 0},
		{"changed", "lib/old.md", text + "More.\n", 3},
		{"another file", "lib/new.md", text, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := &Linter{Policy: pol, Root: "lib", Now: today, Ungoverned: policy.Ungoverned{"old.md": policy.FileDigest([]byte(text))}}
			found, _ := l.Prompt(library.Parse(tt.path, tt.text))
			got := 0
			for _, d := range found {
				if d.Code == "GOV006" || d.Code == "GOV010" {
					got++
				}
			}
			if got != tt.want {
				t.Errorf("%d findings of what the policy asks, want %d: %v", got, tt.want, found)
			}
		})
	}
}
