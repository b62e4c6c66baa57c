package inbox

import (
	"cmp"
	"slices"
)

// Event is something that has happened in a box: a message has come, or messages
// were deleted.
type Event struct {
	Seq     uint64 // its number in the timeline
	Message Record // when Deleted is nil
	Deleted []string
}

// gone is what a call has deleted.
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
		b.forgot = b.gone[0].seq
		b.gone = b.gone[1:]
	}
}

// Follower goes over what happens in a box. It is for one goroutine.
type Follower struct {
	box     *Box
	seq     uint64 // of the last event that was seen
	dropped int    // how many messages the box had lost then
	seen    int    // how many of those that it held then were seen, at the most
	forgot  uint64 // as the box's, when a gap was told for it
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
// many others, at the least, a limit has pushed out before they were seen. A message
// that was deleted before it was seen is told as deleted alone.
func (f *Follower) Next(upTo uint64, most int) (events []Event, missed int) {
	b := f.box
	b.mu.Lock()
	defer b.mu.Unlock()
	missed = f.skip()
	at := b.newer(f.seq)
	deleted := b.gone
	for len(deleted) > 0 && deleted[0].seq <= f.seq {
		deleted = deleted[1:]
	}
	for len(events) < most {
		came := at < len(b.entries) && b.entries[at].seq <= upTo
		went := len(deleted) > 0 && deleted[0].seq <= upTo
		switch {
		case !came && !went:
			most = 0
		case went && (!came || deleted[0].seq < b.entries[at].seq):
			f.seq = deleted[0].seq
			events = append(events, Event{Seq: f.seq, Deleted: deleted[0].ids})
			deleted = deleted[1:]
		default:
			f.seq = b.entries[at].seq
			if k := b.entries[at].marks.Load(); k != nil {
				events = append(events, Event{Seq: f.seq, Message: b.entries[at].record(k)})
			}
			at++
		}
	}
	f.dropped, f.seen = b.dropped, at
	return events, missed
}

// skip goes over what a limit has pushed out, and returns how much that is at the
// least. f.box.mu must be held.
func (f *Follower) skip() (missed int) {
	b := f.box
	if b.lost > f.seq {
		missed = max(1, b.dropped-f.dropped-f.seen)
		f.seq = b.lost
	}
	if b.forgot > max(f.seq, f.forgot) {
		missed, f.forgot = missed+1, b.forgot
	}
	return missed
}
