package smtp

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

const codeClosing = 421 // the session is over

// ErrDrop closes the connection without an answer when a callback returns it.
var ErrDrop = errors.New("smtp: connection dropped")

// Refusal is an error that becomes exactly this reply. After a 421 the session is
// over.
type Refusal struct {
	Code     int    // 400–599
	Enhanced string // such as 5.7.1; may be empty
	Text     string
}

// Error returns the line of the reply.
func (r *Refusal) Error() string {
	code := r.Code
	if code < 400 || code > 599 {
		code = 451
	}
	return strings.TrimRight(fmt.Sprintf("%d %s", code, strings.TrimLeft(oneLine(r.Enhanced+" "+r.Text), " ")), " ")
}

func refuse(code int, enhanced, text string) error { return &Refusal{code, enhanced, text} }

// denied makes the reply to a log-in that failed.
func denied(err error) error {
	if _, ok := errors.AsType[*Refusal](err); ok || errors.Is(err, ErrDrop) {
		return err
	}
	return &Refusal{535, "5.7.8", err.Error()}
}

// oneLine makes a text fit into a reply.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7F {
			return ' '
		}
		return r
	}, text)
	return text[:min(len(text), 480)]
}

const maxTranscript = 64 << 10 // bytes

// transcript is what client and server have said: how the session began, and all
// since the last message.
type transcript struct {
	said   []string
	size   int
	start  int // lines before the first MAIL
	bytes  int // of those
	isFull bool
}

// add writes a line, or the lines of a reply.
func (t *transcript) add(who, text string) {
	if t.start == 0 && who == "C: " && len(text) >= 5 && strings.EqualFold(text[:5], "MAIL ") {
		t.start, t.bytes = len(t.said), t.size
	}
	for line := range strings.SplitSeq(text, "\r\n") {
		if t.isFull {
			return
		}
		if t.isFull = t.size+len(line)+len(who) > maxTranscript; t.isFull {
			line = "(more was said)"
		}
		t.said = append(t.said, who+line)
		t.size += len(who) + len(line)
	}
}

// lines returns all lines, for the caller to keep.
func (t *transcript) lines() []string { return slices.Clone(t.said) }

// rewind forgets a message that was taken.
func (t *transcript) rewind() {
	t.said, t.size, t.isFull = t.said[:t.start], t.bytes, false
}
