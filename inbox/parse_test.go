package inbox_test

import (
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"

	"github.com/emersion/go-message"

	"github.com/plunkmock/plunkmock/inbox"
)

// parsed is a message as the standard library reads it.
type parsed struct {
	header mail.Header
	names  []string // of its header, as they stand
	html   string
	files  []file
}

type file struct {
	name, kind string
	data       []byte
}

// parse reads the bytes of a message, and checks what is true of all.
func parse(t *testing.T, m *inbox.Message) parsed {
	t.Helper()
	var b bytes.Buffer
	if n, err := m.WriteTo(&b); err != nil || n != int64(b.Len()) {
		t.Fatalf("WriteTo: %d of %d bytes, %v", n, b.Len(), err)
	}
	raw := b.Bytes()
	checkLines(t, raw)
	checkGoMessage(t, raw)
	if !bytes.Equal(raw, m.Raw()) {
		t.Error("the same message gave other bytes")
	}
	p := parsed{}
	head, _, _ := strings.Cut(string(raw), "\r\n\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		if strings.TrimSpace(line) == "" {
			t.Errorf("an empty line in the header:\n%s", head)
		}
		if name, _, ok := strings.Cut(line, ":"); ok && line[0] != ' ' {
			p.names = append(p.names, name)
		}
	}
	msg, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("net/mail: %v in\n%s", err, raw)
	}
	p.header = msg.Header
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil {
		t.Fatalf("Content-Type %q: %v", msg.Header.Get("Content-Type"), err)
	}
	if kind != "multipart/mixed" {
		html, err := io.ReadAll(quotedprintable.NewReader(msg.Body))
		if err != nil {
			t.Fatalf("the HTML: %v", err)
		}
		p.html = string(html)
		return p
	}
	p.html, p.files = parseParts(t, multipart.NewReader(msg.Body, params["boundary"]))
	return p
}

func parseParts(t *testing.T, r *multipart.Reader) (html string, files []file) {
	t.Helper()
	for n := 0; ; n++ {
		part, err := r.NextPart()
		if err == io.EOF { //nolint:errorlint // as its documentation has it
			return html, files
		}
		if err != nil {
			t.Fatalf("part %d: %v", n, err)
		}
		data, err := io.ReadAll(part)
		if err != nil {
			t.Fatalf("part %d: %v", n, err)
		}
		if n == 0 {
			html = string(data)
			continue
		}
		if data, err = base64.StdEncoding.DecodeString(strings.ReplaceAll(string(data), "\r\n", "")); err != nil {
			t.Fatalf("part %d: %v", n, err)
		}
		_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		if err != nil {
			t.Fatalf("part %d: %q: %v", n, part.Header.Get("Content-Disposition"), err)
		}
		files = append(files, file{params["filename"], part.Header.Get("Content-Type"), data})
	}
}

func checkLines(t *testing.T, raw []byte) {
	t.Helper()
	if rest := bytes.ReplaceAll(raw, []byte("\r\n"), nil); bytes.ContainsAny(rest, "\r\n") {
		t.Errorf("a line end that is not CRLF in %q", raw)
	}
	for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
		if len(line) > 998 {
			t.Errorf("a line of %d bytes: %.80q…", len(line), line)
		}
	}
}

// checkGoMessage tells whether another library reads the message to its end.
func checkGoMessage(t *testing.T, raw []byte) {
	t.Helper()
	e, err := message.Read(bytes.NewReader(raw))
	if err == nil {
		err = e.Walk(func(_ []int, e *message.Entity, err error) error {
			if err == nil && e.MultipartReader() == nil {
				_, err = io.Copy(io.Discard, e.Body)
			}
			return err
		})
	}
	if err != nil {
		t.Errorf("go-message: %v in\n%s", err, raw)
	}
}

// decoded returns a header field as a reader shows it.
func (p parsed) decoded(t *testing.T, name string) string {
	t.Helper()
	text, err := new(mime.WordDecoder).DecodeHeader(p.header.Get(name))
	if err != nil {
		t.Errorf("%s: %v in %q", name, err, p.header.Get(name))
	}
	return text
}
