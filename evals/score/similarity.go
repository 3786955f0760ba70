package score

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"promptlib/evals"
	"promptlib/library"
)

var similarityScorer = &Scorer{
	Name:    "similarity",
	Doc:     "how like the expected output the reply is: chrF, by the sequences of up to six characters that the two share",
	Applies: func(in *Input) bool { return in.Contract.Similarity != nil && in.Expected != "" },
	Score: func(in *Input) evals.Score {
		expected, answer := strings.TrimSpace(in.Expected), strings.TrimSpace(in.Answer)
		if cut := library.Elision(expected); cut >= 0 { // as much of the reply as there is to compare it with
			expected = expected[:cut]
			answer = string(firstRunes(answer, len([]rune(expected))))
		}
		least := in.Contract.Similarity.Min
		s := evals.Score{Value: newGrams(expected).like(newGrams(answer))}
		if s.Pass = s.Value >= least-rounding; !s.Pass {
			s.Reasons = append(s.Reasons, in.reason("", fmt.Sprintf("the likeness to the expected output is %.3f, less than %g", s.Value, least)))
		}
		return s
	},
}

// maxGramOrder and recallWeight are those of chrF as it is mostly used, chrF2:
// sequences of up to six characters, recall twice as important as precision.
const (
	maxGramOrder = 6
	recallWeight = 2
)

// maxCompared is how many characters of a text are compared.
const maxCompared = 20_000

// grams are the sequences of 1 to 6 characters of a text, without white space:
// their hashes by length, sorted, each as often as it occurs.
type grams struct {
	text   string
	hashes [maxGramOrder][]uint64
}

func firstRunes(text string, n int) []rune {
	runes := make([]rune, 0, min(n, len(text)))
	for _, r := range text {
		if len(runes) == n {
			break
		}
		runes = append(runes, r)
	}
	return runes
}

func newGrams(text string) *grams {
	g := &grams{text: text}
	runes := slices.DeleteFunc(firstRunes(text, maxCompared), unicode.IsSpace)
	sums := make([]uint64, len(runes))
	for order := range maxGramOrder {
		if order >= len(runes) {
			break
		}
		sums = sums[:len(runes)-order]
		for i := range sums {
			sums[i] = (sums[i] + uint64(runes[i+order]) + 1) * 0x9E3779B97F4A7C15 // odd, and random otherwise
			sums[i] ^= sums[i] >> 29
		}
		g.hashes[order] = slices.Clone(sums)
		slices.Sort(g.hashes[order])
	}
	return g
}

// like returns how like a text is to the one that was expected, from 0 to 1: chrF
// after Popović, "chrF: character n-gram F-score for automatic MT evaluation",
// WMT 2015. With P and R the precision and recall of the sequences of each length
// that both texts have, averaged over the lengths, it is (1+b²)PR / (b²P+R), b
// being the weight of recall. Equal texts are 1 alike, empty ones too.
func (expected *grams) like(actual *grams) float64 {
	if expected.text == actual.text {
		return 1
	}
	var precision, recall float64
	orders := 0
	for order := range maxGramOrder {
		e, a := expected.hashes[order], actual.hashes[order]
		if len(e) == 0 || len(a) == 0 {
			break
		}
		shared := float64(sharedHashes(e, a))
		precision += shared / float64(len(a))
		recall += shared / float64(len(e))
		orders++
	}
	if precision == 0 || recall == 0 {
		return 0
	}
	precision, recall = precision/float64(orders), recall/float64(orders)
	const square = recallWeight * recallWeight
	return min(1, (1+square)*precision*recall/(square*precision+recall))
}

// sharedHashes counts what two sorted lists have in common, repeats included.
func sharedHashes(a, b []uint64) int {
	n := 0
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			a, b = a[1:], b[1:]
			n++
		}
	}
	return n
}
