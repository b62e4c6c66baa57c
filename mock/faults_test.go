package mock_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/mock"
)

const smallMail = `{"to": "ada@example.com", "subject": "s", "body": "b"}`

// listening serves an emulator over TCP.
func listening(t *testing.T, s *mock.Server) (address string) {
	t.Helper()
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return web.Listener.Addr().String()
}

// send sends a request as bytes, and returns the connection to read from.
func send(t *testing.T, address, method, path, body string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_, err = fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sk_test\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		method, path, len(body), body)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// makeFault makes a rule of the grammar.
func makeFault(t *testing.T, s http.Handler, text string) {
	t.Helper()
	if w := call(s, http.MethodPost, "/_mock/faults", "sk_test", fmt.Sprintf(`{"fault": %q}`, text)); w.Code != http.StatusCreated {
		t.Fatalf("the fault %s: %s", text, w.Body)
	}
}

// total returns how many a listing has.
func total(t *testing.T, s http.Handler, path string) int {
	t.Helper()
	var answer struct{ Total int }
	decode(t, call(s, http.MethodGet, path, "sk_test", ""), &answer)
	return answer.Total
}

func TestDropResetsTheConnection(t *testing.T) {
	t.Parallel()
	for when, mails := range map[string]int{"before": 0, "after": 1} {
		s := newServer(t, mock.Config{})
		makeFault(t, s, "sendEmail:drop="+when+",pass")
		conn := send(t, listening(t, s), http.MethodPost, "/v1/send", smallMail)
		if n, err := conn.Read(make([]byte, 1)); n != 0 || !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("drop %s: read %d bytes, %v; want a reset", when, n, err)
		}
		if n := total(t, s, "/_mock/inbox/messages?limit=0"); n != mails {
			t.Errorf("drop %s: %d mails, want %d", when, n, mails)
		}
		if n := total(t, s, "/_mock/requests?limit=0"); n != 1 {
			t.Errorf("drop %s: %d calls in the journal", when, n)
		}
	}
}

func TestTruncatedBodyEndsTheConnection(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	makeFault(t, s, "sendEmail:truncate=7")
	conn := send(t, listening(t, s), http.MethodPost, "/v1/send", smallMail)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if string(body) != `{"succe` || !errors.Is(err, io.ErrUnexpectedEOF) || response.ContentLength < 100 {
		t.Errorf("%d bytes announced, %q came, %v", response.ContentLength, body, err)
	}
}

// TestDribbledBodyIsNotTooFast is about the one bound that no busy machine can
// break.
func TestDribbledBodyIsNotTooFast(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	for _, rate := range []int{500, 50_000} {
		answer := `{"body": "` + strings.Repeat("x", rate/2) + `", "dribble": ` + strconv.Itoa(rate) + `}`
		if w := call(s, http.MethodPost, "/_mock/faults", "sk_test", answer); w.Code != http.StatusCreated {
			t.Fatal(w.Body)
		}
		start := time.Now()
		conn := send(t, listening(t, s), http.MethodGet, "/v1/contacts", "")
		response, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if took := time.Since(start); len(body) != rate/2 || err != nil || took < 400*time.Millisecond {
			t.Errorf("%d bytes at %d a second took %v, %v", len(body), rate, took, err)
		}
		call(s, http.MethodDelete, "/_mock/faults", "sk_test", "")
	}
}

// TestSlowAnswerSlowsNoOther holds one connection for as long as it takes the
// others to be served.
func TestSlowAnswerSlowsNoOther(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	address := listening(t, s)
	makeFault(t, s, "getContacts:dribble=1,delay=10m,pass")
	slow := send(t, address, http.MethodGet, "/v1/contacts", "")
	if line, err := bufio.NewReader(slow).ReadString('\n'); err != nil {
		t.Fatal(line, err)
	}
	send(t, address, http.MethodGet, "/v1/contacts", "")
	for range 20 {
		for _, key := range []string{"sk_test", "sk_other"} {
			r, _ := http.NewRequest(http.MethodPost, "http://"+address+"/v1/send", strings.NewReader(smallMail))
			r.Header = http.Header{"Authorization": {"Bearer " + key}, "Content-Type": {"application/json"}}
			response, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			response.Body.Close()
			if response.StatusCode != http.StatusOK {
				t.Fatalf("status %d", response.StatusCode)
			}
		}
	}
	s.Drain() // ends what is held
}

