package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Mail returns the newest message that matches. It does not wait: when a call of the API
// has returned, its mail is there. Without one the test fails, and says what did arrive,
// and in what it differs.
func (p *Plunk) Mail(t TB, filters ...Filter) *Message {
	t.Helper()
	ctx, cancel := callContext()
	defer cancel()
	messages, err := p.client.Wait(ctx, 1, 0, filters...)
	return newest(t, messages, err, "There is no mail"+worded(filters))
}

// WaitMail is Mail for what is sent by itself, after the call that asked for it has
// returned: it waits for up to a time.
func (p *Plunk) WaitMail(t TB, longest time.Duration, filters ...Filter) *Message {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	messages, err := p.client.WaitContext(ctx, 1, filters...)
	return newest(t, messages, err, fmt.Sprintf("In %v came no mail%s", longest, worded(filters)))
}

// WaitMailContext is WaitMail that waits until a context ends.
func (p *Plunk) WaitMailContext(ctx context.Context, t TB, filters ...Filter) *Message {
	t.Helper()
	messages, err := p.client.WaitContext(ctx, 1, filters...)
	return newest(t, messages, err, "Before the context ended came no mail"+worded(filters))
}

// newest returns the last of the messages that a wait has found.
func newest(t TB, messages []*Message, err error, none string) *Message {
	t.Helper()
	if err != nil {
		t.Fatalf("plunkmock: %s", told(none, err))
		return nil // where Fatalf returns
	}
	m := messages[len(messages)-1]
	m.test = t
	return m
}

