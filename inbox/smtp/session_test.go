package smtp_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox/smtp"
)

// faulty goes wrong as the local part of an address says.
func faulty(address string) error {
	switch local, _, _ := strings.Cut(address, "@"); local {
	case "panic":
		panic("in a callback")
	case "drop":
		return smtp.ErrDrop
	case "error":
		return errors.New("a bug")
	case "closing":
		return &smtp.Refusal{Code: 421, Enhanced: "4.7.0", Text: "go away"}
	case "refused":
		return &smtp.Refusal{Code: 554, Enhanced: "5.7.1", Text: "100% no\r\n250 yes %d"}
	case "bare":
		return fmt.Errorf("wrapped: %w", &smtp.Refusal{Code: 452, Text: "4xx"})
	}
	return nil
}

// Each stage answers with what its callback says, whatever that is.
func TestRefusals(t *testing.T) {
	t.Parallel()
	r := start(t, smtp.Config{
		Sender:    func(e smtp.Envelope) error { return faulty(e.MailFrom) },
		Recipient: func(_ smtp.Envelope, to string) error { return faulty(to) },
		Data:      func(e smtp.Envelope) error { return faulty(strings.TrimPrefix(e.RcptTo[0], "data-")) },
		Deliver: func(_ context.Context, e smtp.Envelope, _ []byte) (string, error) {
			return "1", faulty(strings.TrimPrefix(e.RcptTo[0], "late-"))
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
	r := start(t, smtp.Config{Connect: func(e smtp.Envelope) error {
		if e.Remote == "" {
			return nil
		}
		return &smtp.Refusal{Code: 554, Enhanced: "5.3.2", Text: "no service"}
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

// Serving ends: those who wait hear of it, a message in hand comes to its end.
func TestStopLetsMessagesEnd(t *testing.T) { //nolint:paralleltest // it counts goroutines
	before := runtime.NumGoroutine()
	started, finish := make(chan struct{}), make(chan struct{})
	var delivered atomic.Int32
	r := start(t, smtp.Config{Deliver: func(ctx context.Context, _ smtp.Envelope, _ []byte) (string, error) {
		started <- struct{}{}
		<-finish
		delivered.Add(1)
		return "late", ctx.Err()
	}})
	fresh, waiting, inBody, inHand := r.dial(t), r.hello(t), r.inData(t), r.inData(t)
	waiting.want("MAIL FROM:<a@b.test>", "250")
	inBody.say("Subject: x\r\n")
	inHand.say("x\r\n.\r\nQUIT\r\n")
	<-started
	done := make(chan error, 1)
	go func() { done <- r.stop() }()
	for _, c := range []*client{fresh, waiting} {
		c.reads("421 4.3.2")
		c.gone()
	}
	if conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", r.addr); err == nil {
		_ = conn.Close()
		t.Error("it still listens")
	}
	inBody.say("\r\nbody\r\n.\r\n")
	<-started
	select {
	case err := <-done:
		t.Fatalf("Serve did not wait: %v", err)
	default:
	}
	close(finish)
	for _, c := range []*client{inBody, inHand} {
		c.reads("250 2.0.0 Ok: queued as late")
		c.reads("421 4.3.2")
		c.gone()
	}
	if err := <-done; err != nil || delivered.Load() != 2 {
		t.Errorf("Serve: %v, %d delivered", err, delivered.Load())
	}
	settles(t, before)
}

// What does not come to its end is cut off.
func TestStopDoesNotWaitForever(t *testing.T) { //nolint:paralleltest // it counts goroutines
	before := runtime.NumGoroutine()
	r := start(t, smtp.Config{Drain: 50 * time.Millisecond, Deliver: func(ctx context.Context, _ smtp.Envelope, _ []byte) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	}})
	r.inData(t).say("no end")
	r.inData(t).say("x\r\n.\r\n")
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	settles(t, before)
}

// TestParallel is for the race detector: 50 clients at once, and a stop in the middle
// of it. What was answered with 250 was delivered.
func TestParallel(t *testing.T) { //nolint:paralleltest // it counts goroutines
	before := runtime.NumGoroutine()
	server, _ := certificate(t)
	r := start(t, smtp.Config{TLS: server, Auth: logins, Sender: func(smtp.Envelope) error { return nil }, Recipient: func(smtp.Envelope, string) error { return nil }})
	const clients = 50
	var ids sync.Map
	var some, all sync.WaitGroup
	some.Add(clients)
	for i := range clients {
		c := r.hello(t)
		all.Go(func() {
			reached := sync.OnceFunc(some.Done)
			defer reached()
			for n := range 10_000 {
				var reply string
				_, err := fmt.Fprintf(c, "MAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nDATA\r\n")
				for range 3 {
					reply = c.read()
				}
				if err != nil || !strings.HasPrefix(reply, "354") {
					return
				}
				_, _ = fmt.Fprintf(c, "%d/%d\r\n.\r\n", i, n)
				id, ok := strings.CutPrefix(c.read(), "250 2.0.0 Ok: queued as ")
				if !ok {
					return
				}
				ids.Store(id, fmt.Sprintf("%d/%d\r\n", i, n))
				if n == 5 {
					reached()
				}
			}
		})
	}
	some.Wait()
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	all.Wait()
	mails := r.all()
	ids.Range(func(id, data any) bool {
		var n int
		if _, err := fmt.Sscanf(id.(string), "m%d", &n); err != nil || n > len(mails) || mails[n-1].data != data {
			t.Errorf("%v was acknowledged and is not there: %q", id, data)
		}
		return true
	})
	settles(t, before)
}

func TestServeRefusesBadConfigs(t *testing.T) {
	t.Parallel()
	for _, c := range []smtp.Config{{Hostname: "a b"}, {Hostname: "a%d"}, {Hostname: "a\r\nb"}, {Implicit: true}, {AuthRequired: true}} {
		if err := smtp.Serve(t.Context(), nil, c); err == nil {
			t.Errorf("%+v was accepted", c)
		}
	}
}

// flaky fails to accept now and then, as one that is out of descriptors does.
type flaky struct {
	net.Listener
	n atomic.Int32
}

func (f *flaky) Accept() (net.Conn, error) {
	if f.n.Add(1)%2 == 1 {
		return nil, errors.New("too many open files")
	}
	return f.Listener.Accept()
}

func TestAcceptFailsNowAndThen(t *testing.T) {
	t.Parallel()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- smtp.Serve(context.Background(), &flaky{Listener: l}, smtp.Config{}) }()
	r := &relay{addr: l.Addr().String()}
	r.hello(t).want("QUIT", "221")
	r.hello(t).want("QUIT", "221")
	_ = l.Close()
	if err := <-done; !errors.Is(err, net.ErrClosed) {
		t.Errorf("Serve: %v", err)
	}
}
