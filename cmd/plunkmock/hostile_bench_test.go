package main

import (
	"io"
	"net/http"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/internal/hostile"
)

// BenchmarkHostile tells how long each first view of a large hostile mail takes, in
// milliseconds, and "worst-ms" which takes longest: 200 are the most that one may.
// "peak-MB" is how much the heap has grown at the most meanwhile. Run it with
// -benchtime 1x: each round sends the mail anew.
func BenchmarkHostile(b *testing.B) {
	r := start(b, "--max-bytes", "4GB")
	for _, mail := range hostile.Mails() {
		b.Run(mail.Name, func(b *testing.B) {
			data := mail.Data(24_000_000, "canary.test")
			worst := map[string]time.Duration{}
			for b.Loop() {
				b.StopTimer()
				r.do(b, http.MethodDelete, "/_mock/inbox/messages", "")
				c := dialSession(b, *r.ready.SMTP)
				c.send(b, "a@b.test", "ada@example.com", data)
				heap := watchHeap()
				b.StartTimer()
				for _, view := range []string{"", "/html", "/html?remote=1", "/text", "/code", "/link", "/raw", "/attachments/0", "s?q=nothing+there", "s?limit=10"} {
					path := "/_mock/inbox/messages/latest" + view
					if view != "" && view[0] == 's' {
						path = "/_mock/inbox/message" + view
					}
					begun := time.Now()
					status := r.skim(b, path)
					took := time.Since(begun)
					if status >= http.StatusInternalServerError {
						b.Errorf("%s: status %d", path, status)
					}
					worst[view] = max(worst[view], took)
					worst["worst"] = max(worst["worst"], took)
				}
				b.StopTimer()
				b.ReportMetric(float64(heap())/1e6, "peak-MB")
				_ = c.Close()
				b.StartTimer()
			}
			for view, unit := range map[string]string{"": "json-ms", "/html": "html-ms", "/text": "text-ms", "s?q=nothing+there": "search-ms", "worst": "worst-ms"} {
				b.ReportMetric(float64(worst[view].Microseconds())/1000, unit)
			}
			b.ReportMetric(float64(len(data))/1e6, "mail-MB")
		})
	}
}

// skim reads an answer and keeps none of it.
func (r running) skim(tb testing.TB, path string) (status int) {
	tb.Helper()
	request, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, r.ready.HTTP+path, nil)
	if err != nil {
		tb.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer sk_test")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		tb.Error(err)
	}
	return response.StatusCode
}

// watchHeap returns what tells by how many bytes the heap has grown at the most.
func watchHeap() func() int64 {
	read := func() int64 {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(sample)
		return int64(sample[0].Value.Uint64()) //nolint:gosec // the heap is not that large
	}
	before, done, most := read(), make(chan struct{}), make(chan int64)
	go func() {
		peak := before
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				peak = max(peak, read())
			case <-done:
				most <- max(peak, read()) - before
				return
			}
		}
	}()
	return func() int64 {
		close(done)
		return <-most
	}
}
