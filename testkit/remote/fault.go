package remote

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// A FaultOption says a part of a rule: which calls it strikes, how often, or what their
// client sees. What the client sees is added to the last step of the rule; [Then] begins
// the next. Nothing is said twice of a rule or of a step. A nil FaultOption says nothing.
type FaultOption func(*rule)

// rule is a rule as it is sent.
type rule struct {
	when  map[string]any
	steps []map[string]any
	err   error // what was said twice
}

func when(name string, value any) FaultOption {
	return func(r *rule) { r.say(r.when, name, value, "a rule has one") }
}

func step(name string, value any) FaultOption {
	return func(r *rule) {
		r.say(r.steps[len(r.steps)-1], name, value, "a step has one, and Then begins the next")
	}
}

// say says something in a part of the rule.
func (r *rule) say(part map[string]any, name string, value any, why string) {
	if before, twice := part[name]; twice && r.err == nil {
		r.err = fmt.Errorf("remote: the fault says %s twice, %v and %v: %s", name, before, value, why)
	}
	part[name] = value
}

// On strikes calls of these operations alone, such as sendEmail or trackEvent; smtp is
// mail by SMTP.
func On(operations ...string) FaultOption { return when("operation", strings.Join(operations, "|")) }

// Path strikes calls of such a path alone, without its mount: /contacts/*.
func Path(glob string) FaultOption { return when("path", glob) }

// Method strikes calls of a method alone.
func Method(method string) FaultOption { return when("method", method) }

// Email strikes calls with such a recipient or contact alone: *@example.com.
func Email(glob string) FaultOption { return when("email", glob) }

// Stage is where a session of SMTP is struck: connect, MAIL, RCPT, DATA or after DATA,
// which is meant without it.
func Stage(stage string) FaultOption { return when("stage", stage) }

// Share strikes a share of the calls that match, from 0 to 1; with a seed always the same
// ones.
func Share(share float64) FaultOption { return when("share", share) }

// Skip lets the first n calls that match go.
func Skip(n int) FaultOption { return when("after", n) }

// Times ends the rule after n strikes.
func Times(n int) FaultOption { return when("times", n) }

// Expires ends the rule after a time on the project's clock.
func Expires(d time.Duration) FaultOption { return when("expires", d.String()) }

// Status answers with an error: 401, 422, 429, or any from 400 to 599.
func Status(status int) FaultOption { return step("status", status) }

// Reply refuses mail by SMTP with a code and an enhanced code, such as 450 and 4.2.0; "" is
// the usual one.
func Reply(code int, enhanced string) FaultOption {
	return func(r *rule) {
		step("code", code)(r)
		if enhanced != "" {
			step("enhancedCode", enhanced)(r)
		}
	}
}

// Text is what the error says.
func Text(message string) FaultOption { return step("message", message) }

// RetryAfter is the header of that name, in whole seconds.
func RetryAfter(d time.Duration) FaultOption { return step("retryAfter", d.String()) }

// ResponseHeader adds a header to the answer.
func ResponseHeader(name, value string) FaultOption {
	return func(r *rule) {
		last := r.steps[len(r.steps)-1]
		headers, given := last["headers"].(map[string]any)
		if !given {
			headers = map[string]any{}
			last["headers"] = headers
		}
		r.say(headers, http.CanonicalHeaderKey(name), value, "a step has one of a name, and Then begins the next step")
	}
}

// Delay waits before anything else, in real time.
func Delay(d time.Duration) FaultOption { return step("delay", d.String()) }

// DelayBetween waits for a time between two, all with the same chance.
func DelayBetween(shortest, longest time.Duration) FaultOption {
	return step("delay", map[string]any{"uniform": []string{shortest.String(), longest.String()}})
}

// DropBefore resets the connection before anything has happened.
func DropBefore() FaultOption { return step("drop", "before") }

// DropAfter carries the call out, and then resets the connection: the case that makes
// clients send twice.
func DropAfter() FaultOption { return step("drop", "after") }

// Truncate ends the connection after n bytes of the answer's body.
func Truncate(n int) FaultOption { return step("truncate", n) }

// Body answers with another body.
func Body(body string) FaultOption { return step("body", body) }

// ContentType is that of [Body].
func ContentType(value string) FaultOption { return step("contentType", value) }

// Dribble sends the body at so many bytes a second.
func Dribble(bytesPerSecond int) FaultOption { return step("dribble", bytesPerSecond) }

// RateLimit lets so many calls through in a time, on the project's clock, and burst at
// once; burst 0 means as many as n. Others are a 429.
func RateLimit(n int, per time.Duration, burst int) FaultOption {
	limit := map[string]any{"requests": n, "per": per.String()}
	if burst > 0 {
		limit["burst"] = burst
	}
	return step("rateLimit", limit)
}

// Pass is the real answer: a step that strikes and does nothing.
func Pass() FaultOption { return step("pass", true) }

// Then begins the next step. Steps are used once each, in order, and the last one repeats.
func Then() FaultOption {
	return func(r *rule) { r.steps = append(r.steps, map[string]any{}) }
}

// FaultState is a rule as the server has it.
type FaultState struct {
	ID        string
	Enabled   bool   // false: it rests
	Operation string // those that it strikes, with | between them; "" is any, as of the next ones
	Method    string
	Path      string
	Key       string
	Email     string
	Stage     string
	Share     float64          // of the calls that match, from 0 to 1
	After     int              // how many calls that match go before
	Expires   *time.Time       // when it ends, on the project's clock; nil: never
	Steps     []map[string]any // what the client sees
	Matched   int              // calls that it matched
	Struck    int              // calls that it struck
	Left      *int             // strikes that it has left; nil: no end
}

// AddFault makes a rule, which comes behind those that there are.
func (c *Client) AddFault(ctx context.Context, options ...FaultOption) (FaultState, error) {
	r := rule{when: map[string]any{}, steps: []map[string]any{{}}}
	for _, option := range options {
		if option != nil {
			option(&r)
		}
	}
	if r.err != nil {
		return FaultState{}, r.err
	}
	body := r.when
	body["steps"] = r.steps
	var made FaultState
	err := c.Do(ctx, http.MethodPost, "/faults", nil, body, &made)
	return made, err
}

// AddFaultText makes a rule of its text in the grammar, such as sendEmail:429*2,pass.
func (c *Client) AddFaultText(ctx context.Context, text string) (made FaultState, err error) {
	err = c.Do(ctx, http.MethodPost, "/faults", nil, map[string]string{"fault": text}, &made)
	return made, err
}

// Faults lists the rules, oldest first.
func (c *Client) Faults(ctx context.Context) ([]FaultState, error) {
	var out struct{ Faults []FaultState }
	err := c.Do(ctx, http.MethodGet, "/faults", nil, nil, &out)
	return out.Faults, err
}

// FaultByID returns a rule.
func (c *Client) FaultByID(ctx context.Context, id string) (state FaultState, err error) {
	err = c.one(ctx, http.MethodGet, "/faults/", id, "", nil, &state)
	return state, err
}

// RemoveFault deletes a rule.
func (c *Client) RemoveFault(ctx context.Context, id string) error {
	return c.one(ctx, http.MethodDelete, "/faults/", id, "", nil, nil)
}

// RemoveFaults deletes all rules.
func (c *Client) RemoveFaults(ctx context.Context) error {
	return c.Do(ctx, http.MethodDelete, "/faults", nil, nil, nil)
}
