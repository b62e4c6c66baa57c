package testkit

import (
	"time"

	"github.com/plunkmock/plunkmock/testkit/remote"
)

// A Filter is a condition on messages. Different filters must all match; of those of one
// kind any may. A nil Filter is no condition.
type Filter = remote.Filter

// A CallFilter is a condition on calls. Different ones must all match; of one kind the last
// counts. A nil CallFilter is no condition.
type CallFilter = remote.CallFilter

// To matches the recipient: a whole address, whatever its letter case.
func To(address string) Filter { return remote.To(address) }

// From matches the sender, as To does the recipient.
func From(address string) Filter { return remote.From(address) }

// Subject matches a part of the subject, whatever its letter case.
func Subject(part string) Filter { return remote.Subject(part) }

// Kind matches the sort of mail: transactional, automation, campaign, campaign_test or
// smtp.
func Kind(kind string) Filter { return remote.Kind(kind) }

// ByCampaign matches the campaign that it comes from, by ID or subject.
func ByCampaign(idOrSubject string) Filter { return remote.ByCampaign(idOrSubject) }

// ByAutomation matches the automation that it comes from, by ID or name.
func ByAutomation(idOrName string) Filter { return remote.ByAutomation(idOrName) }

// ByEvent matches the event that it comes from, by ID or name.
func ByEvent(idOrName string) Filter { return remote.ByEvent(idOrName) }

// ByRequest matches the call that it comes from, by ID.
func ByRequest(id string) Filter { return remote.ByRequest(id) }

// Query matches what the query language of the inbox finds, such as
// `welcome -is:read filename:*.pdf`.
func Query(q string) Filter { return remote.Query(q) }

// After matches what is newer than a cursor.
func After(cursor string) Filter { return remote.After(cursor) }

// Since matches what was sent at a time on the project's clock or later.
func Since(t time.Time) Filter { return remote.Since(t) }

// Limit is how many messages a list has at most: of those that match, the newest.
func Limit(n int) Filter { return remote.Limit(n) }

// Operation matches calls of an operation, such as sendEmail.
func Operation(id string) CallFilter { return remote.Operation(id) }

// CallPath matches calls of such a path without its mount: /contacts/*.
func CallPath(glob string) CallFilter { return remote.CallPath(glob) }

// Answered matches calls that were answered with a status, such as 429.
func Answered(status int) CallFilter { return remote.Answered(status) }

// BodyContains matches calls whose body has what part has, which is made JSON: a list must
// hold each of its items, an object each of its members.
func BodyContains(part any) CallFilter { return remote.BodyContains(part) }

// AfterCursor matches calls that came after a cursor.
func AfterCursor(cursor string) CallFilter { return remote.AfterCursor(cursor) }
