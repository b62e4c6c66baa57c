package mock

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/journal"
)

// A stream is an answer that goes on until the client has enough: server-sent
// events.
type stream struct {
	follow func(w *eventWriter)
	done   func()
}

// serve sends the events.
func (st *stream) serve(s *Server, w http.ResponseWriter, method string) {
	defer st.done()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no") // proxies hold back what is not asked to flow
	w.WriteHeader(http.StatusOK)
	if method == http.MethodHead {
		return
	}
	out := &eventWriter{w: w, conn: http.NewResponseController(w), stall: s.config.Limits.Stall}
	out.buf.WriteString(": plunkmock\n\n") // the client learns at once that it is connected
	if out.flush() {
		st.follow(out)
	}
}

// eventWriter writes server-sent events.
type eventWriter struct {
	w     http.ResponseWriter
	conn  *http.ResponseController
	stall time.Duration
	buf   bytes.Buffer
}

// add adds an event to those that flush sends. id is a cursor.
func (w *eventWriter) add(id, event string, data any) {
	fmt.Fprintf(&w.buf, "id: %s\nevent: %s\ndata: ", id, event)
	if err := encode(&w.buf, data); err != nil {
		panic(err) // like all answers, it can be written
	}
	w.buf.WriteString("\n\n")
}

// flush sends what was added; false when the client takes no more, or nothing for
// too long.
func (w *eventWriter) flush() bool {
	const chunk = 64 << 10
	for w.buf.Len() > 0 {
		_ = w.conn.SetWriteDeadline(time.Now().Add(w.stall)) // not every ResponseWriter has a connection
		if _, err := w.w.Write(w.buf.Next(chunk)); err != nil {
			return false
		}
		if w.conn.Flush() != nil {
			return false
		}
	}
	if w.buf.Cap() > chunk {
		w.buf = bytes.Buffer{} // thousands of streams must not each keep a large one
	}
	return true
}

// aliveEvery is how often an idle stream says that it lives, so that nothing on the
// way gives it up.
const aliveEvery = 15 * time.Second

// streamEvents tells what happens in a project as it happens.
func (s *Server) streamEvents(c call, _ none) (*stream, error) { return s.stream(c, allEvents) }

// streamInboxEvents tells what happens in the inbox of a project.
func (s *Server) streamInboxEvents(c call, _ none) (*stream, error) { return s.stream(c, inboxEvents) }

func (s *Server) stream(c call, what eventKinds) (*stream, error) {
	last, after := c.header.Get("Last-Event-ID"), param[string](c, "after")
	for name, cursor := range map[string]string{"Last-Event-ID": last, "after": after} {
		if err := inbox.CheckCursor(name, cursor); err != nil {
			return nil, unprocessable(err.Error())
		}
	}
	if s.stopping.Err() != nil {
		return nil, errStopping()
	}
	ctx, done, err := s.hold(c.ctx)
	if err != nil {
		return nil, err
	}
	from := c.world.timeline.Seq()
	seen := cmp.Or(last, after) // what the client has seen itself is more than what it began with
	ahead := inbox.SeqOf(seen) > from
	if ahead { // of an earlier run of the server: all that there is is new
		from = 0
	} else if seen != "" {
		from = inbox.SeqOf(seen)
	}
	f := c.world.followFrom(from, what) // before the client knows that it is connected
	if ahead {
		f.missed = 1
	}
	return &stream{func(w *eventWriter) { c.world.follow(ctx, w, f, from) }, done}, nil
}

// flushAt is how many bytes of events are gathered before they are sent.
const flushAt = 64 << 10

// follow sends what happens until ctx ends, the client goes, or the project does.
func (w *world) follow(ctx context.Context, out *eventWriter, f *follower, after uint64) {
	alive := time.NewTicker(aliveEvery)
	defer alive.Stop()
	for {
		more, closed := w.timeline.More()
		upTo := w.timeline.Seq()
		for ctx.Err() == nil {
			h, ok := f.next(upTo)
			if f.missed > 0 {
				out.add(inbox.CursorOf(after), "gap", gapOut{f.missed})
				f.missed = 0
			}
			if !ok {
				break
			}
			w.tell(out, h)
			after = h.seq
			if out.buf.Len() > flushAt && !out.flush() {
				return
			}
		}
		if !out.flush() || closed {
			return
		}
		select {
		case <-more:
		case <-alive.C:
			out.buf.WriteString(": alive\n\n")
		case <-ctx.Done():
			return
		}
	}
}

// tell adds an event to those that are sent. What is large is written only now.
func (w *world) tell(out *eventWriter, h happening) {
	switch data := h.data.(type) {
	case inbox.Record:
		out.add(inbox.CursorOf(h.seq), h.name, summaryOut(data))
	case *journal.Entry:
		w.addCall(out, data)
	default:
		out.add(inbox.CursorOf(h.seq), h.name, data)
	}
}

type gapOut struct {
	Missed int `json:"missed"`
}

// faultEvent is a rule that has struck.
type faultEvent struct {
	struckOut

	Request string         `json:"request"`
	Rule    *faultResponse `json:"rule"` // as it is now; null for a header's, and for one that is deleted
}

// addCall adds the events of a call.
func (w *world) addCall(out *eventWriter, e *journal.Entry) {
	out.add(e.Cursor(), "request", requestOut(e, nil))
	if e.Fault == nil {
		return
	}
	event := faultEvent{struckOut: struckOut(*e.Fault), Request: e.ID}
	if rule, ok := w.faults.Get(e.Fault.ID); ok {
		now := faultOut(rule)
		event.Rule = &now
	}
	out.add(e.Cursor(), "fault", event)
}
