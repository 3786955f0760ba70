package library

import (
	"iter"
	"strings"
)

// Nearest returns the word of a vocabulary that a misspelt word was most likely
// meant to be: the same but for case, hyphens and underscores, or a few edits
// away (one in a short word, two in one of eight letters and more). It returns
// "" where none is near, and of equally near words the first in lexical order.
func Nearest(word string, vocabulary iter.Seq[string]) string {
	var w, c [64]byte
	folded := fold(w[:0], word)
	limit := 1
	if len(folded) >= 8 {
		limit = 2
	}
	best, distance := "", limit+1
	for candidate := range vocabulary {
		if len(folded) < 3 && !strings.EqualFold(word, candidate) {
			continue
		}
		d := editDistance(folded, fold(c[:0], candidate), limit)
		if d < distance || d == distance && d <= limit && candidate < best {
			best, distance = candidate, d
		}
	}
	return best
}

// fold appends the letters and digits of s to b in a form in which spellings of
// one name are equal.
func fold(b []byte, s string) []byte {
	s = Skeleton(s)
	for i := range len(s) {
		switch c := s[i]; {
		case c == '-' || c == '_' || c == ' ':
		case c >= 'A' && c <= 'Z':
			b = append(b, c+'a'-'A')
		default:
			b = append(b, c)
		}
	}
	return b
}

// editDistance is the number of insertions, deletions, substitutions and swaps
// of neighbouring bytes that turn a into b (optimal string alignment), or
// limit+1 where there are more.
func editDistance(a, b []byte, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit || len(b) >= 64 {
		return limit + 1
	}
	var rows [3][65]int
	before, above, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		above[j] = j
	}
	for i, c := range a {
		row[0] = i + 1
		best := row[0]
		for j, d := range b {
			cost := 1
			if c == d {
				cost = 0
			}
			row[j+1] = min(above[j+1]+1, row[j]+1, above[j]+cost)
			if i > 0 && j > 0 && c == b[j-1] && a[i-1] == d {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
			best = min(best, row[j+1])
		}
		if best > limit {
			return limit + 1
		}
		before, above, row = above, row, before
	}
	return min(above[len(b)], limit+1)
}

// confusables maps letters of other alphabets to the Latin letters they are
// mistaken for: the part of Unicode's confusables.txt (UTS #39) that can spell
// the keys and roles of a front matter.
var confusables = strings.NewReplacer(
	"а", "a", "е", "e", "о", "o", "р", "p", "с", "c", "у", "y", "х", "x", "і", "i", "ј", "j", "ѕ", "s", "ԁ", "d", "һ", "h", "ӏ", "l", "ԛ", "q", "ԝ", "w", "ɡ", "g",
	"А", "A", "В", "B", "Е", "E", "К", "K", "М", "M", "Н", "H", "О", "O", "Р", "P", "С", "C", "Т", "T", "У", "Y", "Х", "X", "І", "I", "Ј", "J", "Ѕ", "S",
	"α", "a", "ο", "o", "ρ", "p", "ν", "v", "υ", "u", "ι", "i", "κ", "k", "ε", "e", "τ", "t",
	"Α", "A", "Β", "B", "Ε", "E", "Ζ", "Z", "Η", "H", "Ι", "I", "Κ", "K", "Μ", "M", "Ν", "N", "Ο", "O", "Ρ", "P", "Τ", "T", "Υ", "Y", "Χ", "X",
	"ı", "i", "ℓ", "l", "\u200b", "", "\u200c", "", "\u200d", "", "\u00ad", "", "\u2060", "", "‐", "-", "‑", "-", "–", "-", "＿", "_",
)

// Skeleton replaces letters that look like Latin ones by those, and drops what
// cannot be seen.
func Skeleton(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return confusables.Replace(s)
		}
	}
	return s
}
