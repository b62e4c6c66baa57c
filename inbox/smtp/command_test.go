package smtp_test

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	netsmtp "net/smtp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox/smtp"
)

func TestEHLOAnnounces(t *testing.T) {
	t.Parallel()
	server, _ := certificate(t)
	r := start(t, smtp.Config{Hostname: "mx.test", TLS: server, Auth: func(string, string) error { return nil }})
	c := r.dial(t)
	got := c.want("EHLO %s%d.test", "250")
	want := "250-mx.test greets %s%d.test|250-PIPELINING|250-8BITMIME|250-SMTPUTF8|250-SIZE 25000000|250-ENHANCEDSTATUSCODES|250-STARTTLS|250 AUTH PLAIN LOGIN"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := c.want("HELO me", "250"); got != "250 mx.test greets me" {
		t.Error(got)
	}
}

// One line each: what is said in one session, and the start of its answer.
func TestCommands(t *testing.T) {
	t.Parallel()
	r := start(t, smtp.Config{MaxRecipients: 3})
	c := r.dial(t)
	for _, step := range []struct{ say, want string }{
		{"MAIL FROM:<a@b.test>", "503 5.5.1"},
		{"RCPT TO:<a@b.test>", "503 5.5.1"},
		{"DATA", "503 5.5.1"},
		{"AUTH PLAIN", "503 5.5.1"},
		{"STARTTLS", "502 5.5.1"},
		{"XCLIENT ADDR", "500 5.5.2"},
		{"XCLIENT ADDR=1.2.3.4", "500 5.5.2"},
		{"", "500 5.5.2"},
		{"BDAT 3 LAST", "500 5.5.2"},
		{"NOOP x", "250"},
		{"HELP", "502"},
		{"VRFY a@b.test", "502"},
		{"EXPN list", "502"},
		{"RSET", "250"},
		{"RSET x", "501 5.5.4"},
		{"EHLO", "501 5.5.4"},
		{"HELO", "501 5.5.4"},
		{"EHLO a\rb", "500 5.5.2"},
		{"EHLO \x00", "500 5.5.2"},
		{"EHLO \xff", "500 5.5.2"},
		{"ehlo me", "250-"},
		{"AUTH PLAIN AGEAYg==", "502"},
		{"DATA", "503 5.5.1"},
		{"NOOP " + strings.Repeat("x", 3000), "500 5.5.2"},
		{"NOOP " + strings.Repeat("x", 30_000), "500 5.5.2"},

		{"MAIL", "501 5.5.4"},
		{"MAIL FROM:a@b.test", "501 5.5.4"},
		{"MAIL TO:<a@b.test>", "501 5.5.4"},
		{"MAIL FROM:<a@b.test", "501 5.5.4"},
		{"MAIL FROM:<a@b.test>SIZE=1", "501 5.5.4"},
		{"MAIL FROM:<nonsense>", "501 5.1.3"},
		{"MAIL FROM:<a b@c.test>", "501 5.1.3"},
		{"MAIL FROM:<@b.test>", "501 5.1.3"},
		{"MAIL FROM:<a@>", "501 5.1.3"},
		{"MAIL FROM:<a@b..test>", "501 5.1.3"},
		{"MAIL FROM:<a@-b.test>", "501 5.1.3"},
		{"MAIL FROM:<a@b!.test>", "501 5.1.3"},
		{`MAIL FROM:<"a"b@c.test>`, "501 5.1.3"},
		{"MAIL FROM:<a\r@b.test>", "500 5.5.2"},
		{"MAIL FROM:<jürgen@b.test>", "553 5.6.7"},
		{"MAIL FROM:<" + strings.Repeat("a", 320) + "@b.test>", "501 5.1.3"},
		{"MAIL FROM:<a@b.test> FOO=1", "555 5.5.4"},
		{"MAIL FROM:<a@b.test> BODY=9BIT", "501 5.5.4"},
		{"MAIL FROM:<a@b.test> SIZE=x", "501 5.5.4"},
		{"MAIL FROM:<a@b.test> SIZE=-1", "501 5.5.4"},
		{"MAIL FROM:<a@b.test> RET=HALF", "501 5.5.4"},
		{"MAIL FROM:<a@b.test> SMTPUTF8=1", "501 5.5.4"},
		{"MAIL FROM:<a@b.test> SIZE=1 SIZE=2", "501 5.5.4"},
		{"MAIL FROM:<a@b.test> ENVID", "501 5.5.4"},
		{"MAIL FROM:<>", "250 2.1.0"},
		{"MAIL FROM:<a@b.test>", "503 5.5.1"},
		{"DATA", "503 5.5.1"},
		{"RSET", "250"},
		{"RCPT TO:<a@b.test>", "503 5.5.1"},
		{"MAIL from: <a@b.test> BODY=8BITMIME", "250 2.1.0"},
		{"EHLO again", "250"},
		{"RCPT TO:<a@b.test>", "503 5.5.1"},
		{"MAIL FROM:<a@b.test> AUTH=<> RET=hdrs ENVID=q+3D1 SIZE=12 BODY=7bit", "250 2.1.0"},
		{"RCPT TO:<>", "501 5.1.3"},
		{"RCPT TO:<nonsense>", "501 5.1.3"},
		{"RCPT TO:<юзер@почта.test>", "553 5.6.7"},
		{"RCPT TO:<a@b.test> NOTIFY=NEVER,SUCCESS", "501 5.5.4"},
		{"RCPT TO:<a@b.test> ORCPT=x", "501 5.5.4"},
		{"RCPT TO:<a@b.test> SIZE=1", "555 5.5.4"},
		{`RCPT TO:<"a>b"@x.test> NOTIFY=SUCCESS,delay ORCPT=rfc822;a@b`, "250 2.1.5"},
		{"RCPT TO:<@relay.test,@x.test:a@[127.0.0.1]>", "250 2.1.5"},
		{"RCPT TO:<Postmaster>", "250 2.1.5"},
		{"RCPT TO:<one@many.test>", "452 4.5.3"},
		{"DATA now", "501 5.5.4"},
		{"DATA", "354"},
		{"x\r\n.", "250 2.0.0 Ok: queued as m1"},
		{"DATA", "503"},
		{"quit", "221"},
	} {
		c.want(step.say, step.want)
	}
	c.gone()
	m := r.only(t)
	m.Transcript = nil
	want := smtp.Envelope{
		MailFrom: "a@b.test", Params: "AUTH=<> RET=hdrs ENVID=q+3D1 SIZE=12 BODY=7bit", EHLO: "again", Remote: c.LocalAddr().String(),
		RcptTo: []string{`"a>b"@x.test`, "a@[127.0.0.1]", "Postmaster"}, RcptParams: []string{"NOTIFY=SUCCESS,delay ORCPT=rfc822;a@b", "", ""},
	}
	if diff := cmp.Diff(want, m.Envelope); diff != "" {
		t.Error(diff)
	}
}

