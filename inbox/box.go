package inbox

import (
	"cmp"
	"errors"
	"io"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// defaultMessages is how many messages a box holds when nothing else is said.
const defaultMessages = 100_000

// Feedback is something that the mail provider said of a message.
type Feedback struct {
	Type string // delivery, open, click, bounce or complaint
	Time time.Time
}

// ForwardStatus says how far the forwarding of a message has come.
type ForwardStatus string

// How far that is.
const (
	ForwardQueued ForwardStatus = "queued"
	ForwardSent   ForwardStatus = "sent"
	ForwardFailed ForwardStatus = "failed"
)

// Forward is what became of a message that was forwarded.
type Forward struct {
	Status ForwardStatus
	Error  string // why it has failed
}

// Record is a message with what its box knows of it.
type Record struct {
	*Message
	Cursor   string
	Read     bool
	Status   Status
	Feedback []Feedback
	Forward  *Forward // nil: it is not forwarded

	seq   uint64
	entry *entry
}

// Before returns the cursor just before the message.
func (r Record) Before() string { return CursorOf(r.seq - 1) }

// Size returns how many bytes the message has on the wire. It is found out when
// it is asked for first, and then known.
func (r Record) Size() int64 {
	if n := r.entry.size.Load(); n > 0 {
		return n
	}
	n, _ := r.WriteTo(io.Discard)
	r.entry.size.Store(n)
	return n
}

// PreviewLine is [Message.Preview], found out when it is asked for first.
func (r Record) PreviewLine() string {
	if p := r.entry.preview.Load(); p != nil {
		return *p
	}
	line := r.Preview()
	r.entry.preview.Store(&line)
	return line
}

// What is known of whether a message refers to images elsewhere.
const (
	remoteUnknown int32 = iota
	remoteNone
	remoteSome
)

// HasRemote is [Message.Remote], found out when it is asked for first.
func (r Record) HasRemote() bool {
	known := r.entry.remote.Load()
	if known == remoteUnknown {
		if known = remoteNone; r.Remote() {
			known = remoteSome
		}
		r.entry.remote.Store(known)
	}
	return known == remoteSome
}

// entry is a message in its box. A tombstone does not hold on to its message.
type entry struct {
	seq     uint64
	marks   atomic.Pointer[marks] // nil for a tombstone
	size    atomic.Int64          // 0: not known yet
	preview atomic.Pointer[string]
	remote  atomic.Int32
	box     *Box
	text    atomic.Pointer[searchable] // nil until it is searched
	changed uint64                     // the number of its last change; box.mu guards it
}

// marks are the message of an entry and what changes of it: a value that is
// replaced as a whole.
type marks struct {
	message  *Message
	read     bool
	status   Status
	feedback []Feedback
	forward  *Forward
}

func (e *entry) record(m *marks) Record {
	return Record{Message: m.message, Cursor: CursorOf(e.seq), Read: m.read, Status: m.status, Feedback: m.feedback, Forward: m.forward, seq: e.seq, entry: e}
}

// looked is the record as far as a filter looks at it, which leaves writing the
// cursor for what matches.
func (e *entry) looked(m *marks) Record {
	return Record{Message: m.message, Read: m.read, seq: e.seq, entry: e}
}

// Options say how to build a [Box].
type Options struct {
	MaxMessages int       // how many messages it holds; 0 or less means 100,000
	Budget      *Budget   // counts its bytes; nil means that no one does
	Timeline    *Timeline // numbers its messages; nil means one of its own
	Dropped     int       // how many messages an earlier box lost
}

// Box holds the messages of one project. It is safe for concurrent use. The zero
// Box is ready to use.
type Box struct {
	mu      sync.Mutex
	options Options
	entries []*entry // ascending by seq, tombstones among them; appended to only
	byID    map[string]*entry
	dead    int // tombstones in entries
	dropped int
	lost    uint64 // the number of the newest that a limit has pushed out
	gone    []gone // what was deleted of late, oldest first
	goneIDs int    // in gone
	changes []change
	forgot  uint64 // the number of the newest that gone or changes no longer has
	bytes   int64
	closed  bool
	more    chan struct{} // closed when a message comes; nil while no one waits
	texts   texts
}

// NewBox returns an empty box.
func NewBox(o Options) *Box {
	return &Box{options: o, dropped: o.Dropped}
}

// Add puts messages into the box, all or, to a reader, none. When there are too
// many, the oldest go and are counted.
func (b *Box) Add(messages ...*Message) {
	if len(messages) == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range messages {
		b.put(&marks{message: m, status: Sent})
	}
	b.remember(b.dropBeyond())
	if b.options.Budget != nil && b.options.Budget.Over() > 0 {
		b.dropTexts()
	}
	b.wake()
}

// Restore puts a message back into the box with the marks that it had, as far as read,
// feedback and status go. Of what goes to make room for it, no one is told.
func (b *Box) Restore(m *Message, read bool, status Status, feedback ...Feedback) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.put(&marks{message: m, read: read, status: cmp.Or(status, Sent), feedback: feedback})
	b.dropBeyond()
	b.wake()
}

