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
	old, v := st.snapshot(), base
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
	v.refer(&old, &base)
	v.dropDangling()
	return v
}

// refer puts names in the place of references to what is not in s, but is in one
// of the others. What s shares with others stays as it is.
func (s *Snapshot) refer(others ...*Snapshot) {
	var templates, automations, campaigns, events, contacts renamer
	for _, o := range append(others, s) {
		there := o == s
		for _, t := range o.Templates {
			templates.add(t.ID, t.Name, there)
		}
		for _, a := range o.Automations {
			automations.add(a.ID, a.Name, there)
		}
		for _, c := range o.Campaigns {
			campaigns.add(c.ID, c.Subject, there)
		}
		for _, e := range o.Events {
			events.add(e.ID, e.Name, there)
		}
		for _, c := range o.Contacts {
			contacts.add(c.ID, c.Email, there)
		}
	}
	s.Automations = mapped(s.Automations, func(a Automation) Automation {
		a.Template, a.Events, a.NotEvents = templates.name(a.Template), mapped(a.Events, events.name), mapped(a.NotEvents, events.name)
		return a
	})
	s.Contacts = mapped(s.Contacts, func(c ContactSnapshot) ContactSnapshot {
		c.Automations = mapped(c.Automations, func(f Fired) Fired {
			f.Automation = automations.name(f.Automation)
			return f
		})
		return c
	})
	s.Tasks = mapped(s.Tasks, func(t TaskSnapshot) TaskSnapshot {
		t.Automation, t.Campaign = automations.name(t.Automation), campaigns.name(t.Campaign)
		t.Contact, t.Event = contacts.name(t.Contact), events.name(t.Event)
		return t
	})
}

// renamer puts names in the place of IDs that are gone.
type renamer struct {
	names map[string]string
	there map[string]bool // IDs
}

func (r *renamer) add(id, name string, there bool) {
	if r.names == nil {
		r.names, r.there = map[string]string{}, map[string]bool{}
	}
	if id != "" {
		r.names[id] = name
		r.there[id] = r.there[id] || there
	}
}

func (r *renamer) name(ref string) string {
	if name, ok := r.names[ref]; ok && !r.there[ref] {
		return name
	}
	return ref
}

// dropDangling drops what refers to something that is not there, or not to one
// alone.
func (s *Snapshot) dropDangling() {
	var templates, automations, campaigns, contacts names
	for _, t := range s.Templates {
		templates.add(t.ID, t.Name)
	}
	s.Automations = slices.DeleteFunc(s.Automations, func(a Automation) bool { return !templates.has(a.Template) })
	for _, a := range s.Automations {
		automations.add(a.ID, a.Name)
	}
	for _, c := range s.Campaigns {
		campaigns.add(c.ID, c.Subject)
	}
	for i := range s.Contacts {
		c := &s.Contacts[i]
		contacts.add(c.ID, strings.ToLower(c.Email))
		c.Automations = slices.DeleteFunc(c.Automations, func(f Fired) bool { return !automations.has(f.Automation) })
	}
	recipients := map[string]bool{} // of campaigns, who become contacts
	for _, c := range s.Campaigns {
		for _, r := range c.Recipients {
			recipients[strings.ToLower(r)] = true
		}
	}
	s.Tasks = slices.DeleteFunc(s.Tasks, func(t TaskSnapshot) bool {
		to := lowerAddress(t.Contact)
		return !contacts.has(to) && !recipients[to] || t.Automation != "" && !automations.has(t.Automation) || t.Campaign != "" && !campaigns.has(t.Campaign)
	})
}
