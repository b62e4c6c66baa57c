package journal

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/glob"
)

// Filter picks calls. Different fields must all match; several values of one field
// mean any of them. The zero Filter matches every call.
type Filter struct {
	Operation []string // IDs
	Method    []string // in any letter case
	Path      []string // globs on the path, with its mount or without; in any letter case
	Status    []string // such as 429 or 4xx; 0 for a call that was dropped before it had an answer
	Q         string   // words, all of which occur in the operation, the method, the path, the query (as it arrived or decoded) or a body; in any letter case
	Body      any      // decoded JSON that the request's body contains; nil for any
	Since     time.Time
	Until     time.Time
	After     string // a cursor: newer than that; "" for none
	Before    string // a cursor: older than that; "" for none
}

// Check tells what is wrong with a filter, as an *inbox.FilterError; nil when
// nothing is.
func (f *Filter) Check() error {
	for _, s := range f.Status {
		if !validStatus(s) {
			return &inbox.FilterError{Filter: "status", Msg: fmt.Sprintf("must be a status such as 429, or a class of them such as 4xx, not %q", s)}
		}
	}
	for _, m := range f.Method {
		if !slices.Contains(methods, strings.ToUpper(m)) {
			return &inbox.FilterError{Filter: "method", Msg: fmt.Sprintf("must be one of %s, not %q", strings.Join(methods, " "), m)}
		}
	}
	for _, p := range f.Path {
		if !strings.HasPrefix(p, "/") && !strings.HasPrefix(p, "*") { // which no path matches
			return &inbox.FilterError{Filter: "path", Msg: fmt.Sprintf("must start with / or *, such as /contacts/*, not %q", p)}
		}
	}
	if err := inbox.CheckCursor("after", f.After); err != nil {
		return err
	}
	return inbox.CheckCursor("before", f.Before)
}

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} //nolint:gochecknoglobals // a constant

func validStatus(s string) bool {
	if s == "0" {
		return true
	}
	if len(s) != 3 || s[0] < '1' || s[0] > '5' {
		return false
	}
	_, err := strconv.Atoi(s)
	return err == nil || strings.EqualFold(s[1:], "xx")
}

// Miss is something that a call does not match.
type Miss struct {
	Field string
	Want  string // several values joined by " or "
	Got   string
}

// criterion is one field of a filter: what it wants, and what a call has.
type criterion struct {
	field string
	want  []string
	got   func(e *Entry) string
	same  func(want string, e *Entry) bool
}

// criteria returns the fields by value, in the order in which misses are told.
func (f *Filter) criteria() []criterion {
	all := []criterion{
		{"operation", f.Operation, func(e *Entry) string { return e.Operation }, func(want string, e *Entry) bool { return want == e.Operation }},
		{"method", f.Method, func(e *Entry) string { return e.Method }, func(want string, e *Entry) bool { return strings.EqualFold(want, e.Method) }},
		{"path", f.Path, func(e *Entry) string { return e.Path }, samePath},
		{"status", f.Status, func(e *Entry) string { return strconv.Itoa(e.Status) }, sameStatus},
	}
	wanted := all[:0]
	for _, c := range all {
		if len(c.want) > 0 {
			wanted = append(wanted, c)
		}
	}
	return wanted
}

func samePath(want string, e *Entry) bool {
	want = tidyPath(want)
	return glob.Match(want, tidyPath(e.Path)) || e.Mount != "" && glob.Match(want, tidyPath(e.Mount+e.Path))
}

func tidyPath(path string) string {
	if len(path) > 1 {
		path = strings.TrimSuffix(path, "/")
	}
	return strings.ToLower(path)
}

func sameStatus(want string, e *Entry) bool {
	got := strconv.Itoa(e.Status)
	if len(want) == 3 && strings.EqualFold(want[1:], "xx") {
		return got[0] == want[0]
	}
	return got == want
}

func (c criterion) match(e *Entry) bool {
	return slices.ContainsFunc(c.want, func(want string) bool { return c.same(want, e) })
}

// matcher is a filter made ready to look at many calls.
type matcher struct {
	criteria      []criterion
	words         []string // in lower case
	body          any
	since, until  time.Time
	after, before uint64 // exclusive; before is beyond all when there is none
}

func (f *Filter) ready() matcher {
	m := matcher{
		criteria: f.criteria(), words: strings.Fields(strings.ToLower(f.Q)), body: f.Body,
		since: f.Since, until: f.Until, after: inbox.SeqOf(f.After), before: inbox.SeqOf(f.Before),
	}
	if f.Before == "" {
		m.before = 1<<64 - 1
	}
	return m
}

func (m *matcher) match(e *Entry) bool {
	return m.matchButBody(e) && (m.body == nil || hasBody(m.body, e) == yes)
}

// matchButBody tells whether all matches but perhaps the body.
func (m *matcher) matchButBody(e *Entry) bool {
	if !m.within(e) {
		return false
	}
	for _, c := range m.criteria {
		if !c.match(e) {
			return false
		}
	}
	return m.says(e)
}

// within tells whether a call came when the filter looks.
func (m *matcher) within(e *Entry) bool {
	return e.seq > m.after && e.seq < m.before &&
		(m.since.IsZero() || !e.Time.Before(m.since)) && (m.until.IsZero() || !e.Time.After(m.until))
}

// says tells whether all words occur in a call.
func (m *matcher) says(e *Entry) bool {
	if len(m.words) == 0 {
		return true
	}
	query, err := url.QueryUnescape(e.Query)
	if err != nil {
		query = e.Query
	}
	text := []string{e.Operation, e.Method, e.Mount + e.Path, e.Query, query, e.Body.Text, e.Response.Body.Text}
	for i := range text {
		text[i] = strings.ToLower(text[i])
	}
	for _, word := range m.words {
		if !slices.ContainsFunc(text, func(s string) bool { return strings.Contains(s, word) }) {
			return false
		}
	}
	return true
}

// Misses returns each thing of operation, method, path, status and body that a
// call does not match.
func (f *Filter) Misses(e *Entry) []Miss {
	var misses []Miss
	for _, c := range f.criteria() {
		if !c.match(e) {
			misses = append(misses, Miss{c.field, strings.Join(c.want, " or "), c.got(e)})
		}
	}
	if f.Body != nil {
		misses = append(misses, bodyMisses(f.Body, e)...)
	}
	return misses
}
