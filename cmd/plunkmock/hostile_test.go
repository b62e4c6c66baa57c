package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/plunkmock/plunkmock/inbox/smtp/testdata/hostile"
)

// rawSession is an SMTP session that sends bytes as they are.
type rawSession struct {
	net.Conn
	r *bufio.Reader
}

// dialSession connects and says EHLO.
func dialSession(tb testing.TB, address string) *rawSession {
	tb.Helper()
	conn, err := new(net.Dialer).DialContext(tb.Context(), "tcp", address)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(3 * time.Minute))
	s := &rawSession{conn, bufio.NewReader(conn)}
	s.reads(tb, "220")
	s.says(tb, "EHLO me", "250")
	return s
}

// reads reads a reply, which must start as given, and returns its last line.
func (s *rawSession) reads(tb testing.TB, want string) string {
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

// says says a command.
func (s *rawSession) says(tb testing.TB, command, want string) {
	tb.Helper()
	_, _ = s.Write([]byte(command + "\r\n"))
	s.reads(tb, want)
}

// begin comes to where the client says a message.
func (s *rawSession) begin(tb testing.TB, to string) {
	tb.Helper()
	s.says(tb, "MAIL FROM:<a@b.test>", "250")
	s.says(tb, "RCPT TO:<"+to+">", "250")
	s.says(tb, "DATA", "354")
}

// send sends a message, whose last line must have its end, and returns the reply.
func (s *rawSession) send(tb testing.TB, to string, data []byte) string {
	tb.Helper()
	s.begin(tb, to)
	stuffed := bytes.ReplaceAll(data, []byte("\r\n."), []byte("\r\n.."))
	if bytes.HasPrefix(data, []byte(".")) {
		stuffed = append([]byte("."), stuffed...)
	}
	_, _ = s.Write(append(stuffed, ".\r\n"...))
	return s.reads(tb, "250")
}

// answered is an answer, of which everything counts.
type answered struct {
	status int
	header http.Header
	body   []byte
}

// ask asks for something of the project test.
func (r running) ask(tb testing.TB, path string) *http.Response {
	tb.Helper()
	request, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, r.ready.HTTP+path, nil)
	if err != nil {
		tb.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer sk_test")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		tb.Fatal(err)
	}
	return response
}

// show asks for something of the inbox of the project test.
func (r running) show(tb testing.TB, path string) answered {
	tb.Helper()
	response := r.ask(tb, "/_mock/inbox"+path)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		tb.Fatal(err)
	}
	for _, name := range []string{"X-Injected", "X", "Set-Cookie", "Bcc"} {
		if response.Header.Get(name) != "" {
			tb.Errorf("%s: a mail has set the header %s", path, name)
		}
	}
	if response.Header.Get("X-Content-Type-Options") != "nosniff" {
		tb.Errorf("%s: nosniff is missing from %v", path, response.Header)
	}
	return answered{response.StatusCode, response.Header, body}
}

// sees asks for something that is JSON.
func (r running) sees(tb testing.TB, path string, v any) {
	tb.Helper()
	if a := r.show(tb, path); a.status != http.StatusOK || json.Unmarshal(a.body, v) != nil {
		tb.Errorf("%s: %d %.300s", path, a.status, a.body)
	}
}

// TestHostileMails sends each, looks at it in every way, and asks whether the server
// has kept all its bytes, is still well, and has fetched nothing.
func TestHostileMails(t *testing.T) { //nolint:tparallel // what comes after the subtests looks at what they leave
	t.Parallel()
	var fetched atomic.Int64
	canary := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { fetched.Add(1) }))
	t.Cleanup(canary.Close)
	host := strings.TrimPrefix(canary.URL, "http://")
	r := start(t)
	mails := hostile.Mails()
	t.Run("mails", func(t *testing.T) {
		for i, m := range mails {
			t.Run(m.Name, func(t *testing.T) {
				t.Parallel()
				to := fmt.Sprintf("m%d@hostile.test", i)
				data := m.Data(200_000, host)
				c := dialSession(t, *r.ready.SMTP)
				id := c.send(t, to, data)
				c.says(t, "NOOP", "250")
				checkHostile(t, r, strings.TrimPrefix(id, "250 2.0.0 Ok: queued as "), to, data)
			})
		}
	})
	if n := fetched.Load(); n != 0 {
		t.Errorf("the server has fetched %d times what mails name", n)
	}
	var calls struct{ Total int }
	r.get(t, "/_mock/requests?operation=smtp&status=250", "sk_test", &calls)
	if calls.Total != len(mails) || len(r.letters(t, "sk_test")) != len(mails) {
		t.Errorf("the journal has %d mails of %d", calls.Total, len(mails))
	}
	if err := r.stop(); err != nil || strings.Contains(r.stderr.String(), "bug") || strings.Contains(r.stderr.String(), "ERROR") {
		t.Errorf("it ends with %v; it has logged:\n%s", err, r.stderr)
	}
}

