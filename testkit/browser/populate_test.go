package browser_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"testing"

	"github.com/plunkmock/plunkmock/fixtures"
)

// populate gives the project something for every view to show: that of the demo, and
// what became of it. It returns the id of a mail with all parts.
func (p project) populate(tb testing.TB) (id string) {
	tb.Helper()
	demo, err := fixtures.Parse("demo.yml", fixtures.Demo())
	if err != nil {
		tb.Fatal(err)
	}
	state := maps.Clone(demo.Value["projects"].([]any)[0].(map[string]any)) //nolint:forcetypeassert // it is in the fixture
	state["name"] = p.name
	delete(state, "settings")
	p.do(tb, http.MethodPut, "/_mock/state", object{"version": 1, "projects": []any{state}})
	for _, name := range []string{"ada", "barbara", "charles"} {
		p.do(tb, http.MethodPost, "/v1/track", object{"event": "signed-up", "email": name + "@example.com"})
	}
	p.do(tb, http.MethodPost, "/v1/track", object{
		"event": "invoice-paid", "email": "ida@example.com", "data": object{"invoice": "2030-17", "amount": "12.00 EUR"},
	})
	p.do(tb, http.MethodPost, "/_mock/faults", object{"fault": "createContact:429;times=1"})
	p.call(tb, http.MethodPost, "/v1/contacts", object{"email": "zoe@example.com", "subscribed": true})
	p.call(tb, http.MethodPost, "/v1/send", object{"to": "nobody", "subject": "Refused", "body": "<p>Hi</p>"})
	p.do(tb, http.MethodPost, "/_mock/faults", object{"fault": "getContactCount:500;share=0.3"})
	var sent struct{ Emails []struct{ Email string } }
	if err := json.Unmarshal(p.do(tb, http.MethodPost, "/v1/send", letterWithAll), &sent); err != nil {
		tb.Fatal(err)
	}
	return sent.Emails[0].Email
}
