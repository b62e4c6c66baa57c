package plunk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

// flawed fails unless err are these flaws.
func flawed(tb testing.TB, what string, err error, want string) {
	tb.Helper()
	if _, ok := err.(plunk.Flaws); !ok || err.Error() != want { //nolint:errorlint // it is not wrapped
		tb.Errorf("%s: got the error %v (%T), want the flaws %q", what, err, err, want)
	}
}

// checked fails unless an import has these flaws, however it is tried, and
// changes nothing.
func (p project) checked(tb testing.TB, v plunk.Snapshot, want string) {
	tb.Helper()
	before, given := p.Snapshot(), fmt.Sprintf("%+v", v)
	flawed(tb, "check", p.Check(v), want)
	_, err := p.Add(v)
	flawed(tb, "add", err, want)
	same(tb, "snapshot", p.Snapshot(), before)
	same(tb, "import", fmt.Sprintf("%+v", v), given)
}

// contacts are contacts of these addresses.
func contacts(emails ...string) plunk.Snapshot {
	v := plunk.Snapshot{Contacts: []plunk.ContactSnapshot{}}
	for _, email := range emails {
		v.Contacts = append(v.Contacts, plunk.ContactSnapshot{Email: email})
	}
	return v
}

// imported returns a project with one of everything that the tests of flaws refer
// to.
func imported(tb testing.TB) project {
	tb.Helper()
	p := newProject(tb)
	base := rules(plunk.Automation{ID: "a1", Name: "A", Events: []string{"e"}})
	base.Templates = append(base.Templates, plunk.Template{Name: "twin", Subject: "1"}, plunk.Template{Name: "twin", Subject: "2"})
	base.Contacts = []plunk.ContactSnapshot{{ID: "c1", Email: "ann@rcpt.test", Events: []plunk.Happened{{Name: "e"}}}, {ID: "c2", Email: "bob@rcpt.test"}}
	base.Campaigns = []plunk.CampaignSnapshot{{ID: "k1", Subject: "K"}, {ID: "k2", Subject: "same"}, {ID: "k3", Subject: "same"}}
	p.add(tb, base)
	return p
}

func TestFlaws(t *testing.T) {
	t.Parallel()
	p := imported(t)
	automation := func(a plunk.Automation) plunk.Snapshot {
		return plunk.Snapshot{Automations: []plunk.Automation{a}}
	}
	template := func(t plunk.Template) plunk.Snapshot {
		return plunk.Snapshot{Templates: []plunk.Template{t}, Automations: []plunk.Automation{}}
	}
	campaign := func(c plunk.CampaignSnapshot) plunk.Snapshot {
		return plunk.Snapshot{Campaigns: []plunk.CampaignSnapshot{c}}
	}
	for want, v := range map[string]plunk.Snapshot{
		`contacts[0].email: must be an email address, not "nobody" (it has no @)`:                    contacts("nobody"),
		`contacts[2].email: is that of contacts[0] too: "new@rcpt.test"`:                             contacts("new@rcpt.test", "x@rcpt.test", "New@rcpt.test"),
		`contacts[0].email: is that of another contact: "ann@rcpt.test"`:                             {Contacts: []plunk.ContactSnapshot{{ID: "c2", Email: "Ann@rcpt.test"}}},
		`contacts[1].id: is given twice: "c9"`:                                                       {Contacts: []plunk.ContactSnapshot{{ID: "c9", Email: "x@rcpt.test"}, {ID: "c9", Email: "y@rcpt.test"}}},
		`contacts[0].automations[0].name: there is no automation "B"; there are A`:                   {Contacts: []plunk.ContactSnapshot{{Email: "x@rcpt.test", Automations: []plunk.Fired{{Automation: "B"}}}}},
		`settings.sender: must be an email address, not "x" (it has no @)`:                           {Settings: &plunk.SettingsChange{Sender: new("x")}},
		`settings.members[1]: must be an email address, not "@a.test" (nothing stands before the @)`: {Settings: &plunk.SettingsChange{Members: []string{"ok@a.test", "@a.test"}}},

		"templates[0].name: must not be empty":                                               template(plunk.Template{Subject: "s"}),
		"templates[0].subject: must not be empty":                                            template(plunk.Template{Name: "n"}),
		"templates[0].subject: must be one line: no CR, LF or NUL":                           template(plunk.Template{Name: "n", Subject: "a\nb"}),
		"templates[0].from: must be one line: no CR, LF or NUL":                              template(plunk.Template{Name: "n", Subject: "s", From: "a\rb"}),
		`templates[0].email: must be an email address, not "x@y" (its domain has no dot)`:    template(plunk.Template{Name: "n", Subject: "s", Email: "x@y"}),
		"automations[0].name: must not be empty":                                             automation(plunk.Automation{Template: "News", Events: []string{"e"}}),
		"automations[0].events: must name at least one event":                                automation(plunk.Automation{Name: "n", Template: "News"}),
		"automations[0].delay: must be minutes from 0 on, not -5":                            automation(plunk.Automation{Name: "n", Template: "News", Events: []string{"e"}, Delay: -5}),
		`automations[0].template: there is no template "Old"; there are News, Receipt, twin`: automation(plunk.Automation{Name: "n", Template: "Old", Events: []string{"e"}}),
		`automations[0].template: there is no template ""; there are News, Receipt, twin`:    automation(plunk.Automation{Name: "n", Events: []string{"e"}}),
		`automations[0].template: there are 2 with the name "twin"; use an id`:               automation(plunk.Automation{Name: "n", Template: "twin", Events: []string{"e"}}),
		`automations[0].notevents[1]: is one of events too, so that it could never start: "e"`: automation(plunk.Automation{
			Name: "n", Template: "News", Events: []string{"e", "f"}, NotEvents: []string{"g", "E"},
		}),
		"campaigns[0].subject: must be one line: no CR, LF or NUL":                                            campaign(plunk.CampaignSnapshot{Subject: "\x00"}),
		`campaigns[0].recipients[1]: must be an email address, not "" (it has no @)`:                          campaign(plunk.CampaignSnapshot{Recipients: []string{"a@rcpt.test", ""}}),
		`templates: must have the template "Receipt" of the automation "A", or automations must be given too`: {Templates: []plunk.Template{{Name: "News", Subject: "s"}}},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			p.checked(t, v, strings.TrimSpace(want))
		})
	}
}

