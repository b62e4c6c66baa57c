package mock

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/plunkmock/plunkmock/mock/internal/fault"
)

// What follows does to an answer what the step of a fault says.

// alter puts the body and the headers of a step into the answer.
func (x *exchange) alter(body []byte) []byte {
	if x.strike == nil {
		return body
	}
	h, do := x.w.Header(), x.strike.Do
	if do.Body != nil {
		body = []byte(*do.Body)
		if do.ContentType != "" {
			h.Set("Content-Type", do.ContentType)
		}
	}
	for _, header := range do.Headers {
		h.Set(header.Name, header.Value)
	}
	if do.Truncate != nil && *do.Truncate >= len(body) {
		x.call.warned("truncate=" + strconv.Itoa(*do.Truncate) + ": the body has " + strconv.Itoa(len(body)) + " bytes, so that nothing was cut off")
	}
	h.Set("X-Plunkmock-Fault", x.strike.Rule)
	return body
}

// send sends the answer, or what a fault leaves of it.
func (x *exchange) send(status int, body []byte) {
	if x.strike == nil {
		x.server.send(x.w, status, body)
		return
	}
	do := x.strike.Do
	cut := do.Truncate != nil && *do.Truncate < len(body)
	if x.r.Method == http.MethodHead && do.Drop == fault.DropNone {
		x.server.send(x.w, status, body) // there is no body to do something to
		return
	}
	switch {
	case do.Drop != fault.DropNone:
		x.reset()
	case !cut && do.Dribble == 0:
		x.server.send(x.w, status, body)
	default:
		x.w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
		x.w.WriteHeader(status)
		if cut {
			body = body[:*do.Truncate]
		}
		x.dribble(body, do.Dribble)
		if cut {
			_ = http.NewResponseController(x.w).Flush() // without a connection there is none
			panic(http.ErrAbortHandler)                 // closes the connection, which no one logs
		}
	}
}

// reset ends the connection the hard way: the client sees it reset.
func (x *exchange) reset() {
	conn, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2 and the like have a reset of their own
	}
	if secure, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = secure.NetConn() // no farewell of TLS
	}
	if tcp, ok := conn.(interface{ SetLinger(sec int) error }); ok {
		_ = tcp.SetLinger(0) // makes a reset of the close
	}
	_ = conn.Close()
}

// dribbleEvery is how often a slow body goes on, unless a byte takes longer.
const dribbleEvery = 50 * time.Millisecond

// dribble writes a body at so many bytes per second, 0 for at once. When the
// server stops, the rest comes at once.
func (x *exchange) dribble(body []byte, rate int) {
	if rate == 0 || len(body) == 0 {
		x.server.writeBody(x.w, body)
		return
	}
	conn := http.NewResponseController(x.w)
	_ = conn.Flush()
	hurry := context.AfterFunc(x.server.stopping, func() { _ = conn.SetWriteDeadline(time.Now().Add(x.server.patience())) })
	defer hurry()
	stopped, done := x.server.stopped()
	defer done()
	chunk := max(1, int(int64(rate)*int64(dribbleEvery)/int64(time.Second)))
	timer := time.NewTimer(0)
	defer timer.Stop()
	for sent := 0; sent < len(body); {
		next := min(len(body), sent+chunk)
		due := time.Duration(float64(next) / float64(rate) * float64(time.Second))
		timer.Reset(due - time.Since(x.answered))
		select {
		case <-timer.C:
		case <-x.call.ctx.Done():
			return // the client has gone
		case <-stopped:
			next = len(body)
		}
		_ = conn.SetWriteDeadline(time.Now().Add(x.server.patience()))
		if _, err := x.w.Write(body[sent:next]); err != nil || conn.Flush() != nil { //nolint:gosec // JSON, or what the user has asked for
			return // the client has gone, or takes nothing
		}
		sent = next
	}
	_ = conn.SetWriteDeadline(time.Time{})
}

// patience is how long a client may take nothing: less when the server stops.
func (s *Server) patience() time.Duration {
	if s.stopping.Err() != nil {
		return min(time.Second, s.config.Limits.Stall)
	}
	return s.config.Limits.Stall
}

// pause waits before anything else is done. A client that goes away meanwhile changes
// nothing: a slow server would do the work all the same. A stop of the server ends the
// wait, and so does the end of the call's project w, unless that is nil.
func (s *Server) pause(d time.Duration, w *world) {
	if d <= 0 {
		return
	}
	stopped, done := s.stopped()
	defer done()
	if w != nil {
		defer w.pauses.begin(done)()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-stopped:
	}
}

// stopped is closed when the server stops, until done gives it back. It is a channel of the
// caller's own: in a bubble of testing/synctest no time passes while one of outside, such as
// that of stopping, is waited for. Nor would it while a timer is looked at again and again,
// once the test has ended.
func (s *Server) stopped() (stopped <-chan struct{}, done func()) {
	own, cancel := context.WithCancel(context.Background())
	stop := context.AfterFunc(s.stopping, cancel)
	return own.Done(), func() {
		stop()
		cancel()
	}
}

// pauses are the waits of a project's calls, which end with it: a test that is over leaves
// nothing behind, also when its client did not wait for the answer. There is no channel in
// them, which would belong to a bubble of testing/synctest.
type pauses struct {
	mu    sync.Mutex // guards what follows
	ended bool
	ends  map[int]func() // by number
	next  int
}

// begin counts a wait that end ends. done takes it out again.
func (p *pauses) begin(end func()) (done func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		end()
		return func() {}
	}
	if p.ends == nil {
		p.ends = map[int]func(){}
	}
	n := p.next
	p.next++
	p.ends[n] = end
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.ends, n)
	}
}

// end ends all waits.
func (p *pauses) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	for _, end := range p.ends {
		end()
	}
}
