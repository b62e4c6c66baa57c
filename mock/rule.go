package mock

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/contract"
	"github.com/plunkmock/plunkmock/mock/internal/duration"
	"github.com/plunkmock/plunkmock/mock/internal/fault"
)

// What follows is a rule of faults as JSON: what an answer gives, and what a
// request brings as fields.

type faultResponse struct {
	ID        string    `json:"id"`
	Enabled   bool      `json:"enabled"`
	Operation *string   `json:"operation"`
	Method    *string   `json:"method"`
	Path      *string   `json:"path"`
	Key       *string   `json:"key"`
	Email     *string   `json:"email"`
	Stage     *string   `json:"stage"`
	Share     float64   `json:"share"`
	After     int       `json:"after"`
	Times     *int      `json:"times"`
	Expires   *stamp    `json:"expires"`
	Steps     []stepOut `json:"steps"`
	Matched   int       `json:"matched"`
	Struck    int       `json:"struck"`
	Left      *int      `json:"left"`
}

type stepOut struct {
	Delay       any               `json:"delay,omitempty"` // a duration, or an object
	Status      int               `json:"status,omitempty"`
	Code        int               `json:"code,omitempty"` // the status, where it is that of SMTP
	Enhanced    string            `json:"enhancedCode,omitempty"`
	Message     string            `json:"message,omitempty"`
	Headers     map[string]string `json:"headers,omitempty"`
	RetryAfter  any               `json:"retryAfter,omitempty"` // seconds, or a duration that is no whole number of them
	Pass        bool              `json:"pass,omitempty"`
	Drop        string            `json:"drop,omitempty"`
	Truncate    *int              `json:"truncate,omitempty"`
	Body        *string           `json:"body,omitempty"`
	ContentType string            `json:"contentType,omitempty"`
	Dribble     int               `json:"dribble,omitempty"`
	RateLimit   *rateLimitOut     `json:"rateLimit,omitempty"`
}

type rateLimitOut struct {
	Requests int    `json:"requests"`
	Per      string `json:"per"`
	Burst    int    `json:"burst"`
}

type uniformOut struct {
	Uniform [2]string `json:"uniform"`
}

type lognormalOut struct {
	Lognormal struct {
		Median string  `json:"median"`
		Sigma  float64 `json:"sigma"`
	} `json:"lognormal"`
}

func faultOut(r fault.Rule) faultResponse {
	out := faultResponse{
		ID: r.ID, Enabled: !r.Disabled, Operation: given(strings.Join(r.Operations, "|")), Method: given(r.Method), Path: given(r.Path),
		Key: given(r.Key), Email: given(r.Email), Stage: given(string(r.Stage)), Share: 1, After: r.After, Times: given(r.Times),
		Steps: mapped(r.Steps, stepOf), Matched: r.Matched, Struck: r.Struck,
	}
	if r.Share != nil {
		out.Share = *r.Share
	}
	if r.Stage != "" {
		for i := range out.Steps {
			out.Steps[i].Code, out.Steps[i].Status = out.Steps[i].Status, 0
		}
	}
	if !r.Expires.IsZero() {
		out.Expires = (*stamp)(&r.Expires)
	}
	if left, limited := r.Left(); limited {
		out.Left = &left
	}
	return out
}

func stepOf(s *fault.Step) stepOut {
	out := stepOut{
		Delay: delayOut(s.Delay), Status: s.Status, Enhanced: s.Enhanced, Message: s.Message, Pass: s.Pass, Drop: string(s.Drop),
		Truncate: s.Truncate, Body: s.Body, ContentType: s.ContentType, Dribble: s.Dribble,
	}
	if s.RetryAfter%time.Second > 0 {
		out.RetryAfter = duration.Format(s.RetryAfter)
	} else if s.RetryAfter > 0 {
		out.RetryAfter = int(s.RetryAfter / time.Second)
	}
	if len(s.Headers) > 0 {
		out.Headers = map[string]string{}
		for _, h := range s.Headers {
			out.Headers[h.Name] = h.Value
		}
	}
	if l := s.Limit; l != nil {
		out.RateLimit = &rateLimitOut{l.Requests, duration.Format(l.Per), l.Burst}
		if l.Burst == 0 {
			out.RateLimit.Burst = l.Requests
		}
	}
	return out
}

func delayOut(d *fault.Delay) any {
	switch {
	case d == nil:
		return nil
	case d.Median > 0:
		var out lognormalOut
		out.Lognormal.Median, out.Lognormal.Sigma = duration.Format(d.Median), d.Sigma
		return out
	case d.Min == d.Max:
		return duration.Format(d.Min)
	}
	return uniformOut{[2]string{duration.Format(d.Min), duration.Format(d.Max)}}
}

// ruleReader reads a rule and gathers what is wrong with it.
type ruleReader struct {
	problems []contract.Problem
	isSMTP   bool // the rule is about mail by SMTP
}

func (r *ruleReader) wrong(at, format string, args ...any) {
	r.problems = append(r.problems, contract.Problem{Field: at, Rule: "fault", Message: fmt.Sprintf(format, args...)})
}

