package plunk_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

func TestNowIsUTCToTheMillisecond(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("", 3600)
	p := newProject(t, func(o *plunk.Options) {
		o.Now = func() time.Time { return time.Date(2030, 1, 1, 13, 0, 0, 123_456_789, zone) }
	})
	same(t, "now", p.Now(), noon.Add(123*time.Millisecond))
	if zone := p.Now().Location(); zone != time.UTC {
		t.Errorf("got the zone %s, want UTC", zone)
	}
	same(t, "a contact's", p.contact(t, "a@rcpt.test", nil).CreatedAt, p.Now())
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for name, label := range map[string]string{
		"test": "test", "My_App--1": "my-app-1", "_a_": "a", "___": "project", "-": "project", "A.b C": "a-b-c", "é1": "1",
		strings.Repeat("x", 62) + "_y": strings.Repeat("x", 62), strings.Repeat("x", 70): strings.Repeat("x", 63),
	} {
		p := newProject(t, func(o *plunk.Options) { o.Project = name })
		same(t, name, p.Settings(), plunk.Settings{
			DisplayName: name, Sender: "hello@" + label + ".example.com", Domains: []string{}, Verified: true, Members: []string{"owner@" + label + ".example.com"},
		})
	}
	p := newProject(t)
	before := p.Settings()
	same(t, "nothing", p.UpdateSettings(plunk.SettingsChange{}), before)
	given := plunk.SettingsChange{
		DisplayName: new("Acme"), Sender: new("A@Acme.test"), Domains: []string{"Acme.TEST"}, Verified: new(false), Members: []string{"Me@x.test"},
	}
	want := plunk.Settings{DisplayName: "Acme", Sender: "a@acme.test", Domains: []string{"acme.test"}, Members: []string{"me@x.test"}}
	same(t, "all", p.UpdateSettings(given), want)
	given.Domains[0], given.Members[0] = "changed", "changed"
	same(t, "the caller's lists are its own", p.Settings(), want)
	want.Domains = []string{}
	same(t, "an empty list", p.UpdateSettings(plunk.SettingsChange{Domains: []string{}}), want)
}

// use calls everything that makes an ID, and returns them in order.
func (p project) use(tb testing.TB) []string {
	tb.Helper()
	c := p.contact(tb, "a@rcpt.test", nil)
	sent := must[plunk.Sent](tb)(p.Send(plunk.Mail{To: []string{"b@rcpt.test"}}))
	r := must[plunk.Tracked](tb)(p.Track(plunk.Track{Event: "e", Email: "c@rcpt.test"}))
	n := p.campaign(tb, "s", "b", "d@rcpt.test")
	must[*plunk.Campaign](tb)(p.live(n.ID))
	return []string{c.ID, sent.Emails[0].Contact.ID, sent.Emails[0].ID, r.Contact, r.Event, n.ID, n.ProjectID, p.latest(tb).ID}
}

