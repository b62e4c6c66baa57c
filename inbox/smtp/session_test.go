package smtp_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/inbox/smtp"
)

// faulty goes wrong as the local part of an address says.
func faulty(address string) error {
	switch local, _, _ := strings.Cut(address, "@"); local {
	case "panic":
		panic("in a callback")
	case "drop":
		return inbox.ErrDrop
	case "error":
		return errors.New("a bug")
	case "closing":
		return &inbox.Refusal{Code: 421, Enhanced: "4.7.0", Text: "go away"}
	case "refused":
		return &inbox.Refusal{Code: 554, Enhanced: "5.7.1", Text: "100% no\r\n250 yes %d"}
	case "bare":
		return fmt.Errorf("wrapped: %w", &inbox.Refusal{Code: 452, Text: "4xx"})
	}
	return nil
}

// checkFaulty is faulty at the stage that an address names.
func checkFaulty(_ context.Context, at inbox.Stage, e inbox.Envelope) error {
	switch at {
	case inbox.AtMail:
		return faulty(e.MailFrom)
	case inbox.AtRcpt:
		return faulty(e.RcptTo[len(e.RcptTo)-1])
	case inbox.AtData:
		return faulty(strings.TrimPrefix(e.RcptTo[0], "data-"))
	case inbox.AtConnect, inbox.AfterData:
	}
	return nil
}

// Each stage answers with what its callback says, whatever that is.
func TestRefusals(t *testing.T) {
	t.Parallel()
	r := start(t, smtp.Config{
		Check: checkFaulty,
		Deliver: func(_ context.Context, m inbox.Arrival) (string, error) {
			return "1", faulty(strings.TrimPrefix(m.Source.Envelope.RcptTo[0], "late-"))
		},
	})
	for _, stage := range []string{"MAIL", "RCPT", "DATA", "late"} {
		for local, want := range map[string]string{
			"panic": "421 4.3.0", "drop": "error: EOF", "error": "451 4.3.0", "closing": "421 4.7.0 go away", "refused": "554 5.7.1 100% no  250 yes %d", "bare": "452 4xx",
		} {
			c := r.hello(t)
			switch stage {
			case "MAIL":
				c.want("MAIL FROM:<"+local+"@b.test>", want)
			case "RCPT":
				c.want("MAIL FROM:<a@b.test>", "250")
				c.want("RCPT TO:<"+local+"@b.test>", want)
			case "DATA":
				c.want("MAIL FROM:<a@b.test>", "250")
				c.want("RCPT TO:<data-"+local+"@b.test>", "250")
				c.want("DATA", want)
			case "late":
				c.want("MAIL FROM:<a@b.test>", "250")
				c.want("RCPT TO:<late-"+local+"@b.test>", "250")
				c.want("DATA", "354")
				c.want("x\r\n.", want)
			}
			if want[:3] == "421" || want[:3] == "err" {
				c.gone()
				continue
			}
			c.want("RSET", "250")
			c.begin()
			c.want("x\r\n.", "250 2.0.0 Ok: queued as 1")
			c.want("DATA", "503")
		}
	}
}

func TestConnectIsRefused(t *testing.T) {
	t.Parallel()
	r := start(t, smtp.Config{Check: func(_ context.Context, at inbox.Stage, e inbox.Envelope) error {
		if at != inbox.AtConnect || e.Remote == "" {
			return nil
		}
		return &inbox.Refusal{Code: 554, Enhanced: "5.3.2", Text: "no service"}
	}})
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	c := wrap(t, conn)
	c.reads("554 5.3.2 no service")
	c.gone()
}

func TestTooManyConnections(t *testing.T) {
	t.Parallel()
	r := start(t, smtp.Config{MaxConns: 2})
	first := r.hello(t)
	r.hello(t)
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	c := wrap(t, conn)
	c.reads("421 4.7.0")
	c.gone()
	first.want("QUIT", "221")
	first.gone()
	for { // the room is free soon after
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", r.addr)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(wrap(t, conn).read(), "220") {
			return
		}
	}
}