// readRule reads a rule that was checked.
func readRule(f fields) fault.Rule {
	rule := new(ruleReader).rule(f)
	rule.Normalize()
	return rule
}

// checkRule tells what is wrong with a rule.
func (s *Server) checkRule(f fields) []contract.Problem {
	var r ruleReader
	rule := r.rule(f)
	if len(r.problems) > 0 {
		return r.problems // what could not be read would be found missing too
	}
	for _, flaw := range rule.Check(s.known) {
		at := flaw.At
		if f["steps"] == nil && f["fault"] == nil {
			if at = strings.TrimPrefix(at, "steps[0]."); at == "steps[0]" { // a bare step
				at = "steps"
			}
		} else if f["fault"] != nil {
			if at != "" {
				flaw.Msg = at + ": " + flaw.Msg
			}
			at = "fault"
		}
		r.wrong(at, "%s", flaw.Msg)
	}
	return r.problems
}

// checkFixtureRules tells what is wrong with the faults of a project of a fixture.
func (s *Server) checkFixtureRules(at string, project fields) (problems []contract.Problem) {
	rules, _ := project["faults"].([]any)
	ids := map[string]int{}
	for i, rule := range rules {
		here := fmt.Sprintf("%s[%d]", at, i)
		problems = append(problems, s.checkFixtureRule(here, rule)...)
		object, _ := rule.(map[string]any)
		if id := fields(object).str("id"); id != "" {
			if first, twice := ids[id]; twice {
				problems = append(problems, contract.Problem{Field: here + ".id", Rule: "unique", Message: fmt.Sprintf("is that of %s[%d] too: %q", at, first, id)})
			}
			ids[id] = i
		}
	}
	if len(problems) == 0 {
		all := slices.Concat(s.worlds.rules, mapped(rules, readFixtureRule))
		if err := fault.CheckRoom(all, s.config.Limits.Faults); err != nil {
			problems = append(problems, contract.Problem{Field: at, Rule: "maxItems", Message: err.Error()})
		}
	}
	return problems
}

// checkFixtureRule tells what is wrong with a rule of a fixture, at a place in it:
// a text in the grammar, or an object as POST /faults takes it.
func (s *Server) checkFixtureRule(at string, v any) []contract.Problem {
	var problems []contract.Problem
	switch v := v.(type) {
	case string:
		problems = s.checkRule(fields{"fault": v})
		for i := range problems {
			problems[i].Field = ""
		}
	case map[string]any:
		control, err := s.control()
		if err != nil {
			return []contract.Problem{{Field: at, Message: err.Error()}}
		}
		problems = control.fault.CheckBody(v)
	default:
		problems = []contract.Problem{{Rule: "type", Message: "must be a text such as sendEmail:429*2,pass, or an object as POST /_mock/faults takes it"}}
	}
	for i, p := range problems {
		problems[i].Field = at
		if p.Field != "" {
			problems[i].Field += "." + p.Field
		}
	}
	return problems
}

// readFixtureRule reads a rule of a fixture, that was checked.
func readFixtureRule(v any) fault.Rule {
	if text, ok := v.(string); ok {
		return readRule(fields{"fault": text})
	}
	object, _ := v.(map[string]any)
	return readRule(object)
}

func (r *ruleReader) rule(f fields) fault.Rule {
	rule := fault.Rule{
		ID: f.str("id"), Operations: operationsOf(f.str("operation")), Method: f.str("method"), Path: f.str("path"), Key: f.str("key"), Email: f.str("email"),
		Stage: inbox.Stage(f.str("stage")),
		Share: optional[float64](f, "share"), After: f.integer("after"), Times: f.integer("times"),
		Matched: f.integer("matched"), Struck: f.integer("struck"),
	}
	r.isSMTP = slices.Contains(rule.Operations, fault.SMTP)
	if text, ok := f["fault"].(string); ok {
		rule = r.grammar(f, text)
	} else {
		rule.Steps = r.steps(f)
		if text := f.str("expires"); text != "" {
			if at, err := time.Parse(time.RFC3339, text); err == nil {
				rule.Expires = at.UTC()
			} else if rule.Lasts, err = duration.Parse(text); err != nil || rule.Lasts <= 0 {
				r.wrong("expires", "must be a duration such as 10m, or a time such as 2030-01-31T12:00:00Z, not %q", text)
			}
		}
	}
	if enabled := optional[bool](f, "enabled"); enabled != nil {
		rule.Disabled = !*enabled
	}
	return rule
}

func operationsOf(text string) []string {
	if text == "" {
		return nil
	}
	names := strings.Split(text, "|")
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	return names
}

// grammar reads a rule that is a text; beside it stand at most id and enabled.
func (r *ruleReader) grammar(f fields, text string) fault.Rule {
	rule, err := fault.Parse(text)
	if err != nil {
		r.wrong("fault", "%s", err)
	}
	for name := range f {
		if name != "fault" && name != "id" && name != "enabled" {
			r.wrong(name, "does not go with fault, which says all; put it into that text")
		}
	}
	rule.ID = f.str("id")
	return rule
}
