package plunk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

const (
	noContact = "That contact was not found"
	taken     = "Contact already exists"
)

func TestCreateContact(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	c := must[*plunk.Contact](t)(p.CreateContact(plunk.NewContact{Email: "Ann@Rcpt.TEST", Data: map[string]any{"a": ""}}))
	same(t, "contact", *c, plunk.Contact{
		ID: c.ID, Email: "ann@rcpt.test", Data: map[string]any{"a": ""}, CreatedAt: noon, UpdatedAt: noon,
	})
	if c = p.contact(t, "bob@rcpt.test", nil); c.Data == nil || !c.Subscribed {
		t.Errorf("got %+v, want empty data, and subscribed", c)
	}
	for _, email := range []string{"ann@rcpt.test", "ANN@RCPT.TEST"} {
		_, err := p.CreateContact(plunk.NewContact{Email: email, Subscribed: true, Data: map[string]any{"a": "2"}})
		refused(t, email, err, plunk.Conflict, taken)
	}
	same(t, "contacts", p.emails(), []string{"ann@rcpt.test", "bob@rcpt.test"})
	same(t, "count", p.CountContacts(), 2)
	if got := p.Contacts()[0]; got.Data["a"] != "" || got.Subscribed {
		t.Errorf("the refused call changed it: %+v", got)
	}
	same(t, "mails", p.box.Len(), 0)
	same(t, "events", p.events(), map[string]int{})
}

// TestUpdateContactData does what was done to Plunk's own server, in turn.
func TestUpdateContactData(t *testing.T) {
	t.Parallel()
	type data = map[string]any
	p := newProject(t)
	c := p.contact(t, "ann@rcpt.test", data{"name": "Ann", "plan": "pro", "tags": []any{"a"}})
	for _, step := range []struct {
		name         string
		change, want data
	}{
		{"nothing to change", nil, data{"name": "Ann", "plan": "pro", "tags": []any{"a"}}},
		{"merge", data{"city": "Oslo"}, data{"name": "Ann", "plan": "pro", "tags": []any{"a"}, "city": "Oslo"}},
		{"null and empty string delete", data{"plan": nil, "tags": ""}, data{"name": "Ann", "city": "Oslo"}},
		{"empty array is stored", data{"list": []any{}}, data{"name": "Ann", "city": "Oslo", "list": []any{}}},
		{"overwrite", data{"list": []any{"x", "y"}, "name": "Anna"}, data{"name": "Anna", "city": "Oslo", "list": []any{"x", "y"}}},
		{"delete of an absent key", data{"nokey": nil}, data{"name": "Anna", "city": "Oslo", "list": []any{"x", "y"}}},
		{"empty object", data{}, data{"name": "Anna", "city": "Oslo", "list": []any{"x", "y"}}},
		{"all gone", data{"name": nil, "list": nil, "city": ""}, data{}},
		// and by the same rules:
		{"false and zero are values", data{"f": false, "z": 0.0, " ": " "}, data{"f": false, "z": 0.0, " ": " "}},
		{"objects are not merged", data{"f": data{"a": 1.0}, "z": data{"b": nil, "c": ""}}, data{"f": data{"a": 1.0}, "z": data{"b": nil, "c": ""}, " ": " "}},
		{"objects replace", data{"f": data{"d": 1.0}, "z": nil, " ": nil}, data{"f": data{"d": 1.0}}},
		{"names of JavaScript's objects", data{"__proto__": data{"x": 1.0}, "constructor": nil, "": "a"}, data{"f": data{"d": 1.0}, "__proto__": data{"x": 1.0}, "": "a"}},
		{"no value object here", data{"f": data{"value": "v", "persistent": false}, "__proto__": "", "": ""}, data{"f": data{"value": "v", "persistent": false}}},
	} {
		got := must[*plunk.Contact](t)(p.UpdateContact(plunk.ContactChange{ID: c.ID, Data: step.change}))
		same(t, step.name, got.Data, step.want)
	}
	same(t, "the first record", c.Data, data{"name": "Ann", "plan": "pro", "tags": []any{"a"}}) // no one edits it
	same(t, "events", p.events(), map[string]int{})
}

func TestUpdateContact(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	ann, bob := p.contact(t, "ann@rcpt.test", nil), p.contact(t, "bob@rcpt.test", nil)
	later := p.pass(1500 * time.Millisecond)

	off := must[*plunk.Contact](t)(p.UpdateContact(plunk.ContactChange{ID: ann.ID, Subscribed: new(false)}))
	if off.Subscribed || off.UpdatedAt != later || off.CreatedAt != noon || !ann.Subscribed {
		t.Errorf("got %+v of %+v", off, ann)
	}
	same(t, "no event", p.happened(t, ann.ID), []string{})

	moved := must[*plunk.Contact](t)(p.UpdateContact(plunk.ContactChange{ID: ann.ID, Email: new("Eve@Rcpt.test")}))
	same(t, "address", moved.Email, "eve@rcpt.test")
	_, err := p.UpdateContact(plunk.ContactChange{ID: ann.ID, Email: new("BOB@rcpt.test"), Subscribed: new(true), Data: map[string]any{"a": 1.0}})
	refused(t, "taken", err, plunk.Conflict, taken)
	same(t, "after the refusal", must[*plunk.Contact](t)(p.Contact(ann.ID)), moved)
	must[*plunk.Contact](t)(p.UpdateContact(plunk.ContactChange{ID: bob.ID, Email: new("Bob@rcpt.test")})) // its own

	// The old address is free, the new one is taken.
	_, err = p.CreateContact(plunk.NewContact{Email: "eve@rcpt.test"})
	refused(t, "new address", err, plunk.Conflict, taken)
	p.contact(t, "ann@rcpt.test", nil)
	same(t, "order", p.emails(), []string{"eve@rcpt.test", "bob@rcpt.test", "ann@rcpt.test"})

	_, err = p.UpdateContact(plunk.ContactChange{ID: "nobody"})
	refused(t, "unknown", err, plunk.NotFound, noContact)
}

