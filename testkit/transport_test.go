package testkit_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plunkmock/plunkmock/mock"
	"github.com/plunkmock/plunkmock/testkit"
	"github.com/plunkmock/plunkmock/testkit/internal/fake"
)

// patient is a client under test: it tries again when it is told to, after as long.
func patient(client *http.Client, base, key string) (tries int, err error) {
	for {
		tries++
		r, err := http.NewRequest(http.MethodPost, base+"/send", strings.NewReader(welcome))
		if err != nil {
			return tries, err
		}
		r.Header.Set("Authorization", "Bearer "+key)
		r.Header.Set("Content-Type", "application/json")
		response, err := client.Do(r)
		if err != nil {
			return tries, err
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusTooManyRequests {
			return tries, nil
		}
		seconds, err := strconv.Atoi(response.Header.Get("Retry-After"))
		if err != nil {
			return tries, err
		}
		time.Sleep(time.Duration(seconds) * time.Second) // in the bubble of its test
	}
}

// In a bubble nobody waits: neither for what a client sleeps, nor for a slow answer.
func TestInBubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := testkit.Start(t, testkit.InMemory())
		p.Fail(t, testkit.On("sendEmail"), testkit.Status(429), testkit.RetryAfter(30*time.Second), testkit.Delay(time.Second), testkit.Times(2))
		start := time.Now()
		tries, err := patient(p.Client(), "https://api.useplunk.com/v1", p.SecretKey())
		if took := time.Since(start); tries != 3 || err != nil || took != 62*time.Second {
			t.Errorf("%d tries in %v: %v", tries, took, err)
		}
		p.Mail(t, testkit.To("ada@example.com"))

		go func() {
			time.Sleep(10 * time.Minute) // of the bubble
			if err := sendTo(p.Client(), p.APIURL(), p.SecretKey(), "bob@example.com", "Late"); err != nil {
				t.Error(err)
			}
		}()
		p.WaitMail(t, time.Hour, testkit.To("bob@example.com"))
		if took := time.Since(start); took != 11*time.Minute+2*time.Second {
			t.Errorf("it took %v", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL()+"/_mock/events/stream", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := p.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if _, err := io.ReadAll(response.Body); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}

// What a fault does to a connection looks the same in memory as by a socket.
func TestFaultsLookAlike(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault testkit.FaultOption
		check func(*http.Response, error) bool
		mails int
	}{
		"drop before": {testkit.DropBefore(), reset, 0},
		"drop after":  {testkit.DropAfter(), reset, 1},
		"truncate":    {testkit.Truncate(10), truncated, 1},
		"body":        {testkit.Body("<html>"), another, 1},
	} {
		for _, way := range []string{"socket", "memory"} {
			t.Run(name+" by "+way, func(t *testing.T) {
				t.Parallel()
				p := shared.Start(t)
				client := p.Client()
				if way == "socket" {
					client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
				}
				f := p.Fail(t, c.fault, testkit.On("sendEmail"))
				r, err := http.NewRequest(http.MethodPost, p.APIURL()+"/send", strings.NewReader(welcome))
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Authorization", "Bearer "+p.SecretKey())
				r.Header.Set("Content-Type", "application/json")
				response, err := client.Do(r)
				if err == nil {
					defer response.Body.Close()
				}
				if !c.check(response, err) {
					t.Errorf("%v, %v", response, err)
				}
				if n := len(p.Mails(t)); n != c.mails || f.Hits() != 1 {
					t.Errorf("%d mails, %d hits", n, f.Hits())
				}
			})
		}
	}
}

func truncated(response *http.Response, err error) bool {
	if err != nil {
		return false
	}
	body, err := io.ReadAll(response.Body)
	return len(body) == 10 && response.ContentLength > 10 && errors.Is(err, io.ErrUnexpectedEOF)
}

func another(response *http.Response, err error) bool {
	if err != nil {
		return false
	}
	body, err := io.ReadAll(response.Body)
	return string(body) == "<html>" && response.ContentLength == 6 && err == nil
}

func reset(_ *http.Response, err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "read" && errors.Is(err, syscall.ECONNRESET)
}

// get asks for an address.
func get(client *http.Client, address string) error {
	response, err := client.Get(address)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

// A client that goes away ends its call; one that comes too late is refused.
func TestTransportEnds(t *testing.T) {
	t.Parallel()
	said := fake.Run("TestEnds", func(t *fake.T) {
		var client *http.Client
		t.Cleanup(func() { // after the emulator has ended
			if err := get(client, "http://plunkmock.localhost/healthz"); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Errorf("closed: %v", err)
			}
		})
		p := testkit.Start(t, testkit.InMemory())
		client = p.Client()
		for range 500 { // the handler may answer before its client looks
			canceled(t, p)
		}
		if calls := p.Requests(t); len(calls) != 0 {
			t.Errorf("%d calls arrived of clients that had gone", len(calls))
		}
		head, err := client.Head(p.URL() + "/openapi.yaml")
		if err != nil || head.ContentLength <= 0 {
			t.Errorf("HEAD: %v", err)
		}
		_ = head.Body.Close()
		if err := get(client, "http://plunkmock.localhost:1/healthz"); err == nil || !strings.Contains(err.Error(), "reaches the emulator at http://plunkmock.localhost alone") {
			t.Errorf("another host: %v", err)
		}
	})
	if said != "PASS" {
		t.Error(said)
	}
}

// canceled checks that a call whose client goes away while it is held ends as canceled, and
// that one whose client has gone before it begins does not arrive.
func canceled(t *fake.T, p *testkit.Plunk) {
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(100*time.Microsecond, cancel)
	for _, path := range []string{"/_mock/inbox/wait?timeout=60s", "/contacts"} {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL()+path, nil)
		if err != nil {
			t.Fatalf("%v", err)
		}
		response, err := p.Client().Do(r)
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("%s, canceled: %v", path, err)
		}
		if err == nil {
			_ = response.Body.Close()
		}
	}
}

