package plunk_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

const reserved = "subscribe & unsubscribe are reserved event names."

// TestEventName says how Plunk's own server stored each name.
func TestEventName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Signed Up": "signed-up", "signed-up": "signed-up", "SIGNED_UP": "signed_up", "A  B": "a--b", " lead": "-lead", "trail ": "trail-",
		"tab\tname": "tab\tname", "line\nfeed": "line\nfeed", "user.Created": "user.created", "Über Ünïcode": "über-ünïcode",
		"Party 🎉 Time": "party-🎉-time", "a/B+c": "a/b+c", "no\u00a0break": "no\u00a0break", "": "", " ": "-", "123": "123",
		strings.Repeat("X", 300): strings.Repeat("x", 300), "İzmir": "i\u0307zmir", `"Quoted" 'Name'`: `"quoted"-'name'`, "--a--b--": "--a--b--",
	} {
		same(t, name, plunk.EventName(name), want)
	}
}

func TestTrackOneEventIsOneID(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	track := func(event, email string) plunk.Tracked {
		return must[plunk.Tracked](t)(p.Track(plunk.Track{Event: event, Email: email}))
	}
	first := track("Signed Up", "ann@rcpt.test")
	at := p.pass(time.Second)
	second, other, foreign := track("signed-up", "Ann@Rcpt.test"), track("signed_up", "ann@rcpt.test"), track("SIGNED UP", "bob@rcpt.test")
	if second.Event != first.Event || foreign.Event != first.Event || other.Event == first.Event {
		t.Errorf("got the events %v, %v, %v, %v", first, second, other, foreign)
	}
	if second.Contact != first.Contact || other.Contact != first.Contact || foreign.Contact == first.Contact {
		t.Errorf("got the contacts %v, %v, %v, %v", first, second, other, foreign)
	}
	same(t, "times", []time.Time{first.Time, second.Time}, []time.Time{noon, at})
	same(t, "events", p.events(), map[string]int{"signed-up": 3, "signed_up": 1})
	same(t, "what happened", p.happened(t, first.Contact), []string{"signed-up", "signed-up", "signed_up"})
	page := p.EventPage("", plunk.Page{Limit: 1})
	same(t, "newest", *page.Records[0], plunk.Event{ID: other.Event, Name: "signed_up", Count: 1, Last: at})
	same(t, "mails", p.box.Len(), 0)
}

func TestTrackReservedNames(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	for _, name := range []string{"subscribe", "Subscribe", "UNSUBSCRIBE", "unsubscribe"} {
		_, err := p.Track(plunk.Track{Event: name, Email: "new@rcpt.test", Data: map[string]any{"a": 1.0}})
		refused(t, name, err, plunk.Forbidden, reserved)
	}
	same(t, "contacts", p.emails(), []string{})
	same(t, "events", p.events(), map[string]int{})
	for _, name := range []string{" subscribe", "subscribe ", "subscribed", "re-subscribe", "SUBSCRİBE"} {
		must[plunk.Tracked](t)(p.Track(plunk.Track{Event: name, Email: "new@rcpt.test"}))
	}
	same(t, "contacts", p.CountContacts(), 1)

	// What /track may not record, the calls of the same name do.
	must[*plunk.Contact](t)(p.unsubscribe(p.Contacts()[0].ID))
	same(t, "events", p.events(), map[string]int{"-subscribe": 1, "subscribe-": 1, "subscribed": 1, "re-subscribe": 1, "subscri\u0307be": 1, "unsubscribe": 1})
}

func TestTrackSubscribed(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	for _, step := range []struct {
		email string
		given *bool
		want  bool
	}{
		{"n1@rcpt.test", nil, true},
		{"n2@rcpt.test", new(false), false},
		{"n3@rcpt.test", new(true), true},
		{"n2@rcpt.test", nil, false},
		{"n1@rcpt.test", new(false), false},
		{"n2@rcpt.test", new(true), true},
		{"n3@rcpt.test", new(true), true},
		{"n1@rcpt.test", nil, false},
	} {
		r := must[plunk.Tracked](t)(p.Track(plunk.Track{Event: "visited", Email: step.email, Subscribed: step.given}))
		if c := must[*plunk.Contact](t)(p.Contact(r.Contact)); c.Subscribed != step.want {
			t.Errorf("%s, given %v: got %v", step.email, step.given, c.Subscribed)
		}
	}
	same(t, "no event says so", p.events(), map[string]int{"visited": 8})
}

