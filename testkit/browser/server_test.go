package browser_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/inbox/smtp"
	"github.com/plunkmock/plunkmock/mock"
)

// server is a plunkmock that listens.
type server struct {
	url  string // http://127.0.0.1:PORT
	smtp string // host:port
	stop func()
}

// everyone is the server of all tests that do not stop it.
var everyone = sync.OnceValues(func() (*server, error) { return listen("127.0.0.1:0") })

// listen starts a server. It lasts until it is stopped.
func listen(address string) (*server, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, err
	}
	mail, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{url: "http://" + l.Addr().String(), smtp: mail.Addr().String()}
	emulator, err := mock.New(mock.Config{URL: s.url, HTTP: l.Addr().String(), SMTP: s.smtp, ReadMail: smtp.Read})
	if err != nil {
		return nil, err
	}
	web := &http.Server{Handler: emulator, ReadHeaderTimeout: time.Minute}
	ctx, cancel := context.WithCancel(context.Background())
	relay := emulator.Relay()
	var serving sync.WaitGroup
	serving.Go(func() { _ = web.Serve(l) })
	serving.Go(func() {
		_ = smtp.Serve(ctx, mail, smtp.Config{Auth: relay.Login, Check: relay.Check, Refused: relay.Refused, Deliver: relay.Deliver})
	})
	s.stop = func() {
		cancel()
		_ = web.Close()
		serving.Wait()
		_ = emulator.Close()
	}
	return s, nil
}

// start starts a server for one test alone.
func start(tb testing.TB, address string) *server {
	tb.Helper()
	s, err := listen(address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { s.stop() })
	return s
}

// project is what a test has of a server.
type project struct {
	*server
	name string
}

// newProject returns a project that no other test has.
func newProject(tb testing.TB) project {
	tb.Helper()
	s, err := everyone()
	if err != nil {
		tb.Fatal(err)
	}
	name := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, strings.TrimPrefix(tb.Name(), "Test"))
	p := project{s, name}
	p.do(tb, http.MethodPost, "/_mock/reset", nil) // the test may run more than once
	return p
}

// call sends a request with the project's key, and returns the answer, whatever it is.
func (p project) call(tb testing.TB, method, path string, body any) (status int, answer []byte) {
	tb.Helper()
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			tb.Fatal(err)
		}
	}
	request, err := http.NewRequestWithContext(tb.Context(), method, p.url+path, bytes.NewReader(text))
	if err != nil {
		tb.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer sk_"+p.name)
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	defer response.Body.Close()
	if answer, err = io.ReadAll(response.Body); err != nil {
		tb.Fatal(err)
	}
	return response.StatusCode, answer
}

// do is a call that must go well.
func (p project) do(tb testing.TB, method, path string, body any) []byte {
	tb.Helper()
	status, answer := p.call(tb, method, path, body)
	if status >= 300 {
		tb.Fatalf("%s %s: %d %.1000s", method, path, status, answer)
	}
	return answer
}

// object is JSON.
type object map[string]any

// send sends a mail and returns its id.
func (p project) send(tb testing.TB, subject, body string) (id string) {
	tb.Helper()
	return p.sendTo(tb, "ada@example.com", subject, body)
}

func (p project) sendTo(tb testing.TB, to, subject, body string) (id string) {
	tb.Helper()
	var sent struct{ Emails []struct{ Email string } }
	answer := p.do(tb, http.MethodPost, "/v1/send", object{"to": to, "subject": subject, "body": body})
	if err := json.Unmarshal(answer, &sent); err != nil || len(sent.Emails) != 1 {
		tb.Fatalf("%v: %s", err, answer)
	}
	return sent.Emails[0].Email
}

// get reads something of the control API.
func (p project) get(tb testing.TB, path string, v any) {
	tb.Helper()
	answer := p.do(tb, http.MethodGet, "/_mock"+path, nil)
	if err := json.Unmarshal(answer, v); err != nil {
		tb.Fatalf("%s: %v: %s", path, err, answer)
	}
}

// count says how many mails there are, and how many of them no one has read.
func (p project) count(tb testing.TB) (total, unread int) {
	tb.Helper()
	var page struct{ Total, Unread int }
	p.get(tb, "/inbox/messages?limit=0", &page)
	return page.Total, page.Unread
}

// session is an SMTP session that sends bytes as they are.
type session struct {
	net.Conn
	r *bufio.Reader
}

// dial begins a session whose mail belongs to the project.
func (p project) dial(tb testing.TB) session {
	tb.Helper()
	conn, err := new(net.Dialer).DialContext(tb.Context(), "tcp", p.smtp)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	s := session{conn, bufio.NewReader(conn)}
	s.reads(tb, "220")
	s.says(tb, "EHLO me", "250")
	s.says(tb, "AUTH PLAIN "+plain("plunk", "sk_"+p.name), "235")
	return s
}

// reads reads a reply, which must start as given, and returns its last line.
func (s session) reads(tb testing.TB, want string) string {
	tb.Helper()
	for {
		line, err := s.r.ReadString('\n')
		if err != nil || !strings.HasPrefix(line, want) {
			tb.Fatalf("got %q, %v; want %s", line, err, want)
		}
		if len(line) > 3 && line[3] != '-' {
			return strings.TrimSpace(line)
		}
	}
}

func (s session) says(tb testing.TB, command, want string) {
	tb.Helper()
	fmt.Fprintf(s, "%s\r\n", command)
	s.reads(tb, want)
}

// send sends a message, whose last line must have its end, and returns its id.
func (s session) send(tb testing.TB, data []byte) (id string) {
	tb.Helper()
	s.says(tb, "MAIL FROM:<a@b.test>", "250")
	s.says(tb, "RCPT TO:<ada@example.com>", "250")
	s.says(tb, "DATA", "354")
	stuffed := bytes.ReplaceAll(data, []byte("\r\n."), []byte("\r\n.."))
	if bytes.HasPrefix(data, []byte(".")) {
		stuffed = append([]byte("."), stuffed...)
	}
	_, _ = s.Write(append(stuffed, ".\r\n"...))
	_, id, ok := strings.Cut(s.reads(tb, "250"), "queued as ")
	if !ok {
		tb.Fatal("the reply to a message names no id")
	}
	return id
}

// plain is how AUTH PLAIN says who logs in.
func plain(user, password string) string {
	return base64.StdEncoding.EncodeToString([]byte("\x00" + user + "\x00" + password))
}
