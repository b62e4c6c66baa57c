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

const (
	day  = 24 * time.Hour
	aDay = 24 * 60 // a day as a delay
)

// automated returns a project with two templates, the marketing News and the
// transactional Receipt, and automations. One that says nothing else mails
// Receipt.
func automated(tb testing.TB, automations ...plunk.Automation) project {
	tb.Helper()
	p := newProject(tb)
	p.add(tb, rules(automations...))
	return p
}

func rules(automations ...plunk.Automation) plunk.Snapshot {
	for i := range automations {
		a := &automations[i]
		if a.Name == "" {
			a.Name = fmt.Sprintf("A%d", i)
		}
		if a.Template == "" {
			a.Template = "Receipt"
		}
	}
	return plunk.Snapshot{
		Templates: []plunk.Template{
			{Name: "News", Subject: "News", Body: "<p>News</p>", Marketing: true, Style: "HTML"},
			{Name: "Receipt", Subject: "Receipt", Body: "{{name ?? you}}, {{code ?? none}}", Style: "HTML"},
		},
		Automations: automations,
	}
}

// add adds a snapshot that has no flaw.
func (p project) add(tb testing.TB, v plunk.Snapshot) plunk.Snapshot {
	tb.Helper()
	return must[plunk.Snapshot](tb)(p.Add(v))
}

// track tells of an event.
func (p project) track(tb testing.TB, event, email string) plunk.Tracked {
	tb.Helper()
	return must[plunk.Tracked](tb)(p.Track(plunk.Track{Event: event, Email: email, Request: "r1"}))
}

// advance moves the clock.
func (p project) advance(tb testing.TB, by time.Duration) plunk.Clock {
	tb.Helper()
	return must[plunk.Clock](tb)(p.Advance(by))
}

// sent returns what was mailed to whom how long after noon, oldest first.
func (p project) sent() []string {
	list := []string{}
	for _, m := range p.mails() {
		list = append(list, fmt.Sprintf("%v %s: %s", m.Time.Sub(noon), strings.TrimSuffix(m.To[0].Address, "@rcpt.test"), m.Subject))
	}
	return list
}

func TestAutomationMailsAtOnce(t *testing.T) {
	t.Parallel()
	p := automated(t, plunk.Automation{Name: "Greet", Events: []string{"Signed Up"}})
	r := p.track(t, "signed-up", "ann@rcpt.test")
	m := p.latest(t)
	same(t, "sent", p.sent(), []string{"0s ann: Receipt"})
	a := p.AutomationPage("", plunk.Page{Limit: 10}).Records[0]
	same(t, "cause", m.Cause, inbox.Cause{
		Request: "r1", Operation: "trackEvent", Event: &inbox.Ref{ID: r.Event, Name: "signed-up"},
		Automation: &inbox.Ref{ID: a.ID, Name: "Greet"}, Template: &inbox.Ref{ID: a.Template.ID, Name: "Receipt"},
		Contact: &inbox.Ref{ID: r.Contact, Name: "ann@rcpt.test"}, Missing: []string{"name", "code"},
	})
	same(t, "kind", m.Kind, inbox.Automation)
	same(t, "events", a.Events, []inbox.Ref{{ID: r.Event, Name: "signed-up"}})
}

func TestAutomationDelay(t *testing.T) {
	t.Parallel()
	p := automated(t, plunk.Automation{Events: []string{"e"}, Delay: aDay})
	p.track(t, "e", "ann@rcpt.test")
	c := p.advance(t, day-time.Millisecond)
	same(t, "ran early", c.Ran, 0)
	same(t, "sent early", p.sent(), []string{})
	c = p.advance(t, time.Millisecond)
	same(t, "sent", p.sent(), []string{"24h0m0s ann: Receipt"})
	same(t, "what advancing did", c, plunk.Clock{Now: noon.Add(day), Ahead: day, Ran: 1, Messages: []string{p.latest(t).ID}})
	same(t, "sent later", p.advance(t, 1000*day).Ran, 0)
}

