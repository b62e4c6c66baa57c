package testkit

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/plunkmock/plunkmock/mock"
	"github.com/plunkmock/plunkmock/testkit/internal/name"
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
	// Undo gives back what options have taken, such as a port, when the server cannot start.
	Undo []func()

	inMemory bool
}

// An Option changes how [Start] and [Shared] build a server. A nil Option changes nothing.
type Option func(*Setup) error

// At lets clocks stand at a time, in place of [Epoch].
func At(t time.Time) Option {
	return func(s *Setup) error {
		if t.IsZero() || t.Year() < 0 || t.Year() > 9999 {
			return fmt.Errorf("the time of At must be one of the years 0 to 9999 and not the zero time, not %v; Live lets clocks run", t)
		}
		s.Config.Clock = t
		return nil
	}
}

// Live lets clocks run with the real time.
func Live() Option {
	return func(s *Setup) error {
		s.Config.Clock = time.Time{}
		return nil
	}
}

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
// someone waits for a socket; they call [Start] in the bubble. It does not go with options
// that listen, such as those of testkit/smtp.
func InMemory() Option {
	return func(s *Setup) error {
		s.inMemory = true
		return nil
	}
}

// Configure changes anything else of a server: its limits, keys, envelope. Its addresses are
// not for it to choose.
func Configure(change func(*mock.Config)) Option {
	return func(s *Setup) error {
		if change != nil {
			change(&s.Config)
		}
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
	return s.project(t, first, "")
}

// first is the name of the project of a server that is a test's own.
const first = "test"

// Server is an emulator that many tests share, each with a project of its own.
type Server struct {
	setup Setup
	url   string // the same over restarts

	mu    sync.Mutex     // guards what follows
	now   *running       // nil while it is closed or starts again
	over  bool           // it is closed for good
	names map[string]int // how often a name of a project was taken
}

// Shared starts an emulator for all tests of a package, which TestMain closes:
//
//	var plunkmock = testkit.Shared()
//
//	func TestMain(m *testing.M) {
//		code := m.Run()
//		plunkmock.Close()
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
	ctx := context.Background()
	run, err := s.setup.build(ctx, options)
	if err != nil {
		for _, undo := range s.setup.Undo {
			undo()
		}
		return nil, err
	}
	s.now, s.url = run, run.url
	return s, nil
}

// build starts an emulator as options want it.
func (s *Setup) build(ctx context.Context, options []Option) (*running, error) {
	for _, option := range options {
		if option == nil {
			continue
		}
		if err := option(s); err != nil {
			return nil, err
		}
	}
	if s.inMemory && len(s.Serve) > 0 {
		return nil, errors.New("InMemory opens no port, so that it cannot go with an option that listens, such as smtp.Listen; leave one of them out")
	}
	run, err := s.listen(ctx, "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return run, run.serve(ctx, s.Serve)
}

// Start gives a test a project of its own, which is deleted when the test is over.
func (s *Server) Start(t remote.TB) *Plunk {
	t.Helper()
	if s.closed() {
		t.Fatalf("testkit: the shared server is closed; Close it when all tests are over, as TestMain does after m.Run")
	}
	project := s.name(t.Name())
	return s.project(t, project, project+"--")
}

// name makes the name of a project from that of a test: the same each time that the tests
// run, so that IDs repeat.
func (s *Server) name(test string) string {
	project := name.Of(test)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names[project]++
	if n := s.names[project]; n > 1 {
		return fmt.Sprintf("%s-%d", project, n)
	}
	return project
}

// project returns a project for a test. Others of the test have names that begin with
// prefix; without one the server is the test's own, and ends with it.
func (s *Server) project(t remote.TB, project, prefix string) *Plunk {
	t.Helper()
	if err := name.Check(project); err != nil {
		t.Fatalf("testkit: %v", err)
	}
	client := remote.New(remote.Config{URL: s.url, Key: "sk_" + project, HTTP: s.client()})
	if s.setup.Config.Keys == mock.KeysStrict {
		if err := s.declare(project); err != nil {
			t.Fatalf("testkit: the project %s: %v", project, err)
		}
	}
	if prefix != "" {
		t.Cleanup(func() {
			err := client.DeleteProject(context.Background())
			if failed, ok := errors.AsType[*remote.Error](err); ok && failed.Status == http.StatusNotFound {
				return // no one has used it
			}
			if err != nil {
				t.Logf("testkit: %v", err)
			}
		})
	}
	return &Plunk{remote.Use(t, client), s, prefix}
}

// declare makes a project where none comes of a key.
func (s *Server) declare(project string) error {
	run, err := s.enter()
	if err != nil {
		return err
	}
	defer run.calls.end()
	return run.mock.AddFixture("project", []byte(`{"version": 1, "projects": [{"name": "`+project+`"}]}`))
}

// client returns a client that reaches the emulator without a socket.
func (s *Server) client() *http.Client {
	return &http.Client{Transport: transport{s.url, s.enter}}
}

// enter begins a call of the emulator that there is now.
func (s *Server) enter() (*running, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == nil {
		return nil, refusal("connect", syscall.ECONNREFUSED)
	}
	return s.now.enter()
}

// Close ends the emulator. Held waits end at once.
func (s *Server) Close() error {
	s.mu.Lock()
	s.over = true
	s.mu.Unlock()
	run := s.take()
	if run == nil {
		return nil
	}
	return errors.Join(run.end(), run.mock.Close())
}

func (s *Server) closed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over
}

// take takes the emulator out of the reach of new calls.
func (s *Server) take() *running {
	s.mu.Lock()
	defer s.mu.Unlock()
	run := s.now
	s.now = nil
	return run
}

// restart starts the emulator again. Nobody reaches it meanwhile.
func (s *Server) restart(ctx context.Context) error {
	old := s.take()
	if old == nil {
		return errors.New("it is closed")
	}
	err := old.end()
	states, stateErr := old.states(ctx)
	if err := errors.Join(err, stateErr, old.mock.Close()); err != nil {
		return err
	}
	run, err := s.setup.listen(ctx, strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		return err
	}
	if err := run.put(ctx, states); err != nil {
		return errors.Join(err, run.end(), run.mock.Close())
	}
	if err := run.serve(ctx, s.setup.Serve); err != nil {
		return err
	}
	s.mu.Lock()
	s.now = run
	s.mu.Unlock()
	return nil
}
