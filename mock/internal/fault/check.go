package fault

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plunkmock/plunkmock/mock/internal/duration"
	"github.com/plunkmock/plunkmock/mock/internal/glob"
)

// The bounds of what a rule may say.
const (
	maxSteps    = 1000
	maxText     = 1 << 20 // bytes of all texts of a rule together
	maxTexts    = 8 << 20 // bytes of all texts of all rules together
	maxPattern  = 1000    // bytes
	maxStars    = 10      // each may cost a look at the whole text
	maxCount    = 1_000_000_000
	maxBytes    = 1_000_000_000
	maxRequests = 1_000_000
	maxPer      = 365 * 24 * time.Hour
	maxLife     = 36525 * 24 * time.Hour // a hundred years
)

// Operation is an operation of the API that a rule may name.
type Operation struct {
	ID     string
	Method string
	Path   string // without a mount, such as /contacts/{id}
}

// Flaw is something that is wrong with a rule.
type Flaw struct {
	At  string // the field, as it is called in JSON, such as steps[2].delay; "" for the rule as a whole
	Msg string // goes on from the field: must be …
}

// flaws collects what is wrong.
type flaws []Flaw

func (f *flaws) add(at, format string, args ...any) {
	*f = append(*f, Flaw{at, fmt.Sprintf(format, args...)})
}

func (f *flaws) within(at string, n, low, high int) {
	if n < low || n > high {
		f.add(at, "must be a whole number from %d to %d, not %d", low, high, n)
	}
}

func (f *flaws) span(at string, d, low, high time.Duration) {
	if d < low || d > high {
		f.add(at, "must be a duration from %s to %s, not %s", duration.Format(low), duration.Format(high), duration.Format(d))
	}
}

// Check tells all that is wrong with r, so that it cannot do what it says, and
// normalizes it.
func (r *Rule) Check(known []Operation) []Flaw {
	r.Normalize()
	var f flaws
	switch {
	case r.ID == "":
	case len(r.ID) > 128, !plain(r.ID), strings.Trim(r.ID, ".") == "":
		f.add("id", "must be 1 to 128 letters, digits, dots, dashes and underscores, not %s", quote(r.ID))
	case r.ID == ByHeader, r.ID == ByPrefer:
		f.add("id", "must not be %s, which stands for a fault that is no rule of the project", r.ID)
	}
	r.checkMatch(&f, known)
	r.checkCounts(&f)
	r.checkEnd(&f)
	r.checkSteps(&f)
	r.checkSMTP(&f)
	return f
}

// Normalize puts into r what is meant: the method in upper case, the path without
// its mount, the address pattern in lower case.
func (r *Rule) Normalize() {
	r.Method = strings.ToUpper(r.Method)
	r.Email = strings.ToLower(r.Email)
	r.normalizeSMTP()
	r.Path = withoutSlash(withoutSegment(withoutSegment(r.Path, "/api"), "/v1"))
}

// withoutSegment takes a segment off the beginning of path.
func withoutSegment(path, segment string) string {
	n := len(segment)
	switch {
	case strings.EqualFold(path, segment):
		return "/"
	case len(path) > n && path[n] == '/' && strings.EqualFold(path[:n], segment):
		return path[n:]
	}
	return path
}

// plain tells whether text is made of letters, digits, dots, dashes and underscores
// alone.
func plain(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-", r)
	})
}

func (r *Rule) checkMatch(f *flaws, known []Operation) {
	named := r.checkOperations(f, known)
	methods := []string{"GET", "POST", "PUT", "PATCH", "DELETE"}
	methodFits := r.Method == "" || slices.Contains(methods, r.Method)
	if !methodFits {
		f.add("method", "must be GET, POST, PUT, PATCH or DELETE, not %s", quote(r.Method))
	}
	if r.checkPath(f) && methodFits && !r.isSMTP() {
		isSMTP := func(op Operation) bool { return op.ID == SMTP }
		r.checkReach(f, named, slices.DeleteFunc(slices.Clone(known), isSMTP))
	}
	if r.Key != "" && r.Key != "secret" && r.Key != "public" {
		f.add("key", "must be secret or public, not %s", quote(r.Key))
	}
	if len(r.Email) > maxPattern {
		f.add("email", "must be at most %d bytes long, not %d", maxPattern, len(r.Email))
	}
	for _, p := range [][2]string{{"path", r.Path}, {"email", r.Email}} {
		if n := strings.Count(p[1], "*"); n > maxStars {
			f.add(p[0], "must have at most %d *, not %d", maxStars, n)
		}
	}
}

