package smtp_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/inbox/smtp"
)

// Serving ends: those who wait hear of it, a message in hand comes to its end.
func TestStopLetsMessagesEnd(t *testing.T) { //nolint:paralleltest // it counts goroutines
	before := runtime.NumGoroutine()
	started, finish := make(chan struct{}), make(chan struct{})
	var delivered atomic.Int32
	r := start(t, smtp.Config{Deliver: func(ctx context.Context, _ inbox.Arrival) (string, error) {
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
	r := start(t, smtp.Config{Drain: 50 * time.Millisecond, Deliver: func(ctx context.Context, _ inbox.Arrival) (string, error) {
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
	r := start(t, smtp.Config{TLS: server, Auth: logins, Check: checkFaulty})
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

// A session over TLS hears of it too, and one that has not come so far is over.
func TestStopOverTLS(t *testing.T) { //nolint:paralleltest // it counts goroutines
	before := runtime.NumGoroutine()
	server, trust := certificate(t)
	r := start(t, smtp.Config{TLS: server, Implicit: true})
	conn, err := (&tls.Dialer{Config: trust}).DialContext(t.Context(), "tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	c := wrap(t, conn)
	c.reads("220 ")
	silent, err := new(net.Dialer).DialContext(t.Context(), "tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.stop(); err != nil {
		t.Error(err)
	}
	c.reads("421 4.3.2")
	c.gone()
	wrap(t, silent).gone()
	settles(t, before)
}

// One who asks much and listens to nothing does not hold a session.
func TestClientThatDoesNotListen(t *testing.T) {
	t.Parallel()
	r := start(t, smtp.Config{Idle: 200 * time.Millisecond})
	c := r.hello(t)
	words := []byte(strings.Repeat("EHLO "+strings.Repeat("x", 1000)+"\r\n", 1000))
	for {
		if _, err := c.Write(words); err != nil {
			break
		}
	}
	if err := r.stop(); err != nil {
		t.Error(err)
	}
}
