package smtp_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/inbox/smtp"
)

// mail is one that was delivered.
type mail struct {
	inbox.Envelope
	inbox.Arrival

	data string
}

// relay is a server under test, and what it took.
type relay struct {
	addr string
	stop func() error // ends serving and waits

	mu    sync.Mutex
	mails []mail
}

func (r *relay) deliver(_ context.Context, m inbox.Arrival) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.mails = append(r.mails, mail{m.Source.Envelope, m, string(m.Source.Bytes)})
	return fmt.Sprintf("m%d", len(r.mails)), nil
}

func (r *relay) all() []mail {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]mail(nil), r.mails...)
}

// only returns the one mail that came.
func (r *relay) only(t *testing.T) mail {
	t.Helper()
	mails := r.all()
	if len(mails) != 1 {
		t.Fatalf("%d mails, want 1: %+v", len(mails), mails)
	}
	return mails[0]
}

// start serves c; what comes is kept unless c says otherwise. When the test is over,
// nothing may be left running.
func start(tb testing.TB, c smtp.Config) *relay {
	tb.Helper()
	l, err := new(net.ListenConfig).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	r := &relay{addr: l.Addr().String()}
	if c.Deliver == nil {
		c.Deliver = r.deliver
	}
	if c.Idle == 0 {
		c.Idle = 20 * time.Second
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- smtp.Serve(ctx, l, c) }()
	r.stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	tb.Cleanup(func() {
		if err := r.stop(); err != nil {
			tb.Errorf("Serve: %v", err)
		}
	})
	return r
}

// client talks by hand.
type client struct {
	testing.TB
	net.Conn
	r *bufio.Reader
}

func wrap(tb testing.TB, conn net.Conn) *client {
	tb.Helper()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	tb.Cleanup(func() { _ = conn.Close() })
	return &client{tb, conn, bufio.NewReader(conn)}
}

// dial connects and reads the greeting.
func (r *relay) dial(tb testing.TB) *client {
	tb.Helper()
	conn, err := new(net.Dialer).DialContext(tb.Context(), "tcp", r.addr)
	if err != nil {
		tb.Fatal(err)
	}
	c := wrap(tb, conn)
	c.reads("220 ")
	return c
}

// hello connects and says EHLO.
func (r *relay) hello(tb testing.TB) *client {
	tb.Helper()
	c := r.dial(tb)
	c.want("EHLO me.test", "250")
	return c
}

// inData connects and goes on until the body is awaited.
func (r *relay) inData(tb testing.TB) *client {
	tb.Helper()
	c := r.hello(tb)
	c.begin()
	return c
}

func (c *client) begin() {
	c.Helper()
	c.want("MAIL FROM:<a@b.test>", "250 2.1.0")
	c.want("RCPT TO:<c@d.test>", "250 2.1.5")
	c.want("DATA", "354")
}

// read returns a reply, its lines joined by |, or what went wrong.
func (c *client) read() string {
	var lines []string
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			return strings.Join(append(lines, "error: "+err.Error()), "|")
		}
		if !strings.HasSuffix(line, "\r\n") {
			return "no CRLF: " + line
		}
		lines = append(lines, strings.TrimRight(line, "\r\n"))
		if len(line) < 6 || line[3] != '-' {
			return strings.Join(lines, "|")
		}
	}
}

func (c *client) reads(prefix string) {
	c.Helper()
	if reply := c.read(); !strings.HasPrefix(reply, prefix) {
		c.Fatalf("got %q, want %s", reply, prefix)
	}
}

func (c *client) say(text string) {
	c.Helper()
	if _, err := io.WriteString(c.Conn, text); err != nil {
		c.Fatal(err)
	}
}

func (c *client) want(line, prefix string) string {
	c.Helper()
	c.say(line + "\r\n")
	reply := c.read()
	if !strings.HasPrefix(reply, prefix) {
		c.Fatalf("%.80q: got %q, want %s", line, reply, prefix)
	}
	return reply
}

// gone waits for the end of the connection.
func (c *client) gone() {
	c.Helper()
	if rest, err := io.ReadAll(c.r); len(rest) > 0 {
		c.Errorf("after the end: %q, %v", rest, err)
	}
}

// certificate returns a server's TLS and a client's.
func certificate(tb testing.TB) (server, client *tls.Config) {
	tb.Helper()
	cert, err := smtp.SelfSigned("localhost", "127.0.0.1")
	if err != nil {
		tb.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{cert}}, &tls.Config{InsecureSkipVerify: true}
}

// settles waits until there are no more goroutines than before.
func settles(t *testing.T, before int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Now().After(deadline) {
			buf := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, want %d:\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
		}
	}
}

// Who a message is from and what it is about is known before its body is read.
func TestHeadOfAMessage(t *testing.T) {
	t.Parallel()
	r := start(t, smtp.Config{})
	for _, m := range []string{string(crlf(mixed)), "Subject: =?utf-8?q?a_b?=\r\n\r\nx\r\n", "x\r\n"} {
		c := r.inData(t)
		c.want(strings.ReplaceAll("\r\n"+m, "\r\n.", "\r\n..")[2:]+".", "250")
	}
	var got []string
	for _, m := range r.all() {
		got = append(got, m.From.String()+" "+m.Subject)
	}
	want := []string{"=?utf-8?q?J=C3=B6rg?= <joerg@example.com> Grüße an alle", "a@b.test a b", "a@b.test "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
