package inbox

import (
	"cmp"
	"slices"
)

// dropBeyond drops the oldest messages as long as there are more than there may be,
// and returns their IDs. b.mu must be held.
func (b *Box) dropBeyond() (ids []string) {
	most := cmp.Or(max(0, b.options.MaxMessages), defaultMessages)
	for b.live() > most {
		id, _ := b.dropOldest()
		ids = append(ids, id)
	}
	return ids
}

// dropOldest drops the oldest message and returns its ID and its bytes; 0 when there
// is none. b.mu must be held.
func (b *Box) dropOldest() (id string, bytes int64) {
	for len(b.entries) > 0 {
		e := b.entries[0]
		b.entries = b.entries[1:]
		if e.marks.Load() == nil {
			b.dead--
			continue
		}
		b.dropped++
		b.lost = e.seq
		id = e.marks.Load().message.ID
		return id, b.forget(e)
	}
	return "", 0
}

// live returns how many messages there are. b.mu must be held.
func (b *Box) live() int { return len(b.entries) - b.dead }

// forget takes an entry out of the books and returns its bytes. b.mu must be
// held; what is in b.entries is the caller's matter.
func (b *Box) forget(e *entry) int64 {
	m := e.marks.Swap(nil).message
	if b.byID[m.ID] == e { // and not a later message of the same ID
		delete(b.byID, m.ID)
	}
	n := m.SizeInMemory()
	b.count(-n)
	return n + b.dropText(e)
}

// bury deletes an entry where it stands. b.mu must be held.
func (b *Box) bury(e *entry) {
	b.forget(e)
	b.dead++
	if b.dead > len(b.entries)/2+16 {
		// A new slice: readers may still look at the old one.
		live := make([]*entry, 0, b.live())
		for _, e := range b.entries {
			if e.marks.Load() != nil {
				live = append(live, e)
			}
		}
		b.entries, b.dead = live, 0
	}
}

// Delete deletes the messages that match, and returns how many those were.
func (b *Box) Delete(f Filter) (n int) {
	b.withMatching(f, func(matching []*entry) {
		ids := make([]string, len(matching))
		for i, e := range matching {
			ids[i] = e.marks.Load().message.ID
			b.bury(e)
		}
		b.remember(ids)
		n = len(ids)
	})
	return n
}

// withMatching does something with the messages that match, all under the lock.
func (b *Box) withMatching(f Filter, do func(matching []*entry)) {
	looked := search{filter: f}
	if len(f.Q) > 0 {
		// What is searched for the first time is made ready without the lock.
		looked.match(b.snapshot())
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	entries := slices.Clip(b.entries)
	var matching []*entry
	for i, k := range looked.match(entries) {
		if k != nil {
			matching = append(matching, entries[i])
		}
	}
	do(matching)
}

// DeleteID deletes a message; false when there is none of that ID.
func (b *Box) DeleteID(id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.byID[id]
	if e != nil {
		b.bury(e)
		b.remember([]string{id})
	}
	return e != nil
}

// DropOldest drops the oldest messages until at least that many bytes are free,
// and returns how many messages those were. What is only there to search them
// goes first.
func (b *Box) DropOldest(bytes int64) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	bytes -= b.dropTexts()
	var ids []string
	for bytes > 0 {
		id, freed := b.dropOldest()
		if freed == 0 {
			break
		}
		bytes -= freed
		ids = append(ids, id)
	}
	b.remember(ids)
	return len(ids)
}

// Clear empties the box and forgets what it lost. Cursors go on growing, and
// waits go on.
func (b *Box) Clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.entries {
		e.marks.Store(nil)
		b.dropText(e)
	}
	b.count(-b.bytes)
	b.entries, b.byID, b.dead, b.dropped, b.lost = nil, nil, 0, 0, 0
	b.gone, b.goneIDs, b.changes, b.forgot = nil, 0, nil, 0
}
