package plunk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Flaw is something that is wrong with a [Snapshot].
type Flaw struct {
	At  string // where, such as contacts[3].email
	Msg string // what, and what would be right
}

// Flaws are all that is wrong with a [Snapshot].
type Flaws []Flaw

func (f Flaws) Error() string {
	lines := make([]string, 0, len(f))
	for _, flaw := range f {
		if len(lines) == maxFlaws {
			lines = append(lines, fmt.Sprintf("and %d more", len(f)-maxFlaws))
			break
		}
		lines = append(lines, flaw.At+": "+flaw.Msg)
	}
	return strings.Join(lines, "; ")
}

// maxFlaws is how many flaws are told.
const maxFlaws = 10

// checker looks at a snapshot before anything changes.
type checker struct {
	st          *state
	s           Snapshot
	flaws       Flaws
	templates   names
	automations names
	campaigns   names
	contacts    names
	events      map[string]string // ID → name, of the import
	recipients  map[string]bool   // addresses that campaigns of the import go to
	fresh       int               // contacts of the import that are not there yet
}

func (k *checker) flaw(at, format string, args ...any) {
	k.flaws = append(k.flaws, Flaw{at, fmt.Sprintf(format, args...)})
}

// check gives every record of s an ID, puts IDs in the place of references, and
// returns what is wrong. Nothing of st changes but where its IDs stand.
func (st *state) check(s *Snapshot) Flaws {
	k := &checker{st: st, s: *s}
	k.checkClock()
	k.checkSettings()
	k.identify()
	k.checkEvents()
	k.checkContacts()
	k.checkTemplates()
	k.checkAutomations()
	k.checkFired()
	k.checkCampaigns()
	k.checkTasks()
	*s = k.s
	return k.flaws
}

// checkClock refuses a clock that would go back, or beyond the end of time.
func (k *checker) checkClock() {
	c := k.s.Clock
	switch {
	case c == nil || c.At.IsZero():
	case c.At.After(latest):
		k.flaw("clock.at", "must not be later than %s", stamp(latest))
	case c.At.Before(k.st.now):
		k.flaw("clock.at", "time only moves forward, and it is %s already; reset the project, or put its whole state", stamp(k.st.now))
	}
}

func (k *checker) checkSettings() {
	c := k.s.Settings
	if c == nil {
		return
	}
	if c.Sender != nil {
		k.email("settings.sender", *c.Sender)
	}
	for i, m := range c.Members {
		k.email(fmt.Sprintf("settings.members[%d]", i), m)
	}
}

func (k *checker) email(at, address string) {
	if err := CheckEmail(strings.ToLower(address)); err != nil {
		k.flaw(at, "must be an email address, not %q (%v)", address, err)
	}
}

// identify gives IDs to the records that others refer to: that of the record
// whose place one takes, or a new one.
func (k *checker) identify() {
	st := k.st
	k.s.Templates = identified(k, "templates", k.s.Templates, func(t *Template) (*string, string) { return &t.ID, t.Name },
		&st.templates, func(t *Template) (string, string) { return t.ID, t.Name }, &k.templates)
	k.s.Automations = identified(k, "automations", k.s.Automations, func(a *Automation) (*string, string) { return &a.ID, a.Name },
		&st.automations, func(a *Automation) (string, string) { return a.ID, a.Name }, &k.automations)
	k.s.Campaigns = identified(k, "campaigns", k.s.Campaigns, func(c *CampaignSnapshot) (*string, string) { return &c.ID, c.Subject },
		&st.campaigns, func(c *Campaign) (string, string) { return c.ID, c.Subject }, &k.campaigns)
	for _, c := range st.campaigns.all() {
		k.campaigns.add(c.ID, c.Subject)
	}
	k.s.Contacts = identified(k, "contacts", k.s.Contacts, func(c *ContactSnapshot) (*string, string) { return &c.ID, strings.ToLower(c.Email) },
		&st.contacts, func(c *Contact) (string, string) { return c.ID, c.Email }, &k.contacts)
}

