package main

import (
	"io"
	"net/http"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/inbox/smtp/testdata/hostile"
)

// views are what is asked for of a message, by the unit that tells how long it takes.
var views = []struct{ unit, path string }{
	{"json-ms", "/messages/latest"},
	{"html-ms", "/messages/latest/html"},
	{"remote-ms", "/messages/latest/html?remote=1"},
	{"text-ms", "/messages/latest/text"},
	{"code-ms", "/messages/latest/code"},
	{"link-ms", "/messages/latest/link"},
	{"raw-ms", "/messages/latest/raw"},
	{"file-ms", "/messages/latest/attachments/0"},
	{"list-ms", "/messages?limit=10"},
	{"search-ms", "/messages?q=nothing+there"},
}

// BenchmarkHostile tells how long each first view of a large hostile mail takes, in
// milliseconds, and "worst-ms" which takes longest: 200 are the most that one may. Each
// round sends the mail anew, and the quickest of the rounds counts, as whatever else
// the machine does is not the mail's doing; -benchtime 3x says how many. "peak-MB" is
// how much the heap has grown at the most.
func BenchmarkHostile(b *testing.B) {
	r := start(b, "--max-bytes", "4GB")
	for _, mail := range hostile.Mails() {
		b.Run(mail.Name, func(b *testing.B) {
			data := mail.Data(24_000_000, "canary.test")
			best, peak := map[string]time.Duration{}, int64(0)
			for b.Loop() {
				b.StopTimer()
				r.do(b, http.MethodDelete, "/_mock/inbox/messages", "")
				c := dialSession(b, *r.ready.SMTP)
				runtime.GC()
				heap := watchHeap()
				c.send(b, "ada@example.com", data)
				b.StartTimer()
				for _, view := range views {
					begun := time.Now()
					if status := r.skim(b, "/_mock/inbox"+view.path); status >= http.StatusInternalServerError {
						b.Errorf("%s: status %d", view.path, status)
					}
					if took, known := best[view.unit]; !known || time.Since(begun) < took {
						best[view.unit] = time.Since(begun)
					}
				}
				b.StopTimer()
				peak = max(peak, heap())
				_ = c.Close()
				b.StartTimer()
			}
			var worst time.Duration
			for unit, took := range best {
				worst = max(worst, took)
				b.ReportMetric(float64(took.Microseconds())/1000, unit)
			}
			b.ReportMetric(float64(worst.Microseconds())/1000, "worst-ms")
			b.ReportMetric(float64(peak)/1e6, "peak-MB")
			b.ReportMetric(float64(len(data))/1e6, "mail-MB")
		})
	}
}

// skim reads an answer and keeps none of it.
func (r running) skim(tb testing.TB, path string) (status int) {
	tb.Helper()
	response := r.ask(tb, path)
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
		return int64(sample[0].Value.Uint64())
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
