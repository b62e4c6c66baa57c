package browser_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
)

// TestOddNames shows what has a name that is none, or that is written in a way of its own.
func TestOddNames(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	if status, answer := p.call(t, http.MethodPost, "/v1/track", object{"event": "", "email": "ada@example.com"}); status != http.StatusOK {
		t.Fatalf("the status is %d: %s", status, answer)
	}
	p.call(t, http.MethodPost, "/v1/send", object{"to": "ada@example.com", "subject": "Hi", "body": "Hi", "headers": object{"X\nY": "z"}})
	p.open("events")
	p.click("link", "(no name)…")
	p.find("heading", "(no name)")
	p.visit("contacts/ada@example.com")
	p.see("Event without a name")
	p.visit("requests")
	p.click("link", "…422…")
	p.see("Refused:")
	p.wait(`document.querySelector(".json-wrong .json-key")?.textContent === '"X\\nY"'`)
}

// TestRefusedBySMTP shows what the listener of SMTP has refused, and why.
func TestRefusedBySMTP(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	p.open("requests")
	p.see("Nothing has been called")
	session := p.dial(t)
	session.says(t, "MAIL FROM:nobody", "501")
	p.see("501 5.5.4 Say FROM:<address>")
	p.click("link", "…501 5.5.4…")
	p.see("MAIL FROM:nobody")
}

// TestLongWords shows a fault and headers with words that have no room in a line.
func TestLongWords(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	var made struct{ ID string }
	if err := json.Unmarshal(p.do(t, http.MethodPost, "/_mock/faults", object{"operation": "getContact", "email": "*" + long(100), "steps": []object{{"status": 500, "message": long(300)}}}), &made); err != nil {
		t.Fatal(err)
	}
	p.call(t, http.MethodPost, "/v1/send", object{"to": "ada@example.com", "name": long(300), "subject": "Hi", "body": "<p>Hi</p>"})
	for _, width := range []int64{1280, 360} {
		p.size(width, 740)
		p.open("faults/" + made.ID)
		p.see("In words")
		p.settled()
		p.fits("the fault")
		p.visit("inbox")
		p.click("link", "…Hi…")
		p.click("tab", "Headers")
		p.wait(`[...document.querySelectorAll("tbody th")].some((th) => th.textContent === "From" && th.clientWidth > 100)`)
		p.fits("the headers")
	}
	p.name = long(120)[:120] // a project may be called so
	p.open("start")
	p.see("Send your first mail")
	p.settled()
	p.fits("the first steps")
}

// TestOtherProjects says where there are mails, in one sentence.
func TestOtherProjects(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	other := p.project
	other.name += "-too"
	other.send(t, "Elsewhere", "<p>Hi</p>")
	p.open("start")
	p.see("There are mails in other projects")
	p.wait(`[...document.querySelectorAll(".first-steps .sheet > p")].some((p) => p.textContent.startsWith("There are mails") && p.querySelector("a"))`)
}

// TestReport tells of two things that became of a mail, by the keyboard: the focus comes
// back to where it tells of the next.
func TestReport(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	p.send(t, "Letter", "<p>Hi</p>")
	p.open("inbox")
	p.click("link", "…Letter…")
	p.click("button", "Report…")
	for name, kind := range map[string]string{"Opened": "open", "Clicked": "click"} {
		p.reach("button", name)
		p.press("Enter")
		p.see("Reported: " + kind + ".")
		p.wait(`document.activeElement.textContent === "Report…"`)
		p.press("Enter")
	}
}

// TestNumbersThatAreNone makes no fault of what is no number, and says so.
func TestNumbersThatAreNone(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	p.open("faults")
	p.fill("textbox", "429, n times: How often", "often")
	p.watch.expect("status of 422")
	p.click("switch", "429, n times: …")
	p.see("times: must be")
	for _, n := range []string{"often", "1.5", "0", "1001"} {
		p.visit("faults?new=1")
		p.fill("textbox", "So many times", n)
		p.click("button", "Make the fault")
		p.see("So many times: must be a whole number from 1 to 1000")
		p.visit("faults")
		p.gone("So many times: must be")
	}
	p.visit("faults?new=1")
	p.fill("textbox", "Ends after", "1e999")
	p.click("button", "Make the fault")
	p.see("times: must be")
	var out struct{ Faults []any }
	if p.get(t, "/faults", &out); len(out.Faults) != 0 {
		t.Errorf("there are %v", out.Faults)
	}
}

// TestNarrowKeys goes from mail to mail where the list has no room beside them.
func TestNarrowKeys(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	for i := range 3 {
		p.send(t, fmt.Sprint("Letter ", i), "<p>Hi</p>")
	}
	p.size(360, 740)
	p.open("inbox")
	p.see("Letter 2")
	p.press("j", "o")
	p.find("heading", "Letter 2")
	p.press("j")
	p.find("heading", "Letter 1")
	p.press("k")
	p.find("heading", "Letter 2")
	p.press("u")
	p.wait(`document.title.startsWith("(2)")`)
	p.press("Esc")
	p.find("link", "…Letter 0…")
}

// TestDeletedTwice deletes a mail that was deleted elsewhere meanwhile: that is no error.
func TestDeletedTwice(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	id := p.send(t, "Letter", "<p>Hi</p>")
	p.open("inbox")
	p.see("Letter")
	p.press("j", "#")
	p.see("Deleted the mail.")
	p.do(t, http.MethodDelete, "/_mock/inbox/messages/"+id, nil)
	p.watch.expect("status of 404")
	p.click("button", "Dismiss")
	p.wait(`document.querySelectorAll(".toast").length === 0`)
	p.wait(`performance.getEntriesByType("resource").some(({name, responseStatus}) => name.includes("` + id + `") && responseStatus === 404)`)
	eval[any](p, `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))`)
	if eval[bool](p, `document.querySelector(".toast") !== null`) {
		t.Errorf("the page complains: %s", p.text())
	}
}

// TestEdited changes a contact to an address with spaces around it, and not to data that is none.
func TestEdited(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	p.call(t, http.MethodPost, "/v1/contacts", object{"email": "ada@example.com", "subscribed": true, "data": object{"plan": "free"}})
	p.open("contacts/ada@example.com")
	p.click("button", "Edit")
	p.fill("textbox", "Email", " ada@example.org ")
	p.click("button", "Save")
	p.see("Saved.", "ada@example.org", "free")
	p.watch.expect("status of 422")
	p.click("button", "Edit")
	p.fill("textbox", "Data", "null")
	p.click("button", "Save")
	p.wait(`document.querySelector("dialog [role=alert] .bad")?.textContent.includes("data: ")`)
}

// TestSwitch lets a fault rest just when it has struck: what it has counted stays.
func TestSwitch(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	p.do(t, http.MethodPost, "/_mock/faults", object{"id": "down", "status": 503})
	p.open("faults")
	p.see("1 fault active")
	for range 3 {
		p.call(t, http.MethodGet, "/v1/contacts/count", nil)
	}
	p.click("switch", "Faults strike")
	p.see("1 fault off")
	var rule struct {
		Enabled bool
		Struck  int
	}
	if err := json.Unmarshal(p.do(t, http.MethodGet, "/_mock/faults/down", nil), &rule); err != nil || rule.Enabled || rule.Struck != 3 {
		t.Errorf("%+v, %v", rule, err)
	}
}
