package browser_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/cdproto/runtime"

	"github.com/chromedp/cdproto/cdp"
)

// metrics are what Chromium itself measures of a page, in seconds and bytes.
func (t *tab) metrics() map[string]float64 {
	t.Helper()
	all := map[string]float64{}
	for _, m := range run(t, performance.GetMetrics, cdp.Empty{}).Metrics {
		all[m.Name] = m.Value
	}
	return all
}

// heap is what scripts hold on to, in bytes.
func (t *tab) heap() float64 {
	t.Helper()
	run(t, heapprofiler.CollectGarbage, cdp.Empty{})
	return float64(run(t, runtime.GetHeapUsage, cdp.Empty{}).UsedSize)
}

// BenchmarkOpen opens the inbox with 10,000 mails, in a browser that was never here.
func BenchmarkOpen(b *testing.B) {
	p := newProject(b)
	p.many(b, 10_000)
	var paint, script, layout, tasks, bytes float64
	for b.Loop() {
		t := newTab(b, p)
		run(t, performance.Enable, performance.EnableParams{})
		t.open("inbox")
		t.see("10,000 mails", "Letter 9999")
		t.settledNow()
		paint += eval[float64](t, `performance.getEntriesByName("first-contentful-paint")[0].startTime`)
		m := t.metrics()
		script += m["ScriptDuration"]
		layout += m["LayoutDuration"] + m["RecalcStyleDuration"]
		tasks += m["TaskDuration"]
		t.watch.mu.Lock()
		bytes += t.watch.bytes
		t.watch.mu.Unlock()
	}
	n := float64(b.N)
	b.ReportMetric(paint/n, "ms-to-paint/op")
	b.ReportMetric(1000*script/n, "ms-script/op")
	b.ReportMetric(1000*layout/n, "ms-layout/op")
	b.ReportMetric(1000*tasks/n, "ms-tasks/op")
	b.ReportMetric(bytes/n/1000, "kB/op")
}

// BenchmarkScroll scrolls through 10,000 mails, a screen in each frame.
func BenchmarkScroll(b *testing.B) {
	p := newProject(b)
	p.many(b, 10_000)
	t := newTab(b, p)
	run(t, performance.Enable, performance.EnableParams{})
	t.open("inbox")
	t.see("10,000 mails", "Letter 9999")
	before := t.metrics()
	for b.Loop() {
		eval[any](t, `(async (list) => {
			for (let i = 0; i < 100; i++) {
				list.scrollTop = (i * list.clientHeight) % (list.scrollHeight - list.clientHeight);
				await new Promise(requestAnimationFrame);
			}
		})(document.querySelector(".long"))`)
	}
	after := t.metrics()
	b.ReportMetric(1000*(after["ScriptDuration"]-before["ScriptDuration"])/float64(b.N)/100, "ms-script/frame")
	b.ReportMetric(1000*(after["TaskDuration"]-before["TaskDuration"])/float64(b.N)/100, "ms-tasks/frame")
}

// BenchmarkArrivals shows 1,000 mails as they come.
func BenchmarkArrivals(b *testing.B) {
	var heap, more, elements float64
	for b.Loop() {
		t := newTab(b, newProject(b))
		t.do(b, "POST", "/_mock/reset", nil)
		t.open("inbox")
		t.see("Send your first mail")
		before := t.heap()
		for i := range 1000 {
			t.send(b, fmt.Sprint("Letter ", i), "<p>Hi</p>")
		}
		t.see("1,000 mails")
		t.settledNow()
		heap += t.heap()
		more += t.heap() - before
		elements += eval[float64](t, `document.querySelectorAll("*").length`)
	}
	n := float64(b.N)
	b.ReportMetric(heap/n/1e6, "MB-heap")
	b.ReportMetric(more/n/1e6, "MB-more")
	b.ReportMetric(elements/n, "elements")
}

// settledNow waits until nothing is asked for.
func (t *tab) settledNow() {
	t.Helper()
	t.wait(`!document.querySelector(".hollow, [aria-busy=true]")`)
}
