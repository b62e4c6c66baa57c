package smtp

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
)

// Bounds of what a client sends.
const (
	maxLine    = 2048     // bytes of a command
	maxAuth    = 12288    // bytes of an answer to a challenge, RFC 4954
	maxWaste   = 1 << 20  // bytes of a line that is too long, until it ends
	maxUnheard = 16 << 20 // bytes that are taken after the last reply
	readAhead  = 16 << 10
	roomToSay  = 1 << 10
)

// session is the connection of one client, as the library sees it. It reads what the
// client says and answers most of it; to the library it says only what has happened,
// in lines of its own, and the library moves on and answers. The body of a message
// stays here, so that where it ends is decided once.
type session struct {
	server *server
	base   net.Conn // below TLS; what deadlines are set on
	conn   net.Conn // base, or TLS on it
	in     *bufio.Reader
	out    *bufio.Writer
	until  time.Time // when the session must be over

	envelope   inbox.Envelope
	triedAuth  bool
	isAuth     bool // the last command is AUTH
	loggedIn   bool
	inMail     bool // a MAIL has been accepted
	isUTF8     bool // and its addresses may be in UTF-8
	inAuth     bool // the library asked for the next line
	size       int64
	body       []byte
	oversize   bool
	transcript transcript
	said       string // last by the client, passwords masked
	told       int    // refusals that Config.Refused has heard of

	lines  []byte // for the library to read
	reply  string // instead of the library's next one
	greets bool   // nothing has been said yet
	ended  bool   // nothing more is read
	muted  bool   // nothing more is said
	once   sync.Once

	mu       sync.Mutex // guards what follows, and the read deadline
	inData   bool       // a body is coming
	deadline time.Time  // of a message in hand; zero until serving ends
}

func newSession(s *server, base net.Conn) *session {
	conn := base
	if s.config.Implicit {
		conn = tls.Server(base, s.config.TLS)
	}
	session := &session{
		server: s, base: base, conn: conn,
		in:       bufio.NewReaderSize(conn, readAhead),
		until:    time.Now().Add(s.config.Session),
		envelope: inbox.Envelope{Remote: base.RemoteAddr().String(), TLS: s.config.Implicit},
		greets:   true,
	}
	session.out = bufio.NewWriterSize(sender{session}, roomToSay)
	return session
}

// peer is the address of a client by which the library's handlers find its session.
type peer struct {
	net.Addr
	session *session
}

func sessionOf(a net.Addr) *session { return a.(peer).session }

// RemoteAddr returns a peer.
func (s *session) RemoteAddr() net.Addr { return peer{s.base.RemoteAddr(), s} }

// LocalAddr returns the address that the client came to.
func (s *session) LocalAddr() net.Addr { return s.base.LocalAddr() }

// SetDeadline does nothing, as its two halves: the session sets deadlines itself.
func (s *session) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (s *session) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (s *session) SetWriteDeadline(time.Time) error { return nil }

// Read gives the library its next line.
func (s *session) Read(p []byte) (int, error) {
	for len(s.lines) == 0 {
		if err := s.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, s.lines)
	s.lines = s.lines[n:]
	return n, nil
}

// next reads on, until the end of a body or of a command. It may have been answered
// then; else there are lines for the library.
func (s *session) next() error {
	if s.ended {
		return io.EOF
	}
	if s.inData {
		return s.readBody()
	}
	limit := maxLine
	if s.inAuth {
		limit = maxAuth
	}
	line, err := s.readLine(limit)
	switch {
	case errors.Is(err, errLong):
		return s.refuseLine("Line too long")
	case err != nil:
		return err
	}
	if problem := problemOf(line); problem != "" {
		return s.refuseLine(problem)
	}
	if s.inAuth {
		s.inAuth = false
		s.heard("***")
		s.lines = []byte(line + "\r\n")
		return nil
	}
	return s.command(line)
}

// refuseLine answers a line that cannot be looked into. In the middle of AUTH the
// library hears that the client gave up.
func (s *session) refuseLine(problem string) error {
	s.heard("(a line that was not read)")
	refusal := refuse(500, "5.5.2", problem)
	if s.inAuth {
		s.inAuth = false
		s.reply, s.lines = s.tell(refusal), []byte("*\r\n")
		return nil
	}
	return s.refuse(refusal)
}

var errLong = errors.New("line too long")

