package policy

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSpans(t *testing.T) {
	for _, tt := range []struct {
		text   string
		span   Span   // what ParseSpan reads
		ok     bool   // whether it reads it
		repair string // what RepairSpan makes of it; "" for nothing
		shown  string // String of the span that ReadSpan reads; "" for none
	}{
		{"P5Y", Span{Years: 5}, true, "P5Y", "P5Y"},
		{"P1Y6M", Span{Years: 1, Months: 6}, true, "P1Y6M", "P1Y6M"},
		{"P2W", Span{Days: 14}, true, "P2W", "P14D"},
		{"P1Y2M3W4D", Span{Years: 1, Months: 2, Days: 25}, true, "P1Y2M3W4D", "P1Y2M25D"},
		{"P0D", Span{}, true, "P0D", "P0D"},
		{"P0Y", Span{}, true, "P0Y", "P0D"},
		{"permanent", Span{Forever: true}, true, "permanent", "permanent"},

		{"Permanent", Span{}, false, "permanent", "permanent"},
		{"p5y", Span{}, false, "P5Y", "P5Y"},
		{"5-years", Span{}, false, "P5Y", "P5Y"},
		{"7 years (incident records)", Span{}, false, "P7Y", "P7Y"},
		{"1 Year", Span{}, false, "P1Y", "P1Y"},
		{"10yrs", Span{}, false, "P10Y", "P10Y"},
		{"18_months", Span{}, false, "P18M", "P18M"},
		{"6 weeks", Span{}, false, "P6W", "P42D"},
		{"90-days", Span{}, false, "P90D", "P90D"},

		// A number that would be lost makes a period unreadable, not shorter.
		{"5 years and 6 months", Span{}, false, "", ""},
		{"5-10 years", Span{}, false, "", ""},

		{"", Span{}, false, "", ""},
		{"P", Span{}, false, "", ""},
		{"PT", Span{}, false, "", ""},
		{"PY", Span{}, false, "", ""},
		{"P5", Span{}, false, "", ""},
		{"5Y", Span{}, false, "", ""},
		{"P5Y5Y", Span{}, false, "", ""},
		{"P1D1Y", Span{}, false, "", ""},
		{"P-5Y", Span{}, false, "", ""},
		{"-P5Y", Span{}, false, "", ""},
		{"P1.5Y", Span{}, false, "", ""},
		{"PT36H", Span{}, false, "", ""},
		{"P1DT1H", Span{}, false, "", ""},
		{"P5Y ", Span{}, false, "", ""},
		{"P99999999999999999999Y", Span{}, false, "", ""},
		{"five years", Span{}, false, "", ""},
		{"years", Span{}, false, "", ""},
		{"5 yearsish", Span{}, false, "", ""},
		{"1234 years", Span{}, false, "", ""},
	} {
		t.Run(tt.text, func(t *testing.T) {
			if got, ok := ParseSpan(tt.text); got != tt.span || ok != tt.ok {
				t.Errorf("ParseSpan = %+v, %v, want %+v, %v", got, ok, tt.span, tt.ok)
			}
			if iso, ok := RepairSpan(tt.text); ok != (tt.repair != "") || ok && iso != tt.repair {
				t.Errorf("RepairSpan = %q, %v, want %q", iso, ok, tt.repair)
			}
			if got, ok := ReadSpan(tt.text); ok != (tt.shown != "") || ok && got.String() != tt.shown {
				t.Errorf("ReadSpan = %s, %v, want %q", got, ok, tt.shown)
			}
		})
	}
}

func TestSpanCompare(t *testing.T) {
	rising := []string{"P0D", "P1D", "P29D", "P30D", "P1M", "P31D", "P365D", "P1Y", "P366D", "P12M1D", "P13M", "P9999Y", "permanent"}
	for i, a := range rising {
		for j, b := range rising {
			x, _ := ParseSpan(a)
			y, _ := ParseSpan(b)
			if got := sign(x.Compare(y)); got != sign(i-j) {
				t.Errorf("%s compared with %s = %d, want %d", a, b, got, sign(i-j))
			}
		}
	}
	for _, equal := range [][2]string{{"P1Y", "P12M"}, {"P2W", "P14D"}, {"permanent", "permanent"}} {
		x, _ := ParseSpan(equal[0])
		y, _ := ParseSpan(equal[1])
		if got := x.Compare(y); got != 0 {
			t.Errorf("%s compared with %s = %d, want 0", equal[0], equal[1], got)
		}
	}
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

func TestSpanAfter(t *testing.T) {
	for _, tt := range []struct{ span, from, want string }{
		{"P6M", "2025-01-15", "2025-07-15"},
		{"P1Y", "2024-02-29", "2025-03-01"},
		{"P1M", "2025-01-31", "2025-03-03"}, // as time.AddDate counts
		{"P2W", "2025-12-25", "2026-01-08"},
		{"P0D", "2025-12-25", "2025-12-25"},
		{"permanent", "2025-12-25", ""},
	} {
		span, _ := ParseSpan(tt.span)
		from, ok := ParseDate(tt.from)
		if !ok {
			t.Fatalf("ParseDate(%q) is not ok", tt.from)
		}
		got, ends := span.After(from)
		if ends != (tt.want != "") || ends && got.Format(time.DateOnly) != tt.want {
			t.Errorf("%s after %s = %s, %v, want %q", tt.span, tt.from, got.Format(time.DateOnly), ends, tt.want)
		}
	}
}

func TestParseDate(t *testing.T) {
	for text, want := range map[string]bool{
		"2025-11-17": true, "2024-02-29": true,
		"": false, "2025-02-29": false, "2025-13-01": false, "17.11.2025": false, "2025-1-7": false, "2025-11-17T00:00:00Z": false, "soon": false,
	} {
		if _, ok := ParseDate(text); ok != want {
			t.Errorf("ParseDate(%q) is ok: %v, want %v", text, ok, want)
		}
	}
}

// TestSpanStringReads: what a span prints as is read as the same span.
func TestSpanStringReads(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Span{
			Years:  rapid.IntRange(0, 9999).Draw(t, "years"),
			Months: rapid.IntRange(0, 99999).Draw(t, "months"),
			Days:   rapid.IntRange(0, 999999).Draw(t, "days"),
		}
		if rapid.Bool().Draw(t, "forever") {
			want = Span{Forever: true}
		}
		if got, ok := ParseSpan(want.String()); !ok || got != want {
			t.Errorf("ParseSpan(%q) = %+v, %v, want %+v", want, got, ok, want)
		}
	})
}
