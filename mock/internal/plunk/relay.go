package plunk

import (
	"slices"
	"strings"

	"github.com/plunkmock/plunkmock/inbox"
)

// Relayed is a mail that came in by SMTP. Its source is what is kept; whom it goes to
// is what its envelope says.
type Relayed struct {
	Request string // the ID of the journal's entry
	inbox.Arrival
}

// relay takes a mail for each recipient of its envelope, as Plunk's relay does: they
// become contacts that are not subscribed, and no variable is filled in.
func (st *state) relay(m Relayed) (Sent, error) {
	if err := st.maySend(m.From.Address); err != nil {
		return Sent{}, err
	}
	to := lowered(m.Source.Envelope.RcptTo)
	if err := st.room(st.unknown(to)); err != nil {
		return Sent{}, err
	}
	sent := Sent{Emails: make([]SentEmail, 0, len(to)), Time: st.now}
	messages := make([]*inbox.Message, 0, len(to))
	for _, address := range to {
		c := st.recipient(address, Mail{})
		message := &inbox.Message{
			ID: st.newID(), Kind: inbox.SMTP, Time: st.now, From: m.From, To: []inbox.Address{{Address: c.Email}}, Subject: m.Subject,
			Source: m.Source, Sharers: len(to),
			Cause: inbox.Cause{Request: m.Request, Operation: "smtp", Contact: &inbox.Ref{ID: c.ID, Name: c.Email}},
		}
		messages = append(messages, message)
		sent.Emails = append(sent.Emails, SentEmail{c, message.ID})
	}
	st.deliver(1, messages...)
	return sent, nil
}

// mayRelay holds the rules for who may be the sender of an envelope; "" is the null
// sender, whom the header stands in for.
func (st *state) mayRelay(sender string) error {
	if !st.settings.Verified {
		return refuse(Unauthorized, msgUnverified)
	}
	if sender != "" && !st.owns(sender) {
		return refuse(Unauthorized, "Sender domain is not verified or not associated with your account")
	}
	return nil
}

// owns tells whether mail may come from an address: from any when the project lists
// no domains.
func (st *state) owns(address string) bool {
	_, domain, _ := strings.Cut(strings.ToLower(address), "@")
	return len(st.settings.Domains) == 0 || slices.Contains(st.settings.Domains, domain)
}
