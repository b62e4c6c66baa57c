package clients_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/inbox/smtp"
)

// place is where a test mails to: a server, and a project that is the test's own.
type place struct {
	t *testing.T
	server
	mailer
	project string
	ca      string // what trusted has for a certificate
	trusted server
}

// conform has a client do all that clients do.
func conform(t *testing.T, m mailer) {
	t.Helper()
	ca, both := certificate(t)
	p := place{server: serve(t, "--smtps", "127.0.0.1:0"), mailer: m, ca: ca}
	p.trusted = serve(t, "--smtps", "127.0.0.1:0", "--smtp-cert", both)
	for name, test := range map[string]func(place){
		"plain":             place.plain,
		"log-in":            place.logIn,
		"wrong-key":         place.wrongKey,
		"any-certificate":   place.anyCertificate,
		"own-certificate":   place.ownCertificate,
		"wrong-certificate": place.wrongCertificate,
		"eight-bit":         place.eightBit,
		"utf8-addresses":    place.utf8Addresses,
		"one-connection":    place.oneConnection,
		"recipients":        place.recipients,
		"attachments":       place.attachments,
		"inline-image":      place.inlineImage,
		"sources":           place.sources,
		"too-big":           place.tooBig,
		"fault":             place.fault,
	} {
		if slices.Contains(m.lacks, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := p
			p.t, p.project = t, name
			test(p)
		})
	}
}

// note is a message with a subject, to one recipient.
func note(subject string) message {
	return message{From: "shop@example.com", To: []string{"ada@example.com"}, Subject: subject, Text: "Hello\n"}
}

// to makes a scenario that logs in to a project of a server, in clear.
func (s server) to(t *testing.T, project string, messages ...message) scenario {
	t.Helper()
	host, port := hostPort(t, s.SMTP)
	return scenario{
		Host: host, Port: port, TLS: "never", User: "plunk", Password: "sk_" + project, Method: "PLAIN",
		Inbox: s.HTTP + "/_mock/inbox", Project: project, Messages: messages,
	}
}

// taken plays a scenario whose messages are all taken, one mail for each recipient, and
// returns the mails.
func (p place) taken(at server, s scenario) []letter {
	p.t.Helper()
	results := p.send(p.t, s)
	mails := at.letters(p.t, s.Project)
	rest := mails
	for i, r := range results {
		m := s.Messages[i]
		n := len(m.To) + len(m.Cc) + len(m.Bcc)
		if len(rest) < n {
			p.t.Fatalf("%+v\nthe inbox has only %+v", results, mails)
		}
		var ids []string
		for _, l := range rest[:n] {
			ids = append(ids, l.ID)
		}
		if want := "250 2.0.0 Ok: queued as " + strings.Join(ids, " "); r.Error != "" || r.Reply != want || r.Arrived != n {
			p.t.Fatalf("message %d: %+v, want the reply %q", i, r, want)
		}
		rest = rest[n:]
	}
	if len(rest) > 0 {
		p.t.Fatalf("more has arrived: %+v", rest)
	}
	return mails
}

// refused plays a scenario and checks what became of its first message.
func (p place) refused(s scenario, want, reply string) {
	p.t.Helper()
	r := p.send(p.t, s)[0]
	if r.Error != p.errors[want] || !strings.HasPrefix(r.Reply, reply) {
		p.t.Errorf("%+v, want %s %q", r, p.errors[want], reply)
	}
}

// Mail without a log-in belongs to the project test.
func (p place) plain() {
	s := p.to(p.t, "test", note("Plain"))
	s.User = ""
	l := p.taken(p.server, s)[0]
	if l.Subject != "Plain" || l.To != "ada@example.com" || strings.TrimSpace(l.Text) != "Hello" || l.Envelope.TLS || l.Envelope.User != "" {
		p.t.Errorf("%+v", l)
	}
}

func (p place) logIn() {
	for _, method := range []string{"PLAIN", "LOGIN"} {
		s := p.to(p.t, "log-in-"+method, note(method))
		s.Method = method
		l := p.taken(p.server, s)[0]
		if l.Envelope.User != "plunk" || !slices.ContainsFunc(l.Envelope.Transcript, func(line string) bool {
			return strings.HasPrefix(line, "C: AUTH "+method)
		}) {
			p.t.Errorf("%+v", l)
		}
	}
}

