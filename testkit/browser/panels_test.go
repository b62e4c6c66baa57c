package browser_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// TestRequests shows calls as they are made: what was wrong with them, the fault that
// struck, and the mails that came of them.
func TestRequests(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	p.open("requests")
	p.wait(`document.querySelector("main h1")`)
	p.send(t, "Hello", "<p>Hi</p>")
	p.click("link", "…sendEmail…")
	p.see("200", "Hello", "1 mail came of it")
	p.call(t, http.MethodPost, "/v1/send", object{"to": "nobody", "subject": 1, "body": "<p>Hi</p>"})
	p.click("link", "…422…")
	p.see("Refused:")
	p.wait(`document.querySelector(".json-wrong, .json-note")`)
	p.do(t, http.MethodPost, "/_mock/faults", object{"fault": "sendEmail:429;times=1"})
	p.call(t, http.MethodPost, "/v1/send", object{"to": "ada@example.com", "subject": "Hello", "body": "<p>Hi</p>"})
	p.click("link", "…429…")
	p.see("A fault struck")
	p.click("button", "Copy as curl")
	p.see("Copied")
	if text := eval[string](p, "window.copied.at(-1)"); !strings.HasPrefix(text, "curl ") || !strings.Contains(text, p.url+"/v1/send") {
		t.Errorf("copied was %s", text)
	}
	p.click("button", "Repeat now")
	p.until("the repeated call sends its mail", func() (bool, string) {
		n, _ := p.count(t)
		return n == 2, strconv.Itoa(n)
	})
	p.choose("Status", "4xx")
	p.wait(`[...document.querySelectorAll(".row")].length === 2`)
	p.fill("searchbox", "Search calls", "no-call-has-this")
	p.wait(rows + " === 0")
}

