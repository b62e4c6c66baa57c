package mock

import (
	"fmt"
	"mime"
	"net/http"
	"regexp"

	"github.com/plunkmock/plunkmock/inbox"
)

// What follows serves a mail, or a part of it, as it is: to look at where it can do
// nothing, or to keep.

// sameOrigin keeps what a mail holds from other pages.
func sameOrigin(more map[string]string) map[string]string {
	more["Cross-Origin-Resource-Policy"] = "same-origin"
	more["Referrer-Policy"] = "no-referrer"
	return more
}

func getMessageRaw(_ call, r inbox.Record) (*file, error) {
	return &file{"message/rfc822", sameOrigin(map[string]string{
		"Content-Disposition":     mime.FormatMediaType("attachment", map[string]string{"filename": r.ID + ".eml"}),
		"Content-Security-Policy": "sandbox; default-src 'none'",
	}), r.Raw()}, nil
}

// getMessageHTML serves a mail's HTML where it can do nothing: no script, no
// form, no request but, when asked for, images. Its own images are in it.
func getMessageHTML(c call, r inbox.Record) (*file, error) {
	html, ok := r.InlinedBody()
	if !ok {
		return nil, &problem{status: http.StatusNotFound, message: "The message has no HTML; /text has what it says"}
	}
	images := "data:"
	if param[string](c, "remote") == "1" {
		images = "data: http: https:"
	}
	return &file{"text/html; charset=utf-8", sameOrigin(map[string]string{
		"X-DNS-Prefetch-Control":  "off",
		"Content-Security-Policy": "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src " + images,
	}), inert([]byte(html))}, nil
}

// eager are elements that may open connections whatever a policy says: links by
// rel=preconnect, and frames of srcdoc that have such links. They show nothing here.
var eager = regexp.MustCompile(`(?i)<(link|iframe)`) //nolint:gochecknoglobals // a constant

// inert returns HTML without such elements. Their names are changed wherever they stand,
// since which bytes are a tag is for the browser to say.
func inert(html []byte) []byte { return eager.ReplaceAll(html, []byte("<x-$1")) }

func getMessageText(_ call, r inbox.Record) (*file, error) {
	return &file{"text/plain; charset=utf-8", sameOrigin(map[string]string{}), []byte(r.Text())}, nil
}

func getAttachment(c call, r inbox.Record) (*file, error) {
	n := param[int](c, "n")
	files := r.Files()
	if n >= len(files) {
		return nil, &problem{status: http.StatusNotFound, message: fmt.Sprintf("The message has %d attachments, numbered from 0; there is no %d", len(files), n)}
	}
	a := files[n]
	data, err := a.Data()
	if err != nil {
		return nil, err
	}
	disposition := mime.FormatMediaType("attachment", map[string]string{"filename": a.Filename})
	if disposition == "" {
		disposition = "attachment"
	}
	return &file{a.MediaType(), sameOrigin(map[string]string{
		"Content-Disposition":     disposition,
		"Content-Security-Policy": "sandbox; default-src 'none'",
	}), data}, nil
}
