package testkit_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/mock"
	"github.com/plunkmock/plunkmock/testkit"
	"github.com/plunkmock/plunkmock/testkit/internal/fake"
	"github.com/plunkmock/plunkmock/testkit/smtp"
)

// post calls /send as an application would.
func post(t *testing.T, client *http.Client, base, key string) (int, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/send", strings.NewReader(welcome))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/json")
	response, err := client.Do(r)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, err
}

// send is post that must work, without a socket.
func send(t *testing.T, p *testkit.Plunk) {
	t.Helper()
	if status, err := post(t, p.Client(), p.APIURL(), p.SecretKey()); status != http.StatusOK || err != nil {
		t.Fatal(status, err)
	}
}

const welcome = `{"to": "ada@example.com", "subject": "Welcome", "attachments": [{"filename": "a.txt", "content": "aGk="}],
	"body": "<p>Your code is 482 913. <a href='https://x.test/verify?t=1'>Verify</a></p>"}`

// The emulator is reached by a socket, in memory, and by the address of the real API.
func TestStart(t *testing.T) {
	t.Parallel()
	p := testkit.Start(t)
	for base, client := range map[string]*http.Client{p.APIURL(): http.DefaultClient, p.URL() + "/api": p.Client(), "https://api.useplunk.com/v1": p.Client()} {
		if status, err := post(t, client, base, p.SecretKey()); status != http.StatusOK || err != nil {
			t.Error(base, status, err)
		}
	}
	if n := len(p.Mails(t)); n != 3 {
		t.Errorf("%d mails", n)
	}
	if _, err := post(t, p.Client(), "http://example.com", ""); err == nil || !strings.Contains(err.Error(), "alone") {
		t.Error(err)
	}
}

// Options that make no sense fail the test at its start, and leave no port taken.
func TestStartFails(t *testing.T) {
	t.Parallel()
	for want, options := range map[string][]testkit.Option{
		"mock: keys must be open or strict, not \"maybe\"":                         {testkit.Configure(func(c *mock.Config) { c.Keys = "maybe" })},
		"InMemory opens no port, so that it cannot go with an option that listens": {smtp.Listen(), testkit.InMemory()},
		"the time of At must be one of the years 0 to 9999 and not the zero time":  {testkit.At(time.Time{})},
		"not 10000-01-01 00:00:00 +0000 UTC; Live lets clocks run":                 {testkit.At(time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC))},
	} {
		said := fake.Run("TestStartFails", func(t *fake.T) { testkit.Start(t, options...) })
		if !strings.HasPrefix(said, "testkit: ") || !strings.Contains(said, want) {
			t.Error(said)
		}
	}
	closed := testkit.Shared(testkit.InMemory())
	_ = closed.Close()
	if said := fake.Run("TestStartFails", func(t *fake.T) { closed.Start(t) }); !strings.HasPrefix(said, "testkit: the shared server is closed; Close it when") {
		t.Error(said)
	}
}

// What is nil is not there: a test leaves out what it does not need.
func TestNil(t *testing.T) {
	t.Parallel()
	p := testkit.Start(t, nil, testkit.Configure(nil))
	f := p.Fail(t, nil, testkit.Status(429), testkit.Times(1))
	if status, _ := post(t, p.Client(), p.APIURL(), p.SecretKey()); status != http.StatusTooManyRequests || f.Hits() != 1 {
		t.Error(status, f.Hits())
	}
	send(t, p)
	p.Mail(t, nil, testkit.To("ada@example.com"))
	p.Called(t, 1, nil, testkit.Answered(200))
}

func TestMail(t *testing.T) {
	t.Parallel()
	p := testkit.Start(t)
	send(t, p)
	m := p.Mail(t, testkit.To("ada@example.com"), testkit.Subject("welcome"))
	got := []string{m.Code(), m.Link("verify"), string(m.Attachment("a.txt")), m.Time.String(), m.Header("subject")}
	if diff := cmp.Diff([]string{"482913", "https://x.test/verify?t=1", "hi", testkit.Epoch.String(), "Welcome"}, got); diff != "" {
		t.Error(diff)
	}
	if raw := string(m.Raw()); !strings.Contains(raw, "\r\nSubject: Welcome\r\n") {
		t.Error(raw)
	}
	p.NoMail(t, testkit.To("bob@example.com"))
	p.Called(t, 1, testkit.Operation("sendEmail"), testkit.BodyContains(map[string]any{"to": "ada@example.com"}))
}

