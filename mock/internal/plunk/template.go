package plunk

import (
	"slices"
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
	t.delivered = st.renamedEvent(t.ID, t.delivered, prefix+"delivered")
	t.opened = st.renamedEvent(t.ID, t.opened, prefix+"opened")
	st.templates.put(t.ID, &t)
}

// renamedEvent gives the event id of a template another name, unless that is the
// name of one already, or another template has the event too. It returns the ID
// of the event that has the name.
func (st *state) renamedEvent(template, id, name string) string {
	old := st.events.get(id)
	if old == nil || st.byName[name] != "" || st.sharesEvent(template, id) {
		return st.event(name)
	}
	renamed := *old
	renamed.Name = name
	delete(st.byName, old.Name)
	st.byName[name] = id
	st.events.put(id, &renamed)
	return id
}

// sharesEvent tells whether an event of a template is another's too: that of one
// with the same subject.
func (st *state) sharesEvent(template, event string) bool {
	return slices.ContainsFunc(st.templates.all(), func(t *Template) bool {
		return t.ID != template && (t.delivered == event || t.opened == event)
	})
}
