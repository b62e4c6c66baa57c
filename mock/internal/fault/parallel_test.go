package fault_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/plunkmock/plunkmock/mock/internal/fault"
)

// TestParallel is for the race detector: everything at once, then the books must
// balance.
func TestParallel(t *testing.T) {
	t.Parallel()
	const workers, rounds = 8, 200
	var mu sync.Mutex
	n := 0
	s := fault.NewSet(fault.Options{Seed: "seed", NewID: func() string {
		mu.Lock()
		defer mu.Unlock()
		n++
		return fmt.Sprintf("f%d", n)
	}})
	add(t, s, parse(t, "sendEmail:500;times=100"))
	add(t, s, parse(t, "limit=100/1s"))
	add(t, s, parse(t, "pass;share=0.5"))
	results := make([][]string, workers)
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for range rounds {
				s.Needs()
				results[w] = append(results[w], struck(s, send()))
				r := add(t, s, parse(t, "getContact:503"))
				r.Times = 1
				if _, err := s.Put(r, noon()); err != nil || !s.Delete(r.ID) || s.Delete(r.ID) {
					t.Errorf("the rule %s was not there once", r.ID)
				}
				if len(s.List()) < 3 || s.Len() < 3 {
					t.Error("rules are missing")
				}
			}
		})
	}
	all.Wait()

	got := map[string]int{}
	for _, r := range slices.Concat(results...) {
		got[r]++
	}
	const calls, asked = workers * rounds, workers*rounds - 100
	same(t, "strikes", got, map[string]int{"f1:500": 100, "f2:limit=100/1s": asked - 100, "f3:pass": got["f3:pass"], "-": 100 - got["f3:pass"]})
	same(t, "counts", counts(s), []string{
		"f1 100/100", fmt.Sprintf("f2 %d/%d", asked, asked-100), fmt.Sprintf("f3 100/%d", got["f3:pass"]),
	})
	same(t, "calls", len(slices.Concat(results...)), calls)
	same(t, "rules", s.Len(), 3)
}
