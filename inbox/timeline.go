package inbox

import (
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
)

// Timeline numbers all that happens in a project, its messages and its calls, in
// one row: a cursor of one listing is a place in all of them. It is safe for
// concurrent use. The zero Timeline is ready to use.
//
// Whoever takes a number shows what it stands for under the same lock of its own:
// a reader who has seen [Timeline.Seq] and then takes that lock misses nothing up
// to it.
type Timeline struct {
	seq atomic.Uint64

	mu     sync.Mutex
	more   chan struct{} // closed by the next number; nil while no one waits
	closed bool
}

// NewTimeline returns a timeline that goes on from a number.
func NewTimeline(seq uint64) *Timeline {
	t := new(Timeline)
	t.seq.Store(seq)
	return t
}

// Next takes the next number.
func (t *Timeline) Next() uint64 {
	n := t.seq.Add(1)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wake()
	return n
}

// wake tells those who wait. t.mu must be held.
func (t *Timeline) wake() {
	if t.more != nil {
		close(t.more)
		t.more = nil
	}
}

// Seq returns the last number.
func (t *Timeline) Seq() uint64 { return t.seq.Load() }

// SkipTo goes on from a number, unless the timeline is past it already.
func (t *Timeline) SkipTo(seq uint64) {
	for {
		now := t.seq.Load()
		if now >= seq || t.seq.CompareAndSwap(now, seq) {
			return
		}
	}
}

// More returns a channel that is closed by the next number, and whether the
// timeline has come to its end. Ask first, look then, and wait last: nothing gets
// lost between.
func (t *Timeline) More() (more <-chan struct{}, closed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.more == nil {
		t.more = make(chan struct{})
	}
	more = t.more
	if t.closed {
		t.wake() // no one is to wait; numbers may still be taken
	}
	return more, t.closed
}

// Close ends the timeline for those who wait.
func (t *Timeline) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.closed = true
		t.wake()
	}
}

// cursorWidth is how long a cursor is, so that cursors also sort as text.
const cursorWidth = 13

// CursorOf writes a number as a cursor.
func CursorOf(seq uint64) string {
	return fmt.Sprintf("%0*s", cursorWidth, strconv.FormatUint(seq, 36))
}

// SeqOf reads a cursor; one that is none reads as 0.
func SeqOf(cursor string) uint64 {
	seq, err := strconv.ParseUint(cursor, 36, 64)
	if err != nil {
		return 0
	}
	return seq
}

// CheckCursor tells what is wrong with a cursor, as a *FilterError; nil when
// nothing is, or there is none.
func CheckCursor(name, cursor string) error {
	if cursor == "" || len(cursor) == cursorWidth && CursorOf(SeqOf(cursor)) == cursor {
		return nil
	}
	return &FilterError{name, fmt.Sprintf("must be a cursor that an earlier answer gave, not %q", cursor)}
}
