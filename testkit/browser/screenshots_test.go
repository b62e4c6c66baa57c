package browser_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/page"
)

// TestScreenshots makes pictures of the views, in light and dark.
func TestScreenshots(t *testing.T) {
	if *screenshots == "" {
		t.Skip("it is run by -screenshots DIR")
	}
	if err := os.MkdirAll(*screenshots, 0o750); err != nil {
		t.Fatal(err)
	}
	s := start(t, "127.0.0.1:4580") // the address that lines to copy name
	p := newTab(t, project{s, "orbit"})
	p.open("start")
	p.size(1200, 750)
	p.settled()
	p.picture("start")
	id := p.populate(t)
	p.open("inbox/" + id)
	for name, address := range map[string]string{
		"inbox": "inbox/" + id + "?tab=html", "links": "inbox/" + id + "?tab=links", "why": "inbox/" + id + "?tab=why", "requests": "requests/" + p.refused(t),
		"contacts": "contacts/barbara@example.com", "events": "events/signed-up", "automations": "automations/Receipt", "campaigns": "campaigns",
		"time": "time", "faults": "faults", "project": "project",
	} {
		p.visit(address)
		p.settled()
		p.picture(name)
	}
	p.size(360, 740)
	p.visit("inbox")
	p.settled()
	p.picture("narrow")
}

// refused returns a call that was.
func (p project) refused(tb testing.TB) (id string) {
	tb.Helper()
	var list struct{ Requests []struct{ ID string } }
	p.get(tb, "/requests?status=422", &list)
	if len(list.Requests) == 0 {
		tb.Fatal("no call was refused")
	}
	return list.Requests[0].ID
}

// picture writes what is seen into a file, in light and dark.
func (t *tab) picture(name string) {
	t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		t.prefer(scheme)
		t.settled()
		quality := int64(80)
		shot := run(t, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatWebp, Quality: &quality})
		if len(shot.Data) > 80_000 {
			t.Logf("%s, %s: %d bytes are many", name, scheme, len(shot.Data))
		}
		t.must(os.WriteFile(filepath.Join(*screenshots, name+"-"+scheme+".webp"), shot.Data, 0o600))
	}
}
