package plunk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

func everyTask(*plunk.Task) bool { return true }

// pending returns the labels of the tasks that wait, in the order in which they
// will run.
func (p project) pending() []string {
	list, _ := p.Schedule(everyTask, plunk.Page{Limit: 1000})
	labels := []string{}
	for _, t := range list {
		labels = append(labels, fmt.Sprintf("%v %s", t.Due.Sub(noon), t.Label))
	}
	return labels
}

// ladder are automations of the event e with these delays.
func ladder(delays ...int) []plunk.Automation {
	list := []plunk.Automation{}
	for i, d := range delays {
		list = append(list, plunk.Automation{Name: fmt.Sprintf("A%d", i), Events: []string{"e"}, Delay: d})
	}
	return list
}

// TestAdvanceRunsTasksInOrderAtTheirOwnTime: oldest first, and among equals
// first come, first served.
func TestAdvanceRunsTasksInOrderAtTheirOwnTime(t *testing.T) {
	t.Parallel()
	p := automated(t, ladder(60, 30, 60, 0, 90, 30)...)
	p.track(t, "e", "ann@rcpt.test")
	p.advance(t, 30*time.Minute)
	p.track(t, "e", "bob@rcpt.test") // its 30 minutes end with Ann's 60
	same(t, "pending", p.pending(), []string{
		`1h0m0s automation "A0" to ann@rcpt.test`, `1h0m0s automation "A2" to ann@rcpt.test`,
		`1h0m0s automation "A1" to bob@rcpt.test`, `1h0m0s automation "A5" to bob@rcpt.test`,
		`1h30m0s automation "A4" to ann@rcpt.test`, `1h30m0s automation "A0" to bob@rcpt.test`, `1h30m0s automation "A2" to bob@rcpt.test`,
		`2h0m0s automation "A4" to bob@rcpt.test`,
	})
	c := p.advance(t, day)
	same(t, "now", c.Now, noon.Add(day+30*time.Minute))
	got, ids := []string{}, []string{}
	for _, m := range p.mails() {
		got = append(got, fmt.Sprintf("%v %s %s", m.Time.Sub(noon), m.Cause.Automation.Name, m.To[0].Address[:3]))
		ids = append(ids, m.ID)
	}
	same(t, "sent", got, []string{
		"0s A3 ann", "30m0s A1 ann", "30m0s A5 ann", "30m0s A3 bob", "1h0m0s A0 ann", "1h0m0s A2 ann", "1h0m0s A1 bob", "1h0m0s A5 bob",
		"1h30m0s A4 ann", "1h30m0s A0 bob", "1h30m0s A2 bob", "2h0m0s A4 bob",
	})
	same(t, "ran", c.Ran, 8)
	same(t, "mails", c.Messages, ids[4:])
}

// TestAdvanceRunsWhatComesUpOnTheWay: a task that another one makes runs in the
// same move of the clock, when it is due.
func TestAdvanceRunsWhatComesUpOnTheWay(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	v := subjects("First", "Second", "Third")
	v.Automations = []plunk.Automation{
		{Name: "1", Template: "1", Events: []string{"e"}, Delay: 10},
		{Name: "2", Template: "2", Events: []string{"first-template-delivered"}, Delay: 20},
		{Name: "3", Template: "3", Events: []string{"second-template-delivered"}},
		{Name: "other", Template: "1", Events: []string{"e"}, Delay: 25},
	}
	p.add(t, v)
	p.track(t, "e", "success@simulator.amazonses.com")
	p.advance(t, time.Hour)
	got := []string{}
	for _, m := range p.mails() {
		got = append(got, fmt.Sprintf("%v %s %s", m.Time.Sub(noon), m.Cause.Automation.Name, m.Status))
	}
	same(t, "sent", got, []string{
		"10m0s 1 DELIVERED", "25m0s other DELIVERED", "30m0s 2 DELIVERED", "30m0s 3 DELIVERED", "45m0s 2 DELIVERED", "45m0s 3 DELIVERED",
	})
	same(t, "pending", p.pending(), []string{})
	same(t, "cause goes back to the request", p.latest(t).Cause.Request, "r1")
}

