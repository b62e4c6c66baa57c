package remote_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/plunkmock/plunkmock/mock"
	"github.com/plunkmock/plunkmock/testkit"
	"github.com/plunkmock/plunkmock/testkit/remote"
)

// shared runs in this process, and server in another for all that a client can tell.
var shared = testkit.Shared()

func TestMain(m *testing.M) {
	emulator, err := mock.New(mock.Config{Clock: testkit.Epoch, Seed: "remote"})
	if err != nil {
		panic(err)
	}
	server := httptest.NewServer(emulator)
	_ = os.Setenv("PLUNKMOCK_URL", server.URL)
	code := m.Run()
	emulator.Drain()
	server.Close()
	_ = emulator.Close()
	_ = shared.Close()
	os.Exit(code)
}

// tester is the test of one sort of emulator.
type tester interface {
	remote.TB
	Context() context.Context
	Error(args ...any)
	Fatal(args ...any)
}

// both runs a test with each sort of emulator: they are the same to it.
func both(t *testing.T, test func(t tester, p *remote.Plunk)) {
	t.Helper()
	t.Parallel()
	for way, connect := range map[string]func(t *testing.T) *remote.Plunk{
		"own":    func(t *testing.T) *remote.Plunk { t.Helper(); return testkit.Start(t).Plunk },
		"shared": func(t *testing.T) *remote.Plunk { t.Helper(); return shared.Start(t).Plunk },
		"remote": func(t *testing.T) *remote.Plunk { t.Helper(); return remote.Connect(t) },
	} {
		t.Run(way, func(t *testing.T) {
			t.Parallel()
			test(t, connect(t))
		})
	}
}

// send mails as an application would.
func send(t tester, p *remote.Plunk, to, subject, body string) (status int) {
	t.Helper()
	return post(t, p, "/send", map[string]any{
		"to": to, "subject": subject, "body": body, "attachments": []map[string]string{{"filename": "terms.txt", "content": "aGk="}},
	})
}

func post(t tester, p *remote.Plunk, path string, body any) (status int) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.APIURL()+path, jsonOf(t, body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+p.SecretKey())
	r.Header.Set("Content-Type", "application/json")
	response, err := p.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}
