package mock

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/plunkmock/plunkmock/inbox"
)

// savedMail is a mail as it is kept: in an export, and as a line of the file of
// mails, where it may also be only the cursor that its project had come to.
type savedMail struct {
	Project  string           `json:"project,omitempty"`
	Cursor   string           `json:"cursor,omitempty"` // before the mail
	Read     bool             `json:"read,omitempty"`
	Status   inbox.Status     `json:"status,omitempty"`
	Feedback []inbox.Feedback `json:"feedback,omitempty"`
	Message  *inbox.Message   `json:"message,omitempty"`
}

// whole tells whether a line has what it needs.
func (m *savedMail) whole() bool {
	if m.Message == nil {
		return m.Cursor != ""
	}
	return m.Message.ID != ""
}

func saved(r inbox.Record) savedMail {
	return savedMail{Read: r.Read, Status: r.Status, Feedback: r.Feedback, Message: r.Message}
}

func savedMails(w *world) []savedMail { return mapped(w.box.After(""), saved) }

// restore puts a mail back into an inbox.
func (m *savedMail) restore(box *inbox.Box) {
	if m.Message == nil {
		return
	}
	box.Add(m.Message)
	if m.Read {
		box.SetRead(m.Message.ID, true)
	}
	for _, f := range m.Feedback {
		box.SetFeedback(m.Message.ID, f, m.Status)
	}
}

// readSavedMail reads a mail of an export.
func readSavedMail(f fields) (savedMail, error) {
	var text bytes.Buffer
	var m savedMail
	if err := encode(&text, f); err != nil {
		return m, err
	}
	d := json.NewDecoder(&text)
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return m, err
	}
	if m.Message == nil || m.Message.ID == "" {
		return m, errors.New("it has no message with an ID")
	}
	return m, nil
}
