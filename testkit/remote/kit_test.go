package remote_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/testkit"
	"github.com/plunkmock/plunkmock/testkit/internal/fake"
	"github.com/plunkmock/plunkmock/testkit/remote"
)

func jsonOf(t tester, v any) io.Reader {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(data)
}

const body = `<p>Your code is 482 913. <a href="https://shop.example.com/verify?t=1">Verify</a></p>`

func TestMail(t *testing.T) {
	both(t, func(t tester, p *remote.Plunk) {
		send(t, p, "ada@example.com", "Welcome", body)
		send(t, p, "bob@example.com", "Hello", "hi")
		m := p.Mail(t, remote.To("Ada@example.com"), remote.Subject("welc"))
		got := []string{m.Code(), m.Link("verify"), string(m.Attachment("terms.txt")), m.Time.String(), m.Header("subject"), m.Cause.Operation, m.Kind}
		want := []string{"482913", "https://shop.example.com/verify?t=1", "hi", testkit.Epoch.String(), "Welcome", "sendEmail", "transactional"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		if !strings.Contains(string(m.Raw()), "\r\nSubject: Welcome\r\n") || !strings.Contains(m.HTML, "482 913") || !strings.Contains(m.Text, "482 913") {
			t.Errorf("%s %s %s", m.Raw(), m.HTML, m.Text)
		}
		subjects := []string{}
		for _, m := range p.Mails(t) {
			subjects = append(subjects, m.Subject)
		}
		if diff := cmp.Diff([]string{"Welcome", "Hello"}, subjects); diff != "" {
			t.Error(diff)
		}
		if last := p.Mails(t, remote.Limit(1)); len(last) != 1 || last[0].Subject != "Hello" {
			t.Errorf("the last one is %+v", last)
		}
		p.Mail(t, remote.Limit(1), remote.Query("has:attachment code"), remote.Kind("transactional"), remote.From(m.From.Address), remote.ByRequest(m.Cause.Request))
		p.NoMail(t, remote.After(m.Cursor), remote.To("ada@example.com"))
		if n := len(p.Mails(t, remote.To("ada@example.com"), remote.To("bob@example.com"), remote.Since(testkit.Epoch))); n != 2 {
			t.Errorf("%d mails to the two", n)
		}
	})
}

func TestWaitMail(t *testing.T) {
	both(t, func(t tester, p *remote.Plunk) {
		sent := make(chan int)
		go func() { sent <- send(t, p, "ada@example.com", "Late", "hi") }()
		p.WaitMail(t, time.Minute, remote.Subject("Late"))
		<-sent
		go func() { sent <- send(t, p, "bob@example.com", "Later", "hi") }()
		p.WaitMailContext(t.Context(), t, remote.Subject("Later"))
		<-sent
		canceled, cancel := context.WithCancel(t.Context())
		cancel()
		p.WaitMailContext(canceled, t, remote.Subject("Later")) // it is there
	})
}

func TestFail(t *testing.T) {
	both(t, func(t tester, p *remote.Plunk) {
		f := p.Fail(t, remote.On("sendEmail", "trackEvent"), remote.Email("ada@*"), remote.Status(429), remote.RetryAfter(2*time.Second), remote.Times(2))
		limit := p.Fail(t, remote.RateLimit(1, time.Minute, 2))
		var statuses []int
		for range 5 {
			statuses = append(statuses, send(t, p, "ada@example.com", "Hi", "hi"))
		}
		if diff := cmp.Diff([]int{429, 429, 200, 200, 429}, statuses); diff != "" || f.Hits() != 2 || limit.Hits() != 1 {
			t.Errorf("%d and %d hits: %s", f.Hits(), limit.Hits(), diff)
		}
		p.Advance(t, time.Minute)
		if status := send(t, p, "ada@example.com", "Hi", "hi"); status != http.StatusOK {
			t.Errorf("%d a minute later", status)
		}
		limit.Remove()
		limit.Remove()
		if n := limit.Hits(); n != 1 {
			t.Errorf("%d hits of what was removed", n)
		}
		for range 3 {
			send(t, p, "ada@example.com", "Hi", "hi")
		}
		p.Called(t, 6, remote.Answered(http.StatusOK))
		p.Fail(t, remote.Status(503), remote.Text("Down"), remote.ResponseHeader("X-A", "1"), remote.ResponseHeader("X-B", "2"), remote.Then(), remote.Pass())
		send(t, p, "ada@example.com", "Hi", "hi")
		answer := p.Requests(t)[0].Response
		if !strings.Contains(answer.Body, `"Down"`) || !slices.Contains(answer.Headers, remote.Header{Name: "X-A", Value: "1"}) || !slices.Contains(answer.Headers, remote.Header{Name: "X-B", Value: "2"}) {
			t.Errorf("%+v", answer)
		}
	})
}

func TestCalled(t *testing.T) {
	both(t, func(t tester, p *remote.Plunk) {
		send(t, p, "ada@example.com", "Welcome", "hi")
		send(t, p, "bob@example.com", "Welcome", "hi")
		post(t, p, "/track", map[string]any{"email": "ada@example.com", "event": "signed-up", "data": map[string]any{"plan": "pro", "seats": 3}})
		p.Called(t, 2, remote.Operation("sendEmail"), remote.BodyContains(map[string]any{"subject": "Welcome"}))
		p.Called(t, 1, remote.BodyContains(map[string]any{"data": map[string]any{"seats": 3}}))
		p.Called(t, 0, remote.CallPath("/contacts/*"))
		requests := p.Requests(t, remote.BodyContains(map[string]any{"to": "bob@example.com"}))
		if len(requests) != 1 || requests[0].Operation != "sendEmail" || requests[0].Status != http.StatusOK || len(requests[0].Messages) != 1 {
			t.Errorf("%+v", requests)
		}
		p.Called(t, 1, remote.AfterCursor(requests[0].Cursor))
	})
}

func TestArrange(t *testing.T) {
	both(t, func(t tester, p *remote.Plunk) {
		p.Arrange(t, remote.Arrangement{
			Settings:    &remote.Settings{Sender: "shop@example.com"},
			Contacts:    []remote.Contact{{Email: "ada@example.com", Data: map[string]any{"name": "Ada"}}, {Email: "bob@example.com", Subscribed: new(false)}},
			Templates:   []remote.Template{{Name: "Reminder", Subject: "Still there, {{name}}?", Body: "Come back"}},
			Automations: []remote.Automation{{Name: "Remind", Template: "Reminder", Events: []string{"signed-up"}, NotEvents: []string{"activated"}, Delay: 1440, RunOnce: true}},
			Campaigns:   []remote.Campaign{{Subject: "News", Body: "All of it", Recipients: []string{"ada@example.com"}}},
		})
		checkShop(t, p)
		if s := p.Settings(t); s.Sender != "shop@example.com" || s.Verified == nil || !*s.Verified || len(s.Members) != 1 {
			t.Errorf("settings %+v", s)
		}
		if all := p.Campaigns(t); len(all) != 1 || all[0].Subject != "News" || all[0].Status != "DRAFT" {
			t.Errorf("campaigns %+v", all)
		}
		if a := p.Automations(t)[0]; !a.RunOnce {
			t.Errorf("%+v", a)
		}
		p.Reset(t)
		if n := len(p.Contacts(t)); n != 2 {
			t.Errorf("%d contacts after a reset, which goes back to what was arranged", n)
		}
	})
}

func TestLoadFixture(t *testing.T) {
	both(t, func(t tester, p *remote.Plunk) {
		p.LoadFixture(t, "testdata/shop.yml")
		checkShop(t, p)
	})
}

// checkShop checks what an arrangement and the fixture have in common.
func checkShop(t tester, p *remote.Plunk) {
	t.Helper()
	p.Track(t, "ada@example.com", "signed-up", map[string]any{"plan": "pro"})
	var got []any
	for _, a := range p.Templates(t) {
		got = append(got, a.Name, a.Subject, a.Type)
	}
	for _, a := range p.Automations(t) {
		got = append(got, a.Name, a.Template, a.Delay, a.Events, a.NotEvents)
	}
	for _, email := range []string{"ada@example.com", "bob@example.com"} {
		c := p.Contact(t, email)
		got = append(got, c.Email, *c.Subscribed, c.Data)
		for _, e := range c.Events {
			got = append(got, e.Name, e.Time.String())
		}
	}
	for _, e := range p.Events(t) {
		if e.Count > 0 {
			got = append(got, e.Name, e.Count, e.LastAt.String())
		}
	}
	for _, task := range p.Schedule(t) {
		got = append(got, task.Email, task.Kind, task.Due.Sub(testkit.Epoch))
	}
	for _, m := range p.Advance(t, 24*time.Hour) {
		got = append(got, m.Subject, m.Cause.Automation.Name)
	}
	got = append(got, len(p.Contacts(t)), p.Now(t).Sub(testkit.Epoch))
	if diff := cmp.Diff([]any{
		"Reminder", "Still there, {{name}}?", "MARKETING",
		"Remind", "Reminder", 1440,
		[]string{"signed-up"},
		[]string{"activated"},
		"ada@example.com", true,
		map[string]any{"name": "Ada", "plan": "pro"},
		"signed-up", testkit.Epoch.String(),
		"bob@example.com", false,
		map[string]any{},
		"signed-up", 1, testkit.Epoch.String(),
		"ada@example.com", "automation", 24 * time.Hour,
		"Still there, Ada?", "Remind",
		2, 24 * time.Hour,
	}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	p.Mail(t, remote.ByAutomation("Remind"), remote.ByEvent("signed-up"))
}

func TestSnapshot(t *testing.T) {
	both(t, func(t tester, p *remote.Plunk) {
		send(t, p, "ada@example.com", "Welcome", body)
		held := p.Snapshot(t)
		p.Advance(t, time.Hour)
		p.Reset(t)
		p.NoMail(t)
		p.Restore(t, held)
		if m := p.Mail(t, remote.To("ada@example.com")); m.Code() != "482913" {
			t.Error(m.Codes)
		}
		if now := p.Now(t); !now.Equal(testkit.Epoch) {
			t.Errorf("it is %v", now)
		}
	})
}

// What is empty or gone says so, and what would be right.
func TestGone(t *testing.T) {
	both(t, func(t tester, p *remote.Plunk) {
		f := p.Fail(t, remote.On("trackEvent"), remote.Status(500))
		p.Reset(t)
		f.Remove() // which the reset has done
		other := p.Fail(t, remote.On("trackEvent"), remote.Status(500))
		if err := p.Control().RemoveFault(t.Context(), ""); err == nil || other.Hits() != 0 {
			t.Errorf("a rule without an ID is removed: %v", err)
		}
		if m, err := p.Control().Message(t.Context(), ""); err == nil {
			t.Errorf("a message without an ID is %+v", m)
		}
		for want, fail := range map[string]func(t *fake.T){
			`plunkmock: the contact "": remote: GET /contacts/: the ID must be that of one, not ""`:        func(t *fake.T) { p.Contact(t, "") },
			`plunkmock: the contact "bob@example.com": 404 Not Found: That contact was not found`:          func(t *fake.T) { p.Contact(t, "bob@example.com") },
			"plunkmock: the Snapshot to restore is empty; it must be one that Plunk.Snapshot has returned": func(t *fake.T) { p.Restore(t, remote.Snapshot{}) },
			"plunkmock: the hits of the rule are gone with it: a Reset, a Restore or": func(t *fake.T) {
				f := p.Fail(t, remote.On("trackEvent"), remote.Status(500))
				p.Reset(t)
				f.Hits()
			},
			"plunkmock: Limit must be 0 or more, not -1": func(t *fake.T) { p.Mails(t, remote.Limit(-1)) },
			"plunkmock: remote: the fault says drop twice, before and after: a step has one, and Then": func(t *fake.T) {
				p.Fail(t, remote.DropBefore(), remote.DropAfter())
			},
			"plunkmock: remote: the fault says X-Reason twice, a and b: a step has one of a name, and": func(t *fake.T) {
				p.Fail(t, remote.Status(500), remote.ResponseHeader("X-Reason", "a"), remote.ResponseHeader("x-reason", "b"))
			},
			"plunkmock: remote: the fault says operation twice, trackEvent and sendEmail: a rule has one": func(t *fake.T) {
				p.Fail(t, remote.On("trackEvent"), remote.On("sendEmail"), remote.Status(500))
			},
			`plunkmock: the mail "Welcome" to ada@example.com: 404 Not Found: The project`: func(t2 *fake.T) {
				send(t, p, "ada@example.com", "Welcome", body)
				m := p.Mail(t2)
				p.Reset(t2)
				m.Raw()
			},
		} {
			if said := fake.Run("TestGone", fail); !strings.HasPrefix(said, want) {
				t.Error(said)
			}
		}
	})
}

func TestProject(t *testing.T) {
	both(t, func(t tester, p *remote.Plunk) {
		other := p.Project(t, "other")
		send(t, p, "ada@example.com", "Welcome", body)
		other.NoMail(t)
		other.Advance(t, time.Hour)
		if now := p.Now(t); !now.Equal(testkit.Epoch) || other.SecretKey() == p.SecretKey() {
			t.Errorf("it is %v with %s and %s", now, p.SecretKey(), other.SecretKey())
		}
	})
}

// Code whose address is fixed reaches the emulator, and no one else.
func TestClient(t *testing.T) {
	both(t, func(t tester, p *remote.Plunk) {
		for _, base := range []string{"https://api.useplunk.com/v1", p.URL() + "/api"} {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/send", jsonOf(t, map[string]string{"to": "ada@example.com", "subject": "Hi", "body": "Hi"}))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+p.SecretKey())
			r.Header.Set("Content-Type", "application/json")
			response, err := p.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			if response.StatusCode != http.StatusOK || response.Request.URL.String() != base+"/send" {
				t.Errorf("%s for %s", response.Status, response.Request.URL)
			}
		}
		p.Called(t, 2, remote.Answered(http.StatusOK))
		if response, err := p.Client().Get("http://example.com"); err == nil {
			_ = response.Body.Close()
			t.Error("it reaches example.com")
		} else if !strings.Contains(err.Error(), "reaches the emulator at "+p.URL()+" alone") {
			t.Error(err)
		}
	})
}

func TestEnv(t *testing.T) {
	both(t, func(t tester, p *remote.Plunk) {
		for _, want := range []string{"PLUNK_SECRET_KEY=" + p.SecretKey(), "PLUNK_PUBLIC_KEY=" + p.PublicKey(), "PLUNK_API_URL=" + p.URL() + "/v1", "PLUNKMOCK_URL=" + p.URL(), "PLUNKMOCK_KEY=" + p.SecretKey(), "PATH=" + os.Getenv("PATH")} {
			if !slices.Contains(p.Env(), want) {
				t.Errorf("there is no %s", want)
			}
		}
	})
}