// TestTrackData does what was done to Plunk's own server, in turn, and then what
// only the document allows.
func TestTrackData(t *testing.T) {
	t.Parallel()
	type data = map[string]any
	p := newProject(t)
	want := data{}
	for _, step := range []struct {
		name   string
		given  data
		stored data // what is new or other then
	}{
		{"a new contact", data{"name": "Ann"}, data{"name": "Ann"}},
		{"nothing", nil, nil},
		{"empty object changes nothing", data{}, nil},
		{"another key", data{"plan": "pro"}, data{"plan": "pro"}},
		{"overwrite", data{"plan": "free"}, data{"plan": "free"}},
		{"array", data{"tags": []any{"a", "b"}}, data{"tags": []any{"a", "b"}}},
		{"array overwrites", data{"tags": []any{"c"}}, data{"tags": []any{"c"}}},
		{"empty array", data{"tags": []any{}}, data{"tags": []any{}}},
		{"empty string is stored", data{"plan": ""}, data{"plan": ""}},
		{"value object", data{"color": data{"value": "red"}}, data{"color": "red"}},
		{"persistent true", data{"size": data{"value": "XL", "persistent": true}}, data{"size": "XL"}},
		{"persistent false", data{"code": data{"value": "123", "persistent": false}}, nil},
		{"array not persistent", data{"items": data{"value": []any{"x", "y"}, "persistent": false}}, nil},
		{"not persistent over a stored key", data{"color": data{"value": "blue", "persistent": false}}, nil},
		{"odd keys", data{"first name": "A", "a.b": "c", "": "empty", "__proto__": "p"}, data{"first name": "A", "a.b": "c", "": "empty", "__proto__": "p"}},
		// What the real server refuses:
		{"any JSON", data{"n": 1.0, "t": true, "nul": nil, "o": data{"b": "c"}, "l": []any{1.0, nil}}, data{"n": 1.0, "t": true, "nul": nil, "o": data{"b": "c"}, "l": []any{1.0, nil}}},
		{"value objects of anything", data{"n": data{"value": nil}, "o": data{"value": data{"value": 1.0}}}, data{"n": nil, "o": data{"value": 1.0}}},
		{"null stays", data{"plan": nil}, data{"plan": nil}}, // /track never deletes a key
		{"extra keys: no value object", data{"hat": data{"value": "big", "persistent": false, "note": "x"}}, data{"hat": data{"value": "big", "persistent": false, "note": "x"}}},
		{"persistent as text: no value object", data{"cap": data{"value": "v", "persistent": "no"}}, data{"cap": data{"value": "v", "persistent": "no"}}},
		{"without value: no value object", data{"bag": data{"persistent": false}}, data{"bag": data{"persistent": false}}},
		{"with another: no value object", data{"box": data{"value": 1.0, "other": 2.0}}, data{"box": data{"value": 1.0, "other": 2.0}}},
		{"one kept, one not", data{"kept": "x", "not": data{"value": "y", "persistent": false}}, data{"kept": "x"}},
	} {
		r := must[plunk.Tracked](t)(p.Track(plunk.Track{Event: "visited", Email: "ann@rcpt.test", Data: step.given}))
		maps.Copy(want, step.stored)
		same(t, step.name, must[*plunk.Contact](t)(p.Contact(r.Contact)).Data, want)
	}

	// Nor does a new contact keep them.
	r := must[plunk.Tracked](t)(p.Track(plunk.Track{Event: "e", Email: "bob@rcpt.test", Data: data{"code": data{"value": "1", "persistent": false}}}))
	same(t, "a new contact", must[*plunk.Contact](t)(p.Contact(r.Contact)).Data, data{})
}

// TestTrackTouchesWhatItChanges is for UpdatedAt, and for records: one that was
// handed out stays as it was.
func TestTrackTouchesWhatItChanges(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	old := p.contact(t, "ann@rcpt.test", map[string]any{"a": "1"})
	p.pass(time.Second)
	must[plunk.Tracked](t)(p.Track(plunk.Track{Event: "e", Email: "ann@rcpt.test"}))
	if got := must[*plunk.Contact](t)(p.Contact(old.ID)); got != old {
		t.Errorf("an event alone changed the contact: %+v", got)
	}
	must[plunk.Tracked](t)(p.Track(plunk.Track{Event: "e", Email: "ann@rcpt.test", Data: map[string]any{"a": "2"}}))
	got := must[*plunk.Contact](t)(p.Contact(old.ID))
	same(t, "changed", got.UpdatedAt, noon.Add(time.Second))
	same(t, "the old record", old.Data, map[string]any{"a": "1"})
}

