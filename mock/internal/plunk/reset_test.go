package plunk_test

import (
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

// start is what the projects of these tests go back to.
func start() plunk.Snapshot {
	v := rules(plunk.Automation{Name: "A", Events: []string{"e"}, Delay: 60, RunOnce: true}, plunk.Automation{Name: "B", Events: []string{"f"}, Delay: 60})
	v.Settings = &plunk.SettingsChange{DisplayName: new("Start")}
	v.Contacts = []plunk.ContactSnapshot{
		{Email: "ann@rcpt.test", Events: []plunk.Happened{{Name: "e"}}, Automations: []plunk.Fired{{Automation: "A", After: 1}}},
		{Email: "bob@rcpt.test", Subscribed: new(false)},
	}
	v.Campaigns = []plunk.CampaignSnapshot{{Subject: "K", Recipients: []string{"bob@rcpt.test"}}}
	v.Tasks = []plunk.TaskSnapshot{{Contact: "bob@rcpt.test", Campaign: "K", Due: noon.Add(30 * day)}}
	return v
}

// used returns a project that started as start, and what it can be reset to. All
// of it has changed since.
func used(tb testing.TB) (p project, base plunk.Snapshot) {
	tb.Helper()
	p = newProject(tb)
	base = must[plunk.Snapshot](tb)(p.Replace(start()))
	p.advance(tb, day)
	p.track(tb, "g", "ann@rcpt.test")
	p.track(tb, "f", "bob@rcpt.test")
	p.track(tb, "e", "new@rcpt.test")
	v := rules(plunk.Automation{Name: "A", Events: []string{"e"}, Delay: 10}, plunk.Automation{Name: "B", Events: []string{"f"}, Delay: 60},
		plunk.Automation{Name: "C", Template: "Extra", Events: []string{"extra-template-opened"}})
	v.Templates[1].Subject = "Changed"
	v.Templates = append(v.Templates, plunk.Template{Name: "Extra", Subject: "Extra"})
	p.add(tb, v)
	p.UpdateSettings(plunk.SettingsChange{DisplayName: new("Changed"), Verified: new(false)})
	must[*plunk.Campaign](tb)(p.SendCampaign(plunk.SendCampaign{ID: p.campaign(tb, "L", "b", "zoe@rcpt.test").ID, Live: true, Delay: 60}))
	return p, base
}

// digest says what there is, in names.
type digest struct {
	Settings    string
	Contacts    []string
	Happened    map[string][]string // by address
	Fired       map[string][]string // automations, by address
	Templates   []string            // their subjects
	Automations []string            // name, template, delay
	Campaigns   []string
	Tasks       []string
	Now         time.Duration // after noon
	Frozen      bool
}

func (p project) digest(tb testing.TB) digest {
	tb.Helper()
	v := p.Snapshot()
	d := digest{
		Settings: *v.Settings.DisplayName, Happened: map[string][]string{}, Fired: map[string][]string{},
		Now: p.Now().Sub(noon), Frozen: v.Clock.Frozen, Tasks: p.pending(), Contacts: p.emails(),
	}
	automations := map[string]string{}
	for _, t := range v.Templates {
		d.Templates = append(d.Templates, t.Subject)
	}
	page := p.AutomationPage("", plunk.Page{Limit: 10})
	for i := range page.Records {
		a := page.Records[len(page.Records)-1-i]
		automations[a.ID] = a.Name
		d.Automations = append(d.Automations, a.Name+" "+a.Template.Name+" "+a.Events[0].Name)
	}
	for _, c := range v.Campaigns {
		d.Campaigns = append(d.Campaigns, c.Subject)
	}
	for _, c := range v.Contacts {
		for _, e := range c.Events {
			d.Happened[c.Email] = append(d.Happened[c.Email], e.Name)
		}
		for _, f := range c.Automations {
			d.Fired[c.Email] = append(d.Fired[c.Email], automations[f.Automation])
		}
	}
	return d
}

// fresh is the digest of start.
func fresh() digest {
	return digest{
		Settings: "Start", Contacts: []string{"ann@rcpt.test", "bob@rcpt.test"},
		Happened: map[string][]string{"ann@rcpt.test": {"e"}}, Fired: map[string][]string{"ann@rcpt.test": {"A"}},
		Templates: []string{"News", "Receipt"}, Automations: []string{"A Receipt e", "B Receipt f"}, Campaigns: []string{"K"},
		Tasks: []string{`720h0m0s campaign "K" to bob@rcpt.test`},
	}
}

func TestResetTakesBackToTheStart(t *testing.T) {
	t.Parallel()
	p, base := used(t)
	first := newProject(t)
	must[plunk.Snapshot](t)(first.Replace(start()))
	for range 2 {
		if err := p.Reset(plunk.Keep{}, base); err != nil {
			t.Fatal(err)
		}
		same(t, "digest", p.digest(t), fresh())
		same(t, "snapshot", p.Snapshot(), first.Snapshot())
		p.track(t, "g", "someone@rcpt.test")
	}
}

// kept says what is kept, and how what there is then differs from the start.
type kept struct {
	keep plunk.Keep
	want func(d *digest)
}

// keeps are all ways to keep a part of what was.
func keeps(was digest) map[string]kept {
	return map[string]kept{
		"settings": {plunk.Keep{Settings: true}, func(d *digest) { d.Settings = was.Settings }},
		"clock":    {plunk.Keep{Clock: true}, func(d *digest) { d.Now = was.Now }},
		"messages": {plunk.Keep{Messages: true}, func(*digest) {}},
		// Events alone are kinds of event, not what happened to contacts that go.
		"events": {plunk.Keep{Events: true}, func(*digest) {}},
		"contacts": {plunk.Keep{Contacts: true}, func(d *digest) {
			d.Contacts, d.Happened, d.Fired = was.Contacts, map[string][]string{}, map[string][]string{}
		}},
		"contacts and events": {plunk.Keep{Contacts: true, Events: true}, func(d *digest) {
			d.Contacts, d.Happened, d.Fired = was.Contacts, was.Happened, was.Fired
		}},
		"templates": {plunk.Keep{Templates: true}, func(d *digest) { d.Templates = was.Templates }},
		// That of a template which does not stay goes with it.
		"automations": {plunk.Keep{Automations: true}, func(*digest) {}},
		"templates and automations": {plunk.Keep{Templates: true, Automations: true}, func(d *digest) {
			d.Templates, d.Automations = was.Templates, was.Automations
		}},
		"campaigns": {plunk.Keep{Campaigns: true}, func(d *digest) {
			d.Campaigns, d.Contacts = was.Campaigns, []string{"ann@rcpt.test", "bob@rcpt.test", "zoe@rcpt.test"}
		}},
		// Only those of contacts and campaigns that are there.
		"tasks": {plunk.Keep{Tasks: true}, func(d *digest) { d.Tasks = []string{was.Tasks[0], was.Tasks[3]} }},
		"tasks and contacts": {plunk.Keep{Tasks: true, Contacts: true}, func(d *digest) {
			d.Contacts, d.Happened, d.Fired = was.Contacts, map[string][]string{}, map[string][]string{}
			d.Tasks = []string{was.Tasks[0], was.Tasks[1], was.Tasks[3]}
		}},
		"tasks and campaigns": {plunk.Keep{Tasks: true, Campaigns: true}, func(d *digest) {
			d.Campaigns, d.Contacts = was.Campaigns, []string{"ann@rcpt.test", "bob@rcpt.test", "zoe@rcpt.test"}
			d.Tasks = []string{was.Tasks[0], was.Tasks[2], was.Tasks[3]}
		}},
		"everything": {plunk.Keep{true, true, true, true, true, true, true, true, true}, func(d *digest) { *d = was }},
	}
}

// TestResetWithAStart keeps what it is asked to, and nothing else.
func TestResetWithAStart(t *testing.T) {
	t.Parallel()
	old, _ := used(t)
	was := old.digest(t)
	same(t, "pending before", was.Tasks, []string{
		`25h0m0s automation "B" to bob@rcpt.test`, `25h0m0s automation "A" to new@rcpt.test`, `25h0m0s campaign "L" to zoe@rcpt.test`,
		`720h0m0s campaign "K" to bob@rcpt.test`,
	})
	for name, c := range keeps(was) {
		p, base := used(t)
		box := p.box.Len()
		if err := p.Reset(c.keep, base); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := fresh()
		c.want(&want)
		same(t, name, p.digest(t), want)
		same(t, name+": the box is not the store's", p.box.Len(), box)
		p.ids(t)

		// And it can be put back, and be reset.
		v := p.Snapshot()
		must[plunk.Snapshot](t)(p.Replace(v))
		same(t, name+": put back", p.Snapshot(), v)
		if err := p.Reset(plunk.Keep{}, base); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		same(t, name+": reset", p.digest(t), fresh())
	}
}

// TestResetKeepsAll: then it changes nothing.
func TestResetKeepsAll(t *testing.T) {
	t.Parallel()
	p := full(t)
	before := p.Snapshot()
	if err := p.Reset(plunk.Keep{true, true, true, true, true, true, true, true, true}, start()); err != nil {
		t.Fatal(err)
	}
	same(t, "snapshot", p.Snapshot(), before)
}

// TestResetToWhatHasNoIDs: what is kept finds by name what comes back, IDs or
// not.
func TestResetToWhatHasNoIDs(t *testing.T) {
	t.Parallel()
	p, _ := used(t)
	if err := p.Reset(plunk.Keep{Automations: true, Tasks: true}, start()); err != nil {
		t.Fatal(err)
	}
	want := fresh()
	want.Tasks = []string{`25h0m0s automation "B" to bob@rcpt.test`, want.Tasks[0]}
	same(t, "digest", p.digest(t), want)
}

// TestResetLeavesItsBase as it is: what a reset drops from it is there at the
// next.
func TestResetLeavesItsBase(t *testing.T) {
	t.Parallel()
	p, base := used(t)
	p.add(t, plunk.Snapshot{Automations: []plunk.Automation{}})
	if err := p.Reset(plunk.Keep{Automations: true}, base); err != nil {
		t.Fatal(err)
	}
	want := fresh()
	want.Automations, want.Fired = nil, map[string][]string{}
	same(t, "without automations", p.digest(t), want)
	if err := p.Reset(plunk.Keep{}, base); err != nil {
		t.Fatal(err)
	}
	same(t, "with automations", p.digest(t), fresh())
}

// TestResetOfAClock takes it back to where it stood at the start, that of the
// fixture or of the options.
func TestResetOfAClock(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.advance(t, day)
	p.Freeze()
	p.pass(time.Hour)
	p.reset(t, plunk.Keep{Clock: true})
	same(t, "kept", p.Clock(), plunk.Clock{Now: noon.Add(day), Frozen: true})
	p.reset(t, plunk.Keep{})
	same(t, "live", p.Clock(), plunk.Clock{Now: noon.Add(time.Hour)})

	p = newProject(t, frozen)
	p.advance(t, day)
	p.Resume()
	p.pass(time.Hour)
	p.reset(t, plunk.Keep{})
	same(t, "frozen", p.Clock(), plunk.Clock{Now: noon, Frozen: true})
	base := must[plunk.Snapshot](t)(p.Replace(plunk.Snapshot{Clock: &plunk.ClockSnapshot{Frozen: true, At: noon.Add(-day)}}))
	p.advance(t, time.Hour)
	if err := p.Reset(plunk.Keep{}, base); err != nil {
		t.Fatal(err)
	}
	same(t, "that of the fixture", p.Clock(), plunk.Clock{Now: noon.Add(-day), Frozen: true})
}

// TestResetRefused: it changes nothing.
func TestResetRefused(t *testing.T) {
	t.Parallel()
	p, _ := used(t)
	before := p.Snapshot()
	flawed(t, "reset", p.Reset(plunk.Keep{}, contacts("nobody")), `contacts[0].email: must be an email address, not "nobody" (it has no @)`)
	same(t, "snapshot", p.Snapshot(), before)
}
