package plunk

import (
	"maps"
	"strings"
	"time"
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

// Track says that an event happened to a contact.
type Track struct {
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
	c, err := st.trackedContact(t)
	if err != nil {
		return Tracked{}, err
	}
	return Tracked{c.ID, st.record(c.ID, name), st.now}, nil
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
	id := st.byName[name]
	if id == "" {
		id = st.newID()
		st.byName[name] = id
		st.events.put(id, &Event{ID: id, Name: name})
	}
	st.happened[contact] = append(st.happened[contact], occurrence{id, st.now.UnixMilli()})
	st.occurrences++
	st.recount(id, 1)
	return id
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
	list := make([]Happened, 0, len(st.happened[contact]))
	for _, o := range st.happened[contact] {
		list = append(list, Happened{st.events.get(o.event).Name, time.UnixMilli(o.at).UTC()})
	}
	return list
}

func (st *state) eventPage(p Page) Listing[Event] {
	return listing(&st.events, func(*Event) bool { return true }, p)
}
