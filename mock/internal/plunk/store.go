package plunk

import (
	"strings"
	"sync"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
)

// Options say how to build a [Store].
type Options struct {
	Project string           // its name
	Seed    string           // with the name, the source of its IDs; "" means random
	Now     func() time.Time // the present; must not be nil
	URL     string           // where the links in mail lead, without a slash at the end
	Box     *inbox.Box       // takes the mail; must not be nil
	Clock   time.Time        // where it stands still at the start; zero means that it is live
	Warn    func(string)     // told what went wrong with no one there to be told; may be nil
	Limits  Limits
}

// Limits bound what a project holds. What would go over a limit is refused.
type Limits struct {
	Contacts int // contacts
	Events   int // occurrences of events
	Tasks    int // pending
	Run      int // tasks run in one advance of the clock
	Chain    int // mails each caused by the one before
}

// Store is one project. It is safe for concurrent use.
type Store struct {
	now  func() time.Time
	warn func(string)

	mu    sync.Mutex
	state state // reached through do alone
}

// New returns an empty project.
func New(o Options) *Store {
	s := &Store{now: o.Now, warn: o.Warn}
	s.state.options = o
	s.do(func(st *state) { _ = st.reset(Keep{}, Snapshot{}, s.now()) }) // nothing has no flaw
	return s
}

// do brings the state to the present, runs fn on it, alone, and then what fn
// made due. It is the only way in, and fn is the only code that runs under the
// lock. It returns what went wrong with the tasks that ran.
func (s *Store) do(fn func(*state)) (warnings []string) {
	warnings = s.locked(fn)
	if s.warn != nil {
		for _, text := range warnings {
			s.warn(text)
		}
	}
	return warnings
}

func (s *Store) locked(fn func(*state)) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := &s.state
	st.catchUp(s.now())
	fn(st)
	if !st.backlog { // what a move of the clock has left over is for the next call
		st.catchUp(s.now())
	}
	warnings := append(st.warnings, st.runaways...)
	st.warnings, st.runaways = nil, nil
	return warnings
}

// Now returns the project's present, in UTC, to the millisecond.
func (s *Store) Now() (t time.Time) {
	s.do(func(st *state) { t = st.now })
	return t
}

// Send sends a transactional mail to each recipient. It is refused with
// Unauthorized when the project or the sender's domain is not verified.
func (s *Store) Send(m Mail) (r Sent, err error) {
	s.do(func(st *state) { r, err = st.send(m) })
	return r, err
}

// Relay takes a mail that came by SMTP. It is refused as Send is.
func (s *Store) Relay(m Relayed) (r Sent, err error) {
	s.do(func(st *state) { r, err = st.relay(m) })
	return r, err
}

// MayRelay tells whether mail whose envelope is from an address would be refused; "" is
// the null sender.
func (s *Store) MayRelay(sender string) (err error) {
	s.do(func(st *state) { err = st.mayRelay(sender) })
	return err
}

// Track records that an event happened to a contact, which is made when there
// is none. The names subscribe and unsubscribe are Forbidden.
func (s *Store) Track(t Track) (r Tracked, err error) {
	warnings := s.do(func(st *state) { r, err = st.track(t) })
	r.Warnings = warnings
	return r, err
}

// Contacts returns all contacts, oldest first.
func (s *Store) Contacts() (list []*Contact) {
	s.do(func(st *state) { list = st.contacts.all() })
	return list
}

// CountContacts returns how many contacts there are.
func (s *Store) CountContacts() (n int) {
	s.do(func(st *state) { n = st.contacts.len() })
	return n
}

// Contact returns the contact of an ID, or NotFound.
func (s *Store) Contact(id string) (c *Contact, err error) {
	s.do(func(st *state) { c, err = st.contact(id) })
	return c, err
}

