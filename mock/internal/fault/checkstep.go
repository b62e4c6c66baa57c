package fault

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/mock/internal/duration"
)

func (r *Rule) checkSteps(f *flaws) {
	switch n := len(r.Steps); {
	case n == 0:
		f.add("steps", "must be at least one step, not none")
	case n > maxSteps:
		f.add("steps", "must be at most %d steps, not %d; the last one repeats by itself", maxSteps, n)
		return
	}
	for i := 0; i < len(r.Steps); i += run(r.Steps[i:]) {
		at, s := fmt.Sprintf("steps[%d]", i), r.Steps[i]
		if s == nil {
			f.add(at, "must be a step, not null")
			continue
		}
		s.checkValues(f, at)
		s.checkParts(f, at)
		if s.Limit != nil && len(r.Steps) > 1 {
			f.add(at+".rateLimit", "must be the only step of its rule, not one of %d", len(r.Steps))
		}
	}
	if size := r.size(); size > maxText {
		f.add("steps", "must have texts of at most %d bytes together, not %d", maxText, size)
	}
}

// size returns how long the texts of r are together.
func (r *Rule) size() (n int) {
	for i := 0; i < len(r.Steps); i += run(r.Steps[i:]) {
		if s := r.Steps[i]; s != nil {
			n += s.size()
		}
	}
	return n
}

// size returns how long the texts of s are together.
func (s *Step) size() int {
	n := len(s.Message) + len(s.ContentType) + len(s.Enhanced)
	if s.Body != nil {
		n += len(*s.Body)
	}
	for _, h := range s.Headers {
		n += len(h.Name) + len(h.Value)
	}
	return n
}

// checkValues checks each part of s by itself.
func (s *Step) checkValues(f *flaws, at string) {
	if s.Status != 0 {
		f.within(at+".status", s.Status, 400, 599)
	}
	if s.Drop != DropNone && s.Drop != DropBefore && s.Drop != DropAfter {
		f.add(at+".drop", "must be before or after, not %s", quote(string(s.Drop)))
	}
	if s.Truncate != nil {
		f.within(at+".truncate", *s.Truncate, 0, maxBytes)
	}
	if s.Dribble != 0 {
		f.within(at+".dribble", s.Dribble, 1, maxBytes)
	}
	if s.RetryAfter != 0 && (s.RetryAfter < 0 || s.RetryAfter > maxPer) {
		f.add(at+".retryAfter", "must be a duration over 0 and up to %s, not %s", duration.Format(maxPer), duration.Format(s.RetryAfter))
	}
	s.checkTexts(f, at)
	s.Delay.check(f, at+".delay")
	s.Limit.check(f, at+".rateLimit")
	names := map[string]string{}
	for _, h := range s.Headers {
		h.check(f, at+".headers")
		name := strings.ToLower(h.Name)
		if other, twice := names[name]; twice {
			f.add(at+".headers", "must have each name once, not %s and %s", other, h.Name)
		}
		names[name] = h.Name
	}
}

func (s *Step) checkTexts(f *flaws, at string) {
	if text := checkValue(s.ContentType); text != "" {
		f.add(at+".contentType", "%s", text)
	}
	if s.Body != nil && s.Message != "" {
		f.add(at+".message", "must not stand beside body, which takes its place")
	}
	if s.Body == nil && s.ContentType != "" {
		f.add(at+".contentType", "must stand beside body, not alone")
	}
}

func (d *Delay) check(f *flaws, at string) {
	if d == nil {
		return
	}
	f.span(at, d.Min, 0, maxDelay)
	if d.Max != d.Min {
		f.span(at, d.Max, 0, maxDelay)
	}
	f.span(at, d.Median, 0, maxDelay)
	if d.Min > d.Max {
		f.add(at, "must go from the shorter to the longer, not from %s to %s", duration.Format(d.Min), duration.Format(d.Max))
	}
	if !(d.Sigma >= 0 && d.Sigma <= 5) { // so that NaN is refused
		f.add(at, "must have a sigma from 0 to 5, not %v", d.Sigma)
	}
	switch {
	case d.Median != 0 && (d.Min != 0 || d.Max != 0):
		f.add(at, "must be uniform or lognormal, not both")
	case d.Median == 0 && d.Sigma != 0:
		f.add(at, "must have a median over 0 beside its sigma")
	}
}

