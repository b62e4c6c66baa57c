package mock

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
)

type addressOut struct {
	Name    string `json:"name"`
	Address string `json:"address"`
}

func addressesOut(list []inbox.Address) []addressOut {
	out := make([]addressOut, len(list))
	for i, a := range list {
		out[i] = addressOut(a)
	}
	return out
}

// summary is a message in a list.
type summary struct {
	ID              string     `json:"id"`
	Cursor          string     `json:"cursor"`
	Kind            string     `json:"kind"`
	From            addressOut `json:"from"`
	To              string     `json:"to"`
	Subject         string     `json:"subject"`
	Preview         string     `json:"preview"`
	Time            stamp      `json:"time"`
	Size            int64      `json:"size"`
	AttachmentCount int        `json:"attachmentCount"`
	Read            bool       `json:"read"`
	Status          string     `json:"status"`
}

func summaryOut(r inbox.Record) summary {
	to := make([]string, len(r.To))
	for i, a := range r.To {
		to[i] = a.Address
	}
	return summary{
		r.ID, r.Cursor, string(r.Kind), addressOut(r.From), strings.Join(to, ", "), r.Subject, r.PreviewLine(),
		stamp(r.Time), r.Size(), len(r.Files()), r.Read, string(r.Status),
	}
}

func summariesOut(records []inbox.Record) []summary {
	out := make([]summary, len(records))
	for i, r := range records {
		out[i] = summaryOut(r)
	}
	return out
}

// messageOut is a whole message.
type messageOut struct {
	summary
	HTML        *string         `json:"html"`
	Remote      bool            `json:"remote"` // whether that refers to images elsewhere
	Text        string          `json:"text"`
	Headers     []headerOut     `json:"headers"`
	Recipients  []addressOut    `json:"recipients"`
	ReplyTo     []addressOut    `json:"replyTo"`
	Cc          []addressOut    `json:"cc"`
	Envelope    *envelopeOut    `json:"envelope"` // of mail by SMTP alone
	Attachments []attachmentOut `json:"attachments"`
	Links       []linkOut       `json:"links"`
	Codes       []codeOut       `json:"codes"` // best first
	Unsubscribe unsubscribeOut  `json:"unsubscribe"`
	Warnings    []string        `json:"warnings"`
	Feedback    []feedbackOut   `json:"feedback"`
	Forward     *forwardOut     `json:"forward"`
	Cause       causeOut        `json:"cause"`
}

type headerOut struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type attachmentOut struct {
	N           int     `json:"n"`
	Filename    string  `json:"filename"`
	ContentType string  `json:"contentType"`
	Size        int     `json:"size"`
	ContentID   *string `json:"contentId"`
	Inline      bool    `json:"inline"`
}

type feedbackOut struct {
	Type string `json:"type"`
	Time stamp  `json:"time"`
}

type refOut struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type causeOut struct {
	Request    *string        `json:"request"`
	Operation  string         `json:"operation"`
	Event      *refOut        `json:"event"`
	Automation *refOut        `json:"automation"`
	Campaign   *refOut        `json:"campaign"`
	Template   *refOut        `json:"template"`
	Contact    *refOut        `json:"contact"`
	Variables  map[string]any `json:"variables"`
	Missing    []string       `json:"missing"`
}

type envelopeOut struct {
	MailFrom   string   `json:"mailFrom"`
	RcptTo     []string `json:"rcptTo"`
	Params     string   `json:"params"`
	RcptParams []string `json:"rcptParams"`
	EHLO       string   `json:"ehlo"`
	TLS        bool     `json:"tls"`
	User       string   `json:"user"`
	Remote     string   `json:"remote"`
	Transcript []string `json:"transcript"`
}

func envelopeOf(r inbox.Record) *envelopeOut {
	if r.Source == nil {
		return nil
	}
	e := r.Source.Envelope
	return &envelopeOut{
		e.MailFrom, append([]string{}, e.RcptTo...), e.Params, append([]string{}, e.RcptParams...),
		e.EHLO, e.TLS, e.User, e.Remote, append([]string{}, e.Transcript...),
	}
}

