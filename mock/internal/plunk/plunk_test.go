package plunk_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

// noon is when the clocks of these tests stand.
var noon = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)

// project is a store with its box and its clock.
type project struct {
	*plunk.Store
	box *inbox.Box
	now *atomic.Int64 // Unix milliseconds
}

// newProject returns an empty project named test. Its options may be changed.
func newProject(tb testing.TB, change ...func(*plunk.Options)) project {
	tb.Helper()
	p := project{box: new(inbox.Box), now: new(atomic.Int64)}
	p.now.Store(noon.UnixMilli())
	o := plunk.Options{
		Project: "test", Seed: "seed", URL: "http://localhost:4580", Box: p.box,
		Now:    func() time.Time { return time.UnixMilli(p.now.Load()) },
		Limits: limits(1000, 1000),
	}
	for _, f := range change {
		f(&o)
	}
	p.Store = plunk.New(o)
	return p
}

func limits(contacts, events int) plunk.Limits {
	return plunk.Limits{Contacts: contacts, Events: events, Tasks: 1000, Run: 10_000, Chain: 100}
}

// subscribe subscribes a contact.
func (p project) subscribe(id string) (*plunk.Contact, error) {
	return p.SetSubscribed(plunk.Subscription{ID: id, Subscribed: true})
}

// unsubscribe unsubscribes a contact.
func (p project) unsubscribe(id string) (*plunk.Contact, error) {
	return p.SetSubscribed(plunk.Subscription{ID: id})
}

// reset takes the project back to nothing but for what is kept.
func (p project) reset(tb testing.TB, k plunk.Keep) {
	tb.Helper()
	if err := p.Reset(k, plunk.Snapshot{}); err != nil {
		tb.Fatal(err)
	}
}

// limited bounds a project.
func limited(contacts, events int) func(*plunk.Options) {
	return func(o *plunk.Options) { o.Limits = limits(contacts, events) }
}

// pass lets time pass, and returns the present.
func (p project) pass(d time.Duration) time.Time {
	return time.UnixMilli(p.now.Add(d.Milliseconds())).UTC()
}

// mails returns all messages, oldest first.
func (p project) mails() []inbox.Record {
	page := p.box.List(inbox.Filter{}, 1000)
	list := make([]inbox.Record, 0, len(page.Messages))
	for i := range page.Messages {
		list = append(list, page.Messages[len(page.Messages)-1-i])
	}
	return list
}

// latest returns the newest message.
func (p project) latest(tb testing.TB) *inbox.Message {
	tb.Helper()
	r, ok := p.box.Latest(inbox.Filter{})
	if !ok {
		tb.Fatal("no mail was sent")
	}
	return r.Message
}

// contact makes a subscribed contact.
func (p project) contact(tb testing.TB, email string, data map[string]any) *plunk.Contact {
	tb.Helper()
	c, err := p.CreateContact(plunk.NewContact{Email: email, Subscribed: true, Data: data})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// emails returns the addresses of all contacts, oldest first.
func (p project) emails() []string {
	list := []string{}
	for _, c := range p.Contacts() {
		list = append(list, c.Email)
	}
	return list
}

// events returns how often each event happened, by its name.
func (p project) events() map[string]int {
	counts := map[string]int{}
	for _, e := range p.EventPage("", plunk.Page{Limit: 1000}).Records {
		if !strings.Contains(e.Name, "-campaign-") { // made with each live campaign
			counts[e.Name] = e.Count
		}
	}
	return counts
}

// happened returns the names of what happened to a contact, oldest first.
func (p project) happened(tb testing.TB, idOrEmail string) []string {
	tb.Helper()
	_, events, err := p.Find(idOrEmail)
	if err != nil {
		tb.Fatal(err)
	}
	names := []string{}
	for _, e := range events {
		names = append(names, e.Name)
	}
	return names
}

// same fails when got and want differ.
func same[T any](tb testing.TB, what string, got, want T) {
	tb.Helper()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(plunk.Campaign{}, plunk.Template{})); diff != "" {
		tb.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// refused fails unless err is a refusal of that kind and text.
func refused(tb testing.TB, what string, err error, kind plunk.Kind, text string) {
	tb.Helper()
	e, ok := errors.AsType[*plunk.Error](err)
	if !ok || e.Kind != kind || e.Error() != text {
		tb.Errorf("%s: got the error %v (%T), want one of kind %d with the text %q", what, err, err, kind, text)
	}
}

// must returns v, and fails when there is an error.
func must[T any](tb testing.TB) func(v T, err error) T {
	tb.Helper()
	return func(v T, err error) T {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
		return v
	}
}
