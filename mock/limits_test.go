package mock_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock"
)

func totals(h http.Handler) string {
	body := call(h, http.MethodGet, "/_mock/inbox/messages?limit=0", "sk_test", "").Body.String()
	return body[strings.Index(body, `"total"`):strings.Index(body, `,"next"`)]
}

func TestWhatRecipientsShareCountsOnce(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{Limits: mock.Limits{Bytes: 8_000_000}})
	var to strings.Builder
	for i := range 200 {
		fmt.Fprintf(&to, `"u%d@example.com",`, i)
	}
	big := strings.Repeat("QUJD", 250_000)
	w := call(s, http.MethodPost, "/v1/send", "sk_test", `{"to": [`+to.String()+`"last@example.com"], "subject": "s", "body": "`+big+`",
		"name": "`+big+`", "attachments": [{"content": "`+big+`", "type": "`+big+`"}]}`)
	if w.Code != http.StatusOK || totals(s) != `"total":201,"unread":201,"dropped":0` {
		t.Errorf("%d, and then %s", w.Code, totals(s))
	}
}

func TestEveryPartOfAMailCounts(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("n", 3_000_000)
	call1 := func(s http.Handler, body string) { call(s, http.MethodPost, "/v1/send", "sk_test", body) }
	for _, part := range []string{
		`"name": "` + big + `"`, `"attachments": [{"type": "` + big + `"}]`, `"attachments": [{"filename": "` + big + `"}]`,
		`"headers": {"X-A": "` + big + `"}`,
	} {
		s := newServer(t, mock.Config{Limits: mock.Limits{Bytes: 8_000_000}})
		for range 5 {
			call1(s, `{"to": "ada@example.com", "subject": "s", "body": "b", `+part+`}`)
		}
		if got := totals(s); strings.Contains(got, `"dropped":0`) {
			t.Errorf("%.30s: %s, of 5 mails of 3 MB where 8 MB are kept", part, got)
		}
	}
}

func TestDroppedMailsAreLogged(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s := newServer(t, mock.Config{Limits: mock.Limits{Messages: 2}, Log: slog.New(slog.NewTextHandler(&log, nil))})
	for range 20 {
		call(s, http.MethodPost, "/v1/send", "sk_test", `{"to": "ada@example.com", "subject": "s", "body": "b"}`)
	}
	if n := strings.Count(log.String(), "--max-messages"); n < 2 || n > 6 {
		t.Errorf("%d lines tell of 18 dropped mails:\n%s", n, &log)
	}
}

func TestUnusableKeysMakeNoProject(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	for _, key := range []string{"", "sk_invalid", "sk_a.b", "nonsense"} {
		call(s, http.MethodGet, "/v1/nope", key, "")
		call(s, http.MethodPost, "/v1/send", key, `{}`)
	}
	if w := call(s, http.MethodGet, "/_mock/projects", "", ""); w.Body.String() != `{"projects":[]}` {
		t.Errorf("there is %s", w.Body)
	}
}

func TestEnvelopeBothGivesEachNameOnce(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{Envelope: mock.EnvelopeBoth})
	w := call(s, http.MethodPost, "/v1/contacts", "sk_test", `{"email": "ada@example.com", "data": {"k": 1}}`)
	if body := w.Body.String(); strings.Count(body, `"data":`) != 1 || !strings.Contains(body, `"data":{"k":1}`) || !strings.HasPrefix(body, `{"success":true,"id":`) {
		t.Error(body)
	}
	w = call(s, http.MethodGet, "/v1/contacts/count", "sk_test", "")
	if w.Body.String() != `{"success":true,"data":{"count":1},"count":1}` {
		t.Error(w.Body)
	}
}

func TestReplyToIsThatOfTheHeader(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	w := call(s, http.MethodPost, "/v1/send", "sk_test", `{"to": "ada@example.com", "subject": "s", "body": "b", "reply": "r@example.com",
		"headers": {"Reply-To": "Support <help@example.com>", "reply-to": "other@example.com"}}`)
	if w.Header().Get("X-Plunkmock-Warning") == "" {
		t.Error("nothing tells that a header was left out")
	}
	if mail := call(s, http.MethodGet, "/_mock/inbox/messages/latest", "sk_test", "").Body.String(); !strings.Contains(mail, `"replyTo":[{"name":"Support","address":"help@example.com"}]`) {
		t.Error(mail)
	}
}
