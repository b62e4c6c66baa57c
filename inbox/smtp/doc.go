// Package smtp takes mail that comes in by SMTP, and reads what others have written.
//
// Mail from outside is kept byte for byte as it was received. [Serve] takes it. [Read]
// says what is in it, as far as that can be told within bounds; a message that cannot
// be read is a message all the same.
//
// # Decisions
//
// The library that serves SMTP hears nothing that a client says but its answers to
// AUTH. A session reads the client's lines, judges them, keeps the envelope and the
// body, and tells the library in lines of its own what has happened; the library moves
// on and answers, or the session answers in its place. So it decides once where a
// command and a body end, and whatever the library would misread never reaches it.
//
// A body ends at CRLF.CRLF alone: one that another server would end elsewhere is one
// message here. Commands may end with a bare LF, for those who type them.
//
// A message is taken apart in one pass over its lines, in time that grows with its length
// and nothing else. The parser of foreign mail, enmime, needs seconds for what is made to
// be hard on it; so it is given headers of parts, which it forgives much, and texts to
// convert, and never a message.
package smtp
