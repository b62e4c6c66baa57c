package plunk

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
)

// Automation mails a template to a contact to whom all of its events have
// happened. Plunk's own name for it is action. A record: no one edits it.
type Automation struct {
	ID        string
	Name      string
	Template  string   // its ID
	Events    []string // IDs; one at least
	NotEvents []string // IDs; one that has happened to the contact, also during the delay, stops the mail
	Delay     int      // minutes
	RunOnce   bool     // once a contact
	CreatedAt time.Time
	UpdatedAt time.Time
}

// start starts the automations that an event of a contact completes. The event
// is recorded already.
func (st *state) start(contact, event string, why cause) {
	for _, r := range st.automations.rows {
		if a := r.record; a != nil && slices.Contains(a.Events, event) {
			st.startOne(a, contact, why)
		}
	}
}

func (st *state) startOne(a *Automation, contact string, why cause) {
	h := st.happened[contact]
	was := h.firedBy(a.ID)
	if a.RunOnce && was.times > 0 || slices.ContainsFunc(a.NotEvents, h.has) {
		return
	}
	for _, e := range a.Events {
		if !h.since(e, was.seen) {
			return // it waits for this one still
		}
	}
	// What follows may send no mail; it counts all the same, as in Plunk.
	h.fire(a.ID, st.now)
	c, t := st.contacts.get(contact), st.templates.get(a.Template)
	if t == nil || t.Marketing && !c.Subscribed {
		return
	}
	due, ok := st.in(a.Delay)
	if !ok {
		st.warnings = append(st.warnings, "the automation "+quoted(a.Name)+" would mail after the end of the calendar, and does not")
		return
	}
	if a.Delay > 0 {
		why.data = nil // it reads the contact again then
	}
	st.tasks.add(&task{id: st.newID(), due: due, label: "automation " + quoted(a.Name) + " to " + c.Email, automation: a.ID, contact: c.ID, why: why})
}

// startable counts the automations that an event may start.
func (st *state) startable(event string) (n int) {
	for _, r := range st.automations.rows {
		if r.record != nil && slices.Contains(r.record.Events, event) {
			n++
		}
	}
	return n
}

// runAutomation mails what an automation has to say, as its template stands now.
// Whether the contact is still subscribed is not asked again: Plunk does not
// either.
func (st *state) runAutomation(t *task) {
	a, c := st.automations.get(t.automation), st.contacts.get(t.contact)
	if a == nil || c == nil || slices.ContainsFunc(a.NotEvents, st.happened[c.ID].has) {
		return
	}
	template := st.templates.get(a.Template)
	if template == nil {
		return
	}
	from := st.bulkSender(template.From, template.Email)
	draft := inbox.Message{
		Kind: inbox.Automation, Time: st.now, From: from, ReplyTo: []inbox.Address{{Address: from.Address}},
		Cause: inbox.Cause{
			Request: t.why.request, Operation: t.why.operation, Event: t.why.event,
			Automation: &inbox.Ref{ID: a.ID, Name: a.Name}, Template: &inbox.Ref{ID: template.ID, Name: template.Name},
		},
	}
	what := content{subject: template.Subject, body: template.Body, plunk: template.Style == stylePlunk, data: t.why.data}
	if template.Marketing {
		what.footer, draft.Headers = st.footer(c), st.unsubscribeHeaders(c)
	}
	st.deliver(t.why.mails+1, st.compose(draft, what, c))
}

func quoted(name string) string { return strconv.Quote(name) }

// AutomationRecord is an automation with the names of what it refers to.
type AutomationRecord struct {
	Automation
	Template  inbox.Ref
	Events    []inbox.Ref
	NotEvents []inbox.Ref
}

func (st *state) automationPage(text string, p Page) Listing[AutomationRecord] {
	text = strings.ToLower(text)
	l := listing(&st.automations, func(a *Automation) bool {
		event := func(id string) bool { return holds(text, id, st.events.get(id).Name) }
		return holds(text, a.ID, a.Name) || slices.ContainsFunc(a.Events, event) || slices.ContainsFunc(a.NotEvents, event)
	}, p)
	refs := func(ids []string) []inbox.Ref {
		return mapped(ids, func(id string) inbox.Ref { return inbox.Ref{ID: id, Name: st.events.get(id).Name} })
	}
	records := mapped(l.Records, func(a *Automation) *AutomationRecord {
		r := &AutomationRecord{Automation: *a, Template: inbox.Ref{ID: a.Template}, Events: refs(a.Events), NotEvents: refs(a.NotEvents)}
		if t := st.templates.get(a.Template); t != nil {
			r.Template.Name = t.Name
		}
		return r
	})
	return Listing[AutomationRecord]{records, l.Total, l.Next}
}
