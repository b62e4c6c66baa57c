package remote

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Address is a mail address with the name shown for it, which may be empty.
type Address struct {
	Name    string `json:"name"`
	Address string `json:"address"`
}

// Summary is a message in a list.
type Summary struct {
	ID              string    `json:"id"`
	Cursor          string    `json:"cursor"`
	Kind            string    `json:"kind"` // transactional, automation, campaign, campaign_test or smtp
	From            Address   `json:"from"`
	To              string    `json:"to"`
	Subject         string    `json:"subject"`
	Preview         string    `json:"preview"`
	Time            time.Time `json:"time"` // on the project's clock
	Size            int64     `json:"size"`
	AttachmentCount int       `json:"attachmentCount"`
	Read            bool      `json:"read"`
	Status          string    `json:"status"` // SENT, DELIVERED, OPENED, BOUNCED or COMPLAINT
}

// Message is a captured mail.
type Message struct {
	Summary

	HTML        string       `json:"html"` // "" when it has none
	Text        string       `json:"text"`
	Headers     []Header     `json:"headers"`
	ReplyTo     []Address    `json:"replyTo"`
	Cc          []Address    `json:"cc"`
	Envelope    *Envelope    `json:"envelope"` // nil but for mail by SMTP
	Attachments []Attachment `json:"attachments"`
	Links       []Link       `json:"links"`
	Codes       []Code       `json:"codes"` // best first
	Warnings    []string     `json:"warnings"`
	Cause       Cause        `json:"cause"`

	test   TB // nil outside of tests
	client *Client
}

// Header is a header field, decoded.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Envelope is the SMTP session that brought a message.
type Envelope struct {
	MailFrom   string   `json:"mailFrom"`
	RcptTo     []string `json:"rcptTo"`
	Params     string   `json:"params"`
	EHLO       string   `json:"ehlo"`
	TLS        bool     `json:"tls"`
	User       string   `json:"user"`
	Transcript []string `json:"transcript"`
}

// Attachment is what a message carries. [Message.Attachment] gets what is in it.
type Attachment struct {
	N           int    `json:"n"` // from 0
	Filename    string `json:"filename"`
	ContentType string `json:"contentType"`
	Size        int    `json:"size"`
	ContentID   string `json:"contentId"`
	Inline      bool   `json:"inline"`
}

// Link is a link of a message.
type Link struct {
	Text    string `json:"text"`
	Href    string `json:"href"` // with the tracking redirect undone
	Host    string `json:"host"`
	Purpose string `json:"purpose"` // verify, reset, unsubscribe, invite or other
}

// Code is a one-time code in a message.
type Code struct {
	Code       string  `json:"code"` // without spaces
	Label      string  `json:"label"`
	Position   int     `json:"position"` // in the text; -1 when it stands in the subject alone
	Confidence float64 `json:"confidence"`
}

// Reference names something that a message comes from.
type Reference struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Cause is where a message comes from. What does not apply is "" or nil.
type Cause struct {
	Request    string         `json:"request"`
	Operation  string         `json:"operation"`
	Event      *Reference     `json:"event"`
	Automation *Reference     `json:"automation"`
	Campaign   *Reference     `json:"campaign"`
	Template   *Reference     `json:"template"`
	Contact    *Reference     `json:"contact"`
	Variables  map[string]any `json:"variables"`
	Missing    []string       `json:"missing"` // variables that have no value
}

// Header returns the first header field of a name; "" when there is none.
func (m *Message) Header(name string) string {
	i := slices.IndexFunc(m.Headers, func(h Header) bool { return strings.EqualFold(h.Name, name) })
	if i < 0 {
		return ""
	}
	return m.Headers[i].Value
}

// Messages lists the messages that match, newest first, at most 1,000.
func (c *Client) Messages(ctx context.Context, filters ...Filter) ([]Summary, error) {
	query := queryOf(filters)
	if !query.Has("limit") {
		query.Set("limit", "1000")
	}
	var page Page
	err := c.Do(ctx, http.MethodGet, "/inbox/messages", query, nil, &page)
	return page.Messages, err
}

// Page is an answer of GET /inbox/messages: a part of a list.
type Page struct {
	Messages []Summary // newest first
	Total    int       // how many match
	Dropped  int       // mails that had to go to make room
	Next     string    // the cursor before which the list goes on; "" at its end
}

// Message returns a message by its ID, or with the ID latest the newest that matches.
func (c *Client) Message(ctx context.Context, id string, filters ...Filter) (*Message, error) {
	m := &Message{client: c}
	if err := c.one(ctx, http.MethodGet, "/inbox/messages/", id, "", queryOf(filters), m); err != nil {
		return nil, err
	}
	return m, nil
}

