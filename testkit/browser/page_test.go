package browser_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// tab is a tab of the browser that shows the console.
type tab struct {
	testing.TB
	project
	ctx   context.Context
	watch *watcher
	limit time.Duration // of one thing that is asked of the browser
}

// newTab opens a tab in a profile of its own, in which nothing is shown yet.
func newTab(tb testing.TB, p project) *tab {
	tb.Helper()
	return openTab(tb, p, shared.use(tb), chromedp.WithNewBrowserContext())
}

// regularTab opens a tab in the profile that the browser starts with. There alone links
// can have it connect ahead and look up names.
func regularTab(tb testing.TB, p project) *tab {
	tb.Helper()
	return openTab(tb, p, shared.use(tb))
}

// openTab opens a tab in a context, whose faults fail the test at its end.
func openTab(tb testing.TB, p project, parent context.Context, options ...chromedp.ContextOption) *tab {
	tb.Helper()
	w := newWatcher(p.url)
	ctx, cancel := chromedp.NewContext(parent, append(options, chromedp.WithListener(w.hear))...)
	t := &tab{TB: tb, project: p, ctx: ctx, watch: w, limit: patience}
	tb.Cleanup(func() {
		for _, fault := range w.found() {
			tb.Errorf("%s", fault)
		}
		cancel()
	})
	t.must(chromedp.Do(ctx))
	t.begin() //nolint:contextcheck // it has the tab's
	return t
}

// begin makes the tab as tests expect it.
func (t *tab) begin() {
	t.Helper()
	t.watched()
	run(t, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	run(t, cdpage.AddScriptToEvaluateOnNewDocument, cdpage.AddScriptToEvaluateOnNewDocumentParams{Source: early})
	t.size(1280, 800)
}

// watched has all that the tab does told to the watcher.
func (t *tab) watched() {
	t.Helper()
	c := chromedp.FromContext(t.ctx)
	t.watch.opened(c.Target.TargetID)
	events := true
	run(t, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorDeny, BrowserContextID: c.BrowserContextID, EventsEnabled: &events,
	})
}

// another opens one more tab with the same profile.
func (t *tab) another() *tab {
	t.Helper()
	return openTab(t.TB, t.project, t.ctx)
}

// early runs in each page before its own scripts. The clipboard is that of the machine,
// which tests that run at once would share.
const early = `
if (top === self) {
	document.addEventListener("load", ({target}) => { if (target.tagName === "IFRAME") target.dataset.loaded = target.src; }, true);
	addEventListener("securitypolicyviolation", (e) => console.error("policy: " + e.violatedDirective + " " + e.blockedURI));
	window.copied = [];
	if (navigator.clipboard) navigator.clipboard.writeText = async (text) => { window.copied.push(text); };
}`

// within limits what is asked of the browser.
func (t *tab) within() (context.Context, context.CancelFunc) {
	return context.WithTimeout(t.ctx, t.limit)
}

func (t *tab) must(err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// run runs a command of the browser.
func run[P, R any](t *tab, command cdp.Command[P, R], params P) R {
	t.Helper()
	ctx, cancel := t.within()
	defer cancel()
	result, err := chromedp.Call(ctx, command, params)
	if err != nil {
		t.Fatalf("%s: %v", command.Method, err)
	}
	return result
}

// eval says what an expression of the page is; args are $0, $1 and so on.
func eval[T any](t *tab, expression string, args ...any) T {
	t.Helper()
	v, err := try[T](t, expression, args...)
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return v
}

func try[T any](t *tab, expression string, args ...any) (T, error) {
	ctx, cancel := t.within()
	defer cancel()
	names := make([]string, len(args))
	for i := range args {
		names[i] = fmt.Sprintf("$%d", i)
	}
	values, err := json.Marshal(append([]any{}, args...))
	if err != nil {
		var none T
		return none, err
	}
	call := fmt.Sprintf("(async (%s) => (%s))(...%s)", strings.Join(names, ","), expression, values)
	return chromedp.Run(ctx, chromedp.Evaluate[T](call, chromedp.EvalAwaitPromise))
}

// until waits for what f looks for; it says what it is, and what there was instead.
func (t *tab) until(what string, f func() (ok bool, instead string)) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for tick := time.NewTicker(20 * time.Millisecond); ; <-tick.C {
		ok, instead := f()
		if ok {
			tick.Stop()
			return
		}
		if time.Now().After(deadline) {
			tick.Stop()
			t.Fatalf("%s: not so after %v; there is\n%s", what, patience, instead)
		}
	}
}

