package plunk

import (
	"cmp"
	"container/heap"
	"fmt"
	"slices"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
)

// Task is something that will happen. A record.
type Task struct {
	ID         string
	Due        time.Time
	Label      string // for people
	Kind       inbox.Kind
	Contact    inbox.Ref  // its name is its address
	Automation *inbox.Ref // nil for a campaign's
	Campaign   *inbox.Ref // nil for an automation's
	Event      *inbox.Ref // what started the automation
	Void       bool       // it will send nothing: what stops the automation has happened
}

// task is data: what it needs it looks up by ID when it runs.
type task struct {
	id    string
	due   time.Time
	seq   uint64 // among tasks of one time, first come first served
	label string

	contact    string
	automation string
	campaign   string
	feedback   feedback // of the provider's simulator; then nothing else is set
	why        cause
}

// cause is why something happens.
type cause struct {
	request   string // the ID of the call that it goes back to
	operation string
	event     *inbox.Ref
	data      map[string]any // that came with the event and is not stored
	mails     int            // how many mails, each caused by the one before, led here
}

// agenda holds tasks by due time. The zero agenda is ready to use.
type agenda struct {
	queue queue
	seq   uint64
}

func (a *agenda) len() int { return len(a.queue) }

func (a *agenda) add(t *task) {
	a.seq++
	t.seq = a.seq
	heap.Push(&a.queue, t)
}

func (a *agenda) first() *task {
	if len(a.queue) == 0 {
		return nil
	}
	return a.queue[0]
}

func (a *agenda) pop() *task { return heap.Pop(&a.queue).(*task) } //nolint:forcetypeassert // holds nothing else

// cancel drops the tasks that drop tells.
func (a *agenda) cancel(drop func(*task) bool) {
	a.queue = slices.DeleteFunc(a.queue, drop)
	heap.Init(&a.queue)
}

// ids returns the IDs of the tasks.
func (a *agenda) ids() map[string]bool {
	ids := make(map[string]bool, len(a.queue))
	for _, t := range a.queue {
		ids[t.id] = true
	}
	return ids
}

// sorted returns the tasks in the order in which they will run.
func (a *agenda) sorted() []*task {
	return slices.SortedFunc(slices.Values(a.queue), (*task).compare)
}

func (t *task) compare(u *task) int { return cmp.Or(t.due.Compare(u.due), cmp.Compare(t.seq, u.seq)) }

type queue []*task //nolint:recvcheck // as container/heap wants it

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].compare(q[j]) < 0 }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(t any)        { *q = append(*q, t.(*task)) } //nolint:forcetypeassert // heap.Push is called with nothing else
func (q *queue) Pop() any {
	old := *q
	last := len(old) - 1
	t := old[last]
	old[last] = nil
	*q = old[:last]
	return t
}

// roomForTasks tells whether n more tasks may wait.
func (st *state) roomForTasks(n int) error {
	if most := st.options.Limits.Tasks; n > 0 && st.tasks.len()+n > most {
		return refuse(Invalid, "The project would have more than %d pending tasks; raise --max-tasks, advance the clock or reset the project", most)
	}
	return nil
}

// run does what a task is for. What is gone meanwhile is left out in silence, as
// Plunk does.
func (st *state) run(t *task) {
	switch {
	case t.feedback.message != "":
		st.applyFeedback(t.feedback, t.why)
	case t.why.mails >= st.options.Limits.Chain:
		st.runaway(t)
	case t.automation != "":
		st.runAutomation(t)
	case t.campaign != "":
		st.runCampaign(t)
	}
}

// runaway stops a chain of mails that goes on and on.
func (st *state) runaway(t *task) {
	text := fmt.Sprintf("The chain of %s was stopped: %d mails, each caused by the one before, are the most; raise --max-chain if it is meant to be so long",
		t.label, t.why.mails)
	if !slices.Contains(st.runaways, text) {
		st.runaways = append(st.runaways, text)
	}
}

// deliver puts mails into the inbox, and has the provider's simulator answer
// those that are for it.
func (st *state) deliver(mails int, messages ...*inbox.Message) {
	st.options.Box.Add(messages...)
	for _, m := range messages {
		if st.keepMailed {
			st.mailed = append(st.mailed, m.ID)
		}
		for _, to := range m.To {
			for _, kind := range simulated(to.Address) {
				st.tasks.add(&task{due: st.now, label: kind + " of a mail to " + to.Address, feedback: feedback{m.ID, kind}, why: cause{mails: mails}})
			}
		}
	}
}

// record makes a Task of t; nil when what it is for is gone.
func (st *state) taskRecord(t *task) *Task {
	c := st.contacts.get(t.contact)
	if c == nil {
		return nil
	}
	r := &Task{ID: t.id, Due: t.due, Label: t.label, Contact: inbox.Ref{ID: c.ID, Name: c.Email}, Event: t.why.event}
	if a := st.automations.get(t.automation); a != nil {
		r.Kind, r.Automation = inbox.Automation, &inbox.Ref{ID: a.ID, Name: a.Name}
		r.Void = slices.ContainsFunc(a.NotEvents, st.happened[c.ID].has)
		return r
	}
	if c := st.campaigns.get(t.campaign); c != nil {
		r.Kind, r.Campaign = inbox.Campaign, &inbox.Ref{ID: c.ID, Name: c.Subject}
		return r
	}
	return nil
}

// schedule returns up to limit of the tasks that match, in the order in which
// they will run, and how many match in all.
func (st *state) schedule(match func(*Task) bool, p Page) (list []*Task, total int) {
	list = []*Task{}
	for _, t := range st.tasks.sorted() {
		r := st.taskRecord(t)
		if r == nil || !match(r) {
			continue
		}
		if total++; total > p.Offset && len(list) < p.Limit {
			list = append(list, r)
		}
	}
	return list, total
}
