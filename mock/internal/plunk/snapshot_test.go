package plunk_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

// full returns a project with everything in it.
func full(tb testing.TB) project {
	tb.Helper()
	p := newProject(tb)
	p.UpdateSettings(plunk.SettingsChange{
		DisplayName: new("Shop"), Sender: new("shop@shop.test"), Domains: []string{"shop.test"}, Members: []string{"a@shop.test", "b@shop.test"},
	})
	p.add(tb, plunk.Snapshot{
		Templates: []plunk.Template{
			{Name: "News", Subject: "News for {{name}}", Body: "b", Marketing: true, Style: "PLUNK", From: "Ed", Email: "ed@shop.test"},
			{Name: "Receipt", Subject: "Receipt", Body: "{{name}} {{code}}", Style: "HTML"},
			{Name: "Receipt", Subject: "receipt!", Body: "of the same name and subject", Style: "HTML"},
		},
		Automations: []plunk.Automation{
			{Name: "once", Template: "News", Events: []string{"e"}, RunOnce: true},
			{Name: "later", Template: "News", Events: []string{"e", "f"}, NotEvents: []string{"x", "unheard"}, Delay: 60},
			{Name: "opened", Template: "News", Events: []string{"news-for-name-template-opened"}, Delay: 30},
		},
	})
	for _, email := range []string{"ann@rcpt.test", "bob@rcpt.test"} {
		must[plunk.Tracked](tb)(p.Track(plunk.Track{Event: "e", Email: email, Request: "r1", Data: map[string]any{
			"name": email, "list": []any{1.0, "two", nil, map[string]any{"deep": true}}, "code": map[string]any{"value": 1.0, "persistent": false},
		}}))
		p.report(tb, "delivery", "open")
		p.pass(time.Minute)
		p.track(tb, "f", email)
	}
	p.track(tb, "x", "bob@rcpt.test")
	must[*plunk.Contact](tb)(p.unsubscribe(p.Contacts()[1].ID))
	p.contact(tb, "quiet@rcpt.test", nil)
	must[*plunk.Contact](tb)(p.DeleteContact(p.contact(tb, "gone@rcpt.test", nil).ID))
	p.campaign(tb, "Draft", "b", "new@rcpt.test", "ann@rcpt.test", "NEW@rcpt.test")
	p.campaign(tb, "Empty", "b")
	c := p.campaign(tb, "Sent", "b {{name}}", "ann@rcpt.test", "bob@rcpt.test")
	must[*plunk.Campaign](tb)(p.SendCampaign(plunk.SendCampaign{ID: c.ID, Live: true, Delay: 45, Request: "r2"}))
	return p
}

// clocks are the ways in which a clock may stand.
func clocks() map[string]func(testing.TB, project) {
	return map[string]func(testing.TB, project){
		"live":   func(testing.TB, project) {},
		"ahead":  func(tb testing.TB, p project) { tb.Helper(); p.advance(tb, time.Minute) },
		"frozen": func(_ testing.TB, p project) { p.Freeze() },
		"frozen ahead": func(tb testing.TB, p project) {
			tb.Helper()
			p.Freeze()
			p.advance(tb, time.Minute)
		},
	}
}

// TestExportIsImport: a state that is put back is the same, in the project that
// it comes from and in another one, whatever they have come to hold meanwhile.
func TestExportIsImport(t *testing.T) {
	t.Parallel()
	for name, set := range clocks() {
		p := full(t)
		set(t, p)
		want := p.Snapshot()
		for what, into := range map[string]project{
			"itself, unchanged": p,
			"an empty project":  newProject(t),
			"one that stands":   newProject(t, frozen),
			"one of real ids":   newProject(t, func(o *plunk.Options) { o.Seed = "" }),
			"one that is ahead": full(t),
			"itself, changed":   p,
		} {
			into.now.Store(p.now.Load())
			if what == "itself, changed" || what == "one that is ahead" {
				into.advance(t, day)
				into.track(t, "more", "more@rcpt.test")
			}
			must[plunk.Snapshot](t)(into.Replace(want))
			same(t, name+" into "+what, into.Snapshot(), want)
		}
	}
}