func TestDeleteContact(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	ann, bob := p.contact(t, "ann@rcpt.test", nil), p.contact(t, "bob@rcpt.test", nil)
	must[*plunk.Contact](t)(p.subscribe(ann.ID))
	must[*plunk.Contact](t)(p.subscribe(bob.ID))

	same(t, "deleted", must[*plunk.Contact](t)(p.DeleteContact(ann.ID)).Email, "ann@rcpt.test")
	_, err := p.DeleteContact(ann.ID)
	refused(t, "again", err, plunk.NotFound, noContact)
	for _, call := range []func(string) (*plunk.Contact, error){p.Contact, p.subscribe, p.unsubscribe} {
		_, err = call(ann.ID)
		refused(t, "gone", err, plunk.NotFound, noContact)
	}
	_, _, err = p.Find("ann@rcpt.test")
	refused(t, "by address", err, plunk.NotFound, noContact)
	same(t, "contacts", p.emails(), []string{"bob@rcpt.test"})
	same(t, "events of those who are there", p.events(), map[string]int{"subscribe": 1})

	again := p.contact(t, "ann@rcpt.test", nil)
	if again.ID == ann.ID {
		t.Error("an ID was given twice")
	}
	same(t, "nothing happened to the new one", p.happened(t, again.ID), []string{})
}

func TestSubscribe(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	c := must[*plunk.Contact](t)(p.CreateContact(plunk.NewContact{Email: "ann@rcpt.test"}))
	for _, step := range []struct {
		call func(string) (*plunk.Contact, error)
		want bool
	}{{p.subscribe, true}, {p.subscribe, true}, {p.unsubscribe, false}, {p.unsubscribe, false}, {p.subscribe, true}} {
		at := p.pass(time.Second)
		got := must[*plunk.Contact](t)(step.call(c.ID))
		if got.Subscribed != step.want || got.UpdatedAt != at {
			t.Errorf("got %+v, want subscribed %v", got, step.want)
		}
	}
	same(t, "each call is an event", p.happened(t, c.ID), []string{"subscribe", "subscribe", "unsubscribe", "unsubscribe", "subscribe"})
	_, events, _ := p.Find("ANN@rcpt.test")
	same(t, "the third", events[2], plunk.Happened{Name: "unsubscribe", Time: noon.Add(3 * time.Second)})
	for _, call := range []func(string) (*plunk.Contact, error){p.subscribe, p.unsubscribe} {
		for _, id := range []string{"nobody", "", "ann@rcpt.test"} {
			_, err := call(id)
			refused(t, id, err, plunk.NotFound, noContact)
		}
	}
	same(t, "events", p.events(), map[string]int{"subscribe": 3, "unsubscribe": 2})
}

func TestContactPage(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
		p.contact(t, name+"@rcpt.test", nil)
	}
	_, _ = p.DeleteContact(p.Contacts()[2].ID)                                                                  // c
	must[*plunk.Contact](t)(p.UpdateContact(plunk.ContactChange{ID: p.Contacts()[0].ID, Email: new("z@x.co")})) // keeps its place
	page := func(text string, ask plunk.Page) (string, plunk.Listing[plunk.Contact]) {
		l := p.ContactPage(text, ask)
		var names strings.Builder
		for _, c := range l.Records {
			names.WriteString(c.Email[:1])
		}
		return names.String(), l
	}
	var before uint64
	for _, want := range []string{"fe", "db", "z"} {
		names, l := page("", plunk.Page{Limit: 2, Before: before})
		same(t, "page", names, want)
		same(t, "total", l.Total, 5)
		before = l.Next
	}
	same(t, "after the last page", before, 0)
	names, l := page("RCPT", plunk.Page{Limit: 4})
	same(t, "a full last page", names, "fedb")
	same(t, "its next", l.Next, 0)
	names, l = page("rcpt", plunk.Page{Limit: 2, Offset: 1})
	same(t, "from an offset", names, "ed")
	same(t, "its total", l.Total, 4)
	names, _ = page("", plunk.Page{Limit: 2, Offset: 1, Before: l.Next})
	same(t, "an offset behind a cursor", names, "z")
	names, l = page("", plunk.Page{Limit: 2, Offset: 9})
	same(t, "an offset behind the last", names, "")
	same(t, "its next", l.Next, 0)
	names, l = page("", plunk.Page{})
	if names != "" || l.Total != 5 || l.Records == nil {
		t.Errorf("a page of none: got %+v", l)
	}
	names, _ = page(strings.ToUpper(p.Contacts()[1].ID), plunk.Page{Limit: 9})
	same(t, "by ID", names, "b")
}
