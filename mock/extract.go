package mock

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/plunkmock/plunkmock/inbox"
)

// What is found in a mail: links, codes, and how to unsubscribe.

type linkOut struct {
	Text    string `json:"text"`
	Href    string `json:"href"`
	Host    string `json:"host"`
	Rel     string `json:"rel"`
	Purpose string `json:"purpose"`
}

type codeOut struct {
	Code       string  `json:"code"`
	Label      string  `json:"label"`
	Position   int     `json:"position"`
	Confidence float64 `json:"confidence"`
}

type unsubscribeOut struct {
	Header   *string `json:"header"`
	Link     *string `json:"link"`
	OneClick bool    `json:"oneClick"`
}

func linksOut(links []inbox.Link) []linkOut {
	return append([]linkOut{}, mapped(links, func(l inbox.Link) linkOut { return linkOut(l) })...)
}

func codesOut(codes []inbox.Code) []codeOut {
	return append([]codeOut{}, mapped(codes, func(c inbox.Code) codeOut { return codeOut(c) })...)
}

func unsubscribeOf(u inbox.Unsubscribe) unsubscribeOut {
	return unsubscribeOut{given(u.Header), given(u.Link), u.OneClick}
}

// plainText is an answer for a shell: the thing itself, and a line end.
func plainText(text string) *file {
	return &file{"text/plain; charset=utf-8", sameOrigin(map[string]string{}), []byte(text + "\n")}
}

// getMessageCode answers the best code of a mail.
func getMessageCode(_ call, r inbox.Record) (*file, error) {
	codes := r.Codes()
	if len(codes) == 0 {
		return nil, &problem{status: http.StatusNotFound, message: fmt.Sprintf("The message %q has no code that looks like one", r.Subject)}
	}
	return plainText(codes[0].Code), nil
}

// getMessageLink answers the first link of a mail that is for something.
func getMessageLink(c call, r inbox.Record) (*file, error) {
	purpose := param[string](c, "purpose")
	links := r.Links()
	var others []string
	for _, l := range links {
		if purpose == "" || l.Purpose == purpose {
			return plainText(l.Href), nil
		}
		others = append(others, l.Purpose)
	}
	message := fmt.Sprintf("The message %q has no link", r.Subject)
	if len(links) > 0 {
		const shown = 10
		message = fmt.Sprintf("The message %q has no link to %s, of %d that it has: %s", r.Subject, purpose, len(links), strings.Join(others[:min(shown, len(others))], ", "))
	}
	return nil, &problem{status: http.StatusNotFound, message: message}
}
