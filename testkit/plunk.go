package testkit

import (
	"context"
	"net/http"

	"github.com/plunkmock/plunkmock/testkit/remote"
)

// Plunk is a project of an emulator in this process, for a test.
type Plunk struct {
	*remote.Plunk

	server *Server
	prefix string // of the names of further projects
}

// Project returns another project of the same emulator, as isolated as another account.
// Its secret key is sk_ and the name or, on a [Shared] server, one that no other test has.
// The same name again is the same project. The one with the name demo is not empty.
func (p *Plunk) Project(t remote.TB, name string) *Plunk {
	t.Helper()
	if p.prefix == "" && name == first {
		t.Fatalf("testkit: the project %q is the one that Start returns; take another name", name)
	}
	return p.server.project(t, p.prefix+name, p.prefix)
}

// Handler returns the emulator as a handler.
func (p *Plunk) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		run, err := p.server.enter()
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		defer run.calls.end()
		run.mock.ServeHTTP(w, r)
	})
}

// Transport answers requests in memory, without a socket: those to the emulator's own
// address and, for code whose address is fixed, those to api.useplunk.com. Requests to
// other hosts are an error.
func (p *Plunk) Transport() http.RoundTripper {
	return transport{p.server.url, p.server.enter}
}

// Client returns a client with [Plunk.Transport].
func (p *Plunk) Client() *http.Client { return p.server.client() }

// Restart ends the emulator and starts it again at the same address, with all that its
// projects hold but their journals: what clients see of a deployment. Held waits end with
// a 503. All tests of a [Shared] server see it, so it is for a server of the test's own.
func (p *Plunk) Restart(t remote.TB) {
	t.Helper()
	if err := p.server.restart(context.Background()); err != nil {
		t.Fatalf("testkit: restarting: %v", err)
	}
}
