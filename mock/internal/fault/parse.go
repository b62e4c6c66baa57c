package fault

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/inbox"
	"github.com/plunkmock/plunkmock/mock/internal/duration"
)

// What the grammar knows, for those who type something else.
const (
	stepWords = "a status from 400 to 599, pass, delay=250ms, drop=before, drop=after, truncate=20, dribble=100, limit=20/1s or, of smtp, enhanced=4.7.1"
	optWords  = "share=0.3, after=2, times=3, email=*@example.com, expires=10m or, of smtp, stage=rcpt"
)

// Parse reads a rule in the grammar of this package. The error quotes what is wrong
// and says what would be right; what is wrong with the rule as a whole is the
// matter of [Rule.Check].
func Parse(text string) (Rule, error) {
	const most = 4 << 10
	if len(text) > most {
		return Rule{}, fmt.Errorf("a fault is at most %d bytes long, not %d", most, len(text))
	}
	head, options, more := strings.Cut(text, ";")
	names, steps, named := strings.Cut(head, ":")
	if !named {
		names, steps = "", head
	}
	var r Rule
	var err error
	if named {
		if r.Operations, err = parseOperations(names); err != nil {
			return Rule{}, err
		}
	}
	if r.Steps, err = parseSteps(steps); err != nil {
		return Rule{}, err
	}
	if more {
		if err = r.parseOptions(options); err != nil {
			return Rule{}, err
		}
	}
	return r, nil
}

func parseOperations(text string) ([]string, error) {
	names := strings.Split(text, "|")
	for i, name := range names {
		names[i] = strings.TrimSpace(name)
		if !plain(names[i]) {
			return nil, fmt.Errorf("%s is no operation: before the : stands one such as sendEmail, or several with a | between them", quote(names[i]))
		}
	}
	return names, nil
}

func parseSteps(text string) ([]*Step, error) {
	var steps []*Step
	tokens := strings.Split(text, ",")
	for i, token := range tokens {
		step, times, err := parseStep(token)
		if err == nil && len(steps)+times > maxSteps {
			err = fmt.Errorf("a fault has at most %d steps; the last one repeats by itself", maxSteps)
		}
		if err != nil && len(tokens) > 1 {
			err = fmt.Errorf("step %d: %w", i+1, err)
		}
		if err != nil {
			return nil, err
		}
		steps = append(steps, slices.Repeat([]*Step{step}, times)...)
	}
	return steps, nil
}

// parseStep reads a step and how often it is used.
func parseStep(text string) (*Step, int, error) {
	text, count, counted := strings.Cut(text, "*")
	times := 1
	if counted {
		var err error
		if times, err = parseInt(count, 1, maxSteps); err != nil {
			return nil, 0, fmt.Errorf("%s does not say how often: after the * stands %w, as in 429*2", quote(strings.TrimSpace(count)), err)
		}
	}
	step := &Step{}
	seen := map[string]bool{}
	for token := range strings.SplitSeq(text, "+") {
		token = strings.TrimSpace(token)
		name, err := step.parseAtom(token)
		if err != nil {
			return nil, 0, err
		}
		if seen[name] {
			return nil, 0, fmt.Errorf("%s is a second %s in one step: a + joins different things, a comma begins the next step", quote(token), name)
		}
		seen[name] = true
	}
	return step, times, nil
}

// parseAtom adds to s what token says, and returns the name of that.
func (s *Step) parseAtom(token string) (name string, err error) {
	name, value, valued := cut(token, "=")
	if !valued {
		return s.parseWord(token)
	}
	switch name {
	case "delay":
		s.Delay, err = parseDelay(value)
	case "drop":
		s.Drop, err = parseDrop(value)
	case "truncate":
		var n int
		n, err = parseInt(value, 0, maxBytes)
		s.Truncate = &n
	case "dribble":
		s.Dribble, err = parseInt(value, 1, maxBytes)
	case "limit":
		s.Limit, err = parseLimit(value)
	case "enhanced":
		if s.Enhanced = value; value == "" {
			err = errors.New("an enhanced code such as 4.7.1")
		}
	default:
		return "", noStep(token)
	}
	if err != nil {
		return "", fmt.Errorf("%s is no step: %s= takes %w", quote(token), name, err)
	}
	return name, nil
}

