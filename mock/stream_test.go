package mock_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/plunkmock/plunkmock/mock"
)

const eventStream = "/_mock/events/stream"

// event is one server-sent event, with what its data holds.
type event struct {
	id, name string

	ID, Cursor   string // of a call; of a fault, the rule's
	Messages     []string
	Operation    string
	Did, Request string
	Rule         struct{ Struck int }
	Missed       int
	IDs          []string
	Mode         string
	Project      string
	Status       any // of a message or a call
	Read         bool
	Total        int
	Enabled      any // of a rule, or how many of them
}

// follow opens a stream of the project test; next returns the next event, the zero
// event at the end.
func follow(t *testing.T, address, path, lastEventID string) (next func() event) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	r, _ := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+path, nil)
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

func TestStreamTellsAllThatHappens(t *testing.T) {
	t.Parallel()
	steps := []struct{ method, path, body, all, inbox string }{
		{http.MethodPost, "/v1/send", smallMail, "message request", "message"},
		{http.MethodPost, "/_mock/faults", `{"id": "busy", "fault": "sendEmail:429,pass"}`, "faults", ""},
		{http.MethodPost, "/v1/send", smallMail, "request fault", ""},
		{http.MethodPost, "/v1/send", smallMail, "message request fault", "message"},
		{http.MethodPost, "/_mock/inbox/messages/latest/unread", "", "", ""},
		{http.MethodPost, "/_mock/inbox/messages/latest/read", "", "changed", "changed"},
		{http.MethodPost, "/_mock/inbox/messages/latest/read", "", "", ""},
		{http.MethodPost, "/_mock/inbox/messages/latest/events", `{"type": "open"}`, "changed", "changed"},
		{http.MethodDelete, "/_mock/inbox/messages/latest", "", "deleted", "deleted"},
		{http.MethodPost, "/_mock/clock/advance", `{"by": "1h"}`, "clock", ""},
		{http.MethodPost, "/_mock/reset", "", "reset", "reset"},
	}
	s := newServer(t, mock.Config{})
	address := listening(t, s)
	all, mail := follow(t, address, eventStream, ""), follow(t, address, "/_mock/inbox/events", "")
	var mails []string
	for _, step := range steps {
		call(s, http.MethodPost, "/v1/send", "sk_other", smallMail) // no one's business here
		w := call(s, step.method, step.path, "sk_test", step.body)
		var sent struct{ Emails []struct{ Email string } }
		_ = json.Unmarshal(w.Body.Bytes(), &sent)
		for _, e := range sent.Emails {
			mails = append(mails, e.Email)
		}
		for name := range strings.FieldsSeq(step.all) {
			checkEvent(t, all(), name, mails)
		}
		for name := range strings.FieldsSeq(step.inbox) {
			checkEvent(t, mail(), name, mails)
		}
	}
}

// checkEvent checks what an event holds.
func checkEvent(t *testing.T, e event, name string, mails []string) {
	t.Helper()
	right := map[string]func() bool{
		"message": func() bool { return slices.Contains(mails, e.ID) && e.id == e.Cursor },
		"request": func() bool { return e.id == e.Cursor && e.Operation == "sendEmail" },
		"fault":   func() bool { return e.ID == "busy" && e.Did != "" && e.Rule.Struck > 0 && e.Request != "" },
		"changed": func() bool { return e.ID == mails[1] && e.id > e.Cursor && e.Read },
		"deleted": func() bool { return slices.Equal(e.IDs, mails[1:]) },
		"faults":  func() bool { return e.Total == 1 && e.Enabled == 1.0 },
		"clock":   func() bool { return e.Mode == "live" },
		"reset":   func() bool { return e.Project == "test" },
	}[e.name]
	if e.name != name || !right() {
		t.Errorf("want %s: %+v", name, e)
	}
}

