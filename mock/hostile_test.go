package mock_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/inbox/smtp"
	"github.com/plunkmock/plunkmock/inbox/smtp/testdata/hostile"
	"github.com/plunkmock/plunkmock/mock"
)

// FuzzViews: whatever the bytes of a mail are, each view of it is an answer, its JSON is
// JSON, its texts are UTF-8, and its source is those bytes.
func FuzzViews(f *testing.F) {
	for _, m := range hostile.Mails() {
		if data := m.Data(2000, "x.test"); len(data) < 4000 {
			f.Add(data)
		}
	}
	s := newServer(f, mock.Config{Limits: mock.Limits{Messages: 10}})
	f.Fuzz(func(t *testing.T, data []byte) {
		id, err := s.Relay().Deliver(t.Context(), inbox.Arrival{
			From: inbox.Address{Address: "a@b.test"}, Subject: string(data[:min(len(data), 50)]),
			Source: &inbox.Source{Bytes: bytes.Clone(data), Read: smtp.Read, Envelope: inbox.Envelope{MailFrom: "a@b.test", RcptTo: []string{"c@d.test"}, RcptParams: []string{""}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		checkViews(t, s, "/_mock/inbox/messages/"+id, data)
	})
}

func checkViews(t *testing.T, s *mock.Server, path string, data []byte) {
	t.Helper()
	see := func(path string) *httptest.ResponseRecorder {
		w := call(s, http.MethodGet, path, "sk_test", "")
		if w.Code != http.StatusOK && w.Code != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		return w
	}
	var m struct {
		Size        int
		Attachments []struct{ Filename string }
	}
	if err := json.Unmarshal(see(path).Body.Bytes(), &m); err != nil || m.Size != len(data) {
		t.Errorf("%v; the size is %d of %d", err, m.Size, len(data))
	}
	for _, view := range []string{"/html", "/html?remote=1", "/text", "/code", "/link"} {
		if w := see(path + view); !utf8.Valid(w.Body.Bytes()) {
			t.Errorf("%s: %q", view, w.Body)
		}
	}
	for n, file := range m.Attachments {
		w := see(fmt.Sprintf("%s/attachments/%d", path, n))
		if !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") || strings.ContainsAny(file.Filename, "/\\\r\n\x00") {
			t.Errorf("%q: %v", file.Filename, w.Header())
		}
	}
	if w := see(path + "/raw"); !bytes.Equal(w.Body.Bytes(), data) {
		t.Errorf("%d bytes, not %d", w.Body.Len(), len(data))
	}
	if w := see("/_mock/inbox/messages?q=x+-y"); !json.Valid(w.Body.Bytes()) {
		t.Errorf("search: %s", w.Body)
	}
}
