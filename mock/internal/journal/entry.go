package journal

import (
	"time"
	"unicode/utf8"

	"github.com/plunkmock/plunkmock/inbox"
)

// MaxBody is how many bytes of a body an entry keeps.
const MaxBody = 64 << 10

// Entry is one call.
type Entry struct {
	ID         string // that of the answer's X-Plunkmock-Request
	Time       time.Time
	Operation  string // its ID; "" for an unknown route
	Method     string
	Path       string // without the mount
	Query      string // as it arrived
	Mount      string // what the path began with, such as /v1; "" for none
	Key        string // secret or public; "" for no key
	Headers    []Header
	Body       Body
	Status     int // of the answer; 0 when the call was dropped before there was one
	Duration   time.Duration
	Response   Response
	Violations []Violation
	Warnings   []string
	Fault      *Fault   // nil: none struck
	Messages   []string // the IDs of the mails that it sent at once

	seq  uint64
	size int64
}

// Cursor returns the place of the entry in the timeline.
func (e *Entry) Cursor() string { return inbox.CursorOf(e.seq) }

// Seq is Cursor as a number.
func (e *Entry) Seq() uint64 { return e.seq }

// Response is what was answered.
type Response struct {
	Headers []Header
	Body    Body
}

// Header is a line of a header.
type Header struct{ Name, Value string }

// Body is a body, or its first 64 KiB.
type Body struct {
	Text string
	Cut  bool // there was more
}

// BodyOf keeps a body, up to what an entry may hold; no character is cut in two.
func BodyOf(b []byte) Body {
	if len(b) <= MaxBody {
		return Body{Text: string(b)}
	}
	end := MaxBody
	for end > MaxBody-utf8.UTFMax && !utf8.RuneStart(b[end]) {
		end--
	}
	return Body{string(b[:end]), true}
}

// Violation is one thing that was wrong with a request.
type Violation struct {
	Field   string
	Rule    string // the sort of rule that was broken: type, required, …
	Message string
}

// Fault is the rule that struck a call.
type Fault struct {
	ID   string
	Step int    // from 0
	Did  string // the step in words of the grammar: drop=after
}

// measure works out about how many bytes the entry holds.
func (e *Entry) measure() {
	n := 512 + len(e.ID) + len(e.Operation) + len(e.Method) + len(e.Path) + len(e.Query) + len(e.Body.Text) + len(e.Response.Body.Text)
	for _, list := range [][]Header{e.Headers, e.Response.Headers} {
		for _, h := range list {
			n += 32 + len(h.Name) + len(h.Value)
		}
	}
	for _, v := range e.Violations {
		n += 48 + len(v.Field) + len(v.Rule) + len(v.Message)
	}
	for _, list := range [][]string{e.Warnings, e.Messages} {
		for _, s := range list {
			n += 16 + len(s)
		}
	}
	e.size = int64(n)
}
