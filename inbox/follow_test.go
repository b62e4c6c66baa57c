package inbox_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox"
)

// told writes the next events of a follower: IDs of messages, ~IDs of those that have
// changed, -IDs of deleted ones, and how many were missed.
func told(f *inbox.Follower, most int) string {
	events, missed := f.Next(1<<62, most)
	var words []string
	for _, e := range events {
		switch {
		case e.Deleted != nil:
			words = append(words, "-"+strings.Join(e.Deleted, "-"))
		case e.Changed:
			words = append(words, "~"+e.Message.ID)
		default:
			words = append(words, e.Message.ID)
		}
	}
	if missed > 0 {
		words = append(words, strconv.Itoa(missed)+" missed")
	}
	return strings.Join(words, " ")
}

func TestFollowTellsWhatComesAndGoes(t *testing.T) {
	t.Parallel()
	var b inbox.Box
	fill(&b, 2)
	f, all := b.Follow(inbox.SeqOf(b.Cursor())), b.Follow(0)
	b.Add(small("a", ""), small("b", ""), small("c", ""))
	for _, want := range []string{"a b", "c", ""} {
		if got := told(f, 2); got != want {
			t.Errorf("told %q, want %q", got, want)
		}
	}
	b.DeleteID("b")
	b.Delete(inbox.Filter{To: []string{"a@x.test", "c@x.test"}})
	b.Add(small("d", ""))
	if got := told(f, 10); got != "-b -a-c d" {
		t.Errorf("then %q", got)
	}
	if got := told(all, 10); got != "0 1 -b -a-c d" {
		t.Errorf("whoever comes late is told %q", got)
	}
	b.Clear()
	b.Add(small("e", ""))
	if got := told(f, 10); got != "e" {
		t.Errorf("after all is cleared %q", got)
	}
}

func TestFollowStopsWhereItIsTold(t *testing.T) {
	t.Parallel()
	b := inbox.NewBox(inbox.Options{Timeline: inbox.NewTimeline(10)})
	f := b.Follow(10)
	fill(b, 3)
	events, _ := f.Next(12, 10)
	if len(events) != 2 || events[1].Seq != 12 {
		t.Errorf("up to 12: %+v", events)
	}
	if got := told(f, 10); got != "2" {
		t.Errorf("then %q", got)
	}
}

func TestFollowTellsWhatALimitPushedOut(t *testing.T) {
	t.Parallel()
	b := inbox.NewBox(inbox.Options{MaxMessages: 3})
	f := b.Follow(0)
	fill(b, 2)
	if got := told(f, 10); got != "0 1" {
		t.Fatal(got)
	}
	b.Add(small("a", ""), small("b", ""), small("c", ""), small("d", ""), small("e", ""))
	if got := told(f, 10); got != "c d e -0-1-a-b 2 missed" {
		t.Errorf("told %q", got)
	}
	if got := told(f, 10); got != "" {
		t.Errorf("and then %q", got)
	}
	b.Add(small("f", ""))
	if got := told(f, 10); got != "f -c" {
		t.Errorf("of one that was seen it is told %q", got)
	}
	b.DropOldest(1)
	if got := told(f, 10); got != "-d" {
		t.Errorf("of one that makes room for others it is told %q", got)
	}
}

func TestFollowTellsWhatWasDeletedBeforeALimitStruck(t *testing.T) {
	t.Parallel()
	b := inbox.NewBox(inbox.Options{MaxMessages: 3})
	fill(b, 2)
	f := b.Follow(0)
	if got := told(f, 10); got != "0 1" {
		t.Fatal(got)
	}
	b.DeleteID("0")
	b.Add(small("a", ""), small("b", ""), small("c", ""), small("d", ""))
	if got := told(f, 10); got != "-0 b c d -1-a 1 missed" {
		t.Errorf("told %q", got)
	}
	if got := told(f, 10); got != "" {
		t.Errorf("and then %q", got)
	}
}

