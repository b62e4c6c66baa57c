package remote

import (
	"errors"
	"net/url"
	"strconv"
	"time"
)

// Filter is a condition on messages. Different filters must all match; of those of one
// kind any may. A nil Filter is no condition.
type Filter func(url.Values)

func filter(name, value string) Filter { return func(q url.Values) { q.Add(name, value) } }

// To matches the recipient: a whole address, whatever its letter case.
func To(address string) Filter { return filter("to", address) }

// From matches the sender, as To does the recipient.
func From(address string) Filter { return filter("from", address) }

// Subject matches a part of the subject, whatever its letter case.
func Subject(part string) Filter { return filter("subject", part) }

// Kind matches the sort of mail: transactional, automation, campaign, campaign_test or
// smtp.
func Kind(kind string) Filter { return filter("kind", kind) }

// ByCampaign matches the campaign that it comes from, by ID or subject.
func ByCampaign(idOrSubject string) Filter { return filter("campaign", idOrSubject) }

// ByAutomation matches the automation that it comes from, by ID or name.
func ByAutomation(idOrName string) Filter { return filter("automation", idOrName) }

// ByEvent matches the event that it comes from, by ID or name.
func ByEvent(idOrName string) Filter { return filter("event", idOrName) }

// ByRequest matches the call that it comes from, by ID.
func ByRequest(id string) Filter { return filter("request", id) }

// Query matches what the query language of the inbox finds, such as
// `welcome -is:read filename:*.pdf`.
func Query(q string) Filter { return filter("q", q) }

// After matches what is newer than a cursor.
func After(cursor string) Filter { return filter("after", cursor) }

// Since matches what was sent at a time on the project's clock or later.
func Since(t time.Time) Filter { return filter("since", t.UTC().Format(time.RFC3339Nano)) }

// Limit is how many messages a list has at most: of those that match, the newest.
func Limit(n int) Filter { return func(q url.Values) { q.Set("limit", itoa(n)) } }

func queryOf(filters []Filter) url.Values {
	q := url.Values{}
	for _, f := range filters {
		if f != nil {
			f(q)
		}
	}
	return q
}

func itoa(n int) string { return strconv.Itoa(n) }

// asError returns the Error that err is, or nil.
func asError(err error) *Error {
	e, _ := errors.AsType[*Error](err)
	return e
}