// checkHostile looks at a message in every way.
func checkHostile(t *testing.T, r running, id, to string, data []byte) {
	t.Helper()
	var found struct{ Messages []struct{ ID string } }
	for _, path := range []string{"/messages?to=" + to, "/messages?q=" + url.QueryEscape("to:"+to+" -no.such.word"), "/wait?to=" + to} {
		if r.sees(t, path, &found); len(found.Messages) != 1 || found.Messages[0].ID != id {
			t.Errorf("%s finds %+v, not %s", path, found, id)
		}
	}
	message := "/messages/" + id
	var m struct {
		HTML        *string
		Attachments []struct{ Filename string }
		Size        int
	}
	r.sees(t, message, &m)
	raw := r.show(t, message+"/raw")
	checkFile(t, "raw", raw)
	if !bytes.Equal(raw.body, data) || m.Size != len(data) {
		t.Errorf("%d bytes were sent, %d came back, and the size is %d", len(data), len(raw.body), m.Size)
	}
	checkPage(t, r.show(t, message+"/html"), m.HTML != nil)
	checkPage(t, r.show(t, message+"/html?remote=1"), m.HTML != nil)
	checkText(t, r.show(t, message+"/text"))
	for _, view := range []string{"/code", "/link"} {
		if a := r.show(t, message+view); a.status != http.StatusNotFound {
			checkText(t, a)
		}
	}
	for n, file := range m.Attachments[:min(20, len(m.Attachments))] {
		checkName(t, file.Filename)
		checkFile(t, file.Filename, r.show(t, fmt.Sprintf("%s/attachments/%d", message, n)))
	}
	if a := r.show(t, fmt.Sprintf("%s/attachments/%d", message, len(m.Attachments))); a.status != http.StatusNotFound {
		t.Errorf("one attachment too many: %d", a.status)
	}
}

// checkText looks at an answer that is text.
func checkText(t *testing.T, a answered) {
	t.Helper()
	if a.status != http.StatusOK || a.header.Get("Content-Type") != "text/plain; charset=utf-8" {
		t.Errorf("text: %d %v", a.status, a.header)
	}
}

// checkName looks at the name of a file, which may be saved under it.
func checkName(t *testing.T, name string) {
	t.Helper()
	if strings.ContainsAny(name, "/\\\r\n\x00") || name == "." || name == ".." {
		t.Errorf("a file is named %q", name)
	}
}

// checkFile looks at an answer that a browser must do nothing with but keep.
func checkFile(t *testing.T, name string, a answered) {
	t.Helper()
	disposition, parameters, err := mime.ParseMediaType(a.header.Get("Content-Disposition"))
	checkName(t, parameters["filename"])
	if a.status != http.StatusOK || err != nil || disposition != "attachment" {
		t.Errorf("%q: %d %v", name, a.status, a.header)
	}
	if a.header.Get("Content-Security-Policy") != "sandbox; default-src 'none'" || a.header.Get("Cross-Origin-Resource-Policy") != "same-origin" {
		t.Errorf("%q: %v", name, a.header)
	}
	if _, _, err := mime.ParseMediaType(a.header.Get("Content-Type")); err != nil {
		t.Errorf("%q: the type is %q", name, a.header.Get("Content-Type"))
	}
}

// checkPage looks at an answer that a browser shows.
func checkPage(t *testing.T, a answered, has bool) { //nolint:revive // flag-parameter: it says what to expect
	t.Helper()
	if !has {
		if a.status != http.StatusNotFound {
			t.Errorf("HTML of a mail that has none: %d %v", a.status, a.header)
		}
		return
	}
	policy := a.header.Get("Content-Security-Policy")
	sandboxed := strings.HasPrefix(policy, "sandbox allow-popups") && strings.Contains(policy, "default-src 'none'") && !strings.Contains(policy, "allow-s")
	if a.status != http.StatusOK || !sandboxed || a.header.Get("Cross-Origin-Resource-Policy") != "same-origin" {
		t.Errorf("HTML: %d %v", a.status, a.header)
	}
}
