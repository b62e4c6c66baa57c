package mock

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/smtp"
	"net/url"
	"sync"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
)

// Bounds of forwarding.
const (
	forwardTimeout = 10 * time.Second // for all of one mail
	forwardQueue   = 10_000           // mails that wait
	forwardAtOnce  = 2
)

// forwarder sends mails on, to the one server that --forward names and to no other.
// It is the only part of the emulator that opens a connection.
type forwarder struct {
	address string
	queue   chan forwardJob
	work    sync.WaitGroup
	ctx     context.Context //nolint:containedctx // ends with close
	stop    context.CancelFunc
}

// forwardJob is a mail that is to be sent on.
type forwardJob struct {
	box  *inbox.Box
	mail inbox.Record
}

// CheckForward tells what is wrong with a [Config].Forward.
func CheckForward(text string) error {
	_, err := forwardAddress(text)
	return err
}

func forwardAddress(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "smtp" || u.Hostname() == "" || u.User != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "" {
		return "", errors.New("must be an address such as smtp://127.0.0.1:1025")
	}
	port := u.Port()
	if port == "" {
		port = "25"
	}
	return net.JoinHostPort(u.Hostname(), port), nil
}

// newForwarder starts to wait for mails; nil when text is "": nothing is forwarded.
func newForwarder(text string) (*forwarder, error) {
	if text == "" {
		return nil, nil
	}
	address, err := forwardAddress(text)
	if err != nil {
		return nil, fmt.Errorf("mock: forward %w, not %q", err, text)
	}
	f := &forwarder{address: address, queue: make(chan forwardJob, forwardQueue)}
	f.ctx, f.stop = context.WithCancel(context.Background())
	for range forwardAtOnce {
		f.work.Go(f.run)
	}
	return f, nil
}

// close gives up what has not been sent on.
func (f *forwarder) close() {
	if f != nil {
		f.stop()
		f.work.Wait()
	}
}

func (f *forwarder) run() {
	for {
		select {
		case job := <-f.queue:
			f.send(job)
		case <-f.ctx.Done():
			return
		}
	}
}

// take sends on what has come into a project since the last time. The mails that
// find no room in the queue say so.
func (f *forwarder) take(w *world) {
	if f == nil || w == nil {
		return
	}
	w.forwarding.Lock()
	defer w.forwarding.Unlock()
	for {
		events, _ := w.forwarded.Next(w.timeline.Seq(), 100)
		if len(events) == 0 {
			return
		}
		for _, e := range events {
			if e.Deleted == nil && !e.Changed {
				f.enqueue(forwardJob{w.box, e.Message})
			}
		}
	}
}

// skipForwarding leaves out what a project holds so far.
func (w *world) skipForwarding() {
	w.forwarding.Lock()
	defer w.forwarding.Unlock()
	w.forwarded = w.box.Follow(w.timeline.Seq())
}

func (f *forwarder) enqueue(job forwardJob) {
	job.box.SetForward(job.mail.ID, inbox.Forward{Status: inbox.ForwardQueued})
	select {
	case f.queue <- job:
	default:
		job.box.SetForward(job.mail.ID, inbox.Forward{
			Status: inbox.ForwardFailed, Error: fmt.Sprintf("%d mails wait to be forwarded already; POST …/release tries it again", forwardQueue),
		})
	}
}

// send sends a mail on, once, and has it say what came of that.
func (f *forwarder) send(job forwardJob) inbox.Forward {
	result := inbox.Forward{Status: inbox.ForwardSent}
	if err := f.deliver(job.mail); err != nil {
		result = inbox.Forward{Status: inbox.ForwardFailed, Error: err.Error()}
	}
	job.box.SetForward(job.mail.ID, result)
	return result
}

func (f *forwarder) deliver(mail inbox.Record) error {
	ctx, cancel := context.WithTimeout(f.ctx, forwardTimeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", f.address)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // whatever was to be told was
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	host, _, _ := net.SplitHostPort(f.address)
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		return err
	}
	if err := c.Hello("plunkmock.local"); err != nil {
		return err
	}
	sender := mail.From.Address
	if mail.Source != nil {
		sender = mail.Source.Envelope.MailFrom
	}
	if err := c.Mail(sender); err != nil {
		return fmt.Errorf("the sender %s: %w", sender, err)
	}
	for _, to := range mail.To {
		if err := c.Rcpt(to.Address); err != nil {
			return fmt.Errorf("the recipient %s: %w", to.Address, err)
		}
	}
	body, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := mail.WriteTo(body); err != nil {
		return err
	}
	if err := body.Close(); err != nil {
		return err
	}
	_ = c.Quit() // the mail is over there
	return nil
}

type forwardOut struct {
	Status string  `json:"status"`
	Error  *string `json:"error"`
}

func forwardOf(f *inbox.Forward) *forwardOut {
	if f == nil {
		return nil
	}
	return &forwardOut{string(f.Status), given(f.Error)}
}

// releaseMessage sends a mail on by hand.
func (s *Server) releaseMessage(c call, r inbox.Record) (*forwardOut, error) {
	if s.forwarder == nil {
		return nil, &problem{status: http.StatusConflict, message: "Nothing is forwarded: start the server with --forward smtp://host:port, the one place that mails may go to"}
	}
	result := s.forwarder.send(forwardJob{c.world.box, r})
	return forwardOf(&result), nil
}
