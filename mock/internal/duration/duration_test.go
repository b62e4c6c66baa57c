package duration_test

import (
	"math"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/mock/internal/duration"
)

func TestDurations(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, c := range []struct {
		text string
		want time.Duration
		back string // what Format says; "" when it is text
	}{
		{"0s", 0, ""},
		{"250ms", 250 * time.Millisecond, ""},
		{"90s", 90 * time.Second, "1m30s"},
		{"1m", time.Minute, ""},
		{"1h", time.Hour, ""},
		{"1h5s", time.Hour + 5*time.Second, "1h0m5s"},
		{"20h10m", 20*time.Hour + 10*time.Minute, ""},
		{"10m", 10 * time.Minute, ""},
		{"1d", day, ""},
		{"1d12h", 36 * time.Hour, ""},
		{"1.5d", 36 * time.Hour, "1d12h"},
		{"-1h0m0s", -time.Hour, "-1h"},
		{"106751d23h47m16.854775807s", math.MaxInt64, ""},
	} {
		got, err := duration.Parse(c.text)
		if err != nil || got != c.want {
			t.Errorf("duration.Parse(%q) = %v, %v; want %v", c.text, got, err, c.want)
		}
		if c.back == "" {
			c.back = c.text
		}
		if text := duration.Format(got); text != c.back {
			t.Errorf("duration.Format of %q = %q, want %q", c.text, text, c.back)
		}
	}
}

func TestDurationsThatAreNone(t *testing.T) {
	t.Parallel()
	const (
		unit = "a number with a unit: ms, s, m, h or d"
		days = "before the d stands the number of days, at most 106751"
	)
	for _, c := range []struct{ text, want string }{
		{"", unit},
		{"5", unit},
		{"1dx", unit},
		{"1y", unit},
		{"d", days},
		{"xd", days},
		{"-1d", days},
		{"NaNd", days},
		{"Infd", days},
		{"106752d", days},
		{"106751d24h", "at most 292 years"},
	} {
		d, err := duration.Parse(c.text)
		if err == nil || err.Error() != c.want {
			t.Errorf("duration.Parse(%q) = %v, %v; want the error %q", c.text, d, err, c.want)
		}
	}
}
