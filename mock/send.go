package mock

import (
	"fmt"
	"mime"
	"path"
	"slices"
	"strings"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/plunk"
)

type sendResponse struct {
	Success   bool        `json:"success"`
	Emails    []sentEmail `json:"emails"`
	Timestamp stamp       `json:"timestamp"`
}

type sentEmail struct {
	Contact struct {
		ID    string `json:"id"`
		Email string `json:"email"`
	} `json:"contact"`
	Email string `json:"email"` // the ID of the email, which is that of the captured message
}

func readMail(f fields) plunk.Mail {
	subscribed := optional[bool](f, "subscribed")
	m := plunk.Mail{
		To: f.strings("to"), Subject: f.str("subject"), Body: f.str("body"),
		Subscribed: subscribed != nil && *subscribed,
		Name:       optional[string](f, "name"),
		From:       optional[string](f, "from"),
		Reply:      optional[string](f, "reply"),
	}
	for name, value := range fields(f.object("headers")) {
		text, _ := value.(string)
		m.Headers = append(m.Headers, inbox.Field{Name: name, Value: text})
	}
	// A JSON object has no order; the alphabet's repeats.
	slices.SortFunc(m.Headers, func(a, b inbox.Field) int { return strings.Compare(a.Name, b.Name) })
	attachments, _ := f["attachments"].([]any)
	for i, a := range attachments {
		object, _ := a.(map[string]any)
		m.Attachments = append(m.Attachments, readAttachment(i+1, object))
	}
	return m
}

// readAttachment reads the nth attachment; all of its members are optional.
func readAttachment(n int, f fields) inbox.Attachment {
	a := inbox.Attachment{Filename: f.str("filename"), ContentType: f.str("contentType"), Base64: f.str("content")}
	if a.Filename == "" {
		a.Filename = fmt.Sprintf("attachment-%d", n)
	}
	if a.ContentType == "" {
		a.ContentType = f.str("type")
	}
	if a.ContentType == "" {
		a.ContentType = mime.TypeByExtension(strings.ToLower(path.Ext(a.Filename)))
	}
	if a.ContentType == "" {
		a.ContentType = "application/octet-stream"
	}
	return a
}

func sendEmail(c call, m plunk.Mail) (sendResponse, error) {
	m.Request = c.id
	sent, err := c.world.plunk.Send(m)
	if err != nil {
		return sendResponse{}, err
	}
	c.warned(sent.Warnings...)
	r := sendResponse{Success: true, Emails: make([]sentEmail, len(sent.Emails)), Timestamp: stamp(sent.Time)}
	for i, e := range sent.Emails {
		r.Emails[i].Contact.ID, r.Emails[i].Contact.Email, r.Emails[i].Email = e.Contact.ID, e.Contact.Email, e.ID
	}
	return r, nil
}