func TestAutomationRunOnce(t *testing.T) {
	t.Parallel()
	p := automated(t,
		plunk.Automation{Name: "once", Events: []string{"e"}, RunOnce: true},
		plunk.Automation{Name: "always", Events: []string{"e"}},
		plunk.Automation{Name: "later", Events: []string{"e"}, RunOnce: true, Delay: 60})
	for range 3 {
		p.track(t, "e", "ann@rcpt.test")
	}
	p.track(t, "e", "bob@rcpt.test")
	p.advance(t, day)
	p.track(t, "e", "ann@rcpt.test")
	p.advance(t, day)
	same(t, "automations", p.startedBy(), map[string]int{"once ann": 1, "once bob": 1, "always ann": 4, "always bob": 1, "later ann": 1, "later bob": 1})
}

// startedBy counts the mails of each automation to each contact.
func (p project) startedBy() map[string]int {
	counts := map[string]int{}
	for _, m := range p.mails() {
		counts[m.Cause.Automation.Name+" "+strings.TrimSuffix(m.To[0].Address, "@rcpt.test")]++
	}
	return counts
}

// TestAutomationRunOnceIsUsedUp: an automation that may not mail has run all the
// same, as in Plunk.
func TestAutomationRunOnceIsUsedUp(t *testing.T) {
	t.Parallel()
	p := automated(t, plunk.Automation{Events: []string{"e"}, Template: "News", RunOnce: true})
	c := must[*plunk.Contact](t)(p.CreateContact(plunk.NewContact{Email: "ann@rcpt.test"}))
	p.track(t, "e", c.Email)
	must[*plunk.Contact](t)(p.subscribe(c.ID))
	p.track(t, "e", c.Email)
	same(t, "sent", p.sent(), []string{})
	fired := p.Snapshot().Contacts[0].Automations
	same(t, "fired", fired, []plunk.Fired{{Automation: fired[0].Automation, Times: 1, At: noon, After: 1}})
}

func TestAutomationNotEvents(t *testing.T) {
	t.Parallel()
	p := automated(t,
		plunk.Automation{Name: "now", Events: []string{"e"}, NotEvents: []string{"x", "Paid Up"}, RunOnce: true},
		plunk.Automation{Name: "later", Events: []string{"e"}, NotEvents: []string{"x", "Paid Up"}, Delay: 60})

	// It has happened before.
	p.track(t, "paid-up", "ann@rcpt.test")
	p.track(t, "e", "ann@rcpt.test")
	same(t, "fired", p.Snapshot().Contacts[0].Automations, []plunk.Fired{})

	// It happens during the delay; to Cleo it does not, to Dan too late.
	p.track(t, "e", "bob@rcpt.test")
	p.track(t, "e", "cleo@rcpt.test")
	p.track(t, "e", "dan@rcpt.test")
	p.advance(t, time.Hour-time.Millisecond)
	p.track(t, "x", "bob@rcpt.test")
	c := p.advance(t, time.Millisecond)
	p.track(t, "x", "dan@rcpt.test")
	p.advance(t, day)
	same(t, "ran, sent", []int{c.Ran, len(c.Messages)}, []int{3, 2})
	same(t, "automations", p.startedBy(), map[string]int{"now bob": 1, "now cleo": 1, "now dan": 1, "later cleo": 1, "later dan": 1})
}

func TestAutomationMarketing(t *testing.T) {
	t.Parallel()
	p := automated(t,
		plunk.Automation{Events: []string{"e"}, Template: "News"},
		plunk.Automation{Events: []string{"e"}, Template: "News", Delay: 60},
		plunk.Automation{Events: []string{"e"}})
	off := must[*plunk.Contact](t)(p.CreateContact(plunk.NewContact{Email: "off@rcpt.test"}))
	on := p.contact(t, "on@rcpt.test", nil)
	p.track(t, "e", off.Email)
	p.track(t, "e", on.Email)

	// Whoever unsubscribes during the delay is mailed; whoever subscribes is not.
	must[*plunk.Contact](t)(p.unsubscribe(on.ID))
	must[*plunk.Contact](t)(p.subscribe(off.ID))
	p.advance(t, day)
	same(t, "sent", p.sent(), []string{"0s off: Receipt", "0s on: News", "0s on: Receipt", "1h0m0s on: News"})
}

