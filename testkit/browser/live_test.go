package browser_test

import (
	"fmt"
	"net/http"
	"testing"
)

const (
	favicon = `document.getElementById("favicon").href`
	rows    = `document.querySelectorAll(".row").length`
)

// TestLive shows that mails come, change and go without reloading, in two tabs alike.
func TestLive(t *testing.T) {
	t.Parallel()
	one := newTab(t, newProject(t))
	one.open("inbox")
	two := one.another()
	two.open("inbox")
	both := func(f func(*tab)) {
		f(one)
		f(two)
	}
	both(func(p *tab) { p.see("Send your first mail") })
	blank := eval[string](one, favicon)
	first := one.send(t, "The first", "<p>Hi</p>")
	one.send(t, "The second", "<p>Hi</p>")
	both(func(p *tab) {
		p.wait(`document.title === "(2) Inbox · Live · plunkmock"`)
		p.wait(favicon+` !== $0 && decodeURIComponent(`+favicon+`).includes(">2</text>")`, blank)
		p.wait(rows + " === 2")
		p.see("The first", "The second", "2 mails, 2 unread")
		p.find("link", "Inbox 2 unread")
	})
	one.click("link", "…The first…")
	both(func(p *tab) { p.wait(`document.title === "(1) Inbox · Live · plunkmock"`) })
	both(func(p *tab) { p.wait(`document.querySelectorAll(".row .unread, .row.unread").length === 1`) })
	two.visit("inbox/" + first)
	two.find("heading", "The first")
	one.do(t, http.MethodDelete, "/_mock/inbox/messages/"+first, nil)
	both(func(p *tab) {
		p.wait(rows + " === 1")
		p.see("This mail is not here")
	})
	two.click("link", "…The second…")
	both(func(p *tab) { p.wait(`document.title === "Inbox · Live · plunkmock"`) })
	two.click("button", "Mark as unread")
	both(func(p *tab) { p.wait(`document.title === "(1) Inbox · Live · plunkmock"`) })
	one.do(t, http.MethodPost, "/_mock/reset", nil)
	both(func(p *tab) {
		p.wait(rows + " === 0")
		p.see("This mail is not here")
		p.wait(`document.title === "Inbox · Live · plunkmock"`)
		p.wait(favicon+" === $0", blank)
	})
}

// TestManyTabs opens more tabs than a browser has connections: all hear of a mail.
func TestManyTabs(t *testing.T) {
	t.Parallel()
	first := newTab(t, newProject(t))
	tabs := []*tab{first}
	for len(tabs) < 7 {
		tabs = append(tabs, first.another())
	}
	for _, p := range tabs {
		p.open("inbox")
		p.see("Send your first mail")
	}
	first.send(t, "For all", "<p>Hi</p>")
	for _, p := range tabs {
		p.see("For all")
	}
}

// TestGathered shows a burst of mails, each once and the newest first.
func TestGathered(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	p.open("inbox")
	const n = 200
	for i := range n {
		p.send(t, fmt.Sprint("Letter ", i), "<p>Hi</p>")
	}
	p.wait(`document.title.startsWith($0)`, fmt.Sprintf("(%d)", n))
	p.see(fmt.Sprintf("%d mails", n))
	const shown = `[...document.querySelectorAll(".row")].sort((a, b) => a.ariaPosInSet - b.ariaPosInSet).map((row) => Number(row.querySelector(".subject").textContent.split(" ")[1]))`
	p.wait(shown+`.slice(0, 5).every((n, i) => n === $0 - i)`, n-1)
}
