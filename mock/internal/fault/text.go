package fault

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/mock/internal/duration"
)

// String returns r as people write it. What the grammar lacks, such as a method, is
// written as if it had it.
func (r Rule) String() string {
	var b strings.Builder
	if len(r.Operations) > 0 {
		b.WriteString(strings.Join(r.Operations, "|") + ":")
	}
	for i := 0; i < len(r.Steps); {
		n := run(r.Steps[i:])
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(r.Steps[i].String())
		if n > 1 {
			b.WriteString("*" + number(n))
		}
		i += n
	}
	for _, o := range r.options() {
		if o.value != "" {
			b.WriteString(";" + o.name + "=" + o.value)
		}
	}
	return b.String()
}

// run returns how often the first of steps stands at their beginning. Only one
// that was written with a number counts: those that merely look alike do not.
func run(steps []*Step) int {
	n := 1
	for n < len(steps) && steps[n] == steps[0] {
		n++
	}
	return n
}

type option struct{ name, value string }

// options returns what stands behind the steps, in order; "" is left out.
func (r *Rule) options() []option {
	var share, expires string
	if r.Share != nil {
		share = strconv.FormatFloat(*r.Share, 'g', -1, 64)
	}
	if !r.Expires.IsZero() {
		expires = r.Expires.UTC().Format(time.RFC3339Nano)
	}
	return []option{
		{"method", r.Method},
		{"path", r.Path},
		{"key", r.Key},
		{"email", r.Email},
		{"stage", strings.ToLower(strings.ReplaceAll(string(r.Stage), " ", "-"))},
		{"share", share},
		{"after", nonZero(r.After)},
		{"times", nonZero(r.Times)},
		{"expires", expires},
		{"expires", nonZeroDuration(r.Lasts)},
	}
}

// String returns s as people write it, such as 429 or delay=250ms+drop=after. What
// the grammar lacks is written as if it had it: body, delay=uniform(50ms,2s),
// delay=lognormal(90ms,0.4).
func (s *Step) String() string {
	if s == nil {
		return ""
	}
	parts := make([]string, 0, 2)
	add := func(given bool, format string, args ...any) {
		if given {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(s.Status != 0, "%d", s.Status)
	add(s.Enhanced != "", "enhanced=%s", s.Enhanced)
	add(s.Pass, "pass")
	add(s.Delay != nil, "delay=%v", s.Delay)
	add(s.Drop != DropNone, "drop=%s", s.Drop)
	if s.Truncate != nil {
		add(true, "truncate=%d", *s.Truncate)
	}
	add(s.Body != nil, "body")
	add(s.Dribble != 0, "dribble=%d", s.Dribble)
	add(s.Limit != nil, "limit=%v", s.Limit)
	return strings.Join(parts, "+")
}

// String returns d as people write it, such as 250ms or uniform(50ms,2s).
func (d *Delay) String() string {
	switch {
	case d == nil:
		return ""
	case d.Median != 0:
		return fmt.Sprintf("lognormal(%s,%v)", duration.Format(d.Median), d.Sigma)
	case d.Min != d.Max:
		return fmt.Sprintf("uniform(%s,%s)", duration.Format(d.Min), duration.Format(d.Max))
	}
	return duration.Format(d.Min)
}

// String returns l as people write it, such as 20/1s. A burst is written as if the
// grammar had it.
func (l *Limit) String() string {
	if l == nil {
		return ""
	}
	text := number(l.Requests) + "/" + duration.Format(l.Per)
	if l.Burst != 0 {
		text += "(burst=" + number(l.Burst) + ")"
	}
	return text
}

func number(n int) string { return strconv.Itoa(n) }

func nonZero(n int) string {
	if n == 0 {
		return ""
	}
	return number(n)
}

func nonZeroDuration(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return duration.Format(d)
}
