package browser_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// letterWithAll is a mail that has something for each tab.
var letterWithAll = object{
	"to": "ada@example.com", "subject": "Welcome, {{name}}", "headers": object{"X-Tag": "spring"},
	"body": `<!doctype html>
<html lang="en"><head><meta name="color-scheme" content="light dark"><style>
body { margin: 0; padding: 28px; background: #f3f1ec; color: #23212c; font: 16px/1.5 sans-serif; }
main { max-width: 440px; margin: auto; padding: 8px 28px 24px; background: #fff; border-top: 5px solid #e8623a; border-radius: 10px; }
b { display: block; padding: 12px; background: #f6e3da; border-radius: 8px; font-size: 26px; letter-spacing: 5px; text-align: center; }
a { display: inline-block; padding: 9px 18px; background: #b5401c; border-radius: 8px; color: #fff; text-decoration: none; }
@media (prefers-color-scheme: dark) { body { background: #16151b; color: #eceaf3; } main { background: #24222d; } b { background: #43281d; } }
</style></head>
<body><main><h1>Hello {{name}} {{surname}}</h1><p>Good to have you here. Your code is</p><p><b>482 913</b></p>
<p>It is good for ten minutes. Or verify your address at once:</p>
<p><a href="https://shop.example.com/verify?token=abc">Verify your address</a></p></main></body></html>`,
	"attachments": []object{{"filename": "terms.txt", "content": "SGVsbG8=", "contentType": "text/plain"}},
}

// TestFirstMail is what a person does who has never seen the console.
func TestFirstMail(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	p.open("")
	p.see("Send your first mail", "sk_FirstMail")
	for _, language := range []string{"Node", "fetch", "curl", "Go", "PHP", "Python", "SMTP"} {
		p.click("tab", language)
		p.wait(`[...document.querySelectorAll("main pre")].some((pre) => pre.textContent.includes("sk_FirstMail"))`)
		p.click("button", "Copy")
		p.see("Copied the lines for " + language)
	}
	for i, text := range eval[[]string](p, "window.copied") {
		address := p.url
		if i == 6 {
			address = p.smtp
		}
		if !strings.Contains(text, "sk_FirstMail") || !strings.Contains(text, address) {
			t.Errorf("lines %d do not lead to this server and project: %s", i, text)
		}
	}
	p.click("button", "Send a test mail")
	p.wait(`document.title === "(1) Inbox · FirstMail · plunkmock"`)
	p.click("link", "…is your sign-in code…")
	p.wait(`document.title === "Inbox · FirstMail · plunkmock"`)
	p.click("button", "Copy code…")
	p.see("Copied the code")
	if copied := eval[string](p, "window.copied.at(-1)"); !regexp.MustCompile(`^\d{6}$`).MatchString(copied) {
		t.Errorf("the code copied is %q", copied)
	}
	p.do(t, http.MethodPost, "/_mock/faults", object{"fault": "sendEmail:429;times=1"})
	p.see("1 fault active")
	p.visit("start")
	p.wait(`document.querySelector("main").dataset.view === "start" && document.querySelector("main h1")`)
	p.watch.expect("status of 429")
	p.click("button", "Send a test mail")
	p.find("alert", "…")
	p.wait(`document.querySelector("#toasts [role=alert] a")`)
	eval[any](p, `document.querySelector("#toasts [role=alert] a").click()`)
	p.see("A fault struck")
}

