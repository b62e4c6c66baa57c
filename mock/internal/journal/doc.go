// Package journal keeps what a project was asked and what it answered: an entry
// for each call, the newest of them, up to a number and within a budget of bytes.
//
// An entry is a value that no one edits once it is in a [Journal]. Readers work
// on the entries as they stood when they asked, and hold no lock.
package journal
