package mock

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/mock/internal/contract"
	"github.com/plunkmock/plunkmock/mock/internal/fault"
	"github.com/plunkmock/plunkmock/mock/internal/journal"
)

// record puts the call into the journal: that of its project, or that of the calls
// which belong to none.
func (x *exchange) record(status int, body []byte, err error) {
	x.answered = time.Now()
	e := &journal.Entry{
		ID: x.call.id, Time: x.arrived,
		Method: x.r.Method, Path: x.path, Query: x.r.URL.RawQuery, Mount: x.mount, Key: string(x.key.kind),
		Headers: requestHeaders(x.r), Body: journal.BodyOf(x.body.bytes),
		Status: status, Duration: x.answered.Sub(x.started),
		Warnings: x.warnings, Messages: x.sent(),
	}
	if x.op != nil {
		e.Operation = x.op.ID
	}
	if x.unread != nil {
		e.Body.Cut = true
	}
	if invalid, ok := errors.AsType[*contract.Invalid](err); ok {
		for _, p := range invalid.Problems {
			e.Violations = append(e.Violations, journal.Violation{Field: p.Field, Rule: p.Rule, Message: p.Message})
		}
	}
	if x.strike != nil {
		e.Fault = &journal.Fault{ID: x.strike.Rule, Step: x.strike.Step, Did: x.strike.Do.String()}
	}
	if x.strike != nil && x.strike.Do.Drop == fault.DropBefore {
		e.Status = 0
	} else {
		e.Response = journal.Response{Headers: headers(x.w.Header()), Body: journal.BodyOf(body)}
	}
	x.journal().Add(e)
}

// journal returns the journal that the call belongs into.
func (x *exchange) journal() *journal.Journal {
	if x.call.world != nil {
		return x.call.world.journal
	}
	return x.server.worlds.unassigned
}

// sent returns the mails that the call has sent at once.
func (x *exchange) sent() []string {
	if !x.ran || x.call.world == nil {
		return nil
	}
	var sent []string
	for request, id := range x.call.world.box.Caused(x.before) {
		if request == x.call.id {
			sent = append(sent, id)
		}
	}
	return sent
}

// requestHeaders returns the header of a request, with what is secret in it masked.
func requestHeaders(r *http.Request) []journal.Header {
	list := headers(r.Header, journal.Header{Name: "Host", Value: r.Host})
	for i, h := range list {
		switch h.Name {
		case "Authorization":
			list[i].Value = maskKey(h.Value)
		case "Cookie", "Proxy-Authorization":
			list[i].Value = mask
		}
	}
	return list
}

const mask = "***"

// maskKey leaves of an Authorization header what tells its sort.
func maskKey(value string) string {
	at := strings.IndexByte(value, ' ') + 1
	scheme, token := value[:at], value[at:]
	if strings.HasPrefix(token, "sk_") || strings.HasPrefix(token, "pk_") {
		return scheme + token[:3] + mask
	}
	return scheme + mask
}

// headers returns a header, and what more is given, in no order: whoever reads the
// entry sorts it.
func headers(h http.Header, more ...journal.Header) []journal.Header {
	list := make([]journal.Header, 0, len(h)+len(more))
	for name, values := range h {
		for _, value := range values {
			list = append(list, journal.Header{Name: name, Value: value})
		}
	}
	return append(list, more...)
}
