package plunk

import (
	"slices"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
)

// Snapshot is all that a project holds but its mail: what an export gives and
// an import takes. In an import IDs are optional, zero times mean now, and a
// reference is an ID or a name. A list that is nil leaves what is there.
type Snapshot struct {
	ID          string // the project's own
	Settings    *SettingsChange
	Clock       *ClockSnapshot
	Events      []EventSnapshot
	Contacts    []ContactSnapshot
	Templates   []Template
	Automations []Automation
	Campaigns   []CampaignSnapshot
	Tasks       []TaskSnapshot
	Salt        string // an ID that is in use elsewhere, so that it is not given again
}

// ClockSnapshot is how a clock stands.
type ClockSnapshot struct {
	Frozen bool
	At     time.Time // zero: where it stands, or the real time when the whole state is put back and live
}

// EventSnapshot is a kind of event.
type EventSnapshot struct {
	ID, Name string
}

// ContactSnapshot is a contact and what happened to it.
type ContactSnapshot struct {
	ID          string
	Email       string
	Subscribed  *bool // nil: true for a new contact, else as it is
	Data        map[string]any
	CreatedAt   time.Time
	UpdatedAt   time.Time
	Events      []Happened // oldest first; nil leaves what is there
	Automations []Fired    // those that have started for it
}

// Fired is how often an automation has started for a contact.
type Fired struct {
	Automation string // reference
	Times      int
	At         time.Time // the last time
	After      int       // how many of the contact's events had happened then
}

// CampaignSnapshot is a campaign.
type CampaignSnapshot struct {
	ID         string
	Subject    string
	Body       string
	Style      string
	Recipients []string
	Sent       bool
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// TaskSnapshot is a pending task: either an automation's or a campaign's.
type TaskSnapshot struct {
	ID         string
	Due        time.Time
	Automation string // reference
	Campaign   string // reference
	Contact    string // reference: an ID or an address
	Event      string // reference to what started it; "" when unknown
	Request    string // the ID of the request that it goes back to
	Operation  string // of that request
	Mails      int    // how many mails, each caused by the one before, led to it
}

func (st *state) snapshot() Snapshot {
	s := st.settings
	clock := ClockSnapshot{Frozen: st.frozen, At: st.now}
	if !st.frozen && st.ahead == 0 {
		clock.At = time.Time{} // it is the real time
	}
	return Snapshot{
		ID: st.id,
		Settings: &SettingsChange{
			DisplayName: &s.DisplayName, Sender: &s.Sender, Domains: s.Domains, Verified: &s.Verified, Members: s.Members,
		},
		Clock:       &clock,
		Events:      mapped(st.events.all(), func(e *Event) EventSnapshot { return EventSnapshot{e.ID, e.Name} }),
		Contacts:    mapped(st.contacts.all(), st.contactSnapshot),
		Templates:   mapped(st.templates.all(), func(t *Template) Template { return *t }),
		Automations: mapped(st.automations.all(), func(a *Automation) Automation { return *a }),
		Campaigns:   mapped(st.campaigns.all(), (*Campaign).snapshot),
		Tasks:       mapped(slices.DeleteFunc(st.tasks.sorted(), (*task).simulated), (*task).snapshot),
	}
}

// Settings returns the settings of a change that gives all of them, as that of a
// Snapshot does.
func (c SettingsChange) Settings() Settings { return c.apply(Settings{}) }

func mapped[A, B any](list []A, fn func(A) B) []B {
	out := make([]B, len(list))
	for i, v := range list {
		out[i] = fn(v)
	}
	return out
}

func (st *state) contactSnapshot(c *Contact) ContactSnapshot {
	s := ContactSnapshot{
		ID: c.ID, Email: c.Email, Subscribed: &c.Subscribed, Data: c.Data, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt,
		Events: st.history(c.ID), Automations: []Fired{},
	}
	h := st.happened[c.ID]
	for _, a := range st.automations.all() {
		if f := h.firedBy(a.ID); f.times > 0 {
			s.Automations = append(s.Automations, Fired{a.ID, f.times, time.UnixMilli(f.at).UTC(), f.seen})
		}
	}
	return s
}

func (c *Campaign) snapshot() CampaignSnapshot {
	return CampaignSnapshot{c.ID, c.Subject, c.Body, c.Style, c.Recipients, c.Sent, c.CreatedAt, c.UpdatedAt}
}

// simulated tells whether a task is the provider's simulator's: it follows a mail
// at once, unless the clock was stopped between the two, and is not exported.
func (t *task) simulated() bool { return t.feedback.message != "" }

func (t *task) snapshot() TaskSnapshot {
	s := TaskSnapshot{
		ID: t.id, Due: t.due, Automation: t.automation, Campaign: t.campaign, Contact: t.contact,
		Request: t.why.request, Operation: t.why.operation, Mails: t.why.mails,
	}
	if t.why.event != nil {
		s.Event = t.why.event.ID
	}
	return s
}

// ref returns a reference to the event id; nil when there is none.
func (st *state) ref(id string) *inbox.Ref {
	if e := st.events.get(id); e != nil {
		return &inbox.Ref{ID: e.ID, Name: e.Name}
	}
	return nil
}

// ids returns all IDs that a snapshot brings along, "" when it has none.
func (s *Snapshot) ids() string {
	var b strings.Builder
	b.WriteString(s.Salt + s.ID)
	for _, e := range s.Events {
		b.WriteString(e.ID)
	}
	for _, c := range s.Contacts {
		b.WriteString(c.ID)
	}
	for _, t := range s.Templates {
		b.WriteString(t.ID)
	}
	for _, a := range s.Automations {
		b.WriteString(a.ID)
	}
	for _, c := range s.Campaigns {
		b.WriteString(c.ID)
	}
	for _, t := range s.Tasks {
		b.WriteString(t.ID)
	}
	return b.String()
}
