package mock_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock"
)

const newsletter = `{"version": 1, "projects": [{"name": "test", "settings": {"displayName": "<b>Acme</b> & sons"},
 "contacts": [{"id": "ada", "email": "ada@example.com"}],
 "templates": [{"name": "News", "subject": "News", "body": "<p>News</p>"},
  {"name": "Bye", "subject": "Sorry to see you go", "body": "<p>Bye</p>", "type": "TRANSACTIONAL"}],
 "automations": [{"name": "News", "template": "News", "events": ["news"]}, {"name": "Bye", "template": "Bye", "events": ["unsubscribe"]}]}]}`

func newsServer(t *testing.T) http.Handler {
	t.Helper()
	s := newServer(t, mock.Config{})
	if err := s.AddFixture("news", []byte(newsletter)); err != nil {
		t.Fatal(err)
	}
	return s
}

// post sends a form.
func post(h http.Handler, target string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func subscribed(t *testing.T, h http.Handler) bool {
	t.Helper()
	w := call(h, http.MethodGet, "/v1/contacts/ada", "sk_test", "")
	return strings.Contains(w.Body.String(), `"subscribed":true`)
}

func TestLinkInMailUnsubscribesAndStartsAnAutomation(t *testing.T) {
	t.Parallel()
	h := newsServer(t)
	call(h, http.MethodPost, "/v1/track", "sk_test", `{"event": "news", "email": "ada@example.com"}`)
	mail := call(h, http.MethodGet, "/_mock/inbox/messages/latest/html", "sk_test", "").Body.String()
	link := regexp.MustCompile(`href="(http[^"]+/unsubscribe/[^"]+)"`).FindStringSubmatch(mail)
	if link == nil {
		t.Fatalf("there is no link in %s", mail)
	}
	page := call(h, http.MethodGet, strings.TrimPrefix(link[1], "http://localhost:4580"), "", "")
	if page.Code != http.StatusOK || !subscribed(t, h) {
		t.Errorf("looking at the page gave %d, and the contact is subscribed: %v", page.Code, subscribed(t, h))
	}
	if text := page.Body.String(); !strings.Contains(text, "&lt;b&gt;Acme&lt;/b&gt; &amp; sons") || strings.Contains(text, "<b>Acme") || strings.Contains(text, "<script") {
		t.Errorf("the page is %s", text)
	}
	action := regexp.MustCompile(`action="([^"]+)"`).FindStringSubmatch(page.Body.String())
	w := post(h, "http://localhost"+action[1], url.Values{"by": {"form"}})
	if w.Code != http.StatusSeeOther || subscribed(t, h) {
		t.Errorf("the form gave %d, and the contact is subscribed: %v", w.Code, subscribed(t, h))
	}
	if back := call(h, http.MethodGet, w.Header().Get("Location"), "", ""); back.Code != http.StatusOK || !strings.Contains(back.Body.String(), "gets no news") {
		t.Errorf("it leads to %d %s", back.Code, back.Body)
	}
	if bye := call(h, http.MethodGet, "/_mock/inbox/messages/latest?automation=Bye", "sk_test", ""); bye.Code != http.StatusOK {
		t.Errorf("no automation started: %s", bye.Body)
	}
}

func TestOneClickUnsubscribes(t *testing.T) {
	t.Parallel()
	h := newsServer(t)
	call(h, http.MethodPost, "/v1/track", "sk_test", `{"event": "news", "email": "ada@example.com"}`)
	raw := call(h, http.MethodGet, "/_mock/inbox/messages/latest/raw", "sk_test", "").Body.String()
	unfolded := strings.ReplaceAll(raw, "\r\n ", " ")
	link := regexp.MustCompile(`List-Unsubscribe:\s*<([^>]+)>`).FindStringSubmatch(unfolded)
	if link == nil || !strings.Contains(unfolded, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n") {
		t.Fatalf("the header is missing in\n%s", raw)
	}
	w := post(h, link[1], url.Values{"List-Unsubscribe": {"One-Click"}})
	if w.Code != http.StatusOK || subscribed(t, h) {
		t.Errorf("one click gave %d %s, and the contact is subscribed: %v", w.Code, w.Body, subscribed(t, h))
	}
	w = post(h, strings.Replace(link[1], "/unsubscribe/", "/subscribe/", 1), nil)
	if w.Code != http.StatusOK || !subscribed(t, h) {
		t.Errorf("coming back gave %d %s", w.Code, w.Body)
	}
	for _, c := range []struct {
		value string
		code  int
		want  bool
	}{{"false", http.StatusOK, false}, {"maybe", http.StatusUnprocessableEntity, false}, {"true", http.StatusOK, true}} {
		w := post(h, "http://localhost/manage/ada?project=test", url.Values{"subscribed": {c.value}})
		if w.Code != c.code || subscribed(t, h) != c.want {
			t.Errorf("%s: %d, subscribed %v", c.value, w.Code, subscribed(t, h))
		}
	}
}

func TestPagesRefuse(t *testing.T) {
	t.Parallel()
	h := newsServer(t)
	for _, c := range []struct {
		name, method, target, host, origin string
		want                               int
	}{
		{"no such contact", http.MethodGet, "/unsubscribe/nobody?project=test", "localhost", "", http.StatusNotFound},
		{"no such project", http.MethodGet, "/unsubscribe/ada?project=nothing", "localhost", "", http.StatusNotFound},
		{"any project", http.MethodGet, "/unsubscribe/ada", "localhost", "", http.StatusOK},
		{"a name of the web", http.MethodGet, "/unsubscribe/ada", "evil.example", "", http.StatusForbidden},
		{"another origin", http.MethodPost, "/unsubscribe/ada", "localhost", "http://evil.example", http.StatusForbidden},
		{"another method", http.MethodDelete, "/unsubscribe/ada", "localhost", "", http.StatusMethodNotAllowed},
	} {
		r := httptest.NewRequest(c.method, "http://"+c.host+c.target, nil)
		if c.origin != "" {
			r.Header.Set("Origin", c.origin)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != c.want || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %s, want %d", c.name, w.Code, w.Header().Get("Content-Type"), c.want)
		}
	}
	if !subscribed(t, h) {
		t.Error("a refused call changed the contact")
	}
	// The same ID in two projects.
	if w := call(h, http.MethodPost, "/_mock/fixtures", "", strings.Replace(newsletter, `"test"`, `"other"`, 1)); w.Code != http.StatusCreated {
		t.Fatal(w.Body)
	}
	if w := call(h, http.MethodGet, "/unsubscribe/ada", "", ""); w.Code != http.StatusConflict {
		t.Errorf("an ID of two projects: %d", w.Code)
	}
}