func TestScheduleTellsWhatWaits(t *testing.T) {
	t.Parallel()
	p := automated(t, plunk.Automation{Name: "later", Events: []string{"e"}, Delay: 60})
	r := p.track(t, "e", "ann@rcpt.test")
	c := p.campaign(t, "Summer", "b", "ann@rcpt.test", "bob@rcpt.test")
	must[*plunk.Campaign](t)(p.SendCampaign(plunk.SendCampaign{ID: c.ID, Live: true, Delay: 5}))
	tasks, total := p.Schedule(everyTask, plunk.Page{Limit: 2})
	same(t, "total", total, 3)
	same(t, "listed", len(tasks), 2)
	same(t, "first", *tasks[0], plunk.Task{
		ID: tasks[0].ID, Due: noon.Add(5 * time.Minute), Label: `campaign "Summer" to ann@rcpt.test`, Kind: inbox.Campaign,
		Contact: inbox.Ref{ID: r.Contact, Name: "ann@rcpt.test"}, Campaign: &inbox.Ref{ID: c.ID, Name: "Summer"},
	})
	tasks, total = p.Schedule(func(t *plunk.Task) bool { return t.Automation != nil }, plunk.Page{Limit: 10})
	same(t, "automations", total, 1)
	last, total := p.Schedule(everyTask, plunk.Page{Limit: 2, Offset: 2})
	same(t, "total from an offset", total, 3)
	same(t, "from an offset", len(last), 1)
	same(t, "the last", last[0].ID, tasks[0].ID)
	same(t, "automation", *tasks[0], plunk.Task{
		ID: tasks[0].ID, Due: noon.Add(time.Hour), Label: `automation "later" to ann@rcpt.test`, Kind: inbox.Automation,
		Contact: inbox.Ref{ID: r.Contact, Name: "ann@rcpt.test"}, Automation: tasks[0].Automation, Event: &inbox.Ref{ID: r.Event, Name: "e"},
	})

	// What is deleted is called off; the rest stays in order.
	must[*plunk.Campaign](t)(p.DeleteCampaign(c.ID))
	same(t, "pending", p.pending(), []string{`1h0m0s automation "later" to ann@rcpt.test`})
}

// TestCancelKeepsTheOrder: whatever goes, the rest runs in order.
func TestCancelKeepsTheOrder(t *testing.T) {
	t.Parallel()
	p := automated(t, ladder(27, 23, 25, 23, 21)...)
	gone := []string{}
	for i := range 20 {
		r := p.track(t, "e", fmt.Sprintf("u%d@rcpt.test", i))
		if i%3 == 0 {
			gone = append(gone, r.Contact)
		}
		p.advance(t, 20*time.Second)
	}
	left := p.pending()
	for _, id := range gone {
		c := must[*plunk.Contact](t)(p.DeleteContact(id))
		left = slices.DeleteFunc(left, func(label string) bool { return strings.HasSuffix(label, " to "+c.Email) })
	}
	same(t, "how many", len(left), 5*13)
	same(t, "pending", p.pending(), left)
	p.advance(t, time.Hour)
	got := []string{}
	for _, m := range p.mails() {
		got = append(got, fmt.Sprintf("%v automation %q to %s", m.Time.Sub(noon), m.Cause.Automation.Name, m.To[0].Address))
	}
	same(t, "sent", got, left)
}

// bounded bounds the tasks that wait, those of one advance, and a chain.
func bounded(tasks, run, chain int) func(*plunk.Options) {
	return func(o *plunk.Options) { o.Limits.Tasks, o.Limits.Run, o.Limits.Chain = tasks, run, chain }
}

