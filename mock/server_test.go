package mock_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/mock"
)

// TestParallelProjects is for the race detector: everything at once, then the
// books must balance.
func TestParallelProjects(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	const projects, calls = 50, 200
	var wg sync.WaitGroup
	for p := range projects {
		wg.Go(func() {
			key := fmt.Sprintf("sk_parallel-%d", p)
			for i := range calls {
				body := fmt.Sprintf(`{"to":"c%d@p%d.example.com","subject":"s%d","body":"{{plunk_email}}"}`, i%20, p, i)
				if w := call(s, http.MethodPost, "/v1/send", key, body); w.Code != http.StatusOK {
					t.Errorf("send: %d %s", w.Code, w.Body)
				}
				switch i % 20 {
				case 3:
					call(s, http.MethodGet, "/v1/contacts", key, "")
				case 7:
					call(s, http.MethodGet, "/_mock/inbox/messages?subject=s1", key, "")
				case 11:
					call(s, http.MethodGet, "/_mock/projects", "", "")
				}
			}
		})
	}
	wg.Wait()
	for p := range projects {
		key := fmt.Sprintf("sk_parallel-%d", p)
		var contacts []struct{ Email string }
		decode(t, call(s, http.MethodGet, "/v1/contacts", key, ""), &contacts)
		if len(contacts) != 20 {
			t.Errorf("project %d has %d contacts, want 20", p, len(contacts))
		}
		for _, c := range contacts {
			if !strings.HasSuffix(c.Email, fmt.Sprintf("@p%d.example.com", p)) {
				t.Errorf("project %d has the contact %s of another", p, c.Email)
			}
		}
		var page struct{ Total int }
		decode(t, call(s, http.MethodGet, "/_mock/inbox/messages?limit=0", key, ""), &page)
		if page.Total != calls {
			t.Errorf("project %d has %d mails, want %d", p, page.Total, calls)
		}
	}
}

func decode(t *testing.T, w *httptest.ResponseRecorder, v any) {
	t.Helper()
	if err := json.Unmarshal(w.Body.Bytes(), v); err != nil {
		t.Fatalf("%v: %s", err, w.Body)
	}
}

func TestTenThousandRecipients(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	to := make([]string, 10_000)
	for i := range to {
		to[i] = fmt.Sprintf("c%d@example.com", i)
	}
	list, _ := json.Marshal(to)
	w := call(s, http.MethodPost, "/v1/send", "sk_test", `{"subject":"s","body":"b","to":`+string(list)+`}`)
	var sent struct {
		Emails []struct{ Contact struct{ Email string } }
	}
	decode(t, w, &sent)
	if len(sent.Emails) != len(to) || sent.Emails[9999].Contact.Email != to[9999] {
		t.Errorf("%d emails, want %d in the order given", len(sent.Emails), len(to))
	}
	bad, _ := json.Marshal(append([]string{"x", "y"}, to...))
	if w := call(s, http.MethodPost, "/v1/send", "sk_test", `{"subject":"s","body":"b","to":`+string(bad)+`}`); w.Code != 422 || !strings.Contains(w.Body.String(), "to[1]") {
		t.Errorf("%d %.300s, want a 422 that names to[1]", w.Code, w.Body)
	}
}

func TestDeepAndBrokenBodiesAreRefused(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	for name, body := range map[string]string{
		"deep list":    `{"data":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`,
		"deep object":  strings.Repeat(`{"a":`, 100_000),
		"huge number":  `{"event":"e","email":"a@example.com","data":{"n":1e999}}`,
		"NUL":          "{\x00}",
		"open string":  `{"event":"`,
		"white space":  " \n\t",
		"byte order":   "\ufeff{}",
		"two values":   `{}{}`,
		"not an array": `{"to":["a@example.com"`,
	} {
		if w := call(s, http.MethodPost, "/v1/track", "sk_test", body); w.Code != 422 {
			t.Errorf("%s: %d %.200s, want 422", name, w.Code, w.Body)
		}
	}
}