// TestDelaysHoldNothing would take a thousand seconds if a delay held a lock.
func TestDelaysHoldNothing(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	makeFault(t, s, "delay=1s")
	start := time.Now()
	var wg sync.WaitGroup
	for range 1000 {
		wg.Go(func() { call(s, http.MethodPost, "/v1/send", "sk_test", smallMail) })
	}
	wg.Wait()
	if took := time.Since(start); took < time.Second || took > 30*time.Second {
		t.Errorf("1,000 calls delayed by 1s took %v", took)
	}
	if n := total(t, s, "/_mock/inbox/messages?limit=0"); n != 1000 {
		t.Errorf("%d mails", n)
	}
}

func TestDrainEndsDelays(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	makeFault(t, s, "delay=10m")
	done := make(chan int)
	go func() { done <- call(s, http.MethodPost, "/v1/send", "sk_test", smallMail).Code }()
	s.Drain()
	if code := <-done; code != http.StatusOK {
		t.Errorf("the call that was held answered %d", code)
	}
}

func TestShareRepeatsWithASeed(t *testing.T) {
	t.Parallel()
	run := func() (failed []int) {
		s := newServer(t, mock.Config{Seed: "s"})
		makeFault(t, s, "sendEmail:503;share=0.3")
		for i := range 1000 {
			if call(s, http.MethodPost, "/v1/send", "sk_test", smallMail).Code == http.StatusServiceUnavailable {
				failed = append(failed, i)
			}
		}
		return failed
	}
	first, second := run(), run()
	if !slices.Equal(first, second) || len(first) < 240 || len(first) > 360 {
		t.Errorf("%d and %d of 1,000 failed; want about 300, the same ones", len(first), len(second))
	}
}

func TestRateLimitIsExact(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{Clock: epoch})
	if w := call(s, http.MethodPost, "/_mock/faults", "sk_test", `{"rateLimit": {"requests": 100, "per": "1s", "burst": 200}}`); w.Code != http.StatusCreated {
		t.Fatal(w.Body)
	}
	burst := func() (passed int64) {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 125 {
					switch w := call(s, http.MethodGet, "/v1/contacts/count", "sk_test", ""); w.Code {
					case http.StatusOK:
						atomic.AddInt64(&passed, 1)
					case http.StatusTooManyRequests:
						if w.Header().Get("Retry-After") != "1" {
							t.Errorf("Retry-After: %s", w.Header().Get("Retry-After"))
						}
					default:
						t.Error(w.Body)
					}
				}
			})
		}
		wg.Wait()
		return passed
	}
	if n := burst(); n != 200 {
		t.Errorf("%d of 1,000 passed, want 200", n)
	}
	call(s, http.MethodPost, "/_mock/clock/advance", "sk_test", `{"by": "1s"}`)
	if n := burst(); n != 100 {
		t.Errorf("after a second %d passed, want 100", n)
	}
}

// TestFaultsInParallel is for the race detector: rules come and go while calls are
// struck, and then the books must balance.
func TestFaultsInParallel(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{Limits: mock.Limits{Requests: 100_000}})
	call(s, http.MethodPost, "/_mock/faults", "sk_test", `{"id": "half", "fault": "sendEmail:429,pass;share=0.5"}`)
	call(s, http.MethodPut, "/_mock/faults/half", "sk_test", `{"operation": "sendEmail", "status": 429, "share": 0.5}`)
	const n = 40
	var refused, passed atomic.Int64
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			id := fmt.Sprintf("f%d", i)
			call(s, http.MethodPost, "/_mock/faults", "sk_test", fmt.Sprintf(`{"id": %q, "operation": "trackEvent", "email": "u%d@example.com", "status": 500}`, id, i))
			for range 5 {
				if call(s, http.MethodPost, "/v1/send", "sk_test", smallMail).Code == http.StatusOK {
					passed.Add(1)
				} else {
					refused.Add(1)
				}
				if w := call(s, http.MethodPost, "/v1/track", "sk_test", fmt.Sprintf(`{"event": "e", "email": "u%d@example.com"}`, i)); w.Code != http.StatusInternalServerError {
					t.Errorf("the rule %s did not strike: %s", id, w.Body)
				}
			}
			call(s, http.MethodGet, "/_mock/requests?q=example", "sk_test", "")
			call(s, http.MethodDelete, "/_mock/faults/"+id, "sk_test", "")
		})
	}
	wg.Wait()
	var rule struct{ Matched, Struck int64 }
	decode(t, call(s, http.MethodGet, "/_mock/faults/half", "sk_test", ""), &rule)
	if rule.Matched != 5*n || rule.Struck != refused.Load() || passed.Load()+refused.Load() != 5*n {
		t.Errorf("%d passed and %d were refused; the rule has %+v", passed.Load(), refused.Load(), rule)
	}
	if got := total(t, s, "/_mock/requests?limit=0"); got != 10*n {
		t.Errorf("%d calls in the journal, want %d", got, 10*n)
	}
	if got := total(t, s, "/_mock/inbox/messages?limit=0"); got != int(passed.Load()) {
		t.Errorf("%d mails, want %d", got, passed.Load())
	}
}

