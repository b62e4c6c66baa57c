package mock_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/plunkmock/plunkmock/mock"
)

// TestAMailIsServedWhereItCanDoNothing looks at each way that what a mail holds is
// served: whatever it is, no browser runs it, sends anything for it, or takes it for
// something else.
func TestAMailIsServedWhereItCanDoNothing(t *testing.T) {
	t.Parallel()
	s := newServer(t, mock.Config{})
	w := call(s, http.MethodPut, "/_mock/state", "", `{"version": 1, "projects": [{"name": "test", "messages": [{"message": {
		"ID": "a", "Kind": "smtp", "HTML": "<script>alert(1)</script><img src=cid:svg>", "Attachments": [
			{"Filename": "a.png", "ContentType": "image/png", "Base64": "iVBORw0KGgo=", "Inline": true},
			{"Filename": "a.svg", "ContentType": "image/svg+xml", "Base64": "PHN2Zy8+", "Inline": true, "ContentID": "svg"},
			{"Filename": "../a\r\nx: y.html", "ContentType": "text/html", "Base64": "PGI+", "Inline": true},
			{"Filename": "", "ContentType": "a\r\nb: c", "Base64": "PGI+"}]}}]}]}`)
	if w.Code != http.StatusOK {
		t.Fatal(w.Code, w.Body)
	}
	const (
		page     = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; style-src 'unsafe-inline'; img-src data:"
		download = "sandbox; default-src 'none'"
	)
	for path, want := range map[string]struct{ kind, policy, disposition string }{
		"/html":          {"text/html; charset=utf-8", page, ""},
		"/html?remote=0": {"text/html; charset=utf-8", page, ""},
		"/html?remote=1": {"text/html; charset=utf-8", page + " http: https:", ""},
		"/text":          {"text/plain; charset=utf-8", "", ""},
		"/raw":           {"message/rfc822", download, "attachment; filename=a.eml"},
		"/attachments/0": {"image/png", download, "attachment; filename=a.png"},
		"/attachments/1": {"image/svg+xml", download, "attachment; filename=a.svg"},
		"/attachments/2": {"text/html", download, "attachment; filename*=utf-8''..%2Fa%0D%0Ax%3A%20y.html"},
		"/attachments/3": {"application/octet-stream", download, `attachment; filename=""`},
	} {
		w := call(s, http.MethodGet, "/_mock/inbox/messages/a"+path, "", "")
		for name, value := range map[string]string{
			"Content-Type": want.kind, "Content-Security-Policy": want.policy, "Content-Disposition": want.disposition,
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
		} {
			if got := strings.Join(w.Header().Values(name), ", "); w.Code != http.StatusOK || got != value {
				t.Errorf("%s answers %d with the %s %q, want %q", path, w.Code, name, got, value)
			}
		}
	}
}
