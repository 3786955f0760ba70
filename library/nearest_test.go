package library

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestNearest(t *testing.T) {
	vocabulary := []string{"legal", "finance", "engineering", "data_classification", "risk_level", "go", "HR", "lebal"}
	tests := []struct{ word, want string }{
		{"legal", "legal"},
		{"Legal", "legal"},
		{"legla", "legal"},
		{"leegal", "legal"},
		{"legl", "legal"},
		{"lexal", "lebal"}, // as near as legal, and before it
		{"finanse", "finance"},
		{"finenca", ""},               // two edits in a short word
		{"enginering", "engineering"}, // one
		{"enginerinng", "engineering"},
		{"ennginerinng", ""}, // three
		{"dataClassification", "data_classification"},
		{"data-classification", "data_classification"},
		{"Data Classification", "data_classification"},
		{"risklevel", "risk_level"},
		{"risk_lvel", "risk_level"},
		{"rіsk_level", "risk_level"},           // Cyrillic і
		{"risk\u200b_level", "risk_level"},     // zero-width space
		{"GO", "go"},                           // short words by case alone
		{"hr", "HR"},                           //
		{"g", ""},                              //
		{"ga", ""},                             //
		{"gox", "go"},                          //
		{"", ""},                               //
		{"something", ""},                      //
		{strings.Repeat("legal", 20), ""},      //
		{"legal" + strings.Repeat("é", 9), ""}, //
	}
	for _, test := range tests {
		t.Run(test.word, func(t *testing.T) {
			if got := Nearest(test.word, slices.Values(vocabulary)); got != test.want {
				t.Errorf("Nearest(%q) = %q, want %q", test.word, got, test.want)
			}
		})
	}
	if got := Nearest("legal", slices.Values([]string{})); got != "" {
		t.Errorf("Nearest in an empty vocabulary = %q", got)
	}
}

// TestNearestFindsAWordAfterOneEdit: a word of three letters and more is near
// itself, and near what one insertion, deletion, substitution or swap makes of it.
func TestNearestFindsAWordAfterOneEdit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-z]{4,60}`).Draw(t, "word")
		vocabulary := slices.Values([]string{word})
		if got := Nearest(word, vocabulary); got != word {
			t.Fatalf("Nearest(%q) = %q, want itself", word, got)
		}
		i := rapid.IntRange(0, len(word)-2).Draw(t, "i")
		letter := string(rapid.RuneFrom([]rune("abcxyz")).Draw(t, "letter"))
		edits := map[string]string{
			"insertion":    word[:i] + letter + word[i:],
			"deletion":     word[:i] + word[i+1:],
			"substitution": word[:i] + letter + word[i+1:],
			"swap":         word[:i] + word[i+1:i+2] + word[i:i+1] + word[i+2:],
			"case":         strings.ToUpper(word[:i+1]) + word[i+1:],
			"hyphen":       word[:i+1] + "-" + word[i+1:],
		}
		for name, edited := range edits {
			if got := Nearest(edited, vocabulary); got != word {
				t.Fatalf("Nearest(%q) = %q after a %s, want %q", edited, got, name, word)
			}
		}
	})
}

// TestNearestDoesNotDependOnOrder: a vocabulary may come from a map.
func TestNearestDoesNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOf(rapid.StringMatching(`[ab]{1,5}`)).Draw(t, "words")
		word := rapid.StringMatching(`[ab]{1,5}`).Draw(t, "word")
		want := Nearest(word, slices.Values(words))
		shuffled := rapid.Permutation(words).Draw(t, "shuffled")
		if got := Nearest(word, slices.Values(shuffled)); got != want {
			t.Fatalf("Nearest(%q) = %q in %q, %q in %q", word, got, shuffled, want, words)
		}
	})
}

// distance is the plain form of editDistance: optimal string alignment over
// whole rows.
func distance(a, b string) int {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range b {
		d[0][j+1] = j + 1
	}
	for i := range a {
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			d[i+1][j+1] = min(d[i][j+1]+1, d[i+1][j]+1, d[i][j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				d[i+1][j+1] = min(d[i+1][j+1], d[i-1][j-1]+1)
			}
		}
	}
	return d[len(a)][len(b)]
}

func TestEditDistance(t *testing.T) {
	word := rapid.StringMatching(`[abc]{0,9}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		limit := rapid.IntRange(0, 3).Draw(t, "limit")
		want := min(distance(a, b), limit+1)
		if got := editDistance([]byte(a), []byte(b), limit); got != want {
			t.Fatalf("editDistance(%q, %q, %d) = %d, want %d", a, b, limit, got, want)
		}
	})
}

func TestSkeleton(t *testing.T) {
	for s, want := range map[string]string{
		"plain": "plain", "": "", "рrоduсt": "product", "ΑΒΕ": "ABE", "a\u200bb\u00adc": "abc", "a‐b–c＿d": "a-b-c_d", "é日": "é日", "ı": "i",
	} {
		if got := Skeleton(s); got != want {
			t.Errorf("Skeleton(%q) = %q, want %q", s, got, want)
		}
	}
}
