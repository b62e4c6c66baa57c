package mock_test

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock"
	"github.com/plunkmock/plunkmock/mock/internal/contract"
)

// refusals calls every operation of the control API in each way that all of
// them refuse, so that the documents see those answers too.
func refusals(t *testing.T, d *documents) {
	t.Helper()
	open, strict := newServer(t, mock.Config{}), newServer(t, mock.Config{Keys: mock.KeysStrict})
	small := newServer(t, mock.Config{Limits: mock.Limits{Body: 10}})
	bodies := map[string]string{
		"advanceClock": `{"by": "1h"}`, "setClock": `{"at": "2100-01-01T00:00:00Z"}`, "addMessageEvent": `{"type": "open"}`,
		"putState": `{"version": 1, "projects": [{"name": "shop"}]}`, "addFixture": `{"version": 1, "projects": [{"name": "shop"}]}`,
		"createFault": `{"status": 500}`, "putFault": `{"status": 500}`, "switchFault": `{"enabled": false}`,
	}
	seen := func(s *mock.Server, op *contract.Operation, target string, want int, change func(*http.Request)) {
		t.Helper()
		r := httptest.NewRequest(op.Method, "http://localhost/_mock"+target, nil)
		change(r)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		d.check(t, r, w)
		if w.Code != want {
			t.Errorf("%s %s answered %d, want %d: %s", op.Method, target, w.Code, want, w.Body)
		}
	}
	for _, op := range d.control.Operations() {
		path := strings.NewReplacer("{id}", "nothing", "{name}", "nothing", "{n}", "0").Replace(op.Path)
		ofProject := op.HasParameter("project")
		as := func(key string) func(*http.Request) {
			return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+key) }
		}
		seen(open, op, path, http.StatusForbidden, func(r *http.Request) { r.Host = "evil.example" })
		seen(open, op, path+"?nonsense=1", http.StatusUnprocessableEntity, as("sk_test"))
		if ofProject {
			seen(open, op, path, http.StatusUnauthorized, as("pk_test"))
			seen(open, op, path, http.StatusUnauthorized, as("sk_invalid"))
		}
		body := cmp.Or(bodies[op.ID], "{}")
		send := func(r *http.Request) {
			if op.TakesBody() {
				*r = *httptest.NewRequest(r.Method, r.URL.String(), strings.NewReader(body))
				r.Header.Set("Content-Type", "application/json")
			}
		}
		if op.TakesBody() {
			seen(small, op, path, http.StatusRequestEntityTooLarge, func(r *http.Request) {
				*r = *httptest.NewRequest(r.Method, r.URL.String(), strings.NewReader(`{"name":""}`))
			})
		}
		if ofProject || strings.Contains(path, "nothing") {
			seen(strict, op, path, http.StatusNotFound, send)
		}
		if ofProject && strings.Contains(path, "nothing") {
			seen(open, op, path, http.StatusNotFound, send)
		}
		if strings.HasPrefix(path, "/openapi") {
			seen(open, op, path, http.StatusOK, func(*http.Request) {})
		}
	}
}
