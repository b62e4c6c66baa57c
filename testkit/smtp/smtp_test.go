package smtp_test

import (
	"net"
	netsmtp "net/smtp"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock"
	"github.com/plunkmock/plunkmock/testkit"
	"github.com/plunkmock/plunkmock/testkit/internal/fake"
	"github.com/plunkmock/plunkmock/testkit/smtp"
)

// A server that cannot start gives its port back, whatever is wrong with it.
func TestListenGivesItsPortBack(t *testing.T) {
	t.Parallel()
	for what, option := range map[string]testkit.Option{
		"a setting": testkit.Configure(func(c *mock.Config) { c.Keys = "maybe" }),
		"an option": func(*testkit.Setup) error { return net.ErrClosed },
	} {
		var at string
		said := fake.Run("TestListen", func(t *fake.T) {
			testkit.Start(t, smtp.Listen(), testkit.Configure(func(c *mock.Config) { at = c.SMTP }), option)
		})
		if !strings.HasSuffix(said, "FAIL") {
			t.Errorf("%s is wrong, and it says %s", what, said)
		}
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", at)
		if err != nil {
			t.Errorf("%s is wrong: %v", what, err)
			continue
		}
		_ = l.Close()
	}
}

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
