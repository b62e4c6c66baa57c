package plunk

import (
	"maps"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
)

const noContact = "That contact was not found"

// Contact is a person whom the project mails. A record: no one edits it.
type Contact struct {
	ID         string
	Email      string // lower case
	Subscribed bool
	Data       map[string]any // any JSON; never nil
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// NewContact is what a contact is made of.
type NewContact struct {
	Email      string
	Subscribed bool
	Data       map[string]any
}

// ContactChange changes the contact ID; nil leaves a field as it is.
type ContactChange struct {
	ID         string
	Email      *string
	Subscribed *bool
	Data       map[string]any // a value nil or "" deletes its key
}

func (st *state) contact(id string) (*Contact, error) {
	if c := st.contacts.get(id); c != nil {
		return c, nil
	}
	return nil, refuse(NotFound, noContact)
}

func (st *state) find(idOrEmail string) (*Contact, []Happened, error) {
	c := st.contacts.get(idOrEmail)
	if c == nil {
		c = st.contacts.get(st.byEmail[strings.ToLower(idOrEmail)])
	}
	if c == nil {
		return nil, nil, refuse(NotFound, noContact)
	}
	return c, st.history(c.ID), nil
}

func (st *state) createContact(n NewContact) (*Contact, error) {
	email := strings.ToLower(n.Email)
	if st.byEmail[email] != "" {
		return nil, refuse(Conflict, "Contact already exists")
	}
	if err := st.room(1); err != nil {
		return nil, err
	}
	return st.addContact(email, n.Subscribed, n.Data), nil
}

// room tells whether there may be n more contacts.
func (st *state) room(n int) error {
	if most := st.options.Limits.Contacts; st.contacts.len()+n > most {
		return refuse(Invalid, "The project would have more than %d contacts; raise --max-contacts or reset the project", most)
	}
	return nil
}

// addContact adds a contact. The address is free, and there is room.
func (st *state) addContact(email string, subscribed bool, data map[string]any) *Contact {
	if data == nil {
		data = map[string]any{}
	}
	c := &Contact{st.newID(), email, subscribed, data, st.now, st.now}
	st.contacts.put(c.ID, c)
	st.byEmail[email] = c.ID
	return c
}

func (st *state) updateContact(u ContactChange) (*Contact, error) {
	old, err := st.contact(u.ID)
	if err != nil {
		return nil, err
	}
	c := *old
	if u.Email != nil {
		c.Email = strings.ToLower(*u.Email)
		if owner := st.byEmail[c.Email]; owner != "" && owner != c.ID {
			return nil, refuse(Conflict, "Contact already exists")
		}
	}
	if u.Subscribed != nil {
		c.Subscribed = *u.Subscribed
	}
	if len(u.Data) > 0 {
		c.Data = maps.Clone(c.Data)
		for key, v := range u.Data {
			if v == nil || v == "" {
				delete(c.Data, key)
				continue
			}
			c.Data[key] = v
		}
	}
	delete(st.byEmail, old.Email)
	st.byEmail[c.Email] = c.ID
	return st.putContact(c), nil
}

// putContact puts a changed contact in its place.
func (st *state) putContact(c Contact) *Contact {
	c.UpdatedAt = st.now
	st.contacts.put(c.ID, &c)
	return &c
}

func (st *state) deleteContact(id string) (*Contact, error) {
	c, err := st.contact(id)
	if err != nil {
		return nil, err
	}
	st.contacts.remove(id)
	delete(st.byEmail, c.Email)
	if h := st.happened[id]; h != nil {
		st.occurrences -= len(h.list)
		for _, o := range h.list {
			st.recount(o.event, -1)
		}
		delete(st.happened, id)
	}
	st.tasks.cancel(func(t *task) bool { return t.contact == id })
	return c, nil
}

// Subscription says that a contact subscribes or unsubscribes.
type Subscription struct {
	Request    string // the ID of the request that says so
	Operation  string // of that request
	ID         string // of the contact
	Subscribed bool
}

// setSubscribed sets whether a contact is subscribed, and records the event that
// says so.
func (st *state) setSubscribed(s Subscription) (*Contact, error) {
	old, err := st.contact(s.ID)
	if err != nil {
		return nil, err
	}
	if err := st.roomForEvent(); err != nil {
		return nil, err
	}
	name := "unsubscribe"
	if s.Subscribed {
		name = "subscribe"
	}
	if err := st.roomForTasks(st.startable(st.byName[name])); err != nil {
		return nil, err
	}
	c := *old
	c.Subscribed = s.Subscribed
	put := st.putContact(c)
	event := st.record(put.ID, name)
	st.start(put.ID, event, cause{request: s.Request, operation: s.Operation, event: &inbox.Ref{ID: event, Name: name}})
	return put, nil
}

func (st *state) contactPage(text string, p Page) Listing[Contact] {
	text = strings.ToLower(text)
	return listing(&st.contacts, func(c *Contact) bool {
		return strings.Contains(c.Email, text) || strings.Contains(c.ID, text) // there may be a million, all in lower case
	}, p)
}
