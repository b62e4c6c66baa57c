package inbox_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/inbox"
)

// told writes the next events of a follower: IDs of messages, -IDs of deleted ones,
// and how many were missed.
func told(f *inbox.Follower, most int) string {
	events, missed := f.Next(1<<62, most)
	var words []string
	for _, e := range events {
		if e.Deleted != nil {
			words = append(words, "-"+strings.Join(e.Deleted, "-"))
		} else {
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
	if got := told(f, 10); got != "c d e 2 missed" {
		t.Errorf("told %q", got)
	}
	if got := told(f, 10); got != "" {
		t.Errorf("and then %q", got)
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