func TestUTF8Addresses(t *testing.T) {
	t.Parallel()
	r := start(t, smtp.Config{})
	c := r.hello(t)
	c.want("MAIL FROM:<jürgen@b.test> SMTPUTF8 BODY=8BITMIME", "250")
	c.want("RCPT TO:<юзер@почта.test>", "250")
	c.want("DATA", "354")
	c.want("Subject: č\r\n\r\n€\r\n.", "250")
	if m := r.only(t); m.MailFrom != "jürgen@b.test" || m.RcptTo[0] != "юзер@почта.test" || m.data != "Subject: č\r\n\r\n€\r\n" {
		t.Errorf("%+v", m)
	}
}

// All of a message's commands at once, then two messages at once.
func TestPipelining(t *testing.T) {
	t.Parallel()
	r := start(t, smtp.Config{})
	c := r.dial(t)
	c.say("EHLO me\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nRCPT TO:<bad>\r\nDATA\r\n")
	for _, want := range []string{"250-", "250 2.1.0", "250 2.1.5", "501", "354"} {
		c.reads(want)
	}
	const next = "MAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nDATA\r\n"
	c.say("one\r\n.\r\n" + next + "two\r\n.\r\n" + next + "three\r\n.\r\nQUIT\r\n")
	for _, want := range []string{"250 2.0.0 Ok: queued as m1", "250", "250", "354", "250 2.0.0 Ok: queued as m2", "250", "250", "354", "250 2.0.0 Ok: queued as m3", "221"} {
		c.reads(want)
	}
	c.gone()
	if n := len(r.all()); n != 3 {
		t.Errorf("%d mails", n)
	}
}

func logins(user, password string) error {
	switch {
	case user == "drop":
		return smtp.ErrDrop
	case user == "slow":
		return &smtp.Refusal{Code: 454, Enhanced: "4.7.0", Text: "later, at 100%"}
	case user == "panic":
		panic("at the log-in")
	case user != "plunk":
		return errors.New("Invalid username")
	case password != "sk_test":
		return errors.New("Invalid API key %d\r\n250 ok")
	}
	return nil
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
	c.begin()
	c.want("x\r\n.", "250")
	m := r.only(t)
	if m.User != "plunk" {
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
