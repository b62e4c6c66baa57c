package mock_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock"
)

// FuzzRequest sends any method, path and body. Whatever comes in, the answer is
// no 5xx, and an error is JSON in Plunk's shape.
func FuzzRequest(f *testing.F) {
	for _, seed := range []struct{ method, path, body string }{
		{"POST", "/v1/send", sendBody},
		{"POST", "/v1/send", `{"to":["a@example.com",1],"headers":{"X":1},"attachments":[{"content":"aGk"}]}`},
		{"POST", "/track", `{"event":"e","email":"a@example.com","data":{"a":{"value":[],"persistent":false}}}`},
		{"PUT", "/api/v1/contacts", `{"id":"x","data":{"a":null}}`},
		{"POST", "/v1/campaigns/send", `{"id":"x","live":true,"delay":1e300}`},
		{"GET", "/v1/contacts/%2e%2e%2f", ""},
		{"GET", "/_mock/inbox/messages?limit=0&to=a@example.com&since=x", ""},
		{"GET", "/_mock/inbox/wait?timeout=0s&count=0", ""},
		{"PATCH", "/_mock/settings", `{"members":["a@example.com"]}`},
		{"POST", "/_mock/reset", `{"keep":["contacts"]}`},
	} {
		f.Add(seed.method, seed.path, seed.body)
	}
	s, err := mock.New(mock.Config{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = s.Close() })
	f.Fuzz(func(t *testing.T, method, target, body string) {
		u, err := url.ParseRequestURI(target)
		if err != nil || !strings.HasPrefix(target, "/") || method == "" || strings.Contains(target, "/wait") {
			t.Skip("not a request that net/http would pass on, or one that takes its time")
		}
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Method, r.URL = method, u
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer sk_fuzz")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if w.Code >= 400 {
			isError(t, w)
		}
	})
}

// isError fails for an answer that is not an error of Plunk's shape.
func isError(t *testing.T, w *httptest.ResponseRecorder) {
	t.Helper()
	var e struct {
		Success *bool
		Code    int
		Message string
		Time    int64
	}
	if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || e.Success == nil || *e.Success || e.Code != w.Code || e.Message == "" || e.Time == 0 {
		t.Fatalf("not an error of Plunk's shape (%v): %s", err, w.Body)
	}
}
