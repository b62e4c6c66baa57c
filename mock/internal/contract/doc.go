// Package contract makes an OpenAPI document do the work: it is the routing
// table, the validator of requests and of responses, and the list of statuses.
//
// A [Document] is loaded once. A request goes through it in three steps, each
// of which does its work once: [Document.Match] finds the operation,
// [ReadBody] reads the bounded body, and [Operation.Check] decodes it and
// checks it as a value. What Check returns is what the handler works on; no
// one decodes again.
//
// The package knows nothing of Plunk. What a document says only in prose (the
// rule for email addresses, what is done with a field that the document does
// not have) is passed in as [Rules].
//
// # Decisions
//
// A problem is told as "field: what would be right, not what was given", all
// problems of a request at once, in the order of the document's properties.
// kin-openapi keeps no order, but it can record at which line a property
// stands, and that is enough.
package contract
