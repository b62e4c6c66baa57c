package smtp_test

import (
	"bytes"
	"context"
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/inbox/smtp"
)

// script is a connection whose client says one thing and listens.
type script struct {
	net.Conn
	*bytes.Reader
	said bytes.Buffer
}

func (s *script) Read(p []byte) (int, error)       { return s.Reader.Read(p) }
func (s *script) Write(p []byte) (int, error)      { return s.said.Write(p) }
func (s *script) SetReadDeadline(time.Time) error  { return nil }
func (s *script) SetWriteDeadline(time.Time) error { return nil }
func (s *script) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (s *script) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (s *script) Close() error                     { return nil }

// once is a listener for one connection.
type once struct{ conns chan net.Conn }

func (o *once) Accept() (net.Conn, error) {
	if conn, ok := <-o.conns; ok {
		return conn, nil
	}
	return nil, net.ErrClosed
}
func (o *once) Addr() net.Addr { return &net.TCPAddr{} }
func (o *once) Close() error   { return nil }

// play returns what a client that says input hears, and the messages that came.
func play(c smtp.Config, input []byte) (heard string, messages []string) {
	c.Deliver = func(_ context.Context, m inbox.Arrival) (string, error) {
		messages = append(messages, string(m.Source.Bytes))
		return strconv.Itoa(len(messages)), nil
	}
	conn := &script{Reader: bytes.NewReader(input)}
	l := &once{conns: make(chan net.Conn, 1)}
	l.conns <- conn
	close(l.conns)
	_ = smtp.Serve(context.Background(), l, c)
	return conn.said.String(), messages
}

// FuzzSession: whatever a client says, each message that is delivered had its end, all
// of its bytes were said, and each has one 250.
func FuzzSession(f *testing.F) {
	const begin = "EHLO me\r\nMAIL FROM:<a@b.test> SIZE=10 BODY=8BITMIME\r\nRCPT TO:<c@d.test> NOTIFY=NEVER\r\nDATA\r\n"
	for _, seed := range []string{
		begin + "Subject: x\r\n\r\n..x\r\n.\r\nQUIT\r\n", begin + "\n.\r\n\r.\r\n\r\n.\n\r\n.\r\n" + begin + ".\r\n", begin + strings.Repeat("x", 3000) + "\r\n.\r\nNOOP\r\n",
		"HELO x\r\nAUTH LOGIN\r\ncGx1bms=\r\nc2tfdGVzdA==\r\nAUTH PLAIN AHBsdW5rAHNrX3Rlc3Q=\r\nAUTH PLAIN\r\n*\r\n", "STARTTLS\r\nEHLO x\r\n",
		"EHLO %s\r\nMAIL FROM:<\"a>\\\"b\"@[::1]> AUTH=<> RET=HDRS ENVID=1 SMTPUTF8\r\nRCPT TO:<@a,@b:ü@ü.test> ORCPT=a;b\nDATA\n.\r\nRSET\r\nXCLIENT a\r\nVRFY\r\n",
		strings.Repeat("x", 40_000) + "\r\nNOOP\r\n", begin + "no end", "\x00\r\n\r\n\xff\r\n", "MAIL FROM:<panic@b.test>\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		heard, messages := play(smtp.Config{MaxSize: 2000, MaxRecipients: 3, Auth: logins, Check: checkFaulty}, input)
		if n := strings.Count(heard, "250 2.0.0 Ok: queued as "); n != len(messages) {
			t.Errorf("%d replies for %d messages", n, len(messages))
		}
		checkReplies(t, heard)
		checkMessages(t, input, messages)
	})
}

func checkReplies(t *testing.T, heard string) {
	t.Helper()
	for line := range strings.SplitAfterSeq(heard, "\r\n") {
		if line != "" && (len(line) < 6 || line[0] < '2' || line[0] > '5' || strings.ContainsAny(line[:len(line)-2], "\r\n\x00")) {
			t.Errorf("bad reply %q", line)
		}
	}
}

// checkMessages takes one dot away at each line's start. What was said then holds each
// message, and behind it the line that the dot of its end has left empty.
func checkMessages(t *testing.T, input []byte, messages []string) {
	t.Helper()
	said := slices.Concat([]byte("\r\n"), bytes.ReplaceAll(input, []byte("DATA\n"), []byte("DATA\r\n")))
	said = bytes.ReplaceAll(said, []byte("\r\n."), []byte("\r\n"))
	for _, data := range messages {
		if data != "" && !strings.HasSuffix(data, "\r\n") || len(data) > 2000 {
			t.Errorf("message without its end: %q", data)
		}
		_, rest, found := bytes.Cut(said, []byte("\r\n"+data+"\r\n"))
		if !found {
			t.Fatalf("%q was delivered, %q was left of what was said", data, said)
		}
		said = append([]byte("\r\n"), rest...)
	}
}