func TestFollowTellsWhatChanges(t *testing.T) {
	t.Parallel()
	var b inbox.Box
	fill(&b, 3)
	f := b.Follow(inbox.SeqOf(b.Cursor()))
	for i, step := range []struct {
		change func()
		want   string
	}{
		{func() { b.SetRead("1", true) }, "~1"},
		{func() { b.SetRead("1", true) }, ""},
		{func() { b.SetRead("1", false) }, "~1"},
		{func() { b.SetRead("1", false) }, ""},
		{func() { b.SetFeedback("0", inbox.Feedback{Type: "open"}, inbox.Opened) }, "~0"},
		{func() { b.SetFeedback("0", inbox.Feedback{Type: "open"}, inbox.Opened) }, "~0"},
		{func() { b.SetForward("2", inbox.Forward{Status: inbox.ForwardQueued}) }, "~2"},
		{func() { b.SetForward("2", inbox.Forward{Status: inbox.ForwardQueued}) }, ""},
		{func() { b.SetForward("2", inbox.Forward{Status: inbox.ForwardFailed}) }, "~2"},
		{func() { b.SetRead("none", true) }, ""},
		// Of several changes of a message the last counts, in its place.
		{func() { b.SetRead("0", true); b.SetRead("1", true); b.SetRead("0", false) }, "~1 ~0"},
		{func() { b.Add(small("a", "")); b.SetRead("a", true); b.Add(small("b", "")) }, "a ~a b"},
		{func() { b.SetRead("b", true); b.DeleteID("b") }, "-b"},
		{func() { b.SetRead("a", false); b.Clear() }, ""},
		{func() { b.Restore(small("c", ""), true, inbox.Opened, inbox.Feedback{Type: "open"}) }, "c"},
	} {
		step.change()
		if got := told(f, 10); got != step.want {
			t.Errorf("step %d: told %q, want %q", i, got, step.want)
		}
	}
	if r, _ := b.Get("c"); !r.Read || r.Status != inbox.Opened || len(r.Feedback) != 1 {
		t.Errorf("what came back has lost its marks: %+v", r)
	}
}

func TestFollowTellsWhatIsMarkedAtOnce(t *testing.T) {
	t.Parallel()
	var b inbox.Box
	fill(&b, 2000)
	f := b.Follow(inbox.SeqOf(b.Cursor()))
	b.SetRead("1", true)
	q := parseQuery(t, "is:unread")
	for _, step := range []struct {
		filter inbox.Filter
		marked int
		want   string
	}{
		{inbox.Filter{To: []string{"0@x.test", "1@x.test", "3@x.test"}}, 2, "~1 ~0 ~3"},
		{inbox.Filter{To: []string{"0@x.test", "1@x.test", "3@x.test"}}, 0, ""},
		{inbox.Filter{Q: []inbox.Query{q}, To: []string{"1@x.test", "5@x.test"}}, 1, "~5"},
		{inbox.Filter{}, 1996, "1 missed"},
		{inbox.Filter{}, 0, ""},
	} {
		if n, got := b.MarkRead(step.filter), told(f, 10); n != step.marked || got != step.want {
			t.Errorf("%d marked and %q told, want %d and %q", n, got, step.marked, step.want)
		}
	}
	if page := b.List(inbox.Filter{}, 0); page.Unread != 0 {
		t.Errorf("%d are unread", page.Unread)
	}
	b.SetRead("7", false)
	if got := told(f, 10); got != "~7" {
		t.Errorf("then it is told %q", got)
	}
}

func TestFollowShowsChangesAsTheyAreNow(t *testing.T) {
	t.Parallel()
	var b inbox.Box
	fill(&b, 1)
	f := b.Follow(inbox.SeqOf(b.Cursor()))
	b.SetRead("0", true)
	seen := b.Cursor()
	b.SetFeedback("0", inbox.Feedback{Type: "bounce"}, inbox.Bounced)
	if events, _ := f.Next(inbox.SeqOf(seen), 10); len(events) != 0 {
		t.Errorf("a change that has become another is told: %+v", events)
	}
	events, _ := f.Next(inbox.SeqOf(b.Cursor()), 10)
	if len(events) != 1 || !events[0].Message.Read || events[0].Message.Status != inbox.Bounced || inbox.CursorOf(events[0].Seq) != b.Cursor() {
		t.Errorf("told %+v", events)
	}
}

