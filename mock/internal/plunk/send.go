package plunk

import (
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
)

// Mail is a transactional mail to be sent.
type Mail struct {
	Request     string // the ID of the request that asks for it
	To          []string
	Subject     string // {{variables}} are filled in, as in Body
	Body        string // sent as it is, as HTML
	Subscribed  bool   // true subscribes a contact; false never unsubscribes one
	Name        *string
	From        *string
	Reply       *string
	Headers     []inbox.Field
	Attachments []inbox.Attachment
}

// Sent is the answer to a Mail.
type Sent struct {
	Emails   []SentEmail // one a recipient, in the order given
	Time     time.Time
	Warnings []string // what was asked for and has no effect
}

// SentEmail is a mail to one recipient.
type SentEmail struct {
	Contact *Contact
	ID      string // of the message in the inbox
}

func (st *state) send(m Mail) (Sent, error) {
	from := ""
	if m.From != nil {
		from = *m.From
	}
	if err := st.maySend(from); err != nil {
		return Sent{}, err
	}
	to := lowered(m.To)
	if err := st.room(st.unknown(to)); err != nil {
		return Sent{}, err
	}
	draft := inbox.Message{
		Kind: inbox.Transactional, Time: st.now, Attachments: m.Attachments,
		From: st.sender(m.Name, m.From), Sharers: len(to), SharedHTML: !strings.Contains(m.Body, "{{"),
	}
	draft.Cause.Request, draft.Cause.Operation = m.Request, "sendEmail"
	draft.ReplyTo = []inbox.Address{{Address: draft.From.Address}}
	if m.Reply != nil {
		draft.ReplyTo = []inbox.Address{{Address: strings.ToLower(*m.Reply)}}
	}
	var warnings []string
	draft.Headers, warnings = ownHeaders(m.Headers)
	if i := slices.IndexFunc(draft.Headers, isReplyTo); i >= 0 {
		draft.ReplyTo = addressList(draft.Headers[i].Value)
	}

	sent := Sent{Emails: make([]SentEmail, 0, len(to)), Time: st.now, Warnings: warnings}
	messages := make([]*inbox.Message, 0, len(to))
	for _, address := range to {
		c := st.recipient(address, m)
		message := st.compose(draft, content{subject: m.Subject, body: m.Body}, c)
		messages = append(messages, message)
		sent.Emails = append(sent.Emails, SentEmail{c, message.ID})
	}
	st.deliver(1, messages...)
	return sent, nil
}

const msgUnverified = "Verify your domain before you start sending"

// maySend holds the rules for who may send as whom; "" is the project's own sender.
func (st *state) maySend(from string) error {
	if !st.settings.Verified {
		return refuse(Unauthorized, msgUnverified)
	}
	if from != "" && !st.owns(from) {
		return refuse(Unauthorized, "Custom from address must be from a verified domain")
	}
	return nil
}

func (st *state) sender(name, address *string) inbox.Address {
	from := inbox.Address{Name: st.settings.DisplayName, Address: st.settings.Sender}
	if name != nil {
		from.Name = *name
	}
	if address != nil {
		from.Address = strings.ToLower(*address)
	}
	return from
}

// unknown counts the addresses that no contact has.
func (st *state) unknown(addresses []string) int {
	if len(addresses) == 1 {
		if st.byEmail[addresses[0]] == "" {
			return 1
		}
		return 0
	}
	fresh := map[string]bool{}
	for _, a := range addresses {
		if st.byEmail[a] == "" {
			fresh[a] = true
		}
	}
	return len(fresh)
}

// recipient finds or makes the contact of an address. There is room.
func (st *state) recipient(address string, m Mail) *Contact {
	c := st.contacts.get(st.byEmail[address])
	if c == nil {
		return st.addContact(address, m.Subscribed, nil)
	}
	if m.Subscribed && !c.Subscribed {
		changed := *c
		changed.Subscribed = true
		return st.putContact(changed)
	}
	return c
}

// compose makes the message of draft and content for a contact.
func (st *state) compose(draft inbox.Message, what content, c *Contact) *inbox.Message {
	m := draft
	m.ID = st.newID()
	m.To = []inbox.Address{{Address: c.Email}}
	m.Cause.Contact = &inbox.Ref{ID: c.ID, Name: c.Email}
	r := renderer{contact: c, data: what.data}
	m.Subject, m.Warnings = oneLine(r.render(what.subject, inSubject), m.Warnings)
	m.HTML = r.render(what.body, inBody)
	m.Cause.Variables, m.Cause.Missing = r.used, r.missing
	m.HTML = what.wrap(m.HTML)
	return &m
}

// oneLine makes one line of a rendered subject. What was given has no line
// break, so one that is there came in by a variable.
func oneLine(s string, warnings []string) (string, []string) {
	if !strings.ContainsAny(s, "\r\n\x00") {
		return s, warnings
	}
	s = strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ", "\x00", " ").Replace(s)
	return s, append(slices.Clone(warnings), "subject: a variable brought in a line break or NUL; a space took its place")
}

// ownHeaders leaves out the headers that are the server's own.
func ownHeaders(given []inbox.Field) (headers []inbox.Field, warnings []string) {
	for _, h := range given {
		name := strings.ToLower(h.Name)
		switch {
		case strings.HasPrefix(name, "content-"),
			slices.Contains([]string{"from", "to", "cc", "bcc", "sender", "subject", "date", "message-id", "mime-version"}, name):
			warnings = append(warnings, "headers."+h.Name+": is set by the server and was left out")
		case name == "reply-to" && slices.ContainsFunc(headers, isReplyTo):
			warnings = append(warnings, "headers."+h.Name+": is given twice and was left out")
		default:
			headers = append(headers, h)
		}
	}
	return headers, warnings
}

func isReplyTo(f inbox.Field) bool { return strings.EqualFold(f.Name, "Reply-To") }

// addressList reads a header of addresses; one that is none is shown as it is.
func addressList(text string) []inbox.Address {
	list, err := mail.ParseAddressList(text)
	if err != nil {
		return []inbox.Address{{Address: text}}
	}
	addresses := make([]inbox.Address, len(list))
	for i, a := range list {
		addresses[i] = inbox.Address{Name: a.Name, Address: a.Address}
	}
	return addresses
}

// CheckHeader tells what is wrong with a custom header; nil when nothing is.
func CheckHeader(name, value string) (problem string) {
	switch {
	case name == "":
		return "has an empty name"
	case len(name) > 900:
		return "has a name that is too long for a line of mail"
	case strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == ':' }):
		return "has a name that is not a mail header's; use visible ASCII characters but no colon, such as X-Order-Id"
	}
	return CheckLine(value)
}

// CheckLine tells what is wrong with a text that must stay on one line of mail;
// "" when nothing is.
func CheckLine(s string) (problem string) {
	if strings.ContainsAny(s, "\r\n\x00") {
		return "must be one line: no CR, LF or NUL"
	}
	return ""
}
