package smtp

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/plunkmock/plunkmock/inbox"
)

const (
	maxAhead  = 1 << 20   // bytes made room for because a client said SIZE
	keptRoom  = 128 << 10 // bytes of room kept for the next message
	maxExcess = 200 << 20 // bytes beyond the limit that are read past: clients hear a refusal only when they have said all
)

// readBody reads a body up to its end, which is CRLF.CRLF and nothing else, and tells
// the library that it has ended. What is more than the limit is read past, so that
// no line of it is taken for a command.
func (s *session) readBody() error {
	s.body = slices.Grow(s.body[:0], int(min(s.size, maxAhead)))
	var total int64
	atStart, last := true, byte(0)
	for {
		b, err := s.slice()
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		isLine := bytes.HasSuffix(b, []byte("\r\n")) || len(b) == 1 && b[0] == '\n' && last == '\r'
		last = b[len(b)-1]
		if atStart && b[0] == '.' {
			if len(b) == 3 && isLine {
				break
			}
			b = b[1:]
		}
		atStart = isLine
		if total += int64(len(b)); !s.keep(b, total) {
			err := s.say(s.tellTooBig())
			s.ended, s.muted = true, true
			return err
		}
	}
	s.setInData(false)
	s.heard(fmt.Sprintf("(a message of %d bytes)", total))
	s.lines = []byte(".\r\n")
	return nil
}

// keep takes a piece of a body that is total bytes with it. Of one that is too big
// nothing is kept; one that does not seem to end is given up.
func (s *session) keep(b []byte, total int64) bool {
	if total > s.server.config.MaxSize {
		s.oversize, s.body = true, nil
		return total <= s.server.config.MaxSize+maxExcess
	}
	s.body = append(s.body, b...)
	return true
}

func tooBig(limit int64) error {
	return refuse(552, "5.3.4", fmt.Sprintf("Message too big, %d bytes are the most", limit))
}

// tellTooBig refuses a message; what is told is how it came, as of one that is delivered.
func (s *session) tellTooBig() (reply string) {
	s.said = strings.Join(s.transcript.said, "\n")
	return s.tell(tooBig(s.server.config.MaxSize))
}

// deliver hands a message over and settles the reply.
func (s *session) deliver() {
	s.reply = s.handOver()
	s.reset()
	if cap(s.body) > keptRoom {
		s.body = nil
	}
}

func (s *session) handOver() (reply string) {
	if s.oversize {
		return s.tellTooBig()
	}
	var id string
	reply, ok := s.ask(string(inbox.AfterData), func() (err error) {
		if deliver := s.server.config.Deliver; deliver != nil {
			id, err = deliver(s.server.delivery, s.arrival())
		}
		return err
	})
	if !ok {
		return reply
	}
	s.transcript.rewind()
	return strings.TrimSuffix("250 2.0.0 Ok: queued as "+inbox.OneReply(id), " as ")
}

// arrival makes a message of the body, for someone to keep.
func (s *session) arrival() inbox.Arrival {
	e := s.envelope
	e.Transcript = s.transcript.lines()
	a := inbox.Arrival{Source: &inbox.Source{Bytes: bytes.Clone(s.body), Envelope: e, Read: Read}}
	if a.From, a.Subject = head(a.Source.Bytes); a.From.Address == "" {
		a.From.Address = e.MailFrom
	}
	return a
}

// errPanic is what a callback that panicked comes to.
var errPanic = errors.New("panic")

// ask runs a callback. Unless it agrees, reply is the answer to the client.
func (s *session) ask(stage string, fn func() error) (reply string, ok bool) {
	err := s.try(stage, fn)
	refusal, isRefusal := errors.AsType[*inbox.Refusal](err)
	switch {
	case err == nil:
		return "", true
	case errors.Is(err, inbox.ErrDrop):
		s.ended, s.muted = true, true
		return "", false
	case isRefusal:
		s.ended = s.ended || refusal.Code == codeClosing
		return refusal.Error(), false
	case errors.Is(err, errPanic):
		s.ended = true
		return "421 4.3.0 Internal error", false
	}
	if !errors.Is(err, context.Canceled) {
		s.server.config.Log.Error("smtp: "+stage, "error", err, "remote", s.envelope.Remote)
	}
	return "451 4.3.0 Local error", false
}

// try runs a callback and recovers it.
func (s *session) try(stage string, fn func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			s.server.config.Log.Error("smtp: "+stage+": panic", "panic", v, "remote", s.envelope.Remote)
			err = errPanic
		}
	}()
	return fn()
}