func fullMessage(r inbox.Record) *messageOut {
	files, found := r.Files(), r.Find()
	m := &messageOut{
		summary: summaryOut(r), Remote: r.HasRemote(), Text: found.Text, Envelope: envelopeOf(r),
		Headers: []headerOut{}, Recipients: addressesOut(r.To), ReplyTo: addressesOut(r.Replies()), Cc: addressesOut(r.Copies()),
		Attachments: make([]attachmentOut, len(files)),
		Links:       linksOut(found.Links), Codes: codesOut(found.Codes), Unsubscribe: unsubscribeOf(r.Unsubscribe(found.Links)),
		Warnings: append(append([]string{}, r.Notes()...), found.Warnings...),
		Feedback: make([]feedbackOut, len(r.Feedback)),
		Forward:  forwardOf(r.Forward),
		Cause:    causeOf(r.Cause),
	}
	if html, ok := r.Body(); ok {
		m.HTML = &html
	}
	for _, f := range r.Header() {
		m.Headers = append(m.Headers, headerOut(f))
	}
	for i, a := range files {
		m.Attachments[i] = attachmentOut{N: i, Filename: a.Filename, ContentType: a.MediaType(), Size: a.Size(), Inline: a.Inline}
		if a.ContentID != "" {
			m.Attachments[i].ContentID = &a.ContentID
		}
	}
	for i, f := range r.Feedback {
		m.Feedback[i] = feedbackOut{f.Type, stamp(f.Time)}
	}
	return m
}

func fullMessages(records []inbox.Record) []*messageOut {
	out := make([]*messageOut, len(records))
	for i, r := range records {
		out[i] = fullMessage(r)
	}
	return out
}

func causeOf(c inbox.Cause) causeOut {
	out := causeOut{
		Operation: c.Operation,
		Event:     (*refOut)(c.Event), Automation: (*refOut)(c.Automation), Campaign: (*refOut)(c.Campaign),
		Template: (*refOut)(c.Template), Contact: (*refOut)(c.Contact),
		Variables: c.Variables, Missing: append([]string{}, c.Missing...),
	}
	if c.Request != "" {
		out.Request = &c.Request
	}
	if out.Variables == nil {
		out.Variables = map[string]any{}
	}
	return out
}

// filterNames are the parameters that make a filter.
var filterNames = []string{ //nolint:gochecknoglobals // a constant
	"to", "from", "subject", "kind", "contact", "campaign", "automation", "event", "request", "since", "until", "after", "before", "q",
}

// maxQueries is how many queries a filter may have.
const maxQueries = 10

// filterOf reads the filter of a call.
func filterOf(c call) (inbox.Filter, error) {
	list := func(name string) []string { return param[[]string](c, name) }
	f := inbox.Filter{
		To: list("to"), From: list("from"), Subject: list("subject"),
		Contact: list("contact"), Campaign: list("campaign"), Automation: list("automation"), Event: list("event"), Request: list("request"),
		After: param[string](c, "after"), Before: param[string](c, "before"),
	}
	for _, k := range list("kind") {
		f.Kind = append(f.Kind, inbox.Kind(k))
	}
	f.Since, _ = time.Parse(time.RFC3339, param[string](c, "since")) // the document's format checked them
	f.Until, _ = time.Parse(time.RFC3339, param[string](c, "until"))
	if n := len(list("q")); n > maxQueries {
		return f, unprocessable(fmt.Sprintf("q: may be given %d times, not %d", maxQueries, n))
	}
	for _, text := range list("q") {
		q, err := inbox.ParseQuery(text)
		if err != nil {
			return f, unprocessable(err.Error())
		}
		f.Q = append(f.Q, q)
	}
	if err := f.Check(); err != nil {
		return f, unprocessable(err.Error())
	}
	return f, checkAhead(c.world.timeline, f.After)
}

// checkAhead refuses a cursor that is ahead of all that has happened: it is of
// another run of the server, and behind it nothing would ever be found.
func checkAhead(line *inbox.Timeline, after string) error {
	if inbox.SeqOf(after) <= line.Seq() {
		return nil
	}
	return unprocessable(fmt.Sprintf("after: %q is ahead of all that has happened, so that it is a cursor of another run or project; take that of a new answer", after))
}

