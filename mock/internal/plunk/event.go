package plunk

import (
	"maps"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
)

// Event is a kind of event, made when it first happens. A record.
type Event struct {
	ID    string
	Name  string
	Count int       // how often it happened to contacts that are still there
	Last  time.Time // when it happened last
}

// Happened is one time that an event happened to a contact.
type Happened struct {
	Name string
	Time time.Time
}

// occurrence is how Happened is kept: small, since there may be a million.
type occurrence struct {
	event string // ID
	at    int64  // milliseconds
}

// history is what happened to a contact.
type history struct {
	list  []occurrence     // oldest first
	last  map[string]int   // event ID → how long the list was when it had happened last
	fired map[string]fired // automation ID
}

// fired is how often an automation has started for a contact.
type fired struct {
	times int
	at    int64 // the last time, in milliseconds
	seen  int   // how long the list was then
}

// has tells whether an event ever happened.
func (h *history) has(event string) bool { return h.since(event, 0) }

// since tells whether an event happened after the first seen ones.
func (h *history) since(event string, seen int) bool { return h != nil && h.last[event] > seen }

func (h *history) add(event string, at time.Time) {
	if h.last == nil {
		h.last = map[string]int{}
	}
	h.list = append(h.list, occurrence{event, at.UnixMilli()})
	h.last[event] = len(h.list)
}

func (h *history) fire(automation string, at time.Time) {
	if h.fired == nil {
		h.fired = map[string]fired{}
	}
	h.fired[automation] = fired{h.fired[automation].times + 1, at.UnixMilli(), len(h.list)}
}

// Track says that an event happened to a contact.
type Track struct {
	Request    string // the ID of the request that says so
	Event      string
	Email      string
	Subscribed *bool          // nil: a new contact is subscribed, a known one stays as it is
	Data       map[string]any // an object of exactly value and persistent:false is not stored
}

// Tracked is the answer to a Track.
type Tracked struct {
	Contact string // its ID
	Event   string // the ID of the kind of event: the same for the same name
	Time    time.Time

	Warnings []string // what went wrong with the automations that it started
}

// EventName returns name as Plunk keeps it: in lower case, each space a dash.
func EventName(name string) string {
	name = strings.ReplaceAll(name, "\u0130", "i\u0307") // JavaScript makes two characters of İ
	return strings.ReplaceAll(strings.ToLower(name), " ", "-")
}

func (st *state) track(t Track) (Tracked, error) {
	name := EventName(t.Event)
	if name == "subscribe" || name == "unsubscribe" {
		return Tracked{}, refuse(Forbidden, "subscribe & unsubscribe are reserved event names.")
	}
	if err := st.roomForEvent(); err != nil {
		return Tracked{}, err
	}
	if err := st.roomForTasks(st.startable(st.byName[name])); err != nil {
		return Tracked{}, err
	}
	c, err := st.trackedContact(t)
	if err != nil {
		return Tracked{}, err
	}
	event := st.record(c.ID, name)
	st.start(c.ID, event, cause{
		request: t.Request, operation: "trackEvent", event: &inbox.Ref{ID: event, Name: name}, data: passing(t.Data),
	})
	return Tracked{Contact: c.ID, Event: event, Time: st.now}, nil
}

// trackedContact finds or makes the contact of t and brings it up to date.
func (st *state) trackedContact(t Track) (*Contact, error) {
	email := strings.ToLower(t.Email)
	data := persistent(t.Data)
	id := st.byEmail[email]
	if id == "" {
		if err := st.room(1); err != nil {
			return nil, err
		}
		return st.addContact(email, t.Subscribed == nil || *t.Subscribed, data), nil
	}
	c := st.contacts.get(id)
	if t.Subscribed == nil && len(data) == 0 {
		return c, nil
	}
	changed := *c
	if t.Subscribed != nil {
		changed.Subscribed = *t.Subscribed
	}
	if len(data) > 0 {
		changed.Data = maps.Clone(c.Data)
		maps.Copy(changed.Data, data)
	}
	return st.putContact(changed), nil
}

// persistent returns what of an event's data is stored on the contact: all but
// what says of itself that it is for this event only.
func persistent(data map[string]any) map[string]any {
	stored := make(map[string]any, len(data))
	for key, v := range data {
		value, keep := unwrap(v)
		if keep {
			stored[key] = value
		}
	}
	return stored
}

// passing returns what of an event's data is for this event only; nil when
// nothing is.
func passing(data map[string]any) map[string]any {
	var passing map[string]any
	for key, v := range data {
		if value, keep := unwrap(v); !keep {
			if passing == nil {
				passing = map[string]any{}
			}
			passing[key] = value
		}
	}
	return passing
}

// unwrap opens an object that is exactly {value, persistent?}.
func unwrap(v any) (value any, keep bool) {
	object, ok := v.(map[string]any)
	if !ok {
		return v, true
	}
	value, hasValue := object["value"]
	mark, marked := object["persistent"]
	keep, isBool := mark.(bool)
	switch {
	case hasValue && marked && isBool && len(object) == 2:
		return value, keep
	case hasValue && len(object) == 1:
		return value, true
	}
	return v, true
}

// roomForEvent tells whether one more occurrence may be kept.
func (st *state) roomForEvent() error {
	if most := st.options.Limits.Events; st.occurrences >= most {
		return refuse(Invalid, "The project has %d recorded events, the most that it keeps; raise --max-events or reset the project", most)
	}
	return nil
}

// record records that the event name happened to a contact, and returns the
// event's ID.
func (st *state) record(contact, name string) string {
	id := st.event(name)
	st.recordEvent(contact, id)
	return id
}

// event returns the ID of the event of a name, which is made when there is none.
func (st *state) event(name string) string {
	id := st.byName[name]
	if id == "" {
		id = st.newID()
		st.byName[name] = id
		st.events.put(id, &Event{ID: id, Name: name})
	}
	return id
}

func (st *state) recordEvent(contact, id string) {
	h := st.happened[contact]
	if h == nil {
		h = &history{}
		st.happened[contact] = h
	}
	h.add(id, st.now)
	st.occurrences++
	st.recount(id, 1)
}

// recount changes how often an event happened.
func (st *state) recount(id string, by int) {
	e := *st.events.get(id)
	e.Count += by
	if by > 0 {
		e.Last = st.now
	}
	st.events.put(id, &e)
}

func (st *state) history(contact string) []Happened {
	h := st.happened[contact]
	if h == nil {
		return []Happened{}
	}
	list := make([]Happened, 0, len(h.list))
	for _, o := range h.list {
		list = append(list, Happened{st.events.get(o.event).Name, time.UnixMilli(o.at).UTC()})
	}
	return list
}

func (st *state) eventPage(text string, p Page) Listing[Event] {
	text = strings.ToLower(text)
	return listing(&st.events, func(e *Event) bool {
		return holds(text, e.ID, e.Name)
	}, p)
}

// firedBy returns how often an automation has started.
func (h *history) firedBy(automation string) fired {
	if h == nil {
		return fired{}
	}
	return h.fired[automation]
}
