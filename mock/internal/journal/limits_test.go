package journal_test

import (
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/journal"
)

func TestLimitDropsTheOldestAndCountsThem(t *testing.T) {
	t.Parallel()
	budget := inbox.NewBudget(0)
	j := journal.New(journal.Options{Max: 3, Budget: budget, Timeline: new(inbox.Timeline), Dropped: 10})
	fill(j, 3)
	if j.Dropped() != 10 {
		t.Errorf("dropped %d before the limit is met, want 10", j.Dropped())
	}
	j.Delete(journal.Filter{Path: []string{"/contacts/1"}})
	for _, id := range []string{"a", "b", "c"} {
		j.Add(small(id))
		checkBooks(t, j, budget)
	}
	checkHas(t, j, "a", "b", "c")
	if page := j.List(journal.Filter{}, 0); page.Dropped != 12 || j.Dropped() != 12 {
		t.Errorf("dropped %d and %d, want 12", page.Dropped, j.Dropped())
	}
	if e := j.Get("0"); e != nil {
		t.Errorf("there is still %+v", e)
	}
}

func TestJournalOfNoneKeepsNothing(t *testing.T) {
	t.Parallel()
	for _, most := range []int{0, -1} {
		j, budget := newJournal(most)
		fill(j, 3)
		checkHas(t, j)
		checkBooks(t, j, budget)
		if j.Dropped() != 3 {
			t.Errorf("at most %d: dropped %d, want 3", most, j.Dropped())
		}
	}
}

func TestDropOldestFreesEnoughAndNoMore(t *testing.T) {
	t.Parallel()
	j, budget := newJournal(100)
	fill(j, 10)
	one := j.Bytes() / 10
	for _, c := range []struct {
		bytes   int64
		dropped int
		left    []string
	}{
		{0, 0, numbers(0, 9)},
		{-1, 0, numbers(0, 9)},
		{1, 1, numbers(1, 9)},
		{one, 1, numbers(2, 9)},
		{one + 1, 2, numbers(4, 9)},
		{100 * one, 6, nil},
		{1, 0, nil},
	} {
		if n := j.DropOldest(c.bytes); n != c.dropped {
			t.Errorf("%d bytes: dropped %d, want %d", c.bytes, n, c.dropped)
		}
		checkHas(t, j, c.left...)
		checkBooks(t, j, budget)
	}
	if j.Dropped() != 10 {
		t.Errorf("dropped %d, want 10", j.Dropped())
	}
}

func TestClearForgetsWhatWasLostAndKeepsCursorsGrowing(t *testing.T) {
	t.Parallel()
	j, budget := newJournal(2)
	fill(j, 5)
	j.Clear()
	if page := j.List(journal.Filter{}, 10); page.Dropped != 0 || page.Total != 0 || page.Cursor != inbox.CursorOf(5) {
		t.Errorf("the page is %+v", page)
	}
	checkBooks(t, j, budget)
	e := small("x")
	j.Add(e)
	if e.Seq() != 6 {
		t.Errorf("the next place is %d, want 6", e.Seq())
	}
	checkHas(t, j, "x")
	checkBooks(t, j, budget)
}

func TestCloseGivesTheBudgetBack(t *testing.T) {
	t.Parallel()
	j, budget := newJournal(3)
	budget.Add(7) // another's
	fill(j, 3)
	held := j.Bytes()
	j.Close()
	j.Close()
	if budget.Used() != 7 || j.Bytes() != held {
		t.Errorf("the budget has %d, want 7; the journal %d, want %d", budget.Used(), j.Bytes(), held)
	}
	fill(j, 5) // calls in hand
	j.Delete(journal.Filter{Path: []string{"/contacts/4"}})
	j.DropOldest(1)
	if budget.Used() != 7 || j.Len() != 1 {
		t.Errorf("after the end the budget has %d, want 7; %d entries, want 1", budget.Used(), j.Len())
	}
	j.Clear()
	if budget.Used() != 7 || j.Bytes() != 0 {
		t.Errorf("when cleared the budget has %d, want 7; the journal %d", budget.Used(), j.Bytes())
	}
}

func TestJournalWithoutBudget(t *testing.T) {
	t.Parallel()
	j := journal.New(journal.Options{Max: 2, Timeline: new(inbox.Timeline)})
	fill(j, 3)
	j.Close()
	checkHas(t, j, "1", "2")
}

func TestEveryPartOfAnEntryIsCounted(t *testing.T) {
	t.Parallel()
	bytesOf := func(e *journal.Entry) int64 {
		j, _ := newJournal(1)
		j.Add(e)
		return j.Bytes()
	}
	bare := bytesOf(&journal.Entry{})
	const n = 1000
	long := strings.Repeat("x", n)
	for name, e := range map[string]*journal.Entry{
		"ID":              {ID: long},
		"operation":       {Operation: long},
		"method":          {Method: long},
		"path":            {Path: long},
		"query":           {Query: long},
		"body":            {Body: journal.BodyOf([]byte(long))},
		"header's name":   {Headers: []journal.Header{{Name: long}}},
		"header's value":  {Headers: []journal.Header{{Name: "a", Value: "b"}, {Value: long}}},
		"answer's body":   {Response: journal.Response{Body: journal.BodyOf([]byte(long))}},
		"answer's header": {Response: journal.Response{Headers: []journal.Header{{Value: long}}}},
		"violation":       {Violations: []journal.Violation{{Field: "x", Rule: "y", Message: long}}},
		"warning":         {Warnings: []string{"x", long}},
		"mails":           {Messages: []string{long[:n/2], long[n/2:]}},
	} {
		if more := bytesOf(e) - bare; more < n || more > n+200 {
			t.Errorf("%s: %d bytes count as %d", name, n, more)
		}
	}
}
