package remote

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Mail returns the newest message that matches. It does not wait: when a call of the API
// has returned, its mail is there. Without one the test fails, and says what did arrive,
// and in what it differs.
func (p *Plunk) Mail(t TB, filters ...Filter) *Message {
	t.Helper()
	return p.newest(t, 0, filters)
}

// WaitMail is Mail for what is sent by itself, after the call that asked for it has
// returned: it waits for up to a time, at most a minute.
func (p *Plunk) WaitMail(t TB, longest time.Duration, filters ...Filter) *Message {
	t.Helper()
	return p.newest(t, longest, filters)
}

func (p *Plunk) newest(t TB, longest time.Duration, filters []Filter) *Message {
	t.Helper()
	ctx, cancel := contextOf(t)
	defer cancel()
	messages, err := p.client.Wait(ctx, 1, longest, filters...)
	if err != nil {
		t.Fatalf("plunkmock: %s", told(err))
		return nil // where Fatalf returns
	}
	m := messages[len(messages)-1]
	m.test = t
	return m
}

// Mails returns all messages that match, oldest first; none is no failure.
func (p *Plunk) Mails(t TB, filters ...Filter) []*Message {
	t.Helper()
	ctx, cancel := contextOf(t)
	defer cancel()
	messages, err := p.client.Wait(ctx, 1, 0, filters...)
	if unmet, ok := err.(*Unmet); ok { //nolint:errorlint // Wait returns it as it is
		messages, err = unmet.Messages, nil
	}
	if err != nil {
		t.Fatalf("plunkmock: %v", err)
	}
	for _, m := range messages {
		m.test = t
	}
	return messages
}

// NoMail fails the test when a message matches, or one that is yet to come could. It is a
// proof, and does not wait.
func (p *Plunk) NoMail(t TB, filters ...Filter) {
	t.Helper()
	ctx, cancel := contextOf(t)
	defer cancel()
	if _, err := p.client.Wait(ctx, 0, 0, filters...); err != nil {
		t.Errorf("plunkmock: %s", told(err))
	}
}

// told tells an error about mail, with what there was instead.
func told(err error) string {
	if unmet, ok := err.(*Unmet); ok { //nolint:errorlint // Wait returns it as it is
		return unmet.Explain()
	}
	return err.Error()
}

// Explain tells what was awaited, and a line each for what there was instead.
func (u *Unmet) Explain() string {
	var b strings.Builder
	b.WriteString(u.Message)
	for _, m := range u.Messages[:min(len(u.Messages), shown)] {
		fmt.Fprintf(&b, "\n  matches:   to %s: %q", m.To, m.Subject)
	}
	if more := len(u.Messages) - shown; more > 0 {
		fmt.Fprintf(&b, "\n  and %d more match", more)
	}
	for _, near := range u.Arrived {
		fmt.Fprintf(&b, "\n  arrived:   to %s: %q", near.Message.To, near.Message.Subject)
		for i, miss := range near.Failed {
			fmt.Fprintf(&b, "%s%s is %q, not %q", []string{", but ", " and "}[min(i, 1)], miss.Filter, miss.Got, miss.Want)
		}
	}
	for _, task := range u.Scheduled {
		fmt.Fprintf(&b, "\n  scheduled: %s, at %s", task.Label, task.Due.Format(time.RFC3339))
	}
	return b.String()
}

// Code returns the one-time code of the message, without spaces; without one the test
// fails. Outside of tests it is "".
func (m *Message) Code() string {
	if len(m.Codes) > 0 {
		return m.Codes[0].Code
	}
	m.fail("has no one-time code; its text is %q", m.Text)
	return ""
}

// Link returns the first link of a purpose: verify, reset, unsubscribe, invite or other.
// Without one the test fails. Outside of tests it is "".
func (m *Message) Link(purpose string) string {
	var others []string
	for _, l := range m.Links {
		if l.Purpose == purpose {
			return l.Href
		}
		others = append(others, l.Purpose+": "+l.Href)
	}
	m.fail("has no link to %s; it has %q", purpose, others)
	return ""
}

// Attachment returns what is in the attachment of a name; without one the test fails.
// Outside of tests it is nil then.
func (m *Message) Attachment(filename string) []byte {
	var names []string
	for _, a := range m.Attachments {
		if a.Filename == filename {
			return m.fetch("attachments/" + itoa(a.N))
		}
		names = append(names, a.Filename)
	}
	m.fail("has no attachment %q; it has %q", filename, names)
	return nil
}

// Raw returns the message as it would go out (RFC 5322).
func (m *Message) Raw() []byte { return m.fetch("raw") }

func (m *Message) fetch(what string) (data []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := m.client.Do(ctx, http.MethodGet, "/inbox/messages/"+url.PathEscape(m.ID)+"/"+what, nil, nil, &data); err != nil {
		m.fail("%v", err)
	}
	return data
}

func (m *Message) fail(format string, args ...any) {
	if m.test == nil {
		return
	}
	m.test.Helper()
	m.test.Fatalf("plunkmock: the mail %q to %s "+format, append([]any{m.Subject, m.To}, args...)...)
}
