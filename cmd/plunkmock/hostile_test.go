package main

import (
	"bufio"
	"bytes"
	"net"
	"strings"
	"testing"
	"time"
)

// sessionOf is an SMTP session that sends bytes as they are.
type rawSession struct {
	net.Conn
	r *bufio.Reader
}

// dialSession connects and says EHLO.
func dialSession(tb testing.TB, address string) *rawSession {
	tb.Helper()
	conn, err := new(net.Dialer).DialContext(tb.Context(), "tcp", address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	s := &rawSession{conn, bufio.NewReader(conn)}
	s.reads(tb, "220")
	s.says(tb, "EHLO me", "250")
	return s
}

// reads reads a reply, which must start as given, and returns its last line.
func (s *rawSession) reads(tb testing.TB, want string) string {
	tb.Helper()
	for {
		line, err := s.r.ReadString('\n')
		if err != nil || !strings.HasPrefix(line, want) {
			tb.Fatalf("got %q, %v; want %s", line, err, want)
		}
		if len(line) > 3 && line[3] != '-' {
			return strings.TrimSpace(line)
		}
	}
}

// says says a command.
func (s *rawSession) says(tb testing.TB, command, want string) string {
	tb.Helper()
	_, _ = s.Write([]byte(command + "\r\n"))
	return s.reads(tb, want)
}

// send sends a mail, whose last line must have its end, and returns the reply.
func (s *rawSession) send(tb testing.TB, from, to string, data []byte) string {
	tb.Helper()
	s.says(tb, "MAIL FROM:<"+from+">", "250")
	s.says(tb, "RCPT TO:<"+to+">", "250")
	s.says(tb, "DATA", "354")
	stuffed := bytes.ReplaceAll(data, []byte("\r\n."), []byte("\r\n.."))
	if bytes.HasPrefix(data, []byte(".")) {
		stuffed = append([]byte("."), stuffed...)
	}
	_, _ = s.Write(append(stuffed, ".\r\n"...))
	return s.reads(tb, "250")
}