// The same seed gives the same IDs, and the same mail to the byte.
func TestSameSeedSameIDs(t *testing.T) {
	t.Parallel()
	run := func(seed string) string {
		var got string
		said := fake.Run("TestSeed", func(t *fake.T) {
			p := testkit.Start(t, testkit.Seed(seed), testkit.InMemory())
			if err := sendTo(p.Client(), p.APIURL(), p.SecretKey(), "ada@example.com", "Hi"); err != nil {
				t.Fatalf("%v", err)
			}
			m := p.Mail(t)
			got = fmt.Sprint(m.ID, m.Cause.Request, p.Contact(t, "ada@example.com").ID, string(m.Raw()))
		})
		if said != "PASS" {
			t.Error(said)
		}
		return got
	}
	first := make(chan string)
	go func() { first <- run("a") }()
	second := run("a")
	if one, random := <-first, run(""); one != second || second == run("b") || random == run("") {
		t.Errorf("%s\n%s", one, second)
	}
}

// A restart ends what is held.
func TestRestartEndsWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := testkit.Start(t, testkit.InMemory())
		status := make(chan int, 1)
		go func() {
			response, err := p.Client().Get(p.URL() + "/_mock/inbox/wait?timeout=60s")
			if err != nil {
				t.Error(err)
				return
			}
			_ = response.Body.Close()
			status <- response.StatusCode
		}()
		synctest.Wait()
		p.Restart(t)
		if got := <-status; got != http.StatusServiceUnavailable {
			t.Errorf("status %d", got)
		}
	})
}