func TestFlawsOfTasksAndEvents(t *testing.T) {
	t.Parallel()
	p := imported(t)
	task := func(s plunk.TaskSnapshot) plunk.Snapshot { return plunk.Snapshot{Tasks: []plunk.TaskSnapshot{s}} }
	for want, v := range map[string]plunk.Snapshot{
		"tasks[0]: must have an automation or a campaign, and not both":                                 task(plunk.TaskSnapshot{Contact: "c1"}),
		"tasks[0]: must have an automation or a campaign, and not both ":                                task(plunk.TaskSnapshot{Contact: "c1", Automation: "A", Campaign: "K"}),
		`tasks[0].contact: there is no contact "zoe@rcpt.test"; there are ann@rcpt.test, bob@rcpt.test`: task(plunk.TaskSnapshot{Contact: "zoe@rcpt.test", Automation: "A"}),
		`tasks[0].automation: there is no automation "K"; there are A`:                                  task(plunk.TaskSnapshot{Contact: "c1", Automation: "K"}),
		`tasks[0].campaign: there is no campaign "A"; there are K, same`:                                task(plunk.TaskSnapshot{Contact: "c1", Campaign: "A"}),
		`tasks[0].campaign: there are 2 with the name "same"; use an id`:                                task(plunk.TaskSnapshot{Contact: "c1", Campaign: "same"}),
		`tasks[1].id: is given twice: "x"`:                                                              {Tasks: []plunk.TaskSnapshot{{ID: "x", Contact: "c1", Campaign: "K"}, {ID: "x", Contact: "c1", Campaign: "K"}}},

		`events[1].id: is given twice: "e1"`:            {Events: []plunk.EventSnapshot{{ID: "e1", Name: "n"}, {ID: "e1", Name: "m"}}},
		`events[1].name: is that of events[0] too: "n"`: {Events: []plunk.EventSnapshot{{ID: "e1", Name: "n"}, {ID: "e2", Name: "N"}}},
		`contacts[0].automations[0].after: must be a number of the contact's events, 0 to 1, not 2`: {Contacts: []plunk.ContactSnapshot{
			{Email: "ann@rcpt.test", Automations: []plunk.Fired{{Automation: "A", After: 2}}},
		}},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			p.checked(t, v, strings.TrimSpace(want))
		})
	}
}

// TestFlawsAreAllTold, up to ten.
func TestFlawsAreAllTold(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	v := contacts(strings.Split(strings.Repeat("x ", 12), " ")[:12]...)
	v.Automations = []plunk.Automation{{}}
	err := p.Check(v)
	flaws, _ := err.(plunk.Flaws) //nolint:errorlint // it is not wrapped
	same(t, "how many", len(flaws), 12+11+3)
	if text := err.Error(); strings.Count(text, "; ") != 10 || !strings.HasSuffix(text, "; and 16 more") {
		t.Errorf("got %q", text)
	}
}

