package mock_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock"
)

// event is one server-sent event, with what its data holds.
type event struct {
	id, name string

	ID, Cursor   string // of a call; of a fault, the rule's
	Messages     []string
	Did, Request string
	Rule         struct{ Struck int }
	Missed       int
}

// follow opens the stream of the project test; next returns the next event, the zero
// event at the end.
func follow(t *testing.T, address, query, lastEventID string) (next func() event) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/_mock/events/stream"+query, nil)
	r.Header.Set("Authorization", "Bearer sk_test")
	if lastEventID != "" {
		r.Header.Set("Last-Event-ID", lastEventID)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	if kind := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/event-stream") {
		t.Fatalf("status %d, %s", response.StatusCode, kind)
	}
	lines := bufio.NewReaderSize(response.Body, 1<<20)
	if line, _ := lines.ReadString('\n'); !strings.HasPrefix(line, ":") {
		t.Fatalf("the stream begins with %q", line)
	}
	return func() event { return readEvent(lines) }
}

func readEvent(lines *bufio.Reader) (e event) {
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return event{}
		}
		field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch field {
		case "id":
			e.id = value
		case "event":
			e.name = value
		case "data":
			if err := json.Unmarshal([]byte(value), &e); err != nil {
				return event{name: err.Error()}
			}
		}
		if line == "\n" && e.name != "" {
			return e
		}
	}
}

func TestStreamTellsCallsAndFaults(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	address := listening(t, s)
	call(s, http.MethodPost, "/v1/send", "sk_test", smallMail)
	next := follow(t, address, "", "")
	call(s, http.MethodPost, "/v1/send", "sk_other", smallMail)
	w := call(s, http.MethodPost, "/v1/send", "sk_test", smallMail)
	first := next()
	if answered := w.Header().Get("X-Plunkmock-Request"); first.name != "request" || first.ID != answered || first.id != first.Cursor || len(first.Messages) != 1 {
		t.Errorf("the first event is %+v", first)
	}
	call(s, http.MethodPost, "/_mock/faults", "sk_test", `{"id": "busy", "status": 429}`)
	call(s, http.MethodPost, "/v1/send", "sk_test", smallMail)
	second, third := next(), next()
	if third.id != second.id || second.id <= first.id || second.name+" "+third.name != "request fault" {
		t.Errorf("then come %+v and %+v", second, third)
	}
	if third.ID != "busy" || third.Did != "429" || third.Rule.Struck != 1 || third.Request != second.ID {
		t.Errorf("the fault is %+v", third)
	}
}

func TestStreamGoesOnBehindWhatWasSeen(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	address := listening(t, s)
	next := follow(t, address, "", "")
	for range 3 {
		call(s, http.MethodPost, "/v1/send", "sk_test", smallMail)
	}
	first, second, third := next(), next(), next()
	for name, again := range map[string]func() event{
		"Last-Event-ID": follow(t, address, "", first.id),
		"after":         follow(t, address, "?after="+first.id, ""),
		"both":          follow(t, address, "?after="+third.id, first.id),
	} {
		if e := again(); e.id != second.id || e.name != "request" {
			t.Errorf("%s: goes on with %+v", name, e)
		}
	}
	call(s, http.MethodDelete, "/_mock/projects/test", "", "")
	if e := next(); e.name != "" {
		t.Errorf("after the project is deleted comes %+v", e)
	}
}

func TestStreamEndsWithTheServer(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{Limits: mock.Limits{Waits: 1}})
	address := listening(t, s)
	next := follow(t, address, "", "")
	if w := call(s, http.MethodGet, "/_mock/events/stream", "sk_test", ""); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "--max-waits") {
		t.Errorf("a second stream: %d %s", w.Code, w.Body)
	}
	s.Drain()
	if e := next(); e.name != "" {
		t.Errorf("after the stop comes %+v", e)
	}
	if w := call(s, http.MethodGet, "/_mock/events/stream", "sk_test", ""); w.Code != http.StatusServiceUnavailable {
		t.Errorf("a new stream: %d %s", w.Code, w.Body)
	}
}

func TestStreamRefusesWhatIsNoCursor(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	r := httptest.NewRequest(http.MethodGet, "http://localhost/_mock/events/stream", nil)
	r.Header.Set("Last-Event-ID", "yesterday")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Last-Event-ID: must be a cursor") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := call(s, http.MethodGet, "/_mock/events/stream?after=1", "sk_test", ""); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestSlowReaderLearnsWhatItMissed never reads while far more happens than the
// journal keeps and the connection takes.
func TestSlowReaderLearnsWhatItMissed(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{Limits: mock.Limits{Requests: 10}})
	next := follow(t, listening(t, s), "", "")
	body := fmt.Sprintf(`{"to": "ada@example.com", "subject": "s", "body": %q}`, strings.Repeat("x", 60_000))
	const calls = 500
	for range calls {
		call(s, http.MethodPost, "/v1/send", "sk_test", body)
	}
	seen, missed := 0, 0
	for seen+missed < calls {
		switch e := next(); e.name {
		case "request":
			seen++
		case "gap":
			missed += e.Missed
		default:
			t.Fatalf("after %d events and %d missed comes %+v", seen, missed, e)
		}
	}
	if seen+missed != calls || missed == 0 {
		t.Errorf("%d seen and %d missed, of %d", seen, missed, calls)
	}
}

// TestStreamAfterARestart is of a client whose cursor is ahead of all that the server
// knows.
func TestStreamAfterARestart(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	address := listening(t, s)
	call(s, http.MethodPost, "/v1/send", "sk_test", smallMail)
	next := follow(t, address, "", "00000000000zz")
	call(s, http.MethodPost, "/v1/send", "sk_test", smallMail)
	if gap, first, second := next(), next(), next(); gap.name != "gap" || gap.Missed < 1 || first.name != "request" || second.name != "request" || second.id <= first.id {
		t.Errorf("it gets %+v, %+v, %+v", gap, first, second)
	}
	for _, path := range []string{"/_mock/requests", "/_mock/inbox/messages", "/_mock/requests/unassigned"} {
		if w := call(s, http.MethodGet, path+"?after=00000000000zz", "", ""); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "another run") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if w := call(s, http.MethodPost, "/_mock/requests/verify", "", `{"after": "00000000000zz", "count": {"exactly": 0}}`); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("verify: %d %s", w.Code, w.Body)
	}
}
