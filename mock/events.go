package mock

import (
	"sync"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/fault"
	"github.com/plunkmock/plunkmock/mock/internal/journal"
)

// Events of a project are those of its inbox, of its journal, and what the control
// API does to it as a whole. All have their numbers from one timeline, so that they
// can be told in order, from any place on.

// happening is an event, ready to be told.
type happening struct {
	seq  uint64
	name string
	data any
}

// keptActs is how many acts of the control API are kept for those who come back.
const keptActs = 1000

// acts are what the control API has done to a project as a whole: reset, clock, faults.
type acts struct {
	line *inbox.Timeline

	mu   sync.Mutex
	list []happening // ascending
	lost uint64      // the number of the newest that is kept no more
}

// add tells of an act.
func (a *acts) add(name string, data any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.put(name, data)
}

// faultsEvent is how many rules a project has after a change of them.
type faultsEvent struct {
	Total   int `json:"total"`
	Enabled int `json:"enabled"`
}

// addFaults tells that rules have changed. They are counted under the lock, so that
// the last to tell of several changes at once has counted them all.
func (a *acts) addFaults(rules *fault.Set) {
	a.mu.Lock()
	defer a.mu.Unlock()
	total, enabled := rules.Count()
	a.put("faults", faultsEvent{total, enabled})
}

// put keeps an act. a.mu must be held.
func (a *acts) put(name string, data any) {
	a.list = append(a.list, happening{a.line.Next(), name, data})
	if len(a.list) > keptActs {
		a.lost = a.list[0].seq
		a.list = a.list[1:]
	}
}

// between returns the acts after one place in the timeline and up to another, and
// whether some are kept no more.
func (a *acts) between(after, upTo uint64) (list []happening, lost bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, act := range a.list {
		if act.seq > after && act.seq <= upTo {
			list = append(list, act)
		}
	}
	return list, a.lost > after
}

// eventsAtOnce is how many events of a sort a follower takes out at once: a slow
// reader must not hold more of them.
const eventsAtOnce = 8

// follower goes over all events of a project, or those of its inbox alone.
type follower struct {
	world   *world
	acts    uint64 // up to where those were told
	mails   *inbox.Follower
	calls   *journal.Follower // nil: of no interest
	pending [3][]happening    // of each sort, taken out and not told yet
	missed  int
}

// followFrom starts after a place in the timeline.
func (w *world) followFrom(after uint64, what eventKinds) *follower {
	f := &follower{world: w, acts: after, mails: w.box.Follow(after)}
	if what == allEvents {
		f.calls = w.journal.Follow(after)
	}
	return f
}

// eventKinds says what a stream tells.
type eventKinds int

const (
	allEvents   eventKinds = iota
	inboxEvents            // messages, what changes or goes of them, resets
)

// next returns the next event up to a place in the timeline; false when there is
// none. Events that were missed by then are counted in f.missed.
func (f *follower) next(upTo uint64) (first happening, ok bool) {
	f.fill(upTo)
	from := -1
	for i, list := range f.pending {
		if len(list) > 0 && (from < 0 || list[0].seq < f.pending[from][0].seq) {
			from = i
		}
	}
	if from < 0 {
		return happening{}, false
	}
	first, f.pending[from] = f.pending[from][0], f.pending[from][1:]
	return first, true
}

// fill takes out events of each sort of which none is pending.
func (f *follower) fill(upTo uint64) {
	if len(f.pending[0]) == 0 {
		list, lost := f.world.acts.between(f.acts, upTo)
		if lost {
			f.missed++
		}
		for _, act := range list {
			if f.calls != nil || act.name == "reset" {
				f.pending[0] = append(f.pending[0], act)
			}
		}
		f.acts = max(f.acts, upTo)
	}
	if len(f.pending[1]) == 0 {
		events, missed := f.mails.Next(upTo, eventsAtOnce)
		f.missed += missed
		for _, e := range events {
			f.pending[1] = append(f.pending[1], mailHappening(e))
		}
	}
	if f.calls != nil && len(f.pending[2]) == 0 {
		entries, missed := f.calls.Next(upTo, eventsAtOnce)
		f.missed += missed
		for _, e := range entries {
			f.pending[2] = append(f.pending[2], happening{e.Seq(), "request", e})
		}
	}
}

type deletedEvent struct {
	IDs []string `json:"ids"`
}

func mailHappening(e inbox.Event) happening {
	switch {
	case e.Deleted != nil:
		return happening{e.Seq, "deleted", deletedEvent{e.Deleted}}
	case e.Changed:
		return happening{e.Seq, "changed", e.Message}
	}
	return happening{e.Seq, "message", e.Message}
}
