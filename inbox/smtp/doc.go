// Package smtp takes mail that comes in by SMTP, and reads what others have written.
//
// Mail from outside is kept byte for byte as it was received. [Read] says what is in
// it, as far as that can be told within bounds; a message that cannot be read is a
// message all the same.
package smtp
