package inbox

import (
	"net/mail"
	"strings"
	"time"
	"unicode/utf8"
)

// Kind says what sort of mail a message is.
type Kind string

// The kinds of mail.
const (
	Transactional Kind = "transactional" // sent by /send
	Automation    Kind = "automation"    // sent by an automation
	Campaign      Kind = "campaign"      // sent by a campaign
	CampaignTest  Kind = "campaign_test" // the test of a campaign, to the project's members
	SMTP          Kind = "smtp"          // came in by SMTP
)

// Kinds returns all kinds.
func Kinds() []Kind { return []Kind{Transactional, Automation, Campaign, CampaignTest, SMTP} }

// Status is what is known of a message's delivery.
type Status string

// The statuses, in Plunk's words.
const (
	Sent       Status = "SENT"
	Delivered  Status = "DELIVERED"
	Opened     Status = "OPENED"
	Bounced    Status = "BOUNCED"
	Complained Status = "COMPLAINT"
)

// Address is a mail address with the name shown for it, which may be empty.
type Address struct{ Name, Address string }

// String writes the address the way that a header does.
func (a Address) String() string {
	if a.Name == "" {
		return a.Address
	}
	return (&mail.Address{Name: a.Name, Address: a.Address}).String()
}

// Field is a header field.
type Field struct{ Name, Value string }

// Ref names something that a message comes from.
type Ref struct{ ID, Name string }

// Cause is where a message comes from. What does not apply is "" or nil.
type Cause struct {
	Request    string // ID of the call that asked for it
	Operation  string // of that call, such as sendEmail
	Event      *Ref
	Automation *Ref
	Campaign   *Ref // its name is its subject
	Template   *Ref
	Contact    *Ref           // its name is its address
	Variables  map[string]any // those that the content names, with their values
	Missing    []string       // those that the content names and that have no value
}

// Message is a captured mail. No one changes it once it is in a [Box].
type Message struct {
	ID          string
	Kind        Kind
	Time        time.Time // on the project's clock
	From        Address
	To          []Address // the recipients: one, but for the test of a campaign
	ReplyTo     []Address
	Cc          []Address
	Subject     string
	HTML        string
	Headers     []Field // further header fields, in order
	Attachments []Attachment
	Source      *Source // of a message that came in from outside; nil for one made here
	Cause       Cause
	Warnings    []string // what was let pass and may surprise
	Sharers     int      // how many messages hold the same attachments, headers and sender; 0 means 1
	SharedHTML  bool     // they hold the same HTML too
}

// Bounds of a preview.
const (
	previewRunes = 160              // how long it is at most
	previewBytes = 4 * previewRunes // and so many bytes have at least as many runes
	previewText  = 4 << 10          // how many bytes of the text are looked at
	previewHTML  = 256 << 10        // how many of the HTML: a style sheet may come first
)

// Preview returns the start of the text, in one line.
func (m *Message) Preview() string {
	// What a long mail says further down is not looked at, so that a list of
	// long mails stays quick.
	html, ok := m.Body()
	if !ok {
		return firstLine(m.Text())
	}
	if len(html) > previewHTML {
		html = strings.ToValidUTF8(html[:previewHTML], "")
	}
	return firstLine(startOf(html, previewBytes))
}

// firstLine makes one line of a text, as long as a preview is.
func firstLine(text string) string {
	if len(text) > previewText {
		text = strings.ToValidUTF8(text[:previewText], "")
	}
	var b strings.Builder
	for word := range strings.FieldsSeq(text) {
		if b.WriteString(word); b.Len() > previewBytes {
			break
		}
		b.WriteByte(' ')
	}
	line := strings.TrimSuffix(b.String(), " ")
	if utf8.RuneCountInString(line) <= previewRunes {
		return line
	}
	return strings.TrimSpace(string([]rune(line)[:previewRunes-1])) + "…"
}

// overhead is about what a message holds beside its texts.
const overhead = 1024

// SizeInMemory returns about how many bytes the message holds: what counts
// against the limits. What several messages hold together is counted once, a
// part with each.
func (m *Message) SizeInMemory() int64 {
	own := overhead + len(m.Subject)
	shared := len(m.From.Name) + len(m.From.Address)
	for _, list := range [][]Address{m.To, m.ReplyTo, m.Cc} {
		for _, a := range list {
			own += 32 + len(a.Name) + len(a.Address)
		}
	}
	for _, a := range m.Attachments {
		shared += 128 + len(a.Base64) + len(a.Filename) + len(a.ContentType)
	}
	for _, f := range m.Headers {
		shared += 32 + len(f.Name) + len(f.Value)
	}
	if m.SharedHTML {
		shared += len(m.HTML)
	} else {
		own += len(m.HTML)
	}
	shared += m.Source.size()
	for _, name := range m.Cause.Missing {
		own += 16 + len(name)
	}
	for name, value := range m.Cause.Variables {
		own += 64 + len(name) + held(value)
	}
	return int64(own + shared/max(1, m.Sharers))
}

// held returns about how many bytes a JSON value holds.
func held(v any) int {
	n := 16
	switch v := v.(type) {
	case string:
		n += len(v)
	case []any:
		for _, item := range v {
			n += held(item)
		}
	case map[string]any:
		for name, item := range v {
			n += 48 + len(name) + held(item)
		}
	}
	return n
}
