package mock_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/mock"
)

// full brings a project to have some of everything.
func full(t *testing.T, h http.Handler, key string) {
	t.Helper()
	for _, c := range []struct{ method, path, body string }{
		{http.MethodPost, "/v1/track", `{"event": "signed-up", "email": "ada@example.com", "data": {"name": "Ada", "n": [1, 2.5, {"x": null}]}}`},
		{http.MethodPost, "/v1/track", `{"event": "activated", "email": "bob@example.com", "subscribed": false}`},
		{http.MethodPost, "/v1/send", `{"to": "eve@example.com", "subject": "Grüße {{plunk_id}}", "body": "<p>ü</p>", "headers": {"X-A": "b"},
			"attachments": [{"filename": "ä.bin", "content": "AAECAwQ="}]}`},
		{http.MethodPost, "/_mock/inbox/messages/latest/read", ""},
		{http.MethodPost, "/_mock/inbox/messages/latest/events", `{"type": "open"}`},
		{http.MethodPost, "/v1/campaigns", `{"subject": "Soon", "body": "<p>b</p>", "recipients": ["ada@example.com"]}`},
		{http.MethodPost, "/_mock/faults", `{"fault": "getContacts:drop=after,delay=1ms+truncate=5,pass;after=1;times=9;expires=1d", "id": "script"}`},
		{http.MethodPost, "/_mock/faults", `{"operation": "getContactCount", "rateLimit": {"requests": 20, "per": "1s", "burst": 50}}`},
		{http.MethodPost, "/_mock/faults", `{"delay": {"lognormal": {"median": "90ms", "sigma": 0.4}}, "body": "", "contentType": "x/y", "headers": {"X-A": "b"}, "email": "*@example.org"}`},
		{http.MethodGet, "/v1/contacts", ""},
		{http.MethodPost, "/_mock/clock/advance", `{"by": "1h"}`},
	} {
		if w := call(h, c.method, c.path, key, c.body); w.Code >= http.StatusMultipleChoices {
			t.Fatalf("%s %s: %d %s", c.method, c.path, w.Code, w.Body)
		}
	}
	w := call(h, http.MethodGet, "/_mock/campaigns?limit=1", key, "")
	id := regexp.MustCompile(`"id":"([^"]+)"`).FindStringSubmatch(w.Body.String())[1]
	if w := call(h, http.MethodPost, "/v1/campaigns/send", key, `{"id": "`+id+`", "live": true, "delay": 600}`); w.Code != http.StatusOK {
		t.Fatal(w.Body)
	}
}

// stands makes a server whose real time stands still.
func stands(t *testing.T, c mock.Config) *mock.Server {
	t.Helper()
	c.Now = func() time.Time { return epoch }
	return newServer(t, c)
}

func TestExportPutBackIsTheSameState(t *testing.T) {
	t.Parallel()
	for _, clock := range []string{"freeze", "resume"} {
		s := stands(t, mock.Config{})
		full(t, s, "sk_demo")
		call(s, http.MethodPost, "/_mock/clock/"+clock, "sk_demo", "")
		export := func(key string) string {
			return call(s, http.MethodGet, "/_mock/state?messages=true", key, "").Body.String()
		}
		want := export("sk_demo")
		if !strings.Contains(want, `"tasks":[{`) || !strings.Contains(want, `"messages":[{`) || !strings.Contains(want, `"matched":1,"struck":0,"left":9`) {
			t.Fatalf("the state lacks something: %s", want)
		}
		call(s, http.MethodPost, "/_mock/reset", "sk_demo", "")
		if export("sk_demo") == want {
			t.Fatal("a reset changes nothing")
		}
		for _, key := range []string{"sk_demo", "sk_copy"} {
			if w := call(s, http.MethodPut, "/_mock/state", key, want); w.Code != http.StatusOK {
				t.Fatal(w.Body)
			}
			got := strings.NewReplacer(`"name":"copy"`, `"name":"demo"`, "sk_copy", "sk_demo", "pk_copy", "pk_demo").Replace(export(key))
			if got != want {
				t.Errorf("%s, %s: put back as\n%s\nwant\n%s", clock, key, got, want)
			}
			// And it goes on alike.
			if w := call(s, http.MethodPost, "/_mock/clock/advance", key, `{"by": "1d"}`); !strings.Contains(w.Body.String(), `"ran":2`) {
				t.Errorf("%s, %s: %s", clock, key, w.Body)
			}
		}
		yaml := call(s, http.MethodGet, "/_mock/state?format=yaml", "sk_copy", "").Body.String()
		if err := s.CheckFixture("export.yml", []byte(strings.ReplaceAll(yaml, "copy", "other"))); err != nil {
			t.Errorf("the export is no fixture: %v\n%s", err, yaml)
		}
	}
}

