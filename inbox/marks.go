package inbox

import (
	"cmp"
	"slices"
)

// change says that the marks of a message have changed. It is stale when they have
// changed again since, or when the message is gone.
type change struct {
	seq   uint64
	entry *entry
}

func (c change) stale() bool { return c.entry.changed != c.seq || c.entry.marks.Load() == nil }

// keptChanges is how many messages that have changed a box remembers, for those who
// follow it.
const keptChanges = 10_000

// SetRead marks a message as read or unread; false when there is none of that
// ID.
func (b *Box) SetRead(id string, read bool) (Record, bool) {
	return b.mark(id, func(m *marks) bool {
		changed := m.read != read
		m.read = read
		return changed
	})
}

// toldOneByOne is how many messages that are marked at once are told as changed, each.
const toldOneByOne = 1000

// MarkRead marks the messages that match as read, and returns how many of those were
// not. When there are very many, whoever follows the box learns that it has missed
// something, and is not told of each.
func (b *Box) MarkRead(f Filter) int {
	var marked []*entry
	b.withMatching(f, func(matching []*entry) {
		for _, e := range matching {
			if now := *e.marks.Load(); !now.read {
				now.read = true
				e.marks.Store(&now)
				marked = append(marked, e)
			}
		}
		if len(marked) > toldOneByOne {
			b.forgetUpTo(b.timeline().Next())
			return
		}
		for _, e := range marked {
			b.changed(e)
		}
	})
	return len(marked)
}

// SetFeedback adds what the mail provider said of a message, and gives it a
// status; "" leaves that as it is. It is false when there is no such message.
func (b *Box) SetFeedback(id string, f Feedback, status Status) (Record, bool) {
	return b.mark(id, func(m *marks) bool {
		m.feedback = append(slices.Clip(m.feedback), f)
		m.status = cmp.Or(status, m.status)
		return true
	})
}

// SetForward tells what became of a message that is forwarded. It is false when there
// is no such message.
func (b *Box) SetForward(id string, f Forward) (Record, bool) {
	return b.mark(id, func(m *marks) bool {
		changed := m.forward == nil || *m.forward != f
		m.forward = &f
		return changed
	})
}

// mark changes the marks of a message under the lock, and tells that they have changed
// if they have.
func (b *Box) mark(id string, change func(*marks) bool) (Record, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.byID[id]
	if e == nil {
		return Record{}, false
	}
	m := *e.marks.Load()
	if change(&m) {
		e.marks.Store(&m)
		b.changed(e)
	}
	return e.record(&m), true
}

// changed remembers that a message has changed. Of each message only the last change
// counts: whoever is told of it is shown the message as it is then. b.mu must be held.
func (b *Box) changed(e *entry) {
	e.changed = b.timeline().Next()
	b.changes = append(b.changes, change{e.changed, e})
	if len(b.changes) <= 2*keptChanges {
		return
	}
	kept := slices.DeleteFunc(b.changes, change.stale)
	if over := len(kept) - keptChanges; over > 0 {
		b.forgetUpTo(kept[over-1].seq)
		kept = slices.Delete(kept, 0, over)
	}
	b.changes = kept
}