func (l *Limit) check(f *flaws, at string) {
	if l == nil {
		return
	}
	f.within(at+".requests", l.Requests, 1, maxRequests)
	f.span(at+".per", l.Per, time.Millisecond, maxPer)
	if l.Burst != 0 {
		f.within(at+".burst", l.Burst, 1, maxRequests)
	}
}

func (h Header) check(f *flaws, at string) {
	token := h.Name != "" && !strings.ContainsFunc(h.Name, notInToken)
	if !token || strings.Contains(h.Name, ".") {
		at += "[" + strconv.Quote(h.Name) + "]"
	} else {
		at += "." + h.Name
	}
	if !token {
		f.add(at, "must be the name of a header, such as X-Reason, not %s", quote(h.Name))
	}
	switch name := strings.ToLower(h.Name); {
	case name == "content-length":
		f.add(at, "must not be set, for the length is that of what is sent: truncate cuts a body short")
	case name == "transfer-encoding":
		f.add(at, "must not be set, for it is the connection's: dribble sends a body slowly")
	case name == "connection":
		f.add(at, "must not be set, for it is the connection's: drop breaks it")
	case name == "trailer":
		f.add(at, "must not be set, for nothing comes behind the body")
	case name == "x-plunkmock", strings.HasPrefix(name, "x-plunkmock-"):
		f.add(at, "must not be set, for such headers are what the emulator says of itself")
	}
	if text := checkValue(h.Value); text != "" {
		f.add(at, "%s", text)
	}
}

// notInToken tells of the characters that the name of a header cannot have, by
// RFC 9110.
func notInToken(r rune) bool {
	return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
}

// checkValue tells what is wrong with the value of a header; "" when nothing is.
func checkValue(value string) string {
	i := strings.IndexFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
	if i < 0 {
		return ""
	}
	return fmt.Sprintf("must be without control characters, not with %q", value[i])
}

// The outcomes of a step, as their fields are called.
const (
	byStatus = "status"
	byLimit  = "rateLimit"
	byDrop   = "drop"
	byPass   = "pass"
	byAnswer = "the real answer" // pass, or no outcome at all
)

func (s *Step) outcomes() []string {
	var list []string
	for _, o := range []struct {
		given bool
		name  string
	}{{s.Status != 0, byStatus}, {s.Pass, byPass}, {s.Drop != DropNone, byDrop}, {s.Limit != nil, byLimit}} {
		if o.given {
			list = append(list, o.name)
		}
	}
	return list
}

// changes tells whether s does something to the real answer.
func (s *Step) changes() bool {
	return s.Delay != nil || s.Truncate != nil || s.Dribble != 0 || s.Body != nil
}

// checkParts checks whether the parts of s go together.
func (s *Step) checkParts(f *flaws, at string) {
	outcome := byAnswer
	switch outcomes := s.outcomes(); {
	case len(outcomes) > 1:
		f.add(at, "must have one outcome, not %s", strings.Join(outcomes, " and "))
		return // what goes with which cannot be told
	case len(outcomes) == 1 && !s.Pass:
		outcome = outcomes[0]
	case len(outcomes) == 0 && !s.changes():
		f.add(at, "must say what happens: status, pass, delay, drop, truncate, body, dribble or rateLimit")
	}
	for _, p := range s.parts() {
		if p.given && !slices.Contains(p.with, outcome) {
			f.add(at+p.field, "must go with %s, not with %s", either(p.with), outcome)
		}
	}
}

// part is a part of a step that is not an outcome, and the outcomes it goes with.
type part struct {
	given bool
	field string
	with  []string
}

func (s *Step) parts() []part {
	answered := []string{byStatus, byAnswer}
	return []part{
		{s.Message != "", ".message", []string{byStatus, byLimit}},
		{len(s.Headers) > 0, ".headers", []string{byStatus, byLimit, byAnswer}},
		{s.RetryAfter != 0, ".retryAfter", []string{byStatus}},
		{s.Truncate != nil, ".truncate", answered},
		{s.Body != nil, ".body", answered},
		{s.Dribble != 0, ".dribble", answered},
	}
}