// TestImportGoesOnAlike: what an import holds goes on as what was exported does.
func TestImportGoesOnAlike(t *testing.T) {
	t.Parallel()
	p, q := full(t), newProject(t)
	q.now.Store(p.now.Load())
	must[plunk.Snapshot](t)(q.Replace(p.Snapshot()))
	p.box.Clear()
	for _, project := range []project{p, q} {
		project.track(t, "e", "ann@rcpt.test") // once it has run
		project.track(t, "f", "ann@rcpt.test") // later it runs again, after both
		project.track(t, "unheard", "quiet@rcpt.test")
		project.pass(20 * time.Minute)
		project.advance(t, day)
		project.track(t, "e", "quiet@rcpt.test")
	}
	if p.box.Len() < 6 {
		t.Fatalf("only %v were sent", p.sent())
	}
	mails := func(p project) (list []inbox.Message) {
		for _, m := range p.mails() {
			list = append(list, *m.Message)
		}
		return list
	}
	if diff := cmp.Diff(mails(p), mails(q), cmpopts.IgnoreFields(inbox.Message{}, "ID")); diff != "" {
		t.Errorf("mails (-exported +imported):\n%s", diff)
	}
	if diff := cmp.Diff(p.Snapshot(), q.Snapshot(), cmp.AllowUnexported(plunk.Template{})); diff != "" {
		t.Errorf("snapshots (-exported +imported):\n%s", diff)
	}
}

// TestSnapshotHoldsEverything, so that the tests of it are worth something.
func TestSnapshotHoldsEverything(t *testing.T) {
	t.Parallel()
	v := full(t).Snapshot()
	same(t, "sizes", []int{len(v.Events), len(v.Contacts), len(v.Templates), len(v.Automations), len(v.Campaigns)}, []int{11, 4, 3, 3, 3})
	labels := []string{}
	for _, task := range v.Tasks {
		labels = append(labels, fmt.Sprintf("%v %v %s %d", task.Due.Sub(noon), task.Campaign != "", task.Request, task.Mails))
	}
	same(t, "tasks", labels, []string{"30m0s false r7 0", "31m0s false r7 0", "47m0s true r2 0", "47m0s true r2 0", "1h1m0s false r1 0", "1h2m0s false r1 0"})
	same(t, "fired", len(v.Contacts[0].Automations), 3)
	same(t, "history", len(v.Contacts[1].Events), 6)
}

// TestAddTwiceChangesNothing: neither what a project holds already, nor a
// fixture a second time.
func TestAddTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	for name, set := range clocks() {
		p := full(t)
		set(t, p)
		v := p.Snapshot()
		p.add(t, v)
		same(t, name, p.Snapshot(), v)
	}

	p := newProject(t, frozen)
	v := rules(ladder(0, 60)...)
	v.Clock = &plunk.ClockSnapshot{Frozen: true, At: noon}
	v.Settings = &plunk.SettingsChange{DisplayName: new("Shop")}
	v.Events = []plunk.EventSnapshot{{Name: "Unheard Of"}}
	v.Contacts = []plunk.ContactSnapshot{
		{Email: "Ann@Rcpt.test", Data: map[string]any{"a": 1.0}},
		{Email: "bob@rcpt.test", Subscribed: new(false), Events: []plunk.Happened{{Name: "e"}}, Automations: []plunk.Fired{{Automation: "A0"}}},
	}
	v.Campaigns = []plunk.CampaignSnapshot{{Subject: "s", Recipients: []string{"cleo@rcpt.test"}}, {Subject: "s"}}
	v.Templates = append(v.Templates, plunk.Template{Name: "News", Subject: "of the same name"})
	added := p.add(t, v)
	once := p.Snapshot()
	again := p.add(t, v)
	same(t, "added", again, added)
	same(t, "snapshot", p.Snapshot(), once)
}

