package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"testing"
	"weak"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox"
)

// small returns a message that has nothing but its id and size.
func small(id string, html string) *inbox.Message {
	return &inbox.Message{ID: id, Time: noon, Kind: inbox.Transactional, HTML: html, To: []inbox.Address{{Address: id + "@x.test"}}}
}

// fill adds n messages, named 0 to n-1.
func fill(b *inbox.Box, n int) {
	messages := make([]*inbox.Message, n)
	for i := range messages {
		messages[i] = small(strconv.Itoa(i), "<p>x</p>")
	}
	b.Add(messages...)
}

func idsOf(records []inbox.Record) []string {
	ids := make([]string, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	return ids
}

func TestZeroBoxIsReady(t *testing.T) {
	t.Parallel()
	var b inbox.Box
	b.Add()
	b.Clear()
	if _, ok := b.Latest(inbox.Filter{}); ok || b.Len() != 0 || b.DropOldest(1) != 0 || b.DeleteID("x") || b.Delete(inbox.Filter{}) != 0 {
		t.Error("an empty box has something")
	}
	fill(&b, 2)
	if r, ok := b.Latest(inbox.Filter{}); !ok || r.ID != "1" || r.Status != inbox.Sent || r.Read {
		t.Errorf("the latest is %v, %v", r, ok)
	}
}

func TestPagesAreCompleteAndWithoutRepeats(t *testing.T) {
	t.Parallel()
	var b inbox.Box
	fill(&b, 23)
	for limit := 1; limit < 25; limit++ {
		var seen []string
		f := inbox.Filter{}
		for {
			page := b.List(f, limit)
			if page.Total != 23 || page.Unread != 23 || len(page.Messages) > limit {
				t.Fatalf("limit %d: total %d, unread %d, listed %d", limit, page.Total, page.Unread, len(page.Messages))
			}
			seen = append(seen, idsOf(page.Messages)...)
			if f.Before = page.Next; f.Before == "" {
				break
			}
		}
		slices.Reverse(seen)
		var want []string
		for i := range 23 {
			want = append(want, strconv.Itoa(i))
		}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Errorf("limit %d (-want +got):\n%s", limit, diff)
		}
	}
}

func TestPagesGoOnWhileMessagesAreDeleted(t *testing.T) {
	t.Parallel()
	var b inbox.Box
	fill(&b, 100)
	var seen []string
	f := inbox.Filter{}
	for {
		page := b.List(f, 7)
		seen = append(seen, idsOf(page.Messages)...)
		if f.Before = page.Next; f.Before == "" {
			break
		}
		for _, r := range page.Messages { // also the one that Next names
			b.DeleteID(r.ID)
		}
		b.Add(small("new"+f.Before, ""))
	}
	slices.Reverse(seen)
	for i, id := range seen {
		if id != strconv.Itoa(i) {
			t.Fatalf("at %d: %s", i, id)
		}
	}
	if len(seen) != 100 {
		t.Errorf("%d seen, want 100", len(seen))
	}
}

func TestListFromAnAnchorStandsStill(t *testing.T) {
	t.Parallel()
	var b inbox.Box
	fill(&b, 30)
	even := inbox.Filter{To: []string{"0@x.test", "2@x.test", "4@x.test", "6@x.test", "8@x.test"}}
	first := b.List(inbox.Filter{}, 1).Messages[0]
	b.Add(small("later", ""))
	for _, c := range []struct {
		filter        inbox.Filter
		before        string
		offset, limit int
		want          []string
		more          bool
	}{
		{offset: 0, limit: 2, want: []string{"later", "29"}, more: true},
		{offset: 1, limit: 2, want: []string{"29", "28"}, more: true},
		{before: first.Cursor, offset: 0, limit: 2, want: []string{"28", "27"}, more: true},
		{before: first.Cursor, offset: 26, limit: 2, want: []string{"2", "1"}, more: true},
		{before: first.Cursor, offset: 27, limit: 2, want: []string{"1", "0"}},
		{before: first.Cursor, offset: 28, limit: 2, want: []string{"0"}},
		{before: first.Cursor, offset: 29, limit: 2},
		{offset: math.MaxInt, limit: 2},
		{offset: 5, limit: 0},
		{filter: even, offset: 3, limit: 5, want: []string{"2", "0"}},
		{filter: even, before: first.Cursor, offset: 1, limit: 2, want: []string{"6", "4"}, more: true},
	} {
		c.filter.Before = c.before
		page := b.ListFrom(c.filter, c.offset, c.limit)
		total := 31
		if c.filter.To != nil {
			total = 5
		}
		got := idsOf(page.Messages)
		if !slices.Equal(got, c.want) || page.Total != total || page.Unread != total || (page.Next != "") != c.more {
			t.Errorf("%d from %d before %q: got %q, want %q; total %d, unread %d, next %q", c.limit, c.offset, c.before, got, c.want, page.Total, page.Unread, page.Next)
		}
	}
}

