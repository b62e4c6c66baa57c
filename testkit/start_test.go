package testkit_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/testkit"
)

// send calls /send as an application would.
func send(t *testing.T, client *http.Client, base, key, body string) (int, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/send", strings.NewReader(body))
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

const welcome = `{"to": "ada@example.com", "subject": "Welcome", "body": "<p>Your code is 482 913. <a href='https://x.test/verify?t=1'>Verify</a></p>", "attachments": [{"filename": "a.txt", "content": "aGk="}]}`

func TestStart(t *testing.T) {
	t.Parallel()
	p := testkit.Start(t)
	for name, client := range map[string]*http.Client{"socket": http.DefaultClient, "memory": p.Client()} {
		if status, err := send(t, client, p.APIURL(), p.SecretKey(), welcome); status != http.StatusOK || err != nil {
			t.Fatal(name, status, err)
		}
	}
	if status, err := send(t, p.Client(), "https://api.useplunk.com/v1", p.SecretKey(), welcome); status != http.StatusOK || err != nil {
		t.Fatal(status, err)
	}
	m := p.Mail(t, testkit.To("ada@example.com"), testkit.Subject("welcome"))
	if m.Code() != "482913" || m.Link("verify") != "https://x.test/verify?t=1" || string(m.Attachment("a.txt")) != "hi" || !m.Time.Equal(testkit.Epoch) ||
		m.Header("Subject") != "Welcome" || !strings.Contains(string(m.Raw()), "Subject: Welcome") {
		t.Errorf("%+v", m)
	}
	if n := len(p.Mails(t)); n != 3 {
		t.Errorf("%d mails", n)
	}
	p.NoMail(t, testkit.To("bob@example.com"))
	p.Called(t, 3, testkit.Operation("sendEmail"), testkit.BodyContains(map[string]any{"to": "ada@example.com"}))
	f := p.Fail(t, testkit.On("sendEmail"), testkit.Status(429), testkit.Times(1), testkit.Then(), testkit.DropAfter())
	if status, _ := send(t, p.Client(), p.APIURL(), p.SecretKey(), welcome); status != http.StatusTooManyRequests || f.Hits() != 1 {
		t.Error(status, f.Hits())
	}
	f.Remove()
	f = p.Fail(t, testkit.DropAfter())
	if _, err := send(t, p.Client(), p.APIURL(), p.SecretKey(), welcome); !errors.Is(err, syscall.ECONNRESET) {
		t.Error(err)
	}
	f.Remove()
	snap := p.Snapshot(t)
	p.Reset(t)
	p.NoMail(t)
	p.Restore(t, snap)
	p.Restart(t)
	if n := len(p.Mails(t)); n != 4 {
		t.Errorf("%d mails", n)
	}
	if status, err := send(t, http.DefaultClient, p.APIURL(), p.SecretKey(), welcome); status != http.StatusOK || err != nil {
		t.Fatal(status, err)
	}
	p.Advance(t, 24*time.Hour)
	if !p.Now(t).Equal(testkit.Epoch.Add(24 * time.Hour)) {
		t.Error(p.Now(t))
	}
	_ = context.Background
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		p := testkit.Start(b)
		r, err := p.Client().Get(p.URL() + "/healthz")
		if err != nil {
			b.Fatal(err)
		}
		_ = r.Body.Close()
	}
}