// What clients see of a deployment: streams end, and then all is there again, at the same
// address.
func TestRestartKeepsAll(t *testing.T) {
	t.Parallel()
	p := testkit.Start(t, testkit.Configure(func(c *mock.Config) { c.Keys = mock.KeysStrict }))
	other := p.Project(t, "other")
	if err := sendTo(http.DefaultClient, other.APIURL(), other.SecretKey(), "bob@example.com", "Hi"); err != nil {
		t.Fatal(err)
	}
	other.Arrange(t, testkit.Arrangement{
		Templates:   []testkit.Template{{Name: "Reminder", Subject: "Still there?", Body: "Hi", Type: "TRANSACTIONAL"}},
		Automations: []testkit.Automation{{Name: "Remind", Template: "Reminder", Events: []string{"signed-up"}, Delay: 60}},
	})
	other.Track(t, "bob@example.com", "signed-up", nil)
	response, err := http.DefaultClient.Get(p.URL() + "/_mock/events/stream?project=test")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	p.Restart(t)
	if _, err := io.ReadAll(response.Body); err != nil {
		t.Errorf("the stream ends with %v", err)
	}
	other.Mail(t, testkit.To("bob@example.com"), testkit.Subject("Hi"))
	if sent := other.Advance(t, time.Hour); len(sent) != 1 || sent[0].Cause.Automation.Name != "Remind" {
		t.Errorf("%v", sent)
	}
	if err := sendTo(http.DefaultClient, p.APIURL(), p.SecretKey(), "ada@example.com", "After"); err != nil {
		t.Error(err)
	}
	p.Mail(t, testkit.Subject("After"))
	if err := sendTo(http.DefaultClient, p.APIURL(), "sk_unknown", "ada@example.com", "Hi"); err == nil || err.Error() != "status 401" {
		t.Error(err)
	}
}

// Clients that call all the while see the API, or no one, but no answer that is lost.
func TestRestartUnderLoad(t *testing.T) {
	t.Parallel()
	p := testkit.Start(t)
	ctx, cancel := context.WithCancel(t.Context())
	sent := make(chan int)
	for range 4 {
		go func() {
			n := 0
			for ctx.Err() == nil {
				if sendTo(p.Client(), p.APIURL(), p.SecretKey(), "ada@example.com", "Hi") == nil {
					n++
				}
			}
			sent <- n
		}()
	}
	for range 3 {
		p.Restart(t)
	}
	cancel()
	total := 0
	for range 4 {
		total += <-sent
	}
	if n := len(p.Mails(t)); n != total {
		t.Errorf("%d mails were sent, and %d are there", total, n)
	}
}

// scope is a test in a benchmark, which ends before it.
type scope struct {
	*testing.B

	cleanups []func()
}

func (s *scope) Cleanup(fn func()) { s.cleanups = append(s.cleanups, fn) }

func (s *scope) end() {
	for _, fn := range slices.Backward(s.cleanups) {
		fn()
	}
}

// BenchmarkStart starts an emulator, makes a first call and ends it all again. What it takes
// until the answer is there is told apart.
func BenchmarkStart(b *testing.B) {
	for way, options := range map[string][]testkit.Option{"socket": nil, "memory": {testkit.InMemory()}} {
		b.Run(way, func(b *testing.B) {
			testkit.Start(b, options...) // documents are loaded once a process
			answered := time.Duration(0)
			for b.Loop() {
				start := time.Now()
				s := &scope{B: b}
				p := testkit.Start(s, options...)
				client := p.Client()
				if way == "socket" {
					client = http.DefaultClient
				}
				if err := sendTo(client, p.APIURL(), p.SecretKey(), "ada@example.com", "Hi"); err != nil {
					b.Fatal(err)
				}
				answered += time.Since(start)
				s.end()
			}
			b.ReportMetric(float64(answered.Nanoseconds())/float64(b.N), "ns-to-answer/op")
		})
	}
}

// BenchmarkShared gives a test its project of a shared server, sends a mail and reads it.
func BenchmarkShared(b *testing.B) {
	for b.Loop() {
		s := &scope{B: b}
		p := shared.Start(s)
		if err := sendTo(p.Client(), p.APIURL(), p.SecretKey(), "ada@example.com", "Hi"); err != nil {
			b.Fatal(err)
		}
		p.Mail(s, testkit.To("ada@example.com"))
		s.end()
	}
}
