package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/smtp"
	"net/textproto"
	"slices"
	"strings"
	"testing"
)

// letter is a message as the control API gives it, as far as tests look at it.
type letter struct {
	ID, Kind, To, Subject, Text, Status string
	From                                struct{ Name, Address string }
	Envelope                            struct {
		MailFrom, Params, EHLO, User string
		RcptTo, RcptParams           []string
		TLS                          bool
		Transcript                   []string
	}
	Cause struct {
		Request, Operation string
		Contact            struct{ Name string }
	}
}

// letters returns the mails of a project, newest first.
func (r running) letters(t *testing.T, key string) (list []letter) {
	t.Helper()
	var page struct{ Messages []letter }
	r.get(t, "/_mock/inbox/messages?limit=1000", key, &page)
	return page.Messages
}

func (r running) get(t *testing.T, path, key string, v any) {
	t.Helper()
	status, body := r.do(t, http.MethodGet, path, "", key)
	if err := json.Unmarshal([]byte(body), v); status != http.StatusOK || err != nil {
		t.Fatalf("%s: %d %s, %v", path, status, body, err)
	}
}

// dialSMTP connects as net/smtp does, which says EHLO with its first command.
func dialSMTP(t *testing.T, address string) *smtp.Client {
	t.Helper()
	c, err := smtp.Dial(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// deliver sends a message and returns the last reply.
func deliver(c *smtp.Client, from string, to []string, data string) (string, error) {
	if err := c.Mail(from); err != nil {
		return "", err
	}
	for _, address := range to {
		if err := c.Rcpt(address); err != nil {
			return "", err
		}
	}
	id, err := c.Text.Cmd("DATA")
	if err != nil {
		return "", err
	}
	c.Text.StartResponse(id)
	defer c.Text.EndResponse(id)
	if _, _, err := c.Text.ReadResponse(354); err != nil {
		return "", err
	}
	w := c.Text.DotWriter()
	_, err = io.WriteString(w, data)
	if err = errors.Join(err, w.Close()); err != nil {
		return "", err
	}
	_, reply, err := c.Text.ReadResponse(250)
	return reply, err
}

// refused is the reply that an error is; "" for another error.
func refused(err error) string {
	if e, ok := errors.AsType[*textproto.Error](err); ok {
		return fmt.Sprintf("%d %s", e.Code, e.Msg)
	}
	return ""
}

const note = "From: Shop <shop@example.com>\r\nTo: Ada <ada@example.com>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <1@shop.test>\r\n\r\nHello {{name}}\r\n.dot\r\n"

func TestMailBySMTPIsInTheInboxBeforeTheReply(t *testing.T) {
	t.Parallel()
	r := start(t)
	c := dialSMTP(t, *r.ready.SMTP)
	reply, err := deliver(c, "shop@example.com", []string{"Ada@Example.com", "bcc@example.com"}, note)
	if err != nil {
		t.Fatal(err)
	}
	got := r.letters(t, "sk_test")
	if len(got) != 2 || reply != "2.0.0 Ok: queued as "+got[1].ID+" "+got[0].ID {
		t.Fatalf("the reply is %q, the inbox has %+v", reply, got)
	}
	var m letter
	r.get(t, "/_mock/inbox/messages/"+got[1].ID, "sk_test", &m)
	const want = "smtp ada@example.com shop@example.com Grüße Hello {{name}}\n.dot smtp ada@example.com [Ada@Example.com bcc@example.com] localhost"
	if got := fmt.Sprintln(m.Kind, m.To, m.From.Address, m.Subject, m.Text, m.Cause.Operation, m.Cause.Contact.Name, m.Envelope.RcptTo, m.Envelope.EHLO); strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
		t.Errorf("got %s, want %s", got, want)
	}
	if !slices.Contains(m.Envelope.Transcript, "C: RCPT TO:<bcc@example.com>") {
		t.Errorf("the transcript is %q", m.Envelope.Transcript)
	}
	if _, raw := r.do(t, http.MethodGet, "/_mock/inbox/messages/"+m.ID+"/raw", ""); raw != note {
		t.Errorf("the source is %q", raw)
	}
}

// A recipient becomes a contact that is not subscribed, and the journal has the session.
func TestMailBySMTPLeavesContactsAndAnEntry(t *testing.T) {
	t.Parallel()
	r := start(t)
	if _, err := deliver(dialSMTP(t, *r.ready.SMTP), "shop@example.com", []string{"Ada@Example.com", "bcc@example.com"}, note); err != nil {
		t.Fatal(err)
	}
	var m letter
	r.get(t, "/_mock/inbox/messages/latest", "sk_test", &m)
	var contacts struct {
		Contacts []struct {
			Email      string
			Subscribed bool
		}
	}
	r.get(t, "/_mock/contacts", "sk_test", &contacts)
	if len(contacts.Contacts) != 2 || contacts.Contacts[0].Subscribed || contacts.Contacts[1].Subscribed {
		t.Errorf("the contacts are %+v", contacts)
	}
	var call struct {
		Operation, Method, Body string
		Status                  int
		Messages                []string
	}
	r.get(t, "/_mock/requests/"+m.Cause.Request, "sk_test", &call)
	if call.Operation != "smtp" || call.Method != "SMTP" || call.Status != 250 || len(call.Messages) != 2 || !strings.Contains(call.Body, "C: MAIL FROM:<shop@example.com>") {
		t.Errorf("the journal has %+v", call)
	}
}

// A secret key is a project's password; nothing else is.
func TestLogInChoosesTheProject(t *testing.T) {
	t.Parallel()
	r := start(t)
	c := dialSMTP(t, *r.ready.SMTP)
	for _, wrong := range [][2]string{{"me", "sk_shop"}, {"plunk", "pk_shop"}, {"plunk", "sk_invalid1"}, {"plunk", ""}, {"plunk", "sk_a.b"}} {
		want := "Invalid API key"
		if wrong[0] == "me" {
			want = "Invalid username"
		}
		c := dialSMTP(t, *r.ready.SMTP)
		if err := c.Auth(smtp.PlainAuth("", wrong[0], wrong[1], "127.0.0.1")); refused(err) != "535 5.7.8 "+want {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	if err := c.Auth(smtp.PlainAuth("", "PLUNK", "sk_shop", "127.0.0.1")); err != nil {
		t.Fatal(err)
	}
	if _, err := deliver(c, "", []string{"ada@example.com"}, note); err != nil {
		t.Fatal(err)
	}
	if list := r.letters(t, "sk_shop"); len(list) != 1 || len(r.letters(t, "sk_test")) != 0 {
		t.Errorf("%+v", list)
	}
	var calls struct{ Total int }
	r.get(t, "/_mock/requests/unassigned?operation=smtp&status=535", "", &calls)
	if calls.Total != 5 {
		t.Errorf("%d wrong log-ins are in the journal", calls.Total)
	}
}

func TestMailMustLogInWhereItIsRequired(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--smtp-auth", "required"}, {"--keys", "strict"}} {
		r := start(t, args...)
		c := dialSMTP(t, *r.ready.SMTP)
		if err := c.Mail("a@b.test"); !strings.HasPrefix(refused(err), "530 5.7.0 ") {
			t.Errorf("%q: %v", args, err)
		}
	}
	r := start(t, "--keys", "strict")
	c := dialSMTP(t, *r.ready.SMTP)
	if err := c.Auth(smtp.PlainAuth("", "plunk", "sk_shop", "127.0.0.1")); !strings.HasPrefix(refused(err), "535 ") {
		t.Error(err)
	}
	r.do(t, http.MethodPost, "/_mock/projects", `{"name": "shop"}`, "")
	c = dialSMTP(t, *r.ready.SMTP)
	if err := c.Auth(smtp.PlainAuth("", "plunk", "sk_shop", "127.0.0.1")); err != nil {
		t.Error(err)
	}
}

// The rules for senders are those of the API.
func TestSendersOfMailAreThoseOfTheProject(t *testing.T) {
	t.Parallel()
	r := start(t)
	r.do(t, http.MethodPatch, "/_mock/settings", `{"domains": ["example.com"]}`)
	c := dialSMTP(t, *r.ready.SMTP)
	to := []string{"ada@example.com"}
	for _, from := range []string{"shop@example.com", ""} {
		if _, err := deliver(c, from, to, note); err != nil {
			t.Errorf("%q: %v", from, err)
		}
	}
	if err := c.Mail("shop@evil.test"); refused(err) != "550 5.7.1 Sender domain is not verified or not associated with your account" {
		t.Error(err)
	}
	if _, err := deliver(c, "shop@example.com", to, "From: x@evil.test\r\n\r\n"); refused(err) != "550 5.7.1 Custom from address must be from a verified domain" {
		t.Error(err)
	}
	r.do(t, http.MethodPatch, "/_mock/settings", `{"verified": false}`)
	if err := c.Mail("shop@example.com"); refused(err) != "550 5.7.1 Verify your domain before you start sending" {
		t.Error(err)
	}
	if n := len(r.letters(t, "sk_test")); n != 2 {
		t.Errorf("%d mails", n)
	}
}

// What the listener refuses by itself is in the journal too, with what was said, but for
// passwords, and what was answered. Commands that a refusal leaves without sense are not.
func TestRefusalsBySMTPAreInTheJournal(t *testing.T) {
	t.Parallel()
	r := start(t, "--max-smtp", "1000")
	c := dialSMTP(t, *r.ready.SMTP)
	plain := "AUTH PLAIN " + base64.StdEncoding.EncodeToString([]byte("\x00plunk\x00sk_shop"))
	for _, line := range []string{
		"AUTH PLAIN early", "EHLO client", "NONSENSE", "VRFY ada", "AUTH CRAM-MD5", "AUTH PLAIN c2VjcmV0IQ!", plain,
		"MAIL FROM:<a@b.test> SIZE=2000", "RCPT TO:<c@d.test>", "DATA", "MAIL FROM:nobody", "MAIL FROM:<a@b.test>",
		"RCPT TO:<\u00e4@d.test>", "RCPT TO:<c@d.test> COLOR=red", "DATA", "RCPT TO:<c@d.test>", "DATA",
		strings.Repeat("too long\r\n", 200) + ".", "MAIL FROM:<\x01>", strings.Repeat("x", 5000), "QUIT",
	} {
		if err := c.Text.PrintfLine("%s", line); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.Text.ReadResponse(0); err != nil && line != "QUIT" {
			t.Fatalf("%.40s: %v", line, err)
		}
	}
	if got, want := r.refusals(t, "sk_test"), "AUTH PLAIN *** | 503 5.5.1 Say EHLO first\n"+
		"AUTH CRAM-MD5 | 504 5.5.4 Unrecognized authentication type\n"+
		"AUTH PLAIN *** | 501 5.5.2 Syntax error (unable to decode)"; got != want {
		t.Errorf("before the log-in:\n%s\nwant\n%s", got, want)
	}
	want := []string{
		"MAIL FROM:<a@b.test> SIZE=2000 | 552 5.3.4 Message too big, 1000 bytes are the most",
		"MAIL FROM:nobody | 501 5.5.4 Say FROM:<address>, and parameters behind it",
		"RCPT TO:<ä@d.test> | 553 5.6.7 Say SMTPUTF8 in MAIL FROM to use the address ä@d.test",
		"RCPT TO:<c@d.test> COLOR=red | 555 5.5.4 Unknown parameter COLOR",
		"C: RCPT TO:<c@d.test>\nS: 250 2.1.5 Ok\nC: DATA\nS: 354 Start mail input; end with <CR><LF>.<CR><LF>\n" +
			"C: (a message of 2000 bytes) | 552 5.3.4 Message too big, 1000 bytes are the most",
		"(a line that was not read) | 500 5.5.2 Control character in a command",
		"(a line that was not read) | 500 5.5.2 Line too long",
	}
	got := r.refusals(t, "sk_shop")
	for _, line := range want {
		at := strings.Index(got, line)
		if at < 0 {
			t.Fatalf("after it, %q is not in\n%s", line, got)
		}
		got = got[at+len(line):]
	}
	if got != "" {
		t.Errorf("and also %s", got)
	}
	if stdout, _, _ := r.cli(t, "", "calls", "--key", "sk_shop", "--status", "555"); !strings.HasSuffix(stdout, "555 5.5.4 Unknown parameter COLOR\n") {
		t.Errorf("the command line tells %s", stdout)
	}
	if stdout, _, _ := r.cli(t, "", "calls", "--key", "sk_shop", "--status", "404"); stdout != "" {
		t.Errorf("no call was answered 404: %s", stdout)
	}
}

// refusals returns what a project's journal has of SMTP, oldest first.
func (r running) refusals(t *testing.T, key string) string {
	t.Helper()
	var page struct {
		Requests []struct {
			Body     string
			Status   int
			Response struct{ Body string }
		}
	}
	r.get(t, "/_mock/requests?operation=smtp", key, &page)
	lines := make([]string, len(page.Requests))
	for i, call := range page.Requests {
		lines[len(lines)-1-i] = call.Body + " | " + call.Response.Body
	}
	return strings.Join(lines, "\n")
}

func TestSMTPFlags(t *testing.T) {
	t.Parallel()
	r := start(t, "--smtp", "off")
	if r.ready.SMTP != nil || strings.Contains(r.stderr.String(), "SMTP") {
		t.Errorf("%+v\n%s", r.ready, r.stderr)
	}
	r = start(t, "--smtp-tls", "off", "--max-smtp", "1KB")
	c := dialSMTP(t, *r.ready.SMTP)
	if ok, _ := c.Extension("STARTTLS"); ok {
		t.Error("STARTTLS is offered")
	}
	if _, size := c.Extension("SIZE"); size != "1000" {
		t.Errorf("SIZE is %q", size)
	}
	if _, err := deliver(c, "a@b.test", []string{"ada@example.com"}, note+strings.Repeat("x", 1000)); !strings.HasPrefix(refused(err), "552 5.3.4 ") {
		t.Error(err)
	}
	var info struct {
		SMTP   string
		Limits struct{ SMTP int }
	}
	r.get(t, "/_mock", "", &info)
	if info.SMTP != *r.ready.SMTP || info.Limits.SMTP != 1000 {
		t.Errorf("%+v", info)
	}
}

func TestSMTPThatCannotStart(t *testing.T) {
	t.Parallel()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	free, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = free.Close()
	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--smtp", l.Addr().String()}, exitInUse, "--smtp off"},
		{[]string{"--smtps", l.Addr().String()}, exitInUse, "--smtps off"},
		{[]string{"--smtp-cert", "/no/such.pem"}, exitUsage, "cert.pem,key.pem"},
		{[]string{"--smtp", free.Addr().String(), "--forward", "smtp://" + free.Addr().String()}, exitUsage, "name another server"},
	} {
		var stdout, stderr bytes.Buffer
		code := exit(run(t.Context(), append([]string{"--port", "0"}, test.args...), environment(), &stdout, &stderr), &stderr)
		if code != test.code || !strings.Contains(stderr.String(), test.want) || stdout.Len() > 0 {
			t.Errorf("%q: exit code %d, %s%s", test.args, code, &stdout, &stderr)
		}
	}
}
