package smtp

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/plunkmock/plunkmock/inbox"
)

const codeClosing = 421 // the session is over

func refuse(code int, enhanced, text string) error {
	return &inbox.Refusal{Code: code, Enhanced: enhanced, Text: text}
}

// denied makes the reply to a log-in that failed.
func denied(err error) error {
	if _, ok := errors.AsType[*inbox.Refusal](err); ok || errors.Is(err, inbox.ErrDrop) {
		return err
	}
	return refuse(535, "5.7.8", err.Error())
}

// maxTold is how many refusals of one session Config.Refused hears of.
const maxTold = 100

// refuse answers with a refusal of the session's own.
func (s *session) refuse(refusal error) error { return s.say(s.tell(refusal)) }

// tell lets Config.Refused know of a refusal, and returns the reply that it is.
func (s *session) tell(refusal error) (reply string) {
	if fn := s.server.config.Refused; fn != nil && s.told < maxTold {
		s.told++
		_ = s.try("refused", func() error {
			fn(s.envelope, s.said, refusal)
			return nil
		})
	}
	return refusal.Error()
}

// refusalIn returns the refusal that a reply of one line is; nil for any other reply.
func refusalIn(reply string) error {
	code, text, _ := strings.Cut(reply, " ")
	if n, err := strconv.Atoi(code); err == nil && n >= 400 {
		return refuse(n, "", text)
	}
	return nil
}

// heard notes what the client has said.
func (s *session) heard(line string) {
	s.said = line
	s.transcript.add("C: ", line)
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