// Raw returns the RFC 5322 bytes of a message.
func (c *Client) Raw(ctx context.Context, id string) (raw []byte, err error) {
	err = c.one(ctx, http.MethodGet, "/inbox/messages/", id, "/raw", nil, &raw)
	return raw, err
}

// AttachmentData returns what is in an attachment of a message, counted from 0.
func (c *Client) AttachmentData(ctx context.Context, id string, n int) (data []byte, err error) {
	err = c.one(ctx, http.MethodGet, "/inbox/messages/", id, "/attachments/"+itoa(n), nil, &data)
	return data, err
}

// DeleteMessages deletes the messages that match, and returns how many those were.
func (c *Client) DeleteMessages(ctx context.Context, filters ...Filter) (int, error) {
	var out struct{ Deleted int }
	err := c.Do(ctx, http.MethodDelete, "/inbox/messages", queryOf(filters), nil, &out)
	return out.Deleted, err
}

// Wait waits until at least count messages match, those already there included, and
// returns all of them, oldest first. With a count of 0 it answers at once: it proves that
// none matches, and that nothing scheduled could. The error is an [Unmet] when that is not
// so, or not in time. A [Limit] among the filters has no say.
func (c *Client) Wait(ctx context.Context, count int, timeout time.Duration, filters ...Filter) ([]*Message, error) {
	query := queryOf(filters)
	query.Del("limit")
	query.Set("count", itoa(count))
	if count > 0 {
		query.Set("timeout", timeout.String())
	}
	var out struct{ Messages []*Message }
	err := c.Do(ctx, http.MethodGet, "/inbox/wait", query, nil, &out)
	if unmet := unmetOf(err); unmet != nil {
		for _, m := range unmet.Messages {
			m.client = c
		}
		return nil, unmet
	}
	for _, m := range out.Messages {
		m.client = c
	}
	return out.Messages, err
}

// maxWait is the longest that a server holds a call.
const maxWait = time.Minute

// WaitContext is Wait until a context ends. It tells what there is also when that has ended
// already.
func (c *Client) WaitContext(ctx context.Context, count int, filters ...Filter) ([]*Message, error) {
	for {
		longest := maxWait
		if end, ok := ctx.Deadline(); ok {
			longest = max(0, min(longest, time.Until(end)))
		}
		if ctx.Err() != nil {
			longest = 0
		}
		messages, err := c.waitUnlessCanceled(ctx, count, longest, filters)
		if _, unmet := errors.AsType[*Unmet](err); longest == 0 || !unmet && ctx.Err() == nil {
			return messages, err
		}
	}
}

// waitUnlessCanceled is Wait that a cancellation ends. The end of its time does not: the
// server tells by then what there is.
func (c *Client) waitUnlessCanceled(ctx context.Context, count int, longest time.Duration, filters []Filter) ([]*Message, error) {
	call, cancel := context.WithTimeout(context.WithoutCancel(ctx), longest+maxWait)
	defer cancel()
	if ctx.Err() == nil {
		stop := context.AfterFunc(ctx, func() {
			if errors.Is(ctx.Err(), context.Canceled) {
				cancel()
			}
		})
		defer stop()
	}
	return c.Wait(call, count, longest, filters...)
}

// Unmet is the error of an expectation about mail that was not met.
type Unmet struct {
	Message   string // in one sentence, what was awaited and what was there
	Messages  []*Message
	Arrived   []Near // nearest first, at most 20
	Scheduled []Task // mail yet to come that could match
}

// Near is a message that does not match, and why.
type Near struct {
	Message Summary
	Failed  []Miss
}

// Miss is a filter, or a field, that is not as it should be.
type Miss struct {
	Filter, Field string // one of them
	Want, Got     string
}

// Error returns the message; [Unmet.Explain] tells more.
func (u *Unmet) Error() string { return u.Message }

// unmetOf makes an Unmet of the error that a wait has; nil for any other error.
func unmetOf(err error) *Unmet {
	if failed := asError(err); failed != nil {
		return failed.Unmet()
	}
	return nil
}

// Unmet returns what GET /inbox/wait says when an expectation was not met; nil for the
// error of anything else.
func (e *Error) Unmet() *Unmet {
	if e.Status != http.StatusConflict {
		return nil
	}
	u := new(Unmet)
	if json.Unmarshal(e.Body, u) != nil || u.Message == "" {
		u.Message = e.Message
	}
	return u
}
