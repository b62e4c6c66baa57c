package browser_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// views are all of them, under the names that addresses have.
var views = []string{"inbox", "requests", "contacts", "events", "automations", "campaigns", "time", "faults", "start", "project"}

// TestFrame shows each view by its link, its address and its keys.
func TestFrame(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	p.open("")
	p.wait(`document.title === $0`, "Inbox · Frame · plunkmock")
	jumps := map[string]string{
		"inbox": "i", "requests": "r", "contacts": "c", "events": "e", "automations": "a", "campaigns": "p", "time": "t", "faults": "f", "start": "s",
	}
	for _, view := range views {
		if jumps[view] == "" {
			p.click("link", "Project and keys")
			p.wait(`document.querySelector("main").dataset.view === $0`, view)
			continue
		}
		label := strings.ToUpper(view[:1]) + view[1:]
		p.click("link", label)
		p.wait(`document.querySelector("main").dataset.view === $0`, view)
		p.wait(`document.title === $0`, label+" · Frame · plunkmock")
		p.wait(`document.querySelector("nav [aria-current=page]").textContent === $0`, label)
		p.visit("nowhere")
		p.see("There is no such view")
		p.press("g", jumps[view])
		p.wait(`document.querySelector("main").dataset.view === $0`, view)
		p.gone("There is no such view")
	}
	p.press("?")
	p.find("dialog", "Keys")
	p.press("Esc")
	p.wait(`!document.querySelector("dialog")`)
	p.visit("nowhere")
	p.see("There is no such view")
	p.visit("time")
	p.gone("There is no such view")
	eval[any](p, "history.back()")
	p.see("There is no such view")
	if address := eval[string](p, "location.hash"); address != p.hash("nowhere") {
		t.Errorf("back leads to %s", address)
	}
}

// TestColours are those of the system until someone picks others, who finds them again.
func TestColours(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	const background = `getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g).slice(0, 3).reduce((sum, n) => sum + Number(n), 0) > 380`
	bright := func(want bool) {
		t.Helper()
		p.wait(background+" === $0", want)
	}
	p.prefer("dark")
	p.open("")
	bright(false)
	p.prefer("light")
	bright(true)
	p.click("button", "Light or dark") // light
	p.see("Colours: light")
	p.prefer("dark")
	bright(true)
	p.click("button", "Light or dark") // dark
	p.see("Colours: dark")
	p.prefer("light")
	bright(false)
	p.open("time")
	bright(false)
}

// TestProjects are switched at the top, and each has its own address and mails.
func TestProjects(t *testing.T) {
	t.Parallel()
	one := newProject(t)
	two := project{one.server, one.name + "-2"}
	two.do(t, http.MethodPost, "/_mock/reset", nil)
	two.send(t, "Of the second", "<p>Hi</p>")
	p := newTab(t, one)
	p.open("")
	p.wait(`document.title === $0`, "Inbox · Projects · plunkmock")
	p.until("the second project can be chosen", func() (bool, string) {
		options := eval[string](p, `[...document.querySelectorAll("#project option")].map((o) => o.textContent).join()`)
		return strings.Contains(options, two.name+" (1)"), options
	})
	p.choose("Project", two.name)
	p.wait(`document.title === $0`, "(1) Inbox · Projects-2 · plunkmock")
	if address := eval[string](p, "location.hash"); !strings.Contains(address, "project="+two.name) {
		t.Errorf("the address is %s", address)
	}
	p.press("Esc") // the list has the keys
	p.press("g", "t")
	p.wait(`location.hash.startsWith("#/time") && location.hash.includes($0)`, "project="+two.name)
	eval[any](p, "history.go(-2)")
	p.wait(`document.title === $0`, "Inbox · Projects · plunkmock")
}

// TestHostRefused opens the console by a name that a web page could own.
func TestHostRefused(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	p.watch.origin = strings.Replace(p.url, "127.0.0.1", "refused.test", 1)
	p.watch.expect("403")
	p.watch.load()
	ctx, cancel := p.within()
	defer cancel()
	response, err := chromedp.Run(ctx, chromedp.NavigateResponse(p.watch.origin+"/"))
	if err != nil {
		t.Fatal(err)
	}
	if response.Status != http.StatusForbidden {
		t.Errorf("the status is %d", response.Status)
	}
	p.see("--allow-host")
}

// TestRestart stops the server under the console, which says so, and goes on with the
// next one.
func TestRestart(t *testing.T) {
	t.Parallel()
	s := start(t, "127.0.0.1:0")
	p := newTab(t, project{s, "test"})
	p.watch.expect("ERR_CONNECTION_REFUSED")
	p.watch.expect("ERR_INCOMPLETE_CHUNKED_ENCODING")
	p.watch.expect("ERR_EMPTY_RESPONSE")
	p.watch.expect("ERR_CONNECTION_RESET")
	p.name = "" // the project test needs no name
	p.open("")
	p.wait(`document.title === "Inbox · test · plunkmock"`)
	p.name = "test"
	p.send(t, "Before", "<p>Hi</p>")
	p.wait(`document.title.startsWith("(1)")`)
	s.stop()
	p.see("Not connected: trying again")
	u, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}
	again, err := listen(u.Host)
	if err != nil {
		t.Fatal(err)
	}
	*s = *again
	p.gone("Not connected: trying again")
	p.wait(`document.title === "Inbox · test · plunkmock"`)
	p.send(t, "After", "<p>Hi</p>")
	p.send(t, "And again", "<p>Hi</p>")
	p.wait(`document.title.startsWith("(2)")`)
}

// TestReload shows that a deep link is all there is to a view: nothing is lost.
func TestReload(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	for _, view := range []string{"inbox", "faults", "project"} {
		p.open(view)
		p.wait(`document.querySelector("main").dataset.view === $0 && document.querySelector("main").childElementCount > 0`, view)
		before := eval[string](p, "location.href")
		p.watch.load()
		run(p, page.Reload, page.ReloadParams{})
		p.wait(`document.readyState === "complete" && document.querySelector("main").dataset.view === $0`, view)
		if after := eval[string](p, "location.href"); after != before {
			t.Errorf("%s has become %s", before, after)
		}
	}
}
