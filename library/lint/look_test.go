package lint

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"promptlib/library"
)

func TestLookAt(t *testing.T) {
	const filler = "A line of text.\nAnd a [name]: 12.\n\n"
	for _, test := range []struct {
		name, text string
		want       look
	}{
		{"usual", "- item\n\n---\n\nA trade-off\n# Heading 1: 123", look{}},
		{"other letters", "naïve → 漢字 🏴\n", look{}},
		{"space before a line end", "a \nb", look{spaced: true}},
		{"two blank lines", "a\n\n\nb", look{spaced: true}},
		{"tab", "a\tb", look{spaced: true}},
		{"carriage returns", "a\r\nb", look{spaced: true, nested: true}},
		{"soft hyphen", "co\u00adop", look{conceals: true}},
		{"zero width space", "a\u200bb", look{conceals: true}},
		{"escape", "a\x1bb", look{controls: true}},
		{"delete", "a\x7fb", look{controls: true}},
		{"control character of two bytes", "a\u009bb", look{controls: true}},
		{"card", "a 4539148803436467 b", look{numbers: true}},
		{"account", "a GB12 ABCD 1234 b", look{}},
		{"date", "on 2025-06-01 at 1234", look{}},
		{"front matter", "a line\n---\ntitle: x\n---\n", look{nested: true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for before := range 20 {
				for _, after := range []string{"", filler} {
					text := strings.Repeat(filler, before/10) + strings.Repeat("x", before) + test.text + after
					if got := lookAt(library.Parse("a.md", text)); got != test.want {
						t.Errorf("lookAt(%q) = %+v, want %+v", text, got, test.want)
					}
				}
			}
		})
	}
}

// TestLookAtMissesNothing holds what the words of eight bytes tell against a walk
// byte by byte.
func TestLookAtMissesNothing(t *testing.T) {
	pieces := []string{" ", "\n", "-", "---\n", "a", "é", "\u200b", "\u00ad", "\x00", "\x1b", "\x7f", "\x80", "\xff", "\xe2", "\t", "\r", "12", "4539148803436467", "GB29 NWBK 6016 1331 9268 19", "/"}
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOf(rapid.SampledFrom(pieces)).Draw(t, "pieces"), "")
		var want look
		for i := range len(s) {
			want.odd(s, i)
			want.digits(s, i)
		}
		want.spaced = want.spaced || strings.Contains(s, " \n") || strings.Contains(s, "\n\n\n")
		behind := s[min(3, len(s)):]
		want.nested = want.nested || strings.Contains(behind, "-\na") || strings.Contains(behind, "-\nG")
		got := lookAt(library.Parse("a.md", s))
		got.secrets = false // TestNoSecretIsOverlooked is about them
		if got != want {
			t.Errorf("lookAt(%q) = %+v, want %+v", s, got, want)
		}
	})
}

func TestHasNoun(t *testing.T) {
	for _, stem := range nounStems {
		for before := range 40 {
			for after := range 20 {
				text := strings.Repeat("c", before) + stem + strings.Repeat("u", after)
				if !hasNoun(text) {
					t.Errorf("hasNoun(%q) = false", text)
				}
				if cut := text[:before+len(stem)-1]; hasNoun(cut) {
					t.Errorf("hasNoun(%q) = true", cut)
				}
			}
		}
	}
}
