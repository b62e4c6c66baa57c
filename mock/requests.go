package mock

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/contract"
	"github.com/plunkmock/plunkmock/mock/internal/fault"
	"github.com/plunkmock/plunkmock/mock/internal/journal"
)

type requestResponse struct {
	ID            string         `json:"id"`
	Cursor        string         `json:"cursor"`
	Time          stamp          `json:"time"`
	Operation     *string        `json:"operation"`
	Method        string         `json:"method"`
	Path          string         `json:"path"`
	Query         string         `json:"query"`
	Mount         string         `json:"mount"`
	Key           *string        `json:"key"`
	Headers       []headerOut    `json:"headers"`
	Body          string         `json:"body"`
	BodyTruncated bool           `json:"bodyTruncated"`
	Status        int            `json:"status"`
	Duration      float64        `json:"duration"` // milliseconds
	Response      answerOut      `json:"response"`
	Violations    []violationOut `json:"violations"`
	Warnings      []string       `json:"warnings"`
	Fault         *struckOut     `json:"fault"`
	Messages      []string       `json:"messages"`
}

type answerOut struct {
	Headers       []headerOut `json:"headers"`
	Body          string      `json:"body"`
	BodyTruncated bool        `json:"bodyTruncated"`
}

type violationOut struct {
	Field   string `json:"field"`
	Rule    string `json:"rule"`
	Message string `json:"message"`
}

type struckOut struct {
	ID   string `json:"id"`
	Step int    `json:"step"`
	Did  string `json:"did"`
}

// requestOut writes an entry; later are the mails that it has led to since.
func requestOut(e *journal.Entry, later []string) requestResponse {
	out := requestResponse{
		ID: e.ID, Cursor: e.Cursor(), Time: stamp(e.Time), Operation: given(e.Operation), Method: e.Method, Path: e.Path, Query: e.Query,
		Mount: e.Mount, Key: given(e.Key), Headers: headersOut(e.Headers), Body: e.Body.Text, BodyTruncated: e.Body.Cut,
		Status: e.Status, Duration: float64(e.Duration.Microseconds()) / 1000,
		Response:   answerOut{headersOut(e.Response.Headers), e.Response.Body.Text, e.Response.Body.Cut},
		Violations: make([]violationOut, len(e.Violations)), Warnings: append([]string{}, e.Warnings...),
		Fault: (*struckOut)(e.Fault), Messages: append([]string{}, e.Messages...),
	}
	for i, v := range e.Violations {
		out.Violations[i] = violationOut(v)
	}
	for _, id := range later {
		if !slices.Contains(e.Messages, id) {
			out.Messages = append(out.Messages, id)
		}
	}
	return out
}