func TestFollowForgetsWhatChangedLongAgo(t *testing.T) {
	t.Parallel()
	var b inbox.Box
	fill(&b, 25_000)
	f, late := b.Follow(inbox.SeqOf(b.Cursor())), b.Follow(inbox.SeqOf(b.Cursor()))
	for i := range 25_000 {
		b.SetRead(strconv.Itoa(i), true)
		if i%5_000 == 0 {
			if _, missed := f.Next(1<<62, 1<<20); missed != 0 {
				t.Fatal("one who keeps up misses something")
			}
		}
	}
	events, missed := late.Next(1<<62, 1<<20)
	if missed == 0 || len(events) < 10_000 || len(events) > 20_000 {
		t.Errorf("one who comes late is told %d changes and misses %d", len(events), missed)
	}
	for range 50_000 { // of one message: no one misses anything
		b.SetRead("0", false)
		b.SetRead("0", true)
	}
	if got := told(late, 10); got != "~0" {
		t.Errorf("then %q", got)
	}
	if events, missed := f.Next(1<<62, 1<<20); missed != 0 || len(events) != 5_000 { // the newest 4,999, and that one
		t.Errorf("one who kept up is told %d changes and misses %d", len(events), missed)
	}
}

func TestFollowForgetsWhatWasDeletedLongAgo(t *testing.T) {
	t.Parallel()
	var b inbox.Box
	f := b.Follow(0)
	for range 3 {
		fill(&b, 6000)
		b.Delete(inbox.Filter{})
	}
	events, missed := f.Next(1<<62, 10)
	if len(events) != 1 || len(events[0].Deleted) != 6000 || missed != 1 {
		t.Errorf("%d events, %d missed", len(events), missed)
	}
	if events, missed := f.Next(1<<62, 10); len(events) != 0 || missed != 0 {
		t.Errorf("then %d events, %d missed", len(events), missed)
	}
	if ids := events[0].Deleted; !slices.Contains(ids, "5999") {
		t.Error("an ID is missing")
	}
}

// TestFollowWhileAllHappensAtOnce is for the race detector: whoever follows must come to
// know what there is in the end.
func TestFollowWhileAllHappensAtOnce(t *testing.T) {
	t.Parallel()
	const each = 300
	b := inbox.NewBox(inbox.Options{MaxMessages: 2 * each})
	var workers, readers sync.WaitGroup
	for w := range 4 {
		workers.Go(func() {
			for i := range each {
				id := strconv.Itoa(w) + "." + strconv.Itoa(i)
				b.Add(small(id, ""))
				b.SetRead(id, true)
				if i%50 == 0 {
					b.MarkRead(inbox.Filter{})
				}
				switch i % 3 {
				case 0:
					b.DeleteID(id)
				case 1:
					b.SetRead(id, false)
				}
			}
		})
	}
	done := make(chan struct{})
	for range 3 {
		f := b.Follow(0)
		readers.Go(func() { followed(t, b, f, done) })
	}
	workers.Wait()
	close(done)
	readers.Wait()
}

// followed follows a box until nothing happens in it any more, and checks what it was
// told.
func followed(t *testing.T, b *inbox.Box, f *inbox.Follower, done <-chan struct{}) {
	t.Helper()
	read, want := map[string]bool{}, map[string]bool{}
	for ended := false; !ended; {
		select {
		case <-done:
			ended = true
		default:
		}
		for tell(f, read, b.Cursor()) {
		}
	}
	for _, r := range b.After("") {
		want[r.ID] = r.Read
	}
	if !maps.Equal(read, want) {
		t.Errorf("what a follower knows (-want +got):\n%s", cmp.Diff(want, read))
	}
}

// tell keeps the books of which messages there are and whether they are read; false
// when there was nothing to tell.
func tell(f *inbox.Follower, read map[string]bool, upTo string) bool {
	events, missed := f.Next(inbox.SeqOf(upTo), 7)
	for _, e := range events {
		for _, id := range e.Deleted {
			delete(read, id)
		}
		if e.Deleted == nil {
			read[e.Message.ID] = e.Message.Read
		}
	}
	return len(events)+missed > 0
}