func TestListWithoutRoomOnlyCounts(t *testing.T) {
	t.Parallel()
	var b inbox.Box
	fill(&b, 5)
	for _, limit := range []int{0, -1} {
		if page := b.List(inbox.Filter{To: []string{"1@x.test", "2@x.test"}}, limit); page.Total != 2 || len(page.Messages) != 0 || page.Next != "" || page.Cursor != b.Cursor() {
			t.Errorf("limit %d: %+v", limit, page)
		}
	}
}

func TestClearKeepsCursorsGrowing(t *testing.T) {
	t.Parallel()
	budget := inbox.NewBudget(0)
	b := inbox.NewBox(inbox.Options{MaxMessages: 2, Budget: budget, Timeline: inbox.NewTimeline(40)})
	fill(b, 5)
	last := b.Cursor()
	b.Clear()
	if b.Cursor() != last || b.Dropped() != 0 || b.Len() != 0 {
		t.Errorf("cursor %s, want %s; dropped %d; %d left", b.Cursor(), last, b.Dropped(), b.Len())
	}
	checkBooks(t, b, budget)
	b.Add(small("x", ""))
	r, _ := b.Get("x")
	if r.Cursor <= last || inbox.SeqOf(b.Cursor()) != 47 { // that three were pushed out has a number too
		t.Errorf("cursor %s after %s, number %d", r.Cursor, last, inbox.SeqOf(b.Cursor()))
	}
	checkBooks(t, b, budget)
}

func TestBoxGoesOnFromAnEarlierOne(t *testing.T) {
	t.Parallel()
	var earlier inbox.Box
	fill(&earlier, 3)
	b := inbox.NewBox(inbox.Options{Timeline: inbox.NewTimeline(inbox.SeqOf(earlier.Cursor()))})
	if b.Cursor() != earlier.Cursor() {
		t.Errorf("cursor %s, want %s", b.Cursor(), earlier.Cursor())
	}
	b.Add(small("x", ""))
	if r, ok := b.Latest(inbox.Filter{After: earlier.Cursor()}); !ok || r.ID != "x" {
		t.Errorf("the latest is %v, %v", r, ok)
	}
}

func TestDeleteByFilterLeavesTheRest(t *testing.T) {
	t.Parallel()
	var b inbox.Box
	fill(&b, 50)
	f := inbox.Filter{To: []string{"7@x.test", "8@x.test", "49@x.test"}}
	if n := b.Delete(f); n != 3 {
		t.Errorf("%d deleted, want 3", n)
	}
	if n := b.Delete(f); n != 0 {
		t.Errorf("%d deleted again", n)
	}
	if r, _ := b.Latest(inbox.Filter{}); b.Len() != 47 || r.ID != "48" {
		t.Errorf("%d left, the latest is %s", b.Len(), r.ID)
	}
	if n := b.Delete(inbox.Filter{}); n != 47 || b.Len() != 0 {
		t.Errorf("%d deleted, %d left", n, b.Len())
	}
}

func TestDeletingMostOneByOneLeavesTheListingRight(t *testing.T) {
	t.Parallel()
	const n = 100_000
	var b inbox.Box
	fill(&b, n)
	for i := range n {
		if i%10 != 3 && !b.DeleteID(strconv.Itoa(i)) {
			t.Fatalf("%d is not there", i)
		}
	}
	page := b.List(inbox.Filter{}, n)
	if len(page.Messages) != n/10 || b.Len() != n/10 {
		t.Fatalf("%d listed, %d held, want %d", len(page.Messages), b.Len(), n/10)
	}
	for i, r := range page.Messages {
		if want := strconv.Itoa(n - 7 - 10*i); r.ID != want {
			t.Fatalf("at %d: %s, want %s", i, r.ID, want)
		}
	}
	checkBooks(t, &b, nil)
}

func TestDeletedMessagesAreNotHeldInMemory(t *testing.T) {
	t.Parallel()
	var b inbox.Box
	gone := func() []weak.Pointer[inbox.Message] {
		deleted, dropped, cleared := small("1", ""), small("0", ""), small("2", "")
		b.Add(dropped, deleted, cleared, small("3", ""))
		b.DeleteID("1")
		b.DropOldest(1)
		b.Delete(inbox.Filter{To: []string{"2@x.test"}})
		return []weak.Pointer[inbox.Message]{weak.Make(deleted), weak.Make(dropped), weak.Make(cleared)}
	}()
	runtime.GC()
	for i, p := range gone {
		if p.Value() != nil {
			t.Errorf("message %d is still held", i)
		}
	}
	if b.Len() != 1 {
		t.Errorf("%d left, want 1", b.Len())
	}
}

