package mock

import (
	"fmt"
	"mime"
	"net/http"

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
// form, no request but, when asked for, images. Its own images are in it. The policy
// is what keeps it from doing anything; that it does not even try keeps the browser's
// console quiet.
func getMessageHTML(c call, r inbox.Record) (*file, error) {
	remote := param[string](c, "remote") == "1"
	html, ok := r.ShownBody(remote)
	if !ok {
		return nil, &problem{status: http.StatusNotFound, message: "The message has no HTML; /text has what it says"}
	}
	images := "data:"
	if remote {
		images = "data: http: https:"
	}
	return &file{"text/html; charset=utf-8", sameOrigin(map[string]string{
		"X-DNS-Prefetch-Control": "off",
		"Content-Security-Policy": "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; " +
			"frame-ancestors 'self'; style-src 'unsafe-inline'; img-src " + images,
	}), []byte(html)}, nil
}

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
