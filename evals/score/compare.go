package score

import (
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
)

// same reports whether a leaf is the expected one: by its kind, which the schema
// says, else the expected value itself.
func (c *comparison) same(f *field, expected, actual any) bool {
	switch e := expected.(type) {
	case string:
		a, ok := actual.(string)
		return ok && (a == e || c.sameText(f, e, a))
	case float64:
		a, ok := actual.(float64)
		return ok && (a == e || !f.place.Fixed(e) && c.near(e, a))
	case bool:
		return actual == any(e)
	case map[string]any:
		a, ok := actual.(map[string]any)
		return ok && len(e) == 0 && len(a) == 0
	case []any:
		a, ok := actual.([]any)
		return ok && len(e) == 0 && len(a) == 0
	}
	return expected == nil && actual == nil
}

// near reports whether a number is within the tolerance, a share of the expected
// one and, where that is 0, of 1. What computing in binary loses is no difference.
func (c *comparison) near(expected, actual float64) bool {
	scale := math.Abs(expected)
	if scale == 0 {
		scale = 1
	}
	return math.Abs(expected-actual) <= max(c.fields.Tolerance, 1e-12)*scale
}

// sameText compares texts that differ as written.
func (c *comparison) sameText(f *field, expected, actual string) bool {
	if day, clock, ok := moment(expected, f.place.Format()); ok && !f.place.Fixed(expected) {
		other, _, ok := moment(actual, "date")
		switch {
		case !ok:
			return false
		case clock:
			return day.Equal(other)
		}
		return day.Format(time.DateOnly) == other.Format(time.DateOnly)
	}
	if !c.free(f, expected) {
		return isQuantity(expected) && !f.place.Fixed(expected) && folded(expected) == folded(actual)
	}
	return c.fields.Similarity == 0 || c.grams(expected).like(c.grams(actual)) >= c.fields.Similarity-rounding
}

// free reports whether an expected text is free: neither one of a list nor of a
// format, neither a name nor a quantity, in which every character counts.
func (c *comparison) free(f *field, expected string) bool {
	return !f.place.Fixed(expected) && f.place.Format() == "" && !isWord(expected) && !isQuantity(expected)
}

// isWord reports whether a text is one word, such as a status, an identifier or an
// address: "high" and "low" have nothing in common, and neither have two keys
// that differ in a digit. Texts in scripts that do not part words are none.
func isWord(text string) bool {
	for _, r := range text {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) {
			return false
		}
	}
	return true
}

// isQuantity reports whether a text is a number with a unit or two, such as
// "5 minutes" or "50K req/min": in it every digit counts.
func isQuantity(text string) bool {
	return len(text) < 80 && len(strings.Fields(text)) <= 4 && strings.ContainsFunc(text, unicode.IsDigit)
}

func folded(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }

// isoLayouts are the ways to write a time that are known as such wherever they
// stand; otherLayouts only in a field of dates. What has two readings, such as
// 02/03/2026, is in neither.
var (
	isoLayouts   = []string{time.RFC3339Nano, time.DateOnly, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"}
	otherLayouts = []string{"2 January 2006", "January 2, 2006", "2 Jan 2006", "Jan 2, 2006", "2006/01/02", time.RFC1123, time.RFC1123Z}
)

// moment reads a text as a time, in UTC where it does not say. Clock says that it
// has a time of day.
func moment(text, format string) (t time.Time, clock, ok bool) {
	text = strings.TrimSpace(text)
	if len(text) < 8 || len(text) > 40 {
		return t, false, false
	}
	layouts := isoLayouts
	if format == "date" || format == "date-time" {
		layouts = slices.Concat(isoLayouts, otherLayouts)
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, strings.Contains(layout, "15"), true
		}
	}
	return t, false, false
}

// maxKept is the length in bytes up to which the sequences of a text are kept.
const maxKept = 2000

func (c *comparison) grams(text string) *grams {
	if g := c.texts[text]; g != nil {
		return g
	}
	g := newGrams(text)
	if len(text) <= maxKept {
		c.texts[text] = g
	}
	return g
}