func TestSameCallsSameMails(t *testing.T) {
	t.Parallel()
	mails := func(project string) string {
		s := newServer(t, mock.Config{Seed: "seed", Clock: epoch, URL: "http://plunk.test"})
		var all strings.Builder
		for range 2 { // a reset starts over
			full(t, s, "sk_"+project)
			ids := regexp.MustCompile(`"id":"([^"]+)","cursor"`).FindAllStringSubmatch(call(s, http.MethodGet, "/_mock/inbox/messages", "sk_"+project, "").Body.String(), -1)
			if len(ids) < 2 {
				t.Fatal("there are no mails")
			}
			for _, id := range ids {
				all.WriteString(call(s, http.MethodGet, "/_mock/inbox/messages/"+id[1]+"/raw", "sk_"+project, "").Body.String())
			}
			call(s, http.MethodPost, "/_mock/reset", "sk_"+project, "")
			all.WriteString("\x00")
		}
		first, second, _ := strings.Cut(all.String(), "\x00")
		if first != strings.TrimSuffix(second, "\x00") {
			t.Errorf("after a reset the mails are\n%s\nthey were\n%s", second, first)
		}
		return first
	}
	a, again := mails("demo"), mails("demo")
	if a != again {
		t.Errorf("the mails differ:\n%s\n%s", a, again)
	}
}

func TestProjectsOfOneSeedShareNoID(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{Seed: "seed", Clock: epoch})
	if err := s.AddFixture("two.yml", []byte("version: 1\nprojects: [{name: demo}, {name: other}]\n")); err != nil {
		t.Fatal(err)
	}
	uuids := regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)
	seen := map[string]string{}
	for _, project := range []string{"demo", "other"} {
		for i := range 20 {
			call(s, http.MethodPost, "/v1/send", "sk_"+project, fmt.Sprintf(`{"to": "u%d@example.com", "subject": "s", "body": "b"}`, i))
		}
		for _, id := range uuids.FindAllString(call(s, http.MethodGet, "/_mock/state?messages=true", "sk_"+project, "").Body.String(), -1) {
			if other := seen[id]; other != "" && other != project {
				t.Errorf("%s is in %s and in %s", id, other, project)
			}
			seen[id] = project
		}
	}
}

func TestPutStateRefusesWrongMails(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	for _, message := range []string{`{}`, `{"message": {}}`, `{"message": {"ID": 1}}`, `{"message": {"ID": "x"}, "more": 1}`} {
		w := call(s, http.MethodPut, "/_mock/state", "sk_test", `{"version": 1, "projects": [{"name": "test", "messages": [`+message+`]}]}`)
		if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "projects[0].messages[0]") {
			t.Errorf("%s: %d %s", message, w.Code, w.Body)
		}
	}
}

func TestFixtureOverHTTPMayBeYAML(t *testing.T) {
	t.Parallel()
	s := stands(t, mock.Config{})
	full(t, s, "sk_demo")
	want := call(s, http.MethodGet, "/_mock/state", "sk_demo", "").Body.String()
	yaml := call(s, http.MethodGet, "/_mock/state?format=yaml", "sk_demo", "").Body.String()
	send := func(method, path, body string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/yaml; charset=utf-8")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		return w
	}
	call(s, http.MethodPost, "/_mock/reset", "sk_demo", "")
	if w := send(http.MethodPut, "/_mock/state?project=demo", yaml); w.Code != http.StatusOK {
		t.Fatal(w.Body)
	}
	if got := call(s, http.MethodGet, "/_mock/state", "sk_demo", "").Body.String(); got != want {
		t.Errorf("put back as\n%s\nwant\n%s", got, want)
	}
	for body, want := range map[string]string{
		"version: 1\nprojects: [{nome: x}]": "projects[0].nome", "version: [": "body:1: is not valid YAML", "": "is empty",
	} {
		if w := send(http.MethodPost, "/_mock/fixtures", body); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%q: %d %s", body, w.Code, w.Body)
		}
	}
	if w := send(http.MethodPatch, "/_mock/settings?project=demo", "displayName: x"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("settings take YAML: %s", w.Body)
	}
}
