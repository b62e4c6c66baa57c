package mock

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/fault"
	"github.com/plunkmock/plunkmock/mock/internal/journal"
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

// Relay is Plunk's SMTP relay: what a listener asks about its sessions, and whom it
// gives their mail. Its methods are the callbacks that package inbox/smtp has. The mail
// of a session that has logged in belongs to the project of its key, any other to the
// project test.
type Relay struct {
	server *Server
}

// Relay returns the relay to the projects of s.
func (s *Server) Relay() *Relay { return &Relay{s} }

// relayUser is the name that everyone logs in with; the password tells them apart.
const relayUser = "plunk"

// Login finds the project of a log-in: the user is plunk, and the password a secret
// key. The error is an [inbox.Refusal].
func (r *Relay) Login(_ context.Context, e inbox.Envelope, user, password string) (project string, err error) {
	started := time.Now()
	project, err = r.projectOf(user, password)
	if err != nil {
		r.record(nil, entry{body: "AUTH " + user + " " + mask, envelope: e, err: err, started: started})
	}
	return project, err
}

func (r *Relay) projectOf(user, password string) (string, error) {
	if !strings.EqualFold(user, relayUser) {
		return "", denied("Invalid username")
	}
	k := readKey("Bearer " + password)
	if k.check(false) == nil {
		name := r.server.worlds.named(k)
		w, err := r.server.worlds.open(name)
		if err != nil {
			return "", relayRefusal(err)
		}
		if w != nil {
			w.release()
			return name, nil
		}
	}
	return "", denied("Invalid API key")
}

// denied refuses a log-in, in Plunk's words.
func denied(text string) error {
	return &inbox.Refusal{Code: 535, Enhanced: "5.7.8", Text: text}
}

// Check tells whether a session may go on: whether a fault strikes it, and whether the
// project takes mail of that sender. The error is an [inbox.Refusal] or
// [inbox.ErrDrop].
func (r *Relay) Check(_ context.Context, at inbox.Stage, e inbox.Envelope) error {
	started := time.Now()
	w, err := r.open(e)
	if w == nil && at == inbox.AtConnect {
		return nil // it may log in yet
	}
	if err != nil {
		r.record(nil, entry{body: said(at, e), envelope: e, err: err, started: started})
		return err
	}
	defer w.release()
	strike := strikeAt(w, at, e)
	err = r.play(w, strike)
	if err == nil && at == inbox.AtMail {
		err = relayRefusal(w.plunk.MayRelay(e.MailFrom))
	}
	if strike != nil || err != nil {
		r.record(w, entry{body: said(at, e), envelope: e, strike: strike, err: err, started: started})
		r.server.settle(w)
	}
	return err
}

// Refused notes what the listener refused by itself, such as a message that is too big.
func (r *Relay) Refused(e inbox.Envelope, said string, refusal error) {
	started := time.Now()
	w, _ := r.open(e) // without a project it belongs to none
	r.record(w, entry{body: said, envelope: e, err: refusal, started: started})
	if w != nil {
		r.server.settle(w)
		w.release()
	}
}

// Deliver puts a message into the inbox, one for each recipient, and returns their
// IDs. The error is as that of Check.
func (r *Relay) Deliver(_ context.Context, m inbox.Arrival) (ids string, err error) {
	started := time.Now()
	e := m.Source.Envelope
	w, err := r.open(e)
	if err != nil {
		r.record(nil, entry{body: strings.Join(e.Transcript, "\n"), envelope: e, err: err, started: started})
		return "", err
	}
	defer w.release()
	strike := strikeAt(w, inbox.AfterData, e)
	id := w.ids.next()
	var sent plunk.Sent
	if err = r.play(w, strike); err == nil {
		sent, err = w.plunk.Relay(plunk.Relayed{Request: id, Arrival: m})
		err = relayRefusal(err)
	}
	messages := make([]string, len(sent.Emails))
	for i, email := range sent.Emails {
		messages[i] = email.ID
	}
	if err == nil && strike != nil && strike.Do.Drop == fault.DropAfter {
		err = inbox.ErrDrop
	}
	at := sent.Time
	if at.IsZero() {
		at = w.plunk.Now()
	}
	r.record(w, entry{
		id: id, time: at, body: strings.Join(e.Transcript, "\n"), envelope: e, strike: strike, err: err, started: started, messages: messages,
	})
	if len(messages) > 0 {
		r.server.ahead.add(m.Source)
	}
	r.server.settle(w)
	return strings.Join(messages, " "), err
}

// open returns the project of a session; its caller must release it.
func (r *Relay) open(e inbox.Envelope) (*world, error) {
	name := cmp.Or(e.Account, defaultProject)
	w, err := r.server.worlds.open(name)
	if err != nil {
		return nil, relayRefusal(err)
	}
	if w == nil {
		return nil, &inbox.Refusal{Code: 530, Enhanced: "5.7.0", Text: fmt.Sprintf("Log in as %s with a secret key: no project %q is declared, to which mail without a log-in goes", relayUser, name)}
	}
	return w, nil
}

// strikeAt asks the faults of a project what becomes of a session.
func strikeAt(w *world, at inbox.Stage, e inbox.Envelope) *fault.Strike {
	if w.faults.Len() == 0 {
		return nil
	}
	emails, clock := w.faults.Needs()
	c := fault.Call{Operation: fault.SMTP, Stage: at}
	if emails {
		c.Emails = concerned(at, e)
	}
	if clock {
		c.Now = w.plunk.Now()
	}
	strike, _ := w.faults.Strike(c)
	return strike
}

