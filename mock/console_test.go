package mock_test

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock"
)

var module = regexp.MustCompile(`src="(/_mock/console/\w+/main\.js)"`)

// ask asks for a page of the console as a client would that accepts what is given.
func ask(h http.Handler, method, target, host, accept string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	r.Host = host
	r.Header.Set("Accept", accept)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestRootShowsTheConsoleToBrowsers(t *testing.T) {
	t.Parallel()
	const browser = "text/html,application/xhtml+xml,*/*;q=0.8"
	h := newServer(t, mock.Config{})
	page := ask(h, http.MethodGet, "/", "localhost:4580", browser)
	if page.Code != http.StatusOK || !module.MatchString(page.Body.String()) {
		t.Errorf("a browser gets %d %s", page.Code, page.Body)
	}
	program := ask(h, http.MethodGet, "/", "localhost:4580", "*/*")
	if program.Code != http.StatusOK || !strings.HasPrefix(program.Body.String(), `{"name":"plunkmock"`) {
		t.Errorf("a program gets %d %s", program.Code, program.Body)
	}
	for name, w := range map[string]*httptest.ResponseRecorder{"browser": page, "program": program} {
		if w.Header().Get("Vary") != "Accept" {
			t.Errorf("the answer to a %s may be kept for others: Vary is %q", name, w.Header().Get("Vary"))
		}
	}
	if w := ask(h, http.MethodHead, "/", "localhost:4580", browser); w.Code != http.StatusOK || w.Body.Len() > 0 {
		t.Errorf("HEAD gets %d and %d bytes", w.Code, w.Body.Len())
	}
}

// TestConsoleOfAForeignName refuses a page whose name was made to lead here.
func TestConsoleOfAForeignName(t *testing.T) {
	t.Parallel()
	h := newServer(t, mock.Config{AllowHosts: []string{"mail.test.example"}})
	file := module.FindStringSubmatch(ask(h, http.MethodGet, "/", "localhost", "text/html").Body.String())[1]
	for _, target := range []string{"/", file} {
		w := ask(h, http.MethodGet, target, "evil.example", "text/html")
		if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "--allow-host evil.example") ||
			!strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			t.Errorf("%s under a foreign name gives %d %s", target, w.Code, w.Body)
		}
		if w := ask(h, http.MethodGet, target, "mail.test.example", "text/html"); w.Code != http.StatusOK {
			t.Errorf("%s under an allowed name gives %d", target, w.Code)
		}
	}
	if w := ask(h, http.MethodGet, "/_mock/console/nothing.js", "localhost", "*/*"); w.Code != http.StatusNotFound {
		t.Errorf("a file that is not there gives %d", w.Code)
	}
	if w := ask(h, http.MethodPost, file, "localhost", "*/*"); w.Code != http.StatusNotFound {
		t.Errorf("a POST to a file gives %d", w.Code)
	}
}
