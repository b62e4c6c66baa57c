package inbox

import (
	"cmp"
	"slices"
	"sync"
)

// Content is what the bytes of a message say.
type Content struct {
	Header      []Field // decoded, in order
	ReplyTo, Cc []Address
	HTML        string
	HasHTML     bool
	Text        string // of the text part
	Attachments []Attachment
	Warnings    []string // what could not be read, or not as it was meant
}

// Source is a message that came in from outside, byte for byte as it was received.
// What it says is read when someone first asks, not while it is taken. The messages
// of several recipients share one Source.
type Source struct {
	Bytes    []byte
	Envelope Envelope
	// Read reads the bytes; nil means that no one can.
	Read func([]byte) Content `json:"-"`

	once    sync.Once
	content Content
}

// Content returns what the bytes say.
func (s *Source) Content() *Content {
	s.once.Do(func() {
		if s.Read == nil {
			s.content.Warnings = []string{"the message is not read: nothing in this process can; its source is whole"}
			return
		}
		s.content = s.Read(s.Bytes)
	})
	return &s.content
}

// Body returns the HTML of the message; false when it has none.
func (m *Message) Body() (html string, ok bool) {
	if m.Source == nil {
		return m.HTML, true
	}
	c := m.Source.Content()
	return c.HTML, c.HasHTML
}

// Text returns the message's text: its text part, or what its HTML says. Long HTML is
// not looked into to its end.
func (m *Message) Text() string {
	if m.Source == nil {
		return textOf(m.HTML)
	}
	c := m.Source.Content()
	if c.Text == "" && c.HasHTML {
		return textOf(c.HTML)
	}
	return c.Text
}

// Files returns the attachments of the message.
func (m *Message) Files() []Attachment {
	if m.Source == nil {
		return m.Attachments
	}
	return m.Source.Content().Attachments
}

// Notes returns the warnings of the message, with those about its source.
func (m *Message) Notes() []string {
	if m.Source == nil {
		return m.Warnings
	}
	return append(slices.Clip(m.Warnings), m.Source.Content().Warnings...)
}

// Replies returns the addresses that a reply goes to.
func (m *Message) Replies() []Address {
	if m.Source == nil {
		return m.ReplyTo
	}
	return m.Source.Content().ReplyTo
}

// Copies returns the addresses of Cc.
func (m *Message) Copies() []Address {
	if m.Source == nil {
		return m.Cc
	}
	return m.Source.Content().Cc
}

// size returns about how many bytes the source holds, what it says included.
func (s *Source) size() int {
	if s == nil {
		return 0
	}
	n := 2 * len(s.Bytes) // the bytes, and what they say once that is read
	for _, line := range s.Envelope.Transcript {
		n += 16 + len(line)
	}
	return cmp.Or(n, 1)
}

// given returns the header fields that whoever made the message has given it.
func (m *Message) given() []Field {
	if m.Source == nil {
		return m.Headers
	}
	return m.Source.Content().Header
}
