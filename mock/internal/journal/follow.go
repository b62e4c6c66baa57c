package journal

import "slices"

// Follower goes over the entries of a journal as they come. It is for one goroutine.
type Follower struct {
	journal *Journal
	seq     uint64 // of the last entry that was seen
	added   int    // how many entries there had been then
}

// Follow returns a follower that starts after a place in the timeline. When a limit
// has pushed out calls after that place already, the follower has missed one at
// least; no one knows how many.
func (j *Journal) Follow(after uint64) *Follower {
	j.mu.Lock()
	defer j.mu.Unlock()
	f := &Follower{j, after, j.added - len(j.newer(after))}
	if j.lost > after {
		f.added--
	}
	return f
}

// Next returns up to most of the entries that are new, oldest first, up to a place in
// the timeline, and how many others had gone by then: the journal keeps no more than
// it may, and entries are deleted.
func (f *Follower) Next(upTo uint64, most int) (entries []*Entry, missed int) {
	j := f.journal
	j.mu.Lock()
	defer j.mu.Unlock()
	newer := j.newer(f.seq)
	missed = j.added - f.added - len(newer)
	for len(entries) < min(most, len(newer)) && newer[len(entries)].seq <= upTo {
		entries = newer[:len(entries)+1]
	}
	entries = slices.Clone(entries)
	f.added = j.added - (len(newer) - len(entries))
	if n := len(entries); n > 0 {
		f.seq = entries[n-1].seq
	}
	return entries, missed
}

// newer returns the entries after a place in the timeline. j.mu must be held.
func (j *Journal) newer(seq uint64) []*Entry {
	from := len(j.entries) // the new ones are at the end
	for from > 0 && j.entries[from-1].seq > seq {
		from--
	}
	return j.entries[from:]
}
