package testkit

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"

	"github.com/plunkmock/plunkmock/mock"
	"github.com/plunkmock/plunkmock/testkit/remote"
)

// Plunk is a project of an emulator in this process, for a test.
type Plunk struct {
	*remote.Plunk

	server *Server
}

// Project returns another project of the same emulator, as isolated as another account.
// Its secret key is sk_ and the name.
func (p *Plunk) Project(t remote.TB, name string) *Plunk {
	t.Helper()
	return p.server.project(t, name)
}

// Handler returns the emulator as a handler.
func (p *Plunk) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.server.handler().ServeHTTP(w, r) })
}

// Transport answers requests in memory, without a socket: those to the emulator's own
// address and, for code whose address is fixed, those to api.useplunk.com. Requests to
// other hosts are an error.
func (p *Plunk) Transport() http.RoundTripper { return transport{p.server} }

// Client returns a client with [Plunk.Transport].
func (p *Plunk) Client() *http.Client { return p.server.client() }

// Restart ends the emulator and starts it again at the same address, with all that its
// projects hold but their journals: what clients see of a deployment.
func (p *Plunk) Restart(t remote.TB) {
	t.Helper()
	if err := p.server.restart(); err != nil {
		t.Fatalf("testkit: restarting: %v", err)
	}
}

func (s *Server) restart() error {
	ctx := context.Background()
	states, err := s.states(ctx)
	if err != nil {
		return err
	}
	if s.http != nil {
		s.http.CloseClientConnections()
	}
	if err := s.Close(); err != nil {
		return err
	}
	again, err := mock.New(s.setup.Config)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.mock = again
	s.mu.Unlock()
	for _, client := range states {
		if err := client.PutState(ctx, client.state); err != nil {
			return err
		}
	}
	if s.http != nil {
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", s.http.Listener.Addr().String())
		if err != nil {
			return err
		}
		fresh := httptest.NewUnstartedServer(nil)
		_ = fresh.Listener.Close()
		fresh.Listener = l
		s.http = fresh
	}
	return s.serve()
}

// kept is what a project held, and the client to put it back by.
type kept struct {
	*remote.Client

	state []byte
}

// states returns what each project holds.
func (s *Server) states(ctx context.Context) ([]kept, error) {
	var out struct {
		Projects []struct{ SecretKey string }
	}
	if err := remote.New(remote.Config{URL: s.setup.Config.URL, HTTP: s.client()}).Do(ctx, http.MethodGet, "/projects", nil, nil, &out); err != nil {
		return nil, err
	}
	var list []kept
	for _, project := range out.Projects {
		client := remote.New(remote.Config{URL: s.setup.Config.URL, Key: project.SecretKey, HTTP: s.client()})
		state, err := client.State(ctx)
		if err != nil {
			return nil, err
		}
		list = append(list, kept{client, state})
	}
	return list, nil
}
