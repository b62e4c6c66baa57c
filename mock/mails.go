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

	// SourceAbove says that the message has the source of the one before it: those of
	// several recipients share theirs.
	SourceAbove bool `json:"sourceAbove,omitempty"`
}

// whole tells whether a line has what it needs.
func (m *savedMail) whole() bool {
	if m.Message == nil {
		return m.Cursor != ""
	}
	return m.Message.ID != ""
}

// column is mails one below the other.
type column struct{ source *inbox.Source } // of the one above

// saved makes of a mail what is kept of it.
func (c *column) saved(r inbox.Record) savedMail {
	m := savedMail{Read: r.Read, Status: r.Status, Feedback: r.Feedback, Message: r.Message}
	if r.Source != nil && r.Source == c.source {
		bare := *r.Message
		bare.Source = nil
		m.Message, m.SourceAbove = &bare, true
	}
	c.source = r.Source
	return m
}

// join gives a mail that was read the source that it shares.
func (c *column) join(m *savedMail) error {
	if m.SourceAbove {
		if c.source == nil || m.Message == nil || m.Message.Source != nil {
			return errors.New("sourceAbove: no mail stands above it that has a source")
		}
		m.Message.Source = c.source
	}
	c.source = nil
	if m.Message != nil {
		c.source = m.Message.Source
	}
	return nil
}

func savedMails(w *world) []savedMail {
	var c column
	return mapped(w.box.After(""), c.saved)
}

// restore puts a mail back into an inbox. Its source, if it has one, is read by read.
func (m *savedMail) restore(box *inbox.Box, read func([]byte) inbox.Content) {
	if m.Message == nil {
		return
	}
	if source := m.Message.Source; source != nil && !m.SourceAbove {
		source.Read = read
	}
	box.Restore(m.Message, m.Read, m.Status, m.Feedback...)
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
