package inbox

import (
	"cmp"
	"context"
	"slices"
)

// Wait waits until at least count messages match, count being 1 or more. It
// returns all that match, oldest first, and the end of the timeline, what does not
// match included. The error is that of ctx, or ErrClosed.
func (b *Box) Wait(ctx context.Context, f Filter, count int) ([]Record, string, error) {
	s := search{filter: f}
	var found []Record
	looked := SeqOf(f.After) // up to where the box was looked at
	for ended := false; ; {
		entries, seq, more, closed := b.watch()
		found = refresh(found)
		from, _ := slices.BinarySearchFunc(entries, looked+1, func(e *entry, seq uint64) int { return cmp.Compare(e.seq, seq) })
		for i, k := range s.match(entries[from:]) {
			if k != nil {
				found = append(found, entries[from+i].record(k))
			}
		}
		looked = max(looked, seq)
		if len(found) >= count {
			return found, CursorOf(seq), nil
		}
		if closed {
			return nil, CursorOf(seq), ErrClosed
		}
		if ended {
			return nil, CursorOf(seq), ctx.Err()
		}
		select {
		case <-more:
		case <-ctx.Done():
			ended = true // a last look: what came at the same moment counts
		}
	}
}

// refresh returns those records that still stand, with their marks of now.
func refresh(records []Record) []Record {
	now := records[:0]
	for _, r := range records {
		if k := r.entry.marks.Load(); k != nil {
			now = append(now, r.entry.record(k))
		}
	}
	return now
}

// watch returns the entries as they stand, and a channel that is closed when
// more come.
func (b *Box) watch() (entries []*entry, seq uint64, more chan struct{}, closed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.more == nil && !b.closed {
		b.more = make(chan struct{})
	}
	return slices.Clip(b.entries), b.timeline().Seq(), b.more, b.closed
}

// Near is a message that nearly matched.
type Near struct {
	Record
	Misses []Miss
}

// Near returns up to limit messages that came after the filter's After and do
// not match, nearest first: those with the fewest misses, the newest first
// among equals.
func (b *Box) Near(f Filter, limit int) []Near {
	const looked = 10_000 // the newest; enough to find what was meant
	var near []Near
	after := SeqOf(f.After)
	for _, e := range slices.Backward(b.snapshot()) {
		if e.seq <= after || len(near) == looked {
			break
		}
		k := e.marks.Load()
		if k == nil {
			continue
		}
		r := e.record(k)
		if misses := f.Misses(r); len(misses) > 0 {
			near = append(near, Near{r, misses})
		}
	}
	slices.SortStableFunc(near, func(a, b Near) int { return cmp.Compare(len(a.Misses), len(b.Misses)) })
	return near[:min(limit, len(near))]
}
