package inbox

import (
	"cmp"
	"math"
	"slices"
)

// Event is something that has happened in a box: a message has come or has changed, or
// messages have gone.
type Event struct {
	Seq     uint64   // its number in the timeline
	Message Record   // as it is now; when Deleted is nil
	Changed bool     // the message was there before: its marks are what is new
	Deleted []string // IDs of messages that were deleted, or that a limit has pushed out
}

// gone is what a call has deleted, or a limit has pushed out at once.
type gone struct {
	seq uint64
	ids []string
}

// keptGone is how many IDs of deleted messages a box remembers, for those who
// follow it; those of the last call stay, however many they are.
const keptGone = 10_000

// remember remembers what was deleted. b.mu must be held.
func (b *Box) remember(ids []string) {
	if len(ids) == 0 {
		return
	}
	b.gone = append(b.gone, gone{b.timeline().Next(), ids})
	b.goneIDs += len(ids)
	for len(b.gone) > 1 && b.goneIDs > keptGone {
		b.goneIDs -= len(b.gone[0].ids)
		b.forgetUpTo(b.gone[0].seq)
		b.gone = b.gone[1:]
	}
}

// forgetUpTo tells those who have not come so far that something is lost to them.
// b.mu must be held.
func (b *Box) forgetUpTo(seq uint64) { b.forgot = max(b.forgot, seq) }

// Follower goes over what happens in a box. It is for one goroutine.
type Follower struct {
	box     *Box
	seq     uint64 // of the last event that was seen
	dropped int    // how many messages the box had lost then
	seen    int    // how many of those that it held then were seen, at the most
	lost    uint64 // as the box's, when a gap was told for it
	forgot  uint64 // likewise
}

// Follow returns a follower that starts after a place in the timeline.
func (b *Box) Follow(after uint64) *Follower {
	b.mu.Lock()
	defer b.mu.Unlock()
	f := &Follower{box: b, seq: after, dropped: b.dropped}
	f.seen = b.newer(after)
	return f
}

// newer returns where the entries after a place in the timeline begin. b.mu must be
// held.
func (b *Box) newer(seq uint64) int {
	from, _ := slices.BinarySearchFunc(b.entries, seq+1, func(e *entry, seq uint64) int { return cmp.Compare(e.seq, seq) })
	return from
}

// Next returns up to most events that are new, up to a place in the timeline, and how
// many others, at the least, are lost: messages that a limit has pushed out before they
// were seen, and what the box has forgotten. A message that has gone before it was seen
// is told as gone alone.
func (f *Follower) Next(upTo uint64, most int) (events []Event, missed int) {
	b := f.box
	b.mu.Lock()
	defer b.mu.Unlock()
	missed = f.gap()
	next := b.ahead(f.seq)
	for len(events) < most {
		seq := next.seq()
		if seq > upTo || seq == endless {
			break
		}
		f.seq = seq
		if e, ok := next.take(seq); ok {
			events = append(events, e)
		}
	}
	f.dropped, f.seen = b.dropped, len(b.entries)-len(next.entries)
	return events, missed
}

// endless is beyond every place in the timeline.
const endless = uint64(math.MaxUint64)

// ahead is what stands behind a place in the timeline. The box's lock must be held
// while it is used.
type ahead struct {
	entries []*entry
	gone    []gone
	changes []change
}

// ahead returns what stands behind a place in the timeline. b.mu must be held.
func (b *Box) ahead(seq uint64) ahead {
	gone, _ := slices.BinarySearchFunc(b.gone, seq+1, func(g gone, seq uint64) int { return cmp.Compare(g.seq, seq) })
	changed, _ := slices.BinarySearchFunc(b.changes, seq+1, func(c change, seq uint64) int { return cmp.Compare(c.seq, seq) })
	return ahead{b.entries[b.newer(seq):], b.gone[gone:], b.changes[changed:]}
}

// seq returns the number of the next event; endless when there is none.
func (a *ahead) seq() uint64 {
	for len(a.changes) > 0 && a.changes[0].stale() {
		a.changes = a.changes[1:]
	}
	seq := endless
	if len(a.entries) > 0 {
		seq = a.entries[0].seq
	}
	if len(a.gone) > 0 {
		seq = min(seq, a.gone[0].seq)
	}
	if len(a.changes) > 0 {
		seq = min(seq, a.changes[0].seq)
	}
	return seq
}

// take takes out the event of a number, which is the next; false when the message that
// came then has gone.
func (a *ahead) take(seq uint64) (Event, bool) {
	if len(a.gone) > 0 && a.gone[0].seq == seq {
		ids := a.gone[0].ids
		a.gone = a.gone[1:]
		return Event{Seq: seq, Deleted: ids}, true
	}
	var e *entry
	changed := len(a.changes) > 0 && a.changes[0].seq == seq
	if changed {
		e, a.changes = a.changes[0].entry, a.changes[1:]
	} else {
		e, a.entries = a.entries[0], a.entries[1:]
	}
	k := e.marks.Load()
	if k == nil {
		return Event{}, false
	}
	return Event{Seq: seq, Message: e.record(k), Changed: changed}, true
}

// gap returns how much is lost to the follower, at the least, and was not told yet.
// What was deleted or has changed meanwhile is told all the same. f.box.mu must be held.
func (f *Follower) gap() (missed int) {
	b := f.box
	if b.lost > max(f.seq, f.lost) {
		missed, f.lost = max(1, b.dropped-f.dropped-f.seen), b.lost
	}
	if b.forgot > max(f.seq, f.forgot) {
		missed, f.forgot = missed+1, b.forgot
	}
	return missed
}