func TestIDs(t *testing.T) {
	t.Parallel()
	named := func(seed, name string) []string {
		return newProject(t, func(o *plunk.Options) { o.Seed, o.Project = seed, name }).use(t)
	}
	first := named("1", "a")
	same(t, "same seed, same project", named("1", "a"), first)
	seen := map[string]bool{}
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	for _, ids := range [][]string{first, named("2", "a"), named("1", "b"), named("", "a"), named("", "a"), named("1a", ""), named("", "1a")} {
		for _, id := range ids {
			if seen[id] || !uuid.MatchString(id) {
				t.Errorf("%s is no UUID of version 4, or was there before", id)
			}
			seen[id] = true
		}
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	ids := p.use(t)
	p.UpdateSettings(plunk.SettingsChange{DisplayName: new("Acme")})
	p.reset(t, plunk.Keep{})
	same(t, "contacts", p.emails(), []string{})
	same(t, "count", p.CountContacts(), 0)
	same(t, "events", p.events(), map[string]int{})
	same(t, "campaigns", p.CampaignPage("", plunk.Page{Limit: 9}).Total, 0)
	same(t, "settings", p.Settings().DisplayName, "test")
	p.box.Clear() // the mails are not the store's
	same(t, "the same calls give the same IDs", p.use(t), ids)
}

func TestResetKeeps(t *testing.T) {
	t.Parallel()
	type left struct {
		Name                 string
		Contacts, Campaigns  int
		Events               map[string]int
		Happened             []string // to the contact, when it is there
		SameIDs, StillMailed bool
	}
	ids := newProject(t).use(t)
	for name, c := range map[string]struct {
		keep plunk.Keep
		want left
	}{
		"nothing":              {plunk.Keep{}, left{Name: "test", SameIDs: true}},
		"settings":             {plunk.Keep{Settings: true}, left{Name: "Acme", SameIDs: true}},
		"contacts":             {plunk.Keep{Contacts: true}, left{Name: "test", Contacts: 4, Happened: []string{}}},
		"events":               {plunk.Keep{Events: true}, left{Name: "test", Events: map[string]int{"e": 0}}},
		"contacts and events":  {plunk.Keep{Contacts: true, Events: true}, left{Name: "test", Contacts: 4, Events: map[string]int{"e": 1}, Happened: []string{"e"}}},
		"campaigns":            {plunk.Keep{Campaigns: true}, left{Name: "test", Contacts: 1, Campaigns: 1, StillMailed: true}},
		"campaigns with those": {plunk.Keep{Campaigns: true, Contacts: true}, left{Name: "test", Contacts: 4, Campaigns: 1, Happened: []string{}, StillMailed: true}},
		"messages":             {plunk.Keep{Messages: true}, left{Name: "test"}},
	} {
		p := newProject(t)
		p.use(t)
		p.UpdateSettings(plunk.SettingsChange{DisplayName: new("Acme")})
		p.reset(t, c.keep)
		got := left{Name: p.Settings().DisplayName, Contacts: p.CountContacts(), Campaigns: p.CampaignPage("", plunk.Page{}).Total}
		if events := p.events(); len(events) > 0 {
			got.Events = events
		}
		if c.keep.Contacts {
			got.Happened = p.happened(t, "c@rcpt.test")
			_, err := p.CreateContact(plunk.NewContact{Email: "a@rcpt.test"})
			refused(t, name, err, plunk.Conflict, taken)
		}
		_, err := p.live(ids[5])
		got.StillMailed = err == nil
		got.SameIDs = p.contact(t, "new@rcpt.test", nil).ID == ids[0]
		if fresh := p.contact(t, "newer@rcpt.test", nil).ID; !got.SameIDs && slices.Contains(ids, fresh) {
			t.Errorf("keep %s: the ID %s was given again", name, fresh)
		}
		same(t, "keep "+name, got, c.want)
	}
}

// TestResetMakesRoom is for the limits: what a reset forgets is not counted, and
// what it keeps is.
func TestResetMakesRoom(t *testing.T) {
	t.Parallel()
	p := newProject(t, limited(1, 1))
	track := func(event, email string) error {
		_, err := p.Track(plunk.Track{Event: event, Email: email})
		return err
	}
	for _, keep := range []plunk.Keep{{}, {Events: true}, {Settings: true}} {
		p.reset(t, keep)
		if err := track("e", "a@rcpt.test"); err != nil {
			t.Errorf("%+v: %v", keep, err)
		}
	}
	p.reset(t, plunk.Keep{Contacts: true})
	if err := track("e", "a@rcpt.test"); err != nil {
		t.Error(err)
	}
	p.reset(t, plunk.Keep{Contacts: true, Events: true})
	if track("e", "a@rcpt.test") == nil {
		t.Error("a kept event is not counted")
	}
}

// TestManyComeAndGo is for the table that keeps the records: rows that were
// deleted are dropped on the way, and pages go on as if they were there.
func TestManyComeAndGo(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	want := []string{}
	before := uint64(0)
	for i := range 500 {
		c := p.contact(t, fmt.Sprintf("u%d@rcpt.test", i), nil)
		if i%10 == 0 {
			want = append(want, c.Email)
			before = max(before, p.ContactPage("", plunk.Page{Limit: 1}).Next)
			continue
		}
		must[*plunk.Contact](t)(p.DeleteContact(c.ID))
	}
	same(t, "contacts", p.emails(), want)
	for _, email := range want {
		c, _, err := p.Find(email)
		if err != nil || c.Email != email || must[*plunk.Contact](t)(p.Contact(c.ID)) != c {
			t.Errorf("%s: got %+v, %v", email, c, err)
		}
	}
	l := p.ContactPage("", plunk.Page{Limit: 1000, Before: before})
	same(t, "older than a row that moved", len(l.Records), len(want)-1)
}

// TestParallel is for the race detector: everything at once, then the books must
// balance.
func TestParallel(t *testing.T) {
	t.Parallel()
	const workers, rounds = 8, 40
	p := newProject(t, limited(1e6, 1e6))
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for i := range rounds {
				p.work(t, w, i)
			}
		})
	}
	all.Wait()

	// Each round leaves one contact of its own; all share three.
	same(t, "contacts", p.CountContacts(), workers*rounds+3)
	same(t, "addresses", len(slices.Compact(slices.Sorted(slices.Values(p.emails())))), workers*rounds+3)
	same(t, "events", p.events(), map[string]int{"own": workers * rounds, "shared": workers * rounds, "subscribe": workers * rounds})
	same(t, "what happened to the shared one", len(p.happened(t, "shared@rcpt.test")), 2*workers*rounds)
	same(t, "campaigns", p.CampaignPage("", plunk.Page{}).Total, workers*rounds)
	// A mail to the own and one to the shared contact, two of the campaign, a test.
	kinds := map[inbox.Kind]int{}
	ids := map[string]bool{}
	for _, m := range p.box.List(inbox.Filter{}, workers*rounds*10).Messages {
		kinds[m.Kind]++
		ids[m.ID] = true
	}
	same(t, "mails", kinds, map[inbox.Kind]int{inbox.Transactional: 2 * workers * rounds, inbox.Campaign: 2 * workers * rounds, inbox.CampaignTest: workers * rounds})
	same(t, "IDs", len(ids), 5*workers*rounds)
	c, _, _ := p.Find("shared@rcpt.test")
	same(t, "keys of the shared one", len(c.Data), workers)
	for key, v := range maps.All(c.Data) {
		same(t, key, v, any(float64(rounds-1)))
	}
	if _, err := p.CreateContact(plunk.NewContact{Email: "shared@rcpt.test"}); err == nil {
		t.Error("the shared contact could be made again")
	}
}

