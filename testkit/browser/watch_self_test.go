package browser_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestWatcherHears loads a page that does what the console must not. A watcher that
// missed it would find nothing elsewhere either.
func TestWatcherHears(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ page, want string }{
		"request":     {`<img src="http://elsewhere.test/i">`, "a request to http://elsewhere.test/i (Image"},
		"preload":     {`<link rel=preload as=image href="http://elsewhere.test/i">`, "a request to http://elsewhere.test/i"},
		"error":       {`<script>console.error("oh")</script>`, "console.error: oh"},
		"warning":     {`<script>console.warn("oh")</script>`, "console.warning: oh"},
		"exception":   {`<script>throw new Error("oh")</script>`, "an exception: Uncaught Error: oh"},
		"rejection":   {`<script>Promise.reject(new Error("oh"))</script>`, "an exception: Uncaught (in promise) Error: oh"},
		"policy":      {`<script>document.head.innerHTML = '<meta http-equiv=Content-Security-Policy content="img-src a.test">'</script><img src=/i>`, "console.error: policy: img-src HERE/i"},
		"dialog":      {`<script>setTimeout(() => alert("oh"))</script>`, `a dialog: alert "oh"`},
		"window":      {`<script>open("about:blank#oh")</script>`, "a window for about:blank#oh"},
		"navigation":  {`<script>setTimeout(() => { location = "/other" })</script>`, "the page has gone to HERE/other"},
		"frame":       {`<iframe src="/other"></iframe>`, "a frame shows HERE/other"},
		"top":         {`<iframe srcdoc="<script>top.location = '/other'</script>"></iframe>`, "the page has gone to HERE/other"},
		"refresh":     {`<meta http-equiv=refresh content="0;url=/other">`, "the page has gone to HERE/other"},
		"not found":   {`<script>fetch("/missing")</script>`, "network: error: Failed to load resource: the server responded with a status of 404"},
		"in a frame":  {`<iframe sandbox srcdoc="<img src=http://elsewhere.test/i>"></iframe>`, "a request to http://elsewhere.test/i (Image"},
		"file":        {`<script>location = "/file"</script>`, "a download of HERE/file"},
		"web socket":  {`<script>new WebSocket("ws://elsewhere.test/")</script>`, "a web socket to ws://elsewhere.test/"},
		"nothing bad": {`<script>console.log("fine")</script>`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch r.URL.Path {
				case "/":
					w.Header().Set("Content-Type", "text/html")
					_, _ = w.Write([]byte("<!doctype html><link rel=icon href=data:,><p>here" + c.page))
				case "/file":
					w.Header().Set("Content-Disposition", "attachment")
				case "/missing":
					w.WriteHeader(http.StatusNotFound)
				}
			}))
			t.Cleanup(web.Close)
			w := newWatcher(web.URL)
			ctx, cancel := chromedp.NewContext(shared.use(t), chromedp.WithNewBrowserContext(), chromedp.WithListener(w.hear))
			t.Cleanup(cancel)
			p := &tab{TB: t, project: project{server: &server{url: web.URL}}, ctx: ctx, watch: w, limit: patience}
			p.must(chromedp.Do(ctx))
			p.begin() //nolint:contextcheck // it has the tab's
			w.load()
			go func() { _ = chromedp.Do(ctx, chromedp.Navigate(web.URL+"/")) }() // a dialog stops it
			want := strings.ReplaceAll(c.want, "HERE", web.URL)
			p.until("the watcher hears "+want, func() (bool, string) {
				found := strings.Join(w.found(), "\n")
				if want == "" {
					text, err := try[string](p, "document.readyState")
					return err == nil && text == "complete" && found == "", found
				}
				return strings.Contains(found, want), found
			})
		})
	}
}
