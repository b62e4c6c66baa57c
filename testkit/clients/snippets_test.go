package clients_test

import (
	"crypto/x509"
	"errors"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// snippet returns a program of the README, which is to mail to a server.
func snippet(t *testing.T, language string, s server) string {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(readme), "\n### Send by SMTP from your stack\n")
	_, code, _ := strings.Cut(section, "\n```"+language+"\n")
	code, _, found := strings.Cut(code, "\n```\n")
	_, port, _ := strings.Cut(s.SMTP, ":")
	if !found || strings.Count(code, "4525") != 1 {
		t.Fatalf("the README has no program in %s that mails to port 4525: %s", language, code)
	}
	return strings.Replace(code, "4525", port, 1)
}

// has checks that a mail is the newest one.
func (s server) has(t *testing.T, subject string) {
	t.Helper()
	var l letter
	if s.get(t, "test", "/inbox/messages/latest", &l); l.Subject != subject || l.Envelope.User != "plunk" {
		t.Errorf("the newest mail is %+v", l)
	}
}

// What the README says of nodemailer: how to keep it from TLS, and how not to.
func TestSnippetOfNodemailer(t *testing.T) {
	t.Parallel()
	needNode(t, 20)
	dir := installed(t, "nodemailer")
	ca, both := certificate(t)
	play := func(s server, without string) (string, error) {
		code := strings.Replace(snippet(t, "js", s), without, "", 1)
		if err := os.WriteFile(filepath.Join(dir, "snippet.mjs"), []byte(code), 0o600); err != nil {
			t.Fatal(err)
		}
		return command(t, dir, []string{"NODE_EXTRA_CA_CERTS=" + ca}, "node", "snippet.mjs")
	}
	const ignore = "ignoreTLS: true,"
	for _, test := range []struct {
		args    []string
		without string
		want    string
	}{
		{nil, "", ""},
		{nil, ignore, "self-signed certificate"},
		{[]string{"--smtp-tls", "off"}, ignore, ""},
		{[]string{"--smtp-cert", both}, ignore, ""},
	} {
		s := serve(t, test.args...)
		out, err := play(s, test.without)
		switch {
		case test.want != "" && (err == nil || !strings.Contains(out, test.want)):
			t.Errorf("%q: %v %s", test.args, err, out)
		case test.want == "" && err != nil:
			t.Errorf("%q: %v %s", test.args, err, out)
		case test.want == "":
			s.has(t, "By nodemailer")
		}
	}
}

func TestSnippetOfPython(t *testing.T) {
	t.Parallel()
	python := needPython(t)
	s := serve(t)
	if out, err := command(t, ".", nil, python, "-c", snippet(t, "python", s)); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	s.has(t, "By smtplib")
}

// What the README says of Go's own client.
func TestSendMail(t *testing.T) {
	t.Parallel()
	send := func(s server) error {
		_, port, _ := strings.Cut(s.SMTP, ":")
		return smtp.SendMail("localhost:"+port, smtp.PlainAuth("", "plunk", "sk_test", "localhost"), "shop@example.com", []string{"ada@example.com"}, []byte("Subject: By Go\r\n\r\nHello\r\n"))
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](send(serve(t))); !ok {
		t.Error("the certificate was not refused")
	}
	s := serve(t, "--smtp-tls", "off")
	if err := send(s); err != nil {
		t.Fatal(err)
	}
	s.has(t, "By Go")
}