// put puts a message into the box. b.mu must be held.
func (b *Box) put(m *marks) {
	if b.byID == nil {
		b.byID = map[string]*entry{}
	}
	e := &entry{seq: b.timeline().Next(), box: b}
	e.marks.Store(m)
	b.entries = append(b.entries, e)
	b.byID[m.message.ID] = e
	b.count(m.message.SizeInMemory())
}

// wake tells those who wait for a message that they should look. b.mu must be held.
func (b *Box) wake() {
	if b.more != nil {
		close(b.more)
		b.more = nil
	}
}

// timeline returns what numbers the messages. b.mu must be held.
func (b *Box) timeline() *Timeline {
	if b.options.Timeline == nil {
		b.options.Timeline = new(Timeline)
	}
	return b.options.Timeline
}

// count changes how many bytes the box holds. b.mu must be held.
func (b *Box) count(n int64) {
	b.bytes += n
	if b.options.Budget != nil && !b.closed {
		b.options.Budget.Add(n)
	}
}

// snapshot returns the entries as they stand.
func (b *Box) snapshot() []*entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clip(b.entries)
}

// Get returns the message of an ID.
func (b *Box) Get(id string) (Record, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.byID[id]
	if e == nil {
		return Record{}, false
	}
	return e.record(e.marks.Load()), true
}

// Latest returns the newest message that matches.
func (b *Box) Latest(f Filter) (Record, bool) {
	for e, k := range (&search{filter: f}).newest(b.snapshot()) {
		return e.record(k), true
	}
	return Record{}, false
}

// Page is a part of a listing.
type Page struct {
	Messages []Record // newest first
	Total    int      // how many match, on all pages
	Unread   int      // how many of those are unread
	Dropped  int      // how many messages the box has lost to its limits
	Next     string   // the Before of the next page; "" when this is the last
	Cursor   string   // the end of the timeline: what comes from now on is after it
}

// List returns up to limit messages that match, newest first. Total and Unread
// count without regard to Before, which says where the page starts.
func (b *Box) List(f Filter, limit int) Page { return b.ListFrom(f, 0, limit) }

// ListFrom is List without the first of those that match: offset says how many of
// the newest are left out, of those before Before if that is given.
func (b *Box) ListFrom(f Filter, offset, limit int) Page {
	b.mu.Lock()
	entries := slices.Clip(b.entries)
	page := Page{Dropped: b.dropped, Cursor: CursorOf(b.timeline().Seq())}
	b.mu.Unlock()

	before := f.ready().before
	f.Before = ""
	page.Messages = make([]Record, 0, min(max(0, limit), 64))
	for e, k := range (&search{filter: f}).newest(entries) {
		page.Total++
		if !k.read {
			page.Unread++
		}
		if e.seq >= before {
			continue
		}
		if offset > 0 {
			offset--
			continue
		}
		if len(page.Messages) < limit {
			page.Messages = append(page.Messages, e.record(k))
		} else if limit > 0 && page.Next == "" {
			page.Next = page.Messages[limit-1].Cursor
		}
	}
	return page
}

// After returns the messages that are newer than a cursor, oldest first; all for
// "".
func (b *Box) After(cursor string) []Record {
	entries := b.snapshot()
	from, _ := slices.BinarySearchFunc(entries, SeqOf(cursor)+1, func(e *entry, seq uint64) int { return cmp.Compare(e.seq, seq) })
	var records []Record
	for _, e := range entries[from:] {
		if k := e.marks.Load(); k != nil {
			records = append(records, e.record(k))
		}
	}
	return records
}

// Caused goes over the messages that are newer than a number of the timeline,
// oldest first: the ID of the call that each goes back to, and its own.
func (b *Box) Caused(after uint64) iter.Seq2[string, string] {
	return func(yield func(request, id string) bool) {
		entries := b.snapshot()
		from := len(entries) // the new ones are at the end, and few
		for from > 0 && entries[from-1].seq > after {
			from--
		}
		for _, e := range entries[from:] {
			if k := e.marks.Load(); k != nil && k.message.Cause.Request != "" && !yield(k.message.Cause.Request, k.message.ID) {
				return
			}
		}
	}
}

// SkipTo makes the cursors go on from that one, unless they are past it already:
// for messages that come back from a file.
func (b *Box) SkipTo(cursor string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.timeline().SkipTo(SeqOf(cursor))
}

// Len returns how many messages the box holds.
func (b *Box) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.live()
}

// Dropped returns how many messages the box has lost to its limits.
func (b *Box) Dropped() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.dropped
}

// Cursor returns the end of the timeline: what comes from now on is after it.
func (b *Box) Cursor() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return CursorOf(b.timeline().Seq())
}

// Bytes returns about how many bytes the box holds.
func (b *Box) Bytes() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bytes + b.texts.held()
}

// ErrClosed is the error of a wait whose box was closed.
var ErrClosed = errors.New("inbox: the box is closed")

// Close ends all waits, and gives the budget back what the box took of it. A
// call in hand may still add messages and read them.
func (b *Box) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	searched := b.texts.close()
	if b.options.Budget != nil {
		b.options.Budget.Add(-b.bytes - searched)
	}
	b.closed = true
	b.wake()
}
