package testkit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"syscall"
)

// inMemoryURL is the address of an emulator without a port.
const inMemoryURL = "http://plunkmock.localhost"

// transport answers requests by calling the emulator.
type transport struct{ server *Server }

// RoundTrip answers a request. Its answer is there as soon as its header is, and its body
// comes as it is written.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close() //nolint:errcheck // it was read
	}
	if host := r.URL.Scheme + "://" + r.URL.Host; host != t.server.setup.Config.URL && !strings.EqualFold(r.URL.Hostname(), "api.useplunk.com") {
		return nil, fmt.Errorf("testkit: this transport reaches the emulator at %s alone, not %s", t.server.setup.Config.URL, host)
	}
	asked, err := received(r)
	if err != nil {
		return nil, err
	}
	body, w := io.Pipe()
	answer := &answer{header: http.Header{}, body: w, begun: make(chan struct{})}
	go answer.serve(t.server.handler(), asked)
	select {
	case <-answer.begun:
	case <-r.Context().Done():
		_ = body.CloseWithError(r.Context().Err())
		return nil, r.Context().Err()
	}
	if answer.failed != nil {
		return nil, answer.failed
	}
	response := &http.Response{
		Status: fmt.Sprintf("%d %s", answer.status, http.StatusText(answer.status)), StatusCode: answer.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: answer.sent, Body: body, ContentLength: -1, Request: r,
	}
	if r.Method == http.MethodHead {
		response.Body = http.NoBody
		go func() { _, _ = io.Copy(io.Discard, body) }()
	}
	return response, nil
}

// received returns a request as a server sees it.
func received(r *http.Request) (*http.Request, error) {
	asked := r.Clone(r.Context())
	asked.RequestURI, asked.RemoteAddr = r.URL.RequestURI(), "127.0.0.1:1"
	if asked.Host == "" {
		asked.Host = r.URL.Host
	}
	asked.URL.Scheme, asked.URL.Host = "", ""
	asked.Body = http.NoBody
	if r.Body == nil {
		return asked, nil
	}
	data, err := io.ReadAll(r.Body) // whoever calls may go on with it once the answer begins
	if err != nil {
		return nil, err
	}
	asked.Body, asked.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
	return asked, nil
}

// answer takes what a handler writes.
type answer struct {
	header http.Header
	body   *io.PipeWriter
	once   sync.Once
	begun  chan struct{} // closed when what follows is known
	status int
	sent   http.Header
	failed error
}

// serve runs the handler to its end.
func (a *answer) serve(h http.Handler, r *http.Request) {
	defer func() {
		err := error(nil)
		if v := recover(); v != nil { // the connection is gone, as a server would have it
			err = errors.Join(syscall.ECONNRESET, fmt.Errorf("%v", v))
			a.once.Do(func() {
				a.failed = syscall.ECONNRESET
				close(a.begun)
			})
		}
		a.WriteHeader(http.StatusOK)
		_ = a.body.CloseWithError(err)
	}()
	h.ServeHTTP(a, r)
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
	return a.body.Write(p)
}

// Flush begins the answer; what is written is sent anyway.
func (a *answer) Flush() { a.WriteHeader(http.StatusOK) }
