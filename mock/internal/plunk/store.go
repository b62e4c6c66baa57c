package plunk

import (
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
	Limits  Limits
}

// Limits bound what a project holds. What would go over a limit is refused.
type Limits struct {
	Contacts int // contacts
	Events   int // occurrences of events
}

// Store is one project. It is safe for concurrent use.
type Store struct {
	now func() time.Time

	mu    sync.Mutex
	state state // reached through do alone
}

// New returns an empty project.
func New(o Options) *Store {
	s := &Store{now: o.Now}
	s.state.options = o
	s.do(func(st *state) { st.reset(Keep{}) })
	return s
}

// do brings the state to the present and then runs fn on it, alone. It is the
// only way in, and fn is the only code that runs under the lock.
func (s *Store) do(fn func(*state)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.now = s.now().UTC().Truncate(time.Millisecond)
	fn(&s.state)
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

// Track records that an event happened to a contact, which is made when there
// is none. The names subscribe and unsubscribe are Forbidden.
func (s *Store) Track(t Track) (r Tracked, err error) {
	s.do(func(st *state) { r, err = st.track(t) })
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

// Subscribe subscribes a contact, and records the event subscribe, each time.
func (s *Store) Subscribe(id string) (c *Contact, err error) {
	s.do(func(st *state) { c, err = st.setSubscribed(id, true, "subscribe") })
	return c, err
}

// Unsubscribe unsubscribes a contact, and records the event unsubscribe, each
// time.
func (s *Store) Unsubscribe(id string) (c *Contact, err error) {
	s.do(func(st *state) { c, err = st.setSubscribed(id, false, "unsubscribe") })
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

// EventPage returns the kinds of event that there are, newest first; see [Page].
func (s *Store) EventPage(p Page) (l Listing[Event]) {
	s.do(func(st *state) { l = st.eventPage(p) })
	return l
}

// CampaignPage returns campaigns, newest first; see [Page].
func (s *Store) CampaignPage(p Page) (l Listing[Campaign]) {
	s.do(func(st *state) { l = listing(&st.campaigns, func(*Campaign) bool { return true }, p) })
	return l
}

// Reset takes the project back to its start, but for what is kept. The mails
// are not the store's: whoever calls Reset empties the box.
func (s *Store) Reset(k Keep) {
	s.do(func(st *state) { st.reset(k) })
}