// web starts a server on a free port.
func web(t *testing.T, c mock.Config) (*mock.Server, *httptest.Server) {
	t.Helper()
	s := newServer(t, c)
	w := httptest.NewServer(s)
	t.Cleanup(w.Close)
	return s, w
}

func TestTooLargeBodyLeavesTheConnectionUsable(t *testing.T) {
	t.Parallel()
	_, w := web(t, mock.Config{Limits: mock.Limits{Body: 1 << 20}})
	client := w.Client()
	for _, chunked := range []bool{false, true} {
		var body io.Reader = strings.NewReader(strings.Repeat("x", 3<<20))
		if chunked {
			body = io.MultiReader(body) // hides the length
		}
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, w.URL+"/v1/send", body)
		r.Header.Set("Authorization", "Bearer sk_test")
		r.Header.Set("Content-Type", "application/json")
		response, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(response.Body)
		response.Body.Close()
		if response.StatusCode != http.StatusRequestEntityTooLarge || !bytes.Contains(text, []byte("--max-body")) {
			t.Errorf("chunked %v: %d %s, want a 413 that names --max-body", chunked, response.StatusCode, text)
		}
	}
	response, err := client.Get(w.URL + "/healthz")
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatal("the next call fails", err)
	}
	response.Body.Close()
}

func TestBodyWithoutProgressIsGivenUp(t *testing.T) {
	t.Parallel()
	_, w := web(t, mock.Config{Limits: mock.Limits{Stall: 50 * time.Millisecond}})
	conn, err := net.Dial("tcp", strings.TrimPrefix(w.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /v1/send HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sk_test\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
	answer, err := io.ReadAll(conn) // ends, since the server closes
	if err != nil || !bytes.Contains(answer, []byte("did not arrive whole")) {
		t.Errorf("%v %s", err, answer)
	}
}

func TestWaitIsAnsweredByTheMail(t *testing.T) {
	t.Parallel()
	s, w := web(t, mock.Config{})
	type answer struct {
		Messages []struct{ To string }
		Cursor   string
	}
	const waiters = 20
	answers := make(chan answer, waiters)
	var started sync.WaitGroup
	for range waiters {
		started.Add(1)
		go func() {
			r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, w.URL+"/_mock/inbox/wait?to=ada@example.com&count=2&timeout=30s&project=waiting", nil)
			started.Done()
			response, err := w.Client().Do(r)
			if err != nil {
				t.Error(err)
				answers <- answer{}
				return
			}
			defer response.Body.Close()
			var a answer
			_ = json.NewDecoder(response.Body).Decode(&a)
			answers <- a
		}()
	}
	started.Wait()
	for _, to := range []string{"bob@example.com", "ada@example.com", "ada@example.com"} {
		call(s, http.MethodPost, "/v1/send", "sk_waiting", `{"to":"`+to+`","subject":"s","body":"b"}`)
	}
	for range waiters {
		if a := <-answers; len(a.Messages) != 2 || a.Messages[0].To != "ada@example.com" {
			t.Errorf("a waiter got %+v, want the two mails to ada", a)
		}
	}
}

func TestWaitEnds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		end  func(*mock.Server, context.CancelFunc)
		want int
	}{
		"with the server":  {func(s *mock.Server, _ context.CancelFunc) { s.Drain() }, http.StatusServiceUnavailable},
		"with its project": {func(s *mock.Server, _ context.CancelFunc) { call(s, http.MethodDelete, "/_mock/projects/test", "", "") }, http.StatusNotFound},
		"with its client":  {func(_ *mock.Server, cancel context.CancelFunc) { cancel() }, http.StatusConflict},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, mock.Config{})
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			r := httptest.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/_mock/inbox/wait?timeout=60s", nil)
			w := httptest.NewRecorder()
			done := make(chan struct{})
			go func() { s.ServeHTTP(w, r); close(done) }()
			for { // until the project is there, the call may not have begun
				var list struct{ Projects []struct{ Name string } }
				decode(t, call(s, http.MethodGet, "/_mock/projects", "", ""), &list)
				if len(list.Projects) == 1 {
					break
				}
			}
			test.end(s, cancel)
			<-done
			if w.Code != test.want {
				t.Errorf("%d %s, want %d", w.Code, w.Body, test.want)
			}
		})
	}
}

