package provider

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"promptlib/evals"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 500, time.UTC)
	date := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	tests := []struct {
		name   string
		status int
		header map[string]string
		body   string
		want   time.Duration
	}{
		{"nothing", 429, nil, "", 0},
		{"seconds", 429, map[string]string{"Retry-After": "7"}, "", 7 * time.Second},
		{"seconds of a 503", 503, map[string]string{"Retry-After": " 7 "}, "", 7 * time.Second},
		{"fraction", 429, map[string]string{"Retry-After": "0.25"}, "", 250 * time.Millisecond},
		{"zero", 429, map[string]string{"Retry-After": "0"}, "", 0},
		{"negative", 429, map[string]string{"Retry-After": "-5"}, "", 0},
		{"words", 429, map[string]string{"Retry-After": "soon"}, "", 0},
		{"no number", 429, map[string]string{"Retry-After": "NaN"}, "", 0},
		{"for ever", 429, map[string]string{"Retry-After": "1e300"}, "", longestAsked},
		{"infinite", 429, map[string]string{"Retry-After": "Inf"}, "", longestAsked},
		{"date", 429, map[string]string{"Retry-After": date(30 * time.Second)}, "", 30*time.Second - 500},
		{"date by the clock of the server", 429, map[string]string{"Retry-After": date(time.Hour), "Date": date(time.Hour - 20*time.Second)}, "", 20 * time.Second},
		{"date that has passed", 429, map[string]string{"Retry-After": date(-time.Hour)}, "", 0},
		{"milliseconds", 429, map[string]string{"Retry-After-Ms": "1500"}, "", 1500 * time.Millisecond},
		{"milliseconds before seconds", 429, map[string]string{"Retry-After-Ms": "20.5", "Retry-After": "1"}, "", 20500 * time.Microsecond},
		{"milliseconds that are none", 429, map[string]string{"Retry-After-Ms": "x", "Retry-After": "1"}, "", time.Second},

		{"reset in seconds with a unit", 429, map[string]string{"X-Ratelimit-Reset-Requests": "1s"}, "", time.Second},
		{"reset in minutes", 429, map[string]string{"X-Ratelimit-Reset-Tokens": "6m0s"}, "", 6 * time.Minute},
		{"reset in milliseconds", 429, map[string]string{"X-Ratelimit-Reset-Tokens": "20ms"}, "", 20 * time.Millisecond},
		{"reset in seconds without a unit", 429, map[string]string{"X-Ratelimit-Reset-Requests": "2.5"}, "", 2500 * time.Millisecond},
		{"reset as a moment in milliseconds", 429, map[string]string{"X-Ratelimit-Reset": "1772366403000"}, "", 3*time.Second - 500},
		{"reset as a moment in seconds", 429, map[string]string{"X-Ratelimit-Reset": "1772366403"}, "", 3*time.Second - 500},
		{"reset of words", 429, map[string]string{"X-Ratelimit-Reset": "tomorrow"}, "", 0},
		{"the later of two", 429, map[string]string{"X-Ratelimit-Reset-Requests": "1s", "X-Ratelimit-Reset-Tokens": "3s"}, "", 3 * time.Second},
		{"the one that is used up", 429, map[string]string{
			"X-Ratelimit-Reset-Requests": "1s", "X-Ratelimit-Remaining-Requests": "0",
			"X-Ratelimit-Reset-Tokens": "6m0s", "X-Ratelimit-Remaining-Tokens": "149984",
		}, "", time.Second},
		{"Retry-After before resets", 429, map[string]string{"Retry-After": "2", "X-Ratelimit-Reset-Requests": "9s"}, "", 2 * time.Second},
		{"resets of a 500", 500, map[string]string{"X-Ratelimit-Reset-Requests": "9s"}, "", 0},
		{"reset that is negative", 429, map[string]string{"X-Ratelimit-Reset-Requests": "-9s"}, "", 0},

		{"in the body of Google", 429, nil, `[{"error":{"code":429,"details":[{"@type":"Help"},{"retryDelay":"34s"}]}}]`, 34 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ex := &exchange{status: test.status, header: http.Header{}, body: []byte(test.body)}
			for name, value := range test.header {
				ex.header.Set(name, value)
			}
			if got := retryAfter(ex, now); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// TestOpenAIErrorsKeepTheirHeaders: go-openai drops them.
func TestOpenAIErrorsKeepTheirHeaders(t *testing.T) {
	for _, status := range []int{408, 409, 429, 500, 503, 529} {
		base := serve(t, func(w http.ResponseWriter, _ *http.Request, _ []byte) {
			w.Header().Set("Retry-After", "3")
			w.WriteHeader(status)
			io.WriteString(w, `{"error":{"message":"later"}}`)
		})
		if _, err := ask(t, context.Background(), Options{BaseURL: base}); err == nil || err.RetryAfter != 3*time.Second || err.Denied || err.Class == evals.Refused {
			t.Errorf("%d: got %+v, want a wait of 3 s", status, err)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"1", "0.5", "Sun, 01 Mar 2026 12:00:00 GMT", "1s", "-1", "1e400", "1772366403000"} {
		f.Add(seed, `{"error":{"details":[{"retryDelay":"1s"}]}}`)
	}
	f.Fuzz(func(t *testing.T, text, body string) {
		for _, name := range []string{"Retry-After", "retry-after-ms", "x-ratelimit-reset-tokens", "none"} {
			ex := &exchange{status: 429, header: http.Header{}, body: []byte(body)}
			ex.header.Set(name, text)
			if got := retryAfter(ex, time.Unix(1772366400, 0)); got < 0 || got > longestAsked {
				t.Errorf("%s: %q: got %s", name, text, got)
			}
		}
	})
}
