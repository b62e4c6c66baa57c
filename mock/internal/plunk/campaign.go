package plunk

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
)

const (
	noCampaign   = "That campaign was not found"
	noRecipients = "No recipients found"
)

// Campaign is a mail to many. A record: no one edits it.
type Campaign struct {
	ID         string
	Subject    string
	Body       string
	Sent       bool   // status SENT, else DRAFT
	Style      string // PLUNK, or any other for HTML
	Recipients []string
	ProjectID  string
	CreatedAt  time.Time
	UpdatedAt  time.Time

	members []string // the contacts' IDs, each once
}

// NewCampaign is what a campaign is made of.
type NewCampaign struct {
	Subject    string
	Body       string
	Style      string   // "" means PLUNK
	Recipients []string // addresses; one that no contact has makes a subscribed contact
}

// CampaignChange changes the campaign ID; nil leaves a field as it is.
type CampaignChange struct {
	ID         string
	Subject    *string
	Body       *string
	Style      *string
	Recipients []string
}

// SendCampaign says which campaign is sent and how.
type SendCampaign struct {
	Request string // the ID of the request that asks for it
	ID      string
	Live    bool // to the recipients; else a test to the project's members
	Delay   int  // minutes
}

func (st *state) campaign(id string) (*Campaign, error) {
	if c := st.campaigns.get(id); c != nil {
		return c, nil
	}
	return nil, refuse(NotFound, noCampaign)
}

func (st *state) createCampaign(n NewCampaign) (*Campaign, error) {
	c := Campaign{
		Subject: n.Subject, Body: n.Body, Style: n.Style, ProjectID: st.id,
		CreatedAt: st.now, UpdatedAt: st.now,
	}
	if c.Style == "" {
		c.Style = stylePlunk
	}
	if err := st.address(&c, n.Recipients); err != nil {
		return nil, err
	}
	c.ID = st.newID()
	st.campaigns.put(c.ID, &c)
	return &c, nil
}

// address sets the recipients of c, and makes contacts of those who are none.
func (st *state) address(c *Campaign, recipients []string) error {
	c.Recipients = lowered(recipients)
	if err := st.room(st.unknown(c.Recipients)); err != nil {
		return err
	}
	c.members = make([]string, 0, len(c.Recipients))
	seen := make(map[string]bool, len(c.Recipients))
	for _, address := range c.Recipients {
		id := st.byEmail[address]
		if id == "" {
			id = st.addContact(address, true, nil).ID
		}
		if !seen[id] {
			seen[id] = true
			c.members = append(c.members, id)
		}
	}
	return nil
}

func (st *state) updateCampaign(u CampaignChange) (*Campaign, error) {
	old, err := st.campaign(u.ID)
	if err != nil {
		return nil, err
	}
	if old.Sent {
		return nil, refuse(Invalid, "Only draft campaigns can be updated")
	}
	c := *old
	if u.Recipients != nil {
		if err := st.address(&c, u.Recipients); err != nil {
			return nil, err
		}
	}
	if u.Subject != nil {
		c.Subject = *u.Subject
	}
	if u.Body != nil {
		c.Body = *u.Body
	}
	if u.Style != nil {
		c.Style = *u.Style
	}
	c.UpdatedAt = st.now
	st.campaigns.put(c.ID, &c)
	return &c, nil
}

func (st *state) deleteCampaign(id string) (*Campaign, error) {
	c, err := st.campaign(id)
	if err != nil {
		return nil, err
	}
	st.campaigns.remove(id)
	st.tasks.cancel(func(t *task) bool { return t.campaign == id })
	return c, nil
}