// One who says nothing, one who never ends a line, and one who is busy for too long.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	r := start(t, smtp.Config{Idle: 100 * time.Millisecond})
	silent, halfLine, halfBody := r.hello(t), r.hello(t), r.inData(t)
	halfLine.say("NOO")
	halfBody.say("Subject: x\r\n\r\nno end\r\n.")
	for _, c := range []*client{silent, halfLine, halfBody} {
		c.reads("421 4.4.2")
		c.gone()
	}
	r = start(t, smtp.Config{Session: 200 * time.Millisecond})
	c := r.hello(t)
	for {
		if _, err := c.Write([]byte("NOOP\r\n")); err != nil {
			return
		}
		if reply := c.read(); !strings.HasPrefix(reply, "250") {
			if !strings.HasPrefix(reply, "421 4.4.2") {
				t.Error(reply)
			}
			return
		}
	}
}

// A client that goes away in the middle leaves nothing.
func TestClientGoesAway(t *testing.T) {
	t.Parallel()
	r := start(t, smtp.Config{Auth: logins})
	for _, words := range []string{"", "EHLO", "AUTH LOGIN\r\n", "MAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nDATA\r\nSubject: x\r\n\r\nbody\r\n", "MAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nDATA\r\n.\r"} {
		c := r.hello(t)
		c.say(words)
		_ = c.Close()
	}
	c := r.inData(t)
	c.want("x\r\n.", "250")
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	r.only(t)
}

func TestTranscript(t *testing.T) {
	t.Parallel()
	r := start(t, smtp.Config{Hostname: "mx.test", Auth: logins})
	c := r.dial(t)
	c.want("HELO me", "250")
	c.want("AUTH LOGIN", "334")
	c.want(b64("plunk"), "334")
	c.want(b64("sk_test"), "235")
	opening := []string{
		"S: 220 mx.test ESMTP Plunk SMTP Relay (plunkmock)", "C: HELO me", "S: 250 mx.test greets me",
		"C: AUTH LOGIN", "S: 334 VXNlcm5hbWU6", "C: ***", "S: 334 UGFzc3dvcmQ6", "C: ***", "S: 235 2.7.0 Authentication successful",
	}
	message := []string{
		"C: MAIL FROM:<a@b.test>", "S: 250 2.1.0 Ok", "C: RCPT TO:<c@d.test>", "S: 250 2.1.5 Ok",
		"C: DATA", "S: 354 Start mail input; end with <CR><LF>.<CR><LF>", "C: (a message of 3 bytes)",
	}
	for i, want := range [][]string{slices.Concat(opening, message), slices.Concat(opening, []string{"S: 250 2.0.0 Ok: queued as m1"}, message)} {
		c.begin()
		c.want("x\r\n.", "250")
		if diff := cmp.Diff(want, r.all()[i].Transcript); diff != "" {
			t.Error(diff)
		}
	}
	for range 100 {
		c.want("NOOP "+strings.Repeat("x", 2000), "250")
	}
	c.begin()
	c.want("x\r\n.", "250")
	said := strings.Join(r.all()[2].Transcript, "")
	if len(said) > 65<<10 || !strings.HasSuffix(said, "(more was said)") {
		t.Errorf("%d bytes, the last %q", len(said), said[len(said)-20:])
	}
}

// A client that has said more than it was heard still comes to the reply that ends its
// session.
func TestLastReplyIsNotLost(t *testing.T) {
	t.Parallel()
	r := start(t, smtp.Config{Check: checkFaulty})
	for _, said := range []string{
		"MAIL FROM:<closing@b.test>\r\n" + strings.Repeat("RCPT TO:<c@d.test>\r\n", 400_000),
		"MAIL FROM:<panic@b.test>\r\n" + strings.Repeat("RCPT TO:<c@d.test>\r\n", 400_000),
	} {
		c := r.hello(t)
		c.say(said)
		c.reads("421 4.")
		c.gone()
	}
	c := r.hello(t)
	c.say(strings.Repeat("x", 8<<20))
	c.reads("500 5.5.2 Line too long")
	c.gone()
}
