package testkit

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// inMemoryURL is the address of an emulator without a port.
const inMemoryURL = "http://plunkmock.localhost"

// transport answers requests by calling the emulator.
type transport struct {
	url   string                   // of the emulator
	enter func() (*running, error) // begins a call, which its calls count
}

// RoundTrip answers a request. Its answer is there as soon as its header is, and its body
// comes as it is written.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close() //nolint:errcheck // it was read
	}
	if host := r.URL.Scheme + "://" + r.URL.Host; host != t.url && !strings.EqualFold(r.URL.Hostname(), "api.useplunk.com") {
		return nil, fmt.Errorf("testkit: this transport reaches the emulator at %s alone, not %s", t.url, host)
	}
	if err := r.Context().Err(); err != nil { // it is not even sent
		return nil, err
	}
	asked, err := received(r)
	if err != nil {
		return nil, err
	}
	run, err := t.enter()
	if err != nil {
		return nil, err
	}
	a := newAnswer(r.Context())
	go func() {
		defer run.calls.end()
		a.serve(run.mock, asked.WithContext(a.ctx))
	}()
	select {
	case <-a.begun:
	case <-r.Context().Done():
	}
	if err := r.Context().Err(); err != nil { // also when its end made the handler answer
		_ = a.Close()
		return nil, err
	}
	if a.status == 0 {
		return nil, refusal("read", syscall.ECONNRESET)
	}
	return a.response(r), nil
}

// response is the answer as a client gets it.
func (a *answer) response(r *http.Request) *http.Response {
	response := &http.Response{
		Status: fmt.Sprintf("%d %s", a.status, http.StatusText(a.status)), StatusCode: a.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: a.sent, Body: a, ContentLength: -1, Request: r,
	}
	if n, err := strconv.ParseInt(a.sent.Get("Content-Length"), 10, 64); err == nil {
		response.ContentLength = n
	}
	if r.Method == http.MethodHead {
		response.Body = http.NoBody // what is written meanwhile goes nowhere
	}
	return response
}

// received returns a request as a server sees it.
func received(r *http.Request) (*http.Request, error) {
	asked := r.Clone(r.Context())
	asked.RequestURI, asked.RemoteAddr, asked.Pattern = r.URL.RequestURI(), "127.0.0.1:1", ""
	asked.Proto, asked.ProtoMajor, asked.ProtoMinor = "HTTP/1.1", 1, 1
	var err error
	if asked.URL, err = url.ParseRequestURI(asked.RequestURI); err != nil {
		return nil, err
	}
	if asked.Method == "" {
		asked.Method = http.MethodGet
	}
	if asked.Host == "" {
		asked.Host = r.URL.Host
	}
	if asked.Header == nil {
		asked.Header = http.Header{}
	}
	if _, given := asked.Header["User-Agent"]; !given {
		asked.Header["User-Agent"] = []string{"Go-http-client/1.1"}
	}
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

// refusal is an error of the network, as a client by a socket would see it.
func refusal(op string, err syscall.Errno) error {
	return &net.OpError{Op: op, Net: "tcp", Err: os.NewSyscallError(op, err)}
}