func TestDrainingServerIsNotReady(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	s.Drain()
	if w := call(s, http.MethodGet, "/readyz", "", ""); w.Code != http.StatusServiceUnavailable {
		t.Errorf("/readyz answered %d, want 503", w.Code)
	}
	if w := call(s, http.MethodGet, "/healthz", "", ""); w.Code != http.StatusOK {
		t.Errorf("/healthz answered %d, want 200", w.Code)
	}
}

func TestHeldWaitsAreLimited(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{Limits: mock.Limits{Waits: 1}})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil { // the looks below may have had the one place
			s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "http://localhost/_mock/inbox/wait?timeout=60s", nil))
		}
	}()
	for {
		if w := call(s, http.MethodGet, "/_mock/inbox/wait?timeout=0s", "", ""); w.Code == 422 && strings.Contains(w.Body.String(), "--max-waits") {
			break
		}
	}
	cancel()
	<-done
}

// TestBytesOfAllProjectsAreLimited fills two projects with mails, and with the calls
// that the journal keeps; the one that holds most loses its oldest, and says so.
func TestBytesOfAllProjectsAreLimited(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{Limits: mock.Limits{Bytes: 1 << 20}})
	body := fmt.Sprintf(`{"to":"a@example.com","subject":"s","body":"%s"}`, strings.Repeat("x", 100<<10))
	call(s, http.MethodPost, "/v1/send", "sk_small", body)
	for range 30 {
		call(s, http.MethodPost, "/v1/send", "sk_big", body)
	}
	var small, big struct{ Total, Dropped int }
	decode(t, call(s, http.MethodGet, "/_mock/inbox/messages", "sk_small", ""), &small)
	decode(t, call(s, http.MethodGet, "/_mock/inbox/messages", "sk_big", ""), &big)
	if small.Total != 1 || big.Total+big.Dropped != 30 || big.Total > 7 || big.Total < 3 {
		t.Errorf("small holds %+v, big holds %+v", small, big)
	}
}

func TestProjectThatMadeRoomIsRemembered(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{Limits: mock.Limits{Projects: 1}})
	var before, after struct {
		Cursor  string
		Dropped int
		Total   int
	}
	call(s, http.MethodPost, "/v1/send", "sk_one", `{"to":["a@example.com","b@example.com"],"subject":"s","body":"b"}`)
	decode(t, call(s, http.MethodGet, "/_mock/inbox/messages", "sk_one", ""), &before)
	call(s, http.MethodGet, "/v1/contacts", "sk_two", "")
	decode(t, call(s, http.MethodGet, "/_mock/inbox/messages", "sk_one", ""), &after)
	if after.Total != 0 || after.Dropped != 2 || after.Cursor < before.Cursor {
		t.Errorf("came back as %+v, was %+v; want 2 dropped and a cursor that is not before that", after, before)
	}
}

func TestSameSeedSameAnswers(t *testing.T) {
	t.Parallel()
	play := func() string {
		s := newServer(t, mock.Config{Seed: "s", Now: func() time.Time { return epoch }, URL: "http://plunk.localhost"})
		var b strings.Builder
		for _, key := range []string{"sk_a", "sk_b"} {
			w := call(s, http.MethodPost, "/v1/send", key, `{"to":"a@example.com","subject":"s","body":"b","attachments":[{"content":"aGk="}]}`)
			b.WriteString(w.Body.String() + w.Header().Get("X-Plunkmock-Request"))
			b.WriteString(call(s, http.MethodGet, "/_mock/inbox/messages/latest/raw", key, "").Body.String())
		}
		return b.String()
	}
	first := play()
	if second := play(); first != second {
		t.Errorf("two runs differ:\n%s\n%s", first, second)
	}
	if a, b, _ := strings.Cut(first, "@plunkmock.local"); strings.Contains(b, a[len(a)-36:]+"@") {
		t.Error("two projects of one seed share an ID")
	}
}
