package smtp_test

import (
	"fmt"
	netsmtp "net/smtp"

	"github.com/plunkmock/plunkmock/testkit"
	"github.com/plunkmock/plunkmock/testkit/internal/fake"
	"github.com/plunkmock/plunkmock/testkit/smtp"
)

func ExampleListen() {
	t := fake.New() // yours is that of the test
	defer t.Done()

	plunk := testkit.Start(t, smtp.Listen())
	login := netsmtp.PlainAuth("", "plunk", plunk.SecretKey(), "127.0.0.1")
	message := []byte("From: shop@example.com\r\nSubject: Welcome\r\n\r\nYour code is 482 913.\r\n")
	if err := netsmtp.SendMail(plunk.SMTPAddr(t), login, "shop@example.com", []string{"ada@example.com"}, message); err != nil {
		t.Fatalf("%v", err)
	}

	fmt.Println(plunk.Mail(t, testkit.To("ada@example.com"), testkit.Kind("smtp")).Code())
	// Output: 482913
}
