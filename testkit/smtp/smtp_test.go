package smtp_test

import (
	netsmtp "net/smtp"
	"testing"

	"github.com/plunkmock/plunkmock/testkit"
	"github.com/plunkmock/plunkmock/testkit/smtp"
)

// Mail by SMTP is in the inbox, and there after a restart at the same address.
func TestListen(t *testing.T) {
	t.Parallel()
	p := testkit.Start(t, smtp.Listen())
	address := p.SMTPAddr(t)
	message := []byte("From: Shop <shop@example.com>\r\nSubject: By SMTP\r\n\r\nYour code is 482 913.\r\n")
	for range 2 {
		if err := netsmtp.SendMail(address, netsmtp.PlainAuth("", "plunk", p.SecretKey(), "127.0.0.1"), "shop@example.com", []string{"ada@example.com"}, message); err != nil {
			t.Fatal(err)
		}
		p.Restart(t)
	}
	mails := p.Mails(t, testkit.To("ada@example.com"), testkit.Kind("smtp"))
	if len(mails) != 2 || mails[0].Code() != "482913" || string(mails[0].Raw()) != string(message) {
		t.Errorf("%d mails: %+v", len(mails), mails)
	}
	if from := mails[1].From.Address; from != "shop@example.com" {
		t.Errorf("from %s", from)
	}
}
