package plunk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

const (
	noCampaign   = "That campaign was not found"
	noRecipients = "No recipients found"
)

// campaign makes a draft in style HTML.
func (p project) campaign(tb testing.TB, subject, body string, recipients ...string) *plunk.Campaign {
	tb.Helper()
	return must[*plunk.Campaign](tb)(p.CreateCampaign(plunk.NewCampaign{Subject: subject, Body: body, Style: "HTML", Recipients: recipients}))
}

// live sends a campaign to its recipients.
func (p project) live(id string) (*plunk.Campaign, error) {
	return p.SendCampaign(plunk.SendCampaign{ID: id, Live: true, Request: "r1"})
}

// recipients returns who was mailed, oldest first, a mail to several as one.
func (p project) recipients() []string {
	list := []string{}
	for _, m := range p.mails() {
		var to []string
		for _, a := range m.To {
			to = append(to, a.Address)
		}
		list = append(list, strings.Join(to, "+"))
	}
	return list
}

func TestCampaignLife(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.contact(t, "ann@rcpt.test", map[string]any{"name": "Ann"})
	c := must[*plunk.Campaign](t)(p.CreateCampaign(plunk.NewCampaign{
		Subject: "Hello {{name ?? you}}", Body: "<p>Hi {{name ?? you}}, {{plunk_email}}</p>", Recipients: []string{"Ann@Rcpt.test", "bob@rcpt.test"},
	}))
	draft := *c
	draft.ID, draft.ProjectID = "", ""
	checkCampaign(t, "made", &draft, plunk.Campaign{
		Subject: "Hello {{name ?? you}}", Body: "<p>Hi {{name ?? you}}, {{plunk_email}}</p>", Style: "PLUNK",
		Recipients: []string{"ann@rcpt.test", "bob@rcpt.test"}, CreatedAt: noon, UpdatedAt: noon,
	})
	same(t, "mails", p.box.Len(), 0)

	at := p.pass(time.Minute)
	edited := must[*plunk.Campaign](t)(p.UpdateCampaign(plunk.CampaignChange{ID: c.ID, Style: new("HTML")}))
	want := *c
	want.Style, want.UpdatedAt = "HTML", at
	checkCampaign(t, "edited", edited, want)
	same(t, "the old record", c.Style, "PLUNK")
	edited = must[*plunk.Campaign](t)(p.UpdateCampaign(plunk.CampaignChange{ID: c.ID, Subject: new("Hey {{name ?? you}}"), Body: new("{{name}}")}))
	want.Subject, want.Body = "Hey {{name ?? you}}", "{{name}}"
	checkCampaign(t, "edited again", edited, want)

	tested := must[*plunk.Campaign](t)(p.SendCampaign(plunk.SendCampaign{ID: c.ID}))
	same(t, "a test leaves it a draft", tested, edited)

	at = p.pass(time.Minute)
	sent := must[*plunk.Campaign](t)(p.live(c.ID))
	want.Sent, want.UpdatedAt = true, at
	checkCampaign(t, "sent", sent, want)
	same(t, "the old record", edited.Sent, false)
	same(t, "mailed", p.recipients(), []string{"owner@test.example.com", "ann@rcpt.test", "bob@rcpt.test"})
	same(t, "subjects", []string{p.mails()[1].Subject, p.mails()[2].Subject}, []string{"Hey Ann", "Hey you"})

	_, err := p.UpdateCampaign(plunk.CampaignChange{ID: c.ID, Subject: new("Too late")})
	refused(t, "update", err, plunk.Invalid, "Only draft campaigns can be updated")
	must[*plunk.Campaign](t)(p.live(c.ID)) // again
	must[*plunk.Campaign](t)(p.SendCampaign(plunk.SendCampaign{ID: c.ID}))
	same(t, "mails", p.box.Len(), 6)

	same(t, "deleted", must[*plunk.Campaign](t)(p.DeleteCampaign(c.ID)), sent)
	_, err = p.DeleteCampaign(c.ID)
	refused(t, "delete", err, plunk.NotFound, noCampaign)
	_, err = p.UpdateCampaign(plunk.CampaignChange{ID: c.ID})
	refused(t, "update", err, plunk.NotFound, noCampaign)
	_, err = p.live(c.ID)
	refused(t, "send", err, plunk.NotFound, noCampaign)
	same(t, "its mails stay", p.box.Len(), 6)
	same(t, "events", p.events(), map[string]int{})
}

