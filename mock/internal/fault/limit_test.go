package fault_test

import (
	"math"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/mock/internal/fault"
)

// limited is a set of one limit, and a clock.
type limited struct {
	*fault.Set
	now time.Time
}

func newLimited(tb testing.TB, requests int, per time.Duration, burst int) *limited {
	tb.Helper()
	return &limited{newSet(tb, of(&fault.Step{Limit: &fault.Limit{Requests: requests, Per: per, Burst: burst}})), noon()}
}

// passed moves the clock on and returns how many of n calls pass.
func (l *limited) passed(on time.Duration, n int) int {
	l.now = l.now.Add(on)
	passed := 0
	for range n {
		if strike, _ := l.Strike(fault.Call{Now: l.now}); strike == nil {
			passed++
		}
	}
	return passed
}

func TestLimitIsExact(t *testing.T) {
	t.Parallel()
	l := newLimited(t, 100, time.Second, 200)
	same(t, "at once", l.passed(0, 1000), 200)
	same(t, "after a second", l.passed(time.Second, 1000), 100)
	same(t, "after 10 ms", l.passed(10*time.Millisecond, 1000), 1)
	same(t, "after 9.999999 ms", l.passed(10*time.Millisecond-1, 10), 0)
	same(t, "after the last nanosecond", l.passed(1, 10), 1)
	same(t, "after a day, no more than the burst", l.passed(24*time.Hour, 1000), 200)
	same(t, "counts", counts(l.Set), []string{"f1 4020/3518"})
}

// TestLimitDoesNotDrift: a client that asks in odd steps of time gets all that is
// due to it.
func TestLimitDoesNotDrift(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name           string
		requests       int
		per, step      time.Duration
		steps, passing int
	}{
		{"thirds of a second, by the millisecond", 3, time.Second, time.Millisecond, 10_000, 30},
		{"7 in 11 ms, by primes of nanoseconds", 7, 11 * time.Millisecond, 1_000_003, 1_100, 700},
		{"nearly a token each time", 1_000_000, time.Second, 999, 1_000, 999},
	} {
		l := newLimited(t, c.requests, c.per, 2)
		same(t, c.name+": at once", l.passed(0, 3), 2)
		passed := 0
		for range c.steps {
			passed += l.passed(c.step, 1)
		}
		same(t, c.name, passed, c.passing)
	}
}

func TestLimitOfTheLargestNumbers(t *testing.T) {
	t.Parallel()
	const year = 365 * 24 * time.Hour
	l := newLimited(t, 1_000_000, year, 1_000_000)
	same(t, "at once", l.passed(0, 999), 999)
	_, quota := l.Strike(fault.Call{Now: l.now})
	same(t, "quota", quota, &fault.Quota{
		Limit: fault.Limit{Requests: 1_000_000, Per: year, Burst: 1_000_000}, Remaining: 999_000, Reset: year / 1000,
	})
	l.now = l.now.Add(290 * year)
	_, quota = l.Strike(fault.Call{Now: l.now})
	same(t, "after centuries", quota.Remaining, 999_999)

	slow := newLimited(t, 1, year, 1000)
	same(t, "at once", slow.passed(0, 1001), 1000)
	_, quota = slow.Strike(fault.Call{Now: slow.now})
	same(t, "until it is full: a thousand years", quota.Reset, math.MaxInt64)
	same(t, "until the next", quota.Retry, year)
	same(t, "after centuries", slow.passed(290*year, 1000), 290)

	fast := newLimited(t, 1_000_000, time.Millisecond, 1)
	same(t, "after centuries", fast.passed(0, 2)+fast.passed(290*year, 2), 2)
}

