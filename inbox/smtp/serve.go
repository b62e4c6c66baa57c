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

	"github.com/plunkmock/plunkmock/inbox"
)

// Config says how to serve. Callbacks that are nil agree to everything. They may run
// for many sessions at once; one that panics ends its session with a 421. An error is
// an [inbox.Refusal], which is the reply, [inbox.ErrDrop], which closes the connection
// without one, or a fault of this side: a 451. The context of all but Deliver ends when
// serving does.
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

	// Auth decides on a log-in, and tells whose mail the session brings. The text of an
	// error is that of the 535. nil: no AUTH.
	Auth func(ctx context.Context, e inbox.Envelope, user, password string) (account string, err error)
	// Check decides whether a session may go on, at each stage but the last. The
	// envelope is its to look at, not to keep.
	Check func(ctx context.Context, at inbox.Stage, e inbox.Envelope) error
	// Refused hears of what the session refuses by itself on the way to a message: what
	// the client said, without passwords, and the [inbox.Refusal] that it got. Of one
	// session it hears of 100 at most. The envelope is its to look at, not to keep.
	Refused func(e inbox.Envelope, said string, refusal error)
	// Deliver takes a message, which is its to keep.
	Deliver func(ctx context.Context, m inbox.Arrival) (id string, err error)

	Log *slog.Logger // nil: nothing is logged
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
	s := &server{Listener: l, config: c, serving: ctx, sessions: map[*session]struct{}{}, stopping: make(chan struct{})}
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
	serving  context.Context //nolint:containedctx // of the callbacks: the server's own life
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
