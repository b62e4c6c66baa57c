package plunk

import (
	"slices"
	"strings"
	"time"
)

// Keep says what a reset leaves in place. Messages are the box's, not the
// store's; saying that they stay keeps their IDs from being given again.
type Keep struct {
	Settings, Contacts, Events, Templates, Automations, Campaigns, Tasks, Messages, Clock bool
}

// reset takes the state back to base but for what is kept.
func (st *state) reset(k Keep, base Snapshot, real time.Time) error {
	fresh := base
	if k != (Keep{Settings: k.Settings, Clock: k.Clock}) {
		fresh = st.mix(k, base)
	} else if k.Settings {
		fresh.Settings = st.snapshot().Settings
	}
	clock := *st
	if !k.Clock {
		st.startClock(real)
	} else {
		fresh.Clock = nil
	}
	ids := st.ids
	if _, err := st.replace(fresh, real); err != nil {
		st.now, st.frozen, st.ahead = clock.now, clock.frozen, clock.ahead
		return err
	}
	if k.Contacts || k.Events || k.Templates || k.Automations || k.Campaigns || k.Tasks || k.Messages {
		st.ids = ids // what stays has IDs that must not be given again
	}
	return nil
}

// startClock sets the clock to where it stands at the start.
func (st *state) startClock(real time.Time) {
	st.frozen, st.now, st.ahead = false, real.UTC().Truncate(time.Millisecond), 0
	if at := st.options.Clock; !at.IsZero() {
		st.frozen, st.now = true, at.UTC().Truncate(time.Millisecond)
	}
}

// mix takes from the state what is kept, and the rest from base. What refers to
// something that does not stay refers by name to what comes in its place, and
// goes when there is no such.
func (st *state) mix(k Keep, base Snapshot) Snapshot {
	old, v := st.named(), base
	v.ID = old.ID
	if k.Settings {
		v.Settings = old.Settings
	}
	if k.Events {
		v.Events = old.Events
	}
	if k.Templates {
		v.Templates = old.Templates
	}
	if k.Automations {
		v.Automations = old.Automations
	}
	if k.Contacts {
		v.Contacts = old.Contacts
		if !k.Events {
			for i := range v.Contacts {
				v.Contacts[i].Events, v.Contacts[i].Automations = nil, nil
			}
		}
	}
	if k.Campaigns {
		v.Campaigns = old.Campaigns
	}
	if k.Tasks {
		v.Tasks = old.Tasks
	}
	v.dropDangling()
	return v
}

// named returns the snapshot with references by name, where names tell apart.
func (st *state) named() Snapshot {
	v := st.snapshot()
	templates := renamer(v.Templates, func(t Template) (string, string) { return t.ID, t.Name })
	automations := renamer(v.Automations, func(a Automation) (string, string) { return a.ID, a.Name })
	campaigns := renamer(v.Campaigns, func(c CampaignSnapshot) (string, string) { return c.ID, c.Subject })
	events := renamer(v.Events, func(e EventSnapshot) (string, string) { return e.ID, e.Name })
	contacts := renamer(v.Contacts, func(c ContactSnapshot) (string, string) { return c.ID, c.Email })
	for i := range v.Automations {
		a := &v.Automations[i]
		a.Template, a.Events, a.NotEvents = templates(a.Template), mapped(a.Events, events), mapped(a.NotEvents, events)
	}
	for i := range v.Contacts {
		for j := range v.Contacts[i].Automations {
			f := &v.Contacts[i].Automations[j]
			f.Automation = automations(f.Automation)
		}
	}
	for i := range v.Tasks {
		t := &v.Tasks[i]
		t.Automation, t.Campaign, t.Contact, t.Event = automations(t.Automation), campaigns(t.Campaign), contacts(t.Contact), events(t.Event)
	}
	return v
}

// renamer returns what puts names in the place of IDs.
func renamer[T any](list []T, of func(T) (id, name string)) func(string) string {
	names, count := map[string]string{}, map[string]int{}
	for _, v := range list {
		id, name := of(v)
		names[id] = name
		count[name]++
	}
	return func(id string) string {
		if name := names[id]; count[name] == 1 {
			return name
		}
		return id
	}
}

// dropDangling drops what refers to something that is not there.
func (s *Snapshot) dropDangling() {
	var templates, automations, campaigns, contacts names
	for _, t := range s.Templates {
		templates.add(t.ID, t.Name)
	}
	s.Automations = slices.DeleteFunc(slices.Clone(s.Automations), func(a Automation) bool { return !templates.has(a.Template) })
	for _, a := range s.Automations {
		automations.add(a.ID, a.Name)
	}
	for _, c := range s.Campaigns {
		campaigns.add(c.ID, c.Subject)
		for _, r := range c.Recipients {
			contacts.add(r, strings.ToLower(r))
		}
	}
	for i := range s.Contacts {
		c := &s.Contacts[i]
		contacts.add(c.ID, c.Email)
		c.Automations = slices.DeleteFunc(slices.Clone(c.Automations), func(f Fired) bool { return !automations.has(f.Automation) })
	}
	s.Tasks = slices.DeleteFunc(slices.Clone(s.Tasks), func(t TaskSnapshot) bool {
		return !contacts.has(t.Contact) || t.Automation != "" && !automations.has(t.Automation) || t.Campaign != "" && !campaigns.has(t.Campaign)
	})
}
