// Package plunk is Plunk without HTTP: the contacts, events, templates,
// automations and campaigns of a project, the clock that drives them, and the
// mail that they send.
//
// Everything that a [Store] remembers is in its unexported state, whose methods
// hold all the rules and no lock. Each exported method of Store is one call of
// one state method, under the lock. What comes out are records: values that no
// one edits, because a change puts a new record in the old one's place.
//
// Time is data: only a move of the clock changes it, and runs what falls due on
// the way, each task at its own due time. What is to happen at once is a task that
// is due now. So mail is in the project's [inbox.Box] before the method returns.
//
// # Decisions
//
// The rules are those of Plunk's OpenAPI document. What it leaves open follows
// Plunk's open-source server as it was in October 2025, mistakes excepted; a
// comment says so where it matters.
package plunk
