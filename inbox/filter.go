package inbox

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Filter picks messages. Different fields must all match; several values of one
// field mean any of them. The zero Filter matches every message.
type Filter struct {
	To         []string // a recipient's whole address, in any letter case
	From       []string // the sender's whole address, in any letter case
	Subject    []string // part of the subject, in any letter case
	Kind       []Kind
	Contact    []string // ID or address
	Campaign   []string // ID or name, as the three that follow
	Automation []string
	Event      []string
	Request    []string  // ID of the call
	Since      time.Time // inclusive; zero for none
	Until      time.Time // inclusive; zero for none
	After      string    // a cursor: newer than that; "" for none
	Before     string    // a cursor: older than that; "" for none
	Q          []Query   // any of them, as of the other fields
}

// FilterError says what is wrong with a filter.
type FilterError struct {
	Filter string // its name in a query
	Msg    string // what would be right
}

func (e *FilterError) Error() string { return e.Filter + ": " + e.Msg }

// Miss is a filter that a message does not match.
type Miss struct {
	Filter string
	Want   string // several values joined by " or "
	Got    string
}

// criterion is one filter: its name, what it wants, and what a message has.
type criterion struct {
	name string
	want []string
	got  func(r Record) []string
	same func(want, got string) bool

	// In place of got and same, for what is more than a value.
	holds  func(r Record) bool
	misses func(r Record) []Miss
}

// criteria returns the filters by value, in the order in which misses are told.
func (f *Filter) criteria() []criterion {
	kinds := make([]string, len(f.Kind))
	for i, k := range f.Kind {
		kinds[i] = string(k)
	}
	return []criterion{
		{name: "to", want: f.To, got: recipients, same: sameAddress},
		{name: "from", want: f.From, got: func(r Record) []string { return []string{r.From.Address} }, same: sameAddress},
		{name: "subject", want: f.Subject, got: func(r Record) []string { return []string{r.Subject} }, same: containsFold},
		{name: "kind", want: kinds, got: func(r Record) []string { return []string{string(r.Kind)} }, same: equal},
		{name: "contact", want: f.Contact, got: func(r Record) []string { return ref(r.Cause.Contact) }, same: strings.EqualFold},
		{name: "campaign", want: f.Campaign, got: func(r Record) []string { return ref(r.Cause.Campaign) }, same: equal},
		{name: "automation", want: f.Automation, got: func(r Record) []string { return ref(r.Cause.Automation) }, same: equal},
		{name: "event", want: f.Event, got: func(r Record) []string { return ref(r.Cause.Event) }, same: equal},
		{name: "request", want: f.Request, got: func(r Record) []string { return []string{r.Cause.Request} }, same: equal},
		queryCriterion(f.Q),
	}
}

func recipients(r Record) []string {
	list := make([]string, len(r.To))
	for i, a := range r.To {
		list[i] = a.Address
	}
	return list
}

func ref(r *Ref) []string {
	if r == nil {
		return nil
	}
	return []string{r.ID, r.Name}
}

func equal(want, got string) bool { return want == got }

func sameAddress(want, got string) bool { return strings.EqualFold(bare(want), got) }

func containsFold(want, got string) bool {
	return strings.Contains(strings.ToLower(got), strings.ToLower(want))
}

// bare takes the address out of Name <address>, whatever the name is.
func bare(s string) string {
	if i := strings.LastIndexByte(s, '<'); i >= 0 && strings.HasSuffix(s, ">") {
		return s[i+1 : len(s)-1]
	}
	return s
}

func (c criterion) match(r Record) bool {
	if len(c.want) == 0 {
		return true
	}
	if c.holds != nil {
		return c.holds(r)
	}
	got := c.got(r)
	return slices.ContainsFunc(c.want, func(want string) bool {
		return slices.ContainsFunc(got, func(got string) bool { return c.same(want, got) })
	})
}

// matcher is a filter made ready to look at many messages.
type matcher struct {
	criteria      []criterion // those that want something
	since, until  time.Time
	after, before uint64 // exclusive; before is beyond all when there is none
}

func (f *Filter) ready() matcher {
	m := matcher{since: f.Since, until: f.Until, after: SeqOf(f.After), before: SeqOf(f.Before)}
	if f.Before == "" {
		m.before = 1<<64 - 1
	}
	for _, c := range f.criteria() {
		if len(c.want) > 0 {
			m.criteria = append(m.criteria, c)
		}
	}
	return m
}

func (m *matcher) match(r Record) bool {
	if r.seq <= m.after || r.seq >= m.before {
		return false
	}
	if !m.since.IsZero() && r.Time.Before(m.since) || !m.until.IsZero() && r.Time.After(m.until) {
		return false
	}
	for i := range m.criteria {
		if !m.criteria[i].match(r) {
			return false
		}
	}
	return true
}

// Match tells whether a message matches.
func (f *Filter) Match(r Record) bool {
	m := f.ready()
	return m.match(r)
}

// Fits tells whether a message that is in no box yet matches, wherever its cursor
// will be. Of what Q asks, only recipients and kind can say no.
func (f *Filter) Fits(message *Message) bool {
	m := f.ready()
	m.after, m.before = 0, 2
	return m.match(Record{Message: message, seq: 1})
}

// Misses returns each filter that a message does not match.
func (f *Filter) Misses(r Record) []Miss {
	var misses []Miss
	for _, c := range f.criteria() {
		switch {
		case c.match(r):
		case c.misses != nil:
			misses = append(misses, c.misses(r)...)
		default:
			misses = append(misses, Miss{c.name, strings.Join(c.want, " or "), strings.Join(c.got(r), ", ")})
		}
	}
	if !f.Since.IsZero() && r.Time.Before(f.Since) {
		misses = append(misses, Miss{"since", f.Since.Format(time.RFC3339Nano), r.Time.Format(time.RFC3339Nano)})
	}
	if !f.Until.IsZero() && r.Time.After(f.Until) {
		misses = append(misses, Miss{"until", f.Until.Format(time.RFC3339Nano), r.Time.Format(time.RFC3339Nano)})
	}
	if f.After != "" && r.seq <= SeqOf(f.After) {
		misses = append(misses, Miss{"after", f.After, r.Cursor})
	}
	if f.Before != "" && r.seq >= SeqOf(f.Before) {
		misses = append(misses, Miss{"before", f.Before, r.Cursor})
	}
	return misses
}

// Check tells what is wrong with a filter, as a *FilterError; nil when nothing
// is.
func (f *Filter) Check() error {
	for _, c := range f.criteria() {
		for _, v := range c.want {
			switch {
			case v == "":
				return &FilterError{c.name, "must not be empty; leave the filter out to match all"}
			case (c.name == "to" || c.name == "from") && !strings.Contains(bare(v), "@"):
				return &FilterError{c.name, fmt.Sprintf("must be a whole address such as ada@example.com, not %q", v)}
			case c.name == "kind" && !slices.Contains(Kinds(), Kind(v)):
				return &FilterError{c.name, fmt.Sprintf("must be one of %v, not %q", Kinds(), v)}
			}
		}
	}
	return cmp.Or(CheckCursor("after", f.After), CheckCursor("before", f.Before))
}