func TestReadMarksAreCounted(t *testing.T) {
	t.Parallel()
	var b inbox.Box
	fill(&b, 3)
	before, _ := b.Get("1")
	if r, ok := b.SetRead("1", true); !ok || !r.Read {
		t.Errorf("marked: %v, %v", r, ok)
	}
	if before.Read {
		t.Error("a record that was handed out has changed")
	}
	if page := b.List(inbox.Filter{}, 10); page.Unread != 2 || !page.Messages[1].Read || page.Messages[0].Read {
		t.Errorf("unread %d, want 2", page.Unread)
	}
	if r, ok := b.SetRead("1", false); !ok || r.Read || b.List(inbox.Filter{}, 0).Unread != 3 {
		t.Errorf("unmarked: %v, %v", r, ok)
	}
	if _, ok := b.SetRead("x", true); ok {
		t.Error("a message that is not there was marked")
	}
}

func TestSizeAndPreviewAreThoseOfTheMessage(t *testing.T) {
	t.Parallel()
	r := recordOf(t, letter())
	for range 2 { // found out, then known
		if r.Size() != int64(len(r.Raw())) || r.PreviewLine() != "Hello" {
			t.Errorf("size %d, want %d; preview %q", r.Size(), len(r.Raw()), r.PreviewLine())
		}
	}
}

// TestParallel is for the race detector: everything at once, then the books
// must balance.
func TestParallel(t *testing.T) {
	t.Parallel()
	budget := inbox.NewBudget(1 << 20)
	b := inbox.NewBox(inbox.Options{MaxMessages: 300, Budget: budget})
	ctx, cancel := context.WithCancel(t.Context())
	var workers, waiters sync.WaitGroup
	const n = 200
	for w := range 4 {
		workers.Go(func() {
			for i := range n {
				b.Add(small(fmt.Sprintf("%d-%d", w, i), "<p>x</p>"), small(fmt.Sprintf("%d-%d-too", w, i), ""))
			}
		})
		workers.Go(func() {
			for i := range n {
				b.DeleteID(fmt.Sprintf("%d-%d", w, i))
				b.Delete(inbox.Filter{To: []string{fmt.Sprintf("%d-%d-too@x.test", w, i/2)}})
				b.DropOldest(budget.Over())
			}
		})
		workers.Go(func() {
			for i := range n {
				page := b.List(inbox.Filter{}, 5)
				for _, r := range page.Messages {
					b.SetRead(r.ID, true)
					r.Size()
					r.PreviewLine()
				}
				b.Latest(inbox.Filter{To: []string{"no@x.test"}})
				if i == n/2 && w == 0 {
					b.Clear()
				}
			}
		})
		waiters.Go(func() {
			f := inbox.Filter{To: []string{"last@x.test"}}
			if _, _, err := b.Wait(ctx, f, 1); err != nil {
				t.Errorf("waiting for the last: %v", err)
			}
			b.Near(f, 3)
			if _, _, err := b.Wait(ctx, inbox.Filter{To: []string{"never@x.test"}}, 1); !errors.Is(err, context.Canceled) {
				t.Errorf("waiting for what never comes: %v", err)
			}
		})
	}
	workers.Wait()
	b.Add(small("last", ""))
	checkBooks(t, b, budget)
	cancel()
	waiters.Wait()
	b.Close()
	if budget.Used() != 0 {
		t.Errorf("%d left in the budget", budget.Used())
	}
}

func BenchmarkListNewest50Of10000(b *testing.B) {
	var box inbox.Box
	fill(&box, 10_000)
	for b.Loop() {
		box.List(inbox.Filter{}, 50)
	}
}

// BenchmarkListNewest50After90000Of100000 jumps far into a long list.
func BenchmarkListNewest50After90000Of100000(b *testing.B) {
	var box inbox.Box
	fill(&box, 100_000)
	for b.Loop() {
		box.ListFrom(inbox.Filter{}, 90_000, 50)
	}
}

// BenchmarkMarkRead100000 marks all of a long list.
func BenchmarkMarkRead100000(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		var box inbox.Box
		fill(&box, 100_000)
		b.StartTimer()
		box.MarkRead(inbox.Filter{})
	}
}