// TestAddLeavesTheRest: a list that is nil leaves what is there; one that is not
// is all that is there then, but for contacts and campaigns, which are added.
func TestAddLeavesTheRest(t *testing.T) {
	t.Parallel()
	p := full(t)
	v := p.Snapshot()
	p.add(t, plunk.Snapshot{})
	same(t, "nothing", p.Snapshot(), v)
	p.add(t, plunk.Snapshot{Events: []plunk.EventSnapshot{}, Contacts: []plunk.ContactSnapshot{}, Campaigns: []plunk.CampaignSnapshot{}, Tasks: []plunk.TaskSnapshot{}})
	same(t, "empty lists", p.Snapshot(), v)

	p.add(t, plunk.Snapshot{Contacts: []plunk.ContactSnapshot{{Email: "ANN@rcpt.test", Data: map[string]any{"new": true}}, {Email: "dan@rcpt.test"}}})
	got := p.Snapshot()
	want := v.Contacts[0]
	want.Data, want.UpdatedAt = map[string]any{"new": true}, p.Now()
	same(t, "a contact that is there", got.Contacts[0], want)
	same(t, "how many there are", len(got.Contacts), len(v.Contacts)+1)

	p.add(t, plunk.Snapshot{Automations: []plunk.Automation{}})
	got = p.Snapshot()
	same(t, "automations", got.Automations, []plunk.Automation{})
	same(t, "pending", len(got.Tasks), 2)
	p.add(t, plunk.Snapshot{Templates: []plunk.Template{}})
	same(t, "templates", p.Snapshot().Templates, []plunk.Template{})
}

// TestImportReferences: by ID or by name, of what is there or comes along.
func TestImportReferences(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.add(t, plunk.Snapshot{
		Events:   []plunk.EventSnapshot{{ID: "e1", Name: "e"}},
		Contacts: []plunk.ContactSnapshot{{ID: "c1", Email: "ann@rcpt.test"}},
		Templates: []plunk.Template{
			{ID: "t1", Name: "T", Subject: "One"}, {ID: "t2", Name: "twin", Subject: "Two"}, {ID: "t3", Name: "twin", Subject: "Three"},
		},
		Automations: []plunk.Automation{
			{ID: "a1", Name: "A", Template: "T", Events: []string{"e1"}}, {ID: "a2", Name: "B", Template: "t3", Events: []string{"E"}, NotEvents: []string{"Not Yet"}},
		},
		Campaigns: []plunk.CampaignSnapshot{{ID: "k1", Subject: "K"}},
	})
	p.add(t, plunk.Snapshot{Tasks: []plunk.TaskSnapshot{
		{ID: "x1", Contact: "c1", Automation: "a1", Due: noon.Add(1), Event: "e1"},
		{ID: "x2", Contact: "Ann@Rcpt.test", Automation: "B", Due: noon.Add(time.Hour)},
		{ID: "x3", Contact: "new@rcpt.test", Campaign: "K", Due: noon.Add(2 * time.Hour), Event: "e"},
		{ID: "x4", Contact: "ann@rcpt.test", Campaign: "k1", Due: noon.Add(2 * time.Hour)},
	}, Contacts: []plunk.ContactSnapshot{{ID: "c2", Email: "New@Rcpt.test"}}})
	v := p.Snapshot()
	same(t, "templates", []string{v.Automations[0].Template, v.Automations[1].Template}, []string{"t1", "t3"})
	same(t, "events", v.Automations[0].Events, []string{"e1"})
	same(t, "events by name", v.Automations[1].Events, []string{"e1"})
	same(t, "a new event", p.eventNames()[1], "not-yet")
	// That of the present ran already.
	same(t, "sent", p.box.Len(), 1)
	same(t, "its event", p.latest(t).Cause.Event, &inbox.Ref{ID: "e1", Name: "e"})
	same(t, "tasks", v.Tasks, []plunk.TaskSnapshot{
		{ID: "x2", Contact: "c1", Automation: "a2", Due: noon.Add(time.Hour)},
		{ID: "x3", Contact: "c2", Campaign: "k1", Due: noon.Add(2 * time.Hour), Event: "e1"},
		{ID: "x4", Contact: "c1", Campaign: "k1", Due: noon.Add(2 * time.Hour)},
	})
}

