package plunk_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

// eventNames returns the names of all kinds of event, sorted.
func (p project) eventNames() []string { return slices.Sorted(maps.Keys(p.events())) }

// TestTemplateEventNames says how Plunk makes an event's name of a subject.
func TestTemplateEventNames(t *testing.T) {
	t.Parallel()
	for subject, slug := range map[string]string{
		"Welcome": "welcome", "Welcome to Plunk": "welcome-to-plunk", "50% off, today!": "50-off-today", "What's new?": "what's-new?",
		"a.b,c/d#e!f$g%h^i&j*k;l:m{n}o=p-q_r`s~t(u)v": "abcdefghijklmnopqrstuv", `1 + 1 "is" two`: `1-+-1-"is"-two`,
		"Hi {{name}}": "hi-name", "Two  spaces": "two--spaces", "Ünïcode": "ünïcode", "...": "",
	} {
		p := newProject(t)
		p.add(t, plunk.Snapshot{Templates: []plunk.Template{{Name: "T", Subject: subject}}})
		same(t, subject, p.eventNames(), []string{slug + "-template-delivered", slug + "-template-opened"})
	}
}

// subjects returns a template for each subject, with the number as its name.
func subjects(list ...string) plunk.Snapshot {
	v := plunk.Snapshot{Templates: []plunk.Template{}}
	for i, s := range list {
		v.Templates = append(v.Templates, plunk.Template{Name: string(rune('1' + i)), Subject: s, Body: "b", Style: "HTML"})
	}
	return v
}

// TestTemplateEventsAreRenamed: the events of a template are named after its
// subject, also when it changes, and stay the same events.
func TestTemplateEventsAreRenamed(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	v := subjects("Old", "Thanks")
	v.Automations = []plunk.Automation{
		{Name: "greet", Template: "1", Events: []string{"e"}},
		{Name: "thank", Template: "2", Events: []string{"old-template-opened"}},
	}
	p.add(t, v)
	p.track(t, "e", "ann@rcpt.test")
	before := p.Snapshot().Events
	p.add(t, subjects("Newer", "Thanks"))
	same(t, "events", p.eventNames(), []string{"e", "newer-template-delivered", "newer-template-opened", "thanks-template-delivered", "thanks-template-opened"})
	for i, e := range p.Snapshot().Events {
		same(t, e.Name, e.ID, before[i].ID)
	}
	must[struct{}](t)(struct{}{}, p.Feedback(p.latest(t).ID, "open", "r2"))
	same(t, "sent", p.sent(), []string{"0s ann: Old", "0s ann: Thanks"})
	same(t, "cause", p.latest(t).Cause.Event.Name, "newer-template-opened")
}

// TestTemplatesOfOneSubject share their events, and part when one changes.
func TestTemplatesOfOneSubject(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.add(t, subjects("Same", "same!"))
	same(t, "events", p.eventNames(), []string{"same-template-delivered", "same-template-opened"})
	p.add(t, subjects("Other", "same!"))
	same(t, "events", p.eventNames(), []string{"other-template-delivered", "other-template-opened", "same-template-delivered", "same-template-opened"})

	// They stay those that an import finds by name.
	v := p.Snapshot()
	must[plunk.Snapshot](t)(p.Replace(v))
	same(t, "snapshot", p.Snapshot(), v)

	// And they meet again.
	p.add(t, subjects("Other", "Other"))
	v = p.Snapshot()
	must[plunk.Snapshot](t)(p.Replace(v))
	same(t, "snapshot", p.Snapshot(), v)
}

func TestTemplatePage(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.add(t, subjects("One", "Two", "Three"))
	page := p.TemplatePage("", plunk.Page{Limit: 2})
	same(t, "total", page.Total, 3)
	same(t, "names", []string{page.Records[0].Subject, page.Records[1].Subject}, []string{"Three", "Two"})
	same(t, "times", page.Records[0].CreatedAt, noon)
	page = p.TemplatePage("", plunk.Page{Limit: 2, Before: page.Next})
	same(t, "rest", []string{page.Records[0].Subject}, []string{"One"})
	same(t, "next", page.Next, 0)

	// A change keeps the place and when it was made.
	p.pass(day)
	p.add(t, subjects("One", "Two", "Changed"))
	changed := p.TemplatePage("", plunk.Page{Limit: 1}).Records[0]
	same(t, "changed", []any{changed.Subject, changed.CreatedAt, changed.UpdatedAt}, []any{"Changed", noon, noon.Add(day)})
}