// work is one round of one worker.
func (p project) work(t *testing.T, worker, round int) {
	t.Helper()
	own := fmt.Sprintf("u%d-%d@rcpt.test", worker, round)
	key := fmt.Sprintf("w%d", worker)
	check := func(err error) {
		if err != nil {
			t.Error(err)
		}
	}
	sent, err := p.Send(plunk.Mail{To: []string{own, "shared@rcpt.test"}, Subject: "{{" + key + "}}", Body: "{{plunk_id}}", Subscribed: true})
	check(err)
	_, err = p.Track(plunk.Track{Event: "own", Email: own})
	check(err)
	r, err := p.Track(plunk.Track{Event: "Shared", Email: "shared@rcpt.test", Data: map[string]any{key: float64(round)}})
	check(err)
	_, err = p.subscribe(r.Contact)
	check(err)
	c, err := p.CreateCampaign(plunk.NewCampaign{Subject: "{{" + key + "}}", Body: "b", Recipients: []string{"one@rcpt.test", "two@rcpt.test"}})
	check(err)
	_, err = p.UpdateCampaign(plunk.CampaignChange{ID: c.ID, Body: new("{{plunk_email}}")})
	check(err)
	_, err = p.live(c.ID)
	check(err)
	_, err = p.SendCampaign(plunk.SendCampaign{ID: c.ID})
	check(err)
	gone, err := p.CreateContact(plunk.NewContact{Email: "gone-" + own})
	check(err)
	_, err = p.UpdateContact(plunk.ContactChange{ID: gone.ID, Data: map[string]any{"a": 1.0}})
	check(err)
	_, err = p.DeleteContact(gone.ID)
	check(err)
	found, _, err := p.Find(own)
	check(err)
	if diff := cmp.Diff(sent.Emails[0].Contact, found); diff != "" {
		t.Errorf("%s (-sent +found):\n%s", own, diff)
	}
	p.UpdateSettings(plunk.SettingsChange{DisplayName: &key})
	_ = p.ContactPage("u", plunk.Page{Limit: 5})
	_ = p.Contacts()
}
