package inbox_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox"
)

// waited is what a wait came back with.
type waited struct {
	ids    []string
	cursor string
	err    error
}

// wait starts a wait, and returns once it waits or is done. It is for use in a
// synctest bubble.
func wait(ctx context.Context, b *inbox.Box, f inbox.Filter, count int) <-chan waited {
	done := make(chan waited, 1)
	go func() {
		records, cursor, err := b.Wait(ctx, f, count)
		done <- waited{idsOf(records), cursor, err}
	}()
	synctest.Wait()
	return done
}

func checkWaits(t *testing.T, waits ...<-chan waited) {
	t.Helper()
	synctest.Wait()
	for i, w := range waits {
		if len(w) > 0 {
			t.Errorf("wait %d is done: %+v", i, <-w)
		}
	}
}

func checkFound(t *testing.T, done <-chan waited, want ...string) {
	t.Helper()
	got := <-done
	if got.err != nil {
		t.Errorf("the wait failed: %v", got.err)
	}
	if diff := cmp.Diff(want, got.ids); diff != "" {
		t.Errorf("found (-want +got):\n%s", diff)
	}
}

func TestWaitReturnsAllThatIsThereOldestFirst(t *testing.T) {
	t.Parallel()
	var b inbox.Box
	fill(&b, 4)
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // what is there needs no waiting
	f := inbox.Filter{To: []string{"0@x.test", "1@x.test", "2@x.test"}}
	records, cursor, err := b.Wait(ctx, f, 1)
	if err != nil || cursor != b.Cursor() {
		t.Errorf("cursor %s, want %s; error %v", cursor, b.Cursor(), err)
	}
	if diff := cmp.Diff([]string{"0", "1", "2"}, idsOf(records)); diff != "" {
		t.Errorf("found (-want +got):\n%s", diff)
	}
}

func TestWaitReturnsWhatComesLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b inbox.Box
		fill(&b, 2)
		w := wait(t.Context(), &b, inbox.Filter{To: []string{"x@x.test"}}, 1)
		b.Add(small("y", ""))
		checkWaits(t, w)
		b.Add(small("x", ""))
		checkFound(t, w, "x")
	})
}

func TestWaitForThree(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b inbox.Box
		b.Add(small("1", ""))
		w := wait(t.Context(), &b, inbox.Filter{}, 3)
		b.Add(small("2", ""))
		checkWaits(t, w)
		b.Add(small("3", ""), small("4", ""))
		checkFound(t, w, "1", "2", "3", "4")
	})
}

func TestManyWaitForTheSameMessage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b inbox.Box
		first := wait(t.Context(), &b, inbox.Filter{}, 1)
		second := wait(t.Context(), &b, inbox.Filter{To: []string{"x@x.test"}}, 1)
		other := wait(t.Context(), &b, inbox.Filter{To: []string{"z@x.test"}}, 1)
		b.Add(small("x", ""))
		checkFound(t, first, "x")
		checkFound(t, second, "x")
		checkWaits(t, other)
		b.Add(small("z", ""))
		checkFound(t, other, "z")
	})
}

func TestWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b inbox.Box
		fill(&b, 2)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		got := <-wait(ctx, &b, inbox.Filter{To: []string{"x@x.test"}}, 1)
		if !errors.Is(got.err, context.DeadlineExceeded) || len(got.ids) != 0 || got.cursor != b.Cursor() {
			t.Errorf("got %+v", got)
		}
	})
}

func TestWaitDoesNotCountWhatWasDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b inbox.Box
		fill(&b, 2)
		w := wait(t.Context(), &b, inbox.Filter{}, 3)
		b.DeleteID("0")
		b.Add(small("2", ""))
		checkWaits(t, w)
		b.Add(small("3", ""))
		checkFound(t, w, "1", "2", "3")
	})
}

func TestWaitTellsTheMarksOfNow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b inbox.Box
		b.Add(small("1", ""))
		done := make(chan []inbox.Record, 1)
		go func() {
			records, _, _ := b.Wait(t.Context(), inbox.Filter{}, 2)
			done <- records
		}()
		synctest.Wait()
		b.SetRead("1", true)
		b.Add(small("2", ""))
		if r := <-done; len(r) != 2 || !r[0].Read || r[1].Read {
			t.Errorf("got %+v", r)
		}
	})
}

func TestWaitSeesOnlyWhatCameAfter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b inbox.Box
		fill(&b, 2)
		w := wait(t.Context(), &b, inbox.Filter{After: b.Cursor()}, 1)
		checkWaits(t, w)
		b.Add(small("x", ""))
		checkFound(t, w, "x")

		r, _ := b.Get("0")
		checkFound(t, wait(t.Context(), &b, inbox.Filter{After: r.Cursor}, 1), "1", "x")
	})
}

func TestWaitGoesOnThroughAClear(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := inbox.NewBox(inbox.Options{})
		fill(b, 1)
		w := wait(t.Context(), b, inbox.Filter{}, 2)
		b.Clear()
		b.Add(small("x", ""))
		checkWaits(t, w) // the first was cleared away
		b.Add(small("y", ""))
		checkFound(t, w, "x", "y")
	})
}

func TestCloseEndsWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := inbox.NewBox(inbox.Options{Budget: inbox.NewBudget(0)})
		fill(b, 1)
		first, second := wait(t.Context(), b, inbox.Filter{}, 2), wait(t.Context(), b, inbox.Filter{}, 3)
		b.Close()
		b.Close()
		late := wait(t.Context(), b, inbox.Filter{}, 2)
		for _, w := range []<-chan waited{first, second, late} {
			if got := <-w; !errors.Is(got.err, inbox.ErrClosed) || got.cursor != b.Cursor() {
				t.Errorf("got %+v", got)
			}
		}
		checkFound(t, wait(t.Context(), b, inbox.Filter{}, 1), "0") // it can still be read
	})
}

func TestNearTellsTheNearestFirst(t *testing.T) {
	t.Parallel()
	var b inbox.Box
	b.Add(small("before", ""))
	f := inbox.Filter{To: []string{"x@x.test"}, Subject: []string{"hello"}, After: b.Cursor()}
	far, near, nearer, found := small("far", ""), small("x", ""), small("near", ""), small("x", "")
	near.ID, nearer.Subject, found.Subject = "subject", "Hello you", "hello"
	b.Add(near, far, small("farther", ""), nearer, found)
	var got []string
	for _, n := range b.Near(f, 3) {
		got = append(got, n.ID+" misses "+n.Misses[0].Filter)
	}
	if diff := cmp.Diff([]string{"near misses to", "subject misses subject", "farther misses to"}, got); diff != "" {
		t.Errorf("near (-want +got):\n%s", diff)
	}
	if got := b.Near(f, 100); len(got) != 4 {
		t.Errorf("%d are near, want 4", len(got))
	}
	if got := b.Near(f, 0); len(got) != 0 {
		t.Errorf("%d are near, want none", len(got))
	}
}