// identified gives the records of an import their IDs, and adds them to names.
// When the import has none of their sort, those that are there count.
func identified[S, R any](
	k *checker, sort string, given []S, of func(*S) (id *string, name string),
	there *table[R], has func(*R) (id, name string), all *names,
) []S {
	given = slices.Clone(given)
	named := map[string]bool{} // IDs; most imports have none
	for i := range given {
		if id, _ := of(&given[i]); *id != "" {
			named[*id] = true
		}
	}
	var free unclaimed
	for _, r := range there.all() {
		id, name := has(r)
		if !named[id] {
			free.add(id, name)
		}
		if given == nil {
			all.add(id, name)
		}
	}
	all.grow(len(given))
	for i := range given {
		id, name := of(&given[i])
		if *id == "" {
			*id = cmp.Or(free.take(name), k.st.newID())
		}
		if all.byID[*id] { // it holds those of the import alone
			k.flaw(fmt.Sprintf("%s[%d].id", sort, i), "is given twice: %q", *id)
		}
		all.add(*id, name)
	}
	return given
}

func (k *checker) checkEvents() {
	k.s.Events = slices.Clone(k.s.Events)
	k.events = make(map[string]string, len(k.s.Events))
	byName := make(map[string]int, len(k.s.Events))
	for i := range k.s.Events {
		e, at := &k.s.Events[i], fmt.Sprintf("events[%d]", i)
		e.Name = EventName(e.Name)
		name, known := k.events[e.ID]
		first, taken := byName[e.Name]
		switch {
		case known && name != e.Name:
			k.flaw(at+".id", "is given twice: %q", e.ID)
		case taken && !known:
			k.flaw(at+".name", "is that of events[%d] too: %q", first, e.Name)
		}
		byName[e.Name] = i
		if e.ID != "" {
			k.events[e.ID] = e.Name
		}
	}
	for i := range k.s.Events {
		e := &k.s.Events[i]
		old := k.st.byName[e.Name]
		if name, renamed := k.events[old]; old != "" && (!renamed || name == e.Name) {
			e.ID = old // what is there by its name is that one
		} else if e.ID == "" {
			e.ID = k.st.newID()
		}
		k.events[e.ID] = e.Name
	}
}

// event returns the name of the event that ref names: one of the import, one
// that is there, or a new one.
func (k *checker) event(ref string) string {
	if name := k.events[ref]; name != "" {
		return name
	}
	if e := k.st.events.get(ref); e != nil {
		return e.Name
	}
	return EventName(ref)
}

func (k *checker) checkContacts() {
	byEmail := make(map[string]int, len(k.s.Contacts))
	for i := range k.s.Contacts {
		c := &k.s.Contacts[i]
		at := func() string { return fmt.Sprintf("contacts[%d].email", i) } // there may be a million
		given := c.Email
		c.Email = strings.ToLower(c.Email)
		if CheckEmail(c.Email) != nil {
			k.email(at(), given)
		}
		if first, twice := byEmail[c.Email]; twice {
			k.flaw(at(), "is that of contacts[%d] too: %q", first, c.Email)
		}
		byEmail[c.Email] = i
		if owner := k.st.byEmail[c.Email]; owner != "" && owner != c.ID && !k.renames(owner) {
			k.flaw(at(), "is that of another contact: %q", c.Email)
		}
		if k.st.contacts.get(c.ID) == nil {
			k.fresh++
		}
	}
	k.room(k.st.room(k.fresh), "contacts")
}

// renames tells whether the import gives the contact id another address.
func (k *checker) renames(id string) bool { return k.contacts.byID[id] && k.s.Contacts != nil }

func (k *checker) room(err error, at string) {
	if err != nil {
		k.flaw(at, "%v", err)
	}
}

func (k *checker) checkTemplates() {
	for i, t := range k.s.Templates {
		at := fmt.Sprintf("templates[%d]", i)
		if t.Name == "" {
			k.flaw(at+".name", "must not be empty")
		}
		if problem := CheckLine(t.Subject); problem != "" {
			k.flaw(at+".subject", "%s", problem)
		}
		if t.Subject == "" {
			k.flaw(at+".subject", "must not be empty")
		}
		if problem := CheckLine(t.From); problem != "" {
			k.flaw(at+".from", "%s", problem)
		}
		if t.Email != "" {
			k.email(at+".email", t.Email)
		}
	}
}

func (k *checker) checkAutomations() {
	if k.s.Automations == nil && k.s.Templates != nil {
		k.checkUsedTemplates()
	}
	for i := range k.s.Automations {
		a, at := &k.s.Automations[i], fmt.Sprintf("automations[%d]", i)
		if a.Name == "" {
			k.flaw(at+".name", "must not be empty")
		}
		if len(a.Events) == 0 {
			k.flaw(at+".events", "must name at least one event")
		}
		if problem := CheckDelay(a.Delay); problem != "" {
			k.flaw(at+".delay", "%s", problem)
		}
		a.Template = k.reference(&k.templates, at+".template", "template", a.Template)
		a.Events, a.NotEvents = mapped(a.Events, k.event), mapped(a.NotEvents, k.event)
		for j, e := range a.NotEvents {
			if slices.Contains(a.Events, e) {
				k.flaw(fmt.Sprintf("%s.notevents[%d]", at, j), "is one of events too, so that it could never start: %q", e)
			}
		}
	}
}

