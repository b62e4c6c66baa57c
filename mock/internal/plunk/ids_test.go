package plunk_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

// ids returns the IDs of all that there is, mails too. One that stands for two
// things is an error.
func (p project) ids(tb testing.TB) []string {
	tb.Helper()
	list, what := []string{}, map[string]string{}
	add := func(kind, id string) {
		if other := what[id]; other != "" {
			tb.Errorf("%s is the ID of a %s and of a %s", id, other, kind)
		}
		what[id] = kind
		list = append(list, id)
	}
	v := p.Snapshot()
	add("project", v.ID)
	for _, e := range v.Events {
		add("event", e.ID)
	}
	for _, c := range v.Contacts {
		add("contact", c.ID)
	}
	for _, t := range v.Templates {
		add("template", t.ID)
	}
	for _, a := range v.Automations {
		add("automation", a.ID)
	}
	for _, c := range v.Campaigns {
		add("campaign", c.ID)
	}
	for _, t := range v.Tasks {
		add("task", t.ID)
	}
	for _, m := range p.box.List(inbox.Filter{}, 1000).Messages {
		add("mail", m.ID)
	}
	return list
}

// grow makes one of everything.
func (p project) grow(tb testing.TB, round int) {
	tb.Helper()
	for i := range 10 {
		n := fmt.Sprintf("%d-%d", round, i)
		p.track(tb, "e", "grow"+n+"@rcpt.test")
		p.track(tb, "event "+n, "grow"+n+"@rcpt.test")
		must[*plunk.Campaign](tb)(p.live(p.campaign(tb, n, "b", "other"+n+"@rcpt.test").ID))
	}
	p.advance(tb, time.Hour)
}

// bare is a fixture without IDs. Its campaign makes a contact, its templates and
// automations make events.
func bare() plunk.Snapshot {
	v := rules(ladder(0, 120)...)
	v.Contacts = []plunk.ContactSnapshot{{Email: "ann@rcpt.test", Events: []plunk.Happened{{Name: "first"}}}}
	v.Campaigns = []plunk.CampaignSnapshot{{Subject: "K", Recipients: []string{"member@rcpt.test"}}}
	v.Tasks = []plunk.TaskSnapshot{{Contact: "ann@rcpt.test", Campaign: "K", Due: noon.Add(30 * time.Hour)}}
	return v
}

// TestNoIDIsGivenTwice, whatever is imported, and however often.
func TestNoIDIsGivenTwice(t *testing.T) {
	t.Parallel()
	for name, seed := range map[string]string{"seeded": "seed", "random": ""} {
		p := newProject(t, func(o *plunk.Options) { o.Seed = seed })
		base := must[plunk.Snapshot](t)(p.Replace(bare()))
		p.grow(t, 0)
		p.ids(t)
		early := p.Snapshot()
		early.Clock = nil
		for round, change := range []func() error{
			func() error { _, err := p.Add(bare()); return err },
			func() error { _, err := p.Add(p.Snapshot()); return err },
			func() error { _, err := p.Add(early); return err },
			func() error { p.box.Clear(); _, err := p.Replace(early); return err },
			func() error { p.box.Clear(); _, err := p.Replace(p.Snapshot()); return err },
			func() error { p.box.Clear(); return p.Reset(plunk.Keep{}, base) },
			func() error { p.box.Clear(); return p.Reset(plunk.Keep{}, plunk.Snapshot{}) },
			// What comes along has IDs that were to be given again.
			func() error {
				p.box.Clear()
				p.reset(t, plunk.Keep{})
				_, err := p.Add(early)
				return err
			},
			func() error { _, err := p.Add(plunk.Snapshot{Contacts: early.Contacts}); return err },
			func() error { return p.Reset(plunk.Keep{Contacts: true, Messages: true, Events: true}, base) },
			func() error { return p.Reset(plunk.Keep{Messages: true}, base) },
			func() error { return p.Reset(plunk.Keep{Messages: true}, base) },
			func() error { return p.Reset(plunk.Keep{Messages: true}, plunk.Snapshot{}) },
			func() error { return p.Reset(plunk.Keep{Messages: true}, bare()) },
		} {
			if err := change(); err != nil {
				t.Fatalf("%s, round %d: %v", name, round+1, err)
			}
			p.grow(t, round+1)
			p.ids(t)
			if t.Failed() {
				t.Fatalf("%s, round %d", name, round+1)
			}
		}
	}
}

// TestIDsRepeat for the same seed and project, and for nothing else.
func TestIDsRepeat(t *testing.T) {
	t.Parallel()
	made := func(change ...func(*plunk.Options)) []string {
		p := newProject(t, change...)
		must[plunk.Snapshot](t)(p.Replace(bare()))
		p.grow(t, 0)
		p.add(t, bare())
		p.grow(t, 1)
		return p.ids(t)
	}
	first := made()
	same(t, "again", made(), first)
	known := map[string]bool{}
	for _, id := range first {
		known[id] = true
	}
	for what, change := range map[string]func(*plunk.Options){
		"another seed":    func(o *plunk.Options) { o.Seed = "other" },
		"another project": func(o *plunk.Options) { o.Project = "other" },
		"no seed":         func(o *plunk.Options) { o.Seed = "" },
	} {
		for _, id := range made(change) {
			if known[id] {
				t.Errorf("%s: %s is given there too", what, id)
			}
		}
	}
	if random := made(func(o *plunk.Options) { o.Seed = "" }); random[0] == made(func(o *plunk.Options) { o.Seed = "" })[0] {
		t.Error("IDs repeat without a seed")
	}
}

// TestIDsRepeatAfterAReset: a project goes on as it did from its start, mails
// included.
func TestIDsRepeatAfterAReset(t *testing.T) {
	t.Parallel()
	for name, fixture := range map[string]plunk.Snapshot{"nothing": {}, "a fixture": bare()} {
		p := newProject(t, frozen)
		base := must[plunk.Snapshot](t)(p.Replace(fixture))
		p.grow(t, 0)
		want := p.ids(t)
		for range 2 {
			p.box.Clear()
			if err := p.Reset(plunk.Keep{}, base); err != nil {
				t.Fatal(err)
			}
			p.grow(t, 0)
			same(t, name, p.ids(t), want)
		}
	}
}