// Mails returns all messages that match, oldest first; none is no failure.
func (p *Plunk) Mails(t TB, filters ...Filter) []*Message {
	t.Helper()
	ctx, cancel := callContext()
	defer cancel()
	messages, err := p.client.Wait(ctx, 1, 0, filters...)
	if unmet, ok := errors.AsType[*Unmet](err); ok {
		messages, err = unmet.Messages, nil
	}
	if err != nil {
		t.Fatalf("plunkmock: %v", err)
	}
	if n, err := strconv.Atoi(queryOf(filters).Get("limit")); err == nil {
		if n < 0 {
			t.Fatalf("plunkmock: Limit must be 0 or more, not %d", n)
			return nil // where Fatalf returns
		}
		messages = messages[max(0, len(messages)-n):]
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
	ctx, cancel := callContext()
	defer cancel()
	if _, err := p.client.Wait(ctx, 0, 0, filters...); err != nil {
		t.Errorf("plunkmock: %s", told("There should be no mail"+worded(filters), err))
	}
}

// worded tells in words what filters ask for.
func worded(filters []Filter) string {
	var people, others strings.Builder
	q := queryOf(filters)
	q.Del("limit")
	for _, name := range slices.Sorted(maps.Keys(q)) {
		values := make([]string, len(q[name]))
		for i, v := range q[name] {
			values[i] = strconv.Quote(v)
		}
		wanted := name + " " + strings.Join(values, " or ")
		switch {
		case name == "to" || name == "from":
			people.WriteString(" " + wanted)
		case others.Len() == 0:
			others.WriteString(" with " + wanted)
		default:
			others.WriteString(" and " + wanted)
		}
	}
	return people.String() + others.String()
}

// told tells an error about mail, with what there was instead.
func told(expected string, err error) string {
	unmet, ok := errors.AsType[*Unmet](err)
	if !ok {
		return err.Error()
	}
	if strings.HasSuffix(expected, " no mail") && len(unmet.Messages)+len(unmet.Scheduled) == 0 {
		return expected + " at all."
	}
	return unmet.instead(expected)
}

// Explain tells what was awaited, and a line each for what there was instead.
func (u *Unmet) Explain() string {
	expected := strings.TrimSuffix(u.Message, "; nothing else came either") // which comes below
	if len(u.Arrived) > 0 {
		expected, _, _ = strings.Cut(expected, "; nearest is ")
	}
	return u.instead(expected)
}

func (u *Unmet) instead(expected string) string {
	var b strings.Builder
	b.WriteString(strings.TrimSuffix(expected, "."))
	switch {
	case len(u.Arrived) > 0:
		b.WriteString(". What did arrive, nearest first:")
	case len(u.Messages)+len(u.Scheduled) == 0:
		b.WriteString(". Nothing else arrived.")
	default:
		b.WriteString(".")
	}
	for _, n := range u.Arrived[:min(len(u.Arrived), near)] {
		fmt.Fprintf(&b, "\n  to %s: %q, where %s", n.Message.To, n.Message.Subject, missesOf(n.Failed))
	}
	if len(u.Arrived) > near {
		b.WriteString("\n  and others")
	}
	for _, m := range u.Messages[:min(len(u.Messages), shown)] {
		fmt.Fprintf(&b, "\n  there is one to %s: %q", m.To, m.Subject)
	}
	if more := len(u.Messages) - shown; more > 0 {
		fmt.Fprintf(&b, "\n  and %d more", more)
	}
	for _, task := range u.Scheduled {
		fmt.Fprintf(&b, "\n  scheduled at %s, until which Advance can go: %s", task.Due.Format(time.RFC3339), task.Label)
	}
	return b.String()
}

// missesOf tells why something does not match.
func missesOf(misses []Miss) string {
	words := make([]string, len(misses))
	for i, m := range misses {
		switch {
		case m.Field != "" && strings.Contains(m.Got, "\n"): // a body that is no JSON
			words[i] = fmt.Sprintf("%s is %q, not %s", m.Field, m.Got, m.Want)
		case m.Field != "":
			words[i] = fmt.Sprintf("%s is %s, not %s", m.Field, m.Got, m.Want)
		case m.Filter == "q":
			words[i] = fmt.Sprintf("%s of the query does not hold: it has %q", m.Want, m.Got)
		default:
			words[i] = fmt.Sprintf("%s is %q, not %q", m.Filter, m.Got, m.Want)
		}
	}
	return strings.Join(words, " and ")
}

// miscounted tells that calls were not as many as expected, and which came near.
func miscounted(failed *Error) string {
	var unmet struct {
		Nearest []struct {
			Request Request
			Failed  []Miss
		}
	}
	if json.Unmarshal(failed.Body, &unmet) != nil || len(unmet.Nearest) == 0 {
		return failed.Message
	}
	message, _, _ := strings.Cut(failed.Message, "; nearest is ")
	var b strings.Builder
	b.WriteString(message + ". What was called, nearest first:")
	for _, near := range unmet.Nearest {
		fmt.Fprintf(&b, "\n  %s, where %s", call(near.Request), missesOf(near.Failed))
	}
	return b.String()
}

// Code returns the one-time code of the message, without spaces; without one the test
// fails. Outside of tests it is "".
func (m *Message) Code() string {
	if m.test != nil {
		m.test.Helper()
	}
	if len(m.Codes) > 0 {
		return m.Codes[0].Code
	}
	m.fail(" has no one-time code; its text is %.300q", m.Text)
	return ""
}

// Link returns the first link of a purpose: verify, reset, unsubscribe, invite or other.
// Without one the test fails. Outside of tests it is "".
func (m *Message) Link(purpose string) string {
	if m.test != nil {
		m.test.Helper()
	}
	var others []string
	for _, l := range m.Links {
		if l.Purpose == purpose {
			return l.Href
		}
		others = append(others, l.Purpose+": "+l.Href)
	}
	m.fail(" has no link to %s; it has %q", purpose, others)
	return ""
}

// Attachment returns what is in the attachment of a name; without one the test fails.
// Outside of tests it is nil then.
func (m *Message) Attachment(filename string) []byte {
	if m.test != nil {
		m.test.Helper()
	}
	var names []string
	for _, a := range m.Attachments {
		if a.Filename == filename {
			return m.fetch("attachments/" + itoa(a.N))
		}
		names = append(names, a.Filename)
	}
	m.fail(" has no attachment %q; it has %q", filename, names)
	return nil
}

// Raw returns the message as it would go out (RFC 5322).
func (m *Message) Raw() []byte {
	if m.test != nil {
		m.test.Helper()
	}
	return m.fetch("raw")
}

func (m *Message) fetch(what string) (data []byte) {
	if m.test != nil {
		m.test.Helper()
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := m.client.Do(ctx, http.MethodGet, "/inbox/messages/"+url.PathEscape(m.ID)+"/"+what, nil, nil, &data); err != nil {
		m.fail(": %v", err)
	}
	return data
}

func (m *Message) fail(format string, args ...any) {
	if m.test == nil {
		return
	}
	m.test.Helper()
	m.test.Fatalf("plunkmock: the mail %q to %s"+format, append([]any{m.Subject, m.To}, args...)...)
}
