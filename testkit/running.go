package testkit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/plunkmock/plunkmock/mock"
	"github.com/plunkmock/plunkmock/testkit/remote"
)

// running is an emulator from a start to its end.
type running struct {
	url   string
	mock  *mock.Server
	http  *httptest.Server // nil in memory
	calls calls            // those in memory
	stop  context.CancelFunc
	waits []func() error // for what serves beside HTTP
}

// listen makes an emulator at an address, unless it is in memory. It answers by socket
// once it serves.
func (s *Setup) listen(ctx context.Context, address string) (*running, error) {
	run := &running{url: inMemoryURL, stop: func() {}}
	if !s.inMemory {
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
		if err != nil {
			return nil, err
		}
		run.url = "http://" + l.Addr().String()
		run.http = &httptest.Server{Listener: l, Config: &http.Server{}} //nolint:gosec // the emulator bounds what it reads
	}
	config := s.Config
	config.URL, config.HTTP = run.url, run.url
	var err error
	if run.mock, err = mock.New(config); err != nil {
		if run.http != nil {
			_ = run.http.Listener.Close()
		}
		return nil, err
	}
	return run, nil
}

// serve begins to answer by socket.
func (r *running) serve(ctx context.Context, beside []func(context.Context, *mock.Server) (func() error, error)) error {
	ctx, r.stop = context.WithCancel(ctx)
	if r.http != nil {
		r.http.Config.Handler = r.mock
		r.http.Start()
	}
	for _, serve := range beside {
		wait, err := serve(ctx, r.mock)
		if err != nil {
			return errors.Join(err, r.end(), r.mock.Close())
		}
		r.waits = append(r.waits, wait)
	}
	return nil
}

// enter begins a call in memory.
func (r *running) enter() (*running, error) {
	r.calls.begin()
	return r, nil
}

// patience is how long an end waits for a client that has not yet sent all of its call.
const patience = 2 * time.Second

// end ends all calls and listeners: held waits at once, others when they are done, or in a
// while when their clients do not go on. What there was is still to be had by [running.client].
func (r *running) end() error {
	r.stop()
	r.mock.Drain() // so that held waits end, and with them their connections
	if r.http != nil {
		impatient := time.AfterFunc(patience, r.http.CloseClientConnections)
		r.http.Close()
		impatient.Stop()
	}
	var err error
	for _, wait := range r.waits {
		err = errors.Join(err, wait())
	}
	r.calls.wait()
	return err
}

// client returns the client of a project, whether calls reach the emulator or not.
func (r *running) client(key string) *remote.Client {
	return remote.New(remote.Config{URL: r.url, Key: key, HTTP: &http.Client{Transport: transport{r.url, r.enter}}})
}

// kept is what a project held.
type kept struct {
	key   string
	state json.RawMessage
	start json.RawMessage // what a reset takes it back to
}

// states returns what each project holds. They are back at their starts then, which the API
// tells in no other way.
func (r *running) states(ctx context.Context) ([]kept, error) {
	var out struct {
		Projects []struct{ SecretKey string }
	}
	list := httptest.NewRecorder() // without a key, for none may be allowed
	r.mock.ServeHTTP(list, httptest.NewRequestWithContext(ctx, http.MethodGet, r.url+"/_mock/projects", nil))
	if err := json.Unmarshal(list.Body.Bytes(), &out); err != nil {
		return nil, err
	}
	var states []kept
	for _, project := range out.Projects {
		k := kept{key: project.SecretKey}
		client := r.client(k.key)
		var err error
		if k.state, err = client.State(ctx); err != nil {
			return nil, err
		}
		if err := client.Reset(ctx); err != nil {
			return nil, err
		}
		if k.start, err = client.State(ctx); err != nil {
			return nil, err
		}
		states = append(states, k)
	}
	return states, nil
}

// put puts what projects held into an emulator that is new.
func (r *running) put(ctx context.Context, states []kept) error {
	for _, k := range states {
		if err := r.mock.AddFixture("start", k.start); err != nil { // it declares the project's keys
			return fmt.Errorf("what %s held: %w", k.key, err)
		}
		if err := r.client(k.key).PutState(ctx, k.state); err != nil {
			return fmt.Errorf("what %s held: %w", k.key, err)
		}
	}
	return nil
}