// readLine reads a line without its end. One that is longer than limit is read past,
// unless it does not end.
func (s *session) readLine(limit int) (string, error) {
	if s.server.isStopping() {
		return "", os.ErrDeadlineExceeded
	}
	line, err := s.slice()
	if err == nil && len(line) <= limit {
		line = line[:len(line)-1]
		return string(bytes.TrimSuffix(line, []byte("\r"))), nil
	}
	for n := len(line); errors.Is(err, bufio.ErrBufferFull); n += len(line) {
		if n > maxWaste {
			s.ended = true
			return "", errLong
		}
		line, err = s.slice()
	}
	if err != nil {
		return "", err
	}
	return "", errLong
}

// slice returns the bytes up to a line's end, or as many as fit. It has Config.Idle
// for them; what was said before it waits is sent.
func (s *session) slice() ([]byte, error) {
	if ahead, _ := s.in.Peek(s.in.Buffered()); bytes.IndexByte(ahead, '\n') < 0 {
		if err := s.out.Flush(); err != nil {
			return nil, err
		}
		s.arm(s.server.config.Idle)
	}
	return s.in.ReadSlice('\n')
}

// arm gives the next read so long.
func (s *session) arm(patience time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := earlier(time.Now().Add(patience), s.until)
	if !s.deadline.IsZero() {
		if t = earlier(t, s.deadline); !s.inData {
			t = time.Unix(1, 0)
		}
	}
	_ = s.base.SetReadDeadline(t)
}

// stop wakes a session that waits for a command. One that waits for the rest of a
// body has until deadline.
func (s *session) stop(deadline time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deadline = deadline
	if !s.inData {
		_ = s.base.SetReadDeadline(time.Unix(1, 0))
	}
}

func (s *session) setInData(in bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inData = in
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// Write takes an answer of the library to the client.
func (s *session) Write(p []byte) (int, error) {
	if s.greets {
		return len(p), s.greet()
	}
	reply := s.reply
	s.reply = ""
	switch {
	case reply != "":
	case bytes.HasPrefix(p, []byte("421 ")) && s.server.isStopping():
		reply = "421 4.3.2 " + s.server.config.Hostname + " is shutting down"
	default:
		reply = string(bytes.TrimSuffix(p, []byte("\r\n")))
		if refusal := refusalIn(reply); refusal != nil && s.isAuth {
			s.tell(refusal)
		}
	}
	switch {
	case bytes.HasPrefix(p, []byte("354 ")):
		s.setInData(true)
	case bytes.HasPrefix(p, []byte("334 ")):
		s.inAuth = true
	}
	return len(p), s.say(reply)
}

// greet says the first line, which is not the library's.
func (s *session) greet() error {
	s.greets = false
	if s.server.config.Implicit {
		if err := s.handshake(); err != nil {
			s.ended = true
			return err
		}
	}
	if reply, ok := s.check(inbox.AtConnect, s.envelope); !ok {
		s.ended = true
		return s.say(reply)
	}
	return s.say("220 " + s.server.config.Hostname + " ESMTP Plunk SMTP Relay (plunkmock)")
}

// say sends a reply once the client has nothing more to say.
func (s *session) say(reply string) error {
	if s.muted {
		return nil
	}
	s.transcript.add("S: ", reply)
	_, err := s.out.WriteString(reply + "\r\n")
	return err
}

// sender writes to a client, which has Config.Idle to take it.
type sender struct{ session *session }

// Write writes through TLS where it is in use.
func (w sender) Write(p []byte) (int, error) {
	s := w.session
	_ = s.base.SetWriteDeadline(earlier(time.Now().Add(s.server.config.Idle), s.until.Add(time.Second)))
	return s.conn.Write(p)
}

// Close ends the session.
func (s *session) Close() error {
	var err error
	s.once.Do(func() {
		if s.out.Flush() == nil && s.ended && !s.muted {
			s.linger()
		}
		err = s.conn.Close()
		s.server.over(s)
	})
	return err
}

// linger lets a client that is still talking come to the last reply: what it has said
// and nobody has read would have the system reset the connection, and the reply be lost.
func (s *session) linger() {
	if encrypted, ok := s.conn.(*tls.Conn); ok {
		_ = encrypted.CloseWrite()
	}
	if half, ok := s.base.(interface{ CloseWrite() error }); !ok || half.CloseWrite() != nil {
		return
	}
	s.arm(5 * time.Second)
	_, _ = io.CopyN(io.Discard, s.base, maxUnheard)
}
