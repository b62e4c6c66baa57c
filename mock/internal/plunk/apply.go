package plunk

import (
	"cmp"
	"slices"
	"time"
)

// add adds a snapshot to what is there: settings, templates and automations take
// the place of those that are there, contacts and campaigns are added or
// updated. Nothing changes when it is refused with [Flaws].
func (st *state) add(s Snapshot, real time.Time) (Snapshot, error) {
	ids := *st.ids
	if used := s.ids(); used != "" {
		// They may be some that were still to be given.
		st.ids = entropy(st.options, used+st.newID())
	}
	if flaws := st.check(&s); len(flaws) > 0 {
		st.ids = &ids
		return s, flaws
	}
	st.apply(s)
	if c := s.Clock; c != nil {
		st.frozen = c.Frozen
		if c.At.After(st.now) {
			_, err := st.turn(c.At.UTC().Truncate(time.Millisecond), real)
			return s, err
		}
		st.ahead = st.now.UnixMilli() - real.UnixMilli()
	}
	return s, nil
}

// replace puts a snapshot in the place of all that is there. Nothing changes when
// it is refused with [Flaws].
func (st *state) replace(s Snapshot, real time.Time) (Snapshot, error) {
	fresh := st.blank(s)
	fresh.restoreClock(s.Clock, real)
	if flaws := fresh.check(&s); len(flaws) > 0 {
		return s, flaws
	}
	given := s.ID
	s.ID = fresh.id
	if used := s.ids(); used != s.ID {
		// From here on IDs are the same as when s is put there again.
		fresh.ids = entropy(fresh.options, used)
	} else {
		s.ID = given
	}
	fresh.apply(s)
	*st = *fresh
	return s, nil
}

// blank returns an empty state for s. Its IDs repeat for the same seed, and are
// none of those that s brings along.
func (st *state) blank(s Snapshot) *state {
	fresh := &state{
		options: st.options, now: st.now, frozen: st.frozen, ahead: st.ahead, ids: entropy(st.options, s.ids()),
		settings: defaultSettings(st.options.Project),
		byEmail:  map[string]string{}, byName: map[string]string{}, happened: map[string]*history{},
	}
	fresh.id = cmp.Or(s.ID, fresh.newID())
	// The cursors of listings go on growing.
	fresh.contacts.seq, fresh.events.seq, fresh.campaigns.seq = st.contacts.seq, st.events.seq, st.campaigns.seq
	fresh.templates.seq, fresh.automations.seq = st.templates.seq, st.automations.seq
	return fresh
}

// apply does what was checked.
func (st *state) apply(s Snapshot) {
	st.id = cmp.Or(s.ID, st.id)
	if s.Settings != nil {
		st.settings = s.Settings.apply(st.settings)
	}
	for _, e := range s.Events {
		st.putEvent(e)
	}
	st.applyTemplates(s.Templates)
	st.applyAutomations(s.Automations)
	for _, c := range s.Contacts {
		st.applyContact(c)
	}
	for _, c := range s.Campaigns {
		st.applyCampaign(c)
	}
	st.applyTasks(s.Tasks)
}

func (st *state) putEvent(s EventSnapshot) {
	e := Event{ID: s.ID, Name: s.Name}
	if old := st.events.get(s.ID); old != nil {
		e.Count, e.Last = old.Count, old.Last
		if st.byName[old.Name] == e.ID {
			delete(st.byName, old.Name)
		}
	}
	st.byName[e.Name] = e.ID
	st.events.put(e.ID, &e)
}

func (st *state) applyTemplates(list []Template) {
	if list == nil {
		return
	}
	keep := map[string]bool{}
	for _, t := range list {
		keep[t.ID] = true
		created := time.Time{}
		if old := st.templates.get(t.ID); old != nil {
			created = old.CreatedAt
		}
		t.CreatedAt, t.UpdatedAt = firstTime(t.CreatedAt, created, st.now), firstTime(t.UpdatedAt, st.now)
		st.putTemplate(t)
	}
	for _, t := range st.templates.all() {
		if !keep[t.ID] {
			st.templates.remove(t.ID)
		}
	}
}

func (st *state) applyAutomations(list []Automation) {
	if list == nil {
		return
	}
	keep := map[string]bool{}
	for _, a := range list {
		keep[a.ID] = true
		created := time.Time{}
		if old := st.automations.get(a.ID); old != nil {
			created = old.CreatedAt
		}
		a.CreatedAt, a.UpdatedAt = firstTime(a.CreatedAt, created, st.now), firstTime(a.UpdatedAt, st.now)
		a.Events, a.NotEvents = mapped(a.Events, st.event), mapped(a.NotEvents, st.event)
		st.automations.put(a.ID, &a)
	}
	for _, a := range st.automations.all() {
		if !keep[a.ID] {
			st.automations.remove(a.ID)
			st.tasks.cancel(func(t *task) bool { return t.automation == a.ID })
		}
	}
}