func TestStreamGoesOnBehindWhatWasSeen(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	address := listening(t, s)
	next := follow(t, address, eventStream, "")
	for range 3 {
		call(s, http.MethodGet, "/v1/contacts", "sk_test", "")
	}
	first, second, third := next(), next(), next()
	for name, again := range map[string]func() event{
		"Last-Event-ID": follow(t, address, eventStream, first.id),
		"after":         follow(t, address, eventStream+"?after="+first.id, ""),
		"both":          follow(t, address, eventStream+"?after="+third.id, first.id),
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

func TestStreamTellsWhatHasChangedMeanwhile(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	address := listening(t, s)
	next := follow(t, address, eventStream, "")
	call(s, http.MethodPost, "/v1/send", "sk_test", smallMail)
	seen := next()
	latest := "/_mock/inbox/messages/latest"
	call(s, http.MethodPost, latest+"/read", "sk_test", "")
	call(s, http.MethodPost, latest+"/events", "sk_test", `{"type": "bounce"}`)
	call(s, http.MethodPost, latest+"/unread", "sk_test", "")
	again := follow(t, address, "/_mock/inbox/events", seen.id)
	if e := again(); e.name != "changed" || e.ID != seen.ID || e.Read || e.Status != "BOUNCED" {
		t.Errorf("it goes on with %+v", e)
	}
	call(s, http.MethodDelete, latest, "sk_test", "")
	if e := again(); e.name != "deleted" {
		t.Errorf("then comes %+v", e)
	}
}

func TestStreamTellsWhatALimitPushesOut(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{Limits: mock.Limits{Messages: 1}})
	next := follow(t, listening(t, s), "/_mock/inbox/events", "")
	call(s, http.MethodPost, "/v1/send", "sk_test", smallMail)
	first := next()
	call(s, http.MethodPost, "/v1/send", "sk_test", smallMail)
	second, gone := next(), next()
	if first.name != "message" || second.name != "message" || gone.name != "deleted" || !slices.Equal(gone.IDs, []string{first.ID}) {
		t.Errorf("told %+v, %+v, %+v", first, second, gone)
	}
}

func TestStreamTellsWhatBecomesOfAForward(t *testing.T) {
	t.Parallel()
	address, took := mailServer(t, "")
	s := newServer(t, mock.Config{Forward: address})
	where := listening(t, s)
	next := follow(t, where, "/_mock/inbox/events", "")
	call(s, http.MethodPost, "/v1/send", "sk_test", smallMail)
	sent, queued := next(), next()
	<-took
	if forwardState(t, s); queued.name != "changed" || queued.ID != sent.ID {
		t.Errorf("told %+v, %+v", sent, queued)
	}
	// What became of it in the background is the change that counts now.
	if e := follow(t, where, "/_mock/inbox/events", sent.id)(); e.name != "changed" || e.ID != sent.ID {
		t.Errorf("then %+v", e)
	}
}

func TestStreamTellsThatVeryManyWereMarked(t *testing.T) {
	t.Parallel()
	const mails = 1001
	s := newServer(t, mock.Config{})
	for range mails {
		call(s, http.MethodPost, "/v1/send", "sk_test", smallMail)
	}
	next := follow(t, listening(t, s), "/_mock/inbox/events", "")
	if w := call(s, http.MethodPost, "/_mock/inbox/messages/read", "sk_test", ""); !strings.Contains(w.Body.String(), `"marked":1001`) {
		t.Error(w.Body)
	}
	call(s, http.MethodPost, "/_mock/inbox/messages/latest/unread", "sk_test", "")
	if gap, changed := next(), next(); gap.name != "gap" || gap.Missed == 0 || changed.name != "changed" || changed.Read {
		t.Errorf("told %+v, %+v", gap, changed)
	}
}

func TestStreamTellsHowManyFaultsThereAre(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	next := follow(t, listening(t, s), eventStream, "")
	state := `{"version": 1, "projects": [{"name": "test"%s}]}`
	for _, step := range []struct{ method, path, body, told string }{
		{http.MethodDelete, "/_mock/faults", "", ""},
		{http.MethodPost, "/_mock/faults", `{"id": "a", "fault": "429"}`, "faults 1 1"},
		{http.MethodPost, "/_mock/faults", `{"id": "a", "fault": "429"}`, ""}, // which is taken
		{http.MethodPost, "/_mock/faults", `{"id": "b", "fault": "500", "enabled": false}`, "faults 2 1"},
		{http.MethodPut, "/_mock/faults/a", `{"status": 401, "enabled": false}`, "faults 2 0"},
		{http.MethodPut, "/_mock/faults/c", `{"status": 401}`, ""},
		{http.MethodDelete, "/_mock/faults/a", "", "faults 1 0"},
		{http.MethodDelete, "/_mock/faults/a", "", ""},
		{http.MethodPost, "/_mock/fixtures", fmt.Sprintf(state, ""), ""},
		{http.MethodPost, "/_mock/fixtures", fmt.Sprintf(state, `, "faults": ["422", "401"]`), "faults 2 2"},
		{http.MethodPut, "/_mock/state", fmt.Sprintf(state, `, "faults": ["422"]`), "reset"},
		{http.MethodPost, "/_mock/reset", "", "reset"},
		{http.MethodDelete, "/_mock/faults", "", "faults 0 0"},
		{http.MethodPost, "/_mock/clock/freeze", "", "clock"},
	} {
		call(s, step.method, step.path, "sk_test", step.body)
		if step.told == "" {
			continue // the next that is told shows that nothing was
		}
		e := next()
		told := e.name
		if e.name == "faults" {
			told = fmt.Sprint(e.name, " ", e.Total, " ", e.Enabled)
		}
		if told != step.told {
			t.Errorf("%s %s: told %q, want %q", step.method, step.path, told, step.told)
		}
	}
}

// TestStreamCountsAllFaultsInTheEnd makes faults at once: the last that is told must have
// counted them all.
func TestStreamCountsAllFaultsInTheEnd(t *testing.T) {
	t.Parallel()
	const faults = 40
	s := newServer(t, mock.Config{})
	next := follow(t, listening(t, s), eventStream, "")
	var calls sync.WaitGroup
	for range faults {
		calls.Go(func() { call(s, http.MethodPost, "/_mock/faults", "sk_test", `{"fault": "429"}`) })
	}
	calls.Wait()
	var last event
	for range faults {
		last = next()
	}
	if last.name != "faults" || last.Total != faults {
		t.Errorf("the last is %+v", last)
	}
}

func TestStreamEndsWithTheServer(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{Limits: mock.Limits{Waits: 1}})
	address := listening(t, s)
	next := follow(t, address, eventStream, "")
	if w := call(s, http.MethodGet, eventStream, "sk_test", ""); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "--max-waits") {
		t.Errorf("a second stream: %d %s", w.Code, w.Body)
	}
	s.Drain()
	if e := next(); e.name != "" {
		t.Errorf("after the stop comes %+v", e)
	}
	if w := call(s, http.MethodGet, eventStream, "sk_test", ""); w.Code != http.StatusServiceUnavailable {
		t.Errorf("a new stream: %d %s", w.Code, w.Body)
	}
}

func TestStreamRefusesWhatIsNoCursor(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	r := httptest.NewRequest(http.MethodGet, "http://localhost"+eventStream, nil)
	r.Header.Set("Last-Event-ID", "yesterday")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "Last-Event-ID: must be a cursor") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if w := call(s, http.MethodGet, eventStream+"?after=1", "sk_test", ""); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestSlowReaderLearnsWhatItMissed never reads while far more happens than the
// journal keeps and the connection takes.
func TestSlowReaderLearnsWhatItMissed(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{Limits: mock.Limits{Requests: 10}})
	next := follow(t, listening(t, s), eventStream, "")
	body := fmt.Sprintf(`{"email": %q}`, strings.Repeat("x", 60_000)) // which is none: no mail comes of it
	const calls = 500
	for range calls {
		call(s, http.MethodPost, "/v1/contacts", "sk_test", body)
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
	call(s, http.MethodGet, "/v1/contacts", "sk_test", "")
	next := follow(t, address, eventStream, "00000000000zz")
	call(s, http.MethodGet, "/v1/contacts", "sk_test", "")
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
