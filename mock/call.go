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

	"github.com/plunkmock/plunkmock/mock/internal/contract"
)

// A call is one request of one project, once it is known to be valid.
type call struct {
	ctx    context.Context //nolint:containedctx // a call is the request, in other words
	id     string          // the request's
	world  *world          // nil where an operation is of no project
	in     contract.Input
	host   string      // as the client named this server
	header http.Header // of a control call
	warn   *[]string
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
	return int(max(math.MinInt32, min(math.MaxInt/2, n)))
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

// A body is that of a request, in a buffer that is used again.
type body struct {
	bytes []byte
	buf   *[]byte
}

// readBody reads the whole body of a request. Whatever comes of it, release must
// be called.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request) (body, error) {
	buf, ok := s.bodies.Get().(*[]byte)
	if !ok {
		buf = new([]byte)
	}
	bytes, err := contract.ReadBody(w, r, *buf, s.config.Limits.Body, s.config.Limits.Stall)
	return body{bytes, buf}, err
}

// release gives the buffer back: no one may look at the bytes any more.
func (b body) release(s *Server) {
	if cap(b.bytes) > maxKeptBody {
		return
	}
	if b.bytes != nil {
		*b.buf = b.bytes
	}
	s.bodies.Put(b.buf)
}

// maxKeptBody is how large a buffer for bodies is kept for the next call.
const maxKeptBody = 4 << 20

// changes tells whether a call of a method may change something.
func changes(method string) bool { return method != http.MethodGet && method != http.MethodHead }

// settle is what follows when something has changed: limits are kept, and what is
// new is saved.
func (s *Server) settle(w *world) {
	s.keepWithinLimits(w)
	s.save(w)
}

// save saves what is new, mails at once and all else soon, and forwards new mails.
func (s *Server) save(w *world) {
	s.forwarder.take(w)
	saver := s.saver.Load()
	saver.capture(w)
	saver.touch()
}

// keepWithinLimits drops what is too much, and says so.
func (s *Server) keepWithinLimits(w *world) {
	s.worlds.keepWithinBytes()
	if w != nil {
		s.worlds.tellDropped(w)
	}
}

// leave lets go of the project.
func (c call) leave() {
	if c.world != nil {
		c.world.release()
	}
}

// idSource makes the IDs of calls, or of faults, the same for the same seed and
// project.
type idSource struct {
	seed, project, what string

	mu      sync.Mutex
	entropy io.Reader
}

func newIDSource(seed, project, what string) *idSource {
	s := &idSource{seed: seed, project: project, what: what}
	s.restart()
	return s
}

// restart goes back to the first ID.
func (s *idSource) restart() { s.restartWith("") }

// restartWith starts a row of other IDs: one that belongs to salt.
func (s *idSource) restartWith(salt string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seed == "" {
		s.entropy = mathrand.NewChaCha8([32]byte([]byte(rand.Text() + rand.Text())))
		return
	}
	s.entropy = mathrand.NewChaCha8(sha256.Sum256([]byte(s.seed + "\x00" + s.project + "\x00" + s.what + salt)))
}

func (s *idSource) next() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return uuid.Must(uuid.NewRandomFromReader(s.entropy)).String()
}
