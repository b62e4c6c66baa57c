package mock

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/mock/internal/contract"
	"github.com/plunkmock/plunkmock/mock/internal/fault"
)

// find finds out what strikes the call, if anything does: its own headers, or
// else a rule of its project. The error is a header that makes no sense.
func (x *exchange) find() error {
	if values := x.r.Header["X-Plunkmock-Fault"]; len(values) > 0 {
		if err := x.findInHeader(values); err != nil || x.strike != nil {
			return err
		}
	}
	if values := x.r.Header["Prefer"]; len(values) > 0 {
		if err := x.findPreferred(values); err != nil || x.strike != nil {
			return err
		}
	}
	if w := x.call.world; w != nil && w.faults.Len() > 0 {
		emails, clock := w.faults.Needs()
		c := x.faultCall()
		if emails {
			c.Emails = x.addresses()
		}
		if clock {
			c.Now = w.plunk.Now() // reading the body may have taken long
		}
		x.strike, x.quota = w.faults.Strike(c)
	}
	return nil
}

// faultCall is the call as rules see it, but for what not all of them ask for.
func (x *exchange) faultCall() fault.Call {
	return fault.Call{Operation: x.op.ID, Method: x.op.Method, Path: x.path, Key: string(x.key.kind)}
}

// findInHeader reads a fault that the request itself brings along.
func (x *exchange) findInHeader(values []string) error {
	text := strings.TrimSpace(values[0])
	if len(values) > 1 {
		return unprocessable("X-Plunkmock-Fault: must be given once, not " + strconv.Itoa(len(values)) + " times; a rule may have several steps")
	}
	if text == "" {
		return nil
	}
	rule, err := x.server.readFaultHeader(text)
	if err != nil {
		return err
	}
	c := x.faultCall()
	c.Now = x.arrived
	if rule.Email != "" {
		c.Emails = x.addresses()
	}
	x.strike = fault.One(rule, c, x.server.worlds.dice+"\x00"+x.call.id)
	if x.strike == nil {
		x.call.warned("X-Plunkmock-Fault: " + text + " does not strike this call")
	}
	return nil
}

// readFaultHeader reads a fault as a header has it: in the grammar, or as JSON.
func (s *Server) readFaultHeader(text string) (fault.Rule, error) {
	const name = "X-Plunkmock-Fault: "
	var rule fault.Rule
	if strings.HasPrefix(text, "{") {
		control, err := s.control()
		if err != nil {
			return rule, err
		}
		in, err := control.fault.Check(contract.Request{ContentType: jsonType[0], Body: []byte(text)})
		if err != nil {
			return rule, unprocessable(name + err.Error())
		}
		rule = readRule(in.Body)
	} else {
		var err error
		if rule, err = parseRule(s.known, text); err != nil {
			return rule, unprocessable(name + err.Error())
		}
	}
	if slices.ContainsFunc(rule.Steps, func(step *fault.Step) bool { return step.Limit != nil }) {
		return rule, unprocessable(name + "a rate limit needs a rule that lasts; make one with POST /_mock/faults")
	}
	return rule, nil
}

// findPreferred reads Prefer: code=429, by which tools that test contracts ask for
// an answer that the document declares.
func (x *exchange) findPreferred(values []string) error {
	text, given := preferredCode(values)
	if !given {
		return nil
	}
	code, err := strconv.Atoi(text)
	if err != nil || len(text) != 3 || !slices.Contains(x.op.Statuses, code) {
		return unprocessable(fmt.Sprintf("Prefer: code=%s is no status that the document declares for %s; it declares %s",
			text, x.op.ID, strings.Join(mapped(x.op.Statuses, strconv.Itoa), ", ")))
	}
	if code >= http.StatusBadRequest { // else the normal way leads there
		x.strike = &fault.Strike{Rule: fault.ByPrefer, Do: &fault.Step{Status: code}}
	}
	return nil
}