func (p place) wrongKey() {
	for _, method := range []string{"PLAIN", "LOGIN"} {
		s := p.to(p.t, p.project, note("Never"))
		s.Password, s.Method = "sk_invalid", method
		p.refused(s, "log-in", "535 5.7.8 Invalid API key")
	}
}

// TLS with the certificate that the server makes for itself.
func (p place) anyCertificate() {
	p.encrypted(p.server, "")
}

// TLS with a certificate that the client checks.
func (p place) ownCertificate() {
	p.encrypted(p.trusted, p.ca)
}

func (p place) encrypted(at server, ca string) {
	p.t.Helper()
	for _, kind := range []string{"starttls", "implicit"} {
		s := at.to(p.t, p.project+"-"+kind, note(kind))
		s.TLS, s.CA = kind, ca
		if kind == "implicit" {
			s.Host, s.Port = hostPort(p.t, at.SMTPS)
		}
		if l := p.taken(at, s)[0]; !l.Envelope.TLS || l.Envelope.User != "plunk" {
			p.t.Errorf("%+v", l)
		}
	}
}

// A client that checks finds out, and the server goes on.
func (p place) wrongCertificate() {
	s := p.to(p.t, p.project, note("Never"))
	s.TLS, s.CA = "starttls", p.ca
	p.refused(s, "certificate", "")
	p.taken(p.server, p.to(p.t, p.project, note("After it")))
}

func (p place) eightBit() {
	m := note("8BITMIME")
	m.Raw, m.EightBit = "Content-Type: text/plain; charset=utf-8\r\n\r\nGrüße, 你好\r\n", true
	l := p.taken(p.server, p.to(p.t, p.project, m))[0]
	source := p.do(p.t, http.MethodGet, p.project, "/inbox/messages/"+l.ID+"/raw", "")
	if !strings.Contains(l.Envelope.Params, "BODY=8BITMIME") || strings.TrimSpace(l.Text) != "Grüße, 你好" || string(source) != m.Raw {
		p.t.Errorf("%+v\n%s", l, source)
	}
}

func (p place) utf8Addresses() {
	m := note("SMTPUTF8")
	m.From, m.To = "grüße@example.com", []string{"用户@example.com"}
	l := p.taken(p.server, p.to(p.t, p.project, m))[0]
	if !strings.Contains(l.Envelope.Params, "SMTPUTF8") || l.Envelope.MailFrom != m.From || l.To != m.To[0] {
		p.t.Errorf("%+v", l)
	}
}

// Several messages come on one connection, in order.
func (p place) oneConnection() {
	var list []message
	for i := range 20 {
		list = append(list, note(fmt.Sprint("Message ", i)))
	}
	mails := p.taken(p.server, p.to(p.t, p.project, list...))
	for i, l := range mails {
		if l.Subject != list[i].Subject || l.Envelope.Remote != mails[0].Envelope.Remote {
			p.t.Errorf("message %d: %+v", i, l)
		}
	}
}

// Each recipient has a mail, and none can tell who had a blind copy.
func (p place) recipients() {
	m := note("To many")
	m.To, m.Cc, m.Bcc = []string{"ada@example.com", "bob@example.com"}, []string{"carl@example.com"}, []string{"dora@example.com"}
	for _, l := range p.taken(p.server, p.to(p.t, p.project, m)) {
		source := p.do(p.t, http.MethodGet, p.project, "/inbox/messages/"+l.ID+"/raw", "")
		if len(l.Envelope.RcptTo) != 4 || bytes.Contains(source, []byte("dora")) {
			p.t.Errorf("%+v\n%s", l, source)
		}
	}
}

