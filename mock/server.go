package mock

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gorilla/mux"

	"github.com/plunkmock/plunkmock/mock/console"
	"github.com/plunkmock/plunkmock/mock/internal/contract"
	"github.com/plunkmock/plunkmock/mock/internal/fault"
)

// Server is the emulator. It is safe for concurrent use.
type Server struct {
	config  Config
	worlds  *worlds
	router  *mux.Router
	plunk   *contract.Document
	known   []fault.Operation        // of the document, for rules to name
	control func() (*control, error) // loaded by the first call that needs it: start-up stays quick, and memory low
	ids     *idSource                // of calls that belong to no project

	cross   http.CrossOriginProtection
	bodies  sync.Pool // of *[]byte
	waits   atomic.Int64
	inHand  atomic.Int64          // calls, but for probes
	idle    chan struct{}         // told when the last call ends while the server stops
	closed  chan struct{}         // by Close
	ticking sync.WaitGroup        // what runs until it is closed
	saver   atomic.Pointer[saver] // nil: nothing is saved; the ticker reads it too

	forwarder *forwarder // nil: nothing is forwarded
	ahead     *ahead
	close     sync.Once
	stopping  context.Context //nolint:containedctx // ends with Drain: the server's own life
	drain     context.CancelFunc
}

// control is the control API: its document and what runs its operations.
type control struct {
	doc *contract.Document
	ops map[*contract.Operation]handler

	fixture *contract.Operation // takes a fixture
	fault   *contract.Operation // takes a rule
}

// New makes an emulator. The error says which setting makes no sense.
func New(config Config) (*Server, error) {
	config, err := config.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{config: config, ids: newIDSource(config.Seed, "", "requests"), closed: make(chan struct{}), idle: make(chan struct{}, 1), ahead: newAhead()}
	s.stopping, s.drain = context.WithCancel(context.Background())
	_ = s.stopping.Done() // a bubble of testing/synctest that asked first would own the channel
	s.control = sync.OnceValues(s.loadControl)
	if s.plunk, err = loadPlunk(plunkRules(config.Limits.Depth)); err != nil {
		return nil, err
	}
	s.known = operations(s.plunk)
	if s.worlds, err = s.newWorlds(); err != nil {
		return nil, err
	}
	ops, err := bind(s.plunk, s.plunkOperations())
	if err != nil {
		return nil, fmt.Errorf("mock: the Plunk document: %w", err)
	}
	if s.forwarder, err = newForwarder(config.Forward); err != nil {
		return nil, err
	}
	s.worlds.demo = sync.OnceValues(s.loadDemo)
	s.route(ops)
	s.ticking.Go(s.tick)
	s.ticking.Go(func() { s.ahead.run(s.closed) })
	return s, nil
}

func (s *Server) loadControl() (*control, error) {
	doc, err := loadControl(s.controlRules())
	if err != nil {
		return nil, err
	}
	ops, err := bind(doc, s.controlOperations())
	if err != nil {
		return nil, fmt.Errorf("mock: the control document: %w", err)
	}
	fixture, _ := doc.Match(http.MethodPost, "/fixtures")
	rule, _ := doc.Match(http.MethodPost, "/faults")
	return &control{doc, ops, fixture, rule}, nil
}

// bind gives each operation of a document its function. It fails when there is
// one without the other.
func bind(doc *contract.Document, handlers map[string]handler) (map[*contract.Operation]handler, error) {
	ops := map[*contract.Operation]handler{}
	for _, op := range doc.Operations() {
		run := handlers[op.ID]
		if run == nil {
			return nil, fmt.Errorf("the operation %s has no function", op.ID)
		}
		ops[op] = run
	}
	for id := range handlers {
		if !slices.ContainsFunc(doc.Operations(), func(op *contract.Operation) bool { return op.ID == id }) {
			return nil, fmt.Errorf("the function for %s has no operation", id)
		}
	}
	return ops, nil
}

