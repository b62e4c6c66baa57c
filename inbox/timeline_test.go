package inbox_test

import (
	"slices"
	"testing"

	"github.com/plunkmock/plunkmock/inbox"
)

func TestBoxesShareATimeline(t *testing.T) {
	t.Parallel()
	line := inbox.NewTimeline(10)
	a, b := inbox.NewBox(inbox.Options{Timeline: line}), inbox.NewBox(inbox.Options{Timeline: line})
	fill(a, 2)
	if n := line.Next(); n != 13 {
		t.Errorf("after 10 and two messages comes %d", n)
	}
	fill(b, 1)
	if got := inbox.SeqOf(b.Cursor()); got != 14 {
		t.Errorf("the first message of the second box is %d", got)
	}
	a.SkipTo(inbox.CursorOf(40))
	b.SkipTo(inbox.CursorOf(30))
	if line.Seq() != 40 || a.Cursor() != inbox.CursorOf(40) {
		t.Errorf("the timeline is at %d, the box at %s", line.Seq(), a.Cursor())
	}
}

func TestTimelineWakesWhoWaits(t *testing.T) {
	t.Parallel()
	var line inbox.Timeline
	more, closed := line.More()
	if closed {
		t.Fatal("a new timeline is closed")
	}
	line.Next()
	<-more
	more, _ = line.More()
	if same, _ := line.More(); same != more {
		t.Error("two who wait get two channels")
	}
	line.Close()
	line.Close()
	<-more
	if more, closed = line.More(); !closed {
		t.Error("a closed timeline does not say so")
	}
	<-more
	if n := line.Next(); n != 2 { // a call in hand may outlive its project
		t.Errorf("after the end comes %d", n)
	}
}

func TestCausedTellsWhichCallAMessageGoesBackTo(t *testing.T) {
	t.Parallel()
	line := new(inbox.Timeline)
	b := inbox.NewBox(inbox.Options{Timeline: line})
	caused := func(id, request string) *inbox.Message {
		m := small(id, "")
		m.Cause.Request = request
		return m
	}
	b.Add(caused("old", "r0"))
	after := line.Seq()
	b.Add(caused("a", "r1"), caused("b", "r2"), small("of no call", ""), caused("gone", "r1"), caused("c", "r1"))
	b.DeleteID("gone")
	var got []string
	for request, id := range b.Caused(after) {
		got = append(got, request+" "+id)
	}
	if want := []string{"r1 a", "r2 b", "r1 c"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for request, id := range b.Caused(0) {
		if request != "r0" || id != "old" {
			t.Errorf("the first is %s %s", request, id)
		}
		break
	}
}