// CreateContact makes a contact; an address that is taken is a Conflict.
func (s *Store) CreateContact(n NewContact) (c *Contact, err error) {
	s.do(func(st *state) { c, err = st.createContact(n) })
	return c, err
}

// UpdateContact changes a contact. A value in Data that is nil or "" deletes
// its key; other keys stay.
func (s *Store) UpdateContact(u ContactChange) (c *Contact, err error) {
	s.do(func(st *state) { c, err = st.updateContact(u) })
	return c, err
}

// DeleteContact deletes a contact with its events, and returns it.
func (s *Store) DeleteContact(id string) (c *Contact, err error) {
	s.do(func(st *state) { c, err = st.deleteContact(id) })
	return c, err
}

// SetSubscribed subscribes or unsubscribes a contact, and records the event
// subscribe or unsubscribe, each time.
func (s *Store) SetSubscribed(v Subscription) (c *Contact, err error) {
	s.do(func(st *state) { c, err = st.setSubscribed(v) })
	return c, err
}

// Campaign returns the campaign of an ID.
func (s *Store) Campaign(id string) (c *Campaign, err error) {
	s.do(func(st *state) { c, err = st.campaign(id) })
	return c, err
}

// CreateCampaign makes a draft.
func (s *Store) CreateCampaign(n NewCampaign) (c *Campaign, err error) {
	s.do(func(st *state) { c, err = st.createCampaign(n) })
	return c, err
}

// UpdateCampaign changes a draft; one that was sent is Invalid.
func (s *Store) UpdateCampaign(u CampaignChange) (c *Campaign, err error) {
	s.do(func(st *state) { c, err = st.updateCampaign(u) })
	return c, err
}

// DeleteCampaign deletes a campaign and returns it.
func (s *Store) DeleteCampaign(id string) (c *Campaign, err error) {
	s.do(func(st *state) { c, err = st.deleteCampaign(id) })
	return c, err
}

// SendCampaign sends a campaign to its recipients, or a test of it to the
// project's members.
func (s *Store) SendCampaign(o SendCampaign) (c *Campaign, err error) {
	s.do(func(st *state) { c, err = st.sendCampaign(o) })
	return c, err
}

// Settings returns the project's settings.
func (s *Store) Settings() (v Settings) {
	s.do(func(st *state) { v = st.settings })
	return v
}

// UpdateSettings changes settings and returns all of them.
func (s *Store) UpdateSettings(c SettingsChange) (v Settings) {
	s.do(func(st *state) {
		st.settings = c.apply(st.settings)
		v = st.settings
	})
	return v
}

// Find returns the contact of an ID or an address, with its events.
func (s *Store) Find(idOrEmail string) (c *Contact, events []Happened, err error) {
	s.do(func(st *state) { c, events, err = st.find(idOrEmail) })
	return c, events, err
}

// ContactPage returns contacts whose address or ID holds text, newest first;
// see [Page].
func (s *Store) ContactPage(text string, p Page) (l Listing[Contact]) {
	s.do(func(st *state) { l = st.contactPage(text, p) })
	return l
}

// EventPage returns the kinds of event whose name or ID holds text, newest first;
// see [Page].
func (s *Store) EventPage(text string, p Page) (l Listing[Event]) {
	s.do(func(st *state) { l = st.eventPage(text, p) })
	return l
}

// CampaignPage returns campaigns whose subject, body or ID holds text, newest first;
// see [Page].
func (s *Store) CampaignPage(text string, p Page) (l Listing[Campaign]) {
	s.do(func(st *state) { l = st.campaignPage(text, p) })
	return l
}

// TemplatePage returns templates whose name or ID holds text, newest first; see
// [Page].
func (s *Store) TemplatePage(text string, p Page) (l Listing[Template]) {
	text = strings.ToLower(text)
	s.do(func(st *state) {
		l = listing(&st.templates, func(t *Template) bool { return holds(text, t.ID, t.Name) }, p)
	})
	return l
}

