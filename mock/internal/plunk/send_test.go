package plunk_test

import (
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

func TestSend(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	sent := must[plunk.Sent](t)(p.Send(plunk.Mail{
		Request: "r1", To: []string{"Ann@Rcpt.test", "bob@rcpt.test", "ANN@rcpt.test"}, Subject: "Hi", Body: "<p>x</p>",
		Headers: []inbox.Field{{Name: "X-A", Value: "1"}}, Attachments: []inbox.Attachment{{}},
	}))
	same(t, "time", sent.Time, noon)
	same(t, "warnings", sent.Warnings, nil)
	mails := p.mails()
	if len(sent.Emails) != 3 || len(mails) != 3 {
		t.Fatalf("got %d emails and %d mails, want 3", len(sent.Emails), len(mails))
	}
	for i, email := range []string{"ann@rcpt.test", "bob@rcpt.test", "ann@rcpt.test"} {
		m := mails[i]
		same(t, "contact", sent.Emails[i].Contact.Email, email)
		same(t, "the id is that of the message", sent.Emails[i].ID, m.ID)
		same(t, "one recipient", m.To, []inbox.Address{{Address: email}})
		same(t, "cause", m.Cause, inbox.Cause{Request: "r1", Operation: "sendEmail", Contact: &inbox.Ref{ID: sent.Emails[i].Contact.ID, Name: email}})
		same(t, "from", m.From, inbox.Address{Name: "test", Address: "hello@test.example.com"})
		same(t, "reply to", m.ReplyTo, []inbox.Address{{Address: "hello@test.example.com"}})
		same(t, "kind, subject and body", []string{string(m.Kind), m.Subject, m.HTML}, []string{"transactional", "Hi", "<p>x</p>"}) // no layout, no footer
		same(t, "headers and attachments", []int{len(m.Headers), len(m.Attachments)}, []int{1, 1})
		same(t, "sent at", m.Time, noon)
	}
	if mails[0].ID == mails[2].ID || sent.Emails[0].Contact != sent.Emails[2].Contact {
		t.Error("an address given twice is one contact with two mails")
	}
	same(t, "contacts", p.emails(), []string{"ann@rcpt.test", "bob@rcpt.test"})
	same(t, "events", p.events(), map[string]int{})
}

func TestSendToNobody(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	sent := must[plunk.Sent](t)(p.Send(plunk.Mail{To: []string{}}))
	if sent.Emails == nil || len(sent.Emails) != 0 || p.box.Len() != 0 {
		t.Errorf("got %+v and %d mails, want no emails", sent, p.box.Len())
	}
}

func TestSendSubscribed(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	for _, step := range []struct {
		email      string
		subscribed bool
		want       bool
	}{
		{"new1@rcpt.test", false, false},
		{"new2@rcpt.test", true, true},
		{"new1@rcpt.test", true, true},  // switched on
		{"new2@rcpt.test", false, true}, // never off
	} {
		at := p.pass(time.Second)
		sent := must[plunk.Sent](t)(p.Send(plunk.Mail{To: []string{step.email}, Subscribed: step.subscribed}))
		c := sent.Emails[0].Contact
		if c.Subscribed != step.want || c.Subscribed != must[*plunk.Contact](t)(p.Contact(c.ID)).Subscribed || step.subscribed && c.UpdatedAt != at {
			t.Errorf("%+v: got %+v", step, c)
		}
	}
	same(t, "no event says so", p.events(), map[string]int{})
}

func TestSendSender(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.UpdateSettings(plunk.SettingsChange{DisplayName: new("Acme"), Sender: new("Hello@Acme.test")})
	for _, c := range []struct {
		mail          plunk.Mail
		from, replyTo string
	}{
		{plunk.Mail{}, `Acme <hello@acme.test>`, "hello@acme.test"},
		{plunk.Mail{Name: new("Team")}, `Team <hello@acme.test>`, "hello@acme.test"},
		{plunk.Mail{Name: new("")}, ` <hello@acme.test>`, "hello@acme.test"},
		{plunk.Mail{From: new("News@Acme.test")}, `Acme <news@acme.test>`, "news@acme.test"},
		{plunk.Mail{From: new("news@acme.test"), Reply: new("Desk@Rcpt.test"), Name: new("Team")}, `Team <news@acme.test>`, "desk@rcpt.test"},
	} {
		c.mail.To = []string{"ann@rcpt.test"}
		must[plunk.Sent](t)(p.Send(c.mail))
		m := p.latest(t)
		same(t, "from", m.From.Name+" <"+m.From.Address+">", c.from)
		same(t, "reply to", m.ReplyTo, []inbox.Address{{Address: c.replyTo}})
	}
}

func TestSendFromDomains(t *testing.T) {
	t.Parallel()
	const foreign = "Custom from address must be from a verified domain"
	p := newProject(t)
	send := func(from *string) error {
		_, err := p.Send(plunk.Mail{To: []string{"ann@rcpt.test"}, From: from})
		return err
	}
	if err := send(new("me@anywhere.test")); err != nil {
		t.Errorf("no domains are listed: %v", err)
	}
	p.UpdateSettings(plunk.SettingsChange{Domains: []string{"Acme.test", "acme.co"}})
	for _, from := range []string{"me@acme.test", "Me@ACME.co", "x@acme.test"} {
		if err := send(&from); err != nil {
			t.Errorf("%s: %v", from, err)
		}
	}
	if err := send(nil); err != nil {
		t.Errorf("the project's own: %v", err)
	}
	n := p.box.Len()
	for _, from := range []string{"me@mail.acme.test", "me@test", "me@xacme.test", "me@acme.test.evil.test"} {
		refused(t, from, send(&from), plunk.Unauthorized, foreign)
	}
	same(t, "mails", p.box.Len(), n)

	p.UpdateSettings(plunk.SettingsChange{Domains: []string{}})
	if err := send(new("me@anywhere.test")); err != nil {
		t.Errorf("no domains are listed any more: %v", err)
	}
}

func TestSendOfAnUnverifiedProject(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.UpdateSettings(plunk.SettingsChange{Verified: new(false)})
	for _, from := range []*string{nil, new("me@acme.test")} {
		_, err := p.Send(plunk.Mail{To: []string{"ann@rcpt.test"}, From: from})
		refused(t, "send", err, plunk.Unauthorized, "Verify your domain before you start sending")
	}
	same(t, "contacts", p.emails(), []string{})
	p.UpdateSettings(plunk.SettingsChange{Verified: new(true)})
	must[plunk.Sent](t)(p.Send(plunk.Mail{To: []string{"ann@rcpt.test"}}))
}

func TestSendLeavesOutHeadersOfTheServer(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	kept := []inbox.Field{
		{Name: "X-A", Value: "1"}, {Name: "reply-to", Value: "desk@rcpt.test"}, {Name: "List-Unsubscribe", Value: "<https://x.test>"}, {Name: "X-Content-Type", Value: "y"},
	}
	given := append([]inbox.Field(nil), kept...)
	var want []string
	for _, name := range []string{
		"From", "TO", "cc", "Bcc", "Sender", "subject", "Date", "Message-ID", "message-id", "MIME-Version", "Content-Type", "content-transfer-encoding", "Content-X",
	} {
		given = append(given, inbox.Field{Name: name, Value: "evil@x.test"})
		want = append(want, "headers."+name+": is set by the server and was left out")
	}
	sent := must[plunk.Sent](t)(p.Send(plunk.Mail{To: []string{"ann@rcpt.test"}, Subject: "Hi", Headers: given}))
	same(t, "warnings", sent.Warnings, want)
	same(t, "headers", p.latest(t).Headers, kept)
}
