package smtp

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/mhale/smtpd"
)

// Config says how to serve. Callbacks that are nil agree to everything. They may run
// for many sessions at once; one that panics ends its session with a 421.
type Config struct {
	Hostname      string        // in the greeting; "" means localhost
	MaxSize       int64         // bytes of a message; 0 means 25,000,000
	MaxRecipients int           // of a message; 0 means 1,000
	MaxConns      int           // at once; 0 means 1,000
	Idle          time.Duration // for one line of the client; 0 means 5 minutes
	Session       time.Duration // for all of a session; 0 means an hour
	Drain         time.Duration // for messages in hand when serving ends; 0 means 10 seconds

	TLS          *tls.Config // nil: no STARTTLS
	Implicit     bool        // TLS from the first byte; needs TLS
	AuthRequired bool        // no mail of those who have not logged in; needs Auth

	Connect   func(e Envelope) error                                                    // before the greeting
	Auth      func(user, password string) error                                         // nil: no AUTH. The text of an error is that of the 535
	Sender    func(e Envelope) error                                                    // at MAIL, with MailFrom and Params set
	Recipient func(e Envelope, to string) error                                         // at RCPT; RcptTo holds those before
	Data      func(e Envelope) error                                                    // at DATA
	Deliver   func(ctx context.Context, e Envelope, data []byte) (id string, err error) // after the end of the message; data is its to keep

	Log *slog.Logger // nil: nothing is logged
}

// Envelope is what a client says around a message.
type Envelope struct {
	MailFrom   string // "" for the null sender
	RcptTo     []string
	Params     string   // beside the sender in MAIL FROM, such as SIZE=1000 BODY=8BITMIME
	RcptParams []string // beside each recipient in RCPT TO
	EHLO       string
	TLS        bool
	User       string // "" when no one logged in
	Remote     string // address and port
	Transcript []string
}

// Serve answers clients that come to l until ctx ends. Then it closes l, sends those
// who wait a 421, lets messages in hand come to their end, for as long as Config.Drain
// says, and returns nil when the last session is over. Deliver must return when its
// context ends, which is then.
func Serve(ctx context.Context, l net.Listener, c Config) error {
	c = c.withDefaults()
	if strings.ContainsFunc(c.Hostname, func(r rune) bool { return r <= ' ' || r == '%' || r >= 0x7F }) {
		return fmt.Errorf("smtp: %q is no host name", c.Hostname)
	}
	if c.TLS == nil && c.Implicit || c.Auth == nil && c.AuthRequired {
		return errors.New("smtp: Implicit needs TLS, and AuthRequired needs Auth")
	}
	s := &server{Listener: l, config: c, sessions: map[*session]struct{}{}, stopping: make(chan struct{})}
	var cancel context.CancelFunc
	s.delivery, cancel = context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()

	library := &smtpd.Server{
		Hostname: c.Hostname, Appname: "plunkmock", DisableReverseDNS: true,
		MaxRecipients: c.MaxRecipients, // set, as sessions would write it
		AuthMechs:     map[string]bool{"PLAIN": true, "LOGIN": true, "CRAM-MD5": false},
		MsgIDHandler: func(a net.Addr, _ string, _ []string, _ []byte) (string, error) {
			sessionOf(a).deliver()
			return "", nil // the session has its own reply; after an error the library would keep its envelope
		},
	}
	if c.Auth != nil {
		library.AuthHandler = func(a net.Addr, _ string, user, password, _ []byte) (bool, error) {
			return sessionOf(a).login(string(user), string(password)), nil
		}
	}
	unhook := context.AfterFunc(ctx, s.stop)
	err := library.Serve(s)
	unhook()
	s.stop()
	s.drain(cancel)
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("smtp: accepting: %w", err)
}

func (c Config) withDefaults() Config {
	c.Hostname = cmp.Or(c.Hostname, "localhost")
	c.MaxSize = cmp.Or(c.MaxSize, 25_000_000)
	c.MaxRecipients = cmp.Or(c.MaxRecipients, 1000)
	c.MaxConns = cmp.Or(c.MaxConns, 1000)
	c.Idle = cmp.Or(c.Idle, 5*time.Minute)
	c.Session = cmp.Or(c.Session, time.Hour)
	c.Drain = cmp.Or(c.Drain, 10*time.Second)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// server is the listener that the library sees: its connections are sessions.
type server struct {
	net.Listener
	config   Config
	delivery context.Context // of Deliver: it outlives that of Serve by Config.Drain
	stopping chan struct{}
	once     sync.Once
	running  sync.WaitGroup

	mu       sync.Mutex // guards what follows
	sessions map[*session]struct{}
	deadline time.Time // of messages in hand; zero until serving ends
}

// Accept waits for a client. Those who are too many are told so.
func (s *server) Accept() (net.Conn, error) {
	const patience = 60 // failures in a row
	for failures := 0; ; {
		conn, err := s.Listener.Accept()
		if err != nil {
			if failures++; s.isStopping() || errors.Is(err, net.ErrClosed) || failures == patience {
				return nil, err
			}
			s.config.Log.Warn("smtp: a connection was not accepted", "error", err)
			s.pause(min(time.Second, 5*time.Millisecond<<min(failures, 10))) // out of descriptors, most likely
			continue
		}
		failures = 0
		if session := s.admit(conn); session != nil {
			return session, nil
		}
		if !s.config.Implicit {
			_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
			_, _ = conn.Write([]byte("421 4.7.0 Too many connections\r\n"))
		}
		_ = conn.Close()
	}
}

// admit makes a session of a connection; nil when there is no room.
func (s *server) admit(conn net.Conn) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.deadline.IsZero() {
		return nil
	}
	if len(s.sessions) >= s.config.MaxConns {
		s.config.Log.Warn("smtp: too many connections", "max", s.config.MaxConns, "remote", conn.RemoteAddr().String())
		return nil
	}
	session := newSession(s, conn)
	s.sessions[session] = struct{}{}
	s.running.Add(1)
	return session
}

func (s *server) isStopping() bool {
	select {
	case <-s.stopping:
		return true
	default:
		return false
	}
}

// pause waits for d, or until serving ends.
func (s *server) pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.stopping:
	}
}

// stop takes no more clients and wakes the sessions that wait for a command.
func (s *server) stop() {
	s.once.Do(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.deadline = time.Now().Add(s.config.Drain)
		close(s.stopping)
		_ = s.Close()
		for session := range s.sessions {
			session.stop(s.deadline)
		}
	})
}

// drain waits for the last session. It cuts off those that are not over in time.
func (s *server) drain(cancel context.CancelFunc) {
	timer := time.AfterFunc(time.Until(s.deadline), func() {
		cancel()
		s.mu.Lock()
		defer s.mu.Unlock()
		for session := range s.sessions {
			_ = session.base.Close()
		}
	})
	s.running.Wait()
	timer.Stop()
}

// over takes note that a session is over.
func (s *server) over(session *session) {
	s.mu.Lock()
	delete(s.sessions, session)
	s.mu.Unlock()
	s.running.Done()
}
