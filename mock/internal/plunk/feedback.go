package plunk

import (
	"slices"
	"strings"

	"github.com/plunkmock/plunkmock/inbox"
)

// feedback is something that the mail provider says of a message.
type feedback struct {
	message string // its ID
	kind    string
}

// Kinds of feedback.
const (
	delivery  = "delivery"
	open      = "open"
	click     = "click"
	bounce    = "bounce"
	complaint = "complaint"
)

// maxFeedback is how often a message may be reported on.
const maxFeedback = 1000

// FeedbackKinds returns what a mail provider says of a message.
func FeedbackKinds() []string { return []string{delivery, open, click, bounce, complaint} }

// status is the status that a message has after a feedback; "" leaves it.
func status(kind string) inbox.Status {
	switch kind {
	case delivery:
		return inbox.Delivered
	case open:
		return inbox.Opened
	case bounce:
		return inbox.Bounced
	case complaint:
		return inbox.Complained
	}
	return ""
}

// simulated returns how the mail provider's simulator answers a mail to an
// address; nothing when it is none of the simulator's.
func simulated(address string) []string {
	local, ok := strings.CutSuffix(address, "@simulator.amazonses.com")
	if !ok {
		return nil
	}
	local, _, _ = strings.Cut(local, "+") // a label
	switch local {
	case "success", "ooto":
		return []string{delivery}
	case "bounce", "suppressionlist":
		return []string{bounce}
	case "complaint":
		return []string{delivery, complaint}
	}
	return nil
}

func (st *state) feedback(f feedback, why cause) error {
	if !slices.Contains(FeedbackKinds(), f.kind) {
		return refuse(Invalid, "type: must be one of %s, not %q", strings.Join(FeedbackKinds(), ", "), f.kind)
	}
	if m, ok := st.options.Box.Get(f.message); ok && len(m.Feedback) >= maxFeedback {
		return refuse(Invalid, "The message has %d events, the most that are kept", maxFeedback)
	}
	if !st.applyFeedback(f, why) {
		return refuse(NotFound, "That message was not found")
	}
	return nil
}

// applyFeedback keeps a feedback on its message, and does what Plunk does then.
// It is false when the message is gone.
func (st *state) applyFeedback(f feedback, why cause) bool {
	m, ok := st.options.Box.SetFeedback(f.message, inbox.Feedback{Type: f.kind, Time: st.now}, status(f.kind))
	if !ok {
		return false
	}
	if m.Cause.Contact == nil || m.Kind != inbox.Automation && m.Kind != inbox.Campaign {
		return true
	}
	c := st.contacts.get(m.Cause.Contact.ID)
	if c == nil {
		return true
	}
	switch f.kind {
	case bounce, complaint:
		if c.Subscribed {
			changed := *c
			changed.Subscribed = false
			st.putContact(changed)
		}
	case delivery, open:
		st.answered(m, c, f.kind, why)
	}
	return true
}

// answered records the event of a mail that was delivered or opened. That of a
// campaign starts no automation, as in Plunk.
func (st *state) answered(m inbox.Record, c *Contact, kind string, why cause) {
	past := map[string]string{delivery: "delivered", open: "opened"}[kind]
	if st.roomForEvent() != nil {
		st.warnings = append(st.warnings, "the event "+past+" of a mail to "+c.Email+" is not recorded: the project holds as many as it may; raise --max-events")
		return
	}
	if m.Kind == inbox.Campaign {
		if campaign := st.campaigns.get(m.Cause.Campaign.ID); campaign != nil {
			st.record(c.ID, slug(campaign.Subject)+"-campaign-"+past)
		}
		return
	}
	t := st.templates.get(m.Cause.Template.ID)
	if t == nil {
		return
	}
	event := t.delivered
	if kind == open {
		event = t.opened
	}
	why.event = &inbox.Ref{ID: event, Name: st.events.get(event).Name}
	if why.request == "" {
		why.request, why.operation = m.Cause.Request, m.Cause.Operation
	}
	st.recordEvent(c.ID, event)
	if err := st.roomForTasks(st.startable(event)); err != nil {
		st.warnings = append(st.warnings, "no automation starts by "+why.event.Name+": "+err.Error())
		return
	}
	st.start(c.ID, event, why)
}
