package clients_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// scenario is what a client is told: where to connect and how, and what to send.
type scenario struct {
	Host     string    `json:"host"`
	Port     int       `json:"port"`
	TLS      string    `json:"tls"`            // never, starttls or implicit
	CA       string    `json:"ca,omitempty"`   // a file; empty: any certificate will do
	User     string    `json:"user,omitempty"` // empty: no log-in
	Password string    `json:"password,omitempty"`
	Method   string    `json:"method,omitempty"` // PLAIN or LOGIN
	Inbox    string    `json:"inbox"`            // URL to look for the messages at
	Project  string    `json:"project"`
	Messages []message `json:"messages"` // for one connection, where the client can do that
}

type message struct {
	From        string       `json:"from"`
	To          []string     `json:"to"`
	Cc          []string     `json:"cc,omitempty"`
	Bcc         []string     `json:"bcc,omitempty"`
	Subject     string       `json:"subject"`
	Text        string       `json:"text"`
	HTML        string       `json:"html,omitempty"`
	EightBit    bool         `json:"eightBit,omitempty"`
	Attachments []attachment `json:"attachments,omitempty"`
	Raw         string       `json:"raw,omitempty"` // instead of all from Subject on
}

type attachment struct {
	Path        string `json:"path"`
	Filename    string `json:"filename"`
	ContentType string `json:"contentType"`
	CID         string `json:"cid,omitempty"`
}

// result is what became of a message in the client's eyes.
type result struct {
	Reply   string // the last one that counts
	Error   string // the client's own name for what went wrong; empty when nothing did
	Arrived int    // messages that the inbox had when the client knew of the reply
}

// mailer is a client of SMTP.
type mailer struct {
	send   func(*testing.T, scenario) []result
	errors map[string]string // its own names for what tests provoke
	adds   string            // what it puts behind a source
	lacks  []string          // tests of what it cannot do
}

// TestNodemailer mails with the client that most programs for Node.js have.
func TestNodemailer(t *testing.T) {
	t.Parallel()
	needNode(t, 20)
	dir := installed(t, "nodemailer")
	conform(t, mailer{
		send:   script(t, dir, "node", "send.mjs"),
		errors: map[string]string{"log-in": "EAUTH", "recipient": "EENVELOPE", "size": "EMESSAGE", "certificate": "ESOCKET"},
	})
}

// TestSmtplib mails with Python's standard library.
func TestSmtplib(t *testing.T) {
	t.Parallel()
	python := needPython(t)
	conform(t, mailer{
		send: script(t, "smtplib", python, "send.py"),
		// It says the size beforehand, so that the sender is refused, not the body.
		errors: map[string]string{"log-in": "SMTPAuthenticationError", "recipient": "SMTPRecipientsRefused", "size": "SMTPSenderRefused", "certificate": "SSLCertVerificationError"},
	})
}

// TestSwaks mails with the tool of those who look into a mail server.
func TestSwaks(t *testing.T) {
	t.Parallel()
	if out, err := command(t, ".", nil, "swaks", "--version"); err != nil {
		skip(t, "swaks is not installed: %v\n%s", err, out)
	}
	if out, err := command(t, ".", nil, "swaks", "--support"); err != nil || !strings.Contains(out, "=== TLS supported") {
		skip(t, "swaks has no TLS (Debian: libnet-ssleay-perl): %v\n%s", err, out)
	}
	conform(t, mailer{
		send:   swaks,
		errors: map[string]string{"log-in": "exit code 28", "recipient": "exit code 24", "size": "exit code 26", "certificate": "exit code 29"},
		adds:   "\r\n",
		lacks:  []string{"eight-bit", "utf8-addresses", "one-connection", "inline-image"},
	})
}

// needPython skips the test where there is no Python 3 with TLS, and returns the
// interpreter itself: python3 may be a script that takes its time to find it.
func needPython(t *testing.T) (interpreter string) {
	t.Helper()
	out, err := command(t, ".", nil, "python3", "-c", "import email.message, smtplib, ssl, sys, urllib.request; print(sys.executable)")
	if err != nil {
		skip(t, "python3 with ssl is not installed: %v\n%s", err, out)
	}
	return strings.TrimSpace(out)
}