func TestFaultsOfTheStartAreChecked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"sendMail:429":              "sendMail",
		"sendEmail:42":              `"42"`,
		"sendEmail:429 trackEvnt:5": "white",
		"":                          "",
	} {
		_, err := mock.New(mock.Config{Faults: []string{text}})
		if err == nil || want != "white" && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	s := newServer(t, mock.Config{Faults: []string{"sendEmail:429 * 2, pass", "getContacts:500\n getContactCount:501"}})
	for path, want := range map[string]int{"/v1/contacts": 500, "/v1/contacts/count": 501} {
		if w := call(s, http.MethodGet, path, "sk_any", ""); w.Code != want {
			t.Errorf("%s answered %d, want %d", path, w.Code, want)
		}
	}
	if _, err := mock.New(mock.Config{Faults: []string{"500 501"}, Limits: mock.Limits{Faults: 1}}); err == nil || !strings.Contains(err.Error(), "--max-faults") {
		t.Errorf("two rules where one may be: %v", err)
	}
}

// TestCallOutlivesItsProject deletes a project while a call is delayed and a stream
// is open.
func TestCallOutlivesItsProject(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	makeFault(t, s, "sendEmail:delay=300ms")
	next := follow(t, listening(t, s), eventStream, "")
	done := make(chan int)
	go func() { done <- call(s, http.MethodPost, "/v1/send", "sk_test", smallMail).Code }()
	for strings.Contains(call(s, http.MethodGet, "/_mock/faults", "sk_test", "").Body.String(), `"struck":0`) {
		runtime.Gosched()
	}
	call(s, http.MethodDelete, "/_mock/projects/test", "", "")
	if code := <-done; code != http.StatusOK {
		t.Errorf("the call answered %d", code)
	}
	for next().name != "" {
	}
}

// TestLimitCountsNoTimeTwice lets a call look at the clock long before it has
// arrived whole.
func TestLimitCountsNoTimeTwice(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{Clock: epoch})
	call(s, http.MethodPost, "/_mock/faults", "sk_test", `{"operation": "sendEmail", "rateLimit": {"requests": 1, "per": "1m", "burst": 3}}`)
	body, rest := io.Pipe()
	r := httptest.NewRequest(http.MethodPost, "http://localhost/v1/send", body)
	r.Header = http.Header{"Authorization": {"Bearer sk_test"}, "Content-Type": {"application/json"}}
	done := make(chan struct{})
	go func() {
		s.ServeHTTP(httptest.NewRecorder(), r)
		close(done)
	}()
	_, _ = io.WriteString(rest, smallMail[:10])
	burst := func() (passed int) {
		for range 6 {
			if call(s, http.MethodPost, "/v1/send", "sk_test", smallMail).Code == http.StatusOK {
				passed++
			}
		}
		return passed
	}
	call(s, http.MethodPost, "/_mock/clock/advance", "sk_test", `{"by": "1h"}`)
	if n := burst(); n != 3 {
		t.Errorf("%d passed, want 3", n)
	}
	_, _ = io.WriteString(rest, smallMail[10:])
	rest.Close()
	<-done
	if n := burst(); n != 0 {
		t.Errorf("then %d passed, want none", n)
	}
}

func TestDiceOfAFixtureRepeatAfterAReset(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{Seed: "s", Faults: []string{"trackEvent:429"}})
	if err := s.AddFixture("f.yml", []byte("version: 1\nprojects: [{name: shop, faults: ['getContactCount:503;share=0.3']}]\n")); err != nil {
		t.Fatal(err)
	}
	run := func() (codes []int) {
		for range 100 {
			codes = append(codes, call(s, http.MethodGet, "/v1/contacts/count", "sk_shop", "").Code)
		}
		return codes
	}
	first := run()
	call(s, http.MethodPost, "/_mock/reset", "sk_shop", "")
	if second := run(); !slices.Equal(first, second) || !slices.Contains(first, 503) {
		t.Errorf("first %d, after a reset %d", first, second)
	}
}

// TestHeadHasNoSlowBody would take minutes if it had one.
func TestHeadHasNoSlowBody(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	makeFault(t, s, "getContacts:503+dribble=1")
	address := listening(t, s)
	conn := send(t, address, http.MethodHead, "/v1/contacts", "")
	answers := bufio.NewReader(conn)
	for range 2 { // on one connection
		response, err := http.ReadResponse(answers, &http.Request{Method: http.MethodHead})
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("status %d", response.StatusCode)
		}
		_, _ = io.WriteString(conn, "HEAD /v1/contacts HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sk_test\r\n\r\n")
	}
}