func (st *state) applyContact(s ContactSnapshot) {
	c := Contact{ID: s.ID, Email: s.Email, Subscribed: true, Data: s.Data}
	if old := st.contacts.get(s.ID); old != nil {
		c.Subscribed, c.CreatedAt = old.Subscribed, old.CreatedAt
		if c.Data == nil {
			c.Data = old.Data
		}
		if st.byEmail[old.Email] == old.ID {
			delete(st.byEmail, old.Email)
		}
	}
	if s.Subscribed != nil {
		c.Subscribed = *s.Subscribed
	}
	if c.Data == nil {
		c.Data = map[string]any{}
	}
	c.CreatedAt = firstTime(s.CreatedAt, c.CreatedAt, st.now)
	c.UpdatedAt = firstTime(s.UpdatedAt, st.now)
	st.byEmail[c.Email] = c.ID
	st.contacts.put(c.ID, &c)
	if s.Events != nil || s.Automations != nil {
		st.applyHistory(s)
	}
}

func (st *state) applyHistory(s ContactSnapshot) {
	old := st.happened[s.ID]
	if old == nil {
		old = &history{}
	}
	h := &history{list: old.list, last: old.last}
	if s.Events != nil {
		st.occurrences -= len(old.list)
		for _, o := range old.list {
			st.recount(o.event, -1)
		}
		h = &history{}
	}
	for _, e := range s.Events {
		id, at := st.event(e.Name), firstTime(e.Time, st.now)
		h.add(id, at)
		st.occurrences++
		counted := *st.events.get(id)
		counted.Count++
		if at.After(counted.Last) {
			counted.Last = at
		}
		st.events.put(id, &counted)
	}
	for _, f := range s.Automations {
		if h.fired == nil {
			h.fired = map[string]fired{}
		}
		h.fired[f.Automation] = fired{max(1, f.Times), firstTime(f.At, st.now).UnixMilli(), f.After}
	}
	if len(h.list)+len(h.fired) == 0 {
		delete(st.happened, s.ID)
		return
	}
	st.happened[s.ID] = h
}

func (st *state) applyCampaign(s CampaignSnapshot) {
	c := Campaign{
		ID: s.ID, Subject: s.Subject, Body: s.Body, Sent: s.Sent, Style: cmp.Or(s.Style, stylePlunk), ProjectID: st.id,
		CreatedAt: firstTime(s.CreatedAt, st.now), UpdatedAt: firstTime(s.UpdatedAt, st.now),
	}
	if old := st.campaigns.get(s.ID); old != nil && s.CreatedAt.IsZero() {
		c.CreatedAt = old.CreatedAt
	}
	_ = st.address(&c, s.Recipients) // there is room: it was checked
	st.campaigns.put(c.ID, &c)
}

func (st *state) applyTasks(list []TaskSnapshot) {
	given := map[string]bool{}
	for _, s := range list {
		given[s.ID] = true
	}
	if st.tasks.len() > 0 {
		st.tasks.cancel(func(t *task) bool { return given[t.id] })
	}
	for _, s := range list {
		st.applyTask(s)
	}
}

func (st *state) applyTask(s TaskSnapshot) {
	t := &task{
		id: s.ID, due: firstTime(s.Due, st.now), automation: s.Automation, campaign: s.Campaign, contact: s.Contact,
		why: cause{request: s.Request, operation: s.Operation, mails: s.Mails},
	}
	if s.Event != "" {
		t.why.event = st.ref(st.event(s.Event))
	}
	if id := st.byEmail[t.contact]; id != "" { // whom a campaign made
		t.contact = id
	}
	to := st.contacts.get(t.contact).Email
	if a := st.automations.get(t.automation); a != nil {
		t.label = "automation " + quoted(a.Name) + " to " + to
	} else {
		t.label = "campaign " + quoted(st.campaigns.get(t.campaign).Subject) + " to " + to
	}
	st.tasks.add(t)
}

// firstTime returns the first time that is given, to the millisecond.
func firstTime(times ...time.Time) time.Time {
	i := slices.IndexFunc(times, func(t time.Time) bool { return !t.IsZero() })
	return times[i].UTC().Truncate(time.Millisecond)
}

// restoreClock sets the clock as a snapshot has it.
func (st *state) restoreClock(c *ClockSnapshot, real time.Time) {
	if c == nil {
		return
	}
	st.frozen = c.Frozen
	switch {
	case !c.At.IsZero():
		st.now = c.At.UTC().Truncate(time.Millisecond)
	case !c.Frozen:
		st.now = real.UTC().Truncate(time.Millisecond)
	}
	st.ahead = st.now.UnixMilli() - real.UnixMilli()
}