// TestMail looks at a mail in all its parts, and does all that can be done with it.
func TestMail(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	p.do(t, http.MethodPost, "/v1/contacts", object{"email": "ada@example.com", "subscribed": true, "data": object{"name": "Ada"}})
	p.do(t, http.MethodPost, "/v1/send", letterWithAll)
	p.open("inbox")
	p.click("link", "…Welcome, Ada…")
	p.find("heading", "Welcome, Ada")
	p.wait(`document.querySelector("iframe").dataset.loaded`)
	for _, width := range []int{320, 375, 600, 768} {
		p.click("button", strconv.Itoa(width))
		p.wait(`document.querySelector("iframe").clientWidth === $0`, width)
	}
	p.click("button", "Full")
	p.wait(`document.querySelector("iframe").clientWidth > 0`)
	for _, scheme := range []string{"Dark", "Light"} {
		p.click("button", scheme)
		p.wait(`getComputedStyle(document.querySelector("iframe")).colorScheme === $0`, strings.ToLower(scheme))
	}
	for tab, want := range map[string]string{
		"Text": "482 913", "Source": "X-Tag: spring", "Headers": "spring", "Attachments (1)": "terms.txt",
		"Links & codes…": "https://shop.example.com/verify?token=abc", "Why": "surname",
	} {
		p.click("tab", tab)
		p.see(want)
	}
	p.wait(`location.hash.includes("tab=")`)
	p.click("button", "Copy code…")
	p.see("Copied the code")
	p.click("button", "Copy verify link")
	p.click("button", "Copy as curl")
	p.see("Copied the curl command")
	copied := eval[[]string](p, "window.copied")
	if len(copied) != 3 || strings.ReplaceAll(copied[0], " ", "") != "482913" || copied[1] != "https://shop.example.com/verify?token=abc" || !strings.HasPrefix(copied[2], "curl ") {
		t.Errorf("copied were %q", copied)
	}
	for _, f := range []struct{ label, kind, status string }{
		{"Opened", "open", "opened"}, {"Clicked", "click", "opened"}, {"Bounced", "bounce", "bounced"}, {"Complaint", "complaint", "complaint"},
	} {
		p.click("button", "Report…")
		p.click("button", f.label)
		p.see("Reported: "+f.kind, f.status)
		p.wait(`document.getElementById("reports").hidden`)
	}
	p.watch.expect("a download of " + p.url + "/_mock/inbox/messages/")
	p.click("link", ".eml")
	p.until("the mail is downloaded", func() (bool, string) {
		p.watch.mu.Lock()
		defer p.watch.mu.Unlock()
		return strings.Contains(fmt.Sprint(p.watch.faults), "/raw?project=Mail"), fmt.Sprint(p.watch.faults)
	})
	if _, unread := p.count(t); unread != 0 {
		t.Errorf("%d mails are unread", unread)
	}
	p.click("button", "Mark as unread")
	p.wait(`document.title.startsWith("(1)")`)
	p.click("button", "Report…") // what draws the mail anew does not read it
	p.click("button", "Delivered")
	p.see("Reported: delivery")
	if _, unread := p.count(t); unread != 1 {
		t.Errorf("a report leaves %d mails unread, want 1", unread)
	}
}

// TestSearch narrows the list, and says what is wrong with a query.
func TestSearch(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	for _, name := range []string{"ada", "ben", "cyd"} {
		p.sendTo(t, name+"@example.com", "For "+name, "<p>Hi</p>")
	}
	p.open("inbox")
	p.see("For ada", "For ben", "For cyd")
	p.press("/")
	p.wait(`document.activeElement.type === "search"`)
	p.fill("combobox", "Search the mails", "to:ben@example.com")
	p.gone("For ada")
	p.see("For ben", "1 of 3 mails")
	p.wait(`location.hash.includes("q=to")`)
	p.sendTo(t, "ben@example.com", "More for Ben", "<p>Hi</p>")
	p.sendTo(t, "cyd@example.com", "More for Cyd", "<p>Hi</p>")
	p.see("More for Ben", "2 of 5 mails")
	if strings.Contains(p.text(), "More for Cyd") {
		t.Error("a mail is shown that the query does not match")
	}
	p.fill("combobox", "Search the mails", "is:")
	p.find("option", "…is:unread…")
	p.press("Down", "Enter")
	p.see("5 of 5 mails")
	p.watch.expect("status of 422")
	p.fill("combobox", "Search the mails", "larger:much")
	p.press("Enter")
	p.see("larger: takes a size")
	p.fill("combobox", "Search the mails", "nothing-has-this")
	p.click("button", "Show all")
	p.see("For ada", "More for Cyd")
	p.open("inbox?q=to%3Acyd%40example.com")
	p.see("2 of 5 mails", "For cyd")
}

// TestDelete takes mails away, and back.
func TestDelete(t *testing.T) {
	t.Parallel()
	p := newTab(t, newProject(t))
	for i := range 3 {
		p.send(t, fmt.Sprint("Letter ", i), "<p>Hi</p>")
	}
	p.open("inbox")
	total := func(want int) {
		t.Helper()
		p.until(fmt.Sprintf("the server has %d mails", want), func() (bool, string) {
			n, _ := p.count(t)
			return n == want, strconv.Itoa(n)
		})
	}
	p.click("link", "…Letter 1…")
	p.find("heading", "Letter 1")
	p.click("button", "Delete")
	p.wait(`![...document.querySelectorAll(".row")].some((row) => row.textContent.includes("Letter 1"))`)
	p.click("button", "Undo")
	p.find("link", "…Letter 1…")
	total(3)
	p.click("button", "Delete")
	p.click("button", "Dismiss")
	total(2)
	p.click("button", "Delete those shown")
	p.see("Deleted 2 mails")
	p.click("button", "Undo")
	p.see("Letter 0", "Letter 2")
	p.click("button", "Mark all as read")
	p.wait(`document.title.startsWith("Inbox")`)
	p.click("button", "Delete those shown")
	p.send(t, "Late", "<p>Hi</p>")
	p.click("button", "Dismiss")
	total(1)
	p.see("Late")
}
