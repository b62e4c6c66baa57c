package mock_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock"
)

// mailServer takes mails, but for recipients that refused names; what it took comes
// out of the channel: the envelope and the mail.
func mailServer(t *testing.T, refused string) (address string, took <-chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	mails := make(chan string, 100)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go takeMail(conn, refused, mails)
		}
	}()
	return "smtp://" + l.Addr().String(), mails
}

func takeMail(conn net.Conn, refused string, mails chan<- string) {
	defer conn.Close()
	lines, mail, inData := bufio.NewReader(conn), "", false
	fmt.Fprint(conn, "220 ready\r\n")
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case inData && line == ".\r\n":
			mails <- mail
			inData = false
			fmt.Fprint(conn, "250 taken\r\n")
		case inData:
			mail += line
		case verb == "DATA":
			inData = true
			fmt.Fprint(conn, "354 go on\r\n")
		case verb == "RCPT" && refused != "" && strings.Contains(line, refused):
			fmt.Fprint(conn, "550 5.1.1 no such user\r\n")
		default:
			if verb == "MAIL" || verb == "RCPT" {
				mail += line
			}
			fmt.Fprint(conn, "250 fine\r\n")
		}
	}
}

// forwardState returns what the latest mail says of its forwarding, once it is no
// longer queued.
func forwardState(t *testing.T, s http.Handler) string {
	t.Helper()
	for {
		var m struct {
			Forward *struct{ Status, Error string }
		}
		decode(t, call(s, http.MethodGet, "/_mock/inbox/messages/latest", "sk_test", ""), &m)
		if m.Forward == nil {
			return "none"
		}
		if m.Forward.Status != "queued" {
			return strings.TrimSpace(m.Forward.Status + " " + m.Forward.Error)
		}
	}
}

func TestForwardSendsEveryMailOn(t *testing.T) {
	t.Parallel()
	address, took := mailServer(t, "")
	s := newServer(t, mock.Config{Forward: address})
	for _, c := range []struct{ path, body string }{
		{"/v1/send", smallMail},
		{"/_mock/inbox/messages/latest/release", ""},
	} {
		if w := call(s, http.MethodPost, c.path, "sk_test", c.body); w.Code != http.StatusOK {
			t.Fatal(w.Body)
		}
		mail := <-took
		raw := call(s, http.MethodGet, "/_mock/inbox/messages/latest/raw", "sk_test", "").Body.String()
		if want := "MAIL FROM:<hello@test.example.com>\r\nRCPT TO:<ada@example.com>\r\n" + raw; mail != want+"\r\n" { // DATA ends in a whole line
			t.Errorf("it got\n%s, want\n%s", mail, want)
		}
		if got := forwardState(t, s); got != "sent" {
			t.Errorf("the mail says %s", got)
		}
	}
}

func TestForwardTellsOnTheMailWhyItFailed(t *testing.T) {
	t.Parallel()
	address, _ := mailServer(t, "ada@")
	for address, want := range map[string]string{address: "no such user", "smtp://127.0.0.1:1": "refused"} {
		s := newServer(t, mock.Config{Forward: address})
		if w := call(s, http.MethodPost, "/v1/send", "sk_test", smallMail); w.Code != http.StatusOK {
			t.Errorf("the client is told: %s", w.Body)
		}
		if got := forwardState(t, s); !strings.HasPrefix(got, "failed ") || !strings.Contains(got, want) {
			t.Errorf("%s: the mail says %s", address, got)
		}
		if w := call(s, http.MethodPost, "/_mock/inbox/messages/latest/release", "sk_test", ""); !strings.Contains(w.Body.String(), want) {
			t.Errorf("released: %s", w.Body)
		}
	}
}

func TestForwardLeavesOutWhatIsRestored(t *testing.T) {
	t.Parallel()
	address, took := mailServer(t, "")
	s := newServer(t, mock.Config{Forward: address})
	call(s, http.MethodPost, "/v1/send", "sk_test", smallMail)
	<-took
	state := call(s, http.MethodGet, "/_mock/state?messages=true", "sk_test", "").Body.String()
	if w := call(s, http.MethodPut, "/_mock/state", "sk_other", state); w.Code != http.StatusOK {
		t.Fatal(w.Body)
	}
	call(s, http.MethodPost, "/v1/send", "sk_other", strings.Replace(smallMail, "ada", "new", 1))
	if mail := <-took; !strings.Contains(mail, "RCPT TO:<new@example.com>") {
		t.Errorf("it got %s", mail)
	}
}

func TestForwardGoesToOnePlaceAlone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"127.0.0.1:25", "http://127.0.0.1", "smtp://", "smtp://user:secret@host", "smtp://host/path", "smtp://host?to=x"} {
		if _, err := mock.New(mock.Config{Forward: text}); err == nil || !strings.Contains(err.Error(), "smtp://127.0.0.1:1025") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