// AutomationPage returns automations whose name or ID, or that of one of their
// events, holds text, newest first; see [Page].
func (s *Store) AutomationPage(text string, p Page) (l Listing[AutomationRecord]) {
	s.do(func(st *state) { l = st.automationPage(text, p) })
	return l
}

// Feedback is what the mail provider says of a message: one of [FeedbackKinds].
// A message that is not there is NotFound. request is the ID of the call.
func (s *Store) Feedback(message, kind, request string) (err error) {
	s.do(func(st *state) {
		err = st.feedback(feedback{message, kind}, cause{request: request, operation: "addMessageEvent"})
	})
	return err
}

// Schedule returns a page of the pending tasks that match, in the order in which
// they will run, and how many match in all. Before has no meaning here.
func (s *Store) Schedule(match func(*Task) bool, p Page) (list []*Task, total int) {
	s.do(func(st *state) { list, total = st.schedule(match, p) })
	return list, total
}

// Clock returns the clock.
func (s *Store) Clock() (c Clock) {
	s.do(func(st *state) { c = st.clock() })
	return c
}

// Advance moves the clock on by a duration and runs all that falls due. It is a
// Conflict when there is too much of it; the clock then tells how far it came.
func (s *Store) Advance(by time.Duration) (c Clock, err error) {
	s.do(func(st *state) {
		if by < 0 {
			err = refuse(Invalid, "by: must not be negative: time only moves forward")
			return
		}
		c, err = st.turn(st.now.Add(by.Truncate(time.Millisecond)), s.now())
	})
	return c, err
}

// SetTime moves the clock to a time and runs all that falls due, as Advance does.
func (s *Store) SetTime(at time.Time) (c Clock, err error) {
	s.do(func(st *state) { c, err = st.setTime(at, s.now()) })
	return c, err
}

// Freeze makes the clock stand still but for Advance and SetTime.
func (s *Store) Freeze() (c Clock) {
	s.do(func(st *state) {
		st.frozen = true
		c = st.clock()
	})
	return c
}

// Resume makes the clock live from where it stands.
func (s *Store) Resume() (c Clock) {
	s.do(func(st *state) { c = st.resume(s.now()) })
	return c
}

// Tick runs what is due, and tells how many tasks that were. A live project calls
// it from time to time.
func (s *Store) Tick() (ran int) {
	s.do(func(st *state) { ran = st.ticked })
	return ran
}

// Snapshot returns all that the project holds but its mail.
func (s *Store) Snapshot() (v Snapshot) {
	s.do(func(st *state) { v = st.snapshot() })
	return v
}

// Add adds a snapshot: settings, templates and automations take the place of
// those that are there, contacts and campaigns are added or updated. It returns
// what was added, with its IDs. The error is [Flaws], and then nothing has changed,
// or what Advance would say to a clock that moves with it: then all is added.
func (s *Store) Add(v Snapshot) (added Snapshot, err error) {
	s.do(func(st *state) { added, err = st.add(v, s.now()) })
	return added, err
}

// Check tells whether Add would be refused. Nothing changes.
func (s *Store) Check(v Snapshot) (err error) {
	s.do(func(st *state) {
		ids := *st.ids
		if flaws := st.check(&v); len(flaws) > 0 {
			err = flaws
		}
		*st.ids = ids
	})
	return err
}

// Replace puts a snapshot in the place of all that is there. The error is
// [Flaws], and then nothing has changed. The mails are not the store's: whoever
// calls Replace empties the box.
func (s *Store) Replace(v Snapshot) (put Snapshot, err error) {
	s.do(func(st *state) { put, err = st.replace(v, s.now()) })
	return put, err
}

// Reset takes the project back to its start, which is base, but for what is
// kept. The mails are not the store's: whoever calls Reset empties the box.
func (s *Store) Reset(k Keep, base Snapshot) (err error) {
	s.do(func(st *state) { err = st.reset(k, base, s.now()) })
	return err
}