// concerned returns the addresses that a session is about at a stage.
func concerned(at inbox.Stage, e inbox.Envelope) []string {
	list := e.RcptTo
	switch at {
	case inbox.AtMail:
		list = []string{e.MailFrom}
	case inbox.AtRcpt:
		list = e.RcptTo[len(e.RcptTo)-1:]
	case inbox.AtConnect, inbox.AtData, inbox.AfterData:
	}
	return mapped(list, strings.ToLower)
}

// play does to a session of a project what the step of a fault says.
func (r *Relay) play(w *world, strike *fault.Strike) error {
	if strike == nil {
		return nil
	}
	r.server.pause(strike.Delay, w)
	do := strike.Do
	switch {
	case do.Drop == fault.DropBefore:
		return inbox.ErrDrop
	case strike.Quota != nil:
		limit, retry := strike.Quota.Limit, max(1, seconds(strike.Quota.Retry))
		return &inbox.Refusal{Code: 450, Enhanced: "4.7.1", Text: cmp.Or(do.Message, fmt.Sprintf(msgTooMany, sustained(limit), limit.Burst, retry))}
	case do.Status != 0:
		enhanced, text := usualReply(do.Status)
		return &inbox.Refusal{Code: do.Status, Enhanced: cmp.Or(do.Enhanced, enhanced), Text: cmp.Or(do.Message, text)}
	}
	return nil
}

// usualReply is what servers say beside a code (RFC 5321 and 3463).
func usualReply(code int) (enhanced, text string) {
	switch code {
	case 421:
		return "4.3.2", "Service not available, closing the connection"
	case 450:
		return "4.2.0", "Mailbox unavailable, try again later"
	case 451:
		return "4.3.0", "Local error, try again later"
	case 452:
		return "4.3.1", "Insufficient storage, try again later"
	case 530:
		return "5.7.0", "Authentication required"
	case 535:
		return "5.7.8", "Authentication failed"
	case 550:
		return "5.1.1", "No such mailbox"
	case 552:
		return "5.2.2", "Mailbox full"
	case 553:
		return "5.1.3", "Mailbox name not allowed"
	case 554:
		return "5.0.0", "Transaction failed"
	}
	if code < 500 {
		return "4.0.0", "Refused for now, try again later"
	}
	return "5.0.0", "Refused"
}

// relayRefusal makes a reply of why mail is refused: for good when the sender is at
// fault, for now when there is no room. An error of an unknown sort is a bug, and stays
// as it is.
func relayRefusal(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*plunk.Error](err); ok && e.Kind == plunk.Unauthorized {
		return &inbox.Refusal{Code: 550, Enhanced: "5.7.1", Text: e.Msg}
	}
	if p := refusal(err); p.status < 500 {
		return &inbox.Refusal{Code: 452, Enhanced: "4.3.1", Text: p.message}
	}
	return err
}

// said is the command that a session has come to.
func said(at inbox.Stage, e inbox.Envelope) string {
	switch at {
	case inbox.AtMail:
		return strings.TrimRight("MAIL FROM:<"+e.MailFrom+"> "+e.Params, " ")
	case inbox.AtRcpt:
		last := len(e.RcptTo) - 1
		return strings.TrimRight("RCPT TO:<"+e.RcptTo[last]+"> "+e.RcptParams[last], " ")
	case inbox.AtData:
		return "DATA"
	case inbox.AtConnect, inbox.AfterData:
	}
	return ""
}

// entry is what the journal gets of a session: a message, or what was refused or
// struck before there was one.
type entry struct {
	id       string    // "" for a new one
	time     time.Time // on the project's clock; zero for now
	body     string
	envelope inbox.Envelope
	strike   *fault.Strike
	err      error
	started  time.Time
	messages []string
}

// record puts an entry into the journal of a project, or into that of the calls which
// belong to none.
func (r *Relay) record(w *world, v entry) {
	s := r.server
	e := &journal.Entry{
		ID: v.id, Time: v.time, Operation: fault.SMTP, Method: "SMTP", Body: journal.BodyOf([]byte(v.body)),
		Duration: time.Since(v.started), Messages: v.messages,
	}
	if v.envelope.Account != "" {
		e.Key = string(secretKey)
	}
	if v.strike != nil {
		e.Fault = &journal.Fault{ID: v.strike.Rule, Step: v.strike.Step, Did: v.strike.Do.String()}
	}
	e.Status, e.Response.Body.Text = replied(v.err)
	log := s.worlds.unassigned
	switch {
	case w == nil:
		e.ID, e.Time = s.ids.next(), s.config.Now()
	case e.ID == "":
		e.ID, e.Time = w.ids.next(), w.plunk.Now()
	}
	if w != nil {
		w.requests.Add(1)
		log = w.journal
	}
	log.Add(e)
	s.config.Log.Debug("smtp", "said", firstLine(v.body), "status", e.Status, "reply", e.Response.Body.Text, "remote", v.envelope.Remote)
}

// replied returns the code of a reply and its line, as far as they are known here: no
// reply has the code 0.
func replied(err error) (code int, line string) {
	refusal, ok := errors.AsType[*inbox.Refusal](err)
	switch {
	case err == nil:
		return 250, ""
	case ok:
		return refusal.Code, refusal.Error()
	case errors.Is(err, inbox.ErrDrop):
		return 0, ""
	}
	return 451, ""
}

// firstLine cuts a text where its first line ends.
func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
