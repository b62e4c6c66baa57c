package smtp_test

import (
	"errors"
	"net"
	netsmtp "net/smtp"
	"strings"
	"testing"
	"time"

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

// A client that stops in the middle of a message does not hold up the end of a test.
func TestEndsInTheMiddleOfAMessage(t *testing.T) {
	t.Parallel()
	var took time.Duration
	said := fake.Run("TestEnds", func(t *fake.T) {
		begun := time.Now()
		t.Cleanup(func() { took = time.Since(begun) }) // after the emulator has ended
		p := testkit.Start(t, smtp.Listen())
		client, err := netsmtp.Dial(p.SMTPAddr(t))
		if err != nil {
			t.Fatalf("%v", err)
		}
		if err := errors.Join(client.Mail("shop@example.com"), client.Rcpt("ada@example.com")); err != nil {
			t.Fatalf("%v", err)
		}
		if _, err := client.Data(); err != nil {
			t.Fatalf("%v", err)
		}
		p.NoMail(t)
	})
	if said != "PASS" || took > 8*time.Second {
		t.Errorf("after %v: %s", took, said)
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
