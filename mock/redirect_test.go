package mock_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock"
)

// TestRedirectNamesTheConfiguredAddressAlone: someone runs the module, so that what a
// client says must not be in it.
func TestRedirectNamesTheConfiguredAddressAlone(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"":                              `const target = "http://localhost:4580";`,
		"https://plunk.test/mock":       `const target = "https://plunk.test/mock";`,
		`http://x.test/";alert(1)//</a`: `const target = "http://x.test/\";alert(1)//\u003c/a";`,
	} {
		s := newServer(t, mock.Config{URL: url, AllowHosts: []string{"other.test"}})
		r := httptest.NewRequest(http.MethodGet, "http://other.test/_mock/redirect.mjs", nil)
		r.Header.Set("X-Forwarded-Host", "evil.test")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		body, h := w.Body.String(), w.Header()
		if w.Code != http.StatusOK || strings.Count(body, want) != 1 || strings.Contains(body, "other.test") || strings.Contains(body, "evil.test") {
			t.Errorf("%q: %d\n%s", url, w.Code, body)
		}
		if h.Get("Content-Type") != "text/javascript; charset=utf-8" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%q: %v", url, h)
		}
	}
}

func TestNamesOfPlunkAreForTLSAlone(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	for _, c := range []struct {
		host string
		tls  *tls.ConnectionState
		want int
	}{
		{"api.useplunk.com", new(tls.ConnectionState), http.StatusOK},
		{"Next-API.useplunk.com:4543", new(tls.ConnectionState), http.StatusOK},
		{"api.useplunk.com", nil, http.StatusForbidden},
		{"notuseplunk.com", new(tls.ConnectionState), http.StatusForbidden},
		{"api.useplunk.com.evil.test", new(tls.ConnectionState), http.StatusForbidden},
	} {
		r := httptest.NewRequest(http.MethodGet, "http://localhost/_mock/inbox/messages", nil)
		r.Host, r.TLS = c.host, c.tls
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s, TLS %t: %d, want %d", c.host, c.tls != nil, w.Code, c.want)
		}
	}
}