// parseWord reads an atom without a value.
func (s *Step) parseWord(token string) (string, error) {
	if token == "pass" {
		s.Pass = true
		return token, nil
	}
	status, err := parseInt(token, 400, 599)
	if err != nil {
		return "", noStep(token)
	}
	s.Status = status
	return "status", nil
}

func noStep(token string) error { return fmt.Errorf("%s is no step: %s", quote(token), stepWords) }

func parseDelay(value string) (*Delay, error) {
	d, err := parseSpan(value, 0, maxDelay)
	return &Delay{Min: d, Max: d}, err
}

func parseDrop(value string) (Drop, error) {
	switch d := Drop(value); d {
	case DropBefore, DropAfter:
		return d, nil
	case DropNone:
	}
	return DropNone, errors.New("before (nothing has happened) or after (all has happened)")
}

func parseLimit(value string) (*Limit, error) {
	calls, period, _ := cut(value, "/")
	requests, err := parseInt(calls, 1, maxRequests)
	per, wrong := parseSpan(period, time.Millisecond, maxPer)
	if err != nil || wrong != nil {
		return nil, fmt.Errorf("a number of calls from 1 to %d, a / and a duration from 1ms to %s, such as 20/1s", maxRequests, duration.Format(maxPer))
	}
	return &Limit{Requests: requests, Per: per}, nil
}

func (r *Rule) parseOptions(text string) error {
	seen := map[string]bool{}
	for token := range strings.SplitSeq(text, ";") {
		token = strings.TrimSpace(token)
		name, value, _ := cut(token, "=")
		if seen[name] {
			return fmt.Errorf("%s is a second %s=: each option stands once", quote(token), name)
		}
		seen[name] = true
		if err := r.parseOption(token, name, value); err != nil {
			return err
		}
	}
	return nil
}

func (r *Rule) parseOption(token, name, value string) (err error) {
	switch name {
	case "share":
		r.Share, err = parseShare(value)
	case "after":
		r.After, err = parseInt(value, 0, maxCount)
	case "times":
		r.Times, err = parseInt(value, 1, maxCount)
	case "email":
		if r.Email = value; value == "" {
			err = errors.New("an address, in which * stands for anything")
		}
	case "stage":
		if r.Stage = inbox.Stage(value); value == "" {
			err = errors.New("connect, mail, rcpt, data or after-data")
		}
	case "expires":
		r.Lasts, r.Expires, err = parseExpires(value)
	default:
		return fmt.Errorf("%s is no option: %s", quote(token), optWords)
	}
	if err != nil {
		return fmt.Errorf("%s is no option: %s= takes %w", quote(token), name, err)
	}
	return nil
}

func parseShare(value string) (*float64, error) {
	share, err := strconv.ParseFloat(value, 64)
	if err != nil || !(share >= 0 && share <= 1) { // so that NaN is refused
		return nil, errors.New("a number from 0 to 1, such as 0.3")
	}
	return &share, nil
}

// parseExpires reads how long a rule lasts, or when it ends.
func parseExpires(value string) (time.Duration, time.Time, error) {
	if d, err := duration.Parse(value); err == nil && d > 0 && d <= maxLife {
		return d, time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, value)
	if err != nil || !inCalendar(at) {
		return 0, time.Time{}, errors.New("a duration over 0 such as 10m or 1d12h, up to 100 years, or a time such as 2030-01-31T12:00:00Z")
	}
	return 0, at.UTC(), nil
}

func parseInt(token string, low, high int) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(token))
	if err != nil || n < low || n > high {
		return 0, fmt.Errorf("a whole number from %d to %d", low, high)
	}
	return n, nil
}

func parseSpan(token string, low, high time.Duration) (time.Duration, error) {
	d, err := duration.Parse(token)
	if err != nil || d < low || d > high {
		return 0, fmt.Errorf("a duration from %s to %s, such as 250ms or 1m30s", duration.Format(low), duration.Format(high))
	}
	return d, nil
}

// cut is strings.Cut without white space around the two.
func cut(s, sep string) (before, after string, found bool) {
	before, after, found = strings.Cut(s, sep)
	return strings.TrimSpace(before), strings.TrimSpace(after), found
}

// quote quotes text, cut to what a person reads.
func quote(text string) string {
	const most = 60
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return strconv.Quote(text)
}