// script starts a program that plays scenarios, one JSON a line, and returns what has it
// play one.
func script(t *testing.T, dir, interpreter, file string) func(*testing.T, scenario) []result {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute) // the test's own ends before its cleanup
	c := exec.CommandContext(ctx, interpreter, file)
	var stderr bytes.Buffer
	c.Dir, c.Env, c.Stderr = dir, append(c.Environ(), "NO_PROXY=*"), &stderr
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		defer cancel()
		_ = in.Close()
		if err := c.Wait(); err != nil {
			t.Errorf("%s %s: %v\n%s", interpreter, file, err, &stderr)
		}
	})
	var mu sync.Mutex // guards the program, which plays one at a time
	say, hear := json.NewEncoder(in), json.NewDecoder(out)
	return func(t *testing.T, s scenario) (list []result) {
		t.Helper()
		mu.Lock()
		defer mu.Unlock()
		if err := errors.Join(say.Encode(s), hear.Decode(&list)); err != nil || len(list) != len(s.Messages) {
			t.Fatalf("%s %s: %v, %+v", interpreter, file, err, list)
		}
		return list
	}
}

// swaks plays a scenario in processes that send a message each.
func swaks(t *testing.T, s scenario) (list []result) {
	t.Helper()
	args := []string{"--server", s.Host, "--port", strconv.Itoa(s.Port), "--suppress-data", "--pipeline"}
	switch s.TLS {
	case "starttls":
		args = append(args, "-tls")
	case "implicit":
		args = append(args, "-tlsc")
	}
	if s.CA != "" {
		args = append(args, "--tls-verify", "--tls-ca-path", s.CA)
	}
	if s.User != "" {
		args = append(args, "--auth", s.Method, "--auth-user", s.User, "--auth-password", s.Password)
	}
	for _, m := range s.Messages {
		out, err := command(t, ".", nil, "swaks", append(args, m.swaks(t)...)...)
		r := result{Reply: swaksReply(out)}
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			r.Error = fmt.Sprintf("exit code %d", exit.ExitCode())
		} else if err != nil {
			t.Fatalf("swaks: %v\n%s", err, out)
		}
		if _, ids, ok := strings.Cut(r.Reply, " queued as "); ok {
			r.Arrived = len(strings.Fields(ids)) // it looks nowhere; the test does when it has ended
		}
		list = append(list, r)
	}
	return list
}

// swaks returns the arguments that make a message.
func (m message) swaks(t *testing.T) []string {
	t.Helper()
	to := strings.Join(append(append(append([]string{}, m.To...), m.Cc...), m.Bcc...), ",")
	args := []string{"--from", m.From, "--to", to}
	if m.Raw != "" {
		return append(args, "--data", "@"+write(t, "raw", []byte(m.Raw)))
	}
	args = append(args, "--header", "To: "+strings.Join(m.To, ", "), "--header", "Subject: "+m.Subject, "--body", "@"+write(t, "body", []byte(m.Text)))
	for _, a := range m.Attachments {
		args = append(args, "--attach-type", a.ContentType, "--attach-name", a.Filename, "--attach", "@"+a.Path)
	}
	return args
}

// swaksReply finds the reply that a run ended with: the one that it took for an error,
// else the one that names messages.
func swaksReply(out string) string {
	for _, pattern := range []string{`(?m)^<(?:\*\*|~\*) +(4.*|5.*)$`, `(?m)^<(?:-|~) +(250 .* queued as .*)$`} {
		if found := regexp.MustCompile(pattern).FindStringSubmatch(out); found != nil {
			return strings.TrimSpace(found[1])
		}
	}
	return out
}

// write makes a file that lasts as long as the test.
func write(t *testing.T, name string, data []byte) (file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