func TestLimitOfEvents(t *testing.T) {
	t.Parallel()
	p := newProject(t, limited(10, 3))
	const full = "The project has 3 recorded events, the most that it keeps; raise --max-events or reset the project"
	ann := p.contact(t, "ann@rcpt.test", nil)
	track := plunk.Track{Event: "e", Email: "ann@rcpt.test"}
	must[*plunk.Contact](t)(p.subscribe(ann.ID))
	must[plunk.Tracked](t)(p.Track(track))
	must[plunk.Tracked](t)(p.Track(plunk.Track{Event: "f", Email: "bob@rcpt.test"}))

	_, err := p.Track(plunk.Track{Event: "g", Email: "eve@rcpt.test"})
	refused(t, "track", err, plunk.Invalid, full)
	_, err = p.unsubscribe(ann.ID)
	refused(t, "unsubscribe", err, plunk.Invalid, full)
	if c := must[*plunk.Contact](t)(p.Contact(ann.ID)); !c.Subscribed {
		t.Error("the refused call changed the contact")
	}
	same(t, "contacts", p.emails(), []string{"ann@rcpt.test", "bob@rcpt.test"})
	same(t, "events", p.events(), map[string]int{"subscribe": 1, "e": 1, "f": 1})

	// What goes with a contact makes room.
	must[*plunk.Contact](t)(p.DeleteContact(ann.ID))
	must[plunk.Tracked](t)(p.Track(track))
	must[plunk.Tracked](t)(p.Track(track))
	_, err = p.Track(track)
	refused(t, "full again", err, plunk.Invalid, full)
}

func TestLimitOfContacts(t *testing.T) {
	t.Parallel()
	p := newProject(t, limited(3, 10))
	const full = "The project would have more than 3 contacts; raise --max-contacts or reset the project"
	p.contact(t, "a@rcpt.test", nil)
	p.contact(t, "b@rcpt.test", nil)
	send := func(to ...string) error {
		_, err := p.Send(plunk.Mail{To: to, Subject: "s", Body: "b"})
		return err
	}
	campaign := func(to ...string) error {
		_, err := p.CreateCampaign(plunk.NewCampaign{Subject: "s", Body: "b", Recipients: to})
		return err
	}
	refused(t, "two new ones", send("c@rcpt.test", "a@rcpt.test", "d@rcpt.test"), plunk.Invalid, full)
	refused(t, "two new ones", campaign("c@rcpt.test", "d@rcpt.test"), plunk.Invalid, full)
	same(t, "all or nothing", p.emails(), []string{"a@rcpt.test", "b@rcpt.test"})
	same(t, "mails", p.box.Len(), 0)
	same(t, "campaigns", p.CampaignPage("", plunk.Page{Limit: 9}).Total, 0)

	// One that is new twice is one.
	if err := send("C@rcpt.test", "c@rcpt.test", "a@rcpt.test"); err != nil {
		t.Error(err)
	}
	if err := campaign("a@rcpt.test", "b@rcpt.test", "c@rcpt.test"); err != nil {
		t.Error(err)
	}
	refused(t, "send", send("d@rcpt.test"), plunk.Invalid, full)
	refused(t, "campaign", campaign("d@rcpt.test"), plunk.Invalid, full)
	_, err := p.CreateContact(plunk.NewContact{Email: "d@rcpt.test"})
	refused(t, "create", err, plunk.Invalid, full)
	_, err = p.Track(plunk.Track{Event: "e", Email: "d@rcpt.test"})
	refused(t, "track", err, plunk.Invalid, full)
	_, err = p.CreateContact(plunk.NewContact{Email: "a@rcpt.test"})
	refused(t, "taken, not full", err, plunk.Conflict, taken)
	same(t, "no event either", p.events(), map[string]int{})
	must[plunk.Tracked](t)(p.Track(plunk.Track{Event: "e", Email: "a@rcpt.test"}))

	must[*plunk.Contact](t)(p.DeleteContact(p.Contacts()[0].ID))
	p.contact(t, "d@rcpt.test", nil)
}
