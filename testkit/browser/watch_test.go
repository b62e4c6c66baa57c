package browser_test

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
)

// watcher hears of all that a tab does, and keeps what it must not do.
type watcher struct {
	origin string

	mu       sync.Mutex
	loads    int         // of the page, that the test has asked for
	main     cdp.FrameID // "" until the page is loaded
	tab      target.ID
	asked    map[network.RequestID]string
	refused  map[network.RequestID]bool // requests that were stopped before they left
	faults   []string
	expected []string // parts of what may be
	bytes    float64  // of all answers, as they came
}

func newWatcher(origin string) *watcher {
	return &watcher{
		origin: origin, asked: map[network.RequestID]string{}, refused: map[network.RequestID]bool{},
	}
}

// expect says that what has this text in it is no fault.
func (w *watcher) expect(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.expected = append(w.expected, text)
}

// load says that the page will be loaded once more.
func (w *watcher) load() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.loads++
}

// opened says which tab it is that is watched.
func (w *watcher) opened(tab target.ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tab = tab
}

// found returns what the tab did that it must not.
func (w *watcher) found() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := slices.Clone(w.faults)
	for id, address := range w.asked {
		if !w.refused[id] {
			all = append(all, "a request to "+address)
		}
	}
	all = slices.DeleteFunc(all, func(fault string) bool {
		return slices.ContainsFunc(w.expected, func(text string) bool { return strings.Contains(fault, text) })
	})
	slices.Sort(all)
	return slices.Compact(all)
}

// requests returns the addresses that were asked for elsewhere and not stopped.
func (w *watcher) requests() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	left := maps.Clone(w.asked)
	maps.DeleteFunc(left, func(id network.RequestID, _ string) bool { return w.refused[id] })
	return slices.Sorted(maps.Values(left))
}

// note keeps a fault. w.mu must be held.
func (w *watcher) note(format string, args ...any) {
	w.faults = append(w.faults, fmt.Sprintf(format, args...))
}

// hear is told each event of the tab, in their order.
func (w *watcher) hear(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hearNetwork(event)
	w.hearPage(event)
	w.hearScript(event)
}

func (w *watcher) hearNetwork(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		if !w.own(e.Request.URL) {
			w.asked[e.RequestID] = fmt.Sprintf("%s (%s of %s)", e.Request.URL, e.Type, e.DocumentURL)
		}
	case *network.EventLoadingFailed:
		w.refused[e.RequestID] = e.BlockedReason != ""
	case *network.EventLoadingFinished:
		w.bytes += e.EncodedDataLength
	case *network.EventWebSocketCreated:
		w.note("a web socket to %s", e.URL)
	}
}

func (w *watcher) hearPage(event any) {
	switch e := event.(type) {
	case *page.EventJavascriptDialogOpening:
		w.note("a dialog: %s %q", e.Type, e.Message)
	case *page.EventFrameNavigated:
		w.navigated(e.Frame)
	case *page.EventWindowOpen:
		w.note("a window for %s", e.URL)
	case *target.EventTargetCreated:
		w.appeared(e.TargetInfo)
	case *browser.EventDownloadWillBegin:
		w.note("a download of %s", e.URL)
	}
}

func (w *watcher) hearScript(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		w.note("an exception: %s", thrown(e.ExceptionDetails))
	case *runtime.EventConsoleAPICalled:
		switch e.Type { //nolint:exhaustive // the others are no complaints
		case runtime.ConsoleAPICalledTypeError, runtime.ConsoleAPICalledTypeWarning, runtime.ConsoleAPICalledTypeAssert:
			w.note("console.%s: %s", e.Type, words(e.Args))
		}
	case *log.EventEntryAdded:
		w.logged(e.Entry)
	}
}

// own reports whether an address is the server's, or holds what it shows.
func (w *watcher) own(address string) bool {
	return strings.HasPrefix(address, w.origin+"/") || strings.HasPrefix(address, "data:") || strings.HasPrefix(address, "blob:"+w.origin+"/") ||
		address == "about:blank" || address == "about:srcdoc"
}

// mailPath is where the frame of a mail may be.
var mailPath = regexp.MustCompile(`^/_mock/inbox/messages/[^/]+/html$`)

func (w *watcher) ofMail(address string) bool {
	u, err := url.Parse(address)
	return err == nil && w.own(address) && mailPath.MatchString(u.Path)
}

func (w *watcher) navigated(f *cdp.Frame) {
	if f.ParentID != "" && f.ParentID != w.main && f.UnreachableURL != "" {
		return // a frame in that of a mail was stopped
	}
	if f.ParentID != "" {
		if !w.ofMail(f.URL) && !strings.HasPrefix(f.URL, "about:") {
			w.note("a frame shows %s %s", f.URL, f.UnreachableURL)
		}
		return
	}
	if f.URL == "about:blank" && w.main == "" {
		return
	}
	w.main = f.ID
	if w.loads--; w.loads < 0 || f.URL != w.origin+"/" {
		w.note("the page has gone to %s %s", f.URL, f.UnreachableURL)
	}
}

// appeared hears of the tabs of all tests.
func (w *watcher) appeared(info *target.Info) {
	if w.tab != "" && info.OpenerID == w.tab {
		w.note("a new %s shows %s", info.Type, info.URL)
	}
}

// logged hears what the browser says about the page. What it says about the frame of a
// mail is that it has stopped it. Of policies, the page itself tells which were its own.
func (w *watcher) logged(e *log.Entry) {
	if e.Level != log.EntryLevelError && e.Level != log.EntryLevelWarning {
		return
	}
	if w.ofMail(e.URL) || ofMails.MatchString(e.Text) {
		return
	}
	w.note("%s: %s: %s (%s)", e.Source, e.Level, e.Text, e.URL)
}

// ofMails is what the browser says of mails without naming them.
var ofMails = regexp.MustCompile(`violates the following Content Security Policy directive` +
	`|^Blocked script execution in '(about:srcdoc|[^']*/_mock/inbox/messages/[^/]+/html)`)

func thrown(e *runtime.ExceptionDetails) string {
	text := e.Text
	if e.Exception != nil {
		text += " " + e.Exception.Description
	}
	return fmt.Sprintf("%s (%s:%d)", text, e.URL, e.LineNumber+1)
}

func words(args []*runtime.RemoteObject) string {
	var all []string
	for _, a := range args {
		all = append(all, strings.Trim(string(a.Value), `"`)+a.Description)
	}
	return strings.Join(all, " ")
}
