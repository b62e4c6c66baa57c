package remote

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// Request is a call in the journal.
type Request struct {
	ID         string
	Cursor     string
	Time       time.Time
	Operation  string // "" for an unknown route
	Method     string
	Path       string // without its mount
	Query      string
	Key        string // secret or public
	Headers    []Header
	Body       string
	Status     int // 0 when the connection was dropped before there was an answer
	Response   Response
	Violations []Violation
	Warnings   []string
	Fault      *Struck  // nil: none struck
	Messages   []string // the IDs of the mails that it led to
}

// Wrong tells in words what was wrong with a call, the fault that struck it first; nothing for
// one that was answered as it was meant.
func (r Request) Wrong() []string {
	var wrong []string
	if r.Fault != nil {
		wrong = append(wrong, "the fault "+r.Fault.ID+" struck: "+r.Fault.Did)
	}
	for _, v := range r.Violations {
		wrong = append(wrong, v.Field+": "+v.Message)
	}
	wrong = append(wrong, r.Warnings...)
	if len(wrong) > 0 || r.Status < http.StatusBadRequest {
		return wrong
	}
	var refused struct{ Message string }
	if json.Unmarshal([]byte(r.Response.Body), &refused) == nil && refused.Message != "" {
		return []string{refused.Message}
	}
	if r.Operation == "smtp" && r.Response.Body != "" {
		return []string{r.Response.Body} // the line of the reply
	}
	return nil
}

// Response is what was answered.
type Response struct {
	Headers []Header
	Body    string
}

// Violation is one thing that was wrong with a call.
type Violation struct{ Field, Rule, Message string }

// Struck is the rule that struck a call.
type Struck struct {
	ID   string
	Step int    // from 0
	Did  string // the step, such as drop=after
}

// A CallFilter is a condition on calls. Different ones must all match; of one kind the last
// counts. A nil CallFilter is no condition.
type CallFilter func(*calls)

// calls is what filters ask for; the body is JSON of which the call's must have a part.
type calls struct {
	query map[string][]string
	body  any
}

func calling(name, value string) CallFilter {
	return func(c *calls) { c.query[name] = []string{value} }
}

// Operation matches calls of an operation, such as sendEmail.
func Operation(id string) CallFilter { return calling("operation", id) }

// CallPath matches calls of such a path without its mount: /contacts/*.
func CallPath(glob string) CallFilter { return calling("path", glob) }

// Answered matches calls that were answered with a status, such as 429.
func Answered(status int) CallFilter { return calling("status", strconv.Itoa(status)) }

// BodyContains matches calls whose body has what part has, which is made JSON: a list must
// hold each of its items, an object each of its members.
func BodyContains(part any) CallFilter { return func(c *calls) { c.body = part } }

// AfterCursor matches calls that came after a cursor.
func AfterCursor(cursor string) CallFilter { return calling("after", cursor) }

func callsOf(filters []CallFilter) calls {
	c := calls{query: map[string][]string{}}
	for _, f := range filters {
		if f != nil {
			f(&c)
		}
	}
	return c
}

// Requests lists the calls that match, newest first, at most 1,000.
func (c *Client) Requests(ctx context.Context, filters ...CallFilter) ([]Request, error) {
	want := callsOf(filters)
	query := url.Values(want.query)
	query.Set("limit", "1000")
	var out struct{ Requests []Request }
	if err := c.Do(ctx, http.MethodGet, "/requests", query, nil, &out); err != nil || want.body == nil {
		return out.Requests, err
	}
	verified, err := c.verify(ctx, want, map[string]int{"atLeast": 0})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(out.Requests, func(r Request) bool { return !slices.Contains(verified.Requests, r.ID) }), nil
}

// Verified is what a count of calls has found.
type Verified struct {
	Count    int
	Requests []string // their IDs
	Dropped  int      // calls that the journal has lost
}

// Verify fails unless exactly n calls match. The error tells which calls are nearest, and
// how they differ.
func (c *Client) Verify(ctx context.Context, n int, filters ...CallFilter) (Verified, error) {
	return c.verify(ctx, callsOf(filters), map[string]int{"exactly": n})
}

func (c *Client) verify(ctx context.Context, want calls, count map[string]int) (v Verified, err error) {
	body := map[string]any{"count": count}
	for name, values := range want.query {
		if name != "limit" {
			body[name] = values[0]
		}
	}
	if want.body != nil {
		body["bodyContains"] = want.body
	}
	err = c.Do(ctx, http.MethodPost, "/requests/verify", nil, body, &v)
	return v, err
}
