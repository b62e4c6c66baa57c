// Package mock is the emulator as an [http.Handler]: Plunk's API, the control
// API (/_mock) and their documents.
//
// The way of a request is short and reads from top to bottom: who asks, what goes
// wrong on purpose, is it valid, run. What to run is found by the OpenAPI document, which is the routing
// table and the validator; a handler sees a decoded value and returns one. It
// writes nothing and knows no status.
//
// Each key pair sk_<name>, pk_<name> opens a project of its own, a world with
// its own contacts, inbox, journal and faults. Worlds share nothing but the map that
// they stand in and the count of bytes that mails and journals take.
//
// # Decisions
//
// A refusal is a [plunk.Error], a contract.Invalid or a *problem; one function
// gives it its status and its text. Anything else is a bug, and a 500.
//
// A call is in the journal, and its mails are in the inbox, before its answer is
// written: who has the answer finds both. What a fault does to an answer comes last
// and knows nothing of what the answer is.
//
// Each call with a usable key opens its project, also one that is refused: its
// journal is where the refusal is looked for.
package mock
