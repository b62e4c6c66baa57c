package browser_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
)

// TestKeyboard does without a mouse what most people come for: open a mail, copy its
// code, delete it and take that back, make a call fail, and see why.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	for i := range 3 {
		p.send(t, fmt.Sprint("Letter ", i), "<p>Your code is 482 913</p>")
	}
	p.open("")
	p.see("Letter 2")
	p.press("Tab") // the first stop leads past the bars
	p.wait(`document.activeElement.textContent === "Skip to the content"`)
	p.press("Enter")
	p.wait(`document.querySelector("main").contains(document.activeElement)`)
	p.press("j", "j", "Enter")
	p.find("heading", "Letter 1")
	p.press("c")
	p.see("Copied the code 482913")
	if copied := eval[[]string](p, "window.copied"); len(copied) != 1 || copied[0] != "482913" {
		t.Errorf("copied were %q", copied)
	}
	p.press("u")
	p.wait(`document.title.startsWith("(3)")`)
	p.press("#")
	p.find("button", "Undo")
	p.wait(`![...document.querySelectorAll(".row")].some((row) => row.textContent.includes("Letter 1"))`)
	p.reach("button", "Undo")
	p.press("Enter")
	p.find("link", "…Letter 1…")
	p.find("heading", "Letter 1")
	p.reach("tab", "HTML")
	p.press("Right")
	p.wait(`document.querySelector("[role=tab][aria-selected=true]").textContent === "Text"`)
	p.press("End")
	p.wait(`document.querySelector("[role=tab][aria-selected=true]").textContent === "Why"`)
	p.press("Esc")
	p.wait(`!location.hash.includes("/inbox/0") && document.querySelector(".detail h1") === null`)
	p.press("/")
	p.wait(`document.activeElement.type === "search"`)
	p.press("Esc", "Esc")
	p.press("g", "f")
	p.find("heading", "Faults")
	p.reach("switch", "429, n times: Too many requests")
	p.press("Space")
	p.see("1 fault active")
	if status, answer := p.call(t, http.MethodPost, "/v1/send", object{"to": "ada@example.com", "subject": "Hi", "body": "Hi"}); status != http.StatusTooManyRequests {
		t.Errorf("the status is %d: %s", status, answer)
	}
	p.press("g", "r")
	p.find("heading", "Requests")
	p.find("link", "…429…")
	p.press("j", "o")
	p.see("A fault struck")
	p.press("?")
	p.find("dialog", "Keys")
	p.press("Esc")
	p.wait(`!document.querySelector("dialog")`)
}

// reach goes on by the key Tab until an element has the focus, which must be seen.
func (t *tab) reach(role, name string) {
	t.Helper()
	t.find(role, name)
	for range 150 {
		t.press("Tab")
		for _, n := range t.nodes(role) {
			if named(n.name, name) && focused(n) {
				if !eval[bool](t, `document.activeElement.matches(":focus-visible") && getComputedStyle(document.activeElement).outlineStyle !== "none"`) {
					t.Errorf("the focus on the %s %q is not seen", role, name)
				}
				return
			}
		}
	}
	t.Fatalf("no way leads to the %s %q", role, name)
}

func focused(n node) (is bool) {
	for _, property := range n.Properties {
		if property.Name == "focused" {
			_ = json.Unmarshal(property.Value.Value, &is)
		}
	}
	return is
}

// TestNarrow shows each view on a small telephone: nothing is wider than it, and mails
// and records open in the place of their list.
func TestNarrow(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	p.size(360, 740)
	p.open("inbox")
	p.see("Send your first mail")
	p.fits("the empty inbox")
	id := p.populate(t)
	p.send(t, "A subject without a space in it: "+long(300), "<p>"+long(300)+"</p>")
	for _, view := range views {
		p.visit(view)
		p.wait(`document.querySelector("main").dataset.view === $0 && document.querySelector("main h1")`, view)
		p.settled()
		p.fits(view)
	}
	for _, part := range parts {
		p.visit("inbox/" + id + "?tab=" + part)
		p.wait(`document.querySelector(".tab-panel")?.dataset.tab === $0`, part)
		p.settled()
		p.fits("the tab " + part)
	}
	p.click("button", "Back to the list")
	p.click("link", "…A subject without…")
	p.find("button", "Back to the list")
	p.fits("a mail of long words")
	p.wait(`document.querySelector(".long").checkVisibility() === false || document.querySelector(".long").getBoundingClientRect().width === 0`)
	eval[any](p, "history.back()")
	p.find("link", "…A subject without…")
	for view, row := range map[string]string{"contacts": "…ada@example.com…", "requests": "…sendEmail…", "events": "signed-up…", "campaigns": "News from Orbit…", "automations": "Receipt…"} {
		p.visit(view)
		p.click("link", row)
		p.wait(`document.querySelector(".long")?.getBoundingClientRect().width === 0 || !document.querySelector(".long")?.checkVisibility()`)
		p.settled()
		p.fits("one of " + view)
		p.back()
		p.find("link", row)
	}
}

// back clicks on what leads to the list.
func (t *tab) back() {
	t.Helper()
	var role, name string
	t.until("there is a way back", func() (bool, string) {
		for role, name = range map[string]string{"link": "Back to the list", "button": "Back to the calls"} {
			if t.has(role, name) {
				return true, ""
			}
		}
		return false, ""
	})
	t.click(role, name)
}

func long(n int) (word string) {
	for len(word) < n {
		word += "Donaudampfschifffahrt"
	}
	return word
}

// fits checks that nothing makes the page scroll sideways.
func (t *tab) fits(what string) {
	t.Helper()
	wide := eval[[]string](t, `[document.documentElement, document.body, document.querySelector("main"), ...document.querySelectorAll("main > *, .detail, .side, .page")]
		.filter((e) => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== "hidden" && getComputedStyle(e).overflowX !== "clip")
		.map((e) => e.tagName + "." + e.className + " is " + e.scrollWidth + " in " + e.clientWidth + ": " +
			[...e.querySelectorAll("*")].filter((c) => c.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map((c) => c.outerHTML.slice(0, 120)).join(" | "))`)
	for _, w := range wide {
		t.Errorf("%s: %s", what, w)
	}
}