// TestFlawsOfAReplace: nothing of what is there counts, and nothing changes.
func TestFlawsOfAReplace(t *testing.T) {
	t.Parallel()
	p := full(t)
	before := p.Snapshot()
	for want, v := range map[string]plunk.Snapshot{
		`automations[0].template: there is no template "News"; there are none`: {Automations: []plunk.Automation{{Name: "n", Template: "News", Events: []string{"e"}}}},
		`tasks[0].contact: there is no contact "ann@rcpt.test"; there are none`: {
			Tasks: []plunk.TaskSnapshot{{Contact: "ann@rcpt.test", Campaign: "K"}}, Campaigns: []plunk.CampaignSnapshot{{Subject: "K"}},
		},
	} {
		_, err := p.Replace(v)
		flawed(t, "replace", err, want)
		same(t, "snapshot", p.Snapshot(), before)
	}
	// IDs go on as if nothing had been.
	q := full(t)
	same(t, "the next contact", p.contact(t, "next@rcpt.test", nil).ID, q.contact(t, "next@rcpt.test", nil).ID)
}

// TestImportKeepsLimits, and counts what is there already once.
func TestImportKeepsLimits(t *testing.T) {
	t.Parallel()
	const many = "The project would have more than 3 contacts; raise --max-contacts or reset the project"
	p := newProject(t, limited(3, 3))
	p.checked(t, contacts("a@rcpt.test", "b@rcpt.test", "c@rcpt.test", "d@rcpt.test"), "contacts: "+many)
	v := contacts("a@rcpt.test", "b@rcpt.test")
	p.add(t, v)
	v.Campaigns = []plunk.CampaignSnapshot{{Subject: "K", Recipients: []string{"B@rcpt.test", "c@rcpt.test", "C@rcpt.test"}}}
	p.add(t, v)
	same(t, "contacts", p.emails(), []string{"a@rcpt.test", "b@rcpt.test", "c@rcpt.test"})
	p.add(t, v)
	v.Campaigns[0].Recipients = append(v.Campaigns[0].Recipients, "d@rcpt.test")
	p.checked(t, v, "campaigns: "+many)
	p.checked(t, plunk.Snapshot{Campaigns: v.Campaigns}, "campaigns: "+many)

	p = newProject(t, limited(3, 3))
	v = contacts("a@rcpt.test", "b@rcpt.test")
	v.Contacts[0].Events = []plunk.Happened{{Name: "e"}, {Name: "e", Time: noon.Add(-time.Hour)}, {Name: "f"}}
	p.add(t, v)
	p.add(t, v)
	same(t, "events", p.events(), map[string]int{"e": 2, "f": 1})
	v.Contacts[1].Events = []plunk.Happened{{Name: "e"}}
	p.checked(t, v, "contacts: would bring the project to 4 recorded events, and it keeps at most 3; raise --max-events")
	v.Contacts[0].Events = v.Contacts[0].Events[1:]
	p.add(t, v)
	same(t, "events", p.events(), map[string]int{"e": 2, "f": 1})
	must[*plunk.Contact](t)(p.DeleteContact(p.Contacts()[0].ID))
	p.track(t, "g", "b@rcpt.test")
	p.track(t, "g", "b@rcpt.test")
	_, err := p.Track(plunk.Track{Event: "g", Email: "b@rcpt.test"})
	refused(t, "one too many", err, plunk.Invalid, "The project has 3 recorded events, the most that it keeps; raise --max-events or reset the project")
}

// TestImportOfManyContacts is about 100,000 of them.
func TestImportOfManyContacts(t *testing.T) {
	t.Parallel()
	const many = 100_000
	p := newProject(t, limited(many, many))
	v := rules(ladder(60)...)
	for i := range many {
		v.Contacts = append(v.Contacts, plunk.ContactSnapshot{Email: fmt.Sprintf("u%d@rcpt.test", i), Events: []plunk.Happened{{Name: "e"}}})
	}
	p.add(t, v)
	p.add(t, v)
	same(t, "contacts", p.CountContacts(), many)
	same(t, "events", p.events()["e"], many)
	_, err := p.Add(contacts("one.more@rcpt.test"))
	flawed(t, "one more", err, "contacts: The project would have more than 100000 contacts; raise --max-contacts or reset the project")
}
