package journal_test

import (
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/plunkmock/plunkmock/mock/internal/journal"
)

// doAny does one of all that can be done with a journal.
func doAny(j *journal.Journal, f *journal.Follower, writer, i int) {
	switch i % 8 {
	case 0:
		j.Delete(journal.Filter{Path: []string{fmt.Sprintf("*/%d-*7", writer)}})
	case 1:
		j.DropOldest(700)
	case 2:
		j.Verify(atLeast(1, journal.Filter{Body: map[string]any{"n": 3.0}}))
	case 3:
		f.Next(1<<62, 1_000_000)
	case 4:
		j.Get(fmt.Sprintf("%d-%d", writer, i))
	default:
		j.List(journal.Filter{Q: "contacts"}, 10)
	}
}

// TestParallel is for the race detector: everything at once, then the books must
// balance.
func TestParallel(t *testing.T) {
	t.Parallel()
	const most, writers, each = 50, 8, 100
	j, budget := newJournal(most)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				e := small(fmt.Sprintf("%d-%d", w, i))
				e.Body = journal.BodyOf([]byte(`{"n": ` + strconv.Itoa(i) + `}`))
				j.Add(e)
			}
		})
		wg.Go(func() {
			f := j.Follow(0)
			for i := range each {
				doAny(j, f, w, i)
				if n := j.Len(); n > most || j.Bytes() < 0 || j.Dropped() > writers*each {
					t.Errorf("%d entries of at most %d; %d dropped", n, most, j.Dropped())
				}
			}
		})
	}
	wg.Wait()
	checkBooks(t, j, budget)
	j.Clear()
	checkBooks(t, j, budget)
	j.Close()
	if budget.Used() != 0 || j.Len() != 0 {
		t.Errorf("at the end the budget has %d, the journal %d entries", budget.Used(), j.Len())
	}
}

// TestCloseWhileCallsAreInHand ends a journal under its writers: whatever comes
// first, the budget is whole in the end.
func TestCloseWhileCallsAreInHand(t *testing.T) {
	t.Parallel()
	j, budget := newJournal(20)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { fill(j, 100) })
		wg.Go(j.Close)
	}
	wg.Wait()
	if budget.Used() != 0 {
		t.Errorf("the budget has %d, want 0", budget.Used())
	}
}
