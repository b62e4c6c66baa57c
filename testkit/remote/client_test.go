package remote_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock"
	"github.com/plunkmock/plunkmock/testkit/internal/fake"
	"github.com/plunkmock/plunkmock/testkit/remote"
)

// What answers in the place of an emulator of this version is told from it.
func TestVersion(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]string{
		mock.Version: "",
		"0.1.9":      "",
		"0.2.0":      "plunkmock 0.2.0 answers at URL, and this client speaks 0.1; take the client and the server of one version",
		"0.10.0":     "plunkmock 0.10.0 answers at URL, and this client speaks 0.1; take the client and the server of one version",
		"":           "what answers at URL is no plunkmock, for it sends no X-Plunkmock header",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if version != "" {
				w.Header().Set("X-Plunkmock", version)
			}
			_, _ = w.Write([]byte("{}"))
		}))
		_, err := remote.New(remote.Config{URL: server.URL + "/"}).Info(t.Context())
		server.Close()
		if want == "" {
			if err != nil {
				t.Errorf("%s: %v", version, err)
			}
			continue
		}
		if want = strings.Replace(want, "URL", server.URL, 1); err == nil || !strings.HasSuffix(err.Error(), want) || !errors.Is(err, remote.ErrVersion) {
			t.Errorf("%q: got %v, want %s", version, err, want)
		}
	}
}

func TestNoServer(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(nil)
	server.Close()
	_, err := remote.New(remote.Config{URL: server.URL}).Info(t.Context())
	if err == nil || !strings.HasPrefix(err.Error(), "remote: no plunkmock answers at "+server.URL+": ") {
		t.Error(err)
	}
}

// A redirect is not followed: the key is for the server that was named.
func TestRedirect(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it is followed") }))
	defer other.Close()
	server := httptest.NewServer(http.RedirectHandler(other.URL+"/_mock/", http.StatusTemporaryRedirect))
	defer server.Close()
	_, err := remote.New(remote.Config{URL: server.URL}).Info(t.Context())
	if want := "what answers at " + server.URL + " is no plunkmock, and leads to " + other.URL + "/_mock/; take the address of plunkmock itself"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"localhost:4580", "127.0.0.1:4580", "ftp://localhost", "http://localhost:4580/v1/", "http://"} {
		_, err := remote.New(remote.Config{URL: address}).Info(t.Context())
		want := "remote: the server's address (Config.URL, or PLUNKMOCK_URL) must be as http://localhost:4580, not " + strings.TrimRight(address, "/") + ": "
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// A server that another program runs is told from none.
func TestConnectFails(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.NotFoundHandler())
	connect := func(t *fake.T) { remote.New(remote.Config{URL: server.URL}).Connect(t) }
	if said := fake.Run("TestConnect", connect); !strings.Contains(said, "is no plunkmock") || strings.Contains(said, "Start an emulator") {
		t.Error(said)
	}
	server.Close()
	if said := fake.Run("TestConnect", connect); !strings.Contains(said, "\nStart an emulator with `plunkmock`, or say in PLUNKMOCK_URL where one is.\nFAIL") {
		t.Error(said)
	}
}

// An emulator that takes mail at every address takes it where it is reached.
func TestSMTPAddrOfContainer(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]string{"[::]:4525": "127.0.0.1:4525", "0.0.0.0:4525": "127.0.0.1:4525", "127.0.0.2:4525": "127.0.0.2:4525"} {
		emulator, err := mock.New(mock.Config{SMTP: at})
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(emulator)
		if got := remote.Use(t, remote.New(remote.Config{URL: server.URL})).SMTPAddr(t); got != want {
			t.Errorf("%s is %s, want %s", at, got, want)
		}
		server.Close()
		_ = emulator.Close()
	}
}

// Refusals of the server name what was wrong; so do files that are not as they should be.
func TestErrors(t *testing.T) {
	t.Parallel()
	c := remote.Connect(t).Control()
	_, err := c.Messages(t.Context(), remote.Kind("sms"))
	if failed, ok := errors.AsType[*remote.Error](err); !ok || failed.Status != http.StatusUnprocessableEntity || !strings.Contains(err.Error(), "kind") {
		t.Error(err)
	}
	file := filepath.Join(t.TempDir(), "wrong.yml")
	if err := os.WriteFile(file, []byte("version: 1\nprojects:\n  - name: shop\n    contact: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.LoadFixture(t.Context(), file); err == nil || !strings.Contains(err.Error(), file+": 422") || !strings.Contains(err.Error(), "contact") {
		t.Error(err)
	}
	if err := c.LoadFixture(t.Context(), file+".none"); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
	if err := c.CreateProject(t.Context()); err == nil || !strings.Contains(err.Error(), "409") {
		t.Error(err)
	}
}
