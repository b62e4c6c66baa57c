package smtp_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	netsmtp "net/smtp"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/inbox/smtp"
)

func logins(_ context.Context, _ inbox.Envelope, user, password string) (account string, err error) {
	switch {
	case user == "drop":
		return "", inbox.ErrDrop
	case user == "slow":
		return "", &inbox.Refusal{Code: 454, Enhanced: "4.7.0", Text: "later, at 100%"}
	case user == "panic":
		panic("at the log-in")
	case user != "plunk":
		return "", errors.New("Invalid username")
	case password != "sk_test":
		return "", errors.New("Invalid API key %d\r\n250 ok")
	}
	return "test", nil
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func TestAuth(t *testing.T) {
	t.Parallel()
	r := start(t, smtp.Config{Auth: logins, AuthRequired: true})
	c := r.hello(t)
	c.want("MAIL FROM:<a@b.test>", "530 5.7.0")
	c.want("AUTH CRAM-MD5", "504")
	c.want("AUTH", "501")
	c.want("AUTH PLAIN !", "501")
	c.want("AUTH PLAIN "+b64("\x00me\x00sk_test"), "535 5.7.8 Invalid username")
	c.want("AUTH PLAIN "+b64("\x00plunk\x00no"), "535 5.7.8 Invalid API key %d  250 ok")
	c.want("AUTH PLAIN "+b64("\x00slow\x00no"), "454 4.7.0 later, at 100%")
	c.want("AUTH LOGIN", "334 ")
	c.want("*", "501")
	c.want("AUTH PLAIN", "334 ")
	c.want("bad\rline", "500 5.5.2")
	c.want("AUTH PLAIN", "334 ")
	c.want(strings.Repeat("x", 13_000), "500 5.5.2")
	c.want("AUTH LOGIN", "334 ")
	c.want(b64("plunk"), "334 ")
	c.want(b64("sk_test"), "235 2.7.0")
	c.want("AUTH LOGIN", "503")
	c.want(b64("sk_test"), "500")
	c.begin()
	c.want("x\r\n.", "250")
	m := r.only(t)
	if m.User != "plunk" || m.Account != "test" {
		t.Errorf("%+v", m)
	}
	for _, secret := range []string{"sk_test", b64("sk_test"), b64("\x00plunk\x00no")} {
		if strings.Contains(strings.Join(m.Transcript, "\n"), secret) {
			t.Errorf("%s is in the transcript %q", secret, m.Transcript)
		}
	}
	for _, user := range []string{"drop", "panic"} {
		c := r.hello(t)
		c.say("AUTH PLAIN " + b64("\x00"+user+"\x00x") + "\r\n")
		if user == "panic" {
			c.reads("421 4.3.0")
		}
		c.gone()
	}
}

func TestStandardClientOverSTARTTLS(t *testing.T) {
	t.Parallel()
	server, trust := certificate(t)
	r := start(t, smtp.Config{TLS: server, Auth: logins})
	c, err := netsmtp.Dial(r.addr)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []func() error{
		func() error { return c.StartTLS(trust) },
		func() error { return c.Auth(netsmtp.PlainAuth("", "plunk", "sk_test", "127.0.0.1")) },
		func() error { return c.Mail("a@b.test") },
		func() error { return c.Rcpt("c@d.test") },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	w, err := c.Data()
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(w, "Subject: x\r\n\r\n.dot\r\n..\r\n")
	if err := errors.Join(w.Close(), c.Quit()); err != nil {
		t.Fatal(err)
	}
	m := r.only(t)
	if !m.TLS || m.User != "plunk" || m.Params != "BODY=8BITMIME SMTPUTF8" || m.data != "Subject: x\r\n\r\n.dot\r\n..\r\n" {
		t.Errorf("%+v", m)
	}
}

func TestImplicitTLS(t *testing.T) {
	t.Parallel()
	server, trust := certificate(t)
	r := start(t, smtp.Config{TLS: server, Implicit: true})
	conn, err := (&tls.Dialer{Config: trust}).DialContext(t.Context(), "tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	c := wrap(t, conn)
	c.reads("220 ")
	if got := c.want("EHLO me", "250"); strings.Contains(got, "STARTTLS") {
		t.Error(got)
	}
	c.want("STARTTLS", "503")
	c.begin()
	c.want("x\r\n.", "250")
	if !r.only(t).TLS {
		t.Error("TLS is not recorded")
	}
}

// What is said in clear never counts after STARTTLS.
func TestSTARTTLSForgetsWhatWasSaidInClear(t *testing.T) {
	t.Parallel()
	server, trust := certificate(t)
	r := start(t, smtp.Config{TLS: server, Auth: logins})
	c := r.hello(t)
	c.say("STARTTLS\r\nMAIL FROM:<evil@x.test>\r\nRCPT TO:<v@x.test>\r\n")
	c.reads("503 5.5.1")
	c.gone()

	c = r.hello(t)
	c.want("STARTTLS x", "501")
	c.want("MAIL FROM:<a@b.test>", "250")
	c.want("STARTTLS", "503")
	c.want("RSET", "250")
	c.want("STARTTLS", "220")
	secure := tls.Client(c.Conn, trust)
	c = &client{t, secure, bufio.NewReader(secure)}
	c.want("MAIL FROM:<a@b.test>", "503 5.5.1 Say EHLO")
	c.want("EHLO me", "250")
	c.want("STARTTLS", "503")
	c.want("AUTH PLAIN "+b64("\x00plunk\x00sk_test"), "235")

	c = r.hello(t)
	c.want("AUTH PLAIN "+b64("\x00plunk\x00sk_test"), "235")
	c.want("STARTTLS", "503")

	c = r.hello(t)
	c.want("STARTTLS", "220")
	c.say("this is no handshake\r\nNOOP\r\n")
	if reply := c.read(); strings.HasPrefix(reply, "4") || strings.HasPrefix(reply, "2") {
		t.Errorf("after a failed handshake: %q", reply)
	}
}
