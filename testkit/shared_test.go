package testkit_test

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/plunkmock/plunkmock/testkit"
	"github.com/plunkmock/plunkmock/testkit/internal/fake"
	"github.com/plunkmock/plunkmock/testkit/smtp"
)

// shared is the server of all tests that need no server of their own.
var shared = testkit.Shared()

func TestMain(m *testing.M) {
	code := m.Run()
	if err := shared.Close(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// sendTo mails by the API, in memory or by a socket.
func sendTo(client *http.Client, base, key, to, subject string) error {
	r, err := http.NewRequest(http.MethodPost, base+"/send", strings.NewReader(fmt.Sprintf(`{"to": %q, "subject": %q, "body": "hi"}`, to, subject)))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+key)
	r.Header.Set("Content-Type", "application/json")
	response, err := client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", response.StatusCode)
	}
	return nil
}

// A thousand tests at once share a server, and none sees what another does.
func TestSharedByAThousand(t *testing.T) {
	t.Parallel()
	const n = 1000
	start := make(chan struct{})
	said := make([]string, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			said[i] = fake.Run(fmt.Sprintf("TestShared/%d", i), func(t *fake.T) {
				p := shared.Start(t)
				client := p.Client()
				if i%10 == 0 {
					client = http.DefaultClient
				}
				p.Advance(t, time.Duration(i)*time.Minute)
				if err := sendTo(client, p.APIURL(), p.SecretKey(), "ada@example.com", fmt.Sprintf("Mail %d", i)); err != nil {
					t.Fatalf("%v", err)
				}
				mails := p.Mails(t, testkit.To("ada@example.com"))
				if len(mails) != 1 || mails[0].Subject != fmt.Sprintf("Mail %d", i) || !mails[0].Time.Equal(testkit.Epoch.Add(time.Duration(i)*time.Minute)) {
					t.Errorf("%d mails", len(mails))
				}
				p.Called(t, 1)
			})
		})
	}
	close(start)
	wg.Wait()
	for i, s := range said {
		if s != "PASS" {
			t.Errorf("test %d: %s", i, s)
		}
	}
}

// Tests in bubbles share a server as others do: time passes in each by itself.
func TestSharedByBubbles(t *testing.T) {
	t.Parallel()
	for i := range 4 {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := shared.Start(t)
				start := time.Now()
				go func() {
					time.Sleep(time.Hour) // of the bubble
					_ = sendTo(p.Client(), p.APIURL(), p.SecretKey(), "ada@example.com", "Late")
				}()
				p.WaitMail(t, 2*time.Hour, testkit.Subject("Late"))
				if took := time.Since(start); took != time.Hour {
					t.Errorf("it took %v", took)
				}
			})
		})
	}
}

// Faults that take time take it in a bubble alone, also on a server that was started outside.
func TestSharedFaultsInBubbles(t *testing.T) {
	t.Parallel()
	for want, option := range map[time.Duration]testkit.FaultOption{
		time.Minute:      testkit.Delay(time.Minute),
		11 * time.Second: testkit.Dribble(1), // {"count":0}
	} {
		synctest.Test(t, func(t *testing.T) {
			p := shared.Start(t)
			p.Fail(t, testkit.On("getContactCount"), option)
			start := time.Now()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.APIURL()+"/contacts/count", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+p.SecretKey())
			response, err := p.Client().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			body, err := io.ReadAll(response.Body)
			_ = response.Body.Close()
			if took := time.Since(start); took < want || err != nil || string(body) == "" {
				t.Errorf("after %v: %q, %v", took, body, err)
			}
		})
	}
}

// A client that does not wait for a slow answer leaves nothing in its bubble, nor elsewhere.
func TestSharedTimeoutsInBubbles(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := shared.Start(t)
		p.Fail(t, testkit.Delay(10*time.Minute))
		client := p.Client()
		client.Timeout = time.Second
		start := time.Now()
		if err := sendTo(client, p.APIURL(), p.SecretKey(), "ada@example.com", "Hi"); !os.IsTimeout(err) {
			t.Error(err)
		}
		if took := time.Since(start); took != time.Second {
			t.Errorf("it took %v", took)
		}
		p.NoMail(t)
	})
}

