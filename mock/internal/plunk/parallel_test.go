package plunk_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

// TestParallelTime is for the race detector: time, events, feedback, imports and
// what reads them at once, then the books must balance.
func TestParallelTime(t *testing.T) {
	t.Parallel()
	const workers, rounds = 8, 25
	p := newProject(t, limited(1e6, 1e6), bounded(1e6, 1e6, 100))
	p.add(t, rules(
		plunk.Automation{Name: "now", Events: []string{"e"}},
		plunk.Automation{Name: "later", Events: []string{"e"}, Template: "News", Delay: 60},
		plunk.Automation{Name: "delivered", Events: []string{"receipt-template-delivered"}, Template: "News", Delay: 1}))
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for i := range rounds {
				p.workInTime(t, w, i)
			}
		})
	}
	all.Wait()
	p.advance(t, day)

	// Each round brings three mails: at once, after an hour, and by the delivery
	// of the first.
	const n = workers * rounds
	counts, ids := map[string]int{}, map[string]bool{}
	for _, m := range p.box.List(inbox.Filter{}, 1e6).Messages {
		counts[m.Cause.Automation.Name]++
		ids[m.ID] = true
	}
	same(t, "mails", counts, map[string]int{"now": n, "later": n, "delivered": n})
	same(t, "IDs", len(ids), 3*n)
	same(t, "events", p.events(), map[string]int{
		"e": n, "receipt-template-delivered": n, "receipt-template-opened": n, "news-template-delivered": 2 * n, "news-template-opened": 0,
	})
	same(t, "contacts", p.CountContacts(), n+workers)
	same(t, "pending", p.pending(), []string{})
	times := 0
	for _, c := range p.Snapshot().Contacts {
		for _, f := range c.Automations {
			times += f.Times
		}
	}
	same(t, "started", times, 3*n)
}

// workInTime is one round of one worker.
func (p project) workInTime(t *testing.T, worker, round int) {
	t.Helper()
	email := fmt.Sprintf("success+%d-%d@simulator.amazonses.com", worker, round)
	_, err := p.Track(plunk.Track{Event: "e", Email: email})
	if err != nil {
		t.Error(err)
	}
	for _, m := range p.box.List(inbox.Filter{}, 1e6).Messages {
		if m.To[0].Address == email && m.Cause.Automation.Name == "now" {
			err = p.Feedback(m.ID, "open", "")
		}
	}
	if err != nil {
		t.Error(err)
	}
	p.now.Add(1)
	p.Tick()
	if _, err := p.Advance(time.Second); err != nil {
		t.Error(err)
	}
	_ = p.Snapshot()
	_, _ = p.Schedule(everyTask, plunk.Page{Limit: 5})
	own := fmt.Sprintf("w%d@rcpt.test", worker)
	if _, err := p.Add(plunk.Snapshot{Contacts: []plunk.ContactSnapshot{{Email: own, Data: map[string]any{"round": float64(round)}}}}); err != nil {
		t.Error(err)
	}
	if round%10 == worker {
		p.Freeze()
		p.Resume()
	}
}
