package plunk_test

import (
	"testing"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

func arrival(from string, to ...string) plunk.Relayed {
	return plunk.Relayed{Request: "r1", Arrival: inbox.Arrival{
		From: inbox.Address{Name: "Shop", Address: from}, Subject: "Hi {{name}}",
		Source: &inbox.Source{Bytes: []byte("Subject: Hi {{name}}\r\n\r\n"), Envelope: inbox.Envelope{RcptTo: to}},
	}}
}

// Each recipient gets a message of the same bytes, and becomes a contact that is not
// subscribed; one that is stays so.
func TestRelay(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	must[plunk.Sent](t)(p.Send(plunk.Mail{To: []string{"bob@rcpt.test"}, Subscribed: true}))
	m := arrival("shop@example.com", "Ann@Rcpt.test", "bob@rcpt.test", "ann@rcpt.test", "jürgen@rcpt.test")
	sent := must[plunk.Sent](t)(p.Relay(m))
	mails := p.mails()[1:]
	for i, email := range []string{"ann@rcpt.test", "bob@rcpt.test", "ann@rcpt.test", "jürgen@rcpt.test"} {
		got := mails[i]
		same(t, "to", got.To, []inbox.Address{{Address: email}})
		same(t, "subscribed", sent.Emails[i].Contact.Subscribed, email == "bob@rcpt.test")
		same(t, "the id is that of the message", sent.Emails[i].ID, got.ID)
		same(t, "cause", got.Cause, inbox.Cause{Request: "r1", Operation: "smtp", Contact: &inbox.Ref{ID: sent.Emails[i].Contact.ID, Name: email}})
		same(t, "no variable is filled in", got.Subject, "Hi {{name}}")
		same(t, "kind and time", []any{got.Kind, got.Time}, []any{inbox.SMTP, noon})
		if got.Source != m.Source {
			t.Error("the bytes are not shared")
		}
	}
	same(t, "contacts", p.emails(), []string{"bob@rcpt.test", "ann@rcpt.test", "jürgen@rcpt.test"})
}

func TestRelayRefusesAsSendDoes(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.UpdateSettings(plunk.SettingsChange{Domains: []string{"example.com"}})
	const custom, sender = "Custom from address must be from a verified domain", "Sender domain is not verified or not associated with your account"
	for from, want := range map[string][2]string{
		"shop@EXAMPLE.com": {}, "": {}, "shop@mail.example.com": {sender, custom}, "shop": {sender, custom},
	} {
		_, err := p.Relay(arrival(from, "ann@rcpt.test"))
		for i, err := range []error{p.MayRelay(from), err} {
			if got := text(err); got != want[i] {
				t.Errorf("%q: got %q, want %q", from, got, want[i])
			}
		}
	}
	p.UpdateSettings(plunk.SettingsChange{Verified: new(false)})
	_, err := p.Relay(arrival("", "ann@rcpt.test"))
	for _, err := range []error{p.MayRelay(""), err} {
		same(t, "unverified", text(err), "Verify your domain before you start sending")
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