// checkPath tells whether nothing is wrong with the path by itself.
func (r *Rule) checkPath(f *flaws) bool {
	switch {
	case r.Path == "":
	case r.Path[0] != '/' && r.Path[0] != '*':
		f.add("path", "must start with / or *, not %s", quote(r.Path))
		return false
	case len(r.Path) > maxPattern:
		f.add("path", "must be at most %d bytes long, not %d", maxPattern, len(r.Path))
		return false
	case strings.Contains(r.Path, "{"):
		f.add("path", "must have a * where the operation has a parameter, not %s", quote(r.Path))
		return false
	}
	return true
}

// checkOperations returns the operations that r names.
func (r *Rule) checkOperations(f *flaws, known []Operation) []Operation {
	var named []Operation
	var all, unknown []string
	for _, op := range known {
		all = append(all, op.ID)
		if slices.Contains(r.Operations, op.ID) {
			named = append(named, op)
		}
	}
	for _, id := range r.Operations {
		if !slices.Contains(all, id) {
			unknown = append(unknown, quote(id))
		}
	}
	if n := len(unknown); n > 0 {
		const most = 10 // who misspells more of them has the list to go by
		f.add("operation", "must be one or more of %s, not %s", strings.Join(all, ", "), strings.Join(unknown[:min(n, most)], ", "))
		return nil
	}
	if len(r.Operations) > len(known) {
		f.add("operation", "must name each operation once")
	}
	return named
}

// checkReach finds the rule that no call can match: it asks for a path that no
// operation has, or for an operation, and then for a method or a path that this does
// not have.
func (r *Rule) checkReach(f *flaws, named, known []Operation) {
	if strings.HasPrefix(foldPath(r.Path), "/_mock") {
		f.add("path", "must be one of the Plunk API, not %s: nothing strikes the control API, so that it cannot be locked out", quote(r.Path))
		return
	}
	who := "the API"
	if len(r.Operations) > 0 {
		known, who = named, either(ids(named))
	}
	var methods, paths []string
	for _, op := range known {
		if !slices.Contains(methods, op.Method) {
			methods = append(methods, op.Method)
		}
		if r.Method != "" && r.Method != op.Method {
			continue
		}
		if r.Path == "" || onRoute(op.Path, r.Path) {
			return
		}
		if !slices.Contains(paths, op.Path) {
			paths = append(paths, op.Path)
		}
	}
	switch {
	case len(known) == 0: // there is no telling
	case len(paths) == 0:
		f.add("method", "must be %s, not %s: the rule can never match, for %s has no other", either(methods), r.Method, who)
	default:
		f.add("path", "must be %s, not %s: the rule can never match, for %s has no other", either(paths), quote(r.Path), who)
	}
}

func ids(ops []Operation) []string {
	list := make([]string, len(ops))
	for i, op := range ops {
		list[i] = op.ID
	}
	return list
}

// onRoute tells whether path, which may be a glob, can be one of those that route
// stands for, which has parameters in braces.
func onRoute(route, path string) bool {
	route, path = foldPath(route), foldPath(path)
	fixed, _, parameters := strings.Cut(route, "{")
	i := strings.IndexAny(path, "*?")
	switch {
	case i < 0:
		want, got := strings.Split(route, "/"), strings.Split(path, "/")
		return slices.EqualFunc(want, got, func(w, g string) bool {
			return w == g || strings.HasPrefix(w, "{") && g != ""
		})
	case !parameters:
		return glob.Match(path, route)
	}
	return strings.HasPrefix(fixed, path[:i]) || strings.HasPrefix(path, fixed)
}

// either joins words: a, b or c.
func either(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

func (r *Rule) checkCounts(f *flaws) {
	if s := r.Share; s != nil && !(*s >= 0 && *s <= 1) { // so that NaN is refused
		f.add("share", "must be a number from 0 to 1, not %v", *s)
	}
	f.within("after", r.After, 0, maxCount)
	f.within("times", r.Times, 0, maxCount)
	if r.Matched < 0 {
		f.add("matched", "must be a whole number from 0 on, not %d", r.Matched)
	}
	if r.Struck < 0 {
		f.add("struck", "must be a whole number from 0 on, not %d", r.Struck)
	}
}

func (r *Rule) checkEnd(f *flaws) {
	switch {
	case r.Lasts != 0 && !r.Expires.IsZero():
		f.add("expires", "must be a duration or a time, not both")
	case r.Lasts < 0:
		f.add("expires", "must be a duration over 0, not %s", duration.Format(r.Lasts))
	case r.Lasts > maxLife:
		f.add("expires", "must be at most 100 years, not %s", duration.Format(r.Lasts))
	case !r.Expires.IsZero() && !inCalendar(r.Expires):
		f.add("expires", "must be a time from the year 1 to 9999")
	}
}

// inCalendar tells whether t can be written with four digits, and is not the zero
// time, which stands for never.
func inCalendar(t time.Time) bool {
	year := t.UTC().Year()
	return !t.IsZero() && year >= 1 && year <= 9999
}
