package policy

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sosodev/duration"
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
// such as P5Y, or "permanent".
func ParseSpan(s string) (Span, bool) {
	if s == Permanent {
		return Span{Forever: true}, true
	}
	if !strings.ContainsAny(s, "0123456789") || strings.ContainsAny(s, "-.,") {
		return Span{}, false // the parser takes a bare P for zero
	}
	d, err := duration.Parse(s)
	if err != nil {
		return Span{}, false
	}
	hours := d.Hours + d.Minutes/60 + d.Seconds/3600
	return Span{Years: int(d.Years), Months: int(d.Months), Days: int(d.Weeks*7 + d.Days + hours/24)}, true
}

var plainSpan = regexp.MustCompile(`(?i)^(\d{1,3})[ _-]?(year|yr|month|week|day)s?\b`)

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