// TestAdvanceStopsAtMost: the clock stops when it has run as many tasks as one
// move may, and goes on with the next.
func TestAdvanceStopsAtMost(t *testing.T) {
	t.Parallel()
	p := newProject(t, frozen, bounded(1000, 10, 100))
	p.add(t, rules(append(ladder(1, 2, 3), plunk.Automation{Name: "now", Events: []string{"f"}})...))
	for i := range 4 {
		p.track(t, "e", fmt.Sprintf("u%d@rcpt.test", i))
	}
	c, err := p.Advance(day)
	refused(t, "advance", err, plunk.Conflict, `The clock stopped at 2030-01-01T12:03:00.000Z: 10 tasks have run, the most in one advance. `+
		`Next is automation "A2" to u2@rcpt.test. Advance again to go on, or raise --max-run`)
	same(t, "ran", c.Ran, 10)
	same(t, "mails", []int{len(c.Messages), p.box.Len()}, []int{10, 10})
	same(t, "now", c.Now, noon.Add(3*time.Minute))
	same(t, "where it stands then", p.Now(), noon.Add(3*time.Minute))
	same(t, "pending", len(p.pending()), 2)

	// The rest counts for the next move.
	c = p.advance(t, day)
	same(t, "now in the end", c.Now, noon.Add(day+3*time.Minute))
	same(t, "ran in the end", []int{c.Ran, len(c.Messages), p.box.Len()}, []int{2, 2, 12})
	p.track(t, "f", "ann@rcpt.test")
	same(t, "at once again", p.box.Len(), 13)
}

// TestLiveClockGoesOn after it was stopped, by itself.
func TestLiveClockGoesOn(t *testing.T) {
	t.Parallel()
	var log []string
	p := newProject(t, bounded(1000, 10, 100), func(o *plunk.Options) { o.Warn = func(text string) { log = append(log, text) } })
	p.add(t, rules(append(ladder(1, 1, 1), plunk.Automation{Name: "now", Events: []string{"f"}})...))
	for i := range 10 {
		p.track(t, "e", fmt.Sprintf("u%d@rcpt.test", i))
	}
	_, err := p.Advance(time.Minute)
	if err == nil {
		t.Error("30 tasks have run in one move")
	}
	same(t, "mails", p.box.Len(), 10)
	p.Tick()
	p.Tick()
	same(t, "mails", p.box.Len(), 30)
	p.track(t, "f", "ann@rcpt.test")
	same(t, "at once again", p.box.Len(), 31)

	// When real time brings too much, someone is told.
	for i := range 5 {
		p.track(t, "e", fmt.Sprintf("u%d@rcpt.test", i))
	}
	log = nil
	p.pass(time.Hour)
	p.Tick()
	same(t, "log", log, []string{`The clock stopped at 2030-01-01T12:02:00.000Z: 10 tasks have run, the most in one advance. ` +
		`Next is automation "A1" to u3@rcpt.test. Advance again to go on, or raise --max-run`})
	p.Tick()
	same(t, "mails in the end", p.box.Len(), 46)
	same(t, "now in the end", p.Now(), noon.Add(time.Hour+time.Minute))
}

// looping returns a project whose automation Round is started by its own mail,
// once Start has sent the first.
func looping(tb testing.TB, delay int, change ...func(*plunk.Options)) project {
	tb.Helper()
	p := newProject(tb, change...)
	v := subjects("Loop")
	v.Automations = []plunk.Automation{
		{Name: "Round", Template: "1", Events: []string{"loop-template-delivered"}, Delay: delay},
		{Name: "Start", Template: "1", Events: []string{"e"}},
	}
	p.add(tb, v)
	return p
}

const runaway = `The chain of automation "Round" to success@simulator.amazonses.com was stopped: 7 mails, each caused by the one before, are the most; raise --max-chain if it is meant to be so long`

