package score

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"promptlib/evals"
	"promptlib/library"
)

// TestLikenessIsChrF has values that were worked out by hand from the formula.
func TestLikenessIsChrF(t *testing.T) {
	f := func(precision, recall float64) float64 { return 5 * precision * recall / (4*precision + recall) }
	tests := []struct {
		expected, actual string
		want             float64
	}{
		{"", "", 1},
		{"abc", "abc", 1},
		{"", "abc", 0},
		{"abc", "", 0},
		{"abc", "xyz", 0},
		{"ab", "ac", f(0.25, 0.25)}, // 1 of 2, 0 of 1
		{"abcd", "ab", f((1.0+1.0)/2, (2.0/4+1.0/3)/2)},         // lengths 1 and 2 are in both
		{"ab", "abcd", f((2.0/4+1.0/3)/2, (1.0+1.0)/2)},         // what is missing weighs more than what is too much
		{"a b c", "abc", 1},                                     // white space is left out
		{"aab", "ab", f((1.0+1.0)/2, (2.0/3+1.0/2)/2)},          // a second a is not found in the other
		{"ABC", "abc", 0},                                       // case counts
		{"日本語", "日本", f((1.0+1.0)/2, (2.0/3+1.0/2)/2)},          // characters, not bytes
		{"abcdefgh", "abcdefgx", f(cut(8, 7), cut(8, 7))},       // the last character of eight
		{"abcdefghij", "abcdefghix", f(cut(10, 9), cut(10, 9))}, // of ten
	}
	for _, test := range tests {
		if got := newGrams(test.expected).like(newGrams(test.actual)); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("%q and %q: got %v, want %v", test.expected, test.actual, got, test.want)
		}
	}
}

// cut is the mean share of the sequences of 1 to 6 characters in a text of n that
// lie in its first m.
func cut(n, m float64) float64 {
	sum := 0.0
	for order := 0.0; order < 6; order++ {
		sum += (m - order) / (n - order)
	}
	return sum / 6
}

func TestLikenessProperties(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("ab c\nü日")), 0, 30, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		if got := newGrams(a).like(newGrams(a)); got != 1 {
			t.Fatalf("%q and itself: got %v, want 1", a, got)
		}
		if got := newGrams(a).like(newGrams(b)); !(got >= 0 && got <= 1) {
			t.Fatalf("%q and %q: got %v, want it from 0 to 1", a, b, got)
		}
	})
}

func TestSimilarityScorer(t *testing.T) {
	long := strings.Repeat("The quick brown fox jumps over the lazy dog. ", 10_000)
	tests := []struct {
		name            string
		expected, reply string
		min             float64
		pass            bool
	}{
		{"equal", "One two.", "One two.", 1, true},
		{"white space around", "One two.", "\n One two. \n", 1, true},
		{"like", "The export hung on Friday.", "The export hung on a Friday.", 0.7, true},
		{"not like enough", "The export hung on Friday.", "Nothing works.", 0.7, false},
		{"anything", "a", "b", 0, true},
		{"after thinking", "One two.", "<think>\nwell\n</think>\nOne two.", 1, true},
		{"expected output that is cut short", "# One\n\nText.\n\n[... continues ...]", "# One\n\nText.\n\n# Two\n\nMore text than was expected.", 0.95, true},
		{"long texts", long, long + "x", 0.99, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := &evals.Case{Contract: &evals.Contract{Similarity: &evals.Similarity{Min: test.min}}, Expected: library.Text{Value: test.expected}}
			got := byName(t, c, evals.Reply{Text: test.reply}, "similarity")
			if got.Pass != test.pass || got.Pass != (len(got.Reasons) == 0) {
				t.Errorf("got %+v, want pass %v", got, test.pass)
			}
		})
	}
	if got := All(&evals.Case{}, &evals.Contract{Similarity: &evals.Similarity{}}, evals.Reply{Text: "x"}); got != nil {
		t.Errorf("without an expected output: got %+v, want no score", got)
	}
}
