package fault_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/mock/internal/fault"
)

// chosen returns which of 1,000 calls a set of one rule strikes.
func chosen(tb testing.TB, seed, id, text string) []int {
	tb.Helper()
	s := fault.NewSet(fault.Options{Seed: seed})
	r := parse(tb, text)
	r.ID = id
	add(tb, s, r)
	list := []int{}
	for i := range 1000 {
		if strike, _ := s.Strike(send()); strike != nil {
			list = append(list, i)
		}
	}
	return list
}

func TestDiceStrikeTheSameCallsAgain(t *testing.T) {
	t.Parallel()
	first := chosen(t, "seed", "a", "500;share=0.3")
	if n := len(first); n < 250 || n > 350 {
		t.Errorf("a share of 0.3 struck %d of 1000 calls", n)
	}
	same(t, "the second time", chosen(t, "seed", "a", "500;share=0.3"), first)
	same(t, "what else the rule does", chosen(t, "seed", "a", "delay=1s+502;share=0.3"), first)
	for _, other := range [][]int{chosen(t, "seed", "b", "500;share=0.3"), chosen(t, "other", "a", "500;share=0.3")} {
		if slices.Equal(other, first) {
			t.Error("another rule or another seed has the same dice")
		}
	}
	more := chosen(t, "seed", "a", "500;share=0.6")
	for _, i := range first {
		if !slices.Contains(more, i) {
			t.Errorf("call %d is of a share of 0.3 and not of 0.6", i)
		}
	}
	same(t, "a share of 0", len(chosen(t, "seed", "a", "500;share=0")), 0)
	same(t, "a share of 1", len(chosen(t, "seed", "a", "500;share=1")), 1000)
}

// TestDiceOfARuleDoNotChange pins what a seed draws: users have it in their tests.
func TestDiceOfARuleDoNotChange(t *testing.T) {
	t.Parallel()
	same(t, "calls", chosen(t, "seed", "a", "500;share=0.01"), []int{17, 114, 374, 375, 462, 486, 542, 589, 657, 676, 783, 898, 922})
	s := fault.NewSet(fault.Options{Seed: "seed"})
	add(t, s, fault.Rule{ID: "a", Steps: []*fault.Step{{Delay: &fault.Delay{Min: time.Second, Max: 2 * time.Second}}}})
	got := []time.Duration{}
	for range 3 {
		strike, _ := s.Strike(send())
		got = append(got, strike.Delay)
	}
	same(t, "delays", got, []time.Duration{1_384_008_402, 1_307_037_916, 1_572_225_092})
}

// delays returns 1,001 delays, the shortest first.
func delays(tb testing.TB, d fault.Delay) []time.Duration {
	tb.Helper()
	s := newSet(tb, of(&fault.Step{Delay: &d}))
	list := []time.Duration{}
	for range 1001 {
		strike, _ := s.Strike(send())
		list = append(list, strike.Delay)
	}
	slices.Sort(list)
	return list
}

// near fails unless got is want, give or take a twentieth.
func near(tb testing.TB, what string, got, want time.Duration) {
	tb.Helper()
	if math.Abs(float64(got-want)) > float64(want)/20 {
		tb.Errorf("%s: got %v, want about %v", what, got, want)
	}
}

func TestDelays(t *testing.T) {
	t.Parallel()
	always := delays(t, *fixed(250 * time.Millisecond))
	same(t, "fixed", []time.Duration{always[0], always[1000]}, []time.Duration{250 * time.Millisecond, 250 * time.Millisecond})

	uniform := delays(t, fault.Delay{Min: time.Second, Max: 3 * time.Second})
	if uniform[0] < time.Second || uniform[1000] > 3*time.Second {
		t.Errorf("uniform: got from %v to %v, want from 1s to 3s", uniform[0], uniform[1000])
	}
	near(t, "the shortest", uniform[0], time.Second)
	near(t, "a quarter", uniform[250], 1500*time.Millisecond)
	near(t, "the half", uniform[500], 2*time.Second)
	near(t, "the longest", uniform[1000], 3*time.Second)

	lognormal := delays(t, fault.Delay{Median: time.Second, Sigma: 0.5})
	near(t, "the median", lognormal[500], time.Second)
	near(t, "one sigma less", lognormal[159], time.Duration(math.Exp(-0.5)*float64(time.Second)))
	near(t, "one sigma more", lognormal[841], time.Duration(math.Exp(0.5)*float64(time.Second)))

	exact := delays(t, fault.Delay{Median: time.Second})
	same(t, "no sigma", []time.Duration{exact[0], exact[1000]}, []time.Duration{time.Second, time.Second})
	long := delays(t, fault.Delay{Median: 10 * time.Minute, Sigma: 5})
	same(t, "the cap", []time.Duration{long[600], long[1000]}, []time.Duration{10 * time.Minute, 10 * time.Minute})
	if long[0] < 0 {
		t.Errorf("a delay of %v", long[0])
	}
}
