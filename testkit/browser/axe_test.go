package browser_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
)

// axe is the source of axe-core, which knows what makes a page hard to use for those
// who do not see it, or not well.
var axe = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(shared.dir, "axe")
	if err := os.CopyFS(dir, os.DirFS("axe")); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1", "--fetch-timeout=30000")
	c.Dir, c.WaitDelay = dir, 5*time.Second
	if out, err := c.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm cannot install axe-core: %w\n%s", err, out)
	}
	source, err := os.ReadFile(filepath.Join(dir, "node_modules/axe-core/axe.min.js"))
	return string(source), err
})

// violation is what axe-core finds wrong.
type violation struct {
	ID, Help string
	Nodes    []struct {
		HTML           string
		FailureSummary string
	}
}

// accessible checks what the page shows, in light and dark, but for some rules. Mails in
// it are as they are.
func (t *tab) accessible(what string, except ...string) {
	t.Helper()
	source, err := axe()
	if err != nil {
		skip(t.TB, "%v", err)
	}
	if !eval[bool](t, `"axe" in window`) {
		t.script(source)
	}
	schemes := []string{"light", "dark"}
	if strings.HasSuffix(what, "narrow screen") { // which has the colours of the others
		schemes = schemes[:1]
	}
	for _, scheme := range schemes {
		t.prefer(scheme)
		found := eval[[]violation](t, `axe.run(document, {
			iframes: false, preload: false, resultTypes: ["violations"],
			runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
		}).then(({violations}) => violations.filter(({id}) => !$0.includes(id)))`, append([]string{}, except...))
		for _, v := range found {
			t.Errorf("%s, %s: %s (%s), %d times: %.300s\n%s", what, scheme, v.Help, v.ID, len(v.Nodes), v.Nodes[0].HTML, v.Nodes[0].FailureSummary)
		}
	}
	t.prefer("light")
}

// TestAccessible checks all views with something in them.
func TestAccessible(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	p.open("inbox")
	p.see("Send your first mail")
	p.accessible("the empty inbox")
	id := p.populate(t)
	for _, view := range views {
		p.visit(view)
		p.wait(`document.querySelector("main").dataset.view === $0 && document.querySelector("main h1")`, view)
		p.settled()
		p.accessible(view)
	}
	for _, part := range parts {
		p.visit("inbox/" + id + "?tab=" + part)
		p.wait(`document.querySelector(".tab-panel")?.dataset.tab === $0`, part)
		p.settled()
		p.accessible("the tab " + part + " of a mail")
	}
	for _, address := range []string{
		"requests/" + p.refused(t), "contacts/ada@example.com", "events/signed-up", "automations/Receipt", "faults?new=1", "inbox/none",
	} {
		if address == "inbox/none" {
			p.watch.expect("status of 404")
		}
		p.visit(address)
		p.settled()
		p.accessible(address)
	}
	p.visit("inbox/" + id)
	p.find("heading", "Welcome, Ada")
	p.press("#")
	p.find("button", "Undo")
	p.accessible("a note")
	p.click("button", "Undo")
	p.press("?")
	p.find("dialog", "Keys")
	p.accessible("a dialog")
	p.press("Esc")
	p.wait(`!document.querySelector("dialog")`)
	p.visit("nowhere")
	p.see("There is no such view")
	p.accessible("no view")
	p.size(360, 740)
	p.visit("inbox/" + id)
	p.find("button", "Back to the list")
	p.accessible("a mail on a narrow screen")
	for _, view := range views {
		p.visit(view)
		p.wait(`document.querySelector("main").dataset.view === $0`, view)
		p.settled()
		if view == "time" { // links that are cut off do not lie under what stands beside them, as axe-core says
			p.accessible(view+" on a narrow screen", "target-size")
			continue
		}
		p.accessible(view + " on a narrow screen")
	}
}

// settled waits until the page asks for nothing and draws nothing new for a moment.
func (t *tab) settled() {
	t.Helper()
	eval[any](t, `(async () => {
		for (let before = "", same = 0; same < 5; ) {
			const now = document.body.innerHTML;
			same = now === before && !document.querySelector("[aria-busy=true], .hollow") ? same + 1 : 0;
			before = now;
			await new Promise((go) => { setTimeout(go, 20); });
		}
	})()`)
}

// script runs a script in the page, whose policy allows none but its own.
func (t *tab) script(source string) {
	t.Helper()
	run(t, runtime.Evaluate, runtime.EvaluateParams{Expression: source})
}
