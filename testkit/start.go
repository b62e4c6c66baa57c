package testkit

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/plunkmock/plunkmock/mock"
	"github.com/plunkmock/plunkmock/testkit/remote"
)

// Epoch is where the clock of a test stands at its start.
var Epoch = time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC) //nolint:gochecknoglobals // a constant

// Setup is how a server is built; an [Option] changes it.
type Setup struct {
	Config mock.Config
	// Serve starts what serves beside HTTP until its context ends, each time that the
	// emulator starts. wait returns when it has ended.
	Serve []func(ctx context.Context, s *mock.Server) (wait func() error, err error)

	inMemory bool
}

// An Option changes how [Start] and [Shared] build a server.
type Option func(*Setup) error

// At lets clocks stand at a time, in place of [Epoch].
func At(t time.Time) Option {
	return func(s *Setup) error {
		s.Config.Clock = t
		return nil
	}
}

// Live lets clocks run with the real time.
func Live() Option { return At(time.Time{}) }

// Seed is what IDs and the dice of faults derive from, in place of a seed that is always
// the same; "" makes them random.
func Seed(seed string) Option {
	return func(s *Setup) error {
		s.Config.Seed = seed
		return nil
	}
}

// InMemory opens no port: the emulator is reached by [Plunk.Transport] and [Plunk.Client]
// alone. It is for tests in a bubble of testing/synctest, whose time stands still while
// someone waits for a socket.
func InMemory() Option {
	return func(s *Setup) error {
		s.inMemory = true
		return nil
	}
}

// Configure changes anything else of a server: its limits, keys, envelope.
func Configure(change func(*mock.Config)) Option {
	return func(s *Setup) error {
		change(&s.Config)
		return nil
	}
}

// Start starts an emulator for a test, and ends it when the test is over.
func Start(t remote.TB, options ...Option) *Plunk {
	t.Helper()
	s, err := newServer(options)
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("testkit: %v", err)
		}
	})
	return s.project(t, "test")
}

// Server is an emulator that many tests share, each with a project of its own.
type Server struct {
	setup Setup
	stop  context.CancelFunc // ends what serves beside HTTP

	mu    sync.Mutex // guards what follows
	mock  *mock.Server
	http  *httptest.Server // nil in memory
	names map[string]int   // how often a name of a project was taken
	waits []func() error   // for what serves beside HTTP
}

// Shared starts an emulator for all tests of a package; TestMain closes it:
//
//	var plunk = testkit.Shared()
//
//	func TestMain(m *testing.M) {
//		code := m.Run()
//		plunk.Close()
//		os.Exit(code)
//	}
//
// It panics when an option makes no sense.
func Shared(options ...Option) *Server {
	s, err := newServer(options)
	if err != nil {
		panic(fmt.Sprintf("testkit: %v", err))
	}
	return s
}

func newServer(options []Option) (*Server, error) {
	s := &Server{names: map[string]int{}}
	s.setup.Config = mock.Config{Seed: "testkit", Clock: Epoch}
	for _, option := range options {
		if err := option(&s.setup); err != nil {
			return nil, err
		}
	}
	if s.setup.inMemory {
		s.setup.Config.URL = inMemoryURL
	} else {
		s.http = httptest.NewUnstartedServer(nil)
		s.setup.Config.URL = "http://" + s.http.Listener.Addr().String()
	}
	s.setup.Config.HTTP = s.setup.Config.URL
	var err error
	if s.mock, err = mock.New(s.setup.Config); err != nil {
		if s.http != nil {
			_ = s.http.Listener.Close()
		}
		return nil, err
	}
	return s, s.serve()
}

// serve begins to answer.
func (s *Server) serve() error {
	var ctx context.Context
	ctx, s.stop = context.WithCancel(context.Background())
	if s.http != nil {
		s.http.Config.Handler = s.mock
		s.http.Start()
	}
	for _, serve := range s.setup.Serve {
		wait, err := serve(ctx, s.mock)
		if err != nil {
			return errors.Join(err, s.Close())
		}
		s.waits = append(s.waits, wait)
	}
	return nil
}

// Start gives a test a project of its own, which is deleted when the test is over.
func (s *Server) Start(t remote.TB) *Plunk {
	t.Helper()
	p := s.project(t, s.name(t.Name()))
	t.Cleanup(func() {
		if err := p.Control().DeleteProject(context.Background()); err != nil {
			t.Logf("testkit: %v", err)
		}
	})
	return p
}

// name makes the name of a project from that of a test: the same each time that the tests
// run, so that IDs repeat.
func (s *Server) name(test string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' {
			return r
		}
		return '_'
	}, test)
	const most = 100
	name = "t-" + name[:min(len(name), most)]
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names[name]++
	if n := s.names[name]; n > 1 {
		return fmt.Sprintf("%s-%d", name, n)
	}
	return name
}

// project returns a project for a test.
func (s *Server) project(t remote.TB, name string) *Plunk {
	t.Helper()
	client := remote.New(remote.Config{URL: s.setup.Config.URL, Key: "sk_" + name, HTTP: s.client()})
	return &Plunk{remote.Use(t, client), s}
}

// client returns a client that reaches the emulator without a socket.
func (s *Server) client() *http.Client { return &http.Client{Transport: transport{s}} }

// handler is the emulator as it is now.
func (s *Server) handler() *mock.Server {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mock
}

// Close ends the emulator.
func (s *Server) Close() error {
	s.stop()
	s.handler().Drain() // so that held waits end, and with them their connections
	if s.http != nil {
		s.http.Close()
	}
	var err error
	for _, wait := range s.waits {
		err = errors.Join(err, wait())
	}
	s.waits = nil
	return errors.Join(err, s.handler().Close())
}
