package browser_test

import (
	"context"
	"errors"
	"flag"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

var screenshots = flag.String("screenshots", "", "write pictures of the views into this `folder`")

// patience is how long a test waits for what should come at once, on a busy machine.
const patience = 30 * time.Second

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(testMain(m))
}

func testMain(m *testing.M) (code int) {
	dir, err := os.MkdirTemp("", "plunkmock-browser")
	if err != nil {
		log.Print(err)
		return 1
	}
	defer os.RemoveAll(dir)
	shared.dir = dir
	code = m.Run()
	if err := shared.close(); err != nil {
		log.Print(err)
		return 1
	}
	return code
}

// shared is the browser of all tests, from the first one on that needs it.
var shared chromium

// chromium is one without a window.
type chromium struct {
	dir string // for what it writes

	once   sync.Once
	ctx    context.Context
	stray  *stray
	failed error
}

// use returns the browser, or skips the test where there is none.
func (b *chromium) use(tb testing.TB) context.Context {
	tb.Helper()
	path, err := find("chromium", "chromium-browser", "google-chrome")
	if err != nil {
		skip(tb, "Chromium is not installed: %v", err)
	}
	b.once.Do(func() { b.failed = b.start(path) })
	if b.failed != nil {
		tb.Fatalf("%s does not start: %v", path, b.failed)
	}
	return b.ctx
}

// start starts it. Every name but the server's leads to a listener that notes who
// comes, and the log of the network tells at the end whatever else was tried.
func (b *chromium) start(path string) (err error) {
	if b.stray, err = newStray(); err != nil {
		return err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(filepath.Join(b.dir, "profile")),
		chromedp.Flag("host-resolver-rules", names(b.stray.address())),
		chromedp.Flag("log-net-log", b.netLog()),
		chromedp.Flag("net-log-capture-mode", "Default"),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("no-proxy-server", true),
		chromedp.Flag("disable-gpu", true),
		// Frames of mails are in the process of the page, so that the page's session
		// hears of what they do. They may not do more than elsewhere.
		chromedp.Flag("disable-site-isolation-trials", true),
		chromedp.Flag("disable-features", "Translate,BlinkGenPropertyTrees,IsolateSandboxedIframes,SitePerProcess,IsolateOrigins,OptimizationHints,MediaRouter,DialMediaRouteProvider"),
		chromedp.Flag("hide-scrollbars", false),
		chromedp.Flag("lang", "en-GB"),
		chromedp.Env("TZ=UTC", "LANGUAGE=en_GB"),
		chromedp.WindowSize(1280, 800),
	)
	allocator, _ := chromedp.NewExecAllocator(context.Background(), options...)
	b.ctx, _ = chromedp.NewContext(allocator)
	return chromedp.Do(b.ctx)
}

// nowhere are names that lead nowhere: those of the browser's maker, whom it calls by
// itself, and one that tests of the tests ask for.
var nowhere = []string{"google.com", "googleapis.com", "gstatic.com", "elsewhere.test"}

// names says where names lead.
func names(stray string) string {
	// Whoever looks up names.invalid asks the system in vain, and the log of the network
	// has it; of a name that is mapped it has not.
	rules := []string{"EXCLUDE 127.0.0.1", "EXCLUDE localhost", "EXCLUDE names.invalid", "MAP refused.test 127.0.0.1"}
	for _, name := range nowhere {
		rules = append(rules, "MAP "+name+" ^NOTFOUND", "MAP *."+name+" ^NOTFOUND")
	}
	return strings.Join(append(rules, "MAP * "+stray), ", ")
}

func (b *chromium) netLog() string { return filepath.Join(b.dir, "net-log.json") }

// close ends the browser, and tells where it has been.
func (b *chromium) close() error {
	if b.ctx == nil {
		return nil
	}
	if err := chromedp.Cancel(b.ctx); err != nil {
		return err
	}
	b.stray.close()
	return errors.Join(b.stray.err(), checkNetLog(b.netLog()))
}

// find returns the first of the programs that there is.
func find(names ...string) (path string, err error) {
	for _, name := range names {
		if path, err = exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", err
}

// skip skips the test, and fails it in the project's own CI, which has all that
// is needed.
func skip(tb testing.TB, format string, args ...any) {
	tb.Helper()
	if os.Getenv("PLUNKMOCK_CI") == "1" {
		tb.Fatalf(format, args...)
	}
	tb.Skipf(format, args...)
}
