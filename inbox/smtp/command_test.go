package smtp_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/inbox/smtp"
)

func TestEHLOAnnounces(t *testing.T) {
	t.Parallel()
	server, _ := certificate(t)
	r := start(t, smtp.Config{Hostname: "mx.test", TLS: server, Auth: logins})
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
	want := inbox.Envelope{
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

// What a web page has a browser send is no mail.
func TestHTTPIsNotSMTP(t *testing.T) {
	t.Parallel()
	r := start(t, smtp.Config{})
	c := r.dial(t)
	c.say("POST / HTTP/1.1\r\nHost: localhost:4525\r\nContent-Type: text/plain\r\n\r\nEHLO me\r\nMAIL FROM:<a@b.test>\r\nRCPT TO:<c@d.test>\r\nDATA\r\nx\r\n.\r\n")
	c.reads("421 4.7.0 This is SMTP, not HTTP")
	c.gone()
	if n := len(r.all()); n != 0 {
		t.Errorf("%d mails", n)
	}
}
