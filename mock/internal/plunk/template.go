package plunk

import (
	"strings"
	"time"
)

// Template is what an automation mails. A record: no one edits it.
type Template struct {
	ID        string
	Name      string
	Subject   string
	Body      string
	Marketing bool   // type MARKETING: not to the unsubscribed, and with a footer; else TRANSACTIONAL
	Style     string // PLUNK, or any other for HTML
	From      string // name of the sender; "" means the project's
	Email     string // address of the sender; "" means the project's
	CreatedAt time.Time
	UpdatedAt time.Time

	delivered, opened string // the IDs of its events
}

// slug makes the part of an event's name that stands for a subject, as Plunk
// does.
func slug(subject string) string {
	s := strings.Map(func(r rune) rune {
		if strings.ContainsRune(".,/#!$%^&*;:{}=-_`~()", r) {
			return -1
		}
		return r
	}, strings.ToLower(subject))
	return strings.ReplaceAll(s, " ", "-")
}

// putTemplate adds a template or puts it in the place of the one that had its
// ID. Its events are made with it, and renamed with its subject.
func (st *state) putTemplate(t Template) {
	prefix := slug(t.Subject) + "-template-"
	t.delivered, t.opened = "", ""
	if old := st.templates.get(t.ID); old != nil {
		t.delivered, t.opened = old.delivered, old.opened
	}
	t.delivered = st.renamedEvent(t.delivered, prefix+"delivered")
	t.opened = st.renamedEvent(t.opened, prefix+"opened")
	st.templates.put(t.ID, &t)
}

// renamedEvent gives the event id another name, unless that is the name of one
// already. It returns the ID of the event that has the name.
func (st *state) renamedEvent(id, name string) string {
	old := st.events.get(id)
	if old == nil || st.byName[name] != "" {
		return st.event(name)
	}
	renamed := *old
	renamed.Name = name
	delete(st.byName, old.Name)
	st.byName[name] = id
	st.events.put(id, &renamed)
	return id
}
