package journal_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/journal"
)

// checkNext compares what a follower sees next with what it should.
func checkNext(t *testing.T, f *journal.Follower, missed int, want ...string) {
	t.Helper()
	entries, got := f.Next(1<<62, 1_000_000)
	if diff := cmp.Diff(append([]string{}, want...), idsOf(entries)); diff != "" {
		t.Errorf("next are (-want +got):\n%s", diff)
	}
	if got != missed {
		t.Errorf("missed %d, want %d", got, missed)
	}
}

func TestFollowStartsAfterAPlace(t *testing.T) {
	t.Parallel()
	j, _ := newJournal(10)
	fill(j, 5) // places 1 to 5
	for _, c := range []struct {
		name  string
		after uint64
		want  []string
	}{
		{"the start", 0, numbers(0, 4)},
		{"the middle", 3, []string{"3", "4"}},
		{"the end", 5, nil},
		{"what is to come", 6, nil},
	} {
		f := j.Follow(c.after)
		checkNext(t, f, 0, c.want...)
		checkNext(t, f, 0)
		if t.Failed() {
			t.Fatalf("from %s", c.name)
		}
	}
}

func TestFollowGoesOn(t *testing.T) {
	t.Parallel()
	j, _ := newJournal(2)
	f := j.Follow(0)
	checkNext(t, f, 0)
	for _, id := range []string{"a", "b", "c", "d"} { // more than the journal holds
		j.Add(small(id))
		checkNext(t, f, 0, id)
	}
	j.Add(small("e"))
	j.Add(small("f"))
	checkNext(t, f, 0, "e", "f")
	checkNext(t, f, 0)
}

func TestFollowersDoNotDisturbEachOther(t *testing.T) {
	t.Parallel()
	j, _ := newJournal(10)
	f, g := j.Follow(0), j.Follow(0)
	j.Add(small("a"))
	checkNext(t, f, 0, "a")
	j.Add(small("b"))
	checkNext(t, f, 0, "b")
	checkNext(t, g, 0, "a", "b")
}

func TestASlowFollowerLearnsWhatItMissed(t *testing.T) {
	t.Parallel()
	j, _ := newJournal(3)
	fill(j, 2)
	f := j.Follow(1)
	fill(j, 5)
	checkNext(t, f, 3, "2", "3", "4") // one of the missed was there when it began
	checkNext(t, f, 0)
	fill(j, 5)
	checkNext(t, f, 2, "2", "3", "4")
	checkNext(t, f, 0)
	j.Add(small("x"))
	j.DropOldest(1 << 30)
	checkNext(t, f, 1)
	j.Add(small("y"))
	checkNext(t, f, 0, "y")
}

// TestFollowFromWhatIsLost is of a reader that comes back too late: how many it has
// missed no one knows, but that there were some.
func TestFollowFromWhatIsLost(t *testing.T) {
	t.Parallel()
	j, _ := newJournal(3)
	fill(j, 10) // places 8 to 10 are left
	checkNext(t, j.Follow(0), 1, "7", "8", "9")
	checkNext(t, j.Follow(6), 1, "7", "8", "9")
	checkNext(t, j.Follow(7), 0, "7", "8", "9")
	f := j.Follow(2)
	fill(j, 1)
	checkNext(t, f, 2, "8", "9", "0")
	checkNext(t, f, 0)
	again := journal.New(journal.Options{Max: 3, Timeline: inbox.NewTimeline(40), Dropped: 7})
	checkNext(t, again.Follow(30), 1)
	checkNext(t, again.Follow(40), 0)
}

func TestFollowWhileEntriesAreDeleted(t *testing.T) {
	t.Parallel()
	path := func(id string) journal.Filter { return journal.Filter{Path: []string{"/contacts/" + id}} }
	for _, c := range []struct {
		name   string
		do     func(j *journal.Journal)
		missed int
		want   []string
	}{
		{"what was seen is deleted", func(j *journal.Journal) { j.Delete(path("0")) }, 0, []string{"a", "b", "c"}},
		{"the last that was seen is deleted", func(j *journal.Journal) { j.Delete(path("4")) }, 0, []string{"a", "b", "c"}},
		{"one that is new is deleted", func(j *journal.Journal) { j.Delete(path("b")) }, 1, []string{"a", "c"}},
		{"the newest is deleted", func(j *journal.Journal) { j.Delete(path("c")) }, 1, []string{"a", "b"}},
		{"all are deleted", func(j *journal.Journal) { j.Delete(journal.Filter{}) }, 3, nil},
		{"the journal is cleared", (*journal.Journal).Clear, 3, nil},
		{"the journal is closed", (*journal.Journal).Close, 0, []string{"a", "b", "c"}},
	} {
		j, _ := newJournal(10)
		fill(j, 5)
		f := j.Follow(0)
		checkNext(t, f, 0, numbers(0, 4)...)
		for _, id := range []string{"a", "b", "c"} {
			j.Add(small(id))
		}
		c.do(j)
		checkNext(t, f, c.missed, c.want...)
		j.Add(small("d"))
		checkNext(t, f, 0, "d")
		if t.Failed() {
			t.Fatal(c.name)
		}
	}
}

func TestFollowAfterEntriesWereDeleted(t *testing.T) {
	t.Parallel()
	j, _ := newJournal(10)
	fill(j, 5)
	j.Delete(journal.Filter{Path: []string{"/contacts/3"}})
	checkNext(t, j.Follow(2), 0, "2", "4")
	j.Clear()
	f := j.Follow(0)
	checkNext(t, f, 0)
	j.Add(small("a"))
	checkNext(t, f, 0, "a")
}

func TestWhatAFollowerHasIsItsOwn(t *testing.T) {
	t.Parallel()
	j, _ := newJournal(3)
	fill(j, 3)
	entries, _ := j.Follow(0).Next(1<<62, 1_000_000)
	j.DropOldest(1)
	fill(j, 5)
	if diff := cmp.Diff(numbers(0, 2), idsOf(entries)); diff != "" {
		t.Errorf("they have become (-want +got):\n%s", diff)
	}
}

// TestFollowersSeeOrMissEveryEntry reads as the entries come, as a stream does, and
// waits for more on the timeline.
func TestFollowersSeeOrMissEveryEntry(t *testing.T) {
	t.Parallel()
	const writers, each = 4, 200
	line := new(inbox.Timeline)
	j := journal.New(journal.Options{Max: 5, Timeline: line})
	var wg sync.WaitGroup
	for range 3 {
		f := j.Follow(0)
		wg.Go(func() { readAll(t, f, line, writers*each) })
	}
	for range writers {
		wg.Go(func() {
			for i := range each {
				j.Add(small("x"))
				if i%50 == 7 {
					j.Delete(journal.Filter{})
				}
			}
		})
	}
	wg.Wait()
}

// readAll reads until a follower has seen or missed n entries.
func readAll(t *testing.T, f *journal.Follower, line *inbox.Timeline, n int) {
	t.Helper()
	last, seen, missed := uint64(0), 0, 0
	for seen+missed < n {
		more, _ := line.More()
		entries, gone := f.Next(1<<62, 1_000_000)
		for _, e := range entries {
			if e.Seq() <= last {
				t.Errorf("%d comes after %d", e.Seq(), last)
			}
			last = e.Seq()
		}
		seen, missed = seen+len(entries), missed+gone
		if len(entries)+gone == 0 {
			<-more
		}
	}
	if seen+missed != n || seen == 0 {
		t.Errorf("%d seen and %d missed, of %d", seen, missed, n)
	}
}