func TestAutomationSeveralEvents(t *testing.T) {
	t.Parallel()
	p := automated(t,
		plunk.Automation{Name: "all", Events: []string{"a", "b", "c"}},
		plunk.Automation{Name: "once", Events: []string{"b", "a"}, RunOnce: true})
	for _, step := range []struct {
		event string
		want  map[string]int
	}{
		{"a", map[string]int{}},
		{"a", map[string]int{}},
		{"c", map[string]int{}},
		{"b", map[string]int{"all ann": 1, "once ann": 1}},
		// It starts again when all have happened anew.
		{"c", map[string]int{"all ann": 1, "once ann": 1}},
		{"b", map[string]int{"all ann": 1, "once ann": 1}},
		{"other", map[string]int{"all ann": 1, "once ann": 1}},
		{"a", map[string]int{"all ann": 2, "once ann": 1}},
		{"a", map[string]int{"all ann": 2, "once ann": 1}},
	} {
		p.track(t, step.event, "ann@rcpt.test")
		same(t, "after "+step.event, p.startedBy(), step.want)
	}
	// What happens to others does not count.
	p.track(t, "b", "bob@rcpt.test")
	p.track(t, "c", "bob@rcpt.test")
	same(t, "in the end", p.startedBy(), map[string]int{"all ann": 2, "once ann": 1})
}

func TestAutomationData(t *testing.T) {
	t.Parallel()
	p := automated(t, plunk.Automation{Events: []string{"e"}}, plunk.Automation{Events: []string{"e"}, Delay: 60})
	must[plunk.Tracked](t)(p.Track(plunk.Track{Event: "e", Email: "ann@rcpt.test", Data: map[string]any{
		"name": "Ann", "code": map[string]any{"value": "42", "persistent": false},
	}}))
	same(t, "at once", p.latest(t).HTML, "Ann, 42")
	same(t, "stored", p.Contacts()[0].Data, map[string]any{"name": "Ann"})

	// After a delay the contact is read again, and what was not stored is gone.
	must[*plunk.Contact](t)(p.UpdateContact(plunk.ContactChange{ID: p.Contacts()[0].ID, Data: map[string]any{"name": "Anna"}}))
	p.advance(t, time.Hour)
	same(t, "later", p.latest(t).HTML, "Anna, none")
	same(t, "missing", p.latest(t).Cause.Missing, []string{"code"})
}

// TestAutomationAsItStands: a task holds no content.
func TestAutomationAsItStands(t *testing.T) {
	t.Parallel()
	p := automated(t, plunk.Automation{Name: "A", Events: []string{"e"}, Delay: 60})
	p.track(t, "e", "ann@rcpt.test")
	c := p.Contacts()[0]
	must[*plunk.Contact](t)(p.UpdateContact(plunk.ContactChange{ID: c.ID, Email: new("anna@rcpt.test")}))
	v := rules(plunk.Automation{Name: "A", Events: []string{"other"}, Delay: 1000})
	v.Templates[1].Subject, v.Templates[1].Body = "Changed for {{plunk_email}}", "new"
	p.add(t, v)
	p.advance(t, time.Hour)
	same(t, "sent", p.sent(), []string{"1h0m0s anna: Changed for anna@rcpt.test"})
	same(t, "body", p.latest(t).HTML, "new")
}

func TestAutomationGone(t *testing.T) {
	t.Parallel()
	p := automated(t, plunk.Automation{Name: "A", Events: []string{"e"}, Delay: 60}, plunk.Automation{Name: "B", Events: []string{"e"}, Delay: 60})
	gone := p.track(t, "e", "gone@rcpt.test")
	p.track(t, "e", "ann@rcpt.test")
	must[*plunk.Contact](t)(p.DeleteContact(gone.Contact))
	p.add(t, rules(plunk.Automation{Name: "B", Events: []string{"e"}, Delay: 60}))
	_, total := p.Schedule(everyTask, plunk.Page{Limit: 0})
	same(t, "pending", total, 1)
	p.advance(t, day)
	same(t, "sent", p.startedBy(), map[string]int{"B ann": 1})
}

