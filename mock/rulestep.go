package mock

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/mock/internal/duration"
	"github.com/plunkmock/plunkmock/mock/internal/fault"
)

// stepNames are the members of a step, which may also stand in a rule itself.
var stepNames = []string{ //nolint:gochecknoglobals // a constant
	"delay", "status", "code", "enhancedCode", "message", "headers", "retryAfter", "pass", "drop", "truncate", "body", "contentType", "dribble", "rateLimit",
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
