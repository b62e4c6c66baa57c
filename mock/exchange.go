package mock

import (
	"bytes"
	"fmt"
	"net/http"
	"time"

	"github.com/gorilla/mux"

	"github.com/plunkmock/plunkmock/mock/internal/contract"
	"github.com/plunkmock/plunkmock/mock/internal/fault"
)

// An exchange is one call of Plunk's API, from its arrival to its answer: what the
// journal keeps, and what a fault may break.
type exchange struct {
	server *Server
	w      http.ResponseWriter
	r      *http.Request
	op     *contract.Operation // nil: there is none of that method and path

	mount, path string
	key         key
	wrong       error // why the key can't be used here
	call        call  // its world is nil when the call belongs to no project
	warnings    []string

	started  time.Time // for how long it takes
	answered time.Time
	arrived  time.Time // on the project's clock
	before   uint64    // where the project's timeline was when the operation ran

	body    body
	unread  error // why the body could not be read
	checked bool
	invalid error // what is wrong with the request, once it is checked

	strike *fault.Strike // nil: nothing strikes
	quota  *fault.Quota  // of a rate limit that let the call through
	ran    bool
}

// plunkHandler serves one operation of Plunk's API.
func (s *Server) plunkHandler(op *contract.Operation, run handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		x := s.begin(w, r, op)
		defer x.end()
		out, err := x.answer(run)
		x.finish(out, err)
	}
}

// begin finds out who asks, and reads what.
func (s *Server) begin(w http.ResponseWriter, r *http.Request, op *contract.Operation) *exchange {
	x := &exchange{server: s, w: w, r: r, op: op, started: time.Now()}
	whole := r.URL.EscapedPath()
	x.path = unmounted(whole)
	x.mount = whole[:len(whole)-len(x.path)]
	x.call = call{ctx: r.Context(), host: r.Host, warn: &x.warnings}
	x.key = readKey(r.Header.Get("Authorization"))
	x.enter()
	allow(w.Header(), x.call.id)
	x.body, x.unread = s.readBody(w, r)
	return x
}

// enter opens the project of the key, and gives the call its ID.
func (x *exchange) enter() {
	s := x.server
	if x.op != nil {
		x.wrong = x.key.check(x.op.ID == "trackEvent") // the document says only in prose that it takes any key
	}
	var w *world
	if x.key.usable() {
		var err error
		w, err = s.worlds.open(s.worlds.named(x.key))
		if w == nil && err == nil {
			err = unauthorized(msgIncorrectKey)
		}
		if x.wrong == nil {
			x.wrong = err
		}
	}
	if w == nil {
		x.call.id, x.arrived = s.ids.next(), s.config.Now()
		return
	}
	x.call.world, x.call.id = w, w.ids.next()
	w.requests.Add(1)
	x.arrived = w.plunk.Now()
}

// answer is the way of every call: fault? key? valid? run. (Who asks is known.)
func (x *exchange) answer(run handler) (any, error) {
	if err := x.find(); err != nil {
		return nil, err
	}
	if x.strike != nil {
		x.server.pause(x.strike.Delay, x.call.world)
		if err := x.instead(); err != nil || x.strike.Do.Drop == fault.DropBefore {
			return nil, err
		}
	}
	if x.wrong != nil {
		return nil, x.wrong
	}
	if err := x.check(); err != nil {
		return nil, err
	}
	x.warnings = append(x.warnings, x.call.in.Warnings...)
	x.ran, x.before = true, x.call.world.timeline.Seq()
	return x.guarded(run)
}

// guarded runs the operation. A panic is an error like another: the call must be
// answered, and the journal must have it.
func (x *exchange) guarded(run handler) (out any, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return run(x.call)
}

// check reads and checks the request, once; what comes of it is in call.in.
func (x *exchange) check() error {
	if !x.checked {
		x.checked, x.invalid = true, x.unread
		if x.unread == nil {
			x.call.in, x.invalid = x.op.Check(contract.Request{
				Vars: mux.Vars(x.r), Query: x.r.URL.RawQuery, ContentType: x.r.Header.Get("Content-Type"), Body: x.body.bytes,
			})
		}
	}
	return x.invalid
}

// finish answers. The journal and the file of the state have the call before the
// client has its answer.
func (x *exchange) finish(out any, err error) {
	s, h := x.server, x.w.Header()
	buf := buffers.Get().(*bytes.Buffer)
	defer keep(buf)
	success := http.StatusOK
	if x.op != nil {
		success = x.op.Success
	}
	status, body := s.render(h, buf, success, out, err)
	if status < http.StatusBadRequest {
		body = wrap(body, s.config.Envelope)
	}
	body = x.alter(body)
	if x.quota != nil {
		setQuota(h, x.quota)
	}
	setWarnings(h, x.warnings)
	x.record(status, body, err)
	s.keepWithinLimits(x.call.world)
	if x.strike != nil || x.ran && changes(x.r.Method) { // a rule has counted, or something else has changed
		s.save(x.call.world)
	}
	s.logCall(x.r, x.call, x.op, err)
	x.send(status, body)
}

// end lets go of the project and of the body.
func (x *exchange) end() {
	x.body.release(x.server)
	x.call.leave()
}

// serveUnknownRoute answers as Plunk does for what it does not have, and says in
// a header what there is.
func (s *Server) serveUnknownRoute(w http.ResponseWriter, r *http.Request) {
	x := s.begin(w, r, nil)
	defer x.end()
	x.call.warned("there is no " + r.Method + " " + r.URL.Path + "; /openapi.yaml lists the operations, under /v1")
	x.finish(nil, &problem{status: http.StatusNotFound, message: "Unknown route"})
}

// servePreflight lets a page of any origin call Plunk's API.
func (s *Server) servePreflight(w http.ResponseWriter, r *http.Request) {
	x := s.begin(w, r, nil)
	defer x.end()
	h := w.Header()
	h.Set("Access-Control-Allow-Methods", "GET,HEAD,PUT,PATCH,POST,DELETE")
	if asked := r.Header.Get("Access-Control-Request-Headers"); asked != "" {
		h.Set("Access-Control-Allow-Headers", asked)
	}
	if r.Header.Get("Access-Control-Request-Private-Network") == "true" {
		h.Set("Access-Control-Allow-Private-Network", "true")
	}
	h.Set("Access-Control-Max-Age", "600")
	h.Set("Vary", "Access-Control-Request-Headers")
	x.record(http.StatusNoContent, nil, nil)
	w.WriteHeader(http.StatusNoContent)
}