func TestFail(t *testing.T) {
	t.Parallel()
	p := testkit.Start(t)
	f := p.Fail(t, testkit.On("sendEmail"), testkit.Status(429), testkit.Then(), testkit.DropAfter())
	if status, _ := post(t, p.Client(), p.APIURL(), p.SecretKey()); status != http.StatusTooManyRequests {
		t.Error(status)
	}
	if _, err := post(t, p.Client(), p.APIURL(), p.SecretKey()); !errors.Is(err, syscall.ECONNRESET) {
		t.Error(err)
	}
	if f.Hits() != 2 {
		t.Error(f.Hits())
	}
	f.Remove()
	send(t, p)
	if n := len(p.Mails(t)); n != 2 {
		t.Errorf("%d mails", n)
	}
}

// What there was is there again after a restart, at the same address.
func TestSnapshotAndRestart(t *testing.T) {
	t.Parallel()
	p := testkit.Start(t)
	send(t, p)
	held := p.Snapshot(t)
	p.Reset(t)
	p.NoMail(t)
	p.Restore(t, held)
	send(t, p)
	p.Advance(t, 24*time.Hour)
	p.Restart(t)
	p.Mail(t, testkit.To("ada@example.com"))
	if now := p.Now(t); !now.Equal(testkit.Epoch.Add(24 * time.Hour)) {
		t.Error(now)
	}
	if status, err := post(t, http.DefaultClient, p.APIURL(), p.SecretKey()); status != http.StatusOK || err != nil {
		t.Error(status, err)
	}
	for _, m := range p.Mails(t) { // each is of a call of its own
		if n := len(p.Mails(t, testkit.ByRequest(m.Cause.Request))); n != 1 {
			t.Errorf("%d mails of the call %s", n, m.Cause.Request)
		}
	}
}

// What a reset takes a project back to is the same after a restart.
func TestResetAfterRestart(t *testing.T) {
	t.Parallel()
	p := testkit.Start(t)
	p.Arrange(t, testkit.Arrangement{Contacts: []testkit.Contact{{Email: "ada@example.com"}}})
	p.Track(t, "bob@example.com", "signed-up", nil)
	p.Advance(t, time.Hour)
	p.Fail(t, testkit.Status(http.StatusTooManyRequests))
	for range 2 {
		p.Restart(t)
		if faults, err := p.Control().Faults(t.Context()); len(p.Contacts(t)) != 2 || len(faults) != 1 || err != nil {
			t.Errorf("after the restart: %+v and %+v, %v", p.Contacts(t), faults, err)
		}
	}
	p.Reset(t)
	if all := p.Contacts(t); len(all) != 1 || all[0].Email != "ada@example.com" {
		t.Errorf("contacts %+v", all)
	}
	if faults, err := p.Control().Faults(t.Context()); len(faults) != 0 || err != nil {
		t.Errorf("faults %+v, %v", faults, err)
	}
	if now := p.Now(t); !now.Equal(testkit.Epoch) {
		t.Errorf("it is %v", now)
	}
}

// A message that was sent is named, however answers are wrapped, and one that no answer names
// is an error.
func TestSend(t *testing.T) {
	t.Parallel()
	for _, envelope := range []string{mock.EnvelopeFlat, mock.EnvelopeWrapped, mock.EnvelopeBoth} {
		p := testkit.Start(t, testkit.Configure(func(c *mock.Config) { c.Envelope = envelope }))
		id, err := p.Control().Send(t.Context(), "ada@example.com", "Hi", "Hi")
		if want := p.Mail(t).ID; id != want || err != nil {
			t.Errorf("%s: %q, %v; it is %q", envelope, id, err, want)
		}
		p.Fail(t, testkit.Body("{}"))
		if id, err := p.Control().Send(t.Context(), "ada@example.com", "Hi", "Hi"); err == nil {
			t.Errorf("%s: %q of an answer without any", envelope, id)
		}
	}
}

// A client that never sends the end of its call does not keep the emulator from its end.
func TestEndsWithACallHalfSent(t *testing.T) {
	t.Parallel()
	var conn net.Conn
	start := time.Now()
	said := fake.Run("TestEnds", func(t *fake.T) {
		p := testkit.Start(t)
		var err error
		if conn, err = new(net.Dialer).DialContext(context.Background(), "tcp", strings.TrimPrefix(p.URL(), "http://")); err != nil {
			t.Fatalf("%v", err)
		}
		_, err = io.WriteString(conn, "POST /v1/send HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer sk_test\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 10\r\n\r\n")
		if err != nil {
			t.Fatalf("%v", err)
		}
		if _, err = conn.Read(make([]byte, 1)); err != nil { // 100, for it is about to be read
			t.Fatalf("%v", err)
		}
	})
	if took := time.Since(start); said != "PASS" || took > 10*time.Second {
		t.Errorf("after %v: %s", took, said)
	}
	_ = conn.Close()
}