// TestAddKeepsEventsOfAName: an event that comes along under the name of one
// that is there is that one, so that those who wait for it still do.
func TestAddKeepsEventsOfAName(t *testing.T) {
	t.Parallel()
	p := automated(t, plunk.Automation{Events: []string{"e"}}, plunk.Automation{Events: []string{"other"}, NotEvents: []string{"e"}})
	p.track(t, "e", "ann@rcpt.test")
	p.add(t, plunk.Snapshot{
		Events:   []plunk.EventSnapshot{{ID: "foreign", Name: "E"}},
		Contacts: []plunk.ContactSnapshot{{Email: "bob@rcpt.test", Events: []plunk.Happened{{Name: "foreign", Time: noon}}}},
	})
	p.track(t, "e", "cleo@rcpt.test")
	p.track(t, "other", "ann@rcpt.test")
	p.track(t, "other", "bob@rcpt.test")
	same(t, "sent", p.sent(), []string{"0s ann: Receipt", "0s cleo: Receipt"})
	same(t, "events", p.events()["e"], 3)
	names := []string{}
	for _, e := range p.Snapshot().Events {
		names = append(names, e.Name)
	}
	same(t, "each name once", len(slices.Compact(slices.Sorted(slices.Values(names)))), len(names))
}

// TestAddRenamesAnEvent, which its ID tells.
func TestAddRenamesAnEvent(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	v := rules(plunk.Automation{Events: []string{"e1"}})
	v.Events = []plunk.EventSnapshot{{ID: "e1", Name: "old"}}
	p.add(t, v)
	p.add(t, plunk.Snapshot{Events: []plunk.EventSnapshot{{ID: "e1", Name: "New"}}})
	p.track(t, "old", "ann@rcpt.test")
	p.track(t, "new", "bob@rcpt.test")
	same(t, "sent", p.sent(), []string{"0s bob: Receipt"})
}

// TestImportOfATaskForARecipient: a campaign makes contacts of its recipients,
// whom a task may name.
func TestImportOfATaskForARecipient(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	v := plunk.Snapshot{
		Campaigns: []plunk.CampaignSnapshot{{Subject: "K", Body: "b", Recipients: []string{"Ann@rcpt.test"}}},
		Tasks:     []plunk.TaskSnapshot{{ID: "x", Campaign: "K", Contact: "ann@RCPT.test", Due: noon.Add(time.Hour)}},
	}
	base := must[plunk.Snapshot](t)(p.Replace(v))
	same(t, "pending", p.pending(), []string{`1h0m0s campaign "K" to ann@rcpt.test`})
	p.add(t, base)
	must[plunk.Snapshot](t)(p.Replace(base))
	same(t, "pending", p.pending(), []string{`1h0m0s campaign "K" to ann@rcpt.test`})
	same(t, "contacts", p.emails(), []string{"ann@rcpt.test"})
}

// TestImportOfAutomationsThatRan, of a contact that is there or of a new one,
// with its events or without.
func TestImportOfAutomationsThatRan(t *testing.T) {
	t.Parallel()
	p := automated(t, plunk.Automation{Name: "once", Events: []string{"e"}, RunOnce: true})
	p.track(t, "f", "ann@rcpt.test")
	ran := []plunk.Fired{{Automation: "once"}}
	p.add(t, plunk.Snapshot{Contacts: []plunk.ContactSnapshot{
		{Email: "ann@rcpt.test", Automations: ran},
		{Email: "bob@rcpt.test", Automations: ran},
		{Email: "cleo@rcpt.test", Automations: ran, Events: []plunk.Happened{{Name: "e"}}},
		{Email: "dan@rcpt.test", Events: []plunk.Happened{{Name: "e"}}},
	}})
	for _, email := range p.emails() {
		p.track(t, "e", email)
	}
	same(t, "sent", p.sent(), []string{"0s dan: Receipt"})
	same(t, "happened", p.happened(t, "ann@rcpt.test"), []string{"f", "e"})
	same(t, "events", []int{p.events()["e"], p.events()["f"]}, []int{6, 1})
}

// TestSnapshotOfAStoppedClock: what the simulator has still to say is no task
// that an import could take.
func TestSnapshotOfAStoppedClock(t *testing.T) {
	t.Parallel()
	p := newProject(t, frozen, bounded(1000, 1, 100))
	p.add(t, rules(ladder(1, 2)...))
	p.track(t, "e", "success@simulator.amazonses.com")
	if _, err := p.Advance(2 * time.Minute); err == nil {
		t.Fatal("four tasks have run in one move")
	}
	v := p.Snapshot()
	same(t, "tasks", len(v.Tasks), 1)
	must[plunk.Snapshot](t)(p.Replace(v))
	same(t, "snapshot", p.Snapshot(), v)
}
