package provider

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// longestAsked bounds what a server may ask for; no run waits as long.
const longestAsked = 365 * 24 * time.Hour

// retryAfter returns how long an answer asks to wait before the next request; 0
// where it does not say. That is what retry-after-ms says, else Retry-After, in
// seconds or as a date (RFC 9110, 10.2.3), else, of a 429, the limits that
// OpenAI's headers say are used up, else Google's RetryInfo.
func retryAfter(ex *exchange, now time.Time) time.Duration {
	if ms, ok := seconds(ex.header.Get("retry-after-ms")); ok {
		return ms / 1000
	}
	text := strings.TrimSpace(ex.header.Get("Retry-After"))
	if wait, ok := seconds(text); ok {
		return wait
	}
	if date, err := http.ParseTime(text); err == nil {
		// By the clock of the server, where that is known: ours may be another.
		if theirs, err := http.ParseTime(ex.header.Get("Date")); err == nil {
			now = theirs
		}
		return min(max(0, date.Sub(now)), longestAsked)
	}
	if ex.status != http.StatusTooManyRequests {
		return 0
	}
	wait := time.Duration(0)
	for _, limit := range []string{"", "-requests", "-tokens"} {
		if left := ex.header.Get("x-ratelimit-remaining" + limit); left != "" && left != "0" {
			continue // it is not this one that is used up
		}
		wait = max(wait, reset(ex.header.Get("x-ratelimit-reset"+limit), now))
	}
	if wait == 0 {
		wait = reset(errorIn(ex.body).wait, now)
	}
	return wait
}

// reset reads when a limit is lifted: a time from now on, as in 1s, 6m0s or 20ms,
// in seconds where it has no unit, or the seconds or milliseconds since 1970.
func reset(text string, now time.Time) time.Duration {
	text = strings.TrimSpace(text)
	if d, err := time.ParseDuration(text); err == nil {
		return min(max(0, d), longestAsked)
	}
	n, err := strconv.ParseFloat(text, 64)
	switch {
	case err != nil:
		return 0
	case n > 1e11 && n < 1e15:
		return min(max(0, time.UnixMilli(int64(n)).Sub(now)), longestAsked)
	case n > 1e8 && n < 1e11:
		return min(max(0, time.Unix(int64(n), 0).Sub(now)), longestAsked)
	}
	wait, _ := seconds(text)
	return wait
}

// seconds reads a number of seconds.
func seconds(text string) (time.Duration, bool) {
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsNaN(n) {
		return 0, false
	}
	if n <= 0 {
		return 0, true
	}
	return time.Duration(min(n, longestAsked.Seconds()) * float64(time.Second)), true
}
