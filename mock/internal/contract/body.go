package contract

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"
)

// firstRead is the most that is allocated ahead of what has arrived.
const firstRead = 1 << 20

// TooLarge is the error of [ReadBody] for a body over its limit.
type TooLarge struct {
	Limit int64 // bytes
}

func (e *TooLarge) Error() string {
	return fmt.Sprintf("the request body is larger than %d bytes", e.Limit)
}

// Broken is the error of [ReadBody] for a body that did not arrive whole: the
// client went away, stood still, or broke the encoding.
type Broken struct {
	Err error
}

func (e *Broken) Error() string { return "the request body did not arrive whole: " + e.Err.Error() }

// Unwrap returns the error of the connection.
func (e *Broken) Unwrap() error { return e.Err }

// ReadBody reads the whole body of r, at most limit bytes, into buf, or into a
// new slice when buf has not the room. A body that makes no
// progress for stall is given up. The error is a *TooLarge or a *Broken; after
// a TooLarge the rest has been read and thrown away as far as is reasonable, so
// that a client which sends before it reads gets its answer.
func ReadBody(w http.ResponseWriter, r *http.Request, buf []byte, limit int64, stall time.Duration) ([]byte, error) {
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return nil, nil
	}
	b := progress{r.Body, http.NewResponseController(w), stall}
	if r.ContentLength > limit {
		return nil, b.tooLarge(w, limit)
	}
	buf = buf[:0]
	for {
		if len(buf) == cap(buf) {
			buf = slices.Grow(buf, room(len(buf), r.ContentLength))
		}
		n, err := b.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if int64(len(buf)) > limit {
			return nil, b.tooLarge(w, limit)
		}
		if errors.Is(err, io.EOF) {
			b.done()
			return buf, nil
		}
		if err != nil {
			b.giveUp(w)
			return nil, &Broken{err}
		}
	}
}

// room is how much more is allocated once n bytes of a body have arrived: as much
// again, but no more than is announced and one byte to see the end with.
func room(n int, announced int64) int {
	more := max(n, 4096)
	if announced < 0 {
		return more
	}
	left := max(announced-int64(n), 0) + 1
	return int(min(left, int64(max(n, firstRead))))
}

// progress is a body whose every read must bring something within stall.
type progress struct {
	body  io.Reader
	conn  *http.ResponseController
	stall time.Duration
}

func (p progress) Read(b []byte) (int, error) {
	// Not every ResponseWriter has a connection, and then nothing can stall.
	_ = p.conn.SetReadDeadline(time.Now().Add(p.stall)) //nolint:forbidigo // connections live in real time
	return p.body.Read(b)
}

// done takes the deadline away again: a handler may hold the request for long.
func (p progress) done() { _ = p.conn.SetReadDeadline(time.Time{}) }

// giveUp ends the connection after the answer. The deadline stays, so that the
// server does not wait for the rest.
func (p progress) giveUp(w http.ResponseWriter) { w.Header().Set("Connection", "close") }

// tooLarge throws away up to four times limit more. When that was not the rest,
// the connection ends.
func (p progress) tooLarge(w http.ResponseWriter, limit int64) error {
	if _, err := io.CopyN(io.Discard, p, 4*limit); errors.Is(err, io.EOF) {
		p.done()
	} else {
		p.giveUp(w)
	}
	return &TooLarge{limit}
}
