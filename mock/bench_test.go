package mock_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/plunkmock/plunkmock/mock"
)

const sendBody = `{"to":"ada@example.com","subject":"Your order 1234 is on its way","body":"<h1>Hello {{name ?? there}}</h1>` +
	`<p>Your order has left our house today. You can follow it on its way with the link below.</p>` +
	`<p><a href=\"https://shop.example.com/track/1234\">Follow your order</a></p><p>Thank you, and see you soon!</p>",` +
	`"name":"Shop","from":"orders@shop.example.com","headers":{"X-Order":"1234"},"subscribed":true}`

func newServer(tb testing.TB, c mock.Config) *mock.Server {
	tb.Helper()
	s, err := mock.New(c)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	return s
}

// call sends one request to a handler in the same process.
func call(h http.Handler, method, path, key, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://localhost"+path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		r.Header.Set("Authorization", "Bearer "+key)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// sink is a ResponseWriter that keeps only the status, so that a benchmark
// measures the handler alone.
type sink struct {
	header http.Header
	status int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }
func (s *sink) WriteHeader(status int)      { s.status = status }

func benchmarkCall(b *testing.B, s http.Handler, method, path, body string) {
	b.Helper()
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	url := "http://localhost" + path
	for b.Loop() {
		r, _ := http.NewRequest(method, url, strings.NewReader(body))
		r.Header["Content-Type"] = []string{"application/json"}
		r.Header["Authorization"] = []string{"Bearer sk_test"}
		w := sink{header: http.Header{}}
		s.ServeHTTP(&w, r)
		if w.status != http.StatusOK {
			b.Fatalf("status %d", w.status)
		}
	}
}

func BenchmarkSend(b *testing.B) {
	benchmarkCall(b, newServer(b, mock.Config{}), http.MethodPost, "/v1/send", sendBody)
}

func BenchmarkSendMiB(b *testing.B) {
	benchmarkCall(b, newServer(b, mock.Config{}), http.MethodPost, "/v1/send", attachmentBody())
}

func attachmentBody() string {
	content := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("0123456789abcdef", 1<<16)))
	return `{"to":"ada@example.com","subject":"A file","body":"<p>Here it is</p>","attachments":[{"filename":"a.bin","content":"` +
		content + `","type":"application/octet-stream"}]}`
}

func BenchmarkTrack(b *testing.B) {
	benchmarkCall(b, newServer(b, mock.Config{Limits: mock.Limits{Events: math.MaxInt32}}), http.MethodPost, "/v1/track",
		`{"event":"Signed Up","email":"ada@example.com","subscribed":true,"data":{"plan":"pro","seats":3}}`)
}

func BenchmarkListContacts10k(b *testing.B) {
	s := newServer(b, mock.Config{})
	for i := range 10_000 {
		if w := call(s, http.MethodPost, "/v1/contacts", "sk_test", fmt.Sprintf(`{"email":"c%d@example.com","data":{"plan":"pro","n":%d}}`, i, i)); w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
	benchmarkCall(b, s, http.MethodGet, "/v1/contacts", "")
}

// bare is what any server does at the least: decode, keep, encode.
func bare() http.Handler {
	var mu sync.Mutex
	kept := map[int]map[string]any{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body map[string]any
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		mu.Lock()
		kept[len(kept)%1000] = body
		mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"success": true, "to": body["to"]})
	})
}

// BenchmarkServeSend sends over loopback, to the emulator and to a bare handler
// in turn; compare the two lines of one run.
func BenchmarkServeSend(b *testing.B) {
	bodies := map[string]string{"0.5KB": sendBody, "1MiB": attachmentBody()}
	for _, size := range []string{"0.5KB", "1MiB"} {
		for name, h := range map[string]http.Handler{"bare": bare(), "plunkmock": newServer(b, mock.Config{Limits: mock.Limits{Messages: 1000}})} {
			b.Run(size+"/"+name, func(b *testing.B) {
				web := httptest.NewServer(h)
				defer web.Close()
				client := web.Client()
				client.Transport.(*http.Transport).MaxIdleConnsPerHost = 16
				b.SetParallelism(8) // × 2 cores: 16 connections
				b.ReportAllocs()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						r, _ := http.NewRequest(http.MethodPost, web.URL+"/v1/send", strings.NewReader(bodies[size]))
						r.Header.Set("Content-Type", "application/json")
						r.Header.Set("Authorization", "Bearer sk_test")
						response, err := client.Do(r)
						if err != nil {
							b.Error(err)
							return
						}
						_, _ = io.Copy(io.Discard, response.Body)
						_ = response.Body.Close()
						if response.StatusCode != http.StatusOK {
							b.Errorf("status %d", response.StatusCode)
						}
					}
				})
			})
		}
	}
}

// BenchmarkAdvance10k moves the clock over a year with 10,000 mails due in it.
func BenchmarkAdvance10k(b *testing.B) {
	const tasks = 10_000
	s := newServer(b, mock.Config{})
	var state strings.Builder
	state.WriteString(`{"version": 1, "projects": [{"name": "test",
		"templates": [{"name": "T", "subject": "Hi {{name}}", "body": "<p>Hi {{name}}</p>"}],
		"automations": [{"name": "A", "template": "T", "events": ["e"], "delay": 60}], "contacts": [`)
	for i := range tasks {
		fmt.Fprintf(&state, `{"email": "u%d@example.com", "data": {"name": "U%d"}},`, i, i)
	}
	state.WriteString(`{"email": "last@example.com"}], "tasks": [`)
	for i := range tasks {
		fmt.Fprintf(&state, `{"automation": "A", "contact": "u%d@example.com", "due": "2030-%02d-%02dT00:00:00Z"},`, i, i%12+1, i%28+1)
	}
	state.WriteString(`{"automation": "A", "contact": "last@example.com", "due": "2030-12-31T00:00:00Z"}], "clock": {"at": "2029-12-31T23:00:00Z"}}]}`)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		if w := call(s, http.MethodPut, "/_mock/state", "sk_test", state.String()); w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
		b.StartTimer()
		w := call(s, http.MethodPost, "/_mock/clock/advance", "sk_test", `{"by": "8784h"}`)
		if !strings.Contains(w.Body.String(), fmt.Sprintf(`"ran":%d`, tasks+1)) {
			b.Fatalf("%.300s", w.Body)
		}
	}
}

// BenchmarkNew makes a server, once the documents have been read.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		s, err := mock.New(mock.Config{})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