// TestRequestsThatComeWhileOthersAreDeleted stay, also those without a key, of which no
// stream tells.
func TestRequestsThatComeWhileOthersAreDeleted(t *testing.T) {
	t.Parallel()
	p := newTab(t, project{start(t, "127.0.0.1:0"), "test"})
	call := func(path string) {
		t.Helper()
		response, err := http.Post(p.url+path, "application/json", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
	}
	call("/v1/send")
	p.open("requests?keyless=1")
	p.see("/v1/send")
	p.click("button", "Delete all")
	call("/v1/track")
	p.click("button", "Dismiss")
	p.see("/v1/track")
	p.until("the first call alone is deleted", func() (bool, string) {
		var calls struct{ Requests []struct{ Path string } }
		p.get(t, "/requests/unassigned", &calls)
		return len(calls.Requests) == 1 && calls.Requests[0].Path == "/track", fmt.Sprint(calls)
	})
}

// TestFaults makes calls fail, by one click and by the form.
func TestFaults(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	send := func(want int) {
		t.Helper()
		if status, answer := p.call(t, http.MethodPost, "/v1/send", object{"to": "ada@example.com", "subject": "Hi", "body": "Hi"}); status != want {
			t.Errorf("the status is %d, not %d: %s", status, want, answer)
		}
	}
	p.open("faults")
	for name, status := range map[string]int{"401: The key is refused": 401, "422: The body is refused": 422, "429, n times: Too many requests": 429} {
		p.click("switch", name)
		p.see("1 fault active")
		send(status)
		p.see("1 struck")
		p.click("switch", name)
		p.gone("1 fault active")
		p.click("button", "Delete all")
		p.see("Nothing goes wrong on purpose")
	}
	send(200)
	for _, name := range []string{"Slow: …", "Drop before: …", "Drop after: …", "30 % 500: …"} {
		p.click("switch", name)
		p.see("1 fault active")
		p.click("button", "Delete all")
		p.see("Nothing goes wrong on purpose")
	}
	p.click("link", "New fault")
	p.click("button", "Make the fault")
	p.see("1 fault active")
	p.visit("inbox") // it is seen everywhere
	p.see("1 fault active", "0 struck")
	send(429)
	p.see("1 struck")
	p.click("switch", "Faults strike")
	p.see("1 fault off", "1 struck")
	send(200)
	p.click("switch", "Faults strike")
	p.see("1 fault active")
	p.click("link", "1 fault active…")
	p.find("heading", "Faults")
	send(429) // the second of two: it has ended
	p.gone("1 fault active")
	p.click("link", "Edit: …")
	p.click("button", "JSON")
	p.wait(`document.querySelector("textarea").value.includes("429")`)
}

// TestTime moves the clock, and what is due is sent.
func TestTime(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	p.populate(t)
	before, _ := p.count(t)
	p.open("time")
	p.see("Remind after a day")
	p.click("button", "Freeze")
	p.click("button", "Resume")
	p.find("button", "Freeze")
	p.click("button", "Run the next one")
	p.see("The clock was moved", "sent.", "Shall we help you to start?")
	p.click("button", "+ 7 days")
	p.see("Nothing is scheduled")
	if after, _ := p.count(t); after != before+3 {
		t.Errorf("%d mails were sent", after-before)
	}
	p.fill("textbox", "By a duration, or to a time", "1d12h")
	p.press("Enter")
	p.see("9 d", "ahead of the real time")
	p.fill("textbox", "By a duration, or to a time", " 2097-01-31")
	p.press("Enter")
	p.wait(`document.querySelector("main time.big").textContent
		.startsWith(new Intl.DateTimeFormat(undefined, {dateStyle: "medium"}).format(new Date(2097, 0, 31)))`)
	p.fill("textbox", "By a duration, or to a time", "2098-02-30")
	p.press("Enter")
	p.see("2098-02-30 is not a time such as")
	p.watch.expect("status of 422")
	p.fill("textbox", "By a duration, or to a time", "soon")
	p.press("Enter")
	p.wait(`document.querySelector("form [role=alert] .bad")?.textContent.includes("by: ")`)
}

// TestContacts makes, changes and deletes a contact, and shows what happened to one.
func TestContacts(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	p.populate(t)
	p.open("contacts")
	p.fill("searchbox", "Search by address or id", "barbara")
	p.wait(rows + " === 1")
	p.click("link", "…barbara@example.com…")
	p.see("team", "signed-up", "Welcome to Orbit", "Scheduled (1)")
	p.click("button", "Unsubscribe")
	p.see("barbara@example.com is unsubscribed")
	p.click("button", "Edit")
	p.fill("textbox", "Data", `{"name": "Babs"}`)
	p.click("button", "Save")
	p.see("Saved.", "Babs")
	p.click("button", "Edit")
	p.fill("textbox", "Data", `{"name": "Barb", "constructor": "Wright"}`)
	p.click("button", "Save")
	p.see("Wright")
	p.click("button", "Edit")
	p.fill("textbox", "Data", `{"name": "Barb"}`)
	p.click("button", "Save")
	p.gone("Wright")
	p.click("button", "New contact")
	p.fill("textbox", "Email", "new@example.com")
	p.click("button", "Create")
	p.see("new@example.com is a contact")
	p.find("heading", "new@example.com")
	p.click("button", "Track an event")
	p.fill("combobox", "Event", "invoice-paid")
	p.click("button", "Track")
	p.see("Tracked invoice-paid", "Your receipt")
	p.click("button", "Delete")
	p.see("Its mails stay in the inbox")
	p.click("button", "Delete it")
	p.wait(`!document.querySelector("dialog")`)
	p.wait(`![...document.querySelectorAll(".row")].some((row) => row.textContent.includes("new@example.com"))`)
}

// TestOthers looks at events, automations and campaigns, and sends one of these.
func TestOthers(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	p.populate(t)
	p.open("events")
	p.click("link", "signed-up…")
	p.see("3 times", "Remind after a day", "Welcome to Orbit")
	p.click("link", "Automations")
	p.click("link", "Remind after a day…")
	p.see("Shall we help you to start?", "Scheduled (3)")
	p.click("link", "Campaigns")
	p.click("link", "News from Orbit…")
	p.see("What is new", "Recipients (4)")
	before, _ := p.count(t)
	p.click("button", "Send…")
	p.click("button", "Send")
	p.see("It is sent.")
	if after, _ := p.count(t); after != before+4 {
		t.Errorf("%d mails were sent", after-before)
	}
}

// TestProject shows keys, keeps settings, makes another project and takes it away.
func TestProject(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	p.send(t, "Hello", "<p>Hi</p>")
	p.open("project")
	p.see("sk_Project", "pk_Project")
	p.click("button", "Copy as lines of an .env file")
	if text := eval[string](p, "window.copied.at(-1)"); !strings.Contains(text, "PLUNK_SECRET_KEY=sk_Project") {
		t.Errorf("copied was %s", text)
	}
	p.fill("textbox", "Display name", "The shop")
	p.click("button", "Save")
	p.see("The settings are saved")
	var settings struct{ DisplayName string }
	if p.get(t, "/settings", &settings); settings.DisplayName != "The shop" {
		t.Errorf("the project is called %s", settings.DisplayName)
	}
	p.click("button", "New project")
	p.fill("textbox", "Name", "Project-made-here")
	p.click("button", "Create")
	p.see("The project Project-made-here is there", "sk_Project-made-here")
	p.click("button", "Delete the project…")
	p.click("button", "Delete it")
	p.see("Project-made-here is deleted")
	p.visit("project")
	p.see("sk_Project")
	p.click("button", "Reset the project…")
	p.click("button", "Reset it")
	p.see("The project is at its start again")
	if n, _ := p.count(t); n != 0 {
		t.Errorf("there are %d mails", n)
	}
}