func (st *state) sendCampaign(o SendCampaign) (*Campaign, error) {
	if o.Delay < 0 {
		return nil, refuse(Invalid, "Delay needs to be a positive number")
	}
	c, err := st.campaign(o.ID)
	if err != nil {
		return nil, err
	}
	due, ok := st.in(o.Delay)
	if !ok {
		return nil, refuse(Invalid, "delay: must be minutes within the calendar, not %d", o.Delay)
	}
	if !o.Live {
		return c, st.testCampaign(c, o.Request)
	}
	members := st.members(c)
	if len(members) == 0 {
		return nil, refuse(Invalid, noRecipients)
	}
	if err := st.roomForTasks(len(members)); err != nil {
		return nil, err
	}
	sent := *c
	sent.Sent, sent.UpdatedAt = true, st.now
	st.campaigns.put(sent.ID, &sent)
	st.event(slug(sent.Subject) + "-campaign-delivered")
	st.event(slug(sent.Subject) + "-campaign-opened")
	for _, m := range members {
		st.tasks.add(&task{
			id: st.newID(), due: due, label: "campaign " + quoted(sent.Subject) + " to " + m.Email, campaign: sent.ID, contact: m.ID,
			why: cause{request: o.Request, operation: "sendCampaign"},
		})
	}
	return &sent, nil
}

// members returns the contacts that a campaign goes to: those who are still
// there.
func (st *state) members(c *Campaign) []*Contact {
	members := make([]*Contact, 0, len(c.members))
	for _, id := range c.members {
		if m := st.contacts.get(id); m != nil {
			members = append(members, m)
		}
	}
	return members
}

// bulkSender is that of a campaign or template, or the project's own; it is
// Plunk's as long as the project is not verified.
func (st *state) bulkSender(name, address string) inbox.Address {
	from := inbox.Address{Name: cmp.Or(name, st.settings.DisplayName), Address: cmp.Or(strings.ToLower(address), st.settings.Sender)}
	if !st.settings.Verified {
		from.Address = "no-reply@useplunk.dev"
	}
	return from
}

func (st *state) campaignDraft(kind inbox.Kind, c *Campaign, request string) inbox.Message {
	from := st.bulkSender("", "")
	m := inbox.Message{Kind: kind, Time: st.now, From: from, ReplyTo: []inbox.Address{{Address: from.Address}}}
	m.Cause = inbox.Cause{Request: request, Operation: "sendCampaign", Campaign: &inbox.Ref{ID: c.ID, Name: c.Subject}}
	return m
}

// runCampaign mails one member what the campaign says now. Whether the member is
// still subscribed is not asked: Plunk does not either.
func (st *state) runCampaign(t *task) {
	c, member := st.campaigns.get(t.campaign), st.contacts.get(t.contact)
	if c == nil || member == nil {
		return
	}
	draft := st.campaignDraft(inbox.Campaign, c, t.why.request)
	draft.Headers = st.unsubscribeHeaders(member)
	what := content{subject: c.Subject, body: c.Body, plunk: c.Style == stylePlunk, footer: st.footer(member)}
	st.deliver(t.why.mails+1, st.compose(draft, what, member))
}

// testCampaign sends one mail to all members of the project together: variables
// stay as they are, the layout is always Plunk's, and there is no footer.
func (st *state) testCampaign(c *Campaign, request string) error {
	if len(st.settings.Members) == 0 {
		return refuse(Invalid, "The project has no members to send a test to; set members in its settings, or send with live true")
	}
	m := st.campaignDraft(inbox.CampaignTest, c, request)
	m.ID = st.newID()
	for _, member := range st.settings.Members {
		if to := (inbox.Address{Address: member}); !slices.Contains(m.To, to) {
			m.To = append(m.To, to)
		}
	}
	m.Subject = "[Plunk Campaign Test] " + c.Subject
	m.HTML = content{plunk: true}.wrap(c.Body)
	st.deliver(1, &m)
	return nil
}

func (st *state) campaignPage(text string, p Page) Listing[Campaign] {
	text = strings.ToLower(text)
	return listing(&st.campaigns, func(c *Campaign) bool {
		return holds(text, c.ID, c.Subject, c.Body)
	}, p)
}