// TestChainOfMailsEnds: a loop ends with an error that names the automation.
func TestChainOfMailsEnds(t *testing.T) {
	t.Parallel()
	for _, delay := range []int{1, aDay} {
		p := looping(t, delay, bounded(1000, 1000, 7))
		p.track(t, "e", "success@simulator.amazonses.com")
		c, err := p.Advance(365 * day)
		refused(t, "advance", err, plunk.Conflict, runaway)
		same(t, "mails", []int{len(c.Messages), p.box.Len()}, []int{6, 7})
		same(t, "now", c.Now, noon.Add(365*day))
		same(t, "pending", p.pending(), []string{})
		// That was it: the clock goes on.
		same(t, "ran later", p.advance(t, day).Ran, 0)
	}
}

// TestChainOfMailsAtOnce: what no one advanced for is told to whoever started
// it, and to the log.
func TestChainOfMailsAtOnce(t *testing.T) {
	t.Parallel()
	var log []string
	p := looping(t, 0, bounded(1000, 1000, 7), func(o *plunk.Options) { o.Warn = func(text string) { log = append(log, text) } })
	r := p.track(t, "e", "success@simulator.amazonses.com")
	same(t, "mails", p.box.Len(), 7)
	same(t, "warnings", r.Warnings, []string{runaway})
	same(t, "log", log, []string{runaway})
	same(t, "later", p.track(t, "other", "ann@rcpt.test").Warnings, nil)
}

// TestTasksAreBounded: what would make more tasks than may wait is refused, and
// changes nothing.
func TestTasksAreBounded(t *testing.T) {
	t.Parallel()
	const full = "The project would have more than 4 pending tasks; raise --max-tasks, advance the clock or reset the project"
	p := newProject(t, bounded(4, 1000, 100))
	p.add(t, rules(append(ladder(60, 60), plunk.Automation{Name: "sub", Events: []string{"subscribe"}, Delay: 60})...))
	p.track(t, "e", "ann@rcpt.test")
	p.track(t, "e", "bob@rcpt.test")
	c := p.campaign(t, "s", "b", "ann@rcpt.test")
	before := p.Snapshot()
	_, err := p.Track(plunk.Track{Event: "e", Email: "cleo@rcpt.test"})
	refused(t, "track", err, plunk.Invalid, full)
	_, err = p.subscribe(p.Contacts()[0].ID)
	refused(t, "subscribe", err, plunk.Invalid, full)
	_, err = p.live(c.ID)
	refused(t, "campaign", err, plunk.Invalid, full)
	_, err = p.Add(plunk.Snapshot{Tasks: []plunk.TaskSnapshot{{Contact: "ann@rcpt.test", Automation: "A0"}}})
	flawed(t, "import", err, "tasks: "+full)
	same(t, "snapshot", p.Snapshot(), before)

	p.track(t, "unheard", "cleo@rcpt.test")
	p.add(t, before) // these tasks are there already
	p.advance(t, time.Hour)
	p.track(t, "e", "cleo@rcpt.test")
}

func BenchmarkAdvance10k(b *testing.B) {
	const contacts = 10_000
	p := newProject(b, limited(contacts, 1e9), bounded(contacts, contacts, 100))
	p.add(b, rules(ladder(aDay)...))
	v := plunk.Snapshot{}
	for i := range contacts {
		email := fmt.Sprintf("u%d@rcpt.test", i)
		v.Contacts = append(v.Contacts, plunk.ContactSnapshot{Email: email})
		v.Tasks = append(v.Tasks, plunk.TaskSnapshot{Due: noon.Add(time.Duration(1+i*7919%contacts) * time.Minute), Automation: "A0", Contact: email})
	}
	p.add(b, v)
	start := p.Snapshot()
	start.Clock = &plunk.ClockSnapshot{Frozen: true, At: noon}
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		must[plunk.Snapshot](b)(p.Replace(start))
		p.box.Clear()
		b.StartTimer()
		if c := p.advance(b, 8760*time.Hour); c.Ran != contacts {
			b.Fatalf("%d tasks ran, want %d", c.Ran, contacts)
		}
	}
}
