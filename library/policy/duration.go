package policy

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Permanent is the retention of what is never deleted.
const Permanent = "permanent"

// A Span is a period of time in calendar units, or for ever. The zero Span is no
// time at all.
type Span struct {
	Years, Months, Days int
	Forever             bool
}

// ParseSpan reads an ISO 8601 duration of whole years, months, weeks and days,
// such as P5Y, or "permanent". The number of digits is limited, so that no hostile
// file makes a sum overflow.
func ParseSpan(s string) (Span, bool) {
	if s == Permanent {
		return Span{Forever: true}, true
	}
	rest, ok := strings.CutPrefix(s, "P")
	if !ok || rest == "" {
		return Span{}, false
	}
	var span Span
	for _, unit := range []struct {
		letter byte
		digits int
		add    func(n int)
	}{
		{'Y', 4, func(n int) { span.Years = n }},
		{'M', 5, func(n int) { span.Months = n }},
		{'W', 5, func(n int) { span.Days = 7 * n }},
		{'D', 6, func(n int) { span.Days += n }},
	} {
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		if digits == 0 || digits > unit.digits || digits == len(rest) || rest[digits] != unit.letter {
			continue
		}
		n, _ := strconv.Atoi(rest[:digits])
		unit.add(n)
		rest = rest[digits+1:]
	}
	if rest != "" {
		return Span{}, false
	}
	return span, true
}

// plainSpan is a period in words. A second number after it, as in "5 years and 6
// months", would be lost.
var plainSpan = regexp.MustCompile(`(?i)^(\d{1,3})[ _-]?(year|yr|month|week|day)s?\b[^0-9]*$`)

// RepairSpan reads a period in words, such as "5-years" or "7 years (incident
// records)", and returns it as an ISO 8601 duration.
func RepairSpan(s string) (iso string, ok bool) {
	if strings.EqualFold(s, Permanent) {
		return Permanent, true
	}
	m := plainSpan.FindStringSubmatch(s)
	if m == nil {
		_, ok := ParseSpan(strings.ToUpper(s))
		return strings.ToUpper(s), ok
	}
	n, _ := strconv.Atoi(m[1])
	unit := strings.ToUpper(m[2][:1])
	return fmt.Sprintf("P%d%s", n, unit), true
}

// ReadSpan is ParseSpan, and where that fails ParseSpan of what RepairSpan makes
// of it.
func ReadSpan(s string) (Span, bool) {
	if span, ok := ParseSpan(s); ok {
		return span, true
	}
	if iso, ok := RepairSpan(s); ok {
		return ParseSpan(iso)
	}
	return Span{}, false
}

// String returns the span as an ISO 8601 duration, or "permanent".
func (s Span) String() string {
	if s.Forever {
		return Permanent
	}
	var b strings.Builder
	b.WriteByte('P')
	for _, part := range []struct {
		n    int
		unit byte
	}{{s.Years, 'Y'}, {s.Months, 'M'}, {s.Days, 'D'}} {
		if part.n != 0 {
			b.WriteString(strconv.Itoa(part.n))
			b.WriteByte(part.unit)
		}
	}
	if b.Len() == 1 {
		return "P0D"
	}
	return b.String()
}

// After returns the date that lies the span after another, and whether there is
// one: nothing comes after for ever.
func (s Span) After(t time.Time) (time.Time, bool) {
	return t.AddDate(s.Years, s.Months, s.Days), !s.Forever
}

// ParseDate reads a date of the form YYYY-MM-DD.
func ParseDate(s string) (time.Time, bool) {
	t, err := time.Parse(time.DateOnly, s)
	return t, err == nil
}

// Compare returns a negative number if s is shorter than t, 0 if they are
// equal, and a positive number if it is longer. A month counts as 30.44 days.
func (s Span) Compare(t Span) int {
	switch {
	case s.Forever && t.Forever:
		return 0
	case s.Forever:
		return 1
	case t.Forever:
		return -1
	}
	days := func(s Span) int { return (s.Years*12+s.Months)*3044 + s.Days*100 }
	return days(s) - days(t)
}
