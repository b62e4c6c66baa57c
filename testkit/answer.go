package testkit

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"
)

// answer takes what a handler writes, and is the body that its client reads. What the
// client has not read yet is kept: a handler never waits for it.
type answer struct {
	ctx    context.Context //nolint:containedctx // the call's own: it ends with the handler, or with the client
	cancel context.CancelFunc
	gone   func() bool // ends the watch of the client's context

	once   sync.Once
	begun  chan struct{} // closed when status and sent are known
	status int           // 0 when the connection was reset before there was any
	header http.Header
	sent   http.Header

	more chan struct{} // holds one when there is something new

	mu   sync.Mutex // guards what follows
	body bytes.Buffer
	err  error // how the body ends; nil: it goes on
}

// newAnswer returns the answer to a client whose context is ctx.
func newAnswer(ctx context.Context) *answer {
	a := &answer{header: http.Header{}, begun: make(chan struct{}), more: make(chan struct{}, 1)}
	a.ctx, a.cancel = context.WithCancel(ctx)
	a.gone = context.AfterFunc(ctx, func() { a.end(ctx.Err()) })
	return a
}

// serve runs the handler to its end.
func (a *answer) serve(h http.Handler, r *http.Request) {
	defer a.cancel()
	defer func() {
		if recover() == nil { // nothing was dropped
			a.WriteHeader(http.StatusOK)
			if err := a.ctx.Err(); err != nil { // and the client has gone
				a.end(err)
			}
			a.end(io.EOF)
			return
		}
		a.once.Do(func() { close(a.begun) })
		a.end(io.ErrUnexpectedEOF)
	}()
	h.ServeHTTP(a, r)
}

// end ends the body, unless it has ended.
func (a *answer) end(err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err == nil {
		a.err = err
	}
	a.tell()
}

// tell tells the reader that there is something new. a.mu must be held.
func (a *answer) tell() {
	select {
	case a.more <- struct{}{}:
	default: // it has been told, and has not looked yet
	}
}

// Header returns the header that is to be sent.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader begins the answer.
func (a *answer) WriteHeader(status int) {
	a.once.Do(func() {
		a.status, a.sent = status, a.header.Clone()
		close(a.begun)
	})
}

// Write sends a part of the body.
func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err != nil {
		return 0, a.err
	}
	a.tell()
	return a.body.Write(p)
}

// Flush begins the answer; what is written is sent anyway.
func (a *answer) Flush() { a.WriteHeader(http.StatusOK) }

// Read reads the body.
func (a *answer) Read(p []byte) (int, error) {
	for {
		if n, err := a.read(p); n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
		<-a.more
	}
}

func (a *answer) read(p []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.body.Len() > 0 {
		return a.body.Read(p)
	}
	if a.err != nil {
		a.tell() // for the next one who reads
	}
	return 0, a.err
}

// Close tells the handler that its client has gone.
func (a *answer) Close() error {
	a.gone()
	a.cancel()
	a.mu.Lock()
	a.body.Reset()
	a.mu.Unlock()
	a.end(http.ErrBodyReadAfterClose)
	return nil
}