func unprocessable(message string) error {
	return &problem{status: http.StatusUnprocessableEntity, message: message}
}

type messagesResponse struct {
	Messages []summary `json:"messages"`
	Total    int       `json:"total"`
	Unread   int       `json:"unread"`
	Dropped  int       `json:"dropped"`
	Next     *string   `json:"next"`
	Cursor   string    `json:"cursor"`
}

func listMessages(c call, _ none) (messagesResponse, error) {
	f, err := filterOf(c)
	if err != nil {
		return messagesResponse{}, err
	}
	page := c.world.box.ListFrom(f, param[int](c, "offset"), param[int](c, "limit"))
	r := messagesResponse{summariesOut(page.Messages), page.Total, page.Unread, page.Dropped, nil, page.Cursor}
	if page.Next != "" {
		r.Next = &page.Next
	}
	return r, nil
}

func deleteMessages(c call, _ none) (deletedResponse, error) {
	f, err := filterOf(c)
	if err != nil {
		return deletedResponse{}, err
	}
	return deletedResponse{c.world.box.Delete(f)}, nil
}

type markedResponse struct {
	Marked int `json:"marked"`
}

// markAllRead marks the messages that match.
func markAllRead(c call, _ none) (markedResponse, error) {
	f, err := filterOf(c)
	if err != nil {
		return markedResponse{}, err
	}
	return markedResponse{c.world.box.MarkRead(f)}, nil
}

// messageOf finds the message that a call names: by ID, or the latest that
// matches.
func messageOf(c call) (inbox.Record, error) {
	id := param[string](c, "id")
	if id != "latest" {
		for _, name := range filterNames {
			if _, given := c.in.Params[name]; given {
				return inbox.Record{}, unprocessable(name + ": filters go with latest, not with the ID of a message")
			}
		}
		if r, ok := c.world.box.Get(id); ok {
			return r, nil
		}
		return inbox.Record{}, &problem{status: http.StatusNotFound, message: fmt.Sprintf("The project %q has no message %q", c.world.name, id)}
	}
	f, err := filterOf(c)
	if err != nil {
		return inbox.Record{}, err
	}
	if r, ok := c.world.box.Latest(f); ok {
		return r, nil
	}
	return inbox.Record{}, &problem{status: http.StatusNotFound, message: fmt.Sprintf(
		"The project %q has no message that matches, of %d in its inbox", c.world.name, c.world.box.Len())}
}

// ofMessage makes a handler of what to do with the message that a call names.
func ofMessage[Out any](fn func(call, inbox.Record) (Out, error)) func(call, none) (Out, error) {
	return func(c call, _ none) (out Out, err error) {
		r, err := messageOf(c)
		if err != nil {
			return out, err
		}
		return fn(c, r)
	}
}

func getMessage(_ call, r inbox.Record) (*messageOut, error) { return fullMessage(r), nil }

func deleteMessage(c call, r inbox.Record) (deletedResponse, error) {
	if !c.world.box.DeleteID(r.ID) {
		return deletedResponse{}, &problem{status: http.StatusNotFound, message: "The message has just been deleted"}
	}
	return deletedResponse{1}, nil
}

// setRead makes a handler that marks a message.
func setRead(read bool) func(call, inbox.Record) (summary, error) {
	return func(c call, r inbox.Record) (summary, error) {
		r, ok := c.world.box.SetRead(r.ID, read)
		if !ok {
			return summary{}, &problem{status: http.StatusNotFound, message: "The message has just been deleted"}
		}
		return summaryOut(r), nil
	}
}

func readFeedback(f fields) string { return f.str("type") }

// addMessageEvent plays the mail provider.
func addMessageEvent(c call, kind string) (*messageOut, error) {
	r, err := messageOf(c)
	if err != nil {
		return nil, err
	}
	if err := c.world.plunk.Feedback(r.ID, kind, ""); err != nil {
		return nil, err
	}
	if now, ok := c.world.box.Get(r.ID); ok {
		r = now
	}
	return fullMessage(r), nil
}