// headersOut writes a header, by name.
func headersOut(list []journal.Header) []headerOut {
	out := make([]headerOut, len(list)) // never null
	for i, h := range list {
		out[i] = headerOut(h)
	}
	slices.SortStableFunc(out, func(a, b headerOut) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// requestsOut writes entries of a project, or of none when w is nil.
func requestsOut(w *world, entries []*journal.Entry) []requestResponse {
	later := map[string][]string{}
	if w != nil && len(entries) > 0 {
		for _, e := range entries {
			later[e.ID] = nil
		}
		for request, id := range w.box.Caused(0) {
			if ids, asked := later[request]; asked {
				later[request] = append(ids, id)
			}
		}
	}
	out := make([]requestResponse, len(entries))
	for i, e := range entries {
		out[i] = requestOut(e, later[e.ID])
	}
	return out
}

// callFilterOf reads the filter of a listing of calls.
func (s *Server) callFilterOf(c call) (journal.Filter, error) {
	list := func(name string) []string { return param[[]string](c, name) }
	f := journal.Filter{
		Operation: list("operation"), Method: list("method"), Path: list("path"), Status: list("status"), Q: param[string](c, "q"),
		After: param[string](c, "after"), Before: param[string](c, "before"),
	}
	f.Since, _ = time.Parse(time.RFC3339, param[string](c, "since")) // the document's format checked them
	f.Until, _ = time.Parse(time.RFC3339, param[string](c, "until"))
	if err := s.checkCallFilter("", f); err != nil {
		return f, err
	}
	return f, checkAhead(s.timelineOf(c), f.After)
}

// timelineOf returns what numbers the calls that a control call is about.
func (s *Server) timelineOf(c call) *inbox.Timeline {
	if c.world == nil {
		return s.worlds.noneLine
	}
	return c.world.timeline
}

// checkCallFilter tells what is wrong with a filter, whose fields stand behind at.
func (s *Server) checkCallFilter(at string, f journal.Filter) error {
	if err := f.Check(); err != nil {
		return unprocessable(at + err.Error())
	}
	for _, id := range f.Operation {
		if !slices.Contains(s.operationIDs(), id) {
			return unprocessable(fmt.Sprintf("%soperation: %q is none; there are %s", at, id, strings.Join(s.operationIDs(), ", ")))
		}
	}
	return nil
}

func (s *Server) operationIDs() []string {
	return mapped(s.known, func(op fault.Operation) string { return op.ID })
}

type requestsResponse struct {
	Requests []requestResponse `json:"requests"`
	Total    int               `json:"total"`
	Dropped  int               `json:"dropped"`
	Next     *string           `json:"next"`
	Cursor   string            `json:"cursor"`
}

// callsOf returns the journal that a control call is about: that of its project, or
// else of the calls that belong to none.
func (s *Server) callsOf(c call) *journal.Journal {
	if c.world == nil {
		return s.worlds.unassigned
	}
	return c.world.journal
}

func (s *Server) listRequests(c call, _ none) (requestsResponse, error) {
	f, err := s.callFilterOf(c)
	if err != nil {
		return requestsResponse{}, err
	}
	page := s.callsOf(c).List(f, param[int](c, "limit"))
	return requestsResponse{requestsOut(c.world, page.Entries), page.Total, page.Dropped, given(page.Next), page.Cursor}, nil
}

func (s *Server) deleteRequests(c call, _ none) (deletedResponse, error) {
	f, err := s.callFilterOf(c)
	if err != nil {
		return deletedResponse{}, err
	}
	return deletedResponse{s.callsOf(c).Delete(f)}, nil
}

func (s *Server) getRequest(c call, _ none) (requestResponse, error) {
	id := param[string](c, "id")
	if e := c.world.journal.Get(id); e != nil {
		return requestsOut(c.world, []*journal.Entry{e})[0], nil
	}
	message := fmt.Sprintf("The project %q has no call %q in its journal, which keeps the newest %d", c.world.name, id, s.config.Limits.Requests)
	if s.worlds.unassigned.Get(id) != nil {
		message = fmt.Sprintf("The call %q had no usable key and belongs to no project; it is in /_mock/requests/unassigned", id)
	}
	return requestResponse{}, &problem{status: http.StatusNotFound, message: message}
}

// expectation is what a verification expects, and the body that said so.
type expectation struct {
	journal.Expectation

	asked fields
}

// readExpectation reads a body that was checked, but for the names of operations.
func readExpectation(f fields) expectation {
	x := expectation{asked: f}
	x.Filter = readCallFilter(f)
	x.Filter.After = f.str("after")
	for _, step := range f.list("inOrder") {
		x.InOrder = append(x.InOrder, readCallFilter(step))
	}
	count := fields(f.object("count"))
	number := func(name string) *int {
		if count[name] == nil {
			return nil
		}
		n := count.integer(name)
		return &n
	}
	x.AtLeast, x.AtMost = number("atLeast"), number("atMost")
	if n := number("exactly"); n != nil {
		x.AtLeast, x.AtMost = n, n
	}
	if f["count"] == nil && f["inOrder"] == nil {
		one := 1
		x.AtLeast = &one
	}
	return x
}

// checkExpectation tells what the document cannot say of an expectation.
func checkExpectation(body fields) []contract.Problem {
	problems := checkStatus("status", body["status"])
	for i, step := range body.list("inOrder") {
		problems = append(problems, checkStatus("inOrder["+strconv.Itoa(i)+"].status", step["status"])...)
	}
	return append(problems, checkCount(body)...)
}

// checkStatus tells whether v is a status or a class of them, as far as its type
// goes.
func checkStatus(field string, v any) []contract.Problem {
	n, isNumber := v.(float64)
	_, isText := v.(string)
	if v == nil || isText || isNumber && n == math.Trunc(n) {
		return nil
	}
	return []contract.Problem{{Field: field, Rule: "type", Message: "must be a status such as 429, or a class of them such as \"4xx\""}}
}

func checkCount(body fields) []contract.Problem {
	count := fields(body.object("count"))
	at := func(name, message string) []contract.Problem {
		return []contract.Problem{{Field: name, Rule: "contradiction", Message: message}}
	}
	_, exactly := count["exactly"]
	_, least := count["atLeast"]
	_, most := count["atMost"]
	switch {
	case body["count"] != nil && !exactly && !least && !most:
		return at("count", "must say exactly, atLeast or atMost")
	case exactly && (least || most):
		return at("count", "exactly goes with neither atLeast nor atMost")
	case least && most && count.integer("atLeast") > count.integer("atMost"):
		return at("count", "atLeast must not be more than atMost")
	}
	return nil
}

func readCallFilter(f fields) journal.Filter {
	filter := journal.Filter{Operation: f.strings("operation"), Method: f.strings("method"), Path: f.strings("path"), Status: f.strings("status")}
	if n, ok := f["status"].(float64); ok {
		filter.Status = []string{strconv.Itoa(int(n))}
	}
	if f["bodyContains"] != nil {
		filter.Body = f["bodyContains"]
	}
	return filter
}

type verifiedResponse struct {
	Count    int      `json:"count"`
	Requests []string `json:"requests"`
	Dropped  int      `json:"dropped"`
}

// unverified is what a 409 of a verification says beside the error.
type unverified struct {
	verifiedResponse

	Expected fields    `json:"expected"`
	Nearest  []nearOut `json:"nearest"`
}

type nearOut struct {
	Request requestResponse `json:"request"`
	Failed  []failedOut     `json:"failed"`
}

type failedOut struct {
	Field string `json:"field"`
	Want  string `json:"want"`
	Got   string `json:"got"`
}

func (s *Server) verifyRequests(c call, x expectation) (verifiedResponse, error) {
	if err := s.checkCallFilter("", x.Filter); err != nil {
		return verifiedResponse{}, err
	}
	if err := checkAhead(c.world.timeline, x.Filter.After); err != nil {
		return verifiedResponse{}, err
	}
	for i, step := range x.InOrder {
		if err := s.checkCallFilter("inOrder["+strconv.Itoa(i)+"].", step); err != nil {
			return verifiedResponse{}, err
		}
	}
	v := c.world.journal.Verify(x.Expectation)
	out := verifiedResponse{v.Count, mapped(append([]*journal.Entry{}, v.Calls...), func(e *journal.Entry) string { return e.ID }), v.Dropped}
	if v.Unmet == "" {
		return out, nil
	}
	more := unverified{out, x.asked, []nearOut{}}
	entries := mapped(v.Nearest, func(n journal.Near) *journal.Entry { return n.Entry })
	for i, request := range requestsOut(c.world, entries) {
		more.Nearest = append(more.Nearest, nearOut{request, mapped(v.Nearest[i].Misses, func(m journal.Miss) failedOut { return failedOut(m) })})
	}
	message := v.Unmet
	if len(v.Nearest) > 0 {
		message += "; nearest is " + v.Nearest[0].String()
	}
	return verifiedResponse{}, &problem{status: http.StatusConflict, message: message, more: more}
}