func (p place) attachments() {
	type file struct {
		name, contentType string
		content           []byte
	}
	files := []file{
		{"random.bin", "application/octet-stream", random(5_000_000)},
		{"menu.pdf", "application/pdf", []byte("%PDF-1.4 \r\n\x00 or nearly so\n.\n")},
		{"of-one-byte.bin", "application/octet-stream", []byte{0xFF}},
	}
	m := note("Files")
	for _, f := range files {
		m.Attachments = append(m.Attachments, attachment{Path: write(p.t, f.name, f.content), Filename: f.name, ContentType: f.contentType})
	}
	l := p.taken(p.server, p.to(p.t, p.project, m))[0]
	if len(l.Attachments) != len(files) {
		p.t.Fatalf("%+v", l)
	}
	for i, f := range files {
		got := p.do(p.t, http.MethodGet, p.project, fmt.Sprintf("/inbox/messages/%s/attachments/%d", l.ID, i), "")
		if l.Attachments[i].Filename != f.name || !bytes.Equal(got, f.content) {
			p.t.Errorf("attachment %d is %+v of %d bytes, want %s of %d", i, l.Attachments[i], len(got), f.name, len(f.content))
		}
	}
}

// random makes bytes that repeat from run to run.
func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(b)
	return b
}

func (p place) inlineImage() {
	pixel := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\x00IEND\xaeB`\x82")
	m := note("A picture")
	m.HTML = `<p>Look: <img src="cid:logo@shop"></p>`
	m.Attachments = []attachment{{Path: write(p.t, "logo.png", pixel), Filename: "logo.png", ContentType: "image/png", CID: "logo@shop"}}
	l := p.taken(p.server, p.to(p.t, p.project, m))[0]
	if page := p.do(p.t, http.MethodGet, p.project, "/inbox/messages/"+l.ID+"/html", ""); !bytes.Contains(page, []byte(`src="data:image/png;base64,iVBORw0KGgo`)) {
		p.t.Errorf("%+v\n%s", l, page)
	}
}

// What is sent is what is kept: lines that begin with dots, and no lines at all. A line
// that the program ended with LF alone has the CRLF that its client made of it.
func (p place) sources() {
	const header = "From: shop@example.com\r\nSubject: Source\r\n\r\n"
	var list []message
	bodies := []string{".\r\n..\r\n.dot\r\nno.dot\r\n...\r\n", "", "\r\n\r\n", "bare LF\r\n.\r\n.\r\nto the end\r\n", strings.Repeat("long ", 4000) + "\r\n"}
	for _, body := range bodies {
		m := note("")
		m.Raw = header + body
		list = append(list, m)
	}
	list[3].Raw = strings.ReplaceAll(list[3].Raw, "\r\n", "\n")
	for i, l := range p.taken(p.server, p.to(p.t, p.project, list...)) {
		source := p.do(p.t, http.MethodGet, p.project, "/inbox/messages/"+l.ID+"/raw", "")
		if want := header + bodies[i] + p.adds; string(source) != want {
			p.t.Errorf("source %d is %.1000q, want %.1000q", i, source, want)
		}
	}
}

// 30 MB are more than the 25 that are taken, and the client can go on.
func (p place) tooBig() {
	m := note("Too big")
	m.Attachments = []attachment{{Path: write(p.t, "big.bin", random(22_500_000)), Filename: "big.bin", ContentType: "application/octet-stream"}}
	s := p.to(p.t, p.project, m, note("After it"))
	results := p.send(p.t, s)
	if r := results[0]; r.Error != p.errors["size"] || !strings.HasPrefix(r.Reply, "552 5.3.4 ") {
		p.t.Errorf("%.1000s", fmt.Sprint(r))
	}
	if got := p.letters(p.t, p.project); len(got) != 1 || got[0].Subject != "After it" || results[1].Arrived != 1 {
		p.t.Errorf("%.1000s\nthe inbox has %+v", fmt.Sprint(results), got)
	}
}

// A fault is an error that the client has a name for, and the next message is taken.
func (p place) fault() {
	p.do(p.t, http.MethodPost, p.project, "/faults", `{"operation":"smtp","stage":"RCPT","code":450,"enhancedCode":"4.2.0","times":1}`)
	p.refused(p.to(p.t, p.project, note("First")), "recipient", "450 4.2.0 ")
	if l := p.taken(p.server, p.to(p.t, p.project, note("Again")))[0]; l.Subject != "Again" {
		p.t.Errorf("%+v", l)
	}
}

// certificate makes one for loopback: the file that clients trust, and the file with
// its key for the server.
func certificate(t *testing.T) (ca, both string) {
	t.Helper()
	pair, err := smtp.SelfSigned("localhost", "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	own := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]})
	return write(t, "ca.pem", own), write(t, "both.pem", append(own, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...))
}