func TestAutomationSender(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.add(t, plunk.Snapshot{
		Templates: []plunk.Template{
			{Name: "own", Subject: "s", Style: "HTML", From: "Sales", Email: "Sales@Shop.test"},
			{Name: "name", Subject: "s", Style: "HTML", From: "Sales"},
			{Name: "none", Subject: "s", Style: "HTML"},
		},
		Automations: []plunk.Automation{
			{Name: "own", Template: "own", Events: []string{"e"}}, {Name: "name", Template: "name", Events: []string{"e"}}, {Name: "none", Template: "none", Events: []string{"e"}},
		},
	})
	p.track(t, "e", "ann@rcpt.test")
	p.UpdateSettings(plunk.SettingsChange{Verified: new(false)})
	p.track(t, "e", "ann@rcpt.test")
	from := []string{}
	for _, m := range p.mails() {
		from = append(from, m.From.String())
		same(t, "reply to", m.ReplyTo, []inbox.Address{{Address: m.From.Address}})
	}
	same(t, "from", from, []string{
		`"Sales" <sales@shop.test>`, `"Sales" <hello@test.example.com>`, `"test" <hello@test.example.com>`,
		`"Sales" <no-reply@useplunk.dev>`, `"Sales" <no-reply@useplunk.dev>`, `"test" <no-reply@useplunk.dev>`,
	})
}

func TestAutomationFooterAndStyle(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.add(t, plunk.Snapshot{
		Templates: []plunk.Template{
			{Name: "News", Subject: "News", Body: "x", Style: "PLUNK", Marketing: true},
			{Name: "Plain news", Subject: "Plain news", Body: "x", Style: "HTML", Marketing: true},
			{Name: "Receipt", Subject: "Receipt", Body: "x", Style: "PLUNK"},
			{Name: "Plain receipt", Subject: "Plain receipt", Body: "x", Style: "HTML"},
		},
		Automations: []plunk.Automation{
			{Name: "1", Template: "News", Events: []string{"e"}},
			{Name: "2", Template: "Plain news", Events: []string{"e"}},
			{Name: "3", Template: "Receipt", Events: []string{"e"}},
			{Name: "4", Template: "Plain receipt", Events: []string{"e"}},
		},
	})
	contact := p.track(t, "e", "ann@rcpt.test").Contact
	type look struct{ Layout, Footer, Header bool }
	got := map[string]look{}
	for _, m := range p.mails() {
		got[m.Subject] = look{
			strings.HasPrefix(m.HTML, "<!doctype html>"), strings.Contains(m.HTML, "http://localhost:4580/unsubscribe/"+contact),
			slices.ContainsFunc(m.Headers, func(f inbox.Field) bool { return f.Name == "List-Unsubscribe" }),
		}
	}
	same(t, "looks", got, map[string]look{
		"News": {true, true, true}, "Plain news": {false, true, true}, "Receipt": {Layout: true}, "Plain receipt": {},
	})
}

func TestAutomationOnSubscription(t *testing.T) {
	t.Parallel()
	p := automated(t,
		plunk.Automation{Name: "hello", Events: []string{"subscribe"}, Template: "News"},
		plunk.Automation{Name: "bye", Events: []string{"unsubscribe"}},
		plunk.Automation{Name: "no news", Events: []string{"unsubscribe"}, Template: "News"})
	c := p.contact(t, "ann@rcpt.test", nil)
	must[*plunk.Contact](t)(p.SetSubscribed(plunk.Subscription{ID: c.ID, Request: "r9", Operation: "unsubscribeContact"}))
	same(t, "sent", p.startedBy(), map[string]int{"bye ann": 1})
	cause := p.latest(t).Cause
	same(t, "cause", []string{cause.Request, cause.Operation, cause.Event.Name}, []string{"r9", "unsubscribeContact", "unsubscribe"})
	must[*plunk.Contact](t)(p.subscribe(c.ID))
	must[*plunk.Contact](t)(p.subscribe(c.ID)) // recorded on every call
	same(t, "sent in the end", p.startedBy(), map[string]int{"bye ann": 1, "hello ann": 2})
}