// checkCampaign compares all that a campaign shows of itself.
func checkCampaign(t *testing.T, what string, got *plunk.Campaign, want plunk.Campaign) {
	t.Helper()
	if diff := cmp.Diff(want, *got, cmpopts.IgnoreUnexported(plunk.Campaign{})); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestCampaignMail(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	ann := p.contact(t, "ann@rcpt.test", map[string]any{"name": "Ann", "items": []any{"one", "two"}, "html": "<b>b</b>", "empty": ""})
	c := p.campaign(t, "{{name}}: {{items}} {{empty ?? x}}{{missing ?? y}}",
		"<p>{{name}} {{html}} {{missing ?? fallback}} {{plunk_email}} {{plunk_id}}</p><ul>{{items}}</ul>{{open", "ann@rcpt.test", "bare@rcpt.test")
	must[*plunk.Campaign](t)(p.live(c.ID))
	bare, _, _ := p.Find("bare@rcpt.test")
	for i, want := range []struct{ to, id, subject, body string }{
		{"ann@rcpt.test", ann.ID, "Ann: one,two y", "<p>Ann <b>b</b> fallback ann@rcpt.test " + ann.ID + "</p><ul><li>one</li>\n<li>two</li></ul>{{open"},
		{"bare@rcpt.test", bare.ID, ":  xy", "<p>  fallback bare@rcpt.test " + bare.ID + "</p><ul></ul>{{open"},
	} {
		m := p.mails()[i]
		same(t, "subject", m.Subject, want.subject)
		if !strings.HasPrefix(m.HTML, want.body) {
			t.Errorf("got the body %s, want %s and a footer", m.HTML, want.body)
		}
		same(t, "to, from, reply to", [][]inbox.Address{m.To, {m.From}, m.ReplyTo}, [][]inbox.Address{
			{{Address: want.to}}, {{Name: "test", Address: "hello@test.example.com"}}, {{Address: "hello@test.example.com"}},
		})
		same(t, "kind", m.Kind, inbox.Campaign)
		m.Cause.Variables, m.Cause.Missing = nil, nil
		same(t, "cause", m.Cause, inbox.Cause{
			Request: "r1", Operation: "sendCampaign", Campaign: &inbox.Ref{ID: c.ID, Name: c.Subject}, Contact: &inbox.Ref{ID: want.id, Name: want.to},
		})
	}
}

func TestCampaignRecipients(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	off := must[*plunk.Contact](t)(p.CreateContact(plunk.NewContact{Email: "off@rcpt.test"}))
	c := p.campaign(t, "s", "b", "OFF@rcpt.test", "New@rcpt.test", "new@rcpt.test", "off@rcpt.test")
	same(t, "as given, in lower case", c.Recipients, []string{"off@rcpt.test", "new@rcpt.test", "new@rcpt.test", "off@rcpt.test"})
	fresh, _, err := p.Find("new@rcpt.test")
	if err != nil || !fresh.Subscribed || p.CountContacts() != 2 {
		t.Errorf("got %+v, %v; want a subscribed contact", fresh, err)
	}
	if c := must[*plunk.Contact](t)(p.Contact(off.ID)); c.Subscribed {
		t.Error("a campaign subscribed a contact")
	}

	// Each is mailed once, subscribed or not: Plunk does not ask again.
	must[*plunk.Contact](t)(p.unsubscribe(fresh.ID))
	must[*plunk.Campaign](t)(p.live(c.ID))
	same(t, "mailed", p.recipients(), []string{"off@rcpt.test", "new@rcpt.test"})

	// They are contacts: one that moves is mailed where it is, one that is gone not at all.
	must[*plunk.Contact](t)(p.UpdateContact(plunk.ContactChange{ID: fresh.ID, Email: new("moved@rcpt.test")}))
	must[*plunk.Contact](t)(p.DeleteContact(off.ID))
	p.box.Clear()
	must[*plunk.Campaign](t)(p.live(c.ID))
	same(t, "mailed", p.recipients(), []string{"moved@rcpt.test"})
	must[*plunk.Contact](t)(p.DeleteContact(fresh.ID))
	_, err = p.live(c.ID)
	refused(t, "all are gone", err, plunk.Invalid, noRecipients)
}

func TestCampaignRecipientsAreReplaced(t *testing.T) {
	t.Parallel()
	p := newProject(t, limited(3, 10))
	c := p.campaign(t, "s", "b", "a@rcpt.test", "b@rcpt.test")
	_, err := p.UpdateCampaign(plunk.CampaignChange{ID: c.ID, Subject: new("t"), Recipients: []string{"c@rcpt.test", "d@rcpt.test"}})
	refused(t, "no room", err, plunk.Invalid, "The project would have more than 3 contacts; raise --max-contacts or reset the project")
	same(t, "nothing changed", p.CampaignPage("", plunk.Page{Limit: 1}).Records[0], c)
	must[*plunk.Campaign](t)(p.UpdateCampaign(plunk.CampaignChange{ID: c.ID, Recipients: []string{"b@rcpt.test", "C@rcpt.test"}}))
	must[*plunk.Campaign](t)(p.live(c.ID))
	same(t, "mailed", p.recipients(), []string{"b@rcpt.test", "c@rcpt.test"})
	same(t, "contacts", p.emails(), []string{"a@rcpt.test", "b@rcpt.test", "c@rcpt.test"})
}

func TestCampaignWithoutRecipients(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	c := p.campaign(t, "s", "b", "a@rcpt.test")
	c = must[*plunk.Campaign](t)(p.UpdateCampaign(plunk.CampaignChange{ID: c.ID, Recipients: []string{}}))
	if c.Recipients == nil || len(c.Recipients) != 0 {
		t.Errorf("got the recipients %#v, want none", c.Recipients)
	}
	_, err := p.live(c.ID)
	refused(t, "live", err, plunk.Invalid, noRecipients)
	if p.CampaignPage("", plunk.Page{Limit: 1}).Records[0].Sent {
		t.Error("the refused call changed its status")
	}
	must[*plunk.Campaign](t)(p.SendCampaign(plunk.SendCampaign{ID: c.ID})) // a test goes to the members
	same(t, "mailed", p.recipients(), []string{"owner@test.example.com"})
}

func TestCampaignDelay(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	c := p.campaign(t, "s", "b", "a@rcpt.test")
	for _, live := range []bool{true, false} {
		_, err := p.SendCampaign(plunk.SendCampaign{ID: c.ID, Live: live, Delay: -1})
		refused(t, "negative", err, plunk.Invalid, "Delay needs to be a positive number")
	}
	same(t, "mails", p.box.Len(), 0)
}

// TestCampaignTest is for the mail that shows a campaign to the project's
// members: one to all, in the layout, with nothing filled in.
func TestCampaignTest(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.UpdateSettings(plunk.SettingsChange{Members: []string{"Owner@acme.test", "dev@acme.test", "owner@acme.test"}})
	c := p.campaign(t, "{{name}}: {{items}}", "<p>{{name ?? x}} {{plunk_id}}</p>{{open", "ann@rcpt.test")
	must[*plunk.Campaign](t)(p.SendCampaign(plunk.SendCampaign{ID: c.ID, Request: "r2"}))
	m := p.latest(t)
	same(t, "to", p.recipients(), []string{"owner@acme.test+dev@acme.test"})
	same(t, "subject", m.Subject, "[Plunk Campaign Test] {{name}}: {{items}}")
	same(t, "kind", m.Kind, inbox.CampaignTest)
	same(t, "cause", m.Cause, inbox.Cause{Request: "r2", Operation: "sendCampaign", Campaign: &inbox.Ref{ID: c.ID, Name: c.Subject}})
	checkLayout(t, m.HTML, "<p>{{name ?? x}} {{plunk_id}}</p>{{open")
	checkFooter(t, m.HTML, 0, "", "")

	p.UpdateSettings(plunk.SettingsChange{Members: []string{}})
	_, err := p.SendCampaign(plunk.SendCampaign{ID: c.ID})
	refused(t, "no members", err, plunk.Invalid, "The project has no members to send a test to; set members in its settings, or send with live true")
}

func TestCampaignSender(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.UpdateSettings(plunk.SettingsChange{DisplayName: new("Initech"), Verified: new(false), Domains: []string{"other.test"}})
	c := p.campaign(t, "s", "b", "ann@rcpt.test")
	for _, live := range []bool{true, false} {
		must[*plunk.Campaign](t)(p.SendCampaign(plunk.SendCampaign{ID: c.ID, Live: live}))
		m := p.latest(t)
		same(t, "from", m.From, inbox.Address{Name: "Initech", Address: "no-reply@useplunk.dev"})
		same(t, "reply to", m.ReplyTo, []inbox.Address{{Address: "no-reply@useplunk.dev"}})
	}
}

func TestCampaignStyles(t *testing.T) {
	t.Parallel()
	p := newProject(t, func(o *plunk.Options) { o.Project = "a_b"; o.URL = "https://mail.test:1" })
	p.UpdateSettings(plunk.SettingsChange{DisplayName: new(`A & <B> "C"`)})
	ann := p.contact(t, "ann@rcpt.test", map[string]any{"name": "Ann"})
	const body = "<html><body><p>Whole page for {{name}}</p></body></html>"
	for style, plain := range map[string]bool{"PLUNK": false, "": false, "HTML": true, "plunk": true, "anything": true} {
		c := must[*plunk.Campaign](t)(p.CreateCampaign(plunk.NewCampaign{Subject: "s", Body: body, Style: style, Recipients: []string{"ann@rcpt.test"}}))
		must[*plunk.Campaign](t)(p.live(c.ID))
		html, want := p.latest(t).HTML, strings.Replace(body, "{{name}}", "Ann", 1)
		checkFooter(t, html, 1, "A &amp; &lt;B&gt; &#34;C&#34;", "https://mail.test:1/unsubscribe/"+ann.ID+"?project=a_b")
		if !plain {
			checkLayout(t, html, want)
			continue
		}
		// The footer follows what is given, also the end of a page.
		if !strings.HasPrefix(html, want+"<div") || strings.Contains(html, "<!doctype") {
			t.Errorf("style %q: got %s", style, html)
		}
	}
}

// checkLayout fails unless body stands in Plunk's layout, once and whole.
func checkLayout(t *testing.T, html, body string) {
	t.Helper()
	before, after, _ := strings.Cut(html, body)
	if !strings.HasPrefix(before, "<!doctype html>") || !strings.Contains(before, "max-width:600px") || !strings.HasSuffix(after, "</body>\n</html>\n") ||
		strings.Contains(after, body) || strings.Count(html, "<table") != strings.Count(html, "</table>") || strings.Count(html, "<td") != strings.Count(html, "</td>") {
		t.Errorf("not in the layout: %s", html)
	}
}

// checkFooter fails unless html has n footers, of a project and with a link.
func checkFooter(t *testing.T, html string, n int, project, link string) {
	t.Helper()
	if got := strings.Count(html, "update your preferences"); got != n {
		t.Errorf("%d footers, want %d: %s", got, n, html)
	}
	if n > 0 && (!strings.Contains(html, "from "+project+".") || !strings.Contains(html, `<a href="`+link+`">update your preferences</a>`)) {
		t.Errorf("no footer of %s with %s: %s", project, link, html)
	}
}
