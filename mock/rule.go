package mock

import (
	"fmt"
	"slices"
	"strconv"
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

// stepNames are the members of a step, which may also stand in a rule itself.
var stepNames = []string{ //nolint:gochecknoglobals // a constant
	"delay", "status", "code", "enhancedCode", "message", "headers", "retryAfter", "pass", "drop", "truncate", "body", "contentType", "dribble", "rateLimit",
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

func (r *ruleReader) steps(f fields) []*fault.Step {
	bare := fields{}
	for _, name := range stepNames {
		if f[name] != nil {
			bare[name] = f[name]
		}
	}
	if f["steps"] == nil {
		if len(bare) == 0 {
			return nil
		}
		return []*fault.Step{r.step("", bare)}
	}
	for _, name := range stepNames {
		if bare[name] != nil {
			r.wrong(name, "does not go with steps; put it into one of them")
		}
	}
	var steps []*fault.Step
	for i, s := range f.list("steps") {
		steps = append(steps, r.step("steps["+strconv.Itoa(i)+"].", s))
	}
	return steps
}

// step reads one step, whose fields stand at a place such as "steps[1].".
func (r *ruleReader) step(at string, f fields) *fault.Step {
	r.checkKinds(at, f)
	pass := optional[bool](f, "pass")
	s := &fault.Step{
		Status: f.integer("status"), Enhanced: f.str("enhancedCode"), Message: f.str("message"), Pass: pass != nil && *pass, Drop: fault.Drop(f.str("drop")),
		Body: optional[string](f, "body"), ContentType: f.str("contentType"), Dribble: f.integer("dribble"),
	}
	if code := f.integer("code"); code != 0 {
		switch {
		case !r.isSMTP:
			r.wrong(at+"code", "must go with the operation %s; what a call of the API is answered with is its status", fault.SMTP)
		case s.Status != 0:
			r.wrong(at+"code", "must not stand beside status, which says the same of a reply of SMTP")
		}
		s.Status = code
	}
	if f["truncate"] != nil {
		n := f.integer("truncate")
		s.Truncate = &n
	}
	for name, value := range f.object("headers") {
		text, _ := value.(string)
		s.Headers = append(s.Headers, fault.Header{Name: name, Value: text})
	}
	slices.SortFunc(s.Headers, func(a, b fault.Header) int { return strings.Compare(a.Name, b.Name) })
	switch v := f["retryAfter"].(type) {
	case float64:
		s.RetryAfter = time.Duration(min(v, 1e9) * float64(time.Second))
	case string:
		s.RetryAfter = r.duration(at+"retryAfter", v)
	default:
		if v != nil {
			r.wrong(at+"retryAfter", "must be seconds, or a duration such as 2m")
		}
	}
	if v := f["delay"]; v != nil {
		s.Delay = r.delay(at+"delay", v)
	}
	if f["rateLimit"] != nil {
		limit := fields(f.object("rateLimit"))
		s.Limit = &fault.Limit{Requests: limit.integer("requests"), Per: r.duration(at+"rateLimit.per", limit.or("per", "1s")), Burst: limit.integer("burst")}
	}
	return s
}

// checkKinds finds members of a step that are of another type than they must be, or
// say nothing. The document's own check tells more of them; here they must not look
// as if they had been left out.
func (r *ruleReader) checkKinds(at string, f fields) {
	for name, right := range map[string]bool{
		"status": f["status"] == nil || f.integer("status") != 0, "code": f["code"] == nil || f.integer("code") != 0, "dribble": f["dribble"] == nil || f.integer("dribble") != 0,
		"drop": f["drop"] == nil || f.str("drop") != "", "pass": f["pass"] == nil || optional[bool](f, "pass") != nil,
		"body": f["body"] == nil || optional[string](f, "body") != nil, "rateLimit": f["rateLimit"] == nil || f.object("rateLimit") != nil,
	} {
		if !right {
			r.wrong(at+name, "must say something, or be left out")
		}
	}
}

func (r *ruleReader) duration(at, text string) time.Duration {
	d, err := duration.Parse(text)
	if err != nil {
		r.wrong(at, "must be a duration such as 250ms, 30s or 2m: %v", err)
	}
	return d
}

// delay reads a fixed delay, or a distribution.
func (r *ruleReader) delay(at string, v any) *fault.Delay {
	const shapes = `must be a duration such as "250ms", {"uniform": ["50ms", "2s"]} or {"lognormal": {"median": "90ms", "sigma": 0.4}}`
	if text, ok := v.(string); ok {
		d := r.duration(at, text)
		return &fault.Delay{Min: d, Max: d}
	}
	object, _ := v.(map[string]any)
	f := fields(object)
	bounds := f.strings("uniform")
	if _, isList := f["uniform"].([]any); isList && len(object) == 1 && len(bounds) == 2 {
		return &fault.Delay{Min: r.duration(at+".uniform[0]", bounds[0]), Max: r.duration(at+".uniform[1]", bounds[1])}
	}
	if l := fields(f.object("lognormal")); len(object) == 1 && len(l) == 2 {
		sigma := optional[float64](l, "sigma")
		if _, isText := l["median"].(string); isText && sigma != nil {
			return &fault.Delay{Median: r.duration(at+".lognormal.median", l.str("median")), Sigma: *sigma}
		}
	}
	r.wrong(at, "%s", shapes)
	return nil
}
