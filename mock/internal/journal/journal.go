package journal

import (
	"slices"
	"sync"

	"github.com/plunkmock/plunkmock/inbox"
)

// Options say how to build a [Journal].
type Options struct {
	Max      int             // how many entries it holds; 0 or less means none
	Budget   *inbox.Budget   // counts its bytes; nil means that no one does
	Timeline *inbox.Timeline // numbers its entries
	Dropped  int             // how many entries an earlier journal lost
}

// Journal holds the newest calls of one project. It is safe for concurrent use.
type Journal struct {
	options Options

	mu      sync.Mutex
	entries []*Entry // ascending by seq; appended to only
	bytes   int64
	added   int // entries ever
	dropped int
	lost    uint64 // where the newest was that a limit has pushed out, unless all were deleted since
	closed  bool
}

// New returns an empty journal.
func New(o Options) *Journal {
	j := &Journal{options: o, dropped: o.Dropped}
	if j.dropped > 0 {
		j.lost = o.Timeline.Seq() // where exactly, the earlier journal knew
	}
	return j
}

// Add puts an entry into the journal, which gives it its place. Nothing of it may
// change from then on. When there are too many, the oldest go and are counted.
func (j *Journal) Add(e *Entry) {
	e.measure()
	j.mu.Lock()
	defer j.mu.Unlock()
	e.seq = j.options.Timeline.Next()
	j.entries = append(j.entries, e)
	j.added++
	j.count(e.size)
	for len(j.entries) > max(0, j.options.Max) {
		j.dropOldest()
	}
}

// count changes how many bytes the journal holds. j.mu must be held.
func (j *Journal) count(n int64) {
	j.bytes += n
	if j.options.Budget != nil && !j.closed {
		j.options.Budget.Add(n)
	}
}

// dropOldest drops the oldest entry and returns its bytes; 0 when there is none.
// j.mu must be held.
func (j *Journal) dropOldest() int64 {
	if len(j.entries) == 0 {
		return 0
	}
	e := j.entries[0]
	j.entries[0] = nil // readers have copies of their own
	j.entries = j.entries[1:]
	j.dropped++
	j.lost = e.seq
	j.count(-e.size)
	return e.size
}

// snapshot returns the entries as they stand, and what the journal says of those
// that it has lost.
func (j *Journal) snapshot() (entries []*Entry, dropped int, lost uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.entries), j.dropped, j.lost
}

// Get returns the entry of an ID; nil when there is none.
func (j *Journal) Get(id string) *Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, e := range slices.Backward(j.entries) {
		if e.ID == id {
			return e
		}
	}
	return nil
}

// Page is a part of a listing.
type Page struct {
	Entries []*Entry // newest first
	Total   int      // how many match, on all pages
	Dropped int      // how many entries the journal has lost to its limits
	Next    string   // the Before of the next page; "" when this is the last
	Cursor  string   // the end of the timeline
}

// List returns up to limit entries that match, newest first. Total counts without
// regard to Before, which says where the page starts.
func (j *Journal) List(f Filter, limit int) Page {
	page := Page{Cursor: inbox.CursorOf(j.options.Timeline.Seq())} // before the look: what comes meanwhile is after it
	entries, dropped, _ := j.snapshot()
	page.Dropped = dropped
	m := f.ready()
	before := m.before
	m.before = 1<<64 - 1
	for _, e := range slices.Backward(entries) {
		if !m.match(e) {
			continue
		}
		page.Total++
		if e.seq >= before {
			continue
		}
		if len(page.Entries) < limit {
			page.Entries = append(page.Entries, e)
		} else if limit > 0 && page.Next == "" {
			page.Next = page.Entries[limit-1].Cursor()
		}
	}
	return page
}

// Delete deletes the entries that match, and returns how many those were.
func (j *Journal) Delete(f Filter) int {
	m := f.ready()
	j.mu.Lock()
	defer j.mu.Unlock()
	left := make([]*Entry, 0, len(j.entries))
	for _, e := range j.entries {
		if m.match(e) {
			j.count(-e.size)
		} else {
			left = append(left, e)
		}
	}
	n := len(j.entries) - len(left)
	j.entries = left
	if len(left) == 0 {
		j.lost = 0 // whoever deletes all starts over
	}
	return n
}

// DropOldest drops the oldest entries until at least that many bytes are free, and
// returns how many entries those were.
func (j *Journal) DropOldest(bytes int64) (n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for bytes > 0 {
		freed := j.dropOldest()
		if freed == 0 {
			return n
		}
		bytes -= freed
		n++
	}
	return n
}

// Clear empties the journal and forgets what it lost.
func (j *Journal) Clear() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.count(-j.bytes)
	j.entries, j.dropped, j.lost = nil, 0, 0
}

// Len returns how many entries the journal holds.
func (j *Journal) Len() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.entries)
}

// Bytes returns about how many bytes the journal holds.
func (j *Journal) Bytes() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.bytes
}

// Dropped returns how many entries the journal has lost to its limits.
func (j *Journal) Dropped() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.dropped
}

// Close gives the budget back what the journal took of it. A call in hand may
// still add entries.
func (j *Journal) Close() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		return
	}
	if j.options.Budget != nil {
		j.options.Budget.Add(-j.bytes)
	}
	j.closed = true
}
