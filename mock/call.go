package mock

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"io"
	"math"
	mathrand "math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/mux"

	"github.com/plunkmock/plunkmock/mock/internal/contract"
)

// A call is one request of one project, once it is known to be valid.
type call struct {
	ctx   context.Context //nolint:containedctx // a call is the request, in other words
	id    string          // the request's
	world *world          // nil where an operation is of no project
	in    contract.Input
	host  string // as the client named this server
	warn  *[]string
}

// warned adds warnings to the answer.
func (c call) warned(warnings ...string) { *c.warn = append(*c.warn, warnings...) }

// A handler runs an operation. What it returns is encoded as JSON, unless it is
// a *file.
type handler func(c call) (any, error)

// handle makes a handler of fn. read builds what fn takes from the decoded body,
// whose types the document guarantees.
func handle[In, Out any](read func(fields) In, fn func(call, In) (Out, error)) handler {
	return func(c call) (any, error) {
		out, err := fn(c, read(c.in.Body))
		if err != nil {
			return nil, err
		}
		return out, nil
	}
}

// none is the In of an operation without a body.
type none struct{}

func readNone(fields) none { return none{} }

// fields are the members of a decoded and checked body.
type fields map[string]any

// str returns a string, "" when it is not given.
func (f fields) str(name string) string {
	s, _ := f[name].(string)
	return s
}

// optional returns a value of a type, nil when it is not given.
func optional[T any](f fields, name string) *T {
	if v, ok := f[name].(T); ok {
		return &v
	}
	return nil
}

// strings returns a list of strings, nil when it is not given; a single string
// is a list of one.
func (f fields) strings(name string) []string {
	switch v := f[name].(type) {
	case string:
		return []string{v}
	case []any:
		list := make([]string, len(v))
		for i, item := range v {
			list[i], _ = item.(string)
		}
		return list
	}
	return nil
}

// list returns a list of objects, nil when it is not given.
func (f fields) list(name string) []fields {
	items, ok := f[name].([]any)
	if !ok {
		return nil
	}
	list := make([]fields, len(items))
	for i, item := range items {
		object, _ := item.(map[string]any)
		list[i] = object
	}
	return list
}

// time returns a time, the zero time when it is not given.
func (f fields) time(name string) time.Time {
	t, _ := time.Parse(time.RFC3339, f.str(name)) // the document's format checked it
	return t
}

// integer returns a whole number, 0 when it is not given.
func (f fields) integer(name string) int {
	n, _ := f[name].(float64)
	return int(max(math.MinInt32, min(math.MaxInt64/2, n)))
}

// or returns a string, or what stands in its place when it is not given.
func (f fields) or(name, instead string) string { return cmp.Or(f.str(name), instead) }

// object returns an object, nil when it is not given.
func (f fields) object(name string) map[string]any {
	v, _ := f[name].(map[string]any)
	return v
}

// param returns a parameter of path or query, the zero value when it is not
// given.
func param[T any](c call, name string) T {
	v, _ := c.in.Params[name].(T)
	return v
}

// readRequest reads and checks a request, without knowing who asks.
func (s *Server) readRequest(w http.ResponseWriter, r *http.Request, op *contract.Operation, vars map[string]string) (contract.Input, error) {
	buf, ok := s.bodies.Get().(*[]byte)
	if !ok {
		buf = new([]byte)
	}
	body, err := contract.ReadBody(w, r, *buf, s.config.Limits.Body, s.config.Limits.Stall)
	if err != nil {
		return contract.Input{}, err
	}
	if cap(body) <= maxKeptBody {
		// What is decoded holds copies, never the bytes themselves.
		defer func() {
			if body != nil {
				*buf = body
			}
			s.bodies.Put(buf)
		}()
	}
	request := contract.Request{Vars: vars, Query: r.URL.RawQuery, ContentType: r.Header.Get("Content-Type"), Body: body}
	if isYAML(request.ContentType) && takesYAML(op) {
		if request.Body, err = yamlToJSON(body); err != nil {
			return contract.Input{}, err
		}
		request.ContentType = jsonType[0]
	}
	return op.Check(request)
}

// maxKeptBody is how large a buffer for bodies is kept for the next call.
const maxKeptBody = 4 << 20

// plunkHandler serves one operation of Plunk's API: who asks, may they, is it
// valid, run, answer.
func (s *Server) plunkHandler(op *contract.Operation, run handler) http.HandlerFunc {
	public := op.ID == "trackEvent" // the document says so only in prose
	return func(w http.ResponseWriter, r *http.Request) {
		var warnings []string
		c := call{ctx: r.Context(), host: r.Host, warn: &warnings}
		k := readKey(r.Header.Get("Authorization"))
		var err error
		if wrong := k.check(public); wrong != nil {
			s.enterExisting(&c, k)
			err = wrong
		} else {
			err = s.enter(&c, k)
		}
		defer c.leave() // as it is now: the world is open
		allow(w.Header(), c.id)
		var out any
		if err == nil {
			c.in, err = s.readRequest(w, r, op, mux.Vars(r))
		}
		if err == nil {
			warnings = c.in.Warnings
			out, err = run(c)
			s.settle(r.Method, c.world)
		}
		setWarnings(w.Header(), warnings)
		s.write(w, op.Success, out, err, s.config.Envelope)
		s.logCall(r, c, op, err)
	}
}

// settle is what follows a call: limits are kept, and what is new is saved.
func (s *Server) settle(method string, w *world) {
	s.worlds.keepWithinBytes()
	if w != nil {
		s.worlds.tellDropped(w)
	}
	if method == http.MethodGet || method == http.MethodHead {
		return
	}
	saver := s.saver.Load()
	saver.capture(w)
	saver.touch()
}

// enterExisting gives the call an ID, and the project of its key when there is
// such: a call that is refused anyhow makes none.
func (s *Server) enterExisting(c *call, k key) {
	if k.usable() {
		if held := s.worlds.held(s.worlds.named(k)); len(held) == 1 {
			c.world, c.id = held[0], held[0].ids.next()
			c.world.requests.Add(1)
			return
		}
	}
	c.id = s.ids.next()
}

// enter opens the project of a key that was checked, and gives the call its ID.
func (s *Server) enter(c *call, k key) error {
	w, err := s.worlds.open(s.worlds.named(k))
	if w == nil {
		c.id = s.ids.next()
		if err == nil {
			err = unauthorized(msgIncorrectKey)
		}
		return err
	}
	c.world, c.id = w, w.ids.next()
	w.requests.Add(1)
	return nil
}

// leave lets go of the project.
func (c call) leave() {
	if c.world != nil {
		c.world.release()
	}
}

// idSource makes the IDs of calls, the same for the same seed and project.
type idSource struct {
	seed, project string

	mu      sync.Mutex
	entropy io.Reader
}

func newIDSource(seed, project string) *idSource {
	s := &idSource{seed: seed, project: project}
	s.restart()
	return s
}

// restart goes back to the first ID.
func (s *idSource) restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seed == "" {
		s.entropy = mathrand.NewChaCha8([32]byte([]byte(rand.Text() + rand.Text())))
		return
	}
	s.entropy = mathrand.NewChaCha8(sha256.Sum256([]byte(s.seed + "\x00" + s.project + "\x00requests")))
}

func (s *idSource) next() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return uuid.Must(uuid.NewRandomFromReader(s.entropy)).String()
}