func TestLimitWhoseClockGoesBack(t *testing.T) {
	t.Parallel()
	l := newLimited(t, 10, time.Second, 10)
	same(t, "at once", l.passed(0, 20), 10)
	same(t, "a year before", l.passed(-365*24*time.Hour, 20), 0)
	same(t, "a second later, in the past still", l.passed(time.Second, 20), 0)
	l.Rewind(l.now)
	same(t, "100 ms later", l.passed(100*time.Millisecond, 20), 1)
	same(t, "a second later", l.passed(time.Second, 20), 10)
	same(t, "a call without a clock", struck(l.Set, fault.Call{}), "f1:limit=10/1s(burst=10)")
	same(t, "and nothing is forgotten", l.passed(0, 20), 0)

	// Calls that come together look at the clock in one order and arrive in another.
	passed := 0
	for range 1000 {
		passed += l.passed(-50*time.Millisecond, 1) + l.passed(50*time.Millisecond, 1)
	}
	same(t, "a clock that trembles", passed, 0)
	same(t, "100 ms later", l.passed(100*time.Millisecond, 20), 1)
}

func TestLimitTellsItsQuota(t *testing.T) {
	t.Parallel()
	l := newLimited(t, 4, time.Second, 0)
	want := fault.Quota{Limit: fault.Limit{Requests: 4, Per: time.Second, Burst: 4}}
	for _, c := range []struct {
		on        time.Duration
		remaining int
		reset     time.Duration
		retry     time.Duration
		struck    bool
	}{
		{0, 3, 250 * time.Millisecond, 0, false},
		{100 * time.Millisecond, 2, 400 * time.Millisecond, 0, false},
		{0, 1, 650 * time.Millisecond, 0, false},
		{0, 0, 900 * time.Millisecond, 150 * time.Millisecond, false},
		{0, 0, 900 * time.Millisecond, 150 * time.Millisecond, true},
		{149 * time.Millisecond, 0, 751 * time.Millisecond, time.Millisecond, true},
		{time.Millisecond, 0, time.Second, 250 * time.Millisecond, false},
	} {
		l.now = l.now.Add(c.on)
		want.Remaining, want.Reset, want.Retry = c.remaining, c.reset, c.retry
		strike, quota := l.Strike(fault.Call{Now: l.now})
		same(t, "quota", quota, &want)
		if !c.struck {
			same(t, "strike", strike, nil)
			continue
		}
		rule, _ := l.Get("f1")
		same(t, "strike", strike, &fault.Strike{Rule: "f1", Do: rule.Steps[0], Quota: &want})
	}

	third := newLimited(t, 3, time.Second, 1)
	_, quota := third.Strike(fault.Call{Now: noon()})
	same(t, "a third of a second, rounded up", quota.Retry, 333_333_334)
	same(t, "is enough", third.passed(quota.Retry, 2), 1)
}

func TestLimitThatPassesGoesOnWithTheNextRule(t *testing.T) {
	t.Parallel()
	s := newSet(t, parse(t, "limit=3/1s"), parse(t, "limit=2/1s"), parse(t, "limit=5/1s"), parse(t, "500;after=1;times=1"))
	remaining := []int{}
	for range 3 {
		_, quota := s.Strike(send())
		remaining = append(remaining, quota.Remaining, quota.Limit.Requests)
	}
	same(t, "the least that is left, and of which limit", remaining, []int{1, 2, 0, 2, 0, 2})
	same(t, "counts", counts(s), []string{"f1 3/0", "f2 3/1", "f3 2/0", "f4 2/1"})
	strike, quota := s.Strike(send())
	same(t, "the limit that strikes", strike.Rule, "f1")
	same(t, "tells its quota", quota, strike.Quota)
}

func TestLimitCountsRefusalsAsStrikes(t *testing.T) {
	t.Parallel()
	s := newSet(t, parse(t, "limit=2/1s;after=1;times=2"))
	const refusal = "f1:limit=2/1s"
	same(t, "strikes", strikes(s, send(), 7), []string{"-", "-", "-", refusal, refusal, "-", "-"})
	same(t, "counts", counts(s), []string{"f1 5/2"})
	r, _ := s.Get("f1")
	r.Times, r.Matched, r.Struck = 0, 1, 0
	s.Put(r, noon())
	same(t, "what is put in its place starts full", strikes(s, send(), 3), []string{"-", "-", refusal})
}
