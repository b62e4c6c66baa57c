// Package duration reads and writes durations as people type them: Go's, plus d for
// days.
package duration

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// Parse reads Go's durations, plus d for days: 250ms, 1d12h.
func Parse(s string) (time.Duration, error) {
	var total time.Duration
	if days, rest, ok := strings.Cut(s, "d"); ok {
		n, err := strconv.ParseFloat(days, 64)
		const most = float64(math.MaxInt64 / (24 * time.Hour))
		if err != nil || !(n >= 0 && n <= most) { // so that NaN is refused
			return 0, errors.New("before the d stands the number of days, at most " + strconv.FormatFloat(most, 'f', -1, 64))
		}
		total = time.Duration(n * float64(24*time.Hour))
		if s = rest; s == "" {
			return total, nil
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		return 0, errors.New("a number with a unit: ms, s, m, h or d")
	}
	if d > math.MaxInt64-total {
		return 0, errors.New("at most 292 years")
	}
	return total + d, nil
}

// Format writes d so that [Parse] reads it, without the units of
// which there are none: 1d12h, and not 36h0m0s.
func Format(d time.Duration) string {
	const day = 24 * time.Hour
	var days string
	if d >= day {
		days = strconv.FormatInt(int64(d/day), 10) + "d"
		if d %= day; d == 0 {
			return days
		}
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return days + s
}
