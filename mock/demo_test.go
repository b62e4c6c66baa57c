package mock_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock"
)

func TestDemoIsThereAndComesBackByReset(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	for range 2 {
		if w := call(s, http.MethodGet, "/v1/contacts/count", "sk_demo", ""); w.Body.String() != `{"count":12}` {
			t.Errorf("the demo answers %s", w.Body)
		}
		call(s, http.MethodPost, "/v1/track", "pk_demo", `{"event": "signed-up", "email": "new@example.com", "data": {"name": "New"}}`)
		w := call(s, http.MethodGet, "/_mock/inbox/messages/latest", "sk_demo", "")
		if !strings.Contains(w.Body.String(), `"subject":"Welcome to Orbit, New"`) {
			t.Errorf("the latest mail is %s", w.Body)
		}
		if w := call(s, http.MethodPost, "/_mock/clock/advance", "sk_demo", `{"by": "1d"}`); !strings.Contains(w.Body.String(), `"ran":1`) {
			t.Errorf("a day later: %s", w.Body)
		}
		if w := call(s, http.MethodPost, "/_mock/reset", "sk_demo", ""); w.Code != http.StatusOK {
			t.Error(w.Body)
		}
	}
	if w := call(s, http.MethodGet, "/v1/contacts/count", "sk_other", ""); w.Body.String() != `{"count":0}` {
		t.Errorf("another project starts with %s", w.Body)
	}
}