// preferredCode finds the preference code= (RFC 7240). Parameters of preferences,
// and other preferences, mean nothing here.
func preferredCode(values []string) (code string, given bool) {
	for _, preference := range outsideQuotes(strings.Join(values, ","), ',') {
		name, value, _ := strings.Cut(outsideQuotes(preference, ';')[0], "=")
		if strings.EqualFold(strings.TrimSpace(name), "code") {
			return strings.Trim(strings.TrimSpace(value), `"`), true
		}
	}
	return "", false
}

// outsideQuotes splits a header at a separator, but for those in quoted strings.
func outsideQuotes(text string, separator byte) (parts []string) {
	from, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++ // what follows stands for itself
		case c == '"':
			quoted = !quoted
		case c == separator && !quoted:
			parts = append(parts, text[from:i])
			from = i + 1
		}
	}
	return append(parts, text[from:])
}

// Messages of errors that a fault makes up; others have their reason phrase.
const (
	msgInvalidBody = "Request body failed validation"
	msgTooMany     = "Rate limit exceeded for this endpoint (%s/second sustained, %d burst). Retry in %ds."
)

// instead returns the error that the step puts into the place of the answer; nil
// when the answer is the real one.
func (x *exchange) instead() error {
	do := x.strike.Do
	status, retry := do.Status, seconds(do.RetryAfter)
	if x.strike.Quota != nil { // a rate limit refuses
		status, retry = http.StatusTooManyRequests, seconds(x.quota.Retry)
	}
	message := reason(status)
	switch status {
	case 0:
		return nil
	case http.StatusUnauthorized:
		message = msgIncorrectKey
	case http.StatusUnprocessableEntity:
		message = msgInvalidBody
	case http.StatusTooManyRequests:
		retry = max(1, retry)
		if x.strike.Quota == nil { // played, as the hosted API would have it
			x.quota = &fault.Quota{Limit: usualLimit(x.op.ID), Reset: time.Duration(retry) * time.Second}
		}
		message = fmt.Sprintf(msgTooMany, sustained(x.quota.Limit), x.quota.Limit.Burst, retry)
	}
	if retry > 0 {
		x.w.Header().Set("Retry-After", strconv.Itoa(retry))
	}
	return &problem{status: status, message: cmp.Or(do.Message, message), meant: true}
}

// sustained writes how many calls a limit lets through each second.
func sustained(l fault.Limit) string {
	rate := float64(l.Requests) / l.Per.Seconds()
	if rate < 1 {
		return strconv.FormatFloat(rate, 'g', 2, 64)
	}
	return strconv.FormatFloat(math.Round(100*rate)/100, 'f', -1, 64)
}

// setQuota tells what a rate limit leaves.
func setQuota(h http.Header, q *fault.Quota) {
	h.Set("RateLimit-Limit", strconv.Itoa(q.Limit.Burst))
	h.Set("RateLimit-Remaining", strconv.Itoa(q.Remaining))
	h.Set("RateLimit-Reset", strconv.Itoa(seconds(q.Reset)))
}

// seconds rounds up: whoever comes back then must not be too early.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// usualLimit is how much the hosted API lets through (contract F8).
func usualLimit(operation string) fault.Limit {
	switch operation {
	case "sendEmail":
		return fault.Limit{Requests: 20, Per: time.Second, Burst: 50}
	case "trackEvent":
		return fault.Limit{Requests: 100, Per: time.Second, Burst: 200}
	}
	return fault.Limit{Requests: 50, Per: time.Second, Burst: 100}
}

// addresses returns whom the call is about: recipients, or the contact. It reads
// the body ahead of its turn; one that does not parse is about no one.
func (x *exchange) addresses() []string {
	_ = x.check() // what is wrong with it is told in its turn
	body := fields(x.call.in.Body)
	list := slices.Concat(body.strings("email"), body.strings("recipients"))
	if x.op.ID == "sendEmail" {
		list = body.strings("to")
	}
	id := body.or("id", param[string](x.call, "id"))
	if w := x.call.world; w != nil && id != "" {
		if c, err := w.plunk.Contact(id); err == nil {
			list = append(list, c.Email)
		} else if c, err := w.plunk.Campaign(id); err == nil {
			list = append(list, c.Recipients...)
		}
	}
	for i, address := range list {
		list[i] = strings.ToLower(address)
	}
	return list
}
