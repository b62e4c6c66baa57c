// Package inbox is captured mail: a [Message], a [Box] of them, filters, and
// waiting for what has not come yet.
//
// A message is a value that no one changes once it is in a box. What a box adds
// (the cursor, whether it was read, what the provider said of it) comes out
// beside it, as a [Record]. The RFC 5322 bytes are composed when someone reads
// them; the same message gives the same bytes each time.
//
// # Decisions
//
// Reading never holds up capturing: a reader takes the box's entries as they
// stand, under the lock, and looks at them outside it. So entries are only ever
// appended; a deleted one stays as a tombstone until half of them are.
//
// Whoever follows a box is told what it is like, not all that was ever done to it: of
// several changes of a message only the last is kept. So what is kept is bounded by what
// there is, and by a number; behind that a follower learns that it has missed something.
//
// What makes a message ready to be searched (its folded text, and which bytes
// follow each other in it) is made by the first query that asks for it, and kept
// with the message. It counts against the budget, is not kept where it would go
// beyond it, and is the first to go when bytes are short: a search makes no
// message go.
//
// HTML is made ready to be shown token by token, and what is harmless is copied byte
// by byte: a tree that is written again would be another page than the one that was
// sent. What keeps a page from doing harm is the sandbox that it is shown in; to take
// out what the sandbox would stop keeps the browser from complaining.
package inbox
