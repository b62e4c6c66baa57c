package mock

import (
	"context"
	"net"
	"net/http"
	"strconv"
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