// wait waits until an expression of the page is true.
func (t *tab) wait(expression string, args ...any) {
	t.Helper()
	t.until(expression, func() (bool, string) {
		ok, err := try[bool](t, "Boolean("+expression+")", args...)
		return ok, fmt.Sprint(err, "\n", t.text())
	})
}

// open shows an address of the console: open("inbox/ID?tab=html"), in a page that is
// loaded anew.
func (t *tab) open(address string) {
	t.Helper()
	t.watch.load()
	ctx, cancel := t.within()
	defer cancel()
	t.must(chromedp.Do(ctx, chromedp.Navigate(t.url+"/"+t.hash(address))))
}

// hash writes an address of the console for the project.
func (t *tab) hash(address string) string {
	path, query, _ := strings.Cut(address, "?")
	if t.name != "" {
		query = strings.TrimSuffix("project="+t.name+"&"+query, "&")
	}
	return strings.TrimSuffix("#/"+path+"?"+query, "?")
}

// visit shows an address as a link would.
func (t *tab) visit(address string) {
	t.Helper()
	eval[any](t, "void (location.hash = $0)", t.hash(address))
}

// text is what the page shows.
func (t *tab) text() string {
	text, err := try[string](t, "document.body.innerText")
	if err != nil {
		return err.Error()
	}
	return text
}

// plainly puts a text as it is compared: styles write it in capitals or break it.
func plainly(text string) string { return strings.ToLower(strings.Join(strings.Fields(text), " ")) }

// see waits until the page shows texts.
func (t *tab) see(texts ...string) {
	t.Helper()
	for _, want := range texts {
		t.until(fmt.Sprintf("the page shows %q", want), func() (bool, string) {
			text := t.text()
			return strings.Contains(plainly(text), plainly(want)), text
		})
	}
}

// gone waits until the page does not show a text.
func (t *tab) gone(want string) {
	t.Helper()
	t.until(fmt.Sprintf("the page shows no %q", want), func() (bool, string) {
		text := t.text()
		return !strings.Contains(plainly(text), plainly(want)), text
	})
}

// node is an element as it is told to a screen reader.
type node struct {
	role, name string
	id         cdp.BackendNodeID
	*accessibility.Node
}

// nodes returns what there is of a role, "" for all.
func (t *tab) nodes(role string) (found []node) {
	t.Helper()
	ctx, cancel := t.within()
	defer cancel()
	document, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: "document"})
	t.must(err)
	all, err := chromedp.Call(ctx, accessibility.QueryAXTree, accessibility.QueryAXTreeParams{ObjectID: document.Result.ObjectID, Role: role})
	if err != nil { // the page is changing
		return nil
	}
	for _, n := range all.Nodes {
		if !n.Ignored && n.BackendDOMNodeID != 0 {
			found = append(found, node{valueOf(n.Role), valueOf(n.Name), n.BackendDOMNodeID, n})
		}
	}
	return found
}

func valueOf(v *accessibility.Value) (text string) {
	if v != nil {
		_ = json.Unmarshal(v.Value, &text)
	}
	return text
}

// find waits for the first element of a role and a name. Dots at its ends stand for
// more: "Copy …" begins like that, "…code…" has it in it.
func (t *tab) find(role, name string) (found node) {
	t.Helper()
	t.until(fmt.Sprintf("there is a %s %q", role, name), func() (bool, string) {
		var names []string
		for _, n := range t.nodes(role) {
			if named(n.name, name) {
				found = n
				return true, ""
			}
			names = append(names, fmt.Sprintf("%s %q", role, n.name))
		}
		return false, strings.Join(names, "\n")
	})
	return found
}

func named(got, want string) bool {
	start, more := strings.CutSuffix(want, "…")
	part, within := strings.CutPrefix(start, "…")
	switch {
	case within:
		return strings.Contains(got, part)
	case more:
		return strings.HasPrefix(got, start)
	}
	return got == want
}

// has says whether there is an element now.
func (t *tab) has(role, name string) bool {
	t.Helper()
	for _, n := range t.nodes(role) {
		if named(n.name, name) {
			return true
		}
	}
	return false
}