// checkUsedTemplates refuses to take a template from an automation that stays.
func (k *checker) checkUsedTemplates() {
	for _, a := range k.st.automations.all() {
		if !k.templates.byID[a.Template] {
			k.flaw("templates", "must have the template %q of the automation %q, or automations must be given too", k.st.templates.get(a.Template).Name, a.Name)
		}
	}
}

func (k *checker) reference(n *names, at, what, ref string) (id string) {
	id, flaw := n.find(ref, what)
	if flaw != "" {
		k.flaw(at, "%s", flaw)
	}
	return id
}

func (k *checker) checkFired() {
	occurrences := 0
	for i := range k.s.Contacts {
		c := &k.s.Contacts[i]
		c.Events, c.Automations = slices.Clone(c.Events), slices.Clone(c.Automations)
		for j := range c.Events {
			c.Events[j].Name = k.event(c.Events[j].Name)
		}
		had := 0
		if h := k.st.happened[c.ID]; h != nil {
			had = len(h.list)
		}
		if c.Events != nil {
			occurrences += len(c.Events) - had
			had = len(c.Events)
		}
		for j := range c.Automations {
			f, at := &c.Automations[j], fmt.Sprintf("contacts[%d].automations[%d]", i, j)
			f.Automation = k.reference(&k.automations, at+".name", "automation", f.Automation)
			if f.After < 0 || f.After > had {
				k.flaw(at+".after", "must be a number of the contact's events, 0 to %d, not %d", had, f.After)
			}
		}
	}
	if most := k.st.options.Limits.Events; k.st.occurrences+occurrences > most {
		k.flaw("contacts", "would bring the project to %d recorded events, and it keeps at most %d; raise --max-events", k.st.occurrences+occurrences, most)
	}
}

func (k *checker) checkCampaigns() {
	unknown := map[string]bool{}
	k.recipients = map[string]bool{}
	for i, c := range k.s.Campaigns {
		at := fmt.Sprintf("campaigns[%d]", i)
		if problem := CheckLine(c.Subject); problem != "" {
			k.flaw(at+".subject", "%s", problem)
		}
		for j, r := range c.Recipients {
			k.email(fmt.Sprintf("%s.recipients[%d]", at, j), r)
			r = strings.ToLower(r)
			k.recipients[r] = true
			if k.contacts.byName[r] == "" && k.st.byEmail[r] == "" {
				unknown[r] = true
			}
		}
	}
	if len(unknown) > 0 {
		k.room(k.st.room(k.fresh+len(unknown)), "campaigns")
	}
}

func (k *checker) checkTasks() {
	if len(k.s.Tasks) == 0 {
		return
	}
	for _, c := range k.st.contacts.all() {
		k.contacts.add(c.ID, c.Email)
	}
	k.s.Tasks = slices.Clone(k.s.Tasks)
	seen, pending, fresh := map[string]bool{}, k.st.tasks.ids(), 0
	for i := range k.s.Tasks {
		t, at := &k.s.Tasks[i], fmt.Sprintf("tasks[%d]", i)
		if t.ID == "" {
			t.ID = k.st.newID()
		}
		if seen[t.ID] {
			k.flaw(at+".id", "is given twice: %q", t.ID)
		}
		seen[t.ID] = true
		if !pending[t.ID] {
			fresh++
		}
		t.Contact = lowerAddress(t.Contact)
		if k.contacts.has(t.Contact) || !k.recipients[t.Contact] {
			t.Contact = k.reference(&k.contacts, at+".contact", "contact", t.Contact)
		}
		switch {
		case (t.Automation == "") == (t.Campaign == ""):
			k.flaw(at, "must have an automation or a campaign, and not both")
		case t.Automation != "":
			t.Automation = k.reference(&k.automations, at+".automation", "automation", t.Automation)
		default:
			t.Campaign = k.reference(&k.campaigns, at+".campaign", "campaign", t.Campaign)
		}
		if t.Event != "" {
			t.Event = k.event(t.Event)
		}
	}
	k.room(k.st.roomForTasks(fresh), "tasks")
}

func lowerAddress(ref string) string {
	if strings.Contains(ref, "@") {
		return strings.ToLower(ref)
	}
	return ref
}