// route builds the routing table: the fixed paths, the control API, and then
// Plunk's operations under each of their mounts.
func (s *Server) route(ops map[*contract.Operation]handler) {
	r := mux.NewRouter().SkipClean(true)
	s.router = r
	r.Path("/").Methods(http.MethodGet, http.MethodHead).HandlerFunc(s.serveRoot)
	r.Path("/healthz").Methods(http.MethodGet, http.MethodHead).HandlerFunc(s.serveHealth)
	r.Path("/readyz").Methods(http.MethodGet, http.MethodHead).HandlerFunc(s.serveReady)
	r.Path("/openapi.yaml").Methods(http.MethodGet, http.MethodHead).HandlerFunc(s.servePlunkYAML)
	r.Path("/openapi.json").Methods(http.MethodGet, http.MethodHead).HandlerFunc(s.servePlunkJSON)
	r.PathPrefix(console.Base).Methods(http.MethodGet, http.MethodHead).HandlerFunc(s.serveConsole)
	r.NewRoute().MatcherFunc(func(r *http.Request, _ *mux.RouteMatch) bool {
		return r.URL.Path == "/_mock" || strings.HasPrefix(r.URL.Path, "/_mock/")
	}).HandlerFunc(s.serveControl)
	r.NewRoute().MatcherFunc(func(r *http.Request, _ *mux.RouteMatch) bool {
		_, _, ok := pageOfPath(r.URL.Path)
		return ok
	}).HandlerFunc(s.servePage)
	r.NewRoute().Methods(http.MethodOptions).HandlerFunc(s.servePreflight)

	routes := map[*contract.Operation]http.Handler{}
	for op, run := range ops {
		routes[op] = s.plunkHandler(op, run)
	}
	r.NewRoute().MatcherFunc(func(r *http.Request, match *mux.RouteMatch) bool {
		op, vars := s.plunk.Match(r.Method, unmounted(r.URL.EscapedPath()))
		if op == nil {
			return false
		}
		match.Handler, match.Vars = routes[op], vars
		return true
	})
	r.NotFoundHandler = http.HandlerFunc(s.serveUnknownRoute)
	r.MethodNotAllowedHandler = r.NotFoundHandler
}

// unmounted takes the mount of Plunk's API off a path: /v1, /api/v1, /api or
// none.
func unmounted(path string) string {
	path = withoutSegment(path, "/api")
	return withoutSegment(path, "/v1")
}

func withoutSegment(path, segment string) string {
	if n := len(segment); len(path) > n && path[n] == '/' && strings.EqualFold(path[:n], segment) {
		return path[n:]
	}
	return path
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header()["X-Plunkmock"] = versionHeader
	if r.URL.Path != "/readyz" && r.URL.Path != "/healthz" {
		s.inHand.Add(1)
		defer s.leave()
	}
	defer s.recover(w, r)
	s.router.ServeHTTP(w, r)
}

// recover turns a panic into a 500: one call must not end the process.
func (s *Server) recover(w http.ResponseWriter, r *http.Request) {
	switch v := recover(); v {
	case nil:
	case http.ErrAbortHandler:
		panic(v)
	default:
		err := fmt.Errorf("panic: %v", v)
		s.config.Log.Error("a bug in plunkmock", "method", r.Method, "path", r.URL.Path, "err", err)
		s.writeError(w, err)
	}
}

// Drain makes /readyz answer 503 and ends held waits with one. Calls go on
// being answered.
func (s *Server) Drain() { s.drain() }

// leave ends a call, and tells Idle of the last one.
func (s *Server) leave() {
	if s.inHand.Add(-1) == 0 && s.stopping.Err() != nil {
		select {
		case s.idle <- struct{}{}:
		default:
		}
	}
}

// Idle waits until no call is in hand, or ctx ends. It is for after Drain: whoever
// listens goes on meanwhile, so that /readyz can say that the server stops.
func (s *Server) Idle(ctx context.Context) {
	for s.inHand.Load() > 0 {
		select {
		case <-s.idle:
		case <-ctx.Done():
			return
		}
	}
}

// Close drains, saves what is to be saved and lets go of everything. The server
// answers on, so that calls in hand can end.
func (s *Server) Close() error {
	s.Drain()
	var err error
	s.close.Do(func() {
		close(s.closed)
		s.ticking.Wait()
		s.forwarder.close()
		err = s.saver.Load().finish()
		s.worlds.close()
	})
	return err
}

// hold takes one of the held waits. The context ends with the call, and with
// the server's stop; done gives all back.
func (s *Server) hold(ctx context.Context) (held context.Context, done func(), err error) {
	if n := s.waits.Add(1); n > int64(s.config.Limits.Waits) {
		s.waits.Add(-1)
		return nil, nil, &problem{status: http.StatusUnprocessableEntity, message: fmt.Sprintf(
			"%d waits and streams are held, the most at once; raise --max-waits", s.config.Limits.Waits)}
	}
	held, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(s.stopping, cancel)
	return held, func() {
		stop()
		cancel()
		s.waits.Add(-1)
	}, nil
}