// click clicks on an element as a mouse does, in the middle of where it is seen.
func (t *tab) click(role, name string) {
	t.Helper()
	t.until(fmt.Sprintf("a click on the %s %q", role, name), func() (bool, string) {
		err := t.clickOn(t.find(role, name))
		return err == nil, fmt.Sprint(err)
	})
}

func (t *tab) clickOn(n node) error {
	ctx, cancel := t.within()
	defer cancel()
	if _, err := chromedp.Call(ctx, dom.ScrollIntoViewIfNeeded, dom.ScrollIntoViewIfNeededParams{BackendNodeID: n.id}); err != nil {
		return err
	}
	quads, err := chromedp.Call(ctx, dom.GetContentQuads, dom.GetContentQuadsParams{BackendNodeID: n.id})
	if err != nil {
		return err
	}
	if len(quads.Quads) == 0 {
		return fmt.Errorf("%s %q is not seen", n.role, n.name)
	}
	q := quads.Quads[0]
	x, y := (q[0]+q[4])/2, (q[1]+q[5])/2
	if err := t.hits(n, x, y); err != nil {
		return err
	}
	return chromedp.Do(ctx, chromedp.MouseClickXY(x, y))
}

// hits says whether a click at a place is one on an element: a note may lie above it.
func (t *tab) hits(n node, x, y float64) error {
	ctx, cancel := t.within()
	defer cancel()
	object, err := chromedp.Call(ctx, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: n.id})
	if err != nil {
		return err
	}
	const hit = `function(x, y) {
		const top = document.elementFromPoint(x, y);
		return this.contains(top) ? "" : "what is there is " + top?.outerHTML.slice(0, 200);
	}`
	there, err := chromedp.Run(ctx, chromedp.CallFunctionOn[string](hit, func(p *runtime.CallFunctionOnParams) {
		p.ObjectID = object.Object.ObjectID
	}, x, y))
	if err == nil && there != "" {
		err = errors.New(there)
	}
	return err
}

// press presses keys, one after the other: a rune, or a name such as Enter.
func (t *tab) press(keys ...string) {
	t.Helper()
	for _, key := range keys {
		if code, ok := map[string]string{
			"Enter": kb.Enter, "Esc": kb.Escape, "Tab": kb.Tab, "Down": kb.ArrowDown, "Up": kb.ArrowUp, "Right": kb.ArrowRight,
			"Left": kb.ArrowLeft, "Space": " ", "Backspace": kb.Backspace, "End": kb.End, "Home": kb.Home,
		}[key]; ok {
			key = code
		}
		for _, r := range key {
			t.key(r)
		}
	}
}

// key presses a key. What it types is part of its going down, so that a page that takes
// the key has nothing typed.
func (t *tab) key(r rune) {
	t.Helper()
	var text string
	events := kb.Encode(r)
	for _, e := range events {
		if e.Type == kb.KeyChar {
			text = e.Text
		}
	}
	for _, e := range events {
		if e.Type == kb.KeyChar {
			continue
		}
		if e.Type != kb.KeyUp && text != "" {
			e.Type, e.Text, e.UnmodifiedText = input.DispatchKeyEventTypeKeyDown, text, text
		}
		run(t, input.DispatchKeyEvent, *e)
	}
}

// fill types into a field in the place of what is there.
func (t *tab) fill(role, name, text string) {
	t.Helper()
	n := t.find(role, name)
	run(t, dom.Focus, dom.FocusParams{BackendNodeID: n.id})
	eval[any](t, "document.activeElement.select?.()")
	if text == "" {
		t.press("Backspace")
		return
	}
	run(t, input.InsertText, input.InsertTextParams{Text: text})
}

// choose picks an option of a list by its value.
func (t *tab) choose(name, value string) {
	t.Helper()
	n := t.find("combobox", name)
	run(t, dom.Focus, dom.FocusParams{BackendNodeID: n.id})
	eval[any](t, `((list) => {
		list.value = $0;
		for (const name of ["input", "change"]) list.dispatchEvent(new Event(name, {bubbles: true}));
	})(document.activeElement)`, value)
}

// size gives the window a size in CSS pixels.
func (t *tab) size(width, height int64) {
	t.Helper()
	run(t, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: height, DeviceScaleFactor: 1})
}

// prefer makes the system prefer dark colours, or light ones, and no motion.
func (t *tab) prefer(scheme string) {
	t.Helper()
	run(t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
}