// A project of a shared server goes with its test, but not before the test has shown what
// was in it.
func TestSharedProjectsGo(t *testing.T) {
	t.Parallel()
	server := testkit.Shared(testkit.InMemory()) // that has had no test of this name
	t.Cleanup(func() { _ = server.Close() })
	var key string
	said := fake.Run("TestGoes", func(t *fake.T) {
		p := server.Start(t)
		key = p.SecretKey()
		if err := sendTo(p.Client(), p.APIURL(), key, "ada@example.com", "Hi"); err != nil {
			t.Fatalf("%v", err)
		}
		t.Errorf("wrong")
	})
	want := "wrong\nplunkmock, project t-TestGoes:\n  1 call:\n    200 POST /send\n  1 mail:\n    to ada@example.com: \"Hi\" (transactional)\nFAIL"
	if said != want || key != "sk_t-TestGoes" {
		t.Errorf("%s says:\n%s", key, said)
	}
	again := fake.Run("TestGoes", func(t *fake.T) {
		p := server.Start(t)
		p.NoMail(t)
		key = p.SecretKey()
	})
	if again != "PASS" || key != "sk_t-TestGoes-2" {
		t.Errorf("%s says:\n%s", key, again)
	}
}

// However tests are called, and their further projects, none gets that of another.
func TestSharedProjectsDiffer(t *testing.T) {
	t.Parallel()
	server := testkit.Shared(testkit.InMemory())
	t.Cleanup(func() { _ = server.Close() })
	said := fake.Run("TestA", func(t *fake.T) {
		keys := map[string]bool{}
		starts := []string{"TestA", "TestA-2", "TestA", "TestA/2", "TestA-b", "TestA--b", "TestÄ", "TestÖ", strings.Repeat("x", 200), strings.Repeat("x", 201)}
		for _, name := range starts {
			_ = fake.Run(name, func(t *fake.T) {
				p := server.Start(t)
				keys[p.SecretKey()] = true
				for _, project := range []string{"b", "2", "-b"} {
					q := p.Project(t, project)
					keys[q.SecretKey()] = true
					if again := p.Project(t, project).SecretKey(); again != q.SecretKey() {
						keys[again] = false
					}
				}
			})
		}
		if len(keys) != 4*len(starts) {
			t.Errorf("%d keys: %v", len(keys), keys)
		}
	})
	if said != "PASS" {
		t.Error(said)
	}
}

// running returns the stacks of all other goroutines by their first words.
func running() map[string]string {
	stacks := map[string]string{}
	buf := make([]byte, 1<<20)
	for {
		n := runtime.Stack(buf, true)
		if n < len(buf) {
			buf = buf[:n]
			break
		}
		buf = make([]byte, 2*len(buf))
	}
	for _, stack := range strings.Split(string(buf), "\n\n")[1:] { // the first is this one
		id, _, _ := strings.Cut(stack, " [")
		stacks[id] = stack
	}
	return stacks
}

// ours returns the stacks of goroutines of the emulator and of HTTP that were not there before.
func ours(before map[string]string) map[string]string {
	stacks := running()
	maps.DeleteFunc(stacks, func(id, stack string) bool {
		return before[id] != "" || !strings.Contains(stack, "plunkmock/") && !strings.Contains(stack, "net/http.")
	})
	return stacks
}

// Nothing runs on when a test is over, whatever it has left open. It is not parallel, since
// it counts goroutines.
func TestNothingIsLeft(t *testing.T) {
	before := running() // of whatever: one that has just begun does not tell whose it is
	said := fake.Run("TestLeft", func(t *fake.T) {
		var bodies []io.Closer
		t.Cleanup(func() { // after the emulator has ended
			for _, body := range bodies {
				_ = body.Close()
			}
		})
		p := testkit.Start(t, smtp.Listen())
		for range 2 {
			for _, client := range []*http.Client{p.Client(), http.DefaultClient} {
				if err := sendTo(client, p.APIURL(), p.SecretKey(), "ada@example.com", "Hi"); err != nil {
					t.Fatalf("%v", err)
				}
				r, err := client.Get(p.URL() + "/_mock/events/stream") //nolint:bodyclose // that is the case
				if err != nil || r.StatusCode != http.StatusOK {
					t.Fatalf("no stream: %v", err)
				}
				if client == http.DefaultClient { // net/http keeps a connection until then
					bodies = append(bodies, r.Body)
				}
				go func() { // a wait that is held, and that no one waits for
					if r, err := client.Get(p.URL() + "/_mock/inbox/wait?to=no@example.com&timeout=60s"); err == nil {
						_ = r.Body.Close()
					}
				}()
			}
			p.SMTPAddr(t)
			p.Restart(t)
		}
	})
	if said != "PASS" {
		t.Error(said)
	}
	var left map[string]string
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); runtime.Gosched() {
		if left = ours(before); len(left) == 0 {
			return
		}
	}
	t.Errorf("%d goroutines are left:\n%s", len(left), strings.Join(slices.Collect(maps.Values(left)), "\n\n"))
}
